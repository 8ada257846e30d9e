#include "module/system/system_store.h"
#include "base/text.h"

#define COLUMNS                                                                                                        \
  "s.id, s.code, s.body_id, s.name, s.purpose, s.owner_name, s.operator_body_id, s.operator_name, s.provider_name, "    \
  "s.provider_phone, s.contact_name, s.contact_phone, s.contact_email, s.decision_number, s.decision_day, "             \
  "s.decision_issuer, s.retired_day, s.retired_reason, b.name, o.name, s.personal_data, s.continuity_rank, s.level, s.version "
#define FROM "FROM system s JOIN body b ON b.id = s.body_id LEFT JOIN body o ON o.id = s.operator_body_id "
/* What is missing comes first: no level, then nobody to call. */
#define TROUBLE "CASE WHEN s.level IS NULL THEN 0 WHEN s.contact_phone IS NULL THEN 1 ELSE 2 END"
#define RANK "coalesce(s.continuity_rank, 9999)"

enum { SQL_LIST, SQL_COUNTS, SQL_GET, SQL_ID_OF_CODE, SQL_ID_OF_NAME, SQL_INSERT, SQL_UPDATE, SQL_SAME_RANK, SQL_OF_BODY, SQL_BODIES, SQL_EACH };
static const StoreSql SQL[] = {
    [SQL_LIST] = {"system.list",
                  "SELECT " COLUMNS FROM "JOIN body_ancestor a ON a.body_id = s.body_id WHERE a.ancestor_id = $1 "
                  "AND (s.retired_day IS NOT NULL) = ($2 = 1) AND ($3 = '' OR s.body_id = $3) "
                  "AND ($4 = 0 OR coalesce(s.level, -1) = $4) AND ($5 = 0 OR s.level >= $5) AND ($6 = 0 OR s.personal_data = 1) "
                  "AND ($7 = 0 OR s.contact_phone IS NULL) AND ($8 = '' OR $8 LIKE '% ' || s.id || ' %') "
                  "AND (" TROUBLE ", " RANK ", s.sort_key, s.id) > ($9, $10, $11, $12) "
                  "ORDER BY " TROUBLE ", " RANK ", s.sort_key, s.id LIMIT $13", NULL},
    [SQL_COUNTS] = {"system.counts",
                    "SELECT coalesce(sum(CASE WHEN s.retired_day IS NULL THEN 1 ELSE 0 END), 0), "
                    "coalesce(sum(CASE WHEN s.retired_day IS NULL AND s.level IS NULL THEN 1 ELSE 0 END), 0), "
                    "coalesce(sum(CASE WHEN s.retired_day IS NULL AND s.level >= 3 THEN 1 ELSE 0 END), 0), "
                    "coalesce(sum(CASE WHEN s.retired_day IS NULL AND s.personal_data = 1 THEN 1 ELSE 0 END), 0), "
                    "coalesce(sum(CASE WHEN s.retired_day IS NULL AND s.contact_phone IS NULL THEN 1 ELSE 0 END), 0), "
                    "coalesce(sum(CASE WHEN s.retired_day IS NULL THEN 0 ELSE 1 END), 0) "
                    "FROM system s JOIN body_ancestor a ON a.body_id = s.body_id WHERE a.ancestor_id = $1", NULL},
    [SQL_GET] = {"system.get", "SELECT " COLUMNS FROM "WHERE s.id = $1", NULL},
    [SQL_ID_OF_CODE] = {"system.id_of_code", "SELECT id FROM system WHERE code = $1", NULL},
    [SQL_ID_OF_NAME] = {"system.id_of_name",
                        "SELECT min(id) FROM system WHERE body_id = $1 AND name = $2 AND retired_day IS NULL HAVING count(*) = 1", NULL},
    [SQL_INSERT] = {"system.insert",
                    "INSERT INTO system (id, code, body_id, name, sort_key, purpose, owner_name, operator_body_id, operator_name, "
                    "provider_name, provider_phone, contact_name, contact_phone, contact_email, personal_data, continuity_rank, level, "
                    "decision_number, decision_day, decision_issuer, created_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "
                    "$11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)", NULL},
    [SQL_UPDATE] = {"system.update",
                    "UPDATE system SET body_id = $3, name = $4, sort_key = $5, purpose = $6, owner_name = $7, operator_body_id = $8, "
                    "operator_name = $9, provider_name = $10, provider_phone = $11, contact_name = $12, contact_phone = $13, "
                    "contact_email = $14, personal_data = $15, continuity_rank = $16, level = $17, decision_number = $18, "
                    "decision_day = $19, decision_issuer = $20, retired_day = $21, retired_reason = $22, version = version + 1 "
                    "WHERE id = $1 AND version = $2", NULL},
    [SQL_SAME_RANK] = {"system.same_rank",
                       "SELECT code FROM system WHERE body_id = $1 AND continuity_rank = $2 AND id <> $3 AND retired_day IS NULL "
                       "ORDER BY code LIMIT 1", NULL},
    [SQL_OF_BODY] = {"system.of_body",
                     "SELECT id, name, level FROM system WHERE (body_id = $1 OR operator_body_id = $1) AND retired_day IS NULL "
                     "ORDER BY sort_key, id LIMIT 100", NULL},
    [SQL_BODIES] = {"system.bodies",
                    "SELECT b.id, b.name FROM body_ancestor a JOIN body b ON b.id = a.body_id WHERE a.ancestor_id = $1 "
                    "AND b.closed_day IS NULL ORDER BY a.depth, b.sort_key, b.id LIMIT 500", NULL},
    [SQL_EACH] = {"system.each",
                  "SELECT s.id, s.code, s.name, s.owner_name, s.operator_body_id, coalesce(o.name, s.operator_name), s.level "
                  "FROM system s LEFT JOIN body o ON o.id = s.operator_body_id WHERE s.body_id = $1 AND s.retired_day IS NULL "
                  "ORDER BY s.sort_key, s.id", NULL},
};
const StoreSqlTable system_sql = {SQL, G_N_ELEMENTS(SQL)};

static StoreValue number_or_null(gint64 number) {
  return number ? S_INT(number) : S_NULL;
}

static gboolean finish(StoreRows *rows, GError *failed, GError **error) {
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}

/* --- reading --- */

enum { TEXTS = 20 };

static void texts_of(System *s, const char **out_texts[TEXTS]) {
  const char **texts[TEXTS] = {&s->id, &s->code, &s->body_id, &s->name, &s->purpose, &s->owner_name, &s->operator_body_id,
                               &s->operator_name, &s->provider_name, &s->provider_phone, &s->contact_name, &s->contact_phone,
                               &s->contact_email, &s->decision_number, &s->decision_day, &s->decision_issuer, &s->retired_day,
                               &s->retired_reason, &s->body_name, &s->operator_body_name};
  for (int i = 0; i < TEXTS; i++)
    out_texts[i] = texts[i];
}

static void read_system(const StoreRows *rows, System *system) {
  const char **texts[TEXTS];
  texts_of(system, texts);
  for (int i = 0; i < TEXTS; i++)
    *texts[i] = store_text(rows, i);
  system->personal_data = store_int(rows, TEXTS);
  system->continuity_rank = store_int(rows, TEXTS + 1);
  system->level = store_int(rows, TEXTS + 2);
  system->version = store_int(rows, TEXTS + 3);
}

static int trouble_of(const System *system) {
  return !system->level ? 0 : !system->contact_phone ? 1 : 2;
}

gboolean system_store_list(StoreConn *conn, const SystemQuery *query, SystemRowFunc func, void *data, GError **error) {
  GError *failed = NULL;
  const System *after = query->after;
  g_autofree char *sort_key = after ? text_sort_key(after->name) : g_strdup("");
  g_autoptr(StoreRows) rows = store_query(
      conn, &SQL[SQL_LIST],
      S(S_TEXT(query->body_id), S_INT(query->retired), S_TEXT(query->unit_id ? query->unit_id : ""), S_INT(query->level),
        S_INT(query->least_level), S_INT(query->personal_data), S_INT(query->no_contact),
        S_TEXT(query->words_ids ? query->words_ids : ""), S_INT(after ? trouble_of(after) : -1),
        S_INT(after && after->continuity_rank ? after->continuity_rank : after ? NO_RANK : 0), S_TEXT(sort_key),
        S_TEXT(after ? after->id : ""), S_INT(query->limit)),
      error);
  while (rows && store_step(rows, &failed)) {
    System system;
    read_system(rows, &system);
    if (!func(&system, data))
      break;
  }
  return finish(rows, failed, error);
}

gboolean system_store_counts(StoreConn *conn, const char *body_id, SystemCounts *out_counts, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_COUNTS], S(S_TEXT(body_id)), error);
  if (!rows || !store_step(rows, error))
    return FALSE;
  *out_counts = (SystemCounts){store_int(rows, 0), store_int(rows, 1), store_int(rows, 2), store_int(rows, 3), store_int(rows, 4),
                               store_int(rows, 5)};
  return TRUE;
}

const System *system_store_get(StoreConn *conn, Arena *arena, const char *id, GError **error) {
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_GET], S(S_TEXT(id)), error);
  if (!rows || !store_step(rows, error))
    return NULL;
  System *system = arena_alloc(arena, sizeof *system);
  const char **texts[TEXTS];
  read_system(rows, system);
  texts_of(system, texts);
  for (int i = 0; i < TEXTS; i++)
    *texts[i] = arena_text(arena, *texts[i], -1);
  return system;
}

const char *system_store_id_of_code(StoreConn *conn, Arena *arena, const char *code, GError **error) {
  g_autofree char *id = NULL;
  return store_get_text(conn, &SQL[SQL_ID_OF_CODE], S(S_TEXT(code)), &id, error) ? arena_text(arena, id, -1) : NULL;
}

const char *system_store_id_of_name(StoreConn *conn, Arena *arena, const char *body_id, const char *name, GError **error) {
  g_autofree char *id = NULL;
  return store_get_text(conn, &SQL[SQL_ID_OF_NAME], S(S_TEXT(body_id), S_TEXT(name)), &id, error) && id ? arena_text(arena, id, -1) : NULL;
}

const char *system_store_same_rank(StoreConn *conn, Arena *arena, const System *system, GError **error) {
  g_autofree char *code = NULL;
  if (!system->continuity_rank || system->retired_day ||
      !store_get_text(conn, &SQL[SQL_SAME_RANK], S(S_TEXT(system->body_id), S_INT(system->continuity_rank), S_TEXT(system->id)), &code, error))
    return NULL;
  return arena_text(arena, code, -1);
}

gboolean system_store_of_body(Request *request, const char *body_id, Doc *list, GError **error) {
  GError *failed = NULL;
  StoreConn *conn = request_read(request, error);
  g_autoptr(StoreRows) rows = conn ? store_query(conn, &SQL[SQL_OF_BODY], S(S_TEXT(body_id)), error) : NULL;
  while (rows && store_step(rows, &failed)) {
    Doc *row = doc_object(list, NULL);
    doc_text_copy(row, KEY("id"), store_text(rows, 0));
    doc_text_copy(row, KEY("title"), store_text(rows, 1));
    doc_text(row, KEY("url"), arena_printf(request->arena, "/he-thong/%s", store_text(rows, 0)));
    if (!store_is_null(rows, 2))
      doc_int(row, KEY("level"), store_int(rows, 2));
  }
  return finish(rows, failed, error);
}

gboolean system_store_bodies(StoreConn *conn, const char *body_id, void (*add)(const char *id, const char *name, void *data), void *data,
                             GError **error) {
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_BODIES], S(S_TEXT(body_id)), error);
  while (rows && store_step(rows, &failed))
    add(store_text(rows, 0), store_text(rows, 1), data);
  return finish(rows, failed, error);
}

gboolean system_each(StoreConn *conn, const char *body_id, SystemFunc func, void *data, GError **error) {
  GError *failed = NULL;
  gboolean good = TRUE;
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_EACH], S(S_TEXT(body_id)), error);
  while (rows && good && store_step(rows, &failed)) {
    SystemFact fact = {store_text(rows, 0), store_text(rows, 1), store_text(rows, 2), store_text(rows, 3), store_text(rows, 4),
                       store_text(rows, 5), store_int(rows, 6)};
    good = func(&fact, data);
  }
  return finish(rows, failed, error) && good;
}

/* --- changing --- */

gboolean system_store_insert(StoreConn *conn, const System *s, gint64 now_ms, GError **error) {
  g_autofree char *sort_key = text_sort_key(s->name);
  return store_exec(conn, &SQL[SQL_INSERT],
                    S(S_TEXT(s->id), S_TEXT(s->code), S_TEXT(s->body_id), S_TEXT(s->name), S_TEXT(sort_key), S_TEXT(s->purpose),
                      S_TEXT(s->owner_name), S_TEXT(s->operator_body_id), S_TEXT(s->operator_name), S_TEXT(s->provider_name),
                      S_TEXT(s->provider_phone), S_TEXT(s->contact_name), S_TEXT(s->contact_phone), S_TEXT(s->contact_email),
                      S_INT(s->personal_data), number_or_null(s->continuity_rank), number_or_null(s->level),
                      S_TEXT(s->decision_number), S_TEXT(s->decision_day), S_TEXT(s->decision_issuer), S_INT(now_ms)),
                    NULL, error);
}

gboolean system_store_update(StoreConn *conn, const System *s, gint64 version, GError **error) {
  g_autofree char *sort_key = text_sort_key(s->name);
  gint64 changed = 0;
  if (!store_exec(conn, &SQL[SQL_UPDATE],
                  S(S_TEXT(s->id), S_INT(version), S_TEXT(s->body_id), S_TEXT(s->name), S_TEXT(sort_key), S_TEXT(s->purpose),
                    S_TEXT(s->owner_name), S_TEXT(s->operator_body_id), S_TEXT(s->operator_name), S_TEXT(s->provider_name),
                    S_TEXT(s->provider_phone), S_TEXT(s->contact_name), S_TEXT(s->contact_phone), S_TEXT(s->contact_email),
                    S_INT(s->personal_data), number_or_null(s->continuity_rank), number_or_null(s->level),
                    S_TEXT(s->decision_number), S_TEXT(s->decision_day), S_TEXT(s->decision_issuer), S_TEXT(s->retired_day),
                    S_TEXT(s->retired_reason)),
                  &changed, error))
    return FALSE;
  if (changed != 1)
    g_set_error(error, APP_ERROR, ERROR_CONFLICT,
                "Hệ thống %s vừa được người khác sửa. Nội dung đã nhập còn trên trang; xem lại rồi lưu.", s->code);
  return changed == 1;
}
