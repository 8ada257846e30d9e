/* What can be chosen in the forms of module duty: units, people, sections. */
#include "core/form.h"
#include "core/message.h"
#include "module/duty/duty_pages.h"
#include <string.h>

#define UNITS_MOST 200

enum { SQL_UNITS, SQL_PEOPLE, SQL_SECTIONS };
static const StoreSql SQL[] = {
    [SQL_UNITS] = {"duty.units",
                   "SELECT b.id, b.short_name FROM body b WHERE b.parent_id = $1 AND b.closed_day IS NULL "
                   "ORDER BY b.sort_key LIMIT $2", NULL},
    [SQL_PEOPLE] = {"duty.people",
                    "SELECT DISTINCT u.id, u.name FROM account u JOIN account_role r ON r.account_id = u.id "
                    "WHERE u.disabled_ms IS NULL AND r.body_id IN (SELECT b.id FROM body b WHERE b.id = $1 OR b.parent_id = $1) "
                    "ORDER BY u.name, u.id LIMIT 200", NULL},
    /* From one section to the next along the index: a body's duties are many, its sections few. */
    [SQL_SECTIONS] = {"duty.sections",
                      "WITH RECURSIVE s (section) AS (SELECT min(section) FROM duty WHERE body_id = $1 AND section > '' UNION ALL "
                      "SELECT (SELECT min(d.section) FROM duty d WHERE d.body_id = $1 AND d.section > s.section) FROM s "
                      "WHERE s.section IS NOT NULL) SELECT section FROM s WHERE section IS NOT NULL LIMIT 60", NULL},
};
const StoreSqlTable duty_choice_sql = {SQL, G_N_ELEMENTS(SQL)};

static void add_option(Doc *options, const char *value, const char *label, const char *selected) {
  Doc *option = doc_object(options, NULL);
  doc_text(option, KEY("value"), value);
  doc_text(option, KEY("label"), label);
  doc_bool(option, KEY("selected"), g_strcmp0(value, selected) == 0);
}

const DutyUnit *duty_store_units(Request *request, StoreConn *conn, const char *body_id, GError **error) {
  DutyUnit *units = arena_alloc(request->arena, (UNITS_MOST + 1) * sizeof *units);
  int count = 0;
  GError *failed = NULL;
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_UNITS], S(S_TEXT(body_id), S_INT(UNITS_MOST)), error);
  while (rows && store_step(rows, &failed))
    units[count++] = (DutyUnit){arena_text(request->arena, store_text(rows, 0), -1), arena_text(request->arena, store_text(rows, 1), -1)};
  units[count].id = NULL;
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed ? units : NULL;
}

void duty_add_units(const DutyUnit *units, const char *selected, Doc *options) {
  for (; units->id; units++)
    add_option(options, units->id, units->name, selected);
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

void duty_add_unit_filter(Request *request, const DutyUnit *units, const char *selected, Doc *fields) {
  duty_add_units(units, selected, add_select(request, fields, "unit", "Đơn vị", "Mọi đơn vị"));
}

typedef struct {
  char *text, *order; /* II.2 before II.10 */
} Section;

static void section_clear(gpointer data) {
  g_free(((Section *)data)->text);
  g_free(((Section *)data)->order);
}

static int compare_sections(gconstpointer a, gconstpointer b) {
  return strcmp(((const Section *)a)->order, ((const Section *)b)->order);
}

gboolean duty_store_section_options(Request *request, StoreConn *conn, const char *body_id, const char *selected, Doc *fields,
                                    GError **error) {
  Doc *options = add_select(request, fields, "section", "Mục của kế hoạch", "Mọi mục");
  GError *failed = NULL;
  g_autoptr(GArray) sections = g_array_new(FALSE, FALSE, sizeof(Section));
  g_array_set_clear_func(sections, section_clear);
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[SQL_SECTIONS], S(S_TEXT(body_id)), error);
  while (rows && store_step(rows, &failed)) {
    const char *text = store_text(rows, 0);
    Section section = {g_strdup(text), g_utf8_collate_key_for_filename(text, -1)};
    g_array_append_val(sections, section);
  }
  g_array_sort(sections, compare_sections);
  for (guint i = 0; i < sections->len; i++) {
    const char *text = arena_text(request->arena, g_array_index(sections, Section, i).text, -1);
    add_option(options, text, text, selected);
  }
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}

gboolean duty_store_unit_choices(Request *request, const char *body_id, Doc *form, const char *field, const char *selected,
                                 GError **error) {
  StoreConn *conn = request_read(request, error);
  const DutyUnit *units = conn ? duty_store_units(request, conn, body_id, error) : NULL;
  for (const DutyUnit *unit = units; unit && unit->id; unit++)
    form_option(form, field, unit->id, unit->name, g_strcmp0(unit->id, selected) == 0);
  return units != NULL;
}

gboolean duty_store_add_people(Request *request, const char *body_id, Doc *form, const char *field, const char *selected,
                               GError **error) {
  GError *failed = NULL;
  StoreConn *conn = request_read(request, error);
  g_autoptr(StoreRows) rows = conn ? store_query(conn, &SQL[SQL_PEOPLE], S(S_TEXT(body_id)), error) : NULL;
  while (rows && store_step(rows, &failed))
    form_option(form, field, store_text(rows, 0), store_text(rows, 1), g_strcmp0(store_text(rows, 0), selected) == 0);
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}
