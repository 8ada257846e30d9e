/* Which keys each kind of record in data/law has. A key that is not here is refused. */
#include "core/law_private.h"

#define AT(type, member) offsetof(type, member)
#define TEXT(type, member) {#member, LAW_KEY_TEXT, AT(type, member)}
#define TEXT_REQUIRED(type, member) {#member, LAW_KEY_TEXT, AT(type, member), TRUE}
#define INT(type, member) {#member, LAW_KEY_INT, AT(type, member)}
#define INT_REQUIRED(type, member) {#member, LAW_KEY_INT, AT(type, member), TRUE}
#define BOOL(type, member) {#member, LAW_KEY_BOOL, AT(type, member)}
#define TEXTS(type, member) {#member, LAW_KEY_TEXTS, AT(type, member)}
#define WORD(key, type, member, list) {key, LAW_KEY_WORD, AT(type, member), .words = list}
#define REFERENCE(type, member, where) {#member, LAW_KEY_REFERENCE, AT(type, member), FALSE, AT(Law, where)}
#define REFERENCE_REQUIRED(type, member, where) {#member, LAW_KEY_REFERENCE, AT(type, member), TRUE, AT(Law, where)}
#define REFERENCES(type, member, where) {#member, LAW_KEY_REFERENCES, AT(type, member), FALSE, AT(Law, where)}
#define REFERENCES_REQUIRED(type, member, where) {#member, LAW_KEY_REFERENCES, AT(type, member), TRUE, AT(Law, where)}
#define RECORDS(type, member, schema) {#member, LAW_KEY_RECORDS, AT(type, member), TRUE, .of = &(schema)}
#define RULE(type, keys) {sizeof(type), keys, TRUE, FALSE}
#define PART(type, keys) {sizeof(type), keys, FALSE, TRUE}

static const char *const FACT_TYPES[] = {"time", "bool", "int", "text", "texts", NULL};
static const char *const FIELD_TYPES[] = {"text", "long_text", "int",    "phone", "email", "date",
                                          "clock", "time",     "month", "choice", "many", "table", NULL};
static const char *const DUTY_KINDS[] = {"law", "standard", "past", NULL};
static const char *const DUTY_PER[] = {"system", NULL};
static const char *const DUTY_ON[] = {"contact.changed", NULL};

const LawKey LAW_RULE_KEYS[] = {
    TEXT_REQUIRED(LawRule, id),
    REFERENCES(LawRule, profiles, profiles),
    {"from", LAW_KEY_DAY, AT(LawRule, from)},
    {"until", LAW_KEY_DAY, AT(LawRule, until)},
    {"basis", LAW_KEY_CITATIONS, AT(LawRule, basis)},
    TEXT(LawRule, reading),
    TEXT(LawRule, suggestion),
    TEXT(LawRule, note),
    {"when", LAW_KEY_CONDITION, AT(LawRule, when)},
    {NULL},
};

static const LawKey NAMED_KEYS[] = {TEXT_REQUIRED(LawProfile, name), {NULL}};
static const LawSchema PROFILE = RULE(LawProfile, NAMED_KEYS);
static const LawKey ACTOR_KEYS[] = {TEXT_REQUIRED(LawActor, name), TEXTS(LawActor, held_by), {NULL}};
static const LawSchema ACTOR = {sizeof(LawActor), ACTOR_KEYS, TRUE, TRUE};

static const LawKey VALUE_KEYS[] = {TEXT_REQUIRED(LawValue, id), TEXT_REQUIRED(LawValue, label), {NULL}};
static const LawSchema VALUE = PART(LawValue, VALUE_KEYS);

static const LawKey FACT_KEYS[] = {
    {"type", LAW_KEY_WORD, AT(LawFact, type_name), TRUE, .words = FACT_TYPES},
    BOOL(LawFact, required),
    BOOL(LawFact, worked_out),
    REFERENCE(LawFact, given, facts),
    INT(LawFact, least),
    INT(LawFact, most),
    {"values", LAW_KEY_RECORDS, AT(LawFact, values), .of = &VALUE},
    TEXT_REQUIRED(LawFact, label),
    {NULL},
};
static const LawSchema FACT = {sizeof(LawFact), FACT_KEYS, TRUE, TRUE};

static const LawKey ACT_KEYS[] = {TEXT_REQUIRED(LawAct, name), TEXT_REQUIRED(LawAct, cited_as), {NULL}};
const LawSchema LAW_ACT_SCHEMA = {sizeof(LawAct), ACT_KEYS, TRUE, TRUE};

static const LawKey CRITERION_KEYS[] = {TEXT_REQUIRED(LawCriterion, name), {NULL}};
static const LawSchema CRITERION = RULE(LawCriterion, CRITERION_KEYS);

static const LawKey SEVERITY_KEYS[] = {
    TEXT_REQUIRED(LawSeverity, name), REFERENCE(LawSeverity, confirmed_by, actors), {NULL}};
static const LawSchema SEVERITY = RULE(LawSeverity, SEVERITY_KEYS);

static const LawKey STEP_KEYS[] = {
    TEXT(LawStep, group),
    TEXT_REQUIRED(LawStep, name),
    TEXT_REQUIRED(LawStep, content),
    TEXT(LawStep, output),
    REFERENCE(LawStep, form, forms),
    REFERENCES_REQUIRED(LawStep, lead, actors),
    REFERENCES_REQUIRED(LawStep, partners, actors),
    TEXTS(LawStep, back_to),
    BOOL(LawStep, optional),
    {NULL},
};
static const LawSchema STEP = RULE(LawStep, STEP_KEYS);

static const LawKey WORKFLOW_KEYS[] = {
    TEXT_REQUIRED(LawWorkflow, name),
    REFERENCE_REQUIRED(LawWorkflow, severity, severities),
    REFERENCES(LawWorkflow, suggested_in, profiles),
    RECORDS(LawWorkflow, steps, STEP),
    {NULL},
};
static const LawSchema WORKFLOW = RULE(LawWorkflow, WORKFLOW_KEYS);

static const LawKey CLOCK_KEYS[] = {
    TEXT_REQUIRED(LawClock, what),
    REFERENCE(LawClock, starts, facts),
    INT(LawClock, days),
    INT(LawClock, hours),
    BOOL(LawClock, at_once),
    REFERENCE_REQUIRED(LawClock, sender, actors),
    REFERENCES_REQUIRED(LawClock, to, actors),
    REFERENCE(LawClock, form, forms),
    {NULL},
};
static const LawSchema CLOCK = RULE(LawClock, CLOCK_KEYS);

static const LawKey NOTE_KEYS[] = {TEXT_REQUIRED(LawNote, text), {NULL}};
static const LawSchema NOTE = RULE(LawNote, NOTE_KEYS);

static const LawKey KIND_KEYS[] = {
    TEXT_REQUIRED(LawKind, id), TEXT_REQUIRED(LawKind, name), TEXT(LawKind, counted_as), BOOL(LawKind, combined), {NULL}};
static const LawSchema KIND = PART(LawKind, KIND_KEYS);
static const LawKey KIND_GROUP_KEYS[] = {TEXT_REQUIRED(LawKindGroup, name), RECORDS(LawKindGroup, kinds, KIND), {NULL}};
static const LawSchema KIND_GROUP = RULE(LawKindGroup, KIND_GROUP_KEYS);

static const LawKey FIELD_KEYS[] = {
    TEXT_REQUIRED(LawField, id),
    TEXT_REQUIRED(LawField, label),
    {"type", LAW_KEY_WORD, AT(LawField, type), TRUE, .words = FIELD_TYPES},
    TEXT(LawField, help),
    BOOL(LawField, required),
    TEXTS(LawField, options),
    TEXTS(LawField, with_text),
    {NULL},
};
static const LawSchema FIELD = PART(LawField, FIELD_KEYS);
static const LawKey FIELD_GROUP_KEYS[] = {
    TEXT_REQUIRED(LawFieldGroup, name), RECORDS(LawFieldGroup, fields, FIELD), {NULL}};
static const LawSchema FIELD_GROUP = PART(LawFieldGroup, FIELD_GROUP_KEYS);

static const LawKey FORM_KEYS[] = {
    TEXT(LawForm, number), TEXT_REQUIRED(LawForm, name), TEXT_REQUIRED(LawForm, title),
    TEXT(LawForm, signer), TEXT(LawForm, email_subject), RECORDS(LawForm, groups, FIELD_GROUP),
    {NULL},
};
static const LawSchema FORM = RULE(LawForm, FORM_KEYS);

static const LawKey DUTY_KEYS[] = {
    TEXT_REQUIRED(LawDuty, name),
    {"kind", LAW_KEY_WORD, AT(LawDuty, kind), TRUE, .words = DUTY_KINDS},
    REFERENCES_REQUIRED(LawDuty, by, actors),
    REFERENCES(LawDuty, to, actors),
    INT(LawDuty, every_months),
    INT(LawDuty, every_days),
    {"due_before", LAW_KEY_YEAR_DAYS, AT(LawDuty, due_before)},
    TEXT(LawDuty, event),
    WORD("on", LawDuty, on, DUTY_ON),
    BOOL(LawDuty, continuous),
    INT(LawDuty, within_hours),
    INT(LawDuty, within_months),
    WORD("per", LawDuty, per, DUTY_PER),
    TEXT(LawDuty, covers),
    REFERENCE(LawDuty, form, forms),
    {NULL},
};
static const LawSchema DUTY = RULE(LawDuty, DUTY_KEYS);

static const LawKey LEVEL_KEYS[] = {INT_REQUIRED(LawLevel, level), TEXT_REQUIRED(LawLevel, meaning), {NULL}};
static const LawSchema LEVEL = RULE(LawLevel, LEVEL_KEYS);

static const LawKey APPRAISAL_KEYS[] = {
    {"levels", LAW_KEY_JSON, AT(LawAppraisal, levels), TRUE},
    REFERENCES(LawAppraisal, appraised_by, actors),
    REFERENCE(LawAppraisal, approved_by, actors),
    REFERENCE(LawAppraisal, opinion_of, actors),
    INT(LawAppraisal, appraise_days),
    INT(LawAppraisal, approve_days),
    {NULL},
};
static const LawSchema APPRAISAL = RULE(LawAppraisal, APPRAISAL_KEYS);

static const LawKey RETENTION_KEYS[] = {INT_REQUIRED(LawRetention, level), INT_REQUIRED(LawRetention, months), {NULL}};
static const LawSchema RETENTION = RULE(LawRetention, RETENTION_KEYS);

const LawSection LAW_VOCABULARY[] = {
    {"profiles", &PROFILE, AT(Law, profiles)},
    {"actors", &ACTOR, AT(Law, actors)},
    {"facts", &FACT, AT(Law, facts)},
    {NULL},
};

const LawSection LAW_SECTIONS[] = {
    {"criteria", &CRITERION, AT(Law, criteria)},
    {"severities", &SEVERITY, AT(Law, severities)},
    {"workflows", &WORKFLOW, AT(Law, workflows)},
    {"clocks", &CLOCK, AT(Law, clocks)},
    {"notes", &NOTE, AT(Law, notes)},
    {"kind_groups", &KIND_GROUP, AT(Law, kind_groups)},
    {"forms", &FORM, AT(Law, forms)},
    {"duties", &DUTY, AT(Law, duties)},
    {"levels", &LEVEL, AT(Law, levels)},
    {"appraisals", &APPRAISAL, AT(Law, appraisals)},
    {"retentions", &RETENTION, AT(Law, retentions)},
    {NULL},
};
