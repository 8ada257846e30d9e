/* Names of bodies: compared, ranked, and checked for one body under two names. */
#include "module/plan/plan_check_part.h"
#include "base/text.h"
#include <string.h>

#define TEAMS_MAX 200 /* mentions compared with each other */
#define UNITS_MAX 400 /* the same of units */

static void drop_brackets(GString *name) {
  char *open, *close;
  while ((open = strchr(name->str, '(')) && (close = strchr(open, ')')))
    g_string_erase(name, open - name->str, close - open + 1);
}

static void replace_word(GString *name, const char *word, const char *with) {
  const char *place;
  gsize from = 0;
  while ((place = word_find(name->str + from, word))) {
    gssize at = place - name->str;
    g_string_erase(name, at, (gssize)strlen(word));
    g_string_insert(name, at, with);
    from = (gsize)at + strlen(with);
  }
}

/* The abbreviations are spelling, not law: the same in every place and year. */
char *name_key(const char *name) {
  static const char *const LONG[][2] = {
      {"attt",         "an toàn thông tin"           },
      {"httt",         "hệ thống thông tin"       },
      {"cntt",         "công nghệ thông tin"       },
      {"ubnd",         "ủy ban nhân dân"           },
      {"tttt",         "thông tin và truyền thông"},
      {"tt&tt",        "thông tin và truyền thông"},
      {"bcđ",         "ban chỉ đạo"              },
      {"cđs",         "chuyển đổi số"          },
      {"anm",          "an ninh mạng"                },
      {"đảm bảo", "bảo đảm"                  }
  };
  g_autofree char *spelling = text_fold_spelling(name);
  g_autoptr(GString) key = g_string_new(spelling);
  drop_brackets(key);
  for (gsize i = 0; i < G_N_ELEMENTS(LONG); i++)
    replace_word(key, LONG[i][0], LONG[i][1]);
  g_autofree char *collapsed = text_collapse(key->str);
  gsize length = strlen(collapsed);
  while (length && strchr(" .;,:", collapsed[length - 1]))
    length--;
  return g_strndup(collapsed, length);
}

gboolean name_same(const char *a, const char *b) {
  g_autofree char *first = name_key(a), *second = name_key(b);
  return *first && g_str_equal(first, second);
}

gboolean rule_starts(const json_t *words, const char *key) {
  gsize i;
  json_t *word;
  json_array_foreach(words, i, word) {
    const char *start = json_string_value(word);
    if (start && *start && word_find(key, start) == key)
      return TRUE;
  }
  return FALSE;
}

gboolean name_is_role(const PlanCheck *check, const char *name) {
  g_autofree char *key = name_key(name);
  return rule_starts(json_object_get(check->rules->bodies, "roles"), key);
}

int issuer_rank(const PlanCheck *check) {
  const char *level = json_text(json_object_get(check->reading, "issuer"), "level");
  gsize i;
  json_t *entry;
  json_array_foreach(json_object_get(check->rules->bodies, "issuer_ranks"), i, entry) {
    if (level && g_str_has_prefix(level, json_text(entry, "level")))
      return (int)json_integer_value(json_object_get(entry, "rank"));
  }
  return 0;
}

char *words_without(const char *key, const json_t *words) {
  g_autoptr(GString) rest = g_string_new(key);
  gsize i;
  json_t *word;
  json_array_foreach(words, i, word) replace_word(rest, json_string_value(word), "");
  return text_collapse(rest->str);
}

char *name_core(const PlanCheck *check, const char *name) {
  g_autofree char *key = name_key(name);
  if (!rule_starts(json_object_get(check->rules->bodies, "teams"), key))
    return g_steal_pointer(&key);
  return words_without(key, json_object_get(check->rules->bodies, "team_fillers"));
}

int name_rank(const PlanCheck *check, const char *name) {
  g_autofree char *key = name_key(name);
  g_autofree char *place = words_without(key, json_object_get(check->rules->bodies, "not_a_level"));
  gsize i;
  json_t *entry;
  json_array_foreach(json_object_get(check->rules->bodies, "ranks"), i, entry) {
    if (rule_starts(json_object_get(entry, "starts"), place) || rule_match(json_object_get(entry, "has"), place))
      return (int)json_integer_value(json_object_get(entry, "rank"));
  }
  return 0;
}

gboolean name_in_address(const CheckText *text, gsize at, const char *name) {
  const char *after = text->flat->str + at + strlen(name);
  gboolean goes_on = (*after == '.' || *after == '/') && g_ascii_isalpha(after[1]);
  return goes_on || (at && text->flat->str[at - 1] == '.');
}

static gssize find_name(const CheckText *text, const json_t *named) {
  gsize i;
  json_t *word;
  json_array_foreach(named, i, word) {
    gssize at = -1;
    while ((at = check_text_find(text, json_string_value(word), (gsize)(at + 1))) >= 0)
      if (!name_in_address(text, (gsize)at, json_string_value(word)))
        return at;
  }
  return -1;
}

/* "… (trước đây là …)", "… nay là …" close to a name: the two are told apart on purpose. */
static gboolean says_renamed(const CheckText *text, gsize at) {
  gsize from = at > 120 ? at - 120 : 0;
  g_autofree char *near = g_utf8_make_valid(text->flat->str + from, (gssize)MIN(240, text->flat->len - from));
  return word_find(near, "trước đây") || word_find(near, "nay là") || word_find(near, "tiền thân");
}

static void check_chain(PlanCheck *check, const json_t *chain) {
  g_autoptr(GString) found = g_string_new(NULL);
  gsize i, count = 0;
  gssize last = -1;
  json_t *name;
  json_array_foreach(json_object_get(chain, "names"), i, name) {
    gssize at = find_name(check->text, json_object_get(name, "named"));
    if (at < 0)
      continue;
    g_string_append_printf(found, "%s%s", count++ ? " và " : "", json_text(name, "name"));
    last = MAX(last, at);
  }
  if (count < 2 || says_renamed(check->text, (gsize)last))
    return;
  g_string_append_printf(found, " cùng chỉ %s", json_text(chain, "role"));
  check_report(check, (Finding){.line = check_text_line_at(check->text, (gsize)last)->number,
                                .found = found->str,
                                .fix = "Thống nhất một tên, theo tên đang có hiệu lực"});
}

/* A response team as a text names it: "đội ứng cứu sự cố an ninh mạng", of the "xã". */
typedef struct {
  char *name;  /* written out */
  char *core;  /* without what the same team's name may lack */
  char *level; /* the word after it that says whose team; may be empty */
  gsize place;
} TeamName;

static void team_clear(void *data) {
  TeamName *team = data;
  g_free(team->name);
  g_free(team->core);
  g_free(team->level);
}

/* The end of the longest run of words of the list from `place` on, commas between them allowed. */
static const char *words_end(const char *place, const json_t *words) {
  const char *end = place;
  for (;;) {
    const char *p = end + strspn(end, ", ");
    gsize i;
    json_t *word;
    const char *next = NULL;
    json_array_foreach(words, i, word) {
      gsize length = strlen(json_string_value(word));
      if (!next && strncmp(p, json_string_value(word), length) == 0 && !g_unichar_isalnum(g_utf8_get_char(p + length)))
        next = p + length;
    }
    if (!next)
      return end;
    end = next;
  }
}

static void add_team(const PlanCheck *check, GArray *teams, const char *place) {
  const json_t *bodies = check->rules->bodies;
  const char *end = words_end(place, json_object_get(bodies, "team_words"));
  g_autofree char *written = g_strndup(place, (gsize)(end - place));
  TeamName team = {.name = name_key(written), .place = (gsize)(place - check->text->flat->str)};
  g_strdelimit(team.name, ",", ' ');
  team.core = words_without(team.name, json_object_get(bodies, "team_fillers"));
  end += strspn(end, " ");
  if (g_str_has_prefix(end, "của "))
    end += strlen("của ");
  team.level = g_strndup(end, strcspn(end, " ;,.:()"));
  if (rule_match(json_object_get(bodies, "team_fields"), team.name))
    g_array_append_val(teams, team);
  else
    team_clear(&team);
}

/* Only one team's name under two forms counts: same word for team, and the same level behind both. */
static void compare_teams(PlanCheck *check, const TeamName *a, const TeamName *b) {
  gboolean same_core = g_str_equal(a->core, b->core);
  if (g_str_equal(a->name, b->name) || (!same_core && !g_str_equal(a->level, b->level)) ||
      strncmp(a->name, b->name, strcspn(a->name, " ") + 1) != 0)
    return;
  g_autofree char *found = g_strdup_printf("%s / %s", a->name, b->name);
  check_report(check, (Finding){.line = check_text_line_at(check->text, b->place)->number,
                                .found = found,
                                .fix = "Dùng một tên cho một đội",
                                .arguable = same_core});
}

static void check_teams(PlanCheck *check) {
  g_autoptr(GArray) teams = g_array_new(FALSE, FALSE, sizeof(TeamName));
  g_array_set_clear_func(teams, team_clear);
  gsize i;
  json_t *word;
  json_array_foreach(json_object_get(check->rules->bodies, "teams"), i, word) {
    gssize at = -1;
    while (teams->len < TEAMS_MAX && (at = check_text_find(check->text, json_string_value(word), (gsize)(at + 1))) >= 0)
      add_team(check, teams, check->text->flat->str + at);
  }
  gsize before = json_array_size(check->defects);
  for (guint a = 0; a < teams->len; a++)
    for (guint b = a + 1; b < teams->len && json_array_size(check->defects) == before; b++)
      compare_teams(check, &g_array_index(teams, TeamName, a), &g_array_index(teams, TeamName, b));
}

/* What is left of a key without joining words: "Phòng Văn hóa và Thông tin" is "Phòng Văn hóa - Thông tin". */
static char *loose_key(const char *key) {
  g_autoptr(GString) loose = g_string_new(NULL);
  g_auto(GStrv) words = g_strsplit_set(key, " -,&", -1);
  for (char **word = words; *word; word++)
    if (**word && !g_str_equal(*word, "và") && !g_str_equal(*word, "của"))
      g_string_append_printf(loose, "%s ", *word);
  return g_string_free(g_steal_pointer(&loose), FALSE);
}

typedef struct {
  const char *name;
  char *key, *loose;
  gboolean committee;
  int rank; /* of a committee */
} UnitName;

static void unit_clear(void *data) {
  UnitName *unit = data;
  g_free(unit->key);
  g_free(unit->loose);
}

static void add_unit(const PlanCheck *check, GArray *units, const char *name) {
  UnitName unit = {.name = name, .key = name_key(name)};
  unit.loose = loose_key(unit.key);
  unit.committee = rule_starts(json_object_get(check->rules->bodies, "committees"), unit.key);
  unit.rank = unit.committee ? name_rank(check, name) : 0;
  g_array_append_val(units, unit);
}

static void add_units(const PlanCheck *check, GArray *units, GHashTable *known, const json_t *list) {
  gsize i;
  json_t *item;
  json_array_foreach(list, i, item) {
    const char *name = json_is_string(item) ? json_string_value(item) : json_text(item, "unit");
    if (name && units->len < UNITS_MAX && g_hash_table_add(known, (char *)(gintptr)name))
      add_unit(check, units, name);
  }
}

static GArray *collect_units(const PlanCheck *check) {
  GArray *units = g_array_new(FALSE, FALSE, sizeof(UnitName));
  g_array_set_clear_func(units, unit_clear);
  g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
  gsize i;
  json_t *task;
  json_array_foreach(json_object_get(check->reading, "tasks"), i, task) {
    add_units(check, units, known, json_object_get(task, "lead"));
    add_units(check, units, known, json_object_get(task, "coordinate"));
  }
  add_units(check, units, known, json_object_get(check->reading, "functions"));
  add_units(check, units, known, json_object_get(check->reading, "organisation_duties"));
  return units;
}

static gboolean same_unit_otherwise_written(const UnitName *a, const UnitName *b) {
  return *a->loose && g_str_equal(a->loose, b->loose) && !g_str_equal(a->key, b->key);
}

/* Two steering committees of one body: most often one under two names. */
static gboolean two_committees(const UnitName *a, const UnitName *b) {
  return a->committee && b->committee && a->rank == b->rank && !word_find(a->key, b->key) && !word_find(b->key, a->key);
}

static void check_units(PlanCheck *check) {
  g_autoptr(GArray) units = collect_units(check);
  for (guint a = 1; a < units->len; a++) {
    const UnitName *other = &g_array_index(units, UnitName, a);
    for (guint b = 0; b < a; b++) {
      const UnitName *one = &g_array_index(units, UnitName, b);
      if (!same_unit_otherwise_written(one, other) && !two_committees(one, other))
        continue;
      g_autofree char *found = g_strdup_printf("%s / %s", one->name, other->name);
      check_report(check, (Finding){.line = check_text_line_of(check->text, other->name),
                                    .found = found,
                                    .fix = "Dùng một tên cho một cơ quan",
                                    .arguable = TRUE});
      return;
    }
  }
}

void check_name_inconsistent(PlanCheck *check) {
  gsize i;
  json_t *chain;
  json_array_foreach(json_object_get(check->rules->bodies, "chains"), i, chain) check_chain(check, chain);
  check_teams(check);
  check_units(check);
}
