#include "base/error.h"
#include "core/law.h"
#include <glib/gstdio.h>
#include <string.h>

/* ---- the data of the program ---- */

static Law *load_data(void) {
  g_autofree char *folder = g_build_filename(g_getenv("UNGCUU_DATA"), "law", NULL);
  g_autoptr(GError) error = NULL;
  Law *law = law_load(folder, &error);
  g_assert_no_error(error);
  return law;
}

static void test_profiles(void) {
  g_autoptr(Law) law = load_data();
  g_assert_null(law_profile_at(law, (Day){2017, 10, 31}));
  g_assert_cmpstr(law_profile_at(law, (Day){2017, 11, 1})->rule.id, ==, "vn-2017");
  g_assert_cmpstr(law_profile_at(law, (Day){2026, 8, 18})->rule.id, ==, "vn-2017");
  g_assert_cmpstr(law_profile_at(law, (Day){2026, 8, 19})->rule.id, ==, "vn-2026");
}

static void test_workflows(void) {
  g_autoptr(Law) law = load_data();
  const LawWorkflow *ordinary = law_find(law->workflows, "quy-trinh-thong-thuong");
  g_assert_cmpuint(ordinary->steps->len, ==, 11);
  const LawStep *check = law_find(ordinary->steps, "T10");
  g_assert_cmpuint(check->back_to->len, ==, 3);
  const LawStep *command = law_find(ordinary->steps, "T4");
  g_assert_true(command->optional);
  g_assert_cmpstr(law_actor_name(law, g_ptr_array_index(command->lead, 0)), ==,
                  "Ban Chỉ đạo ứng cứu sự cố cấp bộ, tỉnh");
  const LawWorkflow *serious = law_find(law->workflows, "quy-trinh-nghiem-trong");
  g_assert_cmpuint(serious->steps->len, ==, 14);
}

/* A second reading of the texts: a slip in the data shows here. */
static char *join(const GPtrArray *words) {
  g_autoptr(GPtrArray) copy = g_ptr_array_new();
  for (guint i = 0; i < words->len; i++)
    g_ptr_array_add(copy, g_ptr_array_index(words, i));
  g_ptr_array_add(copy, NULL);
  return g_strjoinv(" ", (char **)copy->pdata);
}

static void test_who_does_each_step(void) {
  static const struct {
    const char *workflow, *step, *lead, *partners;
  } WANT[] = {
      {"quy-trinh-thong-thuong", "T1",   "VH",       "CT DPQG"           },
      {"quy-trinh-thong-thuong", "T2",   "VH",       "CT ML DPQG"        },
      {"quy-trinh-thong-thuong", "T3",   "VH",       "CT ML DPQG"        },
      {"quy-trinh-thong-thuong", "T4",   "BCD",      "CQ"                },
      {"quy-trinh-thong-thuong", "T5",   "VH",       "CT ISP"            },
      {"quy-trinh-thong-thuong", "T6",   "BCD DPQG", "VH CT ML"          },
      {"quy-trinh-thong-thuong", "T7",   "VH DOI",   "BD CT ML DPQG"     },
      {"quy-trinh-thong-thuong", "T8",   "VH DOI",   "BD CT ML DPQG"     },
      {"quy-trinh-thong-thuong", "T9",   "VH",       "DOI BD CT ML DPQG" },
      {"quy-trinh-thong-thuong", "T10",  "VH",       "BD CT CQ DPQG"     },
      {"quy-trinh-thong-thuong", "T11",  "VH",       "CT DOI CQ BCD DPQG"},
      {"quy-trinh-nghiem-trong", "N1",   "VH DPQG",  "CT CQ"             },
      {"quy-trinh-nghiem-trong", "N2",   "DPQG",     "CQ CT VH"          },
      {"quy-trinh-nghiem-trong", "N3",   "TT",       ""                  },
      {"quy-trinh-nghiem-trong", "N4",   "DPQG CQ",  "TT ISP NCC"        },
      {"quy-trinh-nghiem-trong", "N5a",  "TT BCD",   "CQ DPQG TN"        },
      {"quy-trinh-nghiem-trong", "N5b",  "BDP DPQG", ""                  },
      {"quy-trinh-nghiem-trong", "N5c",  "TT",       ""                  },
      {"quy-trinh-nghiem-trong", "N5d",  "DPQG CQ",  ""                  },
      {"quy-trinh-nghiem-trong", "N5đ", "DPQG",     "CQ TN"             },
      {"quy-trinh-nghiem-trong", "N5e",  "CQ",       "DPQG TN"           },
      {"quy-trinh-nghiem-trong", "N5g",  "CQ",       "TN"                },
      {"quy-trinh-nghiem-trong", "N5h",  "TN",       "TT DPQG"           },
      {"quy-trinh-nghiem-trong", "N6",   "BCDQG",    "TT"                },
      {"quy-trinh-nghiem-trong", "N7",   "DPQG",     "CQ TN"             },
  };
  g_autoptr(Law) law = load_data();
  for (gsize i = 0; i < G_N_ELEMENTS(WANT); i++) {
    const LawWorkflow *workflow = law_find(law->workflows, WANT[i].workflow);
    const LawStep *step = law_find(workflow->steps, WANT[i].step);
    g_assert_nonnull(step);
    g_autofree char *lead = join(step->lead);
    g_autofree char *partners = join(step->partners);
    g_assert_cmpstr(lead, ==, WANT[i].lead);
    g_assert_cmpstr(partners, ==, WANT[i].partners);
  }
}

static void test_who_tells_whom(void) {
  static const struct {
    const char *id;
    int year; /* of detection */
    const char *sender, *to, *form;
  } WANT[] = {
      {"confirm_receipt", 2018, "VH", "NBC",           NULL           },
      {"notice",          2018, "VH", "CQ DPQG CT ML", "thong-bao"    },
      {"initial_report",  2018, "VH", "CQ CT DPQG",    "mau-03"       },
      {"update_on_end",   2018, "VH", "CQ DPQG CT ML", "thong-bao"    },
      {"final_report",    2018, "VH", "CQ DPQG",       "mau-04"       },
      {"propose_serious", 2018, "VH", "CQ CT DPQG",    NULL           },
      {"at_once_notice",  2027, "CQ", "BCA",           NULL           },
      {"first_notice",    2027, "CQ", "BCA",           NULL           },
      {"report_72h",      2027, "CQ", "BCA",           NULL           },
      {"final_report",    2027, "CQ", "BCA",           NULL           },
      {"personal_data",   2027, "CQ", "DLCN",          "mau-08-nd-356"},
  };
  g_autoptr(Law) law = load_data();
  g_assert_cmpuint(law->clocks->len, ==, G_N_ELEMENTS(WANT));
  for (gsize i = 0; i < G_N_ELEMENTS(WANT); i++) {
    Day day = {WANT[i].year, 1, 1};
    const LawClock *found = NULL;
    for (guint j = 0; j < law->clocks->len; j++) {
      const LawClock *clock = g_ptr_array_index(law->clocks, j);
      if (strcmp(clock->rule.id, WANT[i].id) == 0 && law_in_force(&clock->rule, law_profile_at(law, day), day))
        found = clock;
    }
    g_assert_nonnull(found);
    g_autofree char *to = join(found->to);
    g_assert_cmpstr(found->sender, ==, WANT[i].sender);
    g_assert_cmpstr(to, ==, WANT[i].to);
    g_assert_cmpstr(found->form, ==, WANT[i].form);
  }
}

/* The labels marked (*) on the printed forms, in order. */
static void test_required_fields(void) {
  static const struct {
    const char *form, *fields;
  } WANT[] = {
      {"mau-03",
       "reporter_name reporter_address reporter_phone reporter_email contact_name contact_phone contact_email "
       "operator description detected_day detected_clock state found_by told_to reported_at"                        },
      {"mau-04", "reporter_name reporter_address reporter_phone reporter_email operator detected_day detected_clock"},
  };
  g_autoptr(Law) law = load_data();
  for (gsize i = 0; i < G_N_ELEMENTS(WANT); i++) {
    const LawForm *form = law_find(law->forms, WANT[i].form);
    g_autoptr(GPtrArray) required = g_ptr_array_new();
    for (guint j = 0; j < form->groups->len; j++) {
      const LawFieldGroup *group = g_ptr_array_index(form->groups, j);
      for (guint k = 0; k < group->fields->len; k++) {
        const LawField *field = g_ptr_array_index(group->fields, k);
        if (field->required)
          g_ptr_array_add(required, (gpointer)field->id);
      }
    }
    g_autofree char *got = join(required);
    g_assert_cmpstr(got, ==, WANT[i].fields);
  }
}

static void test_catalogues(void) {
  g_autoptr(Law) law = load_data();
  guint counted = 0, kinds = 0;
  for (guint i = 0; i < law->kind_groups->len; i++) {
    const LawKindGroup *group = g_ptr_array_index(law->kind_groups, i);
    for (guint j = 0; j < group->kinds->len; j++, kinds++)
      counted += ((const LawKind *)g_ptr_array_index(group->kinds, j))->counted_as != NULL;
  }
  g_assert_cmpuint(law->kind_groups->len, ==, 5);
  g_assert_cmpuint(kinds, ==, 22); /* ten, five, five, disasters, and errors of users */
  g_assert_cmpuint(counted, ==, 10);
  const LawKindGroup *group = NULL;
  g_assert_nonnull(law_find_kind(law, "Sự cố nguồn điện", &group));
  g_assert_cmpstr(group->rule.id, ==, "loi-he-thong");
  const LawForm *form = law_find(law->forms, "mau-03");
  g_assert_cmpuint(form->groups->len, ==, 9);
}

static void test_dates_of_effect(void) {
  g_autoptr(Law) law = load_data();
  const LawAppraisal *before = law_appraisal(law, 4, (Day){2026, 8, 18});
  g_assert_cmpint(before->appraise_days, ==, 30);
  const LawAppraisal *after = law_appraisal(law, 4, (Day){2026, 8, 19});
  g_assert_cmpint(after->appraise_days, ==, 25);
  g_assert_cmpstr(after->approved_by, ==, "CQ");
  const LawDuty *duty = law_find(law->duties, "bao-cao-6-thang");
  g_assert_true(law_in_force(&duty->rule, law_profile_at(law, (Day){2026, 6, 1}), (Day){2026, 6, 1}));
  g_assert_false(law_in_force(&duty->rule, law_profile_at(law, (Day){2026, 12, 1}), (Day){2026, 12, 1}));
  Day due = law_due_before(g_ptr_array_index(duty->due_before, 0), 2026);
  g_assert_cmpint(day_compare(due, (Day){2026, 6, 20}), ==, 0);
}

static void test_basis_text(void) {
  g_autoptr(Law) law = load_data();
  const LawClock *notice = law_find(law->clocks, "notice");
  g_autofree char *text = law_basis_text(&notice->rule);
  g_assert_cmpstr(text, ==,
                  "điểm a khoản 1 Điều 11 Quyết định số 05/2017/QĐ-TTg; "
                  "điểm a khoản 2 Điều 9 Thông tư số 20/2017/TT-BTTTT");
  const LawForm *form = law_find(law->forms, "mau-06");
  g_autofree char *annex = law_basis_text(&form->rule);
  g_assert_true(g_str_has_prefix(annex, "Phụ lục I Thông tư số 20/2017/TT-BTTTT; "));
}

static LawTruth truth_of(const Law *law, const char *criterion, const char *entered) {
  json_t *json = json_loads(entered, 0, NULL);
  g_autoptr(GError) error = NULL;
  json_t *facts = law_facts_read(law, json, NULL, &error);
  g_assert_no_error(error);
  Day day = day_at(json_integer_value(json_object_get(facts, "detected_at")));
  const LawCriterion *rule = law_find(law->criteria, criterion);
  LawTruth truth = law_evaluate(law, rule->rule.when, facts, law_profile_at(law, day), day, NULL);
  json_decref(facts);
  json_decref(json);
  return truth;
}

#define WHEN "\"detected_at\": \"2026-01-12T07:40:00+07:00\""

static void test_three_values(void) {
  g_autoptr(Law) law = load_data();
  g_assert_cmpint(truth_of(law, "d9-he-thong", "{" WHEN "}"), ==, LAW_UNKNOWN);
  g_assert_cmpint(truth_of(law, "d9-he-thong", "{" WHEN ", \"system\": {\"level\": 4}}"), ==, LAW_MET);
  g_assert_cmpint(truth_of(law, "d9-he-thong", "{" WHEN ", \"system\": {\"level\": 3}}"), ==, LAW_UNKNOWN);
  g_assert_cmpint(truth_of(law, "d9-he-thong", "{" WHEN ", \"system\": {\"level\": 3, \"national_list\": false}}"), ==,
                  LAW_NOT_MET);
  g_assert_cmpint(truth_of(law, "d9-he-thong", "{" WHEN ", \"system\": {\"national_list\": true}}"), ==, LAW_MET);
  g_assert_cmpint(truth_of(law, "d9-a", "{" WHEN ", \"harm\": []}"), ==, LAW_NOT_MET);
  g_assert_cmpint(truth_of(law, "d9-a", "{" WHEN ", \"harm\": [\"control_lost\", \"interrupted\"]}"), ==, LAW_MET);
  g_assert_cmpint(truth_of(law, "vuot-kha-nang", "{" WHEN ", \"beyond_capacity_at\": null}"), ==, LAW_UNKNOWN);
  g_assert_cmpint(
      truth_of(law, "vuot-kha-nang", "{" WHEN ", \"beyond_capacity_at\": null, \"owner_can_handle\": true}"), ==,
      LAW_NOT_MET);
}

static void test_trace(void) {
  g_autoptr(Law) law = load_data();
  json_t *json = json_loads("{" WHEN ", \"system\": {\"level\": 5}, \"harm\": []}", 0, NULL);
  json_t *facts = law_facts_read(law, json, NULL, NULL);
  const LawSeverity *serious = law_find(law->severities, "nghiem-trong");
  Day day = {2026, 1, 12};
  g_autoptr(GArray) trace = g_array_new(FALSE, FALSE, sizeof(LawTraceLine));
  g_assert_cmpint(law_evaluate(law, serious->rule.when, facts, law_profile_at(law, day), day, trace), ==, LAW_NOT_MET);
  g_assert_cmpuint(trace->len, ==, 7);
  const LawTraceLine *lines = (const LawTraceLine *)(gpointer)trace->data;
  g_assert_cmpint(lines[0].truth, ==, LAW_MET);
  g_assert_cmpint(lines[1].truth, ==, LAW_NOT_MET);
  g_assert_cmpint(lines[6].truth, ==, LAW_UNKNOWN);
  g_assert_nonnull(lines[6].criterion);
  json_decref(facts);
  json_decref(json);
}

static void test_facts_refused(void) {
  static const char *const REFUSED[] = {"[]",
                                        "{}",
                                        "{\"detected_at\": null}",
                                        "{\"detected_at\": 5}",
                                        "{\"detected_at\": \"hôm qua\"}",
                                        "{" WHEN ", \"system\": {\"level\": 6}}",
                                        "{" WHEN ", \"system\": {\"level\": \"4\"}}",
                                        "{" WHEN ", \"harm\": [\"fire\"]}",
                                        "{" WHEN ", \"harm\": \"interrupted\"}",
                                        "{" WHEN ", \"owner_can_handle\": 1}",
                                        "{" WHEN ", \"kinds\": [1]}",
                                        "{" WHEN ", \"ended_at\": \"2026-02-30T00:00:00Z\"}"};
  g_autoptr(Law) law = load_data();
  for (gsize i = 0; i < G_N_ELEMENTS(REFUSED); i++) {
    json_t *json = json_loads(REFUSED[i], 0, NULL);
    g_autoptr(GError) error = NULL;
    g_assert_null(law_facts_read(law, json, NULL, &error));
    g_assert_error(error, APP_ERROR, ERROR_INVALID);
    json_decref(json);
  }
}

static void test_facts_of_no_system(void) {
  g_autoptr(Law) law = load_data();
  json_t *json = json_loads("{" WHEN ", \"system\": \"Cổng thông tin\"}", 0, NULL);
  g_autoptr(GPtrArray) unused = g_ptr_array_new_with_free_func(g_free);
  json_t *facts = law_facts_read(law, json, unused, NULL);
  g_assert_cmpuint(unused->len, ==, 1);
  g_assert_null(json_object_get(facts, "system.name"));
  json_decref(facts);
  json_decref(json);
}

static void test_facts_unused(void) {
  g_autoptr(Law) law = load_data();
  json_t *json =
      json_loads("{" WHEN ", \"system\": {\"level\": 2, \"colour\": 1}, \"told\": true, \"x\": {}}", 0, NULL);
  g_autoptr(GPtrArray) unused = g_ptr_array_new_with_free_func(g_free);
  json_t *facts = law_facts_read(law, json, unused, NULL);
  g_assert_cmpuint(unused->len, ==, 3);
  g_assert_cmpstr(g_ptr_array_index(unused, 0), ==, "system.colour");
  g_assert_cmpstr(g_ptr_array_index(unused, 1), ==, "told"); /* worked out, not believed */
  g_assert_null(json_object_get(facts, "told"));
  json_decref(facts);
  json_decref(json);
}

/* ---- what loading refuses, on a small law of its own ---- */

static const char VOCABULARY[] = "files: [luat-a.yaml]\n"
                                 "profiles: [{id: p1, name: P, from: 2020-01-01, until: 2025-01-01, reading: g},\n"
                                 "  {id: p2, name: P, from: 2025-01-01, reading: g}]\n"
                                 "actors: [{id: VH, name: A}]\n"
                                 "facts:\n"
                                 "  - {id: seen_at, type: time, label: F}\n"
                                 "  - {id: level, type: int, least: 1, most: 5, label: F}\n"
                                 "  - {id: bad, type: bool, label: F}\n"
                                 "  - {id: harm, type: texts, label: F, values: [{id: a, label: A}]}\n";
static const char ACT[] = "act: {id: luat-a, name: Luật A, cited_as: Luật A, from: 2020-01-01}\n"
                          "articles: {1: Một, Phụ lục I: Mẫu}\n";

static GPtrArray *check_small(const char *vocabulary, const char *act) {
  g_autofree char *folder = g_dir_make_tmp("law-XXXXXX", NULL);
  g_autofree char *words = g_build_filename(folder, "vocabulary.yaml", NULL);
  g_autofree char *rules = g_build_filename(folder, "luat-a.yaml", NULL);
  g_assert_true(g_file_set_contents(words, vocabulary, -1, NULL));
  g_assert_true(g_file_set_contents(rules, act, -1, NULL));
  GPtrArray *problems = law_check(folder);
  g_unlink(words);
  g_unlink(rules);
  g_rmdir(folder);
  return problems;
}

static void assert_problem(const char *rules, const char *want) {
  g_autofree char *act = g_strconcat(ACT, rules, NULL);
  g_autoptr(GPtrArray) problems = check_small(VOCABULARY, act);
  if (!want) {
    g_assert_cmpuint(problems->len, ==, 0);
    return;
  }
  for (guint i = 0; i < problems->len; i++)
    if (strstr(g_ptr_array_index(problems, i), want))
      return;
  g_error("%s gives %u problems, none tells: %s", rules, problems->len, want);
}

#define BASIS "basis: [{act: luat-a, article: 1}]"
#define CLOCK(more) "clocks: [{id: c, what: W, starts: seen_at, days: 5, sender: VH, to: [VH], " more "}]\n"
#define CRITERION(when) "criteria: [{id: k, name: K, " BASIS ", when: " when "}]\n"

static void test_small_law_is_accepted(void) {
  assert_problem(CLOCK(BASIS), NULL);
  assert_problem(CLOCK("basis: [{act: luat-a, article: Phụ lục I, clause: 2, point: đ}]"), NULL);
  assert_problem(CRITERION("{all: [{fact: level, at_least: 4}, {not: {fact: bad, is: true}}, {fact: harm, in: [a]}]}"),
                 NULL);
  assert_problem("clocks:\n"
                 "  - {id: c, what: W, sender: VH, to: [VH], profiles: [p1], reading: g}\n"
                 "  - {id: c, what: W, sender: VH, to: [VH], profiles: [p2], reading: g}\n",
                 NULL);
}

static void test_refusals(void) {
  static const struct {
    const char *rules;
    const char *problem;
  } REFUSED[] = {
      {CLOCK("colour: red, " BASIS),                                                                                "khóa lạ “colour”"                    },
      {"extra: 1\n",                                                                                                "extra: khóa lạ"                          },
      {CLOCK("reading: ''"),                                                                                        "reading phải là văn bản"              },
      {"clocks: [{id: c, what: W, starts: seen_at, days: 5, sender: XX, to: [VH], " BASIS "}]\n",                   "không có “XX”"                        },
      {"clocks: [{id: c, what: W, starts: seen_at, days: 5, sender: VH, to: [VH, YY], " BASIS "}]\n",               "không có “YY”"                        },
      {"clocks: [{id: c, what: W, starts: gone_at, days: 5, sender: VH, to: [VH], " BASIS "}]\n",                   "không có “gone_at”"                   },
      {"clocks: [{id: c, what: W, starts: level, days: 5, sender: VH, to: [VH], " BASIS "}]\n",                     "không phải thời điểm"               },
      {"clocks: [{id: c, what: W, starts: seen_at, sender: VH, to: [VH], " BASIS "}]\n",                            "thiếu thời hạn"                       },
      {"clocks: [{id: c, what: W, starts: seen_at, days: -5, sender: VH, to: [VH], " BASIS "}]\n",                  "không âm"                                 },
      {"clocks: [{id: c, starts: seen_at, days: 5, sender: VH, to: [VH], " BASIS "}]\n",                            "thiếu what"                               },
      {CLOCK("at_once: true, " BASIS),                                                                              "vừa “ngay” vừa có thời hạn"    },
      {CLOCK("form: f, " BASIS),                                                                                    "không có “f”"                         },
      {CLOCK("profiles: [p9], " BASIS),                                                                             "không có “p9”"                        },
      {CLOCK("from: 2022-13-01, " BASIS),                                                                           "from phải là ngày"                      },
      {CLOCK("from: 2023-01-01, until: 2022-01-01, " BASIS),                                                        "trước khi có hiệu lực"              },
      {CLOCK("note: n"),                                                                                            "thiếu căn cứ"                          },
      {CLOCK("basis: []"),                                                                                          "basis phải là danh sách"                },
      {CLOCK("basis: [{act: luat-b, article: 1}]"),                                                                 "văn bản lạ “luat-b”"               },
      {CLOCK("basis: [{act: luat-a, article: 2}]"),                                                                 "không có “2”"                         },
      {CLOCK("basis: [{act: luat-a, clause: 2}]"),                                                                  "không có điều"                         },
      {CLOCK("basis: [{act: luat-a, page: 2}]"),                                                                    "“page” không hợp lệ"               },
      {CLOCK("when: {criterion: k}, " BASIS),                                                                       "tiêu chí lạ “k”"                    },
      {CRITERION("{fact: colour, is: true}"),                                                                       "dữ kiện lạ “colour”"              },
      {CRITERION("{fact: bad, is: 1}"),                                                                             "không so sánh được"                   },
      {CRITERION("{fact: bad, at_least: 1}"),                                                                       "không so sánh được"                   },
      {CRITERION("{fact: level, at_least: 9}"),                                                                     "không so sánh được"                   },
      {CRITERION("{fact: harm, in: [b]}"),                                                                          "không so sánh được"                   },
      {CRITERION("{fact: harm, in: []}"),                                                                           "không so sánh được"                   },
      {CRITERION("{fact: seen_at, at_least: level}"),                                                               "không so sánh được"                   },
      {CRITERION("{fact: level, above: 3}"),                                                                        "so sánh phải là một trong"            },
      {CRITERION("{all: []}"),                                                                                      "điều kiện rỗng"                      },
      {CRITERION("{either: []}"),                                                                                   "điều kiện không hợp lệ"           },
      {CRITERION("{criterion: k}"),                                                                                 "không được dựa vào tiêu chí khác"},
      {"clocks:\n"
       "  - {id: c, what: W, sender: VH, to: [VH], profiles: [p1], reading: g}\n"
       "  - {id: c, what: W, sender: VH, to: [VH], reading: g, from: 2024-12-31}\n",                         "trùng mã trong cùng thời gian"         },
      {"duties: [{id: d, name: D, kind: law, by: [VH], " BASIS "}]\n",                                              "thiếu chu kỳ"                           },
      {"duties: [{id: d, name: D, kind: new, by: [VH], every_months: 6, " BASIS "}]\n",                             "không nhận giá trị “new”"         },
      {"duties: [{id: d, name: D, kind: law, by: [VH], every_months: 6, due_before: [31/6], " BASIS "}]\n",         "thứ 1"                                    },
      {"duties: [{id: d, name: D, kind: law, by: [VH], every_months: 6, when: {fact: level, is: 3}, " BASIS "}]\n",
       "per: system"                                                                                                                                             },
      {"severities: [{id: s, name: S, reading: g}]\n"
       "workflows: [{id: w, name: W, severity: s, " BASIS
       ", steps: [{id: T1, name: N, content: C, lead: [VH], partners: [],"
       " back_to: [T2], reading: g}]}]\n",                                                                   "không có bước “T2”"                },
      {"workflows: [{id: w, name: W, severity: s, " BASIS ", steps: []}]\n",                                        "không có “s”"                         },
  };
  for (gsize i = 0; i < G_N_ELEMENTS(REFUSED); i++)
    assert_problem(REFUSED[i].rules, REFUSED[i].problem);
}

static void test_vocabulary_refusals(void) {
  g_autofree char *twice = g_strconcat(VOCABULARY, "actors2: 1\n", NULL);
  g_autoptr(GPtrArray) unknown = check_small(twice, ACT);
  g_assert_nonnull(strstr(g_ptr_array_index(unknown, 0), "khóa lạ"));
  g_autoptr(GString) same_days = g_string_new(VOCABULARY);
  g_string_replace(same_days, "until: 2025-01-01", "until: 2025-01-02", 1);
  g_autoptr(GPtrArray) overlap = check_small(same_days->str, ACT);
  g_assert_nonnull(strstr(g_ptr_array_index(overlap, 0), "cùng hiệu lực"));
  g_autoptr(GString) away = g_string_new(VOCABULARY);
  g_string_replace(away, "luat-a.yaml", "../luat-a.yaml", 1);
  g_autoptr(GPtrArray) outside = check_small(away->str, ACT);
  g_assert_nonnull(strstr(g_ptr_array_index(outside, 0), "tên tệp"));
  g_autoptr(GPtrArray) broken = check_small(VOCABULARY, "act: [\n");
  g_assert_nonnull(strstr(g_ptr_array_index(broken, 0), "dòng"));
  g_autoptr(GPtrArray) renamed =
      check_small(VOCABULARY, "act: {id: x, name: X, cited_as: X, from: 2020-01-01}\narticles: {}\n");
  g_assert_nonnull(strstr(g_ptr_array_index(renamed, 0), "tên tệp"));
  g_autoptr(GPtrArray) missing = law_check("/nonexistent");
  g_assert_cmpuint(missing->len, ==, 1);
  g_autoptr(GError) error = NULL;
  g_assert_null(law_load("/nonexistent", &error));
  g_assert_error(error, APP_ERROR, ERROR_CHECK);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/law/profiles", test_profiles);
  g_test_add_func("/law/workflows", test_workflows);
  g_test_add_func("/law/who_does_each_step", test_who_does_each_step);
  g_test_add_func("/law/who_tells_whom", test_who_tells_whom);
  g_test_add_func("/law/required_fields", test_required_fields);
  g_test_add_func("/law/catalogues", test_catalogues);
  g_test_add_func("/law/dates_of_effect", test_dates_of_effect);
  g_test_add_func("/law/basis_text", test_basis_text);
  g_test_add_func("/law/three_values", test_three_values);
  g_test_add_func("/law/trace", test_trace);
  g_test_add_func("/law/facts_refused", test_facts_refused);
  g_test_add_func("/law/facts_of_no_system", test_facts_of_no_system);
  g_test_add_func("/law/facts_unused", test_facts_unused);
  g_test_add_func("/law/accepted", test_small_law_is_accepted);
  g_test_add_func("/law/refusals", test_refusals);
  g_test_add_func("/law/vocabulary", test_vocabulary_refusals);
  return g_test_run();
}
