#include <stdlib.h>
#include <string.h>
#include "lib/scan/fields.h"
#include "lib/scan/json_index.h"
#include "lib/scan/utf8.h"
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

typedef struct {
  uint32_t path;
  bool object;
} Level;

struct JsonScanner {
  FieldTable *table;
  JsonIndexer *indexer;
  EventField *out; /* where the next value goes */
  EventField *out_end;
  uint64_t over;
  uint32_t previous;  /* path of the last key */
  uint32_t best_time; /* rank << 16 | (0xFFFF - place) of the value that holds the time best */
  bool named_data;
  unsigned depth;
  EventField *first;
  Level levels[EVENT_DEPTH_MAX];
  EventField beyond; /* takes the values that find no room */
  JsonIndex index;
};

JsonScanner *json_scanner_new(FieldTable *table, JsonWay way) {
  bool avx2 = false;
#if defined(__x86_64__)
  avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("bmi2");
#endif
  if (way == JSON_AVX2 && !avx2)
    return NULL;
  JsonScanner *scanner = malloc(sizeof *scanner);
  if (!scanner)
    return NULL;
  scanner->table = table;
  scanner->previous = FIELD_ROOT;
  scanner->best_time = 0;
  scanner->over = 0;
  if (way == JSON_BEST)
    way = avx2 ? JSON_AVX2 : JSON_SSE2;
  scanner->indexer = way == JSON_AVX2 ? json_index_avx2 : way == JSON_SSE2 ? json_index_sse2 : json_index_plain;
  return scanner;
}

void json_scanner_free(JsonScanner *scanner) {
  free(scanner);
}

uint64_t json_scanner_over(const JsonScanner *scanner) {
  return scanner->over;
}

bool json_scanner_named_data(const JsonScanner *scanner) {
  return scanner->named_data;
}

const EventField *json_scanner_time(const JsonScanner *scanner, const Event *event) {
  return scanner->best_time ? &event->fields[0xFFFF - (scanner->best_time & 0xFFFF)] : NULL;
}

static void index_begin(JsonIndex *index, Span bytes) {
  index->bytes = bytes.bytes;
  index->size = bytes.size < JSON_BYTES_MAX ? bytes.size : JSON_BYTES_MAX;
  index->done = 0;
  index->at = index->end = index->positions;
  index->low = index->positions;
  index->fault = SIZE_MAX;
  index->in_string = index->escape = index->scalar = 0;
  index->beyond_ascii = index->line_end = false;
}

/* Whether a backslash stands in [from, end). */
JSON_INLINE bool has_backslash(const JsonIndex *index, uint32_t from, uint32_t end) {
  const uint64_t *words = index->backslashes;
  uint32_t first = from / 64, last = end / 64;
  uint64_t below_end = ~(~(uint64_t)0 << end % 64);
  uint64_t found = words[first] >> from % 64 << from % 64;
  if (first == last)
    return (found & below_end) != 0;
  for (uint32_t i = first + 1; i < last; i++)
    found |= words[i];
  return (found | (words[last] & below_end)) != 0;
}

#if defined(__SSE2__)
JSON_INLINE uint32_t equal_bytes(const char *a, const char *b) {
  __m128i first = _mm_loadu_si128((const __m128i *)(const void *)a),
          second = _mm_loadu_si128((const __m128i *)(const void *)b);
  return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(first, second));
}
#endif

JSON_INLINE bool key_is(const FieldPath *path, const char *key, uint32_t size, const char *readable_end) {
#if defined(__SSE2__)
  if (__builtin_expect(size <= FIELD_HEAD_BYTES && readable_end - key >= FIELD_HEAD_BYTES, 1))
    return (~equal_bytes(path->head, key) & (((uint32_t)1 << size) - 1)) == 0;
  if (size > FIELD_HEAD_BYTES && size <= 2 * FIELD_HEAD_BYTES)
    return (equal_bytes(path->head, key) &
            equal_bytes(path->key + size - FIELD_HEAD_BYTES, key + size - FIELD_HEAD_BYTES)) == 0xFFFF;
#endif
  (void)readable_end;
  return !memcmp(path->key, key, size);
}

static uint32_t path_of_escaped(JsonScanner *scanner, uint32_t parent, Span key) {
  char buffer[FIELD_NAME_MAX];
  if (key.size > sizeof buffer) {
    scanner->table->over++;
    return FIELD_OTHER;
  }
  EventField field = {.raw = key, .escaped = true};
  return field_table_path_slow(scanner->table, parent, event_text(&field, buffer));
}

static uint32_t path_look(JsonScanner *scanner, uint32_t parent, uint32_t from, uint32_t end) {
  FieldTable *table = scanner->table;
  Span key = {scanner->index.bytes + from, end - from};
  uint32_t found = has_backslash(&scanner->index, from, end) ? path_of_escaped(scanner, parent, key)
                                                             : field_table_path_slow(table, parent, key);
  FieldPath *previous = &table->paths[scanner->previous];
  previous->next[previous->oldest] = found;
  previous->oldest = (uint8_t)((previous->oldest + 1) % FIELD_GUESSES);
  return scanner->previous = found;
}

/* Events of one kind have their keys in one order: the key after the last one is most likely one that followed it
 * before. */
JSON_INLINE uint32_t path_of_key(JsonScanner *scanner, uint32_t parent, uint32_t from, uint32_t end) {
  const FieldPath *paths = scanner->table->paths;
  const uint32_t *guesses = paths[scanner->previous].next;
  uint32_t size = end - from;
  const char *key = scanner->index.bytes + from;
  for (int i = 0; i < FIELD_GUESSES; i++) {
    const FieldPath *path = &paths[guesses[i]];
    if (path->parent == parent && path->key_size == size &&
        key_is(path, key, size, scanner->index.bytes + scanner->index.size))
      return scanner->previous = guesses[i];
  }
  return path_look(scanner, parent, from, end);
}

/* Where the number at `at` ends; NULL: it is none. At `end` it may go on. */
static const char *number_end(const char *at, const char *end) {
  if (at < end && *at == '-')
    at++;
  if (at == end)
    return at;
  if (*at == '0')
    at++;
  else if (*at >= '1' && *at <= '9')
    while (at < end && *at >= '0' && *at <= '9')
      at++;
  else
    return NULL;
  if (at < end && *at == '.') {
    if (++at < end && (*at < '0' || *at > '9'))
      return NULL;
    while (at < end && *at >= '0' && *at <= '9')
      at++;
  }
  if (at < end && (*at | 0x20) == 'e') {
    if (++at < end && (*at == '+' || *at == '-'))
      at++;
    if (at < end && (*at < '0' || *at > '9'))
      return NULL;
    while (at < end && *at >= '0' && *at <= '9')
      at++;
  }
  return at;
}

static const char *literal_end(const char *at, const char *end, ValueKind *out_kind) {
  static const struct {
    const char *text;
    size_t size;
    ValueKind kind;
  } literals[] = {{"true", 4, VALUE_TRUE}, {"false", 5, VALUE_FALSE}, {"null", 4, VALUE_NULL}};
  for (size_t i = 0; i < sizeof literals / sizeof literals[0]; i++) {
    size_t size = literals[i].size < (size_t)(end - at) ? literals[i].size : (size_t)(end - at);
    if (!memcmp(at, literals[i].text, size)) {
      *out_kind = literals[i].kind;
      return at + size;
    }
  }
  return NULL;
}

JSON_INLINE void value_add(JsonScanner *scanner, Span raw, uint32_t path, ValueKind kind, bool escaped) {
  EventField *out = scanner->out;
  const FieldPath *of = &scanner->table->paths[path];
  uint32_t time = (uint32_t)of->time_rank << 16;
  scanner->named_data |= of->named_data;
  if (__builtin_expect(out == scanner->out_end, 0)) {
    scanner->over++;
    return;
  }
  *out = (EventField){.raw = raw, .path = path, .kind = (uint8_t)kind, .escaped = escaped};
  if (time && time > (scanner->best_time & 0xFF0000))
    scanner->best_time = time | (0xFFFF - (uint32_t)(out - scanner->first));
  scanner->out = out + 1;
}

static JsonResult scalar_add(JsonScanner *scanner, uint32_t from, uint32_t path) {
  const char *at = scanner->index.bytes + from, *end = scanner->index.bytes + scanner->index.size;
  ValueKind kind = VALUE_NUMBER;
  const char *stop = *at == '-' || (*at >= '0' && *at <= '9') ? number_end(at, end) : literal_end(at, end, &kind);
  if (!stop)
    return JSON_INVALID;
  if (stop == end)
    return JSON_UNFINISHED;
  if (!memchr(",}] \n\r\t", *stop, 7))
    return JSON_INVALID;
  value_add(scanner, (Span){at, (size_t)(stop - at)}, path, kind, false);
  return JSON_WHOLE;
}

/* The walk over the positions; ends behind the bracket that closes the first one. */
static JsonResult walk(JsonScanner *scanner) {
  JsonIndex *index = &scanner->index;
  const char *bytes = index->bytes;
  uint32_t path = FIELD_ROOT;
  JsonResult result;
  scanner->depth = 0;

value : {
  uint32_t from = *index->at++;
  char first = bytes[from];
  if (first == '"') {
    uint32_t end = *index->at++;
    if (end <= from)
      return JSON_UNFINISHED;
    value_add(scanner, (Span){bytes + from + 1, end - from - 1}, path, VALUE_STRING,
              has_backslash(index, from + 1, end));
  } else if ((first | 0x20) == '{') {
    if (index->at > index->end)
      return JSON_UNFINISHED;
    if (scanner->depth == EVENT_DEPTH_MAX)
      return JSON_INVALID;
    scanner->levels[scanner->depth++] = (Level){path, first == '{'};
    if (index->at >= index->low)
      scanner->indexer(index);
    if (bytes[*index->at] == (first == '{' ? '}' : ']') && index->at < index->end)
      goto after;
    if (first == '{')
      goto key;
    goto value;
  } else if ((result = scalar_add(scanner, from, path)) != JSON_WHOLE)
    return index->at > index->end ? JSON_UNFINISHED : result;
}

after:
  if (index->at >= index->low)
    scanner->indexer(index);
  {
    Level level = scanner->levels[scanner->depth - 1];
    char mark = bytes[*index->at++];
    if (mark == ',') {
      path = level.path;
      if (level.object)
        goto key;
      goto value;
    }
    if (mark != (level.object ? '}' : ']') || index->at > index->end)
      return index->at > index->end ? JSON_UNFINISHED : JSON_INVALID;
    if (--scanner->depth == 0)
      return JSON_WHOLE;
    goto after;
  }

key : {
  uint32_t from = index->at[0], end = index->at[1], colon = index->at[2];
  if (bytes[from] != '"' || bytes[colon] != ':')
    return index->at + 3 > index->end && (index->at >= index->end || bytes[from] == '"') ? JSON_UNFINISHED
                                                                                         : JSON_INVALID;
  index->at += 3;
  path = path_of_key(scanner, scanner->levels[scanner->depth - 1].path, from + 1, end);
  goto value;
}
}

JsonResult json_scan(JsonScanner *scanner, Span bytes, Event *event, size_t *out_used) {
  JsonIndex *index = &scanner->index;
  index_begin(index, bytes);
  scanner->first = event->fields;
  scanner->out = event->fields + event->count;
  scanner->out_end = event->fields + EVENT_FIELDS_MAX;
  scanner->previous = FIELD_ROOT;
  scanner->best_time = 0;
  scanner->named_data = false;
  if (!bytes.size)
    return JSON_UNFINISHED;
  if ((*bytes.bytes | 0x20) != '{')
    return JSON_INVALID;
  scanner->indexer(index);
  JsonResult result = walk(scanner);
  size_t used = result == JSON_WHOLE ? index->at[-1] + (size_t)1 : index->size;
  if (result != JSON_INVALID && index->fault < used)
    result = JSON_INVALID;
  if (result == JSON_WHOLE && index->beyond_ascii && !utf8_is_valid((Span){bytes.bytes, used}))
    result = JSON_INVALID;
  if (result != JSON_WHOLE)
    return result;
  event->count = (uint32_t)(scanner->out - event->fields);
  *out_used = used;
  return JSON_WHOLE;
}
