/* The page of one system, its forms. */
#include "base/date.h"
#include "core/form.h"
#include "core/history.h"
#include "core/law.h"
#include "core/message.h"
#include "core/show.h"
#include "module/system/system_pages.h"
#include <string.h>

/* --- who appraises and approves its level, by the law of today --- */

static const char *actor_names(Request *request, const GPtrArray *codes) {
  g_autoptr(GString) names = g_string_new(NULL);
  for (guint i = 0; i < codes->len; i++)
    g_string_append_printf(names, "%s%s", i ? "; " : "", law_actor_name(request->app->law, g_ptr_array_index(codes, i)));
  return arena_text(request->arena, names->str, (gssize)names->len);
}

static const char *within(Request *request, const char *who, gint64 days) {
  return days ? arena_printf(request->arena, "%s · %s %d %s", who, message(request->lang, "thời hạn"), (int)days,
                             message(request->lang, "ngày làm việc"))
              : who;
}

static Doc *add_step(Request *request, Doc *steps, gboolean done, const char *title, const char *text) {
  Doc *step = doc_object(steps, NULL);
  doc_text(step, KEY("class"), done ? "done" : "");
  doc_text(step, KEY("title"), message(request->lang, title));
  doc_text(step, KEY("text"), text);
  return step;
}

static void add_steps(Request *request, const System *system, Doc *answer) {
  const LawAppraisal *rule = system->level ? law_appraisal(request->app->law, system->level, day_at(request->now_ms)) : NULL;
  Doc *steps = doc_list(answer, KEY("steps"));
  gboolean approved = system->decision_number != NULL;
  if (!rule)
    return;
  add_step(request, steps, approved, "Đề xuất", system_operator(system));
  if (rule->opinion_of)
    add_step(request, steps, approved, "Lấy ý kiến", law_actor_name(request->app->law, rule->opinion_of));
  add_step(request, steps, approved, "Thẩm định", within(request, actor_names(request, rule->appraised_by), rule->appraise_days));
  Doc *last = add_step(request, steps, approved, "Phê duyệt",
                       within(request, law_actor_name(request->app->law, rule->approved_by), rule->approve_days));
  doc_text(last, KEY("number"), system->decision_number);
  doc_text(last, KEY("day"), show_day(request->arena, system->decision_day));
  g_autofree char *basis = law_basis_text(&rule->rule);
  doc_text_copy(answer, KEY("level_basis"), basis);
}

/* --- facts --- */

static void add_body(Request *request, Doc *shown, const char *key, const char *id, const char *name) {
  if (!name)
    return;
  Doc *body = doc_object(shown, key);
  doc_text(body, KEY("name"), name);
  if (id && request_may(request, "system.read", id))
    doc_text(body, KEY("url"), app_link(request->app, request->arena, "body", id));
}

static gboolean add_note(Request *request, const System *system, Doc *shown, GError **error) {
  const char *same = system_store_same_rank(request_read(request, error), request->arena, system, error);
  const char *text = NULL;
  if (system->retired_day)
    text = arena_printf(request->arena, "%s %s. %s", message(request->lang, "Đã ngừng hoạt động từ"),
                        show_day(request->arena, system->retired_day), system->retired_reason ? system->retired_reason : "");
  else if (!system->level)
    text = message(request->lang, "Chưa xác định cấp độ an ninh mạng của hệ thống.");
  else if (!system->contact_phone)
    text = message(request->lang, "Chưa có số điện thoại liên hệ 24/7.");
  else if (same)
    text = arena_printf(request->arena, "%s %s.", message(request->lang, "Thứ tự ưu tiên duy trì trùng với"), same);
  if (!text)
    return !(error && *error);
  Doc *note = doc_object(shown, KEY("note"));
  doc_text(note, KEY("class"), !system->level && !system->retired_day ? "late" : "soon");
  doc_text(note, KEY("text"), text);
  return !(error && *error);
}

static void add_contact(Request *request, const System *system, Doc *answer) {
  Doc *contacts = doc_list(answer, KEY("contacts"));
  const struct {
    const char *name, *role, *phone, *email;
  } people[] = {{system->contact_name, "Liên hệ 24/7", system->contact_phone, system->contact_email},
                {system->provider_name, "Nhà cung cấp", system->provider_phone, NULL}};
  for (gsize i = 0; i < G_N_ELEMENTS(people); i++) {
    if (!people[i].phone && !people[i].email)
      continue;
    Doc *row = doc_object(contacts, NULL);
    doc_text(row, KEY("name"), people[i].name);
    doc_text(row, KEY("role"), message(request->lang, people[i].role));
    doc_text(row, KEY("phone"), people[i].phone);
    doc_text(row, KEY("tel"), people[i].phone ? show_tel(request->arena, people[i].phone) : NULL);
    doc_text(row, KEY("email"), people[i].email);
  }
}

static gboolean add_facts(Request *request, const System *system, Doc *answer, GError **error) {
  Doc *shown = doc_object(answer, KEY("system"));
  doc_text(shown, KEY("id"), system->id);
  doc_text(shown, KEY("code"), system->code);
  doc_text(shown, KEY("title"), system->name);
  doc_text(shown, KEY("purpose"), system->purpose);
  doc_text(shown, KEY("provider"), system->provider_name);
  doc_bool(shown, KEY("personal_data"), system->personal_data != 0);
  if (system->continuity_rank)
    doc_int(shown, KEY("priority"), system->continuity_rank);
  if (system->level) {
    doc_int(shown, KEY("level"), system->level);
    show_status(request, shown, KEY("dossier"), system->decision_number ? "done" : "soon",
                system->decision_number ? "Đã phê duyệt" : "Chưa có quyết định");
    doc_text(shown, KEY("decision"), system_decision(request->arena, system));
  }
  add_body(request, shown, KEY("owner"), system->owner_name ? NULL : system->body_id, system->owner_name ? system->owner_name : system->body_name);
  add_body(request, shown, KEY("operator"), system->operator_body_id, system_operator(system));
  if (request_may(request, "system.write", system->body_id))
    doc_text(shown, KEY("edit_url"), arena_printf(request->arena, "/he-thong/%s/sua", system->id));
  return add_note(request, system, shown, error);
}

static void add_actions(Request *request, const System *system, Doc *answer) {
  Doc *buttons = doc_list(answer, KEY("buttons")), *actions = doc_list(answer, KEY("actions"));
  if (!request_may(request, "system.write", system->body_id))
    return;
  json_t *values = json_pack("{s:s, s:I, s:s}", "id", system->id, "version", (json_int_t)system->version, "day", show_today(request));
  if (system->retired_day)
    form_add(request, buttons, NULL, "system.restore", values, "Dùng lại");
  else
    form_add(request, actions, NULL, "system.retire", values, "Ngừng hoạt động");
  json_decref(values);
}

gboolean system_view(Request *request, Doc *answer, GError **error) {
  const System *system = system_require(request, "system.read", error);
  if (!system)
    return FALSE;
  doc_text(answer, KEY("page_title"), arena_printf(request->arena, "%s %s", system->code, system->name));
  doc_text(answer, KEY("list_url"), "/he-thong");
  doc_int(answer, KEY("version"), system->version);
  if (!add_facts(request, system, answer, error) || !app_add_beside(request, "system", system->id, answer, error) ||
      !history_list(request, "system", system->id, doc_list(answer, KEY("history")), error))
    return FALSE;
  add_steps(request, system, answer);
  add_contact(request, system, answer);
  if (request->face == FACE_WEB)
    add_actions(request, system, answer);
  return TRUE;
}

/* --- forms --- */

typedef struct {
  Doc *form;
  const char *field, *chosen;
} FormChoices;

static void add_choice(const char *id, const char *name, void *data) {
  FormChoices *choices = data;
  form_option(choices->form, choices->field, id, name, g_strcmp0(id, choices->chosen) == 0);
}

static gboolean add_bodies(Request *request, Doc *form, const char *field, const char *chosen, GError **error) {
  FormChoices choices = {form, field, chosen};
  StoreConn *conn = request_read(request, error);
  return conn && system_store_bodies(conn, request->body_id, add_choice, &choices, error);
}

gboolean system_new_form(Request *request, Doc *answer, GError **error) {
  if (!request_require(request, "system.write", request->body_id, error))
    return FALSE;
  doc_text(answer, KEY("list_url"), "/he-thong");
  doc_text(answer, KEY("title"), message(request->lang, "Thêm hệ thống"));
  doc_text(answer, KEY("text"), message(request->lang, "Chỉ tên là bắt buộc; phần chưa rõ bổ sung sau."));
  Doc *form = form_add(request, answer, KEY("form"), "system.add", NULL, "Lưu");
  doc_text(form, KEY("cancel"), "/he-thong");
  return add_bodies(request, form, "body", request->body_id, error) && add_bodies(request, form, "operator", NULL, error);
}

static json_t *values_of(const System *s) {
  json_t *values = json_pack("{s:s, s:s, s:s?, s:s?, s:s?, s:s?, s:s?, s:s?, s:s?, s:s?, s:s?, s:s?, s:s?, s:s?, s:b, s:I}", "id", s->id, "name",
                             s->name, "purpose", s->purpose, "owner_name", s->owner_name, "operator", s->operator_body_id,
                             "operator_name", s->operator_name, "provider_name", s->provider_name, "provider_phone", s->provider_phone,
                             "contact_name", s->contact_name, "contact_phone", s->contact_phone, "contact_email", s->contact_email,
                             "decision_number", s->decision_number, "decision_day", s->decision_day, "decision_issuer",
                             s->decision_issuer, "personal_data", s->personal_data != 0, "version", (json_int_t)s->version);
  if (s->level)
    json_object_set_new(values, "level", json_integer(s->level));
  if (s->continuity_rank)
    json_object_set_new(values, "rank", json_integer(s->continuity_rank));
  return values;
}

gboolean system_edit_form(Request *request, Doc *answer, GError **error) {
  const System *system = system_require(request, "system.write", error);
  if (!system)
    return FALSE;
  doc_text(answer, KEY("page_title"), system->name);
  doc_text(answer, KEY("list_url"), "/he-thong");
  doc_text(answer, KEY("title"), system->name);
  doc_text(answer, KEY("text"), system->code);
  json_t *values = values_of(system);
  Doc *form = form_add(request, answer, KEY("form"), "system.edit", values, "Lưu");
  json_decref(values);
  doc_text(form, KEY("cancel"), arena_printf(request->arena, "/he-thong/%s", system->id));
  return add_bodies(request, form, "operator", system->operator_body_id, error);
}
