/* Module duty: who owes what by when, with proof.
 *
 * A duty comes from a task of a plan, from a recurring duty of the law, or from a person. Periods are the time kinds of a
 * plan (plans say "mỗi năm ít nhất 01 lần"); due days that no text gives are suggestions with their ground.
 */
#pragma once
#include "core/request.h"

extern const Module duty_module;

typedef struct {
  const char *name;
  const char *body_id;  /* NULL: no unit of that name is known */
  gboolean inferred;    /* from a merged cell */
} DutyParty;

typedef struct {
  const char *body_id;               /* whose duty it is: the issuer of the plan */
  const char *plan_id, *law_rule;    /* where it comes from; NULL */
  const char *subject_type, *subject_id; /* what it is about ("system", "contact"); NULL */
  const char *task_ref, *section;    /* "III.1.a", "III. NHIỆM VỤ"; never NULL */
  const char *title, *content;
  const DutyParty *leads;
  gsize n_leads;
  const DutyParty *partners;
  gsize n_partners;
  const char *period;                /* once, continuous, continuous_yearly, yearly, every_6_months, at_least_once_a_year,
                                        quarterly, monthly, on_event, on_request, none */
  const char *time_text;             /* as the plan says; NULL */
  const char *due_day;               /* ISO; NULL: none, or to be suggested by duty_suggest_due */
  const char *due_ground;            /* "text", "law", "suggested", "edited", "" */
  const char *due_basis;             /* the words or article it follows from */
  const char *series_id;             /* NULL: a new series */
} NewDuty;

/* Makes the duty with its code, parties, scope, counts and search entry. Inside a change. out_id in the arena. */
gboolean duty_insert(Change *change, const NewDuty *duty, const char **out_id, GError **error);

/* A due day for a period that names none, counted from `today`; sets ground "suggested" and a basis in words.
 * FALSE: that period has no due day (continuous, on_event, on_request, none). Pure. */
gboolean duty_suggest_due(const char *period, const char *today, const char *period_to, char out_day[11],
                          const char **out_basis);

/* A short title from a long task: up to the first clause that stands alone, at most 120 characters. Arena. */
const char *duty_title(Arena *arena, const char *content);

/* Sets the open duties of a plan aside ("na") with a reason: the plan has ended. Inside a change. */
gboolean duty_end_plan(Change *change, const char *plan_id, const char *reason, GError **error);

/* The open duty is done, and this proves it: words, and the page of the record that says more ("/san-lung/SL-2026-0001"). Inside a change;
 * asks whether the user may complete the duty. */
gboolean duty_fulfil(Change *change, const char *duty_id, const char *text, const char *link, GError **error);

/* Appends the duties of a plan in the order of its tasks: {section, title, url, class, lead, partners, period, state, due, code, id}. */
gboolean duty_list_of_plan(Request *request, const char *plan_id, Doc *list, GError **error);
