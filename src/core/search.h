/* Search over everything that modules have indexed, without diacritics, newest first, within the user's bodies. */
#pragma once
#include "core/request.h"

/* Appends {type, kind, id, title, url, time} for each; what no module has a page for is left out. */
gboolean search_find(Request *request, const char *words, Doc *list, int limit, GError **error);
