/* Sending an attachment: by the permission of the module that it belongs to. */
#include "core/file.h"
#include "module/admin/admin_pages.h"

static gboolean may_read(Request *request, const Attachment *attachment) {
  const char *permission = arena_printf(request->arena, "%s.read", attachment->type);
  if (!app_find_permission(request->app, permission) || !request_may_anywhere(request, permission))
    return FALSE;
  if (request_may(request, permission, attachment->body_id))
    return TRUE;
  for (const Module *const *module = request->app->modules; *module; module++)
    if ((*module)->sees && (*module)->sees(request, attachment->type, attachment->subject_id))
      return TRUE;
  return FALSE;
}

/* Always as a download of plain bytes: a browser must not show what a stranger made as a page of ours. */
gboolean file_get(Request *request, Doc *answer, GError **error) {
  StoreConn *conn = request_read(request, error);
  const Attachment *attachment = conn ? attachment_get(conn, request->arena, input_text(request, "id"), error) : NULL;
  (void)answer;
  if (!attachment || !may_read(request, attachment)) {
    if (error && !*error)
      g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không có tệp này, hoặc không thuộc phạm vi được xem.");
    return FALSE;
  }
  gint64 size;
  request->file_fd = file_open(request->app, attachment->sha256, &size, error);
  request->file_name = attachment->name;
  request->file_type = "application/octet-stream";
  return request->file_fd >= 0;
}
