/* Tasks: owners, times, levels; the tables they stand in. */
#include "module/plan/plan_check_part.h"
#include "base/text.h"
#include <string.h>

#define PAIRS_MAX 10000 /* of leading and partner units of one task; no real task comes near */

static const json_t *tasks_of(const PlanCheck *check) {
  return json_object_get(check->reading, "tasks");
}

static const char *task_content(const json_t *task) {
  const char *content = json_text(task, "content");
  return content ? content : json_text(task, "content_contains");
}

static const char *task_where(const json_t *task) {
  const char *id = json_text(task, "id");
  return id ? id : json_text(task, "section");
}

/* A value that nobody wrote into its cell: taken from the merged cell above. */
gboolean task_value_inferred(const PlanCheck *check, gsize index, const char *field) {
  const json_t *listed = json_object_get(json_array_get(tasks_of(check), index), "inferred_from_merged_cell");
  gsize i;
  json_t *name;
  json_array_foreach(listed, i, name) {
    if (g_strcmp0(json_string_value(name), field) == 0)
      return TRUE;
  }
  static const char *const PARTS[] = {"", "/0", "/text", "/kind"};
  const json_t *provenance = json_object_get(check->reading, "provenance");
  for (gsize p = 0; p < G_N_ELEMENTS(PARTS); p++) {
    g_autofree char *pointer = g_strdup_printf("/tasks/%zu/%s%s", index, field, PARTS[p]);
    if (g_strcmp0(json_text(json_object_get(provenance, pointer), "certainty"), "inferred") == 0)
      return TRUE;
  }
  return FALSE;
}

static int task_line(const PlanCheck *check, gsize index) {
  const json_t *provenance = json_object_get(check->reading, "provenance");
  static const char *const FIELDS[] = {"content", "lead", "lead/0", "time"};
  for (gsize i = 0; i < G_N_ELEMENTS(FIELDS); i++) {
    g_autofree char *pointer = g_strdup_printf("/tasks/%zu/%s", index, FIELDS[i]);
    json_int_t line = json_integer_value(json_object_get(json_object_get(provenance, pointer), "line_from"));
    if (line > 0)
      return (int)line;
  }
  const char *content = task_content(json_array_get(tasks_of(check), index));
  g_autofree char *spelling = text_fold_spelling(content ? content : "");
  if (strlen(spelling) > 60) { /* enough to find it; the rest may be read more strictly than written */
    char *cut = strchr(spelling + 50, ' ');
    if (cut)
      *cut = 0;
  }
  return check_text_line_of(check->text, spelling);
}

/* "III.2.a, III.2.b và 4 mục khác" */
static void add_place(GString *places, gsize *count, const char *place) {
  if ((*count)++ < 6)
    g_string_append_printf(places, "%s%s", places->len ? ", " : "", place ? place : "?");
}

static void close_places(GString *places, gsize count) {
  if (count > 6)
    g_string_append_printf(places, " và %zu mục khác", count - 6);
}

void check_owner_missing(PlanCheck *check) {
  g_autoptr(GString) places = g_string_new(NULL);
  gsize i, count = 0;
  int line = 0;
  json_t *item;
  json_array_foreach(tasks_of(check), i, item) {
    if (!json_list_empty(json_object_get(item, "lead")))
      continue;
    add_place(places, &count, task_where(item));
    line = line ? line : task_line(check, i);
  }
  json_array_foreach(json_object_get(check->reading, "content_items_without_owner"), i, item) {
    add_place(places, &count, task_where(item));
    line = line || !json_text(item, "content") ? line : check_text_line_of(check->text, json_text(item, "content"));
  }
  close_places(places, count);
  if (count)
    check_report(check, (Finding){.line = line,
                                  .where = places->str,
                                  .found = "Không có đơn vị chủ trì",
                                  .fix = "Hỏi lại đơn vị soạn thảo; không tự điền"});
}

static gboolean time_is_missing(const json_t *task) {
  const json_t *time = json_object_get(task, "time");
  const char *kind = json_text(time, "kind");
  return !kind || g_str_equal(kind, "none") || (g_str_equal(kind, "on_event") && !json_text(time, "text"));
}

void check_time_missing(PlanCheck *check) {
  g_autoptr(GString) places = g_string_new(NULL);
  gsize i, count = 0;
  int line = 0;
  json_t *task;
  json_array_foreach(tasks_of(check), i, task) {
    if (!time_is_missing(task))
      continue;
    add_place(places, &count, task_where(task));
    line = line ? line : task_line(check, i);
  }
  gboolean arguable = !count; /* items without owner are perhaps no tasks of their own */
  json_array_foreach(json_object_get(check->reading, "content_items_without_owner"), i, task) {
    if (arguable)
      add_place(places, &count, task_where(task));
  }
  close_places(places, count);
  g_autofree char *found =
      g_strdup_printf("%zu/%zu nhiệm vụ không ghi thời gian thực hiện", count, json_array_size(tasks_of(check)));
  if (count)
    check_report(check, (Finding){.line = line,
                                  .where = places->str,
                                  .found = found,
                                  .fix = "Bước ứng cứu: thực hiện theo sự cố; nhiệm vụ khác: hỏi lại thời hạn",
                                  .arguable = arguable});
}

static char *first_words(const char *text, json_int_t limit) {
  g_autofree char *spelling = text_fold_spelling(text);
  char *p = spelling;
  for (json_int_t i = 0; i < limit && p; i++) {
    p = strchr(p, ' ');
    p = p ? p + 1 : NULL;
  }
  return p ? g_strndup(spelling, (gsize)(p - spelling)) : g_steal_pointer(&spelling);
}

static gboolean words_name_step(const json_t *rule, const char *text) {
  g_autofree char *words = text ? first_words(text, json_integer_value(json_object_get(rule, "first_words"))) : NULL;
  return words && rule_match(json_object_get(rule, "named"), words) &&
         !rule_match(json_object_get(rule, "not_named"), words);
}

static gboolean is_response_step(const PlanCheck *check, const json_t *task) {
  return words_name_step(json_object_get(check->rules->outline, "response_step"), task_content(task));
}

static gboolean list_has(const json_t *list, const char *text) {
  gsize i;
  json_t *item;
  json_array_foreach(list, i, item) {
    if (g_strcmp0(json_string_value(item), text) == 0)
      return TRUE;
  }
  return FALSE;
}

static void report_time(PlanCheck *check, gsize index, const char *reason, const char *fix) {
  const json_t *task = json_array_get(tasks_of(check), index);
  const char *text = json_text(json_object_get(task, "time"), "text");
  g_autofree char *found = g_strdup_printf("%s: %s", reason, text ? text : "");
  check_report(check,
               (Finding){.line = task_line(check, index), .where = task_where(task), .found = found, .fix = fix});
}

void check_time_mismatch(PlanCheck *check) {
  const char *to = json_text(json_object_get(check->reading, "period"), "to");
  const char *issued = json_text(json_object_get(check->reading, "date"), "iso");
  gsize i;
  json_t *task;
  json_array_foreach(tasks_of(check), i, task) {
    const json_t *time = json_object_get(task, "time");
    const char *due = json_text(time, "due_to");
    if (!task_value_inferred(check, i, "time") && is_response_step(check, task) &&
        list_has(json_object_get(check->rules->outline, "calendar_kinds"), json_text(time, "kind")))
      report_time(check, i, "Bước ứng cứu sự cố ghi thời gian theo lịch",
                  "Nhiệm vụ theo sự cố, không theo năm; hỏi lại đơn vị");
    else if (due && issued && strcmp(due, issued) < 0)
      report_time(check, i, "Thời hạn trước ngày ban hành kế hoạch", "Hỏi lại thời hạn");
    else if (due && to && strcmp(due, to) > 0)
      report_time(check, i, "Thời hạn sau khi thời kỳ kế hoạch kết thúc", "Hỏi lại thời hạn");
  }
}

/* During a response the law itself lets bodies above lead: direction, coordination, teams, the national coordinator. */
static gboolean may_lead_from_above(const PlanCheck *check, const json_t *task, const char *lead) {
  const json_t *outline = check->rules->outline;
  const char *kind = json_text(json_object_get(task, "time"), "kind");
  if (g_strcmp0(kind, "on_event") != 0 && g_strcmp0(kind, "on_request") != 0)
    return FALSE;
  g_autofree char *body = text_fold_spelling(lead);
  g_autofree char *content = first_words(task_content(task) ? task_content(task) : "", 40);
  g_autofree char *heading = text_fold_spelling(json_text(task, "heading") ? json_text(task, "heading") : "");
  const json_t *above = json_object_get(outline, "led_from_above");
  return rule_match(json_object_get(outline, "led_by_above"), body) || rule_match(above, content) ||
         rule_match(above, heading);
}

static gboolean is_issuer(const PlanCheck *check, const char *name) {
  const json_t *issuer = json_object_get(check->reading, "issuer");
  const char *own = json_text(issuer, "name");
  g_autofree char *own_key = own ? name_key(own) : g_strdup("");
  g_autofree char *key = name_key(name);
  return *own_key && (strstr(key, own_key) || strstr(own_key, key));
}

void check_wrong_level_owner(PlanCheck *check) {
  int own = issuer_rank(check);
  gsize i, l;
  json_t *task, *lead;
  json_array_foreach(tasks_of(check), i, task) {
    json_array_foreach(json_object_get(task, "lead"), l, lead) {
      const char *name = json_string_value(lead);
      if (!own || !name || name_rank(check, name) <= own || is_issuer(check, name) ||
          may_lead_from_above(check, task, name) || task_value_inferred(check, i, "lead"))
        continue;
      g_autofree char *found = g_strdup_printf("%s chủ trì trong kế hoạch của cấp dưới", name);
      check_report(check, (Finding){.line = task_line(check, i),
                                    .where = task_where(task),
                                    .found = found,
                                    .fix = "Giao cho đơn vị thuộc quyền của cơ quan ban hành; cấp trên chỉ phối hợp"});
    }
  }
}

/* What stands in brackets may tell two apart. */
static gboolean same_unit(const char *a, const char *b) {
  if (!strchr(a, '(') || !strchr(b, '('))
    return name_same(a, b);
  g_autofree char *first = text_fold_spelling(a), *second = text_fold_spelling(b);
  return g_str_equal(first, second);
}

void check_same_unit_lead_and_coordinate(PlanCheck *check) {
  gsize i, l, c;
  json_t *task, *lead, *partner;
  json_array_foreach(tasks_of(check), i, task) {
    gsize pairs = json_array_size(json_object_get(task, "lead")) * json_array_size(json_object_get(task, "coordinate"));
    if (pairs > PAIRS_MAX || task_value_inferred(check, i, "lead") || task_value_inferred(check, i, "coordinate"))
      continue;
    json_array_foreach(json_object_get(task, "lead"), l, lead) {
      json_array_foreach(json_object_get(task, "coordinate"), c, partner) {
        if (!json_is_string(lead) || !json_is_string(partner) ||
            !same_unit(json_string_value(lead), json_string_value(partner)))
          continue;
        g_autofree char *found = g_strdup_printf("%s vừa chủ trì vừa phối hợp", json_string_value(lead));
        check_report(check, (Finding){.line = task_line(check, i),
                                      .where = task_where(task),
                                      .found = found,
                                      .fix = "Bỏ đơn vị này khỏi một trong hai vai"});
      }
    }
  }
}

/* Named in a part on duties: as its unit, or as one of several in a common heading. */
static gboolean has_duties(const PlanCheck *check, const char *part, const char *name) {
  gsize i;
  json_t *entry;
  g_autofree char *key = name_core(check, name);
  json_array_foreach(json_object_get(check->reading, part), i, entry) {
    const char *unit = json_text(entry, "unit");
    g_autofree char *unit_key = unit ? name_core(check, unit) : NULL;
    if (unit_key && *unit_key && (word_find(unit_key, key) || word_find(key, unit_key)))
      return TRUE;
  }
  return FALSE;
}

static gboolean lacks_duties(const PlanCheck *check, const char *name) {
  return !name_is_role(check, name) && !is_issuer(check, name) && !has_duties(check, "organisation_duties", name) &&
         !has_duties(check, "functions", name);
}

void check_owner_without_duties(PlanCheck *check) {
  g_autoptr(GHashTable) told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GString) names = g_string_new(NULL);
  gsize i, l, count = 0;
  int line = 0;
  json_t *task, *lead;
  json_array_foreach(tasks_of(check), i, task) {
    json_array_foreach(json_object_get(task, "lead"), l, lead) {
      const char *name = json_string_value(lead);
      if (!name || !lacks_duties(check, name) || !g_hash_table_add(told, name_key(name)))
        continue;
      g_autofree char *place = g_strdup_printf("%s (%s)", name, task_where(task) ? task_where(task) : "?");
      add_place(names, &count, place);
      line = line ? line : task_line(check, i);
    }
  }
  close_places(names, count);
  if (!count || json_list_empty(json_object_get(check->reading, "organisation_duties")))
    return;
  g_autofree char *found = g_strdup_printf("Chủ trì nhiệm vụ nhưng không có mục trách nhiệm: %s", names->str);
  check_report(check, (Finding){.line = line,
                                .where = "tổ chức thực hiện",
                                .found = found,
                                .fix = "Bổ sung trách nhiệm của đơn vị trong phần tổ chức thực hiện"});
}

void check_roadmap_single_owner(PlanCheck *check) {
  const char *owner = NULL;
  gsize i, count = 0;
  json_t *task;
  json_array_foreach(tasks_of(check), i, task) {
    const json_t *lead = json_object_get(task, "lead");
    const char *name = json_string_value(json_array_get(lead, 0));
    if (g_strcmp0(json_text(json_object_get(task, "time"), "kind"), "on_event") == 0)
      continue;
    if (json_array_size(lead) != 1 || (owner && !name_same(owner, name)))
      return;
    owner = name;
    count++;
  }
  if (count < 4)
    return;
  g_autofree char *found = g_strdup_printf("%zu/%zu nhiệm vụ thường xuyên do %s chủ trì", count, count, owner);
  check_report(check, (Finding){.where = "các nhiệm vụ", .found = found, .fix = "Xem lại phân công nếu quá tải"});
}

void check_merged_cells_lost(PlanCheck *check) {
  static const char *const FIELDS[] = {"lead", "coordinate", "time"};
  g_autoptr(GString) places = g_string_new(NULL);
  gsize i, count = 0;
  int line = 0;
  json_t *task;
  json_array_foreach(tasks_of(check), i, task) {
    gboolean inferred = FALSE;
    for (gsize f = 0; f < G_N_ELEMENTS(FIELDS); f++)
      inferred = inferred || task_value_inferred(check, i, FIELDS[f]);
    if (!inferred || !json_object_get(task, "row"))
      continue;
    add_place(places, &count, task_where(task));
    line = line ? line : task_line(check, i);
  }
  close_places(places, count);
  if (count)
    check_report(check, (Finding){.line = line,
                                  .where = places->str,
                                  .found = "Ô gộp của bảng thành ô trống",
                                  .fix = "Kế thừa ô trên trong cùng nhóm, đánh dấu suy ra; người dùng xác nhận",
                                  .arguable = check->kind == SOURCE_DOCX});
}

static gboolean is_table_header(const char *spelling) {
  return (g_str_has_prefix(spelling, "stt ") || g_str_has_prefix(spelling, "tt ")) &&
         (strstr(spelling, "chủ trì") || strstr(spelling, "thực hiện")) && strlen(spelling) < 200;
}

/* The same header line again, with no new appendix between. */
void check_table_header_repeated(PlanCheck *check) {
  const CheckLine *before = NULL;
  for (guint i = 0; i < check->text->lines->len; i++) {
    const CheckLine *line = check_line(check->text, i);
    if (g_str_has_prefix(line->spelling, "phụ lục"))
      before = NULL;
    if (!is_table_header(line->spelling))
      continue;
    if (before && g_str_has_prefix(line->spelling, before->spelling))
      check_report(
          check,
          (Finding){.line = line->number, .found = line->plain, .fix = "Bỏ dòng tiêu đề lặp, nối ô bị ngắt qua trang"});
    before = line;
  }
}

/* In a list of units: "các phòng thuộc Sở. Sở Thông tin và Truyền thông" */
void check_separator_error(PlanCheck *check) {
  const CheckText *text = check->text;
  for (guint i = text->body; i < text->lines->len; i++) {
    guint end = check_text_paragraph_end(text, i);
    if (!word_find(check_line(text, i)->spelling, "đơn vị phối hợp") &&
        !word_find(check_line(text, i)->spelling, "đơn vị chủ trì"))
      continue;
    g_autofree char *words = check_text_words(text, i, end);
    const char *stop = strstr(words, ". ");
    if (stop && rule_starts(json_object_get(check->rules->bodies, "unit_starts"), stop + 2))
      check_report(
          check,
          (Finding){.line = check_line(text, i)->number, .found = words, .fix = "Ngăn các đơn vị bằng dấu chấm phẩy"});
  }
}
