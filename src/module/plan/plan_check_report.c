/* Periodic reports and the budget. */
#include "module/plan/plan_check_part.h"
#include "base/text.h"
#include <string.h>

static const json_t *reports_of(const PlanCheck *check) {
  return json_object_get(check->reading, "periodic_reports");
}

static const json_t *report_rules(const PlanCheck *check) {
  return json_object_get(check->rules->outline, "reports");
}

static gboolean list_matches(const json_t *list, const json_t *words) {
  gsize i;
  json_t *item;
  json_array_foreach(list, i, item) {
    g_autofree char *spelling = text_fold_spelling(json_string_value(item) ? json_string_value(item) : "");
    if (rule_match(words, spelling))
      return TRUE;
  }
  return FALSE;
}

static gboolean any_report(const PlanCheck *check, const char *words) {
  gsize i;
  json_t *report;
  json_array_foreach(reports_of(check), i, report) {
    if (list_matches(json_object_get(report, "frequency"), json_object_get(report_rules(check), words)))
      return TRUE;
  }
  return FALSE;
}

static gboolean text_says_report(const PlanCheck *check) {
  const CheckText *text = check->text;
  for (guint i = text->body; i < text->lines->len; i = check_text_paragraph_end(text, i)) {
    g_autofree char *words = check_text_words(text, i, check_text_paragraph_end(text, i));
    if (rule_match(json_object_get(report_rules(check), "said"), words))
      return TRUE;
  }
  return FALSE;
}

/* Where the text speaks of periodic reports after all, the reader may have missed them: only information then. */
void check_periodic_report_missing(PlanCheck *check) {
  if (any_report(check, "half_year") || any_report(check, "year"))
    return;
  check_report(check, (Finding){.where = "tổ chức thực hiện",
                                .found = "Không quy định báo cáo định kỳ",
                                .fix = "Bổ sung báo cáo 06 tháng và báo cáo năm",
                                .arguable = text_says_report(check)});
}

void check_report_frequency_short(PlanCheck *check) {
  if (any_report(check, "half_year") || !any_report(check, "year"))
    return;
  const char *where = json_text(json_array_get(reports_of(check), 0), "where");
  check_report(check, (Finding){.where = where, .found = "Chỉ có báo cáo hằng năm", .fix = "Bổ sung báo cáo 06 tháng"});
}

static int highest_recipient(const PlanCheck *check, const json_t *recipients, gboolean *out_passes_issuer) {
  int highest = 0, own = issuer_rank(check);
  gsize i;
  json_t *item;
  *out_passes_issuer = json_list_empty(recipients);
  json_array_foreach(recipients, i, item) {
    const char *name = json_string_value(item);
    int rank = name ? name_rank(check, name) : 0;
    highest = MAX(highest, rank);
    *out_passes_issuer = *out_passes_issuer || rank <= own;
  }
  return highest;
}

/* The duty that speaks of the report lets the head see or sign it. */
static gboolean goes_through_head(const PlanCheck *check, const char *sender) {
  gsize u, d;
  json_t *unit, *duty;
  json_array_foreach(json_object_get(check->reading, "organisation_duties"), u, unit) {
    const char *name = json_text(unit, "unit");
    if (!name || !name_same(name, sender))
      continue;
    json_array_foreach(json_object_get(unit, "duties"), d, duty) {
      g_autofree char *words = text_fold_spelling(json_string_value(duty) ? json_string_value(duty) : "");
      if (word_find(words, "báo cáo") && rule_match(json_object_get(report_rules(check), "through_issuer"), words))
        return TRUE;
    }
  }
  return FALSE;
}

/* A unit below reports outside and above, and to nobody at home. */
void check_report_bypasses_issuer(PlanCheck *check) {
  int own = issuer_rank(check);
  gsize i;
  json_t *report;
  json_array_foreach(reports_of(check), i, report) {
    const char *sender = json_text(report, "sender");
    gboolean passes = FALSE;
    int highest = highest_recipient(check, json_object_get(report, "recipient"), &passes);
    const char *issuer = json_text(json_object_get(check->reading, "issuer"), "name");
    if (!own || !sender || passes || highest <= own || (issuer && name_same(sender, issuer)))
      continue;
    g_autofree char *found = g_strdup_printf("%s báo cáo thẳng lên cấp trên, không qua cơ quan ban hành", sender);
    check_report(check, (Finding){.line = check_text_line_of(check->text, sender),
                                  .where = json_text(report, "where"),
                                  .found = found,
                                  .fix = "Báo cáo qua cơ quan ban hành để tổng hợp",
                                  .arguable = goes_through_head(check, sender)});
  }
}

static gboolean names_source(const PlanCheck *check, const char *words) {
  const json_t *outline = check->rules->outline;
  g_autofree char *rest = words_without(words, json_object_get(outline, "no_budget_sources"));
  return rule_match(json_object_get(outline, "budget_sources"), rest) != NULL;
}

/* The section under a heading on money says where it comes from. */
static gboolean section_names_source(const PlanCheck *check) {
  const CheckText *text = check->text;
  const json_t *headed = json_object_get(check->rules->outline, "budget_headed");
  for (guint i = text->body; i < text->lines->len; i++) {
    if (!check_line(text, i)->heading || !rule_match(headed, check_line(text, i)->spelling))
      continue;
    guint end = i + 1;
    while (end < text->lines->len && !check_line(text, end)->heading)
      end++;
    g_autofree char *words = check_text_words(text, i + 1 < end ? i + 1 : i, end);
    if (names_source(check, words))
      return TRUE;
  }
  return FALSE;
}

void check_budget_source_missing(PlanCheck *check) {
  const json_t *budget = json_object_get(check->reading, "budget");
  const char *text = json_text(budget, "text");
  g_autofree char *written = text_fold_spelling(text ? text : "");
  if (!json_list_empty(json_object_get(budget, "sources")) || names_source(check, written) ||
      section_names_source(check))
    return;
  check_report(check, (Finding){.line = text ? check_text_line_of(check->text, text) : 0,
                                .where = text ? NULL : "kinh phí",
                                .found = text ? text : "Không có quy định về kinh phí",
                                .fix = "Nêu nguồn kinh phí: ngân sách cấp nào, mục nào"});
}
