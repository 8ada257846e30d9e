/* Syslog messages out of a stream (RFC 6587): "LENGTH SP MESSAGE" (octet counting) or one message a line; each message says by its
 * first byte which it is, as devices mix them. And what the head of a message (RFC 5424, 3164) tells before it is decoded.
 *
 * Bytes come from anybody: nothing here allocates, and every read is bounded by what was given. Threads: pure functions.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SYSLOG_MESSAGE_MOST = 256 * 1024, SYSLOG_HOST_MOST = 255, SYSLOG_SEVERITY_NONE = 6 };

typedef struct {
  const char *bytes; /* into what was given */
  size_t size;
  bool cut; /* longer than SYSLOG_MESSAGE_MOST: only its beginning, the rest was skipped or is to be skipped */
} SyslogMessage;

/* The state of one stream; all zero at first. */
typedef struct {
  size_t skip;   /* bytes of a counted message that are still to be skipped */
  bool to_line;  /* a line without end: skip to the next line feed */
} SyslogStream;

/* The next message of `bytes`. False: none is whole yet. In both cases `*out_used` bytes are done with; give the others again with what
 * comes after them. A message may be empty (a lone line feed); drop it. With SYSLOG_MESSAGE_MOST + 16 bytes given something is always used. */
bool syslog_next(SyslogStream *stream, const char *bytes, size_t size, size_t *out_used, SyslogMessage *out_message);

typedef struct {
  int severity; /* 0 emergency … 7 debug; SYSLOG_SEVERITY_NONE where the message has none */
  const char *host;
  size_t host_size; /* 0: none */
} SyslogHead;

void syslog_head(const char *bytes, size_t size, SyslogHead *out_head);
