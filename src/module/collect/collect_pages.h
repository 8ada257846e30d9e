/* The handlers of module collect. Private to it. */
#pragma once
#include "module/collect/collect_store.h"

gboolean source_list(Request *request, Doc *answer, GError **error);
gboolean source_view(Request *request, Doc *answer, GError **error);
gboolean source_new_form(Request *request, Doc *answer, GError **error);
gboolean source_edit_form(Request *request, Doc *answer, GError **error);
gboolean source_add(Request *request, Doc *answer, GError **error);
gboolean source_edit(Request *request, Doc *answer, GError **error);
gboolean source_stop(Request *request, Doc *answer, GError **error);
gboolean source_resume(Request *request, Doc *answer, GError **error);
gboolean source_test(Request *request, Doc *answer, GError **error);
gboolean log_add(Request *request, Doc *answer, GError **error);
gboolean log_segments(Request *request, Doc *answer, GError **error);
gboolean log_verify(Request *request, Doc *answer, GError **error);
gboolean log_export(Request *request, Doc *answer, GError **error);
gboolean collect_board(Request *request, Doc *board, GError **error);

/* The source of the field `field` (an id or a code), that the user may do this with. */
const SourceRow *source_require(Request *request, const char *field, const char *permission, SourceState *out_state, GError **error);
/* Shows the state of a source as {class, label} under "state". */
void source_show_state(Request *request, const SourceRow *row, const SourceState *state, Doc *shown);
gint64 source_rate(const Request *request, const SourceState *state); /* records a minute; 0 when the last is minutes ago */
const char *source_span(Arena *arena, gint64 ms); /* "12 giây", "3 phút", "2 ngày 4 giờ" */
/* The collector: FALSE in *out_running when it has not been seen for a while. {class, text} under `key` when something is wrong. */
gboolean collector_show(Request *request, Doc *answer, const char *key, GError **error);

/* --- collect_give.c: records to whoever writes the log store --- */
/* Returns once they are on the disk. `direct`: write them here when no collector runs. ERROR_FULL, ERROR_UNAVAILABLE, ERROR_TOO_LARGE. */
gboolean collect_give(App *app, const SourceRow *source, int fd, gboolean direct, gint64 *out_records, GError **error);
/* A test record the way that real ones take; *out_ms until it was on the disk. */
gboolean collect_try(App *app, const SourceRow *source, gint64 *out_ms, GError **error);
/* The state of the collector from itself, so that it is told even when the disk is full; NULL: none runs. g_free. */
char *collect_ask_state(const App *app);
