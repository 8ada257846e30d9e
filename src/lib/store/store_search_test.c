/* The same searches find the same entries on both engines. */
#include "base/error.h"
#include "lib/store/store_testing.h"
#include <string.h>

typedef struct {
  const char *type, *id, *title, *text;
  const char *scopes[4];
  gint64 time_ms;
} Entry;

static const Entry ENTRIES[] = {
    {"incident", "i1", "Mã độc tại máy chủ thư điện tử",  "Địa chỉ 10.77.3.9 kết nối ra ngoài", {"1", "32"},        1000},
    {"incident", "i2", "Từ chối dịch vụ cổng thông tin",      "Đường truyền nghẽn, nguồn 10.7.7.1", {"1", "33"},        3000},
    {"plan",     "p1", "Kế hoạch ứng phó sự cố Đắk Lắk", "Điều 11, CVE-2024-3094",                    {"1", "32"},        2000},
    {"plan",     "p2", "Kế hoạch ứng phó",                        NULL,                                           {"1", "33", "a-b"}, 3000},
    {"plan",     "p3", "Kế hoạch ứng phó",                        "AND OR NEAR u_1 t_plan",                       {"A-B", "a_b"},     -5  },
};

static gboolean put_all(StoreConn *conn, void *data, GError **error) {
  (void)data;
  for (gsize i = 0; i < G_N_ELEMENTS(ENTRIES); i++) {
    const Entry *entry = &ENTRIES[i];
    if (!store_search_put(conn, entry->type, entry->id, entry->title, entry->text, entry->scopes, entry->time_ms,
                          error))
      return FALSE;
  }
  return TRUE;
}

static Store *open_entries(const StoreTesting *testing) {
  Store *store = store_testing_open(testing);
  g_autoptr(GError) error = NULL;
  store_migrate(store, NULL, 0, &error);
  g_assert_no_error(error);
  store_write(store, put_all, NULL, &error);
  g_assert_no_error(error);
  return store;
}

static char *found_limit(Store *store, const char *words, const char *const *scopes, const char *const *types,
                         int limit) {
  g_autoptr(GError) error = NULL;
  g_autoptr(StoreRows) rows = store_search(store_read(store, NULL), words, scopes, types, limit, &error);
  g_assert_no_error(error);
  GString *ids = g_string_new(NULL);
  while (store_step(rows, &error))
    g_string_append_printf(ids, "%s%s", ids->len ? " " : "", store_text(rows, 1));
  g_assert_no_error(error);
  return g_string_free(ids, FALSE);
}

#define ONE(...)                                                                                                       \
  (const char *const[]) {                                                                                              \
    __VA_ARGS__, NULL                                                                                                  \
  }

static void assert_found(Store *store, const char *words, const char *const *scopes, const char *const *types,
                         const char *expected) {
  g_autofree char *ids = found_limit(store, words, scopes, types, 20);
  if (strcmp(ids, expected))
    g_error("«%s»: found «%s», not «%s»", words, ids, expected);
}

static void test_words(gconstpointer engine) {
  static const struct {
    const char *words, *expected;
  } cases[] = {
      {"ke hoach",            "p2 p1"},
      {"KẾ  HOẠCH ứng", "p2 p1"},
      {"hoach ke",            "p2 p1"},
      {"dak lak",             "p1"   },
      {"Đắk",              "p1"   },
      {"duong truyen",        "i2"   },
      {"đường truyền",  "i2"   },
      {"ma doc",              "i1"   },
      {"ma doc khong co",     ""     },
      {"tru",                 "i2"   },
      {"hoạch",             "p2 p1"},
      {"oach",                ""     },
      {"10.77",               "i1"   },
      {"10.7",                "i2 i1"},
      {"10.7.7",              "i2"   },
      {"77.10",               ""     },
      {"3094",                "p1"   },
      {"cve-2024-3094",       "p1"   },
      {"CVE-2024",            "p1"   },
      {"2024-cve",            ""     },
      {"phó.sự",           "p1"   },
      {"",                    ""     },
      {" \t ",                ""     },
      {"...",                 ""     },
  };
  g_autoptr(StoreTesting) testing = store_testing_new(engine);
  if (!testing)
    return;
  Store *store = open_entries(testing);
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
    assert_found(store, cases[i].words, ONE("1"), NULL, cases[i].expected);
  g_autofree char *two = found_limit(store, "ke", ONE("1", "A-B"), NULL, 2);
  g_assert_cmpstr(two, ==, "p2 p1");
  store_close(store);
}

static void test_scopes(gconstpointer engine) {
  g_autoptr(StoreTesting) testing = store_testing_new(engine);
  if (!testing)
    return;
  Store *store = open_entries(testing);
  assert_found(store, "ke hoach", ONE("32"), NULL, "p1");
  assert_found(store, "ke hoach", ONE("33", "32"), NULL, "p2 p1");
  assert_found(store, "ke hoach", ONE("3"), NULL, "");
  assert_found(store, "ke hoach", ONE("a-b"), NULL, "p2");
  assert_found(store, "ke hoach", ONE("A-B"), NULL, "p3");
  assert_found(store, "ke hoach", ONE("a_b", "a_2db"), NULL, "p3");
  assert_found(store, "ke hoach", ONE("1\" OR \"_u1", "1' | '_u1"), NULL, "");
  assert_found(store, "ke hoach", NULL, NULL, "");
  assert_found(store, "ke hoach", (const char *const[]){NULL}, NULL, "");
  assert_found(store, "10", ONE("1"), NULL, "i2 i1");
  assert_found(store, "10", ONE("1"), ONE("plan"), "");
  assert_found(store, "c", ONE("1"), ONE("plan", "incident"), "i2 p1 i1");
  assert_found(store, "c", ONE("1"), ONE("incident"), "i2 i1");
  assert_found(store, "c", ONE("1"), (const char *const[]){NULL}, "");
  store_close(store);
}

/* What a user types is never syntax, whatever either engine would take it for. */
static void test_hostile(gconstpointer engine) {
  static const struct {
    const char *words, *expected;
  } cases[] = {
      {"\" OR *",                      "p3"         },
      {"NEAR(",                        "p3"         },
      {"ke* hoach^",                   "p2 p1 p3"   },
      {"words:ke",                     ""           },
      {"ke OR incident",               ""           },
      {"NOT ke",                       ""           },
      {"\"",                           ""           },
      {"'; DROP TABLE search_row; --", ""           },
      {"_u1",                          ""           },
      {"_tplan",                       ""           },
      {"u_1",                          "p3"         },
      {"ke:*",                         "p2 p1 i1 p3"},
      {"(ke | (",                      "p2 p1 i1 p3"},
      {"!ke & hoach",                  "p2 p1 p3"   },
      {"\\ke'",                        "p2 p1 i1 p3"},
      {"%",                            ""           },
      {"{ke}",                         "p2 p1 i1 p3"},
      {"-ke",                          "p2 p1 i1 p3"},
      {"ke\xE2\x80\x8Bhoach",          "p2 p1 p3"   },
      {"$1",                           "i2 p1 i1 p3"},
  };
  g_autoptr(StoreTesting) testing = store_testing_new(engine);
  if (!testing)
    return;
  Store *store = open_entries(testing);
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
    assert_found(store, cases[i].words, ONE("1", "A-B"), NULL, cases[i].expected);
  g_autofree char *long_word = g_strnfill(100000, 'x');
  assert_found(store, long_word, ONE("1"), NULL, "");
  g_autoptr(GString) many = g_string_new(NULL);
  for (int i = 0; i < 5000; i++)
    g_string_append(many, "ke hoach.");
  assert_found(store, many->str, ONE("1"), NULL, "");
  store_close(store);
}

static gboolean replace_and_remove(StoreConn *conn, void *data, GError **error) {
  (void)data;
  return store_search_put(conn, "plan", "p1", "Diễn tập", "thực chiến", ONE("33"), 9000, error) &&
         store_search_remove(conn, "plan", "p2", error) && store_search_remove(conn, "plan", "no such", error) &&
         store_search_put(conn, "incident", "i1", "Mã độc", "đã gỡ", ONE("32"), 1000, error);
}

static void test_replace(gconstpointer engine) {
  g_autoptr(StoreTesting) testing = store_testing_new(engine);
  if (!testing)
    return;
  Store *store = open_entries(testing);
  for (int round = 0; round < 3; round++) {
    g_autoptr(GError) error = NULL;
    store_write(store, replace_and_remove, NULL, &error);
    g_assert_no_error(error);
    assert_found(store, "ke hoach", ONE("1", "32", "33"), NULL, "");
    assert_found(store, "dien tap chien", ONE("33"), NULL, "p1");
    assert_found(store, "dien tap", ONE("32"), NULL, "");
    assert_found(store, "d", ONE("32", "33"), NULL, "p1 i2 i1");
    assert_found(store, "10", ONE("1", "32"), NULL, "i2");
  }
  store_close(store);
}

enum { SAME_TIME = 300 };

static gboolean put_same_time(StoreConn *conn, void *data, GError **error) {
  (void)data;
  for (int i = 0; i < SAME_TIME; i++) {
    g_autofree char *id = g_strdup_printf("n%d", i);
    if (!store_search_put(conn, "note", id, "cùng lúc", NULL, ONE("1"), G_GINT64_CONSTANT(1767225600000), error))
      return FALSE;
  }
  return TRUE;
}

static gboolean put_long(StoreConn *conn, void *data, GError **error) {
  return store_search_put(conn, "note", "long", "dài", data, ONE("1"), 1, error);
}

static gboolean put_out_of_time(StoreConn *conn, void *data, GError **error) {
  return store_search_put(conn, "note", "never", "x", data, ONE("1"), G_MAXINT64, error);
}

static void test_limits(gconstpointer engine) {
  g_autoptr(StoreTesting) testing = store_testing_new(engine);
  if (!testing)
    return;
  Store *store = open_entries(testing);
  g_autoptr(GError) error = NULL;
  g_assert_true(store_write(store, put_same_time, NULL, &error));
  g_autofree char *newest = found_limit(store, "cung luc", ONE("1"), NULL, 3);
  g_assert_cmpstr(newest, ==, "n299 n298 n297");
  g_autoptr(GString) text = g_string_new("đầu ");
  for (int i = 0; i < 400000; i++)
    g_string_append_printf(text, "tu%d ", i);
  g_assert_true(store_write(store, put_long, text->str, &error));
  g_assert_no_error(error);
  assert_found(store, "dai dau tu15000", ONE("1"), NULL, "long");
  assert_found(store, "tu399999", ONE("1"), NULL, "");
  g_assert_false(store_write(store, put_out_of_time, NULL, &error));
  g_assert_error(error, APP_ERROR, ERROR_INVALID);
  store_close(store);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  STORE_TESTING_ADD("/store_search/words", test_words);
  STORE_TESTING_ADD("/store_search/scopes", test_scopes);
  STORE_TESTING_ADD("/store_search/hostile", test_hostile);
  STORE_TESTING_ADD("/store_search/replace", test_replace);
  STORE_TESTING_ADD("/store_search/limits", test_limits);
  return g_test_run();
}
