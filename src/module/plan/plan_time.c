/* The time of a task: its words, its kind, and for a single date when it starts and ends. */
#include "module/plan/plan_reading.h"
#include <stdio.h>
#include <string.h>

typedef struct {
  const char *words; /* whole words */
  const char *kind;
} TimeRule;

/* The first that stands in the text decides; order matters. */
static const TimeRule RULES[] = {
    {"06 thang mot lan",          "every_6_months"},
    {"6 thang mot lan",           "every_6_months"},
    {"06 thang/lan",              "every_6_months"},
    {"6 thang/lan",               "every_6_months"},
    {"06 thang/01 lan",           "every_6_months"},
    {"06 thang/1 lan",            "every_6_months"},
    {"6 thang/1 lan",             "every_6_months"},
    {"lan/06 thang",              "every_6_months"},
    {"lan/6 thang",               "every_6_months"},
    {"lan moi 06 thang",          "every_6_months"},
    {"lan moi 6 thang",           "every_6_months"},
    {"moi 06 thang",              "every_6_months"},
    {"moi 6 thang",               "every_6_months"},
    {"sau thang mot lan",         "every_6_months"},
    {"sau thang/lan",             "every_6_months"},
    {"dinh ky 06 thang",          "every_6_months"},
    {"dinh ky 6 thang",           "every_6_months"},
    {"dinh ky sau thang",         "every_6_months"},
    {"06 thang 01 lan",           "every_6_months"},
    {"06 thang 1 lan",            "every_6_months"},
    {"6 thang 1 lan",             "every_6_months"},
    {"lan trong 06 thang",        "every_6_months"},
    {"lan trong 6 thang",         "every_6_months"},
    {"hai lan/nam",               "every_6_months"},
    {"02 lan/nam",                "every_6_months"},
    {"2 lan/nam",                 "every_6_months"},
    {"02 lan mot nam",            "every_6_months"},
    {"hai lan mot nam",           "every_6_months"},
    {"moi nam 02 lan",            "every_6_months"},
    {"moi nam hai lan",           "every_6_months"},
    {"02 lan moi nam",            "every_6_months"},
    {"06 thang va hang nam",      "every_6_months"},
    {"06 thang, hang nam",        "every_6_months"},
    {"06 thang, nam",             "every_6_months"},
    {"6 thang, nam",              "every_6_months"},
    {"6 thang va hang nam",       "every_6_months"},
    {"khi co yeu cau",            "on_request"    },
    {"khi duoc yeu cau",          "on_request"    },
    {"theo yeu cau",              "on_request"    },
    {"khi yeu cau",               "on_request"    },
    {"theo de nghi",              "on_request"    },
    {"khi co de nghi",            "on_request"    },
    {"trieu tap",                 "on_request"    },
    {"theo giay moi",             "on_request"    },
    {"theo lich cua",             "on_request"    },
    {"khi duoc trieu tap",        "on_request"    },
    {"khi co trieu tap",          "on_request"    },
    {"theo chi dao",              "on_request"    },
    {"khi co chi dao",            "on_request"    },
    {"theo ke hoach cua",         "on_request"    },
    {"theo thong bao",            "on_request"    },
    {"theo huong dan",            "on_request"    },
    {"khi co huong dan",          "on_request"    },
    {"theo lenh",                 "on_request"    },
    {"theo thu moi",              "on_request"    },
    {"khi co van ban",            "on_request"    },
    {"ngay khi",                  "on_event"      },
    {"ngay sau khi",              "on_event"      },
    {"ngay sau",                  "on_event"      },
    {"khi xay ra",                "on_event"      },
    {"khi co su co",              "on_event"      },
    {"khi su co",                 "on_event"      },
    {"su co xay ra",              "on_event"      },
    {"sau khi",                   "on_event"      },
    {"khi phat hien",             "on_event"      },
    {"khi he thong",              "on_event"      },
    {"ke tu khi",                 "on_event"      },
    {"trong suot qua trinh",      "on_event"      },
    {"trong qua trinh",           "on_event"      },
    {"khi co thay doi",           "on_event"      },
    {"khi phat sinh",             "on_event"      },
    {"khi co phat sinh",          "on_event"      },
    {"khi co canh bao",           "on_event"      },
    {"khi tiep nhan",             "on_event"      },
    {"khi nhan",                  "on_event"      },
    {"ngay lap tuc",              "on_event"      },
    {"khi co",                    "on_event"      },
    {"truoc khi",                 "on_event"      },
    {"khi bi",                    "on_event"      },
    {"khi can",                   "on_event"      },
    {"ngay tu khi",               "on_event"      },
    {"khi ket thuc",              "on_event"      },
    {"ke tu luc",                 "on_event"      },
    {"ke tu thoi diem phat hien", "on_event"      },
    {"khi",                       "on_event"      },
    {"sau su co",                 "on_event"      },
    {"theo su co",                "on_event"      }
};

static gboolean has_year(const char *fold) {
  for (const char *p = fold; *p; p++)
    if ((p == fold || !g_ascii_isdigit(p[-1])) && (plan_starts(p, "19") || plan_starts(p, "20")) &&
        g_ascii_isdigit(p[2]) && g_ascii_isdigit(p[3]) && !g_ascii_isdigit(p[4]))
      return TRUE;
  return FALSE;
}

static gboolean has_date(const char *fold) {
  static const char *const DATED[] = {"quy",      "thang",   "ngay",    "truoc", "het nam",
                                      "cuoi nam", "dau nam", "nam nay", NULL};
  return has_year(fold) || plan_has_any(fold, DATED) || (strchr(fold, '/') && strpbrk(fold, "0123456789"));
}

static gboolean yearly(const char *fold) {
  static const char *const YEARLY[] = {"hang nam",    "hag nam",       "moi nam",     "lan/nam",     "01 lan/nam",
                                       "1 lan/nam",   "lan trong nam", "lan mot nam", "nam mot lan", "cac nam",
                                       "dinh ky nam", "tung nam",      NULL};
  return plan_has_any(fold, YEARLY);
}

static gboolean has_calendar(const char *fold) {
  return has_date(fold) || plan_has_word(fold, "nam") || plan_has_word(fold, "giai doan");
}

/* "Sau các bước ưu tiên ứng cứu ban đầu". Folded, "sáu" (six) reads the same: it stands before what is counted. */
static gboolean after_event(const char *fold) {
  static const char *const COUNTED[] = {"gio", "phut", "tuan", "lan", "dot", "ky", "buoi", NULL};
  for (gssize at = plan_find_word(fold, 0, "sau"); at >= 0; at = plan_find_word(fold, (gsize)at + 1, "sau")) {
    const char *next = fold + at + strlen("sau");
    if (*next == ' ' && g_ascii_isalpha(next[1]) && !plan_starts_any(next + 1, COUNTED))
      return !has_calendar(fold);
  }
  return FALSE;
}

const char *plan_time_kind(const char *fold) {
  static const char *const ALWAYS[] = {"thuong xuyen", "lien tuc", "24/7",     "24/24",      "hang ngay", "quanh nam",
                                       "hang tuan",    "24/7/365", "suot nam", "hang thang", "hang quy",  NULL};
  static const char *const LEAST[] = {"it nhat", "toi thieu", "khong it hon", NULL};
  static const char *const OF_YEAR[] = {"nam", "quanh nam", NULL};
  if (!*fold || strspn(fold, "~.-_/ \x7f") == strlen(fold))
    return "none";
  for (gsize i = 0; i < G_N_ELEMENTS(RULES); i++)
    if (plan_has_word(fold, RULES[i].words) && strncmp(RULES[i].kind, "on_", 3))
      return RULES[i].kind;
  gboolean always = plan_has_any(fold, ALWAYS);
  for (gsize i = 0; i < G_N_ELEMENTS(RULES) && !always; i++)
    if (plan_has_word(fold, RULES[i].words) && !(has_year(fold) && plan_has_word(fold, "truoc")))
      return RULES[i].kind;
  if (always)
    return plan_has_any(fold, OF_YEAR) ? "continuous_yearly" : "continuous";
  if (plan_has_any(fold, LEAST) && plan_has_word(fold, "nam"))
    return "at_least_once_a_year";
  if (yearly(fold))
    return "yearly";
  if (after_event(fold))
    return "on_event";
  return has_calendar(fold) || !plan_starts(fold, "theo ") ? "once" : "on_request";
}

gboolean plan_time_words(const char *fold) {
  static const char *const STARTS[] = {
      "thuong xuyen",     "hang nam",    "moi nam",    "it nhat",       "toi thieu",    "quy",
      "truoc ngay",       "truoc thang", "truoc quy",  "trong nam",     "trong quy",    "trong thang",
      "hang quy",         "hang thang",  "hang ngay",  "hang tuan",     "dinh ky",      "ngay khi",
      "ngay sau khi",     "khi co",      "khi xay ra", "khi phat hien", "theo de nghi", "theo yeu cau",
      "theo trieu tap",   "06 thang",    "6 thang",    "lien tuc",      "giai doan",    "hoan thanh truoc",
      "hoan thanh trong", "01 lan/nam",  "02 lan/nam", "1 lan/nam",     "2 lan/nam",    "tu ngay",
      "tu thang",         "tu quy",      "sau khi",    "24/7",          "cuoi nam",     "dau nam",
      "moi 06 thang",     "moi 6 thang", "moi quy",    "theo ke hoach", "khi",          "trong vong",
      "trong suot",       NULL};
  if (plan_starts_any(fold, STARTS))
    return TRUE;
  gsize word = plan_starts(fold, "nam ") ? 4 : plan_starts(fold, "thang ") ? 6 : plan_starts(fold, "ngay ") ? 5 : 0;
  return word ? g_ascii_isdigit(fold[word])
              : strspn(fold, "0123456789/.") >= 6 && strchr(fold, '/') && strlen(fold) < 24;
}

static const char *skip_to_digit(const char *p) {
  while (*p && !g_ascii_isdigit(*p))
    p++;
  return p;
}

static int last_day(int year, int month) {
  return g_date_get_days_in_month((GDateMonth)month, (GDateYear)year);
}

static void set_days(json_t *time, int year, int from_month, int from_day, int to_month, int to_day) {
  if (from_month)
    json_object_set_new(time, "due_from", json_sprintf("%04d-%02d-%02d", year, from_month, from_day));
  json_object_set_new(time, "due_to", json_sprintf("%04d-%02d-%02d", year, to_month, to_day));
}

static int year_in(const char *fold) {
  int year = 0;
  for (const char *p = fold; *p; p++)
    if ((p == fold || !g_ascii_isdigit(p[-1])) && plan_starts(p, "20") && strspn(p, "0123456789") == 4)
      year = (int)g_ascii_strtoll(p, NULL, 10);
  return year;
}

static int quarter_value(const char *fold) {
  gsize length = strspn(fold, "ivx");
  int value = length ? plan_roman_value(fold, length) : g_ascii_isdigit(*fold) ? *fold - '0' : 0;
  return value >= 1 && value <= 4 ? value : 0;
}

/* "Quý II, III", "Quý II và Quý IV": the last quarter named. */
static int last_quarter(const char *fold, int quarter) {
  static const char *const BETWEEN[] = {"va", "den", "quy", NULL};
  for (fold += strspn(fold, "ivx1234"); *fold;) {
    fold += strspn(fold, " ,-");
    gsize word = plan_starts_any(fold, BETWEEN), roman = strspn(fold, "ivx");
    if (!word && (!roman || g_ascii_isalnum(fold[roman])))
      break;
    quarter = word ? quarter : MAX(quarter, quarter_value(fold));
    fold += word ? word : roman;
  }
  return quarter;
}

/* "trước ngày 30/6/2025", "Quý II/2025", "tháng 9 năm 2024", "năm 2025". A year that stands nowhere is left out. */
static void set_due(json_t *time, const char *fold, int year) {
  int day = 0, month = 0;
  year = year_in(fold) ? year_in(fold) : year;
  if (!year || year < 1990)
    return;
  gssize quarter = plan_find_word(fold, 0, "quy");
  if (quarter >= 0 && quarter_value(fold + quarter + 3 + strspn(fold + quarter + 3, " "))) {
    const char *first = fold + quarter + 3 + strspn(fold + quarter + 3, " ");
    int q = quarter_value(first), last = last_quarter(first, q);
    set_days(time, year, q * 3 - 2, 1, last * 3, last_day(year, last * 3));
    return;
  }
  const char *digits = skip_to_digit(fold);
  gboolean before = plan_has_word(fold, "truoc");
  if (sscanf(digits, "%2d/%2d", &day, &month) == 2 && month >= 1 && month <= 12 && day >= 1 &&
      day <= last_day(year, month)) {
    set_days(time, year, before ? 0 : month, day, month, day);
    return;
  }
  gssize word = plan_find_word(fold, 0, "thang");
  if (word >= 0 && sscanf(skip_to_digit(fold + word), "%2d", &month) == 1 && month >= 1 && month <= 12)
    set_days(time, year, before ? 0 : month, 1, month, last_day(year, month));
  else if (year_in(fold) && !strpbrk(fold, "/-"))
    set_days(time, year, before ? 0 : 1, 1, 12, 31);
}

/* "Từ ngày 01/4 đến ngày 30/6/2025": each half by itself, the year of the second for the first. */
static void set_range(json_t *time, const char *fold, int year) {
  gssize from = plan_find_word(fold, 0, "tu"), to = plan_find_word(fold, 0, "den");
  if (from < 0 || to < from) {
    set_due(time, fold, year);
    return;
  }
  g_autofree char *half = g_strndup(fold + from, (gsize)(to - from));
  json_t *begin = json_object();
  set_due(begin, half, year_in(half) ? 0 : year_in(fold) ? year_in(fold) : year);
  set_due(time, fold + to, year);
  if (json_object_get(begin, "due_from") && json_object_get(time, "due_to"))
    json_object_set(time, "due_from", json_object_get(begin, "due_from"));
  json_decref(begin);
}

json_t *plan_time_json(PlanText text, int year) {
  const char *kind = plan_time_kind(text.fold);
  json_t *time = json_object();
  json_object_set_new(time, "text", strcmp(kind, "none") ? plan_json_text(text) : json_null());
  json_object_set_new(time, "kind", json_string(kind));
  if (!strcmp(kind, "once"))
    set_range(time, text.fold, year);
  return time;
}
