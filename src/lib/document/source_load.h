/* Takes a document from outside in, whatever its kind: TXT and Markdown in this process, DOCX in a jailed child, PDF by
 * pdftotext and DOC by antiword as jailed processes.
 *
 * Limits: 64 MiB for the file, 16 MiB for its text. Nothing is written anywhere; whatever fails leaves all as it was.
 * Threads: from any thread, once sandbox_start() was called with the jobs below.
 */
#pragma once
#include "lib/document/source_text.h"
#include "lib/sandbox/sandbox.h"

enum { SOURCE_FILE_BYTES_MAX = 64 << 20 };

/* To be listed for sandbox_start(). */
extern const SandboxJob SOURCE_JOB_DOCX, SOURCE_JOB_PDF, SOURCE_JOB_DOC;

/* `name` is the file's name, for its ending; may be NULL. Errors: ERROR_UNREADABLE (what it is instead, and what to
 * do), ERROR_TOO_LARGE, ERROR_UNAVAILABLE (a converter is not installed), ERROR_BUSY. */
SourceText *source_load(const char *bytes, gsize length_bytes, const char *name, GError **error);

/* The bytes of a file, or of standard input for "-"; the caller frees them. What is larger than the limit is refused by
 * its size, without reading it. ERROR_NOT_FOUND: no such file. */
gboolean source_load_file(const char *path, char **out_bytes, gsize *out_length, GError **error);
