/* Acts, bodies and levels that no longer stand; bases; how acts are quoted. */
#include "module/plan/plan_check_part.h"
#include "base/text.h"
#include <string.h>

#define DETAILS "điều của "    /* in the title of a decree or circular that details a law */
#define CLAUSE_MAX_BYTES 2000  /* how far behind its name the number of a law is looked for */
#define CITATION_MAX_BYTES 260 /* how far before a body's name the act that it signed may stand */

static const json_t *acts_of(const PlanCheck *check) {
  return json_object_get(check->rules->acts, "acts");
}

/* The number as whole: "85/2016/nđ-cp" is not found in "185/2016/nđ-cp". The mark of "85/2016/NĐCP" is forgiven. */
static gssize find_number(const CheckText *text, const char *number) {
  gssize at = check_text_find(text, number, 0);
  g_auto(GStrv) parts = g_strsplit(number, "-", -1);
  g_autofree char *bare = g_strjoinv("", parts);
  return at >= 0 ? at : check_text_find(text, bare, 0);
}

/* The bare name of a law, where no other number follows it that says which one is meant. */
static gssize find_cited_name(const PlanCheck *check, const json_t *act, const char *name) {
  const json_t *numbers = json_object_get(act, "numbers");
  const char *own = json_string_value(json_array_get(numbers, 0));
  gssize at = -1;
  while ((at = check_text_find(check->text, name, (gsize)(at + 1))) >= 0) {
    const char *after = check->text->flat->str + at + strlen(name);
    g_autofree char *near = g_strndup(after, CLAUSE_MAX_BYTES);
    near[strcspn(near, ";.)")] = 0;
    const char *other = strstr(near, "/qh");
    gsize lead = strlen(DETAILS);
    gboolean detailed = (gsize)at >= lead && strncmp(check->text->flat->str + (gsize)at - lead, DETAILS, lead) == 0;
    if (!detailed && (!other || other - near > 40 || (own && strstr(near, own))))
      return at;
  }
  return -1;
}

/* Byte offset of the first place that cites the act, or -1. */
static gssize find_act(const PlanCheck *check, const json_t *act) {
  const char *until = json_text(act, "until");
  gsize i;
  json_t *word;
  json_array_foreach(json_object_get(act, "numbers"), i, word) {
    gssize at = find_number(check->text, json_string_value(word));
    if (at >= 0)
      return at;
  }
  if (until && (!check->issued || strcmp(check->issued, until) >= 0))
    return -1;
  json_array_foreach(json_object_get(act, "cited_as"), i, word) {
    gssize at = find_cited_name(check, act, json_string_value(word));
    if (at >= 0)
      return at;
  }
  return -1;
}

void check_law_replaced_now(PlanCheck *check) {
  gsize i;
  json_t *act;
  json_array_foreach(acts_of(check), i, act) {
    const char *state = json_text(act, "state"), *since = json_text(act, "since");
    gssize at = state && since && strcmp(since, check->on) <= 0 ? find_act(check, act) : -1;
    if (at < 0)
      continue;
    g_autofree char *fix = g_strdup_printf("Thay bằng %s", json_text(act, "replaced_by"));
    check_report(check, (Finding){.line = check_text_line_at(check->text, (gsize)at)->number,
                                  .found = json_text(act, "name"),
                                  .fix = fix,
                                  .basis = json_text(act, "basis"),
                                  .arguable = g_str_equal(state, "open")});
  }
}

void check_law_period_over(PlanCheck *check) {
  gsize i;
  json_t *act;
  json_array_foreach(acts_of(check), i, act) {
    const char *over = json_text(act, "period_over");
    gssize at = over && strcmp(over, check->on) < 0 ? find_act(check, act) : -1;
    if (at < 0)
      continue;
    g_autofree char *day = day_text(over);
    g_autofree char *found = g_strdup_printf("%s: giai đoạn thực hiện hết %s", json_text(act, "name"), day);
    check_report(check, (Finding){.line = check_text_line_at(check->text, (gsize)at)->number,
                                  .found = found,
                                  .fix = "Rà soát, thay bằng văn bản của giai đoạn sau"});
  }
}

void check_quoted_title_differs(PlanCheck *check) {
  gsize i;
  json_t *act;
  json_array_foreach(acts_of(check), i, act) {
    const char *wrong = json_string_value(json_array_get(json_object_get(act, "misquoted"), 0));
    gssize at = wrong ? check_text_find(check->text, wrong, 0) : -1;
    if (at < 0 || find_act(check, act) < 0)
      continue;
    g_autofree char *fix = g_strdup_printf("Đối chiếu tên chính thức: %s", json_text(act, "quoted_as"));
    check_report(check, (Finding){.line = check_text_line_at(check->text, (gsize)at)->number,
                                  .found = json_text(act, "name"),
                                  .fix = fix});
  }
}

/* "… Thông tư số 20/2017/TT-BTTTT … của Bộ …": the name only says who signed the act. */
static gboolean only_signs_an_act(const PlanCheck *check, gsize at) {
  gsize from = at > CITATION_MAX_BYTES ? at - CITATION_MAX_BYTES : 0;
  const char *flat = check->text->flat->str;
  g_autofree char *before = g_strchomp(g_utf8_make_valid(flat + from, (gssize)(at - from)));
  const char *clause = MAX(strrchr(before, ';') ? strrchr(before, ';') : before, before);
  gsize i;
  json_t *word;
  gboolean belongs = FALSE;
  json_array_foreach(json_object_get(check->rules->bodies, "cited_after"), i, word) {
    belongs = belongs || g_str_has_suffix(before, json_string_value(word));
  }
  for (const char *slash = belongs ? clause : NULL; slash && (slash = strchr(slash, '/')); slash++)
    if (slash > clause && g_ascii_isdigit(slash[-1]) && (strchr(slash, '-') || strstr(slash, "/qh")))
      return TRUE;
  return FALSE;
}

static gssize find_acting_body(const PlanCheck *check, const json_t *named) {
  gsize i;
  json_t *word;
  json_array_foreach(named, i, word) {
    const char *name = json_string_value(word);
    gssize at = -1;
    while ((at = check_text_find(check->text, name, (gsize)(at + 1))) >= 0)
      if (!only_signs_an_act(check, (gsize)at) && !name_in_address(check->text, (gsize)at, name))
        return at;
  }
  return -1;
}

void check_body_obsolete_now(PlanCheck *check) {
  gsize i;
  json_t *body;
  json_array_foreach(json_object_get(check->rules->bodies, "bodies"), i, body) {
    const char *ended = json_text(body, "ended");
    gssize at = ended && strcmp(ended, check->on) <= 0 ? find_acting_body(check, json_object_get(body, "named")) : -1;
    if (at < 0)
      continue;
    g_autofree char *fix = g_strdup_printf("Chuyển sang %s", json_text(body, "successor"));
    check_report(check, (Finding){.line = check_text_line_at(check->text, (gsize)at)->number,
                                  .found = json_text(body, "name"),
                                  .fix = fix,
                                  .basis = json_text(body, "basis")});
  }
}

/* The issuer's own level has ended: a warning. The plan only names such bodies: information. */
void check_level_abolished_now(PlanCheck *check) {
  gsize i;
  json_t *level;
  json_array_foreach(json_object_get(check->rules->bodies, "levels"), i, level) {
    const char *ended = json_text(level, "ended"), *name = json_text(level, "level");
    if (!ended || strcmp(ended, check->on) > 0)
      continue;
    gboolean own = issuer_rank(check) == (int)json_integer_value(json_object_get(level, "rank"));
    gssize at = find_acting_body(check, json_object_get(level, "named"));
    if (!own && at < 0)
      continue;
    g_autofree char *day = day_text(ended);
    g_autofree char *found = g_strdup_printf("Cấp %s kết thúc hoạt động từ %s", name, day);
    g_autofree char *fix = g_strdup_printf("Chuyển nhiệm vụ sang %s", json_text(level, "successor"));
    check_report(check, (Finding){.line = at >= 0 ? check_text_line_at(check->text, (gsize)at)->number : 0,
                                  .where = own ? "toàn văn" : NULL,
                                  .found = found,
                                  .fix = fix,
                                  .basis = json_text(level, "basis"),
                                  .arguable = !own});
  }
}

/* By number; laws also by a name that they alone have. */
static gboolean is_base(const PlanCheck *check, const char *number, const json_t *names) {
  gsize i;
  json_t *base;
  json_array_foreach(json_object_get(check->reading, "legal_bases"), i, base) {
    const char *cited = json_text(base, "number");
    g_autofree char *spelling = text_fold_spelling(cited ? cited : "");
    const char *subject = cited ? NULL : json_text(base, "subject");
    g_autofree char *name = text_fold_spelling(subject ? subject : "");
    if (strstr(spelling, number) || rule_match(names, name))
      return TRUE;
  }
  return FALSE;
}

static gboolean in_force(const json_t *rule, const char *day) {
  const char *from = json_text(rule, "from"), *until = json_text(rule, "until");
  return day && (!from || strcmp(from, day) <= 0) && (!until || strcmp(day, until) < 0);
}

/* None of the acts that a plan stands on: a warning. One of them lacking: information. */
void check_legal_basis_missing(PlanCheck *check) {
  gsize i, n;
  json_t *rule, *number;
  json_array_foreach(json_object_get(check->rules->acts, "required"), i, rule) {
    gsize present = 0;
    json_array_foreach(json_object_get(rule, "numbers"), n, number) present +=
        is_base(check, json_string_value(number), json_object_get(rule, "named")) ? 1 : 0;
    if (!in_force(rule, check->issued) || present == json_array_size(json_object_get(rule, "numbers")))
      continue;
    g_autofree char *fix = g_strdup_printf("Căn cứ đủ %s", json_text(rule, "name"));
    check_report(
        check, (Finding){.where = "căn cứ",
                         .found = present ? "Thiếu một căn cứ chính" : "Không có căn cứ pháp lý chính về ứng cứu sự cố",
                         .fix = fix,
                         .basis = json_text(rule, "basis"),
                         .arguable = present > 0});
  }
}

void check_law_number_missing(PlanCheck *check) {
  gsize i;
  json_t *base;
  json_array_foreach(json_object_get(check->reading, "legal_bases"), i, base) {
    const char *type = json_text(base, "type"), *subject = json_text(base, "subject");
    if (json_text(base, "number") || g_strcmp0(type, "Luật") != 0)
      continue;
    check_report(check, (Finding){.line = subject ? check_text_line_of(check->text, subject) : 0,
                                  .where = "căn cứ",
                                  .found = subject ? subject : "Luật không ghi số",
                                  .fix = "Ghi số của luật"});
  }
}

/* "Phụ lục 3 của Thông tư 20/2017/TT-BTTTT", whose appendices are numbered in Roman. */
void check_ref_style(PlanCheck *check) {
  gssize at = -1;
  while ((at = check_text_find(check->text, "phụ lục", (gsize)(at + 1))) >= 0) {
    const char *after = check->text->flat->str + at + strlen("phụ lục");
    g_autofree char *near = g_strndup(after, 60);
    near[strcspn(near, ";")] = 0;
    g_autofree char *valid = g_utf8_make_valid(near, -1);
    if (valid[0] != ' ' || !g_ascii_isdigit(valid[1]) ||
        !rule_match(json_object_get(check->rules->acts, "roman_appendices"), valid))
      continue;
    check_report(check, (Finding){.line = check_text_line_at(check->text, (gsize)at)->number,
                                  .found = "Phụ lục viện dẫn bằng chữ số thường",
                                  .fix = "Ghi số phụ lục bằng chữ số La Mã"});
  }
}
