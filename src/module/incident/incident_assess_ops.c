/* The assessment alone: facts in, duties out, nothing kept. */
#include "module/incident/incident_assess.h"
#include "module/incident/incident_pages.h"
#include <stdio.h>
#include <unistd.h>

#define FACTS_BYTES_MOST (256 * 1024)

static json_t *parse(const char *bytes, gsize length, GError **error) {
  json_error_t where;
  json_t *facts = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &where);
  if (json_is_object(facts))
    return facts;
  if (facts)
    g_set_error(error, APP_ERROR, ERROR_UNREADABLE, "Dữ kiện phải là một đối tượng JSON {…}.");
  else
    g_set_error(error, APP_ERROR, ERROR_UNREADABLE, "Dữ kiện không phải JSON hợp lệ: dòng %d, cột %d.", where.line, where.column);
  json_decref(facts);
  return NULL;
}

static json_t *read_stream(FILE *stream, GError **error) {
  g_autofree char *bytes = g_malloc(FACTS_BYTES_MOST + 1);
  gsize length = stream ? fread(bytes, 1, FACTS_BYTES_MOST + 1, stream) : 0;
  if (stream && !ferror(stream) && length <= FACTS_BYTES_MOST)
    return parse(bytes, length, error);
  if (stream && length > FACTS_BYTES_MOST)
    g_set_error(error, APP_ERROR, ERROR_TOO_LARGE, "Dữ kiện dài quá 256 KB.");
  else
    g_set_error(error, APP_ERROR, ERROR_UNREADABLE, "Không đọc được dữ kiện.");
  return NULL;
}

static json_t *read_facts(const Request *request, GError **error) {
  const InputFile *file = input_file(request, "file");
  const json_t *given = input_json(request, "facts");
  if (given)
    return json_deep_copy(given);
  if (!file && request->face != FACE_CLI) {
    g_set_error(error, APP_ERROR, ERROR_INVALID, "Chưa có dữ kiện (facts).");
    return NULL;
  }
  FILE *stream = file ? fopen(file->path, "rbe") : stdin;
  json_t *facts = read_stream(stream, error);
  if (file && stream)
    fclose(stream);
  return facts;
}

void incident_put_json(Doc *answer, const json_t *object) {
  const char *key;
  json_t *value;
  json_object_foreach((json_t *)(gintptr)object, key, value) {
    doc_json(answer, g_intern_string(key), value);
  }
}

gboolean incident_assess_facts(Request *request, Doc *answer, GError **error) {
  const Law *law = app_need_law(request->app, error);
  json_t *facts = law ? read_facts(request, error) : NULL;
  json_t *assessment = facts ? incident_assess(law, facts, NULL, error) : NULL;
  if (assessment)
    incident_put_json(answer, assessment);
  json_decref(facts);
  json_decref(assessment);
  return assessment != NULL;
}
