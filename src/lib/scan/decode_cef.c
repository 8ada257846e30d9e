/* CEF (ArcSight) and LEEF (QRadar). */
#include <string.h>
#include "lib/scan/decode_private.h"

/* Up to the next | that no backslash escapes; without the escapes. */
static bool header_next(Decoder *decoder, Span *text, Span *out) {
  size_t end = 0;
  bool escaped = false;
  for (; end < text->size && text->bytes[end] != '|'; end++)
    if (text->bytes[end] == '\\' && end + 1 < text->size) {
      escaped = true;
      end++;
    }
  if (end >= text->size)
    return false;
  *out = (Span){text->bytes, end};
  *text = span_from(*text, end + 1);
  char *made = escaped ? decoder_make(decoder, end) : NULL;
  size_t size = 0;
  for (size_t i = 0; made && i < end; i++) {
    i += out->bytes[i] == '\\' && i + 1 < end;
    made[size++] = out->bytes[i];
  }
  if (made)
    *out = (Span){made, size};
  return true;
}

static bool key_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
         c == '-' || c == '[' || c == ']';
}

static Span extension_value(Decoder *decoder, Span raw) {
  while (raw.size && raw.bytes[raw.size - 1] == ' ')
    raw.size--;
  char *made = raw.size && memchr(raw.bytes, '\\', raw.size) ? decoder_make(decoder, raw.size) : NULL;
  size_t size = 0;
  if (!made)
    return raw;
  for (size_t i = 0; i < raw.size; i++) {
    char c = raw.bytes[i];
    if (c == '\\' && i + 1 < raw.size && raw.bytes[i + 1] && strchr("\\=|nr", raw.bytes[i + 1])) {
      c = raw.bytes[++i];
      c = c == 'n' ? '\n' : c == 'r' ? '\r' : c;
    }
    made[size++] = c;
  }
  return (Span){made, size};
}

/* key=value key=value: a value goes up to the last blank before the next "key=". One pass: where the present word began
 * is kept. */
static void extension_read(Decoder *decoder, Span text, Event *event) {
  Span key = {text.bytes, 0};
  size_t value = 0, word = 0;
  bool word_is_key = true;
  for (size_t i = 0; i < text.size; i++) {
    char c = text.bytes[i];
    if (c == '\\')
      i++, word_is_key = false;
    else if (c == ' ') {
      word = i + 1;
      word_is_key = true;
    } else if (c == '=' && word_is_key && i > word) {
      if (key.size)
        decoder_add_key(decoder, event, key,
                        extension_value(decoder, (Span){text.bytes + value, word > value ? word - value : 0}));
      key = (Span){text.bytes + word, i - word};
      value = i + 1;
      word_is_key = false;
    } else if (!key_byte(c))
      word_is_key = false;
  }
  if (key.size)
    decoder_add_key(decoder, event, key, extension_value(decoder, span_from(text, value)));
}

static void time_take(Decoder *decoder, Event *event, uint32_t from, const char *const *names) {
  for (uint32_t i = from; i < event->count; i++) {
    Span name = field_table_name(decoder->table, event->fields[i].path);
    for (size_t j = 0; names[j]; j++)
      if (span_is(name, names[j]) && stamp_any(event->fields[i].raw, &decoder->stamp, &event->time_ms))
        return;
  }
}

static bool leef_read(Decoder *decoder, Span text, Event *event) {
  Span version, parts[4];
  uint32_t count = event->count;
  text = span_from(text, 5);
  if (!header_next(decoder, &text, &version))
    return false;
  for (size_t i = 0; i < 4; i++)
    if (!header_next(decoder, &text, &parts[i]))
      return false;
  char separator = '\t';
  if (span_begins(version, "2.")) {
    Span given;
    if (!header_next(decoder, &text, &given))
      return false;
    separator = given.size == 1 ? *given.bytes : separator;
  }
  for (size_t i = 0; i < 4; i++)
    decoder_add_name(decoder, event, (FieldName)(NAME_LEEF_VENDOR + i), parts[i]);
  while (text.size) {
    size_t end = span_find(text, separator), equal = span_find((Span){text.bytes, end}, '=');
    if (equal && equal < end)
      decoder_add_key(decoder, event, (Span){text.bytes, equal}, (Span){text.bytes + equal + 1, end - equal - 1});
    text = span_from(text, end + 1);
  }
  time_take(decoder, event, count, (const char *const[]){"devTime", NULL});
  decoder_add_name(decoder, event, NAME_FORMAT, SPAN("leef"));
  return true;
}

bool decode_cef(Decoder *decoder, Span text, Event *event) {
  uint32_t count = event->count;
  if (span_begins(text, "LEEF:"))
    return leef_read(decoder, text, event);
  if (!span_begins(text, "CEF:"))
    return false;
  text = span_from(text, 4);
  for (size_t i = 0; i < 7; i++) {
    Span part;
    if (!header_next(decoder, &text, &part)) {
      event->count = count;
      return false;
    }
    decoder_add_name(decoder, event, (FieldName)(NAME_CEF_VERSION + i), part);
  }
  extension_read(decoder, text, event);
  time_take(decoder, event, count, (const char *const[]){"rt", "end", "start", NULL});
  decoder_add_name(decoder, event, NAME_FORMAT, SPAN("cef"));
  return true;
}
