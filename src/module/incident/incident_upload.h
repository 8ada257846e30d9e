/* Evidence that comes in pieces: begin, pieces, finish; what is left lying expires. Private to module incident. */
#pragma once
#include "module/incident/incident_pages.h"

gboolean incident_upload_begin(Request *request, Doc *answer, GError **error);
gboolean incident_upload_list(Request *request, Doc *answer, GError **error);
gboolean incident_upload_view(Request *request, Doc *answer, GError **error);
gboolean incident_upload_piece(Request *request, Doc *answer, GError **error);
gboolean incident_upload_finish(Request *request, Doc *answer, GError **error);
gboolean incident_upload_drop(Request *request, Doc *answer, GError **error);

/* Appends each open upload of the case: {upload, file_name, title, size_bytes, size_text, offset, kept_text, percent, begun, who,
 * expires, last_offset, last_size, last_sha256, piece_url, finish_url, drop_url}. */
gboolean incident_add_uploads(Request *request, const Incident *incident, Doc *list, GError **error);
/* Job: drops what nobody went on with for the days of the setting, with an entry in the audit log and in the case. */
gboolean incident_upload_expire(App *app, const json_t *payload, GError **error);
