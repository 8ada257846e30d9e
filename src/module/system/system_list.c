/* Hệ thống: the register, what is missing first. */
#include "core/form.h"
#include "core/message.h"
#include "core/show.h"
#include "module/system/system_pages.h"
#include <stdlib.h>
#include <string.h>

#define PAGE_ROWS 30

typedef struct {
  const char *name, *label;
  gsize count; /* offset in SystemCounts */
} Tab;

static const Tab TABS[] = {
    {"",              "Đang hoạt động",        offsetof(SystemCounts, all)       },
    {"chua-cap-do",   "Chưa xác định cấp độ",  offsetof(SystemCounts, no_level)  },
    {"thieu-lien-he", "Thiếu liên hệ 24/7",    offsetof(SystemCounts, no_contact)},
    {"cap-do-cao",    "Cấp độ 3 trở lên",      offsetof(SystemCounts, high)      },
    {"du-lieu",       "Có dữ liệu cá nhân",    offsetof(SystemCounts, personal)  },
    {"da-ngung",      "Đã ngừng",              offsetof(SystemCounts, retired)   },
};

static gint64 count_of(const SystemCounts *counts, const Tab *tab) {
  return *(const gint64 *)(gconstpointer)((const char *)counts + tab->count);
}

const char *system_operator(const System *system) {
  return system->operator_body_name ? system->operator_body_name : system->operator_name;
}

const char *system_decision(Arena *arena, const System *s) {
  if (!s->decision_number)
    return NULL;
  return arena_printf(arena, "%s%s%s%s%s", s->decision_number, s->decision_day ? ", " : "",
                      s->decision_day ? show_day(arena, s->decision_day) : "", s->decision_issuer ? ", " : "",
                      s->decision_issuer ? s->decision_issuer : "");
}

/* --- the query --- */

/* The ids found by the words, " id id ": the list then shows them in its own order. */
static const char *find_ids(Request *request, StoreConn *conn, const char *words, GError **error) {
  static const char *const TYPES[] = {"system", NULL};
  const char *const scopes[] = {request->body_id, NULL};
  GError *failed = NULL;
  g_autoptr(GString) ids = g_string_new(" ");
  g_autoptr(StoreRows) rows = store_search(conn, words, scopes, TYPES, 500, error);
  while (rows && store_step(rows, &failed))
    g_string_append_printf(ids, "%s ", store_text(rows, 1));
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed ? arena_text(request->arena, ids->str, (gssize)ids->len) : NULL;
}

gboolean system_query(Request *request, StoreConn *conn, SystemQuery *query, GError **error) {
  const char *tab = input_text(request, "loc"), *words = input_text(request, "q"), *after = input_text(request, "after");
  *query = (SystemQuery){
      .body_id = request->body_id,
      .unit_id = input_text(request, "unit"),
      .level = input_int(request, "level", 0),
      .personal_data = input_bool(request, "personal_data") || g_strcmp0(tab, "du-lieu") == 0,
      .least_level = g_strcmp0(tab, "cap-do-cao") == 0 ? 3 : 0,
      .retired = g_strcmp0(tab, "da-ngung") == 0,
      .no_contact = g_strcmp0(tab, "thieu-lien-he") == 0,
      .limit = (int)input_int(request, "limit", PAGE_ROWS),
  };
  if (g_strcmp0(tab, "chua-cap-do") == 0)
    query->level = -1;
  if (words && !(query->words_ids = find_ids(request, conn, words, error)))
    return FALSE;
  if (after && !(query->after = system_store_get(conn, request->arena, after, error)) && !(error && *error))
    g_set_error(error, APP_ERROR, ERROR_INVALID, "Trang này không còn; mở lại danh sách.");
  return !after || query->after;
}

/* --- rows --- */

typedef struct {
  Request *request;
  Doc *rows;
  int count, limit;
  const char *last_id;
  gboolean more;
} Listing;

static void add_level(Request *request, const System *system, Doc *row) {
  if (!system->level)
    return;
  doc_int(row, KEY("level"), system->level);
  show_status(request, row, KEY("dossier"), system->decision_number ? "done" : "soon",
              system->decision_number ? "Đã phê duyệt" : "Chưa có quyết định");
  doc_text(row, KEY("decision"), system_decision(request->arena, system));
}

static gboolean add_row(const System *found, void *data) {
  Listing *listing = data;
  Request *request = listing->request;
  if (listing->count == listing->limit) {
    listing->more = TRUE;
    return FALSE;
  }
  Doc *row = doc_object(listing->rows, NULL);
  listing->count++;
  listing->last_id = arena_text(request->arena, found->id, -1);
  doc_text(row, KEY("id"), listing->last_id);
  doc_text_copy(row, KEY("code"), found->code);
  doc_text_copy(row, KEY("title"), found->name);
  doc_text_copy(row, KEY("note"), found->purpose);
  doc_text(row, KEY("url"), arena_printf(request->arena, "/he-thong/%s", found->id));
  doc_text(row, KEY("class"), found->retired_day ? "shut" : !found->level ? "late" : !found->contact_phone ? "soon" : "");
  doc_text_copy(row, KEY("owner"), found->owner_name ? found->owner_name : found->body_name);
  doc_text_copy(row, KEY("operator"), system_operator(found));
  doc_text_copy(row, KEY("provider"), found->provider_name);
  doc_bool(row, KEY("personal_data"), found->personal_data != 0);
  if (found->continuity_rank)
    doc_int(row, KEY("priority"), found->continuity_rank);
  add_level(request, found, row);
  if (!found->contact_phone)
    return TRUE;
  Doc *contact = doc_object(row, KEY("contact"));
  doc_text_copy(contact, KEY("name"), found->contact_name);
  doc_text_copy(contact, KEY("phone"), found->contact_phone);
  doc_text(contact, KEY("tel"), show_tel(request->arena, found->contact_phone));
  return TRUE;
}

/* --- around the rows --- */

static const char *own_query(Request *request) {
  static const char *const KEPT[] = {"loc", "q", "level", "unit"};
  g_autoptr(GString) query = g_string_new(NULL);
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

static void add_pager(Listing *listing, Doc *answer) {
  Request *request = listing->request;
  const char *query = own_query(request);
  Doc *pager = doc_object(answer, KEY("pager"));
  doc_text(pager, KEY("text"), arena_printf(request->arena, "%d %s", listing->count, message(request->lang, "hệ thống trên trang này")));
  if (input_text(request, "after"))
    doc_text(pager, KEY("previous"), arena_printf(request->arena, "/he-thong?%s", query));
  if (!listing->more)
    return;
  doc_text(answer, KEY("next"), listing->last_id);
  doc_text(pager, KEY("next"), arena_printf(request->arena, "/he-thong?%safter=%s", query, listing->last_id));
}

static void add_tabs(Request *request, const SystemCounts *counts, Doc *answer) {
  const char *chosen = input_text(request, "loc");
  Doc *tabs = doc_list(answer, KEY("tabs"));
  for (gsize i = 0; i < G_N_ELEMENTS(TABS); i++) {
    Doc *row = doc_object(tabs, NULL);
    doc_text(row, KEY("label"), message(request->lang, TABS[i].label));
    doc_text(row, KEY("url"), *TABS[i].name ? arena_printf(request->arena, "/he-thong?loc=%s", TABS[i].name) : "/he-thong");
    doc_int(row, KEY("count"), count_of(counts, &TABS[i]));
    doc_bool(row, KEY("current"), strcmp(chosen ? chosen : "", TABS[i].name) == 0);
  }
}

typedef struct {
  Doc *options;
  const char *chosen;
} Options;

static void add_body_option(const char *id, const char *name, void *data) {
  Options *options = data;
  show_option(options->options, id, name, g_strcmp0(id, options->chosen) == 0);
}

static gboolean add_filter(Request *request, StoreConn *conn, Doc *answer, GError **error) {
  static const Choice LEVELS[] = {{"", "Mọi cấp độ"}, {"1", "Cấp độ 1"}, {"2", "Cấp độ 2"}, {"3", "Cấp độ 3"},
                                  {"4", "Cấp độ 4"},  {"5", "Cấp độ 5"}, {NULL, NULL}};
  static const Choice ANY[] = {{"", "Mọi đơn vị"}, {NULL, NULL}};
  Doc *filter = doc_object(answer, KEY("filter"));
  doc_text(filter, KEY("action"), "/he-thong");
  if (*own_query(request))
    doc_text(filter, KEY("clear"), "/he-thong");
  Doc *fields = doc_list(filter, KEY("fields"));
  show_filter_search(request, fields, "Tìm hệ thống", "tên, mã, đơn vị vận hành");
  show_filter_select(request, fields, "level", "Cấp độ", LEVELS);
  Options options = {show_filter_select(request, fields, "unit", "Đơn vị", ANY), input_text(request, "unit")};
  return system_store_bodies(conn, request->body_id, add_body_option, &options, error);
}

static void add_summary(Request *request, const SystemCounts *counts, Doc *answer) {
  doc_text(answer, KEY("summary"),
           arena_printf(request->arena, "%d %s, %d %s, %d %s.", (int)counts->all, message(request->lang, "hệ thống đang hoạt động"),
                        (int)counts->no_level, message(request->lang, "chưa xác định cấp độ"), (int)counts->no_contact,
                        message(request->lang, "thiếu liên hệ 24/7")));
  doc_int(answer, KEY("count"), counts->all);
}

static void add_empty(Request *request, const SystemCounts *counts, Doc *answer) {
  Doc *empty = doc_object(answer, KEY("empty"));
  gboolean first = counts->all + counts->retired == 0;
  doc_text(empty, KEY("text"), message(request->lang, first ? "Chưa khai hệ thống thông tin nào. Bắt đầu với hệ thống quan trọng nhất."
                                                            : "Không có hệ thống nào khớp bộ lọc."));
  doc_text(empty, KEY("url"), first ? "/he-thong/moi" : "/he-thong");
  doc_text(empty, KEY("label"), message(request->lang, first ? "Thêm hệ thống" : "Xóa bộ lọc"));
}

gboolean system_list(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  SystemQuery query;
  SystemCounts counts;
  if (!conn || !request_require(request, "system.read", request->body_id, error) || !system_query(request, conn, &query, error) ||
      !system_store_counts(conn, request->body_id, &counts, error))
    return FALSE;
  Listing listing = {.request = request, .rows = doc_list(answer, KEY("rows")), .limit = query.limit};
  query.limit++; /* one more tells whether there is a next page */
  if (!system_store_list(conn, &query, add_row, &listing, error))
    return FALSE;
  add_summary(request, &counts, answer);
  add_pager(&listing, answer);
  if (!listing.count)
    add_empty(request, &counts, answer);
  if (request_may(request, "system.write", request->body_id))
    doc_text(answer, KEY("new_url"), "/he-thong/moi");
  doc_text(answer, KEY("export_url"), arena_printf(request->arena, "/he-thong/tep?%sformat=xlsx", own_query(request)));
  add_tabs(request, &counts, answer);
  return add_filter(request, conn, answer, error);
}
