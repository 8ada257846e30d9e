/* What a Paper and a PaperStyle consist of: for the builder and the writers only.
 *
 * Everything of a Paper lives in its arena.
 */
#pragma once
#include "base/arena.h"
#include "lib/document/paper.h"

typedef struct PaperRun PaperRun;
struct PaperRun {
  const char *text;
  PaperEmphasis emphasis;
  PaperRun *next;
};

typedef struct PaperCell PaperCell;
struct PaperCell {
  int column, column_span, row_span;
  gboolean borders, filled; /* filled: with the colour of bars */
  PaperParagraph *first, *last;
  PaperCell *next;
};

typedef struct PaperRow PaperRow;
struct PaperRow {
  gboolean header, keep_next;
  double min_height_mm;
  PaperCell *first, *last;
  PaperRow *next;
};

/* A table of the caller's, or a frame: one without borders whose widths the style has. */
typedef enum {
  PAPER_TABLE,
  PAPER_LETTERHEAD,
  PAPER_STAMP, /* three columns: the box stands in the middle of the letterhead's left column */
  PAPER_SIGNATURE,
  PAPER_ADDRESSEES,
  PAPER_FORM_BOX,
  PAPER_FRAMES,
} PaperFrame;

struct PaperTable {
  Paper *paper;
  PaperFrame frame;
  int columns;
  double *shares;
  const char *stamp; /* the word in the box of PAPER_STAMP */
  gboolean borders, keep_whole; /* keep_whole: all rows on one page */
  gboolean own_shares; /* a frame that is divided by its own shares, not by those of the style */
  PaperRow *first, *last;
  int *covered; /* per column: rows still covered by a span from above */
  int column;   /* where the next cell may begin */
};

typedef enum { PAPER_BLOCK_PARAGRAPH, PAPER_BLOCK_TABLE, PAPER_BLOCK_PAGE, PAPER_BLOCK_SECTION } PaperBlockKind;

typedef struct PaperBlock PaperBlock;
struct PaperBlock {
  PaperBlockKind kind;
  PaperParagraph *paragraph;
  PaperTable *table;
  gboolean landscape, restart; /* PAPER_BLOCK_SECTION */
  PaperBlock *next;
};

struct Paper {
  Arena *arena;
  const char *title, *author;
  gint64 created_ms;
  PaperBlock *first, *last;
};

typedef enum { PAPER_COUNT_NONE, PAPER_COUNT_ROMAN, PAPER_COUNT_ARABIC, PAPER_COUNT_LETTER } PaperCounting;

/* How a component looks. */
typedef struct {
  char *label, *source, *text; /* text: what the law fixes ("Nơi nhận:"), else NULL */
  double size_pt;
  gboolean bold, italic, upper, keep_next;
  PaperAlign align;
  double first_line_mm, left_mm, before_pt, after_pt, line_spacing;
  double rule;    /* length of the line beneath as part of the text's width; 0: none */
  double space_mm; /* room left above, for a signature */
  char *color;    /* RRGGBB; NULL: black */
  int outline;    /* level in the document's outline, from 1; 0: none */
  PaperCounting counting;
  char *count_before, *count_after;
} PaperLook;

struct PaperStyle {
  double width_mm, height_mm, top_mm, bottom_mm, left_mm, right_mm, header_mm;
  char *font, *substitute, *checkbox_font; /* substitute: same metrics, embedded in PDF */
  char *letters;                           /* order of points */
  double cell_padding_mm, border_pt, rule_pt;
  double around_pt; /* room before and after a table with borders */
  char *bar_color;
  struct {
    double left, right, before_pt, after_pt;
  } frames[PAPER_FRAMES];
  GHashTable *stamp_widths; /* word → double *, in mm */
  PaperLook looks[PAPER_COMPONENTS];
};

const char *paper_component_key(PaperComponent component); /* "national_name" */
const PaperLook *paper_look(const PaperStyle *style, const PaperParagraph *paragraph);
PaperAlign paper_align(const PaperStyle *style, const PaperParagraph *paragraph);
/* The edges of the columns in mm from the left, columns + 1 of them; g_free. */
double *paper_column_edges(const PaperStyle *style, const PaperTable *table, double width_mm);

/* Room before and after a table, in points. */
double paper_table_before(const PaperStyle *style, const PaperTable *table);
double paper_table_after(const PaperStyle *style, const PaperTable *table);
/* A cell with borders, and any cell of a table with borders, keeps its text off its edges. */
double paper_cell_padding_mm(const PaperStyle *style, const PaperTable *table, const PaperCell *cell);
/* The colour of a cell's borders is that of its text. NULL: black. */
const char *paper_cell_color(const PaperStyle *style, const PaperCell *cell);

/* Counts headings while a writer goes through the paper: a heading starts those below it anew. */
typedef struct {
  int counts[PAPER_COMPONENTS];
} PaperCounter;
/* The number of a heading with a blank behind it, "" for none; g_free. */
char *paper_heading_label(const PaperStyle *style, PaperCounter *counter, const PaperParagraph *paragraph);

/* A paragraph as it prints: its texts joined, each with its emphasis settled. */
typedef struct {
  guint start, length; /* bytes */
  gboolean bold, italic, superscript;
} PaperSpan;
typedef struct {
  GString *text;
  GArray *spans; /* of PaperSpan */
} PaperPrint;
void paper_print_init(PaperPrint *print);
void paper_print_clear(PaperPrint *print);
void paper_print_set(PaperPrint *print, const PaperStyle *style, PaperCounter *counter, const PaperParagraph *paragraph);

char *paper_roman(int number); /* g_free */

/* The width of the longest line of a component's text on one line, in mm. */
double paper_text_width_mm(const PaperStyle *style, const PaperLook *look, const char *text);

/* Characters that writers treat apart; all three bytes long. */
#define PAPER_LINE_BREAK "\xE2\x80\xA8" /* U+2028 */
#define PAPER_MARK_OFF "\xE2\x98\x90" /* U+2610 */
#define PAPER_MARK_ON "\xE2\x98\x92"  /* U+2612 */
#define PAPER_SPECIAL_LENGTH 3
gboolean paper_is_mark(const char *text);
gboolean paper_is_special(const char *text);
