/* Syslog: RFC 5424, RFC 3164 and the lines that its programs write into files. */
#include <string.h>
#include "lib/scan/decode_private.h"

static const char *const facilities[] = {"kern",   "user",   "mail",   "daemon", "auth",     "syslog",
                                         "lpr",    "news",   "uucp",   "cron",   "authpriv", "ftp",
                                         "ntp",    "audit",  "alert",  "clock",  "local0",   "local1",
                                         "local2", "local3", "local4", "local5", "local6",   "local7"};
static const char *const severities[] = {"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"};

static Span text_of(const char *text) {
  return (Span){text, strlen(text)};
}

/* <0> to <191>; returns how long it is. */
static size_t priority_read(Span text, unsigned *out) {
  unsigned value = 0;
  size_t at = 1;
  if (text.size < 3 || text.bytes[0] != '<')
    return 0;
  for (; at < text.size && at < 4 && text.bytes[at] >= '0' && text.bytes[at] <= '9'; at++)
    value = value * 10 + (unsigned)(text.bytes[at] - '0');
  if (at == 1 || at >= text.size || text.bytes[at] != '>' || value > 191)
    return 0;
  *out = value;
  return at + 1;
}

static void nilable_add(Decoder *decoder, Event *event, FieldName name, Span value) {
  if (value.size && !span_is(value, "-"))
    decoder_add_name(decoder, event, name, value);
}

/* The value of a parameter up to its closing quote; \" \\ \] stand for the second character. */
static bool parameter_value(Decoder *decoder, Span *text, Span *out) {
  size_t end = 0;
  bool escaped = false;
  for (; end < text->size && text->bytes[end] != '"'; end++)
    if (text->bytes[end] == '\\' && end + 1 < text->size) {
      escaped = true;
      end++;
    }
  if (end >= text->size)
    return false;
  *out = (Span){text->bytes, end};
  *text = span_from(*text, end + 1);
  char *made = escaped ? decoder_make(decoder, end) : NULL;
  if (!made)
    return true;
  size_t size = 0;
  for (size_t i = 0; i < end; i++) {
    char next = i + 1 < end ? out->bytes[i + 1] : 0;
    if (out->bytes[i] == '\\' && (next == '"' || next == '\\' || next == ']'))
      i++;
    made[size++] = out->bytes[i];
  }
  *out = (Span){made, size};
  return true;
}

/* [id name="value" …]: fields id.name. */
static bool element_read(Decoder *decoder, Span *text, Event *event) {
  *text = span_from(*text, 1);
  size_t size = 0;
  while (size < text->size && text->bytes[size] != ' ' && text->bytes[size] != ']')
    size++;
  uint32_t parent = field_table_path(decoder->table, FIELD_ROOT, (Span){text->bytes, size});
  *text = span_from(*text, size);
  while (text->size && *text->bytes == ' ') {
    *text = span_from(*text, 1);
    size_t equal = span_find(*text, '=');
    Span name = {text->bytes, equal}, value;
    if (equal + 1 >= text->size || text->bytes[equal + 1] != '"')
      return false;
    *text = span_from(*text, equal + 2);
    if (!parameter_value(decoder, text, &value))
      return false;
    decoder_add(decoder, event, field_table_path(decoder->table, parent, name), value);
  }
  if (!text->size || *text->bytes != ']')
    return false;
  *text = span_from(*text, 1);
  return true;
}

static bool structured_read(Decoder *decoder, Span *text, Event *event) {
  if (span_is(*text, "-") || span_begins(*text, "- ")) {
    *text = span_from(*text, 2);
    return true;
  }
  if (!text->size || *text->bytes != '[')
    return false;
  while (text->size && *text->bytes == '[')
    if (!element_read(decoder, text, event))
      return false;
  if (text->size && *text->bytes == ' ')
    *text = span_from(*text, 1);
  return true;
}

static void message_add(Decoder *decoder, Span program, Span message, Event *event, Span format) {
  if (span_begins(message, "\xEF\xBB\xBF"))
    message = span_from(message, 3);
  decoder_add_name(decoder, event, NAME_MESSAGE, message);
  int64_t time = event->time_ms; /* the inner one's is its own time, unless it has none */
  event->time_ms = EVENT_NO_TIME;
  decode_inner(decoder, program, message, event);
  if (event->time_ms == EVENT_NO_TIME)
    event->time_ms = time;
  decoder_add_name(decoder, event, NAME_FORMAT, format);
}

/* 1 TIME HOST APP PROCID MSGID SD MESSAGE */
static bool decode_5424(Decoder *decoder, Span text, Event *event) {
  uint32_t count = event->count;
  if (!span_begins(text, "1 "))
    return false;
  text = span_from(text, 2);
  Span stamp = span_word(&text), host = span_word(&text), program = span_word(&text), pid = span_word(&text),
       id = span_word(&text);
  int64_t time = EVENT_NO_TIME;
  if (!span_is(stamp, "-") && stamp_iso(stamp, &decoder->stamp, &time) != stamp.size)
    return false;
  nilable_add(decoder, event, NAME_HOST, host);
  nilable_add(decoder, event, NAME_PROGRAM, program);
  nilable_add(decoder, event, NAME_PID, pid);
  nilable_add(decoder, event, NAME_MESSAGE_ID, id);
  if (!structured_read(decoder, &text, event)) {
    event->count = count;
    return false;
  }
  event->time_ms = time;
  message_add(decoder, program, text, event, SPAN("syslog5424"));
  return true;
}

typedef struct {
  Span program, pid;
  size_t used; /* 0: no tag */
} Tag;

static bool tag_byte(char c) {
  return c > ' ' && !strchr("[]():\"'=", c);
}

/* prog: prog[12]: prog(part)[12]: prog[12] [prog]: [prog] and Cisco's %FACILITY-5-NAME: */
static Tag tag_read(Span text) {
  Tag tag = {{text.bytes, 0}, {text.bytes, 0}, 0};
  bool bracket = text.size && *text.bytes == '[';
  size_t at = bracket, size;
  if (span_begins(text, "CEF:") || span_begins(text, "LEEF:"))
    return tag;
  for (size = 0; at + size < text.size && size < 128 && tag_byte(text.bytes[at + size]); size++)
    ;
  tag.program = (Span){text.bytes + at, size};
  at += size;
  if (!size || (bracket && (at >= text.size || text.bytes[at++] != ']')))
    return (Tag){0};
  if (at < text.size && text.bytes[at] == '(') {
    at += span_find(span_from(text, at), ')') + 1;
    if (at > text.size)
      return (Tag){0};
  }
  bool pid = !bracket && at < text.size && text.bytes[at] == '[';
  if (pid) {
    size_t end = span_find(span_from(text, at), ']');
    tag.pid = (Span){text.bytes + at + 1, end - 1};
    at += end + 1;
    if (at > text.size || tag.pid.size > 32)
      return (Tag){0};
  }
  bool colon = at < text.size && text.bytes[at] == ':';
  at += colon;
  if ((!colon && !pid && !bracket) || (at < text.size && text.bytes[at] != ' ' && !colon))
    return (Tag){0};
  tag.used = at + (at < text.size && text.bytes[at] == ' ');
  return tag;
}

/* Solaris puts [ID 800047 auth.info] before the message. */
static Span without_id(Span message) {
  if (!span_begins(message, "[ID "))
    return message;
  Span rest = span_from(message, span_find(message, ']') + 1);
  return rest.size && *rest.bytes == ' ' ? span_from(rest, 1) : message;
}

/* Behind the time: [host] tag message. */
static void decode_3164(Decoder *decoder, Span text, Event *event) {
  while (text.size && (*text.bytes == ' ' || *text.bytes == ':'))
    text = span_from(text, 1);
  Tag tag = tag_read(text);
  Span rest = text, host = span_word(&rest);
  bool plain = host.size && host.size <= 255 && !strchr("%{", *host.bytes) && !span_begins(host, "CEF:") &&
               !memchr(host.bytes, '(', host.size);
  if (!tag.used && plain && host.size < text.size) {
    decoder_add_name(decoder, event, NAME_HOST, host);
    text = rest;
    while (text.size && *text.bytes == ' ')
      text = span_from(text, 1);
    tag = tag_read(text);
  }
  if (tag.used) {
    decoder_add_name(decoder, event, NAME_PROGRAM, tag.program);
    if (tag.pid.size)
      decoder_add_name(decoder, event, NAME_PID, tag.pid);
    if (*tag.program.bytes != '%') /* of Cisco the whole is the message */
      text = span_from(text, tag.used);
  }
  message_add(decoder, tag.program, without_id(text), event, SPAN("syslog3164"));
}

/* "host prog[12]: …" behind an ISO time is syslog; anything else may be the log of any program. */
static bool is_tagged(Span text) {
  Span rest = text, host;
  if (!text.size || *text.bytes != ' ')
    return false;
  host = span_word(&rest);
  return host.size && host.size <= 255 && *host.bytes != '[' && rest.size && *rest.bytes != '[' &&
         !tag_read(host).used && tag_read(rest).used;
}

bool decode_syslog(Decoder *decoder, Span record, Event *event) {
  unsigned priority = 0;
  size_t size = priority_read(record, &priority), stamp;
  Span text = span_from(record, size);
  if (size) {
    decoder_add_name(decoder, event, NAME_FACILITY, text_of(facilities[priority / 8]));
    decoder_add_name(decoder, event, NAME_SEVERITY, text_of(severities[priority % 8]));
  }
  if (decode_5424(decoder, text, event))
    return true;
  size_t digits = 0; /* Cisco's number of the message */
  while (size && digits < text.size && text.bytes[digits] >= '0' && text.bytes[digits] <= '9')
    digits++;
  if (digits && span_begins(span_from(text, digits), ": "))
    text = span_from(text, digits + 2);
  stamp = stamp_syslog(text, &decoder->stamp, &event->time_ms);
  if (!stamp) {
    stamp = stamp_iso(text, &decoder->stamp, &event->time_ms);
    if (stamp && !size && !is_tagged(span_from(text, stamp))) {
      event->time_ms = EVENT_NO_TIME;
      return false;
    }
  }
  if (!stamp && !size)
    return false;
  decode_3164(decoder, span_from(text, stamp), event);
  return true;
}
