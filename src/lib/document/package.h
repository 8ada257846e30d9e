/* Parts put together as a ZIP archive (the container of DOCX), always to the same bytes: no clock, no owner, fixed order.
 *
 * Ownership: contents must live until the call returns; the result is the caller's. Errors: ERROR_FAILED.
 * Threads: pure function.
 */
#pragma once
#include <glib.h>

typedef struct {
  const char *name;
  const GString *content;
} PackagePart;

GBytes *package_write(const PackagePart *parts, gsize count, GError **error);
