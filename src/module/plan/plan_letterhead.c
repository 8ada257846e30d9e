/* The letterhead (NĐ 30/2020, Phụ lục I): name of the body, motto, number, place and date, wherever extraction put it.
 */
#include "module/plan/plan_reading.h"
#include <string.h>

#define HEAD_LINES 220

static const char *const BODY_WORDS[] = {"uy ban nhan dan",
                                         "ubnd",
                                         "so",
                                         "bo",
                                         "tinh",
                                         "huyen",
                                         "xa",
                                         "phuong",
                                         "thanh pho",
                                         "thi xa",
                                         "thi tran",
                                         "quan",
                                         "benh vien",
                                         "truong",
                                         "phong",
                                         "ban",
                                         "cong an",
                                         "trung tam",
                                         "cuc",
                                         "chi cuc",
                                         "van phong",
                                         "hoi dong",
                                         "tong cuc",
                                         "tong cong ty",
                                         "cong ty",
                                         "vien",
                                         "dai hoc",
                                         "hoc vien",
                                         "dang uy",
                                         "tinh uy",
                                         "kho bac",
                                         "bao hiem",
                                         "toa an",
                                         "tap doan",
                                         "thanh tra",
                                         "chi nhanh",
                                         "dac khu",
                                         "ngan hang",
                                         "dai phat thanh",
                                         "bao",
                                         NULL};

typedef struct {
  PlanReading *reading;
  GArray *names; /* of PlanText: the lines of the body's name */
  int motto, first_name;
  gboolean number, date;
} Head;

static void add_name(Head *head, PlanText text, int line) {
  if (text.length < 3 || head->names->len > 4)
    return;
  if (!head->names->len)
    head->first_name = line;
  g_array_append_val(head->names, text);
}

/* Where the motto starts in a line that may also hold a line of the name; -1 where there is none. */
static gssize motto_at(PlanText text) {
  static const char *const MOTTO[] = {
      "cong hoa xa hoi chu nghia", "doc lap - tu do", "doc lap-tu do", "doc lap- tu do", "doc lap -tu do",
      "dang cong san viet nam"};
  for (gsize i = 0; i < G_N_ELEMENTS(MOTTO); i++) {
    const char *found = strstr(text.fold, MOTTO[i]);
    if (found && text.length < 130)
      return found - text.fold;
  }
  return -1;
}

static json_t *blank_number(void) {
  return json_pack("{s:n, s:s, s:n, s:n}", "as_written", "status", "absent", "suffix", "resolved");
}

/* "Số: 12/KH-UBND", "Số:      /KH-UBND", "Số ....-KH/HU". Characters used, or 0. */
static gsize read_number(Head *head, PlanText text, int line) {
  PlanReading *reading = head->reading;
  gsize at = plan_starts(text.fold, "so") ? 2 + strspn(text.fold + 2, ": ") : 0;
  if (!at || !plan_text_upper_at(text, 0) || (text.fold[2] != ':' && text.fold[2] != ' '))
    return 0;
  gsize from = at;
  at += strspn(text.fold + at, "0123456789");
  PlanText digits = plan_text_slice(reading->chunk, text, from, at);
  at += strspn(text.fold + at, " .~_x");
  if (!text.fold[at] || !strchr("/-", text.fold[at]))
    return 0;
  gsize suffix_from = ++at;
  at += strspn(text.fold + at, " ");
  suffix_from = at;
  while (g_ascii_isalnum(text.fold[at]) || (text.fold[at] && strchr("-/&\x7f", text.fold[at])))
    at++;
  PlanText suffix = plan_text_slice(reading->chunk, text, suffix_from, at);
  if (!plan_text_upper_at(suffix, 0) || suffix.length < 2)
    return 0;
  char divider = text.fold[suffix_from - 1] == ' ' ? '/' : text.fold[suffix_from - 1];
  g_autofree char *full = g_strdup_printf("%s%c%s", digits.text, divider, suffix.text);
  json_t *number =
      json_pack("{s:o, s:s, s:s}", "as_written", json_string(plan_text_slice(reading->chunk, text, 0, at).text),
                "status", digits.length ? "present" : "blank", "suffix", suffix.text);
  json_object_set_new(number, "resolved", digits.length ? json_string(full) : json_null());
  json_object_set_new(reading->plan, "number", number);
  plan_note(reading, PLAN_READ, line, line, "/number");
  head->number = TRUE;
  return at;
}

static int int_between(const char *fold, gsize from, gsize to) {
  while (from < to && !g_ascii_isdigit(fold[from]))
    from++;
  return from < to ? (int)g_ascii_strtoll(fold + from, NULL, 10) : 0;
}

static json_t *int_or_null(int value) {
  return value ? json_integer(value) : json_null();
}

static void set_date(Head *head, PlanText text, gsize from, int day, int month, int year, int line) {
  PlanReading *reading = head->reading;
  gboolean complete = g_date_valid_dmy((GDateDay)CLAMP(day, 0, 99), (GDateMonth)CLAMP(month, 0, 13), (GDateYear)year);
  gsize month_at = (gsize)MAX(plan_find_word(text.fold, from, "thang"), (gssize)from);
  PlanText words = plan_text_from(reading->chunk, text, complete || !month ? from : month_at);
  json_t *date = json_pack("{s:s, s:o, s:o, s:o, s:o, s:s}", "status", complete ? "complete" : "day_missing", "iso",
                           complete ? json_sprintf("%04d-%02d-%02d", year, month, day) : json_null(), "day",
                           int_or_null(day), "month", int_or_null(month), "year", int_or_null(year), "text",
                           plan_text_bare(reading->chunk, words).text);
  json_object_set_new(reading->plan, "date", date);
  plan_note(reading, PLAN_READ, line, line, "/date");
  head->date = TRUE;
}

/* "<Place>, ngày 03/4/2025": in figures only, and nothing after it. */
static gboolean read_short_date(Head *head, PlanText text, int line) {
  gssize at = plan_find_word(text.fold, 0, "ngay");
  int day, month, year;
  gsize end = at < 4 || at > 44 ? 0 : plan_date_parse(text.fold, (gsize)at + 4, &day, &month, &year);
  if (!end || text.length - end > 2 || !strchr(",", text.fold[at - 2]) || !plan_text_upper_at(text, 0) ||
      strpbrk(text.fold, "(;\""))
    return FALSE;
  set_date(head, text, (gsize)at, day, month, year, line);
  PlanText place = plan_text_bare(head->reading->chunk, plan_text_slice(head->reading->chunk, text, 0, (gsize)at));
  json_object_set_new(head->reading->plan, "place", plan_json_text(place));
  return TRUE;
}

/* "<Place>, ngày … tháng … năm …" and nothing after it. */
static gboolean read_date(Head *head, PlanText text, int line) {
  gssize at = plan_find_word(text.fold, 0, "ngay");
  gssize month = at < 0 ? -1 : plan_find_word(text.fold, (gsize)at, "thang");
  if (month < 0) { /* OCR runs the words together: "tháng12" */
    const char *found = at < 0 ? NULL : strstr(text.fold + at, "thang");
    month = found ? found - text.fold : -1;
  }
  const char *year_word = month < 0 ? NULL : strstr(text.fold + month, "nam");
  gsize year = year_word ? (gsize)(year_word - text.fold) : 0;
  if (month < 0)
    return read_short_date(head, text, line);
  if (!year || year - (gsize)at > 40 || at > 60)
    return FALSE;
  gsize end = year + 3 + strspn(text.fold + year + 3, " ");
  gsize digits = strspn(text.fold + end, "0123456789");
  PlanText place = plan_text_bare(head->reading->chunk, plan_text_slice(head->reading->chunk, text, 0, (gsize)at));
  if (text.length - end - digits > 2 || (digits && digits != 4) || place.length > 40 || strpbrk(place.fold, "(;\"") ||
      (at && (!strchr(",.", text.fold[at - 1 - (text.fold[at - 1] == ' ' && at > 1 ? 1 : 0)]) ||
              !plan_text_upper_at(text, 0))))
    return FALSE;
  if (at == 0 && !plan_text_upper_at(text, 0) && !head->number)
    return FALSE;
  int day = int_between(text.fold, (gsize)at, (gsize)month), in_month = int_between(text.fold, (gsize)month, year);
  set_date(head, text, (gsize)at, day, in_month, digits ? (int)g_ascii_strtoll(text.fold + end, NULL, 10) : 0, line);
  if (place.length)
    json_object_set_new(head->reading->plan, "place", plan_json_text(place));
  return TRUE;
}

static gboolean name_line(const PlanLine *line) {
  return line->use == LINE_FREE && line->mark.kind == MARK_NONE && plan_text_caps(line->text) &&
         line->text.length < 90 && plan_starts_any(line->text.fold, BODY_WORDS);
}

/* Lines of the name stand just before the motto, all in capitals, and may run on over several lines. */
static void names_before(Head *head, guint motto) {
  guint from = motto;
  for (guint i = motto; i-- > 0 && motto - i < 12;) {
    PlanLine *line = plan_line(head->reading, i);
    if (line->use == LINE_BLANK || line->use == LINE_NOISE)
      continue;
    if (line->use != LINE_FREE || !plan_text_caps(line->text) || line->mark.kind != MARK_NONE || line->text.length > 90)
      break;
    if (name_line(line))
      from = i;
  }
  for (guint i = from; i < motto; i++) {
    PlanLine *line = plan_line(head->reading, i);
    if (line->use != LINE_FREE)
      continue;
    add_name(head, line->text, line->source->number);
    line->use = LINE_HEAD;
  }
}

/* Around a motto: names before it, in its line, and between it and the number. */
static void read_motto_line(Head *head, guint index, gsize cut) {
  PlanLine *line = plan_line(head->reading, index);
  if (head->motto < 0)
    names_before(head, index);
  head->motto = (int)index;
  line->use = LINE_HEAD;
  PlanText left = plan_text_slice(head->reading->chunk, line->text, 0, cut);
  if (cut > 2 && !read_number(head, left, line->source->number))
    add_name(head, left, line->source->number);
}

static void read_line(Head *head, guint index) {
  PlanLine *line = plan_line(head->reading, index);
  int number = line->source->number;
  gssize motto = motto_at(line->text);
  if (motto >= 0) {
    read_motto_line(head, index, (gsize)motto);
    return;
  }
  gsize used = head->number ? 0 : read_number(head, line->text, number);
  PlanText rest = plan_text_from(head->reading->chunk, line->text, used);
  gboolean dated = !head->date && read_date(head, rest, number);
  gboolean near = head->motto >= 0 && (int)index - head->motto < 10;
  if (used || dated) {
    line->use = LINE_HEAD;
  } else if (near && !head->date && name_line(line) && !plan_starts(line->text.fold, "ke hoach")) {
    add_name(head, line->text, number);
    line->use = LINE_HEAD;
  }
}

/* Names of a letterhead whose motto was lost: capitals at the very top. */
static void names_at_top(Head *head) {
  for (guint i = 0; i < head->reading->lines->len && i < 20; i++) {
    PlanLine *line = plan_line(head->reading, i);
    if (line->use == LINE_BLANK || line->use == LINE_NOISE || line->use == LINE_HEAD)
      continue;
    if (!name_line(line))
      return;
    add_name(head, line->text, line->source->number);
    line->use = LINE_HEAD;
  }
}

static json_t *json_names(Head *head) {
  json_t *names = json_array();
  for (guint i = 0; i < head->names->len; i++)
    json_array_append_new(names, plan_json_text(g_array_index(head->names, PlanText, i)));
  return names;
}

void plan_letterhead_read(PlanReading *reading) {
  g_autoptr(GArray) names = g_array_new(FALSE, FALSE, sizeof(PlanText));
  Head head = {.reading = reading, .names = names, .motto = -1};
  json_object_set_new(reading->plan, "place", json_null());
  json_object_set_new(reading->plan, "number", blank_number());
  json_object_set_new(
      reading->plan, "date",
      json_pack("{s:s, s:n, s:n, s:n, s:n, s:n}", "status", "absent", "iso", "day", "month", "year", "text"));
  for (guint i = 0; i < reading->lines->len && i < HEAD_LINES; i++)
    if (plan_line(reading, i)->use == LINE_FREE)
      read_line(&head, i);
  if (!names->len)
    names_at_top(&head);
  json_object_set_new(
      reading->plan, "letterhead",
      json_pack("{s:o, s:b, s:o}", "names", json_names(&head), "motto", head.motto >= 0, "line",
                head.motto >= 0 ? json_integer(plan_line(reading, (guint)head.motto)->source->number) : json_null()));
  if (names->len)
    plan_note(reading, PLAN_READ, head.first_name, head.first_name, "/issuer");
}
