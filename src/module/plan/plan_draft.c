#include "module/plan/plan_draft.h"
#include "base/date.h"
#include "base/text.h"
#include "base/yaml.h"
#include "core/law.h"
#include "module/org/org.h"
#include "module/plan/plan_draft_store.h"
#include "module/plan/plan_file.h"
#include "module/plan/plan_manuscript.h"
#include "module/plan/plan_press.h"
#include "module/plan/plan_run.h"
#include <stdlib.h>
#include <string.h>

static const char *text_at(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text ? text : "";
}

static json_t *load_folder(const App *app, const char *folder, const char *name, GError **error) {
  g_autofree char *path = g_build_filename(app->data_dir, folder, name, NULL);
  return yaml_load_file(path, error);
}

/* data/catalogue/plan_draft.yaml with the scenarios of data/law/plan_outline.yaml; read once. */
static const json_t *outline_of(const App *app, GError **error) {
  static GMutex lock;
  static json_t *outline;
  g_mutex_lock(&lock);
  if (!outline) {
    json_t *loaded = load_folder(app, "catalogue", "plan_draft.yaml", error);
    json_t *law = loaded ? load_folder(app, "law", "plan_outline.yaml", error) : NULL;
    if (law) {
      json_object_set(loaded, "scenario_groups", json_object_get(law, "scenario_groups"));
      outline = json_incref(loaded);
    }
    json_decref(law);
    json_decref(loaded);
  }
  const json_t *result = outline;
  g_mutex_unlock(&lock);
  return result;
}

/* --- the state of one outline while it is filled --- */

typedef struct {
  Request *request;
  const DraftWish *wish;
  const json_t *outline;
  json_t *manuscript;
  const LawProfile *profile;
  Day day;
} Filling;

static const char *period_words(Filling *filling) {
  const DraftWish *wish = filling->wish;
  return wish->from_year == wish->to_year
             ? arena_printf(filling->request->arena, "năm %d", wish->from_year)
             : arena_printf(filling->request->arena, "giai đoạn %d - %d", wish->from_year, wish->to_year);
}

/* "{issuer}" and the like. */
static char *filled(const char *pattern, const char *name, const char *value) {
  g_autofree char *mark = g_strdup_printf("{%s}", name);
  g_auto(GStrv) pieces = g_strsplit(pattern, mark, -1);
  return g_strjoinv(value, pieces);
}

static json_t *filled_json(Filling *filling, const char *pattern) {
  const Plan *above = filling->wish->above;
  g_autofree char *a = filled(pattern, "issuer", filling->wish->body->name);
  g_autofree char *b = filled(a, "period", period_words(filling));
  g_autofree char *c = filled(b, "above", above ? above->body_name : "");
  return json_string(c);
}

static void put_head(Filling *filling, const Body *parent) {
  const Body *body = filling->wish->body;
  gboolean council = strcmp(body->kind, "tinh") == 0 || strcmp(body->kind, "xa") == 0;
  json_t *out = filling->manuscript;
  g_autofree char *title = g_strdup_printf("%s %s của %s", text_at(filling->outline, "title"), period_words(filling), body->short_name);
  json_object_set_new(out, "superior", json_string(!council && parent ? parent->name : ""));
  json_object_set_new(out, "issuer", json_string(body->name));
  json_object_set_new(out, "place", json_string(body->place));
  json_object_set_new(out, "number", json_string(""));
  json_object_set_new(out, "symbol", json_string(council ? "KH-UBND" : "KH"));
  json_object_set_new(out, "title", json_string(title));
  json_object_set_new(out, "authority", council ? json_pack("[s, s]", "TM. Ủy ban nhân dân", "Chủ tịch") : json_array());
  json_object_set_new(out, "signer", json_string(""));
  json_object_set_new(out, "issuing", filled_json(filling, text_at(filling->outline, "issuing")));
}

static void put_recipients(Filling *filling) {
  const json_t *words = json_object_get(filling->outline, "recipients");
  json_t *list = json_array();
  if (filling->wish->above)
    json_array_append_new(list, filled_json(filling, text_at(words, "above")));
  json_array_append_new(list, filled_json(filling, text_at(words, "own")));
  json_array_append_new(list, json_string(text_at(words, "archive")));
  json_object_set_new(filling->manuscript, "recipients", list);
}

/* "Thực hiện Kế hoạch số 02/KH-UBND ngày 05/3/2026 của UBND tỉnh …;" */
static char *basis_above(const Plan *above) {
  Day day;
  g_autofree char *number = *above->number ? g_strdup_printf(" số %s", above->number) : g_strdup("");
  g_autofree char *date = above->issued_day && date_parse_day(above->issued_day, &day)
                              ? g_strdup_printf(" ngày %02d/%d/%d", day.day, day.month, day.year) : g_strdup("");
  char first[7] = {0};
  g_unichar_to_utf8(g_unichar_tolower(g_utf8_get_char(above->title)), first);
  return g_strdup_printf("Thực hiện Kế hoạch%s%s của %s về %s%s;", number, date, above->body_name, first, g_utf8_next_char(above->title));
}

static void put_bases(Filling *filling) {
  const Law *law = filling->request->app->law;
  json_t *bases = json_array(), *id;
  gsize index;
  json_array_foreach(json_object_get(filling->outline, "acts"), index, id) {
    const LawAct *act = law_find(law->acts, json_string_value(id));
    if (!act || !law_in_force(&act->rule, NULL, filling->day))
      continue;
    g_autofree char *line = g_strdup_printf("Căn cứ %s;", act->name);
    json_array_append_new(bases, json_string(line));
  }
  if (filling->wish->above) {
    g_autofree char *line = basis_above(filling->wish->above);
    json_array_append_new(bases, json_string(line));
  }
  json_object_set_new(filling->manuscript, "bases", bases);
}

/* --- tasks --- */

/* "Mọi cơ quan, đơn vị" is in a plan the body that issues it. */
static char *actor_names(const Filling *filling, const GPtrArray *codes) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < codes->len; i++) {
    const char *code = g_ptr_array_index(codes, i);
    const char *name = strcmp(code, "MOI") == 0 ? filling->wish->body->name : law_actor_name(filling->request->app->law, code);
    g_ptr_array_add(names, (gpointer)(gintptr)name);
  }
  g_ptr_array_add(names, NULL);
  return g_strjoinv("; ", (char **)names->pdata);
}

static void add_task(json_t *part, const PlanTaskWords *words) {
  if (!json_object_get(part, "table"))
    json_object_set_new(part, "table", plan_task_table_new());
  plan_task_set(part, plan_task_count(part), words);
}

static const char *duty_time(Filling *filling, const LawDuty *duty) {
  g_autofree char *months = g_strdup_printf("%d", (int)duty->every_months);
  const char *every = text_at(json_object_get(filling->outline, "times"), months);
  if (duty->due_before->len && *every)
    return arena_printf(filling->request->arena, "%s, trước ngày %s", every, (const char *)g_ptr_array_index(duty->due_before, 0));
  if (*every || !duty->event)
    return every;
  return arena_text(filling->request->arena, duty->event, (gssize)strcspn(duty->event, ";")); /* what follows are terms of transition */
}

static void add_duties(Filling *filling, json_t *part) {
  const Law *law = filling->request->app->law;
  gsize index;
  json_t *id;
  json_array_foreach(json_object_get(filling->outline, "duties"), index, id) {
    const LawDuty *duty = law_find(law->duties, json_string_value(id));
    if (!duty || !law_in_force(&duty->rule, filling->profile, filling->day))
      continue;
    g_autofree char *lead = actor_names(filling, duty->by);
    add_task(part, &(PlanTaskWords){.content = duty->name, .lead = lead, .time = duty_time(filling, duty)});
  }
}

static void add_response(Filling *filling, json_t *part) {
  const Law *law = filling->request->app->law;
  const LawWorkflow *ordinary = law_find(law->workflows, "quy-trinh-thong-thuong");
  for (guint i = 0; ordinary && i < ordinary->steps->len; i++) {
    const LawStep *step = g_ptr_array_index(ordinary->steps, i);
    g_autofree char *lead = actor_names(filling, step->lead), *partners = actor_names(filling, step->partners);
    g_autofree char *content = step->content ? g_strdup_printf("%s: %s", step->name, step->content) : g_strdup(step->name);
    add_task(part, &(PlanTaskWords){.content = content, .lead = lead, .coordinate = partners,
                                    .time = text_at(filling->outline, "response_time"), .product = step->output});
  }
}

static void add_scenarios(Filling *filling, json_t *part) {
  g_autoptr(GString) text = g_string_new(NULL);
  gsize index, at;
  json_t *group, *kind;
  json_array_foreach(json_object_get(filling->outline, "scenario_groups"), index, group) {
    gsize kinds = json_array_size(json_object_get(group, "kinds"));
    g_string_append_printf(text, "%s- Tình huống sự cố %s %s%s", text->len ? "\n" : "", kinds ? "do" : "liên quan đến", text_at(group, "name"),
                           kinds ? ":" : ".");
    json_array_foreach(json_object_get(group, "kinds"), at, kind) {
      const char *name = text_at(kind, "name");
      gunichar first = g_unichar_toupper(g_utf8_get_char(name));
      g_string_append(text, "\n+ ");
      g_string_append_unichar(text, first);
      g_string_append_printf(text, "%s%s", g_utf8_next_char(name), at + 1 < kinds ? ";" : ".");
    }
  }
  json_object_set_new(part, "text", json_string(text->str));
}

/* --- sections --- */

typedef struct {
  Filling *filling;
  int number;
} Units;

static gboolean add_unit(const BodyBelow *body, void *data) {
  Units *units = data;
  json_t *parts = json_object_get(units->filling->manuscript, "parts");
  g_autofree char *label = g_strdup_printf("%d.", ++units->number);
  json_t *part = plan_part_new(units->filling->manuscript, json_array_size(parts), 2, label, body->name);
  json_object_set(part, "guide", json_object_get(units->filling->outline, "unit_guide"));
  return TRUE;
}

static gboolean add_units(Filling *filling, GError **error) {
  Units units = {filling, 0};
  StoreConn *conn = request_read(filling->request, error);
  return conn && plan_store_below(conn, filling->request->arena, filling->wish->body->id, add_unit, &units, error);
}

static gboolean put_sections(Filling *filling, GError **error) {
  gsize index;
  json_t *section;
  gboolean good = TRUE;
  json_array_foreach(json_object_get(filling->outline, "sections"), index, section) {
    int level = (int)json_integer_value(json_object_get(section, "level"));
    json_t *part = plan_part_new(filling->manuscript, json_array_size(json_object_get(filling->manuscript, "parts")), level,
                                 level == 1 ? "I." : "1.", text_at(section, "title"));
    const char *add = text_at(section, "add");
    if (json_object_get(section, "guide"))
      json_object_set(part, "guide", json_object_get(section, "guide"));
    if (strcmp(add, "scenarios") == 0)
      add_scenarios(filling, part);
    else if (strcmp(add, "response") == 0)
      add_response(filling, part);
    else if (strcmp(add, "duties") == 0)
      add_duties(filling, part);
    else if (strcmp(add, "units") == 0)
      good = add_units(filling, error);
    if (*add) /* put together by the program, read by nobody yet */
      json_object_set_new(part, "carried", json_true());
  }
  plan_manuscript_number(filling->manuscript);
  return good;
}

static void put_period(json_t *manuscript, int from_year, int to_year) {
  g_autofree char *from = g_strdup_printf("%04d-01-01", from_year), *to = g_strdup_printf("%04d-12-31", to_year);
  json_object_set_new(manuscript, "period_from", json_string(from));
  json_object_set_new(manuscript, "period_to", json_string(to));
}

json_t *plan_draft_outline(Request *request, const DraftWish *wish, GError **error) {
  Filling filling = {.request = request, .wish = wish, .outline = outline_of(request->app, error), .day = day_at(request->now_ms)};
  StoreConn *conn = filling.outline ? request_read(request, error) : NULL;
  if (!conn)
    return NULL;
  const Body *parent = wish->body->parent_id ? body_get(conn, request->arena, wish->body->parent_id, NULL) : NULL;
  filling.profile = law_profile_at(request->app->law, filling.day);
  filling.manuscript = json_pack("{s:[]}", "parts");
  put_head(&filling, parent);
  put_bases(&filling);
  put_recipients(&filling);
  put_period(filling.manuscript, wish->from_year, wish->to_year);
  if (put_sections(&filling, error))
    return filling.manuscript;
  json_decref(filling.manuscript);
  return NULL;
}

/* --- from the plan before --- */

static int year_of(const char *iso) {
  return iso ? atoi(iso) : 0;
}

json_t *plan_draft_last_year(Request *request, const DraftWish *wish, GError **error) {
  int from = year_of(wish->previous->period_from), to = year_of(wish->previous->period_to);
  json_t *manuscript = plan_manuscript_of(request, wish->previous, error);
  if (!manuscript)
    return NULL;
  plan_manuscript_move_on(manuscript, from, to);
  if (from && to)
    put_period(manuscript, to + 1, to + 1 + to - from);
  return manuscript;
}

/* --- from above --- */

const Plan *plan_nearest_above(Request *request, const char *body_id, GError **error) {
  StoreConn *conn = request_read(request, error);
  const char *const *bodies = conn ? body_ancestors(conn, request->arena, body_id, error) : NULL;
  for (gsize i = 1; bodies && bodies[0] && bodies[i]; i++) {
    GError *failed = NULL;
    const Plan *plan = plan_store_active(conn, request->arena, bodies[i], &failed);
    if (plan)
      return plan;
    if (failed) {
      g_propagate_error(error, failed);
      return NULL;
    }
  }
  return NULL;
}

/* The unit is the body itself, or words for all bodies of its kind. */
static gboolean names_body(const Filling *filling, const char *unit) {
  const Body *body = filling->wish->body;
  g_autofree char *name = org_fold_name(unit), *own = org_fold_name(body->name), *own_short = org_fold_name(body->short_name);
  if (strcmp(name, own) == 0 || strcmp(name, own_short) == 0)
    return TRUE;
  gsize index;
  json_t *words;
  json_array_foreach(json_object_get(json_object_get(filling->outline, "named"), body->kind), index, words) {
    g_autofree char *kind = org_fold_name(json_string_value(words));
    if (strcmp(name, kind) == 0 || (g_str_has_prefix(name, kind) && strchr(" ,(", name[strlen(kind)])))
      return TRUE;
  }
  return FALSE;
}

static gboolean any_names_body(const Filling *filling, const json_t *units) {
  gsize index;
  json_t *unit;
  json_array_foreach(units, index, unit) {
    if (json_is_string(unit) && names_body(filling, json_string_value(unit)))
      return TRUE;
  }
  return FALSE;
}

static char *joined(const json_t *units) {
  g_autoptr(GString) all = g_string_new(NULL);
  gsize index;
  json_t *unit;
  json_array_foreach(units, index, unit) {
    g_string_append_printf(all, "%s%s", index ? "; " : "", json_string_value(unit));
  }
  return g_strdup(all->str);
}

static void take_task_above(Filling *filling, json_t *part, const json_t *task) {
  const json_t *leads = json_object_get(task, "lead"), *partners = json_object_get(task, "coordinate");
  gboolean lead = any_names_body(filling, leads);
  if (!lead && !any_names_body(filling, partners))
    return;
  g_autofree char *with = lead ? g_strdup("") : joined(leads);
  add_task(part, &(PlanTaskWords){.content = text_at(task, "content"), .lead = filling->wish->body->name, .coordinate = with,
                                  .time = text_at(json_object_get(task, "time"), "text"), .product = text_at(task, "product")});
}

/* Its tasks stand in a section of their own, before the one of the money. */
static void take_tasks_above(Filling *filling, const json_t *reading) {
  json_t *parts = json_object_get(filling->manuscript, "parts"), *task;
  gsize index, at = json_array_size(parts);
  for (gsize i = 0; i < json_array_size(parts); i++)
    if (strcmp(text_at(json_array_get(parts, i), "title"), "KINH PHÍ") == 0)
      at = i;
  g_autofree char *title = g_utf8_strup("Nhiệm vụ theo kế hoạch của cấp trên", -1);
  json_t *part = plan_part_new(filling->manuscript, at, 1, "I.", title);
  json_object_set_new(part, "carried", json_true());
  json_array_foreach(json_object_get(reading, "tasks"), index, task) {
    take_task_above(filling, part, task);
  }
  if (!plan_part_is_written(part))
    json_array_remove(parts, at);
  plan_manuscript_number(filling->manuscript);
}

json_t *plan_draft_above(Request *request, const DraftWish *wish, GError **error) {
  PlanContent content = {0};
  StoreConn *conn = request_read(request, error);
  Filling filling = {.request = request, .wish = wish, .outline = outline_of(request->app, error)};
  if (!conn || !filling.outline || !plan_store_get_content(conn, wish->above->id, &content, error))
    return NULL;
  filling.manuscript = plan_draft_outline(request, wish, error);
  if (filling.manuscript)
    take_tasks_above(&filling, content.reading);
  plan_content_clear(&content);
  return filling.manuscript;
}

/* --- into the store --- */

void plan_take_head(Plan *plan, const PlanContent *content) {
  const json_t *reading = content->reading, *period = json_object_get(reading, "period");
  const char *title = text_at(reading, "title");
  plan->number = text_at(json_object_get(reading, "number"), "resolved");
  plan->issued_day = json_string_value(json_object_get(json_object_get(reading, "date"), "iso"));
  plan->title = *title ? title : "Kế hoạch";
  plan->period_from = json_string_value(json_object_get(period, "from"));
  plan->period_to = json_string_value(json_object_get(period, "to"));
  plan->signer = text_at(json_object_get(reading, "signer"), "name");
  plan->errors = plan_findings_count(content->findings, "error");
  plan->warnings = plan_findings_count(content->findings, "warning");
  plan->hints = plan_findings_count(content->findings, "info");
}

gboolean plan_draft_insert(Change *change, const NewDraft *draft, const char **out_id, GError **error) {
  static const char *const NO_UNITS[] = {NULL};
  int duties = 0;
  PlanDraft kept = {.manuscript = draft->manuscript};
  NewPlan plan = {
      .body_id = draft->body_id, .origin = draft->origin, .above_id = draft->above_id, .previous_id = draft->previous_id,
      .reading = draft->content.reading, .source = draft->content.source, .findings = draft->content.findings, .new_units = NO_UNITS,
  };
  return plan_insert(change, &plan, out_id, &duties, error) && plan_draft_put(change->conn, *out_id, &kept, error);
}

typedef struct {
  NewDraft draft;
  const char *id;
} Making;

static gboolean insert_draft(Change *change, void *data, GError **error) {
  Making *making = data;
  return plan_draft_insert(change, &making->draft, &making->id, error);
}

gboolean plan_draft_make(Request *request, const char *origin, const DraftWish *wish, const char **out_id, GError **error) {
  json_t *manuscript = strcmp(origin, "last_year") == 0 ? plan_draft_last_year(request, wish, error)
                       : strcmp(origin, "above") == 0   ? plan_draft_above(request, wish, error)
                                                        : plan_draft_outline(request, wish, error);
  Making making = {.draft = {.body_id = wish->body->id, .origin = origin, .above_id = wish->above ? wish->above->id : NULL,
                             .previous_id = wish->previous ? wish->previous->id : NULL, .manuscript = manuscript}};
  gboolean good = manuscript && plan_press_examine(request, manuscript, request->now_ms, &making.draft.content, error) &&
                  request_change(request, insert_draft, &making, error);
  *out_id = making.id;
  plan_content_clear(&making.draft.content);
  json_decref(manuscript);
  return good;
}
