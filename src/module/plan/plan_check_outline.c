/* The parts of a plan and their numbering. */
#include "module/plan/plan_check_part.h"
#include "base/text.h"
#include <stdlib.h>
#include <string.h>

#define HEADING_MAX_BYTES 300

/* ---- what Điều 12 khoản 2 makes mandatory ---- */

static gboolean looks_like_heading(const char *words) {
  gsize length = strlen(words);
  gsize label = strcspn(words, " ");
  gboolean labelled = label && label < 8 && strchr(".)0123456789", words[label - 1]);
  return labelled && length < HEADING_MAX_BYTES && !strchr(".;", words[length - 1]);
}

static void judge_clause(const json_t *rule, const char *clause, int line, Mandatory *out) {
  if (!rule_match(json_object_get(rule, "said"), clause) || rule_match(json_object_get(rule, "not_said"), clause))
    return;
  if (!rule_match(json_object_get(rule, "circular"), clause))
    out->said = TRUE;
  else if (!out->circular)
    out->circular = line;
}

static void judge_paragraph(const PlanCheck *check, guint first, guint end, Mandatory *out) {
  const json_t *rule = json_object_get(check->rules->outline, "mandatory");
  g_autofree char *words = g_strchomp(check_text_words(check->text, first, end));
  if (*words && looks_like_heading(words)) {
    Mandatory in_heading = {0};
    judge_clause(rule, words, 0, &in_heading);
    out->headed = out->headed || in_heading.said || rule_match(json_object_get(rule, "headed"), words);
    return;
  }
  g_auto(GStrv) clauses = g_strsplit_set(words, ".;", -1);
  for (char **clause = clauses; *clause; clause++)
    judge_clause(rule, *clause, check_line(check->text, first)->number, out);
}

/* Two rows ask; the first one looks. */
static const Mandatory *find_mandatory(PlanCheck *check) {
  Mandatory *found = &check->mandatory;
  if (found->looked)
    return found;
  const json_t *priorities = json_object_get(check->reading, "maintenance_priorities");
  found->looked = TRUE;
  found->headed = !json_list_empty(json_object_get(priorities, "starts"));
  for (guint i = check->text->body; i < check->text->lines->len; i = check_text_paragraph_end(check->text, i))
    judge_paragraph(check, i, check_text_paragraph_end(check->text, i), found);
  return found;
}

void check_mandatory_section_missing(PlanCheck *check) {
  const Mandatory *found = find_mandatory(check);
  if (found->headed || found->said || found->circular)
    return;
  check_report(check,
               (Finding){.where = "toàn văn",
                         .found = "Không nêu điều kiện, nguyên tắc ưu tiên để duy trì hoạt động của hệ thống thông "
                                  "tin khi ứng cứu",
                         .fix = "Bổ sung: hệ thống nào được giữ, được khôi phục trước, trong điều kiện nào"});
}

void check_mandatory_section_circular(PlanCheck *check) {
  const Mandatory *found = find_mandatory(check);
  if (!found->circular || found->said)
    return;
  check_report(check,
               (Finding){.line = found->circular,
                         .found = "Nguyên tắc ưu tiên duy trì hoạt động chỉ dẫn lại kế hoạch đã phê duyệt, không "
                                  "nêu ưu tiên nào",
                         .fix = "Viết rõ điều kiện và thứ tự ưu tiên ngay trong kế hoạch này"});
}

/* ---- the parts ---- */

static gboolean item_matches(const char *heading, const json_t *words) {
  g_autofree char *spelling = text_fold_spelling(heading ? heading : "");
  return rule_match(words, spelling) != NULL;
}

/* A line of the document that looks like a heading counts too: the reader may have taken it for something else. */
static gboolean headed_in_text(const PlanCheck *check, const json_t *words) {
  const CheckText *text = check->text;
  for (guint i = text->body; i < text->appendix; i = check_text_paragraph_end(text, i)) {
    g_autofree char *paragraph = g_strchomp(check_text_words(text, i, check_text_paragraph_end(text, i)));
    if (*paragraph && looks_like_heading(paragraph) && rule_match(words, paragraph))
      return TRUE;
  }
  return FALSE;
}

static gboolean headed(const PlanCheck *check, const json_t *words) {
  gsize i;
  json_t *item;
  json_array_foreach(json_object_get(check->reading, "headings"), i, item) {
    if (item_matches(json_string_value(item), words))
      return TRUE;
  }
  json_array_foreach(json_object_get(check->reading, "tasks"), i, item) {
    if (item_matches(json_text(item, "heading"), words))
      return TRUE;
  }
  return headed_in_text(check, words);
}

static gboolean field_filled(const json_t *value) {
  if (json_is_string(value))
    return *json_string_value(value) != 0;
  if (json_is_array(value))
    return !json_list_empty(value);
  return json_integer_value(json_object_get(value, "count")) > 0 || json_text(value, "text");
}

static gboolean any_field_filled(const PlanCheck *check, const json_t *fields) {
  gsize i;
  json_t *field;
  json_array_foreach(fields, i, field) {
    if (field_filled(json_object_get(check->reading, json_string_value(field))))
      return TRUE;
  }
  return FALSE;
}

void check_outline_section_missing(PlanCheck *check) {
  gsize i;
  json_t *part;
  json_array_foreach(json_object_get(check->rules->outline, "parts"), i, part) {
    if (any_field_filled(check, json_object_get(part, "fields")) || headed(check, json_object_get(part, "headed")))
      continue;
    g_autofree char *found = g_strdup_printf("Không có phần “%s”", json_text(part, "name"));
    check_report(check, (Finding){.where = "toàn văn", .found = found, .fix = "Bổ sung theo đề cương kế hoạch"});
  }
}

/* ---- numbering ---- */

#define DEPTH_MAX 4

typedef struct {
  int depth; /* 0: Roman chapter; 1: "2."; 2: "2.1"; -1: no number */
  int values[DEPTH_MAX + 1];
  gboolean dotted; /* "2.1." and not "2.1 " */
} Label;

static int roman_value(const char *text, gsize length) {
  static const struct {
    char sign;
    int value;
  } SIGNS[] = {
      {'I', 1 },
      {'V', 5 },
      {'X', 10},
      {'L', 50}
  };
  int total = 0, last = 0;
  for (gsize i = length; i-- > 0;) {
    int value = 0;
    for (gsize s = 0; s < G_N_ELEMENTS(SIGNS); s++)
      value = SIGNS[s].sign == text[i] ? SIGNS[s].value : value;
    if (!value)
      return 0;
    total += value < last ? -value : value;
    last = MAX(last, value);
  }
  return total;
}

static Label parse_label(const char *heading) {
  Label label = {.depth = -1};
  gsize length = strcspn(heading, " ");
  label.dotted = length && heading[length - 1] == '.';
  gsize bare = label.dotted ? length - 1 : length;
  if (label.dotted && (label.values[0] = roman_value(heading, bare)) > 0) {
    label.depth = 0;
    return label;
  }
  if (!bare || strspn(heading, "0123456789.") < length || !g_ascii_isdigit(heading[0]))
    return label;
  int depth = 0;
  for (const char *p = heading; p < heading + bare && depth < DEPTH_MAX; p += strspn(p, ".")) {
    unsigned long value = strtoul(p, (char **)&p, 10);
    label.values[++depth] = (int)MIN(value, 10000);
  }
  if (label.dotted || depth > 1)
    label.depth = depth;
  return label;
}

/* The line where a heading of the reading stands; the number of lines where it was not found in the text. */
static guint heading_line(const PlanCheck *check, gsize h) {
  guint i = 0;
  while (i < check->text->lines->len && check_line(check->text, i)->heading != h + 1)
    i++;
  return i;
}

/* Whether a line between two headings begins with the number that the headings skip: then only the reader skipped it.
 * Where a heading itself was not found nothing can be said. */
static gboolean stands_in_text(const PlanCheck *check, gsize before, gsize h, const char *number) {
  g_autofree char *folded = text_fold_spelling(number);
  guint end = heading_line(check, h);
  if (end == check->text->lines->len || heading_line(check, before) == check->text->lines->len)
    return TRUE;
  for (guint i = heading_line(check, before) + 1; i < end; i++) {
    const char *spelling = check_line(check->text, i)->spelling;
    if (g_str_has_prefix(spelling, folded) && strspn(spelling + strlen(folded), ". )"))
      return TRUE;
  }
  return FALSE;
}

static char *label_text(const Label *label, int value) {
  static const char *const TENS[] = {"", "X", "XX", "XXX"};
  static const char *const ONES[] = {"", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"};
  if (label->depth == 0)
    return g_strconcat(TENS[value / 10 % 4], ONES[value % 10], NULL);
  GString *text = g_string_new(NULL);
  for (int d = 1; d < label->depth; d++)
    g_string_append_printf(text, "%d.", label->values[d]);
  g_string_append_printf(text, "%d", value);
  return g_string_free(text, FALSE);
}

static void report_repeat(PlanCheck *check, gsize h) {
  const char *heading = json_string_value(json_array_get(json_object_get(check->reading, "headings"), h));
  g_autofree char *found = g_strdup_printf("%s: số mục lặp hoặc lùi", heading);
  check_report(check, (Finding){.line = check_text_line_of(check->text, heading),
                                .found = found,
                                .fix = "Đánh lại số mục, giữ số gốc để đối chiếu"});
}

static void report_jump(PlanCheck *check, gsize h, const Label *label, int last) {
  const char *heading = json_string_value(json_array_get(json_object_get(check->reading, "headings"), h));
  g_autofree char *before = last ? label_text(label, last) : g_strdup("đầu mục");
  g_autofree char *missing = label_text(label, last + 1);
  g_autofree char *found = g_strdup_printf("%s → %s: không có mục %s", before, heading, missing);
  g_autofree char *fix = g_strdup_printf("Đánh lại là %s, giữ số gốc để đối chiếu", missing);
  check_report(check, (Finding){.line = check_text_line_of(check->text, heading), .found = found, .fix = fix});
}

void check_section_numbering_jump(PlanCheck *check) {
  int last[DEPTH_MAX + 1] = {0};
  gsize place[DEPTH_MAX + 1] = {0}; /* the heading where each of them stands, or that of its parent */
  gsize h;
  json_t *item;
  json_array_foreach(json_object_get(check->reading, "headings"), h, item) {
    Label label = json_is_string(item) ? parse_label(json_string_value(item)) : (Label){.depth = -1};
    if (label.depth < 0) {
      memset(last, 0, sizeof last); /* an appendix, a part without number: counting begins anew */
      continue;
    }
    int value = label.values[label.depth];
    int *before = &last[label.depth];
    g_autofree char *missing = label_text(&label, *before + 1);
    if (h < HEADINGS_MAX && value > *before + 1 && !stands_in_text(check, place[label.depth], h, missing))
      report_jump(check, h, &label, *before);
    else if (value <= *before && value > 1 && label.depth != 1)
      report_repeat(check, h);
    *before = value;
    place[label.depth] = h;
    for (int d = label.depth + 1; d <= DEPTH_MAX; d++) {
      last[d] = 0;
      place[d] = h;
    }
  }
}

void check_numbering_style(PlanCheck *check) {
  gsize h, dotted = 0;
  const char *bare = NULL;
  json_t *item;
  json_array_foreach(json_object_get(check->reading, "headings"), h, item) {
    Label label = json_is_string(item) ? parse_label(json_string_value(item)) : (Label){.depth = -1};
    dotted += label.depth >= 2 && label.dotted;
    if (label.depth >= 2 && !label.dotted && !bare)
      bare = json_string_value(item);
  }
  if (!bare || !dotted)
    return;
  check_report(check, (Finding){.line = check_text_line_of(check->text, bare),
                                .found = bare,
                                .fix = "Ghi dấu chấm sau số mục như các mục khác"});
}

/* The Vietnamese alphabet has đ after d, and no f, j, w, z. */
void check_lettering_nonstandard(PlanCheck *check) {
  gunichar last = 0;
  for (guint i = check->text->body; i < check->text->lines->len; i++) {
    const char *spelling = check_line(check->text, i)->spelling;
    gunichar letter = g_utf8_get_char(spelling);
    if (!g_unichar_isalpha(letter) || *g_utf8_next_char(spelling) != ')')
      continue;
    if ((letter == 'e' && last == 'd') || (letter < 0x80 && strchr("fjwz", (int)letter))) {
      check_report(check, (Finding){.line = check_line(check->text, i)->number,
                                    .found = check_line(check->text, i)->plain,
                                    .fix = "Đánh điểm theo thứ tự a, b, c, d, đ, e, g"});
      return;
    }
    last = letter;
  }
}

/* Chapters (I., II.) under different numbers of Markdown signs. */
void check_heading_level_unreliable(PlanCheck *check) {
  const CheckLine *first = NULL;
  for (guint i = 0; i < check->text->lines->len; i++) {
    const CheckLine *line = check_line(check->text, i);
    if (!line->hashes || parse_label(line->plain).depth != 0)
      continue;
    if (!first)
      first = line;
    if (line->hashes == first->hashes)
      continue;
    check_report(check, (Finding){.line = line->number,
                                  .found = line->plain,
                                  .fix = "Lấy cấp mục theo số (I, 1, a), không theo dấu #"});
    return;
  }
}
