/* The audit log: one hash chain for each top-level body (and one, "system", for what belongs to none).
 *
 * hash(n) = SHA-256 over chain, n, time, who, operation, subject, details and hash(n-1), each with its length before it.
 * The head of a chain is a row locked in the transaction that appends. Heads are also sealed into a file outside the
 * store (home/seals), so that cutting off the end is found.
 */
#pragma once
#include "core/request.h"

typedef struct {
  const char *chain, *account_id, *os_user, *operation, *type, *subject_id, *body_id, *details; /* may be NULL but chain, operation, type, subject_id */
  gint64 at_ms;
} AuditEntry;

gboolean audit_append(StoreConn *conn, const AuditEntry *entry, GError **error);

/* What verification found; `chain` and `number` say where. */
typedef struct {
  gint64 entries, chains;
  char *problem; /* NULL: whole. Vietnamese, says chain, number and kind: changed, missing, reordered, cut off */
} AuditVerdict;
/* Reads everything; compares with the seals in `home` where there are any. */
gboolean audit_verify(Store *store, const char *home, AuditVerdict *out_verdict, GError **error);
void audit_verdict_clear(AuditVerdict *verdict);

/* Appends the present heads to home/seals/audit.seal (one line a chain: time, chain, number, hash). */
gboolean audit_seal(Store *store, const char *home, gint64 now_ms, GError **error);
