/* The duty to hunt once in a while: what the law asks of a body, and how far it is. Private to module hunt. */
#pragma once
#include "module/hunt/hunt_store.h"

#define HUNT_LAW_DUTY "san-lung-moi-nguy-hai" /* data/law: duties */

typedef struct {
  int months;                       /* of a period */
  gint64 from_ms, to_ms, days_left; /* the present one; to_ms is the first moment after it */
  gint64 done, last_ms;             /* concluded hunts in it; the last ever, 0: none */
} HuntDutyState;

int hunt_duty_months(const Request *request);
gboolean hunt_duty_state(Request *request, const char *body_id, HuntDutyState *out_state, GError **error);
/* Writes {class, period, count: "01/01 lần trong 06 tháng", left, last, done}. */
void hunt_duty_show(Request *request, const HuntDutyState *state, Doc *shown);
