/* What hunts need of rules and records: chosen rules with their words, a record as it is understood. */
#include "module/detect/detect_hunt.h"
#include "lib/scan/decode.h"
#include "module/detect/detect_pack.h"
#include "module/detect/detect_words.h"
#include <string.h>

enum { FIELDS_SHOWN = 100, VALUE_BYTES = 2000, VIET_NAM_MINUTES = 7 * 60, SIGNS_MAX = 20, SIGN_BYTES = 200 };

/* --- rules --- */

enum { SQL_PACK_FILES };
static const StoreSql SQL[] = {
    [SQL_PACK_FILES] = {"detect.pack_files",
                        "SELECT f.path, f.yaml FROM rule_file f WHERE f.pack_id = $1 AND EXISTS (SELECT 1 FROM rule r WHERE r.pack_id = f.pack_id AND "
                        "r.path = f.path AND r.level >= $2) ORDER BY f.path", NULL},
};
const StoreSqlTable detect_hunt_sql = {SQL, G_N_ELEMENTS(SQL)};

typedef struct {
  RuleSet *set;
  GHashTable *paths; /* a file holds several rules; it is taken once */
} Taking;

static void take_file(const char *path, const char *yaml, gsize length, void *data) {
  const Taking *taking = data;
  if (g_hash_table_add(taking->paths, g_strdup(path)))
    rule_set_add(taking->set, path, (Span){yaml, length});
}

static gboolean take_pack(StoreConn *conn, const DetectChoice *choice, Taking *taking, GError **error) {
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_PACK_FILES], S(S_TEXT(choice->pack_id), S_INT(choice->least_level)), error);
  while (rows && store_step(rows, &failed))
    take_file(store_text(rows, 0), store_text(rows, 1), store_text_length(rows, 1), taking);
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}

static gboolean is_key(const DetectChoice *choice, const char *key) {
  return choice->keys && g_strv_contains(choice->keys, key);
}

/* Files bring other rules along: only the chosen ones are known. */
static gboolean know(StoreConn *conn, Arena *arena, const DetectChoice *choice, const DetectWords *words, DetectChosen *chosen, GError **error) {
  for (size_t i = 0; i < rule_set_count(chosen->set); i++) {
    const Rule *rule = rule_set_rule(chosen->set, i);
    g_autofree char *key = detect_rule_code(rule);
    gboolean from_text = strcmp(rule->file, DETECT_TEXT_FILE) == 0;
    GError *failed = NULL;
    const DetectRule *known = from_text ? NULL : detect_store_rule(conn, arena, key, &failed);
    if (failed) {
      g_propagate_error(error, failed);
      return FALSE;
    }
    gboolean of_pack = known && choice->pack_id && known->level >= choice->least_level;
    if (rule->silent || !(from_text || of_pack || is_key(choice, key)))
      continue;
    g_autofree char *title = known ? detect_words_title(words, known) : g_strdup(rule->title);
    DetectTitle *told = arena_alloc(arena, sizeof *told);
    *told = (DetectTitle){arena_text(arena, key, -1), arena_text(arena, title, -1), known ? known->techniques : "",
                          rule->level == LEVEL_NONE ? 0 : (int)rule->level - (int)LEVEL_INFORMATIONAL};
    g_hash_table_insert(chosen->known, (void *)(gintptr)rule, told);
    chosen->correlates = chosen->correlates || rule->kind == RULE_CORRELATION;
  }
  return TRUE;
}

gboolean detect_choose_rules(const App *app, StoreConn *conn, Arena *arena, const DetectChoice *choice, DetectChosen *out_chosen, GError **error) {
  const RuleOptions options = {0};
  g_autoptr(DetectWords) words = detect_words_new(app, error);
  Taking taking = {rule_set_new(&options), g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
  gboolean good = words && (!choice->pack_id || take_pack(conn, choice, &taking, error));
  for (const char *const *key = choice->keys; good && key && *key; key++)
    good = detect_store_files(conn, *key, take_file, &taking, error);
  if (good && choice->yaml && *choice->yaml)
    rule_set_add(taking.set, DETECT_TEXT_FILE, (Span){choice->yaml, strlen(choice->yaml)});
  g_hash_table_unref(taking.paths);
  rule_set_finish(taking.set);
  *out_chosen = (DetectChosen){taking.set, g_hash_table_new(NULL, NULL), FALSE};
  if (good && know(conn, arena, choice, words, out_chosen, error))
    return TRUE;
  detect_chosen_clear(out_chosen);
  return FALSE;
}

gboolean detect_put_estimate(StoreConn *conn, const char *key, gint64 matches, gint64 alerts, gint64 days, gint64 now_ms, GError **error) {
  return detect_store_estimate(conn, key, matches, alerts, days, now_ms, error);
}

void detect_chosen_clear(DetectChosen *chosen) {
  rule_set_free(chosen->set);
  g_clear_pointer(&chosen->known, g_hash_table_unref);
  chosen->set = NULL;
}

gboolean detect_rule_title(StoreConn *conn, Arena *arena, const char *key, const char **out_title, GError **error) {
  GError *failed = NULL;
  const DetectRule *rule = detect_store_rule(conn, arena, key, &failed);
  json_t *own = rule ? json_loads(rule->own, 0, NULL) : NULL;
  const char *title = json_string_value(json_object_get(own, "title"));
  *out_title = rule ? arena_text(arena, title ? title : rule->title, -1) : NULL;
  json_decref(own);
  if (failed)
    g_propagate_error(error, failed);
  return !failed;
}

gboolean detect_each_pack(StoreConn *conn, DetectNameFunc func, void *data, GError **error) {
  g_autoptr(Arena) arena = arena_new();
  g_autoptr(GPtrArray) packs = detect_store_packs(conn, arena, error);
  for (guint i = 0; packs && i < packs->len; i++) {
    const DetectPack *pack = g_ptr_array_index(packs, i);
    func(pack->id, pack->name, data);
  }
  return packs != NULL;
}

gboolean detect_each_list(StoreConn *conn, DetectNameFunc func, void *data, GError **error) {
  g_autoptr(Arena) arena = arena_new();
  g_autoptr(GPtrArray) lists = detect_store_lists(conn, arena, error);
  for (guint i = 0; lists && i < lists->len; i++) {
    const DetectList *list = g_ptr_array_index(lists, i);
    if (strcmp(list->format, "warning") != 0)
      func(list->id, list->name, data);
  }
  return lists != NULL;
}

/* --- their text, for packages --- */

typedef struct {
  GString *text;
  GHashTable *paths;
} Copying;

static void copy_file(const char *path, const char *yaml, gsize length, void *data) {
  const Copying *copying = data;
  if (!g_hash_table_add(copying->paths, g_strdup(path)) || copying->text->len > DETECT_TEXT_BYTES)
    return;
  if (copying->text->len)
    g_string_append(copying->text, "\n---\n");
  g_string_append_len(copying->text, yaml, (gssize)length);
}

char *detect_choice_text(StoreConn *conn, const DetectChoice *choice, GError **error) {
  Copying copying = {g_string_new(choice->yaml), g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = choice->pack_id ? store_query(conn, &SQL[SQL_PACK_FILES], S(S_TEXT(choice->pack_id), S_INT(choice->least_level)), &failed) : NULL;
  while (rows && store_step(rows, &failed))
    copy_file(store_text(rows, 0), store_text(rows, 1), store_text_length(rows, 1), &copying);
  gboolean good = !failed;
  for (const char *const *key = choice->keys; good && key && *key; key++)
    good = detect_store_files(conn, *key, copy_file, &copying, &failed);
  g_hash_table_unref(copying.paths);
  if (good && copying.text->len > DETECT_TEXT_BYTES)
    g_set_error(&failed, APP_ERROR, ERROR_TOO_LARGE, "Các luật của đợt săn lùng dài hơn 4 MB; chọn ít luật hơn.");
  if (failed)
    g_propagate_error(error, failed);
  return g_string_free(copying.text, failed != NULL);
}

/* --- a record as it is understood --- */

struct DetectLook {
  DetectWords *words;
  Route *route;
  RuleSet *none; /* the matcher knows the names of fields by their class */
  FieldTable *table;
  Decoder *decoder;
  Matcher *matcher;
  Event event; /* of the record looked at last */
};

DetectLook *detect_look_new(const App *app, GError **error) {
  const RuleOptions options = {0};
  const MatcherOptions plain = {0};
  const DecoderOptions decoding = {.offset_minutes = VIET_NAM_MINUTES};
  DetectLook *look = g_new0(DetectLook, 1);
  look->words = detect_words_new(app, error);
  look->route = look->words ? detect_route(app, error) : NULL;
  if (!look->route) {
    detect_look_free(look);
    return NULL;
  }
  look->none = rule_set_new(&options);
  rule_set_finish(look->none);
  look->table = field_table_new();
  look->decoder = decoder_new(look->table, &decoding);
  look->matcher = matcher_new(look->none, look->route, look->table, &plain);
  return look;
}

void detect_look_free(DetectLook *look) {
  if (!look)
    return;
  if (look->matcher)
    matcher_free(look->matcher);
  if (look->decoder)
    decoder_free(look->decoder);
  field_table_free(look->table);
  rule_set_free(look->none);
  route_free(look->route);
  detect_words_free(look->words);
  g_free(look);
}

static char *valid_text(Span span, gsize most) {
  return g_utf8_make_valid(span.bytes ? span.bytes : "", (gssize)MIN(span.size, most));
}

static char *first_of(DetectLook *look, const char *const *names) {
  Span value;
  for (; *names; names++)
    if (matcher_values(look->matcher, &look->event, *names, &value, 1) && value.size)
      return valid_text(value, SIGN_BYTES);
  return g_strdup("");
}

json_t *detect_look_fields(DetectLook *look) {
  const Event *event = &look->event;
  json_t *fields = json_object();
  for (uint32_t i = 0; i < event->count && json_object_size(fields) < FIELDS_SHOWN; i++) {
    const EventField *field = &event->fields[i];
    g_autofree char *buffer = g_malloc(field->raw.size + 1);
    g_autofree char *name = valid_text(field_table_name(look->table, field->path), VALUE_BYTES);
    g_autofree char *value = valid_text(event_text(field, buffer), VALUE_BYTES);
    if (*name && *value && !json_object_get(fields, name))
      json_object_set_new(fields, name, json_string(value));
  }
  return fields;
}

json_t *detect_look_signs(DetectLook *look) {
  json_t *signs = json_array();
  for (const char *const *kind = detect_words_sign_kinds(look->words); *kind; kind++)
    for (const char *const *field = detect_words_sign_fields(look->words, *kind); *field; field++) {
      Span value;
      if (json_array_size(signs) >= SIGNS_MAX || !matcher_values(look->matcher, &look->event, *field, &value, 1) || !value.size || value.size > SIGN_BYTES)
        continue;
      g_autofree char *text = valid_text(value, SIGN_BYTES);
      json_array_append_new(signs, json_pack("{s:s, s:s}", "kind", *kind, "value", text));
    }
  return signs;
}

void detect_look_at(DetectLook *look, Span record, gint64 *out_time_ms) {
  const uint32_t *rules;
  decoder_one(look->decoder, record, &look->event);
  matcher_match(look->matcher, &look->event, &rules);
  *out_time_ms = look->event.time_ms == EVENT_NO_TIME ? 0 : look->event.time_ms;
}

char *detect_look_host(DetectLook *look) {
  return first_of(look, detect_words_host(look->words));
}

char *detect_look_group(DetectLook *look) {
  return first_of(look, detect_words_group(look->words));
}
