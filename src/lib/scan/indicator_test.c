/* Lists of each format give the indicators that stand in them, and records the indicators that stand in those. */
#include "lib/scan/indicator_set.h"
#include <glib.h>
#include <stdio.h>
#include <string.h>

static const gint64 NOW = 1795200000000; /* 2026-11-21 */

static IndicatorSet *set_of(const char *list, ListFormat format, gsize taken, gsize faults) {
  IndicatorSet *set = indicator_set_new();
  ScanError error = {0};
  size_t wrong = 0;
  g_assert_cmpuint(indicator_set_add(set, "danh sách", (Span){list, strlen(list)}, format, &wrong, &error), ==, taken);
  g_assert_cmpuint(wrong, ==, faults);
  g_assert_cmpstr(error.message, ==, "");
  indicator_set_finish(set);
  return set;
}

typedef struct {
  const IndicatorSet *set;
  GString *found;
} Found;

static void note(void *context, size_t index, Span where) {
  Found *found = context;
  g_string_append_printf(found->found, "%s@%.*s;", indicator_set_item(found->set, index)->value, (int)where.size,
                         where.bytes);
}

static void check_at(const IndicatorSet *set, gint64 now_ms, const char *record, const char *expected) {
  Found found = {set, g_string_new(NULL)};
  indicator_set_match(set, (Span){record, strlen(record)}, now_ms, note, &found);
  g_assert_cmpstr(found.found->str, ==, expected);
  g_string_free(found.found, TRUE);
}

static void check(const IndicatorSet *set, const char *record, const char *expected) {
  check_at(set, NOW, record, expected);
}

static void test_plain(void) {
  IndicatorSet *set =
      set_of("\xef\xbb\xbf# ghi chú\n\nevil.vn # máy điều khiển\r\nhxxp://bad[.]example/a\n0.0.0.0 ads.example\n; x\n"
             "10.9.0.0/16\n2001:db8::/32\nkhông phải\n1.2.3.4\nD41D8CD98F00B204E9800998ECF8427E\nbob@evil.vn",
             LIST_AUTO, 8, 1);
  check(set, "GET http://www.EVIL.vn/ từ 1.2.3.4", "evil.vn@EVIL.vn;1.2.3.4@1.2.3.4;");
  check(set, "http:\\/\\/bad.example\\/a?x", "hxxp://bad[.]example/a@bad.example\\/a?x;");
  check(set, "10.9.255.1 10.10.0.1 2001:db8:1::5 2001:db9::5", "10.9.0.0/16@10.9.255.1;2001:db8::/32@2001:db8:1::5;");
  check(set, "ads.example md5=d41d8cd98f00b204e9800998ecf8427e",
        "ads.example@ads.example;D41D8CD98F00B204E9800998ECF8427E@d41d8cd98f00b204e9800998ecf8427e;");
  check(set, "<bob@evil.vn>", "evil.vn@evil.vn;bob@evil.vn@bob@evil.vn;");
  check(set, "11.2.3.45 notevil.vn", "");
  g_assert_cmpstr(indicator_set_item(set, 0)->note, ==, "máy điều khiển");
  g_assert_cmpstr(indicator_set_item(set, 0)->source, ==, "danh sách");
  indicator_set_free(set);
}

static void test_csv(void) {
  IndicatorSet *set = set_of("ioc_value,Comment,valid_until,confidence,tlp\n"
                             "evil.vn,\"có, dấu \"\"phẩy\"\"\",2026-12-01,90,TLP:AMBER\n"
                             "\"old.vn\",,2026-11-20T00:00:00+07:00,150,red\nxấu,,,,\n",
                             LIST_AUTO, 2, 1);
  const Indicator *item = indicator_set_item(set, 0);
  g_assert_cmpstr(item->note, ==, "có, dấu \"phẩy\"");
  g_assert_cmpint(item->expires_ms, ==, 1796083200000);
  g_assert_cmpuint(item->confidence, ==, 90);
  g_assert_cmpuint(item->tlp, ==, 2);
  g_assert_cmpuint(indicator_set_item(set, 1)->confidence, ==, 100);
  check(set, "evil.vn old.vn", "evil.vn@evil.vn;");
  check_at(set, 1795100000000, "evil.vn old.vn", "evil.vn@evil.vn;old.vn@old.vn;");
  indicator_set_free(set);
  set = set_of("# \"first_seen\",\"ioc\",\"malware\"\n\"2026-01-01\",\"1.2.3.4:8080\",\"x\"\n", LIST_AUTO, 1, 0);
  check(set, "tcp 1.2.3.4:8080 1.2.3.4:80", "1.2.3.4:8080@1.2.3.4:8080;");
  indicator_set_free(set);
  set = set_of("2026-01-01;evil.vn;ghi chú\n2026-01-02;1.2.3.4;x\n", LIST_AUTO, 2, 0);
  check(set, "evil.vn 1.2.3.4", "evil.vn@evil.vn;1.2.3.4@1.2.3.4;");
  indicator_set_free(set);
}

static void test_misp(void) {
  IndicatorSet *set = set_of(
      "{\"Event\":{\"info\":\"Chiến dịch\",\"Tag\":[{\"name\":\"tlp:green\"}],\"Attribute\":["
      "{\"type\":\"ip-dst|port\",\"value\":\"1.2.3.4|443\",\"to_ids\":true},"
      "{\"type\":\"domain|ip\",\"value\":\"evil.vn|5.6.7.8\",\"to_ids\":true},"
      "{\"type\":\"link\",\"value\":\"http://blog.example/x\",\"to_ids\":false},"
      "{\"type\":\"domain\",\"value\":\"shown.example\",\"to_ids\":false},"
      "{\"type\":\"sha1\",\"value\":\"da39a3ee5e6b4b0d3255bfef95601890afd80709\",\"to_ids\":true,\"deleted\":true}],"
      "\"Object\":[{\"Attribute\":[{\"type\":\"filename|md5\",\"value\":\"x.exe|d41d8cd98f00b204e9800998ecf8427e\","
      "\"to_ids\":true,"
      "\"comment\":\"mẫu\",\"Tag\":[{\"name\":\"tlp:red\"}]}]}]}}",
      LIST_AUTO, 4, 0);
  check(set, "1.2.3.4:443 www.evil.vn 5.6.7.8 shown.example da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "1.2.3.4:443@1.2.3.4:443;evil.vn@evil.vn;5.6.7.8@5.6.7.8;");
  g_assert_cmpuint(indicator_set_item(set, 0)->tlp, ==, 1);
  g_assert_cmpuint(indicator_set_item(set, 3)->tlp, ==, 4);
  g_assert_cmpstr(indicator_set_item(set, 3)->note, ==, "mẫu");
  g_assert_cmpstr(indicator_set_item(set, 0)->note, ==, "Chiến dịch");
  indicator_set_free(set);
}

static void test_stix(void) {
  IndicatorSet *set = set_of("{\"type\":\"bundle\",\"objects\":["
                             "{\"type\":\"indicator\",\"name\":\"a\",\"pattern_type\":\"stix\",\"valid_until\":\"2026-"
                             "12-01T00:00:00.000Z\",\"confidence\":70,"
                             "\"object_marking_refs\":[\"marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003\"],"
                             "\"pattern\":\"[ipv4-addr:value = '1.2.3.4' OR ipv4-addr:value ISSUBSET '10.9.0.0/16'] OR "
                             "[domain-name:value = 'evil.vn']\"},"
                             "{\"type\":\"indicator\",\"pattern_type\":\"stix\",\"pattern\":\"[file:hashes.'SHA-256' = "
                             "'0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef' OR url:value IN "
                             "('http://x.vn/a', 'http://x.vn/\\\\'b')]\"},"
                             "{\"type\":\"indicator\",\"pattern_type\":\"stix\",\"pattern\":\"[ipv4-addr:value = "
                             "'9.9.9.9' AND file:name = 'x']\"},"
                             "{\"type\":\"indicator\",\"pattern_type\":\"yara\",\"pattern\":\"rule x {}\"},"
                             "{\"type\":\"indicator\",\"revoked\":true,\"pattern\":\"[ipv4-addr:value = "
                             "'8.8.8.8']\"},{\"type\":\"malware\"}]}",
                             LIST_AUTO, 5, 3);
  check(set, "1.2.3.4 10.9.1.1 a.evil.vn http://x.vn/a 9.9.9.9 8.8.8.8",
        "1.2.3.4@1.2.3.4;10.9.0.0/16@10.9.1.1;evil.vn@evil.vn;http://x.vn/a@x.vn/a;");
  g_assert_cmpuint(indicator_set_item(set, 0)->tlp, ==, 3);
  g_assert_cmpuint(indicator_set_item(set, 0)->confidence, ==, 70);
  indicator_set_free(set);
}

static void test_warning(void) {
  static const char good[] = "{\"name\":\"x\",\"type\":\"hostname\",\"list\":[\"good.vn\",\".fine.vn\"]}";
  static const char exact[] = "{\"name\":\"x\",\"type\":\"string\",\"list\":[\"same.vn\"]}";
  static const char range[] = "{\"name\":\"x\",\"type\":\"cidr\",\"list\":[\"10.0.0.0/8\",\"9.9.9.9\"]}";
  static const char pattern[] = "{\"name\":\"x\",\"type\":\"regex\",\"list\":[\"/a/\"]}";
  static const char list[] = "good.vn\na.good.vn\nfine.vn\nsame.vn\nb.same.vn\n10.1.2.3\n9.9.9.9\n11.1.2.3\nhttp://"
                             "good.vn/evil\nbad@good.vn\n";
  IndicatorSet *set = indicator_set_new();
  size_t faults;
  indicator_set_add(set, "x", span_text(list), LIST_AUTO, &faults, NULL);
  g_assert_cmpuint(indicator_set_add(set, "x", span_text(good), LIST_AUTO, &faults, NULL), ==, 2);
  g_assert_cmpuint(indicator_set_add(set, "x", span_text(exact), LIST_AUTO, &faults, NULL), ==, 1);
  g_assert_cmpuint(indicator_set_add(set, "x", span_text(range), LIST_WARNING, &faults, NULL), ==, 2);
  g_assert_cmpuint(indicator_set_add(set, "x", span_text(pattern), LIST_AUTO, &faults, NULL), ==, 0);
  g_assert_cmpuint(faults, ==, 1);
  indicator_set_finish(set);
  g_assert_cmpuint(indicator_set_count(set), ==, 10);
  static const bool benign[] = {true, true, true, true, false, true, true, false, false, false};
  for (size_t i = 0; i < G_N_ELEMENTS(benign); i++)
    g_assert_true(indicator_set_item(set, i)->benign == benign[i]);
  check(set, "a.good.vn 10.1.2.3 11.1.2.3 b.same.vn", "11.1.2.3@11.1.2.3;b.same.vn@b.same.vn;");
  indicator_set_free(set);
}

static void test_broken(void) {
  IndicatorSet *set = indicator_set_new();
  ScanError error = {0};
  size_t faults;
  g_assert_cmpuint(indicator_set_add(set, "nguồn", SPAN("{\n\"a\": }"), LIST_AUTO, &faults, &error), ==, 0);
  g_assert_cmpuint(faults, ==, 1);
  g_assert_cmpuint(error.line, ==, 2);
  g_assert_nonnull(strstr(error.message, "JSON"));
  g_assert_cmpuint(indicator_set_add_path(set, "/không/có", LIST_AUTO, &faults, &error), ==, 0);
  g_assert_nonnull(strstr(error.message, "không có tệp"));
  indicator_set_finish(set);
  check(set, "evil.vn", "");
  indicator_set_free(set);
}

static void test_times(void) {
  static const struct {
    const char *text;
    gint64 ms;
  } times[] = {
      {"2026-11-21",                  1795219200000},
      {"2026-11-21T07:00:00Z",        1795244400000},
      {"2026-11-21 07:00:00.5+07:00", 1795219200000}
  };
  gint64 ms;
  for (gsize i = 0; i < G_N_ELEMENTS(times); i++) {
    g_assert_true(list_read_time(span_text(times[i].text), &ms));
    g_assert_cmpint(ms, ==, times[i].ms);
  }
  g_assert_false(list_read_time(span_text("21/11/2026"), &ms));
  g_assert_false(list_read_time(span_text("2026-13-01"), &ms));
}

/* --- joining an index --- */

static void collect(void *context, uint64_t hash) {
  g_array_append_val((GArray *)context, hash);
}

static gint by_hash(gconstpointer a, gconstpointer b) {
  guint64 x = *(const guint64 *)a, y = *(const guint64 *)b;
  return (x > y) - (x < y);
}

/* What the record match finds, the join of the index must let through, with few and with many indicators. */
static void test_joins(void) {
  static const char *const values[] = {"evil.vn",
                                       "1.2.3.4",
                                       "10.9.0.0/16",
                                       "0.0.0.0/1",
                                       "2001:db8::5",
                                       "2001:db8::/29",
                                       "2001:db8:1:2::/64",
                                       "http://evil.vn/a",
                                       "http://[2001:db8::9]/a",
                                       "1.2.3.4:99",
                                       "b@evil.vn",
                                       "2001:db8::/100",
                                       "d41d8cd98f00b204e9800998ecf8427e"};
  static const char *const records[] = {"x.evil.vn 7",
                                        "1.2.3.4:99",
                                        "10.9.3.3",
                                        "127.0.0.1",
                                        "2001:db8::5",
                                        "2001:dbf::1",
                                        "2001:db8:1:2:3::1",
                                        "http://evil.vn/a/b",
                                        "http://[2001:db8::9]/a",
                                        "\"b@evil.vn\"",
                                        "2001:db8::f",
                                        "md5=D41D8CD98F00B204E9800998ECF8427E",
                                        "nichts",
                                        "12.2.3.4",
                                        "8.8.8.8 evil.com"};
  guint hits = 0, joins = 0;
  for (gsize v = 0; v < G_N_ELEMENTS(values); v++)
    for (gsize r = 0; r < G_N_ELEMENTS(records); r++)
      for (int padded = 0; padded < 2; padded++) {
        g_autoptr(GArray) hashes = g_array_new(FALSE, FALSE, sizeof(guint64));
        Span record = span_text(records[r]);
        IndicatorSet *set = indicator_set_new();
        Found found = {set, g_string_new(NULL)};
        indicator_set_put(set, span_text(values[v]), &INDICATOR_META("x"));
        indicator_set_finish(set);
        token_cut_index(record, collect, hashes);
        for (guint64 i = 0; padded && i < 100; i++) {
          guint64 other = (i * 0x9E3779B97F4A7C15ULL | 1ULL << 63) & ~0xffffULL;
          g_array_append_val(hashes, other);
        }
        g_array_sort(hashes, by_hash);
        indicator_set_match(set, record, NOW, note, &found);
        bool joined = indicator_set_joins(set, (const uint64_t *)(void *)hashes->data, hashes->len, NOW);
        g_assert_true(joined || !found.found->len);
        hits += found.found->len > 0;
        joins += joined;
        g_string_free(found.found, TRUE);
        indicator_set_free(set);
      }
  g_assert_cmpuint(hits, >, 30);
  g_assert_cmpuint(joins, <, hits + 40); /* a URL joins by its host, a long network by its beginning */
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/indicator/plain", test_plain);
  g_test_add_func("/indicator/csv", test_csv);
  g_test_add_func("/indicator/misp", test_misp);
  g_test_add_func("/indicator/stix", test_stix);
  g_test_add_func("/indicator/warning", test_warning);
  g_test_add_func("/indicator/broken", test_broken);
  g_test_add_func("/indicator/times", test_times);
  g_test_add_func("/indicator/joins", test_joins);
  return g_test_run();
}
