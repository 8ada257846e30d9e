#include "module/collect/syslog_frame.h"
#include <string.h>

/* --- frames --- */

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

static size_t least(size_t a, size_t b) {
  return a < b ? a : b;
}

enum { COUNT_DIGITS = 9 };

/* "123 <": how long the message is and where it begins. 0: no count stands here. SIZE_MAX in *out_start: cannot be told yet. */
static size_t read_count(const char *bytes, size_t size, size_t *out_start) {
  size_t count = 0, i = 0;
  if (!size || bytes[0] < '1' || bytes[0] > '9')
    return 0;
  for (; i < size && i < COUNT_DIGITS && is_digit(bytes[i]); i++)
    count = count * 10 + (size_t)(bytes[i] - '0');
  *out_start = i == size ? SIZE_MAX : i + 1;
  if (i == size)
    return i < COUNT_DIGITS ? 1 : 0;
  return bytes[i] == ' ' ? count : 0;
}

static void drop_line_end(SyslogMessage *message) {
  while (message->size && (message->bytes[message->size - 1] == '\n' || message->bytes[message->size - 1] == '\r' ||
                           message->bytes[message->size - 1] == '\0'))
    message->size--;
}

static bool next_counted(SyslogStream *stream, const char *bytes, size_t size, size_t start, size_t count, size_t *out_used,
                         SyslogMessage *out) {
  size_t kept = least(count, SYSLOG_MESSAGE_MOST);
  if (size - start < kept)
    return false;
  *out = (SyslogMessage){bytes + start, kept, kept < count};
  *out_used = start + kept;
  stream->skip = count - kept;
  drop_line_end(out);
  return true;
}

static bool next_line(SyslogStream *stream, const char *bytes, size_t size, size_t *out_used, SyslogMessage *out) {
  const char *end = memchr(bytes, '\n', least(size, SYSLOG_MESSAGE_MOST + 1));
  if (!end && size <= SYSLOG_MESSAGE_MOST)
    return false;
  *out = (SyslogMessage){bytes, end ? (size_t)(end - bytes) : SYSLOG_MESSAGE_MOST, !end};
  *out_used = out->size + (end ? 1 : 0);
  stream->to_line = !end;
  drop_line_end(out);
  return true;
}

/* What is left of a message that was too long; how many bytes of it stand here. */
static size_t skip_rest(SyslogStream *stream, const char *bytes, size_t size) {
  size_t skipped = least(stream->skip, size);
  stream->skip -= skipped;
  if (!stream->to_line)
    return skipped;
  const char *end = size > skipped ? memchr(bytes + skipped, '\n', size - skipped) : NULL;
  stream->to_line = !end;
  return end ? (size_t)(end - bytes) + 1 : size;
}

bool syslog_next(SyslogStream *stream, const char *bytes, size_t size, size_t *out_used, SyslogMessage *out_message) {
  size_t skipped = skip_rest(stream, bytes, size), start = 0, used = 0;
  *out_used = skipped;
  if (skipped == size)
    return false;
  size_t count = read_count(bytes + skipped, size - skipped, &start);
  if (count && start == SIZE_MAX)
    return false;
  bool found = count ? next_counted(stream, bytes + skipped, size - skipped, start, count, &used, out_message)
                     : next_line(stream, bytes + skipped, size - skipped, &used, out_message);
  *out_used += used;
  return found;
}

/* --- the head --- */

static size_t word_end(const char *bytes, size_t size, size_t at) {
  while (at < size && bytes[at] != ' ')
    at++;
  return at;
}

static size_t skip_words(const char *bytes, size_t size, size_t at, int words) {
  for (; words; words--) {
    at = word_end(bytes, size, at);
    while (at < size && bytes[at] == ' ')
      at++;
  }
  return at;
}

/* "<34>": the place behind it; 0 where there is none. */
static size_t read_priority(const char *bytes, size_t size, int *out_severity) {
  size_t i = 1;
  int number = 0;
  if (size < 3 || bytes[0] != '<')
    return 0;
  for (; i < size && i < 4 && is_digit(bytes[i]); i++)
    number = number * 10 + (bytes[i] - '0');
  if (i == 1 || i == size || bytes[i] != '>')
    return 0;
  *out_severity = number & 7;
  return i + 1;
}

/* "Nov 21 06:50:48 " of RFC 3164, by its shape. */
static bool is_old_stamp(const char *bytes, size_t size) {
  return size > 16 && bytes[3] == ' ' && bytes[6] == ' ' && bytes[9] == ':' && bytes[12] == ':' && bytes[15] == ' ' && is_digit(bytes[7]);
}

static bool is_iso_stamp(const char *bytes, size_t size) {
  return size > 20 && is_digit(bytes[0]) && bytes[4] == '-' && bytes[7] == '-' && bytes[10] == 'T';
}

static size_t host_place(const char *bytes, size_t size, size_t at) {
  if (at + 2 < size && bytes[at] == '1' && bytes[at + 1] == ' ')
    return skip_words(bytes, size, at, 2);
  if (is_old_stamp(bytes + at, size - at))
    return at + 16;
  return is_iso_stamp(bytes + at, size - at) ? skip_words(bytes, size, at, 1) : size;
}

void syslog_head(const char *bytes, size_t size, SyslogHead *out_head) {
  *out_head = (SyslogHead){.severity = SYSLOG_SEVERITY_NONE};
  size_t at = read_priority(bytes, size, &out_head->severity);
  if (!at)
    return;
  size_t host = host_place(bytes, size, at), end = word_end(bytes, size, host);
  /* "sshd[12]:" is no host: RFC 3164 senders may leave it out. */
  if (end == host || end - host > SYSLOG_HOST_MOST || bytes[end - 1] == ':' || (end - host == 1 && bytes[host] == '-'))
    return;
  out_head->host = bytes + host;
  out_head->host_size = end - host;
}
