#include "lib/scan/stamp.h"
#include <string.h>

typedef struct {
  const char *at, *end;
  bool bad;
} Reader;

typedef struct {
  int year, month, day, hour, minute, second, millisecond;
} Moment;

enum { DAY_MS = 86400000, NO_ZONE = INT32_MIN };

static Reader reader_of(Span text) {
  return (Reader){text.bytes, text.bytes + text.size, false};
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* From `least` to `most` digits. */
static int number(Reader *reader, int least, int most) {
  int value = 0, count = 0;
  while (count < most && reader->at < reader->end && is_digit(*reader->at)) {
    value = value * 10 + (*reader->at++ - '0');
    count++;
  }
  if (count < least)
    reader->bad = true;
  return value;
}

static bool take(Reader *reader, const char *any_of) {
  if (reader->at < reader->end && *reader->at && strchr(any_of, *reader->at)) {
    reader->at++;
    return true;
  }
  return false;
}

static void need(Reader *reader, const char *any_of) {
  if (!take(reader, any_of))
    reader->bad = true;
}

static int month_name(Reader *reader) {
  static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
  if (reader->end - reader->at >= 3) {
    char low[3];
    for (int i = 0; i < 3; i++)
      low[i] = (char)(reader->at[i] | 0x20);
    for (int i = 0; i < 12; i++)
      if (!memcmp(low, names + 3 * i, 3)) {
        reader->at += 3;
        return i + 1;
      }
  }
  reader->bad = true;
  return 1;
}

static int64_t days_of(int year, int month, int day) {
  int64_t y = month > 2 ? year : year - 1; /* years from March, so that the leap day is the last */
  int64_t era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
  int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool moment_is_valid(const Moment *moment) {
  bool leap = (moment->year % 4 == 0 && moment->year % 100 != 0) || moment->year % 400 == 0;
  if (moment->month == 2 && moment->day == 29 && !leap)
    return false;
  static const int8_t days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return moment->year >= 1 && moment->month >= 1 && moment->month <= 12 && moment->day >= 1 &&
         moment->day <= days[moment->month - 1] && moment->hour < 24 && moment->minute < 60 && moment->second <= 60;
}

static int64_t moment_ms(const Moment *moment, int zone_minutes) {
  int64_t minutes = (days_of(moment->year, moment->month, moment->day) * 24 + moment->hour) * 60 + moment->minute;
  return ((minutes - zone_minutes) * 60 + moment->second) * 1000 + moment->millisecond;
}

static size_t finish(const Reader *reader, Span text, const Moment *moment, int zone, int64_t *out_ms) {
  if (reader->bad || !moment_is_valid(moment))
    return 0;
  *out_ms = moment_ms(moment, zone);
  return (size_t)(reader->at - text.bytes);
}

/* The digits behind . or , as milliseconds. */
static int fraction(Reader *reader) {
  if (reader->end - reader->at < 2 || (*reader->at != '.' && *reader->at != ',') || !is_digit(reader->at[1]))
    return 0;
  reader->at++;
  int value = 0, count = 0;
  for (; reader->at < reader->end && is_digit(*reader->at); reader->at++, count++)
    if (count < 3)
      value = value * 10 + (*reader->at - '0');
  for (; count < 3; count++)
    value *= 10;
  return value;
}

static void clock_read(Reader *reader, Moment *moment) {
  moment->hour = number(reader, 1, 2);
  need(reader, ":");
  moment->minute = number(reader, 2, 2);
  if (take(reader, ":"))
    moment->second = number(reader, 2, 2);
  moment->millisecond = fraction(reader);
}

/* Z, +07:00, +0700, +07, UTC, GMT; NO_ZONE: there is none. */
static int zone_read(Reader *reader) {
  Reader from = *reader;
  take(reader, " ");
  if (reader->end - reader->at >= 3 && (!memcmp(reader->at, "UTC", 3) || !memcmp(reader->at, "GMT", 3))) {
    reader->at += 3;
    return 0;
  }
  if (from.at == reader->at && take(reader, "Zz"))
    return 0;
  int sign = take(reader, "+") ? 1 : take(reader, "-") ? -1 : 0;
  if (sign) {
    int hours = number(reader, 2, 2);
    take(reader, ":");
    int minutes = number(reader, 0, 2);
    if (!reader->bad && hours <= 18 && minutes < 60)
      return sign * (hours * 60 + minutes);
  }
  *reader = from;
  return NO_ZONE;
}

size_t stamp_iso(Span text, const StampOptions *options, int64_t *out_ms) {
  Reader reader = reader_of(text);
  Moment moment = {.year = number(&reader, 4, 4)};
  if (reader.bad || reader.at == reader.end || !strchr("-/", *reader.at) || !*reader.at)
    return 0;
  const char separator[2] = {*reader.at++, '\0'};
  moment.month = number(&reader, 1, 2);
  need(&reader, separator);
  moment.day = number(&reader, 1, 2);
  bool two = reader.end - reader.at > 2 && reader.at[0] == ' ' && reader.at[1] == ' '; /* MySQL: one digit of hours */
  reader.at += two;
  if (take(&reader, "Tt") || (reader.end - reader.at > 1 && is_digit(reader.at[1]) && take(&reader, " -")))
    clock_read(&reader, &moment);
  else
    return 0;
  if (reader.bad)
    return 0;
  int zone = zone_read(&reader);
  return finish(&reader, text, &moment, zone == NO_ZONE ? options->offset_minutes : zone, out_ms);
}

/* The last year in which the moment is past; a clock may be some weeks ahead, and a log some years old when its stamps
 * have the 29th of February. */
static int year_near(Moment moment, const StampOptions *options) {
  int now = 1970 + (int)(options->now_ms / ((int64_t)DAY_MS * 365));
  for (int year = now + 1; year > now - 9; year--) {
    moment.year = year;
    if (moment_is_valid(&moment) &&
        moment_ms(&moment, options->offset_minutes) <= options->now_ms + 31 * (int64_t)DAY_MS)
      return year;
  }
  return now;
}

size_t stamp_syslog(Span text, const StampOptions *options, int64_t *out_ms) {
  Reader reader = reader_of(text);
  take(&reader, "*."); /* Cisco: the clock is not set by NTP */
  Moment moment = {.month = month_name(&reader)};
  need(&reader, " ");
  take(&reader, " ");
  moment.day = number(&reader, 1, 2);
  need(&reader, " ");
  if (reader.end - reader.at > 5 && is_digit(reader.at[2]) && is_digit(reader.at[3]) && reader.at[4] == ' ') {
    moment.year = number(&reader, 4, 4);
    need(&reader, " ");
  }
  clock_read(&reader, &moment);
  if (reader.bad)
    return 0;
  if (!moment.year && reader.end - reader.at >= 5 && reader.at[0] == ' ' &&
      (reader.end - reader.at == 5 || !is_digit(reader.at[5]))) {
    Reader year = {reader.at + 1, reader.end, false};
    int value = number(&year, 4, 4);
    if (!year.bad && value >= 1990 && value < 2200) {
      moment.year = value;
      reader = year;
    }
  }
  int zone = options->offset_minutes;
  if (!moment.year)
    moment.year = year_near(moment, options);
  return finish(&reader, text, &moment, zone, out_ms);
}

size_t stamp_access(Span text, const StampOptions *options, int64_t *out_ms) {
  Reader reader = reader_of(text);
  Moment moment = {.day = number(&reader, 1, 2)};
  need(&reader, "/");
  moment.month = month_name(&reader);
  need(&reader, "/");
  moment.year = number(&reader, 4, 4);
  need(&reader, ":");
  clock_read(&reader, &moment);
  if (reader.bad)
    return 0;
  int zone = zone_read(&reader);
  return finish(&reader, text, &moment, zone == NO_ZONE ? options->offset_minutes : zone, out_ms);
}

size_t stamp_asctime(Span text, const StampOptions *options, int64_t *out_ms) {
  static const char days[] = "MonTueWedThuFriSatSun";
  Reader reader = reader_of(text);
  bool named = false;
  for (int i = 0; i < 7 && text.size > 4; i++)
    named |= !memcmp(text.bytes, days + 3 * i, 3);
  if (!named)
    return 0;
  reader.at += 3;
  need(&reader, " ");
  Moment moment = {.month = month_name(&reader)};
  need(&reader, " ");
  take(&reader, " ");
  moment.day = number(&reader, 1, 2);
  need(&reader, " ");
  clock_read(&reader, &moment);
  need(&reader, " ");
  moment.year = number(&reader, 4, 4);
  return finish(&reader, text, &moment, options->offset_minutes, out_ms);
}

size_t stamp_epoch(Span text, int64_t *out_ms) {
  Reader reader = reader_of(text);
  uint64_t value = 0; /* 19 digits have room */
  size_t digits = 0;
  for (; reader.at < reader.end && is_digit(*reader.at) && digits < 19; reader.at++, digits++)
    value = value * 10 + (uint64_t)(*reader.at - '0');
  static const uint64_t per_ms[] = {[13] = 1, [16] = 1000, [19] = 1000000};
  if (digits >= 9 && digits <= 10)
    *out_ms = (int64_t)value * 1000 + fraction(&reader);
  else if (digits == 13 || digits == 16 || digits == 19)
    *out_ms = (int64_t)(value / per_ms[digits]);
  else
    return 0;
  return (size_t)(reader.at - text.bytes);
}

size_t stamp_short(Span text, const StampOptions *options, int64_t *out_ms) {
  Reader reader = reader_of(text);
  Moment moment = {.year = 2000 + number(&reader, 2, 2), .month = number(&reader, 2, 2), .day = number(&reader, 2, 2)};
  need(&reader, " ");
  take(&reader, " ");
  clock_read(&reader, &moment);
  return finish(&reader, text, &moment, options->offset_minutes, out_ms);
}

/* 11/21/2026 6:00:00 AM; without AM or PM day and month cannot be told apart. */
static size_t stamp_american(Span text, const StampOptions *options, int64_t *out_ms) {
  Reader reader = reader_of(text);
  Moment moment = {.month = number(&reader, 1, 2)};
  need(&reader, "/");
  moment.day = number(&reader, 1, 2);
  need(&reader, "/");
  moment.year = number(&reader, 4, 4);
  need(&reader, " ");
  clock_read(&reader, &moment);
  need(&reader, " ");
  bool evening = take(&reader, "P");
  if (!evening)
    need(&reader, "A");
  need(&reader, "M");
  if (moment.hour < 1 || moment.hour > 12)
    return 0;
  moment.hour = moment.hour % 12 + (evening ? 12 : 0);
  return finish(&reader, text, &moment, options->offset_minutes, out_ms);
}

bool stamp_any(Span text, const StampOptions *options, int64_t *out_ms) {
  if (text.size > 8 && !memcmp(text.bytes, "/Date(", 6)) {
    size_t size = stamp_epoch((Span){text.bytes + 6, text.size - 6}, out_ms);
    return size && text.bytes[6 + size] == ')';
  }
  if (!text.size || text.size > 64)
    return false;
  size_t size = stamp_iso(text, options, out_ms);
  if (!size)
    size = stamp_epoch(text, out_ms);
  if (!size && is_digit(text.bytes[0])) {
    size = stamp_american(text, options, out_ms);
    if (!size)
      size = stamp_access(text, options, out_ms);
  } else if (!size) {
    size = stamp_syslog(text, options, out_ms);
    if (!size)
      size = stamp_asctime(text, options, out_ms);
  }
  return size == text.size;
}
