/* A message that was copied out of a mail program, headers and all. Pure.
 *
 * The lines before the first empty one are read where they begin with a known label ("From:", "Từ:" …); at most 40 of 1,000
 * bytes. Ownership: the arena's. Errors: none; what is not there is NULL. Nothing in it is believed: it only fills a form.
 */
#pragma once
#include "base/arena.h"

typedef struct {
  const char *name, *address, *subject;
} PastedMail;

PastedMail incident_read_pasted(Arena *arena, const char *text);
