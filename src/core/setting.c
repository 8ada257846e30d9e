#include "core/setting.h"
#include "core/core_sql.h"
#include <errno.h>
#include <string.h>

enum { SQL_ALL, SQL_CHANGE };
static const StoreSql SQL[] = {
    [SQL_ALL] = {"core.setting.all", "SELECT key, value FROM setting", NULL},
    [SQL_CHANGE] = {"core.setting.change",
                    "INSERT INTO setting (key, value) VALUES ($1, $2) "
                    "ON CONFLICT (key) DO UPDATE SET value = $2, version = setting.version + 1", NULL},
};
const StoreSqlTable setting_sql = {SQL, G_N_ELEMENTS(SQL)};

struct Settings {
  GRWLock lock;
  const Module *const *modules;
  GHashTable *from_file; /* key -> text */
  GHashTable *from_page;
};

static const SettingRow *find(const Module *const *modules, const char *key) {
  for (; *modules; modules++)
    for (const SettingRow *row = (*modules)->settings; row && row->key; row++)
      if (strcmp(row->key, key) == 0)
        return row;
  return NULL;
}

const SettingRow *setting_find(const App *app, const char *key) {
  return find(app->modules, key);
}

static gsize common_prefix(const char *a, const char *b) {
  gsize n = 0;
  while (a[n] && a[n] == b[n])
    n++;
  return n;
}

static const char *nearest(const Module *const *modules, const char *key) {
  const char *best = "";
  gsize best_length = 0;
  for (; *modules; modules++)
    for (const SettingRow *row = (*modules)->settings; row && row->key; row++)
      if (common_prefix(row->key, key) > best_length) {
        best = row->key;
        best_length = common_prefix(row->key, key);
      }
  return best;
}

static gboolean check_value(const SettingRow *row, const char *value, GError **error) {
  gint64 number;
  if (row->type == FIELD_INT &&
      !g_ascii_string_to_signed(value, 10, row->least, row->most ? row->most : G_MAXINT64, &number, NULL)) {
    g_set_error(error, APP_ERROR, ERROR_INVALID, "Cài đặt %s phải là số nguyên trong giới hạn, không phải “%s”.", row->key,
                value);
    return FALSE;
  }
  if (row->type == FIELD_BOOL && strcmp(value, "0") != 0 && strcmp(value, "1") != 0) {
    g_set_error(error, APP_ERROR, ERROR_INVALID, "Cài đặt %s chỉ nhận 0 hoặc 1, không phải “%s”.", row->key, value);
    return FALSE;
  }
  return TRUE;
}

static gboolean take_key(Settings *settings, GKeyFile *file, const char *group, const char *name, GError **error) {
  g_autofree char *key = g_strdup_printf("%s.%s", group, name);
  g_autofree char *value = g_key_file_get_string(file, group, name, error);
  const SettingRow *row = find(settings->modules, key);
  if (!value)
    return FALSE;
  if (!row) {
    const char *near = nearest(settings->modules, key);
    g_set_error(error, APP_ERROR, ERROR_INVALID, "ungcuu.conf có khóa không biết: %s.%s%s%s", key,
                *near ? " Gần nhất là " : "", near, *near ? "." : "");
    return FALSE;
  }
  if (!check_value(row, value, error))
    return FALSE;
  g_hash_table_insert(settings->from_file, g_steal_pointer(&key), g_steal_pointer(&value));
  return TRUE;
}

static gboolean take_file(Settings *settings, GKeyFile *file, GError **error) {
  g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
  for (char **group = groups; *group; group++) {
    g_auto(GStrv) keys = g_key_file_get_keys(file, *group, NULL, error);
    for (char **key = keys; key && *key; key++)
      if (!take_key(settings, file, *group, *key, error))
        return FALSE;
  }
  return TRUE;
}

Settings *settings_load(const Module *const *modules, const char *home, GError **error) {
  g_autofree char *path = g_build_filename(home, "ungcuu.conf", NULL);
  g_autoptr(GKeyFile) file = g_key_file_new();
  Settings *settings = g_new0(Settings, 1);
  g_autoptr(GError) failed = NULL;
  g_rw_lock_init(&settings->lock);
  settings->modules = modules;
  settings->from_file = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  settings->from_page = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &failed) &&
      !g_error_matches(failed, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
    g_set_error(error, APP_ERROR, ERROR_INVALID, "Không đọc được %s: %s", path, failed->message);
  } else if (take_file(settings, file, error)) {
    return settings;
  }
  settings_free(settings);
  return NULL;
}

void settings_free(Settings *settings) {
  if (!settings)
    return;
  g_hash_table_unref(settings->from_file);
  g_hash_table_unref(settings->from_page);
  g_rw_lock_clear(&settings->lock);
  g_free(settings);
}

/* Under the lock. */
static const char *value_of(const Settings *settings, const char *key) {
  const SettingRow *row = find(settings->modules, key);
  const char *value = NULL;
  g_assert(row != NULL);
  if (row->on_page)
    value = g_hash_table_lookup(settings->from_page, key);
  if (!value)
    value = g_hash_table_lookup(settings->from_file, key);
  return value ? value : row->initial;
}

const char *setting_text(const App *app, Arena *arena, const char *key) {
  g_rw_lock_reader_lock(&app->settings->lock);
  const char *value = arena_text(arena, value_of(app->settings, key), -1);
  g_rw_lock_reader_unlock(&app->settings->lock);
  return value;
}

gint64 setting_int(const App *app, const char *key) {
  g_rw_lock_reader_lock(&app->settings->lock);
  gint64 value = g_ascii_strtoll(value_of(app->settings, key), NULL, 10);
  g_rw_lock_reader_unlock(&app->settings->lock);
  return value;
}

gboolean setting_bool(const App *app, const char *key) {
  return setting_int(app, key) != 0;
}

gboolean settings_refresh(App *app, GError **error) {
  g_autoptr(GHashTable) fresh = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr(GError) failed = NULL;
  StoreConn *conn = store_read(app->store, error);
  g_autoptr(StoreRows) rows = conn ? store_query(conn, &SQL[SQL_ALL], S0, error) : NULL;
  if (!rows)
    return FALSE;
  while (store_step(rows, &failed))
    g_hash_table_insert(fresh, g_strdup(store_text(rows, 0)), g_strdup(store_text(rows, 1)));
  if (failed) {
    g_propagate_error(error, g_steal_pointer(&failed));
    return FALSE;
  }
  g_rw_lock_writer_lock(&app->settings->lock);
  g_hash_table_unref(app->settings->from_page);
  app->settings->from_page = g_steal_pointer(&fresh);
  g_rw_lock_writer_unlock(&app->settings->lock);
  return TRUE;
}

typedef struct {
  const SettingRow *row;
  const char *value;
} NewValue;

static gboolean change_value(Change *change, void *data, GError **error) {
  const NewValue *new_value = data;
  gboolean secret = new_value->row->type == FIELD_SECRET;
  change_about(change, "setting", new_value->row->key, NULL,
               json_pack("{s:s}", "value", secret ? "***" : new_value->value));
  return store_exec(change->conn, &SQL[SQL_CHANGE], S(S_TEXT(new_value->row->key), S_TEXT(new_value->value)), NULL, error);
}

gboolean setting_change(Request *request, const char *key, const char *value, GError **error) {
  const SettingRow *row = setting_find(request->app, key);
  if (!row || !row->on_page) {
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không có cài đặt %s trên trang này.", key);
    return FALSE;
  }
  NewValue new_value = {row, value};
  return check_value(row, value, error) && request_change(request, change_value, &new_value, error) &&
         settings_refresh(request->app, error);
}
