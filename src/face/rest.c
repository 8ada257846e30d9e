#include "face/rest.h"
#include <string.h>
#include <sys/stat.h>

gboolean rest_put_body(Request *request, const Call *call, GError **error) {
  if (call->if_match && request->operation->versioned) {
    g_autofree char *version = g_strdup(call->if_match);
    g_strdelimit(version, "\"", ' ');
    if (!request_put(request, "version", g_strstrip(version), error))
      return FALSE;
  }
  if (!call->body->len)
    return TRUE;
  if (!call->content_type || !g_str_has_prefix(call->content_type, "application/json")) {
    g_set_error(error, APP_ERROR, ERROR_UNREADABLE, "Nội dung gửi lên phải là application/json hoặc biểu mẫu.");
    return FALSE;
  }
  json_error_t where;
  json_t *object = json_loadb((const char *)call->body->data, call->body->len, JSON_REJECT_DUPLICATES, &where);
  if (object && json_is_object(object)) {
    request_put_json(request, object);
    return TRUE;
  }
  json_decref(object);
  g_set_error(error, APP_ERROR, ERROR_UNREADABLE, "JSON không đọc được ở dòng %d, cột %d: cần một đối tượng {…}.",
              where.line, where.column);
  return FALSE;
}

static void reply_problem(Request *request, Call *call, const GError *error) {
  const ErrorInfo *info = error_info(error);
  Doc *problem = doc_new(request->arena);
  GString *text = g_string_new(NULL);
  doc_text(problem, KEY("type"), arena_printf(request->arena, "urn:ungcuu:%s", info->name));
  doc_text(problem, KEY("title"), info->name);
  doc_int(problem, KEY("status"), info->http_status);
  doc_text(problem, KEY("detail"), error->message);
  doc_text(problem, KEY("code"), info->label);
  if (request->field_errors->len) {
    Doc *list = doc_list(problem, KEY("errors"));
    for (guint i = 0; i + 1 < request->field_errors->len; i += 2) {
      Doc *row = doc_object(list, NULL);
      doc_text(row, KEY("field"), g_ptr_array_index(request->field_errors, i));
      doc_text(row, KEY("message"), g_ptr_array_index(request->field_errors, i + 1));
    }
  }
  doc_write_json(problem, text, FALSE);
  reply_take(&call->reply, text, "application/problem+json", info->http_status);
  if (info->retry)
    reply_header(&call->reply, "Retry-After", "5");
}

static const char *disposition(Request *request) {
  g_autofree char *name = g_uri_escape_string(request->file_name ? request->file_name : "tep", NULL, FALSE);
  return arena_printf(request->arena, "attachment; filename*=UTF-8''%s", name);
}

gboolean reply_has_file(const Request *request) {
  return request->file || request->file_fd >= 0;
}

static void take_file(Request *request, Reply *reply) {
  struct stat info;
  if (request->file_fd >= 0 && fstat(request->file_fd, &info) == 0) {
    reply->status = 200;
    reply->size = (gsize)info.st_size;
    reply->fd = request->file_fd;
    request->file_fd = -1;
    return;
  }
  gsize size;
  const char *bytes = g_bytes_get_data(request->file, &size);
  reply_take(reply, g_string_new_len(bytes, (gssize)size), NULL, 200);
}

void reply_file(Request *request, Call *call) {
  take_file(request, &call->reply);
  reply_header(&call->reply, "Content-Type", request->file_type ? request->file_type : "application/octet-stream");
  reply_header(&call->reply, "Content-Disposition", disposition(request));
  reply_header(&call->reply, "Cache-Control", "no-store");
}

static void add_etag(Request *request, Call *call, const Doc *answer) {
  const Doc *version = request->operation->versioned ? doc_get(answer, KEY("version")) : NULL;
  if (version && version->type == DOC_INT)
    reply_header(&call->reply, "ETag", arena_printf(request->arena, "\"%" G_GINT64_FORMAT "\"", version->number));
}

void rest_reply(Request *request, Call *call, const Doc *answer, const GError *error) {
  if (error) {
    reply_problem(request, call, error);
    return;
  }
  if (reply_has_file(request)) {
    reply_file(request, call);
    return;
  }
  GString *text = g_string_sized_new(16 * 1024);
  doc_write_json(answer, text, FALSE);
  reply_take(&call->reply, text, "application/json", 200);
  reply_header(&call->reply, "Cache-Control", "no-store");
  add_etag(request, call, answer);
}
