/* Outside bytes are parsed in a jailed process: no network, no files, no new processes, limits on memory, time and
 * output.
 *
 * main() calls sandbox_start() first, before any thread, database or key is there. It forks a small single-threaded
 * reader process, which forks one jailed child per document: cheap, and safe from a threaded server, which must never
 * fork itself. Should the reader die, it is started again by spawning this program with a hidden argument.
 *
 * Limits of a child: 256 MiB of address space (a converter 512), CPU and wall time of the job's deadline, no file
 * writes, 8 open files (a converter 16), 64 MiB of answer. A job that runs here sees its bytes and nothing else: any
 * system call beyond a short list kills it. A converter (another program) may also open files for reading.
 * Left out in sanitised builds: the limit on address space.
 *
 * Threads: sandbox_run() from any thread, several at once; sandbox_start() and sandbox_stop() from main alone.
 */
#pragma once
#include <glib.h>

/* Reads the document and appends the answer to `out`, or sets an error (its code and message reach the caller). */
typedef gboolean (*SandboxFunction)(const char *bytes, gsize length_bytes, GByteArray *out, GError **error);

typedef struct {
  const char *name;
  SandboxFunction run;
  void (*warm_up)(void);      /* once in the reader process, before the first child; may be NULL */
  const char *const *program; /* instead of run: the arguments of a converter, from standard input to standard output */
  const char *package;        /* what to install where the converter is missing */
  guint deadline_ms;          /* 0: 5,000 */
} SandboxJob;

/* `jobs` ends with NULL and lives as long as the program. In the reader that was spawned anew it does not return. */
gboolean sandbox_start(int argc, char **argv, const SandboxJob *const *jobs, GError **error);
void sandbox_stop(void);

/* The answer of the job; the caller owns it. Errors: those of the job; ERROR_UNREADABLE: the child was stopped (time,
 * memory, forbidden call) or the converter refused the document; ERROR_TOO_LARGE: the answer; ERROR_UNAVAILABLE: the
 * converter is not installed; ERROR_BUSY: no answer within a minute; ERROR_FAILED: no reader process. */
GBytes *sandbox_run(const char *job_name, const char *bytes, gsize length_bytes, GError **error);

/* The process of the reader, for tests and `doctor`; 0 where there is none. */
int sandbox_reader_pid(void);

/* From now on this process can read files and write to what is open, nothing else: no network, no program, no new or changed file; any
 * other system call kills it. For a child that reads outside bytes as a stream. What needs executable memory must be done before. */
gboolean sandbox_only_read(GError **error);
