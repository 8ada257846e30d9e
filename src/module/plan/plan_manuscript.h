/* A plan as it is being written: the whole text in an order that can be edited, printed and read again.
 *
 *   {superior, issuer, place, number, symbol, day, month, year, title, authority: [line], signer,
 *    bases: [paragraph], issuing, recipients: [text], parts: [part]}
 *   part: {key, level, label, title, text, guide, carried, appendix, note, tasks: [task], table}
 *   task: {label, content, lead, coordinate, time, product}
 *   table: {titles: [text], roles: [name], rows: [{cells: [text], group}]}
 *
 * Parts stand one after another as on paper; level 0 is an appendix or "Phần", 1 a section ("I."), 2 and more what is below. A
 * part prints its title, its text (one paragraph a line), its tasks, then its table. `guide` tells what is to be written
 * while the part has nothing, and is never printed; `carried` was taken over from another plan and not looked at since.
 * The cell of a row may be null: it goes on with the cell above. A role is one of PLAN_ROLES.
 *
 * Whatever is shown, checked or turned into duties is read from the printed text (plan_read), so that a plan written here
 * and one that came from outside have the same reading.
 *
 * Ownership: results are new references. Errors: as plan_read. Threads: pure functions.
 */
#pragma once
#include "lib/document/paper.h"
#include "lib/document/source_text.h"
#include <jansson.h>

/* From a document that is a plan. */
json_t *plan_manuscript_read(const SourceText *source, GError **error);
/* The official paper (NĐ 30/2020/NĐ-CP, Phụ lục I). */
Paper *plan_manuscript_paper(const json_t *manuscript, gint64 created_ms);

/* Moves a plan on in time: years within [from, to] become later by to - from + 1, but not in numbers and days of cited
 * papers; number, day and signer become empty; every part is marked as carried over. */
void plan_manuscript_move_on(json_t *manuscript, int from_year, int to_year);

/* The part of each line of the printed text, found by its headings: {key: {from, to}} with numbers of lines. */
json_t *plan_manuscript_lines(const json_t *manuscript, const SourceText *printed);
/* Parts that have a guide and no words yet. */
int plan_manuscript_unwritten(const json_t *manuscript);

/* --- parts, tasks --- */
json_t *plan_part_find(const json_t *manuscript, const char *key); /* NULL: none; not a new reference */
json_t *plan_part_new(json_t *manuscript, gsize at, int level, const char *label, const char *title);
gboolean plan_part_is_written(const json_t *part);
/* Numbers the headings again in order, those that are numbered as the decree has it: "I.", "1.", "1.1.". */
void plan_manuscript_number(json_t *manuscript);

/* What a task of a part says, from prose or from a row. Texts belong to the manuscript; NULL where there is none. */
typedef struct {
  const char *label, *content, *lead, *coordinate, *time, *product;
} PlanTaskWords;
gsize plan_task_count(const json_t *part);
PlanTaskWords plan_task_words(const json_t *part, gsize index);
gboolean plan_task_set(json_t *part, gsize index, const PlanTaskWords *words); /* index = count: a new one at the end */
gboolean plan_task_remove(json_t *part, gsize index);
gboolean plan_task_swap(json_t *part, gsize index, gsize other);
/* An empty table for tasks with the columns that plans of this kind have. */
json_t *plan_task_table_new(void);

/* Names of ColumnRole in the JSON, in its order. */
extern const char *const PLAN_ROLES[];
