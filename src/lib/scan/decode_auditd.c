/* key=value texts: records of the Linux audit system, and firewalls that write their logs so. */
#include <string.h>
#include "lib/scan/decode_private.h"

static bool key_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '.' || c == '[' || c == ']';
}

static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == ',' || c == '\x1D' || c == ';';
}

/* The value at the start: in "…" or '…', or up to a blank. */
static size_t value_read(Span text, Pair *pair) {
  char quote = text.size ? *text.bytes : 0;
  pair->quoted = false;
  if (quote == '"' || quote == '\'') {
    size_t end = 1;
    while (end < text.size && text.bytes[end] != quote)
      end += text.bytes[end] == '\\' && quote == '"' ? 2 : 1;
    if (end < text.size) {
      pair->value = (Span){text.bytes + 1, end - 1};
      pair->quoted = true;
      return end + 1;
    }
  }
  size_t end = 0;
  while (end < text.size && !is_blank(text.bytes[end]))
    end++;
  pair->value = (Span){text.bytes, end};
  return end;
}

bool pair_next(Span *text, Pair *out_pair) {
  size_t at = 0, word = 0;
  for (; at < text->size; at++) {
    char c = text->bytes[at];
    if (c == '=' && at > word) {
      out_pair->key = (Span){text->bytes + word, at - word};
      size_t used = value_read(span_from(*text, at + 1), out_pair);
      *text = span_from(*text, at + 1 + used);
      return true;
    }
    if (!key_byte(c))
      word = at + 1;
  }
  *text = span_from(*text, text->size);
  return false;
}

/* Keys whose value the kernel writes as hex digits when it holds blanks, quotes or bytes beyond ASCII. */
static bool is_encoded(Span key, bool arguments) {
  static const char *const keys[] = {"proctitle", "exe",  "comm", "cwd",   "name",  "cmd", "acct",
                                     "data",      "path", "key",  "ocomm", "watch", "dir"};
  for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
    if (span_is(key, keys[i]))
      return true;
  return arguments && key.size > 1 && key.bytes[0] == 'a' && key.bytes[1] >= '0' && key.bytes[1] <= '9';
}

static int upper_hex(char c) {
  return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The bytes of hex digits; the zeros between the words of a command line become blanks. The value itself: it is no such
 * text. */
static Span hex_decoded(Decoder *decoder, Span value) {
  if (value.size < 2 || value.size % 2)
    return value;
  for (size_t i = 0; i < value.size; i++)
    if (upper_hex(value.bytes[i]) < 0)
      return value;
  char *made = decoder_make(decoder, value.size / 2);
  if (!made)
    return value;
  for (size_t i = 0; i < value.size / 2; i++) {
    int byte = upper_hex(value.bytes[2 * i]) << 4 | upper_hex(value.bytes[2 * i + 1]);
    made[i] = (char)(byte ? byte : ' ');
  }
  size_t size = value.size / 2;
  while (size && made[size - 1] == ' ')
    size--;
  return (Span){made, size};
}

static void outcome_add(Decoder *decoder, Event *event, Span value) {
  if (span_is(value, "success") || span_is(value, "1") || span_is(value, "yes"))
    decoder_add_name(decoder, event, NAME_OUTCOME, SPAN("success"));
  else if (span_is(value, "failed") || span_is(value, "0") || span_is(value, "no"))
    decoder_add_name(decoder, event, NAME_OUTCOME, SPAN("failure"));
}

static void audit_pairs(Decoder *decoder, Span text, bool arguments, unsigned depth, Event *event) {
  Pair pair;
  while (pair_next(&text, &pair)) {
    if (depth && span_is(pair.key, "msg") && pair.quoted) {
      audit_pairs(decoder, pair.value, arguments, depth - 1, event);
      continue;
    }
    if (!pair.quoted && is_encoded(pair.key, arguments))
      pair.value = hex_decoded(decoder, pair.value);
    decoder_add_key(decoder, event, pair.key, pair.value);
    if (span_is(pair.key, "res"))
      outcome_add(decoder, event, pair.value);
    if (span_is(pair.key, "addr") && ip_size(pair.value) == pair.value.size && pair.value.size)
      decoder_add_name(decoder, event, NAME_SRC_IP, ip_plain(pair.value));
  }
}

/* [node=HOST] type=TYPE msg=audit(SECONDS.MS:SERIAL): pairs */
bool decode_auditd(Decoder *decoder, Span text, Event *event) {
  static const char message[] = "msg=audit(";
  Span node = {"", 0}, rest = text, type, stamp;
  if (span_begins(rest, "node="))
    node = span_from(span_word(&rest), 5);
  bool typed = span_begins(rest, "type=");
  type = typed ? span_from(span_word(&rest), 5) : (Span){"", 0};
  if (span_begins(rest, message))
    rest = span_from(rest, sizeof message - 1);
  else if (!typed && span_begins(rest, "audit("))
    rest = span_from(rest, 6);
  else
    return false;
  size_t end = span_find(rest, ')'), colon = span_find(rest, ':');
  int64_t time;
  stamp = (Span){rest.bytes, colon};
  if (end >= rest.size || colon >= end || stamp_epoch(stamp, &time) != stamp.size)
    return false;
  event->time_ms = time;
  if (node.size)
    decoder_add_name(decoder, event, NAME_HOST, node);
  if (type.size)
    decoder_add_name(decoder, event, NAME_TYPE, type);
  decoder_add_name(decoder, event, NAME_SERIAL, (Span){rest.bytes + colon + 1, end - colon - 1});
  audit_pairs(decoder, span_from(rest, end + 1), span_is(type, "EXECVE"), 1, event);
  decoder_add_name(decoder, event, NAME_FORMAT, SPAN("auditd"));
  return true;
}

/* The kernel's packet filter writes short names; they get the usual ones beside them. */
static void filter_name_add(Decoder *decoder, Event *event, const Pair *pair) {
  static const struct {
    const char *key;
    FieldName name;
  } names[] = {{"SRC", NAME_SRC_IP},
               {"DST", NAME_DST_IP},
               {"SPT", NAME_SRC_PORT},
               {"DPT", NAME_DST_PORT},
               {"PROTO", NAME_PROTOCOL}};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    if (span_is(pair->key, names[i].key))
      decoder_add_name(decoder, event, names[i].name, pair->value);
}

bool decode_keyvalue(Decoder *decoder, Span text, Event *event) {
  enum { PAIRS_LEAST = 4, BEGIN_MOST = 96 };
  Span look = text;
  Pair pair;
  for (int count = 0; count < PAIRS_LEAST; count++)
    if (!pair_next(&look, &pair) || (!count && pair.key.bytes - text.bytes > BEGIN_MOST))
      return false;
  Span date = {"", 0}, time = {"", 0};
  while (pair_next(&text, &pair)) {
    decoder_add_key(decoder, event, pair.key, pair.value);
    filter_name_add(decoder, event, &pair);
    if (span_is(pair.key, "date"))
      date = pair.value;
    else if (span_is(pair.key, "time"))
      time = pair.value;
  }
  char stamp[64];
  if (date.size && time.size && date.size + time.size < sizeof stamp - 1) {
    memcpy(stamp, date.bytes, date.size);
    stamp[date.size] = ' ';
    memcpy(stamp + date.size + 1, time.bytes, time.size);
    stamp_iso((Span){stamp, date.size + time.size + 1}, &decoder->stamp, &event->time_ms);
  }
  decoder_add_name(decoder, event, NAME_FORMAT, SPAN("keyvalue"));
  return true;
}
