/* One full-text index on both engines.
 *
 * Both index the same words, made here: folded, letters and digits only, one blank between. What limits a search (the
 * bodies above the entry's own, its type) is a word of the same index that begins with '_', which no word of a text or
 * of a query can. Newest first is the order of `seq`, which is the time followed by a running number: so neither engine
 * sorts, and equal times keep the order in which they came. */
#include "base/text.h"
#include "lib/store/store_driver.h"
#include <string.h>

enum { MAX_WORDS = 16000, MAX_WORDS_BYTES = 400000, MAX_WORD_BYTES = 120, MAX_QUERY_WORDS = 16, SEQ_BITS = 20 };
static const gint64 MAX_TIME_MS = G_GINT64_CONSTANT(1) << 42;

static const StoreSql OLD = {
    "search.old", "SELECT seq, text_folded || ' ' || scopes FROM search_row WHERE type = $1 AND id = $2", NULL};
static const StoreSql LAST = {"search.last", "SELECT max(seq) FROM search_row WHERE seq >= $1 AND seq < $2", NULL};
static const StoreSql INSERT = {
    "search.insert",
    "INSERT INTO search_row(seq, type, id, title, text_folded, scopes, time_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    "INSERT INTO search_row(seq, type, id, title, text_folded, scopes, time_ms, words) VALUES ($1, $2, $3, $4, $5, $6,"
    " $7, search_vector($5 || ' ' || $6))"};
static const StoreSql REMOVE = {"search.remove", "DELETE FROM search_row WHERE seq = $1", NULL};
static const StoreSql FIND = {"search.find",
                              "SELECT r.type, r.id, r.title, r.time_ms FROM search_index CROSS JOIN search_row r"
                              " ON r.seq = search_index.rowid WHERE search_index MATCH $1"
                              " ORDER BY search_index.rowid DESC LIMIT $2",
                              "SELECT type, id, title, time_ms FROM search_row WHERE words @@ CAST($1 AS tsquery)"
                              " ORDER BY seq DESC LIMIT $2"};
static const StoreSql FIND_NONE = {"search.none", "SELECT type, id, title, time_ms FROM search_row WHERE 1 = 0", NULL};

/* SQLite's alone: PostgreSQL keeps the words in the row. */
static const StoreSql INDEX_ADD = {"search.index_add", "INSERT INTO search_index(rowid, words) VALUES ($1, $2)", NULL};
static const StoreSql INDEX_REMOVE = {
    "search.index_remove", "INSERT INTO search_index(search_index, rowid, words) VALUES ('delete', $1, $2)", NULL};

/* How each engine writes a query. Words are letters and digits, so nothing in them can be syntax. */
typedef struct {
  const char *before, *between, *after, *after_prefix; /* a phrase */
  const char *and, * or ;
  const char *quote;
} QueryStyle;

static const QueryStyle SQLITE_QUERY = {"\"", " ", "\"", "\"*", " AND ", " OR ", ""};
static const QueryStyle POSTGRES_QUERY = {"", " <-> ", "", ":*", " & ", " | ", "'"};

static GPtrArray *words_of(const char *text) {
  g_autofree char *folded = text_fold(text);
  GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
  gsize total = 0;
  for (const char *p = folded; *p && words->len < MAX_WORDS && total < MAX_WORDS_BYTES;) {
    const char *end = p, *kept = p;
    while (*end && g_unichar_isalnum(g_utf8_get_char(end))) {
      end = g_utf8_next_char(end);
      if (end - p <= MAX_WORD_BYTES)
        kept = end;
    }
    if (kept > p) {
      g_ptr_array_add(words, g_strndup(p, (gsize)(kept - p)));
      total += (gsize)(kept - p) + 1;
    }
    p = *end ? g_utf8_next_char(end) : end;
  }
  return words;
}

/* Different ids give different words, also ids that differ only in case or in marks. */
static void append_scope(GString *out, char kind, const char *id) {
  g_string_append_c(out, '_');
  g_string_append_c(out, kind);
  for (const char *p = id; *p; p++)
    if (g_ascii_islower(*p) || g_ascii_isdigit(*p))
      g_string_append_c(out, *p);
    else
      g_string_append_printf(out, "_%02x", (guint)(guchar)*p);
}

static char *scope_words(const char *type, const char *const *scopes) {
  GString *out = g_string_new(NULL);
  append_scope(out, 't', type);
  for (gsize i = 0; scopes && scopes[i]; i++) {
    g_string_append_c(out, ' ');
    append_scope(out, 'u', scopes[i]);
  }
  return g_string_free(out, FALSE);
}

static char *text_words(const char *title, const char *text) {
  g_autofree char *both = g_strjoin("\n", title, text, NULL);
  g_autoptr(GPtrArray) words = words_of(both);
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < words->len; i++)
    g_string_append_printf(out, "%s%s", i ? " " : "", (char *)words->pdata[i]);
  return g_string_free(out, FALSE);
}

gboolean store_search_remove(StoreConn *conn, const char *type, const char *id, GError **error) {
  g_autofree char *words = NULL;
  gint64 seq = 0;
  {
    g_autoptr(StoreRows) rows = store_query(conn, &OLD, S(S_TEXT(type), S_TEXT(id)), error);
    GError *failure = NULL;
    if (!rows || !store_step(rows, &failure)) {
      if (failure)
        g_propagate_error(error, failure);
      return rows && !failure;
    }
    seq = store_int(rows, 0);
    words = g_strdup(store_text(rows, 1));
  }
  return (conn->driver != &STORE_SQLITE ||
          store_exec(conn, &INDEX_REMOVE, S(S_INT(seq), S_TEXT(words)), NULL, error)) &&
         store_exec(conn, &REMOVE, S(S_INT(seq)), NULL, error);
}

static gboolean next_seq(StoreConn *conn, gint64 time_ms, gint64 *out_seq, GError **error) {
  gint64 first = 0, last = 0;
  if (time_ms < -MAX_TIME_MS || time_ms > MAX_TIME_MS) {
    g_set_error_literal(error, APP_ERROR, ERROR_INVALID, "Thời điểm của mục tìm kiếm nằm ngoài khoảng cho phép.");
    return FALSE;
  }
  first = time_ms * (1 << SEQ_BITS);
  if (!store_get_int(conn, &LAST, S(S_INT(first), S_INT(first + (1 << SEQ_BITS))), 0, &last, error))
    return FALSE;
  *out_seq = last ? last + 1 : first + 1;
  if (*out_seq < first + (1 << SEQ_BITS))
    return TRUE;
  g_set_error_literal(error, APP_ERROR, ERROR_FAILED, "Quá nhiều mục tìm kiếm có cùng một thời điểm.");
  return FALSE;
}

gboolean store_search_put(StoreConn *conn, const char *type, const char *id, const char *title, const char *text,
                          const char *const *scopes, gint64 time_ms, GError **error) {
  gint64 seq;
  if (!store_search_remove(conn, type, id, error) || !next_seq(conn, time_ms, &seq, error))
    return FALSE;
  g_autofree char *words = text_words(title, text ? text : "");
  g_autofree char *scope = scope_words(type, scopes);
  if (!store_exec(conn, &INSERT,
                  S(S_INT(seq), S_TEXT(type), S_TEXT(id), S_TEXT(title), S_TEXT(words), S_TEXT(scope), S_INT(time_ms)),
                  NULL, error))
    return FALSE;
  if (conn->driver != &STORE_SQLITE)
    return TRUE;
  g_autofree char *indexed = g_strjoin(" ", words, scope, NULL);
  return store_exec(conn, &INDEX_ADD, S(S_INT(seq), S_TEXT(indexed)), NULL, error);
}

static void append_phrase(GString *out, const QueryStyle *style, const GPtrArray *words, gboolean prefix) {
  g_string_append(out, style->before);
  for (guint i = 0; i < words->len; i++)
    g_string_append_printf(out, "%s%s%s%s", i ? style->between : "", style->quote, (char *)words->pdata[i],
                           style->quote);
  g_string_append(out, prefix ? style->after_prefix : style->after);
}

/* Each blank-separated piece of what was typed; one of several words ("10.77", "an-ninh") is a phrase. */
static guint append_pieces(GString *out, const QueryStyle *style, const char *words) {
  g_auto(GStrv) pieces = NULL;
  g_autofree char *collapsed = text_collapse(words);
  pieces = g_strsplit(collapsed, " ", -1);
  guint count = 0;
  for (gsize i = 0; pieces[i] && count < MAX_QUERY_WORDS; i++) {
    g_autoptr(GPtrArray) phrase = words_of(pieces[i]);
    if (!phrase->len)
      continue;
    g_string_append(out, count++ ? style->and : "");
    append_phrase(out, style, phrase, TRUE);
  }
  return count;
}

static void append_any(GString *out, const QueryStyle *style, char kind, const char *const *ids) {
  g_string_append_printf(out, "%s(", style->and);
  for (gsize i = 0; ids[i]; i++) {
    g_string_append_printf(out, "%s%s%s", i ? style->or : "", style->before, style->quote);
    append_scope(out, kind, ids[i]);
    g_string_append_printf(out, "%s%s", style->quote, style->after);
  }
  g_string_append_c(out, ')');
}

StoreRows *store_search(StoreConn *conn, const char *words, const char *const *scopes, const char *const *types,
                        int limit, GError **error) {
  const QueryStyle *style = conn->driver == &STORE_SQLITE ? &SQLITE_QUERY : &POSTGRES_QUERY;
  g_autoptr(GString) query = g_string_new(NULL);
  if (!append_pieces(query, style, words) || !scopes || !scopes[0] || (types && !types[0]))
    return store_query(conn, &FIND_NONE, S0, error);
  append_any(query, style, 'u', scopes);
  if (types)
    append_any(query, style, 't', types);
  StoreRows *rows = store_query(conn, &FIND, S(S_TEXT(query->str), S_INT(limit)), error);
  if (rows)
    rows->owned = g_string_free(g_steal_pointer(&query), FALSE); /* bound, not copied */
  return rows;
}
