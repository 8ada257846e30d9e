/* How duties look: states, due days, periods in words. Private to module duty. */
#pragma once
#include "module/duty/duty_store.h"

gboolean duty_state_is_open(const char *state);
const char *duty_state_label(const char *state); /* Vietnamese */
const char *duty_event_label(const char *kind);
const char *duty_period_label(const char *period);

typedef enum { DUE_NONE, DUE_LATER, DUE_SOON, DUE_LATE } DueClass;
/* Soon: within 7 days. */
DueClass duty_due_class(const Request *request, const char *state, const char *due_day);
const char *duty_due_css(DueClass due); /* "late", "soon", "" */

void duty_show_state(Request *request, Doc *row, const char *state, const char *due_day); /* "state" {class, label} */
void duty_show_due(Request *request, Doc *row, const char *state, const char *due_day);   /* "due" {class, left, day} */
/* One row of a list, as duty/list.html and duty_rows.html take it. */
Doc *duty_show_row(Request *request, Doc *list, const DutyRow *row);
const char *duty_today(const Request *request); /* ISO; arena */
const char *duty_day_text(Arena *arena, const char *iso); /* 21/11/2026 */
