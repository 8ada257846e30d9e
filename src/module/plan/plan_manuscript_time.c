/* A manuscript taken over into a later period, and where its parts stand on the printed paper. */
#include "module/plan/plan_manuscript.h"
#include "module/plan/plan_reading.h"
#include <stdlib.h>
#include <string.h>

typedef struct {
  PlanReading *reading; /* holds the texts while citations are looked for */
  int from_year, to_year;
} Move;

/* Four digits that stand alone and are no part of a number such as 85/2016/NĐ-CP. */
static int year_at(PlanText text, gsize at) {
  gsize digits = strspn(text.fold + at, "0123456789");
  gboolean alone = digits == 4 && (at == 0 || !g_ascii_isdigit(text.fold[at - 1]));
  gboolean numbered = alone && text.fold[at + 4] == '/' && g_ascii_isalpha(text.fold[at + 5]);
  return alone && !numbered ? atoi(text.fold + at) : 0;
}

static gboolean within_citation(const GArray *cited, gsize at) {
  for (guint i = 0; i < cited->len; i++)
    if (at >= g_array_index(cited, PlanCitation, i).from && at < g_array_index(cited, PlanCitation, i).to)
      return TRUE;
  return FALSE;
}

static GArray *citations_of(PlanReading *reading, PlanText text) {
  GArray *cited = g_array_new(FALSE, FALSE, sizeof(PlanCitation));
  PlanCitation one;
  for (gsize from = 0; plan_citation_find(reading, text, from, &one) && one.to > from; from = one.to)
    g_array_append_val(cited, one);
  return cited;
}

static char *line_moved(const Move *move, const char *line) {
  PlanText text = plan_reading_text(move->reading, line);
  g_autoptr(GArray) cited = citations_of(move->reading, text);
  GString *out = g_string_sized_new(strlen(line) + 1);
  int by = move->to_year - move->from_year + 1;
  for (gsize i = 0; i < text.length;) {
    int year = year_at(text, i);
    if (year >= move->from_year && year <= move->to_year && !within_citation(cited, i)) {
      g_string_append_printf(out, "%d", year + by);
      i += 4;
    } else {
      g_string_append_unichar(out, g_utf8_get_char(plan_text_at(text, i)));
      i++;
    }
  }
  return g_string_free(out, FALSE);
}

static json_t *text_moved(const Move *move, const json_t *text) {
  g_auto(GStrv) lines = g_strsplit(json_string_value(text), "\n", -1);
  for (char **line = lines; *line; line++) {
    char *moved = line_moved(move, *line);
    g_free(*line);
    *line = moved;
  }
  g_autofree char *all = g_strjoinv("\n", lines);
  return json_string(all);
}

/* Every text of the named members, however deep. */
static void move_texts(const Move *move, json_t *value) {
  static const char *const KEPT[] = {"key", "label", "roles", "guide", "bases", "recipients", "authority", "superior", "issuer", "symbol", "place", NULL};
  const char *key;
  void *next;
  gsize index;
  json_t *inner;
  json_object_foreach_safe(value, next, key, inner) {
    if (g_strv_contains(KEPT, key))
      continue;
    if (json_is_string(inner))
      json_object_set_new(value, key, text_moved(move, inner));
    else
      move_texts(move, inner);
  }
  json_array_foreach(value, index, inner) {
    if (json_is_string(inner))
      json_array_set_new(value, index, text_moved(move, inner));
    else
      move_texts(move, inner);
  }
}

void plan_manuscript_move_on(json_t *manuscript, int from_year, int to_year) {
  Move move = {plan_reading_new(NULL), from_year, to_year};
  static const char *const DAYS[] = {"day", "month", "year"};
  gsize index;
  json_t *part;
  if (from_year > 0 && to_year >= from_year)
    move_texts(&move, manuscript);
  json_object_set_new(manuscript, "number", json_string(""));
  json_object_set_new(manuscript, "signer", json_string(""));
  for (gsize i = 0; i < G_N_ELEMENTS(DAYS); i++)
    json_object_set_new(manuscript, DAYS[i], json_integer(0));
  json_array_foreach(json_object_get(manuscript, "parts"), index, part) {
    json_object_set_new(part, "carried", json_true());
    json_object_del(part, "note"); /* it named the former plan */
  }
  plan_reading_free(move.reading);
}

/* --- where the parts stand --- */

static gboolean is_heading_line(PlanReading *reading, const json_t *part, const SourceLine *line) {
  const char *label = json_string_value(json_object_get(part, "label")), *title = json_string_value(json_object_get(part, "title"));
  gboolean alone = json_integer_value(json_object_get(part, "level")) == 0 && label && *label; /* "Phần I", "Phụ lục II" */
  g_autofree char *written = g_strconcat(label ? label : "", label && *label ? " " : "", alone ? "" : title ? title : "", NULL);
  PlanText want = plan_reading_text(reading, written), have = plan_reading_text(reading, line->text);
  return want.length && !strncmp(have.fold, want.fold, want.length);
}

static void set_line(json_t *lines, const char *key, const char *end, int number) {
  json_t *range = json_object_get(lines, key);
  if (range)
    json_object_set_new(range, end, json_integer(number));
}

json_t *plan_manuscript_lines(const json_t *manuscript, const SourceText *printed) {
  g_autoptr(PlanReading) reading = plan_reading_new(printed);
  json_t *lines = json_object(), *part;
  const char *open = NULL;
  guint at = 0;
  gsize index;
  json_array_foreach(json_object_get(manuscript, "parts"), index, part) {
    const char *key = json_string_value(json_object_get(part, "key"));
    guint found = at;
    while (found < printed->lines->len && !is_heading_line(reading, part, source_text_line(printed, found)))
      found++;
    gboolean heads = found < printed->lines->len;
    int from = heads ? source_text_line(printed, found)->number : open ? (int)json_integer_value(json_object_get(json_object_get(lines, open), "from")) : 1;
    json_object_set_new(lines, key, json_pack("{s:i, s:i}", "from", from, "to", (int)printed->lines->len));
    if (heads && open)
      set_line(lines, open, "to", from - 1);
    open = key;
    at = heads ? found + 1 : at;
  }
  return lines;
}
