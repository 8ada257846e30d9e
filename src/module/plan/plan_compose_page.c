/* The page on which a draft is written, and the one on which a new plan begins. */
#include "base/date.h"
#include "core/form.h"
#include "core/message.h"
#include "module/plan/plan_compose.h"
#include "module/plan/plan_draft.h"
#include "module/plan/plan_draft_store.h"
#include "module/plan/plan_manuscript.h"
#include "module/plan/plan_pages.h"
#include "module/plan/plan_press.h"
#include "module/plan/plan_show.h"
#include <stdlib.h>
#include <string.h>

/* --- one draft --- */

typedef struct {
  Request *request;
  const Plan *plan;
  const json_t *manuscript;
  const json_t *findings;
  const char *part; /* key of the part that is open; "" none */
  gint64 task;      /* number of the task that is open, 0 a new one, -1 none */
} Page;

static const char *text_at(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text ? text : "";
}

static json_t *values_of(const Page *page, const json_t *more) {
  json_t *values = json_pack("{s:s, s:I}", "id", page->plan->id, "version", (json_int_t)page->plan->version);
  json_object_update(values, (json_t *)(gintptr)more);
  return values;
}

static void add_form(const Page *page, Doc *parent, const char *key, const char *operation, json_t *more, const char *submit) {
  json_t *values = values_of(page, more);
  Doc *form = form_add(page->request, parent, key, operation, values, submit);
  doc_text(form, KEY("cancel"), arena_printf(page->request->arena, "/ke-hoach/%s/soan", page->plan->id));
  json_decref(values);
  json_decref(more);
}

static char *lines_of(const json_t *list) {
  g_autoptr(GString) all = g_string_new(NULL);
  gsize index;
  json_t *line;
  json_array_foreach(list, index, line) {
    g_string_append_printf(all, "%s%s", index ? "\n" : "", json_string_value(line));
  }
  return g_strdup(all->str);
}

static void add_head_form(const Page *page, Doc *answer) {
  static const char *const TEXTS[] = {"title", "number", "symbol", "place", "superior", "issuer", "signer", "issuing", "period_from", "period_to"};
  const json_t *m = page->manuscript;
  g_autofree char *authority = lines_of(json_object_get(m, "authority"));
  json_t *values = json_pack("{s:s}", "authority", authority);
  Day day = {(int)json_integer_value(json_object_get(m, "year")), (int)json_integer_value(json_object_get(m, "month")),
             (int)json_integer_value(json_object_get(m, "day"))};
  char iso[11];
  for (gsize i = 0; i < G_N_ELEMENTS(TEXTS); i++)
    json_object_set_new(values, TEXTS[i], json_string(text_at(m, TEXTS[i])));
  if (!*text_at(m, "period_from") && page->plan->period_from && page->plan->period_to) {
    json_object_set_new(values, "period_from", json_string(page->plan->period_from));
    json_object_set_new(values, "period_to", json_string(page->plan->period_to));
  }
  if (day_valid(day)) {
    date_write_iso_day(iso, day_start_ms(day));
    json_object_set_new(values, "issued", json_string(iso));
  }
  add_form(page, answer, KEY("head_form"), "plan.head", values, "Lưu");
}

static void add_bases_form(const Page *page, Doc *answer) {
  g_autofree char *bases = lines_of(json_object_get(page->manuscript, "bases"));
  g_autofree char *recipients = lines_of(json_object_get(page->manuscript, "recipients"));
  add_form(page, answer, KEY("bases_form"), "plan.bases", json_pack("{s:s, s:s}", "bases", bases, "recipients", recipients), "Lưu");
}

/* --- tasks of a part --- */

static void add_task_form(const Page *page, const json_t *part, Doc *row) {
  json_t *values = json_pack("{s:s}", "part", text_at(part, "key"));
  if (page->task > 0) {
    const PlanTaskWords words = plan_task_words(part, (gsize)page->task - 1);
    const struct {
      const char *key, *value;
    } texts[] = {{"content", words.content}, {"lead", words.lead}, {"coordinate", words.coordinate}, {"time", words.time}, {"product", words.product}};
    json_object_set_new(values, "task", json_integer(page->task));
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
      json_object_set_new(values, texts[i].key, json_string(texts[i].value ? texts[i].value : ""));
  }
  add_form(page, row, KEY("task_form"), "plan.task", values, page->task > 0 ? "Lưu nhiệm vụ" : "Thêm nhiệm vụ");
}

static void add_task(const Page *page, const json_t *part, gsize index, gsize count, gboolean open, Doc *tasks) {
  const PlanTaskWords words = plan_task_words(part, index);
  Arena *arena = page->request->arena;
  const char *key = text_at(part, "key");
  Doc *row = doc_object(tasks, NULL);
  doc_int(row, KEY("n"), (gint64)index + 1);
  doc_text_copy(row, KEY("label"), words.label);
  doc_text_copy(row, KEY("content"), words.content ? words.content : "");
  doc_text_copy(row, KEY("lead"), words.lead ? words.lead : "");
  doc_text_copy(row, KEY("coordinate"), words.coordinate ? words.coordinate : "");
  doc_text_copy(row, KEY("time"), words.time ? words.time : "");
  doc_text_copy(row, KEY("product"), words.product ? words.product : "");
  doc_text(row, KEY("url"), arena_printf(arena, "/ke-hoach/%s/soan?part=%s&task=%d#nhiem-vu", page->plan->id, key, (int)index + 1));
  if (!open || page->task != (gint64)index + 1)
    return;
  Doc *buttons = doc_list(row, KEY("buttons"));
  if (index)
    add_form(page, buttons, NULL, "plan.task_move", json_pack("{s:s, s:i, s:s}", "part", key, "task", (int)index + 1, "to", "up"), "Lên");
  if (index + 1 < count)
    add_form(page, buttons, NULL, "plan.task_move", json_pack("{s:s, s:i, s:s}", "part", key, "task", (int)index + 1, "to", "down"), "Xuống");
  add_form(page, buttons, NULL, "plan.task_remove", json_pack("{s:s, s:i}", "part", key, "task", (int)index + 1), "Bỏ");
}

/* Other tables are edited as lines of cells divided by bars. */
static char *rows_text(const json_t *table) {
  g_autoptr(GString) all = g_string_new(NULL);
  gsize r, c;
  json_t *row, *cell;
  json_array_foreach(json_object_get(table, "rows"), r, row) {
    gboolean group = json_is_true(json_object_get(row, "group")), any = FALSE;
    json_array_foreach(json_object_get(row, "cells"), c, cell) {
      const char *text = json_string_value(cell);
      if (group && (!text || !*text))
        continue;
      g_string_append_printf(all, "%s%s", any ? " | " : "", text ? text : "");
      any = TRUE;
    }
    g_string_append_c(all, '\n');
  }
  return g_strdup(all->str);
}

/* --- parts --- */

/* Only a part with a table of its own asks for rows. */
static void hide_rows(Doc *row) {
  Doc *form = (Doc *)(gintptr)doc_get(row, KEY("form")), *fields = (Doc *)(gintptr)doc_get(form, KEY("fields"));
  for (Doc **at = &fields->first; *at; at = &(*at)->next)
    if (g_strcmp0(doc_get_text(*at, KEY("name")), "rows") == 0) {
      *at = (*at)->next;
      return;
    }
}

static void add_part_state(const Page *page, const json_t *part, Doc *row) {
  gboolean missing = json_object_get(part, "guide") && !plan_part_is_written(part);
  gboolean carried = json_is_true(json_object_get(part, "carried")) && plan_part_is_written(part);
  if (!missing && !carried)
    return;
  Doc *state = doc_object(row, KEY("state"));
  doc_text(state, KEY("class"), missing ? "late" : "soon");
  doc_text(state, KEY("label"), message(page->request->lang, missing ? "Cần soạn" : "Suy ra"));
}

static void add_open_part(const Page *page, const json_t *part, Doc *row) {
  const char *key = text_at(part, "key");
  const json_t *table = json_object_get(part, "table");
  json_t *values = json_pack("{s:s, s:s, s:s}", "part", key, "title", text_at(part, "title"), "text", text_at(part, "text"));
  gboolean plain = table && !plan_task_count(part) && json_array_size(json_object_get(table, "rows"));
  g_autofree char *rows = plain ? rows_text(table) : NULL;
  if (rows)
    json_object_set_new(values, "rows", json_string(rows));
  add_form(page, row, KEY("form"), "plan.part", values, "Lưu mục");
  if (!plain)
    hide_rows(row);
  Doc *buttons = doc_list(row, KEY("buttons")), *actions = doc_list(row, KEY("actions"));
  add_form(page, buttons, NULL, "plan.part_move", json_pack("{s:s, s:s}", "part", key, "to", "up"), "Chuyển lên");
  add_form(page, buttons, NULL, "plan.part_move", json_pack("{s:s, s:s}", "part", key, "to", "down"), "Chuyển xuống");
  add_form(page, buttons, NULL, "plan.part_remove", json_pack("{s:s}", "part", key), "Bỏ mục này");
  add_form(page, actions, NULL, "plan.part_add", json_pack("{s:s}", "part", key), "Thêm mục ở dưới");
  if (page->task >= 0)
    add_task_form(page, part, row);
  doc_text(row, KEY("add_task_url"), arena_printf(page->request->arena, "/ke-hoach/%s/soan?part=%s&task=0#nhiem-vu", page->plan->id, key));
}

/* What the check found in this part; that it is not written its state says already. */
static void add_part_findings(const Page *page, const json_t *part, Doc *row) {
  Doc *list = NULL;
  gsize index;
  json_t *defect;
  json_array_foreach(json_object_get(page->findings, "defects"), index, defect) {
    if (strcmp(text_at(defect, "part"), text_at(part, "key")) != 0 || strcmp(text_at(defect, "code"), "section_unwritten") == 0)
      continue;
    list = list ? list : doc_list(row, KEY("faults"));
    Doc *fault = doc_object(list, NULL);
    doc_text(fault, KEY("class"), strcmp(text_at(defect, "severity"), "error") == 0 ? "late" : "soon");
    doc_text_copy(fault, KEY("text"), text_at(defect, "found"));
    doc_text_copy(fault, KEY("fix"), text_at(defect, "fix"));
  }
}

static void add_paragraphs(const json_t *part, Doc *row) {
  Doc *list = doc_list(row, KEY("paragraphs"));
  g_auto(GStrv) lines = g_strsplit(text_at(part, "text"), "\n", -1);
  for (char **line = lines; *line; line++)
    if (**line)
      doc_text_copy(doc_object(list, NULL), KEY("text"), *line);
}

static void add_part(const Page *page, const json_t *part, Doc *parts) {
  Doc *row = doc_object(parts, NULL);
  const char *key = text_at(part, "key");
  gboolean open = strcmp(key, page->part) == 0;
  gsize count = plan_task_count(part);
  doc_text_copy(row, KEY("key"), key);
  doc_text_copy(row, KEY("label"), text_at(part, "label"));
  doc_text_copy(row, KEY("title"), text_at(part, "title"));
  doc_int(row, KEY("level"), json_integer_value(json_object_get(part, "level")));
  doc_text(row, KEY("url"), arena_printf(page->request->arena, "/ke-hoach/%s/soan?part=%s#%s", page->plan->id, key, key));
  doc_bool(row, KEY("open"), open);
  if (!plan_part_is_written(part) || open)
    doc_text_copy(row, KEY("guide"), json_string_value(json_object_get(part, "guide")));
  add_part_state(page, part, row);
  add_part_findings(page, part, row);
  if (!open)
    add_paragraphs(part, row);
  Doc *tasks = count ? doc_list(row, KEY("tasks")) : NULL;
  for (gsize i = 0; i < count; i++)
    add_task(page, part, i, count, open, tasks);
  if (!count && json_object_get(part, "table") && !open) {
    g_autofree char *rows = rows_text(json_object_get(part, "table"));
    doc_text_copy(row, KEY("table_text"), rows);
  }
  if (open)
    add_open_part(page, part, row);
}

static void add_note(const Page *page, const PlanDraft *draft, Doc *answer) {
  Request *request = page->request;
  int unwritten = plan_manuscript_unwritten(page->manuscript);
  const char *text = NULL;
  if (draft->submitted_ms)
    text = arena_printf(request->arena, "%s: %s.", message(request->lang, "Đang chờ phê duyệt, người trình"),
                        draft->submitted_by_name ? draft->submitted_by_name : "");
  else if (draft->returned && *draft->returned)
    text = arena_printf(request->arena, "%s: %s", message(request->lang, "Đã trả lại để sửa"), draft->returned);
  else if (unwritten)
    text = arena_printf(request->arena, "%s %d %s", message(request->lang, "Còn"), unwritten, message(request->lang, "mục cần soạn."));
  if (!text)
    return;
  Doc *note = doc_object(answer, KEY("note"));
  doc_text(note, KEY("class"), "soon");
  doc_text(note, KEY("text"), text);
}

/* What stands in no part: head, bases, what is missing altogether. */
static json_t *findings_of_whole(const json_t *findings) {
  json_t *list = json_array(), *defect;
  gsize index;
  json_array_foreach(json_object_get(findings, "defects"), index, defect) {
    if (!json_object_get(defect, "part"))
      json_array_append(list, defect);
  }
  return json_pack("{s:o}", "defects", list);
}

static void add_findings(const Page *page, Doc *answer) {
  json_t *whole = findings_of_whole(page->findings);
  doc_text(answer, KEY("checked"), plan_findings_summary(page->request, page->findings));
  plan_show_findings(page->request, answer, plan_keep_json(page->request, whole),
                     arena_printf(page->request->arena, "/ke-hoach/%s?muc=ban-goc", page->plan->id));
  json_decref(whole);
}

static const json_t *findings_kept(Request *request, const Plan *plan, GError **error) {
  PlanContent content = {0};
  if (!plan_store_get_content(request_read(request, error), plan->id, &content, error))
    return NULL;
  json_t *findings = plan_keep_json(request, content.findings);
  plan_content_clear(&content);
  return findings;
}

gboolean plan_compose_page(Request *request, Doc *answer, GError **error) {
  g_auto(PlanDraft) draft = {0};
  GError *failed = NULL;
  gsize index;
  json_t *part;
  const Plan *plan = plan_require(request, input_text(request, "id"), "plan.write", error);
  if (!plan)
    return FALSE;
  if (strcmp(plan->state, "draft") != 0) {
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "Chỉ sửa được bản nháp. Kế hoạch đã ban hành thì soạn kế hoạch thay thế.");
    return FALSE;
  }
  if (!plan_draft_get(request_read(request, error), request->arena, plan->id, &draft, &failed) && !failed)
    draft.manuscript = plan_manuscript_of(request, plan, &failed);
  if (failed) {
    g_propagate_error(error, failed);
    return FALSE;
  }
  const json_t *findings = findings_kept(request, plan, error);
  if (!findings)
    return FALSE;
  Page page = {request, plan, plan_keep_json(request, draft.manuscript), findings, input_text(request, "part") ? input_text(request, "part") : "",
               input_int(request, "task", -1)};
  doc_text(answer, KEY("page_title"), plan->title);
  doc_text(answer, KEY("list_url"), "/ke-hoach");
  doc_text(answer, KEY("plan_url"), arena_printf(request->arena, "/ke-hoach/%s", plan->id));
  doc_text(answer, KEY("title"), plan->title);
  doc_text(answer, KEY("code"), plan->code);
  doc_int(answer, KEY("version"), plan->version);
  add_note(&page, &draft, answer);
  doc_bool(answer, KEY("head_open"), strcmp(page.part, "dau") == 0);
  add_head_form(&page, answer);
  add_bases_form(&page, answer);
  Doc *parts = doc_list(answer, KEY("parts"));
  json_array_foreach(json_object_get(page.manuscript, "parts"), index, part) {
    add_part(&page, part, parts);
  }
  add_findings(&page, answer);
  return TRUE;
}

/* --- a new plan --- */

static int this_year(const Request *request) {
  return day_at(request->now_ms).year;
}

static void add_origin(Request *request, Doc *form, const char *value, const char *label, const Plan *plan, gboolean chosen) {
  form_option(form, "origin", value,
              plan ? arena_printf(request->arena, "%s: %s %s", message(request->lang, label), plan->code, plan->title)
                   : message(request->lang, label), chosen);
}

gboolean plan_draft_form(Request *request, Doc *answer, GError **error) {
  GError *failed = NULL;
  StoreConn *conn = request_read(request, error);
  if (!conn || !request_require(request, "plan.write", request->body_id, error))
    return FALSE;
  const Plan *previous = plan_store_active(conn, request->arena, request->body_id, &failed);
  const Plan *above = failed ? NULL : plan_nearest_above(request, request->body_id, &failed);
  if (failed) {
    g_propagate_error(error, failed);
    return FALSE;
  }
  json_t *values = json_pack("{s:i, s:i}", "from_year", this_year(request) + 1, "to_year", this_year(request) + 1);
  doc_text(answer, KEY("list_url"), "/ke-hoach");
  doc_text(answer, KEY("title"), message(request->lang, "Soạn kế hoạch"));
  doc_text(answer, KEY("text"), message(request->lang, "Bản nháp được tạo ngay và sửa dần; chỉ có hiệu lực khi lãnh đạo phê duyệt."));
  Doc *form = form_add(request, answer, KEY("form"), "plan.draft", values, "Tạo bản nháp");
  json_decref(values);
  add_origin(request, form, "outline", "Đề cương theo quy định", NULL, !previous && !above);
  if (previous)
    add_origin(request, form, "last_year", "Kế hoạch đang hiệu lực", previous, TRUE);
  if (above)
    add_origin(request, form, "above", "Kế hoạch của cấp trên", above, !previous);
  return TRUE;
}

static const Plan *plan_asked(Request *request, const char *body_id, const char *origin, GError **error) {
  const char *from = input_text(request, "from");
  StoreConn *conn = request_read(request, error);
  if (!conn || from)
    return conn ? plan_require(request, from, "plan.read", error) : NULL;
  GError *failed = NULL;
  const Plan *plan = strcmp(origin, "above") == 0 ? plan_nearest_above(request, body_id, &failed)
                                                  : plan_store_active(conn, request->arena, body_id, &failed);
  if (failed)
    g_propagate_error(error, failed);
  else if (!plan)
    request_refuse_field(request, "origin", strcmp(origin, "above") == 0 ? "Chưa có kế hoạch nào của cấp trên đang hiệu lực."
                                                                         : "Đơn vị chưa có kế hoạch nào đang hiệu lực.", error);
  return plan;
}

gboolean plan_draft_start(Request *request, Doc *answer, GError **error) {
  const char *body_id = input_text(request, "body") ? input_text(request, "body") : request->body_id, *origin = input_text(request, "origin");
  const char *id = NULL;
  if (!request_require(request, "plan.write", body_id, error))
    return FALSE;
  DraftWish wish = {.from_year = (int)input_int(request, "from_year", this_year(request) + 1)};
  wish.to_year = (int)input_int(request, "to_year", wish.from_year);
  wish.body = body_get(request_read(request, error), request->arena, body_id, error);
  if (!wish.body)
    return FALSE;
  if (wish.to_year < wish.from_year)
    return request_refuse_field(request, "to_year", "Năm cuối trước năm đầu.", error);
  const Plan *from = strcmp(origin, "outline") == 0 ? NULL : plan_asked(request, body_id, origin, error);
  if (!from && strcmp(origin, "outline") != 0)
    return FALSE;
  wish.above = strcmp(origin, "above") == 0 ? from : NULL;
  wish.previous = strcmp(origin, "last_year") == 0 ? from : NULL;
  if (!plan_draft_make(request, origin, &wish, &id, error))
    return FALSE;
  doc_text(answer, KEY("id"), id);
  request->notice = message(request->lang, "Đã tạo bản nháp. Sửa từng mục rồi trình phê duyệt.");
  return TRUE;
}
