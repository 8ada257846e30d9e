#include "base/date.h"
#include <string.h>

#define OFFSET_MS (7 * HOUR_MS)
#define DAYS_IN_400_YEARS 146097
#define DAYS_BEFORE_1970 719162 /* from 01/01/0001 */
#define LAST_DAY_NUMBER 2932896 /* 31/12/9999 */

static const int MONTH_DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

static gboolean is_leap(int year) {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_days(int year, int month) {
  return MONTH_DAYS[month - 1] + (month == 2 && is_leap(year));
}

gboolean day_valid(Day day) {
  return day.year >= 1 && day.year <= 9999 && day.month >= 1 && day.month <= 12 && day.day >= 1 &&
         day.day <= month_days(day.year, day.month);
}

gint64 day_number(Day day) {
  gint64 past = day.year - 1;
  gint64 days = past * 365 + past / 4 - past / 100 + past / 400;
  for (int month = 1; month < day.month; month++)
    days += month_days(day.year, month);
  return days + day.day - 1 - DAYS_BEFORE_1970;
}

Day day_from_number(gint64 number) {
  int days = (int)(CLAMP(number, -DAYS_BEFORE_1970, LAST_DAY_NUMBER) + DAYS_BEFORE_1970);
  Day day = {1 + 400 * (days / DAYS_IN_400_YEARS), 1, 1};
  days %= DAYS_IN_400_YEARS;
  int centuries = MIN(days / 36524, 3);
  days -= centuries * 36524;
  int fours = days / 1461;
  days -= fours * 1461;
  int years = MIN(days / 365, 3);
  days -= years * 365;
  day.year += centuries * 100 + fours * 4 + years;
  while (days >= month_days(day.year, day.month))
    days -= month_days(day.year, day.month++);
  day.day += days;
  return day;
}

int day_compare(Day a, Day b) {
  gint64 difference = day_number(a) - day_number(b);
  return (difference > 0) - (difference < 0);
}

Day day_add(Day day, gint64 days) {
  return day_from_number(day_number(day) + CLAMP(days, -LAST_DAY_NUMBER * 2, LAST_DAY_NUMBER * 2));
}

Day day_add_months(Day day, int months) {
  gint64 index = CLAMP((gint64)day.year * 12 + day.month - 1 + months, 12, 9999 * 12 + 11);
  Day moved = {(int)(index / 12), (int)(index % 12) + 1, 1};
  moved.day = MIN(day.day, month_days(moved.year, moved.month));
  return moved;
}

int day_weekday(Day day) {
  return (int)((day_number(day) + DAYS_BEFORE_1970) % 7) + 1; /* 01/01/0001 was a Monday */
}

const char *day_weekday_name(Day day) {
  static const char *const NAMES[] = {"thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"};
  return NAMES[day_weekday(day) - 1];
}

int day_period(Day day, int months) {
  return (day.month - 1) / months + 1;
}

Day day_period_first(Day day, int months) {
  return (Day){day.year, (day_period(day, months) - 1) * months + 1, 1};
}

Day day_period_last(Day day, int months) {
  int month = day_period(day, months) * months;
  return (Day){day.year, month, month_days(day.year, month)};
}

gint64 day_start_ms(Day day) {
  return day_number(day) * DAY_MS - OFFSET_MS;
}

/* Splits an instant into the civil day and the milliseconds since its midnight, clamped to the years of a Day. */
static Day split(gint64 ms, int *out_ms_of_day) {
  gint64 local =
      CLAMP(ms, -DAYS_BEFORE_1970 * DAY_MS - OFFSET_MS, (LAST_DAY_NUMBER + 1) * DAY_MS - OFFSET_MS - 1) + OFFSET_MS;
  gint64 number = local / DAY_MS - (local % DAY_MS < 0);
  *out_ms_of_day = (int)(local - number * DAY_MS);
  return day_from_number(number);
}

Day day_at(gint64 ms) {
  int rest;
  return split(ms, &rest);
}

static char *put2(char *out, int value) {
  out[0] = (char)('0' + value / 10 % 10);
  out[1] = (char)('0' + value % 10);
  return out + 2;
}

static char *put4(char *out, int value) {
  return put2(put2(out, value / 100), value);
}

static char *put_text(char *out, const char *text) {
  return stpcpy(out, text);
}

static char *put_number(char *out, gint64 value) {
  char digits[20];
  int count = 0;
  do
    digits[count++] = (char)('0' + value % 10);
  while (value /= 10);
  while (count)
    *out++ = digits[--count];
  *out = '\0';
  return out;
}

static char *put_day(char *out, Day day) {
  out = put2(out, day.day);
  *out++ = '/';
  out = put2(out, day.month);
  *out++ = '/';
  return put4(out, day.year);
}

static char *put_iso_day(char *out, Day day) {
  out = put4(out, day.year);
  *out++ = '-';
  out = put2(out, day.month);
  *out++ = '-';
  return put2(out, day.day);
}

static char *put_clock(char *out, int ms_of_day) {
  int minutes = ms_of_day / (int)MINUTE_MS;
  out = put2(out, minutes / 60);
  *out++ = ':';
  return put2(out, minutes % 60);
}

void date_write_day(char out[11], gint64 ms) {
  *put_day(out, day_at(ms)) = '\0';
}

void date_write_time(char out[17], gint64 ms) {
  int rest;
  Day day = split(ms, &rest);
  out = put_clock(out, rest);
  *out++ = ' ';
  *put_day(out, day) = '\0';
}

void date_write_clock(char out[6], gint64 ms) {
  int rest;
  split(ms, &rest);
  *put_clock(out, rest) = '\0';
}

void date_write_iso_day(char out[11], gint64 ms) {
  *put_iso_day(out, day_at(ms)) = '\0';
}

void date_write_iso(char out[26], gint64 ms) {
  int rest;
  Day day = split(ms, &rest);
  out = put_iso_day(out, day);
  *out++ = 'T';
  out = put_clock(out, rest);
  *out++ = ':';
  out = put2(out, rest / 1000 % 60);
  put_text(out, "+07:00");
}

void date_write_document(char out[32], Day day) {
  out = put_text(out, "ngày ");
  out = put2(out, day.day);
  out = put_text(out, " tháng ");
  out = day.month <= 2 ? put2(out, day.month) : put_number(out, day.month);
  out = put_text(out, " năm ");
  *put4(out, day.year) = '\0';
}

/* Only the two largest units are told: nobody plans by the minutes of next week. */
void date_write_span(char out[64], gint64 span_ms) {
  static const struct {
    gint64 ms;
    const char *name;
  } UNITS[] = {
      {DAY_MS,    " ngày"},
      {HOUR_MS,   " giờ"},
      {MINUTE_MS, " phút"}
  };
  gint64 rest = MAX(span_ms, 0);
  gsize first = 0;
  while (first < G_N_ELEMENTS(UNITS) && rest < UNITS[first].ms)
    first++;
  if (first == G_N_ELEMENTS(UNITS)) {
    put_text(out, "dưới 1 phút");
    return;
  }
  out = put_text(put_number(out, rest / UNITS[first].ms), UNITS[first].name);
  gint64 second = first + 1 < G_N_ELEMENTS(UNITS) ? rest % UNITS[first].ms / UNITS[first + 1].ms : 0;
  if (second)
    put_text(put_number(put_text(out, " "), second), UNITS[first + 1].name);
}

void date_write_countdown(char out[80], gint64 due_ms, gint64 now_ms) {
  gboolean late = now_ms > due_ms;
  guint64 distance = late ? (guint64)now_ms - (guint64)due_ms : (guint64)due_ms - (guint64)now_ms;
  gint64 span = (gint64)MIN(distance, (guint64)G_MAXINT64);
  if (span >= 10 * DAY_MS)
    span -= span % DAY_MS;
  date_write_span(put_text(out, late ? "quá hạn " : "còn "), span);
}

/* A cursor over what people typed. A take_* that fails may leave it inside what it tried; alternatives work on a copy.
 */
typedef struct {
  const char *at;
} Cursor;

static gboolean take_char(Cursor *cursor, char c) {
  if (*cursor->at != c)
    return FALSE;
  cursor->at++;
  return TRUE;
}

static gboolean take_word(Cursor *cursor, const char *word) {
  gsize length = strlen(word);
  if (strncmp(cursor->at, word, length) != 0)
    return FALSE;
  cursor->at += length;
  return TRUE;
}

static void skip_blanks(Cursor *cursor) {
  while (g_ascii_isspace(*cursor->at))
    cursor->at++;
}

/* Digits: at least `least`, at most `most`; *out_count tells how many there were. */
static gboolean take_number(Cursor *cursor, int least, int most, int *out_value, int *out_count) {
  int value = 0;
  int count = 0;
  while (count < most && g_ascii_isdigit(cursor->at[count]))
    value = value * 10 + (cursor->at[count++] - '0');
  if (count < least || g_ascii_isdigit(cursor->at[count]))
    return FALSE;
  cursor->at += count;
  *out_value = value;
  if (out_count)
    *out_count = count;
  return TRUE;
}

static gboolean take_year(Cursor *cursor, int *out_year) {
  int count;
  if (!take_number(cursor, 2, 4, out_year, &count) || count == 3)
    return FALSE;
  if (count == 2)
    *out_year += 2000;
  return TRUE;
}

static gboolean take_document_day(Cursor *cursor, Day *day) {
  Cursor c = *cursor;
  if (!take_word(&c, "ngày") && !take_word(&c, "Ngày"))
    return FALSE;
  skip_blanks(&c);
  if (!take_number(&c, 1, 2, &day->day, NULL))
    return FALSE;
  skip_blanks(&c);
  if (!take_word(&c, "tháng"))
    return FALSE;
  skip_blanks(&c);
  if (!take_number(&c, 1, 2, &day->month, NULL))
    return FALSE;
  skip_blanks(&c);
  if (!take_word(&c, "năm"))
    return FALSE;
  skip_blanks(&c);
  if (!take_number(&c, 4, 4, &day->year, NULL))
    return FALSE;
  *cursor = c;
  return TRUE;
}

static gboolean take_iso_day(Cursor *cursor, Day *day) {
  Cursor c = *cursor;
  if (!take_number(&c, 4, 4, &day->year, NULL) || !take_char(&c, '-') || !take_number(&c, 2, 2, &day->month, NULL) ||
      !take_char(&c, '-') || !take_number(&c, 2, 2, &day->day, NULL))
    return FALSE;
  *cursor = c;
  return TRUE;
}

static gboolean take_short_day(Cursor *cursor, Day *day) {
  Cursor c = *cursor;
  if (!take_number(&c, 1, 2, &day->day, NULL))
    return FALSE;
  char separator = *c.at;
  if (!separator || !strchr("/-.", separator))
    return FALSE;
  c.at++;
  if (!take_number(&c, 1, 2, &day->month, NULL) || !take_char(&c, separator) || !take_year(&c, &day->year))
    return FALSE;
  *cursor = c;
  return TRUE;
}

static gboolean take_day(Cursor *cursor, Day *out_day) {
  return (take_iso_day(cursor, out_day) || take_short_day(cursor, out_day) || take_document_day(cursor, out_day)) &&
         day_valid(*out_day);
}

static gboolean at_end(Cursor *cursor) {
  skip_blanks(cursor);
  return !*cursor->at;
}

gboolean date_parse_day(const char *text, Day *out_day) {
  Cursor cursor = {text};
  Day day;
  skip_blanks(&cursor);
  if (!take_day(&cursor, &day) || !at_end(&cursor))
    return FALSE;
  *out_day = day;
  return TRUE;
}

/* 14:35[:07[.123]] as milliseconds since midnight; digits beyond the milliseconds are dropped. */
static gboolean take_clock(Cursor *cursor, gint64 *out_ms) {
  int hour, minute, second = 0, fraction = 0;
  if (!take_number(cursor, 1, 2, &hour, NULL) || !take_char(cursor, ':') || !take_number(cursor, 2, 2, &minute, NULL) ||
      hour > 23 || minute > 59)
    return FALSE;
  if (take_char(cursor, ':')) {
    if (!take_number(cursor, 2, 2, &second, NULL) || second > 59)
      return FALSE;
    if (take_char(cursor, '.') || take_char(cursor, ',')) {
      if (!g_ascii_isdigit(*cursor->at))
        return FALSE;
      for (int weight = 100; g_ascii_isdigit(*cursor->at); cursor->at++, weight /= 10)
        fraction += (*cursor->at - '0') * weight;
    }
  }
  *out_ms = hour * HOUR_MS + minute * MINUTE_MS + second * 1000 + fraction;
  return TRUE;
}

static gboolean take_offset(Cursor *cursor, gint64 *out_ms) {
  if (take_char(cursor, 'Z')) {
    *out_ms = 0;
    return TRUE;
  }
  int sign = *cursor->at == '-' ? -1 : 1;
  int hours, minutes;
  if (!take_char(cursor, '+') && !take_char(cursor, '-'))
    return FALSE;
  if (!take_number(cursor, 2, 2, &hours, NULL) || !take_char(cursor, ':') ||
      !take_number(cursor, 2, 2, &minutes, NULL) || hours > 14 || minutes > 59)
    return FALSE;
  *out_ms = sign * (hours * HOUR_MS + minutes * MINUTE_MS);
  return TRUE;
}

static gboolean parse_iso(const char *text, gboolean offset_required, gint64 *out_ms) {
  Cursor cursor = {text};
  Day day;
  gint64 clock;
  gint64 offset = OFFSET_MS;
  skip_blanks(&cursor);
  if (!take_iso_day(&cursor, &day) || !day_valid(day) || (!take_char(&cursor, 'T') && !take_char(&cursor, ' ')) ||
      !take_clock(&cursor, &clock))
    return FALSE;
  if (!take_offset(&cursor, &offset) && offset_required)
    return FALSE;
  if (!at_end(&cursor))
    return FALSE;
  *out_ms = day_number(day) * DAY_MS + clock - offset;
  return TRUE;
}

gboolean date_parse_iso(const char *text, gint64 *out_ms) {
  return parse_iso(text, TRUE, out_ms);
}

static gboolean parse_typed(const char *text, gboolean day_first, gint64 *out_ms) {
  Cursor cursor = {text};
  Day day;
  gint64 clock;
  skip_blanks(&cursor);
  if (day_first ? !take_day(&cursor, &day) : !take_clock(&cursor, &clock))
    return FALSE;
  take_char(&cursor, ',');
  skip_blanks(&cursor);
  if (day_first ? !take_clock(&cursor, &clock) : !take_day(&cursor, &day))
    return FALSE;
  if (!at_end(&cursor))
    return FALSE;
  *out_ms = day_start_ms(day) + clock;
  return TRUE;
}

gboolean date_parse_time(const char *text, gint64 *out_ms) {
  return parse_iso(text, FALSE, out_ms) || parse_typed(text, FALSE, out_ms) || parse_typed(text, TRUE, out_ms);
}
