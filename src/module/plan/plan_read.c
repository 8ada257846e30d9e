#include "module/plan/plan_read.h"
#include "base/error.h"
#include "module/plan/plan_reading.h"
#include <string.h>

enum { LINES_MAX = 30000, LINE_BYTES_MAX = 60000, TEXT_BYTES_MAX = 2000000 };

void plan_note(PlanReading *reading, Certainty certainty, int line_from, int line_to, const char *pointer, ...) {
  static const char *const NAMES[] = {"read", "inferred", "corrected"};
  va_list args;
  va_start(args, pointer);
  g_autofree char *path = g_strdup_vprintf(pointer, args);
  va_end(args);
  json_object_set_new(
      reading->provenance, path,
      json_pack("{s:i, s:i, s:s}", "line_from", line_from, "line_to", line_to, "certainty", NAMES[certainty]));
}

json_t *plan_json_text(PlanText text) {
  return text.length ? json_string(text.text) : json_null();
}

PlanText plan_reading_text(PlanReading *reading, const char *text) {
  return plan_text(reading->chunk, text ? text : "");
}

/* Papers of another kind say so in capitals on a line of their own, before any KẾ HOẠCH. */
static const char *other_kind(PlanReading *reading) {
  static const struct {
    const char *fold, *name;
  } KINDS[] = {
      {"quyet dinh",    "quyết định"  },
      {"bao cao",       "báo cáo"        },
      {"to trinh",      "tờ trình"      },
      {"thong bao",     "thông báo"      },
      {"nghi quyet",    "nghị quyết"   },
      {"chi thi",       "chỉ thị"      },
      {"thong tu",      "thông tư"       },
      {"nghi dinh",     "nghị định"   },
      {"bien ban",      "biên bản"      },
      {"cong van",      "công văn"       },
      {"bai phat bieu", "bài phát biểu"},
      {"quy che",       "quy chế"        },
      {"cong dien",     "công điện"    },
      {"giay moi",      "giấy mời"     },
      {"huong dan",     "hướng dẫn"   },
      {"hop dong",      "hợp đồng"    },
      {"phieu trinh",   "phiếu trình"   },
      {"de an",         "đề án"        }
  };
  for (guint i = 0; i < reading->lines->len && i < 80; i++) {
    PlanLine *line = plan_line(reading, i);
    if (line->mark.kind != MARK_NONE || !plan_text_caps(line->text))
      continue;
    if (plan_starts(line->text.fold, "ke hoach"))
      return NULL;
    for (gsize k = 0; k < G_N_ELEMENTS(KINDS); k++)
      if (plan_starts(line->text.fold, KINDS[k].fold) &&
          (line->text.length == strlen(KINDS[k].fold) || strlen(KINDS[k].fold) > 10))
        return KINDS[k].name;
  }
  return NULL;
}

static gboolean speaks_of_incidents(PlanReading *reading) {
  static const char *const WORDS[] = {"su co",
                                      "an toan thong tin",
                                      "an ninh mang",
                                      "an ninh thong tin",
                                      "an toan, an ninh",
                                      "attt",
                                      "an toan he thong thong tin",
                                      NULL};
  const char *title = json_string_value(json_object_get(reading->plan, "title"));
  if (title && plan_has_any(plan_reading_text(reading, title).fold, WORDS))
    return TRUE;
  for (int i = 0; i < reading->body && i < (int)reading->blocks->len; i++)
    if (plan_has_any(plan_block(reading, i)->text.fold, (const char *const[]){"ung pho su co", "ung cuu su co", NULL}))
      return TRUE;
  return FALSE;
}

static gboolean names_itself_plan(PlanReading *reading) {
  for (guint i = 0; i < reading->blocks->len && i < (guint)reading->body + 1; i++) {
    PlanBlock *block = plan_block(reading, i);
    if (plan_has_any(block->text.fold, (const char *const[]){"ke hoach", NULL}) &&
        (block->caps || block->text.length == 8 || strstr(block->text.fold, "ban hanh ke hoach") ||
         strstr(block->text.fold, "xay dung ke hoach") || block->heading))
      return TRUE;
  }
  return FALSE;
}

static gboolean check_kind(PlanReading *reading, GError **error) {
  const char *other = other_kind(reading);
  gsize headings = json_array_size(json_object_get(reading->plan, "headings"));
  if (other)
    g_set_error(error, APP_ERROR, ERROR_UNREADABLE,
                "Đây là %s, không phải kế hoạch ứng phó sự cố. Hãy chọn tệp của chính bản kế hoạch.", other);
  else if (!names_itself_plan(reading))
    g_set_error(error, APP_ERROR, ERROR_UNREADABLE,
                "Không nhận ra kế hoạch: văn bản không có chữ KẾ HOẠCH ở đầu và không có câu ban hành kế hoạch.");
  else if (!speaks_of_incidents(reading))
    g_set_error(
        error, APP_ERROR, ERROR_UNREADABLE,
        "Kế hoạch này không phải kế hoạch ứng phó sự cố, bảo đảm an toàn thông tin mạng (theo tên và phần mở đầu).");
  else if (headings < 2)
    g_set_error(error, APP_ERROR, ERROR_UNREADABLE,
                "Không đọc được bố cục của kế hoạch: không thấy các mục I, II, … hoặc 1, 2, …");
  else
    return TRUE;
  return FALSE;
}

static json_int_t with_owner(json_t *tasks, const char *key) {
  json_int_t count = 0;
  gsize index;
  json_t *task;
  json_array_foreach(tasks, index, task) {
    json_t *value = json_object_get(task, key);
    count += json_is_array(value) ? json_array_size(value) > 0 : !json_is_null(json_object_get(value, "text"));
  }
  return count;
}

static json_int_t size_within(json_t *list, const char *key) {
  json_int_t count = 0;
  gsize index;
  json_t *entry;
  json_array_foreach(list, index, entry) count += (json_int_t)json_array_size(json_object_get(entry, key));
  return count;
}

static void count_all(json_t *plan) {
  static const char *const LISTS[][2] = {
      {"legal_bases",        "legal_bases"        },
      {"references_in_body", "references_in_body" },
      {"forces",             "forces"             },
      {"functions",          "functions"          },
      {"tasks",              "tasks"              },
      {"cause_groups",       "cause_groups"       },
      {"scenario_groups",    "scenario_groups"    },
      {"report_chain_edges", "reporting_chain"    },
      {"response_steps",     "response_steps"     },
      {"organisation_units", "organisation_duties"},
      {"periodic_reports",   "periodic_reports"   },
      {"appendices",         "appendices"         }
  };
  static const char *const COUNTED[] = {"purposes", "requirements", "principles"};
  json_t *counts = json_object();
  for (gsize i = 0; i < G_N_ELEMENTS(LISTS); i++)
    json_object_set_new(counts, LISTS[i][0],
                        json_integer((json_int_t)json_array_size(json_object_get(plan, LISTS[i][1]))));
  for (gsize i = 0; i < G_N_ELEMENTS(COUNTED); i++)
    json_object_set(counts, COUNTED[i], json_object_get(json_object_get(plan, COUNTED[i]), "count"));
  json_object_set_new(counts, "tasks_with_lead", json_integer(with_owner(json_object_get(plan, "tasks"), "lead")));
  json_object_set_new(counts, "tasks_with_time", json_integer(with_owner(json_object_get(plan, "tasks"), "time")));
  json_object_set_new(counts, "scenario_kinds",
                      json_integer(size_within(json_object_get(plan, "scenario_groups"), "kinds")));
  json_object_set_new(counts, "organisation_duties",
                      json_integer(size_within(json_object_get(plan, "organisation_duties"), "duties")));
  json_object_set_new(counts, "appendix_rows", json_integer(size_within(json_object_get(plan, "appendices"), "rows")));
  json_object_set_new(
      counts, "recipients",
      json_integer((json_int_t)json_array_size(json_object_get(json_object_get(plan, "recipients"), "list"))));
  json_object_set_new(plan, "counts", counts);
}

PlanReading *plan_reading_new(const SourceText *source) {
  PlanReading *reading = g_new0(PlanReading, 1);
  reading->source = source;
  reading->chunk = g_string_chunk_new(16384);
  reading->lines = g_array_new(FALSE, TRUE, sizeof(PlanLine));
  reading->blocks = g_array_new(FALSE, TRUE, sizeof(PlanBlock));
  reading->tables = g_ptr_array_new();
  reading->plan = json_object();
  reading->provenance = json_object();
  json_object_set_new(reading->plan, "schema", json_string("plan/1"));
  return reading;
}

void plan_reading_free(PlanReading *reading) {
  g_ptr_array_free(reading->tables, TRUE);
  g_array_free(reading->blocks, TRUE);
  g_array_free(reading->lines, TRUE);
  g_string_chunk_free(reading->chunk);
  json_decref(reading->plan);
  json_decref(reading->provenance);
  g_free(reading);
}

/* A plan is some hundred pages at most: some thousand lines of some thousand characters. What is longer is none. */
static gboolean check_size(const SourceText *source, GError **error) {
  gsize total = 0, longest = 0;
  for (guint i = 0; i < source->lines->len; i++) {
    gsize length = strlen(source_text_line(source, i)->text);
    total += length;
    longest = MAX(longest, length);
  }
  if (source->lines->len <= LINES_MAX && longest <= LINE_BYTES_MAX && total <= TEXT_BYTES_MAX)
    return TRUE;
  g_set_error(error, APP_ERROR, ERROR_UNREADABLE,
              "Văn bản quá dài cho một bản kế hoạch: có %u dòng, đoạn dài nhất %zu byte, tất cả %zu byte; được nhận đến %d "
              "dòng, %d byte một đoạn, %d byte tất cả. Hãy tách riêng bản kế hoạch rồi nộp lại.",
              source->lines->len, longest, total, LINES_MAX, LINE_BYTES_MAX, TEXT_BYTES_MAX);
  return FALSE;
}

gboolean plan_reading_run(PlanReading *reading, GError **error) {
  static void (*const OPENING[])(PlanReading *) = {plan_lines_build,  plan_letterhead_read, plan_tail_read,
                                                   plan_blocks_build, plan_title_read,      plan_outline_read};
  static void (*const BODY[])(PlanReading *) = {plan_sections_read, plan_tasks_read,   plan_scenarios_read,
                                                plan_duties_read,   plan_reports_read, plan_appendices_read};
  if (!check_size(reading->source, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS(OPENING); i++)
    OPENING[i](reading);
  if (!check_kind(reading, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS(BODY); i++)
    BODY[i](reading);
  count_all(reading->plan);
  json_object_set(reading->plan, "provenance", reading->provenance);
  return TRUE;
}

json_t *plan_read(const SourceText *source, GError **error) {
  PlanReading *reading = plan_reading_new(source);
  json_t *plan = plan_reading_run(reading, error) ? json_incref(reading->plan) : NULL;
  plan_reading_free(reading);
  return plan;
}
