/* Random patterns over random values: what slot_match finds, with AVX2 and without, against a matcher that tries everything. */
#include "lib/scan/fold.h"
#include "lib/scan/slot_private.h"
#include <glib.h>
#include <string.h>

enum { PATTERNS = 150, VALUES = 400, ROUNDS = 12 };

static const char *const letters[] = {"a", "b", "A", "B", "\\", ".", "e", "x", "é", "É", "-", "–", " ", "\"", "K", "\xff"};

static Span random_text(GRand *random, char *out, int most, int kinds) {
  size_t size = 0;
  for (int count = g_rand_int_range(random, 0, most); count > 0; count--) {
    const char *letter = letters[g_rand_int_range(random, 0, kinds)];
    memcpy(out + size, letter, strlen(letter));
    size += strlen(letter);
  }
  return (Span){out, size};
}

/* Tries every way a star can go. */
static bool naive_glob(const char *pattern, const uint8_t *wild, size_t size, Span text) {
  size_t length;
  if (!size)
    return !text.size;
  if (*wild == WILD_MANY) {
    for (size_t i = 0; i <= text.size; i++)
      if (naive_glob(pattern + 1, wild + 1, size - 1, (Span){text.bytes + i, text.size - i}))
        return true;
    return false;
  }
  if (!text.size)
    return false;
  uint32_t code = text_code(text.bytes, text.size, &length);
  bool dash = code == '-' || code == '/' || code == 0x2013 || code == 0x2014 || code == 0x2015;
  if (*wild == WILD_NONE)
    length = 1;
  bool fits = *wild == WILD_ONE || (*wild == WILD_DASH && dash) || (*wild == WILD_NONE && *text.bytes == *pattern);
  return fits && naive_glob(pattern + 1, wild + 1, size - 1, (Span){text.bytes + length, text.size - length});
}

static bool ends(Span text, Span end) {
  return text.size >= end.size && (!end.size || memcmp(text.bytes + text.size - end.size, end.bytes, end.size) == 0);
}

static bool naive_fits(const Pattern *pattern, Span value) {
  char folded[4096];
  bool ascii;
  Span text = value;
  if (!pattern->cased)
    text = (Span){folded, fold_text(value, folded, &ascii)};
  if (pattern->kind == MATCH_GLOB)
    return naive_glob(pattern->text.bytes, pattern->wild, pattern->text.size, text);
  if (pattern->kind == MATCH_CONTAINS)
    return memmem(text.bytes, text.size, pattern->text.bytes, pattern->text.size);
  if (pattern->kind == MATCH_START)
    return text.size >= pattern->text.size && ends((Span){text.bytes, pattern->text.size}, pattern->text);
  return ends(text, pattern->text) && (pattern->kind == MATCH_END || text.size == pattern->text.size);
}

static Pattern random_pattern(GRand *random, ScanArena *arena, int kinds) {
  char text[256], folded[512];
  bool ascii, glob = g_rand_int_range(random, 0, 4) == 0;
  Span raw = random_text(random, text, g_rand_int_range(random, 2, 9), kinds - 1);
  Pattern pattern = {.cased = g_rand_int_range(random, 0, 4) == 0};
  if (!raw.size)
    raw = SPAN("ab");
  if (!pattern.cased)
    raw = (Span){folded, fold_text(raw, folded, &ascii)};
  pattern.text = (Span){scan_arena_text(arena, raw.bytes, raw.size), raw.size};
  pattern.kind = glob ? MATCH_GLOB : (uint8_t)g_rand_int_range(random, MATCH_EXACT, MATCH_GLOB);
  if (!glob)
    return pattern;
  uint8_t *wild = scan_arena_take(arena, raw.size + 1);
  for (size_t i = 0; i < raw.size; i++)
    if ((unsigned char)raw.bytes[i] < 0x80 && g_rand_int_range(random, 0, 3) == 0)
      wild[i] = (uint8_t)g_rand_int_range(random, WILD_MANY, WILD_DASH + 1);
  pattern.wild = wild;
  return pattern;
}

static void check_value(const Slot *slot, SlotWork *work, const SlotPattern *patterns, size_t count, Span value) {
  const uint32_t *ids;
  size_t hits = slot_match(slot, work, value, &ids);
  uint8_t found[PATTERNS] = {0};
  for (size_t i = 0; i < hits; i++)
    g_assert_cmpint(found[ids[i]]++, ==, 0);
  for (size_t i = 0; i < count; i++)
    if (found[i] != naive_fits(patterns[i].pattern, value))
      g_error("pattern %zu (kind %d, cased %d) “%.*s”, value “%.*s”: found %d", i, patterns[i].pattern->kind,
              patterns[i].pattern->cased, (int)patterns[i].pattern->text.size, patterns[i].pattern->text.bytes,
              (int)value.size, value.bytes, found[i]);
}

static void check_round(GRand *random, int kinds, size_t count) {
  ScanArena arena = {0};
  Pattern kept[PATTERNS];
  SlotPattern patterns[PATTERNS];
  for (uint32_t i = 0; i < count; i++) {
    kept[i] = random_pattern(random, &arena, kinds);
    patterns[i] = (SlotPattern){&kept[i], i};
  }
  Slot *slot = slot_new(patterns, count);
  SlotWork *works[] = {slot_work_new(PATTERNS, true), slot_work_new(PATTERNS, false)};
  for (int i = 0; i < VALUES; i++) {
    char *text = scan_arena_take(&arena, 1024);
    Span value = random_text(random, text, g_rand_int_range(random, 1, 120), kinds);
    for (size_t k = 0; k < G_N_ELEMENTS(works); k++)
      check_value(slot, works[k], patterns, count, value);
  }
  slot_work_free(works[0]);
  slot_work_free(works[1]);
  slot_free(slot);
  scan_arena_clear(&arena);
}

static void test_random(void) {
  GRand *random = g_rand_new_with_seed(20261121);
  for (int i = 0; i < ROUNDS; i++)
    check_round(random, 4 + i, i % 3 == 0 ? 20 : PATTERNS);
  g_rand_free(random);
}

/* The needed piece of an expression stands in each of its matches; 0 where none is sure. */
static void test_regex_piece(void) {
  static const struct {
    const char *regex, *piece;
  } cases[] = {
      {"foo.*barbaz", "barbaz"}, {"abc+d", "abc"},  {"abcd?e", "abc"},         {"abcd*", "abc"},      {"a|bcd", ""},
      {"x(abc|def)yz", "yz"},    {"[abc]def", "def"}, {"\\.exe$", ".exe"},     {"(?i)ABC", "abc"},    {"(?x)a b", ""},
      {"ab{2}c", "a"},           {"\\x41bc", ""},   {"a\\dbcd", "bcd"},        {"(?:a)?bcd", "bcd"},  {"é+abc", "abc"},
      {"[[:alpha:]]abc", ""},    {"\\Qa.b\\E", ""}, {"C:\\\\Users\\\\", "c:\\users\\"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    char out[64];
    Pattern pattern = {.kind = MATCH_REGEX, .text = {cases[i].regex, strlen(cases[i].regex)}};
    g_autofree char *piece = g_strndup(out, regex_piece(&pattern, out, sizeof out));
    g_assert_cmpstr(piece, ==, cases[i].piece);
  }
}

/* A whole JSON record may only be passed over when none of its values can hold a keyword. */
static void test_raw(void) {
  static const char *const words[] = {"mimikatz", "sekurlsa::logon", "a/b privilege"};
  static const struct {
    const char *record;
    bool may;
  } cases[] = {
      {"{\"a\":\"nothing to see here, nothing at all, really nothing in this long line\"}", false},
      {"{\"a\":\"xxMiMiKaTzxx\"}", true},
      {"{\"a\":\"0123456789012345678901234567890123456789012345678901mimikatz\"}", true},
      {"{\"a\":\"m\\u0069mikatz\"}", true},
      {"{\"a\":\"c:\\\\users\\\\x\"}", false},
      {"{\"a\":\"mimiKatz\"}", true},
      {"{\"a\":\"a\\/b privilege\"}", true},
      {"", false},
  };
  Pattern kept[G_N_ELEMENTS(words)];
  SlotPattern patterns[G_N_ELEMENTS(words)];
  for (uint32_t i = 0; i < G_N_ELEMENTS(words); i++) {
    kept[i] = (Pattern){.kind = MATCH_CONTAINS, .text = {words[i], strlen(words[i])}};
    patterns[i] = (SlotPattern){&kept[i], i};
  }
  Slot *slot = slot_new(patterns, G_N_ELEMENTS(words));
  SlotWork *work = slot_work_new(G_N_ELEMENTS(words), false), *plain = slot_work_new(G_N_ELEMENTS(words), true);
  g_assert_true(slot->raw);
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    Span record = {cases[i].record, strlen(cases[i].record)};
    g_assert_true(slot_may_match(slot, plain, record));
    if (slot_has_avx2() && slot_may_match(slot, work, record) != cases[i].may)
      g_error("%s", cases[i].record);
  }
  slot_work_free(work);
  slot_work_free(plain);
  slot_free(slot);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/scan/slot/random", test_random);
  g_test_add_func("/scan/slot/regex_piece", test_regex_piece);
  g_test_add_func("/scan/slot/raw", test_raw);
  return g_test_run();
}
