/* The register as a file: XLSX for people, CSV for programs. */
#include "base/date.h"
#include "core/message.h"
#include "core/show.h"
#include "lib/document/sheet.h"
#include "module/system/system_pages.h"
#include <string.h>

#define ROWS_MOST 100000

static const SheetColumn COLUMNS[] = {
    {"Mã", 14},          {"Tên hệ thống", 40},       {"Cấp độ", 8},           {"Số quyết định", 18}, {"Ngày quyết định", 14},
    {"Cơ quan ban hành", 28}, {"Chủ quản", 32},      {"Đơn vị vận hành", 32}, {"Nhà cung cấp", 28}, {"Dữ liệu cá nhân", 12},
    {"Thứ tự ưu tiên duy trì", 10}, {"Người liên hệ", 24}, {"Điện thoại", 18}, {"Thư điện tử", 28},
};

typedef struct {
  Request *request;
  Sheet *sheet; /* NULL: CSV */
  GString *csv;
  int column;
} Export;

/* A spreadsheet would run what begins so; the apostrophe keeps it a text (OWASP, CSV injection). */
static void put_csv(Export *out, const char *text) {
  if (out->column++)
    g_string_append_c(out->csv, ',');
  g_string_append_c(out->csv, '"');
  if (*text && strchr("=+-@\t\r", *text))
    g_string_append_c(out->csv, '\'');
  for (const char *p = text; *p; p++)
    g_string_append(out->csv, *p == '"' ? "\"\"" : (const char[]){*p, '\0'});
  g_string_append_c(out->csv, '"');
}

static void put_text(Export *out, const char *text) {
  if (out->sheet)
    sheet_text(out->sheet, text);
  else
    put_csv(out, text ? text : "");
}

static void put_int(Export *out, gint64 number) {
  if (!number)
    put_text(out, NULL);
  else if (out->sheet)
    sheet_int(out->sheet, number);
  else
    put_csv(out, arena_printf(out->request->arena, "%" G_GINT64_FORMAT, number));
}

static void put_day(Export *out, const char *iso) {
  Day day;
  if (!iso || !date_parse_day(iso, &day))
    put_text(out, NULL);
  else if (out->sheet)
    sheet_day(out->sheet, day);
  else
    put_csv(out, iso);
}

static gboolean put_system(const System *s, void *data) {
  Export *out = data;
  out->column = 0;
  if (out->sheet)
    sheet_row(out->sheet);
  put_text(out, s->code);
  put_text(out, s->name);
  put_int(out, s->level);
  put_text(out, s->decision_number);
  put_day(out, s->decision_day);
  put_text(out, s->decision_issuer);
  put_text(out, s->owner_name ? s->owner_name : s->body_name);
  put_text(out, system_operator(s));
  put_text(out, s->provider_name);
  put_text(out, message(out->request->lang, s->personal_data ? "có" : "không"));
  put_int(out, s->continuity_rank);
  put_text(out, s->contact_name);
  put_text(out, s->contact_phone);
  put_text(out, s->contact_email);
  if (!out->sheet)
    g_string_append(out->csv, "\r\n");
  return TRUE;
}

static gboolean begin(Export *out, gboolean csv, GError **error) {
  Request *request = out->request;
  SheetColumn columns[G_N_ELEMENTS(COLUMNS)];
  out->csv = g_string_new(csv ? "\xEF\xBB\xBF" : NULL); /* Excel takes the mark as a sign of UTF-8 */
  for (gsize i = 0; i < G_N_ELEMENTS(COLUMNS); i++) {
    columns[i] = (SheetColumn){message(request->lang, COLUMNS[i].title), COLUMNS[i].width_chars};
    if (csv)
      put_csv(out, columns[i].title);
  }
  if (csv) {
    g_string_append(out->csv, "\r\n");
    return TRUE;
  }
  out->sheet = sheet_new(message(request->lang, "Hệ thống"), request->user->name, request->now_ms, error);
  if (out->sheet)
    sheet_page(out->sheet, message(request->lang, "Hệ thống"), columns, G_N_ELEMENTS(columns));
  return out->sheet != NULL;
}

gboolean system_export(Request *request, Doc *answer, GError **error) {
  gboolean csv = g_strcmp0(input_text(request, "format"), "csv") == 0;
  StoreConn *conn = request_read(request, error);
  Export out = {.request = request};
  SystemQuery query;
  (void)answer;
  if (!conn || !request_require(request, "system.read", request->body_id, error) || !system_query(request, conn, &query, error) ||
      !begin(&out, csv, error)) {
    if (out.csv)
      g_string_free(out.csv, TRUE);
    return FALSE;
  }
  query.limit = ROWS_MOST;
  gboolean good = system_store_list(conn, &query, put_system, &out, error);
  GBytes *sheet = out.sheet ? sheet_finish(out.sheet, good ? error : NULL) : NULL;
  GBytes *text = g_string_free_to_bytes(out.csv);
  request->file = csv ? text : sheet;
  if (!csv)
    g_bytes_unref(text);
  request->file_name = csv ? "he-thong.csv" : "he-thong.xlsx";
  request->file_type = csv ? "text/csv; charset=utf-8" : "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
  return good && request->file;
}
