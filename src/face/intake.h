/* Takes in what a request brings: headers, query, form fields, files, JSON; refuses what is too much. Private to the face.
 *
 * A body of type application/octet-stream, NDJSON or plain text is the file of the field "file"; the other fields are then in the query.
 * Limits: 5,000 fields and 2 MiB of them, 20 files, a file of `upload_bytes_most`. A file lies in a nameless file of `spool`
 * until the call is freed. What is refused is said in call->refusal; the rest of the request is then read and dropped.
 * Threads: the event loop alone, up to intake_end().
 */
#pragma once
#include "face/call.h"
#include <microhttpd.h>

typedef struct Intake Intake;

/* After the head of the request. */
Intake *intake_new(struct MHD_Connection *connection, const char *method, const char *url, const char *spool, gint64 upload_bytes_most);
Call *intake_call(Intake *intake); /* the intake's own */
void intake_take(Intake *intake, const char *bytes, size_t size); /* a piece of the body */
void intake_end(Intake *intake);                                  /* the body is whole */
void intake_free(Intake *intake);                                 /* with the call */
