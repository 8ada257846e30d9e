/* Tổ chức thực hiện: the units, and what each has to do. */
#include "module/plan/plan_reading.h"
#include <string.h>

int plan_organisation_section(PlanReading *reading) {
  static const char *const WORDS[] = {"to chuc thuc hien",
                                      "to chuc trien khai",
                                      "trach nhiem thuc hien",
                                      "phan cong thuc hien",
                                      "phan cong trach nhiem",
                                      "trach nhiem cua cac",
                                      "phan cong nhiem vu",
                                      "trach nhiem to chuc thuc hien",
                                      NULL};
  int found = -1;
  for (int i = reading->body; i < (int)reading->blocks->len; i++) {
    PlanBlock *block = plan_block(reading, i);
    if (block->appendix)
      break;
    if (plan_block_is_heading(reading, i) && plan_has_any(block->text.fold, WORDS) && block->text.length < 160 &&
        (found < 0 || block->mark.kind <= plan_block(reading, found)->mark.kind))
      found = i;
  }
  return found;
}

static gboolean is_closing(const PlanBlock *block) {
  static const char *const CLOSINGS[] = {"tren day la",
                                         "trong qua trinh",
                                         "trong khi thuc hien",
                                         "yeu cau",
                                         "de nghi",
                                         "qua trinh thuc hien",
                                         "qua trinh trien khai",
                                         "ke hoach nay",
                                         "neu co kho khan",
                                         "can cu ke hoach nay",
                                         "nhan duoc ke hoach",
                                         "can cu noi dung ke hoach nay",
                                         NULL};
  static const char *const TROUBLES[] = {"vuong mac", "kho khan", NULL},
                           *const VOICED[] = {"phan anh", "kien nghi", "bao cao", "gui", NULL},
                           *const ASKED[] = {"yeu cau cac", "de nghi cac", "yeu cau thu truong", "de nghi thu truong",
                                             NULL};
  if (block->mark.kind == MARK_NONE && plan_unit_starts(block->text, 0) && !strchr(block->text.fold, ':') &&
      plan_has_any(block->text.fold, ASKED)) /* "Ủy ban nhân dân huyện yêu cầu các cơ quan …" */
    return TRUE;
  return block->mark.kind == MARK_NONE &&
         (plan_starts_any(block->text.fold, CLOSINGS) ||
          (plan_has_any(block->text.fold, TROUBLES) && plan_has_any(block->text.fold, VOICED)));
}

/* "Giao Công an xã", "Đề nghị Ban Chỉ huy …": the name without the asking. */
static gsize after_asking(PlanText text) {
  static const char *const ASKING[] = {"giao",    "de nghi",  "yeu cau",      "trach nhiem cua",
                                       "doi voi", "giao cho", "nhiem vu cua", NULL};
  gsize length = plan_starts_any(text.fold, ASKING);
  return length ? length + 1 : 0;
}

typedef struct {
  PlanReading *reading;
  json_t *units, *duties; /* duties of the open unit */
  int section;
  MarkKind unit_mark; /* how the units of this section are marked */
  MarkKind duty_mark;
} Duties;

static void add_duty(Duties *open, PlanText text, int from, int to) {
  text = plan_text_bare(open->reading->chunk, text);
  if (!text.length || !open->duties)
    return;
  json_array_append_new(open->duties, plan_json_text(text));
  plan_note(open->reading, PLAN_READ, from, to, "/organisation_duties/%" G_GSIZE_FORMAT "/duties/%" G_GSIZE_FORMAT,
            json_array_size(open->units) - 1, json_array_size(open->duties) - 1);
}

/* Where the name of the unit ends: at a colon, or where the duty's verb starts; else the whole is the name. */
static gsize name_end(PlanText text, gsize from) {
  gsize colon = strcspn(text.fold, ":");
  gsize verb = plan_duty_verb(text, from + 3);
  if (verb < text.length && verb < colon)
    return verb;
  return colon < text.length ? colon : text.length;
}

static gboolean names_unit(PlanText text) {
  gsize from = after_asking(text);
  return plan_unit_word(text.fold + MIN(from, text.length)) && (from ? TRUE : plan_text_upper_at(text, 0));
}

static void open_unit(Duties *open, const PlanBlock *block) {
  PlanReading *reading = open->reading;
  gsize from = after_asking(block->text), end = name_end(block->text, from);
  PlanText name = plan_text_bare(reading->chunk, plan_text_slice(reading->chunk, block->text, from, end));
  open->duties = json_array();
  open->duty_mark = MARK_NONE;
  json_array_append_new(open->units, json_pack("{s:o, s:o}", "unit", plan_json_text(name), "duties", open->duties));
  plan_note(reading, PLAN_READ, block->line_from, block->line_to, "/organisation_duties/%" G_GSIZE_FORMAT "/unit",
            json_array_size(open->units) - 1);
  PlanText rest = plan_text_from(reading->chunk, block->text, end + (block->text.fold[end] == ':' ? 1 : 0));
  if (rest.length > 3 && !g_str_has_suffix(rest.fold, ":"))
    add_duty(open, rest, block->line_from, block->line_to);
}

static gboolean is_intro_line(const PlanBlock *block) {
  return block->text.length && block->text.fold[block->text.length - 1] == ':';
}

static void take_duty(Duties *open, int index) {
  PlanReading *reading = open->reading;
  PlanBlock *block = plan_block(reading, index);
  if (!open->duties || is_closing(block) || block->table)
    return;
  gboolean first = open->duty_mark == MARK_NONE;
  if (block->mark.kind == MARK_NONE) {
    if (!is_intro_line(block))
      add_duty(open, block->text, block->line_from, block->line_to);
    return;
  }
  if (first || block->mark.kind < open->duty_mark)
    open->duty_mark = block->mark.kind;
  if (block->mark.kind == open->duty_mark)
    add_duty(open, block->text, block->line_from, block->line_to);
}

/* The mark of the first block of the section that names a unit, if most of its siblings do, too. */
static MarkKind find_unit_mark(PlanReading *reading, int section, int end) {
  guint units[MARK_NONE + 1] = {0}, all[MARK_NONE + 1] = {0};
  for (int i = section + 1; i < end; i++) {
    PlanBlock *block = plan_block(reading, i);
    if (block->table || is_closing(block) || block->label != LABEL_NONE)
      continue;
    all[block->mark.kind]++;
    units[block->mark.kind] += names_unit(block->text) ? 1 : 0;
  }
  for (int kind = MARK_PART; kind <= MARK_NONE; kind++)
    if (all[kind] && units[kind] * 2 >= all[kind])
      return (MarkKind)kind;
  return MARK_NUMBER;
}

void plan_duties_read(PlanReading *reading) {
  Duties open = {.reading = reading, .units = json_array(), .section = plan_organisation_section(reading)};
  json_object_set_new(reading->plan, "organisation_duties", open.units);
  if (open.section < 0)
    return;
  int end = plan_block(reading, open.section)->end;
  gboolean closed = FALSE;
  open.unit_mark = find_unit_mark(reading, open.section, end);
  for (int i = open.section + 1; i < end && !closed; i++) {
    PlanBlock *block = plan_block(reading, i);
    gboolean unit_place = block->mark.kind == open.unit_mark && !block->table;
    closed = is_closing(block) && open.unit_mark != MARK_NONE;
    if (closed)
      break;
    if (unit_place && names_unit(block->text))
      open_unit(&open, block);
    else if (unit_place || (block->mark.kind < open.unit_mark))
      open.duties = NULL;
    else
      take_duty(&open, i);
  }
}
