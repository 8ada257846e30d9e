#include "app/demo.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/text.h"
#include "core/user.h"
#include <stdlib.h>
#include <string.h>

#define YEAR_DAYS 364
#define EVIDENCE_DAYS 28 /* continuous work is noted once in so many days */
#define PAUSE_MS (4 * MINUTE_MS) /* between two acts */
#define FRESH_DAYS 50 /* what is left late at the end fell due in these days, not a year ago */

/* --- what people do with a duty, in days from its first due day --- */

typedef enum { BY_OFFICER, BY_LEADER, BY_MEMBER } Who;

typedef struct {
  int day;
  Who who;
  const char *operation; /* NULL: the end */
  const char *note;      /* NULL: what was done, by the subject of the duty */
  int move_days;         /* duty.move: the new due day */
} Step;

#define STARTED {-21, BY_MEMBER, "duty.start", ""}
static const Step ON_TIME[] = {STARTED, {-3, BY_OFFICER, "duty.complete", NULL}, {0}};
static const Step EARLY[] = {STARTED, {-12, BY_OFFICER, "duty.complete", NULL}, {0}};
static const Step LATE[] = {{-2, BY_MEMBER, "duty.start", ""}, {6, BY_OFFICER, "duty.complete", NULL}, {0}};
static const Step APPROVED[] = {STARTED, {-6, BY_MEMBER, "duty.submit", NULL}, {-3, BY_LEADER, "duty.approve", "Đồng ý."}, {0}};
static const Step RETURNED[] = {
    STARTED,
    {-9, BY_MEMBER, "duty.submit", NULL},
    {-7, BY_LEADER, "duty.return", "Thiếu danh sách các máy chủ đã kiểm tra, đề nghị bổ sung."},
    {-2, BY_MEMBER, "duty.submit", "Đã bổ sung danh sách máy chủ, người kiểm tra và ngày kiểm tra."},
    {0, BY_LEADER, "duty.approve", "Đồng ý."},
    {0}};
static const Step MOVED[] = {STARTED,
                             {-4, BY_OFFICER, "duty.move", "Nhà cung cấp đang bảo trì hệ thống, lùi sang đợt sau.", 21},
                             {16, BY_OFFICER, "duty.complete", NULL},
                             {0}};
static const Step WAIVED[] = {
    {-8, BY_LEADER, "duty.waive", "Đã làm chung trong đợt của cấp trên, không tổ chức riêng để tránh trùng."}, {0}};
static const Step LEFT[] = {STARTED,
                            {-5, BY_MEMBER, "duty.report", "Chưa bố trí được người do trùng đợt bảo trì. Đề nghị cấp trên hỗ trợ kỹ thuật."},
                            {0}};

/* By the number in the code of the duty, so that every run is the same. */
static const Step *const COURSES[] = {ON_TIME, APPROVED, EARLY, LEFT, ON_TIME, RETURNED, LATE, EARLY, ON_TIME, MOVED, APPROVED, WAIVED};

/* What is under way on the last day, for the first duties that nobody has begun. */
static const Step CLOSING[] = {
    {0, BY_MEMBER, "duty.start", ""},
    {0, BY_MEMBER, "duty.submit", NULL},
    {0, BY_MEMBER, "duty.submit", NULL},
    {0, BY_OFFICER, "duty.report", "Đã xong phần chuẩn bị; còn chờ ý kiến về thời gian tổ chức."},
};
#define RETURNED_AT_THE_END 2 /* which of them is given back */

static const struct {
  const char *word, *done;
} DONE[] = {
    {"dien tap", "Đã tổ chức diễn tập, đủ thành phần; có biên bản và danh sách điểm phải khắc phục."},
    {"dao tao", "Đã tổ chức lớp cho cán bộ phụ trách; danh sách dự lớp lưu tại văn phòng."},
    {"tap huan", "Đã tổ chức tập huấn; danh sách người dự và tài liệu lưu tại văn phòng."},
    {"tuyen truyen", "Đã phát tài liệu và nhắc trong buổi chào cờ; ảnh và danh sách lưu kèm."},
    {"du toan", "Đã lập dự toán gửi cơ quan tài chính."},
    {"kinh phi", "Đã tổng hợp nhu cầu kinh phí gửi cơ quan tài chính."},
    {"bao cao", "Đã gửi báo cáo, có số đi của văn thư."},
    {"sao luu", "Đã phục hồi thử bản sao lưu gần nhất trên máy riêng; dữ liệu đọc được đủ."},
    {"tai khoan", "Đã khóa tài khoản của người chuyển công tác, đổi mật khẩu quản trị."},
    {"ra soat", "Đã rà soát theo danh mục; các điểm phải khắc phục ghi trong biên bản."},
    {"kiem tra", "Đã kiểm tra theo danh mục; biên bản có chữ ký hai bên."},
    {"giam sat", "Không có cảnh báo mức cao; các cảnh báo nhỏ đã xử lý trong ngày."},
    {"", "Đã làm xong theo nội dung được giao; kết quả lưu trong hồ sơ công việc."},
};

static const char *words_for(const char *title) {
  g_autofree char *folded = text_fold(title);
  gsize i = 0;
  while (!strstr(folded, DONE[i].word))
    i++;
  return DONE[i].done;
}

/* --- one duty --- */

/* Where a duty is in its course: kept between days, since its due day may move. */
typedef struct {
  const Step *next;
  gint64 due_day; /* day number of its first due day */
} Progress;

typedef struct {
  Demo *demo;
  Arena *arena; /* of one body's day */
  const DemoBody *body;
  GHashTable *progress; /* code -> Progress */
  gint64 today;         /* day number of the machine's today */
  gint64 now;           /* day number of the day being played */
} Year;

/* Acts follow one another through the office hours of the day, none after the moment when the demo is made; what happens
 * to incidents in between comes first. */
static gboolean next_moment(const Year *year, GError **error) {
  gint64 opens = day_start_ms(day_from_number(year->now)) + 8 * HOUR_MS + (year->now * 37 % 60) * MINUTE_MS;
  gint64 moment = MIN(MAX(opens, clock_now_ms() + PAUSE_MS), year->demo->today_ms);
  gboolean good = demo_play_incidents(year->demo, moment, error);
  clock_set_fixed(moment);
  return good;
}

static const char *login_of(const DemoBody *body, Who who) {
  return who == BY_LEADER ? body->leader : who == BY_MEMBER ? body->member : body->officer;
}

static gboolean take_step(Year *year, const char *id, const char *title, const Step *step, gint64 due_day, GError **error) {
  char moved[11];
  date_write_iso_day(moved, day_start_ms(day_from_number(due_day + step->move_days)));
  const DemoField fields[] = {{"ids", id},
                              {"note", !step->note ? words_for(title) : *step->note ? step->note : NULL},
                              {"due", step->move_days ? moved : NULL},
                              {NULL, NULL}};
  return next_moment(year, error) &&
         demo_call(year->demo, year->arena, login_of(year->body, step->who), step->operation, fields, NULL, error) != NULL;
}

static guint64 number_in(const char *code) {
  return g_ascii_strtoull(strrchr(code, '-') + 1, NULL, 10);
}

static Progress *progress_of(Year *year, const char *code, gint64 due_day) {
  Progress *progress = g_hash_table_lookup(year->progress, code);
  if (progress)
    return progress;
  const Step *course = COURSES[number_in(code) % G_N_ELEMENTS(COURSES)];
  progress = g_new0(Progress, 1);
  progress->next = course == LEFT && due_day < year->today - FRESH_DAYS ? LATE : course;
  progress->due_day = due_day;
  g_hash_table_insert(year->progress, g_strdup(code), progress);
  return progress;
}

static gboolean advance(Year *year, const Doc *row, GError **error) {
  const Doc *due = doc_get(row, KEY("due"));
  Day day;
  if (!due || due->type != DOC_OBJECT || !date_parse_day(doc_get_text(due, KEY("iso")), &day))
    return TRUE;
  Progress *progress = progress_of(year, doc_get_text(row, KEY("code")), day_number(day));
  while (progress->next->operation && progress->due_day + progress->next->day <= year->now) {
    const Step *step = progress->next++;
    if (!take_step(year, doc_get_text(row, KEY("id")), doc_get_text(row, KEY("title")), step, progress->due_day, error))
      return FALSE;
  }
  return TRUE;
}

/* What goes on all the time is noted by two of three. */
static gboolean note_continuous(Year *year, const Doc *row, GError **error) {
  static const Step EVIDENCE = {0, BY_MEMBER, "duty.evidence", NULL, 0};
  const char *period = doc_get_text(row, KEY("period"));
  guint64 number = number_in(doc_get_text(row, KEY("code")));
  if (!period || !g_str_has_prefix(period, "thường xuyên") || number % 3 == 0 || ((guint64)year->now + number) % EVIDENCE_DAYS != 0)
    return TRUE;
  return take_step(year, doc_get_text(row, KEY("id")), doc_get_text(row, KEY("title")), &EVIDENCE, 0, error);
}

/* --- a day --- */

static const Doc *open_duties(Year *year, GError **error) {
  static const DemoField OPEN[] = {{"tab", "mo"}, {"limit", "500"}, {NULL, NULL}};
  const Doc *answer = demo_call(year->demo, year->arena, year->body->officer, "duty.list", OPEN, NULL, error);
  return answer ? doc_get(answer, KEY("rows")) : NULL;
}

static gboolean play_day(Year *year, GError **error) {
  const Doc *rows = open_duties(year, error);
  for (const Doc *row = rows ? rows->first : NULL; row; row = row->next)
    if (!advance(year, row, error) || !note_continuous(year, row, error))
      return FALSE;
  return rows != NULL;
}

static gboolean run_jobs(const App *app, GError **error) {
  static const char *const NAMES[] = {"duty.roll", "duty.law_daily", "duty.escalate", NULL};
  for (const Module *const *module = app->modules; *module; module++)
    for (const JobRow *job = (*module)->jobs; job && job->name; job++)
      if (g_strv_contains(NAMES, job->name) && !job->run((App *)(gintptr)app, NULL, error))
        return FALSE;
  return TRUE;
}

/* --- the beginning and the end of the year --- */

/* What a body keeps doing before it has a plan. */
static gboolean begin(Year *year, GError **error) {
  static const struct {
    const char *title, *period;
    int due_days;
  } ROUTINE[] = {
      {"Họp giao ban về an toàn thông tin", "monthly", 12},
      {"Kiểm tra bản sao lưu, phục hồi thử", "quarterly", 25},
      {"Rà soát tài khoản quản trị của các hệ thống", "quarterly", 31},
      {"Rà soát lỗ hổng bảo mật trên máy chủ và trang thông tin", "every_6_months", 40},
      {"Diễn tập ứng cứu sự cố", "yearly", 150},
      {"Theo dõi, giám sát cảnh báo của các hệ thống", "continuous", 0},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(ROUTINE); i++) {
    char due[11];
    date_write_iso_day(due, day_start_ms(day_from_number(year->now + ROUTINE[i].due_days)));
    const DemoField fields[] = {{"title", ROUTINE[i].title},
                                {"period", ROUTINE[i].period},
                                {"due", ROUTINE[i].due_days ? due : NULL},
                                {"lead", year->body->id},
                                {NULL, NULL}};
    if (!next_moment(year, error) || !demo_call(year->demo, year->arena, year->body->officer, "duty.add", fields, NULL, error))
      return FALSE;
  }
  return demo_call(year->demo, year->arena, year->body->officer, "duty.from_law", NULL, NULL, error) != NULL;
}

/* The last days: something for the board's "next seven days", and for "given to me". */
static gboolean add_coming(Year *year, GError **error) {
  static const struct {
    const char *title;
    int due_days;
  } COMING[] = {
      {"Gửi kết quả khắc phục lỗ hổng theo văn bản cảnh báo của cơ quan điều phối", 2},
      {"Kiểm tra cấu hình sao lưu trước đợt nâng cấp máy chủ", 4},
      {"Cập nhật danh sách đầu mối trực của nhà cung cấp", 6},
  };
  StoreConn *conn = store_read(year->demo->app->store, error);
  const User *officer = conn ? user_load_by_login(conn, year->arena, year->body->officer, error) : NULL;
  for (gsize i = 0; officer && i < G_N_ELEMENTS(COMING); i++) {
    char due[11];
    date_write_iso_day(due, day_start_ms(day_from_number(year->today + COMING[i].due_days)));
    const DemoField fields[] = {{"title", COMING[i].title}, {"due", due}, {"lead", year->body->id}, {NULL, NULL}};
    const Doc *added = demo_call(year->demo, year->arena, year->body->officer, "duty.add", fields, NULL, error);
    const DemoField given[] = {{"ids", added ? doc_get_text(added, KEY("id")) : NULL}, {"assignee", officer->id}, {NULL, NULL}};
    if (!added || !demo_call(year->demo, year->arena, year->body->leader, "duty.assign", given, NULL, error))
      return FALSE;
  }
  return officer != NULL;
}

static gboolean end(Year *year, GError **error) {
  const Doc *rows = open_duties(year, error);
  gsize taken = 0;
  for (const Doc *row = rows ? rows->first : NULL; row && taken < G_N_ELEMENTS(CLOSING); row = row->next) {
    const char *id = doc_get_text(row, KEY("id")), *title = doc_get_text(row, KEY("title"));
    const Step given_back = {0, BY_LEADER, "duty.return", "Ghi rõ người thực hiện và ngày làm rồi trình lại.", 0};
    if (strcmp(doc_get_text(doc_get(row, KEY("state")), KEY("name")), "todo") != 0)
      continue;
    if (!take_step(year, id, title, &CLOSING[taken], 0, error) ||
        (taken == RETURNED_AT_THE_END && !take_step(year, id, title, &given_back, 0, error)))
      return FALSE;
    taken++;
  }
  return rows && add_coming(year, error);
}

typedef gboolean (*BodyFunc)(Year *year, GError **error);

static gboolean for_each_plan(Year *year, BodyFunc func, GError **error) {
  for (guint i = 0; i < year->demo->bodies->len; i++) {
    g_autoptr(Arena) arena = arena_new();
    year->body = year->demo->bodies->pdata[i];
    year->arena = arena;
    if (*year->body->plan && !func(year, error))
      return FALSE;
  }
  return TRUE;
}

/* The plan comes into force on its own date; one dated after today, today. */
static gboolean issue(Year *year, GError **error) {
  gint64 dated = day_number(day_at(demo_plan_ms(year->body, year->demo->today_ms)));
  if (CLAMP(dated, year->today - YEAR_DAYS, year->today) != year->now)
    return TRUE;
  return next_moment(year, error) && demo_issue_plan(year->demo, year->body, error);
}

static gboolean play(Year *year, GError **error) {
  gint64 morning = MIN(MAX(day_start_ms(day_from_number(year->now)) + 7 * HOUR_MS, clock_now_ms()), year->demo->today_ms);
  if (!demo_play_incidents(year->demo, morning, error))
    return FALSE;
  clock_set_fixed(morning);
  gboolean monday = day_weekday(day_from_number(year->now)) == 1;
  return (!monday || run_jobs(year->demo->app, error)) && for_each_plan(year, issue, error) && for_each_plan(year, play_day, error);
}

gboolean demo_play_year(Demo *demo, GError **error) {
  g_autoptr(GHashTable) progress = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  gint64 today = day_number(day_at(demo->today_ms));
  Year year = {.demo = demo, .progress = progress, .today = today, .now = today - YEAR_DAYS};
  gboolean good = for_each_plan(&year, begin, error);
  for (; good && year.now < today; year.now++)
    good = play(&year, error);
  good = good && demo_play_logs(demo, error);
  clock_set_fixed(demo->today_ms);
  return good && play(&year, error) && for_each_plan(&year, end, error) && run_jobs(demo->app, error);
}
