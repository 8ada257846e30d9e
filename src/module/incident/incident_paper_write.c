/* A form of the law with its values, laid out as the official form looks. */
#include "base/date.h"
#include "base/text.h"
#include "lib/document/paper.h"
#include "module/incident/incident_paper.h"
#include <string.h>

#define OPTIONS_A_LINE 3

typedef struct {
  Paper *paper;
  const json_t *values;
} Writing;

static const char *value_of(const Writing *w, const char *id) {
  const char *text = json_string_value(json_object_get(w->values, id));
  return text ? text : "";
}

static gboolean is_ticked(const Writing *w, const LawField *field, const char *option) {
  const json_t *value = json_object_get(w->values, field->id);
  if (json_is_string(value))
    return strcmp(json_string_value(value), option) == 0;
  for (gsize i = 0; i < json_array_size(value); i++)
    if (g_strcmp0(json_string_value(json_array_get(value, i)), option) == 0)
      return TRUE;
  return FALSE;
}

static const char *option_text(const Writing *w, const LawField *field, const char *option) {
  g_autofree char *key = g_strdup_printf("%s: %s", field->id, option);
  return value_of(w, key);
}

static char *label_of(const LawField *field) {
  return g_strconcat(field->label, field->required ? " (*)" : "", NULL);
}

static gboolean has_options(const LawField *field) {
  return strcmp(field->type, "choice") == 0 || strcmp(field->type, "many") == 0;
}

/* --- options: ticked or not, several on a line where they take no text --- */

static gboolean takes_text(const LawField *field, const char *option) {
  return g_ptr_array_find_with_equal_func(field->with_text, option, g_str_equal, NULL);
}

static PaperField option_field(const Writing *w, const LawField *field, const char *option) {
  gboolean own = takes_text(field, option);
  return (PaperField){.mark = is_ticked(w, field, option) ? PAPER_CHECKED : PAPER_UNCHECKED, .label = option,
                      .value = own ? option_text(w, field, option) : NULL, .fill = own};
}

static void write_options(Writing *w, const LawField *field) {
  PaperField line[OPTIONS_A_LINE];
  gsize count = 0;
  for (guint i = 0; i < field->options->len; i++) {
    const char *option = g_ptr_array_index(field->options, i);
    gboolean alone = takes_text(field, option) || strlen(option) > 45;
    if (count && (alone || count == OPTIONS_A_LINE)) {
      paper_fields(w->paper, line, count);
      count = 0;
    }
    line[count++] = option_field(w, field, option);
    if (alone) {
      paper_fields(w->paper, line, count);
      count = 0;
    }
  }
  if (count)
    paper_fields(w->paper, line, count);
}

/* --- fields on lines --- */

static void write_label(Writing *w, const LawField *field) {
  g_autofree char *label = label_of(field);
  paper_fields(w->paper, &(PaperField){.mark = PAPER_BULLET, .label = label}, 1);
}

static void write_long(Writing *w, const LawField *field) {
  write_label(w, field);
  if (*value_of(w, field->id))
    paper_paragraph(w->paper, PAPER_FORM_TEXT, value_of(w, field->id));
  else
    paper_blank_lines(w->paper, 2);
}

/* Telephone and e-mail, name and position stand beside each other in the official forms. */
static gboolean is_pair(const LawField *a, const LawField *b) {
  static const char *const PAIRS[][2] = {{"reporter_phone", "reporter_email"}, {"contact_name", "contact_title"},
                                         {"contact_phone", "contact_email"},   {"operating_system", "version"},
                                         {"first_report_number", "first_report_day"}};
  for (gsize i = 0; i < G_N_ELEMENTS(PAIRS); i++)
    if (strcmp(a->id, PAIRS[i][0]) == 0 && strcmp(b->id, PAIRS[i][1]) == 0)
      return TRUE;
  return FALSE;
}

static void write_line(Writing *w, const LawField *first, const LawField *second) {
  g_autofree char *a = label_of(first);
  g_autofree char *b = second ? label_of(second) : NULL;
  const PaperField line[] = {{.mark = PAPER_BULLET, .label = a, .value = value_of(w, first->id), .fill = TRUE},
                             {.label = b, .value = second ? value_of(w, second->id) : "", .fill = TRUE}};
  paper_fields(w->paper, line, second ? 2 : 1);
}

/* The field that bears the name of its group needs no label of its own. */
static gboolean is_group_itself(const LawFieldGroup *group, const LawField *field) {
  g_autofree char *name = text_fold(group->name), *label = text_fold(field->label);
  return group->fields->len == 1 && strcmp(name, label) == 0;
}

static void write_lines(Writing *w, const LawFieldGroup *group) {
  for (guint i = 0; i < group->fields->len; i++) {
    const LawField *field = g_ptr_array_index(group->fields, i);
    const LawField *next = i + 1 < group->fields->len ? g_ptr_array_index(group->fields, i + 1) : NULL;
    if (has_options(field)) {
      if (group->fields->len > 1)
        write_label(w, field);
      write_options(w, field);
    } else if (strcmp(field->type, "long_text") == 0) {
      write_long(w, field);
    } else if (is_group_itself(group, field)) {
      paper_paragraph(w->paper, PAPER_FORM_TEXT, *value_of(w, field->id) ? value_of(w, field->id) : "……………………");
    } else {
      gboolean pair = next && is_pair(field, next);
      write_line(w, field, pair ? next : NULL);
      i += pair ? 1 : 0;
    }
  }
}

/* --- the detailed group: a table as in the official forms --- */

static gboolean is_detailed(const LawFieldGroup *group) {
  gboolean level = FALSE;
  for (guint i = 0; i < group->fields->len; i++)
    level = level || strcmp(((const LawField *)g_ptr_array_index(group->fields, i))->id, "level") == 0;
  return level;
}

static char *ticks(const Writing *w, const LawField *field) {
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < field->options->len; i++) {
    const char *option = g_ptr_array_index(field->options, i);
    g_string_append_printf(text, "%s%s %s", i ? "    " : "", is_ticked(w, field, option) ? "☒" : "☐", option);
  }
  return g_strdup(text->str);
}

static void write_box(Writing *w, const LawField *field) {
  static const double WHOLE[] = {1};
  g_autofree char *label = label_of(field);
  PaperTable *box = paper_table(w->paper, WHOLE, 1, TRUE);
  paper_row(box, FALSE);
  paper_run(paper_cell(box, NULL), PAPER_BOLD, label);
  paper_row(box, FALSE);
  if (!*value_of(w, field->id))
    paper_row_height(box, 24);
  paper_cell(box, value_of(w, field->id));
}

static char *clock_text(const char *clock) {
  return strlen(clock) == 5 ? g_strdup_printf("%.2s giờ %s phút", clock, clock + 3) : g_strdup("…… giờ …… phút");
}

static void write_moment(Writing *w, const LawField *day, const LawField *clock) {
  static const double SHARES[] = {3, 2, 3, 3};
  g_autofree char *a = label_of(day), *b = label_of(clock), *time = clock_text(value_of(w, clock->id));
  PaperTable *table = paper_table(w->paper, SHARES, 4, TRUE);
  paper_row(table, FALSE);
  paper_cell(table, a);
  paper_cell(table, value_of(w, day->id));
  paper_cell(table, b);
  paper_cell(table, time);
}

static void write_detailed(Writing *w, const LawFieldGroup *group) {
  static const double SHARES[] = {2, 3};
  PaperTable *table = NULL;
  for (guint i = 0; i < group->fields->len; i++) {
    const LawField *field = g_ptr_array_index(group->fields, i);
    const LawField *next = i + 1 < group->fields->len ? g_ptr_array_index(group->fields, i + 1) : NULL;
    g_autofree char *label = label_of(field), *options = has_options(field) ? ticks(w, field) : NULL;
    if (strcmp(field->type, "long_text") == 0) {
      write_box(w, field);
      table = NULL;
    } else if (strcmp(field->type, "date") == 0 && next && strcmp(next->type, "clock") == 0) {
      write_moment(w, field, next);
      table = NULL;
      i++;
    } else {
      table = table ? table : paper_table(w->paper, SHARES, 2, TRUE);
      paper_row(table, FALSE);
      paper_cell(table, label);
      paper_cell(table, options ? options : value_of(w, field->id));
    }
  }
}

/* --- the whole --- */

static void write_group(Writing *w, const LawFieldGroup *group) {
  const LawField *only = group->fields->len == 1 ? g_ptr_array_index(group->fields, 0) : NULL;
  g_autofree char *head = g_strconcat(group->name, only && only->required && is_group_itself(group, only) ? " (*)" : "", NULL);
  paper_paragraph(w->paper, PAPER_FORM_HEAD, head)->keep_next = TRUE;
  if (is_detailed(group))
    write_detailed(w, group);
  else
    write_lines(w, group);
}

static void write_groups(Writing *w, const LawForm *form) {
  for (guint g = 0; g < form->groups->len; g++)
    write_group(w, g_ptr_array_index(form->groups, g));
}

static char *place_date(const PaperFace *face) {
  Day day = {0};
  if (!face->issued_day || !date_parse_day(face->issued_day, &day))
    day = (Day){0};
  return paper_place_date(face->place && *face->place ? face->place : "……", day.day, day.month, day.year);
}

static void write_signature(Writing *w, const LawForm *form, const PaperFace *face) {
  const char *authority[] = {form->signer ? form->signer : "NGƯỜI ĐẠI DIỆN", NULL};
  g_autofree char *where = place_date(face);
  const PaperSigner signer = {.place_date = where, .authority = authority, .note = "(Ký tên, đóng dấu)", .name = face->signer};
  paper_signatures(w->paper, NULL, NULL, &signer);
}

static void write_head(Writing *w, const LawForm *form) {
  const LawCitation *basis = form->rule.basis->len ? g_ptr_array_index(form->rule.basis, 0) : NULL;
  g_autofree char *note = basis ? g_strdup_printf("Ban hành kèm theo %s", basis->act->cited_as) : NULL;
  if (form->number && strlen(form->number) <= strlen("Mẫu số 03"))
    paper_form_mark(w->paper, form->number, note);
  else if (form->number)
    paper_form_mark(w->paper, form->number, NULL);
  paper_title(w->paper, form->title, NULL);
}

GBytes *incident_paper_write(const LawForm *const *parts, const json_t *values, const PaperFace *face, const char *style_path,
                             gboolean pdf, GError **error) {
  g_autoptr(Paper) paper = paper_new(parts[0]->name, NULL, face->created_ms);
  g_autofree char *bytes = NULL;
  gsize length;
  Writing w = {paper, values};
  if (!g_file_get_contents(style_path, &bytes, &length, error))
    return NULL;
  g_autoptr(PaperStyle) style = paper_style_load(bytes, length, error);
  if (!style)
    return NULL;
  write_head(&w, parts[0]);
  write_groups(&w, parts[0]);
  write_signature(&w, parts[0], face);
  for (const LawForm *const *annex = parts + 1; *annex; annex++) {
    paper_appendix(paper, 0, (*annex)->name, NULL, FALSE);
    write_groups(&w, *annex);
  }
  return pdf ? paper_write_pdf(paper, style, error) : paper_write_docx(paper, style, error);
}
