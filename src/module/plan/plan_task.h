/* One task while it is being put together, from prose or from a row. Internal to the plan reader. */
#pragma once
#include "module/plan/plan_reading.h"

typedef struct {
  PlanText text;
  int line_from, line_to;
  gboolean inferred;
} TaskPart;

typedef struct {
  PlanText id, heading, label;
  TaskPart content, time, product;
  GArray *leads, *coordinates; /* of TaskPart: each may name several units */
  gboolean response;
  int table, row; /* 0: prose */
  PlanText appendix;
} Task;

Task plan_task_new(void);
void plan_task_clear(Task *task);
/* Puts the task into `tasks` with its provenance. */
void plan_task_put(PlanReading *reading, const Task *task);
void plan_task_part(GArray *parts, PlanText text, int line_from, int line_to, gboolean inferred);
void plan_report_add(PlanReading *reading, PlanText sender, PlanText rest, int line_from, int line_to);
