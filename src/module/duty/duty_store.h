/* All SQL of module duty. Private to it. */
#pragma once
#include "module/duty/duty.h"

extern const StoreSqlTable duty_sql;

#define NO_DUE "9999-12-31"
#define MONTH_LENGTH 7 /* "2026-11", the key of duty_month */
/* Where duty_month counts a row of duty_scope. */
#define DUTY_MONTH "CASE WHEN open = 1 THEN substr(due_key, 1, 7) ELSE 'done' END"

typedef struct {
  const char *id, *code, *series_id, *body_id, *plan_id, *law_rule, *subject_type, *subject_id, *task_ref, *section, *title,
      *content, *lead_names, *lead_body_id, *period, *time_text, *cycle_from, *cycle_to, *due_day, *due_ground, *due_basis,
      *state, *assignee_id, *assignee_name, *done_by_name, *done_by;
  gint64 evidenced_ms, done_ms, created_ms, version;
} Duty;

/* What a list of 20 needs of each. */
typedef struct {
  const char *id, *code, *title, *section, *lead_names, *state, *due_day, *period, *assignee_name;
} DutyRow;

typedef enum { DUTY_OPEN, DUTY_DONE } DutyHalf;

typedef struct {
  const char *body_id;
  DutyHalf half;
  const char *from_key, *to_key; /* due keys, both included */
  const char *after_key, *after_id; /* the last row of the page before; "" for the first page */
  const char *state;      /* NULL: any */
  const char *assignee_id; /* NULL: anybody */
  const char *section;    /* of the body's own duties; NULL: any */
  const char *plan_id;    /* NULL: any */
  int limit;
} DutyQuery;

typedef gboolean (*DutyRowFunc)(const DutyRow *row, void *data);

/* Rows with the columns of a list. */
gboolean duty_store_each(StoreRows *rows, DutyRowFunc func, void *data, GError **error);
gboolean duty_store_list(StoreConn *conn, const DutyQuery *query, DutyRowFunc func, void *data, GError **error);
/* Open duties given to one person, whatever body they belong to. */
gboolean duty_store_mine(StoreConn *conn, const char *account_id, int limit, DutyRowFunc func, void *data, GError **error);
const Duty *duty_store_get(StoreConn *conn, Arena *arena, const char *id, GError **error); /* NULL without error: none */
const char *duty_store_id_of_code(StoreConn *conn, Arena *arena, const char *code, GError **error);

/* Duties of the body and below. */
typedef struct {
  gint64 open;
  gint64 late, soon; /* of the open ones: due before today, due from today to last_soon */
  gint64 done;
} DutyCounts;
gboolean duty_store_counts(StoreConn *conn, const char *body_id, const char *today, const char *last_soon, DutyCounts *out,
                           GError **error);
gboolean duty_store_oldest_due(StoreConn *conn, Arena *arena, const char *body_id, const char **out_day, GError **error);

gboolean duty_store_insert(StoreConn *conn, const Duty *duty, GError **error);
gboolean duty_store_add_party(StoreConn *conn, const char *duty_id, int position, const char *role, const DutyParty *party,
                              GError **error);
/* ERROR_CONFLICT when the version is no longer the one given. Scope, counts and search follow. */
gboolean duty_store_update(StoreConn *conn, const Duty *duty, gint64 version, GError **error);
/* Rewrites scope and counts from the row and its parties. */
gboolean duty_store_rescope(StoreConn *conn, const char *duty_id, GError **error);

typedef struct {
  const char *id, *duty_id, *group_id, *account_id, *kind, *note, *before, *after;
  gint64 at_ms, undone_ms;
} DutyEvent;
gboolean duty_store_add_event(StoreConn *conn, const DutyEvent *event, GError **error);
/* Of DutyEvent, the last first; the array is the caller's, its events the arena's. */
GPtrArray *duty_store_group(StoreConn *conn, Arena *arena, const char *group_id, GError **error);
gboolean duty_store_sees(StoreConn *conn, const char *duty_id, const char *body_id);
gboolean duty_store_mark_undone(StoreConn *conn, const char *id, gint64 now_ms, GError **error);
gboolean duty_store_add_proof(StoreConn *conn, const char *duty_id, gint64 at_ms, const char *account_id, const char *kind,
                              const char *text, const char *attachment_id, GError **error);

/* NULL-terminated, in the arena; NULL with error. */
const char *const *duty_store_open_of_plan(StoreConn *conn, Arena *arena, const char *plan_id, GError **error);
gboolean duty_store_has_proof(StoreConn *conn, const char *duty_id, gboolean *out_has, GError **error);

/* Append to the document of one duty; see duty/view.html. */
gboolean duty_store_parties(Request *request, const char *duty_id, const char *role, Doc *list, GError **error);
gboolean duty_store_proofs(Request *request, const char *duty_id, Doc *proofs, Doc *reports, GError **error);
gboolean duty_store_history(Request *request, const char *duty_id, Doc *list, GError **error);
gboolean duty_store_siblings(Request *request, const Duty *duty, Doc *list, GError **error);

/* The search entry, with the scopes of the duty. */
gboolean duty_store_index(Change *change, const Duty *duty, GError **error);
