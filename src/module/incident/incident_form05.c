/* Mẫu số 05: how many attacks of which kind, and how they were handled, of a body with all below it. */
#include "base/date.h"
#include "core/body.h"
#include "core/file.h"
#include "core/form.h"
#include "core/message.h"
#include "module/incident/form_stats.h"
#include "module/incident/incident_catalogue.h"
#include "module/incident/incident_paper.h"
#include "module/incident/incident_period.h"
#include <string.h>

#define FORM "mau-05"

typedef struct {
  IncidentFilter filter;
  const Body *body;
  const PaperForm *form;
  json_t *counts; /* as form_stats.h takes them */
  gint64 untold;  /* ended, but nobody said how */
  GPtrArray *helpers, *foreign; /* char, each once; own their texts */
} Report;

static void report_clear(Report *report) {
  json_decref(report->counts);
  g_clear_pointer(&report->helpers, g_ptr_array_unref);
  g_clear_pointer(&report->foreign, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Report, report_clear)

/* --- reading --- */

typedef struct {
  Report *report;
  const char *kind;
} KindSum;

static gboolean take_kind(const StoreRows *rows, void *data) {
  const KindSum *sum = data;
  if (!store_int(rows, 0))
    return TRUE;
  sum->report->untold += store_int(rows, 6);
  json_object_set_new(sum->report->counts, sum->kind,
                      json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "count", (json_int_t)store_int(rows, 0), "self", (json_int_t)store_int(rows, 1),
                                "helped", (json_int_t)store_int(rows, 2), "foreign", (json_int_t)store_int(rows, 3), "asked",
                                (json_int_t)store_int(rows, 4), "damage", (json_int_t)store_int(rows, 5)));
  return TRUE;
}

/* One range of an index for each counted kind: what is outside the period costs nothing. */
static gboolean sum_kinds(StoreConn *conn, Report *report, GError **error) {
  const GPtrArray *groups = report->form->rules->kind_groups;
  for (guint g = 0; g < groups->len; g++) {
    const LawKindGroup *group = groups->pdata[g];
    for (guint k = 0; k < group->kinds->len; k++) {
      const LawKind *kind = group->kinds->pdata[k];
      IncidentFilter one = report->filter;
      one.cause = group->rule.id;
      one.kind = kind->id;
      if (kind->counted_as && !incident_figure_sum(conn, FIGURE_FORM, &one, take_kind, &(KindSum){report, kind->id}, error))
        return FALSE;
    }
  }
  return TRUE;
}

static void take_names(const char *lines, GPtrArray *names) {
  g_auto(GStrv) all = g_strsplit(lines, "\n", -1);
  for (char **line = all; *line; line++)
    if (*g_strstrip(*line) && !g_ptr_array_find_with_equal_func(names, *line, g_str_equal, NULL))
      g_ptr_array_add(names, g_strdup(*line));
}

static gboolean take_helpers(const StoreRows *rows, void *data) {
  const Report *report = data;
  take_names(store_text(rows, 0), report->helpers);
  take_names(store_text(rows, 1), report->foreign);
  return TRUE;
}

static gboolean read_report(Request *request, Report *report, GError **error) {
  StoreConn *conn = request_read(request, error);
  const FormBook *book = incident_forms(request->app, error);
  if (!conn || !book || !incident_take_period(request, &report->filter, error))
    return FALSE;
  report->form = form_book_find(book, FORM);
  report->counts = json_object();
  report->helpers = g_ptr_array_new_with_free_func(g_free);
  report->foreign = g_ptr_array_new_with_free_func(g_free);
  report->body = body_get(conn, request->arena, report->filter.body_id, error);
  return report->body && sum_kinds(conn, report, error) &&
         incident_figure_sum(conn, FIGURE_HELPERS, &report->filter, take_helpers, report, error);
}

/* --- the values of the form --- */

static char *joined(const GPtrArray *names) {
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < names->len; i++)
    g_string_append_printf(text, "%s%s", i ? "; " : "", (const char *)names->pdata[i]);
  return g_string_free(text, FALSE);
}

static json_t *values_of(const Report *report) {
  g_autofree char *helpers = joined(report->helpers), *foreign = joined(report->foreign);
  return json_pack("{s:s%, s:s%, s:s, s:s, s:o, s:s, s:s}", "from_month", report->filter.from_day, (size_t)7, "to_month", report->filter.to_day,
                   (size_t)7, "name", report->body->name, "address", report->body->place ? report->body->place : "", "table",
                   form_stats_rows(report->form->rules, report->counts), "helpers", helpers, "foreign_helpers", foreign);
}

static GBytes *write_paper(Request *request, const Report *report, gboolean pdf, GError **error) {
  json_t *values = values_of(report), *head = json_pack("{s:s}", "place", report->body->place ? report->body->place : "");
  g_autoptr(Paper) paper = form_paper(report->form, values, head, request->now_ms);
  json_decref(values);
  json_decref(head);
  return incident_write_paper(request->app, paper, pdf, error);
}

/* What the bars say. */
static const char *finding(Request *request, const Report *report) {
  const char *kind = NULL, *lang = request->lang;
  const json_t *entry = NULL, *most = NULL;
  gint64 sum = 0;
  void *at;
  for (at = json_object_iter(report->counts); at; at = json_object_iter_next(report->counts, at)) {
    entry = json_object_iter_value(at);
    sum += json_integer_value(json_object_get(entry, "count"));
    if (!most || json_integer_value(json_object_get(entry, "count")) > json_integer_value(json_object_get(most, "count"))) {
      most = entry;
      kind = json_object_iter_key(at);
    }
  }
  if (!most)
    return message(lang, "Không có sự cố do tấn công mạng trong kỳ");
  return arena_printf(request->arena, "%d %s; %s: %s (%d)", (int)sum, message(lang, "sự cố do tấn công mạng"), message(lang, "nhiều nhất"),
                      law_find_kind(report->form->rules, kind, NULL)->counted_as, (int)json_integer_value(json_object_get(most, "count")));
}

/* --- the page --- */

static const char *const CELLS[] = {"", "&measure=tu-xu-ly", "&measure=ho-tro", "&measure=nuoc-ngoai", "&measure=de-nghi"};

static void add_row(Request *request, const Report *report, const char *label, const char *which, const json_t *cells, Doc *list) {
  Doc *row = doc_object(list, NULL), *shown;
  doc_text(row, KEY("label"), label);
  shown = doc_list(row, KEY("cells"));
  for (gsize i = 0; i < G_N_ELEMENTS(CELLS); i++) {
    Doc *cell = doc_object(shown, NULL);
    gint64 count = json_integer_value(json_array_get(cells, i));
    doc_int(cell, KEY("count"), count);
    doc_text(cell, KEY("text"), arena_printf(request->arena, "%" G_GINT64_FORMAT, count));
    if (count)
      doc_text(cell, KEY("url"), incident_figure_url(request, &report->filter, arena_printf(request->arena, "state=xac-nhan&%s%s", which, CELLS[i])));
  }
  doc_int(row, KEY("count"), json_integer_value(json_array_get(cells, 0)));
  doc_text_copy(row, KEY("damage"), json_string_value(json_array_get(cells, G_N_ELEMENTS(CELLS))));
}

/* All counted kinds are of one group: the one that the sum leads to. */
static const char *counted_cause(const Law *law) {
  for (guint g = 0; g < law->kind_groups->len; g++) {
    const LawKindGroup *group = law->kind_groups->pdata[g];
    if (((const LawKind *)group->kinds->pdata[0])->counted_as)
      return group->rule.id;
  }
  return "";
}

static void add_table(Request *request, const Report *report, Doc *answer) {
  const Law *law = report->form->rules;
  json_t *rows = form_stats_rows(law, report->counts);
  Doc *columns = doc_list(answer, KEY("columns")), *list = doc_list(answer, KEY("rows"));
  gsize at = 0;
  const LawField *field = NULL;
  for (guint g = 0; g < report->form->law->groups->len; g++) {
    const LawFieldGroup *group = report->form->law->groups->pdata[g];
    for (guint f = 0; f < group->fields->len; f++)
      if (strcmp(((const LawField *)group->fields->pdata[f])->id, "table") == 0)
        field = group->fields->pdata[f];
  }
  doc_text(answer, KEY("first"), field->label);
  for (guint i = 0; i < field->options->len; i++)
    doc_text(columns, NULL, field->options->pdata[i]);
  for (guint g = 0; g < law->kind_groups->len; g++) {
    const LawKindGroup *group = law->kind_groups->pdata[g];
    for (guint k = 0; k < group->kinds->len; k++) {
      const LawKind *kind = group->kinds->pdata[k];
      if (kind->counted_as)
        add_row(request, report, kind->counted_as, arena_printf(request->arena, "kind=%s", kind->id), json_array_get(rows, at++), list);
    }
  }
  Doc *total = doc_list(answer, KEY("total"));
  add_row(request, report, message(request->lang, "Tổng số"), arena_printf(request->arena, "cause=%s", counted_cause(law)), json_array_get(rows, at), total);
  json_decref(rows);
}

static void add_names(const GPtrArray *names, Doc *list) {
  for (guint i = 0; i < names->len; i++)
    doc_text_copy(list, NULL, names->pdata[i]);
}

static void add_files(Request *request, const Report *report, Doc *answer) {
  static const char *const FORMATS[][2] = {{"docx", "DOCX"}, {"pdf", "PDF"}, {"xlsx", "XLSX"}, {"svg", "SVG"}};
  Doc *files = doc_list(answer, KEY("files"));
  for (gsize i = 0; i < G_N_ELEMENTS(FORMATS); i++) {
    Doc *file = doc_object(files, NULL);
    doc_text(file, KEY("label"), FORMATS[i][1]);
    doc_text(file, KEY("url"), arena_printf(request->arena, "/su-co/mau-05/tep?format=%s&%s", FORMATS[i][0], incident_period_query(request, &report->filter)));
  }
}

/* Other modules name the duties that this form proves, in "proves": [{id, label}]. */
static gboolean add_proof_form(Request *request, const Report *report, Doc *answer, GError **error) {
  Doc *proves = doc_list(answer, KEY("proves"));
  if (!app_add_beside(request, "form", FORM, answer, error))
    return FALSE;
  if (!proves->first || !request_may(request, "incident.command", report->filter.body_id))
    return TRUE;
  json_t *values = json_pack("{s:s, s:s, s:s}", "from", report->filter.from_day, "to", report->filter.to_day, "body", report->filter.body_id);
  Doc *form = form_add(request, answer, KEY("prove"), "incident.form05_prove", values, "Dùng làm minh chứng");
  for (const Doc *duty = proves->first; duty; duty = duty->next)
    form_option(form, "duty", doc_get_text(duty, KEY("id")), doc_get_text(duty, KEY("label")), FALSE);
  json_decref(values);
  return TRUE;
}

gboolean incident_form05(Request *request, Doc *answer, GError **error) {
  g_auto(Report) report = {0};
  Day end = {0};
  if (!read_report(request, &report, error) || !incident_add_period(request, &report.filter, "/su-co/mau-05", answer, error))
    return FALSE;
  const LawForm *form = report.form->law;
  g_autofree char *basis = law_basis_text(&form->rule);
  const char *title = finding(request, &report);
  g_autofree char *svg = form_stats_svg(report.form->rules, report.counts, title);
  date_parse_day(report.filter.to_day, &end);
  doc_text(answer, KEY("page_title"), form->number);
  doc_text(answer, KEY("number"), form->number);
  doc_text(answer, KEY("name"), form->name);
  doc_text_copy(answer, KEY("basis"), basis);
  doc_bool(answer, KEY("past"), !law_in_force(&form->rule, law_profile_at(report.form->rules, end), end));
  doc_text(answer, KEY("chart_title"), title);
  doc_text_copy(answer, KEY("svg"), svg);
  doc_text(answer, KEY("stats_url"), arena_printf(request->arena, "/su-co/thong-ke?%s", incident_period_query(request, &report.filter)));
  add_table(request, &report, answer);
  add_names(report.helpers, doc_list(answer, KEY("helpers")));
  add_names(report.foreign, doc_list(answer, KEY("foreign_helpers")));
  if (report.untold) {
    doc_text(answer, KEY("untold"), arena_printf(request->arena, "%" G_GINT64_FORMAT, report.untold));
    doc_text(answer, KEY("untold_url"), incident_figure_url(request, &report.filter,
             arena_printf(request->arena, "cause=%s&measure=chua-ghi", counted_cause(report.form->rules))));
  }
  add_files(request, &report, answer);
  return add_proof_form(request, &report, answer, error);
}

/* --- files --- */

static GBytes *write_sheet(Request *request, const Report *report, GError **error) {
  const char *title = arena_printf(request->arena, "%s, %s, %s – %s", report->form->law->number, report->body->name, report->filter.from_day,
                                   report->filter.to_day);
  return form_stats_sheet(report->form->rules, report->counts, title, report->body->name, request->now_ms, error);
}

static GBytes *write_svg(Request *request, const Report *report, GError **error G_GNUC_UNUSED) {
  char *svg = form_stats_svg(report->form->rules, report->counts, finding(request, report));
  return g_bytes_new_take(svg, strlen(svg));
}

static GBytes *write_docx(Request *request, const Report *report, GError **error) {
  return write_paper(request, report, FALSE, error);
}

static GBytes *write_pdf(Request *request, const Report *report, GError **error) {
  return write_paper(request, report, TRUE, error);
}

static const struct {
  const char *format, *type;
  GBytes *(*write)(Request *request, const Report *report, GError **error);
} WRITERS[] = {
    {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", write_docx},
    {"pdf", "application/pdf", write_pdf},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_sheet},
    {"svg", "image/svg+xml", write_svg},
};

static const char *file_name(Request *request, const Report *report, const char *format) {
  return arena_printf(request->arena, "mau-05_%s_%s.%s", report->filter.from_day, report->filter.to_day, format);
}

gboolean incident_form05_file(Request *request, Doc *answer G_GNUC_UNUSED, GError **error) {
  g_auto(Report) report = {0};
  const char *format = input_text(request, "format") ? input_text(request, "format") : WRITERS[0].format;
  if (!read_report(request, &report, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS(WRITERS); i++)
    if (strcmp(WRITERS[i].format, format) == 0) {
      request->file = WRITERS[i].write(request, &report, error);
      request->file_type = WRITERS[i].type;
      request->file_name = file_name(request, &report, format);
    }
  return request->file != NULL;
}

/* --- as proof of a duty: whoever keeps duties takes it --- */

typedef struct {
  const char *duty, *body_id;
  json_t *proof;
} Proving;

static gboolean give_proof(Change *change, void *data, GError **error) {
  const Proving *proving = data;
  change_about(change, "form", FORM, proving->body_id, json_pack("{s:s, s:O}", "duty", proving->duty, "file", json_object_get(proving->proof, "name")));
  return change_emit(change, "proof.given", "duty", proving->duty, proving->body_id, proving->proof, error);
}

gboolean incident_form05_prove(Request *request, Doc *answer, GError **error) {
  g_auto(Report) report = {0};
  char sha256[65];
  if (!read_report(request, &report, error) || !request_require(request, "incident.command", report.filter.body_id, error))
    return FALSE;
  g_autoptr(GBytes) file = write_paper(request, &report, FALSE, error);
  if (!file || !file_keep_bytes(request->app, g_bytes_get_data(file, NULL), g_bytes_get_size(file), sha256, error))
    return FALSE;
  const char *note = arena_printf(request->arena, "%s: %s, %s – %s", report.form->law->number, report.body->name, report.filter.from_day, report.filter.to_day);
  Proving proving = {.duty = input_text(request, "duty"), .body_id = report.body->id,
                     .proof = json_pack("{s:s, s:I, s:s, s:s}", "sha256", sha256, "size", (json_int_t)g_bytes_get_size(file), "name",
                                        file_name(request, &report, "docx"), "note", note)};
  gboolean good = request_change(request, give_proof, &proving, error);
  json_decref(proving.proof);
  if (!good)
    return FALSE;
  doc_text(answer, KEY("duty"), proving.duty);
  doc_text(answer, KEY("sha256"), arena_text(request->arena, sha256, -1));
  request->notice = message(request->lang, "Đã thêm Mẫu số 05 vào minh chứng của nhiệm vụ.");
  return TRUE;
}
