/* Blocks: logical paragraphs. Lines that a margin or a page break cut are joined again. */
#include "module/plan/plan_reading.h"
#include <string.h>

#define PARAGRAPH_MAX 20000 /* characters; joining stops there */

/* Words that open a paragraph of their own even where the line before is filled to the margin. */
static const char *const OPENERS[] = {"tren day la", "trong qua trinh", "yeu cau",  "de nghi",
                                      "can cu",      "thuc hien",       "noi nhan", "ke hoach nay",
                                      "doi voi",     "viec xay dung",   NULL};

static int parentheses(const char *fold, int depth) {
  for (const char *p = fold; *p; p++)
    depth += *p == '(' ? 1 : *p == ')' && depth ? -1 : 0;
  return depth;
}

static gboolean appendix_title(PlanText text) {
  if (!plan_starts(text.fold, "phu luc") || !plan_text_upper_at(text, 0) || text.length > 200)
    return FALSE;
  gsize at = 7 + strspn(text.fold + 7, " ");
  if (plan_starts(text.fold + at, "so "))
    at += 3;
  gsize name = strspn(text.fold + at, "ivx0123456789");
  if (!name && g_ascii_isalpha(text.fold[at]) && !g_ascii_isalpha(text.fold[at + 1]))
    name = 1;
  if (g_ascii_isalnum(text.fold[at + name]))
    return FALSE;
  at += name;
  at += strspn(text.fold + at, " .:-");
  return at >= text.length || plan_text_upper_at(text, at) || text.fold[at] == '(';
}

typedef struct {
  PlanReading *reading;
  PlanLine *before;     /* the line that the open block ends with; NULL after something else: a table */
  GString *text, *fold; /* of the open block so far */
  int depth;            /* its open parentheses */
} Joiner;

static gboolean same_place(const PlanLine *a, const PlanLine *b) {
  return a->source->table == b->source->table && a->source->row == b->source->row &&
         a->source->column == b->source->column;
}

/* A dash that a wrapped "(… Việt Nam\n- VNCERT/CC)" left at the start of a line is no list mark. */
static gboolean mark_is_false(const Joiner *joiner, const PlanBlock *open, const PlanLine *line) {
  const char *close = strchr(line->text.fold, ')');
  const char *again = strchr(line->text.fold, '(');
  gsize length = open->text.length;
  if (line->mark.kind == MARK_DASH && length && g_ascii_isdigit(open->text.fold[length - 1]) &&
      g_ascii_isdigit(line->text.fold[line->mark.length]))
    return TRUE; /* "giai đoạn 2027" / "- 2030" */
  return line->mark.kind == MARK_DASH && joiner->depth && close && (!again || close < again);
}

/* The last word cannot end a sentence. */
static gboolean goes_on(PlanText text) {
  static const char *const OPEN_ENDS[] = {
      " và",  " của",  " về",  " với", " cho", " tại", " theo", " thuộc", " các",     " hoặc", " đến", " từ", " là",
      " gửi", " ngày", " khi", " Bộ",  " Sở",  " Ban", " Điều", " Phòng", " Công an", ",",     " -",   NULL};
  for (gsize i = 0; OPEN_ENDS[i]; i++)
    if (g_str_has_suffix(text.text, OPEN_ENDS[i]))
      return TRUE;
  return FALSE;
}

/* A section title of one line, and after it a line that opens a paragraph: filled to the margin, from a capital. */
static gboolean heading_is_whole(const PlanReading *reading, const PlanBlock *open, PlanText next) {
  if (open->mark.kind > MARK_NUMBER_4 || (int)open->text.length > reading->margin * 2 + reading->margin / 4 ||
      goes_on(open->text))
    return FALSE;
  return plan_starts_any(next.fold, OPENERS) || (int)next.length * 5 >= reading->margin * 4;
}

static gboolean continues(const Joiner *joiner, const PlanBlock *open, const PlanLine *line) {
  if (!open || !joiner->before || open->table || open->appendix || open->text.length > PARAGRAPH_MAX ||
      !same_place(joiner->before, line))
    return FALSE;
  if (line->mark.kind != MARK_NONE)
    return mark_is_false(joiner, open, line);
  PlanText text = line->text;
  gunichar first = g_utf8_get_char(text.text);
  char end = open->text.fold[open->text.length ? open->text.length - 1 : 0];
  if (joiner->reading->source->kind ==
      SOURCE_DOCX) /* its paragraphs are whole; a break inside one goes on in small letters */
    return g_unichar_islower(first) && end != ':' && !line->source->label;
  if (g_unichar_islower(first) || strchr(",;.)%", (int)text.fold[0]))
    return TRUE;
  if (appendix_title(text) || line->source->heading || end == ':')
    return FALSE;
  if (goes_on(open->text) && !plan_text_caps(open->text))
    return TRUE;
  if (plan_starts_any(text.fold, OPENERS))
    return FALSE;
  gboolean wrapped = joiner->reading->margin > 0;
  gboolean full = wrapped && (int)joiner->before->text.length * 5 >= joiner->reading->margin * 4 - 20;
  if (g_ascii_isdigit(text.fold[0]) || joiner->depth)
    return full || !wrapped;
  if (plan_text_caps(text) && plan_text_caps(open->text) && wrapped && text.length > 4)
    return end != '.' || full;
  if (heading_is_whole(joiner->reading, open, text))
    return FALSE;
  if (strchr(".;", end))
    return full && end == '.' && open->mark.kind != MARK_NONE && open->mark.kind >= MARK_LETTER;
  return full;
}

/* The open block keeps a view of what is joined so far; close_block() makes it its own. */
static void append(Joiner *joiner, PlanBlock *open, PlanText text, int line) {
  if (joiner->text->len) {
    g_string_append_c(joiner->text, ' ');
    g_string_append_c(joiner->fold, ' ');
  }
  g_string_append(joiner->text, text.text);
  g_string_append(joiner->fold, text.fold);
  joiner->depth = parentheses(text.fold, joiner->depth);
  gsize length = joiner->fold->len;
  open->text = length ? (PlanText){joiner->text->str, joiner->fold->str, length} : PLAN_TEXT_EMPTY;
  open->line_to = line;
}

static void close_block(Joiner *joiner) {
  PlanReading *reading = joiner->reading;
  if (joiner->fold->len && reading->blocks->len) {
    PlanBlock *open = plan_block(reading, reading->blocks->len - 1);
    open->text = (PlanText){g_string_chunk_insert(reading->chunk, joiner->text->str),
                            g_string_chunk_insert(reading->chunk, joiner->fold->str), joiner->fold->len};
  }
  g_string_truncate(joiner->text, 0);
  g_string_truncate(joiner->fold, 0);
  joiner->depth = 0;
}

static void add_block(PlanReading *reading, const PlanLine *line) {
  PlanBlock block = {
      .mark = line->mark, .line_from = line->source->number, .line_to = line->source->number, .parent = -1};
  block.text = plan_text_from(reading->chunk, line->text, line->mark.kind == MARK_NONE ? 0 : line->mark.length);
  block.appendix = appendix_title(line->text);
  block.heading = line->source->heading;
  PlanMark inner = plan_mark(block.text);
  if (block.mark.kind == MARK_DASH && (inner.kind == MARK_PLUS || inner.kind == MARK_STAR)) {
    block.mark = inner; /* "- + …": Markdown put a list mark before the list mark */
    block.text = plan_text_from(reading->chunk, block.text, inner.length);
  }
  g_array_append_val(reading->blocks, block);
}

/* Tables stand in the order of their lines; *at is the next one. */
static PlanTable *table_at(PlanReading *reading, guint line, guint *at) {
  PlanTable *table = *at < reading->tables->len ? reading->tables->pdata[*at] : NULL;
  if (!table || table->first != line)
    return NULL;
  (*at)++;
  return table;
}

static void add_table(PlanReading *reading, PlanTable *table) {
  PlanBlock block = {.text = PLAN_TEXT_EMPTY, .mark = {.kind = MARK_NONE}, .table = table, .parent = -1};
  block.line_from = plan_line(reading, table->first)->source->number;
  block.line_to = plan_line(reading, table->last)->source->number;
  g_array_append_val(reading->blocks, block);
}

static void finish(PlanReading *reading, PlanBlock *block) {
  block->caps = plan_text_caps(block->text);
  gsize colon = strcspn(block->text.fold, ":");
  if (colon < block->text.length && colon <= 60 && block->mark.kind > MARK_ROMAN)
    block->label = plan_label_kind(block->text.fold, colon);
  if (block->label != LABEL_NONE) {
    block->label_text = plan_text_slice(reading->chunk, block->text, 0, colon);
    block->value = plan_text_from(reading->chunk, block->text, colon + 1);
  }
}

/* "… Đơn vị chủ trì: A. Đơn vị phối hợp: B." in one paragraph becomes one block for each label. */
static void split_labels(PlanReading *reading) {
  GArray *blocks = reading->blocks;
  reading->blocks = g_array_sized_new(FALSE, TRUE, sizeof(PlanBlock), blocks->len);
  for (guint i = 0; i < blocks->len; i++) {
    PlanBlock block = g_array_index(blocks, PlanBlock, i);
    for (gsize from = 0;;) {
      LabelKind kind = LABEL_NONE;
      gsize value = 0;
      gssize at = block.table || block.appendix || block.text.length > PARAGRAPH_MAX
                      ? -1
                      : plan_label_find(block.text, from, &kind, &value);
      if (at == 0) {
        from = value;
        continue;
      }
      PlanText rest = at > 0 ? plan_text_from(reading->chunk, block.text, (gsize)at) : PLAN_TEXT_EMPTY;
      gboolean bracketed = at > 0 && block.text.fold[at - 1] == '(';
      gsize cut = at > 0 ? (gsize)at - (bracketed ? 1 : 0) : 0;
      while (cut && !bracketed && strchr(" -,", block.text.fold[cut - 1]))
        cut--;
      if (at > 0)
        block.text = plan_text_slice(reading->chunk, block.text, 0, cut);
      finish(reading, &block);
      g_array_append_val(reading->blocks, block);
      if (at <= 0)
        break;
      if (bracketed && rest.length && strchr(rest.fold, ')')) {
        gsize close = (gsize)(strrchr(rest.fold, ')') - rest.fold);
        rest = plan_text_slice(reading->chunk, rest, 0, close);
      }
      block.text = rest;
      block.mark = (PlanMark){.kind = MARK_NONE};
      from = 0;
    }
  }
  g_array_free(blocks, TRUE);
}

void plan_blocks_build(PlanReading *reading) {
  g_autoptr(GString) text = g_string_new(NULL), fold = g_string_new(NULL);
  Joiner joiner = {.reading = reading, .text = text, .fold = fold};
  guint next_table = 0;
  for (guint i = 0; i < reading->lines->len; i++) {
    PlanLine *line = plan_line(reading, i);
    PlanTable *table = line->use == LINE_TABLE ? table_at(reading, i, &next_table) : NULL;
    if (table) {
      close_block(&joiner);
      add_table(reading, table);
      joiner.before = NULL;
    }
    if (line->use != LINE_FREE)
      continue;
    PlanBlock *open = reading->blocks->len ? plan_block(reading, reading->blocks->len - 1) : NULL;
    if (continues(&joiner, open, line)) {
      append(&joiner, open, line->text, line->source->number);
    } else {
      close_block(&joiner);
      add_block(reading, line);
      open = plan_block(reading, reading->blocks->len - 1);
      append(&joiner, open, open->text, line->source->number);
    }
    joiner.before = line;
  }
  close_block(&joiner);
  split_labels(reading);
}
