/* The running program and its modules.
 *
 * A module is tables. Core knows modules only through this struct; src/app/modules.c lists them.
 * Threads: App is immutable after start, but for what its parts say of themselves.
 */
#pragma once
#include "base/doc.h"
#include "core/operation.h"
#include "core/permission.h"
#include "lib/store/store.h"

typedef struct App App;
typedef struct Module Module;
typedef struct Law Law;
typedef struct Settings Settings;

typedef struct {
  const char *event; /* "contact.changed" */
  /* Runs inside the transaction of the change; `change` is a Change (core/request.h). */
  gboolean (*handle)(void *change, const char *type, const char *id, const char *body_id, const json_t *data,
                     GError **error);
} EventHandler;

typedef struct {
  const char *name;     /* "mail.send" */
  const char *summary;  /* Vietnamese */
  /* payload: what was enqueued. FALSE with an error whose ErrorInfo says retry: tried again later, else failed. */
  gboolean (*run)(App *app, const json_t *payload, GError **error);
  int every_minutes;    /* 0: only when enqueued; else also by the clock */
  int daily_at_minute;  /* every day from that minute on (Viet Nam's 07:00 is 420); 0: not so */
  gboolean at_start;    /* also when the worker begins: it looks for what an earlier one left unfinished */
} JobRow;

typedef struct {
  const char *key;     /* "mail.smtp_url" */
  FieldType type;      /* FIELD_TEXT, FIELD_INT, FIELD_BOOL, FIELD_EMAIL, FIELD_SECRET, FIELD_CHOICE */
  const char *initial; /* as text; never NULL */
  const char *label, *help;
  gint64 least, most; /* FIELD_INT */
  gboolean on_page;   /* an administrator may change it on the page; else only in ungcuu.conf */
} SettingRow;

typedef struct {
  const char *label, *path, *permission;
  int order; /* 10 Bảng trực … as in docs/words.md; 0: no entry */
  gboolean gap; /* a line above it */
  const char *icon; /* in the bar of phones: board, incident, report, plan, duty, calendar; NULL: not there */
  gboolean bar_only; /* in that bar alone */
  const char *other_path, *other_permission; /* where it leads those who lack `permission`; NULL: no entry for them */
} MenuEntry;

struct Module {
  const char *name;
  OperationTable operations;
  const PermissionRow *permissions; /* each ends with a row of NULL */
  const SettingRow *settings;
  const EventHandler *events;
  const JobRow *jobs;
  const Migration *migrations;
  gsize n_migrations;
  StoreSqlTable sql;
  const MenuEntry *menu;
  /* Adds to the board of the acting body: tiles ("tiles" list) and sections. `board` has the lists "tiles" and
   * "sections"; see web/templates/board/home.html. */
  gboolean (*board)(Request *request, Doc *board, GError **error);
  /* Adds calendar items {day, title, url, state, late} between two ISO days, both included. */
  gboolean (*calendar)(Request *request, const char *from_day, const char *to_day, Doc *items, GError **error);
  /* The page of a record, for links and search results: ("duty", id) -> "/nhiem-vu/…"; NULL when not of this module. */
  const char *(*link)(Arena *arena, const char *type, const char *id);
  /* How much is late at each body at or below `body_id` (what a body has late includes what is late below it): adds to
   * `late`, body id -> count, with app_add_late. */
  gboolean (*late)(Request *request, const char *body_id, GHashTable *late, GError **error);
  /* What the module knows of one body, for its row in a list: "progress", "plan", "open_count", "report", "late" {…}; see
   * web/templates/org/list.html. */
  gboolean (*body_row)(Request *request, const char *body_id, Doc *row, GError **error);
  /* What the module adds to the page of another module's record, as its template names it: "duties", "systems"; beside a
   * duty "suggestions" of proofs, beside a form ("mau-05") the duties that it "proves". */
  gboolean (*beside)(Request *request, const char *type, const char *id, Doc *answer, GError **error);
  /* What stands beside the menu entry: writes "badge" {count, late, words} into `item`, or nothing. */
  gboolean (*badge)(Request *request, const MenuEntry *entry, Doc *item, GError **error);
  /* May the user see that record, although its body is none of his (a unit that leads a duty of the body above)? */
  gboolean (*sees)(Request *request, const char *type, const char *id);
  /* Appends what the doctor looked at: see doctor_add(). */
  gboolean (*doctor)(Request *request, Doc *checks, GError **error);
};

struct App {
  const Module *const *modules; /* ends with NULL */
  char *home;                   /* UNGCUU_HOME */
  char *data_dir;               /* data/, read only */
  const Migration *migrations;  /* of the whole program, by number */
  gsize n_migrations;
  Store *store;                 /* NULL while an operation needs nothing */
  const Law *law;
  Settings *settings;
  struct SealKey *signing_key;  /* core/signing.h; NULL until it is asked for */
  gboolean demo;
};

const Operation *app_find_operation(const App *app, const char *name);
const JobRow *app_find_job(const App *app, const char *name);
const PermissionRow *app_find_permission(const App *app, const char *name);
/* {roles: [{name, label}], rows: [{operation, method, path, permission, summary, faces, may: [{role, label, may}], roles: words}]} */
void app_permission_matrix(const App *app, const char *lang, Doc *answer);
/* The law; loaded on first use where the program runs without a home. NULL with ERROR_CHECK. Main thread then. */
const Law *app_need_law(App *app, GError **error);
/* The store's place: setting store.url, else home/ungcuu.db. g_free. */
char *app_store_url(const App *app);
/* One line of the doctor: `good` or what is wrong and what to do (Vietnamese). */
void doctor_add(Doc *checks, const char *name, gboolean good, const char *text);
const char *app_link(const App *app, Arena *arena, const char *type, const char *id); /* NULL: no page */
void app_add_late(GHashTable *late, const char *body_id, gint64 count); /* the table is app_new_late()'s */
GHashTable *app_new_late(void);
gint64 app_late(GHashTable *late, const char *body_id);
/* Each calls the hook of that name of every module. */
gboolean app_collect_late(Request *request, const char *body_id, GHashTable *late, GError **error);
gboolean app_fill_body_row(Request *request, const char *body_id, Doc *row, GError **error);
gboolean app_add_beside(Request *request, const char *type, const char *id, Doc *answer, GError **error);
