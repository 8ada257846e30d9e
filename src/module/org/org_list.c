/* Đơn vị: the acting body and all below it, those with late work first. */
#include "base/number.h"
#include "core/message.h"
#include "core/show.h"
#include "module/org/org_pages.h"
#include <string.h>

#define PAGE_ROWS 50

typedef struct {
  Request *request;
  GPtrArray *all;      /* OrgRow */
  GHashTable *children; /* parent id -> GPtrArray of OrgRow, sorted */
  GHashTable *matching; /* ids found by the search; NULL: no search */
  GHashTable *missing;  /* ids without a focal point */
  const char *kind, *only;
  gboolean by_name;
  GPtrArray *shown; /* OrgRow, in the order of the page */
} Tree;

/* Groups below the acting body, in this order. */
static const struct {
  const char *kind, *title;
} GROUPS[] = {
    {"xa", "Xã, phường"}, {"so", "Sở, ngành"}, {"tinh", "Tỉnh, thành phố"}, {"don-vi", "Phòng, ban, đơn vị"}, {"khac", "Cơ quan khác"},
};

static int compare_late(gconstpointer a, gconstpointer b) {
  const OrgRow *left = *(const OrgRow *const *)a, *right = *(const OrgRow *const *)b;
  return (right->late > left->late) - (right->late < left->late);
}

/* --- what is shown --- */

static gboolean passes(const Tree *tree, const OrgRow *row) {
  gboolean closed = g_strcmp0(tree->only, "ket-thuc") == 0;
  if ((row->closed_day != NULL) != closed)
    return FALSE;
  if (tree->matching && !g_hash_table_contains(tree->matching, row->id))
    return FALSE;
  if (tree->kind && strcmp(row->kind, tree->kind) != 0)
    return FALSE;
  if (g_strcmp0(tree->only, "qua-han") == 0)
    return row->late > 0;
  return g_strcmp0(tree->only, "thieu-dau-moi") != 0 || g_hash_table_contains(tree->missing, row->id);
}

static GPtrArray *children_of(const Tree *tree, const char *id) {
  return g_hash_table_lookup(tree->children, id);
}

static void link_children(Tree *tree) {
  for (guint i = 0; i < tree->all->len; i++) {
    OrgRow *row = g_ptr_array_index(tree->all, i);
    if (row->depth == 0)
      continue;
    GPtrArray *list = children_of(tree, row->parent_id);
    if (!list) {
      list = g_ptr_array_new();
      g_hash_table_insert(tree->children, (char *)(gintptr)row->parent_id, list);
    }
    g_ptr_array_add(list, row);
  }
  GHashTableIter iter;
  gpointer list;
  g_hash_table_iter_init(&iter, tree->children);
  while (!tree->by_name && g_hash_table_iter_next(&iter, NULL, &list))
    g_ptr_array_sort(list, compare_late); /* stable: names stay in order where lateness is the same */
}

static void show_below(Tree *tree, const OrgRow *row, const char *kind) {
  const GPtrArray *list = children_of(tree, row->id);
  for (guint i = 0; list && i < list->len; i++) {
    OrgRow *child = g_ptr_array_index(list, i);
    if (kind && strcmp(child->kind, kind) != 0)
      continue;
    if (passes(tree, child))
      g_ptr_array_add(tree->shown, child);
    show_below(tree, child, NULL);
  }
}

static void choose_rows(Tree *tree) {
  OrgRow *top = g_ptr_array_index(tree->all, 0);
  if (passes(tree, top))
    g_ptr_array_add(tree->shown, top);
  for (gsize i = 0; i < G_N_ELEMENTS(GROUPS); i++)
    show_below(tree, top, GROUPS[i].kind);
}

/* --- the rows --- */

static void add_former(Request *request, StoreConn *conn, const OrgRow *body, Doc *row) {
  g_autoptr(GPtrArray) names = org_store_names(conn, request->arena, body->id, NULL);
  for (guint i = 0; names && i < names->len; i++) {
    const OrgName *name = g_ptr_array_index(names, i);
    if (name->alias || strcmp(name->name, body->name) == 0 || strcmp(name->from_day, show_today(request)) > 0)
      continue;
    doc_text(row, KEY("note"), arena_printf(request->arena, "%s: %s", message(request->lang, "tên cũ"), name->name));
    return;
  }
  doc_text(row, KEY("note"), body->place);
}

static int count_group(const Tree *tree, const char *kind) {
  const OrgRow *top = g_ptr_array_index(tree->all, 0);
  const GPtrArray *list = children_of(tree, top->id);
  int count = 0;
  for (guint i = 0; list && i < list->len; i++)
    count += strcmp(((const OrgRow *)g_ptr_array_index(list, i))->kind, kind) == 0 && passes(tree, g_ptr_array_index(list, i));
  return count;
}

/* The heading before the first direct child of its kind. */
static void add_group(Tree *tree, const OrgRow *body, const char **last_kind, Doc *row) {
  Request *request = tree->request;
  if (body->depth != 1 || g_strcmp0(*last_kind, body->kind) == 0)
    return;
  *last_kind = body->kind;
  for (gsize i = 0; i < G_N_ELEMENTS(GROUPS); i++)
    if (strcmp(GROUPS[i].kind, body->kind) == 0)
      doc_text(row, KEY("group"),
               arena_printf(request->arena, "%s (%d)%s", message(request->lang, GROUPS[i].title), count_group(tree, body->kind),
                            tree->by_name ? "" : message(request->lang, ", chậm nhất trước")));
}

static gboolean add_row(Tree *tree, const OrgRow *body, const char **last_kind, Doc *rows, GError **error) {
  static const char *const DEPTHS[] = {"", "l2", "l3"};
  Request *request = tree->request;
  Doc *row = doc_object(rows, NULL);
  add_group(tree, body, last_kind, row);
  doc_text(row, KEY("id"), body->id);
  doc_text(row, KEY("title"), body->name);
  doc_text(row, KEY("kind"), message(request->lang, org_kind_label(body->kind)));
  doc_text(row, KEY("url"), arena_printf(request->arena, "/don-vi/%s", body->id));
  doc_text(row, KEY("depth"), DEPTHS[MIN(body->depth, 2)]);
  doc_int(row, KEY("late"), body->late);
  add_former(request, request_read(request, NULL), body, row);
  if (body->closed_day)
    show_status(request, row, KEY("state"), "none", "Đã kết thúc hoạt động");
  else if (!app_fill_body_row(request, body->id, row, error))
    return FALSE;
  doc_text(row, KEY("class"), body->late && !body->closed_day ? "late" : "");
  if (g_hash_table_contains(tree->missing, body->id))
    doc_text(row, KEY("missing"), message(request->lang, "thiếu đầu mối"));
  return TRUE;
}

static const char *own_url(Request *request) {
  g_autoptr(GString) url = g_string_new("/don-vi?");
  static const char *const KEPT[] = {"q", "loai", "xep", "loc"};
  for (gsize i = 0; i < G_N_ELEMENTS(KEPT); i++) {
    const char *value = input_text(request, KEPT[i]);
    if (!value)
      continue;
    g_string_append_printf(url, "%s=", KEPT[i]);
    g_string_append_uri_escaped(url, value, NULL, FALSE);
    g_string_append_c(url, '&');
  }
  return arena_text(request->arena, url->str, (gssize)url->len - 1);
}

static void add_pager(Tree *tree, guint first, guint end, Doc *answer) {
  Request *request = tree->request;
  const char *url = own_url(request), *join = strchr(url, '?') ? "&" : "?";
  Doc *pager = doc_object(answer, KEY("pager"));
  doc_text(pager, KEY("text"), arena_printf(request->arena, "%u %s %u %s", end - first, message(request->lang, "trong"),
                                            tree->shown->len, message(request->lang, "đơn vị")));
  if (first)
    doc_text(pager, KEY("previous"), url);
  if (end >= tree->shown->len)
    return;
  const OrgRow *last = g_ptr_array_index(tree->shown, end - 1);
  doc_text(answer, KEY("next"), last->id);
  doc_text(pager, KEY("next"), arena_printf(request->arena, "%s%safter=%s", url, join, last->id));
}

/* A column is shown when some module fills it. */
static void add_columns(const Doc *rows, Doc *answer) {
  static const char *const COLUMNS[][2] = {
      {"plan", "with_plan"}, {"open_count", "with_incidents"}, {"progress", "with_progress"}, {"report", "with_report"}};
  for (gsize i = 0; i < G_N_ELEMENTS(COLUMNS); i++)
    for (const Doc *row = rows->first; row; row = row->next)
      if (doc_get(row, g_intern_static_string(COLUMNS[i][0]))) {
        doc_bool(answer, g_intern_static_string(COLUMNS[i][1]), TRUE);
        break;
      }
}

static gboolean add_rows(Tree *tree, Doc *answer, GError **error) {
  Doc *rows = doc_list(answer, KEY("rows"));
  const char *after = input_text(tree->request, "after"), *last_kind = NULL;
  guint first = 0, limit = (guint)input_int(tree->request, "limit", PAGE_ROWS);
  for (guint i = 0; after && i < tree->shown->len; i++)
    if (strcmp(((const OrgRow *)g_ptr_array_index(tree->shown, i))->id, after) == 0)
      first = i + 1;
  guint end = MIN(first + limit, tree->shown->len);
  for (guint i = first; i < end; i++)
    if (!add_row(tree, g_ptr_array_index(tree->shown, i), &last_kind, rows, error))
      return FALSE;
  add_columns(rows, answer);
  if (end > first)
    add_pager(tree, first, end, answer);
  return TRUE;
}

/* --- around the rows --- */

static Doc *add_tile(Request *request, Doc *tiles, gint64 count, const char *label, const char *note, const char *url, const char *css) {
  char number[NUMBER_SIZE];
  Doc *tile = doc_object(tiles, NULL);
  number_write(number, count);
  doc_text_copy(tile, KEY("count"), number);
  doc_text(tile, KEY("label"), message(request->lang, label));
  doc_text(tile, KEY("note"), note);
  doc_text(tile, KEY("url"), url);
  doc_text(tile, KEY("class"), count ? css : "");
  return tile;
}

static void add_tiles(Tree *tree, Doc *answer) {
  Request *request = tree->request;
  gint64 open = 0, late_bodies = 0;
  for (guint i = 0; i < tree->all->len; i++) {
    const OrgRow *row = g_ptr_array_index(tree->all, i);
    open += !row->closed_day;
    late_bodies += !row->closed_day && row->late > 0;
  }
  gint64 late = ((const OrgRow *)g_ptr_array_index(tree->all, 0))->late, missing = g_hash_table_size(tree->missing);
  Doc *tiles = doc_list(answer, KEY("tiles"));
  add_tile(request, tiles, open, "Đơn vị", "", "/don-vi", "");
  add_tile(request, tiles, late_bodies, "Có việc quá hạn",
           late ? arena_printf(request->arena, "%d %s", (int)late, message(request->lang, "việc")) : "", "/don-vi?loc=qua-han", "late");
  add_tile(request, tiles, missing, "Thiếu đầu mối", message(request->lang, "ứng cứu sự cố"), "/don-vi?loc=thieu-dau-moi", "soon");
  doc_text(answer, KEY("summary"),
           late_bodies ? arena_printf(request->arena, "%s: %d %s", message(request->lang, "Cần đôn đốc trước"), (int)late_bodies,
                                      message(request->lang, "đơn vị có việc quá hạn."))
                       : message(request->lang, "Không có đơn vị nào có việc quá hạn."));
}

static void add_filter(Request *request, Doc *answer) {
  static const Choice SORTS[] = {{"", "Chậm nhất trước"}, {"ten", "Tên A đến Z"}, {NULL, NULL}};
  static const Choice ONLY[] = {{"", "Mọi tình trạng"}, {"qua-han", "Có việc quá hạn"}, {"thieu-dau-moi", "Thiếu đầu mối"},
                                {"ket-thuc", "Đã kết thúc hoạt động"}, {NULL, NULL}};
  Doc *filter = doc_object(answer, KEY("filter"));
  doc_text(filter, KEY("action"), "/don-vi");
  if (input_text(request, "q") || input_text(request, "loai") || input_text(request, "loc"))
    doc_text(filter, KEY("clear"), "/don-vi");
  Doc *fields = doc_list(filter, KEY("fields"));
  show_filter_search(request, fields, "Tìm đơn vị", "tên mới hoặc tên cũ");
  static const Choice ANY[] = {{"", "Mọi loại"}, {NULL, NULL}};
  Doc *kinds = show_filter_select(request, fields, "loai", "Loại", ANY);
  const char *chosen = input_text(request, "loai");
  for (const Choice *kind = ORG_KINDS; kind->value; kind++)
    show_option(kinds, kind->value, message(request->lang, kind->label), g_strcmp0(kind->value, chosen) == 0);
  show_filter_select(request, fields, "loc", "Tình trạng", ONLY);
  show_filter_select(request, fields, "xep", "Xếp theo", SORTS);
}

/* --- the handler --- */

static gboolean find_matching(Tree *tree, StoreConn *conn, const char *words, GError **error) {
  static const char *const TYPES[] = {"body", NULL};
  const char *const scopes[] = {tree->request->body_id, NULL};
  GError *failed = NULL;
  tree->matching = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(StoreRows) rows = store_search(conn, words, scopes, TYPES, 1000, error);
  while (rows && store_step(rows, &failed))
    g_hash_table_add(tree->matching, g_strdup(store_text(rows, 1)));
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}

static gboolean load(Tree *tree, StoreConn *conn, GError **error) {
  Request *request = tree->request;
  g_autoptr(GHashTable) late = app_new_late();
  const char *words = input_text(request, "q");
  tree->all = org_store_below(conn, request->arena, request->body_id, error);
  if (!tree->all || !app_collect_late(request, request->body_id, late, error) ||
      !org_store_without_focal(conn, request->body_id, tree->missing, error) ||
      (words && !find_matching(tree, conn, words, error)))
    return FALSE;
  for (guint i = 0; i < tree->all->len; i++) {
    OrgRow *row = g_ptr_array_index(tree->all, i);
    row->late = app_late(late, row->id);
  }
  return tree->all->len > 0;
}

static void tree_clear(Tree *tree) {
  g_clear_pointer(&tree->all, g_ptr_array_unref);
  g_clear_pointer(&tree->matching, g_hash_table_unref);
  g_hash_table_unref(tree->children);
  g_hash_table_unref(tree->missing);
  g_ptr_array_unref(tree->shown);
}

static void add_empty(Request *request, Doc *answer) {
  Doc *empty = doc_object(answer, KEY("empty"));
  doc_text(empty, KEY("text"), message(request->lang, "Không có đơn vị nào khớp bộ lọc."));
  doc_text(empty, KEY("url"), "/don-vi");
  doc_text(empty, KEY("label"), message(request->lang, "Xóa bộ lọc"));
}

gboolean org_list(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  Tree tree = {.request = request,
               .children = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref),
               .missing = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
               .kind = input_text(request, "loai"),
               .only = input_text(request, "loc"),
               .by_name = g_strcmp0(input_text(request, "xep"), "ten") == 0,
               .shown = g_ptr_array_new()};
  gboolean good = conn && request_require(request, "org.read", request->body_id, error) && load(&tree, conn, error);
  if (good) {
    link_children(&tree);
    choose_rows(&tree);
    add_tiles(&tree, answer);
    add_filter(request, answer);
    if (request_may(request, "org.write", request->body_id))
      doc_text(answer, KEY("new_url"), "/don-vi/moi");
    doc_text(answer, KEY("directory_url"), "/danh-ba");
    good = add_rows(&tree, answer, error);
    if (!tree.shown->len)
      add_empty(request, answer);
  }
  tree_clear(&tree);
  return good;
}
