/* The end of the paper: recipients, and the authority, position and name of the signer, side by side or in a row. */
#include "module/plan/plan_reading.h"
#include <string.h>

static const char *const AUTHORITIES[] = {"tm",   "tm.", "kt", "kt.",       "tl",       "tl.", "tuq",
                                          "tuq.", "q",   "q.", "thua lenh", "thay mat", NULL};

static const char *const POSITIONS[] = {"chu tich",
                                        "pho chu tich",
                                        "giam doc",
                                        "pho giam doc",
                                        "quyen giam doc",
                                        "tong giam doc",
                                        "pho tong giam doc",
                                        "cuc truong",
                                        "pho cuc truong",
                                        "chi cuc truong",
                                        "pho chi cuc truong",
                                        "truong phong",
                                        "pho truong phong",
                                        "truong ban",
                                        "pho truong ban",
                                        "hieu truong",
                                        "pho hieu truong",
                                        "vien truong",
                                        "pho vien truong",
                                        "bo truong",
                                        "thu truong",
                                        "chanh van phong",
                                        "pho chanh van phong",
                                        "truong cong an",
                                        "pho truong cong an",
                                        "bi thu",
                                        "pho bi thu",
                                        "chanh thanh tra",
                                        "tram truong",
                                        "vu truong",
                                        "tong cuc truong",
                                        "chi huy truong",
                                        "phu trach",
                                        "pho phu trach",
                                        "chanh an",
                                        "quyen chu tich",
                                        "pho bi thu thuong truc",
                                        "pho chu tich thuong truc",
                                        "phu trach phong",
                                        "truong don vi",
                                        "q. giam doc",
                                        NULL};

typedef struct {
  PlanReading *reading;
  json_t *list, *archive, *mode, *code, *authority, *position, *name;
  gboolean recipients;
} Tail;

static gboolean is_authority(PlanText text) {
  return plan_text_caps(text) && plan_starts_any(text.fold, AUTHORITIES) && text.length < 90 && text.length > 3 &&
         (strchr(text.fold, '.') || plan_starts(text.fold, "t"));
}

static gboolean is_position(PlanText text) {
  return plan_text_caps(text) && plan_starts_any(text.fold, POSITIONS) && text.length < 60;
}

/* What stands before a name: "PGS.TS. ", "Ths. Bs. ", "BS CKII ", "Đại tá ". */
static PlanText without_degrees(PlanReading *reading, PlanText text) {
  static const char *const DEGREES[] = {
      "bs",       "bsck1",     "bscki",   "bsckii",   "cki",         "ckii",        "ck1",          "ck2",
      "ts",       "ths",       "pgs",     "gs",       "ks",          "cn",          "ds",           "dsckii",
      "bac si",   "tien si",   "thac si", "thieu uy", "trung uy",    "dai uy",      "thuong uy",    "thieu ta",
      "trung ta", "thuong ta", "dai ta",  "ky su",    "thieu tuong", "trung tuong", "thuong tuong", NULL};
  gsize from = 0;
  for (gsize i = 0; i < text.length; i++)
    from = text.fold[i] == '.' ? i + 1 : from;
  from += strspn(text.fold + from, " ");
  for (gsize length; (length = plan_starts_any(text.fold + from, DEGREES)) && text.fold[from + length] == ' ';)
    from += length + 1;
  return plan_text_from(reading->chunk, text, from);
}

/* Two to six words with capitals, nothing else. */
static gboolean is_name(PlanText text) {
  int words = 0;
  for (gsize i = 0; i < text.length;) {
    if (!plan_text_upper_at(text, i))
      return FALSE;
    gsize end = i;
    while (end < text.length && text.fold[end] != ' ') {
      if (!g_ascii_isalpha(text.fold[end]) && !strchr("'`\x7f", text.fold[end]))
        return FALSE;
      end++;
    }
    words++;
    i = end + 1;
  }
  return words >= 2 && words <= 6;
}

static void take_recipient(Tail *tail, PlanText text, int line) {
  PlanReading *reading = tail->reading;
  PlanMark mark = plan_mark(text);
  PlanText bare =
      plan_text_bare(reading->chunk, plan_text_from(reading->chunk, text, mark.kind == MARK_NONE ? 0 : mark.length));
  gsize count = json_array_size(tail->list);
  if (plan_starts(bare.fold, "luu")) {
    json_decref(tail->archive);
    tail->archive = plan_json_text(bare);
    plan_note(reading, PLAN_READ, line, line, "/recipients/archive");
  } else if (mark.kind != MARK_NONE || (text.fold[0] == '-' && bare.length > 2)) {
    if (bare.fold[0] == '-')
      bare = plan_text_from(reading->chunk, bare, 1);
    json_array_append_new(tail->list, plan_json_text(bare));
    plan_note(reading, PLAN_READ, line, line, "/recipients/list/%" G_GSIZE_FORMAT, count);
  } else if (!json_is_null(tail->archive) || !count) {
    if (strchr(text.fold, '_') && !strchr(text.fold, ' ') && json_is_null(tail->code)) {
      json_decref(tail->code);
      tail->code = plan_json_text(text);
    }
  } else { /* a wrapped line of the entry before */
    g_autofree char *joined =
        g_strconcat(json_string_value(json_array_get(tail->list, count - 1)), " ", bare.text, NULL);
    json_array_set_new(tail->list, count - 1, json_string(joined));
  }
}

/* One piece of a line: the left or the right half of the end of the paper. */
static gboolean take_piece(Tail *tail, PlanText text, int line) {
  if (plan_starts(text.fold, "noi nhan") || plan_starts(text.fold, "kinh gui:")) {
    tail->recipients = TRUE;
    PlanText rest = plan_text_from(tail->reading->chunk, text, 8 + strspn(text.fold + 8, ": "));
    if (rest.length && rest.fold[0] == '(') {
      json_decref(tail->mode);
      tail->mode = plan_json_text(rest);
    }
  } else if (is_authority(text)) {
    json_array_append_new(tail->authority, plan_json_text(text));
    plan_note(tail->reading, PLAN_READ, line, line, "/signer/authority/%" G_GSIZE_FORMAT,
              json_array_size(tail->authority) - 1);
  } else if (is_position(text)) {
    if (!json_is_null(tail->position) && json_is_null(tail->name))
      json_array_append(tail->authority, tail->position);
    if (json_is_null(tail->name)) {
      json_decref(tail->position);
      tail->position = plan_json_text(text);
      plan_note(tail->reading, PLAN_READ, line, line, "/signer/position");
    }
  } else if (!json_is_null(tail->position) && json_is_null(tail->name) && plan_mark(text).kind == MARK_NONE &&
             is_name(without_degrees(tail->reading, text))) {
    json_decref(tail->name);
    tail->name = plan_json_text(without_degrees(tail->reading, text));
    plan_note(tail->reading, PLAN_READ, line, line, "/signer/name");
  } else if (tail->recipients && text.fold[0] != '(' && text.fold[0] != '[') {
    take_recipient(tail, text, line);
  } else {
    return FALSE;
  }
  return TRUE;
}

/* The halves of a line: divided by three blanks or more, or by a tab. */
static void take_line(Tail *tail, PlanLine *line) {
  g_autofree char *copy = g_strdup(line->raw);
  for (char *p = copy; p && *p;) {
    p += strspn(p, " \t");
    char *gap = strstr(p, "   "), *tab = strchr(p, '\t');
    gap = tab && (!gap || tab < gap) ? tab : gap;
    if (gap)
      *gap = '\0';
    PlanText piece = plan_text(tail->reading->chunk, p);
    if (piece.length)
      take_piece(tail, piece, line->source->number);
    p = gap ? gap + 1 : NULL;
  }
  line->use = LINE_TAIL;
}

static gboolean starts_tail(const PlanLine *line) {
  if (line->use != LINE_FREE)
    return FALSE;
  const char *fold = line->text.fold;
  return (plan_starts(fold, "noi nhan") && line->text.length < 120) ||
         (line->mark.kind == MARK_NONE && (is_authority(line->text) || is_position(line->text)));
}

static gboolean starts_appendix(const PlanLine *line) {
  const char *fold = line->text.fold;
  return (plan_starts(fold, "phu luc") || plan_starts(fold, "bieu mau") || plan_starts(fold, "mau so")) &&
         line->text.length < 160 && plan_text_upper_at(line->text, 0);
}

static gboolean ends_tail(const Tail *tail, const PlanLine *line) {
  return starts_appendix(line) || line->use == LINE_TABLE ||
         (!json_is_null(tail->name) && tail->recipients && line->text.length > 60 && line->mark.kind == MARK_NONE) ||
         (line->mark.kind == MARK_ROMAN && plan_text_caps(line->text));
}

void plan_tail_read(PlanReading *reading) {
  Tail tail = {reading,      json_array(), json_null(), json_null(), json_null(),
               json_array(), json_null(),  json_null(), FALSE};
  guint first = reading->lines->len / 4;
  while (first < reading->lines->len && !starts_tail(plan_line(reading, first)))
    first++;
  for (guint i = first; i < reading->lines->len; i++) {
    PlanLine *line = plan_line(reading, i);
    if (ends_tail(&tail, line))
      break;
    if (line->use == LINE_FREE || line->use == LINE_NOISE)
      take_line(&tail, line);
  }
  json_t *recipients = json_pack("{s:o, s:o}", "list", tail.list, "archive", tail.archive);
  if (!json_is_null(tail.mode))
    json_object_set(recipients, "mode", tail.mode);
  if (!json_is_null(tail.code))
    json_object_set(recipients, "file_code", tail.code);
  json_decref(tail.mode);
  json_decref(tail.code);
  json_object_set_new(reading->plan, "recipients", recipients);
  json_object_set_new(
      reading->plan, "signer",
      json_pack("{s:o, s:o, s:o}", "name", tail.name, "position", tail.position, "authority", tail.authority));
}
