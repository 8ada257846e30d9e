/* What people make of the results: judgement, incidents, the conclusion, the proof of the duty. */
#include "base/date.h"
#include "core/message.h"
#include "core/show.h"
#include "core/user.h"
#include "module/duty/duty.h"
#include "module/hunt/hunt_pages.h"
#include "module/incident/incident.h"
#include <string.h>

#define SIGNS_MAX 50

typedef struct {
  HuntCase *hunt;
  HuntGroup *group;
  const IncidentFinding *finding; /* opens or joins */
  const char *incident_id;        /* joins that one */
  IncidentOpened opened;          /* out */
} Judging;

static gboolean judge(Change *change, void *data, GError **error) {
  Judging *judging = data;
  const Request *request = change->request;
  HuntGroup *group = judging->group;
  if (judging->finding) {
    if (!(judging->incident_id ? incident_join(change, judging->incident_id, judging->finding, &judging->opened, error)
                               : incident_open(change, judging->finding, &judging->opened, error)))
      return FALSE;
    group->incident_id = judging->opened.id;
  }
  change_about(change, "hunt", judging->hunt->id, judging->hunt->body_id,
               json_pack("{s:I, s:s, s:s, s:s*}", "group", (json_int_t)group->number, "triage", group->triage, "note", group->note, "incident", judging->opened.code));
  return hunt_store_triage(change->conn, judging->hunt->id, group, request->user ? request->user->id : NULL, request->now_ms, error);
}

static HuntGroup *require_group(Request *request, const HuntCase *hunt, GError **error) {
  StoreConn *conn = hunt ? request_read(request, error) : NULL;
  GError *failed = NULL;
  HuntGroup *group = conn ? hunt_store_group(conn, request->arena, hunt->id, input_int(request, "group", 0), &failed) : NULL;
  if (failed)
    g_propagate_error(error, failed);
  else if (conn && !group)
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không có kết quả này trong %s.", hunt->code);
  else if (group && group->incident_id) {
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "Kết quả này đã gắn với sự cố %s.", group->incident_code ? group->incident_code : "");
    return NULL;
  }
  return group;
}

static gboolean finish(Request *request, Doc *answer, Judging *judging, const char *notice, GError **error) {
  if (!request_change(request, judge, judging, error))
    return FALSE;
  doc_text(answer, KEY("id"), judging->hunt->id);
  doc_text(answer, KEY("code"), judging->hunt->code);
  doc_int(answer, KEY("group"), judging->group->number);
  doc_text(answer, KEY("incident"), judging->opened.code);
  request->notice = message(request->lang, notice);
  return TRUE;
}

typedef struct {
  const HuntCase *hunt;
  const char *const *groups;
  const char *verdict, *note;
  int count;
} Triage;

static gboolean triage(Change *change, void *data, GError **error) {
  Triage *triaging = data;
  const Request *request = change->request;
  triaging->count = 0;
  for (const char *const *number = triaging->groups; *number; number++) {
    HuntGroup *group = hunt_store_group(change->conn, request->arena, triaging->hunt->id, g_ascii_strtoll(*number, NULL, 10), error);
    if (!group || group->incident_id) {
      if (!error || !*error)
        g_set_error(error, APP_ERROR, ERROR_REFUSED, group ? "Kết quả %s của %s đã gắn với sự cố." : "Không có kết quả %s trong %s.", *number, triaging->hunt->code);
      return FALSE;
    }
    group->triage = triaging->verdict;
    group->note = triaging->note;
    if (!hunt_store_triage(change->conn, triaging->hunt->id, group, request->user ? request->user->id : NULL, request->now_ms, error))
      return FALSE;
    triaging->count++;
  }
  change_about(change, "hunt", triaging->hunt->id, triaging->hunt->body_id,
               json_pack("{s:i, s:s, s:s}", "groups", triaging->count, "triage", triaging->verdict, "note", triaging->note));
  return TRUE;
}

gboolean hunt_triage(Request *request, Doc *answer, GError **error) {
  const HuntCase *hunt = hunt_require(request, "hunt.write", error);
  const char *note = input_text(request, "note");
  Triage triaging = {hunt, input_list(request, "groups"), input_text(request, "verdict"), note ? note : "", 0};
  if (!hunt)
    return FALSE;
  if (!*triaging.groups)
    return request_refuse_field(request, "groups", "Chưa chọn kết quả nào.", error);
  if (!request_change(request, triage, &triaging, error))
    return FALSE;
  doc_text(answer, KEY("id"), hunt->id);
  doc_text(answer, KEY("code"), hunt->code);
  doc_int(answer, KEY("count"), triaging.count);
  request->notice = arena_printf(request->arena, "%s %d.", message(request->lang, "Đã ghi đánh giá; số kết quả:"), triaging.count);
  return TRUE;
}

/* --- an incident --- */

static gboolean take_first(const HuntEvent *event, void *data) {
  g_string_append_printf(data, "\nSự kiện đầu tiên: %.1500s", event->raw);
  return FALSE;
}

static const char *describe(Request *request, const HuntCase *hunt, const HuntGroup *group) {
  g_autoptr(GString) text = g_string_new(group->title);
  g_string_append_printf(text, ". %" G_GINT64_FORMAT " lần từ %s đến %s", group->count, show_time(request->arena, group->first_ms), show_time(request->arena, group->last_ms));
  if (*group->host)
    g_string_append_printf(text, ", máy %s", group->host);
  g_string_append_printf(text, ", theo nhật ký %s.\nTìm ra khi săn lùng %s: %s", group->source_name, hunt->code, hunt->title);
  hunt_store_events(request_read(request, NULL), hunt->id, group->number, take_first, text, NULL);
  g_autofree char *valid = g_utf8_make_valid(text->str, -1);
  return arena_text(request->arena, valid, -1);
}

static gsize read_signs(const json_t *list, IncidentSign *signs) {
  gsize count = 0;
  for (gsize i = 0; i < json_array_size(list) && count < SIGNS_MAX; i++) {
    const json_t *sign = json_array_get(list, i);
    const char *kind = json_string_value(json_object_get(sign, "kind")), *value = json_string_value(json_object_get(sign, "value"));
    if (kind && value)
      signs[count++] = (IncidentSign){kind, value};
  }
  return count;
}

static gboolean to_incident(Request *request, Doc *answer, Judging *judging, const char *notice, GError **error) {
  HuntGroup *group = judging->group;
  IncidentSign signs[SIGNS_MAX];
  json_t *list = json_loads(group->signs, 0, NULL);
  const IncidentFinding finding = {
      .body_id = judging->hunt->body_id, .origin = arena_printf(request->arena, "săn lùng %s", judging->hunt->code), .title = group->title,
      .text = describe(request, judging->hunt, group), .system_name = group->system_name, .seen_ms = group->first_ms, .signs = signs,
      .n_signs = read_signs(list, signs),
  };
  judging->finding = &finding;
  group->triage = "incident";
  gboolean good = finish(request, answer, judging, notice, error);
  judging->finding = NULL;
  json_decref(list);
  return good;
}

gboolean hunt_open_incident(Request *request, Doc *answer, GError **error) {
  Judging judging = {.hunt = hunt_require(request, "incident.report", error)};
  judging.group = require_group(request, judging.hunt, error);
  return judging.group && to_incident(request, answer, &judging, "Đã mở sự cố từ kết quả săn lùng.", error);
}

gboolean hunt_join_incident(Request *request, Doc *answer, GError **error) {
  Judging judging = {.hunt = hunt_require(request, "incident.report", error)};
  GError *failed = NULL;
  judging.group = require_group(request, judging.hunt, error);
  if (!judging.group)
    return FALSE;
  judging.incident_id = incident_find_open(request, input_text(request, "incident"), &failed);
  if (failed) {
    g_propagate_error(error, failed);
    return FALSE;
  }
  if (!judging.incident_id)
    return request_refuse_field(request, "incident", "Không có sự cố đang mở nào mang mã này trong phạm vi được xử lý.", error);
  return to_incident(request, answer, &judging, "Đã gắn kết quả săn lùng vào sự cố.", error);
}

/* --- the conclusion, which is the proof --- */

static gboolean conclude(Change *change, void *data, GError **error) {
  const HuntCase *hunt = data;
  change_about(change, "hunt", hunt->id, hunt->body_id, json_pack("{s:[s, s], s:s, s:s}", "state", HUNT_DONE, hunt->state, "conclusion", hunt->conclusion, "actions", hunt->actions));
  return hunt_store_update(change->conn, hunt, error) && hunt_store_index(change->conn, change->request->arena, hunt, error) &&
         change_emit(change, "hunt.concluded", "hunt", hunt->id, hunt->body_id, NULL, error);
}

gboolean hunt_conclude(Request *request, Doc *answer, GError **error) {
  HuntCase *hunt = hunt_require(request, "hunt.write", error);
  gint64 version = input_int(request, "version", -1), waiting = 0;
  if (!hunt || !hunt_store_group_count(request_read(request, NULL), hunt->id, "new", &waiting, error))
    return FALSE;
  if (strcmp(hunt->state, HUNT_DONE) != 0) {
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "%s đang ở trạng thái “%s”: chỉ kết luận được đợt đã chạy xong.", hunt->code, hunt_state_label(hunt));
    return FALSE;
  }
  if (version >= 0 && version != hunt->version) {
    g_set_error(error, APP_ERROR, ERROR_CONFLICT, "Người khác vừa thay đổi %s. Xem lại rồi làm lại.", hunt->code);
    return FALSE;
  }
  if (waiting) {
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "Còn %d kết quả chưa đánh giá; ghi đánh giá từng kết quả rồi kết luận.", (int)waiting);
    return FALSE;
  }
  hunt->state = HUNT_CONCLUDED;
  hunt->conclusion = input_text(request, "conclusion");
  hunt->actions = input_text(request, "actions") ? input_text(request, "actions") : "";
  hunt->concluded_ms = request->now_ms;
  hunt->concluded_by = request->user ? request->user->id : NULL;
  if (!request_change(request, conclude, hunt, error))
    return FALSE;
  doc_text(answer, KEY("id"), hunt->id);
  doc_text(answer, KEY("code"), hunt->code);
  request->notice = message(request->lang, "Đã kết luận đợt săn lùng; có thể gắn làm minh chứng của nhiệm vụ.");
  return TRUE;
}

typedef struct {
  Arena *arena;
  HuntCase *hunt;
  const char *duty_id, *text, *link;
} Proving;

static gboolean prove(Change *change, void *data, GError **error) {
  const Proving *proving = data;
  change_about(change, "hunt", proving->hunt->id, proving->hunt->body_id, json_pack("{s:s}", "duty", proving->duty_id));
  return duty_fulfil(change, proving->duty_id, proving->text, proving->link, error) && hunt_store_update(change->conn, proving->hunt, error);
}

static gboolean find_duty(const HuntDuty *duty, void *data) {
  Proving *proving = data;
  if (strcmp(duty->id, proving->duty_id) != 0 && strcmp(duty->code, proving->duty_id) != 0)
    return TRUE;
  proving->hunt->duty_id = proving->duty_id = arena_text(proving->arena, duty->id, -1);
  return FALSE;
}

gboolean hunt_prove(Request *request, Doc *answer, GError **error) {
  HuntCase *hunt = hunt_require(request, "hunt.write", error);
  Proving proving = {.arena = request->arena, .hunt = hunt, .duty_id = input_text(request, "duty")};
  if (!hunt)
    return FALSE;
  if (strcmp(hunt->state, HUNT_CONCLUDED) != 0 || strcmp(hunt->kind, KIND_HUNT) != 0 || hunt->duty_id) {
    g_set_error(error, APP_ERROR, ERROR_REFUSED, hunt->duty_id ? "%s đã là minh chứng của một nhiệm vụ." : "%s chưa được kết luận nên chưa làm minh chứng được.", hunt->code);
    return FALSE;
  }
  if (!hunt_store_duties(request_read(request, NULL), hunt->body_id, find_duty, &proving, error))
    return FALSE;
  if (!hunt->duty_id)
    return request_refuse_field(request, "duty", "Không có nhiệm vụ săn lùng chưa xong nào như vậy của đơn vị.", error);
  proving.text = arena_printf(request->arena, "Đợt săn lùng %s, %s: %" G_GINT64_FORMAT " bản ghi, %d nơi khớp. Kết luận: %.1500s", hunt->code, hunt->title, hunt->records,
                              (int)hunt->groups, hunt->conclusion);
  g_autofree char *valid = g_utf8_make_valid(proving.text, -1);
  proving.text = arena_text(request->arena, valid, -1);
  proving.link = arena_printf(request->arena, "/san-lung/%s", hunt->code);
  if (!request_change(request, prove, &proving, error))
    return FALSE;
  doc_text(answer, KEY("id"), hunt->id);
  doc_text(answer, KEY("code"), hunt->code);
  doc_text(answer, KEY("duty"), hunt->duty_id);
  request->notice = message(request->lang, "Đã gắn minh chứng và hoàn thành nhiệm vụ.");
  return TRUE;
}
