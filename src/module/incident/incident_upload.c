#include "module/incident/incident_upload.h"
#include "base/date.h"
#include "base/number.h"
#include "core/setting.h"
#include "core/upload.h"
#include <string.h>

#define PIECE_BYTES (4 * 1000 * 1000)
#define ORPHAN_MS DAY_MS

typedef struct {
  const char *id, *incident_id, *state, *file_name, *title, *taken_by, *taken_where, *taken_how, *seal, *evidence_id, *who;
  gint64 size_bytes, taken_ms, created_ms;
} Upload;

#define COLUMNS                                                                                                        \
  "SELECT p.id, p.incident_id, p.state, p.file_name, p.title, p.taken_by, p.taken_where, p.taken_how, p.seal, p.evidence_id, " \
  "u.name, p.size_bytes, p.taken_ms, p.created_ms FROM incident_upload p LEFT JOIN account u ON u.id = p.account_id "

enum { SQL_INSERT, SQL_GET, SQL_OF_CASE, SQL_ALL_OPEN, SQL_END };
static const StoreSql SQL[] = {
    [SQL_INSERT] = {"incident.upload_insert",
                    "INSERT INTO incident_upload (id, incident_id, account_id, state, file_name, size_bytes, title, taken_ms, taken_by, "
                    "taken_where, taken_how, seal, created_ms) VALUES ($1, $2, $3, 'open', $4, $5, $6, $7, $8, $9, $10, $11, $12)", NULL},
    [SQL_GET] = {"incident.upload_get", COLUMNS "WHERE p.id = $1", NULL},
    [SQL_OF_CASE] = {"incident.upload_of_case", COLUMNS "WHERE p.incident_id = $1 AND p.state = 'open' ORDER BY p.created_ms, p.id", NULL},
    [SQL_ALL_OPEN] = {"incident.upload_open", COLUMNS "WHERE p.state = 'open' ORDER BY p.created_ms, p.id", NULL},
    [SQL_END] = {"incident.upload_end",
                 "UPDATE incident_upload SET state = $2, evidence_id = $3, ended_ms = $4 WHERE id = $1 AND state = 'open'", NULL},
};
const StoreSqlTable incident_upload_sql = {SQL, G_N_ELEMENTS(SQL)};

static GPtrArray *load_all(StoreConn *conn, Arena *arena, int sql, const StoreValue *values, gsize count, GError **error) {
  GError *failed = NULL;
  g_autoptr(GPtrArray) found = g_ptr_array_new();
  g_autoptr(StoreRows) rows = store_query(conn, &SQL[sql], values, count, error);
  while (rows && store_step(rows, &failed)) {
    Upload *u = arena_alloc(arena, sizeof *u);
    const char **texts[] = {&u->id, &u->incident_id, &u->state, &u->file_name, &u->title, &u->taken_by, &u->taken_where,
                            &u->taken_how, &u->seal, &u->evidence_id, &u->who};
    int n = (int)G_N_ELEMENTS(texts);
    for (int i = 0; i < n; i++)
      *texts[i] = arena_text(arena, store_text(rows, i), -1);
    u->size_bytes = store_int(rows, n);
    u->taken_ms = store_int(rows, n + 1);
    u->created_ms = store_int(rows, n + 2);
    g_ptr_array_add(found, u);
  }
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed ? g_steal_pointer(&found) : NULL;
}

/* The one of the field "upload", of that case. */
static const Upload *load(Request *request, const Incident *incident, GError **error) {
  StoreConn *conn = request_read(request, error);
  g_autoptr(GPtrArray) found = conn ? load_all(conn, request->arena, SQL_GET, S(S_TEXT(input_text(request, "upload"))), error) : NULL;
  const Upload *upload = found && found->len ? g_ptr_array_index(found, 0) : NULL;
  if (upload && strcmp(upload->incident_id, incident->id) == 0)
    return upload;
  if (found)
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Sự cố này không có lần tải lên đó.");
  return NULL;
}

static const Upload *load_open(Request *request, const Incident *incident, GError **error) {
  const Upload *upload = load(request, incident, error);
  if (!upload || strcmp(upload->state, "open") == 0)
    return upload;
  g_set_error(error, APP_ERROR, ERROR_REFUSED, "Lần tải lên này đã kết thúc.");
  return NULL;
}

/* --- what is shown --- */

static gint64 keep_ms(const App *app) {
  return setting_int(app, "incident.upload_days") * DAY_MS;
}

static const char *size_text(Arena *arena, gint64 bytes) {
  char text[NUMBER_SIZE];
  number_write_size(text, bytes);
  return arena_text(arena, text, -1);
}

static void show(Request *request, const Incident *incident, const Upload *upload, const UploadState *state, Doc *row) {
  Arena *arena = request->arena;
  const char *base = arena_printf(arena, "/su-co/%s/chung-cu/tai-len/%s", incident->code, upload->id);
  gint64 piece_bytes = MIN(PIECE_BYTES, setting_int(request->app, "server.upload_megabytes") * 1000 * 1000);
  doc_text(row, KEY("upload"), upload->id);
  doc_text(row, KEY("state"), upload->state);
  doc_text(row, KEY("evidence"), upload->evidence_id);
  doc_text(row, KEY("file_name"), upload->file_name);
  doc_text(row, KEY("title"), upload->title);
  doc_text(row, KEY("who"), upload->who);
  doc_text(row, KEY("begun"), incident_moment(arena, upload->created_ms));
  doc_int(row, KEY("size_bytes"), upload->size_bytes);
  doc_text(row, KEY("size_text"), size_text(arena, upload->size_bytes));
  doc_int(row, KEY("offset"), state->offset);
  doc_text(row, KEY("kept_text"), size_text(arena, state->offset));
  doc_int(row, KEY("percent"), state->offset / MAX(upload->size_bytes / 100, 1) > 100 ? 100 : state->offset * 100 / upload->size_bytes);
  doc_int(row, KEY("last_offset"), state->last_offset);
  doc_int(row, KEY("last_size"), state->last_size);
  doc_text_copy(row, KEY("last_sha256"), state->last_sha256);
  doc_text(row, KEY("expires"), state->touched_ms ? incident_moment(arena, state->touched_ms + keep_ms(request->app)) : NULL);
  doc_int(row, KEY("piece_bytes"), piece_bytes);
  doc_text(row, KEY("piece_url"), arena_printf(arena, "%s/phan", base));
  doc_text(row, KEY("finish_url"), arena_printf(arena, "%s/xong", base));
  doc_text(row, KEY("drop_url"), arena_printf(arena, "%s/bo", base));
}

/* One whose bytes are gone shows as empty: it can only be dropped. */
gboolean incident_add_uploads(Request *request, const Incident *incident, Doc *list, GError **error) {
  StoreConn *conn = request_read(request, error);
  g_autoptr(GPtrArray) all = conn ? load_all(conn, request->arena, SQL_OF_CASE, S(S_TEXT(incident->id)), error) : NULL;
  for (guint i = 0; all && i < all->len; i++) {
    const Upload *upload = g_ptr_array_index(all, i);
    UploadState state = {0};
    upload_state(request->app, upload->id, &state, NULL);
    show(request, incident, upload, &state, doc_object(list, NULL));
  }
  return all != NULL;
}

gboolean incident_upload_list(Request *request, Doc *answer, GError **error) {
  const Incident *incident = incident_load(request, "incident.work", error);
  return incident && incident_add_uploads(request, incident, doc_list(answer, KEY("rows")), error);
}

gboolean incident_upload_view(Request *request, Doc *answer, GError **error) {
  const Incident *incident = incident_load(request, "incident.work", error);
  const Upload *upload = incident ? load(request, incident, error) : NULL;
  UploadState state = {0};
  if (!upload || (strcmp(upload->state, "open") == 0 && !upload_state(request->app, upload->id, &state, error)))
    return FALSE;
  if (strcmp(upload->state, "done") == 0)
    state.offset = upload->size_bytes;
  show(request, incident, upload, &state, answer);
  return TRUE;
}

/* --- begin --- */

typedef struct {
  IncidentCall call;
  const Upload *upload;
  const char *state, *sha256; /* at the end */
  gint64 kept;
} UploadRun;

static gboolean begin_change(Change *change, void *data, GError **error) {
  UploadRun *run = data;
  const Upload *u = run->upload;
  change_about(change, "incident", u->incident_id, run->call.incident->body_id,
               json_pack("{s:s, s:s, s:I}", "upload", u->id, "file", u->file_name, "size", (json_int_t)u->size_bytes));
  return store_exec(change->conn, &SQL[SQL_INSERT],
                    S(S_TEXT(u->id), S_TEXT(u->incident_id), S_TEXT(incident_actor(change->request)), S_TEXT(u->file_name),
                      S_INT(u->size_bytes), S_TEXT(u->title), S_INT(u->taken_ms), S_TEXT(u->taken_by), S_TEXT(u->taken_where),
                      S_TEXT(u->taken_how), S_TEXT(u->seal), S_INT(u->created_ms)),
                    NULL, error);
}

static gboolean check_size(Request *request, gint64 size, GError **error) {
  gint64 most = setting_int(request->app, "incident.evidence_gigabytes") * 1000 * 1000 * 1000, free_bytes;
  if (size > most)
    return request_refuse_field(request, "size", arena_printf(request->arena, "Tệp lớn hơn giới hạn %s.", size_text(request->arena, most)), error);
  if (upload_has_room(request->app, size, &free_bytes))
    return TRUE;
  g_set_error(error, APP_ERROR, ERROR_FULL, "Máy chủ còn trống %s, không đủ cho tệp %s; chưa nhận gì. Giải phóng chỗ rồi tải lại.",
              size_text(request->arena, free_bytes), size_text(request->arena, size));
  return FALSE;
}

gboolean incident_upload_begin(Request *request, Doc *answer, GError **error) {
  Incident *incident = incident_load(request, "incident.work", error);
  UploadRun run = {.call = {.request = request, .incident = incident}};
  UploadState state = {.touched_ms = request->now_ms};
  gint64 size = input_int(request, "size", 0), taken_ms = input_int(request, "taken", request->now_ms);
  if (!incident || !check_size(request, size, error))
    return FALSE;
  if (taken_ms > request->now_ms)
    return request_refuse_field(request, "taken", "Giờ thu thập ở tương lai.", error);
  const char *by = input_text(request, "by");
  Upload upload = {.id = incident_new_id(&run.call), .incident_id = incident->id, .state = "open", .title = input_text(request, "title"),
                   .file_name = input_clean_file_name(request->arena, input_text(request, "name")), .size_bytes = size,
                   .taken_by = by ? by : request->user->name, .taken_ms = taken_ms, .taken_where = incident_given(request, "where"),
                   .taken_how = incident_given(request, "how"), .seal = incident_given(request, "seal"), .created_ms = request->now_ms,
                   .who = request->user->name};
  run.upload = &upload;
  if (!upload_begin(request->app, upload.id, error))
    return FALSE;
  if (!request_change(request, begin_change, &run, error)) {
    upload_drop(request->app, upload.id);
    return FALSE;
  }
  show(request, incident, &upload, &state, answer);
  return TRUE;
}

/* --- pieces --- */

gboolean incident_upload_piece(Request *request, Doc *answer, GError **error) {
  const Incident *incident = incident_load(request, "incident.work", error);
  const Upload *upload = incident ? load_open(request, incident, error) : NULL;
  const InputFile *file = input_file(request, "file");
  UploadState state;
  if (!upload)
    return FALSE;
  if (!file)
    return request_refuse_field(request, "file", "Chưa có phần nào của tệp.", error);
  UploadPiece piece = {input_int(request, "offset", 0), upload->size_bytes, file->path, input_text(request, "sha256")};
  if (!upload_append(request->app, upload->id, &piece, &state, error))
    return FALSE;
  show(request, incident, upload, &state, answer);
  return TRUE;
}

/* --- the end --- */

static gboolean end_row(Change *change, const Upload *upload, const char *state, const char *evidence_id, GError **error) {
  gint64 changed = 0;
  if (!store_exec(change->conn, &SQL[SQL_END], S(S_TEXT(upload->id), S_TEXT(state), S_TEXT(evidence_id), S_INT(change->request->now_ms)),
                  &changed, error))
    return FALSE;
  if (!changed)
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "Lần tải lên này đã kết thúc.");
  return changed == 1;
}

static gboolean finish_change(Change *change, void *data, GError **error) {
  UploadRun *run = data;
  const Upload *u = run->upload;
  IncidentCall *call = &run->call;
  call->change = change;
  change_about(change, "incident", u->incident_id, call->incident->body_id,
               json_pack("{s:s, s:s, s:s}", "upload", u->id, "file", u->file_name, "sha256", call->file_sha256));
  return incident_keep_evidence(call, u->title, u->taken_by, u->taken_ms, u->taken_where, u->taken_how, u->seal, error) &&
         end_row(change, u, "done", call->result_id, error);
}

/* Finished once; asked again (the answer was lost) it says what was made. */
gboolean incident_upload_finish(Request *request, Doc *answer, GError **error) {
  Incident *incident = incident_load(request, "incident.work", error);
  const Upload *upload = incident ? load(request, incident, error) : NULL;
  UploadRun run = {.call = {.request = request, .incident = incident}, .upload = upload};
  UploadState state;
  char sha256[DIGEST_SIZE];
  if (!upload)
    return FALSE;
  if (!upload->evidence_id) {
    if (!(upload = run.upload = load_open(request, incident, error)) || !upload_state(request->app, upload->id, &state, error))
      return FALSE;
    if (state.offset != upload->size_bytes) {
      g_set_error(error, APP_ERROR, ERROR_REFUSED, "Mới nhận %s trong %s; gửi nốt rồi hoàn tất.", size_text(request->arena, state.offset),
                  size_text(request->arena, upload->size_bytes));
      return FALSE;
    }
    if (!upload_keep(request->app, upload->id, input_text(request, "sha256"), sha256, &run.call.file_size, error))
      return FALSE;
    run.call.file_sha256 = arena_text(request->arena, sha256, -1);
    run.call.file_name = upload->file_name;
    if (!request_change(request, finish_change, &run, error))
      return FALSE;
    upload_drop(request->app, upload->id);
  }
  doc_text(answer, KEY("id"), upload->evidence_id ? upload->evidence_id : run.call.result_id);
  doc_text(answer, KEY("code"), incident->code);
  doc_text(answer, KEY("sha256"), run.call.file_sha256);
  request->notice = "Đã nhận chứng cứ.";
  return TRUE;
}

static gboolean leave_change(Change *change, void *data, GError **error) {
  UploadRun *run = data;
  const Upload *u = run->upload;
  gboolean expired = strcmp(run->state, "expired") == 0;
  run->call.change = change;
  run->call.incident = run->call.incident ? run->call.incident : incident_reload(change, u->incident_id, error);
  if (!run->call.incident)
    return FALSE;
  change_about(change, "incident", u->incident_id, run->call.incident->body_id,
               json_pack("{s:s, s:s, s:I, s:s}", "upload", u->id, "file", u->file_name, "kept", (json_int_t)run->kept, "state", run->state));
  return end_row(change, u, run->state, NULL, error) &&
         incident_auto_log(&run->call, error, "Bỏ tệp tải dở %s (%s): đã nhận %s trong %s.", u->file_name,
                           expired ? "quá hạn giữ" : "theo yêu cầu", size_text(change->request->arena, run->kept),
                           size_text(change->request->arena, u->size_bytes));
}

gboolean incident_upload_drop(Request *request, Doc *answer, GError **error) {
  Incident *incident = incident_load(request, "incident.work", error);
  UploadRun run = {.call = {.request = request, .incident = incident}, .state = "dropped"};
  UploadState state = {0};
  run.upload = incident ? load_open(request, incident, error) : NULL;
  if (!run.upload)
    return FALSE;
  upload_state(request->app, run.upload->id, &state, NULL);
  run.kept = state.offset;
  if (!request_change(request, leave_change, &run, error))
    return FALSE;
  upload_drop(request->app, run.upload->id);
  doc_text(answer, KEY("id"), run.upload->id);
  request->notice = "Đã bỏ tệp tải dở.";
  return TRUE;
}

/* --- what nobody went on with --- */

/* Bytes without a record: the program ended between the two. */
static void drop_orphans(Request *request, const GPtrArray *open) {
  g_autoptr(GPtrArray) ids = upload_ids(request->app);
  for (guint i = 0; i < ids->len; i++) {
    const char *id = g_ptr_array_index(ids, i);
    UploadState state = {0};
    gboolean known = FALSE;
    for (guint k = 0; !known && k < open->len; k++)
      known = strcmp(((const Upload *)g_ptr_array_index(open, k))->id, id) == 0;
    if (!known && (!upload_state(request->app, id, &state, NULL) || state.touched_ms < request->now_ms - ORPHAN_MS))
      upload_drop(request->app, id);
  }
}

gboolean incident_upload_expire(App *app, const json_t *payload G_GNUC_UNUSED, GError **error) {
  g_autoptr(Arena) arena = arena_new();
  g_autoptr(Request) request = request_new_for_job(app, arena, "evidence.upload_expire");
  StoreConn *conn = request_read(request, error);
  g_autoptr(GPtrArray) open = conn ? load_all(conn, arena, SQL_ALL_OPEN, S0, error) : NULL;
  for (guint i = 0; open && i < open->len; i++) {
    const Upload *upload = g_ptr_array_index(open, i);
    UploadState state = {.touched_ms = upload->created_ms};
    upload_state(app, upload->id, &state, NULL);
    if (state.touched_ms >= request->now_ms - keep_ms(app))
      continue;
    UploadRun run = {.call = {.request = request}, .upload = upload, .state = "expired", .kept = state.offset};
    if (!request_change(request, leave_change, &run, error))
      return FALSE;
    upload_drop(app, upload->id);
  }
  if (open)
    drop_orphans(request, open);
  return open != NULL;
}
