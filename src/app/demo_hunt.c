/* The hunts of the demo, on the logs of the day before: those with a conclusion are run and judged, the others stay drafts. */
#include "app/demo.h"
#include "base/error.h"
#include "base/yaml.h"

enum { FIELDS_MAX = 12, GROUPS_MAX = 100 };

static const char *text_of(const json_t *row, const char *key) {
  return json_string_value(json_object_get(row, key));
}

static const char *add_hunt(Demo *demo, const DemoBody *body, const json_t *row, GError **error) {
  static const char *const NAMES[] = {"title", "hypothesis", "indicators", "words", "rules"};
  DemoField fields[FIELDS_MAX] = {{NULL, NULL}};
  int count = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++)
    if (text_of(row, NAMES[i]))
      fields[count++] = (DemoField){NAMES[i], text_of(row, NAMES[i])};
  const Doc *made = demo_call(demo, demo->arena, body->officer, "hunt.add", fields, NULL, error);
  return made ? doc_get_text(made, KEY("code")) : NULL;
}

/* All that was found gets the same judgement, in one act as a person would. */
static gboolean judge(Demo *demo, const DemoBody *body, const json_t *row, const char *code, gint64 groups, GError **error) {
  DemoField fields[GROUPS_MAX + 4] = {{"id", code}, {"verdict", text_of(row, "verdict")}, {"note", text_of(row, "note")}};
  for (gint64 i = 0; i < MIN(groups, GROUPS_MAX); i++)
    fields[3 + i] = (DemoField){"groups", arena_printf(demo->arena, "%d", (int)i + 1)};
  return !groups || demo_call(demo, demo->arena, body->officer, "hunt.triage", fields, NULL, error);
}

static gboolean play(Demo *demo, const DemoBody *body, const json_t *row, GError **error) {
  const char *code = add_hunt(demo, body, row, error);
  if (!code || !text_of(row, "conclusion"))
    return code != NULL;
  const DemoField id[] = {{"id", code}, {NULL, NULL}};
  const DemoField words[] = {{"id", code}, {"conclusion", text_of(row, "conclusion")}, {"actions", text_of(row, "actions")}, {NULL, NULL}};
  const Doc *done = demo_call(demo, demo->arena, body->officer, "hunt.run", id, NULL, error);
  const Doc *groups = done ? doc_get(done, KEY("groups")) : NULL;
  return groups && judge(demo, body, row, code, groups->number, error) && demo_call(demo, demo->arena, body->officer, "hunt.conclude", words, NULL, error);
}

gboolean demo_play_hunts(Demo *demo, GError **error) {
  g_autofree char *path = g_build_filename(demo->app->data_dir, "demo", "hunts.yaml", NULL);
  json_t *book = yaml_load_file(path, error), *row;
  gboolean good = book != NULL;
  gsize index;
  json_array_foreach(json_object_get(book, "hunts"), index, row) {
    const DemoBody *body = demo_find_body(demo, text_of(row, "body"));
    good = good && body && play(demo, body, row, error);
  }
  json_decref(book);
  return good;
}
