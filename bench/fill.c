/* Fills a home with a province: `fill HOME DUTIES`.
 *
 * 1,000 units in three levels (1 province, 31 below it, 968 below those), DUTIES duties over two years in every state, each
 * made as the program makes them (audit, search entry, scopes, counts), and one account at the root, in the middle and at a
 * leaf: bench-root, bench-middle, bench-leaf with the password in bench/fill.h. Repeatable: the same arguments give the same
 * duties, but for ids. */
#include "app/home.h"
#include "base/date.h"
#include "base/id.h"
#include "bench/fill.h"
#include "core/body.h"
#include "core/user.h"
#include "module/account/account.h"
#include "module/duty/duty.h"
#include "module/duty/duty_store.h"
#include <stdio.h>
#include <stdlib.h>

#define UNITS 1000
#define MIDDLES 31
#define BATCH 1000
#define DAYS 730
#define ASSIGNED 60 /* as many in a small home as in a large one, so that boards show the same */

typedef struct {
  Request *request;
  char ids[UNITS][ID_SIZE];
  char names[UNITS][120];
  const char *accounts[3];
  int made, wanted, assigned;
  GRand *random;
} Fill;

static const char *const SUBJECTS[] = {
    "Rà quét lỗ hổng bảo mật", "Săn lùng mối nguy hại", "Sao lưu dữ liệu dự phòng", "Diễn tập ứng cứu sự cố", "Kiểm tra nhật ký hệ thống",
    "Cập nhật đầu mối liên lạc", "Tập huấn nhận biết thư lừa đảo", "Đánh giá cấp độ an toàn", "Rà soát bản quyền phần mềm",
    "Báo cáo công tác an toàn thông tin", "Gỡ bỏ mã độc trên máy trạm", "Kiểm kê thiết bị mạng", "Thử khôi phục từ bản sao lưu",
};
static const char *const OBJECTS[] = {
    "trên cổng thông tin điện tử", "của hệ thống một cửa", "tại trung tâm dữ liệu", "trên máy chủ thư điện tử", "của phần mềm quản lý văn bản",
    "trên mạng nội bộ", "tại bộ phận tiếp nhận hồ sơ", "của hệ thống hội nghị trực tuyến", "trên máy tính của cán bộ", "của phần mềm kế toán",
    "tại phòng máy chủ dự phòng",
};
static const char *const WAYS[] = {
    "theo kế hoạch năm", "trước kỳ nghỉ lễ", "theo cảnh báo của cơ quan điều phối", "sau khi thay đổi cấu hình", "theo kết luận kiểm tra",
    "phục vụ kỳ họp", "theo phương án đã duyệt",
};
static const char *const PERIODS[] = {"once", "yearly", "every_6_months", "quarterly", "monthly"};
static const char *const SECTIONS[] = {"II. NHIỆM VỤ TRỌNG TÂM", "III.1. Phòng ngừa", "III.2. Ứng phó", "III.4. Chuẩn bị nguồn lực",
                                       "V. TỔ CHỨC THỰC HIỆN"};
static const char *const STATES[] = {"todo", "todo", "doing", "approval", "done", "done", "done", "na"};

#define PICK(fill, list) (list)[g_rand_int_range((fill)->random, 0, (gint32)G_N_ELEMENTS(list))]

/* Unit 0 is the province; 1 … MIDDLES are below it; the rest are spread below those. */
static int parent_of(int unit) {
  return unit == 0 ? -1 : unit <= MIDDLES ? 0 : 1 + (unit - MIDDLES - 1) % MIDDLES;
}

static gboolean add_unit(Change *change, Fill *fill, int unit, GError **error) {
  static const struct {
    const char *kind, *format;
  } LEVELS[] = {{"tinh", "Ủy ban nhân dân tỉnh Thử Tải"}, {"so", "Sở, ngành số %d"}, {"xa", "Ủy ban nhân dân xã Thử %d"}};
  int level = unit == 0 ? 0 : unit <= MIDDLES ? 1 : 2;
  id_new(fill->ids[unit]);
  if (level)
    g_snprintf(fill->names[unit], sizeof fill->names[unit], level == 1 ? "Sở, ngành số %d" : "Ủy ban nhân dân xã Thử %d", unit);
  else
    g_strlcpy(fill->names[unit], LEVELS[0].format, sizeof fill->names[unit]);
  Body body = {.id = fill->ids[unit],
               .parent_id = level ? fill->ids[parent_of(unit)] : NULL,
               .kind = LEVELS[level].kind,
               .name = fill->names[unit],
               .short_name = fill->names[unit]};
  return body_insert(change->conn, &body, fill->request->now_ms, error);
}

static gboolean add_accounts(Change *change, Fill *fill, GError **error) {
  static const struct {
    const char *login, *name;
    int unit;
  } ACCOUNTS[] = {{"bench-root", "Người ở tỉnh", 0}, {"bench-middle", "Người ở sở", 1}, {"bench-leaf", "Người ở xã", UNITS - 1}};
  for (gsize i = 0; i < G_N_ELEMENTS(ACCOUNTS); i++)
    if (!account_insert(change, ACCOUNTS[i].login, ACCOUNTS[i].name, NULL, FILL_PASSWORD, fill->ids[ACCOUNTS[i].unit], ROLE_LEADER,
                        &fill->accounts[i], error))
      return FALSE;
  return TRUE;
}

static gboolean add_units(Change *change, void *data, GError **error) {
  Fill *fill = data;
  for (int unit = 0; unit < UNITS; unit++)
    if (!add_unit(change, fill, unit, error))
      return FALSE;
  change_about(change, "body", fill->ids[0], fill->ids[0], NULL);
  return add_accounts(change, fill, error);
}

/* Late ones are few, as they are where somebody looks after them: most of what is past is done. */
static const char *state_of(Fill *fill, gint64 due_ms, gint64 now_ms) {
  gboolean past = due_ms < now_ms;
  const char *state = PICK(fill, STATES);
  return past && g_rand_int_range(fill->random, 0, 20) ? "done" : state;
}

static gboolean set_state(Change *change, Fill *fill, const char *id, const char *state, GError **error) {
  const Duty *made = duty_store_get(change->conn, change->request->arena, id, error);
  if (!made)
    return FALSE;
  Duty duty = *made;
  gboolean open = g_strcmp0(state, "done") != 0 && g_strcmp0(state, "na") != 0;
  duty.state = state;
  duty.done_ms = open ? 0 : change->request->now_ms;
  duty.assignee_id = open && fill->assigned < ASSIGNED ? fill->accounts[fill->assigned++ % 3] : NULL;
  return duty_store_update(change->conn, &duty, made->version, error);
}

static gboolean add_duty(Change *change, Fill *fill, int number, gint64 today_ms, GError **error) {
  Arena *arena = change->request->arena;
  int unit = number % UNITS;
  gint64 due_ms = today_ms + (g_rand_int_range(fill->random, 0, DAYS) - DAYS / 2) * DAY_MS;
  char due[11];
  const char *id;
  date_write_iso_day(due, due_ms);
  const char *title = arena_printf(arena, "%s %s %s, đợt %d", PICK(fill, SUBJECTS), PICK(fill, OBJECTS), PICK(fill, WAYS), number);
  DutyParty lead = {fill->names[unit], fill->ids[unit], FALSE};
  NewDuty duty = {.body_id = fill->ids[unit], .task_ref = "III.1", .section = PICK(fill, SECTIONS), .title = title,
                  .content = arena_printf(arena, "%s; ghi kết quả vào sổ theo dõi và gửi báo cáo về đơn vị chuyên trách.", title),
                  .leads = &lead, .n_leads = 1, .period = PICK(fill, PERIODS), .due_day = due, .due_ground = "edited"};
  return duty_insert(change, &duty, &id, error) && set_state(change, fill, id, state_of(fill, due_ms, today_ms), error);
}

static gboolean add_batch(Change *change, void *data, GError **error) {
  Fill *fill = data;
  gint64 today_ms = fill->request->now_ms;
  int end = MIN(fill->made + BATCH, fill->wanted);
  while (fill->made < end)
    if (!add_duty(change, fill, fill->made++, today_ms, error))
      return FALSE;
  return TRUE;
}

static gboolean run(App *app, Fill *fill, GError **error) {
  ChangeFunc func = add_units;
  do {
    g_autoptr(Arena) arena = arena_new();
    g_autoptr(Request) request = request_new_for_job(app, arena, "bench.fill");
    fill->request = request;
    if (!request_change(request, func, fill, error))
      return FALSE;
    for (int i = 0; func == add_units && i < 3; i++)
      fill->accounts[i] = g_strdup(fill->accounts[i]);
    func = add_batch;
  } while (fill->made < fill->wanted);
  return TRUE;
}

int main(int argc, char **argv) {
  g_autoptr(GError) error = NULL;
  if (argc != 3) {
    fprintf(stderr, "fill HOME DUTIES\n");
    return 2;
  }
  App *app = app_new(argv[1]);
  g_autofree Fill *fill = g_new0(Fill, 1);
  fill->wanted = atoi(argv[2]);
  fill->random = g_rand_new_with_seed(20260101);
  if (!app_open(app, TRUE, &error) || !run(app, fill, &error)) {
    fprintf(stderr, "fill: %s\n", error->message);
    return 1;
  }
  g_rand_free(fill->random);
  for (int i = 0; i < 3; i++)
    g_free((char *)(gintptr)fill->accounts[i]);
  app_free(app);
  return 0;
}
