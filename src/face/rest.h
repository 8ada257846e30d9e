/* REST: the document itself; errors as problem details (RFC 9457); ETag and If-Match from "version". Private to the face. */
#pragma once
#include "face/call.h"

/* The JSON body, If-Match. */
gboolean rest_put_body(Request *request, const Call *call, GError **error);
void rest_reply(Request *request, Call *call, const Doc *answer, const GError *error);
gboolean reply_has_file(const Request *request);
/* GIVES_FILE, for both faces. */
void reply_file(Request *request, Call *call);
