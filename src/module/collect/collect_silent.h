/* A source that has fallen silent. Private to module collect. */
#pragma once
#include "core/request.h"

/* Writes down since when (0: it speaks again) and raises an alert. */
gboolean collect_tell_silence(App *app, const char *source_id, gint64 since_ms, GError **error);
