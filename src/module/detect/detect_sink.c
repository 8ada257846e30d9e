/* Detection as the collector's sink: each event against the rules and indicators that run, what is found gathered and raised as alerts.
 *
 * A group that is new is raised with its batch; more of a group that was just raised waits HOLD_MS, so that a flood costs one change
 * now and then and not one for each batch.
 */
#include "base/date.h"
#include "base/text.h"
#include "lib/scan/correlate.h"
#include "module/alert/alert.h"
#include "module/detect/detect_pack.h"
#include "module/detect/detect_words.h"
#include <string.h>

enum { HOLD_MS = 5000, HITS_MAX = 2000, HITS_A_CHANGE = 100, EVENTS_KEPT = 5, CACHE_ENTRIES = 65536, CORRELATION_BYTES = 8 << 20, FIELDS_MAX = 32, FIELDS_SHOWN = 3, VALUE_SHOWN = 120,
       GROUP_MS = 600000 };

/* One group: what has been found and is not yet raised. */
typedef struct {
  char *key, *body_id, *source_id, *source_name, *system_id, *host, *group;
  const DetectRule *rule; /* NULL: an indicator */
  char *indicator, *list;
  gint64 count, raised_ms, seen_ms;
  GPtrArray *raws;  /* char* */
  GPtrArray *fields; /* json_t* */
  GArray *times;    /* gint64 pairs: own, received */
  GPtrArray *signs; /* kind, value, kind, value */
} Hit;

typedef struct {
  App *app;
  FieldTable *table;
  DetectWords *words;
  Route *route;
  RuleSet *set;
  Matcher *matcher;
  Correlator *correlator;
  IndicatorSet *indicators;
  Arena *rule_arena;
  const DetectRule **rules; /* by index of the set; NULL: does not run */
  gint64 version;
  GHashTable *hits; /* key -> Hit */
  const LogRecord *last_record; /* indicators are looked for once in a record of several events */
} Sink;

/* --- hits --- */

static void hit_free(gpointer data) {
  Hit *hit = data;
  char *const texts[] = {hit->key, hit->body_id, hit->source_id, hit->source_name, hit->system_id, hit->host, hit->group, hit->indicator, hit->list};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
  g_ptr_array_unref(hit->raws);
  g_ptr_array_unref(hit->fields);
  g_array_unref(hit->times);
  g_ptr_array_unref(hit->signs);
  g_free(hit);
}

static Hit *hit_new(char *key, const CollectSource *source) {
  Hit *hit = g_new0(Hit, 1);
  hit->key = key;
  hit->body_id = g_strdup(source->body_id);
  hit->source_id = g_strdup(source->id);
  hit->source_name = g_strdup(source->name);
  hit->system_id = g_strdup(source->system_id);
  hit->raws = g_ptr_array_new_with_free_func(g_free);
  hit->fields = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
  hit->times = g_array_new(FALSE, FALSE, sizeof(gint64));
  hit->signs = g_ptr_array_new_with_free_func(g_free);
  return hit;
}

static void hit_clear(Hit *hit) {
  hit->count = 0;
  g_ptr_array_set_size(hit->raws, 0);
  g_ptr_array_set_size(hit->fields, 0);
  g_array_set_size(hit->times, 0);
  g_ptr_array_set_size(hit->signs, 0);
}

static char *valid_text(Span span) {
  return g_utf8_make_valid(span.bytes, (gssize)MIN(span.size, ALERT_RAW_BYTES));
}

/* The first value of the first of these fields that the event has; NULL: none. g_free. */
static char *first_of(Sink *sink, const Event *event, const char *const *names) {
  for (; *names; names++) {
    Span value;
    if (matcher_values(sink->matcher, event, *names, &value, 1) && value.size)
      return valid_text(value);
  }
  return NULL;
}

static char *group_of(Sink *sink, const Event *event) {
  GString *group = g_string_new(NULL);
  for (const char *const *name = detect_words_group(sink->words); *name; name++) {
    Span value;
    if (!matcher_values(sink->matcher, event, *name, &value, 1) || !value.size)
      continue;
    g_autofree char *text = valid_text(value);
    g_string_append_printf(group, "%s%s=%s", group->len ? ", " : "", *name, text);
  }
  return g_string_free(group, FALSE);
}

static Hit *find_hit(Sink *sink, const CollectSource *source, const char *what, const char *host, const char *group) {
  char *key = g_strdup_printf("%s\n%s\n%s\n%s", what, source->id, host ? host : "", group);
  Hit *hit = g_hash_table_lookup(sink->hits, key);
  if (hit) {
    g_free(key);
    return hit;
  }
  if (g_hash_table_size(sink->hits) >= HITS_MAX) {
    g_free(key);
    return NULL;
  }
  hit = hit_new(key, source);
  hit->host = g_strdup(host);
  hit->group = g_strdup(group);
  g_hash_table_insert(sink->hits, hit->key, hit);
  return hit;
}

static void add_sign(Hit *hit, const char *kind, const char *value) {
  if (hit->signs->len >= 2 * ALERT_OBSERVABLES_KEPT)
    return;
  g_ptr_array_add(hit->signs, g_strdup(kind));
  g_ptr_array_add(hit->signs, g_strdup(value));
}

static void add_signs(Sink *sink, Hit *hit, const Event *event) {
  for (const char *const *kind = detect_words_sign_kinds(sink->words); *kind; kind++)
    for (const char *const *field = detect_words_sign_fields(sink->words, *kind); *field; field++) {
      Span value;
      if (!matcher_values(sink->matcher, event, *field, &value, 1) || !value.size || value.size > 200)
        continue;
      g_autofree char *text = valid_text(value);
      add_sign(hit, *kind, text);
    }
}

static void keep_event(Hit *hit, const LogRecord *record, const Event *event, json_t *fields) {
  gint64 own_ms = event->time_ms == EVENT_NO_TIME ? record->received_ms : event->time_ms;
  hit->count++;
  hit->seen_ms = record->received_ms;
  if (hit->raws->len >= EVENTS_KEPT) {
    json_decref(fields);
    return;
  }
  g_ptr_array_add(hit->raws, valid_text(event->raw));
  g_ptr_array_add(hit->fields, fields);
  g_array_append_val(hit->times, own_ms);
  g_array_append_val(hit->times, record->received_ms);
}

/* --- looking --- */

static json_t *matched_fields(Sink *sink, const Event *event, uint32_t index) {
  MatchField fields[FIELDS_MAX];
  json_t *object = json_object();
  size_t count = matcher_fields(sink->matcher, event, index, fields, FIELDS_MAX);
  for (size_t i = 0; i < count; i++) {
    g_autofree char *name = valid_text(fields[i].name), *value = valid_text(fields[i].value);
    json_object_set_new(object, name, json_string(value));
  }
  return object;
}

static void take_match(Sink *sink, const CollectSource *source, const LogRecord *record, const Event *event, uint32_t index, const char *group) {
  const DetectRule *rule = sink->rules[index];
  g_autofree char *host = rule ? first_of(sink, event, detect_words_host(sink->words)) : NULL;
  g_autofree char *own_group = rule && !group ? group_of(sink, event) : NULL;
  Hit *hit = rule ? find_hit(sink, source, rule->key, host, group ? group : own_group) : NULL;
  if (!hit)
    return;
  hit->rule = rule;
  if (hit->raws->len < EVENTS_KEPT)
    add_signs(sink, hit, event);
  keep_event(hit, record, event, hit->raws->len < EVENTS_KEPT ? matched_fields(sink, event, index) : json_object());
}

typedef struct {
  Sink *sink;
  const CollectSource *source;
  const LogRecord *record;
  const Event *event;
} Looking;

static const char *sign_kind(guint8 kind) {
  static const char *const KINDS[TOKEN_KINDS] = {[TOKEN_IPV4] = "ip", [TOKEN_IPV6] = "ip", [TOKEN_DOMAIN] = "domain", [TOKEN_URL] = "url",
                                                 [TOKEN_HASH] = "hash", [TOKEN_MAIL] = "email"};
  return kind < TOKEN_KINDS ? KINDS[kind] : "other";
}

static void take_indicator(void *context, size_t index, Span where) {
  Looking *looking = context;
  Sink *sink = looking->sink;
  const Indicator *indicator = indicator_set_item(sink->indicators, index);
  g_autofree char *host = first_of(sink, looking->event, detect_words_host(sink->words));
  g_autofree char *what = g_strdup_printf("indicator %s", indicator->source);
  Hit *hit = find_hit(sink, looking->source, what, host, indicator->value);
  if (!hit)
    return;
  if (!hit->indicator) {
    hit->indicator = g_strdup(indicator->value);
    hit->list = g_strdup(indicator->source);
  }
  g_autofree char *found = valid_text(where);
  if (!hit->signs->len)
    add_sign(hit, sign_kind(indicator->kind), indicator->value);
  keep_event(hit, looking->record, looking->event, json_pack("{s:s, s:s}", "indicator", indicator->value, "found", found));
}

static void sink_event(void *state, const CollectSource *source, const LogRecord *record, const Event *event) {
  Sink *sink = state;
  const uint32_t *rules;
  const Correlated *correlated;
  size_t count = matcher_match(sink->matcher, event, &rules);
  gint64 time_ms = event->time_ms == EVENT_NO_TIME ? record->received_ms : event->time_ms;
  for (size_t i = 0; i < count; i++)
    if (!rule_set_rule(sink->set, rules[i])->silent)
      take_match(sink, source, record, event, rules[i], NULL);
  size_t fulfilled = correlator_feed(sink->correlator, sink->matcher, event, rules, count, time_ms, &correlated);
  for (size_t i = 0; i < fulfilled; i++) {
    g_autofree char *group = valid_text(correlated[i].group);
    take_match(sink, source, record, event, correlated[i].rule, group);
  }
  if (record != sink->last_record) {
    Looking looking = {sink, source, record, event};
    indicator_set_match(sink->indicators, record->bytes, record->received_ms, take_indicator, &looking);
  }
  sink->last_record = record;
}

/* --- raising --- */

/* "Khớp vì: Image = C:\\…\\rundll32.exe; CommandLine = …": the first fields of the first event. */
static const char *with_fields(Arena *arena, const char *explanation, const Hit *hit) {
  g_autoptr(GString) text = g_string_new(explanation);
  const char *name;
  json_t *value;
  int count = 0;
  if (!hit->fields->len)
    return arena_text(arena, explanation, -1);
  json_object_foreach((json_t *)g_ptr_array_index(hit->fields, 0), name, value) {
    g_autofree char *start = g_utf8_substring(json_string_value(value), 0, MIN(VALUE_SHOWN, g_utf8_strlen(json_string_value(value), -1)));
    if (count++ < FIELDS_SHOWN)
      g_string_append_printf(text, "%s %s = %s", count == 1 ? " Khớp vì:" : ";", name, start);
  }
  return arena_text(arena, text->str, (gssize)text->len);
}

static gboolean raise_hit(Change *change, Sink *sink, Hit *hit, GError **error) {
  Arena *arena = change->request->arena;
  AlertEvent *events = arena_alloc(arena, sizeof *events * (hit->raws->len + 1));
  AlertObservable *signs = arena_alloc(arena, sizeof *signs * (hit->signs->len + 1));
  for (guint i = 0; i < hit->raws->len; i++)
    events[i] = (AlertEvent){g_array_index(hit->times, gint64, 2 * i), g_array_index(hit->times, gint64, 2 * i + 1), g_ptr_array_index(hit->raws, i),
                             g_ptr_array_index(hit->fields, i)};
  for (guint i = 0; i < hit->signs->len / 2; i++)
    signs[i] = (AlertObservable){g_ptr_array_index(hit->signs, 2 * i), g_ptr_array_index(hit->signs, 2 * i + 1)};
  AlertHit alert = {.body_id = hit->body_id, .group_key = hit->key, .system_id = hit->system_id, .source_id = hit->source_id,
                    .source_name = hit->source_name, .host = hit->host, .count = hit->count, .events = events, .n_events = hit->raws->len,
                    .observables = signs, .n_observables = hit->signs->len / 2};
  if (!hit->rule) {
    alert.kind = "indicator";
    alert.rule_id = hit->list;
    alert.title = arena_printf(arena, "Thấy dấu hiệu xấu đã biết: %s", hit->indicator);
    alert.level = 3;
    alert.explanation = arena_printf(arena, "Nhật ký có “%s”, là dấu hiệu trong danh sách “%s”. Xem máy nào liên lạc, từ lúc nào, và gỡ máy đó khỏi mạng nếu đúng.", hit->indicator, hit->list);
    return alert_raise(change, &alert, NULL, error);
  }
  g_autofree char *title = detect_words_title(sink->words, hit->rule), *explanation = detect_words_explain(sink->words, hit->rule);
  g_autofree char *scenario = detect_words_scenario(sink->words, hit->rule);
  alert.kind = strcmp(hit->rule->kind, "correlation") == 0 ? "correlation" : "rule";
  alert.rule_id = hit->rule->key;
  alert.title = arena_text(arena, title, -1);
  alert.level = (int)hit->rule->level;
  alert.explanation = strcmp(hit->rule->origin, "own") == 0 ? arena_text(arena, explanation, -1) : with_fields(arena, explanation, hit);
  alert.original = hit->rule->description;
  alert.author = hit->rule->author;
  alert.techniques = hit->rule->techniques;
  alert.scenario = arena_text(arena, scenario, -1);
  return alert_raise(change, &alert, NULL, error);
}

typedef struct {
  Sink *sink;
  GPtrArray *hits;
  guint from, to;
} Raising;

static gboolean raise_some(Change *change, void *data, GError **error) {
  Raising *raising = data;
  for (guint i = raising->from; i < raising->to; i++)
    if (!raise_hit(change, raising->sink, g_ptr_array_index(raising->hits, i), error))
      return FALSE;
  return TRUE;
}

static GPtrArray *due_hits(Sink *sink, gint64 now_ms) {
  GPtrArray *due = g_ptr_array_new();
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init(&iter, sink->hits);
  while (g_hash_table_iter_next(&iter, NULL, &value)) {
    const Hit *hit = value;
    if (hit->count && hit->raised_ms + HOLD_MS <= now_ms)
      g_ptr_array_add(due, value);
    else if (!hit->count && hit->raised_ms + GROUP_MS < now_ms)
      g_hash_table_iter_remove(&iter);
  }
  return due;
}

static gboolean raise_due(Sink *sink, gint64 now_ms) {
  g_autoptr(GPtrArray) due = due_hits(sink, now_ms);
  for (guint from = 0; from < due->len; from += HITS_A_CHANGE) {
    g_autoptr(Arena) arena = arena_new();
    g_autoptr(Request) request = request_new_for_job(sink->app, arena, "detect.look");
    g_autoptr(GError) error = NULL;
    Raising raising = {sink, due, from, MIN(from + HITS_A_CHANGE, due->len)};
    if (!request_change(request, raise_some, &raising, &error)) {
      g_warning("chưa ghi được cảnh báo, sẽ ghi lại: %s", error->message);
      return FALSE;
    }
    for (guint i = raising.from; i < raising.to; i++) {
      Hit *hit = g_ptr_array_index(due, i);
      hit_clear(hit);
      hit->raised_ms = request->now_ms;
    }
  }
  return TRUE;
}

static void sink_batch(void *state, const CollectBatch *batch) {
  ((Sink *)state)->last_record = NULL; /* the next batch lies at the same addresses */
  raise_due(state, batch->committed_ms);
}

/* --- loading --- */

static void drop_rules(Sink *sink) {
  correlator_free(sink->correlator);
  matcher_free(sink->matcher);
  rule_set_free(sink->set);
  indicator_set_free(sink->indicators);
  g_free(sink->rules);
  g_clear_pointer(&sink->rule_arena, arena_free);
}

static gboolean name_rules(Sink *sink, StoreConn *conn, GError **error) {
  size_t count = rule_set_count(sink->set);
  sink->rules = g_new0(const DetectRule *, count + 1);
  sink->rule_arena = arena_new();
  for (size_t i = 0; i < count; i++) {
    const Rule *rule = rule_set_rule(sink->set, i);
    GError *failed = NULL;
    g_autofree char *key = detect_rule_code(rule);
    const DetectRule *known = detect_store_rule(conn, sink->rule_arena, key, &failed);
    if (failed) {
      g_propagate_error(error, failed);
      return FALSE;
    }
    sink->rules[i] = known && known->enabled ? known : NULL;
  }
  return TRUE;
}

/* Makes the new before the old is let go. */
static gboolean load(Sink *sink, gint64 version, GError **error) {
  StoreConn *conn = store_read(sink->app->store, error);
  Sink next = {.app = sink->app, .table = sink->table};
  if (!conn || !(next.set = detect_rule_set(conn, NULL, error)) || !name_rules(&next, conn, error) ||
      !(next.indicators = detect_indicator_set(sink->app, conn, NULL, error))) {
    drop_rules(&next);
    return FALSE;
  }
  const MatcherOptions options = {CACHE_ENTRIES};
  next.matcher = matcher_new(next.set, sink->route, sink->table, &options);
  next.correlator = correlator_new(next.set, CORRELATION_BYTES);
  g_hash_table_remove_all(sink->hits); /* they point into the old rules; what waited has been raised by the caller */
  drop_rules(sink);
  sink->set = next.set;
  sink->matcher = next.matcher;
  sink->correlator = next.correlator;
  sink->indicators = next.indicators;
  sink->rules = next.rules;
  sink->rule_arena = next.rule_arena;
  sink->version = version;
  return TRUE;
}

static void sink_close(void *state) {
  Sink *sink = state;
  if (sink->matcher)
    raise_due(sink, G_MAXINT64);
  g_hash_table_unref(sink->hits);
  drop_rules(sink);
  route_free(sink->route);
  detect_words_free(sink->words);
  g_free(sink);
}

static gboolean stored_version(Sink *sink, gint64 *out_version, GError **error) {
  StoreConn *conn = store_read(sink->app->store, error);
  return conn && detect_store_version(conn, out_version, error);
}

static void *sink_open(App *app, FieldTable *table, GError **error) {
  Sink *sink = g_new0(Sink, 1);
  gint64 version = 0;
  sink->app = app;
  sink->table = table;
  sink->hits = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, hit_free);
  sink->words = detect_words_new(app, error);
  sink->route = sink->words ? detect_route(app, error) : NULL;
  if (sink->route && stored_version(sink, &version, error) && load(sink, version, error))
    return sink;
  sink_close(sink);
  return NULL;
}

static void sink_idle(void *state, gint64 now_ms) {
  Sink *sink = state;
  g_autoptr(GError) error = NULL;
  gint64 version = sink->version;
  if (!raise_due(sink, now_ms))
    return;
  gboolean good = stored_version(sink, &version, &error);
  if (good && version != sink->version)
    good = !raise_due(sink, G_MAXINT64) || load(sink, version, &error);
  if (!good)
    g_warning("luật mới chưa nạp được, luật cũ vẫn chạy: %s", error->message);
}

const CollectSink detect_sink = {"detect", sink_open, sink_event, sink_batch, sink_idle, sink_close};
