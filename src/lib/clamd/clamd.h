/* ClamAV's daemon, asked over its socket: "/run/clamav/clamd.ctl", or "127.0.0.1:3310". Only this machine: another address is refused.
 *
 * Files go to it by INSTREAM in pieces, so that it needs no right to read them. Its answers are untrusted text of at most 1 KiB.
 * Threads: all functions from any thread; each call is one connection.
 */
#pragma once
#include <glib.h>

enum { CLAMD_NAME_BYTES = 256, CLAMD_ANSWER_BYTES = 1024 };

typedef enum { CLAMD_CLEAN, CLAMD_FOUND, CLAMD_TOO_LARGE, CLAMD_ERROR } ClamdState;

/* Its version, "ClamAV 1.0.9/27000/…" (g_free). ERROR_UNAVAILABLE: nobody answers there; ERROR_INVALID: not an address of this machine. */
char *clamd_version(const char *address, guint wait_ms, GError **error);
/* Sends the bytes behind `fd` from their beginning, at most `most_bytes`. FALSE: ERROR_UNAVAILABLE. out_name: what it found, or why not. */
gboolean clamd_look(const char *address, int fd, gint64 most_bytes, guint wait_ms, ClamdState *out_state, char out_name[CLAMD_NAME_BYTES], GError **error);
/* What an answer to INSTREAM says; `text` need not end with NUL. out_name is valid UTF-8 without control characters. */
ClamdState clamd_read_answer(const char *text, gsize length, char out_name[CLAMD_NAME_BYTES]);
