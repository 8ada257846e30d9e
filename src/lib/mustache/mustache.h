/* Mustache templates (mustache.5, without lambdas) over the document of base/doc.h.
 *
 * A set holds templates by name; partials are loaded and parsed together with the template that names them, so a parsed
 * set never changes and is rendered from without locks. Values are HTML-escaped (& < > " '), raw in {{{x}}} and {{&x}}.
 *
 * Beyond the specification: {{.name}} looks in the nearest object only, never in the ones around it (in a row that
 * leaves `due` out, {{due}} would show the page's). False are: absent, null, false, 0, an empty text, an empty list.
 *
 * Limits: 64 levels of sections in a template, 64 of partials, 10 million steps and 64 MiB of output per rendering.
 * Ownership: templates belong to their set.
 * Errors: ERROR_UNREADABLE (not a template; the message names template and line), ERROR_NOT_FOUND, ERROR_TOO_LARGE.
 * After an error from mustache_get or mustache_parse the set is only good for freeing. Threads: load a set from one
 * thread; then render from any.
 */
#pragma once
#include "base/doc.h"

typedef struct MustacheSet MustacheSet;
typedef struct MustacheTemplate MustacheTemplate;

/* The text of a template (g_free). NULL with an error stops; NULL without one means that there is none, which a partial
 * shows as nothing and mustache_get reports as ERROR_NOT_FOUND. */
typedef char *(*MustacheLoadFunc)(const char *name, void *data, GError **error);

MustacheSet *mustache_set_new(MustacheLoadFunc load, void *data);
void mustache_set_free(MustacheSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MustacheSet, mustache_set_free)

/* Loads at the first call, then finds. */
const MustacheTemplate *mustache_get(MustacheSet *set, const char *name, GError **error);
/* A template from text at hand; `text` is copied. Its name must not be in the set yet. */
const MustacheTemplate *mustache_parse(MustacheSet *set, const char *name, const char *text, gsize length_bytes,
                                       GError **error);

/* Appends to `out`; after an error `out` has its old length. */
gboolean mustache_render(const MustacheTemplate *template, const Doc *context, GString *out, GError **error);
