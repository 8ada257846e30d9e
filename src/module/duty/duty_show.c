#include "module/duty/duty_show.h"
#include "base/date.h"
#include "core/message.h"
#include <string.h>

typedef struct {
  const char *name, *label, *css;
} Word;

static const Word STATES[] = {
    {"todo",     "Chưa bắt đầu",   "none" },
    {"doing",    "Đang thực hiện", "doing"},
    {"approval", "Chờ phê duyệt",  "wait" },
    {"done",     "Hoàn thành",     "done" },
    {"na",       "Không áp dụng",  "none" },
};

static const Word EVENTS[] = {
    {"created",   "Tạo nhiệm vụ",              NULL},
    {"assigned",  "Giao việc",                 NULL},
    {"moved",     "Đổi hạn",                   NULL},
    {"started",   "Bắt đầu thực hiện",         NULL},
    {"submitted", "Trình phê duyệt",           NULL},
    {"approved",  "Phê duyệt hoàn thành",      NULL},
    {"returned",  "Trả lại để làm tiếp",       NULL},
    {"completed", "Hoàn thành",                NULL},
    {"reopened",  "Mở lại",                    NULL},
    {"waived",    "Không áp dụng",             NULL},
    {"evidenced", "Ghi nhận đã thực hiện",     NULL},
    {"proof",     "Thêm minh chứng",           NULL},
    {"report",    "Ghi tiến độ",               NULL},
    {"edited",    "Sửa nội dung",              NULL},
    {"undone",    "Hoàn tác",                  NULL},
    {"escalated", "Báo lên cấp trên vì quá hạn", NULL},
    {"reminded",  "Nhắc việc",                 NULL},
};

static const Word PERIODS[] = {
    {"once",                 "một lần",                     NULL},
    {"continuous",           "thường xuyên",                NULL},
    {"continuous_yearly",    "thường xuyên trong năm",      NULL},
    {"yearly",               "hằng năm",                    NULL},
    {"every_6_months",       "06 tháng một lần",            NULL},
    {"at_least_once_a_year", "mỗi năm ít nhất 01 lần",      NULL},
    {"quarterly",            "hằng quý",                    NULL},
    {"monthly",              "hằng tháng",                  NULL},
    {"on_event",             "khi có sự cố",                NULL},
    {"on_request",           "khi có yêu cầu",              NULL},
    {"none",                 "kế hoạch không nêu thời gian", NULL},
};

static const Word *find(const Word *words, gsize count, const char *name) {
  for (gsize i = 0; i < count; i++)
    if (g_strcmp0(words[i].name, name) == 0)
      return &words[i];
  return NULL;
}
#define FIND(words, name) find(words, G_N_ELEMENTS(words), name)

static const char *label_of(const Word *word) {
  return word ? word->label : "";
}

gboolean duty_state_is_open(const char *state) {
  return strcmp(state, "done") != 0 && strcmp(state, "na") != 0;
}

const char *duty_state_label(const char *state) {
  return label_of(FIND(STATES, state));
}

const char *duty_event_label(const char *kind) {
  return label_of(FIND(EVENTS, kind));
}

const char *duty_period_label(const char *period) {
  return label_of(FIND(PERIODS, period));
}

const char *duty_today(const Request *request) {
  char day[11];
  date_write_iso_day(day, request->now_ms);
  return arena_text(request->arena, day, -1);
}

const char *duty_day_text(Arena *arena, const char *iso) {
  if (!iso || strlen(iso) != 10)
    return NULL;
  char *text = arena_alloc(arena, 11);
  memcpy(text, iso + 8, 2);
  text[2] = '/';
  memcpy(text + 3, iso + 5, 2);
  text[5] = '/';
  memcpy(text + 6, iso, 4);
  text[10] = '\0';
  return text;
}

/* Whole days from today to the due day, which lasts until midnight. */
static gint64 days_left(const Request *request, const char *due_day) {
  Day due;
  return date_parse_day(due_day, &due) ? day_number(due) - day_number(day_at(request->now_ms)) : 0;
}

DueClass duty_due_class(const Request *request, const char *state, const char *due_day) {
  if (!due_day || !duty_state_is_open(state))
    return DUE_NONE;
  gint64 left = days_left(request, due_day);
  return left < 0 ? DUE_LATE : left <= 7 ? DUE_SOON : DUE_LATER;
}

const char *duty_due_css(DueClass due) {
  return due == DUE_LATE ? "late" : due == DUE_SOON ? "soon" : "";
}

void duty_show_state(Request *request, Doc *row, const char *state, const char *due_day) {
  const Word *word = FIND(STATES, state);
  gboolean late = duty_due_class(request, state, due_day) == DUE_LATE;
  Doc *shown = doc_object(row, KEY("state"));
  doc_text(shown, KEY("name"), state);
  doc_text(shown, KEY("class"), late ? "late" : word ? word->css : "none");
  doc_text(shown, KEY("label"), message(request->lang, late ? "Quá hạn" : label_of(word)));
}

static const char *left_text(Request *request, gint64 left) {
  if (left == 0)
    return message(request->lang, "hạn hôm nay");
  if (left > 0)
    return arena_printf(request->arena, "%s %d %s", message(request->lang, "còn"), (int)left, message(request->lang, "ngày"));
  return arena_printf(request->arena, "%s %d %s", message(request->lang, "quá hạn"), (int)-left, message(request->lang, "ngày"));
}

void duty_show_due(Request *request, Doc *row, const char *state, const char *due_day) {
  if (!due_day)
    return;
  DueClass due = duty_due_class(request, state, due_day);
  Doc *shown = doc_object(row, KEY("due"));
  doc_text(shown, KEY("class"), duty_due_css(due));
  doc_text(shown, KEY("left"), due == DUE_NONE ? "" : left_text(request, days_left(request, due_day)));
  doc_text(shown, KEY("day"), duty_day_text(request->arena, due_day));
  doc_text(shown, KEY("iso"), due_day);
}

Doc *duty_show_row(Request *request, Doc *list, const DutyRow *found) {
  Arena *arena = request->arena;
  Doc *row = doc_object(list, NULL);
  const char *id = arena_text(arena, found->id, -1);
  const char *state = arena_text(arena, found->state, -1);
  const char *due_day = arena_text(arena, found->due_day, -1);
  doc_text(row, KEY("id"), id);
  doc_text_copy(row, KEY("code"), found->code);
  doc_text_copy(row, KEY("title"), found->title);
  doc_text(row, KEY("url"), arena_printf(arena, "/nhiem-vu/%s", id));
  doc_text(row, KEY("class"), duty_due_css(duty_due_class(request, state, due_day)));
  doc_text_copy(row, KEY("source"), found->section);
  doc_text_copy(row, KEY("lead"), found->lead_names);
  doc_text_copy(row, KEY("person"), found->assignee_name);
  doc_text(row, KEY("period"), duty_period_label(found->period));
  duty_show_state(request, row, state, due_day);
  duty_show_due(request, row, state, due_day);
  return row;
}
