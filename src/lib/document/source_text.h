/* A document from outside as lines with what its layout said: the one form in which TXT, Markdown, DOCX, PDF and DOC
 * reach the readers of the business (plans, reports).
 *
 * A line is a hard line of a text file, or one paragraph of a DOCX (also one inside a table cell). Numbers count from 1
 * and are what people are pointed to. Texts are NFC (text_clean), without the line end, blanks kept.
 *
 * Ownership: the SourceText owns everything; free with source_text_free().
 * Threads: immutable once built.
 */
#pragma once
#include <glib.h>

typedef enum { SOURCE_TXT, SOURCE_MARKDOWN, SOURCE_DOCX, SOURCE_PDF, SOURCE_DOC } SourceKind;

typedef struct {
  int number;         /* from 1 */
  const char *text;   /* never NULL; deleted (tracked) text is not in it */
  const char *label;  /* automatic numbering of DOCX as it would print: "1.", "a)", "III."; else NULL */
  int table;          /* 0: not in a table; else from 1, nested tables count on their own */
  int row, column;    /* from 1, column by grid position */
  int column_span;    /* 1 unless merged to the right */
  gboolean merged_up; /* this cell continues the one above (vMerge); such a cell is kept with its (mostly empty) text */
  int heading;        /* outline level 1-9 by style; 0 none */
  gboolean bold, centered, page_start; /* page_start: a page break or form feed stands before it */
  gboolean continues;                  /* DOCX: begins at a line break inside the paragraph of the line before */
} SourceLine;

typedef struct {
  SourceKind kind;
  GArray *lines; /* of SourceLine */
  GStringChunk *texts;
  char *encoding; /* what the bytes were: "UTF-8", "UTF-16", "TCVN3", "VNI", "Windows-1258" */
} SourceText;

SourceText *source_text_new(SourceKind kind);
void source_text_free(SourceText *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SourceText, source_text_free)
/* Appends a line with the next number; texts are copied. The result is valid until the next append. */
SourceLine *source_text_append(SourceText *text, const char *line, gssize length_bytes);
#define source_text_line(source, index) (&g_array_index((source)->lines, SourceLine, (index)))

/* Text of any encoding that Vietnamese offices use, split into lines: UTF-8 (with or without BOM), UTF-16,
 * Windows-1258, TCVN3 (ABC) and VNI, recognised by how often Vietnamese letters come out. Limits: 16 MiB, 500,000 lines
 * (ERROR_TOO_LARGE). What is no text at all: ERROR_UNREADABLE, which says what was seen and what to do. */
SourceText *source_text_read_txt(const char *bytes, gsize length_bytes, SourceKind kind, GError **error);

/* DOCX (ISO/IEC 29500, transitional or strict): paragraphs and cells in order; empty ones too. A line break inside a
 * paragraph begins a new line. Headers, footers, footnotes, comments, hidden and deleted text are left out. Runs in
 * fonts of TCVN3 (.Vn…) and VNI are converted. Call it only inside the sandbox: libzip and libxml2 see hostile bytes.
 * Refused: any DOCTYPE, declared size over 32 MiB for a part or 48 MiB in all parts read, over 500,000 nodes, ratio
 * over 200 for a part above 1 MiB. Truncated or damaged archives: ERROR_UNREADABLE. */
SourceText *source_text_read_docx(const char *bytes, gsize length_bytes, GError **error);

/* The form that crosses the pipe from the sandboxed child. The parser trusts nothing in it. */
void source_text_pack(const SourceText *text, GByteArray *out);
SourceText *source_text_unpack(const char *bytes, gsize length_bytes, GError **error);

/* What kind of file the bytes are, by content first, name second (may be NULL). FALSE + ERROR_UNREADABLE for kinds that
 * cannot be read (pictures, XLSX, encrypted or scanned), with a message that says what to do. */
gboolean source_kind_guess(const char *bytes, gsize length_bytes, const char *name, SourceKind *out_kind,
                           GError **error);
