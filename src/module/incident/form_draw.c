/* The official forms, block by block, as form_layout.yaml lays them down. */
#include "base/date.h"
#include "module/incident/form_private.h"
#include <string.h>

#define MARK_ON "☒ "
#define MARK_OFF "☐ "
#define BULLET "▪ "

static gboolean is_true(const json_t *object, const char *key) {
  return json_is_true(json_object_get(object, key));
}

static const LawField *field_of(const FormDraw *draw, const json_t *part, const char *key) {
  return form_law_field(draw->form->law, form_text(part, key));
}

static char *value_of(const FormDraw *draw, const json_t *part, const char *key) {
  return form_value_text(field_of(draw, part, key), draw->values);
}

static gboolean is_choice(const LawField *field) {
  return strcmp(field->type, "choice") == 0 || strcmp(field->type, "many") == 0;
}

/* A cell that holds a line of a form. */
static PaperParagraph *form_cell(PaperTable *table, int columns) {
  PaperParagraph *paragraph = paper_cell_span(table, columns, 1, "");
  paragraph->component = PAPER_FORM_TEXT;
  return paragraph;
}

/* ---- headings ---- */

static void draw_title(const FormDraw *draw, const json_t *block, const json_t *content) {
  Day from, to;
  g_autofree char *first = g_strconcat(form_text(draw->values, "from_month"), "-01", NULL);
  g_autofree char *last = g_strconcat(form_text(draw->values, "to_month"), "-01", NULL);
  const char *title = json_string_value(content);
  if (date_parse_day(first, &from) && date_parse_day(last, &to)) {
    g_autofree char *months = g_strdup_printf("%d", (to.year - from.year) * 12 + to.month - from.month + 1);
    const char *other = form_text(json_object_get(block, "by_months"), months);
    title = *other ? other : title;
  }
  PaperParagraph *paragraph = paper_paragraph(draw->paper, PAPER_FORM_HEAD, title);
  paragraph->align = PAPER_CENTER;
}

static void draw_nation(const FormDraw *draw, const json_t *block G_GNUC_UNUSED, const json_t *content G_GNUC_UNUSED) {
  paper_paragraph(draw->paper, PAPER_NATIONAL_NAME, NULL);
  paper_paragraph(draw->paper, PAPER_MOTTO, NULL);
}

static void draw_addressee(const FormDraw *draw, const json_t *block G_GNUC_UNUSED, const json_t *content) {
  g_autofree const char **names = form_texts(json_object_get(draw->letterhead, "to"));
  const char *named = names[0] ? names[0] : json_string_value(content);
  PaperParagraph *paragraph = paper_paragraph(draw->paper, PAPER_ADDRESSEE, "Kính gửi: ");
  paragraph->align = PAPER_CENTER;
  paper_run(paragraph, PAPER_BOLD, named);
}

static void draw_head(const FormDraw *draw, const json_t *block, const json_t *content) {
  gboolean light = is_true(block, "light");
  PaperParagraph *paragraph = paper_paragraph(draw->paper, PAPER_FORM_HEAD, NULL);
  paper_run(paragraph, light ? PAPER_LIGHT : PAPER_PLAIN, json_string_value(content));
  const char *hint = form_text(block, "hint");
  if (*hint) {
    paper_run(paragraph, PAPER_PLAIN, " ");
    paper_run(paragraph, PAPER_LIGHT | PAPER_ITALIC, hint);
  }
}

/* ---- lines ---- */

static void option_runs(const FormDraw *draw, PaperParagraph *paragraph, const LawField *field) {
  for (guint i = 0; i < field->options->len; i++) {
    const char *own = NULL;
    gboolean on = form_option_set(field, draw->values, i, &own);
    g_autofree char *text = g_strconcat("  ", on ? MARK_ON : MARK_OFF, g_ptr_array_index(field->options, i), NULL);
    paper_run(paragraph, PAPER_PLAIN, text);
  }
}

static void line_runs(const FormDraw *draw, PaperParagraph *paragraph, const json_t *part) {
  const LawField *field = field_of(draw, part, "field");
  g_autofree char *value = form_value_text(field, draw->values);
  const char *blank = form_text(part, "blank");
  const char *mark = is_true(part, "bullet") ? BULLET : is_true(part, "checked") ? draw->blank ? MARK_OFF : MARK_ON : "";
  g_autofree char *label = g_strconcat(mark, form_text(part, "label"), " ", NULL);
  paper_run(paragraph, is_true(part, "bold") ? PAPER_BOLD : PAPER_PLAIN, label);
  if (is_choice(field)) {
    option_runs(draw, paragraph, field);
    return;
  }
  paper_run(paragraph, PAPER_PLAIN, *value ? value : blank);
  paragraph->leader = !*value && !*blank;
}

static void draw_line(const FormDraw *draw, const json_t *block G_GNUC_UNUSED, const json_t *parts) {
  enum { PARTS_MAX = 4, GAP_MM = 3 };
  double shares[PARTS_MAX] = {0};
  int count = (int)MIN(json_array_size(parts), PARTS_MAX);
  if (count == 1) {
    line_runs(draw, paper_paragraph(draw->paper, PAPER_FORM_TEXT, NULL), json_array_get(parts, 0));
    return;
  }
  for (int i = 0; i < count; i++)
    shares[i] = (double)form_int(json_array_get(parts, (gsize)i), "share");
  PaperTable *table = paper_table(draw->paper, shares, count, FALSE);
  paper_row(table, FALSE);
  for (int i = 0; i < count; i++) {
    PaperParagraph *paragraph = form_cell(table, 1);
    line_runs(draw, paragraph, json_array_get(parts, (gsize)i));
    paragraph->right_mm = i + 1 < count ? GAP_MM : 0;
  }
}

/* ---- check boxes ---- */

static gboolean takes_text(const LawField *field, const char *option) {
  for (guint i = 0; i < field->with_text->len; i++)
    if (strcmp(field->with_text->pdata[i], option) == 0)
      return TRUE;
  return FALSE;
}

static void box_runs(const FormDraw *draw, PaperParagraph *paragraph, const LawField *field, const json_t *labels, guint option) {
  const char *name = g_ptr_array_index(field->options, option), *own = NULL;
  const char *label = json_string_value(json_array_get(labels, option));
  gboolean on = form_option_set(field, draw->values, option, &own);
  g_autofree char *text = g_strconcat(on ? MARK_ON : MARK_OFF, label ? label : name, own ? " " : "", own, NULL);
  paper_run(paragraph, PAPER_PLAIN, text);
  paragraph->leader = takes_text(field, name) && !own;
}

static void draw_box_row(const FormDraw *draw, const LawField *field, const json_t *block, const json_t *row) {
  const json_t *labels = json_object_get(block, "labels");
  int count = (int)json_array_size(row);
  if (count == 1) {
    guint only = (guint)json_integer_value(json_array_get(row, 0));
    box_runs(draw, paper_paragraph(draw->paper, PAPER_FORM_TEXT, NULL), field, labels, MIN(only, field->options->len - 1));
    return;
  }
  PaperTable *table = paper_table(draw->paper, NULL, MAX(count, 1), FALSE);
  paper_row(table, FALSE);
  for (int i = 0; i < count; i++) {
    guint option = (guint)json_integer_value(json_array_get(row, (gsize)i));
    box_runs(draw, form_cell(table, 1), field, labels, MIN(option, field->options->len - 1));
  }
}

static void draw_lead(const FormDraw *draw, const json_t *content) {
  const char *label = form_text(content, "label"), *hint = form_text(content, "hint");
  g_autofree char *lead = g_strconcat(is_true(content, "plain") ? "" : BULLET, label, " ", NULL);
  PaperParagraph *paragraph = paper_paragraph(draw->paper, PAPER_FORM_TEXT, lead);
  paper_run(paragraph, PAPER_ITALIC, hint);
  paragraph->keep_next = TRUE;
}

static void draw_boxes(const FormDraw *draw, const json_t *block G_GNUC_UNUSED, const json_t *content) {
  const LawField *field = field_of(draw, content, "field");
  const json_t *row = NULL;
  gsize i = 0;
  if (*form_text(content, "label"))
    draw_lead(draw, content);
  json_array_foreach(json_object_get(content, "rows"), i, row)
    draw_box_row(draw, field, content, row);
}

/* ---- long texts ---- */

static void draw_text(const FormDraw *draw, const json_t *block G_GNUC_UNUSED, const json_t *content) {
  g_autofree char *value = value_of(draw, content, "field");
  draw_lead(draw, content);
  g_auto(GStrv) lines = g_strsplit(value, "\n", -1);
  for (char **line = lines; *line; line++)
    paper_paragraph(draw->paper, PAPER_FORM_TEXT, *line);
  if (!*value)
    paper_blank_lines(draw->paper, (int)form_int(content, "lines"));
}

/* A framed text under its title. Empty, it shows what to write and keeps room to do so. */
static void draw_box(const FormDraw *draw, const json_t *block G_GNUC_UNUSED, const json_t *content) {
  g_autofree char *value = value_of(draw, content, "field");
  PaperTable *table = paper_table(draw->paper, NULL, 1, TRUE);
  paper_row(table, FALSE);
  paper_row_keep(table);
  paper_run(form_cell(table, 1), is_true(content, "bold") ? PAPER_BOLD : PAPER_PLAIN, form_text(content, "label"));
  paper_row(table, FALSE);
  paper_row_height(table, (double)form_int(content, "height_mm"));
  g_auto(GStrv) lines = g_strsplit(value, "\n", -1);
  PaperParagraph *body = form_cell(table, 1);
  paper_run(body, *value ? PAPER_PLAIN : PAPER_ITALIC, *value ? lines[0] : draw->blank ? form_text(content, "hint") : "");
  body->align = PAPER_JUSTIFY;
  for (char **line = lines; *value && *++line;)
    paper_cell_paragraph(table, PAPER_FORM_TEXT, *line)->align = PAPER_JUSTIFY;
  for (gint64 i = 0; !*value && i < form_int(content, "lines"); i++)
    paper_cell_paragraph(table, PAPER_FORM_TEXT, "")->leader = TRUE;
}

/* ---- framed rows ---- */

enum { LEVELS = 5 };

static void grid_options(const FormDraw *draw, PaperTable *table, const LawField *field) {
  for (guint i = 0; i < field->options->len; i++) {
    const char *own = NULL;
    g_autofree char *text =
        g_strconcat(form_option_set(field, draw->values, i, &own) ? MARK_ON : MARK_OFF, g_ptr_array_index(field->options, i), NULL);
    paper_cell(table, text);
  }
}

static void draw_grid(const FormDraw *draw, const json_t *block G_GNUC_UNUSED, const json_t *rows) {
  PaperTable *table = paper_table(draw->paper, (const double[]){55, 24, 24, 24, 24, 24}, 1 + LEVELS, TRUE);
  const json_t *row = NULL;
  gsize i = 0;
  json_array_foreach(rows, i, row) {
    const LawField *field = field_of(draw, row, "field");
    paper_row(table, FALSE);
    paper_cell(table, form_text(row, "label"));
    if (is_choice(field)) {
      grid_options(draw, table, field);
      continue;
    }
    g_autofree char *value = form_value_text(field, draw->values);
    PaperParagraph *cell = paper_cell_span(table, LEVELS, 1, "");
    paper_run(cell, *value ? PAPER_PLAIN : PAPER_ITALIC, *value ? value : draw->blank ? form_text(row, "hint") : "");
  }
}

static void draw_moment(const FormDraw *draw, const json_t *block G_GNUC_UNUSED, const json_t *content) {
  g_autofree char *day = value_of(draw, content, "field");
  g_autofree char *clock = value_of(draw, content, "clock");
  PaperTable *table = paper_table(draw->paper, (const double[]){44, 38, 44, 49}, 4, TRUE);
  const char *const cells[] = {form_text(content, "label"), *day ? day : "/            /", form_text(content, "clock_label"),
                               *clock ? clock : "…… giờ …… phút"};
  paper_row(table, FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS(cells); i++)
    paper_cell(table, cells[i])->align = i % 2 ? PAPER_CENTER : PAPER_LEFT;
}

/* ---- the table of Mẫu số 05 ---- */

static char *cell_text(const json_t *cell) {
  return json_is_integer(cell) ? g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(cell))
                               : g_strdup(json_is_string(cell) ? json_string_value(cell) : "");
}

static void counts_row(PaperTable *table, const char *label, const json_t *row, PaperEmphasis emphasis) {
  enum { COUNTS = 6 };
  paper_row(table, FALSE);
  paper_run(paper_cell(table, ""), emphasis, label);
  for (gsize i = 0; i < COUNTS; i++) {
    g_autofree char *text = cell_text(json_array_get(row, i));
    PaperParagraph *cell = paper_cell(table, "");
    paper_run(cell, emphasis, text);
    cell->align = PAPER_CENTER;
  }
}

static void draw_counts(const FormDraw *draw, const json_t *block G_GNUC_UNUSED, const json_t *content) {
  enum { COLUMNS_MAX = 12 };
  const LawField *field = field_of(draw, content, "field");
  const json_t *rows = json_object_get(draw->values, field->id), *share = NULL;
  double shares[COLUMNS_MAX] = {0};
  gsize i = 0;
  json_array_foreach(json_object_get(content, "shares"), i, share)
    if (i < COLUMNS_MAX)
      shares[i] = (double)json_integer_value(share);
  PaperTable *table = paper_table(draw->paper, shares, (int)MIN(field->options->len + 1, COLUMNS_MAX), TRUE);
  paper_row(table, TRUE);
  paper_cell(table, form_text(content, "label"));
  for (guint k = 0; k < field->options->len; k++)
    paper_cell(table, g_ptr_array_index(field->options, k));
  g_autoptr(GPtrArray) kinds = form_counted_kinds(draw->form->rules);
  for (guint k = 0; k < kinds->len; k++)
    counts_row(table, ((const LawKind *)kinds->pdata[k])->counted_as, json_array_get(rows, k), PAPER_PLAIN);
  counts_row(table, form_text(content, "total"), json_array_get(rows, kinds->len), PAPER_BOLD);
}

/* ---- the end ---- */

static void draw_sign(const FormDraw *draw, const json_t *block, const json_t *content) {
  const json_t *head = draw->letterhead;
  Day day = {0};
  date_parse_day(form_text(head, "day"), &day);
  const char *place = form_text(head, "place");
  g_autofree char *dated = paper_place_date(*place ? place : NULL, day.day, day.month, day.year);
  const char *name = form_text(head, "signer");
  paper_signatures(draw->paper, NULL, NULL,
                   &(PaperSigner){.place_date = is_true(block, "dated") ? dated : NULL,
                                  .authority = (const char *const[]){draw->form->law->signer, NULL},
                                  .note = json_string_value(content),
                                  .name = *name ? name : NULL});
}

static void draw_note(const FormDraw *draw, const json_t *block G_GNUC_UNUSED, const json_t *content) {
  paper_paragraph(draw->paper, PAPER_NOTE, json_string_value(content));
}

const FormBlock FORM_BLOCKS[] = {
    {"title", BLOCK_TEXT, draw_title},   {"nation", BLOCK_NONE, draw_nation}, {"addressee", BLOCK_TEXT, draw_addressee},
    {"head", BLOCK_TEXT, draw_head},     {"line", BLOCK_LIST, draw_line},     {"boxes", BLOCK_ONE, draw_boxes},
    {"text", BLOCK_ONE, draw_text},      {"grid", BLOCK_LIST, draw_grid},     {"box", BLOCK_ONE, draw_box},
    {"moment", BLOCK_ONE, draw_moment},  {"counts", BLOCK_ONE, draw_counts},  {"sign", BLOCK_TEXT, draw_sign},
    {"note", BLOCK_TEXT, draw_note},
};
const gsize FORM_BLOCK_COUNT = G_N_ELEMENTS(FORM_BLOCKS);

void form_draw_blocks(const FormDraw *draw) {
  const json_t *block = NULL, *content = NULL;
  gsize i = 0;
  paper_form_mark(draw->paper, draw->form->law->number, form_text(draw->form->layout, "mark"));
  json_array_foreach(json_object_get(draw->form->layout, "blocks"), i, block)
    form_block_of(block, &content)->draw(draw, block, content);
}
