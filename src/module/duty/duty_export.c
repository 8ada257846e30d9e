/* All duties that the acting body sees, as a sheet. */
#include "base/date.h"
#include "core/message.h"
#include "lib/document/sheet.h"
#include "module/duty/duty_pages.h"
#include "module/duty/duty_show.h"

#define EXPORT_ROWS 50000

typedef struct {
  const Request *request;
  Sheet *sheet;
} Export;

static gboolean export_row(const DutyRow *row, void *data) {
  const Export *export = data;
  Day due;
  sheet_row(export->sheet);
  sheet_text(export->sheet, row->code);
  sheet_text(export->sheet, row->title);
  sheet_text(export->sheet, row->section);
  sheet_text(export->sheet, row->lead_names);
  sheet_text(export->sheet, message(export->request->lang, duty_period_label(row->period)));
  if (row->due_day && date_parse_day(row->due_day, &due))
    sheet_day(export->sheet, due);
  else
    sheet_text(export->sheet, NULL);
  sheet_text(export->sheet, message(export->request->lang, duty_state_label(row->state)));
  sheet_text(export->sheet, row->assignee_name);
  return TRUE;
}

gboolean duty_export(Request *request, Doc *answer, GError **error) {
  const char *heads[] = {"Mã", "Nhiệm vụ", "Mục", "Đơn vị chủ trì", "Chu kỳ", "Hạn", "Trạng thái", "Người thực hiện"};
  static const double WIDTHS[] = {14, 60, 12, 36, 20, 12, 16, 22};
  SheetColumn columns[G_N_ELEMENTS(heads)];
  StoreConn *conn = request_read(request, error);
  (void)answer;
  if (!conn || !request_require(request, "duty.read", request->body_id, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS(heads); i++)
    columns[i] = (SheetColumn){message(request->lang, heads[i]), WIDTHS[i]};
  Export export = {request, sheet_new(message(request->lang, "Nhiệm vụ"), request->user->name, request->now_ms, error)};
  if (!export.sheet)
    return FALSE;
  DutyQuery query = {.body_id = request->body_id, .half = DUTY_OPEN, .limit = EXPORT_ROWS};
  sheet_page(export.sheet, message(request->lang, "Chưa xong"), columns, G_N_ELEMENTS(columns));
  gboolean good = duty_store_list(conn, &query, export_row, &export, error);
  query.half = DUTY_DONE;
  sheet_page(export.sheet, message(request->lang, "Hoàn thành"), columns, G_N_ELEMENTS(columns));
  good = good && duty_store_list(conn, &query, export_row, &export, error);
  request->file = sheet_finish(export.sheet, good ? error : NULL);
  request->file_name = "nhiem-vu.xlsx";
  request->file_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
  return good && request->file;
}
