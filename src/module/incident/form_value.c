/* Values of a form: is there one, and how does it print. */
#include "base/date.h"
#include "module/incident/form_private.h"
#include <string.h>

/* ---- reading JSON ---- */

const char *form_text(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text ? text : "";
}

gint64 form_int(const json_t *object, const char *key) {
  return json_integer_value(json_object_get(object, key));
}

gint64 form_count(const json_t *list) {
  return (gint64)json_array_size(list);
}

const json_t *form_at(const json_t *object, const char *path) {
  g_auto(GStrv) names = g_strsplit(path, ".", -1);
  for (char **name = names; *name && object; name++)
    object = json_object_get(object, *name);
  return object;
}

const char *form_moment(char out[17], gint64 ms) {
  *out = '\0';
  if (ms)
    date_write_time(out, ms);
  return out;
}

const LawField *form_law_field(const LawForm *form, const char *id) {
  for (guint g = 0; g < form->groups->len; g++) {
    const LawFieldGroup *group = form->groups->pdata[g];
    for (guint f = 0; f < group->fields->len; f++) {
      const LawField *field = group->fields->pdata[f];
      if (strcmp(field->id, id) == 0)
        return field;
    }
  }
  return NULL;
}

GPtrArray *form_counted_kinds(const Law *law) {
  GPtrArray *list = g_ptr_array_new();
  for (guint g = 0; g < law->kind_groups->len; g++) {
    const LawKindGroup *group = law->kind_groups->pdata[g];
    for (guint k = 0; k < group->kinds->len; k++)
      if (((const LawKind *)group->kinds->pdata[k])->counted_as)
        g_ptr_array_add(list, group->kinds->pdata[k]);
  }
  return list;
}

/* ---- one writer for each type of field ---- */

typedef void (*WriteFunc)(const LawField *field, const json_t *values, GString *out);

static void write_text(const LawField *field, const json_t *values, GString *out) {
  g_autofree char *text = g_strstrip(g_strdup(form_text(values, field->id)));
  g_string_append(out, text);
}

static void write_int(const LawField *field, const json_t *values, GString *out) {
  const json_t *value = json_object_get(values, field->id);
  if (json_is_integer(value))
    g_string_append_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
  else
    write_text(field, values, out);
}

static void write_date(const LawField *field, const json_t *values, GString *out) {
  Day day;
  if (date_parse_day(form_text(values, field->id), &day))
    g_string_append_printf(out, "%02d/%02d/%04d", day.day, day.month, day.year);
}

static void write_clock(const LawField *field, const json_t *values, GString *out) {
  const char *text = form_text(values, field->id);
  gboolean shaped = strlen(text) == 5 && text[2] == ':' && g_ascii_isdigit(text[0]) && g_ascii_isdigit(text[1]) &&
                    g_ascii_isdigit(text[3]) && g_ascii_isdigit(text[4]);
  if (shaped && atoi(text) < 24 && atoi(text + 3) < 60)
    g_string_append_printf(out, "%.2s giờ %.2s phút", text, text + 3);
}

static void write_time(const LawField *field, const json_t *values, GString *out) {
  gint64 ms = 0;
  char clock[6], day[11];
  if (!date_parse_time(form_text(values, field->id), &ms))
    return;
  date_write_clock(clock, ms);
  date_write_day(day, ms);
  g_string_append_printf(out, "%.2s giờ %.2s phút, ngày %s", clock, clock + 3, day);
}

static void write_month(const LawField *field, const json_t *values, GString *out) {
  g_autofree char *first = g_strconcat(form_text(values, field->id), "-01", NULL);
  Day day;
  if (date_parse_day(first, &day))
    g_string_append_printf(out, "%02d/%04d", day.month, day.year);
}

gboolean form_option_set(const LawField *field, const json_t *values, guint option, const char **out_text) {
  const json_t *value = json_object_get(values, field->id);
  const char *name = g_ptr_array_index(field->options, option);
  *out_text = NULL;
  if (json_is_string(value))
    return strcmp(json_string_value(value), name) == 0;
  const json_t *mine = json_object_get(value, name);
  *out_text = json_string_value(mine);
  return json_is_true(mine) || (*out_text && **out_text);
}

static void write_options(const LawField *field, const json_t *values, GString *out) {
  for (guint i = 0; i < field->options->len; i++) {
    const char *text = NULL;
    if (!form_option_set(field, values, i, &text))
      continue;
    g_string_append_printf(out, "%s%s", out->len ? "; " : "", (char *)g_ptr_array_index(field->options, i));
    if (text)
      g_string_append_printf(out, ": %s", text);
  }
}

static void write_table(const LawField *field, const json_t *values, GString *out) {
  gint64 rows = form_count(json_object_get(values, field->id));
  if (rows > 0)
    g_string_append_printf(out, "%" G_GINT64_FORMAT " dòng", rows);
}

static const struct {
  const char *type;
  WriteFunc write;
} TYPES[] = {
    {"text", write_text}, {"long_text", write_text}, {"int", write_int},     {"phone", write_text},
    {"email", write_text}, {"date", write_date},     {"clock", write_clock}, {"time", write_time},
    {"month", write_month}, {"choice", write_options}, {"many", write_options}, {"table", write_table},
};

char *form_value_text(const LawField *field, const json_t *values) {
  GString *out = g_string_new(NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(TYPES); i++)
    if (strcmp(TYPES[i].type, field->type) == 0)
      TYPES[i].write(field, values, out);
  return g_string_free(out, FALSE);
}

/* ---- what is missing ---- */

static void missing_free(gpointer data) {
  FormMissing *missing = data;
  g_free(missing->id);
  g_free(missing->label);
  g_free(missing);
}

static void add_missing(GPtrArray *list, const LawForm *form, const char *prefix, const json_t *values) {
  for (guint g = 0; g < form->groups->len; g++) {
    const LawFieldGroup *group = form->groups->pdata[g];
    for (guint f = 0; f < group->fields->len; f++) {
      const LawField *field = group->fields->pdata[f];
      g_autofree char *text = form_value_text(field, values);
      if (!field->required || *text)
        continue;
      FormMissing *missing = g_new0(FormMissing, 1);
      missing->id = g_strconcat(prefix, field->id, NULL);
      missing->label = g_strdup(field->label);
      g_ptr_array_add(list, missing);
    }
  }
}

GPtrArray *form_missing(const PaperForm *form, const json_t *values) {
  GPtrArray *list = g_ptr_array_new_with_free_func(missing_free);
  add_missing(list, form->law, "", values);
  if (!form->annex)
    return list;
  const char *id = form->annex->law->rule.id;
  g_autofree char *prefix = g_strconcat(id, ".", NULL);
  add_missing(list, form->annex->law, prefix, json_object_get(values, id));
  return list;
}

/* ---- a text to copy ---- */

static void message_lines(GString *out, const LawForm *form, const json_t *values) {
  for (guint g = 0; g < form->groups->len; g++) {
    const LawFieldGroup *group = form->groups->pdata[g];
    for (guint f = 0; f < group->fields->len; f++) {
      const LawField *field = group->fields->pdata[f];
      g_autofree char *text = form_value_text(field, values);
      if (*text)
        g_string_append_printf(out, "- %s: %s\n", field->label, text);
    }
  }
}

char *form_message(const PaperForm *form, const json_t *values, char **out_subject) {
  static const char *const SUBJECTS[] = {"system_address", "system", "case", "act"};
  const char *about = "";
  for (gsize i = 0; i < G_N_ELEMENTS(SUBJECTS) && !*about; i++)
    about = form_text(values, SUBJECTS[i]);
  const char *mark = form->law->email_subject;
  /* A subject is one line: what was typed may not end it and begin another header. */
  g_autofree char *line = g_strdelimit(g_strdup(about), "\r\n", ' ');
  *out_subject = g_strconcat(mark ? mark : "", mark ? " " : "", form->law->name, *line ? " - " : "", line, NULL);
  GString *out = g_string_new(form->law->name);
  g_string_append_c(out, '\n');
  message_lines(out, form->law, values);
  if (form->annex)
    message_lines(out, form->annex->law, json_object_get(values, form->annex->law->rule.id));
  return g_string_free(out, FALSE);
}
