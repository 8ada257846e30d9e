/* The plans of what is listed, pinned: a list must follow an index at every level of the tree, at any size. */
#include "app/migrations.h"
#include "app/sql_tables.h"
#include "base/id.h"
#include "core/body.h"
#include "lib/store/store_testing.h"
#include "module/duty/duty_store.h"
#include <string.h>

/* --- every statement that lists, without data: SQLite tells from the indexes alone --- */

/* Small by nature, or read whole for its purpose. */
static const struct {
  const char *statement, *reason;
} WHOLE[] = {
    {"account.tokens_below", "tokens are few"},
    {"duty.cycle_ended", "a job in the background, once a day"},
    {"collect.strangers", "the collector keeps a bounded number"},
};

static gboolean may_be_read_whole(const char *name) {
  for (gsize i = 0; i < G_N_ELEMENTS(WHOLE); i++)
    if (strcmp(WHOLE[i].statement, name) == 0)
      return TRUE;
  return FALSE;
}

static gsize parameter_count(const char *sql) {
  gsize most = 0;
  for (const char *p = strchr(sql, '$'); p; p = strchr(p + 1, '$'))
    most = MAX(most, (gsize)g_ascii_strtoull(p + 1, NULL, 10));
  return most;
}

static char *plan_of(StoreConn *conn, const StoreSql *sql) {
  g_autoptr(GError) error = NULL;
  StoreValue nulls[64] = {0};
  char *plan = store_explain(conn, sql, nulls, parameter_count(sql->sql), &error);
  g_assert_no_error(error);
  return plan;
}

/* A whole table is read: "SCAN t", not "SCAN t USING INDEX" in the wanted order, nor what the statement itself made. */
static gboolean reads_whole_table(const char *plan, const StoreSql *sql) {
  g_auto(GStrv) lines = g_strsplit(plan, "\n", -1);
  for (char **line = lines; *line; line++) {
    g_auto(GStrv) words = g_strsplit(*line, " ", 3);
    if (!words[0] || strcmp(words[0], "SCAN") != 0 || !words[1] || strcmp(words[1], "CONSTANT") == 0 || strstr(*line, "VIRTUAL TABLE"))
      continue;
    g_autofree char *made = g_strdup_printf("%s (", words[1]), *made_as = g_strdup_printf("%s AS (", words[1]);
    g_autofree char *derived = g_strdup_printf(") %s ", words[1]);
    gboolean own = strstr(sql->sql, made) || strstr(sql->sql, made_as) || strstr(sql->sql, derived) || words[1][0] == '(';
    if (!own && !strstr(*line, " USING "))
      return TRUE;
  }
  return FALSE;
}

static void check_lists(StoreConn *conn, const StoreSqlTable *table, GString *wrong) {
  for (gsize i = 0; i < table->count; i++) {
    const StoreSql *sql = &table->sql[i];
    gboolean lists = (g_str_has_prefix(sql->sql, "SELECT") || g_str_has_prefix(sql->sql, "WITH")) && strstr(sql->sql, "LIMIT");
    if (!lists || may_be_read_whole(sql->name))
      continue;
    g_autofree char *plan = plan_of(conn, sql);
    if (reads_whole_table(plan, sql))
      g_string_append_printf(wrong, "\n%s\n%s", sql->name, plan);
  }
}

static Store *open_migrated(const StoreTesting *testing) {
  g_autoptr(GError) error = NULL;
  Store *store = store_testing_open(testing);
  store_migrate(store, MIGRATIONS, MIGRATION_COUNT, &error);
  g_assert_no_error(error);
  return store;
}

static void test_no_list_reads_a_whole_table(void) {
  g_autoptr(StoreTesting) testing = store_testing_new(GINT_TO_POINTER(TESTING_SQLITE));
  g_autoptr(GString) wrong = g_string_new(NULL);
  Store *store = open_migrated(testing);
  for (gsize i = 0; i < SQL_TABLE_COUNT; i++)
    check_lists(store_read(store, NULL), SQL_TABLES[i].table, wrong);
  store_close(store);
  if (wrong->len)
    g_error("these read a whole table:%s", wrong->str);
}

/* --- duties at root, middle and leaf, with data and statistics --- */

#define UNITS 40
#define DUTIES 2000

typedef struct {
  char ids[UNITS][ID_SIZE];
} Tree;

/* 0 is the root, 1 to 4 are below it, the others below those. */
static gboolean add_tree(StoreConn *conn, void *data, GError **error) {
  Tree *tree = data;
  for (int i = 0; i < UNITS; i++) {
    id_new(tree->ids[i]);
    Body body = {.id = tree->ids[i], .parent_id = i == 0 ? NULL : tree->ids[i <= 4 ? 0 : 1 + i % 4], .kind = "xa", .name = "Đơn vị"};
    if (!body_insert(conn, &body, 1, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean add_duties(StoreConn *conn, void *data, GError **error) {
  static const StoreSql ANALYZE = {"test.analyze", "ANALYZE", NULL};
  Tree *tree = data;
  for (int i = 0; i < DUTIES; i++) {
    char id[ID_SIZE], code[CODE_SIZE], due[11];
    id_new(id);
    id_write_code(code, "NV", 2026, i + 1);
    g_snprintf(due, sizeof due, "2026-%02d-%02d", 1 + i % 12, 1 + i % 28);
    Duty duty = {.id = id, .code = code, .series_id = id, .body_id = tree->ids[i % UNITS], .task_ref = "", .section = "II", .title = "Việc",
                 .content = "Việc", .lead_names = "", .period = "once", .due_day = due, .due_ground = "", .due_basis = "",
                 .state = i % 3 ? "todo" : "done", .created_ms = 1};
    if (!duty_store_insert(conn, &duty, error) || !duty_store_rescope(conn, id, error))
      return FALSE;
  }
  return store_exec(conn, &ANALYZE, S0, NULL, error);
}

static const StoreSql *statement(const char *name) {
  for (gsize t = 0; t < SQL_TABLE_COUNT; t++)
    for (gsize i = 0; i < SQL_TABLES[t].table->count; i++)
      if (strcmp(SQL_TABLES[t].table->sql[i].name, name) == 0)
        return &SQL_TABLES[t].table->sql[i];
  g_error("no statement is called %s", name);
}

static void assert_plan(StoreConn *conn, const char *name, const StoreValue *values, gsize count, const char *const *wanted,
                        const char *const *unwanted) {
  g_autoptr(GError) error = NULL;
  g_autofree char *plan = store_explain(conn, statement(name), values, count, &error);
  g_assert_no_error(error);
  for (; *wanted; wanted++)
    if (!strstr(plan, *wanted))
      g_error("%s does not use “%s”:\n%s", name, *wanted, plan);
  for (; *unwanted; unwanted++)
    if (strstr(plan, *unwanted))
      g_error("%s must not “%s”:\n%s", name, *unwanted, plan);
}

#define NAMES(...) (const char *const[]){__VA_ARGS__, NULL}

/* PostgreSQL reads a table as small as this one whole where it likes; what it must not do is read all scopes. */
static void check_list(StoreConn *conn, const char *name, const char *body_id, gboolean done, const char *section, gboolean postgres) {
  const char *const *wanted = *section ? NAMES("SEARCH d USING INDEX duty_section", "sqlite_autoindex_duty_scope_1")
                                       : NAMES("sqlite_autoindex_duty_scope_1", "sqlite_autoindex_duty_1");
  const char *const *wanted_postgres = *section ? NAMES("duty_section") : NAMES("duty_scope_pkey");
  const char *const *unwanted = *section ? NAMES("SCAN ", "Seq Scan on duty d") : NAMES("SCAN ", "TEMP B-TREE", "Seq Scan on duty_scope");
  const char *first = done ? "~" : "";
  assert_plan(conn, name,
              S(S_TEXT(body_id), S_INT(!done), S_TEXT(""), S_TEXT("~"), S_TEXT(first), S_TEXT(first), S_TEXT(""), S_TEXT(""),
                S_TEXT(section), S_TEXT(""), S_INT(21)),
              postgres ? wanted_postgres : wanted, unwanted);
}

static void check_level(StoreConn *conn, const char *body_id, gboolean postgres) {
  check_list(conn, "duty.list_open", body_id, FALSE, "", postgres);
  check_list(conn, "duty.list_done", body_id, TRUE, "", postgres);
  check_list(conn, "duty.section_open", body_id, FALSE, "II", postgres);
  check_list(conn, "duty.section_done", body_id, TRUE, "II", postgres);
  assert_plan(conn, "duty.counts", S(S_TEXT(body_id), S_TEXT("2026-06"), S_TEXT("2026-06-15"), S_TEXT("2026-06-22")),
              postgres ? NAMES("duty_day_pkey") : NAMES("sqlite_autoindex_duty_day_1", "sqlite_autoindex_duty_month_1"),
              NAMES("SCAN duty", "Seq Scan on duty_day"));
}

static void test_duties(gconstpointer engine) {
  g_autoptr(StoreTesting) testing = store_testing_new(engine);
  g_autoptr(GError) error = NULL;
  Tree tree;
  if (!testing)
    return;
  Store *store = open_migrated(testing);
  g_assert_true(store_write(store, add_tree, &tree, &error));
  g_assert_true(store_write(store, add_duties, &tree, &error));
  g_assert_no_error(error);
  static const int LEVELS[] = {0, 1, UNITS - 1};
  for (gsize i = 0; i < G_N_ELEMENTS(LEVELS); i++)
    check_level(store_read(store, NULL), tree.ids[LEVELS[i]], store_is_postgres(store));
  store_close(store);
}

/* --- figures of incidents: sums read one index that holds all they ask, lists follow the key --- */

static void test_figures(void) {
  static const char *const PLANS[][2] = {
      {"figure.form",      "COVERING INDEX incident_figure_kind (body_id=? AND cause=? AND kind=? AND day>? AND day<?)"},
      {"figure.kinds",     "COVERING INDEX incident_figure_kind (body_id=?)"},
      {"figure.months",    "COVERING INDEX incident_figure_kind (body_id=?)"},
      {"figure.units",     "COVERING INDEX incident_figure_unit (body_id=?)"},
      {"figure.totals",    "COVERING INDEX incident_figure_unit (body_id=?)"},
      {"figure.recover",   "COVERING INDEX incident_figure_unit (body_id=?)"},
      {"incident.narrow",  "USING INDEX sqlite_autoindex_incident_figure_1 (body_id=? AND day>? AND day<?)"},
      {"incident.to_sign", "USING INDEX incident_paper_submitted"},
  };
  g_autoptr(StoreTesting) testing = store_testing_new(GINT_TO_POINTER(TESTING_SQLITE));
  Store *store = open_migrated(testing);
  for (gsize i = 0; i < G_N_ELEMENTS(PLANS); i++) {
    const StoreSql *sql = statement(PLANS[i][0]);
    StoreValue nulls[64] = {0};
    assert_plan(store_read(store, NULL), sql->name, nulls, parameter_count(sql->sql), NAMES(PLANS[i][1]), NAMES("SCAN f"));
  }
  store_close(store);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/plans/lists", test_no_list_reads_a_whole_table);
  STORE_TESTING_ADD("/plans/duties", test_duties);
  g_test_add_func("/plans/figures", test_figures);
  return g_test_run();
}
