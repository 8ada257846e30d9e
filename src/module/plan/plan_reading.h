/* The state of one reading and the steps that fill it. Internal to the plan reader.
 *
 * Lines (physical) become tables, letterhead, tail and blocks (logical paragraphs); blocks form an outline; each step
 * puts its part into `plan` and says in `provenance` from which lines it came. */
#pragma once
#include "lib/document/source_text.h"
#include "module/plan/plan_mark.h"
#include <jansson.h>

typedef enum { LINE_FREE, LINE_BLANK, LINE_NOISE, LINE_HEAD, LINE_TABLE, LINE_TAIL } LineUse;

typedef struct {
  PlanText text;   /* Markdown removed, automatic numbering of DOCX in front */
  const char *raw; /* the same with its blanks, for columns */
  PlanMark mark;
  const SourceLine *source;
  LineUse use;
} PlanLine;

typedef enum {
  COLUMN_OTHER,
  COLUMN_COUNT,
  COLUMN_CONTENT,
  COLUMN_LEAD,
  COLUMN_COORDINATE,
  COLUMN_OWNERS,
  COLUMN_TIME,
  COLUMN_PRODUCT,
  COLUMN_NOTE,
  COLUMN_MONEY
} ColumnRole;
#define TABLE_COLUMNS 12

typedef struct {
  PlanText text;
  int line_from, line_to;
  gboolean present; /* FALSE: the row has no such cell or it continues the one above */
} PlanCell;

typedef struct {
  PlanCell cells[TABLE_COLUMNS];
  gboolean group; /* a caption over the rows that follow */
  PlanText caption;
  int line_from, line_to;
} PlanRow;

typedef struct {
  guint columns;
  PlanText titles[TABLE_COLUMNS];
  ColumnRole roles[TABLE_COLUMNS];
  GArray *rows;      /* of PlanRow */
  guint first, last; /* indexes of lines */
  gboolean merges;   /* the source says itself which cells are merged */
  gboolean is_tasks, repeats;
} PlanTable;

typedef enum {
  LABEL_NONE,
  LABEL_CONTENT,
  LABEL_LEAD,
  LABEL_COORDINATE,
  LABEL_TIME,
  LABEL_PRODUCT,
  LABEL_MONEY
} LabelKind;

typedef struct {
  PlanText text; /* after the mark */
  PlanMark mark;
  int line_from, line_to;
  PlanTable *table; /* a table stands here, no text */
  LabelKind label;
  PlanText label_text, value; /* "Đơn vị chủ trì" · what follows the colon */
  int parent;                 /* index of the block it hangs under, -1 at the top */
  int end;                    /* the first block after its subtree */
  gboolean owned;             /* a label of owner or time stands in its subtree */
  int owned_siblings;         /* blocks of the same parent and mark, itself too, that are owned */
  gboolean caps;
  int heading;
  gboolean appendix;
} PlanBlock;

typedef struct {
  const SourceText *source;
  GStringChunk *chunk;
  GArray *lines;     /* of PlanLine */
  GPtrArray *tables; /* of PlanTable */
  GArray *blocks;    /* of PlanBlock */
  int body;          /* index of the first block of the body (after title and legal bases) */
  int margin;        /* width of a filled line in characters; 0: paragraphs are not wrapped */
  json_t *plan, *provenance;
} PlanReading;

#define plan_line(reading, index) (&g_array_index((reading)->lines, PlanLine, (index)))
#define plan_block(reading, index) (&g_array_index((reading)->blocks, PlanBlock, (index)))

/* All steps; the reading goes on being usable after a failure, to be freed. The source must outlive it. */
PlanReading *plan_reading_new(const SourceText *source);
gboolean plan_reading_run(PlanReading *reading, GError **error);
void plan_reading_free(PlanReading *reading);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PlanReading, plan_reading_free)

/* Steps, in the order in which plan_read() takes them. */
void plan_lines_build(PlanReading *reading);
void plan_tables_find(PlanReading *reading);
void plan_letterhead_read(PlanReading *reading);
void plan_tail_read(PlanReading *reading);
void plan_blocks_build(PlanReading *reading);
void plan_title_read(PlanReading *reading); /* also the issuing sentence, legal bases, issuer, period */
void plan_outline_read(PlanReading *reading);
void plan_sections_read(PlanReading *reading);
void plan_tasks_read(PlanReading *reading);
void plan_table_tasks_read(PlanReading *reading, int block); /* the tasks of the table that stands at a block */
void plan_scenarios_read(PlanReading *reading);
void plan_duties_read(PlanReading *reading);
void plan_reports_read(PlanReading *reading);
void plan_appendices_read(PlanReading *reading);

/* Shared by the steps. */
typedef enum { PLAN_READ, PLAN_INFERRED, PLAN_CORRECTED } Certainty;
void plan_note(PlanReading *reading, Certainty certainty, int line_from, int line_to, const char *pointer, ...)
    G_GNUC_PRINTF(5, 6);
json_t *plan_json_text(PlanText text); /* null when empty */
PlanText plan_reading_text(PlanReading *reading, const char *text);

LabelKind plan_label_kind(const char *fold, gsize length); /* of the words before a colon */
gssize plan_label_find(PlanText text, gsize from, LabelKind *out_kind, gsize *out_value); /* next label inside a text */
ColumnRole plan_column_role(const char *fold);

/* The identity of a block as the text has it: "III.1.a". */
PlanText plan_block_id(PlanReading *reading, int index);
gboolean plan_block_under(PlanReading *reading, int index, int ancestor); /* or itself */
gboolean plan_block_is_heading(PlanReading *reading, int index);
/* Of a response in the course of an incident: decided by the innermost heading that says so. */
gboolean plan_words_response(const char *fold, gboolean *out_decided);
gboolean plan_block_response(PlanReading *reading, int index);

gboolean plan_block_scenario_group(const PlanBlock *block); /* an item that names a group of scenarios */

int plan_organisation_section(PlanReading *reading); /* the block of "Tổ chức thực hiện", or -1 */

/* Units: "A; B, C và các D" → list. The text after "báo cáo" is no unit. */
void plan_units_split(PlanReading *reading, PlanText text, GArray *units);
json_t *plan_units_json(PlanReading *reading, PlanText text);
gboolean plan_unit_starts(PlanText text, gsize at); /* a unit name starts here, with a capital */
gboolean plan_body_starts(PlanText text); /* a line of the letterhead that begins the name of another body */
gboolean plan_unit_word(const char *fold);          /* the same, whatever its case */
gsize plan_duty_verb(PlanText text, gsize from);    /* where the name ends and the duty starts; length when nowhere */

/* {text, kind, due_from?, due_to?}; year 0: the plan names none. */
json_t *plan_time_json(PlanText text, int year);
const char *plan_time_kind(const char *fold);
gboolean plan_time_words(const char *fold); /* reads like the content of a time cell */
int plan_reading_year(PlanReading *reading);

/* Citations. */
typedef struct {
  gsize from, to; /* characters: from the type word to the end of number and date */
  const char *type;
  PlanText name; /* of a law */
  PlanText number;
  char date[11];
} PlanCitation;
gboolean plan_citation_find(PlanReading *reading, PlanText text, gsize from, PlanCitation *out);
gsize plan_date_parse(const char *fold, gsize at, int *day, int *month, int *year); /* end, or 0 */
gsize plan_number_parse(PlanReading *reading, PlanText text, gsize at, PlanText *number);

PlanText plan_appendix_number(PlanReading *reading, PlanText text); /* "I" of "Phụ lục I" */
PlanTable *plan_table_new(PlanReading *reading, guint first);
PlanRow *plan_table_row(PlanTable *table, int line);
PlanTable *plan_table_flat(PlanReading *reading, guint first);
PlanTable *plan_table_columns(PlanReading *reading, guint first);
gboolean plan_table_header(PlanTable *table); /* sets roles from titles; TRUE when it reads like a header */
void plan_cell_add(PlanReading *reading, PlanCell *cell, PlanText text, int line);
