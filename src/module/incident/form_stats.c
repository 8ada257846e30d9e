#include "module/incident/form_stats.h"
#include "base/number.h"
#include "lib/document/sheet.h"
#include "module/incident/form_private.h"

static const char *const COLUMNS[] = {"count", "self", "helped", "foreign", "asked"};

static const LawKind *kind_at(const GPtrArray *kinds, guint index) {
  return kinds->pdata[index];
}

static json_t *damage_text(gint64 dong) {
  char number[NUMBER_SIZE];
  g_autofree char *text = NULL;
  number_write(number, dong);
  text = g_strconcat(number, " đồng", NULL);
  return json_string(dong ? text : "");
}

json_t *form_stats_rows(const Law *law, const json_t *counts) {
  g_autoptr(GPtrArray) kinds = form_counted_kinds(law);
  gint64 totals[G_N_ELEMENTS(COLUMNS)] = {0};
  gint64 damage = 0;
  json_t *rows = json_array(), *total = json_array();
  for (guint k = 0; k < kinds->len; k++) {
    const json_t *entry = json_object_get(counts, kind_at(kinds, k)->id);
    json_t *row = json_array();
    for (gsize c = 0; c < G_N_ELEMENTS(COLUMNS); c++) {
      gint64 number = form_int(entry, COLUMNS[c]);
      totals[c] += number;
      json_array_append_new(row, json_integer(number));
    }
    json_array_append_new(row, damage_text(form_int(entry, "damage")));
    damage += form_int(entry, "damage");
    json_array_append_new(rows, row);
  }
  for (gsize c = 0; c < G_N_ELEMENTS(COLUMNS); c++)
    json_array_append_new(total, json_integer(totals[c]));
  json_array_append_new(total, damage_text(damage));
  json_array_append_new(rows, total);
  return rows;
}

static void sheet_cells(Sheet *sheet, const char *label, const json_t *row) {
  const json_t *cell = NULL;
  gsize i = 0;
  sheet_row(sheet);
  sheet_text(sheet, label);
  json_array_foreach(row, i, cell) {
    if (json_is_integer(cell))
      sheet_int(sheet, json_integer_value(cell));
    else
      sheet_text(sheet, json_string_value(cell));
  }
}

GBytes *form_stats_sheet(const Law *law, const json_t *counts, const char *title, const char *author, gint64 created_ms, GError **error) {
  static const SheetColumn HEAD[] = {{"Loại sự cố/tấn công mạng", 44},
                                     {"Số lượng", 10},
                                     {"Số sự cố tự xử lý", 16},
                                     {"Số sự cố có sự hỗ trợ xử lý từ các tổ chức khác", 24},
                                     {"Số sự cố có hỗ trợ xử lý từ tổ chức nước ngoài", 24},
                                     {"Số sự cố đề nghị VNCERT hỗ trợ xử lý", 24},
                                     {"Thiệt hại ước tính", 30}};
  Sheet *sheet = sheet_new(title, author, created_ms, error);
  if (!sheet)
    return NULL;
  g_autoptr(GPtrArray) kinds = form_counted_kinds(law);
  json_t *rows = form_stats_rows(law, counts);
  sheet_page(sheet, "Mẫu số 05", HEAD, G_N_ELEMENTS(HEAD));
  for (guint k = 0; k < kinds->len; k++)
    sheet_cells(sheet, kind_at(kinds, k)->counted_as, json_array_get(rows, k));
  sheet_cells(sheet, "Tổng số", json_array_get(rows, kinds->len));
  json_decref(rows);
  return sheet_finish(sheet, error);
}

/* ---- the drawing ---- */

enum { WIDTH = 760, LABEL = 350, LONGEST = 350, ROW = 26, BAR = 16 };

static gint64 most_of(const GPtrArray *kinds, const json_t *counts) {
  gint64 most = 1;
  for (guint k = 0; k < kinds->len; k++)
    most = MAX(most, form_int(json_object_get(counts, kind_at(kinds, k)->id), "count"));
  return most;
}

static void draw_bar(GString *out, guint index, const char *label, gint64 count, gint64 most) {
  guint top = index * ROW;
  gint64 length = (gint64)((double)MAX(count, 0) / (double)most * LONGEST);
  g_autofree char *text = g_markup_escape_text(label, -1);
  g_string_append_printf(out, "<text x=\"%d\" y=\"%u\" text-anchor=\"end\">%s</text>", LABEL - 8, top + 17, text);
  g_string_append_printf(out, "<rect class=\"b1\" fill=\"#4a76ad\" x=\"%d\" y=\"%u\" width=\"%" G_GINT64_FORMAT "\" height=\"%d\"/>", LABEL,
                         top + 4, length, BAR);
  g_string_append_printf(out, "<text class=\"v\" x=\"%" G_GINT64_FORMAT "\" y=\"%u\">%" G_GINT64_FORMAT "</text>", LABEL + length + 6, top + 17,
                         count);
}

char *form_stats_svg(const Law *law, const json_t *counts, const char *title) {
  g_autoptr(GPtrArray) kinds = form_counted_kinds(law);
  g_autofree char *told = g_markup_escape_text(title, -1);
  gint64 most = most_of(kinds, counts);
  GString *out = g_string_new(NULL);
  g_string_append_printf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" viewBox=\"0 0 %d %u\" role=\"img\" font-family=\"sans-serif\" font-size=\"13\"><title>%s</title>",
                         WIDTH, kinds->len * ROW, told);
  for (guint k = 0; k < kinds->len; k++)
    draw_bar(out, k, kind_at(kinds, k)->counted_as, form_int(json_object_get(counts, kind_at(kinds, k)->id), "count"), most);
  g_string_append_printf(out, "<line class=\"ax\" stroke=\"#888\" x1=\"%d\" y1=\"0\" x2=\"%d\" y2=\"%u\"/></svg>", LABEL, LABEL, kinds->len * ROW);
  return g_string_free(out, FALSE);
}
