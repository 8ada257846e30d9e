#include "app/demo.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/yaml.h"
#include <stdlib.h>
#include <string.h>

/* One incident of data/demo/incidents.yaml. */
typedef struct {
  const DemoBody *body;
  const char *key, *code; /* code: once it has been reported */
  gint64 detected_ms;
} Case;

/* One act on it. All acts of all incidents stand in one list, by their moment. */
typedef struct {
  Case *incident;
  const json_t *row;
  const char *step, *result; /* of an act that finishes several steps, one after the other; else NULL */
  gint64 at_ms;
  guint number; /* as written: the order of acts at one moment */
} Act;

static const char *text_of(const json_t *row, const char *key, const char *absent) {
  const char *text = json_string_value(json_object_get(row, key));
  return text ? text : absent;
}

/* --- reading --- */

/* "26:10" after the detection. */
static gint64 moment_after(const Case *incident, const char *span) {
  char *minutes = NULL;
  gint64 hours = g_ascii_strtoll(span, &minutes, 10);
  return incident->detected_ms + hours * HOUR_MS + (*minutes == ':' ? g_ascii_strtoll(minutes + 1, NULL, 10) : 0) * MINUTE_MS;
}

/* What is still open is dated in hours before now, so that its countdowns do not depend on the time of the day. */
static gint64 detection(const Demo *demo, const json_t *row) {
  const json_t *hours = json_object_get(row, "hours_ago");
  if (hours)
    return demo->today_ms - json_integer_value(hours) * HOUR_MS;
  gint64 day = day_start_ms(day_add(day_at(demo->today_ms), -(gint64)json_integer_value(json_object_get(row, "days"))));
  const Case midnight = {.detected_ms = day};
  return moment_after(&midnight, text_of(row, "time", "8:00"));
}

static Act *add_act(Demo *demo, Case *incident, const json_t *row) {
  Act *act = arena_alloc(demo->arena, sizeof *act);
  *act = (Act){.incident = incident, .row = row, .number = demo->acts->len,
               .at_ms = moment_after(incident, text_of(row, "after", "0:10"))};
  g_ptr_array_add(demo->acts, act);
  return act;
}

static void add_acts(Demo *demo, Case *incident, const json_t *row, const json_t *results) {
  const json_t *steps = json_object_get(row, "steps"), *step;
  gint64 every_ms = json_integer_value(json_object_get(row, "every")) * MINUTE_MS;
  gsize index;
  if (!steps)
    add_act(demo, incident, row);
  json_array_foreach((json_t *)(gintptr)steps, index, step) {
    Act *act = add_act(demo, incident, row);
    act->step = json_string_value(step);
    act->result = text_of(results, act->step, NULL);
    act->at_ms += (gint64)index * every_ms;
  }
}

static int compare_acts(gconstpointer a, gconstpointer b) {
  const Act *first = *(const Act *const *)a, *second = *(const Act *const *)b;
  if (first->at_ms != second->at_ms)
    return first->at_ms < second->at_ms ? -1 : 1;
  return first->number < second->number ? -1 : 1;
}

gboolean demo_load_incidents(Demo *demo, const json_t *book) {
  const json_t *results = json_object_get(book, "results");
  gsize index, number;
  json_t *row, *act;
  json_array_foreach(json_object_get(book, "incidents"), index, row) {
    Case *incident = arena_alloc(demo->arena, sizeof *incident);
    *incident = (Case){.body = demo_find_body(demo, text_of(row, "body", "")), .key = text_of(row, "key", ""),
                       .detected_ms = detection(demo, row)};
    json_array_foreach(json_object_get(row, "acts"), number, act)
      add_acts(demo, incident, act, results);
  }
  g_ptr_array_sort(demo->acts, compare_acts);
  return demo->acts->len > 0;
}

/* --- one call --- */

const char *demo_incident_code(const Demo *demo, const char *key) {
  for (guint i = 0; i < demo->acts->len; i++) {
    const Case *incident = ((const Act *)demo->acts->pdata[i])->incident;
    if (strcmp(incident->key, key) == 0)
      return incident->code;
  }
  return NULL;
}

/* "+1:30": so long after the detection; "=key": the code of another incident. */
static const char *value_of(Demo *demo, Arena *arena, const Case *incident, const json_t *value) {
  const char *text = json_string_value(value);
  char iso[26];
  if (text && text[0] == '+') {
    date_write_iso(iso, moment_after(incident, text + 1));
    return arena_text(arena, iso, -1);
  }
  if (text && text[0] == '=')
    return demo_incident_code(demo, text + 1);
  if (text)
    return text;
  g_autofree char *dumped = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
  return arena_text(arena, dumped, -1);
}

/* Every key of an act but these is a field of its operation. */
static const char *const OWN_KEYS[] = {"do", "after", "by", "steps", "every", "clock", "number", "signer", NULL};

static void add_field(GArray *fields, const char *name, const char *value) {
  g_array_append_val(fields, ((DemoField){name, value}));
}

static GArray *fields_of(Demo *demo, Arena *arena, const Act *act) {
  GArray *fields = g_array_new(TRUE, TRUE, sizeof(DemoField));
  const char *key;
  json_t *value, *one;
  gsize index;
  json_object_foreach((json_t *)(gintptr)act->row, key, value) {
    if (g_strv_contains(OWN_KEYS, key))
      continue;
    if (!json_is_array(value))
      add_field(fields, key, value_of(demo, arena, act->incident, value));
    json_array_foreach(value, index, one)
      add_field(fields, key, value_of(demo, arena, act->incident, one));
  }
  if (act->incident->code)
    add_field(fields, "id", act->incident->code);
  return fields;
}

static const char *login_of(const Act *act) {
  const DemoBody *body = act->incident->body;
  const char *by = text_of(act->row, "by", "officer");
  return strcmp(by, "member") == 0       ? body->member
         : strcmp(by, "leader") == 0     ? body->leader
         : strcmp(by, "dispatcher") == 0 ? body->dispatcher
                                         : body->officer;
}

static Doc *call(Demo *demo, Arena *arena, const Act *act, const char *operation, const DemoField *more, GError **error) {
  g_autoptr(GArray) fields = fields_of(demo, arena, act);
  for (; more && more->name; more++)
    add_field(fields, more->name, more->value);
  return demo_call(demo, arena, login_of(act), arena_printf(arena, "%s%s", strchr(operation, '.') ? "" : "incident.", operation), (const DemoField *)(gpointer)fields->data,
                   NULL, error);
}

static const Doc *view(Demo *demo, Arena *arena, const Act *act, GError **error) {
  const DemoField id[] = {{"id", act->incident->code}, {NULL, NULL}};
  return demo_call(demo, arena, login_of(act), "incident.view", id, NULL, error);
}

/* --- the acts that are more than one call --- */

static gboolean play_plain(Demo *demo, Arena *arena, const Act *act, GError **error) {
  const DemoField step[] = {{"step", act->step}, {"note", act->result}, {NULL, NULL}};
  return call(demo, arena, act, text_of(act->row, "do", ""), act->step ? step : NULL, error) != NULL;
}

static gboolean play_add(Demo *demo, Arena *arena, const Act *act, GError **error) {
  const Doc *answer = call(demo, arena, act, "add", NULL, error);
  act->incident->code = answer ? arena_text(demo->arena, doc_get_text(answer, KEY("code")), -1) : NULL;
  return answer != NULL;
}

/* Whoever reports learns a follow-up code only; the officer on duty sees the newest case. */
static gboolean play_report(Demo *demo, Arena *arena, const Act *act, GError **error) {
  static const DemoField NEW[] = {{"tab", "moi"}, {"limit", "500"}, {NULL, NULL}};
  const char *newest = "";
  g_autoptr(GArray) fields = fields_of(demo, arena, act);
  add_field(fields, "body", act->incident->body->id);
  if (!demo_call(demo, arena, NULL, "incident.report", (const DemoField *)(gpointer)fields->data, NULL, error))
    return FALSE;
  const Doc *list = demo_call(demo, arena, login_of(act), "incident.list", NEW, NULL, error);
  for (const Doc *row = list ? doc_get(list, KEY("rows"))->first : NULL; row; row = row->next)
    newest = strcmp(doc_get_text(row, KEY("code")), newest) > 0 ? doc_get_text(row, KEY("code")) : newest;
  act->incident->code = arena_text(demo->arena, newest, -1);
  return list != NULL;
}

/* Every notice that is not sent yet, or those of one clock. */
static gboolean play_notices(Demo *demo, Arena *arena, const Act *act, GError **error) {
  const char *operation = text_of(act->row, "do", ""), *clock = text_of(act->row, "clock", NULL);
  gboolean to_receiver = strcmp(operation, "notice_send") == 0 && !json_object_get(act->row, "recipient");
  const Doc *seen = view(demo, arena, act, error);
  for (const Doc *row = seen ? doc_get(seen, KEY("notices"))->first : NULL; row; row = row->next) {
    const DemoField fields[] = {{"notice", doc_get_text(row, KEY("id"))},
                                {to_receiver ? "recipient" : NULL, doc_get_text(row, KEY("receiver_name"))},
                                {NULL, NULL}};
    if (strcmp(doc_get_text(doc_get(row, KEY("state")), KEY("name")), "unsent") != 0 ||
        (clock && strcmp(doc_get_text(row, KEY("clock")), clock) != 0))
      continue;
    if (!call(demo, arena, act, operation, fields, error))
      return FALSE;
  }
  return seen != NULL;
}

/* Drafted, submitted and, where it has a number, signed on the same day. */
static gboolean play_paper(Demo *demo, Arena *arena, const Act *act, GError **error) {
  const Doc *saved = call(demo, arena, act, "paper_save", NULL, error);
  char day[11];
  if (!saved)
    return FALSE;
  date_write_iso_day(day, clock_now_ms());
  const DemoField fields[] = {{"id", act->incident->code}, {"paper", doc_get_text(saved, KEY("paper"))},
                              {"number", text_of(act->row, "number", NULL)}, {"signer", text_of(act->row, "signer", NULL)},
                              {"day", day}, {NULL, NULL}};
  const DemoField submitted[] = {fields[0], fields[1], {NULL, NULL}};
  return demo_call(demo, arena, login_of(act), "incident.paper_submit", submitted, NULL, error) &&
         (!fields[2].value || demo_call(demo, arena, login_of(act), "incident.paper_sign", fields, NULL, error));
}

static const struct {
  const char *name;
  gboolean (*play)(Demo *demo, Arena *arena, const Act *act, GError **error);
} PLAYS[] = {
    {"add", play_add}, {"report", play_report}, {"notice_send", play_notices}, {"notice_fail", play_notices}, {"paper", play_paper},
};

static gboolean play(Demo *demo, const Act *act, GError **error) {
  g_autoptr(Arena) arena = arena_new();
  gsize i = 0;
  while (i < G_N_ELEMENTS(PLAYS) && strcmp(PLAYS[i].name, text_of(act->row, "do", "")) != 0)
    i++;
  clock_set_fixed(MAX(act->at_ms, clock_now_ms()));
  if ((i < G_N_ELEMENTS(PLAYS) ? PLAYS[i].play : play_plain)(demo, arena, act, error))
    return TRUE;
  g_prefix_error(error, "%s: ", act->incident->key);
  return FALSE;
}

gboolean demo_play_incidents(Demo *demo, gint64 until_ms, GError **error) {
  while (demo->next_act < demo->acts->len) {
    const Act *act = demo->acts->pdata[demo->next_act];
    if (act->at_ms > until_ms)
      return TRUE;
    demo->next_act++;
    if (!play(demo, act, error))
      return FALSE;
  }
  return TRUE;
}
