/* The parts of an official document, laid down as paragraphs and tables. */
#include "base/date.h"
#include "lib/document/paper_model.h"
#include <math.h>
#include <string.h>

char *paper_place_date(const char *place, int day, int month, int year) {
  char date[32];
  if (day > 0 && month > 0 && year > 0) {
    date_write_document(date, (Day){.year = year, .month = month, .day = day});
    return g_strdup_printf("%s, %s", place ? place : "……", date);
  }
  GString *out = g_string_new(place ? place : "……");
  /* What is known stays: a plan is often sent to be signed with its month and year, and the day left open. */
  g_string_append(out, ", ngày ");
  g_string_append_printf(out, day > 0 ? "%02d" : "……", day);
  g_string_append_printf(out, month <= 0 ? " tháng ……" : month < 3 ? " tháng %02d" : " tháng %d", month);
  g_string_append_printf(out, year > 0 ? " năm %d" : " năm ……", year);
  return g_string_free(out, FALSE);
}

char *paper_number(int number, const char *symbol) {
  return number > 0 ? g_strdup_printf("Số: %02d/%s", number, symbol) : g_strdup_printf("Số:        /%s", symbol);
}

static PaperTable *frame_new(Paper *paper, PaperFrame frame, int columns) {
  PaperTable *table = paper_table(paper, NULL, columns, FALSE);
  table->frame = frame;
  table->keep_whole = TRUE;
  return table;
}

/* A cell that begins with this component instead of the table's own. */
static PaperParagraph *frame_cell(PaperTable *table, PaperComponent component, const char *text) {
  PaperParagraph *paragraph = paper_cell(table, NULL);
  paragraph->component = component;
  paragraph->first = paragraph->last = NULL;
  if (text)
    paper_run(paragraph, PAPER_PLAIN, text);
  return paragraph;
}

static void letterhead_numbers(PaperTable *table, const PaperLetterhead *head) {
  if (!head->symbol && !head->place && !head->subject)
    return;
  g_autofree char *number = head->symbol ? paper_number(head->number, head->symbol) : g_strdup("");
  g_autofree char *date = head->place ? paper_place_date(head->place, head->day, head->month, head->year) : g_strdup("");
  paper_row(table, FALSE);
  frame_cell(table, PAPER_NUMBER, number);
  if (head->subject)
    paper_cell_paragraph(table, PAPER_LETTER_SUBJECT, head->subject);
  frame_cell(table, PAPER_PLACE_DATE, date);
}

static void stamp_new(Paper *paper, const char *urgency) {
  PaperTable *stamp = frame_new(paper, PAPER_STAMP, 3);
  g_autofree char *word = g_utf8_strup(urgency, -1);
  stamp->stamp = arena_text(paper->arena, word, -1);
  paper_row(stamp, FALSE);
  frame_cell(stamp, PAPER_URGENCY, "");
  frame_cell(stamp, PAPER_URGENCY, urgency);
  paper_cell_borders(stamp, TRUE);
}

void paper_letterhead(Paper *paper, const PaperLetterhead *head) {
  PaperTable *table = frame_new(paper, PAPER_LETTERHEAD, 2);
  paper_row(table, FALSE);
  frame_cell(table, head->superior ? PAPER_SUPERIOR : PAPER_ISSUER, head->superior ? head->superior : head->issuer);
  if (head->superior)
    paper_cell_paragraph(table, PAPER_ISSUER, head->issuer);
  frame_cell(table, PAPER_NATIONAL_NAME, NULL);
  paper_cell_paragraph(table, PAPER_MOTTO, NULL);
  letterhead_numbers(table, head);
  if (head->urgency)
    stamp_new(paper, head->urgency);
}

void paper_addressees(Paper *paper, const char *const *names) {
  if (!names || !names[0])
    return;
  if (!names[1]) {
    PaperParagraph *one = paper_paragraph(paper, PAPER_ADDRESSEE, "Kính gửi: ");
    one->align = PAPER_CENTER;
    paper_run(one, PAPER_PLAIN, names[0]);
    return;
  }
  PaperTable *table = frame_new(paper, PAPER_ADDRESSEES, 2);
  paper_row(table, FALSE);
  frame_cell(table, PAPER_ADDRESSEE, "Kính gửi:")->align = PAPER_RIGHT;
  frame_cell(table, PAPER_ADDRESSEE, "");
  for (gsize i = 0; names[i]; i++) {
    g_autofree char *line = g_strdup_printf("- %s%s", names[i], names[i + 1] ? ";" : ".");
    paper_cell_paragraph(table, PAPER_ADDRESSEE, line);
  }
}

void paper_title(Paper *paper, const char *type, const char *subject) {
  if (type)
    paper_paragraph(paper, PAPER_TYPE, type);
  if (subject)
    paper_paragraph(paper, PAPER_SUBJECT, subject);
}

static void signer_lines(PaperTable *table, const PaperSigner *signer) {
  paper_cell(table, NULL);
  PaperCell *cell = table->last->last;
  cell->first = cell->last = NULL;
  if (!signer)
    return;
  if (signer->place_date)
    paper_cell_paragraph(table, PAPER_PLACE_DATE, signer->place_date);
  for (gsize i = 0; signer->authority && signer->authority[i]; i++)
    paper_cell_paragraph(table, PAPER_AUTHORITY, signer->authority[i]);
  if (signer->note)
    paper_cell_paragraph(table, PAPER_SIGN_NOTE, signer->note);
  paper_cell_paragraph(table, PAPER_SIGNER, signer->name ? signer->name : "");
}

static void recipient_lines(PaperTable *table, const char *const *recipients) {
  frame_cell(table, PAPER_RECIPIENTS_HEAD, NULL);
  for (gsize i = 0; recipients[i]; i++) {
    g_autofree char *line = g_strdup_printf("- %s%s", recipients[i], recipients[i + 1] ? ";" : ".");
    paper_cell_paragraph(table, PAPER_RECIPIENTS, line);
  }
}

void paper_signatures(Paper *paper, const char *const *recipients, const PaperSigner *left, const PaperSigner *right) {
  PaperBlock *before = paper->last;
  if (before && before->kind == PAPER_BLOCK_PARAGRAPH)
    before->paragraph->keep_next = TRUE;
  PaperTable *table = frame_new(paper, PAPER_SIGNATURE, 2);
  paper_row(table, FALSE);
  if (recipients && recipients[0])
    recipient_lines(table, recipients);
  else
    signer_lines(table, left);
  /* With nobody on the left, place and date and the longest authority stand on one line. */
  if (!left && !(recipients && recipients[0])) {
    table->own_shares = TRUE;
    table->shares[0] = 2;
    table->shares[1] = 3;
  }
  signer_lines(table, right);
}

void paper_appendix(Paper *paper, int number, const char *title, const char *note, gboolean landscape) {
  paper_section(paper, landscape);
  paper->last->restart = TRUE;
  g_autofree char *numeral = paper_roman(CLAMP(number, 0, 999));
  g_autofree char *head = number > 0 ? g_strdup_printf("Phụ lục %s", numeral) : g_strdup("Phụ lục");
  paper_paragraph(paper, PAPER_APPENDIX, head);
  if (title)
    paper_paragraph(paper, PAPER_APPENDIX_TITLE, title);
  if (note)
    paper_paragraph(paper, PAPER_APPENDIX_NOTE, note);
}

void paper_form_mark(Paper *paper, const char *mark, const char *note) {
  PaperTable *table = frame_new(paper, PAPER_FORM_BOX, 2);
  paper_row(table, FALSE);
  frame_cell(table, PAPER_FORM_MARK, "");
  frame_cell(table, PAPER_FORM_MARK, mark);
  paper_cell_borders(table, TRUE);
  if (note)
    paper_cell_paragraph(table, PAPER_FORM_MARK_NOTE, note);
}

static const char *const MARKS[] = {"", "▪ ", PAPER_MARK_OFF " ", PAPER_MARK_ON " "};

static void field_runs(PaperParagraph *paragraph, const PaperField *field) {
  gboolean empty = !field->value || !*field->value;
  const char *label = field->label ? field->label : "";
  g_autofree char *text = g_strconcat(MARKS[field->mark], label, *label && (field->fill || !empty) ? " " : "", NULL);
  paper_run(paragraph, PAPER_PLAIN, text);
  if (!empty)
    paper_run(paragraph, PAPER_PLAIN, field->value);
  paragraph->leader = empty && field->fill;
}

void paper_fields(Paper *paper, const PaperField *fields, gsize count) {
  enum { FIELDS_MAX = 100, GAP_MM = 3 };
  gsize used = MIN(count, FIELDS_MAX);
  double shares[FIELDS_MAX] = {0};
  if (used == 1) {
    field_runs(paper_paragraph(paper, PAPER_FORM_TEXT, NULL), fields);
    return;
  }
  for (gsize i = 0; i < used; i++)
    shares[i] = fields[i].share;
  PaperTable *table = paper_table(paper, shares, (int)used, FALSE);
  paper_row(table, FALSE);
  for (gsize i = 0; i < used; i++) {
    PaperParagraph *paragraph = frame_cell(table, PAPER_FORM_TEXT, NULL);
    field_runs(paragraph, &fields[i]);
    paragraph->right_mm = i + 1 < used ? GAP_MM : 0;
  }
}

void paper_blank_lines(Paper *paper, int count) {
  for (int i = 0; i < count; i++)
    paper_paragraph(paper, PAPER_FORM_TEXT, "")->leader = TRUE;
}

/* A bar is a filled cell over as many of the table's fine columns as its value demands: both formats draw it sharply and
 * keep the text apart. */
enum { BAR_STEPS = 60, BAR_LONGEST = 50 };

static int bar_steps(double value, double most) {
  return most > 0 && value > 0 ? (int)lround(MIN(value / most, 1) * BAR_LONGEST) : 0;
}

static void bar_row(PaperTable *table, const PaperBar *bar, double most) {
  enum { GAP_MM = 1 };
  int steps = bar_steps(bar->value, most);
  paper_row(table, FALSE);
  paper_cell(table, bar->label);
  if (steps > 0) {
    paper_cell_span(table, steps, 1, "");
    table->last->last->filled = TRUE;
  }
  paper_cell_span(table, BAR_STEPS - steps, 1, bar->shown)->indent_mm = 1.5;
  paper_row(table, FALSE);
  paper_row_height(table, GAP_MM);
}

void paper_bars(Paper *paper, const PaperBar *bars, gsize count) {
  double most = 0, shares[BAR_STEPS + 1] = {BAR_STEPS * 0.6};
  for (gsize i = 0; i < count; i++)
    most = isfinite(bars[i].value) ? MAX(most, bars[i].value) : most;
  for (gsize i = 1; i < G_N_ELEMENTS(shares); i++)
    shares[i] = 1;
  PaperTable *table = paper_table(paper, shares, G_N_ELEMENTS(shares), FALSE);
  for (gsize i = 0; i < count; i++)
    bar_row(table, &bars[i], most);
}
