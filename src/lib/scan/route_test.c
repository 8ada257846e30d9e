#include <glib.h>
#include <string.h>
#include "lib/scan/decode.h"
#include "lib/scan/route.h"

static const char sources[] =
    "- {when: {Channel: [Security, System]}, logsource: {product: windows}}\n"
    "- {when: {Channel: Security}, logsource: {product: windows, service: security}}\n"
    "- {when: {Channel: 'Microsoft-Windows-Sysmon/*', EventID: '1'}, logsource: {product: windows, category: "
    "process_creation}}\n"
    "- {when: {Channel: Security, EventID: 4688}, logsource: {product: windows, category: process_creation}}\n"
    "- {when: {request: '*'}, logsource: {category: webserver}}\n"
    "- {when: {message: 'sshd*'}, logsource: {product: linux, service: sshd}}\n";

static const char names[] = "- when: {winlog.channel: '*'}\n"
                            "  rename: {winlog.channel: Channel, winlog.event_id: EventID, message: Message}\n"
                            "- when: {Channel: '*', EventID: '*'}\n"
                            "  rename: {Hostname: [Computer, Host]}\n"
                            "- when: {Channel: Security, EventID: '4688'}\n"
                            "  rename: {NewProcessName: Image, ProcessId: ParentProcessId}\n";

/* The event, the log sources that apply (p/c/s, - for not named), the ones that do not, "path=name,name" of some of its
 * paths. */
static const struct {
  const char *json, *applies[3], *not_applies[3], *names[6];
} cases[] = {
    {"{\"Channel\":\"SECURITY\",\"EventID\":4624}",
     {"windows/-/-", "windows/-/security", "-/-/-"},
     {"windows/process_creation/-", "linux/-/-", "-/-/sshd"},
     {"Channel=Channel", "EventID=EventID"}},
    {"{\"Channel\":\"Security\",\"EventID\":4688,\"NewProcessName\":\"a\",\"Hostname\":\"h\"}",
     {"windows/process_creation/-", "windows/process_creation/security"},
     {"-/webserver/-"},
     {"NewProcessName=NewProcessName,Image", "Hostname=Hostname,Computer,Host"}},
    {"{\"Channel\":\"Security\",\"EventID\":4688,\"NewProcessName\":\"a\",\"Image\":\"b\"}",
     {"windows/process_creation/-"},
     {NULL},
     {"NewProcessName=NewProcessName", "Image=Image"}},
    {"{\"Channel\":\"Security\",\"EventID\":4688,\"NewProcessName\":\"a\",\"Image\":null}",
     {"windows/process_creation/-"},
     {NULL},
     {"NewProcessName=NewProcessName,Image", "Image=Image"}},
    {"{\"Event\":{\"System\":{\"Channel\":\"Microsoft-Windows-Sysmon/"
     "Operational\",\"EventID\":{\"#text\":1,\"#attributes\":{\"Qualifiers\":\"\"}},"
     "\"Provider\":{\"#attributes\":{\"Name\":\"x\"}}},\"EventData\":{\"Image\":\"i\"}}}",
     {"windows/process_creation/-"},
     {"windows/-/security"},
     {"Event.EventData.Image=Event.EventData.Image,Image",
      "Event.System.EventID.#text=Event.System.EventID.#text,EventID",
      "Event.System.Provider.#attributes.Name=Event.System.Provider.#attributes.Name,Provider_Name"}},
    {"{\"winlog\":{\"channel\":\"Security\",\"event_id\":4688,\"event_data\":{\"NewProcessName\":\"n\"}},\"message\":"
     "\"m\"}",
     {"windows/process_creation/security"},
     {NULL},
     {"winlog.channel=winlog.channel,channel,Channel",
      "winlog.event_data.NewProcessName=winlog.event_data.NewProcessName,NewProcessName,event_data.NewProcessName,"
      "Image",
      "message=message,Message"}},
    {"{\"Image\":\"a\",\"Event\":{\"EventData\":{\"Image\":\"i\"}}}",
     {"-/-/-"},
     {"windows/-/-"},
     {"Event.EventData.Image=Event.EventData.Image", "Image=Image"}},
    {"{\"request\":\"\"}", {"-/webserver/-"}, {"windows/-/-"}, {"request=request"}},
    {"{\"request\":null}", {"-/-/-"}, {"-/webserver/-"}, {"request=request"}},
    {"{\"message\":\"\\u0073SHD: long long long long long long long long long long long long long long long\"}",
     {"linux/-/sshd"},
     {"-/webserver/-"},
     {"message=message"}},
};

static gboolean applies(Router *router, guint32 class, const char *source) {
  g_auto(GStrv) items = g_strsplit(source, "/", 3);
  for (int i = 0; i < 3; i++)
    if (!strcmp(items[i], "-"))
      g_clear_pointer(&items[i], g_free);
  gboolean result = router_applies(router, class, items[0], items[1], items[2]);
  for (int i = 0; i < 3; i++)
    if (!items[i])
      items[i] = g_strdup("");
  return result;
}

static char *path_names(Router *router, FieldTable *table, guint32 class, const Event *event, const char *path) {
  for (guint32 i = 0; i < event->count; i++) {
    Span name = field_table_name(table, event->fields[i].path), out[ROUTE_NAMES_MAX];
    if (name.size != strlen(path) || memcmp(name.bytes, path, name.size))
      continue;
    GString *list = g_string_new("");
    gsize count = router_names(router, class, event->fields[i].path, out);
    for (gsize j = 0; j < count; j++)
      g_string_append_printf(list, "%s%.*s", j ? "," : "", (int)out[j].size, out[j].bytes);
    return g_string_free(list, FALSE);
  }
  return NULL;
}

static void check_case(gsize i, Router *router, FieldTable *table, Decoder *decoder) {
  Event event;
  decoder_one(decoder, (Span){cases[i].json, strlen(cases[i].json)}, &event);
  guint32 class = router_class(router, &event);
  g_test_message("%s", cases[i].json);
  for (gsize j = 0; j < 3 && cases[i].applies[j]; j++)
    g_assert_true(applies(router, class, cases[i].applies[j]));
  for (gsize j = 0; j < 3 && cases[i].not_applies[j]; j++)
    g_assert_false(applies(router, class, cases[i].not_applies[j]));
  for (gsize j = 0; j < 6 && cases[i].names[j]; j++) {
    g_auto(GStrv) parts = g_strsplit(cases[i].names[j], "=", 2);
    g_autofree char *found = path_names(router, table, class, &event, parts[0]);
    g_assert_cmpstr(found, ==, parts[1]);
  }
}

/* Twice and in both directions: what one event leaves in the memo must not show in another. */
static void test_cases(void) {
  ScanError error;
  Route *route = route_new((Span){sources, strlen(sources)}, (Span){names, strlen(names)}, &error);
  g_assert_nonnull(route);
  FieldTable *table = field_table_new();
  Decoder *decoder = decoder_new(table, &(DecoderOptions){.format = FORMAT_AUTO});
  Router *router = router_new(route, table);
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
    check_case(i, router, table, decoder);
  for (gsize i = G_N_ELEMENTS(cases); i > 0; i--)
    check_case(i - 1, router, table, decoder);
  router_free(router);
  decoder_free(decoder);
  field_table_free(table);
  route_free(route);
}

static void test_faults(void) {
  static const struct {
    const char *yaml;
    gsize line;
  } faults[] = {{"- {logsource: {product: a}}", 1},
                {"- {when: {a: b}}", 1},
                {"a: b", 1},
                {"- {when: {}, logsource: {}}\n- {when: {a: {b: c}}, logsource: {}}", 2},
                {"- {when: {a: [", 2}};
  for (gsize i = 0; i < G_N_ELEMENTS(faults); i++) {
    ScanError error;
    g_assert_null(route_new((Span){faults[i].yaml, strlen(faults[i].yaml)}, SPAN(""), &error));
    g_assert_cmpstr(error.message, !=, "");
    g_assert_cmpuint(error.line, ==, faults[i].line);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/scan/route/cases", test_cases);
  g_test_add_func("/scan/route/faults", test_faults);
  return g_test_run();
}
