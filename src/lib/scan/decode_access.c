/* Access logs of web servers: common, combined, with the virtual host before or behind. Names are those of Sigma's
 * webserver taxonomy. */
#include <string.h>
#include "lib/scan/decode_private.h"

static int hex_value(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  c |= 0x20;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* \" \\ and \x16 as the servers write them. */
static Span unescaped(Decoder *decoder, Span raw) {
  char *made = raw.size && memchr(raw.bytes, '\\', raw.size) ? decoder_make(decoder, raw.size) : NULL;
  size_t size = 0;
  if (!made)
    return raw;
  for (size_t i = 0; i < raw.size; i++) {
    char c = raw.bytes[i];
    if (c == '\\' && i + 3 < raw.size && raw.bytes[i + 1] == 'x' && hex_value(raw.bytes[i + 2]) >= 0 &&
        hex_value(raw.bytes[i + 3]) >= 0) {
      c = (char)(hex_value(raw.bytes[i + 2]) << 4 | hex_value(raw.bytes[i + 3]));
      i += 3;
    } else if (c == '\\' && i + 1 < raw.size && (raw.bytes[i + 1] == '"' || raw.bytes[i + 1] == '\\'))
      c = raw.bytes[++i];
    made[size++] = c;
  }
  return (Span){made, size};
}

/* A text in quotes at the start; `*text` moves behind it and the blank. */
static bool quoted_next(Span *text, Span *out) {
  size_t end = 1;
  if (!text->size || *text->bytes != '"')
    return false;
  while (end < text->size && text->bytes[end] != '"')
    end += text->bytes[end] == '\\' ? 2 : 1;
  if (end >= text->size)
    return false;
  *out = (Span){text->bytes + 1, end - 1};
  *text = span_from(*text, end + 1);
  if (text->size && *text->bytes == ' ')
    *text = span_from(*text, 1);
  return true;
}

static void value_add(Decoder *decoder, Event *event, FieldName name, Span value) {
  if (value.size && !span_is(value, "-"))
    decoder_add_name(decoder, event, name, value);
}

/* METHOD URI HTTP/1.1; anything else stays whole. */
static void request_add(Decoder *decoder, Event *event, Span raw) {
  Span request = unescaped(decoder, raw);
  size_t method = span_find(request, ' ');
  Span rest = span_from(request, method + 1);
  size_t end = rest.size;
  while (end && rest.bytes[end - 1] != ' ')
    end--;
  Span version = span_from(rest, end);
  if (!method || method > 32 || !end || !span_begins(version, "HTTP/")) {
    value_add(decoder, event, NAME_REQUEST, request);
    return;
  }
  Span uri = {rest.bytes, end - 1};
  size_t query = span_find(uri, '?');
  decoder_add_name(decoder, event, NAME_METHOD, (Span){request.bytes, method});
  decoder_add_name(decoder, event, NAME_URI, uri);
  decoder_add_name(decoder, event, NAME_URI_STEM, (Span){uri.bytes, query});
  value_add(decoder, event, NAME_URI_QUERY, span_from(uri, query + 1));
  decoder_add_name(decoder, event, NAME_VERSION, version);
}

static bool is_number(Span text) {
  for (size_t i = 0; i < text.size; i++)
    if (text.bytes[i] < '0' || text.bytes[i] > '9')
      return false;
  return text.size > 0;
}

/* Who asked: "address ident user", with a host before it in vhost logs. */
static bool client_read(Span head, Span *out_host, Span *out_client, Span *out_user) {
  Span first = span_word(&head), next = head, second = span_word(&next);
  *out_host = (Span){"", 0};
  if (!ip_size(first) && ip_size(second) == second.size && second.size) {
    *out_host = first;
    first = second;
    head = next;
  }
  *out_client = first;
  span_word(&head); /* ident */
  while (head.size && head.bytes[head.size - 1] == ' ')
    head.size--;
  *out_user = head;
  return first.size && first.size <= 255 && head.size;
}

static void tail_read(Decoder *decoder, Span text, Event *event) {
  Span quoted;
  static const FieldName names[] = {NAME_REFERER, NAME_USER_AGENT, NAME_CLIENT_HOST};
  for (size_t i = 0; i < sizeof names / sizeof names[0] && quoted_next(&text, &quoted); i++)
    value_add(decoder, event, names[i], unescaped(decoder, quoted));
}

bool decode_access(Decoder *decoder, Span record, Event *event) {
  Span look = {record.bytes, record.size < 512 ? record.size : 512}, host, client, user, request;
  size_t bracket = span_find(look, '[');
  if (bracket < 5 || bracket + 1 >= look.size || record.bytes[bracket - 1] != ' ' ||
      !client_read((Span){record.bytes, bracket - 1}, &host, &client, &user))
    return false;
  int64_t time;
  Span text = span_from(record, bracket + 1);
  size_t stamp = stamp_access(text, &decoder->stamp, &time);
  text = span_from(text, stamp);
  if (!stamp || !span_begins(text, "] "))
    return false;
  text = span_from(text, 2);
  if (!quoted_next(&text, &request))
    return false;
  Span status = span_word(&text), bytes = span_word(&text);
  if (!is_number(status) || status.size != 3)
    return false;
  event->time_ms = time;
  size_t port = span_find(host, ':');
  value_add(decoder, event, NAME_CLIENT_HOST, (Span){host.bytes, port});
  decoder_add_name(decoder, event, NAME_CLIENT_IP, ip_plain(client));
  value_add(decoder, event, NAME_USER, user);
  request_add(decoder, event, request);
  decoder_add_name(decoder, event, NAME_STATUS, status);
  value_add(decoder, event, NAME_BYTES, bytes);
  tail_read(decoder, text, event);
  decoder_add_name(decoder, event, NAME_FORMAT, SPAN("access"));
  return true;
}
