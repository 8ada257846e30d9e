/* The law as data: everything that data/law says, read once, never changed.
 *
 * A rule stands in the file of its act and is in force from the act's (or its own) first day until the day before
 * `until`, in the profiles it names (none named: in all). What the law leaves open is marked: `reading` gives the
 * ground of how the text is understood, `suggestion` the ground of what it does not demand. Every rule has one of the
 * three: a basis, a reading, a suggestion.
 *
 * Loading refuses (all problems at once, each with file and place): unknown keys; unknown actor, fact, form, criterion,
 * severity, step, profile; citations of an act or article that is not listed; rules without ground; the same id twice
 * at the same time; conditions that compare a fact with what its type cannot be.
 *
 * Ownership: everything belongs to the Law. Lists are GPtrArrays, never NULL, of the type named beside them.
 * Units: a Day with year 0 is "open". Threads: immutable after law_load, any thread.
 */
#pragma once
#include "base/date.h"
#include <jansson.h>

typedef struct LawAct LawAct;

typedef struct {
  const char *act_id;
  const char *article; /* "9", "Phụ lục III", NULL: the whole act */
  const char *clause;  /* khoản, NULL: none */
  const char *point;   /* điểm, NULL: none */
  const LawAct *act;
} LawCitation;

typedef enum { LAW_UNKNOWN = -1, LAW_NOT_MET = 0, LAW_MET = 1 } LawTruth;

typedef enum { LAW_ALL, LAW_ANY, LAW_NOT, LAW_IS, LAW_AT_LEAST, LAW_IN, LAW_CRITERION } LawOperator;

typedef struct {
  LawOperator op;
  GPtrArray *parts;    /* LawCondition: of all, any, not */
  const char *name;    /* the fact, or the criterion */
  const json_t *value; /* what the fact is compared with; in: a list */
  const char *other;   /* at_least: the fact it is compared with, or NULL */
} LawCondition;

typedef struct {
  const char *id;
  const LawAct *act;   /* NULL in the vocabulary */
  GPtrArray *profiles; /* char: ids; empty means all */
  Day from, until;     /* as told for the rule alone; law_in_force() also looks at the act */
  GPtrArray *basis;    /* LawCitation */
  const char *reading;
  const char *suggestion;
  const char *note;
  LawCondition *when; /* NULL: always */
} LawRule;

struct LawAct {
  LawRule rule; /* id, from, until */
  const char *name;
  const char *cited_as;
  const json_t *articles; /* {"9": title} */
};

typedef struct {
  LawRule rule;
  const char *name;
} LawProfile;

typedef struct {
  LawRule rule;
  const char *name;
  GPtrArray *held_by; /* char: which bodies of the program it is: "any", "keeper" (of a system), or kinds ("tinh") */
} LawActor;

typedef enum { LAW_TIME, LAW_BOOL, LAW_INT, LAW_TEXT, LAW_TEXTS } LawFactType;

typedef struct {
  const char *id;
  const char *label;
} LawValue;

typedef struct {
  LawRule rule; /* id: "detected_at", "system.level" */
  const char *type_name;
  LawFactType type;
  gboolean required;
  gboolean worked_out; /* by the program: severity */
  const char *given;   /* worked out: whether that fact was entered with a value */
  gint64 least, most;
  GPtrArray *values; /* LawValue: the only ones allowed; empty: any */
  const char *label;
} LawFact;

typedef struct {
  LawRule rule;
  const char *name;
} LawCriterion;

typedef struct {
  LawRule rule; /* id "nghiem-trong"; the first whose `when` is met is the severity */
  const char *name;
  const char *confirmed_by; /* actor that must confirm, or NULL */
} LawSeverity;

typedef struct {
  LawRule rule; /* id "T7", "N5đ" */
  const char *group;
  const char *name;
  const char *content;
  const char *output;
  const char *form;
  GPtrArray *lead, *partners; /* char: actors */
  GPtrArray *back_to;         /* char: steps done again when this one fails */
  gboolean optional;
} LawStep;

typedef struct {
  LawRule rule;
  const char *name;
  const char *severity;
  GPtrArray *suggested_in; /* char: profiles in which the steps are no duty */
  GPtrArray *steps;        /* LawStep, in order */
} LawWorkflow;

typedef struct {
  LawRule rule; /* id "notice" */
  const char *what;
  const char *starts; /* the fact from which it counts; NULL: the text gives no moment */
  gint64 days, hours; /* offset; calendar days */
  gboolean at_once;
  const char *sender;
  GPtrArray *to; /* char: actors */
  const char *form;
} LawClock;

typedef struct {
  LawRule rule;
  const char *text;
} LawNote;

typedef struct {
  const char *id;
  const char *name;
  const char *counted_as; /* its row in Mẫu số 05, or NULL */
  gboolean combined;      /* several kinds of its group in one case count as this one */
} LawKind;

typedef struct {
  LawRule rule;
  const char *name;
  GPtrArray *kinds; /* LawKind */
} LawKindGroup;

typedef struct {
  const char *id;
  const char *label;
  const char *type; /* text long_text int phone email date clock time month choice many table */
  const char *help;
  gboolean required;
  GPtrArray *options;   /* char: of choice and many; columns of a table */
  GPtrArray *with_text; /* char: options that take a text of their own */
} LawField;

typedef struct {
  const char *name;
  GPtrArray *fields; /* LawField */
} LawFieldGroup;

typedef struct {
  LawRule rule;
  const char *number; /* "Mẫu số 03", NULL: no official number */
  const char *name;
  const char *title;
  const char *signer;
  const char *email_subject; /* what the subject line begins with */
  GPtrArray *groups;         /* LawFieldGroup */
} LawForm;

typedef struct {
  LawRule rule;
  const char *name;
  const char *kind;                /* law, standard, past (of a text whose basis has gone, still planned by) */
  GPtrArray *by, *to;              /* char: actors */
  gint64 every_months, every_days; /* 0, 0: by event */
  GPtrArray *due_before;           /* char: "20/6": done before that day of each year */
  const char *event;
  const char *on;                     /* event of the program that raises it: "contact.changed"; NULL: a person does */
  gboolean continuous;                /* always going on: no due day, evidence from time to time */
  gint64 within_hours, within_months; /* after the event */
  const char *per;                    /* "system", or NULL: per body; `when` then asks facts of that system */
  const char *covers;
  const char *form;
} LawDuty;

typedef struct {
  LawRule rule;
  gint64 level;
  const char *meaning;
} LawLevel;

typedef struct {
  LawRule rule;
  const json_t *levels;    /* list of integers */
  GPtrArray *appraised_by; /* char: actors */
  const char *approved_by;
  const char *opinion_of;
  gint64 appraise_days, approve_days; /* working days; 0: none set */
} LawAppraisal;

typedef struct {
  LawRule rule;
  gint64 level;
  gint64 months; /* capacity to keep logs */
} LawRetention;

typedef struct Law Law;
struct Law {
  GPtrArray *profiles;    /* LawProfile */
  GPtrArray *actors;      /* LawActor */
  GPtrArray *facts;       /* LawFact */
  GPtrArray *acts;        /* LawAct */
  GPtrArray *criteria;    /* LawCriterion */
  GPtrArray *severities;  /* LawSeverity */
  GPtrArray *workflows;   /* LawWorkflow */
  GPtrArray *clocks;      /* LawClock */
  GPtrArray *notes;       /* LawNote */
  GPtrArray *kind_groups; /* LawKindGroup */
  GPtrArray *forms;       /* LawForm */
  GPtrArray *duties;      /* LawDuty */
  GPtrArray *levels;      /* LawLevel */
  GPtrArray *appraisals;  /* LawAppraisal */
  GPtrArray *retentions;  /* LawRetention */
  /* What holds it together; nobody else's business. */
  struct Arena *arena;
  GPtrArray *lists;
  GPtrArray *sources;
};

/* NULL with ERROR_CHECK and every problem on a line of its own. */
Law *law_load(const char *folder, GError **error);
void law_free(Law *law);
/* The problems of a folder, as law_load would refuse them; empty: none. Free with g_ptr_array_unref. */
GPtrArray *law_check(const char *folder);

/* The profile of an incident detected on that day; NULL before the first. */
const LawProfile *law_profile_at(const Law *law, Day day);
/* In force on that day and in that profile (NULL: asks the day alone). Does not look at `when`. */
gboolean law_in_force(const LawRule *rule, const LawProfile *profile, Day day);

/* By id (code of an actor, id of a form …); NULL where there is none. Works on any list of records above that begin
 * with a LawRule: law_find(law->actors, "VH"). */
gconstpointer law_find(const GPtrArray *list, const char *id);
const char *law_actor_name(const Law *law, const char *code); /* the code itself where it is not known */
const LawKind *law_find_kind(const Law *law, const char *name_or_id, const LawKindGroup **out_group);
/* Who appraises and approves the level of a system on that day; NULL where no rule says. */
const LawAppraisal *law_appraisal(const Law *law, gint64 level, Day day);

/* "điểm a khoản 1 Điều 11 Quyết định số 05/2017/QĐ-TTg; …", or "" where the rule has no basis. g_free. */
char *law_basis_text(const LawRule *rule);
/* The first day "trước ngày 20/6" does not allow any more, in that year: the duty is due before its first minute. */
Day law_due_before(const char *day_and_month, int year);

/* Facts as entered are a JSON object; dots name members: system.level. Reading checks types and values and gives an
 * object by fact id: times as UTC milliseconds, null where "none yet" was entered, absent where nothing is known; what
 * is `given` by another fact is worked out. `unused` (may be NULL, char) collects the members that no fact is made of.
 * NULL with ERROR_INVALID that names the fact. */
json_t *law_facts_read(const Law *law, const json_t *entered, GPtrArray *unused, GError **error);

/* The first severity that is met, on facts from law_facts_read. NULL: none is in force in that profile. */
const LawSeverity *law_severity(const Law *law, const json_t *facts, const LawProfile *profile, Day day);

/* One line of how a condition came out, for display. Texts are owned by the law. */
typedef struct {
  const char *label; /* of the criterion, or of the fact */
  LawTruth truth;
  const LawRule *criterion; /* NULL: a plain fact */
} LawTraceLine;

/* A condition on facts (from law_facts_read), on a day in a profile. `trace` (may be NULL) is a GArray of LawTraceLine:
 * what was asked, in order, everything, also where the answer was known before the end. NULL condition: met. */
LawTruth law_evaluate(const Law *law, const LawCondition *condition, const json_t *facts, const LawProfile *profile,
                      Day day, GArray *trace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Law, law_free)
