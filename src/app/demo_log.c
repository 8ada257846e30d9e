/* The log sources of the demo, alerts passed on to it and a day of their records, hour by hour under the demo's clock. */
#include "app/demo.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/error.h"
#include "base/yaml.h"
#include <glib/gstdio.h>
#include <string.h>

#define HOURS 24

static const char *text_of(const json_t *row, const char *key) {
  return json_string_value(json_object_get(row, key));
}

/* "08:03" as minutes of the day. */
static int minute_of(const char *clock, int absent) {
  g_auto(GStrv) parts = clock ? g_strsplit(clock, ":", 2) : NULL;
  return parts && parts[0] && parts[1] ? (int)(g_ascii_strtoll(parts[0], NULL, 10) * 60 + g_ascii_strtoll(parts[1], NULL, 10)) : absent;
}

/* --- the lines of an hour --- */

typedef struct {
  gint64 day_ms; /* 00:00 of the day */
  int hour;
  GString *lines[60]; /* by minute */
} Hour;

static void add_line(Hour *hour, int minute, const char *pattern) {
  static const char *const MONTHS[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  Day day = day_at(hour->day_ms);
  int second = minute * 37 % 60;
  char iso[26], stamp[20], number[12];
  g_autoptr(GString) line = g_string_new(pattern);
  date_write_iso(iso, hour->day_ms + minute * MINUTE_MS + second * 1000);
  g_snprintf(stamp, sizeof stamp, "%s %2d %02d:%02d:%02d", MONTHS[day.month - 1], day.day, minute / 60, minute % 60, second);
  g_snprintf(number, sizeof number, "%d", 10 + minute * 7 % 90);
  g_string_replace(line, "{iso}", iso, 0);
  g_string_replace(line, "{stamp}", stamp, 0);
  g_string_replace(line, "{n}", number, 0);
  g_string_append_printf(hour->lines[minute % 60], "%s\n", line->str);
}

static void add_repeated(Hour *hour, const json_t *row) {
  int every = (int)json_integer_value(json_object_get(row, "minutes"));
  int from = minute_of(text_of(row, "from"), 0), until = minute_of(text_of(row, "until"), HOURS * 60);
  for (int minute = from; minute < until; minute += MAX(every, 1))
    if (minute / 60 == hour->hour)
      add_line(hour, minute, text_of(row, "text"));
}

static char *hour_text(const json_t *source, gint64 day_ms, int number) {
  Hour hour = {.day_ms = day_ms, .hour = number};
  GString *all = g_string_new(NULL);
  gsize index;
  json_t *row;
  for (int i = 0; i < 60; i++)
    hour.lines[i] = g_string_new(NULL);
  json_array_foreach(json_object_get(source, "every"), index, row) {
    add_repeated(&hour, row);
  }
  json_array_foreach(json_object_get(source, "at"), index, row) {
    int minute = minute_of(text_of(row, "at"), 0);
    if (minute / 60 == number)
      add_line(&hour, minute, text_of(row, "text"));
  }
  for (int i = 0; i < 60; i++) {
    g_string_append_len(all, hour.lines[i]->str, (gssize)hour.lines[i]->len);
    g_string_free(hour.lines[i], TRUE);
  }
  return g_string_free(all, FALSE);
}

/* --- the day --- */

static gboolean add_hour(Demo *demo, const DemoBody *body, const char *code, const char *text, GError **error) {
  g_autoptr(Arena) arena = arena_new();
  g_autofree char *path = g_build_filename(demo->app->home, "demo.log", NULL);
  const DemoField fields[] = {{"source", code}, {NULL, NULL}};
  if (!*text)
    return TRUE;
  gboolean good = g_file_set_contents(path, text, -1, error) && demo_call(demo, arena, body->officer, "log.add", fields, path, error);
  g_unlink(path);
  return good;
}

static const char *add_source(Demo *demo, const DemoBody *body, const json_t *source, GError **error) {
  const DemoField fields[] = {{"name", text_of(source, "name")},       {"kind", text_of(source, "kind")},
                              {"address", text_of(source, "address")}, {"host", text_of(source, "host")},
                              {"body", body->id},                      {"silent_minutes", "0"},
                              {NULL, NULL}};
  const Doc *made = demo_call(demo, demo->arena, body->officer, "source.add", fields, NULL, error);
  return made ? doc_get_text(made, KEY("code")) : NULL;
}

static gboolean play(Demo *demo, const json_t *sources, const char **codes, gint64 day_ms, GError **error) {
  gsize index;
  json_t *source;
  for (int hour = 0; hour < HOURS; hour++) {
    clock_set_fixed(MIN(day_ms + (hour + 1) * HOUR_MS, demo->today_ms));
    json_array_foreach(sources, index, source) {
      g_autofree char *text = hour_text(source, day_ms, hour);
      if (!add_hour(demo, demo_find_body(demo, text_of(source, "body")), codes[index], text, error))
        return FALSE;
    }
  }
  return TRUE;
}

/* What people passed on from elsewhere; each at its moment of the day. */
static gboolean add_alerts(Demo *demo, const json_t *alerts, gint64 day_ms, GError **error) {
  gsize index;
  json_t *row;
  json_array_foreach(alerts, index, row) {
    g_autoptr(Arena) arena = arena_new();
    const DemoBody *body = demo_find_body(demo, text_of(row, "body"));
    char at[17];
    date_write_time(at, day_ms + minute_of(text_of(row, "at"), 0) * MINUTE_MS);
    const DemoField fields[] = {{"title", text_of(row, "title")}, {"origin", text_of(row, "origin")},
                                {"level", text_of(row, "level")}, {"host", text_of(row, "host")},
                                {"text", text_of(row, "text")},   {"signs", text_of(row, "signs")},
                                {"at", at}, {NULL, NULL}};
    if (!body || !demo_call(demo, arena, body->officer, "alert.add", fields, NULL, error))
      return FALSE;
  }
  return TRUE;
}

gboolean demo_play_logs(Demo *demo, GError **error) {
  g_autofree char *path = g_build_filename(demo->app->data_dir, "demo", "logs.yaml", NULL);
  gint64 day_ms = day_start_ms(day_add(day_at(demo->today_ms), -1));
  json_t *book = yaml_load_file(path, error);
  const json_t *sources = json_object_get(book, "sources");
  g_autofree const char **codes = g_new0(const char *, json_array_size(sources) + 1);
  gboolean good = book != NULL;
  gsize index;
  json_t *source;
  /* The register is of today, so that the audit log stays in order of time; only the records are of the day before. */
  json_array_foreach(sources, index, source) {
    const DemoBody *body = demo_find_body(demo, text_of(source, "body"));
    good = good && body && (codes[index] = add_source(demo, body, source, error));
  }
  good = good && play(demo, sources, codes, day_ms, error);
  clock_set_fixed(0);
  good = good && add_alerts(demo, json_object_get(book, "alerts"), day_ms, error);
  json_decref(book);
  return good;
}
