/* Incidents over the bodies of a home that `fill` made: `incident HOME COUNT ENTRIES`.
 *
 * COUNT reports come in as the program takes them (clocks, receivers, steps, search entry, audit) at the bodies in turn, over a year, from
 * people who called; one in 40 stays open, and the first one is given ENTRIES lines of its log. Prints {"code", "per_second"}: that incident's code, and reports
 * taken in a second, 500 to a change. */
#include "app/home.h"
#include "module/incident/incident_act.h"
#include "module/incident/incident_intake.h"
#include <stdio.h>
#include <stdlib.h>

#define BATCH 500
#define YEAR_DAYS 365
#define OPEN_EACH 40 /* the others are closed */

typedef struct {
  Request *request;
  GPtrArray *bodies; /* char: ids */
  int made, wanted, entries;
  char code[40];
  GRand *random;
} Fill;

static const char *const WHAT[] = {"Tệp bị mã hóa", "Thư giả mạo lãnh đạo", "Trang thông tin đổi nội dung", "Mất kết nối một cửa", "Lộ bảng tính hồ sơ",
                                   "Máy chủ quá tải", "Mất điện phòng máy", "Tài khoản bị chiếm"};
static const char *const WHERE[] = {"ở bộ phận một cửa", "tại phòng kế toán", "trên máy chủ dùng chung", "ở trang công khai", "trên máy của văn thư"};
static const char *const KINDS[] = {"ma-hoa", "gia-mao", "thay-doi-giao-dien", "duong-ket-noi", "loi-nguoi-su-dung", "qua-tai", "nguon-dien",
                                    "truy-cap-trai-phep"};

static gboolean add_entries(IncidentCall *call, const Fill *fill, GError **error) {
  for (int i = 0; i < fill->entries; i++)
    if (!incident_write_log(call, "note", call->incident->detected_ms + i * MINUTE_MS,
                            arena_printf(call->request->arena, "Đã kiểm tra máy số %d, ghi kết quả vào sổ và báo người chỉ huy.", i + 1), 0, error))
      return FALSE;
  return TRUE;
}

static gboolean close_case(IncidentCall *call, GError **error) {
  Incident *incident = incident_reload(call->change, call->incident->id, error);
  if (!incident)
    return FALSE;
  incident->state = "closed";
  incident->closed_ms = call->request->now_ms;
  return incident_store_update(call->change->conn, incident, incident->version, error) && incident_store_index(call->change, incident, error);
}

static gboolean add_incident(Change *change, Fill *fill, GError **error) {
  IncidentCall call = {.request = change->request, .change = change};
  Arena *arena = change->request->arena;
  gint32 what = g_rand_int_range(fill->random, 0, (gint32)G_N_ELEMENTS(WHAT));
  gint64 ago_ms = g_rand_int_range(fill->random, 1, YEAR_DAYS * 24) * HOUR_MS, at_ms = change->request->now_ms - ago_ms;
  const char *title = arena_printf(arena, "%s %s, tin số %d", WHAT[what], WHERE[g_rand_int_range(fill->random, 0, (gint32)G_N_ELEMENTS(WHERE))],
                                   fill->made);
  NewIncident report = {.body_id = g_ptr_array_index(fill->bodies, (guint)fill->made % fill->bodies->len), .title = title,
                        .description = arena_printf(arena, "%s; người báo gọi điện, đang kiểm tra.", title), .source = "phone",
                        .reporter_name = "Người báo", .reporter_phone = "0912 345 678", .reporter_email = "", .kind = KINDS[what],
                        .system_name = "Hệ thống một cửa", .system_level = 2, .detected_ms = at_ms, .told_ms = at_ms, .receipt_confirmed = TRUE};
  if (!incident_begin(&call, &report, error))
    return FALSE;
  if (fill->made++ % OPEN_EACH != 0)
    return close_case(&call, error);
  if (fill->made > 1)
    return TRUE;
  g_strlcpy(fill->code, call.incident->code, sizeof fill->code);
  return add_entries(&call, fill, error);
}

static gboolean add_batch(Change *change, void *data, GError **error) {
  Fill *fill = data;
  int end = MIN(fill->made + BATCH, fill->wanted);
  while (fill->made < end)
    if (!add_incident(change, fill, error))
      return FALSE;
  return TRUE;
}

static const StoreSql BODIES = {"bench.bodies", "SELECT id FROM body ORDER BY id", NULL};

static gboolean read_bodies(Request *request, Fill *fill, GError **error) {
  StoreConn *conn = request_read(request, error);
  g_autoptr(StoreRows) rows = conn ? store_query(conn, &BODIES, NULL, 0, error) : NULL;
  while (rows && store_step(rows, error))
    g_ptr_array_add(fill->bodies, g_strdup(store_text(rows, 0)));
  return rows && fill->bodies->len;
}

static gboolean run(App *app, Fill *fill, GError **error) {
  while (fill->made < fill->wanted) {
    g_autoptr(Arena) arena = arena_new();
    g_autoptr(Request) request = request_new_for_job(app, arena, "bench.incident");
    fill->request = request;
    if ((!fill->bodies->len && !read_bodies(request, fill, error)) || !request_change(request, add_batch, fill, error))
      return FALSE;
  }
  return TRUE;
}

int main(int argc, char **argv) {
  g_autoptr(GError) error = NULL;
  if (argc != 4) {
    fprintf(stderr, "incident HOME COUNT ENTRIES\n");
    return 2;
  }
  App *app = app_new(argv[1]);
  Fill fill = {.wanted = atoi(argv[2]), .entries = atoi(argv[3]), .bodies = g_ptr_array_new_with_free_func(g_free),
               .random = g_rand_new_with_seed(20260102)};
  gint64 start_us = g_get_monotonic_time();
  if (!app_open(app, TRUE, &error) || !run(app, &fill, &error)) {
    fprintf(stderr, "incident: %s\n", error->message);
    return 1;
  }
  printf("{\"code\": \"%s\", \"per_second\": %.0f}\n", fill.code, fill.made * 1e6 / (double)(g_get_monotonic_time() - start_us));
  g_rand_free(fill.random);
  g_ptr_array_unref(fill.bodies);
  app_free(app);
  return 0;
}
