/* What module collect gives to other modules. */
#include "module/collect/collect.h"
#include "module/collect/collect_kind.h"
#include "module/collect/collect_store.h"

const char *collect_folder(const App *app, Arena *arena) {
  return arena_printf(arena, "%s/log/segments", app->home);
}

static CollectSource told(const SourceRow *row) {
  const CollectKind *kind = collect_kind(row->kind);
  return (CollectSource){(guint32)row->number, row->id, row->name, row->body_id, row->system_id, row->kind, kind ? kind->product : NULL, kind ? kind->service : NULL};
}

const CollectSource *collect_source(StoreConn *conn, Arena *arena, guint32 number, GError **error) {
  const SourceRow *row = source_store_numbered(conn, arena, number, error);
  CollectSource *source = row ? arena_alloc(arena, sizeof *source) : NULL;
  if (source)
    *source = told(row);
  return source;
}

typedef struct {
  CollectSourceFunc func;
  void *data;
} Each;

static gboolean tell(const SourceRow *row, const SourceState *state, void *data) {
  const Each *each = data;
  const CollectSource source = told(row);
  (void)state;
  return each->func(&source, each->data);
}

gboolean collect_each_source(StoreConn *conn, const char *body_id, CollectSourceFunc func, void *data, GError **error) {
  Each each = {func, data};
  return source_store_list(conn, body_id, -1, NULL, G_MAXINT32, tell, &each, error);
}

static gboolean find_used(const SourceRow *row, const SourceState *state, void *data) {
  gboolean *wanted = data;
  (void)state;
  *wanted = *wanted || !row->stopped_ms;
  return !*wanted;
}

gboolean collect_wanted(App *app, gboolean *out_wanted, GError **error) {
  StoreConn *conn = store_read(app->store, error);
  *out_wanted = FALSE;
  return conn && source_store_list(conn, NULL, -1, NULL, 0, find_used, out_wanted, error);
}
