/* A signed package: a ZIP of files stored as they are, with manifest.json and manifest.sig (seal.h) beside them.
 *
 * Constant memory for files of any size. Nothing is compressed, so reading a package from outside needs no decompressor; its
 * table of contents is read in the sandbox (SEAL_JOB_INDEX must be among the jobs of sandbox_start).
 * Threads: a SealPackage belongs to one thread; verifying in any thread.
 */
#pragma once
#include "lib/sandbox/sandbox.h"
#include "lib/seal/seal.h"

extern const SandboxJob SEAL_JOB_INDEX;
/* The job itself, for its fuzz target: the package's size in eight bytes (big-endian) and its end. */
gboolean seal_index_read(const char *bytes, gsize length_bytes, GByteArray *out, GError **error);

/* --- writing --- */

typedef struct SealPackage SealPackage;
/* The new file must not exist. Nothing is written before seal_package_finish(). */
SealPackage *seal_package_new(const char *path, const char *kind, const char *by, gint64 made_ms, json_t *about, GError **error);
/* Without the second nothing is left at the path. */
void seal_package_free(SealPackage *package);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SealPackage, seal_package_free)
gboolean seal_package_add_bytes(SealPackage *package, const char *path, GBytes *bytes, GError **error);
/* The bytes of `from`, which must stay there until the package is finished; `size_bytes` and `sha256` are theirs. */
gboolean seal_package_add_file(SealPackage *package, const char *path, const char *from, gint64 size_bytes, const char *sha256, GError **error);
gboolean seal_package_finish(SealPackage *package, const SealKey *key, GError **error);

/* --- verifying --- */

typedef struct {
  gboolean signature_good;
  char key[SEAL_KEY_SIZE];          /* of a good signature, else "" */
  json_t *manifest;                 /* NULL: none that can be read */
  GPtrArray *changed, *added, *missing; /* paths, owned */
  gint64 files;                     /* looked at */
} SealReport;
/* Fills the report, whatever is wrong with the package; an error only for what is no package at all (ERROR_UNREADABLE), is
 * not there (ERROR_NOT_FOUND) or cannot be read. seal_report_clear() in any case. */
gboolean seal_package_verify(const char *path, const char *kind, SealReport *out_report, GError **error);
gboolean seal_report_is_whole(const SealReport *report);
void seal_report_clear(SealReport *report);
/* One of its files, after it was verified: at most `most_bytes`. */
GBytes *seal_package_read(const char *path, const char *name, gsize most_bytes, GError **error);
