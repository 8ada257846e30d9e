/* The body of a REST call, put into the request of every operation and checked against its fields. */
#include "face/rest.h"
#include "fuzz/input_all.h"
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static gboolean put(Request *request, void *call, GError **error) {
  return rest_put_body(request, call, error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Call *call = call_new("POST", "/");
  call->content_type = g_strdup("application/json");
  g_byte_array_append(call->body, data, (guint)size);
  input_all(put, call);
  call_free(call);
  return 0;
}
