/* The tables that everything is derived from: operations, permissions, settings, jobs, menu, statements. */
#include "app/migrations.h"
#include "app/modules.h"
#include "app/sql_tables.h"
#include "core/asset.h"
#include "lib/store/store_testing.h"
#include <string.h>

static const App APP = {.modules = MODULES};

typedef void (*OperationCheck)(const Module *module, const Operation *row);

static void for_each_operation(OperationCheck check) {
  for (const Module *const *module = MODULES; *module; module++)
    for (gsize i = 0; i < (*module)->operations.count; i++)
      check(*module, &(*module)->operations.rows[i]);
}

static gboolean is_name(const char *text) {
  return *text && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(text);
}

/* --- operations --- */

static void check_words(const Module *module, const Operation *row) {
  (void)module;
  g_auto(GStrv) parts = g_strsplit(row->name, ".", -1);
  g_assert_cmpuint(g_strv_length(parts), ==, 2);
  g_assert_true(is_name(parts[0]) && is_name(parts[1]));
  g_assert_true(strcmp(row->method, "GET") == 0 || strcmp(row->method, "POST") == 0);
  g_assert_nonnull(row->summary);
  g_assert_cmpint(g_utf8_strlen(row->summary, -1), >=, 2);
  g_assert_false(g_str_has_suffix(row->summary, "."));
  g_assert_nonnull(row->run);
}

static void check_permission(const Module *module, const Operation *row) {
  (void)module;
  g_assert_nonnull(row->permission);
  if (strcmp(row->permission, PERMISSION_PUBLIC) != 0 && strcmp(row->permission, PERMISSION_SIGNED_IN) != 0 &&
      !app_find_permission(&APP, row->permission))
    g_error("%s: no such permission: %s", row->name, row->permission);
}

static void check_fields(const Module *module, const Operation *row) {
  (void)module;
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  for (const Field *field = row->fields; field && field->name; field++) {
    if (!field->label || !*field->label)
      g_error("%s: the field %s has no label", row->name, field->name);
    if (!g_hash_table_add(seen, (gpointer)(gintptr)field->name))
      g_error("%s: the field %s is there twice", row->name, field->name);
    g_assert_cmpint(field->least, <=, field->most ? field->most : G_MAXINT64);
    for (const Choice *choice = field->choices; choice && choice->value; choice++)
      g_assert_true(choice->label && *choice->label);
  }
}

/* Names in the path are the first fields, in that order, and required. */
static void check_path(const Module *module, const Operation *row) {
  (void)module;
  const Field *field = row->fields;
  g_assert_true(*row->path == '/');
  g_assert_true(g_str_is_ascii(row->path));
  for (const char *at = strchr(row->path, '{'); at; at = strchr(at + 1, '{'), field++) {
    g_autofree char *name = g_strndup(at + 1, strcspn(at + 1, "}"));
    if (!field || !field->name || strcmp(field->name, name) != 0 || !field->required)
      g_error("%s: {%s} of the path is not its required field in that place", row->name, name);
  }
}

static void check_page(const Module *module, const Operation *row) {
  (void)module;
  g_autofree char *path = row->page ? g_strdup_printf("templates/%s", row->page) : NULL;
  if (path && !asset_find(path))
    g_error("%s: no template web/%s", row->name, path);
  if (strcmp(row->method, "GET") == 0)
    g_assert_null(row->after);
  gboolean web = !row->faces || (row->faces & FACE_WEB);
  if (web && strcmp(row->method, "GET") == 0 && row->gives == GIVES_DOCUMENT && !row->page)
    g_error("%s: a page without a template", row->name);
  if (row->page && row->after)
    g_error("%s: a page is shown or another is gone to, not both", row->name);
}

static void test_words(void) {
  for_each_operation(check_words);
}

static void test_permissions(void) {
  for_each_operation(check_permission);
}

static void test_fields(void) {
  for_each_operation(check_fields);
}

static void test_paths(void) {
  for_each_operation(check_path);
}

static void test_pages(void) {
  for_each_operation(check_page);
}

static GHashTable *seen_names;

static void check_unique(const Module *module, const Operation *row) {
  (void)module;
  if (!g_hash_table_add(seen_names, g_strdup(row->name)))
    g_error("two operations are called %s", row->name);
  if (!g_hash_table_add(seen_names, g_strdup_printf("%s %s", row->method, row->path)))
    g_error("two operations answer %s %s", row->method, row->path);
}

static void test_unique(void) {
  seen_names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for_each_operation(check_unique);
  g_assert_cmpuint(g_hash_table_size(seen_names), >, 100);
  g_clear_pointer(&seen_names, g_hash_table_unref);
}

/* --- the other tables --- */

static void check_module(const Module *module) {
  for (const PermissionRow *row = module->permissions; row && row->name; row++)
    if (!row->roles || !row->label || app_find_permission(&APP, row->name) != row)
      g_error("%s: without role or label, or there twice", row->name);
  for (const SettingRow *row = module->settings; row && row->key; row++)
    if (!row->initial || !row->label || !strchr(row->key, '.'))
      g_error("setting %s: without initial value, label or group", row->key);
  for (const JobRow *row = module->jobs; row && row->name; row++)
    if (!row->summary || !row->run)
      g_error("job %s: without summary or function", row->name);
  for (const MenuEntry *row = module->menu; row && row->label; row++)
    if (!app_find_permission(&APP, row->permission) && strcmp(row->permission, PERMISSION_SIGNED_IN) != 0)
      g_error("menu %s: no such permission: %s", row->label, row->permission);
}

static void test_modules(void) {
  for (const Module *const *module = MODULES; *module; module++)
    check_module(*module);
}

/* --- statements --- */

static void prepare_table(StoreConn *conn, const NamedSqlTable *named) {
  for (gsize i = 0; i < named->table->count; i++) {
    g_autoptr(GError) error = NULL;
    const StoreSql *sql = &named->table->sql[i];
    if (!sql->name || !store_prepare(conn, sql, &error))
      g_error("%s[%" G_GSIZE_FORMAT "] %s: %s", named->name, i, sql->name ? sql->name : "without a name",
              error ? error->message : "");
  }
}

static void test_statements(gconstpointer engine) {
  g_autoptr(StoreTesting) testing = store_testing_new(engine);
  if (!testing)
    return;
  g_autoptr(GError) error = NULL;
  Store *store = store_testing_open(testing);
  store_migrate(store, MIGRATIONS, MIGRATION_COUNT, &error);
  g_assert_no_error(error);
  StoreConn *conn = store_read(store, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(SQL_TABLE_COUNT, >, 10);
  for (gsize i = 0; i < SQL_TABLE_COUNT; i++)
    prepare_table(conn, &SQL_TABLES[i]);
  store_close(store);
}

static void test_statement_names(void) {
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  for (gsize t = 0; t < SQL_TABLE_COUNT; t++)
    for (gsize i = 0; i < SQL_TABLES[t].table->count; i++)
      if (!g_hash_table_add(seen, (gpointer)(gintptr)SQL_TABLES[t].table->sql[i].name))
        g_error("two statements are called %s", SQL_TABLES[t].table->sql[i].name);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/tables/operations/words", test_words);
  g_test_add_func("/tables/operations/permissions", test_permissions);
  g_test_add_func("/tables/operations/fields", test_fields);
  g_test_add_func("/tables/operations/paths", test_paths);
  g_test_add_func("/tables/operations/pages", test_pages);
  g_test_add_func("/tables/operations/unique", test_unique);
  g_test_add_func("/tables/modules", test_modules);
  g_test_add_func("/tables/statements/names", test_statement_names);
  STORE_TESTING_ADD("/tables/statements", test_statements);
  return g_test_run();
}
