/* Statistics of a body with all below it, for a period; every figure leads to the list behind it. */
#include "base/date.h"
#include "base/number.h"
#include "core/message.h"
#include "module/incident/chart_months.h"
#include "module/incident/incident_period.h"
#include <string.h>

#define UNIT_ROWS 20 /* on the page; REST and the command line give all */

typedef struct {
  Request *request;
  const IncidentFilter *filter;
  Doc *tables, *rows; /* of the page; flat, for the command line */
  Doc *table;         /* the one being filled */
  const char *name;   /* of it */
  gint64 whole;       /* what percentages are of */
  int count, most;    /* rows that it has, may have */
} Stats;

/* --- tables of label, count, share --- */

static void begin_table(Stats *stats, const char *id, const char *title, const char *first) {
  const char *lang = stats->request->lang;
  stats->table = doc_object(stats->tables, NULL);
  stats->name = id;
  stats->count = 0;
  stats->most = G_MAXINT;
  doc_text(stats->table, KEY("id"), id);
  doc_text(stats->table, KEY("title"), message(lang, title));
  doc_text(stats->table, KEY("first"), message(lang, first));
  doc_list(stats->table, KEY("rows"));
}

static Doc *add_row(Stats *stats, const char *label, gint64 count, const char *narrow) {
  Arena *arena = stats->request->arena;
  const char *url = incident_figure_url(stats->request, stats->filter, narrow);
  Doc *flat = doc_object(stats->rows, NULL);
  doc_text(flat, KEY("table"), stats->name);
  doc_text(flat, KEY("label"), label);
  doc_int(flat, KEY("count"), count);
  doc_text(flat, KEY("url"), url);
  if (stats->count++ >= stats->most)
    return NULL;
  Doc *row = doc_object((Doc *)(gintptr)doc_get(stats->table, KEY("rows")), NULL);
  doc_text(row, KEY("label"), label);
  doc_text(row, KEY("text"), arena_printf(arena, "%" G_GINT64_FORMAT, count));
  doc_text(row, KEY("url"), url);
  doc_int(row, KEY("percent"), stats->whole ? (count * 200 + stats->whole) / (2 * stats->whole) : 0);
  return row;
}

/* --- totals: one statement, a row for each of its columns --- */

enum { TOTAL_ALL, TOTAL_COUNTED, TOTAL_OPEN_FIRST, TOTAL_OPEN_LAST = 7, TOTAL_SERIOUS = 18, TOTAL_LATE = 23, TOTALS = 25 };

static const struct {
  const char *table, *label, *narrow;
} TOTAL_ROWS[TOTALS] = {
    {NULL, "Đã nhận trong kỳ", ""},
    {NULL, "Đã xác nhận là sự cố", "state=xac-nhan"},
    {"state", "Mới báo", "state=reported"},
    {"state", "Đang xác minh", "state=verifying"},
    {"state", "Đang ứng cứu", "state=responding"},
    {"state", "Đã ngăn chặn", "state=contained"},
    {"state", "Đang khôi phục", "state=recovering"},
    {"state", "Đã kết thúc xử lý", "state=ended"},
    {"state", "Đã đóng", "state=closed"},
    {"state", "Không phải sự cố", "state=rejected"},
    {"state", "Suýt xảy ra sự cố", "state=near_miss"},
    {"state", "Trùng lặp", "state=duplicate"},
    {"level", "Cấp độ 5", "state=xac-nhan&level=5"},
    {"level", "Cấp độ 4", "state=xac-nhan&level=4"},
    {"level", "Cấp độ 3", "state=xac-nhan&level=3"},
    {"level", "Cấp độ 2", "state=xac-nhan&level=2"},
    {"level", "Cấp độ 1", "state=xac-nhan&level=1"},
    {"level", "Chưa rõ cấp độ", "state=xac-nhan&level=0"},
    {"grade", "Nghiêm trọng", "state=xac-nhan&grade=nghiem-trong"},
    {"grade", "Có thể nghiêm trọng (chờ xác nhận)", "state=xac-nhan&grade=cho-xac-nhan"},
    {"grade", "Thông thường", "state=xac-nhan&grade=thuong"},
    {"notice", "Gửi đủ, đúng hạn", "state=xac-nhan&measure=dung-han"},
    {"notice", "Còn phải gửi, chưa đến hạn", "state=xac-nhan&measure=con-gui"},
    {"notice", "Gửi muộn hoặc quá hạn", "state=xac-nhan&measure=tre"},
    {"notice", "Không phải gửi", "state=xac-nhan&measure=khong-phai-gui"},
};

static const struct {
  const char *id, *title, *first;
} TOTAL_TABLES[] = {{"grade", "Mức", "Mức"}, {"level", "Cấp độ hệ thống", "Cấp độ"}, {"notice", "Thông báo, báo cáo", "Thông báo của sự cố"},
                    {"state", "Trạng thái (mọi tin báo trong kỳ)", "Trạng thái"}};

static gboolean take_totals(const StoreRows *rows, void *data) {
  gint64 *totals = data;
  for (int i = 0; i < TOTALS; i++)
    totals[i] = store_int(rows, i);
  return TRUE;
}

static void add_totals(Stats *stats, const gint64 *totals) {
  for (gsize t = 0; t < G_N_ELEMENTS(TOTAL_TABLES); t++) {
    stats->whole = strcmp(TOTAL_TABLES[t].id, "state") == 0 ? totals[TOTAL_ALL] : totals[TOTAL_COUNTED];
    begin_table(stats, TOTAL_TABLES[t].id, TOTAL_TABLES[t].title, TOTAL_TABLES[t].first);
    for (int i = 0; i < TOTALS; i++)
      if (g_strcmp0(TOTAL_ROWS[i].table, TOTAL_TABLES[t].id) == 0)
        add_row(stats, message(stats->request->lang, TOTAL_ROWS[i].label), totals[i], TOTAL_ROWS[i].narrow);
  }
  stats->whole = totals[TOTAL_COUNTED];
}

static void add_tile(Stats *stats, Doc *tiles, gint64 count, const char *label, const char *note, const char *narrow, const char *css) {
  Doc *tile = doc_object(tiles, NULL);
  doc_text(tile, KEY("count"), arena_printf(stats->request->arena, "%" G_GINT64_FORMAT, count));
  doc_text(tile, KEY("label"), message(stats->request->lang, label));
  doc_text(tile, KEY("note"), message(stats->request->lang, note));
  doc_text(tile, KEY("url"), incident_figure_url(stats->request, stats->filter, narrow));
  doc_text(tile, KEY("class"), count ? css : "");
}

static void add_tiles(Stats *stats, const gint64 *totals, Doc *answer) {
  Doc *tiles = doc_list(answer, KEY("tiles"));
  gint64 open = 0;
  for (int i = TOTAL_OPEN_FIRST; i <= TOTAL_OPEN_LAST; i++)
    open += totals[i];
  add_tile(stats, tiles, totals[TOTAL_COUNTED], "Sự cố đã xác nhận", "trong kỳ", "state=xac-nhan", "");
  add_tile(stats, tiles, open, "Đang mở", "nhận trong kỳ, chưa đóng", "state=dang-mo", "soon");
  add_tile(stats, tiles, totals[TOTAL_SERIOUS], "Nghiêm trọng", "đã xác nhận mức", "state=xac-nhan&grade=nghiem-trong", "late");
  add_tile(stats, tiles, totals[TOTAL_LATE], "Thông báo muộn", "gửi muộn hoặc quá hạn", "state=xac-nhan&measure=tre", "late");
}

/* --- by cause and by kind --- */

typedef struct {
  char *cause, *kind;
  gint64 count;
} KindCount;

static gboolean take_kind(const StoreRows *rows, void *data) {
  KindCount found = {g_strdup(store_text(rows, 0)), g_strdup(store_text(rows, 1)), store_int(rows, 2)};
  g_array_append_val((GArray *)data, found);
  return TRUE;
}

static void clear_kind(gpointer data) {
  KindCount *one = data;
  g_free(one->cause);
  g_free(one->kind);
}

static int more_first(gconstpointer a, gconstpointer b) {
  gint64 first = ((const KindCount *)a)->count, second = ((const KindCount *)b)->count;
  return first == second ? strcmp(((const KindCount *)a)->kind, ((const KindCount *)b)->kind) : first < second ? 1 : -1;
}

static void add_causes(Stats *stats, const GArray *kinds) {
  const GPtrArray *groups = stats->request->app->law->kind_groups;
  begin_table(stats, "cause", "Nguyên nhân", "Nhóm nguyên nhân");
  for (guint g = 0; g <= groups->len; g++) {
    const char *cause = g < groups->len ? ((const LawKindGroup *)groups->pdata[g])->rule.id : "";
    gint64 count = 0;
    for (guint i = 0; i < kinds->len; i++)
      if (strcmp(g_array_index(kinds, KindCount, i).cause, cause) == 0)
        count += g_array_index(kinds, KindCount, i).count;
    if (*cause || count)
      add_row(stats, incident_cause_label(stats->request, cause), count,
              arena_printf(stats->request->arena, "state=xac-nhan&cause=%s", *cause ? cause : "chua-ro"));
  }
}

static gboolean add_kinds(Stats *stats, StoreConn *conn, GError **error) {
  g_autoptr(GArray) kinds = g_array_new(FALSE, FALSE, sizeof(KindCount));
  g_array_set_clear_func(kinds, clear_kind);
  if (!incident_figure_sum(conn, FIGURE_KINDS, stats->filter, take_kind, kinds, error))
    return FALSE;
  g_array_sort(kinds, more_first);
  add_causes(stats, kinds);
  begin_table(stats, "kind", "Loại sự cố", "Loại");
  for (guint i = 0; i < kinds->len; i++) {
    const KindCount *one = &g_array_index(kinds, KindCount, i);
    const LawKind *kind = *one->kind ? law_find_kind(stats->request->app->law, one->kind, NULL) : NULL;
    const char *label = kind ? kind->name : *one->kind ? arena_text(stats->request->arena, one->kind, -1) : message(stats->request->lang, "Chưa phân loại");
    add_row(stats, label, one->count, arena_printf(stats->request->arena, "state=xac-nhan&kind=%s", *one->kind ? one->kind : "chua-ro"));
  }
  return TRUE;
}

/* --- by unit --- */

static gboolean take_unit(const StoreRows *rows, void *data) {
  Stats *stats = data;
  Request *request = stats->request;
  Arena *arena = request->arena;
  const char *id = arena_text(arena, store_text(rows, 0), -1);
  gboolean self = strcmp(id, stats->filter->body_id) == 0;
  const char *name = arena_text(arena, store_text(rows, 1), -1);
  Doc *row = add_row(stats, self ? arena_printf(arena, "%s (%s)", name, message(request->lang, "trực tiếp")) : name, store_int(rows, 2),
                     arena_printf(arena, "state=xac-nhan&unit=%s", id));
  if (!row)
    return TRUE;
  doc_text(row, KEY("late"), arena_printf(arena, "%d", (int)store_int(rows, 3)));
  doc_text(row, KEY("late_url"), incident_figure_url(request, stats->filter, arena_printf(arena, "state=xac-nhan&measure=tre&unit=%s", id)));
  if (!self)
    doc_text(row, KEY("page_url"), arena_printf(arena, "/su-co/thong-ke?from=%s&to=%s&body=%s", stats->filter->from_day, stats->filter->to_day, id));
  return TRUE;
}

static gboolean add_units(Stats *stats, StoreConn *conn, GError **error) {
  const char *lang = stats->request->lang;
  begin_table(stats, "unit", "Đơn vị", "Đơn vị và các đơn vị bên dưới");
  doc_bool(stats->table, KEY("units"), TRUE);
  if (stats->request->face == FACE_WEB)
    stats->most = UNIT_ROWS;
  if (!incident_figure_sum(conn, FIGURE_UNITS, stats->filter, take_unit, stats, error))
    return FALSE;
  if (stats->count > stats->most)
    doc_text(stats->table, KEY("more"), arena_printf(stats->request->arena, "%s %d %s", message(lang, "Còn"), stats->count - stats->most,
                                                     message(lang, "đơn vị ít sự cố hơn không hiện ở đây.")));
  return TRUE;
}

/* --- times --- */

static const struct {
  FigureSum sum;
  const char *label, *how, *with, *without;
} TIMES[] = {
    {FIGURE_RECEIVE, "Tiếp nhận", "từ lúc phát hiện đến khi có người tiếp nhận", "co-tiep-nhan", "chua-tiep-nhan"},
    {FIGURE_CONTAIN, "Ngăn chặn", "từ lúc phát hiện đến khi ngăn chặn xong", "co-ngan-chan", "chua-ngan-chan"},
    {FIGURE_RECOVER, "Khôi phục", "từ lúc phát hiện đến khi hệ thống ổn định, kết thúc xử lý", "co-khoi-phuc", "chua-khoi-phuc"},
};

static gboolean take_ranks(const StoreRows *rows, void *data) {
  gint64 *ranks = data;
  for (int i = 0; i < 3; i++)
    ranks[i] = store_int(rows, i);
  return TRUE;
}

static void add_span(Doc *row, const char *key, const char *ms_key, gint64 ms, gint64 count) {
  char text[64] = "–";
  if (count) {
    date_write_span(text, ms);
    doc_int(row, ms_key, ms);
  }
  doc_text_copy(row, key, text);
}

static gboolean add_times(Stats *stats, StoreConn *conn, gint64 counted, Doc *answer, GError **error) {
  Request *request = stats->request;
  Doc *list = doc_list(answer, KEY("times"));
  for (gsize i = 0; i < G_N_ELEMENTS(TIMES); i++) {
    gint64 ranks[3] = {0};
    if (!incident_figure_sum(conn, TIMES[i].sum, stats->filter, take_ranks, ranks, error))
      return FALSE;
    Doc *row = doc_object(list, NULL);
    doc_text(row, KEY("label"), message(request->lang, TIMES[i].label));
    doc_text(row, KEY("how"), message(request->lang, TIMES[i].how));
    add_span(row, KEY("median"), KEY("median_ms"), ranks[0], ranks[2]);
    add_span(row, KEY("most"), KEY("most_ms"), ranks[1], ranks[2]);
    doc_text(row, KEY("with"), arena_printf(request->arena, "%" G_GINT64_FORMAT, ranks[2]));
    doc_text(row, KEY("with_url"), incident_figure_url(request, stats->filter, arena_printf(request->arena, "state=xac-nhan&measure=%s", TIMES[i].with)));
    doc_text(row, KEY("without"), arena_printf(request->arena, "%" G_GINT64_FORMAT, counted - ranks[2]));
    doc_text(row, KEY("without_url"), incident_figure_url(request, stats->filter, arena_printf(request->arena, "state=xac-nhan&measure=%s", TIMES[i].without)));
  }
  return TRUE;
}

gboolean incident_stats(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  IncidentFilter filter;
  gint64 totals[TOTALS] = {0};
  if (!conn || !incident_take_period(request, &filter, error) || !incident_add_period(request, &filter, "/su-co/thong-ke", answer, error) ||
      !incident_figure_sum(conn, FIGURE_TOTALS, &filter, take_totals, totals, error))
    return FALSE;
  doc_text(answer, KEY("page_title"), message(request->lang, "Thống kê sự cố"));
  Stats stats = {.request = request, .filter = &filter, .rows = doc_list(answer, KEY("rows")), .tables = doc_list(answer, KEY("tables")),
                 .whole = totals[TOTAL_COUNTED]};
  stats.name = "total";
  stats.most = 0;
  for (int i = TOTAL_ALL; i <= TOTAL_COUNTED; i++)
    add_row(&stats, message(request->lang, TOTAL_ROWS[i].label), totals[i], TOTAL_ROWS[i].narrow);
  add_tiles(&stats, totals, answer);
  doc_text(answer, KEY("form_url"), arena_printf(request->arena, "/su-co/mau-05?%s", incident_period_query(request, &filter)));
  if (!totals[TOTAL_ALL])
    doc_text(doc_object(answer, KEY("empty")), KEY("text"), message(request->lang, "Không có tin báo, sự cố nào nhận trong kỳ này."));
  if (!add_kinds(&stats, conn, error) || !add_units(&stats, conn, error))
    return FALSE;
  add_totals(&stats, totals);
  return add_times(&stats, conn, totals[TOTAL_COUNTED], answer, error) && incident_add_year(request, conn, &filter, answer, error);
}
