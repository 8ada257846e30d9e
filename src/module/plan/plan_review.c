/* Step 2 and 3 of the import: what was read, beside the source; what will be made. */
#include "base/date.h"
#include "core/body.h"
#include "core/form.h"
#include "core/message.h"
#include "module/duty/duty.h"
#include "module/org/org.h"
#include "module/plan/plan_edit.h"
#include "module/plan/plan_import.h"
#include "module/plan/plan_show.h"
#include <string.h>

typedef struct {
  int counts[4]; /* by PlanMark */
} Tally;

static const struct {
  const char *css, *label;
} MARKS[] = {
    [MARK_READ] = {"done", "Đọc được"},
    [MARK_INFERRED] = {"soon", "Suy ra"},
    [MARK_CORRECTED] = {"doing", "Đã sửa tay"},
    [MARK_MISSING] = {"late", "Thiếu"},
};

static void add_mark(Request *request, Doc *row, const json_t *reading, const char *pointer, PlanMark mark, Tally *tally) {
  int from, to;
  Doc *state = doc_object(row, KEY("state"));
  doc_text(state, KEY("class"), MARKS[mark].css);
  doc_text(state, KEY("label"), message(request->lang, MARKS[mark].label));
  tally->counts[mark]++;
  Doc *lines = doc_list(row, KEY("lines"));
  if (mark != MARK_MISSING && plan_lines_of(reading, pointer, &from, &to))
    doc_int(doc_object(lines, NULL), KEY("n"), from);
}

static void add_field(Request *request, Doc *fields, const PlanEditField *field, const json_t *reading, Tally *tally) {
  const json_t *value = plan_pointer_get(reading, field->pointer);
  Doc *row = doc_object(fields, NULL);
  const char *refused = form_refused_value(request, "plan.review_save", field->name);
  doc_text(row, KEY("name"), field->name);
  doc_text(row, KEY("label"), message(request->lang, field->label));
  doc_text(row, KEY("value"), refused ? refused : plan_edit_shown(request->arena, field, value));
  doc_bool(row, KEY("long"), field->list || strcmp(field->name, "title") == 0);
  add_mark(request, row, reading, field->pointer, plan_mark_of(reading, field->pointer, value), tally);
}

static void add_groups(Request *request, Doc *answer, const json_t *reading, Tally *tally) {
  Doc *groups = doc_list(answer, KEY("groups")), *fields = NULL;
  const char *group = NULL;
  for (const PlanEditField *field = PLAN_EDIT_FIELDS; field->name; field++) {
    if (g_strcmp0(group, field->group) != 0) {
      Doc *row = doc_object(groups, NULL);
      doc_text(row, KEY("title"), message(request->lang, field->group));
      fields = doc_list(row, KEY("fields"));
      group = field->group;
    }
    add_field(request, fields, field, reading, tally);
  }
}

/* --- tasks --- */

static const char *names(Arena *arena, const json_t *list) {
  static const PlanEditField AS_LIST = {.list = TRUE};
  return plan_edit_shown(arena, &AS_LIST, list);
}

static PlanMark task_mark(const json_t *reading, const json_t *task, gsize index) {
  static const char *const PARTS[] = {"lead", "coordinate", "content"};
  PlanMark mark = json_array_size(json_object_get(task, "lead")) ? MARK_READ : MARK_MISSING;
  if (json_array_size(json_object_get(task, "inferred_from_merged_cell")))
    mark = MARK_INFERRED;
  for (gsize i = 0; i < G_N_ELEMENTS(PARTS); i++) {
    g_autofree char *pointer = g_strdup_printf("/tasks/%" G_GSIZE_FORMAT "/%s", index, PARTS[i]);
    const json_t *own = json_object_get(json_object_get(json_object_get(reading, "provenance"), pointer), "certainty");
    if (g_strcmp0(json_string_value(own), "corrected") == 0)
      mark = MARK_CORRECTED;
  }
  return mark;
}

static void add_task(Request *request, Doc *rows, const json_t *reading, const json_t *task, gsize index, Tally *tally) {
  Arena *arena = request->arena;
  Doc *row = doc_object(rows, NULL);
  const json_t *time = json_object_get(task, "time");
  const char *text = json_string_value(json_object_get(time, "text")), *kind = json_string_value(json_object_get(time, "kind"));
  doc_text_copy(row, KEY("n"), json_string_value(json_object_get(task, "id")));
  doc_text(row, KEY("name"), arena_printf(arena, "duties.%" G_GSIZE_FORMAT, index));
  doc_text(row, KEY("title"), json_string_value(json_object_get(task, "content")));
  doc_text(row, KEY("lead"), names(arena, json_object_get(task, "lead")));
  doc_text(row, KEY("partners"), names(arena, json_object_get(task, "coordinate")));
  doc_text(row, KEY("period"), text ? text : message(request->lang, plan_period_label(kind)));
  doc_bool(row, KEY("dropped"), json_is_true(json_object_get(task, "dropped")));
  add_mark(request, row, reading, arena_printf(arena, "/tasks/%" G_GSIZE_FORMAT "/content", index), task_mark(reading, task, index), tally);
}

static void add_tasks(Request *request, Doc *answer, const json_t *reading, Tally *tally) {
  gsize index;
  json_t *task;
  Doc *groups = doc_list(answer, KEY("duty_groups"));
  const json_t *tasks = json_object_get(reading, "tasks");
  Doc *group = doc_object(groups, NULL);
  doc_text(group, KEY("title"), message(request->lang, "Nhiệm vụ"));
  doc_text(group, KEY("text"), arena_printf(request->arena, "%d %s", (int)json_array_size(tasks),
                                            message(request->lang, "việc; mỗi đơn vị một dòng")));
  Doc *rows = doc_list(group, KEY("rows"));
  json_array_foreach(tasks, index, task) {
    add_task(request, rows, reading, task, index, tally);
  }
}

static void add_tally(Doc *answer, const Tally *tally) {
  Doc *shown = doc_object(answer, KEY("tally"));
  doc_int(shown, KEY("read"), tally->counts[MARK_READ]);
  doc_int(shown, KEY("inferred"), tally->counts[MARK_INFERRED]);
  doc_int(shown, KEY("missing"), tally->counts[MARK_MISSING]);
  doc_int(shown, KEY("edited"), tally->counts[MARK_CORRECTED]);
}

/* The plan of another body, imported by mistake under one's own, would make duties for the wrong people. */
static const char *issuer_warning(Request *request, const Stage *stage, const json_t *reading) {
  const json_t *issuer = json_object_get(reading, "issuer");
  const char *name = json_string_value(json_object_get(issuer, "name"));
  const char *canonical = json_string_value(json_object_get(issuer, "name_canonical"));
  StoreConn *conn = request_read(request, NULL);
  const Body *body = conn ? body_get(conn, request->arena, stage->body_id, NULL) : NULL;
  if (!body || !name)
    return "";
  g_autofree char *own = org_fold_name(body->name);
  g_autofree char *read = org_fold_name(name);
  g_autofree char *whole = org_fold_name(canonical ? canonical : name);
  if (strstr(whole, own) || strstr(own, read))
    return "";
  return arena_printf(request->arena, "%s “%s”, %s “%s”. ", message(request->lang, "Văn bản do"), name,
                      message(request->lang, "đang nhập cho"), body->name);
}

static void add_review_note(Request *request, Doc *answer, const Stage *stage, const json_t *reading, const json_t *findings) {
  int errors = plan_findings_count(findings, "error");
  const char *warning = issuer_warning(request, stage, reading);
  const char *count = errors ? arena_printf(request->arena, "%s %02d %s ", message(request->lang, "Có"), errors,
                                            message(request->lang, "lỗi trong văn bản."))
                             : "";
  Doc *note = doc_object(answer, KEY("note"));
  doc_text(note, KEY("class"), errors || *warning ? "soon" : "");
  doc_text(note, KEY("text"), arena_printf(request->arena, "%s%s%s", warning, count,
                                           message(request->lang, "Chưa lưu gì trước khi xác nhận; mỗi giá trị dẫn tới dòng của bản gốc.")));
}

gboolean plan_review(Request *request, Doc *answer, GError **error) {
  g_autoptr(Stage) stage = stage_load(request, input_text(request, "import"), error);
  if (!stage)
    return FALSE;
  Arena *arena = request->arena;
  /* The document points into the JSON: it lives until the request ends. */
  json_t *reading = plan_keep_json(request, stage->content.reading), *source = plan_keep_json(request, stage->content.source),
         *findings = plan_keep_json(request, stage->content.findings);
  Tally tally = {{0}};
  doc_text(answer, KEY("list_url"), "/ke-hoach");
  doc_text(answer, KEY("back_url"), "/ke-hoach/nhap");
  doc_text(answer, KEY("cancel_url"), arena_printf(arena, "/ke-hoach/nhap/%s/huy", stage->id));
  doc_text(answer, KEY("action"), arena_printf(arena, "/ke-hoach/nhap/%s", stage->id));
  doc_int(answer, KEY("version"), stage->version);
  doc_text_copy(answer, KEY("file_name"), stage->name);
  doc_text(answer, KEY("duration"), arena_printf(arena, "%s %d,%02d %s", message(request->lang, "Đọc và kiểm tra xong trong"),
                                                 stage->took_ms / 1000, stage->took_ms % 1000 / 10, message(request->lang, "giây")));
  doc_int(answer, KEY("duty_count"), (gint64)json_array_size(json_object_get(reading, "tasks")));
  add_review_note(request, answer, stage, reading, findings);
  doc_text(answer, KEY("checked"), plan_findings_summary(request, findings));
  plan_show_findings(request, answer, findings, "");
  plan_show_source(answer, reading, source, findings);
  add_groups(request, answer, reading, &tally);
  add_tasks(request, answer, reading, &tally);
  add_tally(answer, &tally);
  return TRUE;
}

/* --- step 3 --- */

static const char *first_due(Request *request, const json_t *task, const char *period_to) {
  const json_t *time = json_object_get(task, "time");
  const char *due = json_string_value(json_object_get(time, "due_to")), *kind = json_string_value(json_object_get(time, "kind"));
  const char *basis = NULL;
  char today[11], day[11], shown[11];
  Day parsed;
  date_write_iso_day(today, request->now_ms);
  if (!due && kind && duty_suggest_due(kind, today, period_to, day, &basis))
    due = day;
  if (!due || !date_parse_day(due, &parsed))
    return "";
  date_write_day(shown, day_start_ms(parsed));
  return arena_printf(request->arena, "%s%s", shown, basis ? message(request->lang, " (gợi ý)") : "");
}

static void add_created(Request *request, Doc *answer, const json_t *reading) {
  gsize index;
  json_t *task;
  Doc *rows = doc_list(answer, KEY("created"));
  const char *period_to = json_string_value(json_object_get(json_object_get(reading, "period"), "to"));
  json_array_foreach(json_object_get(reading, "tasks"), index, task) {
    const char *content = json_string_value(json_object_get(task, "content"));
    if (json_is_true(json_object_get(task, "dropped")))
      continue;
    Doc *row = doc_object(rows, NULL);
    doc_text(row, KEY("title"), duty_title(request->arena, content ? content : ""));
    doc_text(row, KEY("lead"), names(request->arena, json_object_get(task, "lead")));
    doc_text(row, KEY("period"), message(request->lang, plan_period_label(json_string_value(json_object_get(json_object_get(task, "time"), "kind")))));
    doc_text(row, KEY("due"), first_due(request, task, period_to));
  }
}

static void add_count(Request *request, Doc *counts, gint64 count, const char *label, const char *css) {
  Doc *row = doc_object(counts, NULL);
  doc_text(row, KEY("count"), arena_printf(request->arena, "%" G_GINT64_FORMAT, count));
  doc_text(row, KEY("label"), message(request->lang, label));
  doc_text(row, KEY("class"), count ? css : "");
}

static void add_left(Request *request, Doc *answer, const Stage *stage, const json_t *findings) {
  gsize index;
  json_t *finding;
  Doc *left = doc_list(answer, KEY("left"));
  json_array_foreach(json_object_get(findings, "defects"), index, finding) {
    if (g_strcmp0(json_string_value(json_object_get(finding, "severity")), "error") != 0)
      continue;
    Doc *row = doc_object(left, NULL);
    doc_text(row, KEY("text"), json_string_value(json_object_get(finding, "found")));
    doc_text(row, KEY("url"), arena_printf(request->arena, "/ke-hoach/nhap/%s#d%d", stage->id, (int)json_integer_value(json_object_get(finding, "line"))));
  }
}

static gboolean add_head(Request *request, StoreConn *conn, Doc *answer, const Stage *stage, const json_t *reading, GError **error) {
  const Body *body = body_get(conn, request->arena, stage->body_id, error);
  if (!body)
    return FALSE;
  const json_t *number = json_object_get(reading, "number");
  const json_t *day = json_object_get(json_object_get(reading, "date"), "iso");
  static const PlanEditField DAY = {.day = TRUE};
  Doc *plan = doc_object(answer, KEY("plan"));
  doc_text(plan, KEY("title"), json_string_value(json_object_get(reading, "title")));
  doc_text(plan, KEY("number"), json_string_value(json_object_get(number, "resolved")));
  doc_text(plan, KEY("signed"), plan_edit_shown(request->arena, &DAY, day));
  doc_text(plan, KEY("signer"), json_string_value(json_object_get(json_object_get(reading, "signer"), "name")));
  doc_text(plan, KEY("body"), body->name);
  doc_text(plan, KEY("period"), json_string_value(json_object_get(json_object_get(reading, "period"), "text")));
  GError *failed = NULL;
  const Plan *former = plan_store_active(conn, request->arena, stage->body_id, &failed);
  if (former) {
    Doc *replaces = doc_object(answer, KEY("replaces"));
    doc_text(replaces, KEY("title"), former->title);
    doc_text(replaces, KEY("url"), arena_printf(request->arena, "/ke-hoach/%s", former->id));
  }
  if (failed)
    g_propagate_error(error, failed);
  return !failed;
}

static void add_confirm_form(Request *request, Doc *answer, const Stage *stage, const GPtrArray *units) {
  json_t *values = json_pack("{s:s}", "import", stage->id);
  Doc *form = form_add(request, answer, KEY("form"), "plan.confirm", values, "Xác nhận nhập kế hoạch");
  for (guint i = 0; i + 1 < units->len; i++)
    form_option(form, "unit", arena_printf(request->arena, "%u", i), g_ptr_array_index(units, i), TRUE);
  json_decref(values);
}

gboolean plan_confirm_form(Request *request, Doc *answer, GError **error) {
  g_autoptr(Stage) stage = stage_load(request, input_text(request, "import"), error);
  StoreConn *conn = stage ? request_read(request, error) : NULL;
  if (!conn)
    return FALSE;
  json_t *reading = plan_keep_json(request, stage->content.reading), *findings = plan_keep_json(request, stage->content.findings);
  g_autoptr(GPtrArray) units = plan_new_units(conn, request->arena, stage->body_id, reading, error);
  if (!units || !add_head(request, conn, answer, stage, reading, error))
    return FALSE;
  Doc *counts = doc_list(answer, KEY("counts"));
  doc_text(answer, KEY("list_url"), "/ke-hoach");
  doc_text(answer, KEY("back_url"), arena_printf(request->arena, "/ke-hoach/nhap/%s", stage->id));
  doc_text_copy(answer, KEY("file_name"), stage->name);
  add_count(request, counts, (gint64)json_array_size(json_object_get(reading, "tasks")), "nhiệm vụ", "");
  add_count(request, counts, (gint64)json_array_size(json_object_get(reading, "legal_bases")), "căn cứ", "");
  add_count(request, counts, units->len - 1, "đơn vị mới", "");
  add_count(request, counts, plan_findings_count(findings, "error"), "lỗi", "late");
  add_count(request, counts, plan_findings_count(findings, "warning"), "cảnh báo", "soon");
  add_created(request, answer, reading);
  add_left(request, answer, stage, findings);
  add_confirm_form(request, answer, stage, units);
  return TRUE;
}
