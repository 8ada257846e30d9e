#include "module/plan/plan_compare.h"
#include "base/date.h"
#include "base/text.h"
#include <string.h>

#define WORDS_MAX 800

/* --- words --- */

static char **words_of(const char *text) {
  g_auto(GStrv) raw = g_strsplit_set(text, " \n", -1);
  g_autoptr(GPtrArray) words = g_ptr_array_new();
  for (char **word = raw; *word; word++)
    if (**word)
      g_ptr_array_add(words, g_strdup(*word));
  g_ptr_array_add(words, NULL);
  return (char **)g_ptr_array_free(g_steal_pointer(&words), FALSE);
}

/* Lengths of the longest common runs of the ends: table[i][j] for words from i, from j. */
static guint16 *common_table(char **a, gsize n, char **b, gsize m) {
  guint16 *table = g_new0(guint16, (n + 1) * (m + 1));
  for (gsize i = n; i-- > 0;)
    for (gsize j = m; j-- > 0;) {
      guint16 down = table[(i + 1) * (m + 1) + j], right = table[i * (m + 1) + j + 1];
      guint16 both = (guint16)(table[(i + 1) * (m + 1) + j + 1] + 1);
      table[i * (m + 1) + j] = strcmp(a[i], b[j]) == 0 ? both : MAX(down, right);
    }
  return table;
}

typedef struct {
  json_t *runs;
  GString *open;
  const char *flag;
  gboolean set;
} Side;

static void side_end(Side *side) {
  if (!side->open->len)
    return;
  json_array_append_new(side->runs, json_pack("{s:s, s:b}", "text", side->open->str, side->flag, side->set));
  g_string_truncate(side->open, 0);
}

static void side_add(Side *side, const char *word, gboolean set) {
  if (set != side->set)
    side_end(side);
  side->set = set;
  g_string_append_printf(side->open, "%s ", word);
}

static void walk(char **a, gsize n, char **b, gsize m, Side *before, Side *after) {
  g_autofree guint16 *table = common_table(a, n, b, m);
  gsize i = 0, j = 0;
  while (i < n || j < m) {
    if (i < n && j < m && strcmp(a[i], b[j]) == 0) {
      side_add(before, a[i++], FALSE);
      side_add(after, b[j++], FALSE);
    } else if (j >= m || (i < n && table[(i + 1) * (m + 1) + j] >= table[i * (m + 1) + j + 1])) {
      side_add(before, a[i++], TRUE);
    } else {
      side_add(after, b[j++], TRUE);
    }
  }
}

json_t *plan_compare_words(const char *before, const char *after) {
  g_auto(GStrv) a = words_of(before), b = words_of(after);
  gsize n = g_strv_length(a), m = g_strv_length(b);
  Side old = {json_array(), g_string_new(NULL), "gone", FALSE}, new = {json_array(), g_string_new(NULL), "new", FALSE};
  if (n <= WORDS_MAX && m <= WORDS_MAX) {
    walk(a, n, b, m, &old, &new);
  } else {
    for (gsize i = 0; i < n; i++)
      side_add(&old, a[i], strcmp(before, after) != 0);
    for (gsize j = 0; j < m; j++)
      side_add(&new, b[j], strcmp(before, after) != 0);
  }
  side_end(&old);
  side_end(&new);
  g_string_free(old.open, TRUE);
  g_string_free(new.open, TRUE);
  return json_pack("{s:o, s:o}", "before", old.runs, "after", new.runs);
}

/* --- entries --- */

typedef struct {
  char *key, *section, *text;
  gboolean matched;
} Entry;

static void entry_clear(gpointer data) {
  Entry *entry = data;
  g_free(entry->key);
  g_free(entry->section);
  g_free(entry->text);
}

static GArray *entries_new(void) {
  GArray *entries = g_array_new(FALSE, TRUE, sizeof(Entry));
  g_array_set_clear_func(entries, entry_clear);
  return entries;
}

static const char *text_at(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text ? text : "";
}

static void add(GArray *entries, const char *key, const char *section, const char *text) {
  Entry entry = {text_fold(key), g_strdup(section), g_strdup(text), FALSE};
  g_array_append_val(entries, entry);
}

static char *joined(const json_t *list, const char *by) {
  g_autoptr(GString) all = g_string_new(NULL);
  gsize index;
  json_t *text;
  json_array_foreach(list, index, text) {
    g_string_append_printf(all, "%s%s", index ? by : "", json_string_value(text) ? json_string_value(text) : "");
  }
  return g_strdup(all->str);
}

static const char *day_text(const char *iso, char out[11]) {
  Day day;
  out[0] = '\0';
  if (date_parse_day(iso, &day))
    date_write_day(out, day_start_ms(day));
  return out;
}

static GArray *head_of(const json_t *manuscript, const json_t *reading) {
  GArray *entries = entries_new();
  const json_t *period = json_object_get(reading, "period");
  char from[11], to[11], issued[11];
  g_autofree char *span = g_strdup_printf("%s – %s", day_text(text_at(period, "from"), from), day_text(text_at(period, "to"), to));
  g_autofree char *recipients = joined(json_object_get(manuscript, "recipients"), "; ");
  add(entries, "title", "Tên kế hoạch", text_at(reading, "title"));
  add(entries, "number", "Số", text_at(json_object_get(reading, "number"), "resolved"));
  add(entries, "date", "Ngày ký", day_text(text_at(json_object_get(reading, "date"), "iso"), issued));
  add(entries, "period", "Kỳ", span);
  add(entries, "signer", "Người ký", text_at(json_object_get(reading, "signer"), "name"));
  add(entries, "recipients", "Nơi nhận", recipients);
  return entries;
}

static GArray *bases_of(const json_t *manuscript, const json_t *reading) {
  GArray *entries = entries_new();
  gsize index;
  json_t *base;
  (void)reading;
  json_array_foreach(json_object_get(manuscript, "bases"), index, base) {
    add(entries, json_string_value(base), "Căn cứ", json_string_value(base));
  }
  return entries;
}

static GArray *sections_of(const json_t *manuscript, const json_t *reading) {
  GArray *entries = entries_new();
  gsize index;
  json_t *part;
  (void)reading;
  json_array_foreach(json_object_get(manuscript, "parts"), index, part) {
    g_autofree char *name = g_strdup_printf("%s %s", text_at(part, "label"), text_at(part, "title"));
    add(entries, *text_at(part, "title") ? text_at(part, "title") : text_at(part, "text"), g_strstrip(name), text_at(part, "text"));
  }
  return entries;
}

static GArray *tasks_of(const json_t *manuscript, const json_t *reading) {
  GArray *entries = entries_new();
  gsize index;
  json_t *task;
  (void)manuscript;
  json_array_foreach(json_object_get(reading, "tasks"), index, task) {
    g_autofree char *leads = joined(json_object_get(task, "lead"), "; "), *partners = joined(json_object_get(task, "coordinate"), "; ");
    g_autofree char *text = g_strdup_printf("%s. Chủ trì: %s. Phối hợp: %s. Thời gian: %s.", text_at(task, "content"), leads, partners,
                                            text_at(json_object_get(task, "time"), "text"));
    g_autofree char *name = g_strdup_printf("Nhiệm vụ %s", text_at(task, "id"));
    add(entries, text_at(task, "content"), name, text);
  }
  return entries;
}

static GArray *units_of(const json_t *manuscript, const json_t *reading) {
  GArray *entries = entries_new();
  gsize index;
  json_t *unit;
  (void)manuscript;
  json_array_foreach(json_object_get(reading, "organisation_duties"), index, unit) {
    g_autofree char *duties = joined(json_object_get(unit, "duties"), "; ");
    add(entries, text_at(unit, "unit"), text_at(unit, "unit"), duties);
  }
  return entries;
}

/* --- which entry became which --- */

/* Share of words in common, in percent of the longer text. */
static guint likeness(const char *a, const char *b) {
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  g_auto(GStrv) left = words_of(a), right = words_of(b);
  guint n = g_strv_length(left), m = g_strv_length(right), same = 0;
  for (guint i = 0; i < n; i++)
    g_hash_table_add(seen, left[i]);
  for (guint j = 0; j < m; j++)
    same += g_hash_table_remove(seen, right[j]) ? 1 : 0;
  return same * 100 / MAX(MAX(n, m), 1);
}

static Entry *same_key(GArray *entries, const char *key) {
  for (guint i = 0; i < entries->len; i++) {
    Entry *entry = &g_array_index(entries, Entry, i);
    if (!entry->matched && strcmp(entry->key, key) == 0)
      return entry;
  }
  return NULL;
}

static Entry *most_like(GArray *entries, const char *key) {
  enum { LIKE_PERCENT = 55 };
  Entry *best = NULL;
  guint most = LIKE_PERCENT;
  for (guint i = 0; i < entries->len; i++) {
    Entry *entry = &g_array_index(entries, Entry, i);
    guint like = entry->matched ? 0 : likeness(entry->key, key);
    if (like >= most) {
      most = like + 1;
      best = entry;
    }
  }
  return best;
}

/* --- rows --- */

static void put_row(json_t *rows, const char *group, const char *section, const char *before, const char *after) {
  const char *state = !before ? "added" : !after ? "removed" : "changed";
  json_t *row = before && after ? plan_compare_words(before, after) : json_object();
  if (!before || !after)
    json_object_set_new(row, before ? "before" : "after", json_pack("[{s:s}]", "text", before ? before : after));
  json_object_set_new(row, "group", json_string(group));
  json_object_set_new(row, "section", json_string(section));
  json_object_set_new(row, "state", json_string(state));
  json_array_append_new(rows, row);
}

static void pair(GArray *old, GArray *new, Entry **partners) {
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < new->len; i++) {
      Entry *entry = &g_array_index(new, Entry, i);
      if (partners[i])
        continue;
      partners[i] = pass ? most_like(old, entry->key) : same_key(old, entry->key);
      if (partners[i])
        partners[i]->matched = TRUE;
    }
}

static void compare_group(json_t *rows, const char *group, GArray *old, GArray *new) {
  g_autofree Entry **partners = g_new0(Entry *, new->len + 1);
  pair(old, new, partners);
  for (guint i = 0; i < new->len; i++) {
    const Entry *entry = &g_array_index(new, Entry, i);
    if (!partners[i])
      put_row(rows, group, entry->section, NULL, *entry->text ? entry->text : entry->section);
    else if (strcmp(partners[i]->text, entry->text) != 0)
      put_row(rows, group, entry->section, partners[i]->text, entry->text);
  }
  for (guint i = 0; i < old->len; i++) {
    const Entry *entry = &g_array_index(old, Entry, i);
    if (!entry->matched)
      put_row(rows, group, entry->section, *entry->text ? entry->text : entry->section, NULL);
  }
}

json_t *plan_compare(const json_t *old_manuscript, const json_t *old_reading, const json_t *new_manuscript, const json_t *new_reading) {
  static const struct {
    const char *group;
    GArray *(*entries)(const json_t *manuscript, const json_t *reading);
  } GROUPS[] = {{"head", head_of}, {"bases", bases_of}, {"sections", sections_of}, {"tasks", tasks_of}, {"units", units_of}};
  json_t *rows = json_array();
  for (gsize i = 0; i < G_N_ELEMENTS(GROUPS); i++) {
    g_autoptr(GArray) old = GROUPS[i].entries(old_manuscript, old_reading), new = GROUPS[i].entries(new_manuscript, new_reading);
    compare_group(rows, GROUPS[i].group, old, new);
  }
  return rows;
}
