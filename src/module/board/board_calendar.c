#include "module/board/board_calendar.h"
#include "base/date.h"
#include "core/message.h"
#include "core/user.h"
#include <libical/ical.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_A_DAY 3     /* in the grid */
#define LISTED_A_DAY 10   /* below it, of a month */
#define LISTED_ALONE 150  /* of one day by itself */

/* --- a month --- */

static Day first_of(const Request *request) {
  const char *month = input_text(request, "thang");
  g_autofree char *text = month ? g_strdup_printf("%s-01", month) : NULL;
  Day day = day_at(request->now_ms);
  if (text)
    date_parse_day(text, &day);
  day.day = 1;
  return day;
}

static const char *month_url(Request *request, Day first, int months) {
  Day month = day_add_months(first, months);
  return arena_printf(request->arena, "/lich?thang=%04d-%02d", month.year, month.month);
}

static const char *day_url(Request *request, Day day) {
  return arena_printf(request->arena, "/lich?thang=%04d-%02d&ngay=%d#ngay-%d", day.year, day.month, day.day, day.day);
}

static const char *iso(Arena *arena, Day day) {
  char text[11];
  date_write_iso_day(text, day_start_ms(day));
  return arena_text(arena, text, -1);
}

static gboolean collect(Request *request, const char *from_day, const char *to_day, Doc *items, GError **error) {
  for (const Module *const *module = request->app->modules; *module; module++)
    if ((*module)->calendar && !(*module)->calendar(request, from_day, to_day, items, error))
      return FALSE;
  return TRUE;
}

static const char *item_day(const Doc *item) {
  const Doc *due = doc_get(item, KEY("due"));
  const char *day = due ? doc_get_text(due, KEY("iso")) : NULL;
  return day ? day : "";
}

static void copy_item(const Doc *item, Doc *list) {
  static const char *const TEXTS[] = {"title", "url", "class", "lead", "code"};
  Doc *row = doc_object(list, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(TEXTS); i++)
    doc_text(row, g_intern_static_string(TEXTS[i]), doc_get_text(item, g_intern_static_string(TEXTS[i])));
  doc_text(row, KEY("who"), doc_get_text(item, KEY("lead")));
  for (const Doc *child = item->first; child; child = child->next)
    if (child->type == DOC_OBJECT) {
      Doc *part = doc_object(row, child->key);
      for (const Doc *text = child->first; text; text = text->next)
        doc_text(part, text->key, text->type == DOC_TEXT ? text->text : NULL);
    }
}

static int copy_day(const Doc *items, const char *day, Doc *list, int most) {
  int count = 0;
  for (const Doc *item = items->first; item; item = item->next)
    if (strcmp(item_day(item), day) == 0 && ++count <= most)
      copy_item(item, list);
  return count;
}

static void add_cell(Request *request, Doc *days, Day day, Day first, const Doc *items) {
  Doc *cell = doc_object(days, NULL);
  doc_int(cell, KEY("number"), day.day);
  doc_bool(cell, KEY("off"), day.month != first.month);
  doc_bool(cell, KEY("today"), day_compare(day, day_at(request->now_ms)) == 0);
  Doc *list = doc_list(cell, KEY("items"));
  int count = copy_day(items, iso(request->arena, day), list, SHOWN_A_DAY);
  if (count <= SHOWN_A_DAY)
    return;
  doc_int(cell, KEY("more"), count - SHOWN_A_DAY);
  doc_text(cell, KEY("more_url"), day_url(request, day));
}

static void add_weeks(Request *request, Doc *answer, Day first, Day last, const Doc *items) {
  Doc *weeks = doc_list(answer, KEY("weeks"));
  Day day = day_add(first, 1 - day_weekday(first));
  while (day_compare(day, last) <= 0) {
    Doc *days = doc_list(doc_object(weeks, NULL), KEY("days"));
    for (int i = 0; i < 7; i++, day = day_add(day, 1))
      add_cell(request, days, day, first, items);
  }
}

const char *board_day_title(Request *request, Day day) {
  const char *name = message(request->lang, day_weekday_name(day));
  char text[11], capital[7] = {0};
  date_write_day(text, day_start_ms(day));
  g_unichar_to_utf8(g_unichar_toupper(g_utf8_get_char(name)), capital);
  return arena_printf(request->arena, "%s%s, %s", capital, g_utf8_next_char(name), text);
}

static void add_day(Request *request, Doc *days, Day day, const Doc *items, int most) {
  g_autoptr(Arena) scratch = arena_new();
  int count = copy_day(items, iso(scratch, day), doc_list(doc_new(scratch), KEY("none")), 1);
  if (!count)
    return;
  Doc *row = doc_object(days, NULL);
  doc_text(row, KEY("day"), board_day_title(request, day));
  doc_int(row, KEY("number"), day.day);
  doc_bool(row, KEY("today"), day_compare(day, day_at(request->now_ms)) == 0);
  copy_day(items, iso(request->arena, day), doc_list(row, KEY("items")), most);
  if (count <= most)
    return;
  doc_int(row, KEY("more"), count - most);
  doc_text(row, KEY("more_url"), most < LISTED_ALONE ? day_url(request, day) : "/nhiem-vu");
}

/* All of the month, or of the day asked for. */
static void add_days(Request *request, Doc *answer, Day first, Day last, const Doc *items) {
  Doc *days = doc_list(answer, KEY("days"));
  gint64 only = input_int(request, "ngay", 0);
  for (Day day = first; day_compare(day, last) <= 0; day = day_add(day, 1))
    if (!only || day.day == only)
      add_day(request, days, day, items, only ? LISTED_ALONE : LISTED_A_DAY);
  if (only)
    doc_text(answer, KEY("month_url"), month_url(request, first, 0));
}

/* --- the address of the feed --- */

static gboolean feed_key(const App *app, guchar out[crypto_auth_KEYBYTES], GError **error) {
  g_autofree char *path = g_build_filename(app->home, "feed.key", NULL);
  g_autofree char *bytes = NULL;
  gsize length = 0;
  if (g_file_get_contents(path, &bytes, &length, NULL) && length == crypto_auth_KEYBYTES) {
    memcpy(out, bytes, length);
    return TRUE;
  }
  crypto_auth_keygen(out);
  return g_file_set_contents_full(path, (const char *)out, crypto_auth_KEYBYTES, G_FILE_SET_CONTENTS_DURABLE, 0600, error);
}

static const char *feed_code(const App *app, Arena *arena, const char *account_id, const char *body_id, GError **error) {
  guchar key[crypto_auth_KEYBYTES], mac[crypto_auth_BYTES];
  char hex[33];
  const char *text = arena_printf(arena, "%s.%s", account_id, body_id);
  if (!feed_key(app, key, error))
    return NULL;
  crypto_auth(mac, (const guchar *)text, strlen(text), key);
  sodium_bin2hex(hex, sizeof hex, mac, 16);
  return arena_printf(arena, "%s.%s", text, hex);
}

gboolean calendar_month(Request *request, Doc *answer, GError **error) {
  Day first = first_of(request), last = day_period_last(first, 1);
  Doc *items = doc_list(answer, KEY("items"));
  if (!collect(request, iso(request->arena, first), iso(request->arena, last), items, error))
    return FALSE;
  int count = 0;
  for (const Doc *item = items->first; item; item = item->next)
    count++;
  doc_text(answer, KEY("month"), arena_printf(request->arena, "%s %d %s %d", message(request->lang, "Tháng"), first.month,
                                              message(request->lang, "năm"), first.year));
  doc_text(answer, KEY("summary"), arena_printf(request->arena, "%d %s", count, message(request->lang, "việc đến hạn trong tháng này.")));
  doc_text(answer, KEY("previous_url"), month_url(request, first, -1));
  doc_text(answer, KEY("next_url"), month_url(request, first, 1));
  doc_text(answer, KEY("today_url"), "/lich");
  const char *code = feed_code(request->app, request->arena, request->user->id, request->body_id, error);
  if (!code)
    return FALSE;
  doc_text(answer, KEY("ics_url"), arena_printf(request->arena, "/lich.ics?ma=%s", code));
  add_weeks(request, answer, first, last, items);
  add_days(request, answer, first, last, items);
  return TRUE;
}

/* --- iCalendar --- */

static struct icaltimetype ical_day(Day day) {
  struct icaltimetype time = icaltime_null_date();
  time.year = day.year;
  time.month = day.month;
  time.day = day.day;
  return time;
}

static void add_event(icalcomponent *calendar, const Doc *item, gint64 now_ms) {
  Day due;
  const char *who = doc_get_text(item, KEY("lead"));
  if (!date_parse_day(item_day(item), &due))
    return;
  g_autofree char *uid = g_strdup_printf("%s@ungcuu", doc_get_text(item, KEY("id")));
  icalcomponent_add_component(
      calendar, icalcomponent_vanew(ICAL_VEVENT_COMPONENT, icalproperty_new_uid(uid),
                                    icalproperty_new_dtstamp(icaltime_from_timet_with_zone(
                                        (time_t)(now_ms / 1000), 0, icaltimezone_get_utc_timezone())),
                                    icalproperty_new_dtstart(ical_day(due)),
                                    icalproperty_new_summary(doc_get_text(item, KEY("title"))),
                                    icalproperty_new_description(who ? who : ""),
                                    icalproperty_new_transp(ICAL_TRANSP_TRANSPARENT), (void *)0));
}

static GBytes *calendar_bytes(const Doc *items, gint64 now_ms) {
  icalcomponent *calendar =
      icalcomponent_vanew(ICAL_VCALENDAR_COMPONENT, icalproperty_new_version("2.0"),
                          icalproperty_new_prodid("-//ungcuu//VI"), icalproperty_new_calscale("GREGORIAN"), (void *)0);
  for (const Doc *item = items->first; item; item = item->next)
    add_event(calendar, item, now_ms);
  char *text = icalcomponent_as_ical_string_r(calendar);
  GBytes *bytes = g_bytes_new(text, strlen(text));
  free(text);
  icalcomponent_free(calendar);
  return bytes;
}

static gboolean take_code(Request *request, GError **error) {
  const char *given = input_text(request, "ma");
  g_auto(GStrv) parts = g_strsplit(given ? given : "", ".", 3);
  StoreConn *conn = request_read(request, error);
  if (!conn)
    return FALSE;
  if (request->user && !given)
    return TRUE;
  const char *good = g_strv_length(parts) == 3 ? feed_code(request->app, request->arena, parts[0], parts[1], NULL) : NULL;
  if (good && strlen(good) == strlen(given) && sodium_memcmp(good, given, strlen(good)) == 0) {
    request->user = user_load(conn, request->arena, parts[0], error);
    request->body_id = arena_text(request->arena, parts[1], -1);
  }
  if (good && request->user && request_may(request, "board.read", request->body_id))
    return TRUE;
  g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Địa chỉ lịch không đúng hoặc không còn hiệu lực. Lấy lại ở trang Lịch.");
  return FALSE;
}

gboolean calendar_feed(Request *request, Doc *answer, GError **error) {
  if (!take_code(request, error))
    return FALSE;
  Day today = day_at(request->now_ms);
  Doc *items = doc_list(answer, KEY("items"));
  if (!collect(request, iso(request->arena, day_add_months(today, -3)), iso(request->arena, day_add_months(today, 12)), items, error))
    return FALSE;
  request->file = calendar_bytes(items, request->now_ms);
  request->file_name = "nhiem-vu.ics";
  request->file_type = "text/calendar; charset=utf-8";
  return TRUE;
}
