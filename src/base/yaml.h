/* YAML as the program accepts it: one document of mappings, sequences and scalars, turned into JSON values.
 *
 * Strict: UTF-8 only; one document; no anchors, aliases, tags, directives, merge keys or keys that are not scalars; no
 * key twice; at most 32 levels and 4 MiB. A plain scalar is a whole number (no leading zero, 64 bits), true, false,
 * null (also ~ and empty) or else a text; a quoted one is always a text. So dates, 3.5, yes and 0755 are texts.
 * Ownership: the result is the caller's (json_decref). Errors: ERROR_UNREADABLE with line and column, ERROR_TOO_LARGE,
 * ERROR_NOT_FOUND. Threads: pure functions.
 */
#pragma once
#include <glib.h>
#include <jansson.h>

#define YAML_SIZE_MAX (4 * 1024 * 1024)
#define YAML_DEPTH_MAX 32

json_t *yaml_load(const char *bytes, gsize length, GError **error);
json_t *yaml_load_file(const char *path, GError **error); /* the message begins with the path */
