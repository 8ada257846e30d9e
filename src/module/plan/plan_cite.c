/* Citations of acts and papers: type, number, date. */
#include "module/plan/plan_reading.h"
#include <string.h>

static const struct {
  const char *fold;
  const char *name;
} TYPES[] = {
    {"thong tu lien tich", "Thông tư liên tịch"},
    {"van ban hop nhat",   "Văn bản hợp nhất"},
    {"bo luat",            "Bộ luật"            },
    {"nghi dinh",          "Nghị định"         },
    {"nghi quyet",         "Nghị quyết"         },
    {"quyet dinh",         "Quyết định"        },
    {"thong tu",           "Thông tư"             },
    {"chi thi",            "Chỉ thị"            },
    {"ke hoach",           "Kế hoạch"           },
    {"cong van",           "Công văn"             },
    {"cong dien",          "Công điện"          },
    {"van ban",            "Văn bản"             },
    {"huong dan",          "Hướng dẫn"         },
    {"thong bao",          "Thông báo"            },
    {"phap lenh",          "Pháp lệnh"           },
    {"to trinh",           "Tờ trình"            },
    {"ket luan",           "Kết luận"           },
    {"chuong trinh",       "Chương trình"        },
    {"bao cao",            "Báo cáo"              },
    {"quy che",            "Quy chế"              },
    {"quy dinh",           "Quy định"            },
    {"de an",              "Đề án"              },
    {"luat",               "Luật"                 },
    {"lenh",               "Lệnh"                 },
    {"phuong an",          "Phương án"           }
};

static gsize skip_blanks(const char *fold, gsize at) {
  return at + strspn(fold + at, " ");
}

static gboolean take_int(const char *fold, gsize *at, int limit, int *out) {
  gsize digits = strspn(fold + *at, "0123456789");
  if (!digits || digits > 4)
    return FALSE;
  *out = (int)g_ascii_strtoll(fold + *at, NULL, 10);
  *at = skip_blanks(fold, *at + digits);
  return *out >= 1 && *out <= limit;
}

/* "27/ 9/2019", "13-5-2022", "16 tháng 3 năm 2017", after the word "ngày". */
gsize plan_date_parse(const char *fold, gsize at, int *day, int *month, int *year) {
  at = skip_blanks(fold, at);
  if (!take_int(fold, &at, 31, day))
    return 0;
  if (strchr("/-.", fold[at]) && fold[at])
    at = skip_blanks(fold, at + 1);
  else if (plan_starts(fold + at, "thang"))
    at = skip_blanks(fold, at + 5);
  else
    return 0;
  if (!take_int(fold, &at, 12, month))
    return 0;
  if (strchr("/-.,", fold[at]) && fold[at])
    at = skip_blanks(fold, at + 1);
  if (plan_starts(fold + at, "nam"))
    at = skip_blanks(fold, at + 3);
  gsize before = at;
  if (!take_int(fold, &at, 2200, year) || *year < 1900)
    return 0;
  gsize end = before + strspn(fold + before, "0123456789");
  return g_date_valid_dmy((GDateDay)*day, (GDateMonth)*month, (GDateYear)*year) ? end : 0;
}

static gboolean number_char(char c) {
  return g_ascii_isalnum(c) || (c && strchr("/-.&\x7f", c));
}

/* "05/2017/QĐ-TTg", "2451/CAT- ANCTNB" (a blank after the hyphen is a broken line), "06-NQ/TU". End, or 0. */
gsize plan_number_parse(PlanReading *reading, PlanText text, gsize at, PlanText *number) {
  gsize from = at;
  if (!g_ascii_isdigit(text.fold[at]))
    return 0;
  g_autoptr(GString) clean = g_string_new(NULL);
  for (;;) {
    while (number_char(text.fold[at]))
      at++;
    const char *start = plan_text_at(text, from), *end = plan_text_at(text, at);
    g_string_append_len(clean, start, end - start);
    gboolean open = at > from && strchr("-/", text.fold[at - 1]) && text.fold[at] == ' ';
    gboolean next = at + 1 < text.length && text.fold[at] == ' ' && strchr("-/", text.fold[at + 1]) &&
                    text.fold[at + 2] != ' ' && plan_text_upper_at(text, at + 2);
    if (!(open && plan_text_upper_at(text, at + 1)) && !next)
      break;
    from = ++at;
  }
  while (clean->len && strchr(".-/", clean->str[clean->len - 1]))
    g_string_truncate(clean, clean->len - 1);
  if (!strpbrk(clean->str, "/-") || strlen(clean->str) < 5)
    return 0;
  *number = plan_reading_text(reading, clean->str);
  return at;
}

static gsize find_number(PlanReading *reading, PlanText text, gsize at, PlanText *number) {
  at = skip_blanks(text.fold, at);
  if (plan_starts(text.fold + at, "lien tich"))
    at = skip_blanks(text.fold, at + 9);
  if (plan_starts(text.fold + at, "so"))
    at = skip_blanks(text.fold, at + 2);
  if (text.fold[at] == ':')
    at = skip_blanks(text.fold, at + 1);
  gsize end = plan_number_parse(reading, text, at, number);
  return end && strpbrk(number->fold, "abcdefghijklmnopqrstuvwxyz") ? end : 0;
}

static gsize find_date(PlanText text, gsize at, gsize limit, char *date) {
  for (gssize i = plan_find_word(text.fold, at, "ngay"); i >= 0 && (gsize)i < limit;
       i = plan_find_word(text.fold, (gsize)i + 1, "ngay")) {
    int day, month, year;
    gsize end = plan_date_parse(text.fold, (gsize)i + 4, &day, &month, &year);
    if (end) {
      g_snprintf(date, 11, "%04d-%02d-%02d", year, month, day);
      return end;
    }
  }
  return 0;
}

static gboolean law_number_at(const char *fold) {
  return plan_starts(fold, " so ") && (g_ascii_isdigit(fold[4]) || fold[4] == ':');
}

/* "Luật Khám bệnh, chữa bệnh số …", "Luật sửa đổi, bổ sung … ngày …": the comma stands inside the name. */
static gboolean law_name_goes_on(PlanText text, gsize comma) {
  gsize at = comma + 1;
  if (text.fold[comma] != ',' || text.fold[at] != ' ' || !plan_text_lower_at(text, at + 1) ||
      law_number_at(text.fold + at) || plan_starts(text.fold + at, " ngay ") || plan_starts(text.fold + at, " nam "))
    return FALSE;
  while (at < text.length && at < comma + 80 && !strchr(";,(.", text.fold[at]) && !law_number_at(text.fold + at) &&
         !plan_starts(text.fold + at, " ngay "))
    at++;
  return law_number_at(text.fold + at) || plan_starts(text.fold + at, " ngay ");
}

static gboolean ends_law_name(PlanText text, gsize at) {
  const char *p = text.fold + at;
  if (*p != ' ')
    return (strchr(";,(", *p) && !law_name_goes_on(text, at)) || plan_starts(p, ". ");
  return law_number_at(p) || plan_starts(p, " ngay ") || plan_starts(p, " nam 20") || plan_starts(p, " va cac ") ||
         plan_starts(p, " duoc quoc hoi");
}

/* A law goes by its name; number and date follow it, or do not. */
static gboolean read_law(PlanReading *reading, PlanText text, gsize at, PlanCitation *out) {
  gsize end = at;
  while (end < text.length && !ends_law_name(text, end) && end - at < 120)
    end++;
  out->name = plan_text_bare(reading->chunk, plan_text_slice(reading->chunk, text, at, end));
  if (!plan_text_upper_at(text, at) || out->name.length < 8)
    return FALSE;
  out->to = end;
  gsize number = find_number(reading, text, text.fold[end] == ',' ? end + 1 : end, &out->number);
  out->to = number ? number : out->to;
  gsize date = find_date(
      text, out->to, out->to + (out->to < text.length && plan_starts(text.fold + out->to, " duoc quoc hoi") ? 90 : 4),
      out->date);
  out->to = date ? date : out->to;
  return TRUE;
}

static gboolean read_type(PlanReading *reading, PlanText text, gsize at, gsize length, PlanCitation *out) {
  if (plan_starts(out->type, "Luật") || plan_starts(out->type, "Bộ luật"))
    return read_law(reading, text, at, out);
  gsize end = find_number(reading, text, at + length, &out->number);
  if (!end)
    return FALSE;
  gsize date = find_date(text, end, end + 12, out->date);
  out->to = date ? date : end;
  return TRUE;
}

gboolean plan_citation_find(PlanReading *reading, PlanText text, gsize from, PlanCitation *out) {
  for (gsize at = from; at < text.length; at++) {
    if (at && text.fold[at - 1] != ' ' && text.fold[at - 1] != '(')
      continue;
    for (gsize i = 0; i < G_N_ELEMENTS(TYPES); i++) {
      if (TYPES[i].fold[0] != text.fold[at])
        continue;
      gsize length = strlen(TYPES[i].fold);
      if (strncmp(text.fold + at, TYPES[i].fold, length) || g_ascii_isalnum(text.fold[at + length]))
        continue;
      *out = (PlanCitation){.from = at, .type = TYPES[i].name, .name = PLAN_TEXT_EMPTY, .number = PLAN_TEXT_EMPTY};
      if (read_type(reading, text, at, length, out))
        return TRUE;
      break;
    }
  }
  return FALSE;
}
