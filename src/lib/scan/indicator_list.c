/* Lists of lines: plain ones and CSV. */
#include "lib/scan/indicator_set.h"
#include <stdlib.h>
#include <strings.h>
#include <time.h>

enum { COLUMNS_MAX = 64, LINE_MAX_BYTES = 1 << 16 };

static bool next_line(Span *bytes, Span *out) {
  if (!bytes->size)
    return false;
  const char *stop = memchr(bytes->bytes, '\n', bytes->size);
  size_t size = stop ? (size_t)(stop - bytes->bytes) : bytes->size, used = stop ? size + 1 : size;
  *out = (Span){bytes->bytes, size && bytes->bytes[size - 1] == '\r' ? size - 1 : size};
  bytes->bytes += used;
  bytes->size -= used;
  return true;
}

static bool is_space(char byte) {
  return byte == ' ' || byte == '\t';
}

static Span trim(Span text) {
  while (text.size && is_space(*text.bytes))
    text.bytes++, text.size--;
  while (text.size && is_space(text.bytes[text.size - 1]))
    text.size--;
  return text;
}

static Span skip_mark(Span bytes) {
  if (bytes.size >= 3 && memcmp(bytes.bytes, "\xef\xbb\xbf", 3) == 0)
    return (Span){bytes.bytes + 3, bytes.size - 3};
  return bytes;
}

static Span first_word(Span *line) {
  Span word = {line->bytes, 0};
  while (word.size < line->size && !is_space(word.bytes[word.size]))
    word.size++;
  line->bytes += word.size;
  line->size -= word.size;
  *line = trim(*line);
  return word;
}

static bool equals(Span text, const char *word) {
  return text.size == strlen(word) && strncasecmp(text.bytes, word, text.size) == 0;
}

/* A file of hosts leads its names to nowhere: the name is meant. */
static bool is_nowhere(Span word) {
  return equals(word, "0.0.0.0") || equals(word, "127.0.0.1") || equals(word, "::1") || equals(word, "::");
}

bool list_add_plain(IndicatorSet *set, const char *source, Span bytes, ListCount *count, ScanError *error) {
  (void)error;
  Span line;
  bytes = skip_mark(bytes);
  while (next_line(&bytes, &line)) {
    IndicatorMeta meta = INDICATOR_META(source);
    line = trim(line);
    if (!line.size || strchr("#;!", *line.bytes))
      continue;
    Span word = first_word(&line);
    if (line.size && is_nowhere(word))
      word = first_word(&line);
    if (line.size && strchr("#;", *line.bytes)) {
      line.bytes++, line.size--;
      meta.note = trim(line);
    }
    bool taken = indicator_set_put(set, word, &meta);
    count->taken += taken;
    count->faults += !taken;
  }
  return true;
}

/* --- what lists say beside the value --- */

bool list_read_tlp(Span text, uint8_t *out) {
  static const struct {
    const char *word;
    uint8_t level;
  } WORDS[] = {
      {"clear",        0},
      {"white",        0},
      {"green",        1},
      {"amber",        2},
      {"amber+strict", 3},
      {"red",          4}
  };
  if (text.size > 4 && strncasecmp(text.bytes, "tlp:", 4) == 0)
    text = trim((Span){text.bytes + 4, text.size - 4});
  for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
    if (equals(text, WORDS[i].word)) {
      *out = WORDS[i].level;
      return true;
    }
  return false;
}

static bool read_digits(Span *text, size_t digits, int *out) {
  *out = 0;
  if (text->size < digits)
    return false;
  for (size_t i = 0; i < digits; i++) {
    if (text->bytes[i] < '0' || text->bytes[i] > '9')
      return false;
    *out = *out * 10 + text->bytes[i] - '0';
  }
  text->bytes += digits;
  text->size -= digits;
  return true;
}

static bool skip(Span *text, const char *signs) {
  if (!text->size || !strchr(signs, *text->bytes))
    return false;
  text->bytes++;
  text->size--;
  return true;
}

/* "Z", "+07:00", "-0330" or nothing: UTC. */
static int read_zone(Span *text) {
  int hours, minutes, sign = text->size && *text->bytes == '-' ? -1 : 1;
  if (!skip(text, "+-") || !read_digits(text, 2, &hours))
    return 0;
  skip(text, ":");
  return sign * (hours * 60 + (read_digits(text, 2, &minutes) ? minutes : 0));
}

bool list_read_time(Span text, int64_t *out_ms) {
  struct tm day = {0};
  int year, month;
  text = trim(text);
  if (!read_digits(&text, 4, &year) || !skip(&text, "-/") || !read_digits(&text, 2, &month) || !skip(&text, "-/") ||
      !read_digits(&text, 2, &day.tm_mday) || month < 1 || month > 12 || day.tm_mday < 1 || day.tm_mday > 31)
    return false;
  int zone = 0;
  if (skip(&text, "T ") && read_digits(&text, 2, &day.tm_hour) && skip(&text, ":") &&
      read_digits(&text, 2, &day.tm_min)) {
    if (skip(&text, ":"))
      read_digits(&text, 2, &day.tm_sec);
    if (skip(&text, ".,"))
      while (skip(&text, "0123456789"))
        ;
    zone = read_zone(&text);
  }
  day.tm_year = year - 1900;
  day.tm_mon = month - 1;
  *out_ms = ((int64_t)timegm(&day) - zone * 60) * 1000;
  return true;
}

/* --- CSV --- */

typedef enum { ROLE_NONE, ROLE_VALUE, ROLE_NOTE, ROLE_EXPIRES, ROLE_CONFIDENCE, ROLE_TLP, ROLE_SOURCE } Role;

static const struct {
  const char *name;
  Role role;
} HEADINGS[] = {
    {"indicator",         ROLE_VALUE     },
    {"indicator_value",   ROLE_VALUE     },
    {"ioc",               ROLE_VALUE     },
    {"ioc_value",         ROLE_VALUE     },
    {"value",             ROLE_VALUE     },
    {"observable",        ROLE_VALUE     },
    {"ip",                ROLE_VALUE     },
    {"ip_address",        ROLE_VALUE     },
    {"ipaddress",         ROLE_VALUE     },
    {"src_ip",            ROLE_VALUE     },
    {"dst_ip",            ROLE_VALUE     },
    {"dest_ip",           ROLE_VALUE     },
    {"ipv4",              ROLE_VALUE     },
    {"ipv6",              ROLE_VALUE     },
    {"domain",            ROLE_VALUE     },
    {"hostname",          ROLE_VALUE     },
    {"host",              ROLE_VALUE     },
    {"fqdn",              ROLE_VALUE     },
    {"url",               ROLE_VALUE     },
    {"hash",              ROLE_VALUE     },
    {"md5",               ROLE_VALUE     },
    {"sha1",              ROLE_VALUE     },
    {"sha256",            ROLE_VALUE     },
    {"md5_hash",          ROLE_VALUE     },
    {"sha1_hash",         ROLE_VALUE     },
    {"sha256_hash",       ROLE_VALUE     },
    {"email",             ROLE_VALUE     },
    {"mail",              ROLE_VALUE     },
    {"network",           ROLE_VALUE     },
    {"cidr",              ROLE_VALUE     },
    {"giá trị",        ROLE_VALUE     },
    {"chỉ dấu",       ROLE_VALUE     },
    {"note",              ROLE_NOTE      },
    {"notes",             ROLE_NOTE      },
    {"comment",           ROLE_NOTE      },
    {"description",       ROLE_NOTE      },
    {"malware",           ROLE_NOTE      },
    {"malware_printable", ROLE_NOTE      },
    {"threat",            ROLE_NOTE      },
    {"ghi chú",          ROLE_NOTE      },
    {"expires",           ROLE_EXPIRES   },
    {"expiry",            ROLE_EXPIRES   },
    {"expiration",        ROLE_EXPIRES   },
    {"valid_until",       ROLE_EXPIRES   },
    {"hết hạn",       ROLE_EXPIRES   },
    {"confidence",        ROLE_CONFIDENCE},
    {"confidence_level",  ROLE_CONFIDENCE},
    {"tin cậy",         ROLE_CONFIDENCE},
    {"tlp",               ROLE_TLP       },
    {"source",            ROLE_SOURCE    },
    {"nguồn",           ROLE_SOURCE    },
};

typedef struct {
  char separator;
  uint8_t roles[COLUMNS_MAX];
  bool headed;
} CsvShape;

/* A field into `out` without its quotes; false: the row is over. Rows do not go over lines. */
static bool next_field(Span *row, char separator, ByteBuffer *out, bool *more) {
  if (!*more)
    return false;
  *row = separator == '\t' ? *row : trim(*row);
  bool quoted = row->size && *row->bytes == '"';
  size_t at = quoted;
  out->size = 0;
  for (; at < row->size; at++) {
    if (quoted && row->bytes[at] == '"') {
      if (at + 1 < row->size && row->bytes[at + 1] == '"')
        at++;
      else
        break;
    } else if (!quoted && row->bytes[at] == separator)
      break;
    byte_buffer_add(out, row->bytes + at, 1);
  }
  while (at < row->size && row->bytes[at] != separator)
    at++;
  *more = at < row->size;
  at += *more;
  row->bytes += at;
  row->size -= at;
  return true;
}

static Role role_of(Span name) {
  name = trim(name);
  for (size_t i = 0; i < sizeof HEADINGS / sizeof *HEADINGS; i++)
    if (equals(name, HEADINGS[i].name))
      return HEADINGS[i].role;
  return ROLE_NONE;
}

/* Whether a row names its columns; `shape` gets them. */
static bool read_heading(Span row, CsvShape *shape) {
  ByteBuffer field = {0};
  bool more = true, values = false;
  uint8_t roles[COLUMNS_MAX] = {0};
  for (size_t i = 0; i < COLUMNS_MAX && next_field(&row, shape->separator, &field, &more); i++) {
    roles[i] = (uint8_t)role_of((Span){(const char *)field.bytes, field.size});
    values |= roles[i] == ROLE_VALUE;
  }
  free(field.bytes);
  if (values) {
    memcpy(shape->roles, roles, sizeof roles);
    shape->headed = true;
  }
  return values;
}

static char separator_of(Span line) {
  for (const char *sign = ",;\t|"; *sign; sign++)
    if (memchr(line.bytes, *sign, line.size))
      return *sign;
  return 0;
}

/* A row in a comment can be the heading too. */
static Span uncomment(Span line) {
  while (line.size && (*line.bytes == '#' || is_space(*line.bytes)))
    line.bytes++, line.size--;
  return line;
}

bool list_looks_like_csv(Span bytes) {
  Span line;
  bytes = skip_mark(bytes);
  for (int lines = 0; lines < 100 && next_line(&bytes, &line); lines++) {
    line = trim(line);
    CsvShape shape = {.separator = separator_of(line)};
    bool comment = line.size && *line.bytes == '#';
    if (line.size && shape.separator && read_heading(uncomment(line), &shape))
      return true;
    if (line.size && !comment)
      return shape.separator && shape.separator != '|' && memchr(line.bytes, '#', line.size) == NULL;
  }
  return false;
}

typedef struct {
  IndicatorSet *set;
  IndicatorMeta meta;
  ByteBuffer field, note;
  Span values[COLUMNS_MAX]; /* offsets into `kept` until the row is whole */
  ByteBuffer kept;
  size_t value_count;
} CsvRow;

static void take_field(CsvRow *row, Role role, Span field) {
  int number = 0, digit;
  switch (role) {
  case ROLE_VALUE:
    row->values[row->value_count++] = (Span){(const char *)(uintptr_t)row->kept.size, field.size};
    byte_buffer_add(&row->kept, field.bytes, field.size);
    break;
  case ROLE_NOTE:
    row->note.size = 0;
    byte_buffer_add(&row->note, field.bytes, field.size);
    row->meta.note = (Span){(const char *)row->note.bytes, row->note.size};
    break;
  case ROLE_EXPIRES:
    list_read_time(field, &row->meta.expires_ms);
    break;
  case ROLE_CONFIDENCE:
    while (number <= 100 && read_digits(&field, 1, &digit))
      number = number * 10 + digit;
    row->meta.confidence = (uint8_t)(number > 100 ? 100 : number);
    break;
  case ROLE_TLP:
    list_read_tlp(field, &row->meta.tlp);
    break;
  case ROLE_SOURCE:
    row->meta.source = indicator_set_text(row->set, field);
    break;
  case ROLE_NONE:
    break;
  }
}

/* Without a heading the first field that is an indicator is it. */
static size_t put_row(CsvRow *row, const CsvShape *shape) {
  size_t taken = 0;
  for (size_t i = 0; i < row->value_count && (shape->headed || !taken); i++) {
    Span value = {(const char *)row->kept.bytes + (uintptr_t)row->values[i].bytes, row->values[i].size};
    taken += value.size && indicator_set_put(row->set, value, &row->meta);
  }
  return taken;
}

static size_t add_row(CsvRow *row, const CsvShape *shape, Span line, const char *source) {
  bool more = true;
  row->meta = INDICATOR_META(source);
  row->kept.size = row->value_count = 0;
  byte_buffer_room(&row->kept, 1);
  for (size_t i = 0; i < COLUMNS_MAX && next_field(&line, shape->separator, &row->field, &more); i++)
    take_field(row, shape->headed ? (Role)shape->roles[i] : ROLE_VALUE,
               (Span){(const char *)row->field.bytes, row->field.size});
  return put_row(row, shape);
}

bool list_add_csv(IndicatorSet *set, const char *source, Span bytes, ListCount *count, ScanError *error) {
  CsvShape shape = {0};
  CsvRow row = {.set = set};
  Span line;
  bool first = true;
  (void)error;
  bytes = skip_mark(bytes);
  while (next_line(&bytes, &line)) {
    line = trim(line);
    if (!line.size)
      continue;
    bool comment = *line.bytes == '#';
    if (!shape.separator || comment || first) {
      CsvShape tried = {.separator = separator_of(uncomment(line))};
      bool heading = tried.separator ? read_heading(uncomment(line), &tried) : role_of(line) == ROLE_VALUE;
      if (heading || !comment)
        shape = heading || !shape.headed ? tried : shape;
      first = first && comment;
      if (heading || comment)
        continue;
    }
    size_t taken = line.size <= LINE_MAX_BYTES ? add_row(&row, &shape, line, source) : 0;
    count->taken += taken;
    count->faults += !taken;
  }
  free(row.field.bytes);
  free(row.note.bytes);
  free(row.kept.bytes);
  return true;
}
