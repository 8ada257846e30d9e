#include "lib/scan/rule_text.h"
#include "lib/scan/fold.h"
#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { DASHES_MAX = 5 };
static const char *const dashes[] = {"-", "/", "–", "—", "―"};

static SigmaText text_new(ScanArena *arena, size_t room) {
  return (SigmaText){scan_arena_take(arena, room + 1), scan_arena_take(arena, room + 1), 0};
}

static void put(SigmaText *text, char byte, uint8_t wild) {
  text->bytes[text->size] = byte;
  text->wild[text->size++] = wild;
}

static void put_text(SigmaText *text, const SigmaText *more, size_t from, size_t to) {
  memcpy(text->bytes + text->size, more->bytes + from, to - from);
  memcpy(text->wild + text->size, more->wild + from, to - from);
  text->size += to - from;
}

SigmaText text_parse(ScanArena *arena, Span raw, bool placeholders) {
  SigmaText text = text_new(arena, raw.size);
  for (size_t i = 0; i < raw.size; i++) {
    char c = raw.bytes[i], next = i + 1 < raw.size ? raw.bytes[i + 1] : 0;
    if (c == '\\' && (next == '*' || next == '?' || next == '\\' || (placeholders && next == '%')))
      put(&text, raw.bytes[++i], WILD_NONE);
    else
      put(&text, c, c == '*' ? WILD_MANY : c == '?' ? WILD_ONE : c == '%' && placeholders ? WILD_PERCENT : WILD_NONE);
  }
  return text;
}

void text_list_add(TextList *list, SigmaText text) {
  list->texts = scan_grow(list->texts, list->count + 1, sizeof *list->texts);
  list->texts[list->count++] = text;
}

void text_list_change(TextList *list, TextChange change, TextContext *context) {
  TextList changed = {0};
  for (size_t i = 0; i < list->count && !context->problem; i++) {
    change(context, &list->texts[i], &changed);
    if (changed.count > TEXTS_MAX)
      context->problem = "giá trị sinh ra quá nhiều biến thể";
  }
  free(list->texts);
  *list = changed;
}

static SigmaText surround(ScanArena *arena, const SigmaText *text, bool before, bool after) {
  SigmaText out = text_new(arena, text->size + 2);
  if (before && !(text->size && text->wild[0] == WILD_MANY))
    put(&out, '*', WILD_MANY);
  put_text(&out, text, 0, text->size);
  if (after && !(out.size && out.wild[out.size - 1] == WILD_MANY))
    put(&out, '*', WILD_MANY);
  return out;
}

SigmaText text_within(ScanArena *arena, SigmaText text) {
  return surround(arena, &text, true, true);
}

void text_startswith(TextContext *context, const SigmaText *text, TextList *out) {
  text_list_add(out, surround(context->arena, text, false, true));
}

void text_endswith(TextContext *context, const SigmaText *text, TextList *out) {
  text_list_add(out, surround(context->arena, text, true, false));
}

void text_contains(TextContext *context, const SigmaText *text, TextList *out) {
  text_list_add(out, surround(context->arena, text, true, true));
}

/* How many bytes of a dash stand here; 0: none. */
static size_t dash_at(const SigmaText *text, size_t at) {
  if (text->wild[at] == WILD_DASH)
    return 1;
  for (size_t i = 0; text->wild[at] == WILD_NONE && i < sizeof dashes / sizeof *dashes; i++) {
    size_t size = strlen(dashes[i]);
    if (text->size - at >= size && memcmp(text->bytes + at, dashes[i], size) == 0)
      return size;
  }
  return 0;
}

void text_windash(TextContext *context, const SigmaText *text, TextList *out) {
  SigmaText changed = text_new(context->arena, text->size);
  for (size_t i = 0, size; i < text->size; i += size) {
    size = dash_at(text, i);
    if (size)
      put(&changed, '-', WILD_DASH);
    else
      put(&changed, text->bytes[i], text->wild[i]);
    size = size ? size : 1;
  }
  text_list_add(out, changed);
}

/* Each dash of windash as each of the five, for encodings that need the bytes. */
static void spell_dashes(TextContext *context, const SigmaText *text, size_t from, TextList *out) {
  size_t count = 0;
  for (size_t i = 0; i < text->size; i++)
    count += text->wild[i] == WILD_DASH;
  if (count > DASHES_MAX)
    context->problem = "quá nhiều dấu gạch cho windash trước khi mã hóa";
  while (from < text->size && text->wild[from] != WILD_DASH)
    from++;
  if (context->problem || from >= text->size) {
    text_list_add(out, *text);
    return;
  }
  for (size_t i = 0; i < sizeof dashes / sizeof *dashes; i++) {
    SigmaText spelled = text_new(context->arena, text->size + 2);
    put_text(&spelled, text, 0, from);
    for (const char *c = dashes[i]; *c; c++)
      put(&spelled, *c, WILD_NONE);
    put_text(&spelled, text, from + 1, text->size);
    spell_dashes(context, &spelled, from, out);
  }
}

/* Plain bytes, or a problem. */
static bool is_plain(TextContext *context, const SigmaText *text) {
  for (size_t i = 0; i < text->size; i++)
    if (text->wild[i] == WILD_MANY || text->wild[i] == WILD_ONE)
      context->problem = "không mã hóa được giá trị có ký tự đại diện (* hoặc ?)";
  return !context->problem;
}

typedef SigmaText (*Encode)(ScanArena *arena, Span bytes, int variant);

static void encode_all(TextContext *context, const SigmaText *text, TextList *out, Encode encode, int variants) {
  if (!is_plain(context, text))
    return;
  TextList spelled = {0};
  spell_dashes(context, text, 0, &spelled);
  for (size_t i = 0; i < spelled.count && !context->problem; i++)
    for (int variant = 0; variant < variants; variant++)
      text_list_add(out, encode(context->arena, (Span){spelled.texts[i].bytes, spelled.texts[i].size}, variant));
  free(spelled.texts);
}

static SigmaText encode_base64(ScanArena *arena, Span bytes, int variant) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  (void)variant;
  SigmaText out = text_new(arena, bytes.size / 3 * 4 + 4);
  for (size_t i = 0; i < bytes.size; i += 3) {
    size_t left = bytes.size - i;
    uint32_t group = (uint32_t)(unsigned char)bytes.bytes[i] << 16;
    group |= left > 1 ? (uint32_t)(unsigned char)bytes.bytes[i + 1] << 8 : 0;
    group |= left > 2 ? (unsigned char)bytes.bytes[i + 2] : 0;
    put(&out, digits[group >> 18], WILD_NONE);
    put(&out, digits[group >> 12 & 63], WILD_NONE);
    put(&out, left > 1 ? digits[group >> 6 & 63] : '=', WILD_NONE);
    put(&out, left > 2 ? digits[group & 63] : '=', WILD_NONE);
  }
  return out;
}

/* `offset` bytes before the value; the characters that depend on neighbours are cut. */
static SigmaText encode_offset(ScanArena *arena, Span bytes, int offset) {
  static const size_t cut_first[] = {0, 2, 3}, cut_last[] = {0, 3, 2};
  char *shifted = scan_arena_take(arena, bytes.size + 4);
  memset(shifted, ' ', (size_t)offset);
  memcpy(shifted + offset, bytes.bytes, bytes.size);
  size_t size = bytes.size + (size_t)offset;
  SigmaText whole = encode_base64(arena, (Span){shifted, size}, 0);
  size_t first = cut_first[offset], last = cut_last[size % 3];
  SigmaText out = text_new(arena, whole.size);
  if (whole.size > first + last)
    put_text(&out, &whole, first, whole.size - last);
  return out;
}

static void put_unit(SigmaText *out, uint32_t unit, bool big) {
  put(out, (char)(big ? unit >> 8 : unit), WILD_NONE);
  put(out, (char)(big ? unit : unit >> 8), WILD_NONE);
}

enum { UTF16_BIG = 1, UTF16_MARK = 2 };

static SigmaText to_utf16(ScanArena *arena, Span bytes, int how) {
  SigmaText out = text_new(arena, bytes.size * 2 + 2);
  bool big = how & UTF16_BIG;
  if (how & UTF16_MARK)
    put_unit(&out, 0xfeff, big);
  for (size_t i = 0, length; i < bytes.size; i += length) {
    uint32_t code = text_code(bytes.bytes + i, bytes.size - i, &length);
    if (code >= 0x110000)
      put_unit(&out, 0xfffd, big);
    else if (code >= 0x10000) {
      put_unit(&out, 0xd800 + ((code - 0x10000) >> 10), big);
      put_unit(&out, 0xdc00 + ((code - 0x10000) & 0x3ff), big);
    } else
      put_unit(&out, code, big);
  }
  return out;
}

static SigmaText encode_utf16le(ScanArena *arena, Span bytes, int variant) {
  return to_utf16(arena, bytes, variant);
}

static SigmaText encode_utf16be(ScanArena *arena, Span bytes, int variant) {
  return to_utf16(arena, bytes, variant | UTF16_BIG);
}

static SigmaText encode_utf16(ScanArena *arena, Span bytes, int variant) {
  return to_utf16(arena, bytes, variant | UTF16_MARK);
}

void text_base64(TextContext *context, const SigmaText *text, TextList *out) {
  encode_all(context, text, out, encode_base64, 1);
}

void text_base64offset(TextContext *context, const SigmaText *text, TextList *out) {
  encode_all(context, text, out, encode_offset, 3);
}

void text_utf16le(TextContext *context, const SigmaText *text, TextList *out) {
  encode_all(context, text, out, encode_utf16le, 1);
}

void text_utf16be(TextContext *context, const SigmaText *text, TextList *out) {
  encode_all(context, text, out, encode_utf16be, 1);
}

void text_utf16(TextContext *context, const SigmaText *text, TextList *out) {
  encode_all(context, text, out, encode_utf16, 1);
}

/* The end of a placeholder that begins at the percent sign `at`; 0: none begins there. */
static size_t placeholder_end(const SigmaText *text, size_t at) {
  size_t end = at + 1;
  while (end < text->size && (isalnum((unsigned char)text->bytes[end]) || strchr("_.-", text->bytes[end])) && text->bytes[end])
    end++;
  return end > at + 1 && end < text->size && text->wild[end] == WILD_PERCENT ? end + 1 : 0;
}

static const char *const *placeholder_values(const TextContext *context, const char *name, size_t size) {
  for (const RulePlaceholder *one = context->placeholders; one && one->name; one++)
    if (strlen(one->name) == size && memcmp(one->name, name, size) == 0)
      return one->values;
  return NULL;
}

static void expand_from(TextContext *context, const SigmaText *text, size_t from, TextList *out) {
  size_t end = 0;
  while (from < text->size && !(text->wild[from] == WILD_PERCENT && (end = placeholder_end(text, from))))
    from++;
  if (from >= text->size) {
    text_list_add(out, *text);
    return;
  }
  const char *const *values = placeholder_values(context, text->bytes + from + 1, end - from - 2);
  if (!values)
    context->problem = "chưa khai giá trị cho biến %…% của luật";
  for (; values && *values && !context->problem; values++) {
    SigmaText value = text_parse(context->arena, (Span){*values, strlen(*values)}, false);
    SigmaText filled = text_new(context->arena, text->size + value.size);
    put_text(&filled, text, 0, from);
    put_text(&filled, &value, 0, value.size);
    put_text(&filled, text, end, text->size);
    if (out->count > TEXTS_MAX || filled.size > TEXT_BYTES_MAX)
      context->problem = "giá trị sinh ra quá nhiều biến thể";
    else
      expand_from(context, &filled, from + value.size, out);
  }
}

void text_expand(TextContext *context, const SigmaText *text, TextList *out) {
  expand_from(context, text, 0, out);
}

/* Folds what is not wild; wildcards are ASCII and stay one byte. */
static SigmaText fold_all(ScanArena *arena, SigmaText text) {
  SigmaText out = text_new(arena, FOLD_ROOM(text.size));
  for (size_t i = 0, length; i < text.size; i += length) {
    length = 1;
    uint32_t code = text.wild[i] ? (unsigned char)text.bytes[i] : text_code(text.bytes + i, text.size - i, &length);
    char folded[8];
    size_t size = text_put(code < 0x110000 && !text.wild[i] ? fold_code(code) : code, folded);
    for (size_t k = 0; k < size; k++)
      put(&out, folded[k], text.wild[i]);
  }
  return out;
}

static bool has_wild(const SigmaText *text, size_t from, size_t to) {
  for (size_t i = from; i < to; i++)
    if (text->wild[i] != WILD_NONE)
      return true;
  return false;
}

Pattern text_pattern(ScanArena *arena, SigmaText text, bool cased) {
  for (size_t i = 0; i < text.size; i++)
    if (text.wild[i] == WILD_PERCENT)
      text.wild[i] = WILD_NONE;
  if (!cased)
    text = fold_all(arena, text);
  size_t from = 0, to = text.size;
  while (from < to && text.wild[from] == WILD_MANY)
    from++;
  while (to > from && text.wild[to - 1] == WILD_MANY)
    to--;
  bool before = from > 0, after = to < text.size;
  Pattern pattern = {.cased = cased, .text = {text.bytes + from, to - from}};
  if (has_wild(&text, from, to)) {
    pattern.kind = MATCH_GLOB;
    pattern.text = (Span){text.bytes, text.size};
    pattern.wild = text.wild;
  } else if (from == to && (before || after)) {
    pattern.kind = MATCH_ANY;
  } else {
    pattern.kind = before && after ? MATCH_CONTAINS : before ? MATCH_END : after ? MATCH_START : MATCH_EXACT;
  }
  return pattern;
}

bool text_network(Span text, Pattern *out) {
  char address[64];
  const char *slash = memchr(text.bytes, '/', text.size);
  size_t size = slash ? (size_t)(slash - text.bytes) : text.size;
  if (size >= sizeof address)
    return false;
  memcpy(address, text.bytes, size);
  address[size] = 0;
  if (strchr(address, '%') || !value_address((Span){address, size}, out->address, &out->family))
    return false;
  unsigned long most = out->family == AF_INET ? 32 : 128, bits = most;
  if (slash) {
    char *end;
    if (!isdigit((unsigned char)slash[1]))
      return false;
    bits = strtoul(slash + 1, &end, 10);
    if (*end || bits > most)
      return false;
  }
  out->bits = (uint8_t)bits;
  for (unsigned i = 0; i < 16; i++) {
    unsigned kept = bits > i * 8 ? (unsigned)bits - i * 8 : 0;
    out->address[i] = kept >= 8 ? out->address[i] : (uint8_t)(out->address[i] & (0xff00u >> kept));
  }
  return true;
}
