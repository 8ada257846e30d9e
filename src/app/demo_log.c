#include "app/demo.h"
#include "app/modules.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/yaml.h"
#include "module/detect/detect.h"
#include <string.h>

enum { TIMES_MAX = 20000, FIELDS_MAX = 16 };

static const char *text_of(const json_t *row, const char *key, const char *absent) {
  const char *text = json_string_value(json_object_get(row, key));
  return text ? text : absent;
}

/* --- the sources and the list of indicators --- */

typedef struct {
  const char *key;
  guint32 number;
} Source;

static gboolean remember_number(const CollectSource *source, void *data) {
  Source *wanted = data;
  wanted->number = strcmp(source->id, wanted->key) == 0 ? source->number : wanted->number;
  return TRUE;
}

static const char *system_id(Demo *demo, const DemoBody *body, const char *name, GError **error) {
  static const DemoField ALL[] = {{"limit", "500"}, {NULL, NULL}};
  const Doc *answer = *name ? demo_call(demo, demo->arena, body->officer, "system.list", ALL, NULL, error) : NULL;
  for (const Doc *row = answer ? doc_get(answer, KEY("rows"))->first : NULL; row; row = row->next)
    if (g_strcmp0(doc_get_text(row, KEY("title")), name) == 0)
      return doc_get_text(row, KEY("id"));
  return NULL;
}

static gboolean add_source(Demo *demo, const json_t *row, Source *out, GError **error) {
  const DemoBody *body = demo_find_body(demo, text_of(row, "body", ""));
  StoreConn *conn = store_read(demo->app->store, error);
  const char *address = text_of(row, "address", NULL);
  const DemoField fields[] = {{"name", text_of(row, "name", "")},
                              {"kind", text_of(row, "kind", "")},
                              {"host", text_of(row, "host", NULL)},
                              {"system", system_id(demo, body, text_of(row, "system", ""), error)},
                              {"silent_minutes", "0"},
                              {address ? "address" : NULL, address},
                              {NULL, NULL}};
  const Doc *added = conn ? demo_call(demo, demo->arena, body->officer, "source.add", fields, NULL, error) : NULL;
  *out = (Source){added ? doc_get_text(added, KEY("id")) : NULL, 0};
  if (!added || !(conn = store_read(demo->app->store, error)) || !collect_each_source(conn, body->id, remember_number, out, error))
    return FALSE;
  out->key = text_of(row, "key", "");
  return TRUE;
}

/* Lists and rules hold for the whole installation and are the province's that stands first. */
static gboolean add_indicators(Demo *demo, const json_t *book, const char *folder, GError **error) {
  const json_t *list = json_object_get(book, "indicators");
  const DemoBody *top = g_ptr_array_index(demo->bodies, 0);
  g_autofree char *path = g_build_filename(folder, text_of(list, "file", ""), NULL);
  const DemoField fields[] = {{"name", text_of(list, "name", "")}, {"source", text_of(list, "source", "")}, {"tlp", "AMBER"}, {NULL, NULL}};
  return demo_call(demo, demo->arena, top->admin, "indicator.add", fields, path, error) != NULL;
}

/* --- the records --- */

typedef struct {
  LogRecord record;
  gsize order; /* as written: the order of records at one moment */
} Line;

/* "-20:15": so many hours and minutes before today's moment. */
static gint64 moment(const Demo *demo, const char *span) {
  char *minutes = NULL;
  gint64 hours = g_ascii_strtoll(span + (*span == '-'), &minutes, 10);
  return demo->today_ms - hours * HOUR_MS - (*minutes == ':' ? g_ascii_strtoll(minutes + 1, NULL, 10) : 0) * MINUTE_MS;
}

static void add_lines(Demo *demo, GArray *lines, guint32 source, const json_t *row) {
  gint64 at_ms = moment(demo, text_of(row, "at", "-1:00")), every_ms = json_integer_value(json_object_get(row, "every")) * 1000;
  int times = CLAMP((int)json_integer_value(json_object_get(row, "times")), 1, TIMES_MAX);
  for (int i = 1; i <= times && at_ms < demo->today_ms; i++, at_ms += every_ms) {
    g_autofree char *made = detect_sample_line(text_of(row, "line", ""), at_ms, i);
    const char *text = arena_text(demo->arena, made, -1);
    Line line = {{{text, strlen(text)}, at_ms, EVENT_NO_TIME, source}, lines->len};
    g_array_append_val(lines, line);
  }
}

static int by_time(gconstpointer a, gconstpointer b) {
  const Line *first = a, *second = b;
  if (first->record.received_ms != second->record.received_ms)
    return first->record.received_ms < second->record.received_ms ? -1 : 1;
  return first->order < second->order ? -1 : 1;
}

static gboolean collect_lines(Demo *demo, const json_t *book, GArray *lines, GError **error) {
  gsize index, number;
  json_t *row, *line;
  json_array_foreach(json_object_get(book, "sources"), index, row) {
    Source source;
    if (!add_source(demo, row, &source, error))
      return FALSE;
    json_array_foreach(json_object_get(row, "lines"), number, line)
      add_lines(demo, lines, source.number, line);
  }
  g_array_sort(lines, by_time);
  return TRUE;
}

/* Between the records what else happens on that day happens. */
static gboolean go_on(gint64 at_ms, void *data, GError **error) {
  Demo *demo = data;
  if (!demo_play_incidents(demo, at_ms, error))
    return FALSE;
  clock_set_fixed(MAX(at_ms, clock_now_ms()));
  return TRUE;
}

static gboolean replay(Demo *demo, const GArray *lines, GError **error) {
  g_autofree LogRecord *records = g_new(LogRecord, lines->len + 1);
  for (guint i = 0; i < lines->len; i++)
    records[i] = g_array_index(lines, Line, i).record;
  return collect_replay(demo->app, &detect_sink, records, lines->len, go_on, demo, error);
}

/* --- what people make of the alerts --- */

static const char *alert_code(Demo *demo, const char *login, const char *title, GError **error) {
  static const DemoField ALL[] = {{"tab", "tat-ca"}, {"limit", "500"}, {NULL, NULL}};
  const Doc *list = demo_call(demo, demo->arena, login, "alert.list", ALL, NULL, error);
  for (const Doc *row = list ? doc_get(list, KEY("rows"))->first : NULL; row; row = row->next)
    if (strstr(doc_get_text(row, KEY("title")), title))
      return doc_get_text(row, KEY("code"));
  if (list)
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Nhật ký mẫu không sinh cảnh báo “%s”.", title);
  return NULL;
}

/* Every key of an act but these is a field of its operation. */
static gboolean play_act(Demo *demo, const json_t *act, GError **error) {
  static const char *const OWN_KEYS[] = {"do", "body", "alert", "incident", "until_days", NULL};
  const DemoBody *body = demo_find_body(demo, text_of(act, "body", ""));
  const char *login = body->officer, *code = alert_code(demo, login, text_of(act, "alert", ""), error);
  const char *incident = text_of(act, "incident", NULL), *key;
  DemoField fields[FIELDS_MAX] = {{"id", code}, {incident ? "incident" : NULL, incident ? demo_incident_code(demo, incident) : NULL}};
  char until[11];
  json_t *value;
  gsize count = incident ? 2 : 1;
  json_object_foreach((json_t *)(gintptr)act, key, value)
    if (!g_strv_contains(OWN_KEYS, key) && count + 2 < FIELDS_MAX)
      fields[count++] = (DemoField){key, json_string_value(value)};
  if (json_object_get(act, "until_days")) {
    date_write_iso_day(until, demo->today_ms + json_integer_value(json_object_get(act, "until_days")) * DAY_MS);
    fields[count++] = (DemoField){"until", until};
  }
  return code && demo_call(demo, demo->arena, login, arena_printf(demo->arena, "alert.%s", text_of(act, "do", "")), fields, NULL, error);
}

static gboolean play_acts(Demo *demo, const json_t *book, GError **error) {
  gsize index;
  json_t *act;
  json_array_foreach(json_object_get(book, "acts"), index, act) {
    if (!play_act(demo, act, error))
      return FALSE;
  }
  return TRUE;
}

/* --- the day --- */

static gboolean load_rules(App *app, GError **error) {
  for (const JobRow *job = detect_module.jobs; job->name; job++)
    if (strcmp(job->name, "detect.own") == 0)
      return job->run(app, NULL, error);
  return FALSE;
}

gboolean demo_play_logs(Demo *demo, GError **error) {
  g_autofree char *folder = g_build_filename(demo->app->data_dir, "demo", NULL);
  g_autofree char *path = g_build_filename(folder, "logs.yaml", NULL);
  g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(Line));
  json_t *book = yaml_load_file(path, error);
  gboolean good = book && load_rules(demo->app, error) && add_indicators(demo, book, folder, error) && collect_lines(demo, book, lines, error) &&
                  replay(demo, lines, error) && demo_play_incidents(demo, demo->today_ms, error);
  if (good) {
    clock_set_fixed(demo->today_ms);
    good = play_acts(demo, book, error);
  }
  json_decref(book);
  return good;
}
