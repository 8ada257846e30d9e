#include "module/plan/plan_parts.h"
#include "base/date.h"
#include "core/file.h"
#include "core/message.h"
#include "module/duty/duty.h"
#include "module/plan/plan_edit.h"
#include "module/plan/plan_show.h"
#include <string.h>

static const char *text_at(const json_t *object, const char *key) {
  return json_string_value(json_object_get(object, key));
}

/* "line" and "url" to the source of a value. */
static void add_line(Request *request, const Plan *plan, const PlanContent *content, const char *pointer, Doc *row, const char *url_key) {
  int from, to;
  if (!plan_lines_of(content->reading, pointer, &from, &to))
    return;
  doc_int(row, KEY("line"), from);
  doc_text(row, url_key, arena_printf(request->arena, "/ke-hoach/%s?muc=ban-goc#d%d", plan->id, from));
}

gboolean plan_part_findings(Request *request, const Plan *plan, const PlanContent *content, Doc *answer, GError **error) {
  char day[11];
  (void)error;
  date_write_day(day, plan->created_ms);
  Doc *part = doc_object(answer, KEY("findings_part"));
  doc_text(part, KEY("summary"), plan_findings_summary(request, content->findings));
  doc_text_copy(part, KEY("checked"), day);
  plan_show_findings(request, part, content->findings, arena_printf(request->arena, "/ke-hoach/%s?muc=ban-goc", plan->id));
  return TRUE;
}

/* --- content: the outline as it was read --- */

static void add_paragraphs(Request *request, const Plan *plan, const PlanContent *content, Doc *sections, const char *title, const char *key) {
  const json_t *list = json_object_get(json_object_get(content->reading, key), "starts");
  gsize index;
  json_t *text;
  if (!json_array_size(list))
    return;
  Doc *section = doc_object(sections, NULL);
  doc_text(section, KEY("id"), key);
  doc_text(section, KEY("title"), message(request->lang, title));
  Doc *paragraphs = doc_list(section, KEY("paragraphs"));
  json_array_foreach(list, index, text) {
    Doc *row = doc_object(paragraphs, NULL);
    doc_text(row, KEY("text"), json_string_value(text));
    add_line(request, plan, content, arena_printf(request->arena, "/%s/starts/%d", key, (int)index), row, KEY("url"));
  }
}

gboolean plan_part_content(Request *request, const Plan *plan, const PlanContent *content, Doc *answer, GError **error) {
  gsize index;
  json_t *heading;
  (void)error;
  Doc *sections = doc_list(doc_object(answer, KEY("content_part")), KEY("sections"));
  Doc *outline = doc_object(sections, NULL);
  doc_text(outline, KEY("id"), "de-cuong");
  doc_text(outline, KEY("title"), message(request->lang, "Đề cương"));
  Doc *paragraphs = doc_list(outline, KEY("paragraphs"));
  json_array_foreach(json_object_get(content->reading, "headings"), index, heading) {
    Doc *row = doc_object(paragraphs, NULL);
    doc_text(row, KEY("text"), json_string_value(heading));
    add_line(request, plan, content, arena_printf(request->arena, "/headings/%d", (int)index), row, KEY("url"));
  }
  add_paragraphs(request, plan, content, sections, "Mục đích", "purposes");
  add_paragraphs(request, plan, content, sections, "Yêu cầu", "requirements");
  add_paragraphs(request, plan, content, sections, "Nguyên tắc", "principles");
  return TRUE;
}

gboolean plan_part_bases(Request *request, const Plan *plan, const PlanContent *content, Doc *answer, GError **error) {
  gsize index;
  json_t *base;
  (void)error;
  Doc *list = doc_list(doc_object(answer, KEY("bases_part")), KEY("bases"));
  json_array_foreach(json_object_get(content->reading, "legal_bases"), index, base) {
    Doc *row = doc_object(list, NULL);
    const char *type = text_at(base, "type"), *issuer = text_at(base, "issuer");
    doc_text(row, KEY("text"), arena_printf(request->arena, "%s%s%s", type ? type : "", issuer ? " · " : "", issuer ? issuer : ""));
    doc_text(row, KEY("note"), text_at(base, "subject"));
    doc_text(row, KEY("number"), text_at(base, "number"));
    doc_text(row, KEY("day"), plan_day_text(request->arena, text_at(base, "date")));
    add_line(request, plan, content, arena_printf(request->arena, "/legal_bases/%d", (int)index), row, KEY("url"));
  }
  return TRUE;
}

gboolean plan_part_forces(Request *request, const Plan *plan, const PlanContent *content, Doc *answer, GError **error) {
  gsize index;
  json_t *force;
  (void)error;
  Doc *list = doc_list(doc_object(answer, KEY("forces_part")), KEY("forces"));
  json_array_foreach(json_object_get(content->reading, "forces"), index, force) {
    Doc *row = doc_object(list, NULL);
    doc_text(row, KEY("name"), json_is_string(force) ? json_string_value(force) : text_at(force, "name"));
    add_line(request, plan, content, arena_printf(request->arena, "/forces/%d", (int)index), row, KEY("url"));
  }
  return TRUE;
}

gboolean plan_part_duties(Request *request, const Plan *plan, const PlanContent *content, Doc *answer, GError **error) {
  Doc *part = doc_object(answer, KEY("duties_part"));
  (void)content;
  return duty_list_of_plan(request, plan->id, doc_list(part, KEY("duties")), error);
}

gboolean plan_part_scenarios(Request *request, const Plan *plan, const PlanContent *content, Doc *answer, GError **error) {
  gsize g, k;
  json_t *group, *kind;
  (void)error;
  Doc *groups = doc_list(doc_object(answer, KEY("scenarios_part")), KEY("groups"));
  json_array_foreach(json_object_get(content->reading, "scenario_groups"), g, group) {
    Doc *shown = doc_object(groups, NULL);
    doc_text(shown, KEY("title"), text_at(group, "group"));
    Doc *rows = doc_list(shown, KEY("rows"));
    json_array_foreach(json_object_get(group, "kinds"), k, kind) {
      Doc *row = doc_object(rows, NULL);
      doc_text(row, KEY("title"), json_string_value(kind));
      add_line(request, plan, content, arena_printf(request->arena, "/scenario_groups/%d/kinds/%d", (int)g, (int)k), row, KEY("line_url"));
    }
  }
  return TRUE;
}

gboolean plan_part_organisation(Request *request, const Plan *plan, const PlanContent *content, Doc *answer, GError **error) {
  gsize u, d;
  json_t *unit, *duty;
  (void)error;
  Doc *bodies = doc_list(doc_object(answer, KEY("organisation_part")), KEY("bodies"));
  json_array_foreach(json_object_get(content->reading, "organisation_duties"), u, unit) {
    Doc *body = doc_object(bodies, NULL);
    doc_text(body, KEY("name"), text_at(unit, "unit"));
    Doc *tasks = doc_list(body, KEY("tasks"));
    json_array_foreach(json_object_get(unit, "duties"), d, duty) {
      Doc *row = doc_object(tasks, NULL);
      doc_text(row, KEY("text"), json_is_string(duty) ? json_string_value(duty) : text_at(duty, "text"));
      add_line(request, plan, content, arena_printf(request->arena, "/organisation_duties/%d/duties/%d", (int)u, (int)d), row, KEY("url"));
    }
  }
  return TRUE;
}

gboolean plan_part_source(Request *request, const Plan *plan, const PlanContent *content, Doc *answer, GError **error) {
  Doc *part = doc_object(answer, KEY("source_part"));
  Doc *files = doc_list(doc_new(request->arena), KEY("files"));
  doc_text(part, KEY("file_name"), *plan->source_name ? plan->source_name : plan->title);
  doc_text(part, KEY("hash"), plan->source_sha256);
  if (!attachment_list(request, "plan", plan->id, files, error))
    return FALSE;
  if (files->first)
    doc_text(part, KEY("file_url"), doc_get_text(files->first, KEY("url")));
  plan_show_source(part, content->reading, content->source, content->findings);
  return TRUE;
}
