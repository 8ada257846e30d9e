/* Values as people type them, and what they say otherwise than the case. */
#include "base/date.h"
#include "module/incident/form_private.h"
#include <string.h>

typedef void (*FieldFunc)(const LawField *field, const char *prefix, void *data);

static void each_field(const LawForm *form, const char *prefix, FieldFunc func, void *data) {
  for (guint g = 0; g < form->groups->len; g++) {
    const LawFieldGroup *group = form->groups->pdata[g];
    for (guint f = 0; f < group->fields->len; f++)
      func(group->fields->pdata[f], prefix, data);
  }
}

/* ---- typed ---- */

typedef struct {
  FormTypedFunc typed;
  void *data;
  json_t *values;
} Typing;

static const char *typed_option(const Typing *typing, const char *mark, const char *prefix, const LawField *field, guint option) {
  g_autofree char *name = g_strdup_printf("%s.%s%s.%u", mark, prefix, field->id, option);
  return typing->typed(name, typing->data);
}

static json_t *typed_many(const Typing *typing, const LawField *field, const char *prefix) {
  json_t *chosen = json_object();
  for (guint i = 0; i < field->options->len; i++) {
    const char *text = typed_option(typing, "t", prefix, field, i);
    if (typed_option(typing, "f", prefix, field, i))
      json_object_set_new(chosen, field->options->pdata[i], text && *text ? json_string(text) : json_true());
  }
  return chosen;
}

static void type_field(const LawField *field, const char *prefix, void *data) {
  Typing *typing = data;
  g_autofree char *name = g_strconcat("f.", prefix, field->id, NULL);
  const char *text = typing->typed(name, typing->data);
  if (strcmp(field->type, "many") == 0)
    json_object_set_new(typing->values, field->id, typed_many(typing, field, prefix));
  else if (text)
    json_object_set_new(typing->values, field->id, json_string(text));
}

json_t *form_values_typed(const PaperForm *form, FormTypedFunc typed, void *data) {
  Typing own = {typed, data, json_object()}, annex = {typed, data, json_object()};
  each_field(form->law, "", type_field, &own);
  if (form->annex) {
    g_autofree char *prefix = g_strconcat(form->annex->law->rule.id, ".", NULL);
    each_field(form->annex->law, prefix, type_field, &annex);
    json_object_set(own.values, form->annex->law->rule.id, annex.values);
  }
  json_decref(annex.values);
  return own.values;
}

char *form_value_input(const LawField *field, const json_t *values) {
  const char *text = form_text(values, field->id);
  gint64 ms = 0;
  char moment[17];
  if (strcmp(field->type, "clock") == 0)
    return g_strdup(text);
  if (strcmp(field->type, "time") == 0 && date_parse_time(text, &ms))
    return g_strdup(form_moment(moment, ms));
  return form_value_text(field, values);
}

/* ---- what was changed ---- */

typedef struct {
  const json_t *base, *values;
  json_t *changes;
} Comparing;

/* Two values are the same when they print the same: what was typed need not look like what the program writes. */
static void compare_field(const LawField *field, const char *prefix G_GNUC_UNUSED, void *data) {
  Comparing *c = data;
  json_t *value = json_object_get(c->values, field->id);
  g_autofree char *before = form_value_text(field, c->base), *after = form_value_text(field, c->values);
  if (value && strcmp(before, after) != 0)
    json_object_set(c->changes, field->id, value);
}

static json_t *compare(const LawForm *form, const json_t *base, const json_t *values) {
  Comparing c = {base, values, json_object()};
  each_field(form, "", compare_field, &c);
  return c.changes;
}

json_t *form_values_changed(const PaperForm *form, const json_t *base, const json_t *values) {
  json_t *changes = compare(form->law, base, values);
  if (form->annex) {
    const char *id = form->annex->law->rule.id;
    json_object_set_new(changes, id, compare(form->annex->law, json_object_get(base, id), json_object_get(values, id)));
  }
  return changes;
}

json_t *form_values_laid(const PaperForm *form, const json_t *base, const json_t *changes) {
  json_t *values = json_deep_copy(base);
  const char *id = form->annex ? form->annex->law->rule.id : NULL;
  const char *key;
  json_t *value;
  json_object_foreach((json_t *)(gintptr)changes, key, value) {
    json_t *inner = id && strcmp(key, id) == 0 ? json_object_get(values, id) : NULL;
    if (inner)
      json_object_update(inner, value);
    else
      json_object_set(values, key, value);
  }
  return values;
}

/* ---- what is no value ---- */

typedef struct {
  const json_t *values;
  const LawField *wrong;
  guint known;
} Checking;

static gboolean is_empty(const json_t *value) {
  const char *text = json_string_value(value);
  return json_is_null(value) || (text && !text[strspn(text, " \r\n\t")]) || (json_is_object(value) && !json_object_size(value));
}

static void check_field(const LawField *field, const char *prefix G_GNUC_UNUSED, void *data) {
  Checking *c = data;
  const json_t *value = json_object_get(c->values, field->id);
  c->known += value != NULL;
  if (c->wrong || !value || is_empty(value))
    return;
  g_autofree char *text = form_value_text(field, c->values);
  if (!*text)
    c->wrong = field;
}

static const char *check_part(const LawForm *form, const json_t *values, guint others) {
  Checking c = {.values = values};
  each_field(form, "", check_field, &c);
  return c.wrong ? c.wrong->label : c.known + others < json_object_size(values) ? "?" : NULL;
}

const char *form_values_wrong(const PaperForm *form, const json_t *values) {
  const json_t *annex = form->annex ? json_object_get(values, form->annex->law->rule.id) : NULL;
  const char *wrong = check_part(form->law, values, annex != NULL);
  return wrong || !annex ? wrong : check_part(form->annex->law, annex, 0);
}

/* ---- addresses that may leave the house ---- */

static void hide_field(const LawField *field, const char *prefix G_GNUC_UNUSED, void *data) {
  static const char *const ADDRESSES[] = {"addresses", "system_address", "system"};
  json_t *values = data;
  const char *text = json_string_value(json_object_get(values, field->id));
  for (gsize i = 0; text && i < G_N_ELEMENTS(ADDRESSES); i++)
    if (strcmp(ADDRESSES[i], field->id) == 0) {
      g_autofree char *shown = form_public_text(text);
      json_object_set_new(values, field->id, json_string(shown));
      return;
    }
}

void form_values_make_public(const PaperForm *form, json_t *values) {
  each_field(form->law, "", hide_field, values);
}
