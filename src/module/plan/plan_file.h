/* A plan as it comes in: the file, its lines, what was read from it, what is wrong with it. Private to module plan. */
#pragma once
#include "core/request.h"
#include "lib/document/source_text.h"
#include "module/plan/plan_check.h"

typedef struct {
  char *name; /* of the file */
  char *bytes;
  gsize length;
  SourceText *source;
  json_t *reading;  /* plan_read.h */
  json_t *findings; /* {"defects": […]} */
} PlanFile;

/* Reads and checks. `path` "-" is standard input; `on` NULL is today. */
PlanFile *plan_file_load(Request *request, const char *path, const char *name, const char *on, GError **error);
PlanFile *plan_file_read(Request *request, const char *path, const char *name, GError **error); /* without the check */
void plan_file_free(PlanFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PlanFile, plan_file_free)

/* How many different things are wrong (codes), by severity. */
int plan_findings_count(const json_t *findings, const char *severity);
/* The rules of data/law, loaded at the first call. */
const PlanCheckRules *plan_rules(const App *app, GError **error);
json_t *plan_source_as_json(const SourceText *source); /* [{n, text}] */
