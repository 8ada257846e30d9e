/* What happened to a record, from the audit log, in words: for the page of the record. */
#pragma once
#include "core/request.h"

/* Appends {time, text, who, detail} for each of the newest 50 entries about the record, newest first. The words are the
 * summary of the operation; what changed ({"name": ["old", "new"]}) is told by the labels of its fields. */
gboolean history_list(Request *request, const char *type, const char *id, Doc *list, GError **error);
