/* The eight parts of the page of a plan; see plan/parts.html. Private to module plan. */
#pragma once
#include "module/plan/plan_store.h"

typedef gboolean (*PlanPart)(Request *request, const Plan *plan, const PlanContent *content, Doc *answer, GError **error);

gboolean plan_part_findings(Request *request, const Plan *plan, const PlanContent *content, Doc *answer, GError **error);
gboolean plan_part_content(Request *request, const Plan *plan, const PlanContent *content, Doc *answer, GError **error);
gboolean plan_part_bases(Request *request, const Plan *plan, const PlanContent *content, Doc *answer, GError **error);
gboolean plan_part_forces(Request *request, const Plan *plan, const PlanContent *content, Doc *answer, GError **error);
gboolean plan_part_duties(Request *request, const Plan *plan, const PlanContent *content, Doc *answer, GError **error);
gboolean plan_part_scenarios(Request *request, const Plan *plan, const PlanContent *content, Doc *answer, GError **error);
gboolean plan_part_organisation(Request *request, const Plan *plan, const PlanContent *content, Doc *answer, GError **error);
gboolean plan_part_source(Request *request, const Plan *plan, const PlanContent *content, Doc *answer, GError **error);

const char *plan_day_text(Arena *arena, const char *iso); /* 21/11/2026; NULL */
