#include "base/clock.h"
#include "base/id.h"
#include "base/number.h"
#include <string.h>

#define PER_THREAD 20000

static gpointer make_ids(gpointer data) {
  char(*ids)[ID_SIZE] = data;
  for (int i = 0; i < PER_THREAD; i++)
    id_new(ids[i]);
  return NULL;
}

static void assert_increasing(char (*ids)[ID_SIZE]) {
  for (int i = 0; i < PER_THREAD; i++) {
    g_assert_true(id_valid(ids[i]));
    if (i)
      g_assert_cmpstr(ids[i - 1], <, ids[i]);
  }
}

static void test_ids_increase_and_differ(void) {
  char(*a)[ID_SIZE] = g_malloc_n(PER_THREAD, ID_SIZE);
  char(*b)[ID_SIZE] = g_malloc_n(PER_THREAD, ID_SIZE);
  clock_set_fixed(1700000000000); /* in the past; many more ids than a counter holds in one millisecond */
  GThread *thread = g_thread_new("ids", make_ids, a);
  make_ids(b);
  g_thread_join(thread);
  clock_set_fixed(0);
  assert_increasing(a);
  assert_increasing(b);
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  for (int i = 0; i < PER_THREAD; i++) {
    g_assert_true(g_hash_table_add(seen, a[i]));
    g_assert_true(g_hash_table_add(seen, b[i]));
  }
  g_free(a);
  g_free(b);
}

static void test_id_holds_its_time(void) {
  char id[ID_SIZE];
  gint64 before = clock_now_ms();
  id_new(id);
  char digits[13] = {0};
  memcpy(digits, id, 8);
  memcpy(digits + 8, id + 9, 4);
  gint64 told = (gint64)g_ascii_strtoull(digits, NULL, 16);
  g_assert_cmpint(told, >=, before);
  g_assert_cmpint(told, <=, before + 60000);
}

static void test_id_valid(void) {
  g_assert_true(id_valid("0190163d-8694-739b-aea5-966c26f8ad91"));
  g_assert_false(id_valid(NULL));
  g_assert_false(id_valid(""));
  g_assert_false(id_valid("0190163d-8694-439b-aea5-966c26f8ad91"));  /* version 4 */
  g_assert_false(id_valid("0190163d-8694-739b-cea5-966c26f8ad91"));  /* variant */
  g_assert_false(id_valid("0190163D-8694-739b-aea5-966c26f8ad91"));  /* upper case */
  g_assert_false(id_valid("0190163d-8694-739b-aea5-966c26f8ad911")); /* too long */
  g_assert_false(id_valid("0190163d-8694-739b-"));
}

static void test_code(void) {
  char code[CODE_SIZE];
  id_write_code(code, "SC", 2026, 12);
  g_assert_cmpstr(code, ==, "SC-2026-0012");
  id_write_code(code, "NV", 2026, 123456);
  g_assert_cmpstr(code, ==, "NV-2026-123456");
}

#define ASSERT_WRITES(want, call)                                                                                      \
  do {                                                                                                                 \
    char out[NUMBER_SIZE];                                                                                             \
    call;                                                                                                              \
    g_assert_cmpstr(out, ==, want);                                                                                    \
  } while (0)

static void test_numbers(void) {
  ASSERT_WRITES("0", number_write(out, 0));
  ASSERT_WRITES("1.234.567", number_write(out, 1234567));
  ASSERT_WRITES("-9.223.372.036.854.775.808", number_write(out, G_MININT64));
  ASSERT_WRITES("12,4", number_write_tenths(out, 124));
  ASSERT_WRITES("-0,5", number_write_tenths(out, -5));
  ASSERT_WRITES("840 byte", number_write_size(out, 840));
  ASSERT_WRITES("1 kB", number_write_size(out, 1000));
  ASSERT_WRITES("1 MB", number_write_size(out, 999950));
  ASSERT_WRITES("999,9 kB", number_write_size(out, 999949));
  ASSERT_WRITES("12,4 MB", number_write_size(out, 12350000));
  ASSERT_WRITES("9,2 EB", number_write_size(out, G_MAXINT64));
  ASSERT_WRITES("3,5 %", number_write_percent(out, 7, 200));
  ASSERT_WRITES("66,7 %", number_write_percent(out, 2, 3));
  ASSERT_WRITES("–", number_write_percent(out, 1, 0));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/id/increase", test_ids_increase_and_differ);
  g_test_add_func("/id/time", test_id_holds_its_time);
  g_test_add_func("/id/valid", test_id_valid);
  g_test_add_func("/id/code", test_code);
  g_test_add_func("/number/write", test_numbers);
  return g_test_run();
}
