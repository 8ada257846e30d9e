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

/* A table without borders whose shares the style sets. */
static PaperTable *frame_new(Paper *paper, PaperShares shares_of, int columns) {
  PaperTable *table = paper_table(paper, NULL, columns, FALSE);
  table->shares_of = shares_of;
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

void paper_letterhead(Paper *paper, const PaperLetterhead *head) {
  PaperTable *table = frame_new(paper, PAPER_SHARES_LETTERHEAD, 2);
  paper_row(table, FALSE);
  frame_cell(table, head->superior ? PAPER_SUPERIOR : PAPER_ISSUER, head->superior ? head->superior : head->issuer);
  if (head->superior)
    paper_cell_paragraph(table, PAPER_ISSUER, head->issuer);
  frame_cell(table, PAPER_NATIONAL_NAME, NULL);
  paper_cell_paragraph(table, PAPER_MOTTO, NULL);
  letterhead_numbers(table, head);
  if (!head->urgency)
    return;
  PaperTable *stamp = frame_new(paper, PAPER_SHARES_URGENCY, 3);
  paper_row(stamp, FALSE);
  frame_cell(stamp, PAPER_URGENCY, "");
  frame_cell(stamp, PAPER_URGENCY, head->urgency);
  paper_cell_plain(stamp, TRUE);
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
  PaperTable *table = frame_new(paper, PAPER_SHARES_ADDRESSEE, 2);
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
  PaperTable *table = frame_new(paper, PAPER_SHARES_SIGNATURE, 2);
  paper_row(table, FALSE);
  if (recipients && recipients[0])
    recipient_lines(table, recipients);
  else
    signer_lines(table, left);
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
  PaperTable *table = frame_new(paper, PAPER_SHARES_FORM_MARK, 2);
  paper_row(table, FALSE);
  frame_cell(table, PAPER_FORM_MARK, "");
  frame_cell(table, PAPER_FORM_MARK, mark);
  paper_cell_plain(table, TRUE);
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
  if (count == 1) {
    field_runs(paper_paragraph(paper, PAPER_FORM_TEXT, NULL), fields);
    return;
  }
  g_autofree double *shares = g_new0(double, count);
  for (gsize i = 0; i < count; i++)
    shares[i] = fields[i].share;
  PaperTable *table = paper_table(paper, shares, (int)MIN(count, 100), FALSE);
  paper_row(table, FALSE);
  for (gsize i = 0; i < count; i++)
    field_runs(frame_cell(table, PAPER_FORM_TEXT, NULL), &fields[i]);
}

void paper_blank_lines(Paper *paper, int count) {
  for (int i = 0; i < count; i++)
    paper_paragraph(paper, PAPER_FORM_TEXT, "")->leader = TRUE;
}

/* Block characters: the same drawing in both formats, and nothing but the font is needed. */
static void bar_text(GString *out, double value, double most) {
  enum { HALVES = 48 };
  int halves = most > 0 && isfinite(value) ? (int)lround(CLAMP(value / most, 0, 1) * HALVES) : 0;
  for (int i = 0; i < halves / 2; i++)
    g_string_append(out, "█");
  if (halves % 2)
    g_string_append(out, "▌");
}

void paper_bars(Paper *paper, const PaperBar *bars, gsize count) {
  double most = 0;
  for (gsize i = 0; i < count; i++)
    most = isfinite(bars[i].value) ? MAX(most, bars[i].value) : most;
  PaperTable *table = paper_table(paper, (const double[]){38, 62}, 2, FALSE);
  for (gsize i = 0; i < count; i++) {
    g_autoptr(GString) bar = g_string_new(NULL);
    bar_text(bar, bars[i].value, most);
    g_string_append_printf(bar, " %s", bars[i].shown ? bars[i].shown : "");
    paper_row(table, FALSE);
    paper_cell(table, bars[i].label);
    paper_cell(table, bar->str);
  }
}
