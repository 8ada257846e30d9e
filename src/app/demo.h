/* `ungcuu demo`: fills an empty home with the world of data/demo/demo.yaml and a year of its work.
 *
 * Everything goes through the operations that people use, as the people who would use them, under a clock that moves
 * through the last twelve months, so history, audit log and counts are what they would be. The file home/demo is written
 * last: a home without it was not finished.
 */
#pragma once
#include "core/app.h"

int demo_run(App *app, int argc, char **argv);

/* --- shared by demo.c (the world), demo_year.c (its year), demo_incident.c (its incidents), demo_log.c (its logs) and demo_hunt.c (its hunts); private to them --- */

typedef struct {
  const char *name, *value;
} DemoField;

typedef struct {
  const char *key, *id, *plan; /* plan: path of its plan's text, "" without one */
  const char *admin, *leader, *officer, *dispatcher, *member; /* logins; of the nearest body above where it has none of its own */
  const json_t *row;           /* of demo.yaml */
} DemoBody;

typedef struct {
  App *app;
  Arena *arena;      /* for the whole run */
  GPtrArray *bodies; /* DemoBody, parents first */
  GPtrArray *acts;   /* on the incidents, by their moment */
  guint next_act;    /* the first that is not played yet */
  gint64 today_ms;   /* the machine's, when the demo was begun */
} Demo;

/* Runs an operation as that user, NULL: nobody; fields end with {NULL}; `file` is the value of a field "file", or NULL. The answer lives
 * in `arena`. */
Doc *demo_call(Demo *demo, Arena *arena, const char *login, const char *operation, const DemoField *fields, const char *file,
               GError **error);
/* What there is about a body's systems and its plan: on the day the plan is issued. */
gboolean demo_issue_plan(Demo *demo, const DemoBody *body, GError **error);
/* The day on which the body's plan says that it was issued, or `absent`. */
gint64 demo_plan_ms(const DemoBody *body, gint64 absent_ms);

/* The clock goes from a year ago to now; leaves it running. */
gboolean demo_play_year(Demo *demo, GError **error);

const DemoBody *demo_find_body(const Demo *demo, const char *key);
/* Takes the acts of data/demo/incidents.yaml, which lives on; FALSE: there are none. */
gboolean demo_load_incidents(Demo *demo, const json_t *book);
/* Plays what happens up to that moment, each act at its own. */
gboolean demo_play_incidents(Demo *demo, gint64 until_ms, GError **error);
/* The code of an incident that has been reported, by its key; NULL: not yet. */
const char *demo_incident_code(const Demo *demo, const char *key);
/* The last day as the logs of data/demo/logs.yaml tell it: stored, looked at by the rules, their alerts triaged; with the incidents of
 * that day between. */
gboolean demo_play_logs(Demo *demo, GError **error);
/* The hunts of data/demo/hunts.yaml on these. */
gboolean demo_play_hunts(Demo *demo, GError **error);
