/* List and section marks at the start of a paragraph: "III.", "1.2.", "a)", "-", "+", "Bước 3:". */
#pragma once
#include "module/plan/plan_text.h"

/* In the order in which they nest. */
typedef enum {
  MARK_PART,    /* Phần I, Chương II */
  MARK_CAPITAL, /* A. */
  MARK_ROMAN,   /* II. */
  MARK_NUMBER,  /* 1.  2.3  III.1 */
  MARK_NUMBER_2,
  MARK_NUMBER_3,
  MARK_NUMBER_4,
  MARK_LETTER, /* a) */
  MARK_PAREN,  /* (1)  1) */
  MARK_DASH,
  MARK_PLUS,
  MARK_STAR,
  MARK_NONE
} MarkKind;

typedef struct {
  MarkKind kind;
  char name[24];  /* without its punctuation: "2.3", "đ"; empty for bullets */
  gsize length;   /* characters up to the text after it */
  gboolean whole; /* the name carries the path from the top: "III.1" */
} PlanMark;

PlanMark plan_mark(PlanText text);
int plan_roman_value(const char *fold, gsize length); /* 0 when it is none, up to 39 */
