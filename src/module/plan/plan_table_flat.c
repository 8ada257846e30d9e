/* Tables that lost their cell bounds: the titles run together on a line or two, then each cell as lines of its own.
 * Cells are told apart by what they hold (a unit, a time, words) and by how wide their lines are. */
#include "module/plan/plan_reading.h"
#include <string.h>

#define TITLE_LINES 24
#define ROW_LINES 200

static const char *const TITLES[] = {"stt",
                                     "tt",
                                     "so tt",
                                     "so thu tu",
                                     "nhiem vu",
                                     "noi dung",
                                     "noi dung nhiem vu",
                                     "noi dung cong viec",
                                     "noi dung thuc hien",
                                     "noi dung, nhiem vu",
                                     "nhiem vu, giai phap",
                                     "nhiem vu cu the",
                                     "nhiem vu trong tam",
                                     "noi dung trien khai",
                                     "cong viec",
                                     "ten nhiem vu",
                                     "hoat dong",
                                     "noi dung hoat dong",
                                     "cac nhiem vu",
                                     "hang muc",
                                     "nhiem vu thuc hien",
                                     "noi dung/nhiem vu",
                                     "nhiem vu/noi dung",
                                     "don vi chu tri",
                                     "co quan chu tri",
                                     "chu tri",
                                     "don vi thuc hien",
                                     "co quan thuc hien",
                                     "bo phan chu tri",
                                     "bo phan thuc hien",
                                     "don vi chu tri thuc hien",
                                     "co quan, don vi chu tri",
                                     "phong chu tri",
                                     "nguoi thuc hien",
                                     "trach nhiem thuc hien",
                                     "phan cong thuc hien",
                                     "don vi phoi hop",
                                     "co quan phoi hop",
                                     "phoi hop",
                                     "don vi phoi hop thuc hien",
                                     "co quan, don vi phoi hop",
                                     "bo phan phoi hop",
                                     "thoi gian",
                                     "thoi gian thuc hien",
                                     "thoi gian hoan thanh",
                                     "thoi han",
                                     "thoi han hoan thanh",
                                     "tien do",
                                     "tien do thuc hien",
                                     "lo trinh",
                                     "lo trinh thuc hien",
                                     "thoi diem",
                                     "han hoan thanh",
                                     "san pham",
                                     "ket qua",
                                     "san pham, ket qua",
                                     "san pham/ket qua",
                                     "ket qua dau ra",
                                     "san pham du kien",
                                     "ket qua du kien",
                                     "ghi chu",
                                     "kinh phi",
                                     "kinh phi thuc hien",
                                     "nguon kinh phi",
                                     "du toan",
                                     NULL};

/* Cuts a run of titles into columns; FALSE when something else is in it. */
static gboolean cut_titles(PlanReading *reading, PlanText text, PlanTable *table) {
  guint count = 0;
  for (gsize at = 0; at < text.length;) {
    gsize length = plan_starts_any(text.fold + at, TITLES);
    if (!length || count == TABLE_COLUMNS)
      return FALSE;
    if (table)
      table->titles[count] = plan_text_slice(reading->chunk, text, at, at + length);
    count++;
    for (at += length; at < text.length && strchr(" |", text.fold[at]); at++)
      ;
  }
  if (table)
    table->columns = count;
  return count >= 3;
}

static gboolean count_title(PlanText text) {
  static const char *const COUNTS[] = {"stt", "tt", "so tt", "so thu tu", NULL};
  return plan_starts_any(text.fold, COUNTS) > 0;
}

/* The last line of the titles that start on line `first`; first - 1 where none do. */
static guint titles_end(PlanReading *reading, guint first, PlanText *out) {
  PlanText run = PLAN_TEXT_EMPTY;
  guint end = first - 1;
  for (guint i = first; i < reading->lines->len && i < first + TITLE_LINES; i++) {
    PlanLine *line = plan_line(reading, i);
    if (line->use == LINE_BLANK)
      continue;
    if (line->text.length > 120 || g_ascii_isdigit(line->text.fold[0]) || (i > first && count_title(line->text)))
      break;
    run = plan_text_join(reading->chunk, run, line->text);
    if (cut_titles(reading, run, NULL)) {
      end = i;
      *out = run;
    }
  }
  return end;
}

typedef enum { PIECE_WORDS, PIECE_UNIT, PIECE_TIME } PieceKind;

typedef struct {
  PlanText text;
  int line_from, line_to;
  gsize width;
  PieceKind kind;
} Piece;

typedef struct {
  PlanReading *reading;
  PlanTable *table;
  GArray *pieces; /* of Piece: of the open row */
  gsize content_width;
  guint lines;              /* of the open row */
  gboolean alone, repeated; /* row numbers stand alone; the titles were just repeated */
} FlatReader;

/* What cannot end a cell: the words go on. */
static gboolean goes_on(PlanText text) {
  static const char *const OPEN[] = {" va",  " cua",      " cac",  " thuoc", " tai", " ve",
                                     " voi", "van phong", " theo", " cho",   NULL};
  if (!text.length || strchr(",;-/(", text.fold[text.length - 1]))
    return TRUE;
  for (gsize i = 0; OPEN[i]; i++)
    if (g_str_has_suffix(text.fold, OPEN[i]))
      return TRUE;
  return FALSE;
}

static gboolean starts_piece(const FlatReader *flat, const Piece *open, PlanText line, PieceKind *out_kind) {
  if (!plan_text_upper_at(line, 0) && !g_ascii_isdigit(line.fold[0]))
    return FALSE;
  gboolean narrow = line.length * 4 <= MAX(flat->content_width, 40) * 3;
  if (plan_time_words(line.fold) && narrow && !goes_on(open->text)) {
    *out_kind = PIECE_TIME;
    return TRUE;
  }
  static const char *const LEVELS[] = {"huyen",  "tinh", "xa",       "phuong", "thanh pho",
                                       "thi xa", "quan", "thi tran", NULL};
  if (open->kind == PIECE_TIME && g_ascii_isdigit(line.fold[0]))
    return FALSE; /* "Quý IV năm" / "2023" */
  *out_kind = plan_unit_starts(line, 0) && !plan_starts_any(line.fold, LEVELS) ? PIECE_UNIT : PIECE_WORDS;
  if (*out_kind == PIECE_UNIT)
    return narrow && !goes_on(open->text);
  return open->kind != PIECE_WORDS && narrow && !goes_on(open->text) && open->kind == PIECE_TIME;
}

static void add_line(FlatReader *flat, PlanText line, int number) {
  Piece *open = flat->pieces->len ? &g_array_index(flat->pieces, Piece, flat->pieces->len - 1) : NULL;
  PieceKind kind = PIECE_WORDS;
  if (!open || starts_piece(flat, open, line, &kind)) {
    Piece piece = {.text = line, .line_from = number, .line_to = number, .width = line.length, .kind = kind};
    g_array_append_val(flat->pieces, piece);
  } else {
    open->text = plan_text_join(flat->reading->chunk, open->text, line);
    open->line_to = number;
    open->width = MAX(open->width, line.length);
  }
  if (flat->pieces->len == 1)
    flat->content_width = MAX(flat->content_width, line.length);
}

static int column_with(const PlanTable *table, ColumnRole role) {
  for (guint c = 0; c < table->columns; c++)
    if (table->roles[c] == role)
      return (int)c;
  return -1;
}

static void put(FlatReader *flat, PlanRow *row, int column, const Piece *piece) {
  if (column < 0)
    column = column_with(flat->table, COLUMN_CONTENT);
  PlanCell *cell = &row->cells[MAX(column, 0)];
  plan_cell_add(flat->reading, cell, piece->text, piece->line_from);
  cell->line_to = piece->line_to;
}

typedef struct {
  guint row;
  Piece piece;
} LonePiece;

/* Puts the pieces of the open row into its cells. A lone unit is left for settle_lone_units(). */
static void close_row(FlatReader *flat, GArray *lone) {
  if (!flat->table->rows->len || !flat->pieces->len)
    return;
  guint index = flat->table->rows->len - 1;
  PlanRow *row = &g_array_index(flat->table->rows, PlanRow, index);
  row->line_to = g_array_index(flat->pieces, Piece, flat->pieces->len - 1).line_to;
  int unit_columns[3] = {column_with(flat->table, COLUMN_LEAD), column_with(flat->table, COLUMN_COORDINATE), -1};
  if (unit_columns[0] > unit_columns[1] && unit_columns[1] >= 0) {
    int swap = unit_columns[0];
    unit_columns[0] = unit_columns[1];
    unit_columns[1] = swap;
  }
  guint units = 0, unit = 0;
  for (guint i = 0; i < flat->pieces->len; i++)
    units += g_array_index(flat->pieces, Piece, i).kind == PIECE_UNIT ? 1 : 0;
  for (guint i = 0; i < flat->pieces->len; i++) {
    Piece *piece = &g_array_index(flat->pieces, Piece, i);
    if (i == 0 || piece->kind == PIECE_WORDS) {
      int after = column_with(flat->table, COLUMN_PRODUCT);
      put(flat, row,
          i == 0       ? column_with(flat->table, COLUMN_CONTENT)
          : after >= 0 ? after
                       : column_with(flat->table, COLUMN_NOTE),
          piece);
    } else if (piece->kind == PIECE_TIME) {
      put(flat, row, column_with(flat->table, COLUMN_TIME), piece);
    } else if (units == 1 && unit_columns[0] >= 0 && unit_columns[1] >= 0) {
      LonePiece entry = {index, *piece};
      g_array_append_val(lone, entry);
    } else {
      put(flat, row, unit_columns[0] < 0 ? unit_columns[1] : unit_columns[MIN(unit, unit_columns[1] < 0 ? 0u : 1u)],
          piece);
      unit++;
    }
  }
  g_array_set_size(flat->pieces, 0);
}

/* Which of two unit columns a lone unit stands in: the narrower one cannot hold lines that are too wide for it. */
static void settle_lone_units(FlatReader *flat, GArray *lone, const gsize *widths) {
  int lead = column_with(flat->table, COLUMN_LEAD), coordinate = column_with(flat->table, COLUMN_COORDINATE);
  for (guint i = 0; i < lone->len; i++) {
    LonePiece *entry = &g_array_index(lone, LonePiece, i);
    gsize wide = MAX(widths[0], widths[1]), narrow = MIN(widths[0], widths[1]);
    int wider = widths[1] > widths[0] ? coordinate : lead;
    int column = wide > narrow && narrow && entry->piece.width > narrow ? wider : lead;
    put(flat, &g_array_index(flat->table->rows, PlanRow, entry->row), column, &entry->piece);
  }
}

static void widths_seen(FlatReader *flat, gsize *widths) {
  guint unit = 0, units = 0;
  for (guint i = 0; i < flat->pieces->len; i++)
    units += g_array_index(flat->pieces, Piece, i).kind == PIECE_UNIT ? 1 : 0;
  gboolean lead_first = column_with(flat->table, COLUMN_LEAD) < column_with(flat->table, COLUMN_COORDINATE);
  for (guint i = 0; i < flat->pieces->len && units == 2; i++) {
    Piece *piece = &g_array_index(flat->pieces, Piece, i);
    if (piece->kind == PIECE_UNIT) {
      guint slot = lead_first ? unit : 1 - unit;
      widths[slot] = MAX(widths[slot], piece->width);
      unit++;
    }
  }
}

/* Words left over after repeated titles: the end of a cell that a page break cut. They go where they complete a unit
 * that the table names elsewhere, else to the first unit cell of the row. */
static void add_leftover(FlatReader *flat, PlanText line, int number) {
  Piece *target = NULL;
  for (guint i = 1; i < flat->pieces->len; i++) {
    Piece *piece = &g_array_index(flat->pieces, Piece, i);
    if (piece->kind != PIECE_UNIT)
      continue;
    if (!target)
      target = piece;
    const char *cut = strrchr(piece->text.fold, ';');
    g_autofree char *whole = g_strconcat(cut ? cut + 1 : piece->text.fold, " ", line.fold, NULL);
    g_strstrip(whole);
    for (guint r = 0; r + 1 < flat->table->rows->len && r < 40; r++)
      for (guint c = 0; c < flat->table->columns; c++)
        if (strstr(g_array_index(flat->table->rows, PlanRow, r).cells[c].text.fold, whole))
          target = piece;
  }
  if (!target)
    target = flat->pieces->len ? &g_array_index(flat->pieces, Piece, flat->pieces->len - 1) : NULL;
  if (target) {
    target->text = plan_text_join(flat->reading->chunk, target->text, line);
    target->line_to = number;
  }
}

/* The number that opens a row: alone on its line, or before the words. Characters to skip; 0: none. */
static gsize row_number(const FlatReader *flat, PlanText line, guint expected) {
  g_autofree char *number = g_strdup_printf("%u", expected);
  g_autofree char *padded = g_strdup_printf("%02u", expected);
  gsize digits = strspn(line.fold, "0123456789");
  if (!digits || (strncmp(line.fold, number, digits) && strncmp(line.fold, padded, digits)) ||
      (digits != strlen(number) && digits != strlen(padded)))
    return 0;
  gsize at = digits + (line.fold[digits] == '.' ? 1 : 0);
  if (at == line.length)
    return at;
  gboolean words = line.fold[at] == ' ' && plan_text_upper_at(line, at + 1);
  return words && !(flat->alone && expected > 1) ? at + 1 : 0;
}

/* A caption over a group: "A. …", "I. …", and a row follows it. */
static gboolean is_caption(PlanReading *reading, guint index, const FlatReader *flat, guint expected) {
  PlanLine *line = plan_line(reading, index);
  if (line->mark.kind > MARK_ROMAN || line->text.length > 160)
    return FALSE;
  for (guint i = index + 1; i < reading->lines->len && i < index + 8; i++) {
    PlanText next = plan_line(reading, i)->text;
    if (next.length && (row_number(flat, next, expected) || row_number(flat, next, 1)))
      return TRUE;
  }
  return FALSE;
}

static gboolean table_ends(const PlanLine *line) {
  const char *fold = line->text.fold;
  return plan_starts(fold, "noi nhan") || (plan_starts(fold, "phu luc") && line->text.length < 90) ||
         (line->mark.kind <= MARK_ROMAN && plan_text_caps(line->text)) || line->use == LINE_TABLE;
}

static void open_row(FlatReader *flat, GArray *lone, gsize *widths, guint *expected, PlanLine *line, gsize skip) {
  widths_seen(flat, widths);
  close_row(flat, lone);
  PlanRow *row = plan_table_row(flat->table, line->source->number);
  g_autofree char *number = g_strdup_printf("%u", *expected);
  plan_cell_add(flat->reading, &row->cells[0], plan_reading_text(flat->reading, number), line->source->number);
  flat->alone = flat->alone || skip == line->text.length;
  flat->lines = 0;
  flat->repeated = FALSE;
  (*expected)++;
  if (skip < line->text.length)
    add_line(flat, plan_text_from(flat->reading->chunk, line->text, skip), line->source->number);
}

/* One line of the body of the table; FALSE where the table is over. */
static gboolean take_line(FlatReader *flat, GArray *lone, gsize *widths, guint *expected, guint *index) {
  PlanReading *reading = flat->reading;
  PlanLine *line = plan_line(reading, *index);
  PlanText titles = PLAN_TEXT_EMPTY;
  if (line->use == LINE_BLANK)
    return TRUE;
  gsize skip = row_number(flat, line->text, *expected);
  if (skip) {
    open_row(flat, lone, widths, expected, line, skip);
  } else if (is_caption(reading, *index, flat, *expected)) {
    widths_seen(flat, widths);
    close_row(flat, lone);
    PlanRow *row = plan_table_row(flat->table, line->source->number);
    row->group = TRUE;
    row->caption = line->text;
    if (!row_number(flat, plan_line(reading, *index + 1)->text, *expected))
      *expected = 1;
  } else if (table_ends(line) || *expected == 1 || ++flat->lines > ROW_LINES) {
    return FALSE;
  } else if (count_title(line->text) && titles_end(reading, *index, &titles) >= *index) {
    *index = titles_end(reading, *index, &titles);
    flat->repeated = TRUE;
  } else if (flat->repeated) {
    add_leftover(flat, line->text, line->source->number);
  } else {
    add_line(flat, line->text, line->source->number);
  }
  flat->table->last = *index;
  return TRUE;
}

PlanTable *plan_table_flat(PlanReading *reading, guint first) {
  PlanLine *line = plan_line(reading, first);
  PlanText titles = PLAN_TEXT_EMPTY;
  if (!count_title(line->text))
    return NULL;
  guint end = titles_end(reading, first, &titles);
  if (end + 1 <= first)
    return NULL;
  PlanTable *table = plan_table_new(reading, first);
  cut_titles(reading, titles, table);
  plan_table_header(table);
  table->last = end;
  g_autoptr(GArray) pieces = g_array_new(FALSE, TRUE, sizeof(Piece)),
                    lone = g_array_new(FALSE, TRUE, sizeof(LonePiece));
  FlatReader flat = {.reading = reading, .table = table, .pieces = pieces};
  gsize widths[2] = {0};
  guint expected = 1;
  for (guint i = end + 1; i < reading->lines->len; i++)
    if (!take_line(&flat, lone, widths, &expected, &i))
      break;
  widths_seen(&flat, widths);
  close_row(&flat, lone);
  settle_lone_units(&flat, lone, widths);
  return table;
}
