/* The look of paragraphs and runs in a DOCX, as far as it tells something about the text: numbering, outline level,
 * bold, centred, hidden, page break before, legacy font. Looks are layers: document defaults, paragraph style and what
 * it is based on, character style, direct formatting; a later layer covers an earlier one where it says something.
 *
 * Source: ISO/IEC 29500-1 §17.7.2 (style hierarchy). Threads: one DocxStyles belongs to one thread.
 */
#pragma once
#include "lib/document/docx_package.h"

typedef enum {
  LOOK_NUMBERING, /* w:numId; 0 switches numbering off */
  LOOK_LEVEL,     /* w:ilvl */
  LOOK_OUTLINE,   /* 0-8; 9 is body text */
  LOOK_BOLD,
  LOOK_CENTERED,
  LOOK_HIDDEN,
  LOOK_PAGE_BREAK,
  LOOK_FONT, /* DocxFont */
  LOOK_COUNT,
} LookItem;

typedef enum { FONT_UNICODE, FONT_TCVN3, FONT_TCVN3_CAPITALS, FONT_VNI } DocxFont;

typedef struct {
  int items[LOOK_COUNT]; /* -1: says nothing */
} DocxLook;

extern const DocxLook DOCX_LOOK_EMPTY;
void docx_look_cover(DocxLook *look, const DocxLook *by);
/* Takes in a property element (w:b, w:jc, w:numId, …); other names are ignored. */
void docx_look_read(DocxLook *look, const char *name, const DocxAttributes *attributes);

typedef struct DocxStyles DocxStyles;

DocxStyles *docx_styles_new(void);
void docx_styles_free(DocxStyles *styles);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DocxStyles, docx_styles_free)
gboolean docx_styles_read(DocxStyles *styles, DocxPackage *package, const char *part, GError **error);
/* The layers of a style, flattened, without the document defaults. An unknown name says nothing; NULL is the default
 * paragraph style. */
const DocxLook *docx_styles_find(const DocxStyles *styles, const char *name);
const DocxLook *docx_styles_defaults(const DocxStyles *styles);
const char *docx_styles_default_paragraph(const DocxStyles *styles); /* may be NULL */
