/* What the files of law share: the reader, and the tables that say which keys a record has. */
#pragma once
#include "base/arena.h"
#include "core/law.h"

typedef enum {
  LAW_KEY_TEXT,
  LAW_KEY_WORD, /* one of `words` */
  LAW_KEY_INT,
  LAW_KEY_BOOL,
  LAW_KEY_DAY,
  LAW_KEY_YEAR_DAYS, /* list of "20/6" */
  LAW_KEY_TEXTS,
  LAW_KEY_JSON,
  LAW_KEY_RECORDS, /* list of records of `of` */
  LAW_KEY_CITATIONS,
  LAW_KEY_CONDITION,
  LAW_KEY_REFERENCE,  /* the id of a record in the list at `list` of the Law */
  LAW_KEY_REFERENCES, /* several */
} LawKeyType;

typedef struct LawSchema LawSchema;

typedef struct {
  const char *key;
  LawKeyType type;
  gsize offset; /* in the record */
  gboolean required;
  gsize list;               /* reference: in Law */
  const LawSchema *of;      /* records */
  const char *const *words; /* word: ends with NULL */
} LawKey;

struct LawSchema {
  gsize size;
  const LawKey *keys;  /* ends with {NULL} */
  gboolean rule;       /* begins with a LawRule, whose keys it takes too */
  gboolean groundless; /* a word, not a rule: needs no basis */
};

typedef struct {
  const char *key; /* of the file */
  const LawSchema *schema;
  gsize list; /* in Law */
} LawSection;

extern const LawKey LAW_RULE_KEYS[];
extern const LawSection LAW_VOCABULARY[]; /* ends with {NULL} */
extern const LawSection LAW_SECTIONS[];
extern const LawSchema LAW_ACT_SCHEMA;

typedef struct {
  const char *place;
  gsize list;
  const char *id;
} LawReference;

typedef struct {
  Law *law;
  GPtrArray *problems; /* char */
  GArray *references;  /* LawReference, looked up when everything is read */
  const char *file;
  LawAct *act;
} LawReader;

void law_problem(LawReader *reader, const char *place, const char *format, ...) G_GNUC_PRINTF(3, 4);
GPtrArray *law_list_new(Law *law);
static inline GPtrArray **law_list_at(Law *law, gsize offset) {
  return (GPtrArray **)(void *)((char *)law + offset);
}

/* law_read.c */
void law_read_section(LawReader *reader, const LawSection *section, const json_t *items);
gpointer law_read_record(LawReader *reader, const LawSchema *schema, const json_t *source, const char *where);
/* law_condition.c */
LawCondition *law_read_condition(LawReader *reader, const char *place, const json_t *source);
void law_check_condition(LawReader *reader, const char *place, const LawCondition *condition, gboolean in_criterion);
/* law_check.c */
void law_check_all(LawReader *reader);
