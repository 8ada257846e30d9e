#include "module/plan/plan_mark.h"
#include <string.h>

int plan_roman_value(const char *fold, gsize length) {
  static const char *const ONES[] = {"", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"};
  gsize tens = 0;
  while (tens < length && tens < 3 && fold[tens] == 'x')
    tens++;
  for (int one = 0; one < 10; one++)
    if (strlen(ONES[one]) == length - tens && !strncmp(fold + tens, ONES[one], length - tens))
      return (int)tens * 10 + one;
  return 0;
}

static void mark_name(PlanMark *mark, PlanText text, gsize from, gsize to) {
  const char *start = plan_text_at(text, from), *end = plan_text_at(text, to);
  g_strlcpy(mark->name, start, MIN(sizeof mark->name, (gsize)(end - start) + 1));
}

/* After the mark: blanks, or straight the capital of the next word. */
static gboolean mark_end(PlanMark *mark, PlanText text, gsize at) {
  if (at < text.length && text.fold[at] != ' ' && !plan_text_upper_at(text, at) && text.fold[at] != '"')
    return FALSE;
  while (at < text.length && text.fold[at] == ' ')
    at++;
  mark->length = at;
  return TRUE;
}

static gboolean mark_bullet(PlanMark *mark, PlanText text) {
  static const struct {
    gunichar sign;
    MarkKind kind;
  } SIGNS[] = {
      {'-',    MARK_DASH},
      {0x2010, MARK_DASH},
      {0x2011, MARK_DASH},
      {0x2013, MARK_DASH},
      {0x2014, MARK_DASH},
      {0x2212, MARK_DASH},
      {'+',    MARK_PLUS},
      {'*',    MARK_STAR},
      {0x2022, MARK_DASH},
      {0x25CF, MARK_DASH},
      {0x25AA, MARK_STAR},
      {0x00B7, MARK_STAR},
      {0xF0B7, MARK_DASH},
      {0xF02D, MARK_DASH},
      {0x25CB, MARK_PLUS},
      {0x27A2, MARK_STAR},
      {0x2713, MARK_STAR},
      {0xF0A7, MARK_STAR},
      {0x25A0, MARK_STAR}
  };
  gunichar c = g_utf8_get_char(text.text);
  for (gsize i = 0; i < G_N_ELEMENTS(SIGNS); i++)
    if (SIGNS[i].sign == c) {
      mark->kind = SIGNS[i].kind;
      return text.length > 1 && mark_end(mark, text, 1) && mark->length < text.length;
    }
  return FALSE;
}

/* "12", "1.2.3": how many numbers; 0 when it is none. *at goes to the end. */
static int mark_numbers(PlanText text, gsize *at) {
  int count = 0;
  for (gsize i = *at;;) {
    gsize digits = 0;
    while (g_ascii_isdigit(text.fold[i + digits]))
      digits++;
    if (!digits || digits > 2 || (digits == 2 && text.fold[i] == '0' && count))
      return *at == i ? count : 0;
    count++;
    i += digits;
    *at = i;
    if (text.fold[i] != '.' || !g_ascii_isdigit(text.fold[i + 1]) || count == 5)
      return count;
    i++;
    *at = i;
  }
}

static gboolean mark_number(PlanMark *mark, PlanText text) {
  gsize at = 0;
  int count = mark_numbers(text, &at);
  if (!count)
    return FALSE;
  mark->kind = (MarkKind)(MARK_NUMBER + MIN(count, 4) - 1);
  mark_name(mark, text, 0, at);
  char after = text.fold[at];
  if (count == 1 && after == ')') {
    mark->kind = MARK_PAREN;
    return mark_end(mark, text, at + 1);
  }
  if (after == '.')
    return mark_end(mark, text, at + 1);
  return count > 1 && after == ' ' && plan_text_upper_at(text, at + 1) && mark_end(mark, text, at);
}

static gboolean mark_roman(PlanMark *mark, PlanText text) {
  gsize length = 0;
  while (length < 6 && strchr("ivx", text.fold[length]) && text.fold[length])
    length++;
  if (!length || !plan_text_upper_at(text, 0) || !plan_roman_value(text.fold, length) || !text.fold[length])
    return FALSE;
  mark->kind = MARK_ROMAN;
  gsize at = length + 1;
  if (text.fold[length] == '.' && g_ascii_isdigit(text.fold[at])) {
    int count = mark_numbers(text, &at);
    mark->kind = (MarkKind)(MARK_NUMBER + MIN(count, 4) - 1);
    mark->whole = TRUE;
    mark_name(mark, text, 0, at);
    return count && (text.fold[at] == '.' ? mark_end(mark, text, at + 1) : mark_end(mark, text, at));
  }
  mark_name(mark, text, 0, length);
  return strchr("./-):", text.fold[length]) && mark_end(mark, text, at);
}

static gboolean mark_letter(PlanMark *mark, PlanText text) {
  if (!g_ascii_isalpha(text.fold[0]) || !text.fold[1])
    return FALSE;
  gboolean capital = plan_text_upper_at(text, 0);
  char after = text.fold[1];
  if (after != ')' && after != '.' && after != '/')
    return FALSE;
  if (after != ')' && !plan_text_upper_at(text, 2) && !(text.fold[2] == ' ' && plan_text_upper_at(text, 3)))
    return FALSE;
  mark->kind = capital && after != ')' ? MARK_CAPITAL : MARK_LETTER;
  mark_name(mark, text, 0, 1);
  return mark_end(mark, text, 2);
}

static gboolean mark_paren(PlanMark *mark, PlanText text) {
  const char *close = text.fold[0] == '(' ? strchr(text.fold, ')') : NULL;
  gsize length = close ? (gsize)(close - text.fold) : 0;
  if (length < 2 || length > 4)
    return FALSE;
  for (gsize i = 1; i < length; i++)
    if (!g_ascii_isdigit(text.fold[i]) && !strchr("ivx", text.fold[i]))
      return FALSE;
  mark->kind = MARK_PAREN;
  mark_name(mark, text, 1, length);
  return mark_end(mark, text, length + 1);
}

static gboolean mark_part(PlanMark *mark, PlanText text) {
  static const char *const PARTS[] = {"phan", "chuong", "muc", NULL};
  gsize at = plan_starts_any(text.fold, PARTS);
  if (!at || text.fold[at] != ' ' || !plan_text_upper_at(text, 0))
    return FALSE;
  gsize from = ++at;
  if (plan_starts(text.fold + at, "thu "))
    at += 4;
  while (g_ascii_isalnum(text.fold[at]))
    at++;
  gboolean counted = g_ascii_isdigit(text.fold[from]) || plan_roman_value(text.fold + from, at - from) ||
                     plan_starts(text.fold + from, "thu ");
  if (!counted || at - from > 10 || (text.fold[at] && !strchr(".:-", text.fold[at])))
    return FALSE;
  mark->kind = MARK_PART;
  mark_name(mark, text, from, at);
  return text.fold[at] ? mark_end(mark, text, at + 1) : mark_end(mark, text, at);
}

PlanMark plan_mark(PlanText text) {
  static gboolean (*const READERS[])(PlanMark *, PlanText) = {mark_bullet, mark_number, mark_roman,
                                                              mark_letter, mark_paren,  mark_part};
  for (gsize i = 0; i < G_N_ELEMENTS(READERS) && text.length; i++) {
    PlanMark mark = {.kind = MARK_NONE};
    if (READERS[i](&mark, text))
      return mark;
  }
  return (PlanMark){.kind = MARK_NONE};
}
