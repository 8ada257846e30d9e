#include "base/clock.h"
#include "base/date.h"
#include <time.h>

static gint64 at(const char *iso) {
  gint64 ms = 0;
  g_assert_true(date_parse_iso(iso, &ms));
  return ms;
}

static void test_calendar_agrees_with_the_c_library(void) {
  for (gint64 number = -200000; number < 200000; number += 37) {
    time_t seconds = (time_t)(number * 86400);
    struct tm want;
    gmtime_r(&seconds, &want);
    Day day = day_from_number(number);
    g_assert_cmpint(day.year, ==, want.tm_year + 1900);
    g_assert_cmpint(day.month, ==, want.tm_mon + 1);
    g_assert_cmpint(day.day, ==, want.tm_mday);
    g_assert_cmpint(day_number(day), ==, number);
    g_assert_cmpint(day_weekday(day) % 7, ==, want.tm_wday);
  }
}

static void test_limits(void) {
  g_assert_cmpint(day_number((Day){1970, 1, 1}), ==, 0);
  g_assert_cmpint(day_from_number(G_MAXINT64).year, ==, 9999);
  g_assert_cmpint(day_from_number(G_MININT64).year, ==, 1);
  g_assert_cmpint(day_at(G_MAXINT64).month, ==, 12);
  g_assert_cmpint(day_at(G_MININT64).day, ==, 1);
  g_assert_true(day_valid((Day){2024, 2, 29}));
  g_assert_false(day_valid((Day){2100, 2, 29}));
  g_assert_false(day_valid((Day){2026, 0, 1}));
  g_assert_false(day_valid((Day){2026, 13, 1}));
  g_assert_false(day_valid((Day){0, 1, 1}));
}

static void test_arithmetic(void) {
  Day end = {2026, 1, 31};
  g_assert_cmpint(day_compare(day_add_months(end, 1), (Day){2026, 2, 28}), ==, 0);
  g_assert_cmpint(day_compare(day_add_months(end, -2), (Day){2025, 11, 30}), ==, 0);
  g_assert_cmpint(day_compare(day_add(end, 29), (Day){2026, 3, 1}), ==, 0);
  Day day = {2026, 8, 19};
  g_assert_cmpint(day_period(day, 3), ==, 3);
  g_assert_cmpint(day_period(day, 6), ==, 2);
  g_assert_cmpint(day_compare(day_period_first(day, 3), (Day){2026, 7, 1}), ==, 0);
  g_assert_cmpint(day_compare(day_period_last(day, 6), (Day){2026, 12, 31}), ==, 0);
  g_assert_cmpint(day_compare(day_period_last((Day){2024, 2, 1}, 1), (Day){2024, 2, 29}), ==, 0);
  g_assert_cmpstr(day_weekday_name((Day){2026, 11, 21}), ==, "thứ Bảy");
}

#define ASSERT_WRITES(want, size, call)                                                                                \
  do {                                                                                                                 \
    char out[size];                                                                                                    \
    call;                                                                                                              \
    g_assert_cmpstr(out, ==, want);                                                                                    \
  } while (0)

static void test_write(void) {
  gint64 ms = at("2026-11-21T14:35:07+07:00");
  ASSERT_WRITES("21/11/2026", 11, date_write_day(out, ms));
  ASSERT_WRITES("14:35 21/11/2026", 17, date_write_time(out, ms));
  ASSERT_WRITES("14:35", 6, date_write_clock(out, ms));
  ASSERT_WRITES("2026-11-21", 11, date_write_iso_day(out, ms));
  ASSERT_WRITES("2026-11-21T14:35:07+07:00", 26, date_write_iso(out, ms));
  ASSERT_WRITES("01/01/2027", 11, date_write_day(out, at("2026-12-31T17:00:00Z")));
  ASSERT_WRITES("31/12/1969", 11, date_write_day(out, -7 * HOUR_MS - 1));
  ASSERT_WRITES("ngày 21 tháng 11 năm 2026", 32, date_write_document(out, (Day){2026, 11, 21}));
  ASSERT_WRITES("ngày 03 tháng 02 năm 2026", 32, date_write_document(out, (Day){2026, 2, 3}));
  ASSERT_WRITES("ngày 09 tháng 3 năm 2026", 32, date_write_document(out, (Day){2026, 3, 9}));
}

static void test_spans(void) {
  ASSERT_WRITES("2 giờ 15 phút", 64, date_write_span(out, 2 * HOUR_MS + 15 * MINUTE_MS + 59999));
  ASSERT_WRITES("3 ngày", 64, date_write_span(out, 3 * DAY_MS + 59 * MINUTE_MS));
  ASSERT_WRITES("dưới 1 phút", 64, date_write_span(out, 59999));
  ASSERT_WRITES("dưới 1 phút", 64, date_write_span(out, -5));
  ASSERT_WRITES("106751991167 ngày 7 giờ", 64, date_write_span(out, G_MAXINT64));
  ASSERT_WRITES("còn 3 ngày 4 giờ", 80, date_write_countdown(out, 3 * DAY_MS + 4 * HOUR_MS, 0));
  ASSERT_WRITES("quá hạn 1 giờ 20 phút", 80, date_write_countdown(out, 0, 80 * MINUTE_MS));
  ASSERT_WRITES("còn 12 ngày", 80, date_write_countdown(out, 12 * DAY_MS + 5 * HOUR_MS, 0));
  ASSERT_WRITES("quá hạn 106751991167 ngày", 80, date_write_countdown(out, G_MININT64, G_MAXINT64));
}

static void test_parse_day(void) {
  static const char *const SAME[] = {"3/2/26",
                                     "03-02-2026",
                                     "3.2.2026",
                                     "2026-02-03",
                                     " 03/02/2026 ",
                                     "ngày 03 tháng 02 năm 2026",
                                     "Ngày 3  tháng 2 năm 2026"};
  for (gsize i = 0; i < G_N_ELEMENTS(SAME); i++) {
    Day day = {0};
    g_assert_true(date_parse_day(SAME[i], &day));
    g_assert_cmpint(day_compare(day, (Day){2026, 2, 3}), ==, 0);
  }
  static const char *const REFUSED[] = {"",         "31/2/2026", "3/2",      "3/2-2026",   "3/2/202",   "3/2/2026x",
                                        "0/1/2026", "1/1/0000",  "2026-2-3", "3\xE2/2/26", "99999/1/1", "hôm nay"};
  for (gsize i = 0; i < G_N_ELEMENTS(REFUSED); i++) {
    Day day = {7, 7, 7};
    g_assert_false(date_parse_day(REFUSED[i], &day));
    g_assert_cmpint(day.year, ==, 7);
  }
}

static void test_parse_time(void) {
  gint64 want = at("2026-11-21T07:35:00Z");
  static const char *const SAME[] = {"2026-11-21T14:35:00+07:00", "2026-11-21T14:35",   "14:35 21/11/2026",
                                     "21/11/2026 14:35",          "21.11.26, 14:35:00", "2026-11-21 14:35"};
  for (gsize i = 0; i < G_N_ELEMENTS(SAME); i++) {
    gint64 ms = 0;
    g_assert_true(date_parse_time(SAME[i], &ms));
    g_assert_cmpint(ms, ==, want);
  }
  g_assert_cmpint(at("2026-11-21T04:35:00.250-03:00"), ==, want + 250);
  gint64 ms = 7;
  g_assert_false(date_parse_iso("2026-11-21T14:35:00", &ms));
  g_assert_false(date_parse_iso("2026-11-21T24:00:00Z", &ms));
  g_assert_false(date_parse_iso("2026-11-21T14:35:00.Z", &ms));
  g_assert_false(date_parse_iso("2026-11-31T14:35:00Z", &ms));
  g_assert_false(date_parse_time("14:35", &ms));
  g_assert_cmpint(ms, ==, 7);
}

static void test_clock_set_back(void) {
  gint64 anchor = 0;
  g_assert_cmpint(clock_advance_us(&anchor, 5000000, 1000000), ==, 5000000);
  g_assert_cmpint(clock_advance_us(&anchor, 6000000, 2000000), ==, 6000000);
  g_assert_cmpint(clock_advance_us(&anchor, 3000000, 2500000), ==, 6500000); /* set back: goes on at its own pace */
  g_assert_cmpint(clock_advance_us(&anchor, 9000000, 3000000), ==, 9000000); /* set forward: followed at once */
}

static void test_clock_fixed(void) {
  gint64 before = g_get_real_time() / 1000;
  g_assert_cmpint(clock_now_ms(), >=, before);
  clock_set_fixed(1234);
  g_assert_cmpint(clock_now_ms(), ==, 1234);
  g_assert_cmpint(clock_jumped_ms(), ==, 0);
  clock_set_fixed(0);
  g_assert_cmpint(clock_now_ms(), >=, before);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/date/calendar", test_calendar_agrees_with_the_c_library);
  g_test_add_func("/date/limits", test_limits);
  g_test_add_func("/date/arithmetic", test_arithmetic);
  g_test_add_func("/date/write", test_write);
  g_test_add_func("/date/spans", test_spans);
  g_test_add_func("/date/parse_day", test_parse_day);
  g_test_add_func("/date/parse_time", test_parse_time);
  g_test_add_func("/clock/set_back", test_clock_set_back);
  g_test_add_func("/clock/fixed", test_clock_fixed);
  return g_test_run();
}
