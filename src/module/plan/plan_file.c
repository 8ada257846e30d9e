#include "module/plan/plan_file.h"
#include "base/date.h"
#include "lib/document/source_load.h"
#include "module/plan/plan_read.h"
#include <string.h>

const PlanCheckRules *plan_rules(const App *app, GError **error) {
  static GMutex lock;
  static PlanCheckRules *rules;
  g_mutex_lock(&lock);
  if (!rules) {
    g_autofree char *folder = g_build_filename(app->data_dir, "law", NULL);
    rules = plan_check_rules_load(folder, error);
  }
  const PlanCheckRules *result = rules;
  g_mutex_unlock(&lock);
  return result;
}

PlanFile *plan_file_read(Request *request, const char *path, const char *name, GError **error) {
  g_autoptr(PlanFile) file = g_new0(PlanFile, 1);
  (void)request;
  file->name = g_path_get_basename(name);
  if (!source_load_file(path, &file->bytes, &file->length, error))
    return NULL;
  file->source = source_load(file->bytes, file->length, file->name, error);
  file->reading = file->source ? plan_read(file->source, error) : NULL;
  return file->reading ? g_steal_pointer(&file) : NULL;
}

PlanFile *plan_file_load(Request *request, const char *path, const char *name, const char *on, GError **error) {
  const PlanCheckRules *rules = plan_rules(request->app, error);
  g_autoptr(PlanFile) file = rules ? plan_file_read(request, path, name, error) : NULL;
  char today[11];
  date_write_iso_day(today, request->now_ms);
  if (file)
    file->findings = plan_check(file->reading, file->source, rules, on ? on : today, error);
  return file && file->findings ? g_steal_pointer(&file) : NULL;
}

void plan_file_free(PlanFile *file) {
  if (!file)
    return;
  g_free(file->name);
  g_free(file->bytes);
  if (file->source)
    source_text_free(file->source);
  json_decref(file->reading);
  json_decref(file->findings);
  g_free(file);
}

int plan_findings_count(const json_t *findings, const char *severity) {
  g_autoptr(GHashTable) codes = g_hash_table_new(g_str_hash, g_str_equal);
  gsize index;
  json_t *finding;
  json_array_foreach(json_object_get(findings, "defects"), index, finding) {
    const char *code = json_string_value(json_object_get(finding, "code"));
    if (code && g_strcmp0(json_string_value(json_object_get(finding, "severity")), severity) == 0)
      g_hash_table_add(codes, (gpointer)(gintptr)code);
  }
  return (int)g_hash_table_size(codes);
}

json_t *plan_source_as_json(const SourceText *source) {
  json_t *lines = json_array();
  for (guint i = 0; i < source->lines->len; i++) {
    const SourceLine *line = source_text_line(source, i);
    json_array_append_new(lines, json_pack("{s:i, s:s, s:b}", "n", line->number, "text", line->text, "centre", line->centered));
  }
  return lines;
}
