/* Reads records by their tables of keys. */
#include "core/law_private.h"
#include <string.h>

void law_problem(LawReader *reader, const char *place, const char *format, ...) {
  va_list args;
  va_start(args, format);
  g_autofree char *what = g_strdup_vprintf(format, args);
  va_end(args);
  g_ptr_array_add(reader->problems, g_strdup_printf("%s: %s: %s", reader->file, place, what));
}

GPtrArray *law_list_new(Law *law) {
  GPtrArray *list = g_ptr_array_new();
  g_ptr_array_add(law->lists, list);
  return list;
}

/* A text, or a whole number written without quotes ("article: 9"). NULL: neither. */
static const char *text_of(LawReader *reader, const json_t *value) {
  if (json_is_integer(value))
    return arena_printf(reader->law->arena, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
  const char *text = json_string_value(value);
  return text && *text ? text : NULL;
}

static void refer(LawReader *reader, const char *place, const LawKey *key, const char *id) {
  LawReference reference = {arena_printf(reader->law->arena, "%s: %s", reader->file, place), key->list, id};
  g_array_append_val(reader->references, reference);
}

static void read_text(LawReader *reader, const char *place, const LawKey *key, const json_t *value, const char **out) {
  *out = text_of(reader, value);
  if (!*out)
    law_problem(reader, place, "%s phải là văn bản", key->key);
  else if (key->type == LAW_KEY_WORD && !g_strv_contains(key->words, *out))
    law_problem(reader, place, "%s không nhận giá trị “%s”", key->key, *out);
  else if (key->type == LAW_KEY_REFERENCE)
    refer(reader, place, key, *out);
}

static gboolean is_year_day(const char *text) {
  g_autofree char *leap = g_strconcat(text, "/2024", NULL);
  Day day;
  return date_parse_day(leap, &day);
}

static void read_texts(LawReader *reader, const char *place, const LawKey *key, const json_t *value, GPtrArray *out) {
  if (!json_is_array(value))
    law_problem(reader, place, "%s phải là danh sách", key->key);
  for (gsize i = 0; i < json_array_size(value); i++) {
    const char *text = text_of(reader, json_array_get(value, i));
    if (!text || (key->type == LAW_KEY_YEAR_DAYS && !is_year_day(text))) {
      law_problem(reader, place, "%s: phần tử thứ %zu không hợp lệ", key->key, i + 1);
      continue;
    }
    g_ptr_array_add(out, (gpointer)text);
    if (key->type == LAW_KEY_REFERENCES)
      refer(reader, place, key, text);
  }
}

static void read_citations(LawReader *reader, const char *place, const json_t *value, GPtrArray *out) {
  static const char *const KEYS[] = {"act", "article", "clause", "point", NULL};
  if (!json_array_size(value))
    law_problem(reader, place, "basis phải là danh sách căn cứ");
  for (gsize i = 0; i < json_array_size(value); i++) {
    json_t *item = json_array_get(value, i);
    const char *key;
    json_t *part;
    json_object_foreach(item, key, part) {
      if (!g_strv_contains(KEYS, key) || !text_of(reader, part))
        law_problem(reader, place, "căn cứ: “%s” không hợp lệ", key);
    }
    LawCitation *citation = arena_alloc(reader->law->arena, sizeof *citation);
    *citation = (LawCitation){.act_id = text_of(reader, json_object_get(item, "act")),
                              .article = text_of(reader, json_object_get(item, "article")),
                              .clause = text_of(reader, json_object_get(item, "clause")),
                              .point = text_of(reader, json_object_get(item, "point"))};
    g_ptr_array_add(out, citation);
  }
}

static void read_records(LawReader *reader, const char *place, const LawKey *key, const json_t *value, GPtrArray *out) {
  if (!json_is_array(value))
    law_problem(reader, place, "%s phải là danh sách", key->key);
  for (gsize i = 0; i < json_array_size(value); i++)
    g_ptr_array_add(out, law_read_record(reader, key->of, json_array_get(value, i), place));
}

static void read_key(LawReader *reader, const char *place, const LawKey *key, const json_t *value, gpointer record) {
  gpointer target = (char *)record + key->offset;
  switch (key->type) {
  case LAW_KEY_TEXT:
  case LAW_KEY_WORD:
  case LAW_KEY_REFERENCE:
    read_text(reader, place, key, value, target);
    return;
  case LAW_KEY_INT:
    *(gint64 *)target = json_integer_value(value);
    if (!json_is_integer(value) || json_integer_value(value) < 0)
      law_problem(reader, place, "%s phải là số nguyên không âm", key->key);
    return;
  case LAW_KEY_BOOL:
    *(gboolean *)target = json_is_true(value);
    if (!json_is_boolean(value))
      law_problem(reader, place, "%s phải là true hoặc false", key->key);
    return;
  case LAW_KEY_DAY:
    if (!json_is_string(value) || !date_parse_day(json_string_value(value), target))
      law_problem(reader, place, "%s phải là ngày", key->key);
    return;
  case LAW_KEY_JSON:
    *(const json_t **)target = value;
    return;
  case LAW_KEY_CONDITION:
    *(LawCondition **)target = law_read_condition(reader, place, value);
    return;
  case LAW_KEY_TEXTS:
  case LAW_KEY_YEAR_DAYS:
  case LAW_KEY_REFERENCES:
    read_texts(reader, place, key, value, *(GPtrArray **)target);
    return;
  case LAW_KEY_CITATIONS:
    read_citations(reader, place, value, *(GPtrArray **)target);
    return;
  case LAW_KEY_RECORDS:
    read_records(reader, place, key, value, *(GPtrArray **)target);
    return;
  }
}

static gboolean is_list(LawKeyType type) {
  return type == LAW_KEY_TEXTS || type == LAW_KEY_YEAR_DAYS || type == LAW_KEY_REFERENCES ||
         type == LAW_KEY_CITATIONS || type == LAW_KEY_RECORDS;
}

static void read_keys(LawReader *reader, const char *place, const LawKey *keys, const json_t *source, gpointer record) {
  for (const LawKey *key = keys; key->key; key++) {
    if (is_list(key->type))
      *(GPtrArray **)(void *)((char *)record + key->offset) = law_list_new(reader->law);
    const json_t *value = json_object_get(source, key->key);
    if (value)
      read_key(reader, place, key, value, record);
    else if (key->required)
      law_problem(reader, place, "thiếu %s", key->key);
  }
}

static gboolean has_key(const LawKey *keys, const char *name) {
  while (keys->key && strcmp(keys->key, name) != 0)
    keys++;
  return keys->key != NULL;
}

static void refuse_unknown_keys(LawReader *reader, const char *place, const LawSchema *schema, const json_t *source) {
  const char *name;
  json_t *value;
  json_object_foreach((json_t *)source, name, value) {
    if (!has_key(schema->keys, name) && !(schema->rule && has_key(LAW_RULE_KEYS, name)))
      law_problem(reader, place, "khóa lạ “%s”", name);
  }
}

gpointer law_read_record(LawReader *reader, const LawSchema *schema, const json_t *source, const char *where) {
  gpointer record = memset(arena_alloc(reader->law->arena, schema->size), 0, schema->size);
  const char *id = text_of(reader, json_object_get(source, "id"));
  const char *name = id ? id : text_of(reader, json_object_get(source, "name"));
  const char *place = arena_printf(reader->law->arena, "%s › %s", where, name ? name : "?");
  if (!json_is_object(source))
    law_problem(reader, place, "phải là một bản ghi");
  refuse_unknown_keys(reader, place, schema, source);
  if (schema->rule)
    read_keys(reader, place, LAW_RULE_KEYS, source, record);
  read_keys(reader, place, schema->keys, source, record);
  const LawRule *rule = record;
  if (schema->rule)
    ((LawRule *)record)->act = reader->act;
  if (schema->rule && !schema->groundless && !rule->basis->len && !rule->reading && !rule->suggestion)
    law_problem(reader, place, "thiếu căn cứ (basis, reading hoặc suggestion)");
  return record;
}

void law_read_section(LawReader *reader, const LawSection *section, const json_t *items) {
  LawKey key = {section->key, LAW_KEY_RECORDS, .of = section->schema};
  read_records(reader, section->key, &key, items, *law_list_at(reader->law, section->list));
}
