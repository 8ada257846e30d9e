/* Evidence: hashed on arrival and on every access, with its chain of custody; never changed, never deleted. */
#include "core/file.h"
#include "module/incident/incident_act.h"
#include "module/incident/incident_pages.h"
#include "module/mail/mail.h"
#include <string.h>
#include <unistd.h>

static gboolean put_custody(IncidentCall *call, const char *evidence_id, gint64 at_ms, const char *action, const char *from,
                            const char *to, const char *note, int intact, GError **error) {
  return incident_put(call->change->conn, PUT_CUSTODY,
                      S(S_TEXT(incident_new_id(call)), S_TEXT(evidence_id), S_INT(at_ms), S_TEXT(incident_actor(call->request)),
                        S_TEXT(action), S_TEXT(from), S_TEXT(to), S_TEXT(note), intact < 0 ? S_NULL : S_INT(intact)),
                      NULL, error);
}

gboolean incident_keep_evidence(IncidentCall *call, const char *title, const char *taken_by, gint64 taken_ms, const char *where,
                                const char *how, const char *seal, GError **error) {
  const char *id = incident_new_id(call), *attachment_id = NULL;
  const char *sha256 = call->file_sha256;
  gint64 number = 0;
  if (!incident_next_number(call->change->conn, PUT_EVIDENCE, call->incident->id, &number, error) ||
      !incident_put(call->change->conn, PUT_EVIDENCE,
                    S(S_TEXT(id), S_TEXT(call->incident->id), S_INT(number), S_TEXT(title), S_TEXT(sha256),
                      sha256 ? S_INT(call->file_size) : S_NULL, S_TEXT(sha256 ? call->file_name : ""), S_INT(taken_ms), S_TEXT(taken_by),
                      S_TEXT(where), S_TEXT(how), S_TEXT(seal), S_INT(call->request->now_ms)),
                    NULL, error))
    return FALSE;
  call->result_id = id;
  return (!sha256 || attachment_add(call->change, "incident_evidence", id, call->incident->body_id, sha256, call->file_size,
                                    call->file_name, "application/octet-stream", &attachment_id, error)) &&
         put_custody(call, id, call->request->now_ms, "received", taken_by, "", sha256 ? sha256 : "hiện vật, ghi chép", sha256 ? 1 : -1, error) &&
         incident_auto_log(call, error, "Nhận chứng cứ CC-%02d: %s%s%.12s%s.", (int)number, title, sha256 ? ", SHA-256 " : "",
                           sha256 ? sha256 : "", sha256 ? "…" : "");
}

gboolean act_evidence_add(IncidentCall *call, GError **error) {
  Request *request = call->request;
  gint64 taken_ms = input_int(request, "taken", request->now_ms);
  const char *by = input_text(request, "by") ? input_text(request, "by") : request->user->name;
  if (taken_ms > request->now_ms)
    return request_refuse_field(request, "taken", "Giờ thu thập ở tương lai.", error);
  return incident_keep_evidence(call, input_text(request, "title"), by, taken_ms, incident_given(request, "where"),
                                incident_given(request, "how"), incident_given(request, "seal"), error);
}

static const IncidentEvidence *find(StoreConn *conn, Request *request, const char *incident_id, GError **error) {
  const IncidentEvidence *found = incident_store_evidence(conn, request->arena, input_text(request, "evidence"), error);
  if (found && strcmp(found->incident_id, incident_id) == 0)
    return found;
  if (error && !*error)
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Sự cố này không có chứng cứ đó.");
  return NULL;
}

gboolean act_evidence_transfer(IncidentCall *call, GError **error) {
  const Request *request = call->request;
  const IncidentEvidence *evidence = find(call->change->conn, call->request, call->incident->id, error);
  const char *from = input_text(request, "from"), *to = input_text(request, "to");
  gboolean back = g_strcmp0(input_text(request, "what"), "returned") == 0;
  gint64 at_ms = input_int(request, "at", request->now_ms);
  if (at_ms > request->now_ms)
    return request_refuse_field(call->request, "at", "Giờ giao ở tương lai.", error);
  return evidence &&
         put_custody(call, evidence->id, at_ms, back ? "returned" : "transferred", from, to, incident_given(request, "note"), -1, error) &&
         incident_auto_log(call, error, back ? "Trả lại CC-%02d: %s trả cho %s." : "Giao nhận CC-%02d: %s giao cho %s.",
                           (int)evidence->number, from, to);
}

/* --- access: verified and recorded before the bytes go out --- */

typedef struct {
  IncidentCall call;
  const IncidentEvidence *evidence;
  const char *action;
  gboolean intact;
} Access;

enum { SQL_WATCHERS };
static const StoreSql SQL[] = {
    [SQL_WATCHERS] = {"incident.evidence_watchers",
                      "SELECT DISTINCT u.email FROM account u JOIN account_role r ON r.account_id = u.id AND r.role IN ($2, $3) "
                      "JOIN body_ancestor a ON a.ancestor_id = r.body_id AND a.body_id = $1 "
                      "WHERE u.disabled_ms IS NULL AND u.email IS NOT NULL AND u.email <> '' ORDER BY u.email LIMIT 20", NULL},
};
const StoreSqlTable incident_evidence_sql = {SQL, G_N_ELEMENTS(SQL)};

/* Administrators and officers of the body and those above it. */
static gboolean mail_alarm(const Access *access, GError **error) {
  const IncidentCall *call = &access->call;
  GError *failed = NULL;
  if (!mail_is_set(call->request->app))
    return TRUE;
  const char *subject = arena_printf(call->request->arena, "Chứng cứ CC-%02d của %s sai mã băm", (int)access->evidence->number, call->incident->code);
  const char *text = arena_printf(call->request->arena,
                                  "Tệp chứng cứ CC-%02d (%s) của sự cố %s không còn đúng mã băm lúc nhận.\n\n"
                                  "Không dùng tệp này. Giữ nguyên máy chủ, đối chiếu với bản sao lưu, tìm nguyên nhân.\n",
                                  (int)access->evidence->number, access->evidence->title, call->incident->code);
  g_autoptr(GPtrArray) to = g_ptr_array_new();
  g_autoptr(StoreRows) rows = store_query(call->change->conn, &SQL[SQL_WATCHERS],
                                          S(S_TEXT(call->incident->body_id), S_INT(ROLE_ADMIN), S_INT(ROLE_OFFICER)), error);
  while (rows && store_step(rows, &failed))
    g_ptr_array_add(to, (gpointer)(gintptr)arena_text(call->request->arena, store_text(rows, 0), -1));
  if (failed)
    g_propagate_error(error, failed);
  gboolean good = rows && !failed;
  for (guint i = 0; good && i < to->len; i++)
    good = mail_add(call->change, g_ptr_array_index(to, i), subject, text, error);
  return good;
}

/* A piece found broken, or found right again, is told once: to the log of the case, the board and whoever listens. */
static gboolean tell_state(Access *access, GError **error) {
  IncidentCall *call = &access->call;
  const IncidentEvidence *evidence = access->evidence;
  gboolean was_intact = evidence->broken_ms == 0;
  if (access->intact == was_intact)
    return TRUE;
  return incident_put(call->change->conn, SET_BROKEN, S(S_TEXT(evidence->id), access->intact ? S_NULL : S_INT(call->request->now_ms)), NULL, error) &&
         incident_auto_log(call, error, access->intact ? "CC-%02d đã trở lại đúng mã băm lúc nhận." : "CC-%02d không còn đúng mã băm lúc nhận.",
                           (int)evidence->number) &&
         (access->intact ||
          (mail_alarm(access, error) &&
           change_emit(call->change, "evidence.broken", "incident", call->incident->id, call->incident->body_id, NULL, error)));
}

static gboolean record_access(Change *change, void *data, GError **error) {
  Access *access = data;
  IncidentCall *call = &access->call;
  call->change = change;
  change_about(change, "incident", call->incident->id, call->incident->body_id,
               json_pack("{s:s, s:b}", "evidence", access->evidence->id, "intact", access->intact));
  return put_custody(call, access->evidence->id, call->request->now_ms, access->action, "", "", "", access->intact, error) &&
         tell_state(access, error);
}

int incident_open_evidence(Request *request, Incident *incident, const IncidentEvidence *evidence, const char *action, gint64 *out_size_bytes,
                           GError **error) {
  g_autoptr(GError) wrong = NULL;
  Access access = {.call = {.request = request, .incident = incident}, .evidence = evidence, .action = action};
  int fd = file_open(request->app, evidence->sha256, out_size_bytes, &wrong);
  access.intact = fd >= 0;
  if (!request_change(request, record_access, &access, error)) {
    if (fd >= 0)
      close(fd);
    return -1;
  }
  if (fd < 0)
    g_propagate_error(error, g_steal_pointer(&wrong));
  return fd;
}

gboolean incident_evidence_file(Request *request, Doc *answer G_GNUC_UNUSED, GError **error) {
  Incident *incident = incident_load(request, "incident.work", error);
  StoreConn *conn = incident ? request_read(request, error) : NULL;
  const IncidentEvidence *evidence = conn ? find(conn, request, incident->id, error) : NULL;
  gint64 size;
  if (!evidence)
    return FALSE;
  if (!evidence->sha256) {
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Chứng cứ này là hiện vật, không có tệp.");
    return FALSE;
  }
  request->file_fd = incident_open_evidence(request, incident, evidence, "accessed", &size, error);
  request->file_name = evidence->file_name;
  request->file_type = "application/octet-stream";
  return request->file_fd >= 0;
}

/* --- ungcuu evidence verify --- */

gboolean incident_evidence_verify(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  g_autoptr(GPtrArray) all = conn && request_require(request, "incident.read", request->body_id, error)
                                 ? incident_store_all_evidence(conn, request->arena, request->body_id, error)
                                 : NULL;
  Doc *rows = doc_list(answer, KEY("rows"));
  int wrong = 0;
  for (guint i = 0; all && i < all->len; i++) {
    const IncidentEvidence *evidence = g_ptr_array_index(all, i);
    g_autoptr(GError) problem = NULL;
    gboolean intact = file_verify(request->app, evidence->sha256, &problem);
    Doc *row = doc_object(rows, NULL);
    doc_text(row, KEY("id"), evidence->id);
    doc_text(row, KEY("incident"), evidence->incident_id);
    doc_text(row, KEY("sha256"), evidence->sha256);
    doc_text(row, KEY("title"), evidence->title);
    doc_bool(row, KEY("intact"), intact);
    doc_text_copy(row, KEY("problem"), intact ? NULL : problem->message);
    wrong += !intact;
  }
  doc_int(answer, KEY("count"), all ? all->len : 0);
  doc_int(answer, KEY("wrong"), wrong);
  request->outcome = wrong ? ERROR_CHECK : 0;
  return all != NULL;
}

/* The night's round: what changed since the last time is recorded, an evening without change writes nothing. */
gboolean incident_evidence_check(App *app, const json_t *payload G_GNUC_UNUSED, GError **error) {
  g_autoptr(Arena) arena = arena_new();
  g_autoptr(Request) request = request_new_for_job(app, arena, "evidence.check");
  StoreConn *conn = request_read(request, error);
  g_autoptr(GPtrArray) all = conn ? incident_store_all_evidence(conn, arena, NULL, error) : NULL;
  for (guint i = 0; all && i < all->len; i++) {
    const IncidentEvidence *evidence = g_ptr_array_index(all, i);
    Access access = {.call = {.request = request}, .evidence = evidence, .action = "checked", .intact = file_verify(app, evidence->sha256, NULL)};
    if (access.intact == (evidence->broken_ms == 0))
      continue;
    access.call.incident = incident_store_get(conn, arena, evidence->incident_id, error);
    if (!access.call.incident || !request_change(request, record_access, &access, error))
      return FALSE;
  }
  return all != NULL;
}
