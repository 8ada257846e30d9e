#include "module/incident/incident_case.h"
#include "module/incident/incident_catalogue.h"
#include <string.h>

/* --- states follow from steps --- */

static const char *state_after(const char *done, const char *doing) {
  g_auto(GStrv) done_list = g_strsplit(done, " ", -1);
  StepState steps[16];
  gsize count = 0;
  for (char **step = done_list; *step && **step; step++)
    steps[count++] = (StepState){*step, "done"};
  if (*doing)
    steps[count++] = (StepState){doing, "doing"};
  return incident_state_of(steps, count);
}

static void test_states(void) {
  g_assert_cmpstr(state_after("", ""), ==, "verifying");
  g_assert_cmpstr(state_after("T1", ""), ==, "responding");
  g_assert_cmpstr(state_after("T1 T2 T3 T5", "T7"), ==, "responding");
  g_assert_cmpstr(state_after("T1 T2 T3 T5 T7", ""), ==, "contained");
  g_assert_cmpstr(state_after("T1 T7 T8", "T9"), ==, "recovering");
  g_assert_cmpstr(state_after("T1 T7 T8 T9", ""), ==, "recovering");
  g_assert_cmpstr(state_after("T1 T7 T8 T9 T10", ""), ==, "ended");
  g_assert_cmpstr(state_after("T1 T7 T8 T9 T10 T11", ""), ==, "ended"); /* closing is an act of its own */
  g_assert_cmpstr(state_after("N1 N2", "N3"), ==, "responding");
  g_assert_cmpstr(state_after("N1 N5g", ""), ==, "contained");
  g_assert_cmpstr(state_after("N1 N5g N5e", ""), ==, "recovering");
  g_assert_cmpstr(state_after("N1 N5g N5e", "N6"), ==, "ended");
}

static void test_words(void) {
  static const char *const OPEN[] = {"reported", "verifying", "responding", "contained", "recovering", "ended"};
  static const char *const DONE[] = {"closed", "rejected", "near_miss", "duplicate"};
  for (gsize i = 0; i < G_N_ELEMENTS(OPEN); i++)
    g_assert_true(incident_is_open(OPEN[i]) && *incident_state_label(OPEN[i]));
  for (gsize i = 0; i < G_N_ELEMENTS(DONE); i++)
    g_assert_true(!incident_is_open(DONE[i]) && *incident_state_label(DONE[i]));
  g_assert_cmpstr(incident_state_label("khác"), ==, "");
}

/* --- indicators --- */

static void test_indicators(void) {
  static const struct {
    const char *typed, *kind, *value, *shown;
  } CASES[] = {
      {"203.0.113.41", "ip", "203.0.113.41", "203[.]0[.]113[.]41"},
      {" 203[.]0[.]113[.]41 ", "ip", "203.0.113.41", "203[.]0[.]113[.]41"},
      {"2001:DB8::1", "ip", "2001:db8::1", "2001:db8::1"},
      {"hxxps[:]//Xau[.]example[.]vn/A", "url", "https://Xau.example.vn/A", "hxxps://Xau[.]example[.]vn/A"},
      {"Xau.Example.VN", "domain", "xau.example.vn", "xau[.]example[.]vn"},
      {"ke@xau[.]vn", "email", "ke@xau.vn", "ke[@]xau[.]vn"},
      {"D41D8CD98F00B204E9800998ECF8427E", "hash", "d41d8cd98f00b204e9800998ecf8427e", "d41d8cd98f00b204e9800998ecf8427e"},
      {".lockvn", "other", ".lockvn", ".lockvn"},
      {"svc lock", "other", "svc lock", "svc lock"},
  };
  g_autoptr(Arena) arena = arena_new();
  for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
    const char *value = incident_refang(arena, NULL, CASES[i].typed);
    g_assert_cmpstr(value, ==, CASES[i].value);
    g_assert_cmpstr(incident_observable_kind(value), ==, CASES[i].kind);
    g_assert_cmpstr(incident_defang(arena, CASES[i].kind, value), ==, CASES[i].shown);
  }
  g_assert_null(incident_refang(arena, "ip", "khong.phai.ip"));
  g_assert_null(incident_refang(arena, NULL, "   "));
  g_assert_nonnull(incident_refang(arena, "other", "203.0.113.41"));
}

static void test_follow_codes(void) {
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (int i = 0; i < 1000; i++) {
    char code[FOLLOW_CODE_SIZE];
    incident_new_follow_code(code);
    g_assert_cmpuint(strlen(code), ==, 12);
    g_assert_cmpuint(strspn(code + 3, "234679ABCDEFGHJKMNPQRTUVWXYZ-"), ==, 9);
    g_assert_true(g_hash_table_add(seen, g_strdup(code)));
  }
}

/* --- the catalogue --- */

static App app_with_data(Law **out_law) {
  static char *data;
  data = g_strdup(g_getenv("UNGCUU_DATA"));
  g_autofree char *folder = g_build_filename(data, "law", NULL);
  g_autoptr(GError) error = NULL;
  *out_law = law_load(folder, &error);
  g_assert_no_error(error);
  return (App){.data_dir = data, .law = *out_law};
}

static void assert_named(const char *reading_text, const char *actor, const char *expected) {
  Law *law;
  App app = app_with_data(&law);
  g_autoptr(Arena) arena = arena_new();
  json_t *reading = json_loads(reading_text, 0, NULL);
  g_assert_nonnull(reading);
  g_assert_cmpstr(incident_party_in_plan(&app, arena, reading, actor), ==, expected);
  json_decref(reading);
  g_free(app.data_dir);
  law_free(law);
}

static void test_parties(void) {
  static const char READING[] =
      "{\"forces\": [\"Tổ ứng cứu sự cố xã Suối Hạ\"], \"reporting_chain\": [{\"sender\": \"Đơn vị vận hành\", \"recipients\": "
      "[\"Công an tỉnh Đông Lĩnh\"], \"copy\": [\"Cơ quan điều phối quốc gia (Trung tâm An ninh mạng quốc gia)\"]}], "
      "\"tasks\": [{\"lead\": [\"Ban Chỉ đạo Chuyển đổi số xã\"]}]}";
  assert_named(READING, "CT", "Công an tỉnh Đông Lĩnh");
  assert_named(READING, "DOI", "Tổ ứng cứu sự cố xã Suối Hạ");
  assert_named(READING, "DPQG", "Cơ quan điều phối quốc gia (Trung tâm An ninh mạng quốc gia)");
  assert_named(READING, "BCD", "Ban Chỉ đạo Chuyển đổi số xã");
  assert_named(READING, "ISP", NULL);
  assert_named("{\"forces\": [\"Cơ quan điều phối quốc gia\"]}", "DPQG", NULL); /* only the words of the law */
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/incident/states", test_states);
  g_test_add_func("/incident/words", test_words);
  g_test_add_func("/incident/indicators", test_indicators);
  g_test_add_func("/incident/follow_codes", test_follow_codes);
  g_test_add_func("/incident/parties", test_parties);
  return g_test_run();
}
