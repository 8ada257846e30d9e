/* YARA: rules from outside are checked and compiled in the sandbox, files are looked at by a jailed child.
 *
 * A set of rules comes as a ZIP archive, one rule file, or files gathered from a folder. A file that does not compile is
 * reported with its line and reason, the rest run. Files cannot include others. The external variables filename, filepath,
 * extension, filetype and owner are texts.
 *
 * The child of a scanner gets compiled rules and open descriptors, nothing else: it cannot open a file, reach the network or
 * start a program, whatever a hostile file does to it. One that crashes or hangs is replaced, the file is told as such.
 *
 * Threads: a scanner belongs to one thread at a time; the rest from any thread.
 */
#pragma once
#include "lib/sandbox/sandbox.h"
#include <glib.h>
#include <jansson.h>

enum {
  YARA_FILES_MAX = 4000, /* of one set */
  YARA_FILE_BYTES_MAX = 4 << 20,
  YARA_SET_BYTES_MAX = 40 << 20,
  YARA_MATCHES_MAX = 64, /* told of one file */
};

/* --- sets --- */

extern const SandboxJob YARA_JOB_SET, YARA_JOB_COMPILE;

/* {files: {path: text}, rules: number of rules, authors: [{name, rules}], faults: [{path, line, message}]}; only files that compile are in
 * `files`. json_decref. ERROR_UNREADABLE: no rule in it can be used. */
json_t *yara_read_set(const char *bytes, gsize length, GError **error);
/* All rule files (.yar, .yara) below a folder, in the form that yara_read_set takes. */
GBytes *yara_gather(const char *folder, GError **error);
/* files: {path: text} of all that shall run. */
GBytes *yara_compile(const json_t *files, GError **error);
/* What compiled rules depend on beside their text. */
const char *yara_version(void);

/* --- scanning --- */

typedef struct YaraScanner YaraScanner;

typedef struct {
  guint file_ms;         /* time for one file; 0: 30,000 */
  gint64 file_bytes;     /* larger ones are not looked at; 0: 64 MiB */
  guint memory_mib;      /* of the child; 0: 1,024 */
} YaraLimits;

typedef enum { YARA_CLEAN, YARA_FOUND, YARA_TOO_LARGE, YARA_TIMED_OUT, YARA_STOPPED, YARA_UNREADABLE } YaraState;

typedef struct {
  const char *path; /* as the rules shall see it */
  const char *owner; /* user name; "" not known */
} YaraFile;

/* main() calls it first: in the child it does not return. */
void yara_child_main(int argc, char **argv);
YaraScanner *yara_scanner_new(GBytes *compiled, const YaraLimits *limits, GError **error);
void yara_scanner_free(YaraScanner *scanner);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(YaraScanner, yara_scanner_free)
/* Looks at the bytes behind `fd` from their beginning. *out_matches (json_decref; NULL unless YARA_FOUND):
 * [{rule, file, meta: {name: text or number}}]. FALSE: no child could be started. */
gboolean yara_scanner_look(YaraScanner *scanner, int fd, const YaraFile *file, YaraState *out_state, json_t **out_matches, GError **error);
int yara_scanner_pid(const YaraScanner *scanner); /* of the child, for tests; 0: none */
