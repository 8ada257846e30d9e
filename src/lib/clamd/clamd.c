#include "lib/clamd/clamd.h"
#include "base/error.h"
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { CHUNK_BYTES = 64 * 1024 };

typedef struct {
  int socket;
  gint64 until_us;
} Link;

static gboolean unavailable(const char *address, const char *why, GError **error) {
  g_set_error(error, APP_ERROR, ERROR_UNAVAILABLE, "ClamAV ở %s không trả lời: %s.", address, why);
  return FALSE;
}

/* --- connecting --- */

static int connect_path(const char *path) {
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof name.sun_path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  memcpy(name.sun_path, path, strlen(path));
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd >= 0 && connect(fd, (struct sockaddr *)&name, sizeof name) == 0)
    return fd;
  int saved = errno;
  if (fd >= 0)
    close(fd);
  errno = saved;
  return -1;
}

static int connect_loopback(guint16 port) {
  struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd >= 0 && connect(fd, (struct sockaddr *)&name, sizeof name) == 0)
    return fd;
  int saved = errno;
  if (fd >= 0)
    close(fd);
  errno = saved;
  return -1;
}

static gboolean read_port(const char *address, guint16 *out_port) {
  static const char *const HOSTS[] = {"127.0.0.1:", "localhost:"};
  for (gsize i = 0; i < G_N_ELEMENTS(HOSTS); i++)
    if (g_str_has_prefix(address, HOSTS[i])) {
      guint64 port = 0;
      gboolean good = g_ascii_string_to_unsigned(address + strlen(HOSTS[i]), 10, 1, 65535, &port, NULL);
      *out_port = (guint16)port;
      return good;
    }
  return FALSE;
}

static gboolean open_link(const char *address, guint wait_ms, Link *link, GError **error) {
  guint16 port = 0;
  if (*address != '/' && !read_port(address, &port)) {
    g_set_error(error, APP_ERROR, ERROR_INVALID, "Địa chỉ ClamAV phải là tệp ổ cắm (/run/…) hoặc 127.0.0.1:cổng.");
    return FALSE;
  }
  link->until_us = g_get_monotonic_time() + (gint64)wait_ms * 1000;
  link->socket = *address == '/' ? connect_path(address) : connect_loopback(port);
  return link->socket >= 0 || unavailable(address, g_strerror(errno), error);
}

/* --- bytes, within the time --- */

static gboolean ready(const Link *link, short event) {
  struct pollfd wait = {link->socket, event, 0};
  for (;;) {
    gint64 left_ms = (link->until_us - g_get_monotonic_time()) / 1000;
    int got = left_ms > 0 ? poll(&wait, 1, (int)left_ms) : 0;
    if (got < 0 && errno == EINTR)
      continue;
    if (got == 0)
      errno = ETIMEDOUT;
    return got > 0;
  }
}

static gboolean send_all(const Link *link, const void *bytes, gsize length) {
  const char *at = bytes;
  while (length) {
    if (!ready(link, POLLOUT))
      return FALSE;
    gssize done = send(link->socket, at, length, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (done < 0 && (errno == EINTR || errno == EAGAIN))
      continue;
    if (done <= 0)
      return FALSE;
    at += done;
    length -= (gsize)done;
  }
  return TRUE;
}

/* To the NUL or the end; -1: nothing came. */
static gssize read_answer(const Link *link, char answer[CLAMD_ANSWER_BYTES]) {
  gsize length = 0;
  while (length < CLAMD_ANSWER_BYTES && !memchr(answer, 0, length)) {
    if (!ready(link, POLLIN))
      return -1;
    gssize got = recv(link->socket, answer + length, CLAMD_ANSWER_BYTES - length, 0);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      break;
    length += (gsize)got;
  }
  return length ? (gssize)length : -1;
}

/* --- answers --- */

static void copy_name(const char *text, gsize length, char out_name[CLAMD_NAME_BYTES]) {
  g_autofree char *valid = g_utf8_make_valid(text, (gssize)MIN(length, CLAMD_NAME_BYTES / 2));
  gsize used = 0;
  for (const char *at = valid; *at && used + 4 < CLAMD_NAME_BYTES; at = g_utf8_next_char(at))
    if (!g_unichar_iscntrl(g_utf8_get_char(at)))
      for (const char *byte = at; byte < g_utf8_next_char(at); byte++)
        out_name[used++] = *byte;
  out_name[used] = '\0';
}

static gboolean ends_with(const char *text, gsize length, const char *end) {
  return length >= strlen(end) && memcmp(text + length - strlen(end), end, strlen(end)) == 0;
}

ClamdState clamd_read_answer(const char *text, gsize length, char out_name[CLAMD_NAME_BYTES]) {
  static const char BEGIN[] = "stream: ", FOUND[] = " FOUND", LARGE[] = "INSTREAM size limit exceeded";
  const char *end = length ? memchr(text, 0, length) : NULL;
  length = end ? (gsize)(end - text) : length;
  while (length && (text[length - 1] == '\n' || text[length - 1] == '\r'))
    length--;
  if (g_strstr_len(text, (gssize)length, LARGE)) {
    copy_name(LARGE, strlen(LARGE), out_name);
    return CLAMD_TOO_LARGE;
  }
  gboolean stream = length > strlen(BEGIN) && memcmp(text, BEGIN, strlen(BEGIN)) == 0;
  const char *said = stream ? text + strlen(BEGIN) : text;
  gsize left = stream ? length - strlen(BEGIN) : length;
  if (stream && left > strlen(FOUND) && ends_with(said, left, FOUND)) {
    copy_name(said, left - strlen(FOUND), out_name);
    return CLAMD_FOUND;
  }
  copy_name(said, left, out_name);
  return stream && left == 2 && memcmp(said, "OK", 2) == 0 ? CLAMD_CLEAN : CLAMD_ERROR;
}

/* --- asking --- */

char *clamd_version(const char *address, guint wait_ms, GError **error) {
  Link link;
  char answer[CLAMD_ANSWER_BYTES] = {0}, name[CLAMD_NAME_BYTES];
  if (!open_link(address, wait_ms, &link, error))
    return NULL;
  gssize got = send_all(&link, "zVERSION", sizeof "zVERSION") ? read_answer(&link, answer) : -1;
  int saved = errno;
  close(link.socket);
  if (got < 0) {
    unavailable(address, g_strerror(saved), error);
    return NULL;
  }
  copy_name(answer, strnlen(answer, (gsize)got), name);
  return g_strdup(g_strstrip(name));
}

/* FALSE with too_large: more than most_bytes. It may stop reading when it has seen enough: its answer tells. */
static gboolean send_file(const Link *link, int fd, gint64 most_bytes, gboolean *out_too_large) {
  g_autofree char *chunk = g_malloc(CHUNK_BYTES);
  gint64 at = 0;
  for (;;) {
    gssize got = pread(fd, chunk, CHUNK_BYTES, at);
    if (got < 0 && errno == EINTR)
      continue;
    guint32 size = htonl(got > 0 ? (guint32)got : 0);
    at += MAX(got, 0);
    *out_too_large = at > most_bytes;
    if (got < 0 || *out_too_large || !send_all(link, &size, sizeof size) || (got > 0 && !send_all(link, chunk, (gsize)got)))
      return FALSE;
    if (got == 0)
      return TRUE;
  }
}

gboolean clamd_look(const char *address, int fd, gint64 most_bytes, guint wait_ms, ClamdState *out_state, char out_name[CLAMD_NAME_BYTES], GError **error) {
  Link link;
  char answer[CLAMD_ANSWER_BYTES] = {0};
  gboolean too_large = FALSE;
  *out_state = CLAMD_TOO_LARGE;
  *out_name = '\0';
  if (!open_link(address, wait_ms, &link, error))
    return FALSE;
  gboolean sent = send_all(&link, "zINSTREAM", sizeof "zINSTREAM") && send_file(&link, fd, most_bytes, &too_large);
  gssize got = too_large || (!sent && errno == ETIMEDOUT) ? -1 : read_answer(&link, answer);
  int saved = errno;
  close(link.socket);
  if (too_large)
    return TRUE;
  if (got < 0)
    return unavailable(address, g_strerror(saved), error);
  *out_state = clamd_read_answer(answer, (gsize)got, out_name);
  return TRUE;
}
