#include "base/error.h"
#include "module/duty/duty.h"
#include "module/duty/duty_due.h"
#include "module/duty/duty_law.h"
#include <string.h>

static Law *law;
static const Day TODAY = {2026, 11, 21}; /* a Saturday */
static const LawBody COMMUNE = {"xa", FALSE}, KEEPER = {"xa", TRUE}, PROVINCE = {"tinh", TRUE};

static const LawDuty *find(const char *id) {
  const LawDuty *duty = law_find(law->duties, id);
  g_assert_nonnull(duty);
  return duty;
}

static gboolean applies(const char *id, const LawBody *body, gboolean past) {
  return duty_law_applies(law, find(id), body, TODAY, past);
}

static void test_who(void) {
  g_assert_true(applies("doi-ung-cuu", &COMMUNE, FALSE));
  g_assert_false(applies("bao-cao-nam-bca", &COMMUNE, FALSE)); /* owns no system */
  g_assert_true(applies("bao-cao-nam-bca", &KEEPER, FALSE));
  g_assert_false(applies("doi-ung-cuu-5-chuyen-gia", &PROVINCE, FALSE)); /* of a text whose basis has gone */
  g_assert_true(applies("doi-ung-cuu-5-chuyen-gia", &PROVINCE, TRUE));
  g_assert_false(applies("doi-ung-cuu-5-chuyen-gia", &KEEPER, TRUE)); /* provinces only */
  g_assert_false(applies("nhat-ky-12-thang", &KEEPER, FALSE)); /* providers */
}

static void test_what(void) {
  g_assert_false(applies("dia-chi-tiep-nhan", &KEEPER, FALSE)); /* raised by an event */
  g_assert_true(applies("tu-giam-sat", &KEEPER, FALSE));        /* always */
  g_assert_cmpstr(duty_law_period(find("tu-giam-sat")), ==, "continuous");
  g_assert_cmpstr(duty_law_period(find("ra-soat-lo-hong-cap-3-4")), ==, "every_6_months");
  g_assert_cmpstr(duty_law_period(find("bao-cao-nam-bca")), ==, "yearly");
  g_assert_false(duty_law_applies(law, find("bao-cao-nam-bca"), &KEEPER, (Day){2026, 6, 1}, FALSE)); /* not yet in force */
}

static void test_levels(void) {
  const LawDuty *scan = find("ra-soat-lo-hong-cap-3-4"), *check = find("tu-kiem-tra-antt"), *any = find("va-may-nguoi-dung");
  g_assert_cmpint(duty_law_applies_to_level(law, scan, 3, TODAY), ==, LAW_MET);
  g_assert_cmpint(duty_law_applies_to_level(law, scan, 2, TODAY), ==, LAW_NOT_MET);
  g_assert_cmpint(duty_law_applies_to_level(law, scan, 0, TODAY), ==, LAW_UNKNOWN);
  g_assert_cmpint(duty_law_applies_to_level(law, check, 4, TODAY), ==, LAW_NOT_MET);
  g_assert_cmpint(duty_law_applies_to_level(law, check, 5, TODAY), ==, LAW_MET);
  g_assert_cmpint(duty_law_applies_to_level(law, any, 0, TODAY), ==, LAW_MET);
}

static void check_due(const char *id, Day today, const char *day, gboolean by_law) {
  char due[11];
  const char *words;
  gboolean law_says;
  g_assert_true(duty_law_due(find(id), today, due, &law_says, &words));
  g_assert_cmpstr(due, ==, day);
  g_assert_cmpint(law_says, ==, by_law);
}

static void test_due(void) {
  char due[11];
  const char *words;
  gboolean by_law;
  check_due("bao-cao-nam-bca", TODAY, "2026-12-24", TRUE);
  check_due("bao-cao-nam-bca", (Day){2026, 12, 24}, "2026-12-24", TRUE);
  check_due("bao-cao-nam-bca", (Day){2026, 12, 25}, "2027-12-24", TRUE);
  check_due("tu-kiem-tra-antt", TODAY, "2027-09-30", TRUE);
  check_due("dau-so-van-ban", TODAY, "2027-01-01", TRUE);
  check_due("doi-ung-cuu", TODAY, "2026-12-15", FALSE);
  g_assert_false(duty_law_due(find("tu-giam-sat"), TODAY, due, &by_law, &words));
}

static void test_event(void) {
  const LawDuty *now = duty_law_on_event(law, "contact.changed", &COMMUNE, TODAY);
  g_assert_nonnull(now);
  g_assert_cmpstr(now->rule.id, ==, "khai-bao-dau-moi");
  g_assert_cmpint(now->within_hours, ==, 0); /* the decree gives no time */
  g_assert_null(duty_law_on_event(law, "contact.changed", &COMMUNE, (Day){2016, 1, 1}));
}

static void test_working_days(void) {
  Day after = duty_working_days_after(TODAY, 5);
  g_assert_cmpint(after.day, ==, 27); /* Friday of the next week */
  after = duty_working_days_after((Day){2026, 11, 20}, 1);
  g_assert_cmpint(after.day, ==, 23);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = g_build_filename(g_getenv("UNGCUU_DATA"), "law", NULL);
  law = law_load(folder, &error);
  g_assert_no_error(error);
  g_test_add_func("/duty/law/who", test_who);
  g_test_add_func("/duty/law/what", test_what);
  g_test_add_func("/duty/law/levels", test_levels);
  g_test_add_func("/duty/law/due", test_due);
  g_test_add_func("/duty/law/event", test_event);
  g_test_add_func("/duty/law/working_days", test_working_days);
  int result = g_test_run();
  law_free(law);
  return result;
}
