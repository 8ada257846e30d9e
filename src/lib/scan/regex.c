#include "lib/scan/regex.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum { MATCH_LIMIT = 200000, DEPTH_LIMIT = 20000, HEAP_LIMIT_KB = 20000, JIT_STACK = 512 * 1024, REGEX_BYTES_MAX = 16384 };

struct Regex {
  pcre2_code *code;
};

struct RegexWork {
  pcre2_match_context *context;
  pcre2_match_data *data;
  pcre2_jit_stack *stack;
};

static pcre2_code *compile(const Pattern *pattern, int *out_error) {
  uint32_t flags = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;
  flags |= pattern->insensitive ? PCRE2_CASELESS : 0;
  flags |= pattern->multiline ? PCRE2_MULTILINE : 0;
  flags |= pattern->dotall ? PCRE2_DOTALL : 0;
  PCRE2_SIZE place;
  pcre2_compile_context *context = pcre2_compile_context_create(NULL);
  pcre2_set_newline(context, PCRE2_NEWLINE_LF);
  pcre2_code *code =
      pcre2_compile((PCRE2_SPTR)pattern->text.bytes, pattern->text.size, flags, out_error, &place, context);
  pcre2_compile_context_free(context);
  return code;
}

Regex *regex_new(const Pattern *pattern, char *out_reason, size_t size) {
  int error = 0;
  pcre2_code *code = pattern->text.size <= REGEX_BYTES_MAX ? compile(pattern, &error) : NULL;
  if (!code) {
    PCRE2_UCHAR reason[120] = "";
    pcre2_get_error_message(error, reason, sizeof reason);
    snprintf(out_reason, size, "%s", error ? (char *)reason : "quá dài");
    return NULL;
  }
  Regex *regex = scan_new(1, sizeof *regex);
  regex->code = code;
  pcre2_jit_compile(code, PCRE2_JIT_COMPLETE); /* without it the interpreter does the same */
  return regex;
}

void regex_free(Regex *regex) {
  if (!regex)
    return;
  pcre2_code_free(regex->code);
  free(regex);
}

bool slot_regex_valid(const Pattern *pattern, char *out_reason, size_t size) {
  int error = 0;
  pcre2_code *code = pattern->text.size <= REGEX_BYTES_MAX ? compile(pattern, &error) : NULL;
  PCRE2_UCHAR reason[120] = "";
  if (!code) {
    pcre2_get_error_message(error, reason, sizeof reason);
    snprintf(out_reason, size, "%s", error ? (char *)reason : "quá dài");
  }
  pcre2_code_free(code);
  return code;
}

RegexWork *regex_work_new(void) {
  RegexWork *work = scan_new(1, sizeof *work);
  work->context = pcre2_match_context_create(NULL);
  work->data = pcre2_match_data_create(1, NULL);
  work->stack = pcre2_jit_stack_create(32 * 1024, JIT_STACK, NULL);
  pcre2_set_match_limit(work->context, MATCH_LIMIT);
  pcre2_set_depth_limit(work->context, DEPTH_LIMIT);
  pcre2_set_heap_limit(work->context, HEAP_LIMIT_KB);
  pcre2_jit_stack_assign(work->context, NULL, work->stack);
  return work;
}

void regex_work_free(RegexWork *work) {
  if (!work)
    return;
  pcre2_match_context_free(work->context);
  pcre2_match_data_free(work->data);
  pcre2_jit_stack_free(work->stack);
  free(work);
}

bool regex_matches(const Regex *regex, RegexWork *work, Span text, bool ascii) {
  uint32_t flags = ascii ? PCRE2_NO_UTF_CHECK : 0;
  PCRE2_SPTR bytes = (PCRE2_SPTR)(text.size ? text.bytes : "");
  int result = pcre2_match(regex->code, bytes, text.size, 0, flags, work->data, work->context);
  if (result == PCRE2_ERROR_JIT_STACKLIMIT)
    result = pcre2_match(regex->code, bytes, text.size, 0, flags | PCRE2_NO_JIT, work->data, work->context);
  return result >= 0;
}

/* Past a class [...] that begins at `at`; NULL: not understood. */
static const char *skip_class(const char *at, const char *end) {
  at += 1 + (at + 1 < end && at[1] == '^');
  for (const char *first = at; at < end; at++) {
    if (*at == '[' && at + 1 < end && at[1] == ':')
      return NULL;
    if (*at == ']' && at > first)
      return at + 1;
    if (*at == '\\') {
      if (at + 1 >= end || strchr("QEcx", at[1]))
        return NULL;
      at++;
    }
  }
  return NULL;
}

/* Past a group that begins at `at`; NULL: not understood. */
static const char *skip_group(const char *at, const char *end) {
  int depth = 0;
  while (at < end) {
    if (*at == '\\') {
      if (at + 1 >= end || strchr("QEcx", at[1]))
        return NULL;
      at += 2;
    } else if (*at == '[') {
      if (!(at = skip_class(at, end)))
        return NULL;
    } else {
      depth += (*at == '(') - (*at == ')');
      if (*at == '(' && at + 1 < end && at[1] == '?' && (at + 2 >= end || at[2] != ':'))
        return NULL;
      at++;
      if (!depth)
        return at;
    }
  }
  return NULL;
}

typedef struct {
  char run[64], best[64];
  size_t run_size, best_size;
} Pieces;

static void end_run(Pieces *pieces) {
  if (pieces->run_size > pieces->best_size) {
    memcpy(pieces->best, pieces->run, pieces->run_size);
    pieces->best_size = pieces->run_size;
  }
  pieces->run_size = 0;
}

/* A character that stands for itself; a quantifier behind it may take it away. */
static void add_literal(Pieces *pieces, char c, const char *next, const char *end) {
  bool optional = next < end && (*next == '*' || *next == '?' || *next == '{');
  if (optional || pieces->run_size == sizeof pieces->run)
    end_run(pieces);
  if (optional)
    return;
  pieces->run[pieces->run_size++] = (char)tolower((unsigned char)c);
  if (next < end && *next == '+')
    end_run(pieces);
}

/* One thing of the sequence; returns what follows, NULL when it is not understood. */
static const char *read_thing(Pieces *pieces, const char *at, const char *end) {
  unsigned char c = (unsigned char)*at;
  if (c == '\\') {
    if (at + 1 >= end)
      return NULL;
    unsigned char escaped = (unsigned char)at[1];
    if (escaped >= 0x80 || (isalnum(escaped) && !strchr("dDwWsSbBnrtR", escaped)))
      return NULL;
    if (isalnum(escaped))
      end_run(pieces);
    else
      add_literal(pieces, (char)escaped, at + 2, end);
    return at + 2;
  }
  if (c == '|' || c == ')')
    return NULL;
  if (c == '(' || c == '[') {
    end_run(pieces);
    return c == '(' ? skip_group(at, end) : skip_class(at, end);
  }
  if (c >= 0x80 || strchr(".^$*+?", c)) {
    end_run(pieces);
    return at + 1;
  }
  if (c == '{') {
    end_run(pieces);
    const char *close = memchr(at, '}', (size_t)(end - at));
    return close ? close + 1 : NULL;
  }
  add_literal(pieces, (char)c, at + 1, end);
  return at + 1;
}

size_t regex_piece(const Pattern *pattern, char *out, size_t room) {
  const char *at = pattern->text.bytes, *end = at + pattern->text.size;
  if (pattern->text.size >= 4 && memcmp(at, "(?i)", 4) == 0)
    at += 4;
  if (memchr(at, 0, (size_t)(end - at)))
    return 0;
  Pieces pieces = {0};
  while (at && at < end)
    at = read_thing(&pieces, at, end);
  if (!at)
    return 0;
  end_run(&pieces);
  size_t size = pieces.best_size < room ? pieces.best_size : room;
  memcpy(out, pieces.best, size);
  return size;
}
