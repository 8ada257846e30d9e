/* What only the raw lines show: recognition errors, slips, page numbers, lost markers. */
#include "module/plan/plan_check_part.h"
#include "base/text.h"
#include <string.h>

#define COMMON_USES 3

static void report_line(PlanCheck *check, const CheckLine *line, const char *fix) {
  check_report(check, (Finding){.line = line->number, .found = line->plain, .fix = fix});
}

/* ---- recognition errors: a term of the genre with wrong words in it ---- */

/* One letter put in, left out or changed; the lengths differ by one at most. */
static gboolean one_edit_apart(const CheckWord *a, const CheckWord *b) {
  const CheckWord *longer = a->bare_length >= b->bare_length ? a : b, *shorter = longer == a ? b : a;
  gsize same = 0;
  while (same < shorter->bare_length && longer->bare[same] == shorter->bare[same])
    same++;
  gsize skip = shorter->bare_length == longer->bare_length ? 1 : 0;
  return same < longer->bare_length && strcmp(longer->bare + same + 1, shorter->bare + same + skip) == 0;
}

typedef enum { WORD_SAME, WORD_ACCENT, WORD_LETTER, WORD_OTHER } WordMatch;

/* One edit leaves the first letter, or the second, or moves the one to the place of the other. */
static gboolean may_be_close(const char *a, const char *b) {
  return a[0] == b[0] || a[1] == b[1] || a[0] == b[1] || a[1] == b[0];
}

static WordMatch compare_words(const CheckWord *word, const CheckWord *wanted) {
  if (word->bare_length > wanted->bare_length + 1 || wanted->bare_length > word->bare_length + 1 ||
      !may_be_close(word->bare, wanted->bare))
    return WORD_OTHER;
  if (word->bare_length == wanted->bare_length && memcmp(word->bare, wanted->bare, word->bare_length) == 0)
    return g_str_equal(word->text, wanted->text) ? WORD_SAME : WORD_ACCENT;
  return word->bare_length > 1 && one_edit_apart(word, wanted) ? WORD_LETTER : WORD_OTHER;
}

/* The term stands at `at` with one wrong letter in a word, or with wrong accents in two: read wrongly, not written so.
 * One wrong accent may be a slip of the writer. */
static WordMatch compare_term(const CheckWords *words, guint at, const CheckWords *term) {
  guint accents = 0, letters = 0;
  for (guint i = 0; i < term->places->len; i++) {
    WordMatch match = compare_words(check_word(words, at + i), check_word(term, i));
    accents += match == WORD_ACCENT;
    letters += match == WORD_LETTER;
    if (match == WORD_OTHER || accents + letters > 2 || letters > 1)
      return WORD_OTHER;
  }
  if (letters || accents > 1)
    return WORD_LETTER;
  return accents ? WORD_ACCENT : WORD_SAME;
}

static gboolean is_known_variant(const PlanCheck *check, const char *found) {
  return rule_match(json_object_get(check->rules->outline, "term_variants"), found) != NULL;
}

/* A word that the document uses in other places too was meant: "xác định sự cố" is no wrong "xác minh sự cố". */
static gboolean is_common_word(const CheckWords *words, guint at, const CheckWords *term) {
  for (guint i = 0; i < term->places->len; i++) {
    const CheckWord *used = check_word(words, at + i);
    if (used->uses > COMMON_USES && !g_str_equal(used->bare, check_word(term, i)->bare))
      return TRUE;
  }
  return FALSE;
}

static void report_term(PlanCheck *check, const char *found, const char *term, gsize place, gboolean arguable) {
  g_autofree char *told = g_strdup_printf("“%s”: có thể là “%s”", found, term);
  check_report(check, (Finding){.line = check_text_line_at(check->text, place)->number,
                                .found = told,
                                .fix = "Đối chiếu bản gốc rồi sửa",
                                .arguable = arguable});
}

/* Which of the distinct words may begin the term. */
static gboolean *find_beginnings(const CheckWords *words, const CheckWord *first) {
  gboolean *begins = g_new(gboolean, words->distinct->len);
  for (guint i = 0; i < words->distinct->len; i++)
    begins[i] = compare_words(&g_array_index(words->distinct, CheckWord, i), first) != WORD_OTHER;
  return begins;
}

static void look_at_place(PlanCheck *check, const CheckWords *term, guint at, const char *term_text, GHashTable *told) {
  const CheckWords *words = check->text->words;
  WordMatch match = compare_term(words, at, term);
  if ((match != WORD_LETTER && match != WORD_ACCENT) || check_told_enough(check))
    return;
  guint last = at + term->places->len - 1;
  gsize place = check_word_place(words, at)->place, end = check_word_place(words, last)->place + check_word(words, last)->length;
  g_autofree char *found = g_strndup(check->text->flat->str + place, end - place);
  if (!g_hash_table_contains(told, found) && !is_known_variant(check, found))
    report_term(check, found, term_text, place, match == WORD_ACCENT || is_common_word(words, at, term));
  g_hash_table_add(told, g_steal_pointer(&found));
}

static void look_for_term(PlanCheck *check, const char *term_text, GHashTable *told) {
  const CheckWords *words = check->text->words;
  g_autoptr(CheckWords) term = check_words_new(term_text);
  if (term->places->len < 3 || term->places->len > words->places->len)
    return;
  g_autofree gboolean *begins = find_beginnings(words, check_word(term, 0));
  const CheckWordPlace *places = check_word_place(words, 0);
  guint end = words->places->len - term->places->len;
  for (guint at = 0; at <= end; at++)
    if (begins[places[at].word])
      look_at_place(check, term, at, term_text, told);
}

static void look_for_terms(PlanCheck *check) {
  g_autoptr(GHashTable) told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  gsize i;
  json_t *term;
  json_array_foreach(json_object_get(check->rules->outline, "terms"), i, term)
      look_for_term(check, json_string_value(term), told);
}

/* "O5/2017/QĐ-TTg", "20l7": letters that were digits, in the number of an act or a date. */
static gboolean digits_misread(const char *word) {
  gsize length = strcspn(word, "/-");
  gsize digits = 0, like = 0;
  for (gsize i = 0; i < length; i++) {
    digits += g_ascii_isdigit(word[i]) != 0;
    like += strchr("ol", word[i]) && word[i];
  }
  gboolean number = word[length] == '/' || length == 4 || (length == 2 && g_ascii_isdigit(word[1]));
  return number && digits >= 1 && like >= 1 && digits + like == length;
}

static void look_for_misread_numbers(PlanCheck *check) {
  const CheckWords *words = check->text->words;
  for (guint i = 0; i < words->places->len && !check_told_enough(check); i++) {
    const CheckWord *word = check_word(words, i);
    const char *second = strchr(word->text, '/');
    if (!digits_misread(word->text) && !(second && digits_misread(second + 1)))
      continue;
    check_report(check, (Finding){.line = check_text_line_at(check->text, check_word_place(words, i)->place)->number,
                                  .found = word->text,
                                  .fix = "Chữ số bị nhận dạng thành chữ cái; đối chiếu bản gốc"});
  }
}

void check_ocr_error(PlanCheck *check) {
  look_for_terms(check);
  look_for_misread_numbers(check);
}

/* ---- slips ---- */

/* "và các và các", "tin tin": one word or two, twice. */
static void look_for_doubled(PlanCheck *check) {
  const CheckWords *words = check->text->words;
  for (guint i = 0; i + 1 < words->places->len && !check_told_enough(check); i++) {
    const CheckWord *word = check_word(words, i);
    const CheckWordPlace *at = check_word_place(words, i);
    if (word->length <= 2 || at[0].word != at[1].word || at[1].place != at[0].place + word->length + 1 ||
        g_ascii_isdigit(word->text[0]) ||
        rule_match(json_object_get(check->rules->outline, "reduplicated"), word->text))
      continue;
    g_autofree char *found = g_strdup_printf("“%s %s”", word->text, word->text);
    check_report(check, (Finding){.line = check_text_line_at(check->text, check_word_place(words, i)->place)->number,
                                  .found = found,
                                  .fix = "Bỏ từ lặp"});
  }
}

/* "phát ngôn,cung cấp" */
static const char *tight_comma(const char *plain) {
  for (const char *p = plain; (p = strpbrk(p, ",;")); p++)
    if (p > plain && g_unichar_isalpha(g_utf8_get_char(p + 1)) && g_unichar_islower(g_utf8_get_char(p + 1)) &&
        g_unichar_isalpha(g_utf8_get_char(g_utf8_prev_char(p))))
      return p;
  return NULL;
}

void check_typo(PlanCheck *check) {
  look_for_doubled(check);
  gsize w;
  json_t *slip;
  json_array_foreach(json_object_get(check->rules->outline, "slips"), w, slip) {
    gssize at = check_text_find(check->text, json_text(slip, "written"), 0);
    if (at >= 0)
      check_report(check, (Finding){.line = check_text_line_at(check->text, (gsize)at)->number,
                                    .found = json_text(slip, "written"),
                                    .fix = json_text(slip, "right")});
  }
  for (guint i = check->text->body; i < check->text->lines->len; i++)
    if (tight_comma(check_line(check->text, i)->plain))
      report_line(check, check_line(check->text, i), "Thêm dấu cách sau dấu phẩy");
}

/* Both ways of setting a tone in one document: Uỷ and Ủy, hoá and hóa. */
void check_spelling_variant(PlanCheck *check) {
  static const char *const PAIRS[][2] = {
      {"uỷ ban",   "ủy ban"   },
      {"hoá",       "hóa"       },
      {"hoà",       "hòa"       },
      {"hàng năm", "hằng năm"}
  };
  const CheckLine *seen[G_N_ELEMENTS(PAIRS)][2] = {{NULL}};
  for (guint l = 0; l < check->text->lines->len; l++) {
    const CheckLine *line = check_line(check->text, l);
    g_autofree char *lower = g_utf8_strdown(line->plain, -1);
    for (gsize i = 0; i < 2 * G_N_ELEMENTS(PAIRS); i++)
      if (!seen[i / 2][i % 2] && word_find(lower, PAIRS[i / 2][i % 2]))
        seen[i / 2][i % 2] = line;
  }
  for (gsize i = 0; i < G_N_ELEMENTS(PAIRS); i++) {
    if (!seen[i][0] || !seen[i][1])
      continue;
    g_autofree char *found = g_strdup_printf("“%s” và “%s”", PAIRS[i][0], PAIRS[i][1]);
    check_report(check, (Finding){.line = MAX(seen[i][0]->number, seen[i][1]->number),
                                  .where = "toàn văn",
                                  .found = found,
                                  .fix = "Dùng một cách viết"});
  }
}

/* ---- pages, markers, contacts, letters ---- */

static gboolean sentence_goes_on(const CheckLine *line, const CheckLine *next) {
  return !next->starts && !strchr(".;:/", line->plain[strlen(line->plain) - 1]) &&
         g_unichar_islower(g_utf8_get_char(next->plain));
}

/* A sentence broken by the end of a page, or by an empty line where few are. */
void check_page_break_split(PlanCheck *check) {
  const CheckLine *first = NULL;
  guint splits = 0;
  for (guint i = check->text->body; i + 1 < check->text->lines->len; i++) {
    const CheckLine *line = check_line(check->text, i), *next = check_line(check->text, i + 1);
    if ((!next->new_page && next->number == line->number + 1) || !sentence_goes_on(line, next))
      continue;
    first = first ? first : next;
    splits++;
  }
  if (first && (first->new_page || splits * 10 < check->text->lines->len))
    report_line(check, first, "Nối câu bị ngắt qua trang");
}

void check_page_number_in_text(PlanCheck *check) {
  const CheckText *text = check->text;
  int end = text->appendix < text->lines->len ? check_line(text, text->appendix)->number : G_MAXINT;
  if (text->page_number_line <= 0 || text->page_number_line > end)
    return;
  check_report(check, (Finding){.line = text->page_number_line, .found = "Dòng chỉ có số trang", .fix = "Bỏ số trang"});
}

static gboolean same_first_words(const char *a, const char *b) {
  const char *second = strchr(a, ' ');
  return second && strncmp(a, b, (gsize)(second - a) + 1) == 0;
}

/* Between "- Sự cố …" and "- Sự cố …" a line "Sự cố …". */
void check_list_marker_missing(PlanCheck *check) {
  for (guint i = check->text->body + 1; i + 1 < check->text->lines->len; i++) {
    const CheckLine *line = check_line(check->text, i);
    guint end = check_text_paragraph_end(check->text, i);
    if (!line->starts || end >= check->text->lines->len || !g_unichar_isupper(g_utf8_get_char(line->plain)))
      continue;
    const char *before = NULL, *after = check_line(check->text, end)->spelling;
    for (guint b = i; b-- > 0 && !before;)
      before = check_line(check->text, b)->starts ? check_line(check->text, b)->spelling : NULL;
    if (before && strchr("-+", before[0]) && before[1] == ' ' && before[0] == after[0] &&
        same_first_words(line->spelling, before + 2) && same_first_words(line->spelling, after + 2))
      report_line(check, line, "Thêm dấu đầu dòng; vẫn là một mục của danh sách");
  }
}

/* Somebody's own mail box: the part before @ is no common word of an office. */
void check_personal_contact(PlanCheck *check) {
  for (guint i = 0; i < check->text->lines->len; i++) {
    const CheckLine *line = check_line(check->text, i);
    const char *sign = strchr(line->spelling, '@');
    if (!sign || sign == line->spelling || !g_ascii_isalnum(sign[-1]) || !strchr(sign, '.'))
      continue;
    const char *start = sign;
    while (start > line->spelling && (g_ascii_isalnum(start[-1]) || strchr("._-", start[-1])))
      start--;
    g_autofree char *box = g_strndup(start, (gsize)(sign - start));
    if (!rule_match(json_object_get(check->rules->outline, "office_mail_boxes"), box))
      check_report(check, (Finding){.line = line->number,
                                    .found = "Hộp thư của cá nhân trong văn bản",
                                    .fix = "Không đưa vào dữ liệu công khai; dùng hộp thư của đơn vị"});
  }
}

/* Cyrillic and Greek letters inside words. */
void check_homoglyph(PlanCheck *check) {
  for (guint i = 0; i < check->text->lines->len; i++) {
    for (const char *p = check_line(check->text, i)->plain; *p; p = g_utf8_next_char(p)) {
      GUnicodeScript script = g_unichar_get_script(g_utf8_get_char(p));
      if (script != G_UNICODE_SCRIPT_CYRILLIC && script != G_UNICODE_SCRIPT_GREEK)
        continue;
      report_line(check, check_line(check->text, i), "Gõ lại bằng chữ cái tiếng Việt");
      break;
    }
  }
}
