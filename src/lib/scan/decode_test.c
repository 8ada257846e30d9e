#include <glib.h>
#include <string.h>
#include "lib/scan/decode.h"
#include "lib/scan/utf8.h"

static FieldTable *table;

static Decoder *decoder_make_of(LogFormat format) {
  DecoderOptions options = {.format = format, .now_ms = 1795240800000, .offset_minutes = 420};
  return decoder_new(table, &options);
}

/* "raw-less" view of an event: path=text|…, the format left out. */
static void event_print(const Event *event, GString *out) {
  for (uint32_t i = 0; i < event->count; i++) {
    g_autofree char *buffer = g_malloc(event->fields[i].raw.size + 1);
    Span text = event_text(&event->fields[i], buffer), name = field_table_name(table, event->fields[i].path);
    if (name.size == 10 && !memcmp(name.bytes, "log.format", 10))
      continue;
    g_string_append_printf(out, "%.*s=%.*s|", (int)name.size, name.bytes, (int)text.size, text.bytes);
  }
  g_string_append_c(out, '\n');
}

/* All events of a stream that comes in pieces of `piece` bytes. */
static char *stream(const char *bytes, gsize size, gsize piece) {
  Decoder *decoder = decoder_make_of(FORMAT_AUTO);
  GString *out = g_string_new("");
  gsize from = 0, have = 0;
  for (;;) {
    have = MIN(size, have + piece);
    for (;;) {
      gsize used = 0;
      Event event;
      g_autofree char *copy = g_memdup2(bytes + from, have > from ? have - from : 1);
      gboolean got = decoder_next(decoder, (Span){copy, have - from}, have == size, &used, &event);
      from += used;
      g_assert_cmpuint(from, <=, have);
      if (!got)
        break;
      event_print(&event, out);
    }
    if (have == size)
      break;
  }
  g_assert_cmpuint(from, ==, size);
  decoder_free(decoder);
  return g_string_free(out, FALSE);
}

static const struct {
  const char *bytes, *events;
} frames[] = {
    {"{\"a\":1}\n{\"a\":2}\r\n\n{\"a\":3}", "a=1|\na=2|\na=3|\n"},
    {"\xEF\xBB\xBF{\"a\":1}\n", "a=1|\n"},
    {"[{\"a\":1},{\"a\":2}]\n{\"a\":3}\n", "a=1|\na=2|\na=3|\n"},
    {"[\n {\n  \"a\": 1\n },\n {\n  \"a\": [\n 2, 3]\n }\n]\n[{\"a\":4}]", "a=1|\na=2|a=3|\na=4|\n"},
    {"{\n \"a\": {\n  \"b\": \"x\"\n }\n}\n{\n \"c\": 1 }\n", "a.b=x|\nc=1|\n"},
    {"{\"a\":1}{\"a\":2} {\"a\":3}", "a=1|\na=2|\na=3|\n"},
    {"{\"Records\":[{\"a\":1},\n{\"a\":2}]}\n{\"a\":3}\n", "a=1|\na=2|\na=3|\n"},
    {"{ \"Event\" : [ {\"a\":1} ] } {\"a\":2}", "a=1|\na=2|\n"},
    {"{\"x\":[{\"a\":1}, 5]}\n{\"x\":[{\"a\":1}],\"y\":2}\n", "x.a=1|x=5|\nx.a=1|y=2|\n"},
    {"{\"items\":[{\"a\":1},{\"a\":2}]}\n{\n\"items\":[{\"a\":1},{\"a\":2}]}\n", "items.a=1|items.a=2|\na=1|\na=2|\n"},
    {"[]\n{\"a\":1}\n", "a=1|\n"},
    {"{\"a\":1} x\n{\"a\":2}\n", "message={\"a\":1} x|\na=2|\n"},
    {"{\"a\":\"b\n{\"a\":2}\n", "message={\"a\":\"b|\na=2|\n"},
    {"{\"a\":1,\n{\"a\":2}\n", "message={\"a\":1,|\na=2|\n"},
    {"{\"a\":1,", "message={\"a\":1,|\n"},
    {"{\"Event\":{\"EventData\":{\"Data\":[{\"#attributes\":{\"Name\":\"Image\"},\"#text\":\"a\"},{\"#attributes\":{"
     "\"Name\":\"User\"}},{\"@Name\":\"X\",\"#text\":1}]}}}",
     "Event.EventData.Data.#attributes.Name=Image|Event.EventData.Data.#text=a|Event.EventData.Data.#attributes.Name="
     "User|Event.EventData.Data.@Name=X|"
     "Event.EventData.Data.#text=1|Event.EventData.Image=a|Event.EventData.X=1|\n"},
    {"plain words\n  more\n", "message=plain words|\nmessage=more|\n"},
};

static void test_frames(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(frames); i++) {
    gsize size = strlen(frames[i].bytes);
    for (gsize piece = 1; piece <= size; piece++) {
      g_autofree char *found = stream(frames[i].bytes, size, piece);
      g_assert_cmpstr(found, ==, frames[i].events);
    }
  }
}

/* A record beyond the bound is cut and counted, and the next one is whole again; a list may be longer. */
static void test_bounds(void) {
  g_autoptr(GString) text = g_string_new("{\"a\":\"");
  for (gsize i = 0; i < RECORD_BYTES_MAX; i++)
    g_string_append_c(text, 'x');
  g_string_append(text, "\"}\n{\"a\":2}\n{\"Records\":[");
  for (gsize i = 0; i < 40000; i++)
    g_string_append_printf(text, "%s{\"number\":%zu,\"text\":\"abcdefghijklmnop\"}", i ? "," : "", i);
  g_string_append(text, "]}\n{\"a\":3}\n");
  Decoder *decoder = decoder_make_of(FORMAT_AUTO);
  gsize from = 0, used, events = 0;
  Event event;
  g_autoptr(GString) out = g_string_new("");
  while (decoder_next(decoder, (Span){text->str + from, text->len - from}, TRUE, &used, &event)) {
    from += used;
    if (events++ == 0)
      g_assert_cmpuint(event.raw.size, ==, RECORD_BYTES_MAX);
    g_string_set_size(out, 0);
    event_print(&event, out);
    if (events == 2)
      g_assert_cmpstr(out->str, ==, "a=2|\n");
  }
  g_assert_cmpstr(out->str, ==, "a=3|\n");
  g_assert_cmpuint(events, ==, 40003);
  g_assert_cmpuint(decoder_counts(decoder)->cut, ==, 1);
  g_assert_cmpuint(decoder_counts(decoder)->events, ==, 40003);
  decoder_free(decoder);
}

static const struct {
  const char *json;
  gint64 ms;
} times[] = {
    {"{\"@timestamp\":\"2020-09-20T17:31:25.123456Z\"}", 1600623085123},
    {"{\"UtcTime\":\"2020-09-20 17:31:25.123\",\"EventTime\":\"2020-09-21 00:31:27\"}", 1600623085123},
    {"{\"EventTime\":\"2020-09-21 00:31:25\"}", 1600623085000},
    {"{\"Event\":{\"System\":{\"TimeCreated\":{\"#attributes\":{\"SystemTime\":\"2020-09-20T17:31:25.1Z\"}}}}}",
     1600623085100},
    {"{\"TimeCreated\":\"\\/Date(1600623085123)\\/\"}", 1600623085123},
    {"{\"ts\":1600623085.123}", 1600623085123},
    {"{\"timestamp\":\"2020-09-20T17:31:25.123456+0000\"}", 1600623085123},
    {"{\"ts\":9999999999999999999}", 9999999999999},
    {"{\"time\":\"not one\",\"date\":\"2020-09-20T17:31:25Z\"}", 1600623085000},
    {"{\"time\":\"2020-02-30T17:31:25Z\"}", EVENT_NO_TIME},
    {"{\"a\":{\"time\":\"2020-02-20T17:31:25Z\"}}", EVENT_NO_TIME},
};

static void test_times(void) {
  Decoder *decoder = decoder_make_of(FORMAT_AUTO);
  for (gsize i = 0; i < G_N_ELEMENTS(times); i++) {
    Event event;
    decoder_one(decoder, (Span){times[i].json, strlen(times[i].json)}, &event);
    if (event.time_ms != times[i].ms)
      g_test_message("%s", times[i].json);
    g_assert_cmpint(event.time_ms, ==, times[i].ms);
  }
  decoder_free(decoder);
}

static void test_utf16(void) {
  static const char little[] = "\xFF\xFE{\0\"\0\x11\x01\x3D\xD8\x00\xDE\x3D\xD8";
  static const char big[] = "\xFE\xFF\0{\0\"\x01\x11\xD8\x3D\xDE\x00\xD8\x3D";
  const char *const files[] = {little, big};
  for (gsize i = 0; i < 2; i++) {
    Span file = {files[i], sizeof little - 1};
    char out[sizeof little * 2];
    g_assert_true(utf16_is_marked(file));
    size_t size = utf16_to_utf8(file, out);
    out[size] = '\0';
    g_assert_cmpstr(out, ==, "{\"đ😀\xEF\xBF\xBD");
  }
  g_assert_false(utf16_is_marked(SPAN("{\"a\":1}")));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  table = field_table_new();
  g_test_add_func("/scan/decode/frames", test_frames);
  g_test_add_func("/scan/decode/bounds", test_bounds);
  g_test_add_func("/scan/decode/times", test_times);
  g_test_add_func("/scan/decode/utf16", test_utf16);
  int result = g_test_run();
  field_table_free(table);
  return result;
}
