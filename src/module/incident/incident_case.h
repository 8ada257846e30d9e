/* What a case is, and the rules that need nothing but its data. Private to module incident. */
#pragma once
#include "core/law.h"
#include "core/request.h"

typedef struct {
  const char *id, *code, *body_id, *title, *state, *source, *description, *reporter_name, *reporter_phone, *reporter_email,
      *follow_code, *remote, *facts, *profile, *severity, *severity_by, *severity_reason, *workflow, *system_name,
      *sender_verified_how, *decided_reason, *duplicate_of, *commander_id, *close_reason, *body_name, *commander_name, *kind, *cause, *grade;
  gint64 severity_confirmed_ms, system_level, detected_ms, received_ms, acknowledged_ms, escalated_ms, sender_verified_ms, ended_ms,
      closed_ms, due_ms, created_ms, version, beyond; /* 0: none */
} Incident;

/* --- words --- */

const char *incident_state_label(const char *state); /* Vietnamese */
const char *incident_state_css(const char *state);
const char *incident_source_label(const char *source);
const char *incident_channel_label(const char *channel);
gboolean incident_is_open(const char *state);
/* Thông thường; Có thể nghiêm trọng (chờ xác nhận) until the competent body has confirmed; Nghiêm trọng. */
const char *incident_severity_label(const Law *law, const Incident *incident);
const LawSeverity *incident_law_severity(const Law *law, const char *severity, const char *profile);
const LawWorkflow *incident_law_workflow(const Law *law, const char *id);
const LawStep *incident_law_step(const Law *law, const char *workflow, const char *step);
/* The steps of that workflow are no duty in that profile, only a suggestion. */
gboolean incident_steps_are_suggested(const Law *law, const Incident *incident);

/* --- states follow from steps --- */

typedef struct {
  const char *step, *state; /* todo, doing, done, skipped */
} StepState;
/* The state of a confirmed case: the last rule that its steps meet. */
const char *incident_state_of(const StepState *steps, gsize count);

/* --- indicators --- */

/* hxxp://example[.]vn: what nobody clicks by mistake. Arena. */
const char *incident_defang(Arena *arena, const char *kind, const char *value);
/* The other way, for what is typed or pasted defanged; lower case where case means nothing. NULL: not of that kind. */
const char *incident_refang(Arena *arena, const char *kind, const char *typed);
/* ip, domain, url, hash, email or other, by the look of it. */
const char *incident_observable_kind(const char *value);

/* "TB-7K4M-92XQ": 8 of 28 signs without look-alikes, from the kernel's random source. */
#define FOLLOW_CODE_SIZE 16
void incident_new_follow_code(char out[FOLLOW_CODE_SIZE]);
