#include "module/detect/detect_store.h"
#include "base/text.h"
#include <string.h>

/* A choice made singly goes before the level of the pack. */
#define RUNS "coalesce(c.enabled, CASE WHEN r.level >= p.least_level THEN 1 ELSE 0 END)"
#define COLUMNS                                                                                                        \
  "r.pack_id, r.rule_key, r.path, r.title, r.kind, r.status, r.author, r.description, r.product, r.category, r.service, r.techniques, "  \
  "r.tactics, r.own, p.name, p.origin, r.line, r.level, " RUNS ", coalesce(c.enabled, -1), coalesce(e.matches, -1), coalesce(e.alerts, 0), "   \
  "coalesce(e.days, 0), r.sort_key "
#define FROM                                                                                                           \
  "FROM rule r JOIN rule_pack p ON p.id = r.pack_id LEFT JOIN rule_choice c ON c.rule_key = r.rule_key LEFT JOIN rule_estimate e ON " \
  "e.rule_key = r.rule_key "

enum {
  SQL_VERSION, SQL_BUMP, SQL_PACKS, SQL_PACK, SQL_PUT_PACK, SQL_CLEAR_FILES, SQL_CLEAR_RULES, SQL_CLEAR_PACK, SQL_PUT_FILE, SQL_PUT_RULE,
  SQL_SET_LEVEL, SQL_RULES, SQL_RULE, SQL_COUNTS, SQL_CHOOSE, SQL_UNCHOOSE, SQL_ESTIMATE, SQL_FILES, SQL_FILE_OF, SQL_YAML, SQL_LISTS, SQL_LIST,
  SQL_PUT_LIST, SQL_SET_LIST, SQL_REMOVE_LIST, SQL_EXPECTED,
};
#define PACK_COLUMNS                                                                                                   \
  "p.id, p.name, p.origin, p.licence, p.sha256, p.faults, u.name, p.least_level, p.rule_count, (SELECT count(*) FROM rule r LEFT JOIN "       \
  "rule_choice c ON c.rule_key = r.rule_key WHERE r.pack_id = p.id AND " RUNS " = 1), p.added_ms FROM rule_pack p LEFT JOIN account u ON "    \
  "u.id = p.account_id "
#define LIST_COLUMNS                                                                                                   \
  "l.id, l.name, l.format, l.source, l.licence, l.tlp, l.sha256, u.name, l.value_count, l.fault_count, l.enabled, l.until_ms, l.added_ms "     \
  "FROM indicator_list l LEFT JOIN account u ON u.id = l.account_id "
static const StoreSql SQL[] = {
    [SQL_VERSION] = {"detect.version", "SELECT version FROM detect_state WHERE id = 1", NULL},
    [SQL_BUMP] = {"detect.bump", "UPDATE detect_state SET version = version + 1 WHERE id = 1", NULL},
    [SQL_PACKS] = {"detect.packs", "SELECT " PACK_COLUMNS "ORDER BY p.origin DESC, p.name", NULL},
    [SQL_PACK] = {"detect.pack", "SELECT " PACK_COLUMNS "WHERE p.id = $1 OR p.name = $1", NULL},
    [SQL_PUT_PACK] = {"detect.put_pack",
                      "INSERT INTO rule_pack (id, name, origin, licence, sha256, least_level, rule_count, faults, added_ms, account_id) VALUES "
                      "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO UPDATE SET licence = excluded.licence, sha256 = excluded.sha256, "
                      "rule_count = excluded.rule_count, faults = excluded.faults, added_ms = excluded.added_ms, account_id = excluded.account_id", NULL},
    [SQL_CLEAR_FILES] = {"detect.clear_files", "DELETE FROM rule_file WHERE pack_id = $1", NULL},
    [SQL_CLEAR_RULES] = {"detect.clear_rules", "DELETE FROM rule WHERE pack_id = $1", NULL},
    [SQL_CLEAR_PACK] = {"detect.clear_pack", "DELETE FROM rule_pack WHERE id = $1", NULL},
    [SQL_PUT_FILE] = {"detect.put_file", "INSERT INTO rule_file (pack_id, path, yaml) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", NULL},
    [SQL_PUT_RULE] = {"detect.put_rule",
                      "INSERT INTO rule (pack_id, rule_key, path, line, title, kind, level, status, author, description, product, category, service, "
                      "techniques, tactics, own, sort_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) "
                      "ON CONFLICT DO NOTHING", NULL},
    [SQL_SET_LEVEL] = {"detect.set_level", "UPDATE rule_pack SET least_level = $2 WHERE id = $1", NULL},
    [SQL_RULES] = {"detect.rules",
                   "SELECT " COLUMNS FROM "WHERE ($1 = '' OR r.pack_id = $1) AND ($2 = '' OR r.sort_key LIKE '%' || $2 || '%') AND ($3 = -1 OR " RUNS
                   " = $3) AND ($4 = -1 OR r.level = $4) AND (r.level < $5 OR (r.level = $5 AND (r.sort_key, r.rule_key) > ($6, $7))) "
                   "ORDER BY r.level DESC, r.sort_key, r.rule_key LIMIT $8", NULL},
    [SQL_RULE] = {"detect.rule", "SELECT " COLUMNS FROM "WHERE r.rule_key = $1 ORDER BY p.origin DESC, p.name LIMIT 1", NULL},
    [SQL_COUNTS] = {"detect.counts", "SELECT count(*), coalesce(sum(" RUNS "), 0) " FROM, NULL},
    [SQL_CHOOSE] = {"detect.choose",
                    "INSERT INTO rule_choice (rule_key, enabled, account_id, chosen_ms) VALUES ($1, $2, $3, $4) ON CONFLICT (rule_key) DO UPDATE SET "
                    "enabled = excluded.enabled, account_id = excluded.account_id, chosen_ms = excluded.chosen_ms", NULL},
    [SQL_UNCHOOSE] = {"detect.unchoose", "DELETE FROM rule_choice WHERE rule_key = $1", NULL},
    [SQL_ESTIMATE] = {"detect.estimate",
                      "INSERT INTO rule_estimate (rule_key, matches, alerts, days, at_ms) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (rule_key) DO UPDATE "
                      "SET matches = excluded.matches, alerts = excluded.alerts, days = excluded.days, at_ms = excluded.at_ms", NULL},
    [SQL_FILES] = {"detect.files",
                   "SELECT f.path, f.yaml FROM rule_file f WHERE EXISTS (SELECT 1 FROM rule r JOIN rule_pack p ON p.id = r.pack_id LEFT JOIN rule_choice c "
                   "ON c.rule_key = r.rule_key WHERE r.pack_id = f.pack_id AND r.path = f.path AND " RUNS " = 1) ORDER BY f.pack_id, f.path", NULL},
    [SQL_FILE_OF] = {"detect.file_of",
                     "SELECT f.path, f.yaml FROM rule_file f JOIN rule r ON r.pack_id = f.pack_id AND r.path = f.path WHERE r.rule_key = $1 LIMIT 1", NULL},
    [SQL_YAML] = {"detect.yaml", "SELECT yaml FROM rule_file WHERE pack_id = $1 AND path = $2", NULL},
    [SQL_LISTS] = {"detect.lists", "SELECT " LIST_COLUMNS "ORDER BY l.name", NULL},
    [SQL_LIST] = {"detect.list", "SELECT " LIST_COLUMNS "WHERE l.id = $1", NULL},
    [SQL_PUT_LIST] = {"detect.put_list",
                      "INSERT INTO indicator_list (id, name, format, source, licence, tlp, sha256, value_count, fault_count, enabled, until_ms, added_ms, "
                      "account_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (name) DO UPDATE SET format = "
                      "excluded.format, source = excluded.source, licence = excluded.licence, tlp = excluded.tlp, sha256 = excluded.sha256, value_count = "
                      "excluded.value_count, fault_count = excluded.fault_count, until_ms = excluded.until_ms, added_ms = excluded.added_ms, "
                      "account_id = excluded.account_id", NULL},
    [SQL_SET_LIST] = {"detect.set_list", "UPDATE indicator_list SET enabled = $2 WHERE id = $1", NULL},
    [SQL_EXPECTED] = {"detect.expected",
                      "SELECT r.level, count(*), count(e.rule_key), coalesce(sum(e.matches), 0), coalesce(sum(e.alerts), 0), coalesce(max(e.days), 0) " FROM
                      "WHERE r.pack_id = $1 AND " RUNS " = 0 GROUP BY r.level ORDER BY r.level DESC", NULL},
    [SQL_REMOVE_LIST] = {"detect.remove_list", "DELETE FROM indicator_list WHERE id = $1", NULL},
};
const StoreSqlTable detect_sql = {SQL, G_N_ELEMENTS(SQL)};

static void read_texts(StoreRows *rows, Arena *arena, const char **const *texts, int count) {
  for (int i = 0; i < count; i++)
    *texts[i] = store_is_null(rows, i) ? NULL : arena_text(arena, store_text(rows, i), -1);
}

static gboolean finish(StoreRows *rows, GError *failed, GError **error) {
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}

/* --- version --- */

gboolean detect_store_version(StoreConn *conn, gint64 *out_version, GError **error) {
  return store_get_int(conn, &SQL[SQL_VERSION], S0, 0, out_version, error);
}

gboolean detect_store_bump(StoreConn *conn, GError **error) {
  return store_exec(conn, &SQL[SQL_BUMP], S0, NULL, error);
}

/* --- packs --- */

static DetectPack *read_pack(StoreRows *rows, Arena *arena) {
  DetectPack *pack = arena_alloc(arena, sizeof *pack);
  *pack = (DetectPack){0};
  const char **const texts[] = {&pack->id, &pack->name, &pack->origin, &pack->licence, &pack->sha256, &pack->faults, &pack->added_by};
  read_texts(rows, arena, texts, G_N_ELEMENTS(texts));
  pack->least_level = store_int(rows, 7);
  pack->rule_count = store_int(rows, 8);
  pack->enabled_count = store_int(rows, 9);
  pack->added_ms = store_int(rows, 10);
  return pack;
}

GPtrArray *detect_store_packs(StoreConn *conn, Arena *arena, GError **error) {
  g_autoptr(GPtrArray) packs = g_ptr_array_new();
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_PACKS], S0, error);
  while (rows && store_step(rows, &failed))
    g_ptr_array_add(packs, read_pack(rows, arena));
  return finish(rows, failed, error) ? g_steal_pointer(&packs) : NULL;
}

const DetectPack *detect_store_pack(StoreConn *conn, Arena *arena, const char *id_or_name, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_PACK], S(S_TEXT(id_or_name)), error);
  return rows && store_step(rows, error) ? read_pack(rows, arena) : NULL;
}

static const char *text_at(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text ? text : "";
}

static gboolean put_rule(StoreConn *conn, const char *pack_id, const json_t *rule, GError **error) {
  const json_t *words = json_object_get(rule, "own");
  const char *shown = *text_at(words, "title") ? text_at(words, "title") : text_at(rule, "title");
  g_autofree char *own = json_dumps(words, JSON_COMPACT);
  g_autofree char *all = g_strconcat(shown, " ", text_at(rule, "title"), NULL);
  g_autofree char *sort_key = text_fold(all);
  return store_exec(conn, &SQL[SQL_PUT_RULE],
                    S(S_TEXT(pack_id), S_TEXT(text_at(rule, "key")), S_TEXT(text_at(rule, "path")), S_INT(json_integer_value(json_object_get(rule, "line"))),
                      S_TEXT(text_at(rule, "title")), S_TEXT(text_at(rule, "kind")), S_INT(json_integer_value(json_object_get(rule, "level"))),
                      S_TEXT(text_at(rule, "status")), S_TEXT(text_at(rule, "author")), S_TEXT(text_at(rule, "description")),
                      S_TEXT(text_at(rule, "product")), S_TEXT(text_at(rule, "category")), S_TEXT(text_at(rule, "service")),
                      S_TEXT(text_at(rule, "techniques")), S_TEXT(text_at(rule, "tactics")), S_TEXT(own), S_TEXT(sort_key)),
                    NULL, error);
}

static gboolean clear(StoreConn *conn, const char *pack_id, GError **error) {
  return store_exec(conn, &SQL[SQL_CLEAR_RULES], S(S_TEXT(pack_id)), NULL, error) &&
         store_exec(conn, &SQL[SQL_CLEAR_FILES], S(S_TEXT(pack_id)), NULL, error);
}

gboolean detect_store_put_pack(StoreConn *conn, const DetectPack *pack, const json_t *read, const char *account_id, GError **error) {
  const json_t *files = json_object_get(read, "files"), *rules = json_object_get(read, "rules");
  g_autofree char *faults = json_dumps(json_object_get(read, "faults"), JSON_COMPACT);
  gboolean good = clear(conn, pack->id, error) &&
                  store_exec(conn, &SQL[SQL_PUT_PACK],
                             S(S_TEXT(pack->id), S_TEXT(pack->name), S_TEXT(pack->origin), S_TEXT(pack->licence), S_TEXT(pack->sha256),
                               S_INT(pack->least_level), S_INT((gint64)json_array_size(rules)), S_TEXT(faults), S_INT(pack->added_ms), S_TEXT(account_id)),
                             NULL, error);
  for (gsize i = 0; good && i < json_array_size(files); i++) {
    const json_t *file = json_array_get(files, i);
    good = store_exec(conn, &SQL[SQL_PUT_FILE], S(S_TEXT(pack->id), S_TEXT(text_at(file, "path")), S_TEXT(text_at(file, "yaml"))), NULL, error);
  }
  for (gsize i = 0; good && i < json_array_size(rules); i++)
    good = put_rule(conn, pack->id, json_array_get(rules, i), error);
  return good && detect_store_bump(conn, error);
}

gboolean detect_store_set_level(StoreConn *conn, const char *pack_id, gint64 least_level, GError **error) {
  return store_exec(conn, &SQL[SQL_SET_LEVEL], S(S_TEXT(pack_id), S_INT(least_level)), NULL, error) && detect_store_bump(conn, error);
}

gboolean detect_store_remove_pack(StoreConn *conn, const char *pack_id, GError **error) {
  return clear(conn, pack_id, error) && store_exec(conn, &SQL[SQL_CLEAR_PACK], S(S_TEXT(pack_id)), NULL, error) && detect_store_bump(conn, error);
}

/* --- rules --- */

#define RULE_TEXTS 16
#define SORT_KEY 23

static DetectRule *read_rule(StoreRows *rows, Arena *arena) {
  DetectRule *rule = arena_alloc(arena, sizeof *rule);
  *rule = (DetectRule){0};
  const char **const texts[RULE_TEXTS] = {&rule->pack_id, &rule->key, &rule->path, &rule->title, &rule->kind, &rule->status, &rule->author,
                                          &rule->description, &rule->product, &rule->category, &rule->service, &rule->techniques, &rule->tactics,
                                          &rule->own, &rule->pack_name, &rule->origin};
  gint64 *const numbers[] = {&rule->line, &rule->level, &rule->enabled, &rule->chosen, &rule->matches, &rule->alerts, &rule->days};
  read_texts(rows, arena, texts, RULE_TEXTS);
  for (int i = 0; i < (int)G_N_ELEMENTS(numbers); i++)
    *numbers[i] = store_int(rows, RULE_TEXTS + i);
  return rule;
}

gboolean detect_store_rules(StoreConn *conn, Arena *arena, const DetectRuleQuery *query, DetectRuleFunc func, void *data, GError **error) {
  GError *failed = NULL;
  g_autoptr(StoreRows) rows =
      store_query(conn, &SQL[SQL_RULES],
                  S(S_TEXT(query->pack_id), S_TEXT(query->words), S_INT(query->state), S_INT(query->level),
                    S_INT(query->after_sort ? query->after_level : G_MAXINT32), S_TEXT(query->after_sort ? query->after_sort : ""),
                    S_TEXT(query->after_key ? query->after_key : ""), S_INT(query->limit)),
                  error);
  while (rows && store_step(rows, &failed))
    if (!func(read_rule(rows, arena), arena_text(arena, store_text(rows, SORT_KEY), -1), data))
      break;
  return finish(rows, failed, error);
}

const DetectRule *detect_store_rule(StoreConn *conn, Arena *arena, const char *key, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_RULE], S(S_TEXT(key)), error);
  return rows && store_step(rows, error) ? read_rule(rows, arena) : NULL;
}

gboolean detect_store_counts(StoreConn *conn, gint64 *out_all, gint64 *out_enabled, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_COUNTS], S0, error);
  if (!rows || !store_step(rows, error))
    return FALSE;
  *out_all = store_int(rows, 0);
  *out_enabled = store_int(rows, 1);
  return TRUE;
}

gboolean detect_store_choose(StoreConn *conn, const char *key, int enabled, const char *account_id, gint64 now_ms, GError **error) {
  gboolean good = enabled < 0 ? store_exec(conn, &SQL[SQL_UNCHOOSE], S(S_TEXT(key)), NULL, error)
                              : store_exec(conn, &SQL[SQL_CHOOSE], S(S_TEXT(key), S_INT(enabled), S_TEXT(account_id), S_INT(now_ms)), NULL, error);
  return good && detect_store_bump(conn, error);
}

gboolean detect_store_estimate(StoreConn *conn, const char *key, gint64 matches, gint64 alerts, gint64 days, gint64 now_ms, GError **error) {
  return store_exec(conn, &SQL[SQL_ESTIMATE], S(S_TEXT(key), S_INT(matches), S_INT(alerts), S_INT(days), S_INT(now_ms)), NULL, error);
}

gboolean detect_store_files(StoreConn *conn, const char *only, void (*take)(const char *path, const char *yaml, gsize length, void *data), void *data,
                            GError **error) {
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = only ? store_query(conn, &SQL[SQL_FILE_OF], S(S_TEXT(only)), error) : store_query(conn, &SQL[SQL_FILES], S0, error);
  while (rows && store_step(rows, &failed))
    take(store_text(rows, 0), store_text(rows, 1), store_text_length(rows, 1), data);
  return finish(rows, failed, error);
}

gboolean detect_store_expected(StoreConn *conn, const char *pack_id, void (*take)(const DetectExpected *expected, void *data), void *data, GError **error) {
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_EXPECTED], S(S_TEXT(pack_id)), error);
  while (rows && store_step(rows, &failed)) {
    const DetectExpected expected = {store_int(rows, 0), store_int(rows, 1), store_int(rows, 2), store_int(rows, 3), store_int(rows, 4), store_int(rows, 5)};
    take(&expected, data);
  }
  return finish(rows, failed, error);
}

char *detect_store_yaml(StoreConn *conn, const DetectRule *rule, GError **error) {
  char *yaml = NULL;
  store_get_text(conn, &SQL[SQL_YAML], S(S_TEXT(rule->pack_id), S_TEXT(rule->path)), &yaml, error);
  return yaml;
}

/* --- lists of indicators --- */

static DetectList *read_list(StoreRows *rows, Arena *arena) {
  DetectList *list = arena_alloc(arena, sizeof *list);
  *list = (DetectList){0};
  const char **const texts[] = {&list->id, &list->name, &list->format, &list->source, &list->licence, &list->tlp, &list->sha256, &list->added_by};
  gint64 *const numbers[] = {&list->value_count, &list->fault_count, &list->enabled, &list->until_ms, &list->added_ms};
  read_texts(rows, arena, texts, G_N_ELEMENTS(texts));
  for (int i = 0; i < (int)G_N_ELEMENTS(numbers); i++)
    *numbers[i] = store_int(rows, (int)G_N_ELEMENTS(texts) + i);
  return list;
}

GPtrArray *detect_store_lists(StoreConn *conn, Arena *arena, GError **error) {
  g_autoptr(GPtrArray) lists = g_ptr_array_new();
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_LISTS], S0, error);
  while (rows && store_step(rows, &failed))
    g_ptr_array_add(lists, read_list(rows, arena));
  return finish(rows, failed, error) ? g_steal_pointer(&lists) : NULL;
}

const DetectList *detect_store_list(StoreConn *conn, Arena *arena, const char *id, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_LIST], S(S_TEXT(id)), error);
  return rows && store_step(rows, error) ? read_list(rows, arena) : NULL;
}

gboolean detect_store_put_list(StoreConn *conn, const DetectList *list, const char *account_id, GError **error) {
  return store_exec(conn, &SQL[SQL_PUT_LIST],
                    S(S_TEXT(list->id), S_TEXT(list->name), S_TEXT(list->format), S_TEXT(list->source), S_TEXT(list->licence), S_TEXT(list->tlp),
                      S_TEXT(list->sha256), S_INT(list->value_count), S_INT(list->fault_count), S_INT(list->enabled),
                      list->until_ms ? S_INT(list->until_ms) : S_NULL, S_INT(list->added_ms), S_TEXT(account_id)),
                    NULL, error) &&
         detect_store_bump(conn, error);
}

gboolean detect_store_set_list(StoreConn *conn, const char *id, gboolean enabled, GError **error) {
  return store_exec(conn, &SQL[SQL_SET_LIST], S(S_TEXT(id), S_INT(enabled)), NULL, error) && detect_store_bump(conn, error);
}

gboolean detect_store_remove_list(StoreConn *conn, const char *id, GError **error) {
  return store_exec(conn, &SQL[SQL_REMOVE_LIST], S(S_TEXT(id)), NULL, error) && detect_store_bump(conn, error);
}
