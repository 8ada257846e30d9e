/* The list of cases: worst deadline first, or, narrowed by what statistics lead with, the newest first. */
#include "base/date.h"
#include "core/form.h"
#include "core/message.h"
#include "core/show.h"
#include "module/incident/incident_filter.h"
#include "module/incident/incident_pages.h"
#include <string.h>

#define PAGE_ROWS 20

typedef struct {
  const char *name, *label;
  gboolean open, mine;
  gint64 within_ms; /* due before now and so much; ANY_TIME: whenever */
  const char *state;
} Tab;

#define ANY_TIME G_MAXINT64

static const Tab TABS[] = {
    {"mo",      "Đang mở",               TRUE,  FALSE, ANY_TIME,     NULL      },
    {"moi",     "Mới báo",               TRUE,  FALSE, ANY_TIME,     "reported"},
    {"cua-toi", "Của tôi",               TRUE,  TRUE,  ANY_TIME,     NULL      },
    {"sap-han", "Sắp đến hạn thông báo", TRUE,  FALSE, 48 * HOUR_MS, NULL      },
    {"qua-han", "Quá hạn thông báo",     TRUE,  FALSE, 0,            NULL      },
    {"da-dong", "Đã đóng",               FALSE, FALSE, ANY_TIME,     "closed"  },
    {"xong",    "Đã xong",               FALSE, FALSE, ANY_TIME,     NULL      },
};

static const Tab *chosen_tab(const Request *request) {
  const char *name = input_text(request, "tab");
  for (gsize i = 0; name && i < G_N_ELEMENTS(TABS); i++)
    if (strcmp(TABS[i].name, name) == 0)
      return &TABS[i];
  return &TABS[0];
}

static IncidentQuery query_of(const Request *request, const Tab *tab) {
  return (IncidentQuery){.body_id = request->body_id, .open = tab->open, .from_ms = 0, .to_ms = tab->within_ms == ANY_TIME ? NO_DUE_MS : request->now_ms + tab->within_ms,
                         .state = tab->state, .commander_id = tab->mine ? request->user->id : NULL};
}

/* `narrowed`: none of the fixed ones is shown as current. */
static gboolean add_tabs(Request *request, StoreConn *conn, const Tab *chosen, Doc *answer, GError **error) {
  Doc *tabs = doc_list(answer, KEY("tabs"));
  for (gsize i = 0; i < G_N_ELEMENTS(TABS); i++) {
    IncidentQuery query = query_of(request, &TABS[i]);
    gint64 count = 0;
    Doc *row = doc_object(tabs, NULL);
    doc_text(row, KEY("label"), message(request->lang, TABS[i].label));
    doc_text(row, KEY("url"), arena_printf(request->arena, "/su-co?tab=%s", TABS[i].name));
    doc_bool(row, KEY("current"), &TABS[i] == chosen);
    if (TABS[i].open && !incident_store_count(conn, &query, &count, error))
      return FALSE;
    if (TABS[i].open)
      doc_int(row, KEY("count"), count);
  }
  return incident_add_filters(request, conn, tabs, answer, error);
}

typedef struct {
  Request *request;
  Doc *rows;
  int count, limit;
  gint64 last_ms;
  const char *last_id;
  gboolean more;
} Listing;

static gboolean take_row(const Incident *incident, gint64 sort_ms, void *data) {
  Listing *listing = data;
  if (listing->count == listing->limit) {
    listing->more = TRUE;
    return FALSE;
  }
  incident_show_row(listing->request, listing->rows, incident);
  listing->count++;
  listing->last_ms = sort_ms;
  listing->last_id = incident->id;
  return TRUE;
}

static gboolean list_found(Request *request, StoreConn *conn, Listing *listing, GError **error) {
  const char *const scopes[] = {request->body_id, NULL}, *const types[] = {"incident", NULL};
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = store_search(conn, input_text(request, "q"), scopes, types, 50, error);
  while (rows && store_step(rows, &failed)) {
    const Incident *incident = incident_store_get(conn, request->arena, store_text(rows, 1), &failed);
    if (incident && !take_row(incident, 0, listing))
      break;
  }
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}

static void split_after(Request *request, gint64 *out_ms, const char **out_id) {
  const char *after = input_text(request, "after");
  const char *mark = after ? strchr(after, '_') : NULL;
  if (!mark)
    return;
  *out_ms = g_ascii_strtoll(after, NULL, 10);
  *out_id = mark + 1;
}

static gboolean list_tab(Request *request, StoreConn *conn, const Tab *tab, Listing *listing, GError **error) {
  IncidentQuery query = query_of(request, tab);
  query.limit = listing->limit + 1;
  split_after(request, &query.after_ms, &query.after_id);
  return incident_store_list(conn, request->arena, &query, take_row, listing, error);
}

/* The list behind a figure: as long as the figure says. */
static gboolean list_narrowed(Request *request, StoreConn *conn, Listing *listing, Doc *answer, GError **error) {
  IncidentFilter filter;
  gint64 total = 0, after_ms = G_MAXINT64;
  const char *after_id = NULL;
  if (!incident_take_filter(request, &filter, error) || !incident_figure_count(conn, &filter, &total, error))
    return FALSE;
  split_after(request, &after_ms, &after_id);
  doc_int(answer, KEY("total"), total);
  doc_text(answer, KEY("total_text"), arena_printf(request->arena, "%d %s", (int)total, message(request->lang, "sự cố")));
  return incident_add_chips(request, conn, answer, error) &&
         incident_store_narrow(conn, request->arena, &filter, after_ms, after_id, listing->limit + 1, take_row, listing, error);
}

static void add_pager(Request *request, const Listing *listing, const char *base, Doc *answer) {
  Doc *pager = doc_object(answer, KEY("pager"));
  doc_text(pager, KEY("text"), arena_printf(request->arena, "%d %s", listing->count, message(request->lang, "sự cố trên trang này")));
  if (input_text(request, "after"))
    doc_text(pager, KEY("previous"), base);
  if (!listing->more)
    return;
  const char *next = arena_printf(request->arena, "%" G_GINT64_FORMAT "_%s", listing->last_ms, listing->last_id);
  doc_text(answer, KEY("next"), next);
  doc_text(pager, KEY("next"), arena_printf(request->arena, "%s&after=%s", base, next));
}

static void add_search(Request *request, gboolean narrowed, Doc *answer) {
  Doc *filter = doc_object(answer, KEY("filter"));
  doc_text(filter, KEY("action"), "/su-co");
  if (input_text(request, "q") || narrowed)
    doc_text(filter, KEY("clear"), "/su-co");
  show_filter_search(request, doc_list(filter, KEY("fields")), "Tìm", "mã, tên, hệ thống");
}

static void add_empty(Request *request, const Tab *tab, gboolean narrowed, Doc *answer) {
  Doc *empty = doc_object(answer, KEY("empty"));
  gboolean found = input_text(request, "q") != NULL, filtered = found || narrowed;
  doc_text(empty, KEY("text"), message(request->lang, found ? "Không có sự cố nào khớp với từ tìm." :
                                       narrowed ? "Không có sự cố nào khớp với bộ lọc." :
                                       tab == &TABS[0] ? "Không có sự cố đang mở." : "Không có sự cố nào trong mục này."));
  if (filtered) {
    doc_text(empty, KEY("url"), "/su-co");
    doc_text(empty, KEY("label"), message(request->lang, "Xóa bộ lọc"));
  }
}

gboolean incident_list(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  gboolean narrowed = incident_is_narrowed(request), found = input_text(request, "q") != NULL;
  const Tab *tab = narrowed || found ? NULL : chosen_tab(request);
  if (!conn || !request_require(request, "incident.read", request->body_id, error))
    return FALSE;
  Listing listing = {.request = request, .rows = doc_list(answer, KEY("rows")), .limit = (int)input_int(request, "limit", PAGE_ROWS)};
  gboolean listed = found      ? list_found(request, conn, &listing, error)
                    : narrowed ? list_narrowed(request, conn, &listing, answer, error)
                               : list_tab(request, conn, tab, &listing, error);
  if (!listed)
    return FALSE;
  if (request_may(request, "incident.report", request->body_id))
    doc_text(answer, KEY("new_url"), "/su-co/moi");
  doc_text(answer, KEY("stats_url"), "/su-co/thong-ke");
  doc_text(answer, KEY("leader_url"), "/su-co/lanh-dao");
  add_pager(request, &listing, tab ? arena_printf(request->arena, "/su-co?tab=%s", tab->name) : incident_filter_url(request), answer);
  if (!listing.count)
    add_empty(request, tab, narrowed, answer);
  add_search(request, narrowed, answer);
  incident_add_narrow(request, answer);
  return add_tabs(request, conn, tab, answer, error);
}
