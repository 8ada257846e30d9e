/* The board: who is on duty, whom to call. */
#include "core/message.h"
#include "core/show.h"
#include "module/org/org_pages.h"
#include "module/shift/shift.h"
#include <string.h>

typedef struct {
  Request *request;
  Doc *people;
  const char *kind; /* only this one; NULL: any */
  int count;
} People;

static gboolean add_person(const Contact *contact, void *data) {
  People *people = data;
  Request *request = people->request;
  const char *today = show_today(request);
  if ((people->kind && strcmp(contact->kind, people->kind) != 0) || strcmp(contact->from_day, today) > 0 ||
      (contact->until_day && strcmp(contact->until_day, today) < 0))
    return TRUE;
  Doc *row = doc_object(people->people, NULL);
  const char *phone = *contact->phone ? contact->phone : contact->phone_after_hours;
  doc_text_copy(row, KEY("name"), contact->name);
  doc_text(row, KEY("text"), arena_printf(request->arena, "%s%s%s · %s", contact->title, *contact->title ? ", " : "",
                                          message(request->lang, contact_kind_label(contact->kind)), contact->body_name));
  doc_text_copy(row, KEY("phone"), phone);
  doc_text(row, KEY("tel"), show_tel(request->arena, phone));
  gboolean two = *contact->phone && *contact->phone_after_hours;
  doc_text_copy(row, KEY("after_hours"), two ? contact->phone_after_hours : NULL);
  doc_text(row, KEY("after_tel"), two ? show_tel(request->arena, contact->phone_after_hours) : NULL);
  doc_text_copy(row, KEY("more"), two ? NULL : contact->email);
  people->count++;
  return TRUE;
}

static Doc *add_section(Request *request, Doc *board, const char *id, const char *title) {
  Doc *section = doc_object((Doc *)(gintptr)doc_get(board, KEY("sections")), NULL);
  doc_text(section, KEY("id"), id);
  doc_text(section, KEY("title"), message(request->lang, title));
  doc_bool(section, KEY("aside"), TRUE);
  return section;
}

static void add_empty(Request *request, Doc *section, const char *text, const char *url, const char *label) {
  Doc *empty = doc_object(section, KEY("empty"));
  doc_text(empty, KEY("text"), message(request->lang, text));
  doc_text(empty, KEY("url"), url);
  doc_text(empty, KEY("label"), message(request->lang, label));
}

/* Of the roster, by name and until when. */
static gboolean add_shift(StoreConn *conn, People *people, GError **error) {
  Request *request = people->request;
  GError *failed = NULL;
  const Shift *shift = shift_at(conn, request->arena, request->body_id, request->now_ms, &failed);
  if (failed)
    g_propagate_error(error, failed);
  if (!shift)
    return !failed;
  Doc *row = doc_object(people->people, NULL);
  doc_text(row, KEY("name"), shift->name);
  doc_text(row, KEY("text"), arena_printf(request->arena, "%s %s · %s", message(request->lang, "trực đến"),
                                          show_time(request->arena, shift_end_ms(shift, request->now_ms)), shift->body_name));
  doc_text(row, KEY("phone"), shift->phone);
  doc_text(row, KEY("tel"), show_tel(request->arena, shift->phone));
  doc_text(row, KEY("more"), *shift->note ? shift->note : NULL);
  people->count++;
  return TRUE;
}

/* The roster; without one the numbers of the shift; where there are none, the focal points. */
static gboolean add_on_duty(Request *request, StoreConn *conn, Doc *board, GError **error) {
  static const char *const KINDS[] = {"duty", "focal"};
  Doc *section = add_section(request, board, "truc", "Đang trực");
  People people = {.request = request, .people = doc_list(section, KEY("people"))};
  Doc *link = doc_object(section, KEY("link"));
  doc_text(link, KEY("url"), "/ca-truc");
  doc_text(link, KEY("label"), message(request->lang, "Ca trực"));
  if (!add_shift(conn, &people, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS(KINDS) && !people.count; i++) {
    people.kind = KINDS[i];
    if (!contact_store_of_body(conn, request->body_id, add_person, &people, error))
      return FALSE;
  }
  if (!people.count)
    add_empty(request, section, "Chưa có người trực và đầu mối ứng cứu sự cố.", "/ca-truc", "Lập ca trực");
  return TRUE;
}

static gboolean add_helpers(Request *request, StoreConn *conn, Doc *board, GError **error) {
  Doc *section = add_section(request, board, "goi", "Gọi khi cần hỗ trợ");
  People people = {.request = request, .people = doc_list(section, KEY("people"))};
  if (!contact_store_above(conn, request->body_id, show_today(request), add_person, &people, error))
    return FALSE;
  people.kind = "provider";
  if (!contact_store_of_body(conn, request->body_id, add_person, &people, error))
    return FALSE;
  if (!people.count)
    add_empty(request, section, "Chưa có đầu mối của cấp trên và nhà cung cấp.", arena_printf(request->arena, "/don-vi/%s", request->body_id), "Thêm đầu mối");
  return TRUE;
}

gboolean org_board(Request *request, Doc *board, GError **error) {
  StoreConn *conn = request_read(request, error);
  if (!conn || !request_may(request, "org.read", request->body_id))
    return conn != NULL;
  doc_text(board, KEY("print_url"), "/danh-ba");
  return add_on_duty(request, conn, board, error) && add_helpers(request, conn, board, error);
}
