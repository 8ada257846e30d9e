/* Input of a request: raw as it came, then checked against the fields of the operation. Private to core and the faces. */
#pragma once
#include "core/request.h"

RequestInput *request_input_new(void);
void request_input_free(RequestInput *input);
/* Checks every field; collects all errors in request->field_errors. FALSE: ERROR_INVALID with a summary. */
gboolean request_check_input(Request *request, GError **error);
