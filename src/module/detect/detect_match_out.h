/* Matches of `ungcuu scan` on standard output: one JSON object a line, or lines for people. */
#pragma once
#include "lib/scan/match.h"
#include <glib.h>

typedef struct {
  const Rule *rule;
  const char *file;
  guint64 line;
  gint64 time_ms; /* or EVENT_NO_TIME */
  const MatchField *fields;
  gsize field_count;
  const char *group;       /* of a correlation; NULL */
  const guint64 *lines;    /* of a correlation */
  gsize line_count;
} MatchShown;

const char *detect_rule_key(const Rule *rule); /* id, else name, else title */
const char *detect_level_word(RuleLevel level); /* as rules write it; "" */
void detect_show_json(GString *out, const MatchShown *match);
void detect_show_text(GString *out, const MatchShown *match);
