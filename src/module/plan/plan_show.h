/* How plans look: findings, the source with its marks, words. Private to module plan. */
#pragma once
#include "module/plan/plan_store.h"

const char *plan_period_label(const char *kind); /* Vietnamese; "" for none */
const char *plan_state_label(const char *state);
const char *plan_state_css(const char *state);
/* The same object, a reference that lives until the request ends. */
json_t *plan_keep_json(Request *request, json_t *value);
/* "2 lỗi · 6 cảnh báo · 5 gợi ý" */
const char *plan_findings_summary(Request *request, const json_t *findings);
/* "findings" of findings.html; links to lines begin with base (a path, or "" for this page). */
void plan_show_findings(Request *request, Doc *answer, const json_t *findings, const char *base);
/* "lines" and "line_count" of source.html; empty lines are left out, numbers stay. */
void plan_show_source(Doc *answer, const json_t *reading, const json_t *source, const json_t *findings);
