/* Shared by the sources of form_paper.h. Private to them. */
#pragma once
#include "module/incident/form_paper.h"

/* The kinds of block in form_layout.yaml, and what each needs. */
typedef enum { BLOCK_NONE, BLOCK_TEXT, BLOCK_ONE, BLOCK_LIST } FormBlockShape;
typedef struct {
  const PaperForm *form;
  const json_t *values, *letterhead;
  gboolean blank; /* no value at all: printed to be filled in by hand, with the form's own hints */
  Paper *paper;
} FormDraw;
typedef void (*FormBlockFunc)(const FormDraw *draw, const json_t *block, const json_t *content);
typedef struct {
  const char *name;
  FormBlockShape shape; /* a text; one field; a list of fields */
  FormBlockFunc draw;
} FormBlock;
extern const FormBlock FORM_BLOCKS[];
extern const gsize FORM_BLOCK_COUNT;
const FormBlock *form_block_of(const json_t *block, const json_t **out_content); /* NULL: none known */

const char *form_text(const json_t *object, const char *key); /* "" where there is none */
gint64 form_int(const json_t *object, const char *key);       /* 0 where there is none */
const json_t *form_at(const json_t *object, const char *path); /* "body.name" */
gint64 form_count(const json_t *list);

GPtrArray *form_counted_kinds(const Law *law); /* LawKind: the rows of Mẫu số 05, in order */
const LawField *form_law_field(const LawForm *form, const char *id);
/* "14:35 21/11/2026"; "" for 0. */
const char *form_moment(char out[17], gint64 ms);

/* The letterhead, or a part of it, as NULL-terminated texts; g_free (not the texts). */
const char **form_texts(const json_t *list);
void form_letterhead(Paper *paper, const json_t *letterhead, const char *symbol, const char *letter_subject);
void form_signature(Paper *paper, const json_t *letterhead);

void form_draw_blocks(const FormDraw *draw);
void form_draw_letter(const FormDraw *draw);
void form_draw_fields(const FormDraw *draw); /* group by group, each field as a point */
