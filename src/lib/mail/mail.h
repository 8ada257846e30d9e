/* Sends one message by SMTP (RFC 5321), with STARTTLS or SMTPS.
 *
 * The text is UTF-8: the subject as encoded words (RFC 2047), the body and the files as base64 (RFC 2045), so that every
 * server on the way can carry it. Addresses are checked: no blanks, no control characters, one @.
 * Units: milliseconds. Ownership: nothing is kept. Errors: ERROR_INVALID (an address), ERROR_UNAVAILABLE (no answer, a
 * refusal for now, a wrong password: try again later), ERROR_REFUSED (the server will never take this message).
 * Threads: from any thread; blocks until the server has answered or the deadline is over.
 */
#pragma once
#include <glib.h>

typedef struct {
  const char *url;            /* smtp://host:587 (STARTTLS), smtps://host:465 */
  const char *user, *password; /* "" or NULL: no sign-in */
  const char *from;
  gboolean plain;             /* smtp:// may go on without TLS where the server offers none */
  guint timeout_ms;           /* for the whole dialogue */
} MailServer;

typedef struct {
  const char *name, *type; /* ASCII: "SC-2026-0001-mau-03.pdf", "application/pdf" */
  GBytes *bytes;
} MailFile;

typedef struct {
  const char *to, *subject, *text;
  const char *id; /* unique and the same at every try: readers' programs drop the second copy; with or without @domain */
  gint64 at_ms;
  const MailFile *files;
  gsize n_files;
} MailMessage;

#define MAIL_ANSWER_SIZE 300

/* For a message that must not go out twice. */
typedef struct {
  /* The server has agreed to take the text (354) and none of it has been sent. FALSE: it is not sent. */
  gboolean (*begin)(void *data, GError **error);
  void *data;
  /* The text went out to its end and no answer came: it may have arrived or not. Only where sending failed. */
  gboolean unknown;
  char answer[MAIL_ANSWER_SIZE]; /* the server's last line as valid UTF-8; "" where it said nothing */
} MailWatch;

/* watch: NULL where a second copy does no harm. */
gboolean mail_send(const MailServer *server, const MailMessage *message, MailWatch *watch, GError **error);
gboolean mail_address_valid(const char *address);
/* The message as it goes over the wire, CRLF lines. g_free. */
char *mail_write(const char *from, const MailMessage *message);
