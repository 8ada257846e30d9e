#include "core/show.h"
#include "base/date.h"
#include "core/message.h"
#include <string.h>

const char *show_day(Arena *arena, const char *iso) {
  Day day;
  char text[11];
  if (!iso || !date_parse_day(iso, &day))
    return NULL;
  date_write_day(text, day_start_ms(day));
  return arena_text(arena, text, -1);
}

const char *show_time(Arena *arena, gint64 ms) {
  char text[17];
  if (!ms)
    return NULL;
  date_write_time(text, ms);
  return arena_text(arena, text, -1);
}

/* Only the first number: people write "0900 000 011, 0900 000 012". */
const char *show_tel(Arena *arena, const char *phone) {
  g_autoptr(GString) digits = g_string_new(NULL);
  for (const char *p = phone; *p && !strchr(",;/xX", *p); p++)
    if (g_ascii_isdigit(*p) || (*p == '+' && !digits->len))
      g_string_append_c(digits, *p);
  return arena_text(arena, digits->str, (gssize)digits->len);
}

const char *show_today(const Request *request) {
  char day[11];
  date_write_iso_day(day, request->now_ms);
  return arena_text(request->arena, day, -1);
}

void show_status(Request *request, Doc *parent, const char *key, const char *css, const char *label) {
  Doc *status = doc_object(parent, key);
  doc_text(status, KEY("class"), css);
  doc_text(status, KEY("label"), message(request->lang, label));
}

void show_option(Doc *options, const char *value, const char *label, gboolean selected) {
  Doc *option = doc_object(options, NULL);
  doc_text_copy(option, KEY("value"), value);
  doc_text_copy(option, KEY("label"), label);
  doc_bool(option, KEY("selected"), selected);
}

void show_filter_search(Request *request, Doc *fields, const char *label, const char *placeholder) {
  Doc *field = doc_object(fields, NULL);
  doc_text(field, KEY("name"), "q");
  doc_text(field, KEY("label"), message(request->lang, label));
  doc_text(field, KEY("value"), input_text(request, "q"));
  doc_text(field, KEY("placeholder"), message(request->lang, placeholder));
}

Doc *show_filter_select(Request *request, Doc *fields, const char *name, const char *label, const Choice *choices) {
  Doc *field = doc_object(fields, NULL);
  const char *chosen = input_text(request, name);
  doc_text(field, KEY("name"), name);
  doc_text(field, KEY("label"), message(request->lang, label));
  doc_bool(field, KEY("select"), TRUE);
  Doc *options = doc_list(field, KEY("options"));
  for (; choices && choices->value; choices++)
    show_option(options, choices->value, message(request->lang, choices->label), g_strcmp0(chosen ? chosen : "", choices->value) == 0);
  return options;
}
