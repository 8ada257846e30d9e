#include "module/plan/plan_press.h"
#include "base/date.h"
#include "core/file.h"
#include "lib/document/paper.h"
#include "lib/document/source_load.h"
#include "module/plan/plan_draft_store.h"
#include "module/plan/plan_file.h"
#include "module/plan/plan_manuscript.h"
#include "module/plan/plan_read.h"
#include <string.h>

static PaperStyle *load_style(const App *app, GError **error) {
  g_autofree char *path = g_build_filename(app->data_dir, "law", "document_layout.yaml", NULL), *yaml = NULL;
  gsize length = 0;
  return g_file_get_contents(path, &yaml, &length, error) ? paper_style_load(yaml, length, error) : NULL;
}

static const PaperStyle *style_of(const App *app, GError **error) {
  static GMutex lock;
  static PaperStyle *style;
  g_mutex_lock(&lock);
  if (!style)
    style = load_style(app, error);
  const PaperStyle *result = style;
  g_mutex_unlock(&lock);
  return result;
}

GBytes *plan_press(const App *app, const json_t *manuscript, gint64 created_ms, PressKind kind, GError **error) {
  const PaperStyle *style = style_of(app, error);
  if (!style)
    return NULL;
  g_autoptr(Paper) paper = plan_manuscript_paper(manuscript, created_ms);
  return kind == PRESS_PDF ? paper_write_pdf(paper, style, error) : paper_write_docx(paper, style, error);
}

/* --- what the draft adds to reading and findings --- */

static int line_of(const json_t *lines, const json_t *part, const char *end) {
  return (int)json_integer_value(json_object_get(json_object_get(lines, json_string_value(json_object_get(part, "key"))), end));
}

static void add_unwritten(const json_t *manuscript, const json_t *lines, json_t *findings) {
  json_t *defects = json_object_get(findings, "defects"), *part;
  gsize index, at = 0;
  json_array_foreach(json_object_get(manuscript, "parts"), index, part) {
    const char *guide = json_string_value(json_object_get(part, "guide")), *title = json_string_value(json_object_get(part, "title"));
    const char *label = json_string_value(json_object_get(part, "label"));
    if (!guide || plan_part_is_written(part))
      continue;
    g_autofree char *where = g_strdup_printf("%s %s", label ? label : "", title ? title : "");
    g_autofree char *found = g_strdup_printf("mục “%s” chưa có nội dung", where);
    json_array_insert_new(defects, at++,
                          json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:i}", "code", "section_unwritten", "severity", "error", "where", where,
                                    "found", found, "fix", guide, "basis", "Điều 12 và Phụ lục III TT 20/2017/TT-BTTTT", "line",
                                    line_of(lines, part, "from")));
  }
}

/* What was carried over from another plan and not looked at since is not more than inferred. */
static void mark_carried(const json_t *manuscript, const json_t *lines, json_t *reading) {
  const char *pointer;
  json_t *entry, *part;
  gsize index;
  json_array_foreach(json_object_get(manuscript, "parts"), index, part) {
    if (!json_is_true(json_object_get(part, "carried")))
      continue;
    json_object_foreach(json_object_get(reading, "provenance"), pointer, entry) {
      json_int_t line = json_integer_value(json_object_get(entry, "line_from"));
      if (line >= line_of(lines, part, "from") && line <= line_of(lines, part, "to"))
        json_object_set_new(entry, "certainty", json_string("inferred"));
    }
  }
}

/* Each finding with a line belongs to the part that the line stands in. */
static void mark_parts(const json_t *manuscript, const json_t *lines, json_t *findings) {
  gsize index, at;
  json_t *defect, *part;
  json_array_foreach(json_object_get(findings, "defects"), index, defect) {
    json_int_t line = json_integer_value(json_object_get(defect, "line"));
    json_array_foreach(json_object_get(manuscript, "parts"), at, part) {
      if (line >= line_of(lines, part, "from") && line <= line_of(lines, part, "to"))
        json_object_set(defect, "part", json_object_get(part, "key"));
    }
  }
}

/* The period that was chosen for the draft counts, whatever the title says. */
static void put_period(const json_t *manuscript, json_t *reading) {
  json_t *from = json_object_get(manuscript, "period_from"), *to = json_object_get(manuscript, "period_to");
  json_t *period = json_object_get(reading, "period");
  if (!json_is_string(from) || !json_is_string(to))
    return;
  if (!json_is_object(period)) {
    period = json_object();
    json_object_set_new(reading, "period", period);
  }
  json_object_set(period, "from", from);
  json_object_set(period, "to", to);
}

gboolean plan_press_examine(Request *request, const json_t *manuscript, gint64 created_ms, PlanContent *out_content, GError **error) {
  const PlanCheckRules *rules = plan_rules(request->app, error);
  g_autoptr(GBytes) bytes = rules ? plan_press(request->app, manuscript, created_ms, PRESS_DOCX, error) : NULL;
  char today[11];
  *out_content = (PlanContent){0};
  if (!bytes)
    return FALSE;
  g_autoptr(SourceText) source = source_load(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), "ke-hoach.docx", error);
  json_t *reading = source ? plan_read(source, error) : NULL;
  date_write_iso_day(today, request->now_ms);
  json_t *findings = reading ? plan_check(reading, source, rules, today, error) : NULL;
  if (!findings) {
    json_decref(reading);
    return FALSE;
  }
  json_t *lines = plan_manuscript_lines(manuscript, source);
  put_period(manuscript, reading);
  add_unwritten(manuscript, lines, findings);
  mark_carried(manuscript, lines, reading);
  mark_parts(manuscript, lines, findings);
  json_decref(lines);
  *out_content = (PlanContent){reading, plan_source_as_json(source), findings};
  return TRUE;
}

/* --- plans that came from outside --- */

static void put_head(const Plan *plan, json_t *manuscript) {
  g_auto(GStrv) number = g_strsplit(plan->number, "/", 2);
  if (number[0] && *number[0])
    json_object_set_new(manuscript, "number", json_string(number[0]));
  if (*plan->signer)
    json_object_set_new(manuscript, "signer", json_string(plan->signer));
}

static json_t *from_original(Request *request, const Plan *plan, GError **error) {
  if (!plan->source_sha256) {
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "Kế hoạch %s không còn tệp gốc để lấy nội dung.", plan->code);
    return NULL;
  }
  g_autoptr(GBytes) bytes = file_read(request->app, plan->source_sha256, error);
  g_autoptr(SourceText) source =
      bytes ? source_load(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), plan->source_name, error) : NULL;
  json_t *manuscript = source ? plan_manuscript_read(source, error) : NULL;
  if (manuscript)
    put_head(plan, manuscript);
  return manuscript;
}

json_t *plan_manuscript_of(Request *request, const Plan *plan, GError **error) {
  GError *failed = NULL;
  StoreConn *conn = request_read(request, error);
  g_auto(PlanDraft) draft = {0};
  if (!conn)
    return NULL;
  if (plan_draft_get(conn, request->arena, plan->id, &draft, &failed))
    return json_incref(draft.manuscript);
  if (failed) {
    g_propagate_error(error, failed);
    return NULL;
  }
  return from_original(request, plan, error);
}
