/* Letterhead, number, date, title, period, signature. */
#include "module/plan/plan_check_part.h"
#include "base/text.h"
#include <string.h>

#define ATTACHED_TO "kèm theo kế hoạch"

static const char *status_of(const PlanCheck *check, const char *part) {
  const char *status = json_text(json_object_get(check->reading, part), "status");
  return status ? status : "absent";
}

void check_number_missing(PlanCheck *check) {
  if (g_str_equal(status_of(check, "number"), "present"))
    return;
  const char *written = json_text(json_object_get(check->reading, "number"), "as_written");
  check_report(check, (Finding){.line = written ? check_text_line_of(check->text, written) : 0,
                                .where = "đầu văn bản",
                                .found = written ? written : "Không có dòng Số",
                                .fix = "Nhập số văn bản đã được cấp"});
}

/* "02/kh-ubnd" out of " số: 02/kh-ubnd ngày …"; NULL where the number is left blank. */
static char *quoted_number(const char *place) {
  const char *p = place + strspn(place, " ");
  if (g_str_has_prefix(p, "số"))
    p += strlen("số");
  p += strspn(p, " :");
  gsize digits = strspn(p, "0123456789");
  if (!digits || p[digits] != '/')
    return NULL;
  return g_strndup(p, strcspn(p, " ;,)"));
}

static gboolean same_number(const char *a, const char *b) {
  return g_str_equal(a + strspn(a, "0"), b + strspn(b, "0"));
}

/* "(Kèm theo Kế hoạch số …)" under the name of an appendix, and not in a sentence on some other plan. */
static char *attached_number(const PlanCheck *check, gsize at) {
  const CheckLine *line = check_text_line_at(check->text, at);
  guint end = check->text->appendix;
  gboolean appendix = end < check->text->lines->len && line->number >= check_line(check->text, end)->number;
  if (!appendix && line->plain[0] != '(')
    return NULL;
  return quoted_number(check->text->flat->str + at + strlen(ATTACHED_TO));
}

static void report_number(PlanCheck *check, const char *place, const char *number, int line) {
  g_autofree char *upper = g_utf8_strup(number, -1);
  g_autofree char *found = g_strdup_printf("%s ghi %s", place, upper);
  check_report(check, (Finding){.line = line,
                                .where = "đầu văn bản so với phụ lục",
                                .found = found,
                                .fix = "Xác nhận số đúng rồi sửa chỗ ghi sai"});
}

/* The number in the head, and those under the appendices: every place that differs, after the one it differs from. */
void check_number_mismatch(PlanCheck *check) {
  const char *resolved = json_text(json_object_get(check->reading, "number"), "resolved");
  g_autofree char *first = resolved ? text_fold_spelling(resolved) : NULL;
  const char *first_place = resolved ? "Đầu văn bản" : "Phụ lục";
  int first_line = resolved ? check_text_line_of(check->text, first) : 0;
  gboolean told = FALSE;
  gssize at = -1;
  while ((at = check_text_find(check->text, ATTACHED_TO, (gsize)(at + 1))) >= 0) {
    g_autofree char *quoted = attached_number(check, (gsize)at);
    int line = check_text_line_at(check->text, (gsize)at)->number;
    if (quoted && !first) {
      first = g_steal_pointer(&quoted);
      first_line = line;
    }
    if (!quoted || same_number(first, quoted))
      continue;
    if (!told)
      report_number(check, first_place, first, first_line);
    told = TRUE;
    report_number(check, "Phụ lục", quoted, line);
  }
}

void check_date_missing(PlanCheck *check) {
  if (!g_str_equal(status_of(check, "date"), "absent"))
    return;
  check_report(check,
               (Finding){.where = "đầu văn bản", .found = "Không có ngày ban hành", .fix = "Nhập ngày ban hành"});
}

void check_date_incomplete(PlanCheck *check) {
  const char *status = status_of(check, "date");
  if (g_str_equal(status, "absent") || g_str_equal(status, "complete"))
    return;
  const char *written = json_text(json_object_get(check->reading, "date"), "text");
  check_report(check, (Finding){.line = written ? check_text_line_of(check->text, written) : 0,
                                .where = "đầu văn bản",
                                .found = written ? written : "Ngày ban hành ghi chưa đủ",
                                .fix = "Ghi đủ ngày, tháng, năm ban hành"});
}

/* The line with the state title, before the appendices (which may bring a letterhead of their own); NULL: none. Looked
 * for in the run of words: narrow columns break it. */
static const CheckLine *state_title(const PlanCheck *check) {
  const CheckText *text = check->text;
  gsize end = text->appendix < text->lines->len ? check_line(text, text->appendix)->start : text->flat->len;
  static const char *const SIGNS[] = {"cộng hòa xã hội chủ nghĩa", "độc lập - tự do", "độc lập-tự do"};
  for (gsize i = 0; i < G_N_ELEMENTS(SIGNS); i++) {
    gssize at = check_text_find(text, SIGNS[i], 0);
    if (at >= 0 && (gsize)at < end)
      return check_text_line_at(text, (gsize)at);
  }
  return NULL;
}

static const CheckLine *type_line(const PlanCheck *check) {
  guint end = check->text->body ? check->text->body : check->text->lines->len;
  for (guint i = 0; i < end; i++) {
    const CheckLine *line = check_line(check->text, i);
    if (g_str_has_prefix(line->plain, "KẾ HOẠCH") || g_str_has_prefix(line->plain, "PHƯƠNG ÁN"))
      return line;
  }
  return NULL;
}

/* A title without the issuer's name beside it: the name was taken from elsewhere. */
void check_letterhead_missing(PlanCheck *check) {
  const json_t *provenance = json_object_get(json_object_get(check->reading, "provenance"), "/issuer/name");
  gboolean inferred = g_strcmp0(json_text(provenance, "certainty"), "inferred") == 0;
  const CheckLine *title = state_title(check);
  if (title && !inferred)
    return;
  check_report(check, (Finding){.where = "đầu văn bản",
                                .found = title ? "Không có khối tên cơ quan" : "Không có quốc hiệu, tiêu ngữ",
                                .fix = "Bổ sung đầu văn bản; tên cơ quan suy từ nội dung cần được xác nhận",
                                .arguable = title != NULL});
}

void check_letterhead_displaced(PlanCheck *check) {
  const CheckLine *title = state_title(check), *type = type_line(check);
  if (!title || !type || title->number < type->number)
    return;
  check_report(check, (Finding){.line = title->number,
                                .where = "đầu văn bản",
                                .found = "Khối tên cơ quan, quốc hiệu nằm sau tên loại văn bản",
                                .fix = "Đưa về đầu trang thứ nhất"});
}

void check_doc_type_missing(PlanCheck *check) {
  if (type_line(check))
    return;
  check_report(check, (Finding){.where = "đầu văn bản",
                                .found = "Không có dòng KẾ HOẠCH trước tên",
                                .fix = "Ghi tên loại văn bản trên một dòng riêng"});
}

/* A people's committee signs as a body (TM.), a deputy for the head (KT.). */
void check_signature_authority_missing(PlanCheck *check) {
  const json_t *signer = json_object_get(check->reading, "signer");
  const char *issuer = json_text(json_object_get(check->reading, "issuer"), "name");
  g_autofree char *key = issuer ? name_key(issuer) : NULL;
  g_autofree char *authority = json_dumps(json_object_get(signer, "authority"), JSON_ENCODE_ANY | JSON_COMPACT);
  if (!json_text(signer, "name") || !key || !g_str_has_prefix(key, "ủy ban nhân dân") ||
      (authority && strstr(authority, "TM.")))
    return;
  check_report(check, (Finding){.line = check_text_line_of(check->text, json_text(signer, "name")),
                                .where = "phần ký",
                                .found = "Không có dòng TM. ỦY BAN NHÂN DÂN",
                                .fix = "Ghi TM. ỦY BAN NHÂN DÂN trên chức vụ người ký"});
}

static const json_t *period_of(const PlanCheck *check) {
  return json_object_get(check->reading, "period");
}

void check_period_missing(PlanCheck *check) {
  if (json_text(period_of(check), "from") || json_text(period_of(check), "to"))
    return;
  check_report(check, (Finding){.where = "tên kế hoạch",
                                .found = "Không ghi năm hay giai đoạn thực hiện",
                                .fix = "Ghi rõ năm hoặc giai đoạn của kế hoạch"});
}

void check_period_not_in_title(PlanCheck *check) {
  const char *title = json_text(check->reading, "title");
  const char *from = json_text(period_of(check), "from");
  if (!title || !from || strlen(from) < 4)
    return;
  g_autofree char *year = g_strndup(from, 4);
  if (strstr(title, year))
    return;
  const char *period = json_text(period_of(check), "text");
  g_autofree char *found = g_strdup_printf("Tên không có năm; nội dung ghi %s", period ? period : year);
  check_report(check, (Finding){.line = check_text_line_of(check->text, title),
                                .where = "tên kế hoạch",
                                .found = found,
                                .fix = "Ghi năm hoặc giai đoạn vào tên kế hoạch"});
}

void check_period_before_issue(PlanCheck *check) {
  const char *from = json_text(period_of(check), "from");
  const char *issued = check->issued;
  if (!from || !issued || strcmp(from, issued) >= 0)
    return;
  g_autofree char *first = day_text(from), *day = day_text(issued);
  g_autofree char *found = g_strdup_printf("Thời kỳ bắt đầu %s, ban hành sớm nhất %s", first, day);
  check_report(check, (Finding){.where = "tên kế hoạch", .found = found, .fix = "Chỉ sinh nhiệm vụ từ ngày ban hành"});
}

void check_period_expired_now(PlanCheck *check) {
  const char *to = json_text(period_of(check), "to");
  if (!to || strcmp(to, check->on) >= 0)
    return;
  g_autofree char *last = day_text(to);
  g_autofree char *found = g_strdup_printf("Thời kỳ đã kết thúc %s", last);
  check_report(
      check, (Finding){.where = "tên kế hoạch", .found = found, .fix = "Không sinh nhiệm vụ mới; lập kế hoạch kỳ sau"});
}
