/* The abstract document going out: what an official paper consists of, without its looks.
 *
 * A Paper is built from top to bottom, then written as DOCX or PDF. Looks (sizes, bold, margins, numbering) belong to the
 * component and come from a PaperStyle, which is read from data. Letterhead, signatures, forms and bars are laid down as
 * paragraphs and tables, so a writer knows only those two and the section break.
 *
 * Units: millimetres (_mm), points (_pt). Texts: UTF-8, copied, made NFC; control characters are dropped, invalid bytes
 * become U+FFFD, a line feed is a line break. NULL is an empty text.
 * Ownership: the Paper owns all it hands out. Writers return new bytes; the same Paper and style give the same bytes.
 * Errors: ERROR_INVALID for a style that lacks something or has it out of range; ERROR_FAILED when a library fails.
 * Threads: a Paper belongs to one thread at a time; a PaperStyle is immutable and shared; writers run in any thread.
 * Source: Nghị định 30/2020/NĐ-CP, Phụ lục I.
 */
#pragma once
#include <glib.h>
#include <jansson.h>

typedef struct Paper Paper;
typedef struct PaperStyle PaperStyle;
typedef struct PaperTable PaperTable;

/* Components of an official document; each has one entry of the same name (lower case) in the style data. */
typedef enum {
  PAPER_NATIONAL_NAME,
  PAPER_MOTTO,
  PAPER_SUPERIOR,
  PAPER_ISSUER,
  PAPER_NUMBER,
  PAPER_PLACE_DATE,
  PAPER_LETTER_SUBJECT, /* "V/v …" of an official letter */
  PAPER_URGENCY,
  PAPER_CIRCULATION,
  PAPER_TYPE,
  PAPER_SUBJECT,
  PAPER_ADDRESSEE,
  PAPER_BASIS,
  PAPER_TEXT,
  PAPER_PART,
  PAPER_PART_TITLE,
  PAPER_CHAPTER,
  PAPER_CHAPTER_TITLE,
  PAPER_SECTION, /* "I. TÊN MỤC" on one line */
  PAPER_ARTICLE,
  PAPER_CLAUSE, /* a clause with a title, on its own line */
  PAPER_POINT,
  PAPER_RECIPIENTS_HEAD,
  PAPER_RECIPIENTS,
  PAPER_AUTHORITY,
  PAPER_SIGN_NOTE, /* "(Ký tên, đóng dấu)" of the forms */
  PAPER_SIGNER,
  PAPER_DRAFTER, /* drafter's mark and number of copies */
  PAPER_CONTACT, /* address, telephone at the end of the first part */
  PAPER_APPENDIX,
  PAPER_APPENDIX_TITLE,
  PAPER_APPENDIX_NOTE,
  PAPER_TABLE_CAPTION,
  PAPER_TABLE_HEAD,
  PAPER_TABLE_TEXT,
  PAPER_FORM_MARK, /* "Mẫu số …" */
  PAPER_FORM_MARK_NOTE,
  PAPER_FORM_HEAD,
  PAPER_FORM_TEXT,
  PAPER_NOTE,
  PAPER_PAGE_NUMBER,
  PAPER_COMPONENTS,
} PaperComponent;

typedef enum { PAPER_ALIGN_STYLE, PAPER_LEFT, PAPER_CENTER, PAPER_RIGHT, PAPER_JUSTIFY } PaperAlign;
/* Added to what the component has; PAPER_UPRIGHT and PAPER_LIGHT take italic and bold away. */
typedef enum {
  PAPER_PLAIN = 0,
  PAPER_BOLD = 1,
  PAPER_ITALIC = 2,
  PAPER_LIGHT = 4,
  PAPER_UPRIGHT = 8,
  PAPER_SUPERSCRIPT = 16,
} PaperEmphasis;

/* Fields may be set until the paper is written. */
typedef struct PaperParagraph PaperParagraph;
struct PaperParagraph {
  PaperComponent component;
  PaperAlign align;
  double indent_mm; /* added to the left edge */
  double right_mm;  /* room kept at the right edge */
  gboolean flush;   /* no indent of the first line */
  gboolean leader;  /* dots fill the last line up to the right edge: to be filled in by hand */
  gboolean keep_next;
  /* Private. */
  gboolean numbered;
  const char *label; /* a heading's number as given; NULL: counted */
  struct PaperRun *first, *last;
  PaperParagraph *next;
  struct Paper *paper;
};

/* `title` and `created_ms` (UTC) go into the file's properties; created_ms is the only time written. */
Paper *paper_new(const char *title, const char *author, gint64 created_ms);
void paper_free(Paper *paper);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Paper, paper_free)

/* A paragraph; `text` may be NULL, then runs follow. A paragraph that stays without text shows the component's fixed text. */
PaperParagraph *paper_paragraph(Paper *paper, PaperComponent component, const char *text);
void paper_run(PaperParagraph *paragraph, PaperEmphasis emphasis, const char *text);
/* A heading with its number: `label` as it shall print ("II.", "Chương I", "a)"), or NULL: the next one in order. "" has none.
 * A part or chapter prints its title on a line of its own. The text of a point goes here too. */
PaperParagraph *paper_heading(Paper *paper, PaperComponent component, const char *label, const char *title);
void paper_page_break(Paper *paper);
/* From here on a new page, turned or not; page numbers go on. */
void paper_section(Paper *paper, gboolean landscape);

typedef struct {
  const char *superior; /* NULL: none */
  const char *issuer;
  int number;         /* 0: left blank, to be filled in */
  const char *symbol; /* "KH-UBND"; NULL: no number line */
  const char *place;  /* NULL: no line of place and date */
  int day, month, year; /* 0: left blank */
  const char *subject;  /* of an official letter, with "V/v"; NULL: none */
  const char *urgency;  /* "HỎA TỐC", "THƯỢNG KHẨN", "KHẨN"; NULL: none */
} PaperLetterhead;
void paper_letterhead(Paper *paper, const PaperLetterhead *head);
/* NULL-terminated; one goes on the line of "Kính gửi:", several below each other. */
void paper_addressees(Paper *paper, const char *const *names);
/* Type (KẾ HOẠCH) and subject with the short rule below; either may be NULL. */
void paper_title(Paper *paper, const char *type, const char *subject);

typedef struct {
  const char *place_date;         /* above the authority, as in the forms; NULL: none */
  const char *const *authority;   /* lines: "TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"; NULL-terminated */
  const char *note;               /* "(Ký tên, đóng dấu)"; NULL: none */
  const char *name;               /* NULL: left blank */
} PaperSigner;
/* Left: the recipients (NULL-terminated, without dash and semicolon; the last one is "Lưu: …") or another signer; each may
 * be NULL. The block stays on one page with the line before it. */
void paper_signatures(Paper *paper, const char *const *recipients, const PaperSigner *left, const PaperSigner *right);

/* A new page with page numbers of its own. `number`: 1 and up in Roman; 0: the only one. `note`: "(Kèm theo …)" or NULL. */
void paper_appendix(Paper *paper, int number, const char *title, const char *note, gboolean landscape);

/* "Mẫu số 03" in its box at the right. */
void paper_form_mark(Paper *paper, const char *mark, const char *note);
typedef enum { PAPER_NO_MARK, PAPER_BULLET, PAPER_UNCHECKED, PAPER_CHECKED } PaperMark;
typedef struct {
  PaperMark mark;
  const char *label;
  const char *value; /* "" or NULL with `fill`: a dotted line */
  gboolean fill;
  double share; /* of the line's width, against its neighbours; 0: 1 */
} PaperField;
/* One line of a form: fields beside each other. */
void paper_fields(Paper *paper, const PaperField *fields, gsize count);
void paper_blank_lines(Paper *paper, int count); /* dotted lines over the whole width */

/* Bars: one line each with label, bar and value; all values ≥ 0. */
typedef struct {
  const char *label;
  double value;
  const char *shown; /* the value as printed */
} PaperBar;
void paper_bars(Paper *paper, const PaperBar *bars, gsize count);

/* Tables. `shares`: widths of the columns against each other. Header rows come first and repeat on every page. Cells are
 * added from left to right; places covered by a row span from above are passed over; spans are cut to the table. */
PaperTable *paper_table(Paper *paper, const double *shares, int columns, gboolean borders);
void paper_row(PaperTable *table, gboolean header);
void paper_row_height(PaperTable *table, double min_height_mm);
void paper_row_keep(PaperTable *table); /* the last row stays on the page of the next one */
PaperParagraph *paper_cell(PaperTable *table, const char *text); /* head or text component by its row */
PaperParagraph *paper_cell_span(PaperTable *table, int columns, int rows, const char *text);
void paper_cell_borders(PaperTable *table, gboolean borders); /* the last cell's own borders */
PaperParagraph *paper_cell_paragraph(PaperTable *table, PaperComponent component, const char *text); /* more in that cell */

/* g_free. Zeros are left blank: "Ninh Bình, ngày 05 tháng 3 năm 2024", "Số: 02/KH-UBND". */
char *paper_place_date(const char *place, int day, int month, int year);
char *paper_number(int number, const char *symbol);

/* The style, from the document of data/law/document_layout.yaml (or another of its shape). */
PaperStyle *paper_style_new(const json_t *data, GError **error);
PaperStyle *paper_style_load(const char *bytes, gsize length_bytes, GError **error); /* YAML */
void paper_style_free(PaperStyle *style);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PaperStyle, paper_style_free)

GBytes *paper_write_docx(const Paper *paper, const PaperStyle *style, GError **error);
GBytes *paper_write_pdf(const Paper *paper, const PaperStyle *style, GError **error);
