/* The page of one case: state, next deadline, next step, who leads; and what can be done. */
#include "base/date.h"
#include "base/number.h"
#include "core/form.h"
#include "core/message.h"
#include "module/incident/incident_delivery.h"
#include "module/incident/incident_paper.h"
#include "module/incident/incident_upload.h"
#include "module/incident/incident_reporter.h"
#include <string.h>

/* --- what can be done: forms without visible fields act at one click --- */

static const struct {
  const char *operation, *submit, *states, *permission;
  gboolean button;
} OFFERS[] = {
    {"incident.acknowledge",    "Tiếp nhận",                  "reported",           "incident.command", TRUE },
    {"incident.verify_sender",  "Xác minh người báo",         "reported verifying", "incident.command", FALSE},
    {"incident.confirm",        "Xác nhận là sự cố",          "reported verifying", "incident.command", FALSE},
    {"incident.reject",         "Không phải sự cố",           "reported verifying", "incident.command", FALSE},
    {"incident.near_miss",      "Suýt xảy ra sự cố",          "reported verifying", "incident.command", FALSE},
    {"incident.duplicate",      "Trùng với sự cố khác",       "reported verifying", "incident.command", FALSE},
    {"incident.command",        "Giao người chỉ huy",         "reported verifying responding contained recovering ended", "incident.command", FALSE},
    {"incident.decide",         "Nâng, hạ mức",               "verifying responding contained recovering ended", "incident.command", FALSE},
    {"incident.confirm_level",  "Ghi ý kiến về mức",          "verifying responding contained recovering ended", "incident.command", FALSE},
    {"incident.task_add",       "Giao việc",                  "verifying responding contained recovering ended", "incident.work", FALSE},
    {"incident.person_add",     "Thêm người tham gia",        "verifying responding contained recovering ended", "incident.work", FALSE},
    {"incident.party",          "Ghi tên bên tham gia",       "reported verifying responding contained recovering ended", "incident.command", FALSE},
    {"incident.system_add",     "Thêm hệ thống bị ảnh hưởng", "verifying responding contained recovering ended", "incident.work", FALSE},
    {"incident.observable_add", "Thêm dấu hiệu nhận biết",    "verifying responding contained recovering ended closed", "incident.work", FALSE},
    {"evidence.add",   "Tải chứng cứ",               "reported verifying responding contained recovering ended closed", "incident.work", FALSE},
    {"incident.correct",        "Đính chính diễn biến",       "reported verifying responding contained recovering ended closed", "incident.work", FALSE},
    {"incident.step_back",      "Chưa ổn định, làm lại",      "contained recovering ended", "incident.command", FALSE},
    {"incident.outcome",        "Ghi cách xử lý, thiệt hại",  "responding contained recovering ended closed", "incident.command", FALSE},
    {"incident.close",          "Đóng hồ sơ",                 "ended",              "incident.command", TRUE },
    {"incident.close_with_reason", "Đóng hồ sơ khi còn thiếu", "responding contained recovering ended", "incident.command", FALSE},
    {"incident.reopen",         "Mở lại",                     "closed rejected near_miss duplicate", "incident.command", FALSE},
};

/* Choices that come from data. */
static gboolean fill_choices(Request *request, const Incident *incident, const char *operation, Doc *form, GError **error) {
  const Law *law = request->app->law;
  if (strcmp(operation, "incident.command") == 0)
    return incident_add_people(request, incident->body_id, form, "person", error);
  if (strcmp(operation, "incident.task_add") == 0)
    return incident_add_people(request, incident->body_id, form, "owner", error);
  if (strcmp(operation, "incident.system_add") == 0)
    return incident_offer_systems(request, incident->body_id, form, error);
  if (strcmp(operation, "incident.party") == 0)
    for (guint i = 0; i < law->actors->len; i++) {
      const LawActor *actor = g_ptr_array_index(law->actors, i);
      form_option(form, "actor", actor->rule.id, actor->name, FALSE);
    }
  return TRUE;
}

static gboolean is_offered(Request *request, const Incident *incident, gsize i) {
  const LawSeverity *severity = incident_law_severity(request->app->law, incident->severity, incident->profile);
  if (strcmp(OFFERS[i].operation, "incident.confirm_level") == 0 && (!severity || !severity->confirmed_by || incident->severity_confirmed_ms))
    return FALSE;
  return incident_is_one_of(incident->state, OFFERS[i].states) && request_may(request, OFFERS[i].permission, incident->body_id);
}

static void fill_outcome(const Doc *outcome, json_t *values) {
  const Doc *asked = outcome ? doc_get(outcome, KEY("asked")) : NULL, *damage = outcome ? doc_get(outcome, KEY("damage")) : NULL;
  if (!outcome)
    return;
  json_object_set_new(values, "helpers", json_string(doc_get_text(outcome, KEY("helpers"))));
  json_object_set_new(values, "foreign_helpers", json_string(doc_get_text(outcome, KEY("foreign_helpers"))));
  json_object_set_new(values, "asked", json_boolean(asked && asked->number));
  if (damage)
    json_object_set_new(values, "damage", json_integer(damage->number));
}

static gboolean add_actions(Request *request, const Incident *incident, Doc *answer, GError **error) {
  Doc *buttons = doc_list(answer, KEY("buttons")), *actions = doc_list(answer, KEY("actions"));
  json_t *values = json_pack("{s:s, s:I, s:s}", "id", incident->code, "version", (json_int_t)incident->version, "step", "T10");
  fill_outcome(doc_get(answer, KEY("outcome")), values);
  gboolean good = TRUE;
  for (gsize i = 0; good && i < G_N_ELEMENTS(OFFERS); i++) {
    if (!is_offered(request, incident, i))
      continue;
    Doc *form = form_add(request, OFFERS[i].button ? buttons : actions, NULL, OFFERS[i].operation, values, OFFERS[i].submit);
    if (strcmp(OFFERS[i].operation, "evidence.add") == 0)
      doc_text(form, KEY("upload"), arena_printf(request->arena, "/su-co/%s/chung-cu/tai-len", incident->code));
    good = fill_choices(request, incident, OFFERS[i].operation, form, error);
  }
  json_decref(values);
  if (request_may(request, "incident.work", incident->body_id) && incident_is_one_of(incident->state, "reported verifying responding contained recovering ended closed")) {
    Doc *say = doc_object(answer, KEY("say"));
    doc_text(say, KEY("action"), arena_printf(request->arena, "/su-co/%s/dien-bien", incident->code));
    doc_text(say, KEY("now"), incident_moment(request->arena, request->now_ms));
  }
  return good;
}

/* --- steps --- */

static void show_step(Request *request, const Incident *incident, const IncidentStep *step, const LawStep *law_step, const Doc *parties,
                      Doc *list, gboolean may_act) {
  static const char *const WORDS[][3] = {{"todo", "none", "Chưa bắt đầu"}, {"doing", "doing", "Đang thực hiện"},
                                         {"done", "done", "Hoàn thành"}, {"skipped", "none", "Không cần thực hiện"}};
  Doc *row = doc_object(list, NULL);
  gboolean settled = strcmp(step->state, "done") == 0 || strcmp(step->state, "skipped") == 0;
  doc_text(row, KEY("id"), step->step);
  doc_text(row, KEY("name"), law_step->name);
  doc_text(row, KEY("content"), law_step->content);
  doc_text(row, KEY("output"), law_step->output);
  doc_text(row, KEY("lead"), incident_party_names(request, law_step->lead, parties));
  doc_text(row, KEY("partners"), incident_party_names(request, law_step->partners, parties));
  doc_bool(row, KEY("optional"), law_step->optional);
  doc_int(row, KEY("pass"), step->pass);
  doc_bool(row, KEY("again"), step->pass > 1);
  doc_text(row, KEY("state_name"), step->state);
  doc_bool(row, KEY("settled"), settled);
  doc_text(row, KEY("at"), incident_moment(request->arena, settled ? step->done_ms : step->begun_ms));
  doc_text(row, KEY("class"), strcmp(step->state, "doing") == 0 ? "doing here" : settled ? "done" : "");
  for (gsize i = 0; i < G_N_ELEMENTS(WORDS); i++)
    if (strcmp(WORDS[i][0], step->state) == 0) {
      Doc *state = doc_object(row, KEY("state"));
      doc_text(state, KEY("class"), WORDS[i][1]);
      doc_text(state, KEY("label"), message(request->lang, WORDS[i][2]));
    }
  if (!may_act || settled || strcmp(step->step, "T1") == 0)
    return;
  const char *base = arena_printf(request->arena, "/su-co/%s/buoc", incident->code);
  doc_int(row, KEY("version"), incident->version);
  doc_text(row, KEY("finish_url"), arena_printf(request->arena, "%s/xong", base));
  if (strcmp(step->state, "todo") == 0)
    doc_text(row, KEY("begin_url"), arena_printf(request->arena, "%s/bat-dau", base));
  if (law_step->optional)
    doc_text(row, KEY("skip_url"), arena_printf(request->arena, "%s/bo-qua", base));
}

static gboolean add_steps(Request *request, StoreConn *conn, const Incident *incident, const Doc *parties, Doc *answer, GError **error) {
  const LawWorkflow *workflow = incident_law_workflow(request->app->law, incident->workflow);
  g_autoptr(GArray) steps = incident_store_steps(conn, request->arena, incident->id, incident->workflow, error);
  if (!steps || !workflow)
    return steps != NULL;
  gboolean may_act = incident_is_one_of(incident->state, "responding contained recovering ended") &&
                     request_may(request, "incident.work", incident->body_id);
  Doc *shown = doc_object(answer, KEY("procedure")), *list = doc_list(shown, KEY("steps"));
  const char *group = "";
  int done = 0;
  for (guint i = 0; i < steps->len; i++) {
    const IncidentStep *step = &g_array_index(steps, IncidentStep, i);
    const LawStep *law_step = law_find(workflow->steps, step->step);
    if (!law_step)
      continue;
    if (g_strcmp0(group, law_step->group ? law_step->group : "") != 0)
      doc_text(doc_object(list, NULL), KEY("part"), group = law_step->group ? law_step->group : "");
    show_step(request, incident, step, law_step, parties, list, may_act);
    done += strcmp(step->state, "done") == 0 || strcmp(step->state, "skipped") == 0;
  }
  g_autofree char *basis = law_basis_text(&workflow->rule);
  doc_text(shown, KEY("id"), workflow->rule.id);
  doc_text(shown, KEY("name"), workflow->name);
  doc_text_copy(shown, KEY("basis"), basis);
  doc_int(shown, KEY("done"), done);
  doc_int(shown, KEY("total"), steps->len);
  doc_bool(shown, KEY("suggested"), incident_steps_are_suggested(request->app->law, incident));
  return TRUE;
}

/* --- log --- */

enum { LOG_SHOWN = 20 };

/* The newest lines; all of them when asked for. */
static void shape_log(Request *request, const Incident *incident, Doc *log) {
  const char *day = "";
  gboolean all = request->face != FACE_WEB || input_bool(request, "log");
  int total = 0;
  Doc *list = doc_list(log, KEY("rows"));
  for (Doc *row = doc_get(log, KEY("lines"))->first; row; row = row->next) {
    if (++total > LOG_SHOWN && !all)
      continue;
    gint64 at_ms = doc_get(row, KEY("at_ms"))->number;
    char clock[6], text[11];
    date_write_clock(clock, at_ms);
    date_write_day(text, at_ms);
    if (strcmp(day, text) != 0)
      doc_text(doc_object(list, NULL), KEY("day"), arena_printf(request->arena, "%s, %s", day_weekday_name(day_at(at_ms)), text));
    day = arena_text(request->arena, text, -1);
    Doc *shown = doc_object(list, NULL);
    const Doc *corrects = doc_get(row, KEY("corrects"));
    doc_text_copy(shown, KEY("clock"), clock);
    doc_text(shown, KEY("iso"), doc_get_text(row, KEY("at_iso")));
    doc_int(shown, KEY("number"), doc_get(row, KEY("number"))->number);
    doc_text(shown, KEY("text"), doc_get_text(row, KEY("text")));
    doc_text(shown, KEY("who"), doc_get_text(row, KEY("who")));
    doc_text(shown, KEY("class"), strcmp(doc_get_text(row, KEY("kind")), "note") == 0 ? "" : doc_get_text(row, KEY("kind")));
    if (corrects && corrects->type == DOC_INT)
      doc_int(shown, KEY("corrects"), corrects->number);
    if (doc_get(row, KEY("entered_ms"))->number - at_ms > 5 * MINUTE_MS)
      doc_text(shown, KEY("entered"), doc_get_text(row, KEY("entered")));
  }
  doc_int(log, KEY("total"), total);
  if (total > LOG_SHOWN && !all)
    doc_text(log, KEY("all_url"), arena_printf(request->arena, "/su-co/%s?log=1#h-log", incident->code));
}

/* --- notices --- */

static void add_notice_urls(Request *request, const Incident *incident, const IncidentNotice *notice, Doc *row) {
  const char *base = arena_printf(request->arena, "/su-co/%s/thong-bao/%s", incident->code, notice->id);
  if (strcmp(notice->state, "unsent") == 0)
    doc_text(row, KEY("send_url"), arena_printf(request->arena, "%s/thu", base));
  if (strcmp(notice->state, "sent") == 0)
    doc_text(row, KEY("confirm_url"), arena_printf(request->arena, "%s/xac-nhan", base));
}

static void show_notice(Request *request, const Incident *incident, const IncidentNotice *notice, const Doc *parties,
                        const GPtrArray *deliveries, Doc *list, gboolean may) {
  Doc *row = doc_object(list, NULL);
  const LawForm *form = *notice->form ? law_find(request->app->law->forms, notice->form) : NULL;
  doc_text(row, KEY("id"), notice->id);
  doc_text(row, KEY("clock"), notice->clock);
  doc_text(row, KEY("receiver"), notice->receiver);
  doc_text(row, KEY("receiver_name"), incident_party_name(request, parties, notice->receiver));
  doc_text(row, KEY("receiver_role"), law_actor_name(request->app->law, notice->receiver));
  doc_text(row, KEY("what"), notice->what);
  doc_bool(row, KEY("at_once"), notice->at_once != 0);
  doc_text(row, KEY("basis"), notice->basis);
  doc_text(row, KEY("sent"), incident_moment(request->arena, notice->sent_ms));
  doc_text(row, KEY("confirmed"), incident_moment(request->arena, notice->confirmed_ms));
  doc_text(row, KEY("channel"), incident_channel_label(notice->channel));
  doc_text(row, KEY("proof"), notice->proof);
  doc_bool(row, KEY("unsent"), strcmp(notice->state, "unsent") == 0);
  incident_show_notice_state(request, row, notice, incident_delivery_state(deliveries, notice->id));
  incident_show_due(request, row, notice->due_ms);
  if (strcmp(notice->state, "void") != 0)
    doc_text(row, KEY("text"), incident_notice_text(request, incident, notice));
  if (notice->attachment_id)
    doc_text(row, KEY("proof_url"), arena_printf(request->arena, "/tep/%s", notice->attachment_id));
  if (form) {
    doc_text(row, KEY("form"), form->number ? form->number : form->name);
    doc_text(row, KEY("form_url"), arena_printf(request->arena, "/su-co/%s/van-ban/soan?form=%s", incident->code, form->rule.id));
  }
  if (may)
    add_notice_urls(request, incident, notice, row);
}

static gboolean add_notices(Request *request, StoreConn *conn, const Incident *incident, const Doc *parties, Doc *answer, GError **error) {
  g_autoptr(GPtrArray) notices = incident_store_notices(conn, request->arena, incident->id, error);
  gboolean may = request->face == FACE_WEB && incident_is_open(incident->state) &&
                 request_may(request, "incident.command", incident->body_id);
  Doc *list = doc_list(answer, KEY("notices"));
  int sent = 0, total = 0;
  g_autoptr(GPtrArray) deliveries = notices ? incident_deliveries(conn, request->arena, incident->id, error) : NULL;
  for (guint i = 0; deliveries && i < notices->len; i++) {
    const IncidentNotice *notice = g_ptr_array_index(notices, i);
    gboolean is_void = strcmp(notice->state, "void") == 0;
    show_notice(request, incident, notice, parties, deliveries, list, may && !is_void);
    incident_show_deliveries(request, incident, deliveries, notice->id, list->last, may);
    total += !is_void;
    sent += !is_void && strcmp(notice->state, "unsent") != 0;
  }
  doc_int(answer, KEY("notices_sent"), sent);
  doc_int(answer, KEY("notices_total"), total);
  if (deliveries)
    incident_show_deliveries(request, incident, deliveries, NULL, doc_object(answer, KEY("receipt")), may);
  if (deliveries)
    incident_add_ruler(request, answer, incident, notices);
  return deliveries != NULL;
}

/* --- parts --- */

static void shape_observables(Request *request, Doc *list) {
  for (Doc *row = list->first; row; row = row->next)
    doc_text(row, KEY("shown"), incident_defang(request->arena, doc_get_text(row, KEY("kind")), doc_get_text(row, KEY("value"))));
}

static void shape_evidence(Request *request, const Incident *incident, Doc *list) {
  for (Doc *row = list->first; row; row = row->next) {
    char size[NUMBER_SIZE];
    const Doc *bytes = doc_get(row, KEY("size"));
    doc_text(row, KEY("code"), arena_printf(request->arena, "CC-%02d", (int)doc_get(row, KEY("number"))->number));
    doc_text(row, KEY("custody_url"), arena_printf(request->arena, "/su-co/%s/chung-cu/%s/bien-ban", incident->code, doc_get_text(row, KEY("id"))));
    if (!bytes || bytes->type != DOC_INT)
      continue;
    number_write_size(size, bytes->number);
    doc_text_copy(row, KEY("size_text"), size);
    if (request_may(request, "incident.work", incident->body_id))
      doc_text(row, KEY("file_url"), arena_printf(request->arena, "/su-co/%s/chung-cu/%s/tep", incident->code, doc_get_text(row, KEY("id"))));
  }
}

const char *incident_custody_word(const char *action) {
  static const char *const WORDS[][2] = {{"received", "Nhận"}, {"accessed", "Mở tệp"}, {"transferred", "Giao nhận"}, {"returned", "Trả lại"},
                                         {"archived", "Đưa vào gói hồ sơ"}, {"checked", "Kiểm mã băm"}};
  for (gsize i = 0; i < G_N_ELEMENTS(WORDS); i++)
    if (strcmp(WORDS[i][0], action) == 0)
      return WORDS[i][1];
  return action;
}

static void shape_custody(Request *request, Doc *list) {
  for (Doc *row = list->first; row; row = row->next) {
    const Doc *intact = doc_get(row, KEY("intact"));
    doc_text(row, KEY("code"), arena_printf(request->arena, "CC-%02d", (int)doc_get(row, KEY("number"))->number));
    const char *word = incident_custody_word(doc_get_text(row, KEY("action")));
    doc_text(row, KEY("word"), message(request->lang, word));
    doc_bool(row, KEY("broken"), intact && intact->type == DOC_INT && !intact->number);
  }
}

static void shape_tasks(Request *request, const Incident *incident, Doc *list) {
  for (Doc *row = list->first; row; row = row->next) {
    const Doc *due = doc_get(row, KEY("due_ms"));
    gboolean done = doc_get_text(row, KEY("done")) != NULL;
    Doc *state = doc_object(row, KEY("state"));
    gboolean late = !done && due && due->number < request->now_ms;
    doc_text(state, KEY("class"), done ? "done" : late ? "late" : "doing");
    doc_text(state, KEY("label"), message(request->lang, done ? "Hoàn thành" : late ? "Quá hạn" : "Đang thực hiện"));
    doc_text(row, KEY("until"), doc_get_text(row, KEY("due")));
    if (!done && request_may(request, "incident.work", incident->body_id))
      doc_text(row, KEY("finish_url"), arena_printf(request->arena, "/su-co/%s/viec/%s/xong", incident->code, doc_get_text(row, KEY("id"))));
  }
}

static void shape_persons(Request *request, const Incident *incident, Doc *list) {
  for (Doc *row = list->first; row; row = row->next)
    if (!doc_get_text(row, KEY("released")) && request_may(request, "incident.work", incident->body_id))
      doc_text(row, KEY("release_url"), arena_printf(request->arena, "/su-co/%s/nguoi/%s/thoi", incident->code, doc_get_text(row, KEY("id"))));
}

static gboolean add_parts(Request *request, const Incident *incident, Doc *answer, GError **error) {
  const char *id = incident->id;
  Doc *log = doc_object(answer, KEY("log")), *lines = doc_list(log, KEY("lines"));
  Doc *tasks = doc_list(answer, KEY("tasks")), *observables = doc_list(answer, KEY("observables")),
      *evidence = doc_list(answer, KEY("evidence")), *custody = doc_list(answer, KEY("custody")),
      *persons = doc_list(answer, KEY("persons")), *assessments = doc_list(answer, KEY("assessments"));
  if (!incident_part(request, PART_LOG, id, NULL, lines, error) || !incident_part(request, PART_TASKS, id, NULL, tasks, error) ||
      !incident_part(request, PART_PERSONS, id, NULL, persons, error) ||
      !incident_part(request, PART_SYSTEMS, id, NULL, doc_list(answer, KEY("systems")), error) ||
      !incident_part(request, PART_OBSERVABLES, id, NULL, observables, error) ||
      !incident_part(request, PART_RELATED, id, request->body_id, doc_list(answer, KEY("related")), error) ||
      !incident_part(request, PART_EVIDENCE, id, NULL, evidence, error) ||
      !incident_part(request, PART_CUSTODY, id, NULL, custody, error) ||
      !incident_part(request, PART_ASSESSMENTS, id, NULL, assessments, error))
    return FALSE;
  if (request_may(request, "incident.work", incident->body_id) && !incident_add_uploads(request, incident, doc_list(answer, KEY("uploads")), error))
    return FALSE;
  incident_shape_assessments(request, assessments);
  shape_log(request, incident, log);
  shape_observables(request, observables);
  shape_evidence(request, incident, evidence);
  shape_custody(request, custody);
  shape_tasks(request, incident, tasks);
  shape_persons(request, incident, persons);
  return TRUE;
}

/* --- the head --- */

static const char *next_words(const Incident *incident) {
  if (strcmp(incident->state, "reported") == 0)
    return "Chưa có người tiếp nhận. Bấm Tiếp nhận, rồi gọi lại người báo để xác minh.";
  if (strcmp(incident->state, "verifying") == 0)
    return incident->sender_verified_ms || strcmp(incident->source, "monitoring") == 0
               ? "Xem sự việc có thật không: xác nhận là sự cố, hoặc ghi lý do không phải."
               : "Xác minh người báo trước khi làm theo tin báo: gọi lại số đã biết hoặc hỏi qua kênh thứ hai.";
  if (strcmp(incident->state, "ended") == 0)
    return "Đã kết thúc xử lý. Gửi nốt báo cáo, tổng kết, rồi đóng hồ sơ.";
  return NULL;
}

static gboolean add_guard(Request *request, StoreConn *conn, const Incident *incident, Doc *answer, GError **error) {
  g_autoptr(GPtrArray) against = g_ptr_array_new();
  Doc *list = doc_list(answer, KEY("against"));
  if (strcmp(incident->state, "ended") != 0)
    return TRUE;
  if (!incident_close_guard(conn, request, incident, against, error))
    return FALSE;
  for (guint i = 0; i < against->len; i++)
    doc_text(doc_object(list, NULL), KEY("text"), g_ptr_array_index(against, i));
  return TRUE;
}

static void add_head(Request *request, const Incident *incident, Doc *answer) {
  Arena *arena = request->arena;
  const json_t *first = incident_first_steps_of(request, incident);
  const char *next = next_words(incident);
  incident_show(request, doc_object(answer, KEY("incident")), incident);
  doc_text(answer, KEY("page_title"), arena_printf(arena, "%s %s", incident->code, incident->title));
  doc_text(answer, KEY("list_url"), "/su-co");
  doc_text(answer, KEY("print_url"), arena_printf(arena, "/su-co/%s/phieu", incident->code));
  if (request_may(request, "incident.command", incident->body_id) && incident_is_open(incident->state))
    doc_text(answer, KEY("classify_url"), arena_printf(arena, "/su-co/%s/phan-loai", incident->code));
  if (request_may(request, "incident.command", incident->body_id))
    doc_text(answer, KEY("archive_url"), arena_printf(arena, "/su-co/%s/goi", incident->code));
  doc_int(answer, KEY("version"), incident->version);
  doc_text(answer, KEY("profile"), incident->profile);
  doc_text(answer, KEY("severity_reason"), incident->severity_reason);
  doc_text(answer, KEY("source"), message(request->lang, incident_source_label(incident->source)));
  doc_text(answer, KEY("description"), incident->description);
  doc_text(answer, KEY("reporter"), *incident->reporter_name ? incident->reporter_name : NULL);
  doc_text(answer, KEY("reporter_phone"), *incident->reporter_phone ? incident->reporter_phone : NULL);
  doc_text(answer, KEY("sender_verified"), incident->sender_verified_ms ? incident->sender_verified_how : NULL);
  doc_text(answer, KEY("close_reason"), incident->close_reason);
  doc_text(answer, KEY("decided_reason"), incident->decided_reason);
  doc_text(answer, KEY("next"), next ? message(request->lang, next) : NULL);
  if (first && incident_is_one_of(incident->state, "reported verifying responding"))
    doc_json(answer, KEY("first_steps"), first);
  json_t *facts = json_loads(incident->facts, 0, NULL);
  doc_json(answer, KEY("facts"), facts);
  json_decref(facts);
}

gboolean incident_view(Request *request, Doc *answer, GError **error) {
  const Incident *incident = incident_load(request, "incident.read", error);
  StoreConn *conn = incident ? request_read(request, error) : NULL;
  if (!conn)
    return FALSE;
  add_head(request, incident, answer);
  Doc *parties = doc_list(answer, KEY("parties"));
  return incident_part(request, PART_PARTIES, incident->id, NULL, parties, error) &&
         add_steps(request, conn, incident, parties, answer, error) && add_notices(request, conn, incident, parties, answer, error) &&
         add_parts(request, incident, answer, error) && incident_add_phone(request, incident->body_id, answer, error) &&
         incident_add_reporter(request, incident, answer, error) && incident_add_papers(request, incident, answer, error) &&
         add_guard(request, conn, incident, answer, error) && incident_add_outcome(request, incident, answer, error) &&
         (request->face != FACE_WEB || add_actions(request, incident, answer, error));
}
