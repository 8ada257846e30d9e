#include "module/plan/plan_import.h"
#include "base/date.h"
#include "base/id.h"
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

#define KEEP_MS (2 * DAY_MS)

static char *stage_root(const App *app) {
  return g_build_filename(app->home, "import", NULL);
}

static char *part(const Stage *stage, const char *name) {
  return g_build_filename(stage->folder, name, NULL);
}

static gboolean write_json(const Stage *stage, const char *name, const json_t *value, GError **error) {
  g_autofree char *path = part(stage, name);
  g_autofree char *text = json_dumps(value, JSON_COMPACT);
  return g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

static json_t *read_json(const Stage *stage, const char *name) {
  g_autofree char *path = part(stage, name);
  return json_load_file(path, 0, NULL);
}

/* What the machine says of files (disk full) becomes our error. */
static gboolean tell(gboolean good, GError *failed, GError **error) {
  if (good)
    return TRUE;
  gboolean full = g_error_matches(failed, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
  g_set_error(error, APP_ERROR, full ? ERROR_FULL : ERROR_FAILED, "Không giữ được lần nhập: %s Chưa lưu gì.",
              failed ? failed->message : "");
  g_clear_error(&failed);
  return FALSE;
}

gboolean stage_save(Stage *stage, GError **error) {
  GError *failed = NULL;
  stage->version++;
  json_t *head = json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:i, s:i}", "name", stage->name, "body_id", stage->body_id, "account_id",
                           stage->account_id, "sha256", stage->sha256, "size", (json_int_t)stage->size, "began_ms",
                           (json_int_t)stage->began_ms, "version", stage->version, "took_ms", stage->took_ms);
  gboolean good = write_json(stage, "reading.json", stage->content.reading, &failed) &&
                  write_json(stage, "findings.json", stage->content.findings, &failed) &&
                  write_json(stage, "head.json", head, &failed);
  json_decref(head);
  return tell(good, failed, error);
}

static char *hash_of(const PlanFile *file) {
  guchar digest[crypto_hash_sha256_BYTES];
  char hex[65];
  crypto_hash_sha256(digest, (const guchar *)file->bytes, file->length);
  return g_strdup(sodium_bin2hex(hex, sizeof hex, digest, sizeof digest));
}

Stage *stage_new(Request *request, PlanFile *file, int took_ms, GError **error) {
  g_autofree char *root = stage_root(request->app);
  g_autoptr(Stage) stage = g_new0(Stage, 1);
  GError *failed = NULL;
  char id[ID_SIZE];
  id_new(id);
  *stage = (Stage){.id = g_strdup(id),
                   .folder = g_build_filename(root, id, NULL),
                   .name = g_strdup(file->name),
                   .body_id = g_strdup(request->body_id),
                   .account_id = g_strdup(request->user->id),
                   .sha256 = hash_of(file),
                   .size = (gint64)file->length,
                   .began_ms = request->now_ms,
                   .took_ms = took_ms,
                   .content = {json_incref(file->reading), plan_source_as_json(file->source), json_incref(file->findings)}};
  g_mkdir_with_parents(stage->folder, 0700);
  g_autofree char *original = part(stage, "original");
  gboolean good = g_file_set_contents_full(original, file->bytes, (gssize)file->length, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &failed) &&
                  write_json(stage, "source.json", stage->content.source, &failed);
  if (tell(good, failed, error) && stage_save(stage, error))
    return g_steal_pointer(&stage);
  stage_remove(stage);
  return NULL;
}

static gboolean take_head(Stage *stage) {
  json_t *head = read_json(stage, "head.json");
  if (!head)
    return FALSE;
  stage->name = g_strdup(json_string_value(json_object_get(head, "name")));
  stage->body_id = g_strdup(json_string_value(json_object_get(head, "body_id")));
  stage->account_id = g_strdup(json_string_value(json_object_get(head, "account_id")));
  stage->sha256 = g_strdup(json_string_value(json_object_get(head, "sha256")));
  stage->size = json_integer_value(json_object_get(head, "size"));
  stage->began_ms = json_integer_value(json_object_get(head, "began_ms"));
  stage->version = (int)json_integer_value(json_object_get(head, "version"));
  stage->took_ms = (int)json_integer_value(json_object_get(head, "took_ms"));
  json_decref(head);
  return stage->name && stage->body_id && stage->account_id && stage->sha256;
}

static Stage *open_stage(Request *request, const char *id) {
  g_autofree char *root = stage_root(request->app);
  g_autoptr(Stage) stage = g_new0(Stage, 1);
  stage->id = g_strdup(id);
  stage->folder = g_build_filename(root, id, NULL);
  return id_valid(id) && take_head(stage) ? g_steal_pointer(&stage) : NULL;
}

Stage *stage_load(Request *request, const char *id, GError **error) {
  g_autoptr(Stage) stage = open_stage(request, id);
  if (stage && strcmp(stage->account_id, request->user->id) == 0) {
    stage->content = (PlanContent){read_json(stage, "reading.json"), read_json(stage, "source.json"), read_json(stage, "findings.json")};
    if (stage->content.reading && stage->content.source && stage->content.findings)
      return g_steal_pointer(&stage);
  }
  g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không có lần nhập này, hoặc đã quá hai ngày. Chọn lại tệp để nhập.");
  return NULL;
}

GBytes *stage_original(const Stage *stage, GError **error) {
  g_autofree char *path = part(stage, "original");
  char *bytes = NULL;
  gsize length = 0;
  return g_file_get_contents(path, &bytes, &length, error) ? g_bytes_new_take(bytes, length) : NULL;
}

void stage_remove(Stage *stage) {
  static const char *const NAMES[] = {"original", "reading.json", "source.json", "findings.json", "head.json"};
  for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++) {
    g_autofree char *path = part(stage, NAMES[i]);
    g_unlink(path);
  }
  g_rmdir(stage->folder);
}

void stage_free(Stage *stage) {
  if (!stage)
    return;
  char *texts[] = {stage->id, stage->folder, stage->name, stage->body_id, stage->account_id, stage->sha256};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
  plan_content_clear(&stage->content);
  g_free(stage);
}

GPtrArray *stage_list(Request *request) {
  g_autofree char *root = stage_root(request->app);
  GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)stage_free);
  g_autoptr(GDir) folder = g_dir_open(root, 0, NULL);
  const char *name;
  while (folder && (name = g_dir_read_name(folder))) {
    Stage *stage = open_stage(request, name);
    if (!stage)
      continue;
    gboolean old = request->now_ms - stage->began_ms > KEEP_MS;
    if (old)
      stage_remove(stage);
    if (!old && strcmp(stage->account_id, request->user->id) == 0)
      g_ptr_array_add(list, stage);
    else
      stage_free(stage);
  }
  return list;
}
