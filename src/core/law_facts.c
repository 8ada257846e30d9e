/* Facts of an incident: from what was entered to what conditions ask. */
#include "core/law_private.h"
#include "base/error.h"
#include <string.h>

#define TEXT_BYTES_MAX 4000
#define TEXTS_MAX 100

static gboolean refuse(const LawFact *fact, const char *what, GError **error) {
  g_set_error(error, APP_ERROR, ERROR_INVALID, "%s (%s): %s.", fact->label, fact->rule.id, what);
  return FALSE;
}

static const json_t *find_entered(const json_t *entered, const char *id) {
  g_auto(GStrv) names = g_strsplit(id, ".", -1);
  for (char **name = names; *name && entered; name++)
    entered = json_object_get(entered, *name);
  return entered;
}

static gboolean is_allowed(const LawFact *fact, const char *text) {
  for (guint i = 0; i < fact->values->len; i++)
    if (strcmp(((const LawValue *)g_ptr_array_index(fact->values, i))->id, text) == 0)
      return TRUE;
  return !fact->values->len;
}

static gboolean is_allowed_text(const LawFact *fact, const json_t *value) {
  return json_is_string(value) && json_string_length(value) <= TEXT_BYTES_MAX &&
         is_allowed(fact, json_string_value(value));
}

static gboolean check_texts(const LawFact *fact, const json_t *value, GError **error) {
  if (!json_is_array(value) || json_array_size(value) > TEXTS_MAX)
    return refuse(fact, "phải là danh sách, không quá 100 mục", error);
  for (gsize i = 0; i < json_array_size(value); i++)
    if (!is_allowed_text(fact, json_array_get(value, i)))
      return refuse(fact, "có giá trị không được nhận", error);
  return TRUE;
}

static gboolean read_value(const LawFact *fact, const json_t *value, json_t *facts, GError **error) {
  gint64 ms;
  switch (fact->type) {
  case LAW_TIME:
    if (!json_is_string(value) || !date_parse_time(json_string_value(value), &ms))
      return refuse(fact, "phải là thời điểm, ví dụ 2026-11-21T14:35:00+07:00", error);
    json_object_set_new(facts, fact->rule.id, json_integer(ms));
    return TRUE;
  case LAW_BOOL:
    if (!json_is_boolean(value))
      return refuse(fact, "phải là có hoặc không", error);
    break;
  case LAW_INT:
    if (!json_is_integer(value) || json_integer_value(value) < fact->least || json_integer_value(value) > fact->most)
      return refuse(fact, "phải là số trong giới hạn cho phép", error);
    break;
  case LAW_TEXT:
    if (!is_allowed_text(fact, value))
      return refuse(fact, "phải là văn bản được nhận", error);
    break;
  case LAW_TEXTS:
    if (!check_texts(fact, value, error))
      return FALSE;
    break;
  }
  json_object_set(facts, fact->rule.id, (json_t *)value);
  return TRUE;
}

static gboolean read_fact(const LawFact *fact, const json_t *entered, json_t *facts, GError **error) {
  const json_t *value = find_entered(entered, fact->rule.id);
  if (fact->required && (!value || json_is_null(value)))
    return refuse(fact, "chưa có", error);
  if (!value)
    return TRUE;
  if (!json_is_null(value))
    return read_value(fact, value, facts, error);
  if (fact->type == LAW_TIME) /* "not yet"; of other types null says nothing */
    json_object_set_new(facts, fact->rule.id, json_null());
  return TRUE;
}

static void work_out_given(const Law *law, json_t *facts) {
  for (guint i = 0; i < law->facts->len; i++) {
    const LawFact *fact = g_ptr_array_index(law->facts, i);
    const json_t *source = fact->given ? json_object_get(facts, fact->given) : NULL;
    if (source)
      json_object_set_new(facts, fact->rule.id, json_boolean(!json_is_null(source)));
  }
}

static gboolean is_known_member(const Law *law, const char *name) {
  gsize length = strlen(name);
  for (guint i = 0; i < law->facts->len; i++) {
    const LawFact *fact = g_ptr_array_index(law->facts, i);
    if (!fact->given && !fact->worked_out && strncmp(fact->rule.id, name, length) == 0 &&
        (!fact->rule.id[length] || fact->rule.id[length] == '.'))
      return TRUE;
  }
  return FALSE;
}

static void collect_unused(const Law *law, const json_t *entered, const char *prefix, GPtrArray *unused) {
  const char *key;
  json_t *value;
  json_object_foreach((json_t *)entered, key, value) {
    g_autofree char *name = g_strconcat(prefix, key, NULL);
    gboolean is_fact = law_find(law->facts, name) != NULL;
    if (!is_known_member(law, name) || (!is_fact && !json_is_object(value) && !json_is_null(value))) {
      g_ptr_array_add(unused, g_steal_pointer(&name));
    } else if (!is_fact) {
      g_autofree char *inner = g_strconcat(name, ".", NULL);
      collect_unused(law, value, inner, unused);
    }
  }
}

json_t *law_facts_read(const Law *law, const json_t *entered, GPtrArray *unused, GError **error) {
  if (!json_is_object(entered)) {
    g_set_error(error, APP_ERROR, ERROR_INVALID, "Dữ kiện phải là một đối tượng JSON.");
    return NULL;
  }
  json_t *facts = json_object();
  for (guint i = 0; i < law->facts->len; i++) {
    const LawFact *fact = g_ptr_array_index(law->facts, i);
    if (fact->given || fact->worked_out || read_fact(fact, entered, facts, error))
      continue;
    json_decref(facts);
    return NULL;
  }
  work_out_given(law, facts);
  if (unused)
    collect_unused(law, entered, "", unused);
  return facts;
}
