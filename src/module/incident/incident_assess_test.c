#include "base/error.h"
#include "module/incident/incident_assess.h"
#include <string.h>

static Law *law;

static json_t *assess(const char *entered) {
  json_t *facts = json_loads(entered, 0, NULL);
  g_assert_nonnull(facts);
  g_autoptr(GError) error = NULL;
  json_t *answer = incident_assess(law, facts, NULL, &error);
  g_assert_no_error(error);
  json_decref(facts);
  return answer;
}

static const char *text(const json_t *object, const char *key) {
  return json_string_value(json_object_get(object, key));
}

static const json_t *find_clock(const json_t *answer, const char *id) {
  const json_t *clocks = json_object_get(answer, "clocks");
  for (gsize i = 0; i < json_array_size(clocks); i++)
    if (strcmp(text(json_array_get(clocks, i), "id"), id) == 0)
      return json_array_get(clocks, i);
  return NULL;
}

static int compare_texts(gconstpointer a, gconstpointer b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The ids and dues of an answer, sorted: "notice=2026-…; …". */
static char *clocks_line(const json_t *answer) {
  const json_t *clocks = json_object_get(answer, "clocks");
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
  for (gsize i = 0; i < json_array_size(clocks); i++) {
    const json_t *clock = json_array_get(clocks, i);
    const char *due = text(clock, "due");
    g_ptr_array_add(lines, g_strdup_printf("%s=%s", text(clock, "id"), due ? due : "null"));
  }
  g_ptr_array_sort(lines, compare_texts);
  g_ptr_array_add(lines, NULL);
  return g_strjoinv("\n", (char **)lines->pdata);
}

/* ---- facts of our own ---- */

#define SERIOUS                                                                                                        \
  "\"told_at\": null, \"notice_sent_at\": null, \"ended_at\": null, \"system\": {\"level\": 4, \"national_list\": "    \
  "false},"                                                                                                            \
  " \"harm\": [\"interrupted\"], \"owner_can_handle\": false, \"personal_data\": false"

static void test_serious_2017(void) {
  json_t *answer = assess(
      "{\"detected_at\": \"2025-12-31T20:00:00Z\", \"beyond_capacity_at\": \"2026-01-01T04:10:00+07:00\", " SERIOUS
      "}");
  g_assert_cmpstr(text(answer, "profile"), ==, "vn-2017");
  g_assert_cmpstr(text(answer, "severity"), ==, "nghiêm trọng");
  g_assert_true(json_is_true(json_object_get(answer, "proposed")));
  g_autofree char *clocks = clocks_line(answer);
  g_assert_cmpstr(clocks, ==,
                  "final_report=null\n"
                  "initial_report=2026-01-01T04:10:00+07:00\n"
                  "notice=2026-01-06T03:00:00+07:00\n"
                  "propose_serious=2026-01-01T04:10:00+07:00");
  const json_t *workflow = json_object_get(answer, "workflow");
  g_assert_cmpuint(json_array_size(json_object_get(workflow, "steps")), ==, 14);
  g_assert_true(json_is_false(json_object_get(workflow, "suggestion")));
  const json_t *report = find_clock(answer, "initial_report");
  g_assert_cmpstr(text(report, "form"), ==, "Mẫu số 03");
  g_assert_cmpstr(text(report, "sender"), ==, "VH");
  json_decref(answer);
}

#define CONTROL_LOST "\"harm\": [\"control_lost\"], \"owner_can_handle\": false"

/* Each of the two criteria alone leaves the incident ordinary; so does what is not known. */
static void test_not_serious(void) {
  static const char *const ORDINARY[] = {
      "{\"detected_at\": \"2026-01-01T00:00:00+07:00\"}",
      "{\"detected_at\": \"2026-01-01T00:00:00+07:00\", \"system\": {\"level\": 5}, \"harm\": [\"control_lost\"]}",
      "{\"detected_at\": \"2026-01-01T00:00:00+07:00\", \"system\": {\"level\": 5}, \"harm\": [], "
      "\"owner_can_handle\": false}",
      "{\"detected_at\": \"2026-01-01T00:00:00+07:00\", \"system\": {\"level\": 3, \"national_list\": "
      "false}, " CONTROL_LOST "}",
      "{\"detected_at\": \"2026-01-01T00:00:00+07:00\", \"harm\": [\"control_lost\"], \"owner_can_handle\": false}"};
  for (gsize i = 0; i < G_N_ELEMENTS(ORDINARY); i++) {
    json_t *answer = assess(ORDINARY[i]);
    g_assert_cmpstr(text(answer, "severity"), ==, "thông thường");
    g_assert_null(json_object_get(answer, "proposed"));
    g_assert_null(find_clock(answer, "propose_serious"));
    json_decref(answer);
  }
  json_t *national =
      assess("{\"detected_at\": \"2026-01-01T00:00:00+07:00\", \"system\": {\"level\": 1, \"national_list\": true},"
             " \"harm\": [\"spreading\"], \"owner_can_handle\": false}");
  g_assert_cmpstr(text(national, "severity"), ==, "nghiêm trọng");
  json_decref(national);
}

static void test_unknown_is_told(void) {
  json_t *answer = assess(
      "{\"detected_at\": \"2026-01-01T00:00:00+07:00\", \"owner_can_handle\": true, \"beyond_capacity_at\": null}");
  const json_t *why = json_object_get(answer, "why");
  g_assert_cmpstr(text(json_array_get(why, 0), "result"), ==, "chưa rõ");
  g_assert_cmpstr(text(json_array_get(why, 0), "basis"), ==, "khoản 1 Điều 9 Quyết định số 05/2017/QĐ-TTg");
  g_assert_cmpstr(text(json_array_get(why, 6), "result"), ==, "không đạt");
  json_decref(answer);
}

#define NOTICE_AND_END(sent, ended, can)                                                                               \
  "{\"detected_at\": \"2026-05-06T10:25:00+07:00\", \"owner_can_handle\": " can ", \"beyond_capacity_at\": null,"      \
  " \"notice_sent_at\": " sent ", \"ended_at\": " ended "}"

static void test_update_on_end(void) {
  static const struct {
    const char *facts;
    gboolean due;
  } CASES[] = {
      {NOTICE_AND_END("\"2026-05-07T00:00:00+07:00\"", "\"2026-05-08T00:00:00+07:00\"", "true"),  TRUE },
      {NOTICE_AND_END("\"2026-05-08T00:00:00+07:00\"", "\"2026-05-08T00:00:00+07:00\"", "true"),  TRUE },
      {NOTICE_AND_END("\"2026-05-08T00:00:01+07:00\"", "\"2026-05-08T00:00:00+07:00\"", "true"),  FALSE},
      {NOTICE_AND_END("\"2026-05-07T00:00:00+07:00\"", "\"2026-05-08T00:00:00+07:00\"", "false"), FALSE},
      {NOTICE_AND_END("null",                          "\"2026-05-08T00:00:00+07:00\"", "true"),  FALSE},
      {NOTICE_AND_END("\"2026-05-07T00:00:00+07:00\"", "null",                          "true"),  FALSE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
    json_t *answer = assess(CASES[i].facts);
    g_assert_true((find_clock(answer, "update_on_end") != NULL) == CASES[i].due);
    json_decref(answer);
  }
}

static void test_2026(void) {
  json_t *quiet = assess("{\"detected_at\": \"2026-08-19T00:00:00+07:00\"}");
  g_assert_cmpstr(text(quiet, "profile"), ==, "vn-2026");
  g_assert_cmpstr(text(quiet, "severity"), ==, "thông thường");
  g_autofree char *few = clocks_line(quiet);
  g_assert_cmpstr(few, ==, "report_72h=2026-08-22T00:00:00+07:00");
  g_assert_true(json_is_true(json_object_get(json_object_get(quiet, "workflow"), "suggestion")));
  json_decref(quiet);
  json_t *loud =
      assess("{\"detected_at\": \"2026-11-21T14:35:00+07:00\", \"serious\": true, \"serious_disruption\": true,"
             " \"complex\": true, \"personal_data\": true}");
  g_assert_cmpstr(text(loud, "severity"), ==, "nghiêm trọng");
  g_autofree char *all = clocks_line(loud);
  g_assert_cmpstr(all, ==,
                  "at_once_notice=2026-11-21T14:35:00+07:00\n"
                  "final_report=null\n"
                  "first_notice=2026-11-22T14:35:00+07:00\n"
                  "personal_data=2026-11-24T14:35:00+07:00\n"
                  "report_72h=2026-11-24T14:35:00+07:00");
  json_decref(loud);
}

static gboolean notes_tell(const json_t *answer, const char *words) {
  const json_t *notes = json_object_get(answer, "notes");
  for (gsize i = 0; i < json_array_size(notes); i++)
    if (strstr(json_string_value(json_array_get(notes, i)), words))
      return TRUE;
  return FALSE;
}

static void test_gap_and_dates(void) {
  json_t *before = assess("{\"detected_at\": \"2026-06-30T23:59:00+07:00\"}");
  g_assert_false(notes_tell(before, "19/08/2026"));
  json_decref(before);
  json_t *first = assess("{\"detected_at\": \"2026-07-01T00:00:00+07:00\", \"colour\": 1, \"kinds\": [\"Lạ\"]}");
  g_assert_cmpstr(text(first, "profile"), ==, "vn-2017");
  g_assert_nonnull(find_clock(first, "notice"));
  g_assert_true(notes_tell(first, "19/08/2026"));
  g_assert_true(notes_tell(first, "“colour”"));
  g_assert_true(notes_tell(first, "“Lạ”"));
  json_decref(first);
  json_t *last = assess("{\"detected_at\": \"2026-08-18T23:59:59+07:00\"}");
  g_assert_cmpstr(text(last, "profile"), ==, "vn-2017");
  g_assert_true(notes_tell(last, "19/08/2026"));
  json_decref(last);
  json_t *old = assess("{\"detected_at\": \"2025-12-31T23:59:00+07:00\", \"personal_data\": true}");
  g_assert_null(find_clock(old, "personal_data"));
  json_decref(old);
}

static void test_refused(void) {
  static const struct {
    const char *facts;
    int code;
  } REFUSED[] = {
      {"{\"detected_at\": \"2017-10-31T23:00:00+07:00\"}",                                    ERROR_REFUSED},
      {"{\"detected_at\": \"2026-01-02T00:00:00Z\", \"ended_at\": \"2026-01-01T00:00:00Z\"}", ERROR_INVALID},
      {"{\"told_at\": \"2026-01-02T00:00:00Z\"}",                                             ERROR_INVALID}
  };
  for (gsize i = 0; i < G_N_ELEMENTS(REFUSED); i++) {
    json_t *facts = json_loads(REFUSED[i].facts, 0, NULL);
    g_autoptr(GError) error = NULL;
    g_assert_null(incident_assess(law, facts, NULL, &error));
    g_assert_error(error, APP_ERROR, REFUSED[i].code);
    json_decref(facts);
  }
}

static void test_clocks_alone(void) {
  json_t *entered = json_loads("{\"detected_at\": \"2026-04-27T03:20:00+07:00\", " SERIOUS "}", 0, NULL);
  json_t *facts = law_facts_read(law, entered, NULL, NULL);
  g_autoptr(GArray) clocks = incident_clocks(law, facts, NULL, NULL);
  g_assert_cmpuint(clocks->len, ==, 4);
  const IncidentClock *notice = &g_array_index(clocks, IncidentClock, 0);
  g_assert_cmpstr(notice->clock->rule.id, ==, "notice");
  g_assert_true(notice->due_known);
  g_assert_cmpint(notice->due_ms, ==, json_integer_value(json_object_get(facts, "detected_at")) + 5 * DAY_MS);
  g_assert_false(g_array_index(clocks, IncidentClock, 1).due_known);
  json_decref(facts);
  json_decref(entered);
}

/* Nothing but the keys that were promised. */
static void test_shape(void) {
  static const char *const KEYS[] = {"id", "what", "due", "at_once", "sender", "to", "form", "basis"};
  json_t *answer = assess("{\"detected_at\": \"2026-09-01T00:00:00+07:00\", \"personal_data\": true}");
  const json_t *clock = find_clock(answer, "personal_data");
  g_assert_cmpuint(json_object_size(clock), ==, G_N_ELEMENTS(KEYS));
  for (gsize i = 0; i < G_N_ELEMENTS(KEYS); i++)
    g_assert_nonnull(json_object_get(clock, KEYS[i]));
  g_assert_true(notes_tell(answer, "bên kiểm soát dữ liệu"));
  json_decref(answer);
}

/* ---- the shared stories ---- */

static json_t *load_story(const char *folder, const char *story, const char *part) {
  g_autofree char *path = g_strdup_printf("%s/%s.%s.json", folder, story, part);
  json_t *value = json_load_file(path, 0, NULL);
  g_assert_nonnull(value);
  return value;
}

static void assert_story(const char *folder, const char *story) {
  json_t *facts = load_story(folder, story, "facts");
  json_t *want = load_story(folder, story, "clocks");
  json_t *answer = incident_assess(law, facts, NULL, NULL);
  g_autofree char *got_clocks = clocks_line(answer);
  g_autofree char *want_clocks = clocks_line(want);
  g_assert_cmpstr(got_clocks, ==, want_clocks);
  g_assert_cmpstr(text(answer, "severity"), ==, text(want, "severity"));
  json_decref(answer);
  json_decref(want);
  json_decref(facts);
}

/* Moves every time of the facts by whole days. */
static void move_days(json_t *facts, gint64 days) {
  const char *key;
  json_t *value;
  json_object_foreach(facts, key, value) {
    gint64 ms;
    char moved[26];
    if (!json_is_string(value) || !date_parse_iso(json_string_value(value), &ms))
      continue;
    date_write_iso(moved, ms + days * DAY_MS);
    json_string_set(value, moved);
  }
}

/* In the gap the same clocks run, moved by as many days; from 19/08/2026 on those of the new decree. */
static void assert_moved_story(const char *folder, const char *story) {
  json_t *facts = load_story(folder, story, "facts");
  json_t *want = load_story(folder, story, "clocks");
  move_days(facts, 180);
  json_t *clocks = json_object_get(want, "clocks");
  for (gsize i = 0; i < json_array_size(clocks); i++)
    move_days(json_array_get(clocks, i), 180);
  json_t *answer = incident_assess(law, facts, NULL, NULL);
  gint64 detected_ms;
  g_assert_true(date_parse_iso(text(facts, "detected_at"), &detected_ms));
  gboolean new_law = day_compare(day_at(detected_ms), (Day){2026, 8, 19}) >= 0;
  g_assert_cmpstr(text(answer, "profile"), ==, new_law ? "vn-2026" : "vn-2017");
  if (new_law) {
    g_assert_null(find_clock(answer, "notice"));
    g_assert_nonnull(find_clock(answer, "report_72h"));
  } else {
    g_autofree char *got_clocks = clocks_line(answer);
    g_autofree char *want_clocks = clocks_line(want);
    g_assert_cmpstr(got_clocks, ==, want_clocks);
    g_assert_true(notes_tell(answer, "19/08/2026"));
  }
  json_decref(answer);
  json_decref(want);
  json_decref(facts);
}

static void test_stories(void) {
  static const char *const STORIES[] = {"story-01", "story-05", "story-09", "story-12"};
  const char *shared = g_getenv("UNGCUU_SHARED");
  g_autofree char *folder = g_build_filename(shared ? shared : "../shared", "stories", NULL);
  if (!g_file_test(folder, G_FILE_TEST_IS_DIR)) {
    g_test_skip("shared stories are absent: 4 stories not assessed");
    return;
  }
  for (gsize i = 0; i < G_N_ELEMENTS(STORIES); i++) {
    assert_story(folder, STORIES[i]);
    assert_moved_story(folder, STORIES[i]);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_autofree char *folder = g_build_filename(g_getenv("UNGCUU_DATA"), "law", NULL);
  g_autoptr(GError) error = NULL;
  law = law_load(folder, &error);
  g_assert_no_error(error);
  g_test_add_func("/assess/serious_2017", test_serious_2017);
  g_test_add_func("/assess/not_serious", test_not_serious);
  g_test_add_func("/assess/unknown", test_unknown_is_told);
  g_test_add_func("/assess/update_on_end", test_update_on_end);
  g_test_add_func("/assess/2026", test_2026);
  g_test_add_func("/assess/gap", test_gap_and_dates);
  g_test_add_func("/assess/refused", test_refused);
  g_test_add_func("/assess/clocks_alone", test_clocks_alone);
  g_test_add_func("/assess/shape", test_shape);
  g_test_add_func("/assess/stories", test_stories);
  int result = g_test_run();
  law_free(law);
  return result;
}
