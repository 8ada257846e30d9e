#include "app/demo.h"
#include "app/home.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/error.h"
#include "base/yaml.h"
#include "core/file.h"
#include "core/user.h"
#include "module/account/account.h"
#include "module/org/org.h"
#include <errno.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* --- one call, as the face of the command line makes it --- */

static gboolean sign_in(Request *request, const char *login, GError **error) {
  StoreConn *conn = request_read(request, error);
  request->user = conn ? user_load_by_login(conn, request->arena, login, error) : NULL;
  if (!request->user)
    return FALSE;
  request->body_id = request->user->home_body_id;
  return TRUE;
}

static gboolean put_file(Request *request, const char *path, GError **error) {
  GStatBuf info;
  g_autofree char *name = g_path_get_basename(path);
  if (g_stat(path, &info) != 0) {
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "%s: %s.", path, g_strerror(errno));
    return FALSE;
  }
  request_put_file(request, "file", name, path, info.st_size);
  return TRUE;
}

Doc *demo_call(Demo *demo, Arena *arena, const char *login, const char *operation, const DemoField *fields, const char *file,
               GError **error) {
  const Operation *row = app_find_operation(demo->app, operation);
  if (!row) {
    g_set_error(error, APP_ERROR, ERROR_USAGE, "%s: không có thao tác này.", operation);
    return NULL;
  }
  g_autoptr(Request) request = request_new(demo->app, arena, row, FACE_CLI);
  Doc *answer = doc_new(arena);
  gboolean good = (!login || sign_in(request, login, error)) && (!file || put_file(request, file, error));
  for (; good && fields && fields->name; fields++)
    good = !fields->value || request_put(request, fields->name, fields->value, error);
  good = good && request_run(request, answer, error);
  for (guint i = 0; !good && i + 1 < request->field_errors->len; i += 2)
    g_prefix_error(error, "%s: ", (const char *)request->field_errors->pdata[i]);
  if (!good)
    g_prefix_error(error, "%s (%s): ", operation, login ? login : "-");
  return good ? answer : NULL;
}

/* --- bodies, units, people --- */

static const char *text_of(const json_t *row, const char *key) {
  const char *text = json_string_value(json_object_get(row, key));
  return text ? text : "";
}

static const char *word_of(const char *const (*table)[2], const char *vietnamese) {
  for (; (*table)[0]; table++)
    if (strcmp((*table)[0], vietnamese) == 0)
      return (*table)[1];
  return (*table)[1];
}

static const char *const KINDS[][2] = {{"tỉnh", "tinh"}, {"sở", "so"}, {"xã", "xa"}, {"đơn vị", "don-vi"}, {NULL, "khac"}};
static const char *const ROLES[][2] = {{"quản trị", "admin"},       {"lãnh đạo", "leader"},         {"cán bộ chuyên trách", "officer"},
                                       {"cán bộ tiếp nhận và điều phối", "dispatcher"}, {"thành viên Đội", "member"},
                                       {"người xem", "viewer"},     {NULL, "viewer"}};

typedef struct {
  DemoBody *body;
  const char *parent_id, *password;
} Settling;

static gboolean add_units(Change *change, const Settling *settling, GError **error) {
  gsize index;
  json_t *unit;
  const char *id = NULL;
  json_array_foreach(json_object_get(settling->body->row, "units"), index, unit) {
    if (!org_add_body(change, settling->body->id, "don-vi", text_of(unit, "name"), NULL, NULL, &id, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean add_users(Change *change, const Settling *settling, GError **error) {
  gsize index;
  json_t *user;
  const char *id = NULL;
  json_array_foreach(json_object_get(settling->body->row, "users"), index, user) {
    if (!account_insert(change, text_of(user, "login"), text_of(user, "name"), text_of(user, "email"), settling->password,
                        settling->body->id, role_from_name(word_of(ROLES, text_of(user, "role"))), &id, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean settle(Change *change, void *data, GError **error) {
  Settling *settling = data;
  const json_t *row = settling->body->row;
  return org_add_body(change, settling->parent_id, word_of(KINDS, text_of(row, "level")), text_of(row, "name"),
                      text_of(row, "short_name"), text_of(row, "province"), &settling->body->id, error) &&
         add_units(change, settling, error) && add_users(change, settling, error);
}

const DemoBody *demo_find_body(const Demo *demo, const char *key) {
  for (guint i = 0; i < demo->bodies->len; i++)
    if (strcmp(((const DemoBody *)demo->bodies->pdata[i])->key, key) == 0)
      return demo->bodies->pdata[i];
  return NULL;
}

/* Logins by role; what a body has nobody for is done by the body above. */
static void find_people(DemoBody *body, const DemoBody *parent) {
  gsize index;
  json_t *user;
  if (parent) {
    body->admin = parent->admin;
    body->leader = parent->leader;
    body->officer = parent->officer;
    body->dispatcher = parent->dispatcher;
    body->member = parent->member;
  }
  json_array_foreach(json_object_get(body->row, "users"), index, user) {
    Role role = role_from_name(word_of(ROLES, text_of(user, "role")));
    const char **place = role == ROLE_ADMIN        ? &body->admin
                         : role == ROLE_LEADER     ? &body->leader
                         : role == ROLE_OFFICER    ? &body->officer
                         : role == ROLE_DISPATCHER ? &body->dispatcher
                         : role == ROLE_MEMBER     ? &body->member
                                                   : NULL;
    if (place)
      *place = text_of(user, "login");
  }
}

static gboolean add_body(Demo *demo, const json_t *row, const char *folder, const char *password, GError **error) {
  g_autoptr(Request) request = request_new_for_job(demo->app, demo->arena, "demo");
  DemoBody *body = arena_alloc(demo->arena, sizeof *body);
  const DemoBody *parent = demo_find_body(demo, text_of(row, "parent"));
  const char *plan = text_of(row, "plan");
  *body = (DemoBody){.key = text_of(row, "key"), .row = row, .plan = *plan ? arena_printf(demo->arena, "%s/%s", folder, plan) : ""};
  find_people(body, parent);
  Settling settling = {body, parent ? parent->id : NULL, password};
  if (!request_change(request, settle, &settling, error))
    return FALSE;
  body->id = arena_text(demo->arena, body->id, -1);
  g_ptr_array_add(demo->bodies, body);
  return TRUE;
}

static const char *contact_kind(const json_t *point) {
  const char *kind = text_of(point, "kind");
  return *kind ? kind : json_is_true(json_object_get(point, "primary")) ? "focal" : "duty";
}

static gboolean add_contacts(Demo *demo, const DemoBody *body, GError **error) {
  gsize index;
  json_t *point;
  json_array_foreach(json_object_get(body->row, "focal_points"), index, point) {
    const DemoField fields[] = {
        {"id", body->id},
        {"kind", contact_kind(point)},
        {"name", text_of(point, "name")},
        {"title", text_of(point, "position")},
        {"phone", text_of(point, "phone")},
        {"phone_after_hours", text_of(point, "phone_after_hours")},
        {"email", text_of(point, "email")},
        {NULL, NULL},
    };
    if (!demo_call(demo, demo->arena, body->admin, "contact.add", fields, NULL, error))
      return FALSE;
  }
  return TRUE;
}

/* Those who answer the telephone take turns, a day and a night each, week after week. */
static gboolean add_roster(Demo *demo, const DemoBody *body, GError **error) {
  const json_t *points = json_object_get(body->row, "focal_points");
  gint64 first_ms = day_start_ms(day_at(clock_now_ms())) + 8 * HOUR_MS;
  gsize count = 0;
  const json_t *turns[7];
  for (gsize i = 0; i < json_array_size(points) && count < G_N_ELEMENTS(turns); i++)
    if (strcmp(text_of(json_array_get(points, i), "kind"), "provider") != 0)
      turns[count++] = json_array_get(points, i);
  for (int day = 0; count && json_array_size(json_object_get(body->row, "users")) && day < 7; day++) {
    const json_t *point = turns[(gsize)day % count];
    const char *after_hours = text_of(point, "phone_after_hours");
    char from[26], until[26];
    date_write_iso(from, first_ms + day * DAY_MS);
    date_write_iso(until, first_ms + (day + 1) * DAY_MS);
    const DemoField fields[] = {{"name", text_of(point, "name")}, {"phone", *after_hours ? after_hours : text_of(point, "phone")},
                                {"email", text_of(point, "email")}, {"from", from}, {"until", until}, {"weekly", "1"}, {NULL, NULL}};
    if (!demo_call(demo, demo->arena, body->admin, "shift.add", fields, NULL, error))
      return FALSE;
  }
  return TRUE;
}

/* --- systems and the plan --- */

static const char *number_of(Demo *demo, const json_t *row, const char *key) {
  const json_t *number = json_object_get(row, key);
  return json_is_integer(number) ? arena_printf(demo->arena, "%" G_GINT64_FORMAT, (gint64)json_integer_value(number)) : NULL;
}

static const char *text_or_null(const json_t *row, const char *key) {
  const char *text = text_of(row, key);
  return *text ? text : NULL;
}

static gboolean add_system(Demo *demo, const DemoBody *body, const json_t *row, GError **error) {
  const json_t *decision = json_object_get(row, "decision");
  const char *owner = text_of(row, "owner"), *operator_id = NULL;
  StoreConn *conn = store_read(demo->app->store, error);
  if (!conn || !org_find_unit(conn, demo->arena, body->id, text_of(row, "operator"), &operator_id, error))
    return FALSE;
  const DemoField fields[] = {
      {"name", text_of(row, "name")},
      {"body", body->id},
      {"purpose", text_of(row, "purpose")},
      {"level", number_of(demo, row, "security_level")},
      {"decision_number", text_or_null(decision, "number")},
      {"decision_day", text_or_null(decision, "date")},
      {"decision_issuer", text_or_null(decision, "issuer")},
      {"owner_name", strcmp(owner, text_of(body->row, "name")) == 0 ? NULL : owner},
      {"operator", operator_id},
      {"operator_name", operator_id ? NULL : text_of(row, "operator")},
      {"provider_name", text_or_null(row, "provider")},
      {"personal_data", json_is_true(json_object_get(row, "personal_data")) ? "1" : NULL},
      {"rank", number_of(demo, row, "continuity_rank")},
      {NULL, NULL},
  };
  return demo_call(demo, demo->arena, body->officer, "system.add", fields, NULL, error) != NULL;
}

gboolean demo_issue_plan(Demo *demo, const DemoBody *body, GError **error) {
  const DemoField fields[] = {{"body", body->id}, {NULL, NULL}};
  gsize index;
  json_t *row;
  json_array_foreach(json_object_get(body->row, "systems"), index, row) {
    if (!add_system(demo, body, row, error))
      return FALSE;
  }
  return demo_call(demo, demo->arena, body->officer, "plan.import", fields, body->plan, error) != NULL;
}

gint64 demo_plan_ms(const DemoBody *body, gint64 absent_ms) {
  g_autofree char *text = NULL;
  Day day;
  if (!g_file_get_contents(body->plan, &text, NULL, NULL))
    return absent_ms;
  const char *place = strstr(text, ", ngày ");
  g_auto(GStrv) lines = g_strsplit(place ? place + strlen(", ") : "", "\n", 2);
  return lines[0] && date_parse_day(g_strchomp(lines[0]), &day) ? day_start_ms(day) : absent_ms;
}

/* --- the whole --- */

/* One password for all accounts of the demo, new each time: whoever opens the page reads it there. */
static const char *new_password(Arena *arena) {
  return arena_printf(arena, "ung-cuu-%06u", randombytes_uniform(1000000));
}

static gboolean write_home_file(const App *app, const char *name, const char *text, GError **error) {
  g_autofree char *path = g_build_filename(app->home, name, NULL);
  return g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_DURABLE, 0600, error);
}

static gboolean write_logins(const Demo *demo, const char *password, GError **error) {
  json_t *logins = json_array(), *user;
  for (guint i = 0; i < demo->bodies->len; i++) {
    const DemoBody *body = demo->bodies->pdata[i];
    gsize index;
    json_array_foreach(json_object_get(body->row, "users"), index, user) {
      json_array_append_new(logins, json_pack("{s:s, s:s, s:s, s:s, s:s}", "login", text_of(user, "login"), "password", password,
                                              "name", text_of(user, "name"), "role", text_of(user, "role"), "body",
                                              text_of(body->row, "name")));
    }
  }
  g_autofree char *text = json_dumps(logins, JSON_INDENT(1));
  json_decref(logins);
  return write_home_file(demo->app, "demo-logins.json", text, error);
}

static gboolean build_world(Demo *demo, const json_t *world, const json_t *book, const char *folder, GError **error) {
  const char *password = new_password(demo->arena);
  gsize index;
  json_t *row;
  json_array_foreach(json_object_get(world, "bodies"), index, row) {
    if (!add_body(demo, row, folder, password, error))
      return FALSE;
  }
  for (guint i = 0; i < demo->bodies->len; i++)
    if (!add_contacts(demo, demo->bodies->pdata[i], error) || !add_roster(demo, demo->bodies->pdata[i], error))
      return FALSE;
  return demo_load_incidents(demo, book) && demo_play_year(demo, error) && demo_play_hunts(demo, error) &&
         write_logins(demo, password, error) && write_home_file(demo->app, "demo", "", error);
}

static gboolean build(App *app, GError **error) {
  g_autoptr(Arena) arena = arena_new();
  g_autoptr(GPtrArray) bodies = g_ptr_array_new();
  g_autoptr(GPtrArray) acts = g_ptr_array_new();
  g_autofree char *folder = g_build_filename(app->data_dir, "demo", NULL);
  g_autofree char *path = g_build_filename(folder, "demo.yaml", NULL);
  g_autofree char *incidents = g_build_filename(folder, "incidents.yaml", NULL);
  g_autofree char *store = g_build_filename(app->home, "ungcuu.db", NULL);
  if (g_file_test(store, G_FILE_TEST_EXISTS)) {
    g_set_error(error, APP_ERROR, ERROR_REFUSED, "Thư mục %s đã có dữ liệu; dữ liệu mẫu chỉ nạp vào thư mục trống.", app->home);
    return FALSE;
  }
  json_t *world = yaml_load_file(path, error);
  json_t *book = world ? yaml_load_file(incidents, error) : NULL;
  Demo demo = {.app = app, .arena = arena, .bodies = bodies, .acts = acts, .today_ms = clock_now_ms()};
  clock_set_fixed(day_start_ms(day_add(day_at(demo.today_ms), -365)) + 8 * HOUR_MS);
  gboolean good = book && app_open(app, TRUE, error) && build_world(&demo, world, book, folder, error);
  clock_set_fixed(0);
  json_decref(world);
  json_decref(book);
  return good;
}

int demo_run(App *app, int argc, char **argv) {
  g_autoptr(GError) error = NULL;
  if (argc > 1) {
    fprintf(stderr, "ungcuu: không hiểu “%s”. Cách dùng: ungcuu demo --home THƯ-MỤC\n", argv[1]);
    return 2;
  }
  if (build(app, &error))
    return 0;
  fprintf(stderr, "ungcuu: %s (%s)\n", error->message, error_info(error)->label);
  return error_info(error)->exit_code;
}
