/* Luật phát hiện: what is looked for, one rule in full, and the choice to run it. */
#include "base/text.h"
#include "core/body.h"
#include "core/form.h"
#include "core/message.h"
#include "core/setting_page.h"
#include "core/show.h"
#include "core/user.h"
#include "module/detect/detect_cases.h"
#include "module/detect/detect_pages.h"
#include "module/detect/detect_words.h"
#include <string.h>

#define PAGE_ROWS 50
#define LINES_SHOWN 400

enum { SQL_ALERTS };
static const StoreSql SQL[] = {
    [SQL_ALERTS] = {"detect.alerts_of_rule",
                    "SELECT a.code, a.title, a.count, a.last_ms, b.name FROM alert a JOIN alert_scope p ON p.alert_id = a.id AND p.tab = 'all' "
                    "AND p.body_id = $1 JOIN body b ON b.id = a.body_id WHERE a.rule_id = $2 ORDER BY a.created_ms DESC LIMIT 10", NULL},
};
const StoreSqlTable detect_rules_sql = {SQL, G_N_ELEMENTS(SQL)};

static void show_rule(Request *request, Doc *row, const DetectRule *rule) {
  json_t *own = json_loads(rule->own, 0, NULL);
  const char *title = json_string_value(json_object_get(own, "title"));
  doc_text(row, KEY("id"), rule->key);
  doc_text_copy(row, KEY("title"), title ? title : rule->title);
  doc_text(row, KEY("original"), title ? rule->title : "");
  doc_text(row, KEY("url"), arena_printf(request->arena, "/cai-dat/luat/%s", rule->key));
  doc_text(row, KEY("level"), message(request->lang, DETECT_LEVELS[CLAMP(rule->level, 0, LEVEL_OFF)]));
  doc_text(row, KEY("pack"), rule->pack_name);
  doc_text(row, KEY("techniques"), rule->techniques);
  doc_text(row, KEY("author"), rule->author);
  doc_text(row, KEY("source"), arena_printf(request->arena, "%s%s%s%s%s", rule->product, *rule->product && *rule->category ? " · " : "", rule->category,
                                            (*rule->product || *rule->category) && *rule->service ? " · " : "", rule->service));
  doc_text(row, KEY("class"), rule->enabled ? "" : "shut");
  doc_bool(row, KEY("enabled"), rule->enabled != 0);
  show_status(request, row, KEY("state"), rule->enabled ? "done" : "none", rule->enabled ? "Đang chạy" : "Không chạy");
  doc_bool(row, KEY("by_hand"), rule->chosen >= 0);
  if (rule->matches >= 0)
    doc_text(row, KEY("estimate"), arena_printf(request->arena, "%.1f %s", (double)rule->alerts / (double)MAX(rule->days, 1), message(request->lang, "cảnh báo mỗi ngày")));
  json_decref(own);
}

typedef struct {
  Request *request;
  Doc *rows;
  int count, limit;
  const char *next;
} Listing;

static gboolean add_row(const DetectRule *rule, const char *sort_key, void *data) {
  Listing *listing = data;
  if (listing->count++ == listing->limit)
    return FALSE;
  show_rule(listing->request, doc_object(listing->rows, NULL), rule);
  listing->next = arena_printf(listing->request->arena, "%d:%s:%s", (int)rule->level, rule->key, sort_key);
  return TRUE;
}

/* --- the list --- */

static const Choice STATES[] = {{"", "Đang chạy và không chạy"}, {"1", "Đang chạy"}, {"0", "Không chạy"}, {NULL, NULL}};
static const Choice LEVELS[] = {{"", "Mọi mức"}, {"4", "Rất cao"}, {"3", "Cao"}, {"2", "Trung bình"}, {"1", "Thấp"}, {"0", "Thông tin"}, {NULL, NULL}};

static gboolean add_filter(Request *request, StoreConn *conn, Doc *answer, GError **error) {
  static const Choice ANY[] = {{"", "Mọi bộ luật"}, {NULL, NULL}};
  g_autoptr(GPtrArray) packs = detect_store_packs(conn, request->arena, error);
  Doc *filter = doc_object(answer, KEY("filter"));
  doc_text(filter, KEY("action"), "/cai-dat/luat");
  if (input_text(request, "q") || input_text(request, "pack") || input_text(request, "state") || input_text(request, "level"))
    doc_text(filter, KEY("clear"), "/cai-dat/luat");
  Doc *fields = doc_list(filter, KEY("fields"));
  show_filter_search(request, fields, "Tìm luật", "tên luật");
  Doc *options = show_filter_select(request, fields, "pack", "Bộ luật", ANY);
  for (guint i = 0; packs && i < packs->len; i++) {
    const DetectPack *pack = g_ptr_array_index(packs, i);
    show_option(options, pack->id, pack->name, g_strcmp0(pack->id, input_text(request, "pack")) == 0);
  }
  show_filter_select(request, fields, "level", "Mức", LEVELS);
  show_filter_select(request, fields, "state", "Trạng thái", STATES);
  return packs != NULL;
}

static const char *own_query(Request *request) {
  static const char *const KEPT[] = {"q", "pack", "level", "state"};
  g_autoptr(GString) query = g_string_new("/cai-dat/luat?");
  for (gsize i = 0; i < G_N_ELEMENTS(KEPT); i++) {
    const char *value = input_text(request, KEPT[i]);
    if (!value)
      continue;
    g_string_append_printf(query, "%s=", KEPT[i]);
    g_string_append_uri_escaped(query, value, NULL, FALSE);
    g_string_append_c(query, '&');
  }
  return arena_text(request->arena, query->str, (gssize)query->len);
}

static void add_pager(Request *request, const Listing *listing, Doc *answer) {
  Doc *pager = doc_object(answer, KEY("pager"));
  int shown = MIN(listing->count, listing->limit);
  doc_text(pager, KEY("text"), arena_printf(request->arena, "%d %s", shown, message(request->lang, "luật trên trang này")));
  if (input_text(request, "after"))
    doc_text(pager, KEY("previous"), own_query(request));
  if (listing->count <= listing->limit)
    return;
  g_autofree char *next = g_uri_escape_string(listing->next, NULL, FALSE);
  doc_text(answer, KEY("next"), listing->next);
  doc_text(pager, KEY("next"), arena_printf(request->arena, "%safter=%s", own_query(request), next));
}

static void split_after(Request *request, DetectRuleQuery *query) {
  const char *after = input_text(request, "after");
  g_auto(GStrv) parts = g_strsplit(after ? after : "", ":", 3);
  if (g_strv_length(parts) != 3)
    return;
  query->after_level = g_ascii_strtoll(parts[0], NULL, 10);
  query->after_key = arena_text(request->arena, parts[1], -1);
  query->after_sort = arena_text(request->arena, parts[2], -1);
}

gboolean detect_rule_list(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  gint64 all = 0, enabled = 0;
  const char *q = input_text(request, "q"), *pack = input_text(request, "pack");
  g_autofree char *words = text_fold(q ? q : "");
  Listing listing = {.request = request, .rows = doc_list(answer, KEY("rows")), .limit = (int)input_int(request, "limit", PAGE_ROWS)};
  const char *state = input_text(request, "state"), *level = input_text(request, "level");
  DetectRuleQuery query = {.pack_id = pack ? pack : "", .words = words, .state = state ? (int)g_ascii_strtoll(state, NULL, 10) : -1,
                           .level = level ? (int)g_ascii_strtoll(level, NULL, 10) : -1, .limit = listing.limit + 1};
  split_after(request, &query);
  if (!conn || !detect_store_rules(conn, request->arena, &query, add_row, &listing, error) || !detect_store_counts(conn, &all, &enabled, error))
    return FALSE;
  doc_text(answer, KEY("summary"), arena_printf(request->arena, "%d %s %d %s.", (int)enabled, message(request->lang, "luật đang chạy trong"), (int)all,
                                                message(request->lang, "luật đã nạp")));
  doc_int(answer, KEY("all"), all);
  doc_int(answer, KEY("enabled"), enabled);
  doc_bool(answer, KEY("found"), listing.count > 0);
  add_pager(request, &listing, answer);
  if (request->face == FACE_WEB)
    setting_tabs(request, answer);
  return add_filter(request, conn, answer, error);
}

/* --- one rule --- */

static gboolean add_alerts(Request *request, const DetectRule *rule, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  GError *failed = NULL;
  Doc *list = doc_list(answer, KEY("alerts"));
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_ALERTS], S(S_TEXT(request->body_id), S_TEXT(rule->key)), error);
  while (rows && store_step(rows, &failed)) {
    Doc *row = doc_object(list, NULL);
    const char *code = arena_text(request->arena, store_text(rows, 0), -1);
    doc_text(row, KEY("code"), code);
    doc_text(row, KEY("url"), arena_printf(request->arena, "/canh-bao/%s", code));
    doc_text_copy(row, KEY("title"), store_text(rows, 1));
    doc_int(row, KEY("count"), store_int(rows, 2));
    doc_text(row, KEY("last"), show_time(request->arena, store_int(rows, 3)));
    doc_text_copy(row, KEY("body"), store_text(rows, 4));
  }
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}

static void add_offers(Request *request, const DetectRule *rule, Doc *answer) {
  Doc *buttons = doc_list(answer, KEY("buttons"));
  const struct {
    const char *choice, *submit;
    gboolean offered;
  } offers[] = {{"on", "Cho chạy", !rule->enabled}, {"off", "Không chạy", rule->enabled != 0}, {"pack", "Theo mức của bộ luật", rule->chosen >= 0}};
  if (!body_require_top(request, "detect.write", NULL))
    return;
  for (gsize i = 0; i < G_N_ELEMENTS(offers); i++) {
    if (!offers[i].offered)
      continue;
    json_t *values = json_pack("{s:s, s:s}", "id", rule->key, "choice", offers[i].choice);
    form_add(request, buttons, NULL, "rule.choose", values, offers[i].submit);
    json_decref(values);
  }
}

static const DetectRule *require_rule(Request *request, GError **error) {
  StoreConn *conn = request_read(request, error);
  GError *failed = NULL;
  const DetectRule *rule = conn ? detect_store_rule(conn, request->arena, input_text(request, "id"), &failed) : NULL;
  if (failed)
    g_propagate_error(error, failed);
  else if (conn && !rule)
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không có luật này; có thể bộ luật chứa nó đã được bỏ.");
  return rule;
}

gboolean detect_rule_view(Request *request, Doc *answer, GError **error) {
  const DetectRule *rule = require_rule(request, error);
  g_autoptr(DetectWords) words = rule ? detect_words_new(request->app, error) : NULL;
  g_autofree char *yaml = words ? detect_store_yaml(request_read(request, NULL), rule, error) : NULL;
  if (!yaml)
    return FALSE;
  g_autofree char *explain = detect_words_explain(words, rule), *scenario = detect_words_scenario(words, rule);
  Doc *shown = doc_object(answer, KEY("rule"));
  show_rule(request, shown, rule);
  doc_text_copy(shown, KEY("explanation"), explain);
  doc_text(shown, KEY("description"), rule->description);
  doc_text_copy(shown, KEY("scenario"), scenario);
  doc_text(shown, KEY("status"), rule->status);
  doc_text(shown, KEY("path"), rule->path);
  doc_text_copy(shown, KEY("yaml"), yaml);
  doc_text(answer, KEY("list_url"), "/cai-dat/luat");
  add_offers(request, rule, answer);
  return detect_cases_show(request, rule, answer, error) && add_alerts(request, rule, answer, error) && app_add_beside(request, "rule", rule->key, answer, error);
}

typedef struct {
  const DetectRule *rule;
  const char *choice;
} Choosing;

static gboolean choose(Change *change, void *data, GError **error) {
  const Choosing *choosing = data;
  int enabled = strcmp(choosing->choice, "on") == 0 ? 1 : strcmp(choosing->choice, "off") == 0 ? 0 : -1;
  change_about(change, "rule", choosing->rule->key, NULL, json_pack("{s:s, s:s}", "title", choosing->rule->title, "choice", choosing->choice));
  return detect_store_choose(change->conn, choosing->rule->key, enabled, change->request->user->id, change->request->now_ms, error);
}

gboolean detect_rule_choose(Request *request, Doc *answer, GError **error) {
  Choosing choosing = {body_require_top(request, "detect.write", error) ? require_rule(request, error) : NULL, input_text(request, "choice")};
  if (!choosing.rule || !request_change(request, choose, &choosing, error))
    return FALSE;
  doc_text(answer, KEY("id"), choosing.rule->key);
  request->notice = message(request->lang, "Đã ghi; bộ phát hiện nạp lại luật trong vài giây.");
  return TRUE;
}
