/* Who reports to whom: in an incident, and at regular times; the steps of the response. */
#include "module/plan/plan_task.h"
#include <string.h>

void plan_report_add(PlanReading *reading, PlanText sender, PlanText rest, int line_from, int line_to) {
  static const char *const COPY[] = {"dong gui", "dong thoi gui", "gui dong thoi", NULL};
  json_t *chain = json_object_get(reading->plan, "reporting_chain");
  gsize copy = rest.length, copy_words = 0, verb = plan_starts(rest.fold, "bao cao") ? 7 : 0;
  for (gsize i = 0; COPY[i]; i++) {
    gssize at = plan_find_word(rest.fold, 0, COPY[i]);
    if (at >= 0) {
      copy = (gsize)at;
      copy_words = strlen(COPY[i]);
    }
  }
  g_autoptr(GArray) to = g_array_new(FALSE, FALSE, sizeof(PlanText)), cc = g_array_new(FALSE, FALSE, sizeof(PlanText));
  plan_units_split(reading, plan_text_slice(reading->chunk, rest, verb, copy), to);
  plan_units_split(reading, plan_text_from(reading->chunk, rest, copy + copy_words), cc);
  json_t *recipients = json_array(), *copies = json_array();
  for (guint i = 0; i < to->len; i++)
    json_array_append_new(recipients, plan_json_text(g_array_index(to, PlanText, i)));
  for (guint i = 0; i < cc->len; i++)
    json_array_append_new(copies, plan_json_text(g_array_index(cc, PlanText, i)));
  json_array_append_new(chain,
                        json_pack("{s:o, s:o, s:o, s:s}", "sender", plan_json_text(sender), "recipients", recipients,
                                  "copy", copies, "mode", copy_words ? "báo cáo, đồng gửi" : "báo cáo"));
  plan_note(reading, PLAN_READ, line_from, line_to, "/reporting_chain/%" G_GSIZE_FORMAT, json_array_size(chain) - 1);
}

/* A task "Báo cáo … tới/đến/cho …" is a link of the chain, too. */
static void chain_from_tasks(PlanReading *reading) {
  static const char *const TO[] = {"toi", "den", "cho", "ve", "gui", NULL};
  json_t *tasks = json_object_get(reading->plan, "tasks"), *task;
  gsize index;
  json_array_foreach(tasks, index, task) {
    json_t *content = json_object_get(task, "content"), *lead = json_array_get(json_object_get(task, "lead"), 0);
    PlanText text = json_is_string(content) ? plan_reading_text(reading, json_string_value(content)) : PLAN_TEXT_EMPTY;
    if (!plan_starts(text.fold, "bao cao") || !lead)
      continue;
    gssize at = -1;
    for (gsize i = 0; TO[i] && at < 0; i++)
      at = plan_find_word(text.fold, 0, TO[i]);
    if (at < 0)
      continue;
    gsize from = (gsize)at + strcspn(text.fold + at, " ");
    gsize end = from;
    while (end < text.length && !plan_starts(text.fold + end, " theo ") &&
           !plan_starts(text.fold + end, " va quy dinh") && text.fold[end] != '.')
      end++;
    g_autofree char *pointer = g_strdup_printf("/tasks/%" G_GSIZE_FORMAT "/content", index);
    json_t *lines = json_object_get(reading->provenance, pointer);
    plan_report_add(reading, plan_reading_text(reading, json_string_value(lead)),
                    plan_text_slice(reading->chunk, text, from, end),
                    (int)json_integer_value(json_object_get(lines, "line_from")),
                    (int)json_integer_value(json_object_get(lines, "line_to")));
  }
}

static json_t *frequencies(PlanReading *reading, PlanText text, gsize from, gsize to) {
  static const char *const WORDS[] = {"06 thang",   "6 thang",     "sau thang", "hang nam", "01 nam",
                                      "mot nam",    "1 nam",       "dot xuat",  "hang quy", "quy",
                                      "hang thang", "bao cao nam", "nam",       NULL};
  json_t *list = json_array();
  for (gsize i = from; i < to;) {
    gsize length = (i == 0 || text.fold[i - 1] == ' ') ? plan_starts_any(text.fold + i, WORDS) : 0;
    gsize skip = length && plan_starts(text.fold + i, "bao cao nam") ? 8 : 0;
    gboolean year = length - skip == 3 && plan_starts(text.fold + i + skip, "nam") &&
                    g_ascii_isdigit(text.fold[MIN(i + length + 1, text.length)]);
    if (length && !year)
      json_array_append_new(list, plan_json_text(plan_text_slice(reading->chunk, text, i + skip, i + length)));
    i += MAX(length, (gsize)1);
  }
  return list;
}

static json_t *dates_in(PlanReading *reading, PlanText text) {
  json_t *dates = json_array();
  for (gssize at = plan_find_word(text.fold, 0, "truoc ngay"); at >= 0;
       at = plan_find_word(text.fold, (gsize)at + 1, "truoc ngay")) {
    gsize end = (gsize)at + 10;
    end += strspn(text.fold + end, " 0123456789/");
    json_array_append_new(dates, plan_json_text(plan_text_slice(reading->chunk, text, (gsize)at, end)));
  }
  return dates;
}

static json_t *recipients_in(PlanReading *reading, PlanText text, gsize from) {
  static const char *const TO[] = {"gui", "ve", "cho", "bao cao", "trinh", NULL};
  static const char *const STOPS[] = {"de", "theo", "truoc", "tong hop", "ket qua", "tinh hinh", "vao", "khi", NULL};
  for (gsize i = from; i < text.length; i++) {
    gsize length = text.fold[i - (i ? 1 : 0)] == ' ' ? plan_starts_any(text.fold + i, TO) : 0;
    gsize at = length ? i + length + 1 : 0;
    if (!at || !plan_unit_starts(text, at))
      continue;
    gsize end = at;
    while (end < text.length && !strchr(".;(", text.fold[end]) &&
           !(text.fold[end - 1] == ' ' && plan_starts_any(text.fold + end, STOPS)))
      end++;
    if (plan_starts(text.fold + i, "trinh") || (end < text.length && plan_starts(text.fold + end, "ky gui")))
      continue;
    return plan_units_json(reading, plan_text_slice(reading->chunk, text, at, end));
  }
  return json_array();
}

/* A duty that reports at regular times. */
static gboolean is_periodic(const char *fold, gsize *out_at) {
  static const char *const PERIODS[] = {"06 thang", "6 thang", "hang nam",   "hang quy", "bao cao nam",
                                        "mot nam",  "01 nam",  "hang thang", "dinh ky",  NULL};
  const char *report = strstr(fold, "bao cao");
  const char *regular = strstr(fold, "dinh ky");
  if (!report || !plan_has_any(fold, PERIODS))
    return FALSE;
  const char *from = regular && regular < report + 60 ? regular : report;
  if (!regular && !strstr(report, "06 thang") && !strstr(report, "6 thang") && !strstr(report, "nam truoc ngay") &&
      !strstr(report, "bao cao nam") && !(strstr(report, "hang nam") && strstr(report, "truoc ngay")) &&
      !plan_starts(fold, "hang nam") && !plan_starts(fold, "06 thang") && !plan_starts(fold, "6 thang"))
    return FALSE;
  *out_at = (gsize)(MIN(from, report) - fold);
  if (!regular)
    *out_at = report > fold + 40 ? (gsize)(report - fold) : 0;
  return TRUE;
}

static void add_periodic(PlanReading *reading, const char *unit, PlanText text, gsize at, const char *where) {
  json_t *reports = json_object_get(reading->plan, "periodic_reports");
  const char *report = strstr(text.fold + at, "bao cao");
  gsize words_end = report ? MIN(text.length, (gsize)(report - text.fold) + 60) : text.length;
  json_t *entry = json_pack("{s:o, s:s?, s:o, s:s, s:o, s:[]}", "frequency", frequencies(reading, text, at, words_end),
                            "sender", unit, "recipient", recipients_in(reading, text, at), "where", where, "dates",
                            dates_in(reading, plan_text_from(reading->chunk, text, at)), "suggested");
  if (json_array_size(json_object_get(entry, "frequency")))
    json_array_append(reports, entry);
  json_decref(entry);
}

static void periodic_reports(PlanReading *reading) {
  json_t *units = json_object_get(reading->plan, "organisation_duties"), *unit, *duty;
  gsize u, d;
  json_object_set_new(reading->plan, "periodic_reports", json_array());
  json_array_foreach(units, u, unit) {
    const char *name = json_string_value(json_object_get(unit, "unit"));
    json_array_foreach(json_object_get(unit, "duties"), d, duty) {
      PlanText text = plan_reading_text(reading, json_string_value(duty));
      gsize at = 0;
      if (!is_periodic(text.fold, &at))
        continue;
      gsize before = json_array_size(json_object_get(reading->plan, "periodic_reports"));
      g_autofree char *pointer =
          g_strdup_printf("/organisation_duties/%" G_GSIZE_FORMAT "/duties/%" G_GSIZE_FORMAT, u, d);
      json_t *lines = json_object_get(reading->provenance, pointer);
      int from = (int)json_integer_value(json_object_get(lines, "line_from")),
          to = (int)json_integer_value(json_object_get(lines, "line_to"));
      PlanText where = PLAN_TEXT_EMPTY;
      for (int i = reading->body; i < (int)reading->blocks->len && !where.length; i++)
        if (plan_block(reading, i)->line_from >= from)
          where = plan_block_id(reading,
                                plan_block(reading, i)->mark.kind < MARK_LETTER ? i : plan_block(reading, i)->parent);
      add_periodic(reading, name, text, at, where.text);
      if (json_array_size(json_object_get(reading->plan, "periodic_reports")) > before)
        plan_note(reading, PLAN_READ, from, to, "/periodic_reports/%" G_GSIZE_FORMAT, before);
    }
  }
}

static void add_step(PlanReading *reading, PlanText text, const PlanBlock *block) {
  json_t *steps = json_object_get(reading->plan, "response_steps");
  json_array_append_new(steps, json_pack("{s:o}", "step", plan_json_text(plan_text_bare(reading->chunk, text))));
  plan_note(reading, PLAN_READ, block->line_from, block->line_to, "/response_steps/%" G_GSIZE_FORMAT,
            json_array_size(steps) - 1);
}

/* "Bước 3: …" wherever it stands; else the leaves of the section on what is done in an incident. */
static void response_steps(PlanReading *reading) {
  static const char *const DURING[] = {"khi co su co", "khi xay ra su co", "khi co su co xay ra", NULL};
  json_t *steps = json_array();
  json_object_set_new(reading->plan, "response_steps", steps);
  int section = -1;
  for (int i = reading->body; i < (int)reading->blocks->len; i++) {
    PlanBlock *block = plan_block(reading, i);
    if (block->appendix)
      break;
    gsize colon = strcspn(block->text.fold, ":.");
    if (plan_starts(block->text.fold, "buoc ") && g_ascii_isdigit(block->text.fold[5]) && colon < block->text.length)
      add_step(reading, plan_text_from(reading->chunk, block->text, colon + 1), block);
    gboolean decided = FALSE;
    if (section < 0 && plan_block_is_heading(reading, i) && plan_has_any(block->text.fold, DURING) &&
        plan_words_response(block->text.fold, &decided))
      section = i;
  }
  if (json_array_size(steps) || section < 0)
    return;
  int end = plan_block(reading, section)->end;
  for (int i = section + 1; i < end; i++) {
    PlanBlock *block = plan_block(reading, i), *next = i + 1 < end ? plan_block(reading, i + 1) : NULL;
    gboolean leaf = !next || next->parent != i || next->label != LABEL_NONE || next->mark.kind == MARK_NONE;
    if (block->table || block->mark.kind == MARK_NONE || block->label != LABEL_NONE || !leaf ||
        (block->parent >= 0 && plan_block(reading, block->parent)->label != LABEL_NONE))
      continue;
    gsize cut = strcspn(block->text.fold, ":");
    const char *condition = strstr(block->text.fold, " (trong truong hop");
    cut = condition ? MIN(cut, (gsize)(condition - block->text.fold)) : cut;
    add_step(reading, plan_text_slice(reading->chunk, block->text, 0, cut), block);
  }
}

typedef struct {
  PlanReading *reading;
  json_t *list, *seen;
} References;

/* The number without its hyphens, so that 85/2016/NĐCP and 85/2016/NĐ-CP are one act; a law by its name. */
static char *act_key(const PlanCitation *cited) {
  g_auto(GStrv) parts = g_strsplit(cited->number.length ? cited->number.fold : cited->name.fold, "-", 0);
  return g_strjoinv("", parts);
}

static void add_reference(References *refs, const PlanCitation *cited, const char *where, int from, int to) {
  g_autofree char *key = act_key(cited);
  json_t *entry = json_object_get(refs->seen, key);
  if (!entry) {
    entry = json_pack("{s:o, s:s, s:o, s:s}", "number", plan_json_text(cited->number), "type", cited->type, "date",
                      *cited->date ? json_string(cited->date) : json_null(), "where", where);
    if (cited->name.length)
      json_object_set_new(entry, "name", plan_json_text(cited->name));
    json_array_append_new(refs->list, entry);
    json_object_set(refs->seen, key, entry);
    plan_note(refs->reading, PLAN_READ, from, to, "/references_in_body/%" G_GSIZE_FORMAT,
              json_array_size(refs->list) - 1);
    return;
  }
  const char *known = json_string_value(json_object_get(entry, "where"));
  if (strlen(known) < 400 && *where && !strstr(known, where)) {
    g_autofree char *longer = g_strconcat(known, "; ", where, NULL);
    json_object_set_new(entry, "where", json_string(longer));
  }
}

static void references_in(References *refs, PlanText text, const char *where, int from, int to) {
  PlanCitation cited;
  for (gsize at = 0; plan_citation_find(refs->reading, text, at, &cited); at = MAX(cited.to, at + 1))
    add_reference(refs, &cited, where, from, to);
}

static void references_in_table(References *refs, PlanBlock *block, int index) {
  int parent = block->parent;
  while (parent >= 0 && !plan_block_is_heading(refs->reading, parent))
    parent = plan_block(refs->reading, parent)->parent;
  PlanText name = parent < 0                                    ? PLAN_TEXT_EMPTY
                  : plan_block(refs->reading, parent)->appendix ? plan_block(refs->reading, parent)->text
                                                                : plan_block_id(refs->reading, index);
  for (guint r = 0; r < block->table->rows->len; r++) {
    PlanRow *row = &g_array_index(block->table->rows, PlanRow, r);
    g_autofree char *where = g_strdup_printf("%s dòng %u", name.text, r + 1);
    for (guint c = 0; c < block->table->columns; c++)
      references_in(refs, row->cells[c].text, where, row->line_from, row->line_to);
  }
}

/* Acts that the body cites: each once, with the places. "(Kèm theo Kế hoạch số …)" quotes the plan itself. */
static void references(PlanReading *reading) {
  References refs = {reading, json_array(), json_object()};
  for (int i = reading->body; i < (int)reading->blocks->len; i++) {
    PlanBlock *block = plan_block(reading, i);
    gboolean quotes_plan = block->text.fold[0] == '(' && plan_has_word(block->text.fold, "kem theo ke hoach");
    if (block->table)
      references_in_table(&refs, block, i);
    else if (!quotes_plan)
      references_in(&refs, block->text, plan_block_id(reading, i).text, block->line_from, block->line_to);
  }
  json_decref(refs.seen);
  json_object_set_new(reading->plan, "references_in_body", refs.list);
}

void plan_reports_read(PlanReading *reading) {
  chain_from_tasks(reading);
  periodic_reports(reading);
  response_steps(reading);
  references(reading);
}
