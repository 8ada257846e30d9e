/* Names of units, and lists of them. */
#include "module/plan/plan_reading.h"
#include <string.h>

static const char *const UNIT_WORDS[] = {"so",
                                         "cac",
                                         "ubnd",
                                         "uy ban",
                                         "ban",
                                         "bo",
                                         "phong",
                                         "van phong",
                                         "trung tam",
                                         "cong an",
                                         "to",
                                         "doi",
                                         "don vi",
                                         "co quan",
                                         "doanh nghiep",
                                         "nha thau",
                                         "nha cung cap",
                                         "nha mang",
                                         "cuc",
                                         "chi cuc",
                                         "benh vien",
                                         "truong",
                                         "khoa",
                                         "chu quan",
                                         "chu tich",
                                         "pho chu tich",
                                         "giam doc",
                                         "pho giam doc",
                                         "thu truong",
                                         "hdnd",
                                         "hoi dong",
                                         "mat tran",
                                         "uy ban mttq",
                                         "doan",
                                         "hoi",
                                         "vnpt",
                                         "viettel",
                                         "fpt",
                                         "mobifone",
                                         "thanh tra",
                                         "vien",
                                         "hoc vien",
                                         "kho bac",
                                         "ngan hang",
                                         "bao",
                                         "dai",
                                         "thanh vien",
                                         "toan the",
                                         "lanh dao",
                                         "bo phan",
                                         "nhom",
                                         "vncert",
                                         "vncert/cc",
                                         "dang uy",
                                         "huyen uy",
                                         "tinh uy",
                                         "thanh uy",
                                         "xa",
                                         "phuong",
                                         "tram y te",
                                         "cong chuc",
                                         "can bo",
                                         "vien chuc",
                                         "bo chi huy",
                                         "ban chi huy",
                                         "toa an",
                                         "lien doan",
                                         "cong ty",
                                         "tong cong ty",
                                         "tap doan",
                                         "truong phong",
                                         "chanh van phong",
                                         "thuong truc",
                                         "quan",
                                         "huyen",
                                         "thi xa",
                                         "thanh pho",
                                         "tinh",
                                         "ca nhan",
                                         "to chuc",
                                         "chuyen vien",
                                         "tram",
                                         "xi nghiep",
                                         "ban quan ly",
                                         "chi nhanh",
                                         "dich vu",
                                         "he thong thong tin",
                                         "nguoi dung dau",
                                         "nguoi quan tri",
                                         "cac to chuc",
                                         "bchqs",
                                         "vp",
                                         "mttq",
                                         "cong doan",
                                         "ke toan",
                                         "hop tac xa",
                                         "tong cuc",
                                         "chi huy",
                                         "quan tri",
                                         "ke toan truong",
                                         NULL};

static const char *const NO_UNIT[] = {"ban hanh",
                                      "ban giao",
                                      "bao cao",
                                      "bao dam",
                                      "bao ve",
                                      "bao tri",
                                      "bao mat",
                                      "bao gom",
                                      "hoi nghi",
                                      "hoi thao",
                                      "truong hop",
                                      "doi voi",
                                      "doi moi",
                                      "doi pho",
                                      "doi chieu",
                                      "cuc bo",
                                      "phong ngua",
                                      "phong chong",
                                      "phong, chong",
                                      "so lieu",
                                      "so luong",
                                      "so hoa",
                                      "bo sung",
                                      "bo tri",
                                      "quan ly",
                                      "quan triet",
                                      "quan trac",
                                      "quan trong",
                                      "khoa hoc",
                                      "cac noi dung",
                                      "cac nhiem vu",
                                      "cac bien phap",
                                      "cac su co",
                                      "cac he thong",
                                      "cac buoc",
                                      "cac dieu kien",
                                      "cac phuong an",
                                      "cac van ban",
                                      "cac hinh thuc",
                                      "cac hoat dong",
                                      "cac giai phap",
                                      "cac tinh huong",
                                      "cac quy dinh",
                                      "cac luc luong",
                                      "cac nguy co",
                                      "tinh huong",
                                      "tinh hinh",
                                      "tinh toan",
                                      "to chuc thuc hien",
                                      "to chuc tuyen truyen",
                                      "to chuc dien tap",
                                      "to chuc giam sat",
                                      "to chuc danh gia",
                                      "to chuc trien khai",
                                      "to chuc kiem tra",
                                      "to chuc tap huan",
                                      "to chuc dao tao",
                                      "to chuc huan luyen",
                                      "to chuc ung cuu",
                                      "thuong truc tiep nhan",
                                      "dai dien",
                                      "vien thong",
                                      "ban sao",
                                      "thanh lap",
                                      "doanh thu",
                                      "hoi phuc",
                                      "dich vu cong truc tuyen",
                                      "cong bo",
                                      NULL};

gboolean plan_unit_word(const char *fold) {
  return plan_starts_any(fold, UNIT_WORDS) && !plan_starts_any(fold, NO_UNIT);
}

gboolean plan_unit_starts(PlanText text, gsize at) {
  return at < text.length && plan_text_upper_at(text, at) && plan_unit_word(text.fold + at);
}

/* Verbs that open a duty after the name of its unit, in lower case. */
static const char *const DUTY_VERBS[] = {
    "can cu",         "tham muu",   "chu tri",    "phoi hop",     "chiu trach nhiem",
    "co trach nhiem", "xay dung",   "to chuc",    "trien khai",   "thuc hien",
    "bo tri",         "huong dan",  "chi dao",    "theo doi",     "tong hop",
    "phan cong",      "chu dong",   "tang cuong", "can doi",      "dam bao",
    "bao dam",        "tiep nhan",  "ra soat",    "dinh ky",      "hang nam",
    "kiem tra",       "giam sat",   "ho tro",     "lap",          "cu",
    "bao cao",        "cap nhat",   "quan triet", "tuyen truyen", "cung cap",
    "la co quan",     "la dau moi", "la don vi",  "lam dau moi",  "thuong xuyen",
    "tiep tuc",       "kip thoi",   "tich cuc",   "nghien cuu",   "de xuat",
    "tham dinh",      "trinh",      "gui",        "thong bao",    "co nhiem vu",
    "phat hien",      "xu ly",      "khac phuc",  "khoi phuc",    "dieu phoi",
    "duy tri",        "thanh lap",  "ban hanh",   "quyet dinh",   "kien toan",
    "dau moi",        "dang tai",   "dua tin",    "phan tich",    "ung cuu",
    "giup",           "tham gia",   "hoan thanh", "nghiem tuc",   NULL};

/* Words after which such a verb is part of the name: "đơn vị quản lý", "nhà cung cấp". */
static gboolean verb_in_name(PlanText text, gsize at) {
  static const char *const BEFORE[] = {"don vi",    "co quan", "bo phan", "nguoi",     "to chuc",  "doanh nghiep",
                                       "nha",       "doi",     "to",      "cac",       "phong",    "ban",
                                       "luc luong", "can bo",  "vien",    "trung tam", "quan ly,", NULL};
  gsize end = at;
  while (end && text.fold[end - 1] == ' ')
    end--;
  for (gsize i = 0; BEFORE[i]; i++) {
    gsize length = strlen(BEFORE[i]);
    if (end >= length && !strncmp(text.fold + end - length, BEFORE[i], length) &&
        (end == length || text.fold[end - length - 1] == ' ' || text.fold[end - length - 1] == '('))
      return TRUE;
  }
  return FALSE;
}

gsize plan_duty_verb(PlanText text, gsize from) {
  int depth = 0;
  for (gsize i = from; i + 13 < text.length;
       i++) { /* fewer words than these belong to the name: "Phòng Kế hoạch tổng hợp" */
    depth += text.fold[i] == '(' ? 1 : text.fold[i] == ')' && depth ? -1 : 0;
    if (depth || (i && text.fold[i - 1] != ' ') || !plan_starts_any(text.fold + i, DUTY_VERBS))
      continue;
    if (plan_text_lower_at(text, i) && !verb_in_name(text, i))
      return i;
  }
  return text.length;
}

/* "Văn phòng HĐND và UBND" is one office. */
static gboolean one_office(PlanText text, gsize at) {
  static const char *const BODIES[] = {"hdnd", "ubnd", "hoi dong nhan dan", "uy ban nhan dan", "dang uy", NULL};
  gsize from = at;
  while (from && !strchr(";,(", text.fold[from - 1]))
    from--;
  from += strspn(text.fold + from, " ");
  return plan_starts(text.fold + from, "van phong") && plan_starts_any(text.fold + at + 4, BODIES);
}

/* A list parts at ; always, at a comma or full stop where a unit with a capital follows, and at " và các …" that
 * closes a list. Nothing parts inside parentheses. */
static gsize list_break(PlanText text, gsize i, gboolean several) {
  gsize next = i + 1;
  while (next < text.length && text.fold[next] == ' ')
    next++;
  switch (text.fold[i]) {
  case ';':
    return next;
  case ',':
  case '.':
    return next > i + 1 && plan_unit_starts(text, next) ? next : 0;
  case ' ':
    if (!plan_starts(text.fold + i, " va "))
      return 0;
    if (plan_starts(text.fold + i, " va bao cao "))
      return i + 12;
    if (plan_unit_starts(text, i + 4) && i > 1 && !one_office(text, i))
      return i + 4;
    return several && (plan_starts(text.fold + i, " va cac co quan") || plan_starts(text.fold + i, " va cac don vi"))
               ? i + 4
               : 0;
  default:
    return 0;
  }
}

static gboolean missing(PlanText text) {
  return strspn(text.fold, "~.-_/ x\x7f") == text.length;
}

void plan_units_split(PlanReading *reading, PlanText text, GArray *units) {
  gsize from = 0;
  int depth = 0;
  gboolean several = FALSE;
  for (gsize i = 0; i <= text.length; i++) {
    depth += text.fold[i] == '(' ? 1 : text.fold[i] == ')' && depth ? -1 : 0;
    gsize next = i == text.length ? i + 1 : depth ? 0 : list_break(text, i, several);
    if (!next)
      continue;
    PlanText unit = plan_text_bare(reading->chunk, plan_text_slice(reading->chunk, text, from, i));
    PlanMark mark = plan_mark(unit);
    if (mark.kind >= MARK_DASH && mark.kind < MARK_NONE)
      unit = plan_text_from(reading->chunk, unit, mark.length);
    if (plan_starts(unit.fold, "va "))
      unit = plan_text_from(reading->chunk, unit, 3);
    if (unit.length && !missing(unit))
      g_array_append_val(units, unit);
    several = TRUE;
    from = next;
    i = next - 1;
  }
}

json_t *plan_units_json(PlanReading *reading, PlanText text) {
  g_autoptr(GArray) units = g_array_new(FALSE, FALSE, sizeof(PlanText));
  plan_units_split(reading, text, units);
  json_t *list = json_array();
  for (guint i = 0; i < units->len; i++)
    json_array_append_new(list, plan_json_text(g_array_index(units, PlanText, i)));
  return list;
}
