/* Calendar dates and times in Viet Nam: UTC+7 all year, so integer arithmetic is enough; no time-zone database.
 *
 * Units: instants are UTC milliseconds since 1970; a Day is a civil date in Viet Nam, years 1 to 9999, months and days
 * from 1. Instants outside those years are written as the nearest day inside them.
 * Ownership: the caller's buffers; the sizes are in the signatures and hold the NUL.
 * Errors: parsers return FALSE and leave the output alone. Threads: pure functions.
 * Source of date_write_document: NĐ 30/2020/NĐ-CP, Phụ lục I (days below 10 and months 1 and 2 have a leading zero).
 */
#pragma once
#include <glib.h>

#define MINUTE_MS G_GINT64_CONSTANT(60000)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

typedef struct {
  int year;
  int month;
  int day;
} Day;

gboolean day_valid(Day day);
gint64 day_number(Day day); /* days since 01/01/1970; the difference of two is the days between them */
Day day_from_number(gint64 number);
int day_compare(Day a, Day b);
Day day_add(Day day, gint64 days);
Day day_add_months(Day day, int months); /* 31/01 + 1 month is the last day of February */
int day_weekday(Day day);                /* 1 Monday … 7 Sunday */
const char *day_weekday_name(Day day);   /* "thứ Hai" … "Chủ nhật" */
/* The first and the last day of the period of `months` (1, 3, 6, 12) that holds `day`: its quarter, half-year … */
Day day_period_first(Day day, int months);
Day day_period_last(Day day, int months);
int day_period(Day day, int months); /* its number in the year, from 1: day_period(day, 3) is the quarter */

gint64 day_start_ms(Day day); /* 00:00 in Viet Nam */
Day day_at(gint64 ms);        /* the day in Viet Nam at that instant */

void date_write_day(char out[11], gint64 ms);       /* 21/11/2026 */
void date_write_time(char out[17], gint64 ms);      /* 14:35 21/11/2026 */
void date_write_clock(char out[6], gint64 ms);      /* 14:35 */
void date_write_iso_day(char out[11], gint64 ms);   /* 2026-11-21 */
void date_write_iso(char out[26], gint64 ms);       /* 2026-11-21T14:35:07+07:00 */
void date_write_document(char out[32], Day day);    /* ngày 21 tháng 11 năm 2026 */
void date_write_span(char out[64], gint64 span_ms); /* 3 ngày 4 giờ; 2 giờ 15 phút; 9 phút; dưới 1 phút */
/* "còn 3 ngày 4 giờ", "quá hạn 1 giờ 20 phút"; from 10 days on only days: "còn 12 ngày". */
void date_write_countdown(char out[80], gint64 due_ms, gint64 now_ms);

/* As people type it: 3/2/26 03-02-2026 3.2.2026 2026-02-03 "ngày 03 tháng 02 năm 2026"; two digits mean 20yy. */
gboolean date_parse_day(const char *text, Day *out_day);
/* ISO 8601 with an offset (Z, +07:00): 2026-11-21T14:35[:07[.123]]+07:00. */
gboolean date_parse_iso(const char *text, gint64 *out_ms);
/* As date_parse_iso, but without an offset the time is Viet Nam's; also "14:35 21/11/2026" and "21/11/2026 14:35". */
gboolean date_parse_time(const char *text, gint64 *out_ms);
