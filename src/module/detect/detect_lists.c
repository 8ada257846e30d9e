/* Lists of indicators: loaded, switched, searched. */
#include "base/date.h"
#include "base/id.h"
#include "core/body.h"
#include "core/file.h"
#include "core/form.h"
#include "core/message.h"
#include "core/show.h"
#include "core/user.h"
#include "module/detect/detect_pack.h"
#include "module/detect/detect_pages.h"
#include <string.h>

enum { LIST_BYTES_MAX = 64 << 20 };

/* --- in the sandbox: is it a list, and how much of it can be used? --- */

static gboolean read_list(const char *bytes, gsize length, GByteArray *out, GError **error) {
  IndicatorSet *set = indicator_set_new();
  ScanError failed = {0};
  size_t faults = 0, taken = indicator_set_add(set, "", (Span){bytes, length}, LIST_AUTO, &faults, &failed);
  indicator_set_free(set);
  if (!taken) {
    g_set_error(error, APP_ERROR, ERROR_UNREADABLE, "Không có dấu hiệu nào dùng được trong tệp này%s%s", *failed.message ? ": " : ".", failed.message);
    return FALSE;
  }
  g_autofree char *text = g_strdup_printf("%zu %zu", taken, faults);
  g_byte_array_append(out, (const guint8 *)text, (guint)strlen(text) + 1);
  return TRUE;
}

const SandboxJob DETECT_JOB_LIST = {"indicators", read_list, detect_warm_up, .deadline_ms = 20000};

/* --- the page --- */

static void add_acts(Request *request, const DetectList *list, Doc *row) {
  json_t *values = json_pack("{s:s, s:s}", "id", list->id, "choice", list->enabled ? "off" : "on");
  Doc *buttons = doc_list(row, KEY("buttons"));
  form_add(request, buttons, NULL, "indicator.switch", values, list->enabled ? "Không dùng" : "Dùng");
  form_add(request, buttons, NULL, "indicator.remove", values, "Bỏ danh sách");
  json_decref(values);
}

gboolean detect_list_list(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  gboolean write = body_require_top(request, "detect.write", NULL);
  g_autoptr(GPtrArray) lists = conn ? detect_store_lists(conn, request->arena, error) : NULL;
  Doc *rows = doc_list(answer, KEY("rows"));
  gint64 all = 0;
  for (guint i = 0; lists && i < lists->len; i++) {
    const DetectList *list = g_ptr_array_index(lists, i);
    gboolean over = list->until_ms && list->until_ms < request->now_ms;
    Doc *row = doc_object(rows, NULL);
    const struct {
      const char *key, *text;
    } texts[] = {{"id", list->id},   {"name", list->name}, {"format", list->format},  {"source", list->source},
                 {"licence", list->licence}, {"tlp", list->tlp},   {"by", list->added_by},
                 {"added", show_time(request->arena, list->added_ms)}, {"until", show_time(request->arena, list->until_ms)}};
    for (gsize t = 0; t < G_N_ELEMENTS(texts); t++)
      doc_text(row, g_intern_static_string(texts[t].key), texts[t].text);
    doc_int(row, KEY("values"), list->value_count);
    doc_int(row, KEY("faults"), list->fault_count);
    doc_bool(row, KEY("warning"), strcmp(list->format, "warning") == 0);
    doc_text(row, KEY("class"), list->enabled && !over ? "" : "shut");
    show_status(request, row, KEY("state"), list->enabled && !over ? "done" : "none", over ? "Hết hạn" : list->enabled ? "Đang dùng" : "Không dùng");
    all += list->enabled && !over && strcmp(list->format, "warning") != 0 ? list->value_count : 0;
    if (write)
      add_acts(request, list, row);
  }
  doc_int(answer, KEY("count"), all);
  doc_text(answer, KEY("q"), input_text(request, "q"));
  if (lists && write)
    form_add(request, answer, KEY("form"), "indicator.add", NULL, "Nạp danh sách");
  return lists != NULL;
}

/* --- loading --- */

typedef struct {
  DetectList list;
  const char *account_id;
} Putting;

static gboolean put(Change *change, void *data, GError **error) {
  const Putting *putting = data;
  const DetectList *list = &putting->list;
  change_about(change, "indicator_list", list->id, NULL,
               json_pack("{s:s, s:s, s:I}", "name", list->name, "sha256", list->sha256, "values", (json_int_t)list->value_count));
  return detect_store_put_list(change->conn, list, putting->account_id, error);
}

static gboolean check_file(const InputFile *file, gint64 *out_values, gint64 *out_faults, GError **error) {
  g_autofree char *bytes = NULL;
  gsize length = 0;
  if (file->size_bytes > LIST_BYTES_MAX) {
    g_set_error(error, APP_ERROR, ERROR_TOO_LARGE, "Danh sách quá lớn: tối đa 64 MB.");
    return FALSE;
  }
  g_autoptr(GBytes) answer = g_file_get_contents(file->path, &bytes, &length, error) ? sandbox_run(DETECT_JOB_LIST.name, bytes, length, error) : NULL;
  return answer && sscanf(g_bytes_get_data(answer, NULL), "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT, out_values, out_faults) == 2;
}

static gboolean read_until(Request *request, gint64 *out_ms, GError **error) {
  Day until;
  const char *text = input_text(request, "until");
  if (!text)
    return TRUE;
  if (!date_parse_day(text, &until) || day_start_ms(until) < request->now_ms)
    return request_refuse_field(request, "until", "Hạn dùng phải sau hôm nay.", error);
  *out_ms = day_start_ms(day_add(until, 1));
  return TRUE;
}

/* The list of that name is replaced and keeps its id and switch. */
static const DetectList *same_name(GPtrArray *lists, const char *name) {
  for (guint i = 0; lists && i < lists->len; i++)
    if (strcmp(((const DetectList *)g_ptr_array_index(lists, i))->name, name) == 0)
      return g_ptr_array_index(lists, i);
  return NULL;
}

static const char *given(const Request *request, const char *field, const char *absent) {
  const char *text = input_text(request, field);
  return text ? text : absent;
}

gboolean detect_list_add(Request *request, Doc *answer, GError **error) {
  const InputFile *file = input_file(request, "file");
  StoreConn *conn = body_require_top(request, "detect.write", error) ? request_read(request, error) : NULL;
  g_autoptr(GPtrArray) lists = conn ? detect_store_lists(conn, request->arena, error) : NULL;
  Putting putting = {.account_id = request->user->id};
  DetectList *list = &putting.list;
  char id[ID_SIZE], sha256[65];
  gint64 size = 0;
  if (!lists)
    return FALSE;
  if (!file)
    return request_refuse_field(request, "file", "Chưa chọn tệp danh sách.", error);
  id_new(id);
  const DetectList *old = same_name(lists, input_text(request, "name"));
  *list = (DetectList){.id = old ? old->id : id, .name = input_text(request, "name"), .format = given(request, "format", "auto"),
                       .source = given(request, "source", ""), .licence = given(request, "licence", ""), .tlp = given(request, "tlp", "AMBER"),
                       .sha256 = sha256, .enabled = old ? old->enabled : TRUE, .added_ms = request->now_ms};
  if (!read_until(request, &list->until_ms, error) || !check_file(file, &list->value_count, &list->fault_count, error) ||
      !file_keep(request->app, file->path, sha256, &size, error) || !request_change(request, put, &putting, error))
    return FALSE;
  doc_text_copy(answer, KEY("id"), list->id);
  doc_int(answer, KEY("values"), list->value_count);
  doc_int(answer, KEY("faults"), list->fault_count);
  request->notice = message(request->lang, "Đã nạp danh sách; bộ phát hiện dùng trong vài giây.");
  return TRUE;
}

/* --- switch, remove --- */

static const DetectList *require_list(Request *request, GError **error) {
  StoreConn *conn = body_require_top(request, "detect.write", error) ? request_read(request, error) : NULL;
  GError *failed = NULL;
  const DetectList *list = conn ? detect_store_list(conn, request->arena, input_text(request, "id"), &failed) : NULL;
  if (failed)
    g_propagate_error(error, failed);
  else if (conn && !list)
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không có danh sách này.");
  return list;
}

typedef struct {
  const DetectList *list;
  gboolean enabled;
} Switching;

static gboolean set_enabled(Change *change, void *data, GError **error) {
  const Switching *switching = data;
  change_about(change, "indicator_list", switching->list->id, NULL, json_pack("{s:s, s:b}", "name", switching->list->name, "enabled", switching->enabled));
  return detect_store_set_list(change->conn, switching->list->id, switching->enabled, error);
}

gboolean detect_list_switch(Request *request, Doc *answer, GError **error) {
  Switching switching = {require_list(request, error), strcmp(input_text(request, "choice"), "on") == 0};
  if (!switching.list || !request_change(request, set_enabled, &switching, error))
    return FALSE;
  doc_text(answer, KEY("id"), switching.list->id);
  return TRUE;
}

static gboolean remove_list(Change *change, void *data, GError **error) {
  const DetectList *list = data;
  change_about(change, "indicator_list", list->id, NULL, json_pack("{s:s}", "removed", list->name));
  return detect_store_remove_list(change->conn, list->id, error);
}

gboolean detect_list_remove(Request *request, Doc *answer, GError **error) {
  const DetectList *list = require_list(request, error);
  if (!list || !request_change(request, remove_list, (void *)(gintptr)list, error))
    return FALSE;
  doc_text(answer, KEY("id"), list->id);
  request->notice = message(request->lang, "Đã bỏ danh sách. Cảnh báo đã có vẫn giữ nguyên.");
  return TRUE;
}

/* --- which list has it? --- */

typedef struct {
  const IndicatorSet *set;
  Doc *rows;
  int count;
} Finding;

static void take_found(void *context, size_t index, Span where) {
  Finding *finding = context;
  const Indicator *indicator = indicator_set_item(finding->set, index);
  (void)where;
  if (finding->count++ >= 100)
    return;
  Doc *row = doc_object(finding->rows, NULL);
  doc_text_copy(row, KEY("value"), indicator->value);
  doc_text_copy(row, KEY("list"), indicator->source);
  doc_text_copy(row, KEY("note"), indicator->note);
  doc_int(row, KEY("confidence"), indicator->confidence);
}

gboolean detect_list_find(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  const char *value = input_text(request, "value");
  doc_text(answer, KEY("list_url"), "/cai-dat/dau-hieu");
  doc_bool(answer, KEY("asked"), value != NULL);
  if (!value)
    return TRUE;
  IndicatorSet *set = conn ? detect_indicator_set(request->app, conn, NULL, error) : NULL;
  if (!set)
    return FALSE;
  Finding finding = {set, doc_list(answer, KEY("rows")), 0};
  indicator_set_match(set, (Span){value, strlen(value)}, request->now_ms, take_found, &finding);
  indicator_set_free(set);
  doc_text(answer, KEY("value"), value);
  doc_bool(answer, KEY("found"), finding.count > 0);
  return TRUE;
}
