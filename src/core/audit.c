#include "core/audit.h"
#include "core/core_sql.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

enum { SQL_HEAD_MAKE, SQL_HEAD_LOCK, SQL_APPEND, SQL_HEAD_MOVE, SQL_ALL, SQL_HEADS, SQL_HASH_AT };
static const StoreSql SQL[] = {
    [SQL_HEAD_MAKE] = {"core.audit.head_make",
                       "INSERT INTO audit_head (chain, number, hash) VALUES ($1, 0, '') ON CONFLICT (chain) DO NOTHING",
                       NULL},
    [SQL_HEAD_LOCK] = {"core.audit.head_lock", "SELECT number, hash FROM audit_head WHERE chain = $1",
                       "SELECT number, hash FROM audit_head WHERE chain = $1 FOR UPDATE"},
    [SQL_APPEND] = {"core.audit.append",
                    "INSERT INTO audit (chain, number, at_ms, account_id, os_user, operation, type, subject_id, body_id, "
                    "details, previous, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)", NULL},
    [SQL_HEAD_MOVE] = {"core.audit.head_move", "UPDATE audit_head SET number = $2, hash = $3 WHERE chain = $1", NULL},
    [SQL_ALL] = {"core.audit.all",
                 "SELECT chain, number, at_ms, account_id, os_user, operation, type, subject_id, body_id, details, "
                 "previous, hash FROM audit ORDER BY chain, number", NULL},
    [SQL_HEADS] = {"core.audit.heads", "SELECT chain, number, hash FROM audit_head ORDER BY chain", NULL},
    [SQL_HASH_AT] = {"core.audit.hash_at", "SELECT hash FROM audit WHERE chain = $1 AND number = $2", NULL},
};
const StoreSqlTable audit_sql = {SQL, G_N_ELEMENTS(SQL)};

#define HEX_BYTES (crypto_hash_sha256_BYTES * 2 + 1)

static void hash_text(crypto_hash_sha256_state *state, const char *text) {
  guint64 length = text ? strlen(text) : G_MAXUINT64;
  guint64 wire = GUINT64_TO_LE(length);
  crypto_hash_sha256_update(state, (const guchar *)&wire, sizeof wire);
  if (text)
    crypto_hash_sha256_update(state, (const guchar *)text, length);
}

static void hash_int(crypto_hash_sha256_state *state, gint64 value) {
  gint64 wire = GINT64_TO_LE(value);
  crypto_hash_sha256_update(state, (const guchar *)&wire, sizeof wire);
}

static void hash_entry(const AuditEntry *entry, gint64 number, const char *previous, char out_hex[HEX_BYTES]) {
  crypto_hash_sha256_state state;
  guchar digest[crypto_hash_sha256_BYTES];
  const char *const texts[] = {entry->chain, entry->account_id, entry->os_user, entry->operation, entry->type,
                               entry->subject_id, entry->body_id, entry->details, previous};
  crypto_hash_sha256_init(&state);
  hash_int(&state, number);
  hash_int(&state, entry->at_ms);
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    hash_text(&state, texts[i]);
  crypto_hash_sha256_final(&state, digest);
  sodium_bin2hex(out_hex, HEX_BYTES, digest, sizeof digest);
}

static gboolean lock_head(StoreConn *conn, const char *chain, gint64 *out_number, char **out_hash, GError **error) {
  if (!store_exec(conn, &SQL[SQL_HEAD_MAKE], S(S_TEXT(chain)), NULL, error))
    return FALSE;
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_HEAD_LOCK], S(S_TEXT(chain)), error);
  if (!rows || !store_step(rows, error))
    return FALSE;
  *out_number = store_int(rows, 0);
  *out_hash = g_strdup(store_text(rows, 1));
  return TRUE;
}

gboolean audit_append(StoreConn *conn, const AuditEntry *entry, GError **error) {
  gint64 number = 0;
  g_autofree char *previous = NULL;
  char hash[HEX_BYTES];
  if (!lock_head(conn, entry->chain, &number, &previous, error))
    return FALSE;
  number++;
  hash_entry(entry, number, previous, hash);
  return store_exec(conn, &SQL[SQL_APPEND],
                    S(S_TEXT(entry->chain), S_INT(number), S_INT(entry->at_ms), S_TEXT(entry->account_id),
                      S_TEXT(entry->os_user), S_TEXT(entry->operation), S_TEXT(entry->type), S_TEXT(entry->subject_id),
                      S_TEXT(entry->body_id), S_TEXT(entry->details), S_TEXT(previous), S_TEXT(hash)),
                    NULL, error) &&
         store_exec(conn, &SQL[SQL_HEAD_MOVE], S(S_TEXT(entry->chain), S_INT(number), S_TEXT(hash)), NULL, error);
}

/* --- verification --- */

typedef struct {
  char *chain;
  gint64 number;
  char *hash;
} Link;

static void link_clear(Link *link) {
  g_free(link->chain);
  g_free(link->hash);
  *link = (Link){0};
}

static char *problem(const char *chain, gint64 number, const char *what) {
  return g_strdup_printf("Chuỗi %s, dòng %" G_GINT64_FORMAT ": %s.", chain, number, what);
}

static char *judge_row(const StoreRows *rows, Link *last) {
  AuditEntry entry = {store_text(rows, 0), store_text(rows, 3), store_text(rows, 4), store_text(rows, 5),
                      store_text(rows, 6), store_text(rows, 7), store_text(rows, 8), store_text(rows, 9),
                      store_int(rows, 2)};
  gint64 number = store_int(rows, 1);
  char hash[HEX_BYTES];
  if (g_strcmp0(last->chain, entry.chain) != 0) {
    link_clear(last);
    *last = (Link){g_strdup(entry.chain), 0, g_strdup("")};
  }
  if (number != last->number + 1)
    return problem(entry.chain, last->number + 1, "thiếu một dòng (bị xóa)");
  if (g_strcmp0(store_text(rows, 10), last->hash) != 0)
    return problem(entry.chain, number, "không nối với dòng trước (bị đổi chỗ hoặc thay)");
  hash_entry(&entry, number, last->hash, hash);
  if (g_strcmp0(store_text(rows, 11), hash) != 0)
    return problem(entry.chain, number, "nội dung không khớp mã băm (bị sửa)");
  last->number = number;
  g_free(last->hash);
  last->hash = g_strdup(hash);
  return NULL;
}

static gboolean verify_rows(StoreConn *conn, AuditVerdict *verdict, GError **error) {
  Link last = {0};
  g_autoptr(GError) failed = NULL;
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_ALL], S0, error);
  if (!rows)
    return FALSE;
  while (!verdict->problem && store_step(rows, &failed)) {
    verdict->problem = judge_row(rows, &last);
    verdict->entries++;
    verdict->chains += last.number == 1;
  }
  link_clear(&last);
  if (failed)
    g_propagate_error(error, g_steal_pointer(&failed));
  return !failed;
}

/* `hash` stands at `number` of the chain? Number 0 is the empty chain. */
static gboolean verify_link(StoreConn *conn, AuditVerdict *verdict, const char *chain, gint64 number, const char *hash,
                            const char *what, GError **error) {
  g_autofree char *found = NULL;
  if (verdict->problem || number == 0)
    return TRUE;
  if (!store_get_text(conn, &SQL[SQL_HASH_AT], S(S_TEXT(chain), S_INT(number)), &found, error))
    return FALSE;
  if (g_strcmp0(found, hash) != 0)
    verdict->problem = problem(chain, number, what);
  return TRUE;
}

static gboolean verify_heads(StoreConn *conn, AuditVerdict *verdict, GError **error) {
  g_autoptr(GError) failed = NULL;
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_HEADS], S0, error);
  if (!rows)
    return FALSE;
  while (store_step(rows, &failed))
    if (!verify_link(conn, verdict, store_text(rows, 0), store_int(rows, 1), store_text(rows, 2),
                     "đầu chuỗi không khớp dòng cuối (bị cắt đuôi)", &failed))
      break;
  if (failed)
    g_propagate_error(error, g_steal_pointer(&failed));
  return !failed;
}

static char *seal_path(const char *home) {
  return g_build_filename(home, "seals", "audit.seal", NULL);
}

static gboolean verify_seals(StoreConn *conn, const char *home, AuditVerdict *verdict, GError **error) {
  g_autofree char *path = seal_path(home);
  g_autofree char *text = NULL;
  if (!g_file_get_contents(path, &text, NULL, NULL))
    return TRUE;
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (char **line = lines; *line; line++) {
    g_auto(GStrv) part = g_strsplit(*line, " ", 4);
    if (g_strv_length(part) == 4 &&
        !verify_link(conn, verdict, part[1], g_ascii_strtoll(part[2], NULL, 10), part[3],
                     "không khớp dấu niêm phong đã lưu (bị cắt đuôi hoặc viết lại)", error))
      return FALSE;
  }
  return TRUE;
}

gboolean audit_verify(Store *store, const char *home, AuditVerdict *out_verdict, GError **error) {
  *out_verdict = (AuditVerdict){0};
  StoreConn *conn = store_read(store, error);
  return conn && verify_rows(conn, out_verdict, error) && verify_heads(conn, out_verdict, error) &&
         verify_seals(conn, home, out_verdict, error);
}

void audit_verdict_clear(AuditVerdict *verdict) {
  g_clear_pointer(&verdict->problem, g_free);
}

static gboolean append_durably(const char *path, const GString *text, GError **error) {
  int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  gboolean good = fd >= 0 && write(fd, text->str, text->len) == (gssize)text->len && fsync(fd) == 0;
  int saved = errno;
  if (fd >= 0)
    close(fd);
  if (!good)
    g_set_error(error, APP_ERROR, saved == ENOSPC ? ERROR_FULL : ERROR_FAILED, "Không ghi được dấu niêm phong %s: %s.",
                path, g_strerror(saved));
  return good;
}

gboolean audit_seal(Store *store, const char *home, gint64 now_ms, GError **error) {
  g_autofree char *path = seal_path(home);
  g_autofree char *folder = g_path_get_dirname(path);
  g_autoptr(GString) text = g_string_new(NULL);
  g_autoptr(GError) failed = NULL;
  StoreConn *conn = store_read(store, error);
  g_autoptr(StoreRows) rows = conn ? store_query(conn, &SQL[SQL_HEADS], S0, error) : NULL;
  if (!rows)
    return FALSE;
  while (store_step(rows, &failed))
    g_string_append_printf(text, "%" G_GINT64_FORMAT " %s %" G_GINT64_FORMAT " %s\n", now_ms, store_text(rows, 0),
                           store_int(rows, 1), store_text(rows, 2));
  if (failed) {
    g_propagate_error(error, g_steal_pointer(&failed));
    return FALSE;
  }
  g_mkdir_with_parents(folder, 0700);
  return append_durably(path, text, error);
}
