/* Tasks written as prose: content, owner, partners and time as labelled paragraphs, in any of the ways of marking them.
 */
#include "module/plan/plan_task.h"
#include <string.h>

typedef struct {
  PlanReading *reading;
  Task task;
  gboolean open, labelled; /* labelled: the content has a label of its own */
  int anchor, last;        /* the block that the task hangs on; the last block used by any task */
  LabelKind field;
  gboolean *owned; /* per block: part of a task */
} Prose;

static gboolean is_owner_label(const PlanBlock *block) {
  return block->label == LABEL_LEAD || block->label == LABEL_COORDINATE || block->label == LABEL_TIME;
}

/* The sibling after this one of the same kind of mark, or -1. */
static int next_sibling(PlanReading *reading, int index) {
  int end = plan_block(reading, index)->end;
  if (end >= (int)reading->blocks->len)
    return -1;
  PlanBlock *block = plan_block(reading, index), *next = plan_block(reading, end);
  return next->parent == block->parent && next->mark.kind == block->mark.kind ? end : -1;
}

/* In "a) Nội dung … b) Đơn vị chủ trì … c) …" the letters are field labels and the task is the heading above them. */
static int content_anchor(PlanReading *reading, int index) {
  PlanBlock *block = plan_block(reading, index);
  if (block->mark.kind >= MARK_DASH)
    return block->parent;
  int next = next_sibling(reading, index);
  return next >= 0 && is_owner_label(plan_block(reading, next)) ? block->parent : index;
}

/* Labels after the last of several groups of scenarios are for the task that the groups belong to. */
static gboolean last_of_groups(PlanReading *reading, int index) {
  PlanBlock *block = plan_block(reading, index);
  if (block->owned_siblings >= 2 || !plan_block_scenario_group(block))
    return FALSE;
  for (int i = block->parent + 1; i < index; i++)
    if (plan_block(reading, i)->parent == block->parent && plan_block_scenario_group(plan_block(reading, i)))
      return TRUE;
  return FALSE;
}

/* Labels after the last bullet of a list, or after a list with a title of its own ("b) Tình huống:"), are for what the
 * list belongs to. */
static gboolean belongs_to_list(PlanReading *reading, int index) {
  PlanBlock *block = plan_block(reading, index),
            *next = plan_block(reading, MIN(index + 1, (int)reading->blocks->len - 1));
  if (last_of_groups(reading, index))
    return TRUE;
  if (block->mark.kind < MARK_LETTER || block->owned_siblings >= 2)
    return FALSE;
  if (block->mark.kind < MARK_DASH)
    return g_str_has_suffix(block->text.fold, ":") && next->parent == index && next->label == LABEL_NONE &&
           next->mark.kind != MARK_NONE;
  for (int i = block->parent + 1; i < index; i++)
    if (plan_block(reading, i)->parent == block->parent && plan_block(reading, i)->mark.kind == block->mark.kind)
      return TRUE;
  return FALSE;
}

static int label_anchor(PlanReading *reading, int index) {
  int anchor = plan_block(reading, index)->parent;
  while (anchor >= 0 && plan_block(reading, anchor)->label != LABEL_NONE &&
         plan_block(reading, anchor)->label != LABEL_CONTENT)
    anchor = plan_block(reading, anchor)->parent;
  if (anchor < 0)
    return -1;
  while (plan_block(reading, anchor)->parent >= 0 && belongs_to_list(reading, anchor))
    anchor = plan_block(reading, anchor)->parent;
  return anchor;
}

static void add_content(Prose *prose, PlanText text, int from, int to) {
  TaskPart *content = &prose->task.content;
  content->line_from = content->text.length ? content->line_from : from;
  content->line_to = to;
  content->text = plan_text_join(prose->reading->chunk, content->text, text);
}

static PlanText nearest_heading(PlanReading *reading, int index) {
  while (index >= 0 && !plan_block_is_heading(reading, index))
    index = plan_block(reading, index)->parent;
  return index >= 0 ? plan_block(reading, index)->text : PLAN_TEXT_EMPTY;
}

static void flush(Prose *prose) {
  if (!prose->open)
    return;
  Task *task = &prose->task;
  gboolean owned = task->leads->len || task->coordinates->len || task->time.text.length;
  if (owned && task->content.text.length)
    plan_task_put(prose->reading, task);
  plan_task_clear(task);
  prose->open = FALSE;
}

static void open_task(Prose *prose, int anchor, int index, gboolean labelled) {
  PlanReading *reading = prose->reading;
  flush(prose);
  prose->task = plan_task_new();
  prose->open = TRUE;
  prose->labelled = labelled;
  prose->anchor = anchor;
  prose->field = LABEL_CONTENT;
  prose->task.response = plan_block_response(reading, anchor < 0 ? index : anchor);
  prose->task.id = plan_block_id(reading, anchor);
  gboolean own_title = labelled && anchor >= 0 && anchor != index;
  prose->task.heading =
      own_title
          ? plan_block(reading, anchor)->text
          : nearest_heading(reading, anchor == index && anchor >= 0 ? plan_block(reading, anchor)->parent : anchor);
  if (labelled || anchor < 0)
    return;
  if (prose->last < anchor)
    add_content(prose, plan_block(reading, anchor)->text, plan_block(reading, anchor)->line_from,
                plan_block(reading, anchor)->line_to);
  for (int i = MAX(anchor, prose->last) + 1; i < index; i++) {
    PlanBlock *block = plan_block(reading, i);
    if (!block->table && block->label == LABEL_NONE)
      add_content(prose, block->text, block->line_from, block->line_to);
  }
}

static void add_field(Prose *prose, PlanText text, int from, int to) {
  Task *task = &prose->task;
  TaskPart *part = prose->field == LABEL_TIME ? &task->time : &task->product;
  if (strspn(text.fold, ".~_- ") == text.length)
    return;
  if (prose->field == LABEL_LEAD) {
    plan_task_part(task->leads, text, from, to, FALSE);
  } else if (prose->field == LABEL_COORDINATE) {
    plan_task_part(task->coordinates, text, from, to, FALSE);
  } else if (prose->field == LABEL_TIME || prose->field == LABEL_PRODUCT) {
    part->line_from = part->text.length ? part->line_from : from;
    part->line_to = to;
    part->text = plan_text_join(prose->reading->chunk, part->text, text);
  }
}

static gboolean field_taken(const Prose *prose, LabelKind kind) {
  const Task *task = &prose->task;
  return (kind == LABEL_LEAD && task->leads->len) || (kind == LABEL_COORDINATE && task->coordinates->len) ||
         (kind == LABEL_TIME && task->time.text.length);
}

static void take_label(Prose *prose, int index) {
  PlanReading *reading = prose->reading;
  PlanBlock *block = plan_block(reading, index);
  if (block->label == LABEL_CONTENT) {
    open_task(prose, content_anchor(reading, index), index, TRUE);
    add_content(prose, block->value, block->line_from, block->line_to);
    return;
  }
  int anchor = label_anchor(reading, index);
  gboolean fits = prose->open && (prose->anchor < 0 || plan_block_under(reading, index, prose->anchor)) &&
                  !field_taken(prose, block->label);
  gboolean own = anchor >= 0 && anchor != prose->anchor && anchor > prose->anchor && prose->labelled &&
                 plan_block(reading, anchor)->owned_siblings >= 2 && block->label == LABEL_LEAD;
  if ((!fits || own) && !is_owner_label(block))
    return;
  if (!fits || own)
    open_task(prose, anchor, index, FALSE);
  prose->field = block->label;
  if (block->label == LABEL_LEAD)
    prose->task.label = block->label_text;
  add_field(prose, block->value, block->line_from, block->line_to);
}

static void take_text(Prose *prose, int index) {
  PlanReading *reading = prose->reading;
  PlanBlock *block = plan_block(reading, index);
  if (!prose->open)
    return;
  if (prose->anchor >= 0 && !plan_block_under(reading, index, prose->anchor)) {
    flush(prose);
    return;
  }
  gboolean under_label = block->parent >= 0 && is_owner_label(plan_block(reading, block->parent));
  gboolean runs_on =
      block->mark.kind == MARK_NONE && index && plan_block(reading, index - 1)->text.length &&
      strchr(";,", plan_block(reading, index - 1)->text.fold[plan_block(reading, index - 1)->text.length - 1]);
  if (prose->field == LABEL_CONTENT)
    add_content(prose, block->text, block->line_from, block->line_to);
  else if (under_label ? block->mark.kind != MARK_NONE || runs_on : runs_on)
    add_field(prose, block->text, block->line_from, block->line_to);
  else if (block->mark.kind <= MARK_LETTER)
    flush(prose);
  else
    return;
  prose->last = index;
}

/* "…; hoàn thành trước ngày 30/6": the words of a sentence that say when. */
static PlanText time_in_sentence(PlanReading *reading, PlanText text) {
  static const char *const WHEN[] = {"hoan thanh truoc", "hoan thanh trong", "xong truoc",
                                     "truoc ngay",       "thoi gian",        NULL};
  for (gsize i = 0; WHEN[i]; i++) {
    gssize at = plan_find_word(text.fold, 0, WHEN[i]);
    if (at < 0)
      continue;
    gsize from = (gsize)at + (plan_starts(text.fold + at, "hoan thanh ") ? 11 : 0), end = from;
    while (end < text.length && !strchr(".;,)", text.fold[end]))
      end++;
    return plan_text_slice(reading->chunk, text, from, end);
  }
  return PLAN_TEXT_EMPTY;
}

/* Where the owner starts in "Giao A chủ trì, …", in "A chủ trì, phối hợp với …" right under the work, and in
 * "… (A chủ trì, phối hợp với B)" behind it; -1 where nobody is put in charge. */
static gssize owner_in_sentence(PlanReading *reading, int index) {
  PlanBlock *block = plan_block(reading, index);
  const char *fold = block->text.fold, *bracket = strrchr(fold, '(');
  if (plan_starts(fold, "giao "))
    return plan_text_upper_at(block->text, 0) ? plan_starts(fold, "giao cho ") ? 9 : 5 : -1;
  gboolean under_work = block->mark.kind == MARK_NONE && index && block->parent == index - 1;
  gsize from = bracket ? (gsize)(bracket - fold) + 1 : 0;
  gssize leads = plan_find_word(fold, from, "chu tri");
  if ((!bracket && !under_work) || leads < 4 || !plan_unit_starts(block->text, from) ||
      strcspn(fold + from, ":;,") < (gsize)leads - from || !plan_starts(fold + leads, "chu tri, phoi hop"))
    return -1;
  return (gssize)from;
}

/* The words of the task: the sentence; with the item above where the work stands there; without the owner behind it. */
static TaskPart assigned_work(Prose *prose, int index, gsize from) {
  PlanBlock *block = plan_block(prose->reading, index);
  GStringChunk *chunk = prose->reading->chunk;
  TaskPart work = {block->text, block->line_from, block->line_to, FALSE};
  if (from > 1 && block->text.fold[from - 1] == '(')
    work.text = plan_text_slice(chunk, block->text, 0, from - 1);
  if (block->mark.kind != MARK_NONE || !index || block->parent != index - 1 || prose->last >= index - 1)
    return work;
  PlanBlock *item = plan_block(prose->reading, index - 1);
  if (item->mark.kind >= MARK_NUMBER && item->mark.kind != MARK_NONE && item->label == LABEL_NONE) {
    work.text = plan_text_join(chunk, item->text, block->text);
    work.line_from = item->line_from;
  }
  return work;
}

/* "Giao A chủ trì, phối hợp với B xây dựng …": a task in one sentence. */
static gboolean take_assignment(Prose *prose, int index) {
  PlanReading *reading = prose->reading;
  PlanBlock *block = plan_block(reading, index);
  gssize owner = owner_in_sentence(reading, index);
  gsize from = (gsize)MAX(owner, 0);
  gssize leads = plan_find_word(block->text.fold, from, "chu tri");
  if (owner < 0 || leads < 0 || (gsize)leads > from + 140 || !plan_unit_word(block->text.fold + from))
    return FALSE;
  flush(prose);
  gsize after = (gsize)leads + 7;
  gssize with = plan_find_word(block->text.fold, after, "phoi hop voi");
  Task task = plan_task_new();
  if (with >= 0 && (gsize)with < after + 6) {
    gsize start = (gsize)with + 13, verb = plan_duty_verb(block->text, start);
    verb = MIN(verb, start + strcspn(block->text.fold + MIN(start, block->text.length), ")"));
    PlanText partners = plan_text_bare(reading->chunk, plan_text_slice(reading->chunk, block->text, start, verb));
    if (g_str_has_suffix(partners.fold, " thuc hien"))
      partners = plan_text_slice(reading->chunk, partners, 0, partners.length - strlen(" thuc hien"));
    plan_task_part(task.coordinates, partners, block->line_from, block->line_to, FALSE);
  }
  plan_task_part(task.leads, plan_text_slice(reading->chunk, block->text, from, (gsize)leads), block->line_from,
                 block->line_to, FALSE);
  task.content = assigned_work(prose, index, from);
  task.time = (TaskPart){time_in_sentence(reading, block->text), block->line_from, block->line_to, FALSE};
  task.response = plan_block_response(reading, block->parent);
  task.id = plan_block_id(reading, index);
  task.heading = nearest_heading(reading, block->parent);
  task.label = plan_text_slice(reading->chunk, block->text, (gsize)leads, after);
  prose->task = task; /* left open: "Thời gian: …" may follow */
  prose->open = prose->labelled = TRUE;
  prose->anchor = block->mark.kind == MARK_NONE ? block->parent : index;
  prose->field = LABEL_LEAD;
  prose->last = index;
  return TRUE;
}

static gpointer list_key(const PlanBlock *block) {
  return GINT_TO_POINTER((block->parent + 1) * 16 + (int)block->mark.kind);
}

/* Items beside tasks in the same list that name no owner. */
static void read_unowned(PlanReading *reading, const gboolean *anchors) {
  json_t *list = json_object_get(reading->plan, "content_items_without_owner");
  g_autoptr(GHashTable) with_tasks = g_hash_table_new(g_direct_hash, g_direct_equal);
  for (int i = reading->body; i < (int)reading->blocks->len; i++)
    if (anchors[i])
      g_hash_table_add(with_tasks, list_key(plan_block(reading, i)));
  for (int i = reading->body; i < (int)reading->blocks->len; i++) {
    PlanBlock *block = plan_block(reading, i);
    gboolean item = block->mark.kind >= MARK_NUMBER && block->mark.kind <= MARK_LETTER && block->label == LABEL_NONE &&
                    block->parent >= 0;
    gboolean section = i + 1 < block->end && plan_block(reading, i + 1)->mark.kind <= MARK_LETTER;
    if (!item || section || anchors[i] || block->owned || anchors[block->parent] ||
        !g_hash_table_contains(with_tasks, list_key(block)))
      continue;
    json_array_append_new(list, json_pack("{s:s, s:o}", "id", plan_block_id(reading, i).text, "content",
                                          plan_json_text(plan_text_bare(reading->chunk, block->text))));
    plan_note(reading, PLAN_READ, block->line_from, block->line_to, "/content_items_without_owner/%" G_GSIZE_FORMAT,
              json_array_size(list) - 1);
  }
}

void plan_tasks_read(PlanReading *reading) {
  json_object_set_new(reading->plan, "tasks", json_array());
  json_object_set_new(reading->plan, "content_items_without_owner", json_array());
  json_object_set_new(reading->plan, "reporting_chain", json_array());
  g_autofree gboolean *anchors = g_new0(gboolean, reading->blocks->len + 1);
  int organisation = plan_organisation_section(reading);
  organisation = organisation < 0 ? (int)reading->blocks->len : organisation;
  Prose prose = {.reading = reading, .anchor = -1, .last = -1};
  for (int i = reading->body; i < (int)reading->blocks->len; i++) {
    PlanBlock *block = plan_block(reading, i);
    if (block->table) {
      flush(&prose);
      plan_table_tasks_read(reading, i);
      continue;
    }
    if (block->label != LABEL_NONE)
      take_label(&prose, i);
    else if (i >= organisation || !take_assignment(&prose, i))
      take_text(&prose, i);
    if (prose.open && prose.anchor >= 0)
      anchors[prose.anchor] = TRUE;
    if (prose.open && block->label != LABEL_NONE)
      prose.last = i;
  }
  flush(&prose);
  read_unowned(reading, anchors);
}
