#include "module/collect/collect_silent.h"
#include "base/date.h"
#include "module/alert/alert.h"
#include "module/collect/collect_store.h"

typedef struct {
  const char *source_id;
  gint64 since_ms;
} Silence;

static gboolean raise_alert(Change *change, const SourceRow *source, gint64 since_ms, GError **error) {
  Arena *arena = change->request->arena;
  char since[17];
  date_write_time(since, since_ms);
  AlertHit hit = {
      .body_id = source->body_id,
      .kind = "source",
      .rule_id = "nguon-im-lang",
      .group_key = arena_printf(arena, "nguon-im-lang %s", source->id),
      .title = arena_printf(arena, "Nguồn nhật ký %s không gửi gì từ %s", source->name, since),
      .level = 2,
      .system_id = source->system_id,
      .source_id = source->id,
      .source_name = source->name,
      .host = source->host,
      .explanation = "Thiết bị có thể đã tắt, mất mạng, đổi cấu hình, hoặc ai đó đã tắt ghi nhật ký. Kiểm tra thiết bị còn chạy không, "
                     "đường mạng, và dòng cấu hình gửi nhật ký.",
      .count = 1,
  };
  return alert_raise(change, &hit, NULL, error);
}

static gboolean apply(Change *change, void *data, GError **error) {
  const Silence *silence = data;
  const SourceRow *source = source_store_get(change->conn, change->request->arena, silence->source_id, NULL, error);
  if (!source)
    return FALSE;
  change_about(change, "log_source", source->id, source->body_id, json_pack("{s:I}", "silent_ms", (json_int_t)silence->since_ms));
  return source_store_silent(change->conn, source->id, silence->since_ms, error) &&
         (!silence->since_ms || raise_alert(change, source, silence->since_ms, error));
}

gboolean collect_tell_silence(App *app, const char *source_id, gint64 since_ms, GError **error) {
  g_autoptr(Arena) arena = arena_new();
  g_autoptr(Request) request = request_new_for_job(app, arena, "source.silence");
  Silence silence = {source_id, since_ms};
  return request_change(request, apply, &silence, error);
}
