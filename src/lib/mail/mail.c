#include "lib/mail/mail.h"
#include "base/error.h"
#include <curl/curl.h>
#include <string.h>

#define WORD_BYTES_MOST 42 /* of text in one encoded word: 56 in base64, within the 75 columns of RFC 2047 */
#define LINE_BYTES 57      /* 76 columns in base64 */
#define BOUNDARY "=_ungcuu"

gboolean mail_address_valid(const char *address) {
  const char *at = address ? strchr(address, '@') : NULL;
  if (!at || at == address || !at[1] || strchr(at + 1, '@') || strlen(address) > 254)
    return FALSE;
  for (const char *p = address; *p; p++)
    if ((guchar)*p <= ' ' || *p == 127 || strchr("<>()[]\\,;:\"", *p))
      return FALSE;
  return TRUE;
}

/* --- the message --- */

static gboolean is_plain(const char *text) {
  for (const char *p = text; *p; p++)
    if ((guchar)*p < ' ' || (guchar)*p >= 127)
      return FALSE;
  return !strstr(text, "=?") && strlen(text) < 60;
}

/* Whole characters only: an encoded word must be readable by itself. */
static gsize word_length(const char *text) {
  const char *end = text;
  while (*end && g_utf8_next_char(end) - text <= WORD_BYTES_MOST)
    end = g_utf8_next_char(end);
  return (gsize)(end - text);
}

static void write_subject(GString *out, const char *subject) {
  g_string_append(out, "Subject:");
  if (is_plain(subject)) {
    g_string_append_printf(out, " %s\r\n", subject);
    return;
  }
  for (const char *p = subject; *p;) {
    gsize length = word_length(p);
    g_autofree char *encoded = g_base64_encode((const guchar *)p, length);
    g_string_append_printf(out, "%s =?UTF-8?B?%s?=", p == subject ? "" : "\r\n", encoded);
    p += length;
  }
  g_string_append(out, "\r\n");
}

static void write_date(GString *out, gint64 at_ms) {
  static const char *const DAYS[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  static const char *const MONTHS[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(at_ms / 1000);
  g_string_append_printf(out, "Date: %s, %02d %s %04d %02d:%02d:%02d +0000\r\n", DAYS[g_date_time_get_day_of_week(utc) - 1],
                         g_date_time_get_day_of_month(utc), MONTHS[g_date_time_get_month(utc) - 1], g_date_time_get_year(utc),
                         g_date_time_get_hour(utc), g_date_time_get_minute(utc), g_date_time_get_second(utc));
}

static void write_base64(GString *out, const guchar *bytes, gsize left) {
  while (left) {
    gsize length = MIN(left, LINE_BYTES);
    g_autofree char *encoded = g_base64_encode(bytes, length);
    g_string_append(out, encoded);
    g_string_append(out, "\r\n");
    bytes += length;
    left -= length;
  }
}

static void write_text(GString *out, const char *text) {
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  g_autofree char *wire = g_strjoinv("\r\n", lines);
  g_string_append(out, "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n");
  write_base64(out, (const guchar *)wire, strlen(wire));
}

static void write_file(GString *out, const MailFile *file) {
  gsize length = 0;
  const guchar *bytes = g_bytes_get_data(file->bytes, &length);
  g_autofree char *name = g_strdup(file->name);
  for (char *p = name; *p; p++)
    if (!g_ascii_isalnum(*p) && !strchr("-_.", *p))
      *p = '_';
  g_string_append_printf(out, "Content-Type: %s\r\nContent-Transfer-Encoding: base64\r\n"
                              "Content-Disposition: attachment; filename=\"%s\"\r\n\r\n", file->type, name);
  write_base64(out, bytes, length);
}

/* No line of base64 begins with two dashes, so no file can end its part. */
static void write_body(GString *out, const MailMessage *message) {
  if (!message->n_files) {
    write_text(out, message->text);
    return;
  }
  g_string_append_printf(out, "Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n--%s\r\n", BOUNDARY, BOUNDARY);
  write_text(out, message->text);
  for (gsize i = 0; i < message->n_files; i++) {
    g_string_append_printf(out, "--%s\r\n", BOUNDARY);
    write_file(out, &message->files[i]);
  }
  g_string_append_printf(out, "--%s--\r\n", BOUNDARY);
}

char *mail_write(const char *from, const MailMessage *message) {
  GString *out = g_string_new(NULL);
  const char *host = strchr(from, '@');
  write_date(out, message->at_ms);
  g_string_append_printf(out, "From: <%s>\r\nTo: <%s>\r\n", from, message->to);
  write_subject(out, message->subject);
  g_string_append_printf(out, "Message-ID: <%s%s>\r\n", message->id, strchr(message->id, '@') ? "" : host ? host : "@localhost");
  g_string_append(out, "MIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\n");
  write_body(out, message);
  return g_string_free(out, FALSE);
}

/* --- the dialogue --- */

typedef struct {
  const char *at;
  gsize left;
  gboolean asked, ended; /* the first byte was asked for; the end was told */
  MailWatch *watch;
  GError *refused;       /* by the watch */
  char line[MAIL_ANSWER_SIZE];
} Dialogue;

/* Called for the first time after the server's 354. */
static size_t give_bytes(char *buffer, size_t size, size_t count, void *data) {
  Dialogue *dialogue = data;
  if (!dialogue->asked && dialogue->watch && !dialogue->watch->begin(dialogue->watch->data, &dialogue->refused))
    return CURL_READFUNC_ABORT;
  dialogue->asked = TRUE;
  gsize length = MIN(size * count, dialogue->left);
  memcpy(buffer, dialogue->at, length);
  dialogue->at += length;
  dialogue->left -= length;
  dialogue->ended = length == 0;
  return length;
}

/* One line of the server, but not its farewell; bytes that are no UTF-8 become question marks. */
static size_t take_line(char *bytes, size_t size, size_t count, void *data) {
  Dialogue *dialogue = data;
  if (size * count >= 3 && memcmp(bytes, "221", 3) == 0)
    return size * count;
  gsize length = MIN(size * count, sizeof dialogue->line - 1);
  memcpy(dialogue->line, bytes, length);
  dialogue->line[length] = '\0';
  g_strchomp(dialogue->line);
  for (const char *bad; !g_utf8_validate(dialogue->line, -1, &bad);)
    dialogue->line[bad - dialogue->line] = '?';
  for (char *p = dialogue->line; *p; p++)
    if ((guchar)*p < ' ')
      *p = ' ';
  return size * count;
}

/* In words for whoever set the server; what is not here is told in curl's. */
static const struct {
  CURLcode code;
  const char *words;
} TROUBLES[] = {
    {CURLE_COULDNT_RESOLVE_HOST, "không tìm thấy máy chủ thư"},
    {CURLE_COULDNT_CONNECT, "không kết nối được máy chủ thư"},
    {CURLE_OPERATION_TIMEDOUT, "máy chủ thư không trả lời"},
    {CURLE_GOT_NOTHING, "máy chủ thư ngắt kết nối"},
    {CURLE_LOGIN_DENIED, "máy chủ thư không nhận tài khoản hoặc mật khẩu"},
    {CURLE_USE_SSL_FAILED, "máy chủ thư không có kết nối mã hóa"},
    {CURLE_PEER_FAILED_VERIFICATION, "chứng thư của máy chủ thư không tin được"},
};

static const char *describe(CURLcode code, long answer, const char *line, const char *detail) {
  for (gsize i = 0; i < G_N_ELEMENTS(TROUBLES); i++)
    if (TROUBLES[i].code == code)
      return TROUBLES[i].words;
  return answer >= 400 && *line ? line : *detail ? detail : curl_easy_strerror(code);
}

/* 5xx to the message itself is for ever; to the sign-in, or 4xx, or silence, it is not. */
static gboolean tell(CURLcode code, long answer, const char *line, const char *detail, GError **error) {
  gboolean forever = answer >= 500 && code != CURLE_LOGIN_DENIED && code != CURLE_USE_SSL_FAILED;
  const char *what = describe(code, answer, line, detail);
  if (forever)
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "Máy chủ thư từ chối thư này: %s.", what);
  else
    g_set_error(error, APP_ERROR, ERROR_UNAVAILABLE, "Chưa gửi được thư, sẽ thử lại: %s.", what);
  return FALSE;
}

static void set_server(CURL *curl, const MailServer *server) {
  curl_easy_setopt(curl, CURLOPT_URL, server->url);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)(server->plain ? CURLUSESSL_TRY : CURLUSESSL_ALL));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)server->timeout_ms);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)server->timeout_ms);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  if (server->user && *server->user) {
    curl_easy_setopt(curl, CURLOPT_USERNAME, server->user);
    curl_easy_setopt(curl, CURLOPT_PASSWORD, server->password ? server->password : "");
  }
}

/* The answer of the server, and whether the text may have arrived though nobody said so. */
static gboolean conclude(Dialogue *dialogue, CURLcode code, long answer, const char *detail, GError **error) {
  MailWatch *watch = dialogue->watch;
  gboolean settled = answer >= 400;
  if (watch)
    g_strlcpy(watch->answer, dialogue->line, sizeof watch->answer);
  if (watch)
    watch->unknown = code != CURLE_OK && dialogue->ended && !settled;
  if (dialogue->refused) {
    g_propagate_error(error, g_steal_pointer(&dialogue->refused));
    return FALSE;
  }
  return code == CURLE_OK || tell(code, answer, dialogue->line, detail, error);
}

static gboolean perform(CURL *curl, const MailServer *server, const MailMessage *message, Dialogue *dialogue, GError **error) {
  char detail[CURL_ERROR_SIZE] = "";
  long answer = 0;
  g_autofree char *from = g_strdup_printf("<%s>", server->from);
  g_autofree char *to = g_strdup_printf("<%s>", message->to);
  struct curl_slist *recipients = curl_slist_append(NULL, to);
  set_server(curl, server);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail);
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from);
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
  curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_bytes);
  curl_easy_setopt(curl, CURLOPT_READDATA, dialogue);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_line);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, dialogue);
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  CURLcode code = curl_easy_perform(curl);
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
  gboolean good = conclude(dialogue, code, answer, detail, error);
  curl_easy_cleanup(curl); /* says QUIT; the dialogue must still be there */
  curl_slist_free_all(recipients);
  return good;
}

gboolean mail_send(const MailServer *server, const MailMessage *message, MailWatch *watch, GError **error) {
  static gsize started;
  if (g_once_init_enter(&started)) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    g_once_init_leave(&started, 1);
  }
  if (!mail_address_valid(message->to) || !mail_address_valid(server->from)) {
    g_set_error(error, APP_ERROR, ERROR_INVALID, "Địa chỉ thư không hợp lệ: %s.",
                mail_address_valid(server->from) ? message->to : server->from);
    return FALSE;
  }
  g_autofree char *text = mail_write(server->from, message);
  Dialogue dialogue = {.at = text, .left = strlen(text), .watch = watch};
  return perform(curl_easy_init(), server, message, &dialogue, error);
}
