/* Values as the modifiers read them: numbers, addresses, points in time. */
#include "lib/scan/slot.h"
#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static size_t digits_at(const char *text) {
  size_t count = 0;
  while (isdigit((unsigned char)text[count]))
    count++;
  return count;
}

/* Sign, digits, fraction, exponent, and nothing else. */
static bool is_number(const char *text) {
  text += *text == '-' || *text == '+';
  size_t whole = digits_at(text), part = 0;
  text += whole;
  if (*text == '.') {
    part = digits_at(text + 1);
    text += 1 + part;
    if (!part)
      return false;
  }
  if (!whole && !part)
    return false;
  if (*text == 'e' || *text == 'E') {
    text += 1 + (text[1] == '-' || text[1] == '+');
    size_t exponent = digits_at(text);
    if (!exponent)
      return false;
    text += exponent;
  }
  return !*text;
}

bool value_number(Span text, double *out_number) {
  char copy[400];
  if (!text.size || text.size >= sizeof copy || memchr(text.bytes, 0, text.size))
    return false;
  memcpy(copy, text.bytes, text.size);
  copy[text.size] = 0;
  if (!is_number(copy))
    return false;
  *out_number = strtod(copy, NULL);
  return true;
}

bool value_address(Span text, uint8_t out_address[16], uint8_t *out_family) {
  char copy[80];
  const char *zone = text.size ? memchr(text.bytes, '%', text.size) : NULL;
  size_t size = zone ? (size_t)(zone - text.bytes) : text.size;
  if (!size || size >= sizeof copy || memchr(text.bytes, 0, size))
    return false;
  memcpy(copy, text.bytes, size);
  copy[size] = 0;
  memset(out_address, 0, 16);
  bool six = strchr(copy, ':');
  *out_family = six ? AF_INET6 : AF_INET;
  return (six || !zone) && inet_pton(*out_family, copy, out_address) == 1;
}

/* `count` digits as a number; -1: there are others. */
static int digits(const char *text, size_t count) {
  int number = 0;
  for (size_t i = 0; i < count; i++) {
    if (!isdigit((unsigned char)text[i]))
      return -1;
    number = number * 10 + (text[i] - '0');
  }
  return number;
}

typedef struct {
  int year, month, day, hour, minute; /* hour -1: a mere date */
} Moment;

static bool is_leap(int year) {
  return (year % 4 == 0 && year % 100) || year % 400 == 0;
}

static int day_of_year(const Moment *moment) {
  static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
  return before[moment->month - 1] + moment->day + (moment->month > 2 && is_leap(moment->year));
}

/* 0 is Monday. */
static int weekday_of_first(int year) {
  int y = year - 1;
  return ((y * 365 + y / 4 - y / 100 + y / 400) % 7 + 7) % 7;
}

static int weeks_of_year(int year) {
  int first = weekday_of_first(year);
  return first == 3 || (first == 2 && is_leap(year)) ? 53 : 52;
}

/* ISO 8601. */
static int week_of(const Moment *moment) {
  int day = day_of_year(moment), weekday = (weekday_of_first(moment->year) + day - 1) % 7;
  int week = (day - weekday + 9) / 7;
  if (week < 1)
    return weeks_of_year(moment->year - 1);
  return week > weeks_of_year(moment->year) ? 1 : week;
}

/* What may follow HH:MM: seconds, a fraction, a zone. */
static bool tail_fits(const char *text) {
  if (*text == ':') {
    int second = digits(text + 1, 2);
    if (second < 0 || second > 60)
      return false;
    text += 3;
    if (*text == '.' || *text == ',') {
      size_t fraction = digits_at(text + 1);
      if (!fraction)
        return false;
      text += 1 + fraction;
    }
  }
  text += *text == ' ';
  if (*text == 'Z' || *text == 'z')
    return !text[1];
  if (*text != '+' && *text != '-')
    return !*text;
  if (digits(text + 1, 2) < 0)
    return false;
  text += 3;
  text += *text == ':';
  return !*text || (digits(text, 2) >= 0 && !text[2]);
}

static bool read_moment(const char *text, Moment *out) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (strlen(text) < 10 || text[4] != '-' || text[7] != '-')
    return false;
  *out = (Moment){digits(text, 4), digits(text + 5, 2), digits(text + 8, 2), -1, -1};
  if (out->year < 1 || out->month < 1 || out->month > 12 || out->day < 1 ||
      out->day > days[out->month - 1] + (out->month == 2 && is_leap(out->year)))
    return false;
  text += 10;
  if (!*text)
    return true;
  if ((*text != 'T' && *text != 't' && *text != ' ') || strlen(text) < 6 || text[3] != ':')
    return false;
  out->hour = digits(text + 1, 2);
  out->minute = digits(text + 4, 2);
  return out->hour >= 0 && out->hour < 24 && out->minute >= 0 && out->minute < 60 && tail_fits(text + 6);
}

bool value_time(Span text, TimeUnit unit, double *out_number) {
  char copy[64];
  Moment moment;
  if (text.size >= sizeof copy || memchr(text.bytes, 0, text.size))
    return false;
  memcpy(copy, text.bytes, text.size);
  copy[text.size] = 0;
  if (!read_moment(copy, &moment) || (moment.hour < 0 && (unit == UNIT_HOUR || unit == UNIT_MINUTE)))
    return false;
  int number = 0;
  switch (unit) {
  case UNIT_MINUTE:
    number = moment.minute;
    break;
  case UNIT_HOUR:
    number = moment.hour;
    break;
  case UNIT_DAY:
    number = moment.day;
    break;
  case UNIT_WEEK:
    number = week_of(&moment);
    break;
  case UNIT_MONTH:
    number = moment.month;
    break;
  case UNIT_YEAR:
    number = moment.year;
    break;
  }
  *out_number = number;
  return true;
}

bool value_compare(Compare compare, double left, double right) {
  switch (compare) {
  case COMPARE_EQ:
    return left == right;
  case COMPARE_LT:
    return left < right;
  case COMPARE_LTE:
    return left <= right;
  case COMPARE_GT:
    return left > right;
  case COMPARE_GTE:
    return left >= right;
  case COMPARE_NEQ:
    return left != right;
  }
  return false;
}
