/* What the parts of the judgement share. Only plan_check*.c include this. */
#pragma once
#include "module/plan/plan_check.h"

#define HEADINGS_MAX 500 /* a plan has some dozens; more are not looked for in the text */

/* One source line as the checks see it: automatic number put back, Markdown signs taken off. */
typedef struct {
  int number;
  char *plain;
  char *spelling; /* text_fold_spelling of it */
  char *where;    /* path of the section it stands in: "III.2"; NULL before the first */
  gsize start;    /* where its words begin in CheckText.flat */
  gsize heading;  /* 1 + index in the reading's headings of the one that begins here; 0: none */
  int hashes;     /* Markdown heading signs before it */
  int table;
  gboolean merged_up;
  gboolean continues; /* DOCX: goes on the paragraph of the line before */
  gboolean new_page;  /* a page ended before it */
  guint paragraph_end; /* one past the last line of the paragraph or list item that it belongs to */
  gboolean starts;    /* begins a paragraph or list item, as far as the layout can tell */
} CheckLine;

typedef struct {
  const char *text, *bare; /* bare: text_fold of it */
  gsize length, bare_length;
  guint uses;
} CheckWord;

typedef struct {
  guint word;  /* index of the CheckWord */
  gsize place; /* byte offset in the text */
} CheckWordPlace;

/* The words of a text in their order; equal ones are one CheckWord. */
typedef struct {
  GArray *distinct; /* of CheckWord */
  GArray *places;   /* of CheckWordPlace */
  GStringChunk *chunk;
} CheckWords;

CheckWords *check_words_new(const char *flat); /* in folded spelling; signs are left out */
void check_words_free(CheckWords *words);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CheckWords, check_words_free)
#define check_word_place(words, index) (&g_array_index((words)->places, CheckWordPlace, (index)))
#define check_word(words, index) (&g_array_index((words)->distinct, CheckWord, check_word_place(words, index)->word))

/* The document as one run of words in folded spelling, hard wraps joined and page numbers left out, so that phrases
 * are found wherever a line broke. */
typedef struct {
  GArray *lines; /* of CheckLine */
  GString *flat;
  CheckWords *words;    /* of flat */
  guint body;           /* index of the first line after title and legal bases */
  int page_number_line; /* the first line that is only a page number; 0 or less: none */
  guint appendix;       /* index of the first line of the appendices, or the number of lines */
} CheckText;

CheckText *check_text_new(const SourceText *source, const json_t *headings);
void check_text_free(CheckText *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CheckText, check_text_free)
#define check_line(text, index) (&g_array_index((text)->lines, CheckLine, (index)))
/* Byte offset in `flat` of the next whole-word place of a phrase from `from` on, or -1. */
gssize check_text_find(const CheckText *text, const char *phrase, gsize from);
const CheckLine *check_text_line_at(const CheckText *text, gsize offset);
/* One past the last line of the paragraph or list item that begins at `index`. */
guint check_text_paragraph_end(const CheckText *text, guint index);
/* The words of lines [first, end) in folded spelling; g_free. */
char *check_text_words(const CheckText *text, guint first, guint end);
/* The path of the section that a line stands in; NULL before the first. */
const char *check_text_where(const CheckText *text, int line);
/* The number of the first line that has the words, 0 where none has. */
int check_text_line_of(const CheckText *text, const char *words);

gboolean word_starts_at(const char *text, const char *place);
const char *word_find(const char *text, const char *phrase); /* whole words; both folded */

/* Rules: lists of texts are folded when loaded. "a + b" in a list asks for both. */
struct PlanCheckRules {
  json_t *acts, *bodies, *outline;
};
char *words_without(const char *spelling, const json_t *words);    /* a text with the words of a list taken out */
const char *rule_match(const json_t *words, const char *spelling); /* the first entry that matches, or NULL */

gboolean rule_starts(const json_t *words, const char *spelling); /* the text begins with some entry */

const char *json_text(const json_t *object, const char *key); /* NULL unless a text */
char *day_text(const char *iso);                              /* 21/11/2026; what is no ISO date stays as it is */
gboolean json_list_empty(const json_t *list);

typedef struct PlanCheck PlanCheck;

typedef struct {
  const char *code, *severity, *title;
  void (*check)(PlanCheck *check);
} CheckRow;

/* What the text says about keeping systems running (TT 20/2017 Điều 12 khoản 2). */
typedef struct {
  gboolean headed; /* a heading announces it */
  gboolean said;   /* a sentence sets a priority */
  int circular;    /* line of a sentence that only points back to the plan itself; 0: none */
  gboolean looked;
} Mandatory;

struct PlanCheck {
  const json_t *reading;
  const CheckText *text;
  const PlanCheckRules *rules;
  SourceKind kind;
  const char *on;     /* ISO */
  const char *issued; /* ISO: the plan's date, or the first day that its month or year leaves open; NULL unknown */
  const CheckRow *row;
  guint told; /* findings of this row */
  Mandatory mandatory;
  json_t *defects;
};

typedef struct {
  int line;
  const char *where, *found, *fix;
  const char *basis; /* NULL: that of the code in plan_outline.yaml, else common practice */
  gboolean arguable; /* told, but only as information */
} Finding;

void check_report(PlanCheck *check, Finding finding);
gboolean check_told_enough(const PlanCheck *check);        /* further findings of this code are not told */
const char *check_where(const PlanCheck *check, int line); /* the section of a line, or "đầu văn bản" */

/* Names of bodies (plan_check_name.c) */
char *name_key(const char *name); /* for comparing: spelling, abbreviations written out, remarks in brackets dropped */
/* The key; of a response team without what the same team's name may lack ("mạng", "khẩn cấp"). */
char *name_core(const PlanCheck *check, const char *name);
gboolean name_same(const char *a, const char *b);
int name_rank(const PlanCheck *check, const char *name); /* level in the hierarchy, 0 unknown */
int issuer_rank(const PlanCheck *check);
gboolean name_is_role(const PlanCheck *check, const char *name); /* a role or many bodies, no single body */
/* Part of an address (www.vncert.gov.vn) or of a longer name (VNCERT/CC). */
gboolean name_in_address(const CheckText *text, gsize at, const char *name);
gboolean task_value_inferred(const PlanCheck *check, gsize index, const char *field);

/* head */
void check_number_missing(PlanCheck *check);
void check_number_mismatch(PlanCheck *check);
void check_date_missing(PlanCheck *check);
void check_date_incomplete(PlanCheck *check);
void check_letterhead_missing(PlanCheck *check);
void check_letterhead_displaced(PlanCheck *check);
void check_doc_type_missing(PlanCheck *check);
void check_signature_authority_missing(PlanCheck *check);
void check_period_missing(PlanCheck *check);
void check_period_not_in_title(PlanCheck *check);
void check_period_before_issue(PlanCheck *check);
void check_period_expired_now(PlanCheck *check);
/* outline */
void check_mandatory_section_missing(PlanCheck *check);
void check_mandatory_section_circular(PlanCheck *check);
void check_outline_section_missing(PlanCheck *check);
void check_section_numbering_jump(PlanCheck *check);
void check_numbering_style(PlanCheck *check);
void check_lettering_nonstandard(PlanCheck *check);
void check_heading_level_unreliable(PlanCheck *check);
void check_scenario_missing(PlanCheck *check);
void check_scenario_kind_missing(PlanCheck *check);
void check_cause_scenario_mismatch(PlanCheck *check);
/* tasks */
void check_owner_missing(PlanCheck *check);
void check_time_missing(PlanCheck *check);
void check_time_mismatch(PlanCheck *check);
void check_wrong_level_owner(PlanCheck *check);
void check_same_unit_lead_and_coordinate(PlanCheck *check);
void check_owner_without_duties(PlanCheck *check);
void check_roadmap_single_owner(PlanCheck *check);
void check_merged_cells_lost(PlanCheck *check);
void check_table_header_repeated(PlanCheck *check);
void check_separator_error(PlanCheck *check);
/* reports, budget, names */
void check_periodic_report_missing(PlanCheck *check);
void check_report_frequency_short(PlanCheck *check);
void check_report_bypasses_issuer(PlanCheck *check);
void check_budget_source_missing(PlanCheck *check);
void check_name_inconsistent(PlanCheck *check);
/* law */
void check_law_replaced_now(PlanCheck *check);
void check_body_obsolete_now(PlanCheck *check);
void check_level_abolished_now(PlanCheck *check);
void check_legal_basis_missing(PlanCheck *check);
void check_law_number_missing(PlanCheck *check);
void check_law_period_over(PlanCheck *check);
void check_ref_style(PlanCheck *check);
void check_quoted_title_differs(PlanCheck *check);
/* writing */
void check_ocr_error(PlanCheck *check);
void check_typo(PlanCheck *check);
void check_spelling_variant(PlanCheck *check);
void check_page_break_split(PlanCheck *check);
void check_page_number_in_text(PlanCheck *check);
void check_list_marker_missing(PlanCheck *check);
void check_personal_contact(PlanCheck *check);
void check_homoglyph(PlanCheck *check);
