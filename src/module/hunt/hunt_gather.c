#include "module/hunt/hunt_gather.h"
#include "base/clock.h"
#include "base/date.h"
#include <string.h>

enum { ALERTS_MAX = 2000000 }; /* of an estimate */

typedef struct {
  HuntGroup group; /* what it will be written as; texts owned below */
  char *key, *what, *title, *host, *signs, *techniques, *source_id, *source_name, *system_id;
  gint64 pending;     /* hits not committed */
  gint64 committed;   /* events that the store has */
  gboolean known;     /* the store has the group */
  GPtrArray *events;  /* HuntEvent, owned with their texts: not committed */
} Group;

typedef struct {
  gint64 matches, alerts;
} Count;

struct HuntGather {
  DetectLook *look;
  GHashTable *by_key; /* Group */
  GPtrArray *order;   /* Group, by number */
  GPtrArray *waiting; /* Group, in the order of their first hit */
  gint64 hits, beyond;
  GHashTable *counts;      /* of an estimate: key of the rule -> Count */
  GHashTable *alerts;      /* of an estimate: guint64 */
  gint64 first_ms, last_ms; /* of the range of an estimate */
};

/* --- groups --- */

static void event_free(gpointer data) {
  HuntEvent *event = data;
  g_free((char *)(gintptr)event->raw);
  g_free((char *)(gintptr)event->fields);
  g_free(event);
}

static void group_free(gpointer data) {
  Group *group = data;
  char *const texts[] = {group->key, group->what, group->title, group->host, group->signs, group->techniques, group->source_id, group->source_name,
                         group->system_id};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
  g_ptr_array_unref(group->events);
  g_free(group);
}

static Group *group_add(HuntGather *gather, char *key) {
  Group *group = g_new0(Group, 1);
  group->key = key;
  group->events = g_ptr_array_new_with_free_func(event_free);
  g_hash_table_insert(gather->by_key, group->key, group);
  g_ptr_array_add(gather->order, group);
  group->group.number = gather->order->len;
  return group;
}

static gboolean take_known(const HuntGroup *found, void *data) {
  HuntGather *gather = data;
  Group *group = group_add(gather, g_strdup(found->group_key));
  group->group.number = found->number;
  group->known = TRUE;
  group->committed = found->kept;
  return TRUE;
}

static void fill(Group *group, DetectLook *look, const HuntFind *find, const char *host) {
  json_t *signs = find->indicator ? json_array() : detect_look_signs(look);
  static const char *const KINDS[TOKEN_KINDS] = {[TOKEN_IPV4] = "ip", [TOKEN_IPV6] = "ip", [TOKEN_DOMAIN] = "domain", [TOKEN_URL] = "url",
                                                 [TOKEN_HASH] = "hash", [TOKEN_MAIL] = "email"};
  if (find->indicator)
    json_array_append_new(signs, json_pack("{s:s, s:s}", "kind", find->indicator->kind < TOKEN_KINDS ? KINDS[find->indicator->kind] : "other", "value",
                                           find->indicator->value));
  group->what = g_strdup(find->rule ? find->rule->key : find->indicator ? find->indicator->source : find->words);
  group->title = find->indicator ? g_strdup_printf("Dấu hiệu %s", find->indicator->value)
                                 : find->rule ? g_strdup(find->rule->title) : g_strdup_printf("“%s”", find->words);
  group->techniques = g_strdup(find->rule ? find->rule->techniques : "");
  group->host = g_strdup(host);
  group->signs = json_dumps(signs, JSON_COMPACT);
  group->source_id = g_strdup(find->source->id);
  group->source_name = g_strdup(find->source->name);
  group->system_id = g_strdup(find->source->system_id);
  group->group = (HuntGroup){.number = group->group.number, .group_key = group->key, .kind = find->rule ? "rule" : find->indicator ? "indicator" : "words",
                             .what = group->what, .title = group->title, .level = find->rule ? find->rule->level : find->indicator ? 3 : 0,
                             .techniques = group->techniques, .source_id = group->source_id, .source_name = group->source_name,
                             .system_id = group->system_id, .host = group->host, .signs = group->signs};
  json_decref(signs);
}

static void keep_event(Group *group, DetectLook *look, const HuntFind *find, gint64 at_ms) {
  json_t *fields = detect_look_fields(look);
  HuntEvent *event = g_new0(HuntEvent, 1);
  char *raw = g_utf8_make_valid(find->record->bytes.bytes, (gssize)MIN(find->record->bytes.size, (gsize)HUNT_RAW_BYTES));
  for (char *p = raw; *p; p++)
    if ((guchar)*p < 0x20 && *p != '\t' && *p != '\n')
      *p = ' ';
  *event = (HuntEvent){group->committed + group->events->len + 1, at_ms, find->record->received_ms, raw, json_dumps(fields, JSON_COMPACT)};
  json_decref(fields);
  g_ptr_array_add(group->events, event);
}

static void add_to_group(HuntGather *gather, const HuntFind *find, const char *host, gint64 at_ms) {
  const char *what = find->rule ? find->rule->key : find->indicator ? find->indicator->value : find->words;
  char *key = g_strdup_printf("%s\n%s\n%s\n%s", find->rule ? "rule" : find->indicator ? "indicator" : "words", what, find->source->id, host);
  Group *group = g_hash_table_lookup(gather->by_key, key);
  if (!group && gather->order->len >= HUNT_GROUPS_MAX) {
    gather->beyond++;
    g_free(key);
    return;
  }
  if (group)
    g_free(key);
  else
    fill(group = group_add(gather, key), gather->look, find, host);
  if (!group->pending++) {
    g_ptr_array_add(gather->waiting, group);
    group->group.first_ms = group->group.last_ms = at_ms;
  }
  group->group.first_ms = MIN(group->group.first_ms, at_ms);
  group->group.last_ms = MAX(group->group.last_ms, at_ms);
  if (group->committed + group->events->len < HUNT_EVENTS_KEPT)
    keep_event(group, gather->look, find, at_ms);
}

/* --- estimates --- */

/* Hits of one rule on one machine and of one group are one alert a day. */
static void count(HuntGather *gather, const HuntFind *find, const char *host, gint64 at_ms) {
  Count *of_rule = find->rule ? g_hash_table_lookup(gather->counts, find->rule->key) : NULL;
  if (!of_rule)
    return;
  g_autofree char *together = detect_look_group(gather->look);
  g_autofree char *key = g_strdup_printf("%s\n%s\n%s\n%s\n%" G_GINT64_FORMAT, find->rule->key, find->source->id, host, together, day_number(day_at(at_ms)));
  of_rule->matches++;
  if (g_hash_table_size(gather->alerts) < ALERTS_MAX && g_hash_table_add(gather->alerts, g_steal_pointer(&key)))
    of_rule->alerts++;
}

static void count_rules(HuntGather *gather, GHashTable *counted) {
  GHashTableIter iter;
  gpointer value;
  gather->counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  gather->alerts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_iter_init(&iter, counted);
  while (g_hash_table_iter_next(&iter, NULL, &value))
    g_hash_table_insert(gather->counts, g_strdup(((const DetectTitle *)value)->key), g_new0(Count, 1));
}

gboolean hunt_gather_estimate(HuntGather *gather, StoreConn *conn, GError **error) {
  gint64 days = MAX(1, (gather->last_ms - gather->first_ms + DAY_MS - 1) / DAY_MS);
  GHashTableIter iter;
  gpointer key, value;
  if (!gather->counts)
    return TRUE;
  g_hash_table_iter_init(&iter, gather->counts);
  while (g_hash_table_iter_next(&iter, &key, &value)) {
    const Count *found = value;
    if (!detect_put_estimate(conn, key, found->matches, found->alerts, days, clock_now_ms(), error))
      return FALSE;
  }
  return TRUE;
}

/* --- the whole --- */

HuntGather *hunt_gather_none(void) {
  HuntGather *gather = g_new0(HuntGather, 1);
  gather->by_key = g_hash_table_new(g_str_hash, g_str_equal);
  gather->order = g_ptr_array_new_with_free_func(group_free);
  gather->waiting = g_ptr_array_new();
  return gather;
}

HuntGather *hunt_gather_new(const App *app, StoreConn *conn, const HuntCase *hunt, GHashTable *counted, GError **error) {
  g_autoptr(Arena) arena = arena_new();
  HuntGather *gather = hunt_gather_none();
  gather->hits = hunt->hits;
  gather->beyond = hunt->hits_beyond;
  gather->first_ms = hunt->from_ms;
  gather->last_ms = hunt->to_ms;
  gather->look = detect_look_new(app, error);
  if (counted)
    count_rules(gather, counted);
  if (gather->look && hunt_store_groups(conn, arena, hunt->id, HUNT_GROUPS_MAX, take_known, gather, error))
    return gather;
  hunt_gather_free(gather);
  return NULL;
}

void hunt_gather_free(HuntGather *gather) {
  if (!gather)
    return;
  g_hash_table_unref(gather->by_key);
  g_ptr_array_unref(gather->order);
  g_ptr_array_unref(gather->waiting);
  g_clear_pointer(&gather->counts, g_hash_table_unref);
  g_clear_pointer(&gather->alerts, g_hash_table_unref);
  detect_look_free(gather->look);
  g_free(gather);
}

void hunt_gather_add(HuntGather *gather, const HuntFind *find) {
  gint64 own_ms = 0;
  detect_look_at(gather->look, find->record->bytes, &own_ms);
  gint64 at_ms = find->record->time_ms != EVENT_NO_TIME ? find->record->time_ms : own_ms ? own_ms : find->record->received_ms;
  g_autofree char *host = detect_look_host(gather->look);
  gather->hits++;
  if (gather->counts)
    count(gather, find, host, at_ms);
  else
    add_to_group(gather, find, host, at_ms);
}

gsize hunt_gather_waiting(const HuntGather *gather) {
  return gather->waiting->len;
}

gint64 hunt_gather_hits(const HuntGather *gather, gint64 *out_beyond) {
  *out_beyond = gather->beyond;
  return gather->hits;
}

static gboolean write_group(StoreConn *conn, const char *hunt_id, Group *group, GError **error) {
  group->group.count = group->pending;
  group->group.kept = group->committed + group->events->len;
  if (!(group->known ? hunt_store_grow_group(conn, hunt_id, &group->group, error) : hunt_store_add_group(conn, hunt_id, &group->group, error)))
    return FALSE;
  for (guint i = 0; i < group->events->len; i++)
    if (!hunt_store_add_event(conn, hunt_id, group->group.number, g_ptr_array_index(group->events, i), error))
      return FALSE;
  return TRUE;
}

gboolean hunt_gather_write(HuntGather *gather, StoreConn *conn, const char *hunt_id, GError **error) {
  for (guint i = 0; i < gather->waiting->len; i++)
    if (!write_group(conn, hunt_id, g_ptr_array_index(gather->waiting, i), error))
      return FALSE;
  return TRUE;
}

void hunt_gather_written(HuntGather *gather) {
  for (guint i = 0; i < gather->waiting->len; i++) {
    Group *group = g_ptr_array_index(gather->waiting, i);
    group->committed += group->events->len;
    group->known = TRUE;
    group->pending = 0;
    g_ptr_array_set_size(group->events, 0);
  }
  g_ptr_array_set_size(gather->waiting, 0);
}
