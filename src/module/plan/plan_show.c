#include "module/plan/plan_show.h"
#include "core/message.h"
#include "module/plan/plan_check.h"
#include "module/plan/plan_edit.h"
#include "module/plan/plan_file.h"
#include <string.h>

typedef struct {
  const char *name, *label, *css;
} Word;

static const Word PERIODS[] = {
    {"once", "một lần", NULL},
    {"continuous", "thường xuyên", NULL},
    {"continuous_yearly", "thường xuyên trong năm", NULL},
    {"yearly", "hằng năm", NULL},
    {"every_6_months", "06 tháng một lần", NULL},
    {"at_least_once_a_year", "mỗi năm ít nhất 01 lần", NULL},
    {"on_event", "khi có sự cố", NULL},
    {"on_request", "khi có yêu cầu", NULL},
    {"none", "không nêu thời gian", NULL},
};
static const Word STATES[] = {
    {"draft", "Bản nháp", "wait"},
    {"active", "Đang hiệu lực", "done"},
    {"expired", "Hết kỳ", "none"},
    {"replaced", "Đã thay thế", "none"},
};
static const Word SEVERITIES[] = {
    {"error", "Lỗi", "late"},
    {"warning", "Cảnh báo", "soon"},
    {"info", "Gợi ý", "none"},
};

static const Word *find(const Word *words, gsize count, const char *name) {
  for (gsize i = 0; i < count; i++)
    if (g_strcmp0(words[i].name, name) == 0)
      return &words[i];
  return NULL;
}
#define FIND(words, name) find(words, G_N_ELEMENTS(words), name)

const char *plan_period_label(const char *kind) {
  const Word *word = FIND(PERIODS, kind);
  return word ? word->label : "";
}

const char *plan_state_label(const char *state) {
  const Word *word = FIND(STATES, state);
  return word ? word->label : "";
}

const char *plan_state_css(const char *state) {
  const Word *word = FIND(STATES, state);
  return word ? word->css : "none";
}

static void drop_json(gpointer value) {
  json_decref(value);
}

json_t *plan_keep_json(Request *request, json_t *value) {
  request_keep(request, json_incref(value), drop_json);
  return value;
}

const char *plan_findings_summary(Request *request, const json_t *findings) {
  return arena_printf(request->arena, "%d %s · %d %s · %d %s", plan_findings_count(findings, "error"), message(request->lang, "lỗi"),
                      plan_findings_count(findings, "warning"), message(request->lang, "cảnh báo"),
                      plan_findings_count(findings, "info"), message(request->lang, "gợi ý"));
}

static const char *code_title(const char *code) {
  const PlanCheckCode *row;
  for (gsize i = 0; (row = plan_check_code(i)); i++)
    if (g_strcmp0(row->code, code) == 0)
      return row->title;
  if (g_strcmp0(code, "section_unwritten") == 0) /* of drafts alone, so not among the checks */
    return "Mục chưa được viết";
  return code ? code : "";
}

static const char *text_at(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text ? text : "";
}

/* One entry a code: what was found in several places stands together, each with its line. */
static void show_code(Request *request, Doc *list, const json_t *all, const json_t *first, const char *base) {
  const Word *severity = FIND(SEVERITIES, text_at(first, "severity"));
  const char *code = text_at(first, "code");
  g_autoptr(GString) text = g_string_new(NULL);
  gsize index;
  json_t *finding;
  Doc *row = doc_object(list, NULL);
  doc_text_copy(row, KEY("code"), code);
  doc_text(row, KEY("class"), severity ? severity->css : "none");
  doc_text(row, KEY("label"), severity ? message(request->lang, severity->label) : "");
  doc_text(row, KEY("title"), arena_printf(request->arena, "%s.", message(request->lang, code_title(code))));
  doc_text_copy(row, KEY("basis"), text_at(first, "basis"));
  Doc *lines = doc_list(row, KEY("lines"));
  json_array_foreach(all, index, finding) {
    int line = (int)json_integer_value(json_object_get(finding, "line"));
    if (strcmp(text_at(finding, "code"), code) != 0 || strcmp(text_at(finding, "severity"), text_at(first, "severity")) != 0)
      continue;
    g_string_append_printf(text, "%s%s.", text->len ? " " : "", text_at(finding, "found"));
    if (line > 0) {
      Doc *link = doc_object(lines, NULL);
      doc_int(link, KEY("n"), line);
      doc_text(link, KEY("url"), arena_printf(request->arena, "%s#d%d", base, line));
    }
  }
  if (*text_at(first, "fix"))
    g_string_append_printf(text, " %s: %s.", message(request->lang, "Cách sửa"), text_at(first, "fix"));
  doc_text_copy(row, KEY("text"), text->str);
}

static gboolean is_first_of_code(const json_t *all, gsize at) {
  const json_t *own = json_array_get(all, at);
  for (gsize i = 0; i < at; i++) {
    const json_t *other = json_array_get(all, i);
    if (json_equal(json_object_get(other, "code"), json_object_get(own, "code")) &&
        json_equal(json_object_get(other, "severity"), json_object_get(own, "severity")))
      return FALSE;
  }
  return TRUE;
}

void plan_show_findings(Request *request, Doc *answer, const json_t *findings, const char *base) {
  const json_t *all = json_object_get(findings, "defects");
  Doc *list = doc_list(answer, KEY("findings"));
  for (gsize i = 0; i < json_array_size(all); i++)
    if (is_first_of_code(all, i))
      show_code(request, list, all, json_array_get(all, i), base);
}

/* --- the source --- */

typedef enum { LINE_PLAIN, LINE_READ, LINE_INFERRED, LINE_WRONG } LineMark;

static void mark_lines(GArray *marks, int from, int to, LineMark mark) {
  for (int n = MAX(from, 1); n <= to && n < (int)marks->len; n++) {
    LineMark *old = &g_array_index(marks, LineMark, n);
    *old = MAX(*old, mark);
  }
}

static GArray *line_marks(const json_t *reading, const json_t *source, const json_t *findings) {
  const json_t *last = json_array_get(source, json_array_size(source) - 1);
  guint count = (guint)json_integer_value(json_object_get(last, "n")) + 1;
  GArray *marks = g_array_sized_new(FALSE, TRUE, sizeof(LineMark), count);
  const char *pointer;
  json_t *entry;
  gsize index;
  g_array_set_size(marks, count);
  json_object_foreach(json_object_get(reading, "provenance"), pointer, entry) {
    gboolean inferred = strcmp(text_at(entry, "certainty"), "inferred") == 0;
    mark_lines(marks, (int)json_integer_value(json_object_get(entry, "line_from")),
               (int)json_integer_value(json_object_get(entry, "line_to")), inferred ? LINE_INFERRED : LINE_READ);
  }
  json_array_foreach(json_object_get(findings, "defects"), index, entry) {
    int line = (int)json_integer_value(json_object_get(entry, "line"));
    if (strcmp(text_at(entry, "severity"), "error") == 0)
      mark_lines(marks, line, line, LINE_WRONG);
  }
  return marks;
}

static void show_line(Doc *lines, const json_t *line, LineMark mark) {
  static const char *const CSS[] = {[LINE_READ] = "read", [LINE_INFERRED] = "infer", [LINE_WRONG] = "wrong"};
  Doc *row = doc_object(lines, NULL);
  doc_int(row, KEY("n"), json_integer_value(json_object_get(line, "n")));
  doc_bool(row, KEY("centre"), json_is_true(json_object_get(line, "centre")));
  Doc *span = doc_object(doc_list(row, KEY("spans")), NULL);
  doc_text(span, KEY("text"), text_at(line, "text"));
  if (mark != LINE_PLAIN)
    doc_text(span, KEY("mark"), CSS[mark]);
}

void plan_show_source(Doc *answer, const json_t *reading, const json_t *source, const json_t *findings) {
  g_autoptr(GArray) marks = line_marks(reading, source, findings);
  Doc *lines = doc_list(answer, KEY("lines"));
  gsize index;
  json_t *line;
  json_array_foreach(source, index, line) {
    guint n = (guint)json_integer_value(json_object_get(line, "n"));
    const char *text = text_at(line, "text");
    if (text[strspn(text, " \t\f")] && n < marks->len)
      show_line(lines, line, g_array_index(marks, LineMark, n));
  }
  doc_int(answer, KEY("line_count"), (gint64)json_array_size(source));
}
