/* The pages of module duty: handlers of its GET operations. Private to it. */
#pragma once
#include "module/duty/duty_store.h"

gboolean duty_list(Request *request, Doc *answer, GError **error);
gboolean duty_export(Request *request, Doc *answer, GError **error); /* XLSX */
gboolean duty_view(Request *request, Doc *answer, GError **error);
gboolean duty_new_form(Request *request, Doc *answer, GError **error);

gboolean duty_doctor(Request *request, Doc *checks, GError **error);
gboolean duty_board(Request *request, Doc *board, GError **error);
gboolean duty_calendar(Request *request, const char *from_day, const char *to_day, Doc *items, GError **error);
gboolean duty_badge(Request *request, const MenuEntry *entry, Doc *item, GError **error);

/* Hooks of Module: on the pages of bodies and of what duties are about. */
gboolean duty_late(Request *request, const char *body_id, GHashTable *late, GError **error);
gboolean duty_body_row(Request *request, const char *body_id, Doc *row, GError **error);
gboolean duty_beside(Request *request, const char *type, const char *id, Doc *answer, GError **error);

/* Hook and event of proofs that other modules give: the list "proves" of a form's page; "proof.given". */
gboolean duty_add_proved_by(Request *request, const char *form, Doc *answer, GError **error);
gboolean duty_proof_given(void *change, const char *type, const char *id, const char *body_id, const json_t *data, GError **error);

/* ISO day so many days from today. */
const char *duty_key_after(const Request *request, int days);

/* Open duties of the body and below; read once for an answer. NULL with error. */
const DutyCounts *duty_counts(Request *request, const char *body_id, GError **error);

/* Choices: direct units of a body; the filter field of units; as options {value, label, selected} of a form. */
typedef struct {
  const char *id, *name;
} DutyUnit;
/* In the arena, ends with an id of NULL; NULL with error. */
const DutyUnit *duty_store_units(Request *request, StoreConn *conn, const char *body_id, GError **error);
void duty_add_units(const DutyUnit *units, const char *selected, Doc *options);
void duty_add_unit_filter(Request *request, const DutyUnit *units, const char *selected, Doc *fields);
gboolean duty_store_section_options(Request *request, StoreConn *conn, const char *body_id, const char *selected, Doc *fields,
                                    GError **error);
gboolean duty_store_unit_choices(Request *request, const char *body_id, Doc *form, const char *field, const char *selected,
                                 GError **error);
gboolean duty_store_add_people(Request *request, const char *body_id, Doc *form, const char *field, const char *selected,
                               GError **error);
