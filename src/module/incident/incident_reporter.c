#include "module/incident/incident_reporter.h"
#include "base/date.h"
#include "core/message.h"
#include "core/show.h"
#include "module/incident/incident_delivery.h"
#include "module/mail/mail.h"
#include <string.h>

#define RECEIPTS_IN_HOUR 3
#define NO_MATCH "-" /* the empty text would match every contact without one */
#define DIGITS(column) "replace(replace(replace(replace(" column ", ' ', ''), '.', ''), '-', ''), '+84', '0')"

#define KNOWN                                                                                                          \
  "SELECT c.name, b.name, CASE WHEN c.phone <> '' THEN c.phone ELSE c.phone_after_hours END FROM contact c JOIN body b "   \
  "ON b.id = c.body_id AND b.root_id = (SELECT root_id FROM body WHERE id = $1) WHERE c.until_day IS NULL AND "

enum { SQL_KNOWN };
static const StoreSql SQL[] = {
    [SQL_KNOWN] = {"incident.known_reporter",
                   KNOWN "lower(c.email) = $2 UNION " KNOWN DIGITS("c.phone") " = $3 UNION " KNOWN DIGITS("c.phone_after_hours") " = $3 "
                   "ORDER BY 1, 2, 3 LIMIT 3", NULL},
};
const StoreSqlTable incident_reporter_sql = {SQL, G_N_ELEMENTS(SQL)};

/* --- the receipt --- */

static const char *receipt_notice(IncidentCall *call, GError **error) {
  g_autoptr(GPtrArray) notices = incident_store_notices(call->change->conn, call->request->arena, call->incident->id, error);
  for (guint i = 0; notices && i < notices->len; i++) {
    const IncidentNotice *notice = g_ptr_array_index(notices, i);
    if (strcmp(notice->clock, "confirm_receipt") == 0)
      return notice->id;
  }
  return NULL;
}

static const char *receipt_text(IncidentCall *call) {
  const Incident *incident = call->incident;
  return arena_printf(call->request->arena,
                      "%s đã nhận tin báo sự cố lúc %s.\n\nMã tin báo: %s\n\nDùng mã này ở trang Báo sự cố, mục Tra cứu tin báo, để xem kết quả "
                      "và gửi thêm nội dung, ảnh. Người trực sẽ gọi lại để xác minh; không ai hỏi mật khẩu.\n\n"
                      "Thư này gửi tự động vì địa chỉ này được ghi trong tin báo. Không gửi tin báo thì bỏ qua thư này.\n",
                      incident->body_name, incident_moment(call->request->arena, incident->received_ms), incident->follow_code);
}

gboolean incident_send_receipt(IncidentCall *call, GError **error) {
  const Incident *incident = call->incident;
  gint64 sent = 0;
  GError *failed = NULL;
  if (!mail_address_valid(incident->reporter_email) || !mail_is_set(call->request->app))
    return TRUE;
  if (!incident_delivery_count(call->change->conn, incident->reporter_email, call->request->now_ms - HOUR_MS, &sent, error))
    return FALSE;
  if (sent >= RECEIPTS_IN_HOUR)
    return incident_auto_log(call, error, "Không gửi thư xác nhận: địa chỉ này đã nhận %d thư trong một giờ.", (int)sent);
  const char *notice_id = receipt_notice(call, &failed);
  if (failed) {
    g_propagate_error(error, failed);
    return FALSE;
  }
  const NewDelivery message = {
      .notice_id = notice_id, .recipient = *incident->reporter_name ? incident->reporter_name : "Người báo",
      .address = incident->reporter_email, .files = "[]", .text = receipt_text(call),
      .subject = arena_printf(call->request->arena, "[TBSC] Đã nhận tin báo sự cố %s", incident->follow_code)};
  return incident_deliver(call, &message, error);
}

/* --- asking back --- */

static const char *digits_of(Arena *arena, const char *phone) {
  g_autoptr(GString) digits = g_string_new(NULL);
  for (const char *p = g_str_has_prefix(phone, "+84") ? phone + 3 : phone; *p; p++)
    if (g_ascii_isdigit(*p))
      g_string_append_c(digits, *p);
  if (g_str_has_prefix(phone, "+84"))
    g_string_prepend_c(digits, '0');
  return arena_text(arena, digits->str, (gssize)digits->len);
}

static gboolean add_known(Request *request, const Incident *incident, Doc *list, GError **error) {
  GError *failed = NULL;
  StoreConn *conn = request_read(request, error);
  const char *digits = digits_of(request->arena, incident->reporter_phone);
  g_autofree char *email = g_ascii_strdown(incident->reporter_email, -1);
  g_autoptr(StoreRows) rows = conn ? store_query(conn, &SQL[SQL_KNOWN],
                                                 S(S_TEXT(incident->body_id), S_TEXT(*email ? email : NO_MATCH),
                                                   S_TEXT(strlen(digits) >= 8 ? digits : NO_MATCH)), error)
                                   : NULL;
  while (rows && store_step(rows, &failed)) {
    Doc *row = doc_object(list, NULL);
    doc_text_copy(row, KEY("name"), store_text(rows, 0));
    doc_text_copy(row, KEY("body"), store_text(rows, 1));
    doc_text_copy(row, KEY("phone"), store_text(rows, 2));
    doc_text(row, KEY("tel"), show_tel(request->arena, store_text(rows, 2)));
  }
  if (failed)
    g_propagate_error(error, failed);
  return rows && !failed;
}

gboolean incident_add_reporter(Request *request, const Incident *incident, Doc *answer, GError **error) {
  gboolean open = incident_is_one_of(incident->state, "reported verifying") && !incident->sender_verified_ms &&
                  strcmp(incident->source, "monitoring") != 0;
  Doc *list = doc_list(answer, KEY("known"));
  if (!open)
    return TRUE;
  if (!add_known(request, incident, list, error))
    return FALSE;
  const char *words = list->first ? "Có trong danh bạ: gọi lại số trong danh bạ, không gọi số viết trong tin báo."
                                  : "Không có trong danh bạ: gọi số đã biết của đơn vị người báo, hoặc hỏi qua kênh thứ hai.";
  doc_text(answer, KEY("sender_note"), message(request->lang, words));
  return TRUE;
}
