/* What can be chosen in the forms of module duty: units, people, sections. */
#include "core/form.h"
#include "core/message.h"
#include "module/duty/duty_pages.h"

enum { SQL_UNITS, SQL_PEOPLE, SQL_SECTIONS };
static const StoreSql SQL[] = {
    [SQL_UNITS] = {"duty.units",
                   "SELECT b.id, b.short_name FROM body b WHERE b.parent_id = $1 AND b.closed_day IS NULL "
                   "ORDER BY b.sort_key, b.id LIMIT 200", NULL},
    [SQL_PEOPLE] = {"duty.people",
                    "SELECT DISTINCT u.id, u.name FROM account u JOIN account_role r ON r.account_id = u.id "
                    "WHERE u.disabled_ms IS NULL AND r.body_id IN (SELECT b.id FROM body b WHERE b.id = $1 OR b.parent_id = $1) "
                    "ORDER BY u.name, u.id LIMIT 200", NULL},
    [SQL_SECTIONS] = {"duty.sections",
                      "SELECT section FROM duty WHERE body_id = $1 AND section <> '' GROUP BY section ORDER BY section LIMIT 60",
                      NULL},
};
const StoreSqlTable duty_choice_sql = {SQL, G_N_ELEMENTS(SQL)};

static void add_option(Doc *options, const char *value, const char *label, const char *selected) {
  Doc *option = doc_object(options, NULL);
  doc_text_copy(option, KEY("value"), value);
  doc_text_copy(option, KEY("label"), label);
  doc_bool(option, KEY("selected"), g_strcmp0(value, selected) == 0);
}

static gboolean each_option(StoreConn *conn, const StoreSql *sql, const char *body_id, const char *selected, Doc *options,
                            GError **error) {
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = store_query(conn, sql, S(S_TEXT(body_id)), error);
  while (rows && store_step(rows, &failed))
    add_option(options, store_text(rows, 0), store_text(rows, store_columns(rows) - 1), selected);
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}

gboolean duty_store_add_units(Request *request, StoreConn *conn, const char *body_id, const char *selected, Doc *options,
                              GError **error) {
  (void)request;
  return each_option(conn, &SQL[SQL_UNITS], body_id, selected, options, error);
}

static Doc *add_select(Request *request, Doc *fields, const char *name, const char *label, const char *any) {
  Doc *field = doc_object(fields, NULL);
  doc_text(field, KEY("name"), name);
  doc_text(field, KEY("label"), message(request->lang, label));
  doc_bool(field, KEY("select"), TRUE);
  Doc *options = doc_list(field, KEY("options"));
  add_option(options, "", message(request->lang, any), NULL);
  return options;
}

gboolean duty_store_unit_options(Request *request, StoreConn *conn, const char *body_id, const char *selected, Doc *fields,
                                 GError **error) {
  Doc *options = add_select(request, fields, "unit", "Đơn vị", "Mọi đơn vị");
  return duty_store_add_units(request, conn, body_id, selected, options, error);
}

gboolean duty_store_section_options(Request *request, StoreConn *conn, const char *body_id, const char *selected, Doc *fields,
                                    GError **error) {
  Doc *options = add_select(request, fields, "section", "Mục của kế hoạch", "Mọi mục");
  return each_option(conn, &SQL[SQL_SECTIONS], body_id, selected, options, error);
}

static gboolean form_options(Request *request, const StoreSql *sql, const char *body_id, Doc *form, const char *field,
                             const char *selected, GError **error) {
  GError *failed = NULL;
  StoreConn *conn = request_read(request, error);
  g_autoptr(StoreRows) rows = conn ? store_query(conn, sql, S(S_TEXT(body_id)), error) : NULL;
  while (rows && store_step(rows, &failed))
    form_option(form, field, store_text(rows, 0), store_text(rows, 1), g_strcmp0(store_text(rows, 0), selected) == 0);
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}

gboolean duty_store_unit_choices(Request *request, const char *body_id, Doc *form, const char *field, const char *selected,
                                 GError **error) {
  return form_options(request, &SQL[SQL_UNITS], body_id, form, field, selected, error);
}

gboolean duty_store_add_people(Request *request, const char *body_id, Doc *form, const char *field, const char *selected,
                               GError **error) {
  return form_options(request, &SQL[SQL_PEOPLE], body_id, form, field, selected, error);
}
