/* The twelve months that end with the period: incidents by cause, as bars and as the table below them. */
#include "base/date.h"
#include "core/message.h"
#include "module/incident/chart_months.h"
#include "module/incident/incident_period.h"
#include <string.h>

enum { SQL_BORN };
static const StoreSql SQL[] = {[SQL_BORN] = {"figure.born", "SELECT created_ms FROM body WHERE id = $1", NULL}};
const StoreSqlTable incident_year_sql = {SQL, G_N_ELEMENTS(SQL)};

typedef struct {
  Request *request;
  const IncidentFilter *filter; /* of the period; its months are others */
  Day first;
  const char *labels[CHART_MONTHS];
  gboolean known[CHART_MONTHS];
  GArray *strips;   /* ChartStrip; the first is the sum */
  GPtrArray *causes; /* beside them; "" for the sum and for what is not sorted */
} Year;

static void add_strip(Year *year, const char *cause, const char *label, const StoreRows *rows) {
  ChartStrip strip = {.label = label};
  for (int m = 0; rows && m < CHART_MONTHS; m++) {
    strip.counts[m] = store_int(rows, m + 1);
    g_array_index(year->strips, ChartStrip, 0).counts[m] += strip.counts[m];
  }
  g_array_append_val(year->strips, strip);
  g_ptr_array_add(year->causes, arena_text(year->request->arena, cause, -1));
}

static gboolean take_cause(const StoreRows *rows, void *data) {
  Year *year = data;
  const char *cause = store_text(rows, 0);
  add_strip(year, cause, incident_cause_label(year->request, cause), rows);
  return TRUE;
}

static gint64 sum_of(const ChartStrip *strip) {
  gint64 sum = 0;
  for (int m = 0; m < CHART_MONTHS; m++)
    sum += strip->counts[m];
  return sum;
}

static const char *month_text(Arena *arena, Day month) {
  return arena_printf(arena, "%d/%d", month.month, month.year);
}

/* Data begin with the body's first case, or with its being here. */
static gboolean mark_known(Year *year, StoreConn *conn, GError **error) {
  gint64 born_ms = 0;
  g_autofree char *first = NULL;
  Day begin = {0}, now = day_at(year->request->now_ms);
  const char *body = year->filter->body_id;
  if (!store_get_int(conn, &SQL[SQL_BORN], S(S_TEXT(body)), 0, &born_ms, error) || !incident_first_day(conn, body, &first, error))
    return FALSE;
  Day born = day_at(born_ms);
  begin = first && date_parse_day(first, &begin) && day_compare(begin, born) < 0 ? begin : born;
  begin.day = 1;
  for (int m = 0; m < CHART_MONTHS; m++) {
    Day month = day_add_months(year->first, m);
    year->known[m] = day_compare(month, begin) >= 0 && day_compare(month, now) <= 0;
    year->labels[m] = arena_printf(year->request->arena, "%d/%02d", month.month, month.year % 100);
  }
  return TRUE;
}

/* What the bars say. */
static const char *finding(const Year *year) {
  Arena *arena = year->request->arena;
  const char *lang = year->request->lang;
  const ChartStrip *all = &g_array_index(year->strips, ChartStrip, 0);
  guint top = 1;
  int peak = 0;
  gint64 sum = sum_of(all);
  const char *until = month_text(arena, day_add_months(year->first, CHART_MONTHS - 1));
  if (!sum)
    return arena_printf(arena, "%s %s: %s", message(lang, "12 tháng đến"), until, message(lang, "không có sự cố nào được xác nhận"));
  for (guint i = 2; i < year->strips->len; i++)
    if (sum_of(&g_array_index(year->strips, ChartStrip, i)) > sum_of(&g_array_index(year->strips, ChartStrip, top)))
      top = i;
  for (int m = 1; m < CHART_MONTHS; m++)
    if (all->counts[m] > all->counts[peak])
      peak = m;
  const ChartStrip *most = &g_array_index(year->strips, ChartStrip, top);
  g_autofree char *small = g_utf8_strdown(most->label, (gssize)(g_utf8_next_char(most->label) - most->label));
  return arena_printf(arena, "%s %s: %d %s; %s %s%s (%d); %s %s (%d)", message(lang, "12 tháng đến"), until, (int)sum, message(lang, "sự cố"),
                      message(lang, "nhiều nhất"), small, g_utf8_next_char(most->label), (int)sum_of(most), message(lang, "tháng cao nhất"),
                      month_text(arena, day_add_months(year->first, peak)), (int)all->counts[peak]);
}

static void add_cell(const Year *year, guint strip, int m, Doc *cells) {
  Arena *arena = year->request->arena;
  const ChartStrip *one = &g_array_index(year->strips, ChartStrip, strip);
  const char *cause = g_ptr_array_index(year->causes, strip);
  Doc *cell = doc_object(cells, NULL);
  if (!year->known[m]) {
    doc_text(cell, KEY("none"), message(year->request->lang, "chưa có số liệu"));
    return;
  }
  doc_text(cell, KEY("text"), arena_printf(arena, "%" G_GINT64_FORMAT, one->counts[m]));
  if (!one->counts[m])
    return;
  char from[11], to[11];
  IncidentFilter month = *year->filter;
  date_write_iso_day(from, day_start_ms(day_add_months(year->first, m)));
  date_write_iso_day(to, day_start_ms(day_period_last(day_add_months(year->first, m), 1)));
  month.from_day = from;
  month.to_day = to;
  const char *narrow = !strip ? "" : arena_printf(arena, "&cause=%s", *cause ? cause : "chua-ro");
  doc_text(cell, KEY("url"), incident_figure_url(year->request, &month, arena_printf(arena, "state=xac-nhan%s", narrow)));
}

static void add_table(const Year *year, Doc *chart) {
  Doc *months = doc_list(chart, KEY("months")), *rows = doc_list(chart, KEY("rows"));
  for (int m = 0; m < CHART_MONTHS; m++)
    doc_text(months, NULL, year->labels[m]);
  for (guint i = 0; i < year->strips->len; i++) {
    const ChartStrip *strip = &g_array_index(year->strips, ChartStrip, i);
    Doc *row = doc_object(rows, NULL);
    doc_text(row, KEY("label"), strip->label);
    doc_text(row, KEY("sum"), arena_printf(year->request->arena, "%" G_GINT64_FORMAT, sum_of(strip)));
    Doc *cells = doc_list(row, KEY("cells"));
    for (int m = 0; m < CHART_MONTHS; m++)
      add_cell(year, i, m, cells);
  }
}

static void add_quiet_causes(Year *year) {
  const GPtrArray *groups = year->request->app->law->kind_groups;
  for (guint g = 0; g < groups->len; g++) {
    const char *cause = ((const LawKindGroup *)groups->pdata[g])->rule.id;
    if (!g_ptr_array_find_with_equal_func(year->causes, cause, g_str_equal, NULL))
      add_strip(year, cause, incident_cause_label(year->request, cause), NULL);
  }
}

/* The sum always; causes without a case in all twelve months only in the table. */
static char *draw(const Year *year, const char *title) {
  g_autoptr(GArray) drawn = g_array_new(FALSE, FALSE, sizeof(ChartStrip));
  for (guint i = 0; i < year->strips->len; i++) {
    ChartStrip strip = g_array_index(year->strips, ChartStrip, i);
    if (!i || sum_of(&strip))
      g_array_append_val(drawn, strip);
  }
  return chart_months(title, year->labels, year->known, &g_array_index(drawn, ChartStrip, 0), drawn->len);
}

static void show(Year *year, Doc *answer) {
  const char *title = finding(year);
  g_autofree char *svg = draw(year, title);
  Doc *chart = doc_object(answer, KEY("chart"));
  doc_text(chart, KEY("title"), title);
  doc_text_copy(chart, KEY("svg"), svg);
  doc_bool(chart, KEY("unknown"), !year->known[0] || !year->known[CHART_MONTHS - 1]);
  add_table(year, chart);
}

gboolean incident_add_year(Request *request, StoreConn *conn, const IncidentFilter *filter, Doc *answer, GError **error) {
  Day last = {0};
  char from[11], to[11];
  date_parse_day(filter->to_day, &last);
  last = day_period_last(last, 1);
  Year year = {.request = request, .filter = filter, .first = day_add_months(day_period_first(last, 1), 1 - CHART_MONTHS),
               .strips = g_array_new(FALSE, FALSE, sizeof(ChartStrip)), .causes = g_ptr_array_new()};
  date_write_iso_day(from, day_start_ms(year.first));
  date_write_iso_day(to, day_start_ms(last));
  IncidentFilter months = *filter;
  months.from_day = from;
  months.to_day = to;
  add_strip(&year, "*", message(request->lang, "Tất cả"), NULL);
  gboolean good = mark_known(&year, conn, error) && incident_figure_sum(conn, FIGURE_MONTHS, &months, take_cause, &year, error);
  if (good) {
    add_quiet_causes(&year);
    show(&year, answer);
  }
  g_array_unref(year.strips);
  g_ptr_array_unref(year.causes);
  return good;
}
