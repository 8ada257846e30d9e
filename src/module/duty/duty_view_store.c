/* The lists beside one duty, straight into its document. */
#include "base/date.h"
#include "base/number.h"
#include "core/message.h"
#include "module/duty/duty_show.h"
#include "module/duty/duty_store.h"
#include <string.h>

enum { SQL_PARTIES, SQL_PROOFS, SQL_HISTORY, SQL_SIBLINGS, SQL_OF_PLAN };
static const StoreSql SQL[] = {
    [SQL_PARTIES] = {"duty.parties",
                     "SELECT name, certainty, body_id FROM duty_party WHERE duty_id = $1 AND role = $2 ORDER BY position", NULL},
    [SQL_PROOFS] = {"duty.proofs",
                    "SELECT p.kind, p.text, p.at_ms, u.name, t.id, t.name, t.sha256, f.size_bytes FROM duty_proof p "
                    "LEFT JOIN account u ON u.id = p.account_id LEFT JOIN attachment t ON t.id = p.attachment_id "
                    "LEFT JOIN stored_file f ON f.sha256 = t.sha256 WHERE p.duty_id = $1 ORDER BY p.at_ms DESC, p.id DESC", NULL},
    [SQL_HISTORY] = {"duty.history",
                     "SELECT e.at_ms, e.kind, e.note, e.undone_ms, u.name FROM duty_event e "
                     "LEFT JOIN account u ON u.id = e.account_id WHERE e.duty_id = $1 ORDER BY e.at_ms DESC, e.id DESC", NULL},
    [SQL_SIBLINGS] = {"duty.siblings",
                      "SELECT id, code, title, state, due_day FROM duty WHERE series_id = $1 AND id <> $2 "
                      "ORDER BY created_ms DESC, id DESC LIMIT 12", NULL},
    [SQL_OF_PLAN] = {"duty.of_plan",
                     "SELECT id, code, title, section, lead_names, state, due_day, period, time_text FROM duty WHERE plan_id = $1 "
                     "ORDER BY id LIMIT 1000", NULL},
};
const StoreSqlTable duty_view_sql = {SQL, G_N_ELEMENTS(SQL)};

static gboolean finish(GError *failed, GError **error) {
  if (failed)
    g_propagate_error(error, failed);
  return !failed;
}

static StoreRows *query(Request *request, const StoreSql *sql, const StoreValue *values, gsize count, GError **error) {
  StoreConn *conn = request_read(request, error);
  return conn ? store_query(conn, sql, values, count, error) : NULL;
}

gboolean duty_store_parties(Request *request, const char *duty_id, const char *role, Doc *list, GError **error) {
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = query(request, &SQL[SQL_PARTIES], S(S_TEXT(duty_id), S_TEXT(role)), error);
  if (!rows)
    return FALSE;
  while (store_step(rows, &failed)) {
    Doc *row = doc_object(list, NULL);
    doc_text_copy(row, KEY("name"), store_text(rows, 0));
    doc_text_copy(row, KEY("certainty"), store_text(rows, 1));
    doc_text_copy(row, KEY("body_id"), store_text(rows, 2));
  }
  return finish(failed, error);
}

static const char *time_text(Arena *arena, gint64 ms) {
  char text[17];
  date_write_time(text, ms);
  return arena_text(arena, text, -1);
}

/* What people typed as a link becomes one only where a browser goes somewhere with it. */
static gboolean is_address(const char *link) {
  return link && (g_str_has_prefix(link, "https://") || g_str_has_prefix(link, "http://") || (link[0] == '/' && link[1] != '/'));
}

static void add_proof(Request *request, const StoreRows *rows, Doc *proofs) {
  Doc *row = doc_object(proofs, NULL);
  gboolean file = !store_is_null(rows, 4);
  char size[NUMBER_SIZE];
  const char *text = store_text(rows, 1), *last = strrchr(text, '\n');
  const char *link = g_strcmp0(store_text(rows, 0), "link") != 0 ? NULL : last ? last + 1 : text;
  number_write_size(size, store_int(rows, 7));
  doc_text(row, KEY("name"), file ? arena_text(request->arena, store_text(rows, 5), -1) : arena_text(request->arena, text, link && last ? last - text : -1));
  doc_text(row, KEY("kind"), message(request->lang, file ? "Tệp" : link ? "Liên kết" : "Ghi chú"));
  doc_text(row, KEY("url"), file ? arena_printf(request->arena, "/tep/%s", store_text(rows, 4))
                            : is_address(link) ? arena_text(request->arena, link, -1) : NULL);
  if (file) {
    doc_text_copy(row, KEY("size"), size);
    doc_text_copy(row, KEY("hash"), store_text(rows, 6));
    doc_text_copy(row, KEY("note"), store_text(rows, 1));
  }
  doc_text_copy(row, KEY("who"), store_text(rows, 3));
  doc_text(row, KEY("time"), time_text(request->arena, store_int(rows, 2)));
}

static void add_report(Request *request, const StoreRows *rows, Doc *reports) {
  Doc *row = doc_object(reports, NULL);
  doc_text_copy(row, KEY("text"), store_text(rows, 1));
  doc_text_copy(row, KEY("who"), store_text(rows, 3));
  doc_text(row, KEY("time"), time_text(request->arena, store_int(rows, 2)));
}

gboolean duty_store_proofs(Request *request, const char *duty_id, Doc *proofs, Doc *reports, GError **error) {
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = query(request, &SQL[SQL_PROOFS], S(S_TEXT(duty_id)), error);
  if (!rows)
    return FALSE;
  while (store_step(rows, &failed))
    if (g_strcmp0(store_text(rows, 0), "report") == 0)
      add_report(request, rows, reports);
    else
      add_proof(request, rows, proofs);
  return finish(failed, error);
}

gboolean duty_store_history(Request *request, const char *duty_id, Doc *list, GError **error) {
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = query(request, &SQL[SQL_HISTORY], S(S_TEXT(duty_id)), error);
  if (!rows)
    return FALSE;
  while (store_step(rows, &failed)) {
    Doc *row = doc_object(list, NULL);
    const char *text = message(request->lang, duty_event_label(store_text(rows, 1)));
    gboolean undone = !store_is_null(rows, 3);
    doc_text(row, KEY("time"), time_text(request->arena, store_int(rows, 0)));
    doc_text(row, KEY("text"), undone ? arena_printf(request->arena, "%s (%s)", text, message(request->lang, "đã hoàn tác")) : text);
    doc_text_copy(row, KEY("detail"), store_text(rows, 2));
    doc_text_copy(row, KEY("who"), store_is_null(rows, 4) ? "Ứng Cứu" : store_text(rows, 4));
  }
  return finish(failed, error);
}

gboolean duty_store_siblings(Request *request, const Duty *duty, Doc *list, GError **error) {
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = query(request, &SQL[SQL_SIBLINGS], S(S_TEXT(duty->series_id), S_TEXT(duty->id)), error);
  if (!rows)
    return FALSE;
  while (store_step(rows, &failed)) {
    Doc *row = doc_object(list, NULL);
    const char *due = arena_text(request->arena, store_text(rows, 4), -1);
    doc_text(row, KEY("title"), arena_printf(request->arena, "%s · %s", store_text(rows, 1), store_text(rows, 2)));
    doc_text(row, KEY("url"), arena_printf(request->arena, "/nhiem-vu/%s", store_text(rows, 0)));
    duty_show_state(request, row, arena_text(request->arena, store_text(rows, 3), -1), due);
    duty_show_due(request, row, arena_text(request->arena, store_text(rows, 3), -1), due);
  }
  return finish(failed, error);
}

gboolean duty_list_of_plan(Request *request, const char *plan_id, Doc *list, GError **error) {
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = query(request, &SQL[SQL_OF_PLAN], S(S_TEXT(plan_id)), error);
  while (rows && store_step(rows, &failed)) {
    DutyRow row = {store_text(rows, 0), store_text(rows, 1), store_text(rows, 2), store_text(rows, 3), store_text(rows, 4),
                   store_text(rows, 5), store_text(rows, 6), store_text(rows, 7), NULL};
    Doc *shown = duty_show_row(request, list, &row);
    doc_text_copy(shown, KEY("section"), row.section);
    if (!store_is_null(rows, 8))
      doc_text_copy(shown, KEY("time_text"), store_text(rows, 8));
  }
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}
