/* The sums of the figures: each one statement, over the rows of one body. */
#include "module/incident/incident_figure.h"
#include "base/date.h"

/* substr keeps the engine from the primary key: the other indexes hold all columns that are asked, in the order of the groups. */
#define RANGE "FROM incident_figure f WHERE f.body_id = $1 AND substr(f.day, 1, 10) >= $2 AND substr(f.day, 1, 10) <= $3 "
#define COUNTED RANGE "AND f.counted = 1 "
#define ONES(condition) "coalesce(sum(CASE WHEN " condition " THEN 1 ELSE 0 END), 0)"
#define COUNTED_ONES(condition) ONES("f.counted = 1 AND " condition)
#define MONTH(from, to) ONES("f.day >= $" #from " AND f.day < $" #to)
/* Nearest rank: the value at place ceil(share × count) of the sorted ones. */
#define RANKS(span)                                                                                                    \
  "SELECT min(CASE WHEN r.place * 2 >= r.total THEN r.span END), min(CASE WHEN r.place * 10 >= r.total * 9 THEN r.span END), "  \
  "count(*) FROM (SELECT f." span " AS span, row_number() OVER (ORDER BY f." span ") AS place, count(*) OVER () AS total "    \
  COUNTED "AND f." span " IS NOT NULL) r"
/* Late needs the moment and the tolerance, which stand at $4 and $5 here. */
#define LATE "(coalesce(f.late_ms, 0) > 0 OR coalesce(f.once_late_ms, 0) > $5 OR (f.unsent > 0 AND coalesce(f.due_ms, $4) < $4))"
#define STATE(name) ONES("f.state = '" name "'")

/* In the order of TOTAL_ROWS in incident_stats.c. */
#define TOTALS \
  "SELECT count(*), " ONES("f.counted = 1") ", " \
  STATE("reported") ", " STATE("verifying") ", " STATE("responding") ", " STATE("contained") ", " \
  STATE("recovering") ", " STATE("ended") ", " STATE("closed") ", " STATE("rejected") ", " \
  STATE("near_miss") ", " STATE("duplicate") ", " \
  COUNTED_ONES("f.level = 5") ", " COUNTED_ONES("f.level = 4") ", " COUNTED_ONES("f.level = 3") ", " \
  COUNTED_ONES("f.level = 2") ", " COUNTED_ONES("f.level = 1") ", " COUNTED_ONES("f.level = 0") ", " \
  COUNTED_ONES("f.grade = 'nghiem-trong'") ", " COUNTED_ONES("f.grade = 'cho-xac-nhan'") ", " \
  COUNTED_ONES("f.grade = 'thuong'") ", " \
  COUNTED_ONES("f.notices > 0 AND f.unsent = 0 AND NOT " LATE) ", " COUNTED_ONES("f.unsent > 0 AND NOT " LATE) ", " \
  COUNTED_ONES(LATE) ", " COUNTED_ONES("f.notices = 0") " "

static const StoreSql SUMS[] = {
    [FIGURE_KINDS] = {"figure.kinds", "SELECT f.cause, f.kind, count(*) " COUNTED "GROUP BY f.cause, f.kind", NULL},
    [FIGURE_UNITS] = {"figure.units",
                      "SELECT u.unit_id, b.name, u.total, u.late, u.busy FROM (SELECT f.unit_id, count(*) AS total, " ONES(LATE) " AS late, "
                      ONES("f.state IN " FIGURE_OPEN) " AS busy " COUNTED "GROUP BY f.unit_id) u JOIN body b ON b.id = u.unit_id "
                      "ORDER BY u.total DESC, u.late DESC, b.sort_key, b.id LIMIT 1000", NULL},
    [FIGURE_TOTALS] = {"figure.totals", TOTALS RANGE, NULL},
    [FIGURE_MONTHS] = {"figure.months",
                       "SELECT f.cause, " MONTH(4, 5) ", " MONTH(5, 6) ", " MONTH(6, 7) ", " MONTH(7, 8) ", " MONTH(8, 9) ", " MONTH(9, 10) ", "
                       MONTH(10, 11) ", " MONTH(11, 12) ", " MONTH(12, 13) ", " MONTH(13, 14) ", " MONTH(14, 15) ", " MONTH(15, 16) " " COUNTED
                       "GROUP BY f.cause", NULL},
    [FIGURE_RECEIVE] = {"figure.receive", RANKS("receive_ms"), NULL},
    [FIGURE_CONTAIN] = {"figure.contain", RANKS("contain_ms"), NULL},
    [FIGURE_RECOVER] = {"figure.recover", RANKS("recover_ms"), NULL},
    [FIGURE_FORM] = {"figure.form",
                     "SELECT count(*), " ONES(FIGURE_SELF) ", coalesce(sum(f.helped), 0), coalesce(sum(f.helped_abroad), 0), "
                     "coalesce(sum(f.asked), 0), coalesce(sum(f.damage_dong), 0), " ONES(FIGURE_ENDED " AND f.told = 0") " "
                     "FROM incident_figure f WHERE f.body_id = $1 AND f.cause = $4 AND f.kind = $5 AND f.day >= $2 AND f.day <= $3 "
                     "AND f.counted = 1", NULL},
    [FIGURE_HELPERS] = {"figure.helpers",
                        "SELECT DISTINCT o.helpers, o.foreign_helpers FROM incident_figure f JOIN incident_outcome o ON o.incident_id = f.incident_id "
                        "WHERE f.body_id = $1 AND f.day >= $2 AND f.day <= $3 AND f.counted = 1 AND f.helped + f.helped_abroad > 0 "
                        "ORDER BY o.helpers, o.foreign_helpers LIMIT 500", NULL},
};
const StoreSqlTable incident_figure_sum_sql = {SUMS, G_N_ELEMENTS(SUMS)};

static const StoreSql FIRST[] = {{"figure.first", "SELECT min(f.day) FROM incident_figure f WHERE f.body_id = $1", NULL}};
const StoreSqlTable incident_first_day_sql = {FIRST, G_N_ELEMENTS(FIRST)};

gboolean incident_first_day(StoreConn *conn, const char *body_id, char **out_day, GError **error) {
  return store_get_text(conn, &FIRST[0], S(S_TEXT(body_id)), out_day, error);
}

#define BOUNDS 13 /* of twelve months */

/* How many values each takes: body; and the days; and now and tolerance, or the bounds of the months, or cause and kind. */
static gsize values_of(FigureSum sum) {
  return sum == FIGURE_UNITS || sum == FIGURE_TOTALS || sum == FIGURE_FORM ? 5 : sum == FIGURE_MONTHS ? 3 + BOUNDS : 3;
}

static void fill_values(FigureSum sum, const IncidentFilter *filter, char bounds[BOUNDS][8], StoreValue *out) {
  out[0] = S_TEXT(filter->body_id);
  out[1] = S_TEXT(filter->from_day);
  out[2] = S_TEXT(filter->to_day);
  out[3] = sum == FIGURE_FORM ? S_TEXT(filter->cause) : S_INT(filter->now_ms);
  out[4] = sum == FIGURE_FORM ? S_TEXT(filter->kind) : S_INT(filter->once_ms);
  for (int i = 0; sum == FIGURE_MONTHS && i < BOUNDS; i++)
    out[3 + i] = S_TEXT(bounds[i]);
}

/* "2026-11" stands before every day of November. */
static void name_bounds(const char *to_day, char out[BOUNDS][8]) {
  Day last = {0};
  date_parse_day(to_day, &last);
  last.day = 1;
  for (int i = 0; i < BOUNDS; i++) {
    Day month = day_add_months(last, i - BOUNDS + 2);
    g_snprintf(out[i], 8, "%04u-%02u", (guint)month.year % 10000, (guint)month.month % 100);
  }
}

gboolean incident_figure_sum(StoreConn *conn, FigureSum sum, const IncidentFilter *filter, FigureFunc func, void *data, GError **error) {
  GError *failed = NULL;
  char bounds[BOUNDS][8];
  StoreValue values[3 + BOUNDS];
  name_bounds(filter->to_day, bounds);
  fill_values(sum, filter, bounds, values);
  g_autoptr(StoreRows) rows = store_query(conn, &SUMS[sum], values, values_of(sum), error);
  while (rows && store_step(rows, &failed))
    if (!func(rows, data))
      break;
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}
