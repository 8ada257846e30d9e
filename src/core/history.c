#include "core/history.h"
#include "base/date.h"
#include "core/core_sql.h"
#include "core/message.h"
#include <string.h>

#define NOTHING "–"

enum { SQL_OF_SUBJECT };
static const StoreSql SQL[] = {
    [SQL_OF_SUBJECT] = {"core.history.of_subject",
                        "SELECT a.at_ms, a.operation, a.details, u.name, a.os_user FROM audit a LEFT JOIN account u ON u.id = a.account_id "
                        "WHERE a.type = $1 AND a.subject_id = $2 ORDER BY a.at_ms DESC, a.number DESC LIMIT 50", NULL},
};
const StoreSqlTable history_sql = {SQL, G_N_ELEMENTS(SQL)};

static const Field *field_of(const Operation *operation, const char *name) {
  for (const Field *field = operation ? operation->fields : NULL; field && field->name; field++)
    if (strcmp(field->name, name) == 0)
      return field;
  return NULL;
}

static const char *choice_label(const Request *request, const Field *field, const char *value) {
  for (const Choice *choice = field->choices; choice && choice->value; choice++)
    if (strcmp(choice->value, value) == 0)
      return message(request->lang, choice->label);
  return NULL;
}

static const char *shown(Request *request, const Field *field, const json_t *value) {
  char text[11];
  Day day;
  if (json_is_integer(value))
    return arena_printf(request->arena, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
  if (json_is_boolean(value))
    return message(request->lang, json_is_true(value) ? "có" : "không");
  const char *string = json_string_value(value);
  if (!string || !*string)
    return NOTHING;
  const char *label = choice_label(request, field, string);
  if (label || field->type != FIELD_DAY || !date_parse_day(string, &day))
    return arena_text(request->arena, label ? label : string, -1);
  date_write_day(text, day_start_ms(day));
  return arena_text(request->arena, text, -1);
}

/* The id of another record says nothing to people. */
static gboolean is_key(const json_t *value) {
  return json_is_string(value) && g_uuid_string_is_valid(json_string_value(value));
}

static const char *detail(Request *request, const Operation *operation, const char *details) {
  g_autoptr(GString) out = g_string_new(NULL);
  json_t *changes = details ? json_loads(details, 0, NULL) : NULL;
  const char *name;
  json_t *value;
  json_object_foreach(changes, name, value) {
    const Field *field = field_of(operation, name);
    const json_t *now = json_is_array(value) ? json_array_get(value, 1) : value;
    if (!field || (json_is_array(value) && json_array_size(value) != 2) || is_key(now))
      continue;
    g_string_append_printf(out, "%s%s: ", out->len ? "; " : "", message(request->lang, field->label));
    const char *old = json_is_array(value) ? shown(request, field, json_array_get(value, 0)) : NOTHING;
    if (strcmp(old, NOTHING) != 0)
      g_string_append_printf(out, "%s → ", old);
    g_string_append(out, shown(request, field, now));
  }
  json_decref(changes);
  return out->len ? arena_text(request->arena, out->str, (gssize)out->len) : NULL;
}

static void add_row(Request *request, const StoreRows *rows, Doc *list) {
  const Operation *operation = app_find_operation(request->app, store_text(rows, 1));
  const JobRow *job = app_find_job(request->app, store_text(rows, 1));
  Doc *row = doc_object(list, NULL);
  char time[17];
  date_write_time(time, store_int(rows, 0));
  doc_text_copy(row, KEY("time"), time);
  if (operation || job)
    doc_text(row, KEY("text"), message(request->lang, operation ? operation->summary : job->summary));
  else
    doc_text_copy(row, KEY("text"), store_text(rows, 1));
  doc_text(row, KEY("detail"), detail(request, operation, store_text(rows, 2)));
  const char *who = store_text(rows, 3) ? store_text(rows, 3) : store_text(rows, 4);
  doc_text_copy(row, KEY("who"), who ? who : "Ứng Cứu");
}

gboolean history_list(Request *request, const char *type, const char *id, Doc *list, GError **error) {
  GError *failed = NULL;
  StoreConn *conn = request_read(request, error);
  g_autoptr(StoreRows) rows = conn ? store_query(conn, &SQL[SQL_OF_SUBJECT], S(S_TEXT(type), S_TEXT(id)), error) : NULL;
  while (rows && store_step(rows, &failed))
    add_row(request, rows, list);
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}
