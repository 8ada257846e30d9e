/* What a case counts as, and one row of figures for each body above it. Private to module incident.
 *
 * Statistics, the table of Mẫu số 05 and the filtered list ask the same rows with the same words, so that a figure and the
 * list behind it agree. Spans count from the detection; days are days of receipt in Viet Nam.
 */
#pragma once
#include "module/incident/incident_store.h"

extern const StoreSqlTable incident_figure_sql;

/* Sets kind, cause, grade and beyond from the facts: several attacks in one case count as the kind that the law has for
 * combined ones. "" where the facts say nothing. Texts are the law's. */
void incident_sort(const Law *law, Incident *incident);
/* Writes the rows of the case anew; part of incident_store_insert and incident_store_update. */
gboolean incident_figure_write(StoreConn *conn, const Incident *incident, GError **error);
/* A job: cases from before the figures, a batch at a time. */
gboolean incident_sort_old(App *app, const json_t *payload, GError **error);

/* --- the rows that figures are about --- */

/* Empty texts and level -1: any. `unit_id`: below `body_id`. state: one state, "xac-nhan" (confirmed as incidents),
 * "dang-mo", "ngoai" (set aside). kind, cause "chua-ro": not said. measure: see MEASURES in incident_figure.c. */
typedef struct {
  const char *body_id, *from_day, *to_day, *unit_id, *kind, *cause, *grade, *state, *measure;
  gint64 level, now_ms, once_ms; /* once_ms: how late a notice due at once may go */
} IncidentFilter;

#define FIGURE_VALUES 12
void incident_filter_values(const IncidentFilter *filter, StoreValue out[FIGURE_VALUES]);

#define FIGURE_OPEN "('reported', 'verifying', 'responding', 'contained', 'recovering', 'ended')"
#define FIGURE_ASIDE "('rejected', 'near_miss', 'duplicate')"
#define FIGURE_LATE "(coalesce(f.late_ms, 0) > 0 OR coalesce(f.once_late_ms, 0) > $12 OR (f.unsent > 0 AND coalesce(f.due_ms, $11) < $11))"
#define FIGURE_ENDED "(f.state = 'ended' OR f.state = 'closed')"
#define FIGURE_SELF "(f.counted = 1 AND " FIGURE_ENDED " AND f.helped = 0 AND f.helped_abroad = 0)"
/* The order of incident_filter_values. */
#define FIGURE_WHERE                                                                                                   \
  "WHERE f.body_id = $1 AND f.day >= $2 AND f.day <= $3 AND ($4 = '' OR f.unit_id = $4) "                                \
  "AND ($5 = '' OR f.kind = CASE WHEN $5 = 'chua-ro' THEN '' ELSE $5 END) "                                              \
  "AND ($6 = '' OR f.cause = CASE WHEN $6 = 'chua-ro' THEN '' ELSE $6 END) AND ($7 = '' OR f.grade = $7) "               \
  "AND (CAST($8 AS BIGINT) < 0 OR f.level = CAST($8 AS BIGINT)) AND ($9 = '' OR f.state = $9 "                           \
  "OR ($9 = 'xac-nhan' AND f.counted = 1) OR ($9 = 'dang-mo' AND f.state IN " FIGURE_OPEN ") "                           \
  "OR ($9 = 'ngoai' AND f.state IN " FIGURE_ASIDE ")) AND ($10 = '' "                                                    \
  "OR ($10 = 'tre' AND " FIGURE_LATE ") "                                                                                \
  "OR ($10 = 'con-gui' AND f.unsent > 0 AND NOT " FIGURE_LATE ") "                                                       \
  "OR ($10 = 'dung-han' AND f.notices > 0 AND f.unsent = 0 AND NOT " FIGURE_LATE ") "                                    \
  "OR ($10 = 'khong-phai-gui' AND f.notices = 0) "                                                                       \
  "OR ($10 = 'co-tiep-nhan' AND f.receive_ms IS NOT NULL) OR ($10 = 'chua-tiep-nhan' AND f.receive_ms IS NULL) "         \
  "OR ($10 = 'co-ngan-chan' AND f.contain_ms IS NOT NULL) OR ($10 = 'chua-ngan-chan' AND f.contain_ms IS NULL) "         \
  "OR ($10 = 'co-khoi-phuc' AND f.recover_ms IS NOT NULL) OR ($10 = 'chua-khoi-phuc' AND f.recover_ms IS NULL) "         \
  "OR ($10 = 'tu-xu-ly' AND " FIGURE_SELF ") OR ($10 = 'ho-tro' AND f.helped = 1) "                                      \
  "OR ($10 = 'nuoc-ngoai' AND f.helped_abroad = 1) OR ($10 = 'de-nghi' AND f.asked = 1) "                                \
  "OR ($10 = 'chua-ghi' AND f.counted = 1 AND " FIGURE_ENDED " AND f.told = 0) "                                         \
  "OR ($10 = 'vuot-kha-nang' AND f.beyond = 1 AND f.asked = 0)) "

gboolean incident_figure_count(StoreConn *conn, const IncidentFilter *filter, gint64 *out_count, GError **error);

/* --- sums; func is called for each row, whose texts live until it returns --- */

typedef gboolean (*FigureFunc)(const StoreRows *rows, void *data);
typedef enum {
  FIGURE_KINDS,    /* cause, kind, count */
  FIGURE_UNITS,    /* unit id, name, count, late, open; most first */
  FIGURE_TOTALS,   /* one row; the columns of incident_stats.c, in their order */
  FIGURE_MONTHS,   /* cause, count of each of the twelve months that end with to_day's */
  FIGURE_RECEIVE,  /* median, 90th percentile, how many: nearest rank */
  FIGURE_CONTAIN,
  FIGURE_RECOVER,
  FIGURE_FORM,     /* of the filter's cause and kind: count, self, helped, helped abroad, asked, damage, not told */
  FIGURE_HELPERS,  /* helpers, foreign helpers: each pair of lists once, 500 at most */
} FigureSum;
/* The first day with a case, NULL for none; g_free. */
gboolean incident_first_day(StoreConn *conn, const char *body_id, char **out_day, GError **error);
gboolean incident_figure_sum(StoreConn *conn, FigureSum sum, const IncidentFilter *filter, FigureFunc func, void *data, GError **error);
