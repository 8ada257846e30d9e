/* What people do with duties, one or many at once, in one transaction that can be undone. Private to module duty. */
#pragma once
#include "module/duty/duty_store.h"

typedef struct {
  const char *event;      /* kind of the DutyEvent: "completed" */
  const char *permission;
  const char *from;       /* blanks between the states it may start from */
  const char *to;         /* state after; NULL: unchanged */
  gboolean proof;         /* needs at least one proof, or a note that becomes one */
  gboolean note;          /* needs a note */
} DutyAction;

/* Everything that one act changes; NULL members stay as they are. */
typedef struct {
  const DutyAction *action;
  const char *const *ids;
  gint64 version;         /* of the page that was shown; -1: not told (bulk, command line) */
  const char *note, *due_day, *lead_body_id, *assignee_id;
  const char *lead_name;  /* of lead_body_id */
  const char *title, *content;
  const char *proof_kind, *proof_text; /* "note", "link", "file", "report" */
  const char *file_sha256, *file_name;
  gint64 file_size;
  const char *group_id;   /* out: for undo */
  int count;              /* out */
} DutyAct;

gboolean duty_act(Request *request, DutyAct *act, GError **error);
/* A file as proof of one duty, inside a change of another module. The user must see the duty and may work on it. */
gboolean duty_prove(Change *change, const char *duty_id, DutyAct *act, GError **error);
gboolean duty_undo(Request *request, const char *group_id, int *out_count, GError **error);
/* May the user see it at all? ERROR_NOT_FOUND otherwise. */
gboolean duty_require_seen(Request *request, const char *duty_id, GError **error);
gboolean duty_may(Request *request, const char *permission, const Duty *duty);
