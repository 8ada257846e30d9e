#include "lib/scan/pattern.h"
#include <string.h>
#include "lib/scan/decode_private.h"

static const struct {
  const char *name;
  PatternPartKind kind;
} types[] = {{"word", PART_WORD},     {"name", PART_NAME}, {"int", PART_INT}, {"ip", PART_IP},    {"host", PART_HOST},
             {"quoted", PART_QUOTED}, {"text", PART_TEXT}, {"all", PART_ALL}, {"rest", PART_REST}};

typedef struct {
  ScanArena *arena;
  Span rest;
  PatternPart parts[PATTERN_PARTS_MAX];
  uint32_t count, open[PATTERN_DEPTH_MAX], depth;
  const char *fault;
} PatternReader;

static Span arena_join(ScanArena *arena, Span a, const char *b) {
  size_t size = a.size + strlen(b);
  char *text = scan_arena_take(arena, size + 1);
  memcpy(text, a.bytes, a.size);
  memcpy(text + a.size, b, strlen(b));
  return (Span){text, size};
}

static PatternPart *part_add(PatternReader *reader, PatternPartKind kind) {
  static PatternPart none;
  if (reader->count == PATTERN_PARTS_MAX) {
    reader->fault = "mẫu có quá nhiều phần";
    return &none;
  }
  PatternPart *part = &reader->parts[reader->count++];
  *part = (PatternPart){.kind = kind};
  return part;
}

/* Behind "%{". */
static void capture_read(PatternReader *reader) {
  size_t end = span_find(reader->rest, '}');
  Span inside = {reader->rest.bytes, end};
  if (end == reader->rest.size) {
    reader->fault = "thiếu dấu } đóng";
    return;
  }
  reader->rest = span_from(reader->rest, end + 1);
  Span words = {"", 0};
  size_t colon = span_find(inside, ':');
  if (span_begins(inside, "one(")) {
    size_t close = inside.size;
    while (inside.bytes[close - 1] != ')' && close > 4)
      close--;
    close--;
    words = (Span){inside.bytes + 4, close <= 4 ? 0 : close - 4};
    colon = close + 1;
    if (inside.bytes[close] != ')' || !words.size || (colon < inside.size && inside.bytes[colon] != ':')) {
      reader->fault = "one cần danh sách từ trong ngoặc, như one(a|b)";
      return;
    }
  }
  Span type = {inside.bytes, colon < inside.size ? colon : inside.size}, field = span_from(inside, colon + 1);
  PatternPartKind kind = words.size ? PART_ONE : PART_LITERAL;
  for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
    if (span_is(type, types[i].name))
      kind = types[i].kind;
  if (kind == PART_LITERAL) {
    reader->fault = "không có loại ô này";
    return;
  }
  PatternPart *part = part_add(reader, kind);
  part->literal = words.size ? (Span){scan_arena_text(reader->arena, words.bytes, words.size), words.size} : words;
  if (field.size && kind == PART_HOST) {
    part->field = arena_join(reader->arena, field, "_ip");
    part->field2 = arena_join(reader->arena, field, "_host");
  } else if (field.size)
    part->field = (Span){scan_arena_text(reader->arena, field.bytes, field.size), field.size};
}

static void literal_read(PatternReader *reader) {
  char *text = scan_arena_take(reader->arena, reader->rest.size + 1);
  size_t size = 0;
  while (reader->rest.size) {
    char c = *reader->rest.bytes;
    bool percent = span_begins(reader->rest, "%%");
    if (c == '%' && !percent)
      break;
    reader->rest = span_from(reader->rest, percent ? 2 : 1);
    if (c != ' ' || !size || text[size - 1] != ' ')
      text[size++] = c;
  }
  part_add(reader, PART_LITERAL)->literal = (Span){text, size};
}

static void part_read(PatternReader *reader) {
  if (span_begins(reader->rest, "%{")) {
    reader->rest = span_from(reader->rest, 2);
    capture_read(reader);
  } else if (span_begins(reader->rest, "%(")) {
    reader->rest = span_from(reader->rest, 2);
    if (reader->depth == PATTERN_DEPTH_MAX) {
      reader->fault = "quá nhiều lớp %( … %)";
      return;
    }
    reader->open[reader->depth++] = reader->count;
    part_add(reader, PART_OPTIONAL);
  } else if (span_begins(reader->rest, "%)")) {
    reader->rest = span_from(reader->rest, 2);
    if (!reader->depth) {
      reader->fault = "%) không có %( mở";
      return;
    }
    reader->parts[reader->open[--reader->depth]].end = reader->count;
  } else if (*reader->rest.bytes == '%' && !span_begins(reader->rest, "%%"))
    reader->fault = "sau dấu % phải là {, (, ) hoặc %";
  else
    literal_read(reader);
}

/* text and all need to know where they end: by the literal behind them in the same part of the pattern. */
static bool ends_are_known(const PatternReader *reader) {
  for (uint32_t i = 0; i < reader->count; i++) {
    PatternPartKind kind = reader->parts[i].kind;
    bool last = i + 1 == reader->count;
    for (uint32_t j = 0; j < i; j++)
      last |= reader->parts[j].kind == PART_OPTIONAL && reader->parts[j].end == i + 1;
    if ((kind == PART_TEXT || kind == PART_ALL) && (last || reader->parts[i + 1].kind != PART_LITERAL))
      return false;
    if (kind == PART_REST && i + 1 != reader->count)
      return false;
  }
  return true;
}

bool pattern_read(ScanArena *arena, Span source, Pattern *out, const char **out_fault) {
  PatternReader reader = {.arena = arena, .rest = source};
  while (reader.rest.size && !reader.fault)
    part_read(&reader);
  if (!reader.fault && reader.depth)
    reader.fault = "thiếu %) đóng";
  if (!reader.fault && !reader.count)
    reader.fault = "mẫu trống";
  if (!reader.fault && !ends_are_known(&reader))
    reader.fault = "sau text và all phải là chữ cố định; rest phải đứng cuối";
  *out_fault = reader.fault;
  if (reader.fault)
    return false;
  out->count = reader.count;
  out->parts = scan_arena_take(arena, reader.count * sizeof *out->parts);
  memcpy(out->parts, reader.parts, reader.count * sizeof *out->parts);
  return true;
}

/* How much of the text the literal takes, a blank taking all that stand there; SIZE_MAX: it does not stand there. */
static size_t literal_size(Span literal, Span text) {
  size_t at = 0;
  for (size_t i = 0; i < literal.size; i++) {
    if (at == text.size || text.bytes[at] != literal.bytes[i])
      return SIZE_MAX;
    at++;
    while (literal.bytes[i] == ' ' && at < text.size && text.bytes[at] == ' ')
      at++;
  }
  return at;
}

/* Where the literal first (last) stands; SIZE_MAX: nowhere. Of several blanks only the first is a beginning. */
static size_t literal_find(Span literal, Span text, bool last) {
  size_t found = SIZE_MAX;
  char first = *literal.bytes;
  for (size_t at = 0; at < text.size; at++) {
    at += span_find(span_from(text, at), first);
    if (at >= text.size)
      break;
    if ((first != ' ' || !at || text.bytes[at - 1] != ' ') && literal_size(literal, span_from(text, at)) != SIZE_MAX) {
      found = at;
      if (!last)
        break;
    }
  }
  return found;
}

static bool name_byte(char c, bool host) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
         c == '-' || (c & 0x80) || (!host && c && strchr("@+$\\/", c));
}

static size_t one_size(Span words, Span text) {
  while (words.size) {
    size_t size = span_find(words, '|');
    if (size <= text.size && !memcmp(words.bytes, text.bytes, size))
      return size;
    words = span_from(words, size + 1);
  }
  return 0;
}

/* How much of the text the part takes; 0: it does not fit. */
static size_t capture_size(const PatternPart *part, Span text) {
  size_t size = 0;
  switch (part->kind) {
  case PART_WORD:
    return span_find(text, ' ');
  case PART_INT:
    while (size < text.size && text.bytes[size] >= '0' && text.bytes[size] <= '9')
      size++;
    return size;
  case PART_IP:
    return ip_size(text);
  case PART_HOST:
    size = ip_size(text);
    if (size && (size == text.size || !name_byte(text.bytes[size], true) || text.bytes[size] == '.'))
      return size;
    for (size = 0; size < text.size && name_byte(text.bytes[size], true);)
      size++;
    return size;
  case PART_NAME:
    while (size < text.size && name_byte(text.bytes[size], false))
      size++;
    return size;
  case PART_QUOTED:
    size = text.size && *text.bytes == '"' ? span_find(span_from(text, 1), '"') + 2 : 0;
    return size <= text.size ? size : 0;
  case PART_ONE:
    return one_size(part->literal, text);
  case PART_LITERAL:
  case PART_OPTIONAL:
  case PART_TEXT:
  case PART_ALL:
  case PART_REST:
    break;
  }
  return 0;
}

static void field_add(const PatternPart *part, Span value, PatternField *out_fields, size_t *count) {
  Span name = part->field;
  if (part->kind == PART_QUOTED)
    value = (Span){value.bytes + 1, value.size - 2};
  if (part->kind == PART_HOST && ip_size(value) != value.size)
    name = part->field2;
  else if (part->kind == PART_HOST || part->kind == PART_IP)
    value = ip_plain(value);
  if (name.size && *count < PATTERN_PARTS_MAX)
    out_fields[(*count)++] = (PatternField){name, value};
}

static bool parts_match(const Pattern *pattern, uint32_t from, uint32_t end, Span *text, PatternField *out_fields,
                        size_t *count) {
  for (uint32_t i = from; i < end; i++) {
    const PatternPart *part = &pattern->parts[i];
    size_t size;
    if (part->kind == PART_OPTIONAL) {
      Span try = *text;
      size_t before = *count;
      if (parts_match(pattern, i + 1, part->end, &try, out_fields, count))
        *text = try;
      else
        *count = before;
      i = part->end - 1;
      continue;
    }
    if (part->kind == PART_LITERAL)
      size = literal_size(part->literal, *text);
    else if (part->kind == PART_TEXT || part->kind == PART_ALL)
      size = literal_find(pattern->parts[i + 1].literal, *text, part->kind == PART_ALL);
    else if (part->kind == PART_REST)
      size = text->size;
    else if (!(size = capture_size(part, *text)))
      return false;
    if (size == SIZE_MAX)
      return false;
    if (part->kind != PART_LITERAL)
      field_add(part, (Span){text->bytes, size}, out_fields, count);
    *text = span_from(*text, size);
  }
  return true;
}

bool pattern_match(const Pattern *pattern, Span text, PatternField *out_fields, size_t *out_count) {
  *out_count = 0;
  if (!parts_match(pattern, 0, pattern->count, &text, out_fields, out_count))
    return false;
  while (text.size && *text.bytes == ' ')
    text = span_from(text, 1);
  return !text.size;
}
