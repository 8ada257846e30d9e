/* Hunts handed down and their results handed up: directly within one installation, as signed files between two. */
#include "base/date.h"
#include "base/id.h"
#include "core/body.h"
#include "core/message.h"
#include "core/show.h"
#include "core/signing.h"
#include "core/user.h"
#include "lib/seal/seal_package.h"
#include "module/detect/detect_hunt.h"
#include "module/hunt/hunt_engine.h"
#include "module/hunt/hunt_pages.h"
#include "module/trust/trust.h"
#include <glib/gstdio.h>
#include <string.h>

#define KIND_PACKAGE "hunt-package"
#define KIND_RESULT "hunt-result"
#define GROUPS_TOLD 200
#define JSON_BYTES (1 << 20)
#define SIGNS_BYTES (16 << 20)
#define TLP_RED 4 /* not to be passed on */

enum { SQL_ANSWER_PUT, SQL_ANSWERS };
static const StoreSql SQL[] = {
    [SQL_ANSWER_PUT] = {"hunt.answer_put",
                        "INSERT INTO hunt_answer (hunt_id, public_key, body_name, hunt_code, result, received_ms) VALUES ($1, $2, $3, $4, $5, $6) "
                        "ON CONFLICT (hunt_id, public_key, hunt_code) DO UPDATE SET body_name = excluded.body_name, result = excluded.result, "
                        "received_ms = excluded.received_ms", NULL},
    [SQL_ANSWERS] = {"hunt.answers",
                     "SELECT public_key, body_name, hunt_code, result, received_ms FROM hunt_answer WHERE hunt_id = $1 ORDER BY body_name, hunt_code", NULL},
};
const StoreSqlTable hunt_package_sql = {SQL, G_N_ELEMENTS(SQL)};

static const char *text_of(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text ? text : "";
}

/* --- writing --- */

static gboolean add_text(SealPackage *package, const char *path, const char *text, GError **error) {
  g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
  return seal_package_add_bytes(package, path, bytes, error);
}

/* Lists go as values: whoever gets them has not these lists. */
static char *sign_lines(Request *request, const HuntCase *hunt, GError **error) {
  const char *const *lists = hunt_texts(request->arena, hunt->lists);
  StoreConn *conn = request_read(request, error);
  IndicatorSet *set = conn ? detect_choose_indicators(request->app, conn, lists, hunt->indicators, error) : NULL;
  GString *text = g_string_new(NULL);
  for (size_t i = 0; set && i < indicator_set_count(set) && text->len < SIGNS_BYTES - 4096; i++)
    if (!indicator_set_item(set, i)->benign && indicator_set_item(set, i)->tlp < TLP_RED)
      g_string_append_printf(text, "%s\n", indicator_set_item(set, i)->value);
  if (set)
    indicator_set_free(set);
  return g_string_free(text, set == NULL);
}

static gboolean fill_package(Request *request, SealPackage *package, const HuntCase *hunt, GError **error) {
  const DetectChoice choice = {hunt->pack_id, hunt->least_level, hunt_texts(request->arena, hunt->rules), hunt->rules_yaml};
  StoreConn *conn = request_read(request, error);
  g_autofree char *rules = conn ? detect_choice_text(conn, &choice, error) : NULL;
  g_autofree char *signs = rules ? sign_lines(request, hunt, error) : NULL;
  if (!signs)
    return FALSE;
  json_t *told = json_pack("{s:s, s:s, s:s, s:s, s:I, s:I}", "code", hunt->code, "title", hunt->title, "hypothesis", hunt->hypothesis, "words", hunt->words,
                           "from_ms", (json_int_t)hunt->from_ms, "to_ms", (json_int_t)hunt->to_ms);
  g_autofree char *text = json_dumps(told, JSON_INDENT(1));
  json_decref(told);
  return add_text(package, "hunt.json", text, error) && add_text(package, "indicators.txt", signs, error) && add_text(package, "rules.yml", rules, error);
}

static gboolean note_file(Change *change, void *data, GError **error) {
  const HuntCase *hunt = data;
  (void)error;
  change_about(change, "hunt", hunt->id, hunt->body_id, NULL);
  return TRUE;
}

typedef gboolean (*FillFunc)(Request *request, SealPackage *package, const HuntCase *hunt, GError **error);

static gboolean write_file(Request *request, HuntCase *hunt, const char *kind, FillFunc fill, const char *path, GError **error) {
  const SealKey *key = app_signing_key(request->app, error);
  json_t *about = json_pack("{s:s, s:s, s:s}", "code", hunt->code, "title", hunt->title, "body", hunt->body_name);
  g_autoptr(SealPackage) package = key ? seal_package_new(path, kind, hunt->body_name, request->now_ms, about, error) : NULL;
  if (!key)
    json_decref(about);
  return package && fill(request, package, hunt, error) && seal_package_finish(package, key, error);
}

static gboolean give_file(Request *request, HuntCase *hunt, const char *kind, FillFunc fill, const char *name, GError **error) {
  char id[ID_SIZE], *bytes = NULL;
  gsize length = 0;
  id_new(id);
  g_autofree char *folder = g_build_filename(request->app->home, "tmp", NULL), *path = g_strdup_printf("%s/hunt-%s.zip", folder, id);
  g_mkdir_with_parents(folder, 0700);
  gboolean good = write_file(request, hunt, kind, fill, path, error) && g_file_get_contents(path, &bytes, &length, error) &&
                  request_change(request, note_file, hunt, error);
  g_unlink(path);
  if (good)
    request->file = g_bytes_new(bytes, length);
  g_free(bytes);
  request->file_name = arena_printf(request->arena, "%s-%s.zip", hunt->code, name);
  request->file_type = "application/zip";
  return good;
}

gboolean hunt_package(Request *request, Doc *answer, GError **error) {
  HuntCase *hunt = hunt_require(request, "hunt.write", error);
  (void)answer;
  return hunt && give_file(request, hunt, KIND_PACKAGE, fill_package, "goi-san-lung", error);
}

static gboolean tell_group(const HuntGroup *group, void *data) {
  json_array_append_new(data, json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:s, s:s}", "kind", group->kind, "title", group->title, "host", group->host, "source",
                                        group->source_name, "count", (json_int_t)group->count, "first_ms", (json_int_t)group->first_ms, "last_ms",
                                        (json_int_t)group->last_ms, "triage", group->triage, "note", group->note));
  return TRUE;
}

static gboolean fill_result(Request *request, SealPackage *package, const HuntCase *hunt, GError **error) {
  StoreConn *conn = request_read(request, error);
  json_t *groups = json_array();
  gboolean good = conn && hunt_store_groups(conn, request->arena, hunt->id, GROUPS_TOLD, tell_group, groups, error);
  json_t *told = json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:s, s:s, s:o}", "of", hunt->package, "code", hunt->code, "body", hunt->body_name, "title",
                           hunt->title, "records", (json_int_t)hunt->records, "hits", (json_int_t)hunt->hits, "started_ms", (json_int_t)hunt->started_ms,
                           "concluded_ms", (json_int_t)hunt->concluded_ms, "conclusion", hunt->conclusion, "actions", hunt->actions, "groups", groups);
  g_autofree char *text = json_dumps(told, JSON_INDENT(1));
  json_decref(told);
  return good && add_text(package, "result.json", text, error);
}

gboolean hunt_answer_file(Request *request, Doc *answer, GError **error) {
  HuntCase *hunt = hunt_require(request, "hunt.write", error);
  (void)answer;
  if (!hunt)
    return FALSE;
  if (!*hunt->package || strcmp(hunt->state, HUNT_CONCLUDED) != 0) {
    g_set_error(error, APP_ERROR, ERROR_REFUSED, *hunt->package ? "%s chưa kết luận nên chưa có kết quả để gửi." : "%s không phải do cấp trên giao bằng gói.", hunt->code);
    return FALSE;
  }
  return give_file(request, hunt, KIND_RESULT, fill_result, "ket-qua", error);
}

/* --- reading: only what a trusted key has signed --- */

static gboolean check_report(Request *request, const SealReport *report, const char **out_owner, GError **error) {
  StoreConn *conn = request_read(request, error);
  const SealKey *own = conn ? app_signing_key(request->app, error) : NULL;
  GError *failed = NULL;
  if (!own)
    return FALSE;
  if (!seal_report_is_whole(report))
    return request_refuse_field(request, "file", report->signature_good ? "Gói đã bị thay đổi sau khi ký; không dùng." : "Gói không có chữ ký đúng; không dùng.", error);
  gboolean is_own = strcmp(report->key, seal_key_public(own)) == 0;
  *out_owner = is_own ? text_of(report->manifest, "by") : trust_owner(conn, request->arena, report->key, &failed);
  if (failed) {
    g_propagate_error(error, failed);
    return FALSE;
  }
  if (*out_owner) {
    *out_owner = arena_text(request->arena, *out_owner, -1);
    return TRUE;
  }
  g_autofree char *fingerprint = seal_fingerprint(report->key);
  return request_refuse_field(request, "file", arena_printf(request->arena, "Chưa tin khóa đã ký gói này (dấu vân tay %s). Đối chiếu với nơi gửi rồi thêm ở Cài đặt, Khóa tin cậy.", fingerprint), error);
}

/* The owner of the key, in the arena; NULL with error. */
static const char *open_file(Request *request, const char *kind, char out_key[SEAL_KEY_SIZE], GError **error) {
  const InputFile *file = input_file(request, "file");
  const char *owner = NULL;
  SealReport report;
  if (!file) {
    request_refuse_field(request, "file", "Chưa chọn tệp gói.", error);
    return NULL;
  }
  gboolean good = seal_package_verify(file->path, kind, &report, error) && check_report(request, &report, &owner, error);
  g_strlcpy(out_key, report.key, SEAL_KEY_SIZE);
  seal_report_clear(&report);
  return good ? owner : NULL;
}

static const char *read_text(Request *request, const char *name, gsize most, GError **error) {
  gsize length = 0;
  g_autoptr(GBytes) bytes = seal_package_read(input_file(request, "file")->path, name, most, error);
  const char *data = bytes ? g_bytes_get_data(bytes, &length) : NULL;
  if (bytes && !g_utf8_validate(data ? data : "", (gssize)length, NULL)) {
    request_refuse_field(request, "file", "Gói có phần không phải chữ UTF-8; không dùng.", error);
    return NULL;
  }
  return bytes ? arena_text(request->arena, data ? data : "", (gssize)length) : NULL;
}

static json_t *read_json(Request *request, const char *name, GError **error) {
  const char *text = read_text(request, name, JSON_BYTES, error);
  json_t *told = text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
  if (text && !json_is_object(told)) {
    json_decref(told);
    request_refuse_field(request, "file", "Gói không đọc được: thiếu phần mô tả.", error);
    return NULL;
  }
  return told;
}

static gboolean insert(Change *change, void *data, GError **error) {
  return hunt_insert(change, data, error);
}

static gboolean import(Request *request, Doc *answer, const json_t *told, const char *owner, GError **error) {
  const char *signs = read_text(request, "indicators.txt", SIGNS_BYTES, error), *rules = signs ? read_text(request, "rules.yml", DETECT_TEXT_BYTES, error) : NULL;
  if (!rules)
    return FALSE;
  HuntCase hunt = {.body_id = request->body_id, .kind = KIND_HUNT, .title = arena_printf(request->arena, "%.300s", text_of(told, "title")),
                   .hypothesis = text_of(told, "hypothesis"), .sources = "[]", .systems = "[]", .lists = "[]", .indicators = signs, .rules = "[]",
                   .rules_yaml = rules, .words = text_of(told, "words"), .state = HUNT_DRAFT, .owner_id = request->user->id, .package = text_of(told, "code"),
                   .package_by = owner, .conclusion = "", .actions = "", .least_level = 3,
                   .from_ms = json_integer_value(json_object_get(told, "from_ms")), .to_ms = json_integer_value(json_object_get(told, "to_ms"))};
  if (!*hunt.title || !*hunt.package || !(*signs || *rules || *hunt.words))
    return request_refuse_field(request, "file", "Gói không nêu giả thuyết hoặc cách tìm.", error);
  if (!request_change(request, insert, &hunt, error))
    return FALSE;
  doc_text(answer, KEY("id"), hunt.id);
  doc_text(answer, KEY("code"), hunt.code);
  doc_text(answer, KEY("from"), owner);
  request->notice = message(request->lang, "Đã nhập gói săn lùng thành bản nháp. Xem lại rồi bấm Chạy.");
  return TRUE;
}

gboolean hunt_import(Request *request, Doc *answer, GError **error) {
  char key[SEAL_KEY_SIZE];
  const char *owner = request_require(request, "hunt.write", request->body_id, error) ? open_file(request, KIND_PACKAGE, key, error) : NULL;
  json_t *told = owner ? read_json(request, "hunt.json", error) : NULL;
  gboolean good = told && import(request, answer, told, owner, error);
  json_decref(told);
  return good;
}

/* --- results that come back --- */

typedef struct {
  const HuntCase *hunt;
  const char *key, *owner, *code, *result;
} Answer;

static gboolean keep_answer(Change *change, void *data, GError **error) {
  const Answer *given = data;
  change_about(change, "hunt", given->hunt->id, given->hunt->body_id, json_pack("{s:s, s:s}", "answer", given->code, "by", given->owner));
  return store_exec(change->conn, &SQL[SQL_ANSWER_PUT],
                    S(S_TEXT(given->hunt->id), S_TEXT(given->key), S_TEXT(given->owner), S_TEXT(given->code), S_TEXT(given->result), S_INT(change->request->now_ms)),
                    NULL, error);
}

gboolean hunt_answer_import(Request *request, Doc *answer, GError **error) {
  const HuntCase *hunt = hunt_require(request, "hunt.write", error);
  char key[SEAL_KEY_SIZE];
  const char *owner = hunt ? open_file(request, KIND_RESULT, key, error) : NULL;
  json_t *told = owner ? read_json(request, "result.json", error) : NULL;
  if (!told)
    return FALSE;
  g_autofree char *text = json_dumps(told, JSON_COMPACT);
  const Answer given = {hunt, key, owner, text_of(told, "code"), text};
  gboolean good = strcmp(text_of(told, "of"), hunt->code) == 0 && *given.code
                      ? request_change(request, keep_answer, (void *)(gintptr)&given, error)
                      : request_refuse_field(request, "file", arena_printf(request->arena, "Gói kết quả này không phải của %s.", hunt->code), error);
  if (good) {
    doc_text(answer, KEY("id"), hunt->id);
    doc_text(answer, KEY("code"), hunt->code);
    doc_text_copy(answer, KEY("answer"), given.code);
    request->notice = message(request->lang, "Đã nhập kết quả của cấp dưới.");
  }
  json_decref(told);
  return good;
}

gboolean hunt_answers(Request *request, const HuntCase *hunt, Doc *list, GError **error) {
  StoreConn *conn = request_read(request, error);
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = conn ? store_query(conn, &SQL[SQL_ANSWERS], S(S_TEXT(hunt->id)), error) : NULL;
  while (rows && store_step(rows, &failed)) {
    json_t *told = json_loads(store_text(rows, 3), 0, NULL);
    Doc *row = doc_object(list, NULL);
    doc_text_copy(row, KEY("body"), store_text(rows, 1));
    doc_text_copy(row, KEY("code"), store_text(rows, 2));
    doc_int(row, KEY("hits"), json_integer_value(json_object_get(told, "hits")));
    doc_int(row, KEY("groups"), (gint64)json_array_size(json_object_get(told, "groups")));
    doc_text_copy(row, KEY("conclusion"), text_of(told, "conclusion"));
    doc_text(row, KEY("received"), show_time(request->arena, store_int(rows, 4)));
    json_decref(told);
  }
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}

/* --- within one installation --- */

typedef struct {
  const HuntCase *hunt;
  const char *const *bodies;
  int count;
} HandDown;

static gboolean hand_down(Change *change, void *data, GError **error) {
  HandDown *handing = data;
  handing->count = 0;
  for (const char *const *body = handing->bodies; *body; body++) {
    HuntCase made = *handing->hunt;
    made.body_id = *body;
    made.sources = made.systems = "[]";
    made.state = HUNT_DRAFT;
    made.owner_id = NULL;
    made.handed_from = handing->hunt->id;
    made.package = made.package_by = "";
    made.started_ms = 0;
    if (!hunt_insert(change, &made, error))
      return FALSE;
    handing->count++;
  }
  change_about(change, "hunt", handing->hunt->id, handing->hunt->body_id, json_pack("{s:i}", "handed_down", handing->count));
  return TRUE;
}

gboolean hunt_hand_down(Request *request, Doc *answer, GError **error) {
  const HuntCase *hunt = hunt_require(request, "hunt.write", error);
  HandDown handing = {hunt, input_list(request, "bodies"), 0};
  StoreConn *conn = hunt ? request_read(request, error) : NULL;
  if (!conn)
    return FALSE;
  if (!*handing.bodies)
    return request_refuse_field(request, "bodies", "Chưa chọn đơn vị nào.", error);
  for (const char *const *body = handing.bodies; *body; body++) {
    gboolean below = FALSE;
    if (!body_is_below(conn, *body, hunt->body_id, &below, error))
      return FALSE;
    if (!below || strcmp(*body, hunt->body_id) == 0)
      return request_refuse_field(request, "bodies", "Có đơn vị không thuộc cấp dưới của đơn vị giao.", error);
  }
  if (!request_change(request, hand_down, &handing, error))
    return FALSE;
  doc_text(answer, KEY("id"), hunt->id);
  doc_text(answer, KEY("code"), hunt->code);
  doc_int(answer, KEY("count"), handing.count);
  request->notice = arena_printf(request->arena, "%s %d.", message(request->lang, "Đã giao đợt săn lùng; số đơn vị:"), handing.count);
  return TRUE;
}
