/* What hunts add to the pages of rules: trying one on stored logs, counting what a pack would bring. */
#include "core/body.h"
#include "core/form.h"
#include "core/message.h"
#include "module/hunt/hunt_pages.h"
#include <string.h>

enum { SQL_COUNTING };
static const StoreSql SQL[] = {
    [SQL_COUNTING] = {"hunt.counting",
                      "SELECT bytes_done, bytes, state, failure FROM hunt WHERE kind = 'estimate' AND pack_id = $1 ORDER BY created_ms DESC LIMIT 1", NULL},
};
const StoreSqlTable hunt_beside_sql = {SQL, G_N_ELEMENTS(SQL)};

static void add_try(Request *request, const char *rule, Doc *answer) {
  static const struct {
    int days;
    const char *submit;
  } SPANS[] = {{7, "Thử trên nhật ký 7 ngày qua"}, {30, "Thử trên nhật ký 30 ngày qua"}};
  Doc *buttons = (Doc *)(gintptr)doc_get(answer, KEY("buttons"));
  for (gsize i = 0; buttons && i < G_N_ELEMENTS(SPANS); i++) {
    json_t *values = json_pack("{s:s, s:i}", "rule", rule, "days", SPANS[i].days);
    form_add(request, buttons, NULL, "hunt.try_rule", values, SPANS[i].submit);
    json_decref(values);
  }
}

static gboolean add_counting(Request *request, const char *pack, Doc *row, GError **error) {
  StoreConn *conn = request_read(request, error);
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = conn ? store_query(conn, &SQL[SQL_COUNTING], S(S_TEXT(pack)), error) : NULL;
  gboolean found = rows && store_step(rows, &failed);
  gboolean running = found && strcmp(store_text(rows, 2), HUNT_RUNNING) == 0;
  if (failed)
    g_propagate_error(error, failed);
  if (!rows || failed)
    return FALSE;
  if (running)
    doc_text(row, KEY("counting"), arena_printf(request->arena, "%s %d %%", message(request->lang, "Đang đếm thử:"),
                                                (int)(store_int(rows, 1) ? store_int(rows, 0) * 100 / store_int(rows, 1) : 0)));
  else if (found && *store_text(rows, 3))
    doc_text_copy(row, KEY("counting"), store_text(rows, 3));
  if (running || !body_require_top(request, "hunt.write", NULL))
    return TRUE;
  json_t *values = json_pack("{s:s, s:i, s:i}", "pack", pack, "level", 0, "days", 7);
  form_add(request, row, KEY("count"), "hunt.estimate", values, "Đếm thử trên nhật ký 7 ngày qua");
  json_decref(values);
  return TRUE;
}

gboolean hunt_beside(Request *request, const char *type, const char *id, Doc *answer, GError **error) {
  if (strcmp(type, "rule") == 0 && request_may(request, "hunt.write", request->body_id))
    add_try(request, id, answer);
  return strcmp(type, "rule_pack") != 0 || add_counting(request, id, answer, error);
}
