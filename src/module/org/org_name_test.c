#include "module/org/org.h"

static void check_same(const char *a, const char *b, gboolean same) {
  g_autofree char *left = org_fold_name(a), *right = org_fold_name(b);
  if (same)
    g_assert_cmpstr(left, ==, right);
  else
    g_assert_cmpstr(left, !=, right);
}

static void test_same(void) {
  check_same("Ủy ban nhân dân xã Thạch Quảng", "UBND xã Thạch Quảng", TRUE);
  check_same("Uỷ ban  Nhân dân xã Thạch Quảng.", "ubnd xa thach quang", TRUE);
  check_same("Văn phòng HĐND và UBND xã", "VP Hội đồng nhân dân và Ủy ban nhân dân xã", FALSE);
  check_same("Văn phòng HĐND & UBND xã", "Văn phòng Hội đồng nhân dân và Ủy ban nhân dân xã", TRUE);
  check_same("Phòng Văn hóa - Xã hội", "Phòng Văn hoá – Xã hội", TRUE);
  check_same("Sở Y tế", "Sở Y tế tỉnh", FALSE);
}

static void test_empty(void) {
  g_autofree char *nothing = org_fold_name(" . -"), *short_form = org_fold_name("UBND");
  g_assert_cmpstr(nothing, ==, "");
  g_assert_cmpstr(short_form, ==, "ubnd");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/org/name/same", test_same);
  g_test_add_func("/org/name/empty", test_empty);
  return g_test_run();
}
