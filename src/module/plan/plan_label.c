/* Labels of the parts of a task ("Đơn vị chủ trì:") and titles of table columns. */
#include "module/plan/plan_reading.h"
#include <string.h>

/* Only these words make up a label; a sentence that happens to have a colon has others. */
static const char *const LABEL_WORDS[] = {
    "don",   "vi",   "co",    "quan",  "bo",   "phan", "to",    "chuc",  "ca",    "nhan", "nguoi", "chu",  "tri",
    "thuc",  "hien", "phoi",  "hop",   "cung", "cac",  "trach", "nhiem", "cong",  "theo", "doi",   "thoi", "gian",
    "han",   "hoan", "thanh", "tien",  "do",   "ky",   "diem",  "lo",    "trinh", "noi",  "dung",  "vu",   "viec",
    "san",   "pham", "ket",   "qua",   "dau",  "ra",   "du",    "kien",  "trien", "khai", "the",   "va",   "chinh",
    "phong", "kinh", "phi",   "nguon", "yeu",  "cau",  "chiu",  "khoa",  "ban",   "lanh", "dao",   "muc",  "tham",
    "gia",   "lien", "moi",   "quan",  "dinh", "moc",  "tan",   "suat",  NULL};

static gboolean only_label_words(const char *fold, gsize length) {
  int words = 0;
  for (gsize i = 0; i < length;) {
    if (!g_ascii_isalpha(fold[i])) {
      if (!strchr(" ,/-", fold[i]))
        return FALSE;
      i++;
      continue;
    }
    gsize end = i;
    while (end < length && g_ascii_isalpha(fold[end]))
      end++;
    g_autofree char *word = g_strndup(fold + i, end - i);
    if (++words > 9 || !g_strv_contains(LABEL_WORDS, word))
      return FALSE;
    i = end;
  }
  return words > 0;
}

typedef struct {
  const char *words; /* all must be there, divided by | */
  int kind;
} NameRule;

static int name_kind(const NameRule *rules, gsize count, const char *fold) {
  for (gsize i = 0; i < count; i++) {
    gboolean all = TRUE;
    g_auto(GStrv) words = g_strsplit(rules[i].words, "|", 0);
    for (char **word = words; *word && all; word++)
      all = **word == '^'   ? plan_find_word(fold, 0, *word + 1) == 0
            : **word == '=' ? !strcmp(fold, *word + 1)
                            : plan_has_word(fold, *word);
    if (all)
      return rules[i].kind;
  }
  return 0;
}

LabelKind plan_label_kind(const char *fold, gsize length) {
  static const NameRule RULES[] = {
      {"to chuc thuc hien",          0               },
      {"^yeu cau",                   0               },
      {"thoi gian",                  LABEL_TIME      },
      {"thoi han",                   LABEL_TIME      },
      {"tien do",                    LABEL_TIME      },
      {"lo trinh",                   LABEL_TIME      },
      {"thoi diem",                  LABEL_TIME      },
      {"han hoan thanh",             LABEL_TIME      },
      {"=hoan thanh",                LABEL_TIME      },
      {"tan suat",                   LABEL_TIME      },
      {"dinh ky thuc hien",          LABEL_TIME      },
      {"chu tri",                    LABEL_LEAD      },
      {"phoi hop",                   LABEL_COORDINATE},
      {"cung thuc hien",             LABEL_COORDINATE},
      {"don vi tham gia",            LABEL_COORDINATE},
      {"co quan tham gia",           LABEL_COORDINATE},
      {"don vi|thuc hien",           LABEL_LEAD      },
      {"co quan|thuc hien",          LABEL_LEAD      },
      {"bo phan|thuc hien",          LABEL_LEAD      },
      {"nguoi|thuc hien",            LABEL_LEAD      },
      {"to chuc, ca nhan thuc hien", LABEL_LEAD      },
      {"phan cong|thuc hien",        LABEL_LEAD      },
      {"=phan cong",                 LABEL_LEAD      },
      {"=thuc hien",                 LABEL_LEAD      },
      {"chiu trach nhiem",           LABEL_LEAD      },
      {"trach nhiem thuc hien",      LABEL_LEAD      },
      {"=trach nhiem",               LABEL_LEAD      },
      {"dau moi|thuc hien",          LABEL_LEAD      },
      {"don vi dau moi",             LABEL_LEAD      },
      {"co quan dau moi",            LABEL_LEAD      },
      {"don vi lien quan",           LABEL_COORDINATE},
      {"co quan lien quan",          LABEL_COORDINATE},
      {"san pham",                   LABEL_PRODUCT   },
      {"=ket qua",                   LABEL_PRODUCT   },
      {"ket qua dau ra",             LABEL_PRODUCT   },
      {"ket qua du kien",            LABEL_PRODUCT   },
      {"ket qua thuc hien",          LABEL_PRODUCT   },
      {"kinh phi",                   LABEL_MONEY     },
      {"^noi dung",                  LABEL_CONTENT   },
      {"=nhiem vu",                  LABEL_CONTENT   },
      {"=cong viec",                 LABEL_CONTENT   },
      {"=nhiem vu cu the",           LABEL_CONTENT   },
      {"=noi dung nhiem vu",         LABEL_CONTENT   }
  };
  const char *bracket = length && fold[length - 1] == ')' ? memchr(fold, '(', length) : NULL;
  length = bracket ? (gsize)(bracket - fold) : length; /* "Đơn vị chủ trì (điểm a, b):" */
  while (length && fold[length - 1] == ' ')
    length--;
  if (!length || length > 60 || !only_label_words(fold, length))
    return LABEL_NONE;
  g_autofree char *name = g_strndup(fold, length);
  return (LabelKind)name_kind(RULES, G_N_ELEMENTS(RULES), name);
}

/* "…: A, Đơn vị phối hợp: B – Thời gian: C": a label in the middle of a line begins with a capital after , or -. */
static gsize last_piece(PlanText text, gsize start, gsize colon) {
  for (gsize i = colon; i-- > start + 1;)
    if (text.fold[i] == ' ' && strchr(",-", text.fold[i - 1]) && plan_text_upper_at(text, i + 1))
      return i + 1;
  return colon;
}

gssize plan_label_find(PlanText text, gsize from, LabelKind *out_kind, gsize *out_value) {
  for (gsize colon = from; colon < text.length; colon++) {
    if (text.fold[colon] != ':')
      continue;
    gsize start = colon;
    while (start > from && !strchr(".;(:", text.fold[start - 1]) && colon - start < 62)
      start--;
    while (start < colon && (text.fold[start] == ' ' || text.fold[start] == '-' || text.fold[start] == '+'))
      start++;
    LabelKind kind = plan_label_kind(text.fold + start, colon - start);
    if (kind == LABEL_NONE) {
      start = last_piece(text, start, colon);
      kind = plan_label_kind(text.fold + start, colon - start);
    }
    if (kind != LABEL_NONE) {
      *out_kind = kind;
      *out_value = colon + 1;
      return (gssize)start;
    }
  }
  return -1;
}

ColumnRole plan_column_role(const char *fold) {
  static const NameRule RULES[] = {
      {"=stt",                  COLUMN_COUNT     },
      {"=tt",                   COLUMN_COUNT     },
      {"=so tt",                COLUMN_COUNT     },
      {"=so thu tu",            COLUMN_COUNT     },
      {"=s tt",                 COLUMN_COUNT     },
      {"=#",                    COLUMN_COUNT     },
      {"chu tri|phoi hop",      COLUMN_OWNERS    },
      {"phoi hop",              COLUMN_COORDINATE},
      {"chu tri",               COLUMN_LEAD      },
      {"ghi chu",               COLUMN_NOTE      },
      {"kinh phi",              COLUMN_MONEY     },
      {"du toan",               COLUMN_MONEY     },
      {"so tien",               COLUMN_MONEY     },
      {"thanh tien",            COLUMN_MONEY     },
      {"thoi gian",             COLUMN_TIME      },
      {"thoi han",              COLUMN_TIME      },
      {"tien do",               COLUMN_TIME      },
      {"lo trinh",              COLUMN_TIME      },
      {"thoi diem",             COLUMN_TIME      },
      {"hoan thanh",            COLUMN_TIME      },
      {"tan suat",              COLUMN_TIME      },
      {"=ky thuc hien",         COLUMN_TIME      },
      {"=dinh ky",              COLUMN_TIME      },
      {"san pham",              COLUMN_PRODUCT   },
      {"^ket qua",              COLUMN_PRODUCT   },
      {"don vi|thuc hien",      COLUMN_LEAD      },
      {"co quan|thuc hien",     COLUMN_LEAD      },
      {"bo phan|thuc hien",     COLUMN_LEAD      },
      {"nguoi thuc hien",       COLUMN_LEAD      },
      {"phong|thuc hien",       COLUMN_LEAD      },
      {"=thuc hien",            COLUMN_LEAD      },
      {"chiu trach nhiem",      COLUMN_LEAD      },
      {"=trach nhiem",          COLUMN_LEAD      },
      {"trach nhiem thuc hien", COLUMN_LEAD      },
      {"phan cong",             COLUMN_LEAD      },
      {"don vi tham gia",       COLUMN_COORDINATE},
      {"^nhiem vu",             COLUMN_CONTENT   },
      {"^noi dung chi",         COLUMN_OTHER     },
      {"^noi dung",             COLUMN_CONTENT   },
      {"^cong viec",            COLUMN_CONTENT   },
      {"^hoat dong",            COLUMN_CONTENT   },
      {"^ten nhiem vu",         COLUMN_CONTENT   },
      {"^ten cong viec",        COLUMN_CONTENT   },
      {"^cac nhiem vu",         COLUMN_CONTENT   },
      {"^cac noi dung",         COLUMN_CONTENT   },
      {"^giai phap",            COLUMN_CONTENT   },
      {"^hang muc",             COLUMN_CONTENT   },
      {"^cac buoc",             COLUMN_CONTENT   },
      {"^viec can lam",         COLUMN_CONTENT   },
      {"^dau viec",             COLUMN_CONTENT   },
      {"^buoc",                 COLUMN_OTHER     }
  };
  return (ColumnRole)name_kind(RULES, G_N_ELEMENTS(RULES), fold);
}
