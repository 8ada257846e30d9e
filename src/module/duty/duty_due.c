/* When duties are due and what they are called: pure rules. */
#include "module/duty/duty_due.h"
#include "base/date.h"
#include "module/duty/duty.h"
#include <string.h>

static void write_iso(char out[11], Day day) {
  date_write_iso_day(out, day_start_ms(day));
}

/* What recurs ends with its period; a year is the civil year, as plans count it. */
static const struct {
  const char *period;
  int months;
  const char *basis;
} CYCLES[] = {
    {"yearly",               12, "Hằng năm: gợi ý trước 15/12"            },
    {"at_least_once_a_year", 12, "Mỗi năm ít nhất 01 lần: gợi ý trước 15/12"},
    {"every_6_months",       6,  "06 tháng một lần: gợi ý ngày 15 của tháng cuối kỳ"},
    {"quarterly",            3,  "Hằng quý: gợi ý ngày 15 của tháng cuối quý"},
    {"monthly",              1,  "Hằng tháng: gợi ý ngày 15"                },
};

int duty_cycle_months(const char *period, const char **out_basis) {
  for (gsize i = 0; i < G_N_ELEMENTS(CYCLES); i++)
    if (strcmp(CYCLES[i].period, period) == 0) {
      *out_basis = CYCLES[i].basis;
      return CYCLES[i].months;
    }
  return 0;
}

gboolean duty_suggest_due(const char *period, const char *today, const char *period_to, char out_day[11],
                          const char **out_basis) {
  Day now, end;
  int months = duty_cycle_months(period, out_basis);
  if (!date_parse_day(today, &now))
    return FALSE;
  if (strcmp(period, "once") == 0 && period_to && date_parse_day(period_to, &end)) {
    write_iso(out_day, end);
    *out_basis = "Không nêu ngày: gợi ý ngày cuối của kỳ kế hoạch";
    return TRUE;
  }
  if (!months)
    return FALSE;
  Day due = day_period_last(now, months);
  due.day = 15;
  if (day_compare(due, now) < 0) {
    due = day_period_last(day_add_months(due, 1), months);
    due.day = 15;
  }
  write_iso(out_day, due);
  return TRUE;
}

/* --- titles --- */

#define TITLE_CHARS 120
#define TITLE_LEAST 24

/* The first clause that is long enough to stand alone; else a cut at a blank. */
const char *duty_title(Arena *arena, const char *content) {
  glong count = 0;
  const char *blank = NULL;
  const char *p = content;
  for (; *p && count < TITLE_CHARS; p = g_utf8_next_char(p), count++) {
    if (*p == ' ')
      blank = p;
    if (count >= TITLE_LEAST && (*p == ';' || *p == ':' || (*p == '.' && (p[1] == ' ' || !p[1]))))
      return arena_text(arena, content, p - content);
  }
  if (!*p)
    return arena_text(arena, content, -1);
  return arena_printf(arena, "%.*s…", (int)((blank ? blank : p) - content), content);
}

/* --- working days --- */

Day duty_working_days_after(Day day, int count) {
  while (count > 0) {
    day = day_add(day, 1);
    count -= day_weekday(day) <= 5;
  }
  return day;
}
