/* The outline: which block hangs under which, headings, and the parts that are read by their heading. */
#include "module/plan/plan_reading.h"
#include <string.h>

static int rank_of(const PlanBlock *block) {
  if (block->appendix)
    return -1;
  if (block->mark.kind == MARK_NONE && block->heading)
    return MIN(MARK_ROMAN + block->heading - 1, MARK_NUMBER_4);
  return (int)block->mark.kind;
}

gboolean plan_block_is_heading(PlanReading *reading, int index) {
  PlanBlock *block = plan_block(reading, index);
  if (block->table || block->label != LABEL_NONE || !block->text.length)
    return FALSE;
  if (block->appendix || block->mark.kind <= MARK_ROMAN || (block->mark.kind == MARK_NONE && block->heading))
    return TRUE;
  char end = block->text.fold[block->text.length - 1];
  return block->mark.kind <= MARK_NUMBER_4 && block->text.length < 220 && !strchr(".;", end);
}

PlanText plan_block_id(PlanReading *reading, int index) {
  g_autofree char *id = g_strdup("");
  for (int i = index; i >= 0; i = plan_block(reading, i)->parent) {
    PlanBlock *block = plan_block(reading, i);
    if (block->appendix || block->mark.kind == MARK_PART || block->mark.kind >= MARK_DASH || !*block->mark.name)
      continue;
    gsize length = strlen(block->mark.name);
    gboolean included = !strncmp(id, block->mark.name, length) && id[length] == '.' &&
                        block->mark.kind >= MARK_NUMBER && g_ascii_isdigit(id[0]);
    char *longer = included ? g_strdup(id)
                   : *id    ? g_strconcat(block->mark.name, ".", id, NULL)
                            : g_strdup(block->mark.name);
    g_free(id);
    id = longer;
    if (block->mark.whole)
      break;
  }
  return plan_reading_text(reading, id);
}

gboolean plan_block_under(PlanReading *reading, int index, int ancestor) {
  while (index > ancestor)
    index = plan_block(reading, index)->parent;
  return index == ancestor;
}

gboolean plan_words_response(const char *fold, gboolean *out_decided) {
  static const char *const BEFORE[] = {"chua co su co",
                                       "chua xay ra",
                                       "truoc khi",
                                       "phong ngua",
                                       "san sang",
                                       "huan luyen",
                                       "dien tap",
                                       "danh gia cac nguy co",
                                       "danh gia nguy co",
                                       "xay dung phuong an",
                                       "phuong an doi pho",
                                       "tuyen truyen",
                                       "to chuc thuc hien",
                                       "giam sat",
                                       NULL};
  static const char *const DURING[] = {"khi co su co",
                                       "khi xay ra su co",
                                       "su co xay ra",
                                       "xay ra su co",
                                       "quy trinh ung cuu",
                                       "quy trinh xu ly",
                                       "quy trinh ung pho",
                                       "cac buoc xu ly",
                                       "cac buoc ung cuu",
                                       "cac buoc ung pho",
                                       "ung cuu, xu ly su co",
                                       "xu ly, ung cuu su co",
                                       "tiep nhan va xu ly su co",
                                       "hoat dong thuong truc",
                                       "ung cuu su co",
                                       "trong su co",
                                       "xu ly su co",
                                       "ung pho khi",
                                       "khac phuc su co",
                                       NULL};
  gboolean before = plan_has_any(fold, BEFORE), during = plan_has_any(fold, DURING);
  *out_decided = before || during;
  return during && !before;
}

gboolean plan_block_response(PlanReading *reading, int index) {
  for (int i = index; i >= 0; i = plan_block(reading, i)->parent) {
    gboolean decided = FALSE, response = plan_words_response(plan_block(reading, i)->text.fold, &decided);
    if (decided && (plan_block_is_heading(reading, i) || i == index))
      return response;
  }
  return FALSE;
}

/* A section whose number was lost: capitals alone on a line. */
static gboolean bare_section(const PlanBlock *block) {
  return block->mark.kind == MARK_NONE && block->caps && !block->table && block->text.length > 6 &&
         block->text.length < 160 && !block->appendix;
}

/* Ends of subtrees, and where owners are named in them; from the last block up. */
static void measure_subtrees(PlanReading *reading) {
  g_autoptr(GHashTable) counts = g_hash_table_new(g_direct_hash, g_direct_equal);
  int count = (int)reading->blocks->len;
  for (int i = count - 1; i >= 0; i--) {
    PlanBlock *block = plan_block(reading, i), *parent = block->parent >= 0 ? plan_block(reading, block->parent) : NULL;
    block->end = MAX(block->end, i + 1);
    gpointer key = GINT_TO_POINTER((block->parent + 1) * 16 + (int)block->mark.kind);
    if (block->owned)
      g_hash_table_insert(counts, key, GINT_TO_POINTER(GPOINTER_TO_INT(g_hash_table_lookup(counts, key)) + 1));
    if (!parent)
      continue;
    parent->end = MAX(parent->end, block->end);
    parent->owned = parent->owned || block->owned || block->label == LABEL_LEAD || block->label == LABEL_COORDINATE ||
                    block->label == LABEL_TIME;
  }
  for (int i = 0; i < count; i++) {
    PlanBlock *block = plan_block(reading, i);
    gpointer key = GINT_TO_POINTER((block->parent + 1) * 16 + (int)block->mark.kind);
    block->owned_siblings = GPOINTER_TO_INT(g_hash_table_lookup(counts, key));
  }
}

void plan_outline_read(PlanReading *reading) {
  int stack[32], depth = 0;
  gboolean appendices = FALSE;
  json_t *headings = json_array();
  for (int i = 0; i < (int)reading->blocks->len; i++) {
    PlanBlock *block = plan_block(reading, i);
    if (i >= reading->body && bare_section(block) && !appendices && !block->heading)
      block->heading = 1;
    appendices = appendices || block->appendix;
    int rank = i < reading->body ? (int)MARK_NONE : rank_of(block);
    while (depth && rank < (int)MARK_NONE && rank_of(plan_block(reading, stack[depth - 1])) >= rank)
      depth--;
    block->parent = depth ? stack[depth - 1] : -1;
    if (rank < (int)MARK_NONE && depth < (int)G_N_ELEMENTS(stack))
      stack[depth++] = i;
    if (i < reading->body || !plan_block_is_heading(reading, i))
      continue;
    const char *number = plan_line(reading, (guint)block->line_from - 1)->text.text;
    gsize at = block->mark.kind == MARK_NONE ? 0 : block->mark.length;
    g_autofree char *mark = g_strndup(number, (gsize)(g_utf8_offset_to_pointer(number, (glong)at) - number));
    g_autofree char *whole = g_strconcat(mark, block->text.text, NULL);
    json_array_append_new(headings, json_string(whole));
    plan_note(reading, PLAN_READ, block->line_from, block->line_to, "/headings/%" G_GSIZE_FORMAT,
              json_array_size(headings) - 1);
  }
  json_object_set_new(reading->plan, "headings", headings);
  measure_subtrees(reading);
}

/* The items of a list section: its marked children; without marks, its paragraphs. */
static json_t *items(PlanReading *reading, int section, const char *pointer, gboolean starts) {
  json_t *list = json_array();
  int end = section < 0 ? -1 : plan_block(reading, section)->end;
  gboolean marked = FALSE;
  for (int i = section + 1; i < end; i++)
    marked = marked || (plan_block(reading, i)->parent == section && plan_block(reading, i)->mark.kind != MARK_NONE);
  for (int i = section + 1; i < end; i++) {
    PlanBlock *block = plan_block(reading, i);
    if (block->parent != section || block->table || (marked && block->mark.kind == MARK_NONE) ||
        (!marked && g_str_has_suffix(block->text.fold, ":")))
      continue;
    PlanText text = plan_text_bare(reading->chunk, block->text);
    g_autofree char *start = starts ? g_utf8_substring(text.text, 0, (glong)MIN(text.length, 80)) : NULL;
    json_array_append_new(list, json_string(start ? start : text.text));
    plan_note(reading, PLAN_READ, block->line_from, block->line_to, "/%s/%" G_GSIZE_FORMAT, pointer,
              json_array_size(list) - 1);
  }
  return list;
}

static gboolean heading_or_letter(PlanReading *reading, int index) {
  PlanBlock *block = plan_block(reading, index);
  return plan_block_is_heading(reading, index) || (block->mark.kind == MARK_LETTER && block->text.length < 220);
}

/* The innermost heading with one of the words and none of the others. */
static int find_section(PlanReading *reading, const char *const *words, const char *const *without) {
  int found = -1;
  for (int i = reading->body; i < (int)reading->blocks->len; i++) {
    PlanBlock *block = plan_block(reading, i);
    if (block->appendix)
      break;
    if (!heading_or_letter(reading, i) || !plan_has_any(block->text.fold, words) ||
        (without && plan_has_any(block->text.fold, without)))
      continue;
    if (found < 0 || plan_block(reading, i)->parent == found)
      found = i;
  }
  return found;
}

static void set_counted(PlanReading *reading, const char *name, int section) {
  g_autofree char *pointer = g_strconcat(name, "/starts", NULL);
  json_t *starts = items(reading, section, pointer, TRUE);
  json_object_set_new(reading->plan, name,
                      json_pack("{s:i, s:o}", "count", (int)json_array_size(starts), "starts", starts));
}

static void read_scope(PlanReading *reading, int section) {
  static const char *const WORDS[] = {"ap dung cho", "doi voi", "ap dung doi voi", "bao gom", NULL};
  json_object_set_new(reading->plan, "scope", json_null());
  int end = section < 0 ? -1 : plan_block(reading, section)->end;
  PlanText text = PLAN_TEXT_EMPTY;
  int from = 0, to = 0;
  for (int i = section + 1; i < end; i++) {
    PlanBlock *block = plan_block(reading, i);
    from = from ? from : block->line_from;
    to = block->line_to;
    text = plan_text_join(reading->chunk, text, block->text);
  }
  gsize at = 0;
  for (gsize i = 0; WORDS[i] && !at; i++) {
    gssize found = plan_find_word(text.fold, 0, WORDS[i]);
    at = found >= 0 ? (gsize)found + strlen(WORDS[i]) : 0;
  }
  text = plan_text_bare(reading->chunk, plan_text_from(reading->chunk, text, at));
  if (!text.length)
    return;
  json_object_set_new(reading->plan, "scope", plan_json_text(text));
  plan_note(reading, PLAN_READ, from, to, "/scope");
}

/* "Đơn vị: chức năng". The unit ends at the colon. */
static void read_functions(PlanReading *reading, int section) {
  json_t *functions = json_array();
  int end = section < 0 ? -1 : plan_block(reading, section)->end;
  for (int i = section + 1; i < end; i++) {
    PlanBlock *block = plan_block(reading, i);
    if (block->parent != section || block->mark.kind == MARK_NONE)
      continue;
    gsize colon = strcspn(block->text.fold, ":");
    gsize verb = plan_duty_verb(block->text, 4);
    gsize cut = colon < block->text.length ? colon : verb;
    const char *is = strstr(block->text.fold, " la ");
    if (is && (gsize)(is - block->text.fold) < cut)
      cut = (gsize)(is - block->text.fold);
    PlanText unit = plan_text_bare(reading->chunk, plan_text_slice(reading->chunk, block->text, 0, cut));
    PlanText summary = plan_text_from(reading->chunk, block->text, cut + (block->text.fold[cut] == ':' ? 1 : 0));
    for (int k = i + 1; k < end && plan_block(reading, k)->parent >= i; k++)
      summary = plan_text_join(reading->chunk, summary, plan_block(reading, k)->text);
    json_array_append_new(functions, json_pack("{s:o, s:o}", "unit", plan_json_text(unit), "summary",
                                               plan_json_text(plan_text_bare(reading->chunk, summary))));
    plan_note(reading, PLAN_READ, block->line_from, block->line_to, "/functions/%" G_GSIZE_FORMAT,
              json_array_size(functions) - 1);
  }
  json_object_set_new(reading->plan, "functions", functions);
}

static void read_priorities(PlanReading *reading) {
  static const char *const WORDS[] = {"uu tien", NULL};
  static const char *const WITHOUT[] = {"uu tien ung cuu", "buoc uu tien", "cac buoc", NULL};
  int section = find_section(reading, WORDS, WITHOUT);
  if (section < 0)
    return;
  json_t *starts = items(reading, section, "maintenance_priorities/starts", TRUE);
  json_t *priorities = json_pack("{s:s, s:i, s:o}", "where", plan_block_id(reading, section).text, "count",
                                 (int)json_array_size(starts), "starts", starts);
  json_object_set_new(reading->plan, "maintenance_priorities", priorities);
}

/* Sources of money: parts of the budget sentence. */
static json_t *budget_sources(PlanReading *reading, PlanText text) {
  static const char *const CUTS[] = {" va cac nguon", " va nguon", " va ngan sach", " va kinh phi", NULL};
  json_t *sources = json_array();
  gsize from = 0;
  for (gsize i = 0; i <= text.length; i++) {
    gsize length = i == text.length || text.fold[i] == ';' ? 1 : 0;
    for (gsize c = 0; CUTS[c] && !length; c++)
      length = !strncmp(text.fold + i, CUTS[c], strlen(CUTS[c])) ? 3 : 0;
    if (!length)
      continue;
    PlanText part = plan_text_bare(reading->chunk, plan_text_slice(reading->chunk, text, from, i));
    if (plan_starts(part.fold, "nguon ngan sach"))
      part = plan_text_from(reading->chunk, part, 6);
    if (part.length && plan_has_any(part.fold, (const char *const[]){"ngan sach", "nguon", "kinh phi", NULL}) &&
        !plan_has_word(part.fold, "theo quy dinh."))
      json_array_append_new(sources, plan_json_text(part));
    from = i + length;
    i = from - 1;
  }
  return sources;
}

/* The last section, not mere item, that is about money. */
static int budget_section(PlanReading *reading) {
  int found = -1;
  for (int i = reading->body; i < (int)reading->blocks->len && !plan_block(reading, i)->appendix; i++) {
    PlanBlock *block = plan_block(reading, i);
    gssize at = plan_find_word(block->text.fold, 0, "kinh phi");
    if (at >= 0 && at < 45 && plan_block_is_heading(reading, i) &&
        (found < 0 || block->mark.kind <= plan_block(reading, found)->mark.kind ||
         plan_block(reading, i)->parent == found))
      found = i;
  }
  return found;
}

/* "350.000.000 đồng" → 350000000; 0 where no sum stands. */
static json_int_t money_in(const char *fold) {
  for (const char *p = strstr(fold, " dong"); p; p = strstr(p + 1, " dong")) {
    const char *start = p;
    while (start > fold && (g_ascii_isdigit(start[-1]) || start[-1] == '.'))
      start--;
    json_int_t sum = 0;
    for (const char *digit = start; digit < p && p - start < 20; digit++)
      sum = *digit == '.' ? sum : sum * 10 + (*digit - '0');
    if (sum >= 1000 && !g_ascii_isalnum(p[5]))
      return sum;
  }
  return 0;
}

static void read_budget(PlanReading *reading) {
  static const char *const FROM[] = {"bo tri tu", "su dung tu",        "lay tu", "dam bao tu", "bao dam tu",
                                     "tu nguon",  "duoc bo tri trong", NULL};
  int section = budget_section(reading);
  json_t *budget = json_pack("{s:n, s:n, s:[]}", "text", "amount", "sources");
  json_object_set_new(reading->plan, "budget", budget);
  if (section < 0)
    return;
  PlanBlock *heading = plan_block(reading, section);
  gsize colon = strcspn(heading->text.fold, ":");
  PlanText text =
      colon < heading->text.length ? plan_text_from(reading->chunk, heading->text, colon + 1) : PLAN_TEXT_EMPTY;
  int end = plan_block(reading, section)->end;
  for (int i = section + 1; i < end; i++)
    text = plan_text_join(reading->chunk, text, plan_block(reading, i)->text);
  gsize at = 0, stop = text.length;
  for (gsize i = 0; FROM[i] && !at; i++) {
    gssize found = plan_find_word(text.fold, 0, FROM[i]);
    at = found >= 0 ? (gsize)found + strlen(FROM[i]) - (plan_starts(FROM[i], "tu nguon") ? 5 : 0) : 0;
  }
  for (gsize i = at; i + 2 < text.length && stop == text.length; i++)
    if (text.fold[i] == '.' && text.fold[i + 1] == ' ' && plan_text_upper_at(text, i + 2))
      stop = i;
  PlanText words = plan_text_bare(reading->chunk, plan_text_slice(reading->chunk, text, at, stop));
  if (!words.length)
    return;
  json_object_set_new(budget, "text", plan_json_text(words));
  if (money_in(text.fold))
    json_object_set_new(budget, "amount", json_integer(money_in(text.fold)));
  json_object_set_new(budget, "sources", at ? budget_sources(reading, words) : json_array());
  plan_note(reading, PLAN_READ, heading->line_from, plan_block(reading, end - 1)->line_to, "/budget");
}

void plan_sections_read(PlanReading *reading) {
  static const char *const PURPOSE[] = {"muc dich", "muc tieu", NULL}, *const REQUIREMENT[] = {"yeu cau", NULL};
  static const char *const PRINCIPLE[] = {"nguyen tac", "phuong cham", NULL}, *const SCOPE[] = {
                                                                                  "pham vi", "doi tuong ap dung", NULL};
  static const char *const FORCES[] = {"luc luong", NULL}, *const FUNCTIONS[] = {
                                                               "chuc nang, nhiem vu", "chuc nang nhiem vu",
                                                               "quan he phoi hop", "co che phoi hop", NULL};
  static const char *const NOT_PURPOSE[] = {"doi tuong", NULL}, *const NOT_FORCES[] = {"dieu hanh", "chuc nang", NULL};
  static const char *const NOT_PRINCIPLE[] = {"pham vi", "muc dich", NULL};
  int purpose = find_section(reading, PURPOSE, NOT_PURPOSE), requirement = find_section(reading, REQUIREMENT, NULL);
  set_counted(reading, "purposes", purpose);
  set_counted(reading, "requirements", requirement == purpose ? -1 : requirement);
  set_counted(reading, "principles", find_section(reading, PRINCIPLE, NOT_PRINCIPLE));
  read_scope(reading, find_section(reading, SCOPE, NULL));
  json_object_set_new(reading->plan, "forces",
                      items(reading, find_section(reading, FORCES, NOT_FORCES), "forces", FALSE));
  read_functions(reading, find_section(reading, FUNCTIONS, NULL));
  read_priorities(reading);
  read_budget(reading);
}
