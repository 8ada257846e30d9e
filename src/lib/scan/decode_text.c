/* Which decoder takes a record that is no JSON by itself. */
#include <string.h>
#include "lib/scan/decode_private.h"

/* The time at the start of a line of any program: plain, in brackets, or as MySQL writes it. Returns what stands behind
 * it. */
static Span line_time(Decoder *decoder, Span line, Event *event) {
  bool bracket = line.size && *line.bytes == '[';
  Span text = span_from(line, bracket);
  int64_t time;
  size_t size = stamp_iso(text, &decoder->stamp, &time);
  if (!size)
    size = stamp_asctime(text, &decoder->stamp, &time);
  if (!size)
    size = stamp_syslog(text, &decoder->stamp, &time);
  if (!size)
    size = stamp_short(text, &decoder->stamp, &time);
  if (!size && (size = stamp_epoch(text, &time)) > 0 &&
      (size >= text.size || (text.bytes[size] != ' ' && text.bytes[size] != ']')))
    size = 0;
  if (!size || (bracket && (size >= text.size || text.bytes[size] != ']')))
    return line;
  event->time_ms = time;
  text = span_from(text, size + bracket);
  while (text.size && (*text.bytes == ' ' || *text.bytes == ','))
    text = span_from(text, 1);
  return text;
}

bool decode_inner(Decoder *decoder, Span program, Span message, Event *event) {
  if (message.size && *message.bytes == '{' && decode_json(decoder, message, event)) {
    decoder_add_name(decoder, event, NAME_FORMAT, SPAN("json"));
    return true;
  }
  if (decode_cef(decoder, message, event) || decode_auditd(decoder, message, event))
    return true;
  if (decoder->options.patterns && pattern_set_apply(decoder->options.patterns, decoder, program, message, event))
    return true;
  Span text = line_time(decoder, message, event);
  if (text.size < message.size && decoder->options.patterns &&
      pattern_set_apply(decoder->options.patterns, decoder, program, text, event))
    return true;
  return decode_access(decoder, message, event) || decode_keyvalue(decoder, message, event);
}

static void plain_add(Decoder *decoder, Span record, Event *event) {
  decoder_add_name(decoder, event, NAME_MESSAGE, record);
  Span text = line_time(decoder, record, event);
  if (decoder->options.format != FORMAT_TEXT || decoder->options.patterns)
    decode_inner(decoder, SPAN(""), text, event);
  decoder_add_name(decoder, event, NAME_FORMAT, SPAN("text"));
}

void decode_text(Decoder *decoder, Span record, Event *event) {
  bool taken = false;
  switch (decoder->options.format) {
  case FORMAT_SYSLOG:
    taken = decode_syslog(decoder, record, event);
    break;
  case FORMAT_CEF:
    taken = decode_cef(decoder, record, event) || decode_syslog(decoder, record, event);
    break;
  case FORMAT_ACCESS:
    taken = decode_access(decoder, record, event);
    break;
  case FORMAT_AUDITD:
    taken = decode_auditd(decoder, record, event) || decode_syslog(decoder, record, event);
    break;
  case FORMAT_AUTO:
    taken = decode_syslog(decoder, record, event) || decode_cef(decoder, record, event) ||
            decode_auditd(decoder, record, event) || decode_access(decoder, record, event);
    break;
  case FORMAT_JSON:
  case FORMAT_TEXT:
    break;
  }
  if (taken)
    return;
  if (decoder->options.format != FORMAT_AUTO && decoder->options.format != FORMAT_TEXT)
    decoder->counts.broken++;
  plain_add(decoder, record, event);
}
