/* A hunt finds what was planted, and what a slow look at every record finds; it can be stopped and goes on where it
 * was. */
#include "lib/scan/hunt.h"
#include "lib/scan/text_search.h"
#include <glib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

enum { RECORDS = 40000 };

static char *folder;

static char *text_of(guint number) {
  if (number % 5000 == 77)
    return g_strdup_printf("{\"id\":%u,\"msg\":\"T\\u1ea4N c\\u00f4ng t\\u1eeb http:\\/\\/www.Evil%u.vn\\/x\"}", number,
                           number / 5000);
  if (number % 5000 == 78)
    return g_strdup_printf("%u phát hiện TẤN CÔNG vào cổng Thông tin", number);
  if (number % 7000 == 99)
    return g_strdup_printf("{\"Channel\":\"Security\",\"EventID\":%u,\"CommandLine\":\"whoami.exe /all\"}", number);
  return g_strdup_printf("%u sshd[%u]: Failed password for tan from 10.%u.%u.%u port 22 cong", number, number % 999,
                         number % 7, number % 11, number % 13);
}

static void fill(void) {
  ScanError error = {0};
  folder = g_dir_make_tmp("ungcuu-hunt-XXXXXX", NULL);
  LogStore *store = log_store_open(folder, &error);
  for (guint i = 0; i < RECORDS; i++) {
    g_autofree char *text = text_of(i);
    LogRecord record = {
        {text, strlen(text)},
        i, EVENT_NO_TIME, i % 3
    };
    g_assert_true(log_store_add(store, &record, &error));
    if (i % 10000 == 9999 && i + 1 < RECORDS)
      g_assert_true(log_store_roll(store, &error));
  }
  g_assert_true(log_store_sync(store, &error));
  log_store_close(store);
}

static void empty(void) {
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  for (const char *name; (name = g_dir_read_name(dir));) {
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_unlink(path);
  }
  g_rmdir(folder);
  g_free(folder);
}

typedef struct {
  GArray *numbers; /* of the records, in the order of the hits */
  GString *where;
  LogProgress last;
  guint calls, stop_after;
  char place[128];
} Result;

static void note_hit(void *context, const HuntHit *hit) {
  Result *result = context;
  guint number = (guint)hit->record->received_ms;
  g_array_append_val(result->numbers, number);
  g_string_append_printf(result->where, "%.*s;", (int)hit->where.size, hit->where.bytes);
  g_assert_true(hit->where.bytes >= hit->record->bytes.bytes &&
                hit->where.bytes + hit->where.size <= hit->record->bytes.bytes + hit->record->bytes.size);
}

static bool note_progress(void *context, const LogProgress *progress, const char *place) {
  Result *result = context;
  result->last = *progress;
  g_strlcpy(result->place, place, sizeof result->place);
  return ++result->calls != result->stop_after;
}

static Result *result_new(void) {
  Result *result = g_new0(Result, 1);
  result->numbers = g_array_new(FALSE, FALSE, sizeof(guint));
  result->where = g_string_new(NULL);
  return result;
}

static void result_free(Result *result) {
  g_array_free(result->numbers, TRUE);
  g_string_free(result->where, TRUE);
  g_free(result);
}

static Hunt hunt_of(Result *result) {
  return (Hunt){
      .folder = folder,
      .range = {.from_ms = INT64_MIN, .to_ms = INT64_MAX},
      .on_hit = note_hit,
      .on_progress = note_progress,
      .context = result
  };
}

static void run(const Hunt *hunt) {
  ScanError error = {0};
  bool good = hunt_run(hunt, &error);
  g_assert_cmpstr(error.message, ==, "");
  g_assert_true(good);
}

static IndicatorSet *set_of(const char *list) {
  IndicatorSet *set = indicator_set_new();
  indicator_set_add(set, "x", (Span){list, strlen(list)}, LIST_PLAIN, NULL, NULL);
  indicator_set_finish(set);
  return set;
}

/* Only the segments that can hold a hit are opened. */
static void test_indicators(void) {
  Result *result = result_new();
  Hunt hunt = hunt_of(result);
  IndicatorSet *set = set_of("evil2.vn\nnowhere.example\n203.0.113.7\n");
  hunt.indicators = set;
  run(&hunt);
  g_assert_cmpuint(result->numbers->len, ==, 1);
  g_assert_cmpuint(g_array_index(result->numbers, guint, 0), ==, 10077);
  g_assert_cmpstr(result->where->str, ==, "Evil2.vn;");
  g_assert_cmpuint(result->last.frames_read, <=, 3);
  g_assert_cmpuint(result->last.raw_bytes, ==, result->last.total_raw_bytes);
  indicator_set_free(set);
  result_free(result);
}

static void test_many_hits(void) {
  Result *result = result_new();
  Hunt hunt = hunt_of(result);
  IndicatorSet *set = set_of("10.1.0.0/16\n");
  hunt.indicators = set;
  hunt.range.sources = (const uint32_t[]){2};
  hunt.range.source_count = 1;
  run(&hunt);
  guint wanted = 0;
  for (guint i = 0; i < RECORDS; i++)
    wanted += i % 7 == 1 && i % 3 == 2 && i % 5000 != 77 && i % 5000 != 78 && i % 7000 != 99;
  g_assert_cmpuint(result->numbers->len, ==, wanted);
  indicator_set_free(set);
  result_free(result);
}

static void test_text(void) {
  Result *result = result_new();
  Hunt hunt = hunt_of(result);
  hunt.text = "CÔNG  tấn ";
  hunt.range.newest_first = true;
  run(&hunt);
  g_assert_cmpuint(result->numbers->len, ==, RECORDS - 6); /* "tan" and "cong" are in nearly all */
  for (guint i = 1; i < result->numbers->len; i++)
    g_assert_cmpuint(g_array_index(result->numbers, guint, i), <, g_array_index(result->numbers, guint, i - 1));
  result_free(result);
  result = result_new();
  hunt = hunt_of(result);
  hunt.text = "phat HIEN thong";
  run(&hunt);
  g_assert_cmpuint(result->numbers->len, ==, 8);
  g_assert_true(g_str_has_prefix(result->where->str, "Thông;") || g_str_has_prefix(result->where->str, "phát;") ||
                g_str_has_prefix(result->where->str, "hiện;"));
  result_free(result);
  result = result_new();
  hunt = hunt_of(result);
  hunt.text = "\"tan cong\"";
  run(&hunt);
  g_assert_cmpuint(result->numbers->len, ==, 0);
  result_free(result);
}

/* Stopped after each frame and gone on from its place: the same hits as in one run. */
static void test_resume(void) {
  IndicatorSet *set = set_of("10.1.0.0/16\n10.2.2.2\n");
  for (int newest = 0; newest < 2; newest++) {
    Result *whole = result_new(), *pieces = result_new();
    Hunt hunt = hunt_of(whole);
    hunt.indicators = set;
    hunt.range.newest_first = newest;
    run(&hunt);
    hunt.context = pieces;
    char place[128] = "";
    for (bool more = true; more;) {
      pieces->calls = 0;
      pieces->stop_after = 1;
      hunt.resume_place = *place ? place : NULL;
      run(&hunt);
      more = strcmp(place, pieces->place) != 0;
      g_strlcpy(place, pieces->place, sizeof place);
    }
    g_assert_cmpuint(whole->numbers->len, >, 5000);
    g_assert_cmpuint(whole->numbers->len, ==, pieces->numbers->len);
    g_assert_true(memcmp(whole->numbers->data, pieces->numbers->data, whole->numbers->len * sizeof(guint)) == 0);
    result_free(whole);
    result_free(pieces);
  }
  indicator_set_free(set);
}

static void test_refused(void) {
  ScanError error = {0};
  Result *result = result_new();
  Hunt hunt = hunt_of(result);
  g_assert_false(hunt_run(&hunt, &error));
  g_assert_cmpstr(error.message, !=, "");
  hunt.text = "  ";
  g_assert_false(hunt_run(&hunt, &error));
  hunt.text = "x";
  hunt.resume_place = "before:1";
  g_assert_false(hunt_run(&hunt, &error));
  hunt.folder = "/không/có";
  g_assert_false(hunt_run(&hunt, &error));
  result_free(result);
}

static const char RULE[] =
    "title: Hỏi tên\nid: 8f2d1c3a-0000-4000-8000-000000000001\nlogsource:\n  product: windows\ndetection:\n"
    "  words:\n    CommandLine|contains: WHOAMI\n  condition: words\nlevel: high\n";

static char *load(const char *name) {
  g_autofree char *path =
      g_build_filename(g_getenv("UNGCUU_DATA") ? g_getenv("UNGCUU_DATA") : "data", "rules", name, NULL);
  char *text = NULL;
  g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
  return text;
}

static void test_rules(void) {
  ScanError error = {0};
  g_autofree char *sources = load("logsource.yaml"), *fields = load("fields.yaml");
  Route *route = route_new((Span){sources, strlen(sources)}, (Span){fields, strlen(fields)}, &error);
  g_assert_nonnull(route);
  RuleSet *rules = rule_set_new(&(RuleOptions){0});
  g_assert_cmpuint(rule_set_add(rules, "a.yml", (Span){RULE, strlen(RULE)}), ==, 1);
  rule_set_finish(rules);
  Result *result = result_new();
  Hunt hunt = hunt_of(result);
  hunt.rules = rules;
  hunt.route = route;
  run(&hunt);
  for (guint i = 0; i < result->numbers->len; i++)
    g_assert_cmpuint(g_array_index(result->numbers, guint, i) % 7000, ==, 99);
  g_assert_cmpuint(result->numbers->len, ==, 6);
  result_free(result);
  rule_set_free(rules);
  route_free(route);
}

/* --- words: both paths against letter by letter --- */

static const struct {
  const char *query, *text;
  bool found;
} WORDS[] = {
    {"tan cong",  "Cuộc TẤN CÔNG mạng", true },
    {"tấn",     "T\\u1EA5n",                 true },
    {"tấn",     "ta\xcc\x82\xcc\x81n",       true },
    {"duong",     "đường dây",            true },
    {"Đường", "DUONG",                     true },
    {"ai",        "x ai y",                    true },
    {"aeo",       "\xc4\x83\xc3\xaa\xc6\xa1",  true },
    {"10.0.0.1",  "src=10.0.0.1",              true },
    {"evil",      "e-vil",                     false},
    {"quyen han", "quyền",                   false},
    {"q",         "Q",                         true },
    {"xyz",       "xy",                        false},
    {"nghi",      "ngh\\u1ecbp",               true },
    {"c:\\temp",  "C:\\TEMP\\x",               true },
    {"日本",    "x日本y",                  true },
};

static void test_words(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(WORDS); i++)
    for (int plain = 0; plain < 2; plain++)
      for (gsize pad = 0; pad < 70; pad++) {
        g_autofree char *text = g_strdup_printf("%*s%s%*s", (int)pad, "", WORDS[i].text, (int)(pad * 7 % 40), "");
        ScanError error = {0};
        text_search_plain(plain);
        TextSearch *search = text_search_new(WORDS[i].query, &error);
        g_assert_nonnull(search);
        if (text_search_all(search, (Span){text, strlen(text)}) != WORDS[i].found)
          g_error("%s in %s", WORDS[i].query, WORDS[i].text);
        text_search_free(search);
      }
  text_search_plain(false);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  fill();
  g_test_add_func("/hunt/indicators", test_indicators);
  g_test_add_func("/hunt/many-hits", test_many_hits);
  g_test_add_func("/hunt/text", test_text);
  g_test_add_func("/hunt/resume", test_resume);
  g_test_add_func("/hunt/refused", test_refused);
  g_test_add_func("/hunt/rules", test_rules);
  g_test_add_func("/hunt/words", test_words);
  int status = g_test_run();
  empty();
  return status;
}
