#include "module/detect/detect_match_out.h"
#include "lib/scan/fold.h"
#include <string.h>
#include <time.h>

enum { SHOWN_VALUE_MAX = 200 };

static const struct {
  const char *word, *shown;
} LEVELS[] = {
    [LEVEL_NONE] = {"", "chưa xếp mức"},    [LEVEL_INFORMATIONAL] = {"informational", "thông tin"},
    [LEVEL_LOW] = {"low", "thấp"},          [LEVEL_MEDIUM] = {"medium", "trung bình"},
    [LEVEL_HIGH] = {"high", "cao"},         [LEVEL_CRITICAL] = {"critical", "nghiêm trọng"},
};

const char *detect_rule_key(const Rule *rule) {
  return *rule->id ? rule->id : *rule->name ? rule->name : rule->title;
}

const char *detect_level_word(RuleLevel level) {
  return LEVELS[level].word;
}

static void put_text(GString *out, Span text, gsize most) {
  gsize at = 0;
  for (gsize length; at < text.size && at < most; at += length) {
    guint32 code = text_code(text.bytes + at, text.size - at, &length);
    if (code >= 0x110000)
      g_string_append(out, "\uFFFD");
    else if (code == '"' || code == '\\')
      g_string_append_printf(out, "\\%c", (char)code);
    else if (code == '\n')
      g_string_append(out, "\\n");
    else if (code < 0x20 || code == 0x7f)
      g_string_append_printf(out, "\\u%04x", code);
    else
      g_string_append_len(out, text.bytes + at, (gssize)length);
  }
  if (at < text.size)
    g_string_append(out, "…");
}

static void put_member(GString *out, const char *key, const char *text) {
  g_string_append_printf(out, "\"%s\":\"", key);
  put_text(out, (Span){text, strlen(text)}, G_MAXSIZE);
  g_string_append_c(out, '"');
}

static void put_time(GString *out, gint64 time_ms) {
  time_t seconds = (time_t)(time_ms / 1000 - (time_ms % 1000 < 0));
  struct tm parts;
  char text[40];
  gmtime_r(&seconds, &parts);
  strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  g_string_append_printf(out, "%s.%03dZ", text, (int)(time_ms - (gint64)seconds * 1000));
}

static gboolean same_name(const MatchField *left, const MatchField *right) {
  return left->name.size == right->name.size && memcmp(left->name.bytes, right->name.bytes, left->name.size) == 0;
}

static gboolean name_before(const MatchField *fields, gsize index) {
  for (gsize i = 0; i < index; i++)
    if (same_name(&fields[i], &fields[index]))
      return TRUE;
  return FALSE;
}

/* A field with several values is a list. */
static void put_values(GString *out, const MatchField *fields, gsize count, gsize first) {
  gsize values = 0;
  gsize start = out->len;
  for (gsize i = first; i < count; i++) {
    if (!same_name(&fields[first], &fields[i]))
      continue;
    g_string_append(out, values++ ? ",\"" : "\"");
    put_text(out, fields[i].value, G_MAXSIZE);
    g_string_append_c(out, '"');
  }
  if (values > 1) {
    g_string_insert_c(out, (gssize)start, '[');
    g_string_append_c(out, ']');
  }
}

static void put_fields(GString *out, const MatchShown *match) {
  const char *between = "";
  g_string_append(out, ",\"fields\":{");
  for (gsize i = 0; i < match->field_count; i++) {
    if (name_before(match->fields, i))
      continue;
    g_string_append_printf(out, "%s\"", between);
    put_text(out, match->fields[i].name, G_MAXSIZE);
    g_string_append(out, "\":");
    put_values(out, match->fields, match->field_count, i);
    between = ",";
  }
  g_string_append_c(out, '}');
}

static void put_correlation(GString *out, const MatchShown *match) {
  g_string_append_c(out, ',');
  put_member(out, "group", match->group);
  g_string_append(out, ",\"lines\":[");
  for (gsize i = 0; i < match->line_count; i++)
    g_string_append_printf(out, "%s%" G_GUINT64_FORMAT, i ? "," : "", match->lines[i]);
  g_string_append_c(out, ']');
}

void detect_show_json(GString *out, const MatchShown *match) {
  g_string_append_c(out, '{');
  put_member(out, "rule", detect_rule_key(match->rule));
  g_string_append_c(out, ',');
  put_member(out, "title", match->rule->title);
  g_string_append_c(out, ',');
  put_member(out, "level", detect_level_word(match->rule->level));
  g_string_append_c(out, ',');
  put_member(out, "file", match->file);
  g_string_append_printf(out, ",\"line\":%" G_GUINT64_FORMAT ",\"time\":", match->line);
  if (match->time_ms == EVENT_NO_TIME) {
    g_string_append(out, "null");
  } else {
    g_string_append_c(out, '"');
    put_time(out, match->time_ms);
    g_string_append_c(out, '"');
  }
  put_fields(out, match);
  if (match->group)
    put_correlation(out, match);
  g_string_append(out, "}\n");
}

void detect_show_text(GString *out, const MatchShown *match) {
  g_string_append_printf(out, "[%s] %s\n    %s:%" G_GUINT64_FORMAT, LEVELS[match->rule->level].shown, match->rule->title,
                         match->file, match->line);
  if (match->time_ms != EVENT_NO_TIME) {
    g_string_append(out, "  ");
    put_time(out, match->time_ms);
  }
  g_string_append_printf(out, "  %s\n", detect_rule_key(match->rule));
  if (*match->rule->author)
    g_string_append_printf(out, "    tác giả luật: %s\n", match->rule->author);
  if (match->group)
    g_string_append_printf(out, "    nhóm: %s (%" G_GSIZE_FORMAT " sự kiện)\n", match->group, match->line_count);
  for (gsize i = 0; i < match->field_count; i++) {
    g_string_append(out, "    ");
    put_text(out, match->fields[i].name, SHOWN_VALUE_MAX);
    g_string_append(out, " = ");
    put_text(out, match->fields[i].value, SHOWN_VALUE_MAX);
    g_string_append_c(out, '\n');
  }
}
