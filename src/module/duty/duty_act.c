#include "module/duty/duty_act.h"
#include "base/id.h"
#include "core/file.h"
#include "core/user.h"
#include "module/duty/duty_show.h"
#include <string.h>

/* --- who may --- */

gboolean duty_require_seen(Request *request, const char *duty_id, GError **error) {
  StoreConn *conn = request_read(request, error);
  for (gsize i = 0; conn && request->user && i < request->user->n_grants; i++)
    if (duty_store_sees(conn, duty_id, request->user->grants[i].body_id))
      return TRUE;
  if (conn)
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không có nhiệm vụ này, hoặc không thuộc phạm vi được xem.");
  return FALSE;
}

/* The owner of the plan decides, and the unit that leads does. */
gboolean duty_may(Request *request, const char *permission, const Duty *duty) {
  return request_may(request, permission, duty->body_id) ||
         (duty->lead_body_id && request_may(request, permission, duty->lead_body_id));
}

static gboolean require(Request *request, const DutyAction *action, const Duty *duty, GError **error) {
  if (duty_may(request, action->permission, duty))
    return TRUE;
  g_set_error(error, APP_ERROR, ERROR_FORBIDDEN, "Vai trò hiện có không được phép làm việc này với %s.", duty->code);
  return FALSE;
}

/* --- the state before and after, for history and undo --- */

static json_t *text_or_null(const char *text) {
  return text ? json_string(text) : json_null();
}

static json_t *snapshot(const Duty *duty) {
  json_t *state = json_object();
  const struct {
    const char *key, *value;
  } texts[] = {{"state", duty->state},           {"due_day", duty->due_day},   {"due_ground", duty->due_ground},
               {"due_basis", duty->due_basis},   {"lead_names", duty->lead_names}, {"lead_body_id", duty->lead_body_id},
               {"assignee_id", duty->assignee_id}, {"title", duty->title},     {"content", duty->content},
               {"done_by", duty->done_by}};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    json_object_set_new(state, texts[i].key, text_or_null(texts[i].value));
  json_object_set_new(state, "evidenced_ms", json_integer(duty->evidenced_ms));
  json_object_set_new(state, "done_ms", json_integer(duty->done_ms));
  json_object_set_new(state, "version", json_integer(duty->version));
  return state;
}

static void restore(Duty *duty, const json_t *state) {
  duty->state = json_string_value(json_object_get(state, "state"));
  duty->due_day = json_string_value(json_object_get(state, "due_day"));
  duty->due_ground = json_string_value(json_object_get(state, "due_ground"));
  duty->due_basis = json_string_value(json_object_get(state, "due_basis"));
  duty->lead_names = json_string_value(json_object_get(state, "lead_names"));
  duty->lead_body_id = json_string_value(json_object_get(state, "lead_body_id"));
  duty->assignee_id = json_string_value(json_object_get(state, "assignee_id"));
  duty->title = json_string_value(json_object_get(state, "title"));
  duty->content = json_string_value(json_object_get(state, "content"));
  duty->done_by = json_string_value(json_object_get(state, "done_by"));
  duty->evidenced_ms = json_integer_value(json_object_get(state, "evidenced_ms"));
  duty->done_ms = json_integer_value(json_object_get(state, "done_ms"));
}

/* Only what differs goes into the audit log. */
static json_t *difference(const json_t *before, const json_t *after) {
  json_t *changes = json_object();
  const char *key;
  json_t *value;
  json_object_foreach((json_t *)(gintptr)before, key, value) {
    json_t *now = json_object_get(after, key);
    if (strcmp(key, "version") != 0 && !json_equal(value, now))
      json_object_set_new(changes, key, json_pack("[O, O]", value, now));
  }
  return changes;
}

/* --- one duty --- */

static gboolean check_state(const DutyAction *action, const Duty *duty, GError **error) {
  g_auto(GStrv) states = g_strsplit(action->from, " ", -1);
  if (g_strv_contains((const char *const *)states, duty->state))
    return TRUE;
  g_set_error(error, APP_ERROR, ERROR_REFUSED, "%s đang “%s” nên không thể: %s.", duty->code, duty_state_label(duty->state),
              duty_event_label(action->event));
  return FALSE;
}

static void apply(Duty *duty, const DutyAct *act, const Request *request) {
  gboolean done = g_strcmp0(act->action->to, "done") == 0;
  if (act->action->to)
    duty->state = act->action->to;
  if (act->due_day) {
    duty->due_day = act->due_day;
    duty->due_ground = "edited";
    duty->due_basis = act->note ? act->note : "";
  }
  if (act->lead_body_id) {
    duty->lead_body_id = act->lead_body_id;
    duty->lead_names = act->lead_name;
  }
  if (act->assignee_id)
    duty->assignee_id = *act->assignee_id ? act->assignee_id : NULL;
  if (act->title)
    duty->title = act->title;
  if (act->content)
    duty->content = act->content;
  if (strcmp(act->action->event, "evidenced") == 0)
    duty->evidenced_ms = request->now_ms;
  if (act->action->to) {
    duty->done_ms = done ? request->now_ms : 0;
    duty->done_by = done && request->user ? request->user->id : NULL;
  }
}

static gboolean add_proof(Change *change, const Duty *duty, const DutyAct *act, GError **error) {
  const Request *request = change->request;
  const char *attachment = NULL;
  const char *kind = act->proof_kind ? act->proof_kind : "note";
  const char *text = act->proof_text ? act->proof_text : act->action->proof ? act->note : NULL;
  if (!text && !act->file_sha256)
    return TRUE;
  if (act->file_sha256 && !attachment_add(change, "duty", duty->id, duty->body_id, act->file_sha256, act->file_size,
                                          act->file_name, "application/octet-stream", &attachment, error))
    return FALSE;
  return duty_store_add_proof(change->conn, duty->id, request->now_ms, request->user ? request->user->id : NULL, kind,
                              text ? text : "", attachment, error);
}

static gboolean check_proof(Change *change, const Duty *duty, const DutyAct *act, GError **error) {
  gboolean has = act->file_sha256 || (act->proof_text && *act->proof_text) || (act->note && *act->note);
  if (!act->action->proof || has)
    return TRUE;
  if (!duty_store_has_proof(change->conn, duty->id, &has, error))
    return FALSE;
  if (!has)
    g_set_error(error, APP_ERROR, ERROR_REFUSED,
                "%s chưa có minh chứng. Thêm tệp, liên kết hoặc ghi chú về kết quả rồi hoàn thành.", duty->code);
  return has;
}

static gboolean check_lead(Request *request, const DutyAct *act, GError **error) {
  if (strcmp(act->action->event, "assigned") != 0 || act->lead_body_id || act->assignee_id)
    return TRUE;
  return request_refuse_field(request, "lead", "Chưa chọn đơn vị.", error);
}

static gboolean record(Change *change, const Duty *duty, const DutyAct *act, const json_t *before, const json_t *after,
                       GError **error) {
  char id[ID_SIZE];
  g_autofree char *before_text = json_dumps(before, JSON_COMPACT);
  g_autofree char *after_text = json_dumps(after, JSON_COMPACT);
  id_new(id);
  DutyEvent event = {id, duty->id, act->group_id, change->request->user ? change->request->user->id : NULL, act->action->event,
                     act->note, before_text, after_text, change->request->now_ms, 0};
  change_about(change, "duty", duty->id, duty->body_id, difference(before, after));
  return duty_store_add_event(change->conn, &event, error);
}

static gboolean act_on(Change *change, DutyAct *act, const char *id, GError **error) {
  Arena *arena = change->request->arena;
  const Duty *found = duty_store_get(change->conn, arena, id, error);
  if (!found) {
    if (error && !*error)
      g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không có nhiệm vụ %s.", id);
    return FALSE;
  }
  if ((act->action->permission && !require(change->request, act->action, found, error)) || !check_state(act->action, found, error) ||
      !check_lead(change->request, act, error) || !check_proof(change, found, act, error))
    return FALSE;
  Duty duty = *found;
  json_t *before = snapshot(&duty);
  apply(&duty, act, change->request);
  duty.version = found->version + 1;
  json_t *after = snapshot(&duty);
  gboolean good = duty_store_update(change->conn, &duty, act->version >= 0 ? act->version : found->version, error) &&
                  add_proof(change, &duty, act, error) && record(change, &duty, act, before, after, error);
  json_decref(before);
  json_decref(after);
  act->count += good;
  return good;
}

static gboolean act_on_all(Change *change, void *data, GError **error) {
  DutyAct *act = data;
  act->count = 0;
  for (const char *const *id = act->ids; *id; id++)
    if (!act_on(change, act, *id, error))
      return FALSE;
  return TRUE;
}

gboolean duty_act(Request *request, DutyAct *act, GError **error) {
  char group[ID_SIZE];
  if (!act->ids[0]) {
    g_set_error(error, APP_ERROR, ERROR_INVALID, "Chưa chọn nhiệm vụ nào.");
    return FALSE;
  }
  if (act->action->note && !(act->note && *act->note))
    return request_refuse_field(request, "note", "Cần nêu lý do.", error);
  for (const char *const *id = act->ids; *id; id++)
    if (!duty_require_seen(request, *id, error))
      return FALSE;
  id_new(group);
  act->group_id = arena_text(request->arena, group, -1);
  return request_change(request, act_on_all, act, error);
}

gboolean duty_prove(Change *change, const char *duty_id, DutyAct *act, GError **error) {
  const Request *request = change->request;
  char group[ID_SIZE];
  id_new(group);
  act->group_id = arena_text(request->arena, group, -1);
  for (gsize i = 0; request->user && i < request->user->n_grants; i++)
    if (duty_store_sees(change->conn, duty_id, request->user->grants[i].body_id))
      return act_on(change, act, duty_id, error);
  g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không có nhiệm vụ này, hoặc không thuộc phạm vi được xem.");
  return FALSE;
}

gboolean duty_end_plan(Change *change, const char *plan_id, const char *reason, GError **error) {
  static const DutyAction ENDED = {.event = "waived", .from = "todo doing approval", .to = "na"};
  char group[ID_SIZE];
  DutyAct act = {.action = &ENDED, .version = -1, .note = reason, .group_id = group};
  const char *const *ids = duty_store_open_of_plan(change->conn, change->request->arena, plan_id, error);
  id_new(group);
  for (; ids && *ids; ids++)
    if (!act_on(change, &act, *ids, error))
      return FALSE;
  return ids != NULL;
}

gboolean duty_fulfil(Change *change, const char *duty_id, const char *text, const char *link, GError **error) {
  static const DutyAction PROVED = {"completed", "duty.write", "todo doing approval", "done", TRUE, FALSE};
  const Request *request = change->request;
  const char *account = request->user ? request->user->id : NULL;
  char group[ID_SIZE];
  DutyAct act = {.action = &PROVED, .version = -1, .note = text, .group_id = group};
  id_new(group);
  return act_on(change, &act, duty_id, error) && duty_store_add_proof(change->conn, duty_id, request->now_ms, account, "link", link, NULL, error);
}

/* --- undo --- */

typedef struct {
  const char *group_id;
  int count;
} Undo;

static gboolean undo_one(Change *change, const DutyEvent *event, GError **error) {
  const Duty *found = duty_store_get(change->conn, change->request->arena, event->duty_id, error);
  json_t *before = event->before ? json_loads(event->before, 0, NULL) : NULL;
  json_t *after = event->after ? json_loads(event->after, 0, NULL) : NULL;
  gboolean good = found && before && after;
  if (good && (found->version != json_integer_value(json_object_get(after, "version")) || event->undone_ms)) {
    g_set_error(error, APP_ERROR, ERROR_CONFLICT, "%s đã được sửa tiếp nên không hoàn tác được.", found->code);
    good = FALSE;
  }
  if (good) {
    Duty duty = *found;
    DutyAct act = {.action = &(DutyAction){.event = "undone"}, .group_id = event->group_id};
    json_t *now = snapshot(found);
    restore(&duty, before);
    good = duty_store_update(change->conn, &duty, found->version, error) &&
           duty_store_mark_undone(change->conn, event->id, change->request->now_ms, error) &&
           record(change, &duty, &act, now, before, error);
    json_decref(now);
  }
  json_decref(before);
  json_decref(after);
  return good;
}

static gboolean undo_group(Change *change, void *data, GError **error) {
  Undo *undo = data;
  undo->count = 0;
  g_autoptr(GPtrArray) events = duty_store_group(change->conn, change->request->arena, undo->group_id, error);
  for (guint i = 0; events && i < events->len; i++) {
    const DutyEvent *event = g_ptr_array_index(events, i);
    if (g_strcmp0(event->account_id, change->request->user->id) != 0 || strcmp(event->kind, "undone") == 0)
      continue;
    if (!undo_one(change, event, error))
      return FALSE;
    undo->count++;
  }
  if (events && !undo->count)
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không còn gì để hoàn tác.");
  return events && undo->count > 0;
}

gboolean duty_undo(Request *request, const char *group_id, int *out_count, GError **error) {
  Undo undo = {group_id, 0};
  gboolean good = request_change(request, undo_group, &undo, error);
  *out_count = undo.count;
  return good;
}
