#include "core/search.h"
#include "base/date.h"
#include "core/message.h"
#include <string.h>

static const char *type_label(const char *type) {
  static const char *const LABELS[][2] = {
      {"duty", "Nhiệm vụ"}, {"plan", "Kế hoạch"}, {"system", "Hệ thống"}, {"body", "Đơn vị"}, {"incident", "Sự cố"}};
  for (gsize i = 0; i < G_N_ELEMENTS(LABELS); i++)
    if (strcmp(LABELS[i][0], type) == 0)
      return LABELS[i][1];
  return type;
}

/* A user with several roles at one body has it as a scope once. */
static const char *const *scopes_of(const Request *request) {
  const char **scopes = arena_alloc(request->arena, (request->user->n_grants + 1) * sizeof *scopes);
  gsize count = 0;
  for (gsize i = 0; i < request->user->n_grants; i++) {
    scopes[count] = NULL;
    if (!g_strv_contains(scopes, request->user->grants[i].body_id))
      scopes[count++] = request->user->grants[i].body_id;
  }
  scopes[count] = NULL;
  return scopes;
}

static void add_row(Request *request, const StoreRows *rows, Doc *list) {
  const char *type = arena_text(request->arena, store_text(rows, 0), -1);
  const char *id = arena_text(request->arena, store_text(rows, 1), -1);
  const char *url = app_link(request->app, request->arena, type, id);
  char day[11];
  if (!url)
    return;
  Doc *row = doc_object(list, NULL);
  date_write_day(day, store_int(rows, 3));
  doc_text(row, KEY("type"), type);
  doc_text(row, KEY("kind"), message(request->lang, type_label(type)));
  doc_text(row, KEY("id"), id);
  doc_text_copy(row, KEY("title"), store_text(rows, 2));
  doc_text(row, KEY("url"), url);
  doc_text_copy(row, KEY("time"), day);
}

gboolean search_find(Request *request, const char *words, Doc *list, int limit, GError **error) {
  GError *failed = NULL;
  StoreConn *conn = request_read(request, error);
  g_autoptr(StoreRows) rows = conn ? store_search(conn, words, scopes_of(request), NULL, limit, error) : NULL;
  while (rows && store_step(rows, &failed))
    add_row(request, rows, list);
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}
