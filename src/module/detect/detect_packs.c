/* Packs of rules: ours, and those that are loaded. */
#include "base/clock.h"
#include "base/id.h"
#include "base/number.h"
#include "core/body.h"
#include "core/file.h"
#include "core/form.h"
#include "core/message.h"
#include "core/show.h"
#include "core/user.h"
#include "module/detect/detect_pack.h"
#include "module/detect/detect_pages.h"
#include <string.h>

#define OWN_NAME "Luật của Ứng Cứu"
#define OWN_LICENCE "Apache-2.0"
#define OWN_LEVEL 1    /* all of ours run, but for those that only serve correlations */
#define LOADED_LEVEL 3 /* others' high and critical */

const char *const DETECT_LEVELS[] = {"Thông tin", "Thấp", "Trung bình", "Cao", "Rất cao", "Không luật nào"};

/* --- the page --- */

static void add_faults(const DetectPack *pack, Doc *row) {
  json_t *faults = json_loads(pack->faults, 0, NULL);
  Doc *list = doc_list(row, KEY("faults"));
  for (gsize i = 0; i < json_array_size(faults) && i < 50; i++) {
    const json_t *fault = json_array_get(faults, i);
    Doc *item = doc_object(list, NULL);
    doc_text_copy(item, KEY("path"), json_string_value(json_object_get(fault, "path")));
    doc_int(item, KEY("line"), json_integer_value(json_object_get(fault, "line")));
    doc_int(item, KEY("column"), json_integer_value(json_object_get(fault, "column")));
    doc_text_copy(item, KEY("message"), json_string_value(json_object_get(fault, "message")));
  }
  doc_int(row, KEY("fault_count"), (gint64)json_array_size(faults));
  json_decref(faults);
}

static void add_acts(Request *request, const DetectPack *pack, Doc *row) {
  json_t *values = json_pack("{s:s, s:s}", "id", pack->id, "level", arena_printf(request->arena, "%d", (int)pack->least_level));
  Doc *actions = doc_list(row, KEY("actions"));
  form_add(request, actions, NULL, "pack.level", values, "Đổi mức chạy");
  if (strcmp(pack->origin, "own") != 0)
    form_add(request, actions, NULL, "pack.remove", values, "Bỏ bộ luật này");
  json_decref(values);
}

typedef struct {
  Request *request;
  Doc *rows;
} Expecting;

static void add_expected(const DetectExpected *expected, void *data) {
  const Expecting *expecting = data;
  Arena *arena = expecting->request->arena;
  char a_day[NUMBER_SIZE];
  Doc *row = doc_object(expecting->rows, NULL);
  number_write_tenths(a_day, expected->days ? expected->alerts * 10 / expected->days : 0);
  doc_text(row, KEY("level"), message(expecting->request->lang, DETECT_LEVELS[CLAMP(expected->level, 0, LEVEL_OFF)]));
  doc_int(row, KEY("rules"), expected->rules);
  doc_int(row, KEY("counted"), expected->counted);
  doc_int(row, KEY("matches"), expected->matches);
  doc_text(row, KEY("a_day"), expected->counted ? arena_text(arena, a_day, -1) : NULL);
}

static gboolean add_expectations(Request *request, StoreConn *conn, const DetectPack *pack, Doc *row, GError **error) {
  Expecting expecting = {request, doc_list(row, KEY("expected"))};
  if (!detect_store_expected(conn, pack->id, add_expected, &expecting, error))
    return FALSE;
  doc_bool(row, KEY("has_expected"), expecting.rows->first != NULL);
  return app_add_beside(request, "rule_pack", pack->id, row, error);
}

gboolean detect_pack_list(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  gboolean write = body_require_top(request, "detect.write", NULL);
  g_autoptr(GPtrArray) packs = conn ? detect_store_packs(conn, request->arena, error) : NULL;
  Doc *rows = doc_list(answer, KEY("rows"));
  for (guint i = 0; packs && i < packs->len; i++) {
    const DetectPack *pack = g_ptr_array_index(packs, i);
    Doc *row = doc_object(rows, NULL);
    doc_text(row, KEY("id"), pack->id);
    doc_text(row, KEY("name"), pack->name);
    doc_text(row, KEY("licence"), pack->licence);
    doc_text(row, KEY("url"), arena_printf(request->arena, "/cai-dat/luat?pack=%s", pack->id));
    doc_text(row, KEY("level"), message(request->lang, DETECT_LEVELS[CLAMP(pack->least_level, 0, LEVEL_OFF)]));
    doc_int(row, KEY("rules"), pack->rule_count);
    doc_int(row, KEY("enabled"), pack->enabled_count);
    doc_text(row, KEY("added"), show_time(request->arena, pack->added_ms));
    doc_text(row, KEY("by"), pack->added_by);
    add_faults(pack, row);
    if (write)
      add_acts(request, pack, row);
    if (!add_expectations(request, conn, pack, row, error))
      return FALSE;
  }
  if (packs && write)
    form_add(request, answer, KEY("form"), "pack.add", NULL, "Nạp bộ luật");
  return packs != NULL;
}

/* --- loading --- */

typedef struct {
  DetectPack pack;
  json_t *read;
  const char *account_id;
} Putting;

static gboolean put(Change *change, void *data, GError **error) {
  Putting *putting = data;
  change_about(change, "rule_pack", putting->pack.id, NULL,
               json_pack("{s:s, s:s, s:I}", "name", putting->pack.name, "sha256", putting->pack.sha256, "rules",
                         (json_int_t)json_array_size(json_object_get(putting->read, "rules"))));
  return detect_store_put_pack(change->conn, &putting->pack, putting->read, putting->account_id, error);
}

/* The pack of that name keeps its id and level. */
static gboolean fill(Request *request, Putting *putting, const char *name, const char *origin, const char *licence, int level, GError **error) {
  StoreConn *conn = request_read(request, error);
  GError *failed = NULL;
  const DetectPack *old = conn ? detect_store_pack(conn, request->arena, name, &failed) : NULL;
  char id[ID_SIZE];
  id_new(id);
  putting->pack = (DetectPack){.id = old ? old->id : arena_text(request->arena, id, -1), .name = name, .origin = origin, .licence = licence,
                               .least_level = old ? old->least_level : level, .added_ms = request->now_ms};
  if (failed)
    g_propagate_error(error, failed);
  if (old && strcmp(old->origin, origin) != 0)
    return request_refuse_field(request, "name", "Tên này là của bộ luật đi cùng chương trình.", error);
  return conn && !failed;
}

static GBytes *bytes_of(Request *request, GError **error) {
  const InputFile *file = input_file(request, "file");
  char *bytes = NULL;
  gsize length = 0;
  if (!file) {
    request_refuse_field(request, "file", "Chưa chọn tệp bộ luật.", error);
    return NULL;
  }
  if (g_file_test(file->path, G_FILE_TEST_IS_DIR)) /* the command line may name a folder */
    return detect_pack_gather(file->path, error);
  return g_file_get_contents(file->path, &bytes, &length, error) ? g_bytes_new_take(bytes, length) : NULL;
}

gboolean detect_pack_add(Request *request, Doc *answer, GError **error) {
  const char *licence = input_text(request, "licence");
  Putting putting = {.account_id = request->user->id};
  char sha256[65];
  if (!body_require_top(request, "detect.write", error) ||
      !fill(request, &putting, input_text(request, "name"), "loaded", licence ? licence : "", LOADED_LEVEL, error))
    return FALSE;
  g_autoptr(GBytes) bytes = bytes_of(request, error);
  gsize length = 0;
  const char *data = bytes ? g_bytes_get_data(bytes, &length) : NULL;
  putting.read = data ? detect_pack_read(data, length, error) : NULL;
  gboolean good = putting.read && file_keep_bytes(request->app, data, length, sha256, error);
  putting.pack.sha256 = sha256;
  good = good && request_change(request, put, &putting, error);
  if (good) {
    gsize faults = json_array_size(json_object_get(putting.read, "faults"));
    doc_text(answer, KEY("id"), putting.pack.id);
    doc_int(answer, KEY("rules"), (gint64)json_array_size(json_object_get(putting.read, "rules")));
    doc_int(answer, KEY("faults"), (gint64)faults);
    request->notice = message(request->lang, faults ? "Đã nạp bộ luật; có luật không dùng được, xem lý do ở dưới." : "Đã nạp bộ luật.");
  }
  json_decref(putting.read);
  return good;
}

static char *hash_of(GBytes *bytes) {
  return g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);
}

gboolean detect_pack_own(App *app, GError **error) {
  g_autofree char *folder = g_build_filename(app->data_dir, "rules", "ungcuu", NULL);
  g_autoptr(Arena) arena = arena_new();
  g_autoptr(Request) request = request_new_for_job(app, arena, "detect.own");
  g_autoptr(GBytes) bytes = detect_pack_gather(folder, error);
  StoreConn *conn = bytes ? request_read(request, error) : NULL;
  Putting putting = {0};
  if (!conn)
    return FALSE;
  g_autofree char *hash = hash_of(bytes);
  const DetectPack *old = detect_store_pack(conn, arena, OWN_NAME, NULL);
  if (old && strcmp(old->sha256, hash) == 0)
    return TRUE;
  gsize length = 0;
  const char *data = g_bytes_get_data(bytes, &length);
  putting.read = fill(request, &putting, OWN_NAME, "own", OWN_LICENCE, OWN_LEVEL, error) ? detect_pack_read(data, length, error) : NULL;
  putting.pack.sha256 = hash;
  gboolean good = putting.read && request_change(request, put, &putting, error);
  json_decref(putting.read);
  return good;
}

/* --- level, removing --- */

typedef struct {
  const DetectPack *pack;
  gint64 level;
} Setting;

static gboolean set_level(Change *change, void *data, GError **error) {
  const Setting *setting = data;
  change_about(change, "rule_pack", setting->pack->id, NULL,
               json_pack("{s:[I, I]}", "least_level", (json_int_t)setting->pack->least_level, (json_int_t)setting->level));
  return detect_store_set_level(change->conn, setting->pack->id, setting->level, error);
}

static const DetectPack *require_pack(Request *request, GError **error) {
  StoreConn *conn = request_read(request, error);
  GError *failed = NULL;
  const DetectPack *pack = conn && body_require_top(request, "detect.write", error) ? detect_store_pack(conn, request->arena, input_text(request, "id"), &failed) : NULL;
  if (failed)
    g_propagate_error(error, failed);
  else if (!pack && error && !*error)
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không có bộ luật này.");
  return pack;
}

gboolean detect_pack_level(Request *request, Doc *answer, GError **error) {
  Setting setting = {require_pack(request, error), g_ascii_strtoll(input_text(request, "level"), NULL, 10)};
  if (!setting.pack || !request_change(request, set_level, &setting, error))
    return FALSE;
  doc_text(answer, KEY("id"), setting.pack->id);
  request->notice = message(request->lang, "Đã đổi mức chạy; bộ phát hiện nạp lại luật trong vài giây.");
  return TRUE;
}

static gboolean remove_pack(Change *change, void *data, GError **error) {
  const DetectPack *pack = data;
  change_about(change, "rule_pack", pack->id, NULL, json_pack("{s:s}", "removed", pack->name));
  return detect_store_remove_pack(change->conn, pack->id, error);
}

gboolean detect_pack_remove(Request *request, Doc *answer, GError **error) {
  DetectPack *pack = (DetectPack *)(gintptr)require_pack(request, error);
  if (pack && strcmp(pack->origin, "own") == 0) {
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "Bộ luật đi cùng chương trình không bỏ được; có thể đổi mức chạy.");
    return FALSE;
  }
  if (!pack || !request_change(request, remove_pack, pack, error))
    return FALSE;
  doc_text(answer, KEY("id"), pack->id);
  request->notice = message(request->lang, "Đã bỏ bộ luật. Cảnh báo đã có vẫn giữ nguyên.");
  return TRUE;
}
