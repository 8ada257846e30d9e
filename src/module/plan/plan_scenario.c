/* Groups of scenarios with their kinds, and the list of causes. A group is told by what it speaks of; a list of groups
 * in which none has kinds is the list of causes. */
#include "module/plan/plan_reading.h"
#include <string.h>

typedef enum { GROUP_NONE, GROUP_ATTACK, GROUP_FAULT, GROUP_OPERATOR, GROUP_DISASTER } GroupClass;

static GroupClass group_class(const char *fold) {
  static const struct {
    const char *words;
    GroupClass group;
  } RULES[] = {
      {"tan cong mang",      GROUP_ATTACK  },
      {"bi tan cong",        GROUP_ATTACK  },
      {"tham hoa",           GROUP_DISASTER},
      {"thien tai",          GROUP_DISASTER},
      {"tu nhien",           GROUP_DISASTER},
      {"nguoi quan tri",     GROUP_OPERATOR},
      {"nguoi su dung",      GROUP_OPERATOR},
      {"nguoi dung",         GROUP_OPERATOR},
      {"quan tri mang",      GROUP_OPERATOR},
      {"can bo van hanh",    GROUP_OPERATOR},
      {"van hanh cua",       GROUP_OPERATOR},
      {"con nguoi",          GROUP_OPERATOR},
      {"loi quan tri",       GROUP_OPERATOR},
      {"loi van hanh",       GROUP_OPERATOR},
      {"quan tri, van hanh", GROUP_OPERATOR},
      {"loi cua he thong",   GROUP_FAULT   },
      {"loi he thong",       GROUP_FAULT   },
      {"loi thiet bi",       GROUP_FAULT   },
      {"ha tang ky thuat",   GROUP_FAULT   },
      {"loi cua thiet bi",   GROUP_FAULT   },
      {"loi ky thuat",       GROUP_FAULT   },
      {"loi phan cung",      GROUP_FAULT   },
      {"loi phan mem",       GROUP_FAULT   },
      {"chay no",            GROUP_DISASTER},
      {"hoa hoan",           GROUP_DISASTER}
  };
  for (gsize i = 0; i < G_N_ELEMENTS(RULES); i++)
    if (plan_has_word(fold, RULES[i].words))
      return RULES[i].group;
  return GROUP_NONE;
}

/* A numbered heading may name the group alone: "2.1. Tấn công mạng", "b) Lỗi của hệ thống". */
static gboolean is_bare_group(const PlanBlock *block) {
  static const char *const NAMES[] = {"tan cong mang",    "bi tan cong mang", "loi cua he thong", "loi he thong",
                                      "do tan cong mang", "tham hoa",         "do tham hoa",      "thien tai",
                                      "do thien tai",     "loi quan tri",     "loi van hanh",     NULL};
  return block->mark.kind <= MARK_LETTER && block->text.length < 140 && plan_starts_any(block->text.fold, NAMES);
}

static gboolean is_group(const PlanBlock *block) {
  static const char *const STARTS[] = {
      "tinh huong", "su co do",      "su co lien quan",  "nhom su co",     "nhom tinh huong",
      "kich ban",   "su co bi",      "nhom nguyen nhan", "nguyen nhan do", "do bi tan cong",
      "do loi cua", "loi cua nguoi", "su co tan cong",   "su co ve",       "nhom",
      NULL};
  if (block->table || block->text.length > 260)
    return FALSE;
  return (plan_starts_any(block->text.fold, STARTS) || is_bare_group(block)) &&
         group_class(block->text.fold) != GROUP_NONE && !plan_starts(block->text.fold, "su co do loi phan mem") &&
         !plan_starts(block->text.fold, "su co lien quan den qua tai");
}

gboolean plan_block_scenario_group(const PlanBlock *block) {
  return is_group(block) && (is_bare_group(block) || plan_starts(block->text.fold, "tinh huong") ||
                             plan_starts(block->text.fold, "kich ban") || plan_starts(block->text.fold, "nhom"));
}

typedef struct {
  PlanReading *reading;
  json_t *groups; /* of the open list */
  gboolean kinds; /* some group of it has kinds */
  MarkKind mark;
  int last, from;
} List;

static PlanText entry_text(PlanReading *reading, PlanText text) {
  return plan_text_bare(reading->chunk, text);
}

/* "Tình huống …: tấn công từ chối dịch vụ; tấn công giả mạo; …" on one line. */
static void inline_kinds(List *list, PlanText text, json_t *kinds) {
  gsize from = 0;
  for (gsize i = 0; i <= text.length; i++) {
    if (i < text.length && text.fold[i] != ';')
      continue;
    PlanText kind = entry_text(list->reading, plan_text_slice(list->reading->chunk, text, from, i));
    if (kind.length)
      json_array_append_new(kinds, plan_json_text(kind));
    from = i + 1;
  }
}

static void add_group(List *list, int index) {
  PlanReading *reading = list->reading;
  PlanBlock *block = plan_block(reading, index);
  json_t *kinds = json_array();
  gsize colon = strcspn(block->text.fold, ":");
  PlanText name = entry_text(reading, block->text);
  if (colon + 1 < block->text.length && strchr(block->text.fold + colon, ';')) {
    name = entry_text(reading, plan_text_slice(reading->chunk, block->text, 0, colon));
    PlanText rest = plan_text_from(reading->chunk, block->text, colon + 1);
    if (strchr(plan_text_bare(reading->chunk, rest).fold, ';')) {
      inline_kinds(list, rest, kinds);
      list->kinds = TRUE;
    }
  }
  json_t *group = json_pack("{s:o, s:o, s:[i, i]}", "group", plan_json_text(name), "kinds", kinds, "lines",
                            block->line_from, block->line_to);
  json_array_append_new(list->groups, group);
  if (block->mark.kind != MARK_NONE || json_array_size(list->groups) == 1)
    list->mark = block->mark.kind;
  list->last = index;
}

static void close_list(List *list) {
  PlanReading *reading = list->reading;
  json_t *plan = reading->plan, *group;
  gboolean situations = FALSE;
  gsize index;
  json_array_foreach(list->groups, index, group) situations =
      situations || plan_starts(json_string_value(json_object_get(group, "group")), "Tình huống") ||
      plan_starts(json_string_value(json_object_get(group, "group")), "Kịch bản");
  gboolean scenarios = list->kinds || situations;
  const char *key = scenarios ? "scenario_groups" : "cause_groups";
  if (json_array_size(list->groups) >= 2 &&
      (!json_array_size(json_object_get(plan, key)) || (scenarios && list->kinds && list->from))) {
    json_array_foreach(list->groups, index, group) {
      json_t *lines = json_object_get(group, "lines");
      int from = (int)json_integer_value(json_array_get(lines, 0)),
          to = (int)json_integer_value(json_array_get(lines, 1));
      gsize at = json_array_size(json_object_get(plan, key));
      json_object_del(group, "lines");
      json_array_append(json_object_get(plan, key), scenarios ? group : json_object_get(group, "group"));
      plan_note(reading, PLAN_READ, from, to, "/%s/%" G_GSIZE_FORMAT, key, at);
    }
  }
  json_decref(list->groups);
  list->groups = json_array();
  list->kinds = FALSE;
}

static void add_kind(List *list, int index) {
  PlanBlock *block = plan_block(list->reading, index);
  json_t *group = json_array_get(list->groups, json_array_size(list->groups) - 1);
  json_array_append_new(json_object_get(group, "kinds"), plan_json_text(entry_text(list->reading, block->text)));
  list->kinds = TRUE;
  list->last = index;
}

/* A list that says "Tình huống …" and has lost its deeper marks: kinds carry the mark of their group. */
static gboolean kind_by_words(const PlanBlock *block) {
  static const char *const STARTS[] = {"tan cong", "su co", "loi", "cac hinh thuc tan cong", "cac loai", NULL};
  return plan_starts_any(block->text.fold, STARTS) > 0;
}

static void take_block(List *list, int index) {
  PlanBlock *block = plan_block(list->reading, index);
  gboolean open = json_array_size(list->groups) > 0;
  gboolean group = is_group(block) && (!open || block->mark.kind <= list->mark || block->mark.kind == MARK_NONE);
  if (open && group && block->mark.kind == list->mark && !plan_starts(block->text.fold, "tinh huong") && list->kinds &&
      kind_by_words(block) && group_class(block->text.fold) == GROUP_FAULT &&
      plan_starts(block->text.fold, "su co khac"))
    group = FALSE;
  if (group && (block->mark.kind != MARK_NONE || open)) {
    if (open && (block->mark.kind < list->mark && block->mark.kind != MARK_NONE))
      close_list(list);
    add_group(list, index);
  } else if (open && block->mark.kind > list->mark && block->mark.kind != MARK_NONE && block->label == LABEL_NONE &&
             plan_block_under(list->reading, index,
                              plan_block(list->reading, list->last)->mark.kind == list->mark
                                  ? list->last
                                  : plan_block(list->reading, list->last)->parent)) {
    add_kind(list, index);
  } else if (open && block->mark.kind == list->mark && kind_by_words(block) && block->mark.kind >= MARK_DASH &&
             block->label == LABEL_NONE && block->text.length < 120) {
    add_kind(list, index);
  } else if (open) {
    close_list(list);
  }
}

void plan_scenarios_read(PlanReading *reading) {
  json_object_set_new(reading->plan, "cause_groups", json_array());
  json_object_set_new(reading->plan, "scenario_groups", json_array());
  List list = {.reading = reading, .groups = json_array()};
  for (int i = reading->body; i < (int)reading->blocks->len; i++) {
    if (!json_array_size(list.groups))
      list.from = 0;
    take_block(&list, i);
  }
  close_list(&list);
  json_decref(list.groups);
}
