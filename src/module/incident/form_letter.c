/* Papers without an official form, as documents of NĐ 30/2020, and what every paper begins and ends with. */
#include "base/date.h"
#include "module/incident/form_private.h"
#include <string.h>

const char **form_texts(const json_t *list) {
  gsize count = json_array_size(list), used = 0, i = 0;
  const char **texts = g_new0(const char *, count + 1);
  const json_t *item = NULL;
  json_array_foreach(list, i, item)
    if (json_is_string(item))
      texts[used++] = json_string_value(item);
  return texts;
}

static const char *or_null(const char *text) {
  return text && *text ? text : NULL;
}

/* "BC-UBND"; an official letter has no abbreviation of its kind: "UBND". */
static char *symbol_of(const json_t *letterhead, const char *kind) {
  const char *given = form_text(letterhead, "symbol"), *office = form_text(letterhead, "office");
  if (*given)
    return g_strdup(given);
  return g_strconcat(kind, *kind && *office ? "-" : "", office, NULL);
}

void form_letterhead(Paper *paper, const json_t *letterhead, const char *kind, const char *letter_subject) {
  Day day = {0};
  date_parse_day(form_text(letterhead, "day"), &day);
  g_autofree char *symbol = symbol_of(letterhead, kind);
  const char *issuer = form_text(letterhead, "issuer"), *place = form_text(letterhead, "place");
  paper_letterhead(paper, &(PaperLetterhead){.superior = or_null(form_text(letterhead, "superior")),
                                             .issuer = *issuer ? issuer : "………………",
                                             .number = (int)CLAMP(form_int(letterhead, "number"), 0, 1000000),
                                             .symbol = symbol,
                                             .place = *place ? place : "……",
                                             .day = day.day,
                                             .month = day.month,
                                             .year = day.year,
                                             .subject = or_null(letter_subject),
                                             .urgency = or_null(form_text(letterhead, "urgency"))});
}

void form_signature(Paper *paper, const json_t *letterhead) {
  g_autofree const char **recipients = form_texts(json_object_get(letterhead, "recipients"));
  g_autofree const char **authority = form_texts(json_object_get(letterhead, "authority"));
  paper_signatures(paper, recipients, NULL,
                   &(PaperSigner){.authority = authority, .name = or_null(form_text(letterhead, "signer"))});
}

/* ---- the fields, group by group ---- */

static void draw_table(const FormDraw *draw, const LawField *field) {
  const json_t *row = NULL, *cell = NULL;
  gsize i = 0, k = 0;
  PaperTable *table = paper_table(draw->paper, NULL, (int)MAX(field->options->len, 1), TRUE);
  paper_row(table, TRUE);
  for (guint c = 0; c < field->options->len; c++)
    paper_cell(table, g_ptr_array_index(field->options, c));
  json_array_foreach(json_object_get(draw->values, field->id), i, row) {
    paper_row(table, FALSE);
    json_array_foreach(row, k, cell)
      paper_cell(table, json_string_value(cell));
  }
}

static void draw_field(const FormDraw *draw, const LawField *field) {
  g_autofree char *value = form_value_text(field, draw->values);
  g_autofree char *label = g_strconcat(field->label, ": ", NULL);
  PaperParagraph *point = paper_heading(draw->paper, PAPER_POINT, NULL, label);
  point->leader = !*value;
  if (strcmp(field->type, "table") == 0) {
    draw_table(draw, field);
    return;
  }
  /* Lines are paragraphs: a justified line that is broken by force would be stretched. */
  g_auto(GStrv) lines = g_strsplit(value, "\n", -1);
  gboolean several = g_strv_length(lines) > 1;
  if (!several)
    paper_run(point, PAPER_PLAIN, value);
  for (char **line = lines; several && *line; line++)
    paper_paragraph(draw->paper, PAPER_TEXT, *line);
}

void form_draw_fields(const FormDraw *draw) {
  for (guint g = 0; g < draw->form->law->groups->len; g++) {
    const LawFieldGroup *group = draw->form->law->groups->pdata[g];
    paper_heading(draw->paper, PAPER_CLAUSE, NULL, group->name);
    for (guint f = 0; f < group->fields->len; f++)
      draw_field(draw, group->fields->pdata[f]);
  }
}

/* ---- the letter ---- */

static void sentence(const FormDraw *draw, const char *pattern) {
  g_autofree char *issuer = g_strdelimit(g_strdup(form_text(draw->letterhead, "issuer")), "\n", ' ');
  g_autofree char *basis = law_basis_text(&draw->form->law->rule);
  g_auto(GStrv) at_basis = g_strsplit(pattern, "{basis}", -1);
  g_autofree char *with_basis = g_strjoinv(basis, at_basis);
  g_auto(GStrv) at_issuer = g_strsplit(with_basis, "{issuer}", -1);
  g_autofree char *text = g_strjoinv(*issuer ? issuer : "cơ quan báo cáo", at_issuer);
  paper_paragraph(draw->paper, PAPER_TEXT, text);
}

void form_draw_letter(const FormDraw *draw) {
  const json_t *letter = json_object_get(draw->form->layout, "letter");
  const char *mark = form_text(letter, "mark"), *subject = form_text(letter, "letter_subject");
  if (*mark)
    paper_form_mark(draw->paper, mark, form_text(letter, "mark_note"));
  form_letterhead(draw->paper, draw->letterhead, form_text(letter, "symbol"), subject);
  if (!*subject)
    paper_title(draw->paper, form_text(letter, "type"), form_text(letter, "subject"));
  g_autofree const char **to = form_texts(json_object_get(draw->letterhead, "to"));
  paper_addressees(draw->paper, to);
  sentence(draw, form_text(letter, "opening"));
  form_draw_fields(draw);
  sentence(draw, form_text(letter, "closing"));
  form_signature(draw->paper, draw->letterhead);
}

static void draw_annex(const FormDraw *draw) {
  const PaperForm *annex = draw->form->annex;
  const json_t *values = json_object_get(draw->values, annex->law->rule.id);
  FormDraw part = {annex, values, draw->letterhead, draw->blank, draw->paper};
  paper_appendix(draw->paper, 0, annex->law->title, form_text(draw->form->layout, "annex_note"), FALSE);
  form_draw_fields(&part);
}

Paper *form_paper(const PaperForm *form, const json_t *values, const json_t *letterhead, gint64 created_ms) {
  Paper *paper = paper_new(form->law->name, form_text(letterhead, "issuer"), created_ms);
  FormDraw draw = {form, values, letterhead, json_object_size(values) == 0, paper};
  if (json_object_get(form->layout, "blocks"))
    form_draw_blocks(&draw);
  else
    form_draw_letter(&draw);
  if (form->annex)
    draw_annex(&draw);
  return paper;
}
