#include "face/call.h"
#include <string.h>
#include <unistd.h>

static void pair_clear(gpointer data) {
  Pair *pair = data;
  g_free(pair->name);
  g_string_free(pair->value, TRUE);
}

static void upload_free(gpointer data) {
  Upload *upload = data;
  if (upload->fd >= 0)
    close(upload->fd);
  g_free(upload->field);
  g_free(upload->name);
  g_free(upload->path);
  g_free(upload);
}

Call *call_new(const char *method, const char *path) {
  Call *call = g_new0(Call, 1);
  call->method = g_strdup(method);
  call->path = g_strdup(path);
  call->pairs = g_array_new(FALSE, FALSE, sizeof(Pair));
  g_array_set_clear_func(call->pairs, pair_clear);
  call->uploads = g_ptr_array_new_with_free_func(upload_free);
  call->body = g_byte_array_new();
  call->reply.fd = -1;
  return call;
}

void call_free(Call *call) {
  if (!call)
    return;
  char *texts[] = {call->method, call->path, call->query, call->cookie, call->bearer, call->csrf_header,
                   call->if_match, call->site, call->referer, call->content_type, call->agent, call->remote, call->reply.bytes};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
  g_array_unref(call->pairs);
  g_ptr_array_unref(call->uploads);
  g_byte_array_unref(call->body);
  if (call->reply.fd >= 0)
    close(call->reply.fd);
  if (call->reply.headers)
    g_ptr_array_unref(call->reply.headers);
  g_free(call);
}

void call_add_pair(Call *call, const char *name, const char *value, gsize length) {
  Pair pair = {g_strdup(name), g_string_new_len(value ? value : "", (gssize)length)};
  g_array_append_val(call->pairs, pair);
}

const char *call_pair(const Call *call, const char *name) {
  for (guint i = 0; i < call->pairs->len; i++) {
    const Pair *pair = &g_array_index(call->pairs, Pair, i);
    if (strcmp(pair->name, name) == 0)
      return pair->value->str;
  }
  return NULL;
}

void reply_header(Reply *reply, const char *name, const char *value) {
  if (!reply->headers)
    reply->headers = g_ptr_array_new_with_free_func(g_free);
  g_ptr_array_add(reply->headers, g_strdup(name));
  g_ptr_array_add(reply->headers, g_strdup(value));
}

void reply_take(Reply *reply, GString *text, const char *type, int status) {
  g_free(reply->bytes);
  reply->size = text->len;
  reply->bytes = g_string_free(text, FALSE);
  reply->static_bytes = NULL;
  reply->type = type;
  reply->status = status;
}
