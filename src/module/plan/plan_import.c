#include "module/plan/plan_import.h"
#include "base/date.h"
#include "base/text.h"
#include "core/body.h"
#include "core/file.h"
#include "core/form.h"
#include "core/message.h"
#include "module/org/org.h"
#include "module/plan/plan_edit.h"
#include <string.h>

/* --- units that the plan names --- */

/* A unit of its own begins with what it is; "các phòng", "đơn vị liên quan" are nobody in particular. */
static gboolean names_a_unit(const char *name) {
  static const char *const KINDS[] = {"phong ", "van phong", "to ", "doi ", "ban ", "bo phan ", "trung tam ", "cong an ", "khoa ", "chi cuc "};
  static const char *const VAGUE[] = {"lien quan", "cac ", "thuoc tinh", "quoc gia", "truong hop", "khac"};
  g_autofree char *folded = text_fold(name);
  gboolean kind = FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS(KINDS); i++)
    kind = kind || g_str_has_prefix(folded, KINDS[i]);
  for (gsize i = 0; kind && i < G_N_ELEMENTS(VAGUE); i++)
    kind = !strstr(folded, VAGUE[i]);
  return kind && strlen(name) < 160;
}

static gboolean add_new_unit(StoreConn *conn, Arena *arena, const char *body_id, const char *name, GHashTable *seen, GPtrArray *names,
                             GError **error) {
  const char *known = NULL;
  if (!name || !names_a_unit(name))
    return TRUE;
  char *folded = org_fold_name(name);
  if (!g_hash_table_add(seen, folded))
    return TRUE;
  if (!org_find_unit(conn, arena, body_id, name, &known, error))
    return FALSE;
  if (!known)
    g_ptr_array_add(names, (gpointer)(gintptr)name);
  return TRUE;
}

GPtrArray *plan_new_units(StoreConn *conn, Arena *arena, const char *body_id, const json_t *reading, GError **error) {
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  gsize index, n;
  json_t *entry, *name;
  json_array_foreach(json_object_get(reading, "tasks"), index, entry) {
    json_array_foreach(json_object_get(entry, "lead"), n, name) {
      if (!add_new_unit(conn, arena, body_id, json_string_value(name), seen, names, error))
        return NULL;
    }
  }
  json_array_foreach(json_object_get(reading, "organisation_duties"), index, entry) {
    if (!add_new_unit(conn, arena, body_id, json_string_value(json_object_get(entry, "unit")), seen, names, error))
      return NULL;
  }
  g_ptr_array_add(names, NULL);
  return g_steal_pointer(&names);
}

/* --- in one go --- */

static void drop_tasks(json_t *reading) {
  json_t *tasks = json_object_get(reading, "tasks");
  for (gsize i = json_array_size(tasks); i-- > 0;)
    if (json_is_true(json_object_get(json_array_get(tasks, i), "dropped")))
      json_array_remove(tasks, i);
}

typedef struct {
  NewPlan plan;
  const char *id;
  int duties;
} Import;

static gboolean insert_import(Change *change, void *data, GError **error) {
  Import *import = data;
  return plan_insert(change, &import->plan, &import->id, &import->duties, error);
}

static const char *body_for(Request *request, GError **error) {
  const char *body_id = input_text(request, "body") ? input_text(request, "body") : request->body_id;
  return request_require(request, "plan.write", body_id, error) ? body_id : NULL;
}

static void answer_counts(Doc *answer, const json_t *reading, const json_t *findings) {
  doc_text_copy(answer, KEY("number"), json_string_value(json_object_get(json_object_get(reading, "number"), "resolved")));
  doc_text_copy(answer, KEY("title"), json_string_value(json_object_get(reading, "title")));
  doc_int(answer, KEY("tasks"), (gint64)json_array_size(json_object_get(reading, "tasks")));
  doc_int(answer, KEY("errors"), plan_findings_count(findings, "error"));
  doc_int(answer, KEY("warnings"), plan_findings_count(findings, "warning"));
  doc_int(answer, KEY("hints"), plan_findings_count(findings, "info"));
}

static gboolean run_import(Request *request, Import *import, Doc *answer, GError **error) {
  if (!request_change(request, insert_import, import, error))
    return FALSE;
  doc_text(answer, KEY("id"), import->id);
  doc_int(answer, KEY("duties"), import->duties);
  request->notice = arena_printf(request->arena, "%s %d %s.", message(request->lang, "Đã nhập kế hoạch, tạo"), import->duties,
                                 message(request->lang, "nhiệm vụ"));
  return TRUE;
}

gboolean plan_import(Request *request, Doc *answer, GError **error) {
  const InputFile *input = input_file(request, "file");
  const char *body_id = body_for(request, error);
  g_autoptr(PlanFile) file = body_id ? plan_file_load(request, input->path, input->name, NULL, error) : NULL;
  StoreConn *conn = file ? request_read(request, error) : NULL;
  g_autoptr(GPtrArray) units = conn ? plan_new_units(conn, request->arena, body_id, file->reading, error) : NULL;
  char sha256[65];
  gint64 size = 0;
  if (!units)
    return FALSE;
  answer_counts(answer, file->reading, file->findings);
  Doc *names = doc_list(answer, KEY("new_units"));
  for (guint i = 0; i + 1 < units->len; i++)
    doc_text_copy(names, NULL, g_ptr_array_index(units, i));
  doc_bool(answer, KEY("dry_run"), input_bool(request, "dry_run"));
  if (input_bool(request, "dry_run"))
    return TRUE;
  if (!file_keep_bytes(request->app, file->bytes, file->length, sha256, error))
    return FALSE;
  size = (gint64)file->length;
  json_t *source = plan_source_as_json(file->source);
  Import import = {.plan = {body_id, "import", NULL, NULL, file->reading, source, file->findings, file->name, sha256, size,
                            (const char *const *)units->pdata, TRUE}};
  gboolean good = run_import(request, &import, answer, error);
  json_decref(source);
  return good;
}

/* --- in three steps --- */

gboolean plan_import_form(Request *request, Doc *answer, GError **error) {
  if (!request_require(request, "plan.write", request->body_id, error))
    return FALSE;
  doc_text(answer, KEY("list_url"), "/ke-hoach");
  doc_text(answer, KEY("limits"), message(request->lang, "tối đa 64 MB"));
  form_add(request, answer, KEY("form"), "plan.stage", NULL, "Đọc và kiểm tra");
  Doc *drafts = doc_list(answer, KEY("drafts"));
  g_autoptr(GPtrArray) stages = stage_list(request);
  for (guint i = 0; i < stages->len; i++) {
    const Stage *stage = g_ptr_array_index(stages, i);
    char at[17];
    date_write_time(at, stage->began_ms);
    Doc *row = doc_object(drafts, NULL);
    doc_text_copy(row, KEY("title"), stage->name);
    doc_text(row, KEY("url"), arena_printf(request->arena, "/ke-hoach/nhap/%s", stage->id));
    doc_text_copy(row, KEY("time"), at);
    doc_text(row, KEY("who"), request->user->name);
  }
  return TRUE;
}

gboolean plan_stage(Request *request, Doc *answer, GError **error) {
  const InputFile *input = input_file(request, "file");
  if (!request_require(request, "plan.write", request->body_id, error))
    return FALSE;
  gint64 began = g_get_monotonic_time();
  GError *failed = NULL;
  g_autoptr(PlanFile) file = plan_file_load(request, input->path, input->name, NULL, &failed);
  if (!file) {
    request_refuse_field(request, "file", failed->message, NULL);
    g_propagate_error(error, failed);
    return FALSE;
  }
  g_autoptr(Stage) stage = stage_new(request, file, (int)((g_get_monotonic_time() - began) / 1000), error);
  if (!stage)
    return FALSE;
  doc_text_copy(answer, KEY("import"), stage->id);
  return TRUE;
}

gboolean plan_review_save(Request *request, Doc *answer, GError **error) {
  g_autoptr(Stage) stage = stage_load(request, input_text(request, "import"), error);
  if (!stage)
    return FALSE;
  if (input_int(request, "version", stage->version) != stage->version) {
    g_set_error(error, APP_ERROR, ERROR_CONFLICT, "Lần nhập này đã được sửa ở cửa sổ khác. Nội dung đã nhập còn trên trang.");
    return FALSE;
  }
  doc_text_copy(answer, KEY("import"), stage->id);
  return plan_edit_take(request, stage->content.reading, error) && stage_save(stage, error);
}

static gboolean keep_original(Request *request, Stage *stage, char out_sha256[65], GError **error) {
  g_autoptr(GBytes) bytes = stage_original(stage, error);
  gsize length = 0;
  const void *data = bytes ? g_bytes_get_data(bytes, &length) : NULL;
  return data && file_keep_bytes(request->app, data, length, out_sha256, error);
}

static const char *const *chosen_units(Request *request, const GPtrArray *units) {
  const char *const *chosen = input_list(request, "unit");
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (; *chosen; chosen++) {
    guint64 index = g_ascii_strtoull(*chosen, NULL, 10);
    if (index + 1 < units->len)
      g_ptr_array_add(names, g_ptr_array_index(units, index));
  }
  g_ptr_array_add(names, NULL);
  const char **copy = arena_alloc(request->arena, names->len * sizeof *copy);
  memcpy(copy, names->pdata, names->len * sizeof *copy);
  return copy;
}

gboolean plan_confirm(Request *request, Doc *answer, GError **error) {
  g_autoptr(Stage) stage = stage_load(request, input_text(request, "import"), error);
  StoreConn *conn = stage ? request_read(request, error) : NULL;
  if (!conn || !request_require(request, "plan.write", stage->body_id, error))
    return FALSE;
  drop_tasks(stage->content.reading);
  g_autoptr(GPtrArray) units = plan_new_units(conn, request->arena, stage->body_id, stage->content.reading, error);
  char sha256[65];
  if (!units || !keep_original(request, stage, sha256, error))
    return FALSE;
  Import import = {.plan = {stage->body_id, "import", NULL, NULL, stage->content.reading, stage->content.source, stage->content.findings,
                            stage->name, sha256, stage->size, chosen_units(request, units), TRUE}};
  if (!run_import(request, &import, answer, error))
    return FALSE;
  stage_remove(stage);
  return TRUE;
}

gboolean plan_discard(Request *request, Doc *answer, GError **error) {
  g_autoptr(Stage) stage = stage_load(request, input_text(request, "import"), error);
  if (!stage)
    return FALSE;
  stage_remove(stage);
  doc_bool(answer, KEY("discarded"), TRUE);
  request->notice = message(request->lang, "Đã bỏ lần nhập; không lưu gì.");
  return TRUE;
}
