/* A word is looked for by two of its letters that stand side by side; only there it is read letter by letter. The first
 * of the two is one that carries no mark in Vietnamese; the second is itself, or the beginning of what can stand for
 * it. */
#include "lib/scan/text_search.h"
#include "lib/scan/stored.h"
#include "lib/scan/text_fold.h"
#include <stdlib.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

enum { WORDS_MAX = 16, LETTERS_MAX = 128, SAMPLES_MAX = 1 << 16 };

typedef struct {
  uint32_t letters[LETTERS_MAX]; /* folded */
  size_t count, anchor;          /* anchor: SIZE_MAX where every letter can carry a mark */
  uint8_t first, second, first_fold, second_fold;
  bool single, second_varies; /* single: the anchor is the last letter */
  uint64_t seen;              /* places tried */
} Word;

struct TextSearch {
  Word words[WORDS_MAX];
  size_t count, rarest;
  uint64_t sampled;
};

static bool plain_only;

void text_search_plain(bool plain) {
  plain_only = plain;
}

/* --- letters --- */

static uint32_t fold(uint32_t letter) {
  char base = '.';
  if (letter >= 'A' && letter <= 'Z')
    return letter + 32;
  if (letter >= FOLD_LATIN && letter < FOLD_LATIN_END)
    base = FOLD_LATIN_LETTERS[letter - FOLD_LATIN];
  else if (letter >= FOLD_VIETNAMESE && letter < FOLD_VIETNAMESE_END)
    base = FOLD_VIETNAMESE_LETTERS[letter - FOLD_VIETNAMESE];
  return base == '.' ? letter : (uint32_t)base;
}

static bool is_mark(uint32_t letter) {
  return letter >= 0x300 && letter <= 0x36f;
}

static int hex_value(uint8_t byte) {
  return byte >= '0' && byte <= '9'                     ? byte - '0'
         : (byte | 0x20) >= 'a' && (byte | 0x20) <= 'f' ? (byte | 0x20) - 'a' + 10
                                                        : -1;
}

/* \u1ea5 at `at`; 0: none. */
static uint32_t read_escape(const uint8_t *at, const uint8_t *end) {
  uint32_t letter = 0;
  if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
    return 0;
  for (int i = 2; i < 6; i++) {
    int value = hex_value(at[i]);
    if (value < 0)
      return 0;
    letter = letter << 4 | (uint32_t)value;
  }
  return letter;
}

/* The letter at `at`; what is no UTF-8 stands for itself. */
static uint32_t read_letter(const uint8_t *at, const uint8_t *end, size_t *out_size) {
  uint8_t first = *at;
  *out_size = 1;
  if (first == '\\') {
    uint32_t escaped = read_escape(at, end);
    *out_size = escaped ? 6 : 1;
    return escaped ? escaped : first;
  }
  size_t size = first < 0xc2 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 1;
  if (size == 1 || (size_t)(end - at) < size)
    return first;
  uint32_t letter = first & (0x7f >> size);
  for (size_t i = 1; i < size; i++) {
    if ((at[i] & 0xc0) != 0x80)
      return first;
    letter = letter << 6 | (at[i] & 0x3f);
  }
  *out_size = size;
  return letter;
}

/* The letter that ends before `at`. */
static uint32_t read_before(const uint8_t *begin, const uint8_t *at, size_t *out_size) {
  if (at - begin >= 6) {
    uint32_t escaped = read_escape(at - 6, at);
    *out_size = 6;
    if (escaped)
      return escaped;
  }
  size_t back = 1, size;
  while (back < 4 && back < (size_t)(at - begin) && (at[-(ptrdiff_t)back] & 0xc0) == 0x80)
    back++;
  uint32_t letter = read_letter(at - back, at, &size);
  *out_size = size == back ? back : 1;
  return size == back ? letter : at[-1];
}

/* --- words --- */

static bool varies(uint32_t letter) {
  return letter < 0x80 && strchr("aeiouyd", (int)letter);
}

static bool can_anchor(uint32_t letter) {
  return letter > 0x20 && letter < 0x7f && letter != '\\' && !varies(letter);
}

/* How common a letter is in logs, roughly; the rest is learnt from the text. */
static int weight(uint32_t letter) {
  static const char common[] = "0123456789.-:/trnscl";
  return strchr("jqxzkwvb", (int)letter) ? 1 : strchr(common, (int)letter) ? 4 : 2;
}

static void choose_anchor(Word *word) {
  int best = 1000;
  word->anchor = SIZE_MAX;
  for (size_t i = 0; i < word->count; i++) {
    if (!can_anchor(word->letters[i]))
      continue;
    bool last = i + 1 == word->count;
    uint32_t next = last ? 0 : word->letters[i + 1];
    int rank = weight(word->letters[i]) * (last ? 100 : can_anchor(next) ? weight(next) : varies(next) ? 8 : 3);
    if (rank >= best)
      continue;
    best = rank;
    word->anchor = i;
    word->single = last;
    word->second_varies = !last && !can_anchor(next);
  }
  if (word->anchor == SIZE_MAX)
    return;
  uint32_t first = word->letters[word->anchor], second = word->single ? 0 : word->letters[word->anchor + 1];
  word->first = (uint8_t)first;
  word->second = second < 0x80 ? (uint8_t)second : 0;
  word->first_fold = first >= 'a' && first <= 'z' ? 0x20 : 0;
  word->second_fold = second >= 'a' && second <= 'z' ? 0x20 : 0;
}

static const uint8_t *read_word(const uint8_t *at, const uint8_t *end, Word *word) {
  size_t size;
  while (at<end && * at> ' ') {
    uint32_t letter = fold(read_letter(at, end, &size));
    at += size;
    if (!is_mark(letter) && word->count < LETTERS_MAX)
      word->letters[word->count++] = letter;
  }
  return at;
}

TextSearch *text_search_new(const char *query, ScanError *error) {
  TextSearch *search = scan_new(1, sizeof *search);
  const uint8_t *at = (const uint8_t *)query, *end = at + strlen(query);
  while (at < end && search->count < WORDS_MAX) {
    Word *word = &search->words[search->count];
    while (at < end && *at <= ' ')
      at++;
    at = read_word(at, end, word);
    choose_anchor(word);
    search->count += word->count > 0;
  }
  if (search->count)
    return search;
  free(search);
  scan_fail(error, "Chưa có từ nào để tìm");
  return NULL;
}

void text_search_free(TextSearch *search) {
  free(search);
}

/* --- reading a word around its anchor --- */

static const uint8_t *match_back(const Word *word, const uint8_t *begin, const uint8_t *at) {
  size_t size;
  for (size_t left = word->anchor; left;) {
    if (at == begin)
      return NULL;
    uint32_t letter = fold(read_before(begin, at, &size));
    at -= size;
    if (is_mark(letter))
      continue;
    if (letter != word->letters[--left])
      return NULL;
  }
  return at;
}

static const uint8_t *match_on(const Word *word, size_t from, const uint8_t *at, const uint8_t *end) {
  size_t size;
  while (from < word->count) {
    if (at == end)
      return NULL;
    uint32_t letter = fold(read_letter(at, end, &size));
    at += size;
    if (is_mark(letter))
      continue;
    if (letter != word->letters[from++])
      return NULL;
  }
  return at;
}

static bool match_at(Word *word, Span text, const uint8_t *at, Span *out) {
  const uint8_t *begin = (const uint8_t *)text.bytes, *end = begin + text.size;
  size_t anchor = word->anchor == SIZE_MAX ? 0 : word->anchor;
  word->seen++;
  const uint8_t *stop = match_on(word, anchor, at, end);
  const uint8_t *start = stop && anchor ? match_back(word, begin, at) : at;
  if (!stop || !start)
    return false;
  *out = (Span){(const char *)start, (size_t)(stop - start)};
  return true;
}

/* --- finding anchors --- */

static bool is_anchor(const Word *word, const uint8_t *at, const uint8_t *end) {
  if ((at[0] | word->first_fold) != word->first)
    return false;
  if (word->single)
    return true;
  return end - at > 1 && ((word->second && (at[1] | word->second_fold) == word->second) ||
                          (word->second_varies && (at[1] >= 0x80 || at[1] == '\\')) || at[1] >= 0xcc);
}

static const uint8_t *find_plain(const Word *word, const uint8_t *at, const uint8_t *end) {
  while (at < end && !is_anchor(word, at, end))
    at++;
  return at;
}

#ifdef __x86_64__
__attribute__((target("avx2"))) static const uint8_t *find_avx2(const Word *word, const uint8_t *at,
                                                                const uint8_t *end) {
  const __m256i first = _mm256_set1_epi8((char)word->first), first_fold = _mm256_set1_epi8((char)word->first_fold);
  const __m256i second = _mm256_set1_epi8((char)word->second), second_fold = _mm256_set1_epi8((char)word->second_fold);
  const __m256i slash = _mm256_set1_epi8(word->second_varies ? '\\' : (char)word->second);
  const __m256i any = _mm256_set1_epi8((char)(word->single ? 0xff : 0));
  for (; end - at > 32; at += 32) {
    __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)at);
    __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(at + 1));
    __m256i is_first = _mm256_cmpeq_epi8(_mm256_or_si256(a, first_fold), first);
    __m256i is_second =
        _mm256_or_si256(_mm256_cmpeq_epi8(_mm256_or_si256(b, second_fold), second), _mm256_cmpeq_epi8(b, slash));
    /* A byte of a letter outside ASCII has its highest bit; movemask sees that bit. */
    __m256i both = _mm256_and_si256(is_first, _mm256_or_si256(_mm256_or_si256(is_second, b), any));
    uint32_t bits = (uint32_t)_mm256_movemask_epi8(both);
    for (; bits; bits &= bits - 1)
      if (is_anchor(word, at + __builtin_ctz(bits), end))
        return at + __builtin_ctz(bits);
  }
  return find_plain(word, at, end);
}
#endif

static const uint8_t *find_anchor(const Word *word, const uint8_t *at, const uint8_t *end) {
  if (word->anchor == SIZE_MAX)
    return at;
#ifdef __x86_64__
  if (!plain_only && __builtin_cpu_supports("avx2"))
    return find_avx2(word, at, end);
#endif
  return find_plain(word, at, end);
}

static bool find_word(Word *word, Span text, size_t from, Span *out) {
  const uint8_t *end = (const uint8_t *)text.bytes + text.size, *at = (const uint8_t *)text.bytes + from;
  for (; (at = find_anchor(word, at, end)) < end; at++)
    if (match_at(word, text, at, out))
      return true;
  return false;
}

bool text_search_all(TextSearch *search, Span text) {
  Span where;
  for (size_t i = 0; i < search->count; i++)
    if (!find_word(&search->words[i], text, 0, &where))
      return false;
  return true;
}

/* Which word has the fewest places to look at, in the first piece of text. */
static void sample(TextSearch *search, Span text) {
  const uint8_t *at = (const uint8_t *)text.bytes, *end = at + (text.size < SAMPLES_MAX ? text.size : SAMPLES_MAX);
  uint64_t least = UINT64_MAX;
  for (size_t i = 0; i < search->count; i++) {
    uint64_t places = 0;
    for (const uint8_t *p = at; (p = find_anchor(&search->words[i], p, end)) < end; p++)
      places++;
    if (places < least) {
      least = places;
      search->rarest = i;
    }
  }
  search->sampled = text.size;
}

bool text_search_next(TextSearch *search, Span text, size_t from, Span *out_where) {
  if (!search->sampled && search->count > 1)
    sample(search, text);
  return find_word(&search->words[search->rarest], text, from, out_where);
}
