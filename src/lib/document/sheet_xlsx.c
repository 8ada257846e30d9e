#include "lib/document/sheet.h"
#include "base/error.h"
#include "lib/document/clean.h"
#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

#define TEXT_MAX 32767
#define CUT_MARK " … (đã cắt bớt)"
#define NAME_MAX_CHARS 31
#define DAY_OFFSET 25569 /* 01/01/1970 in the count of days that spreadsheets use */

struct Sheet {
  int file; /* in memory: the library writes to a path only */
  lxw_workbook *book;
  lxw_worksheet *page;
  lxw_format *head, *text, *whole, *real, *day, *time;
  lxw_row_t row;
  lxw_col_t column, columns;
  GHashTable *names;
  lxw_error failure;
};

/* The library asks gmtime() for the file's dates, which is one buffer for all threads. */
static GMutex close_lock;

static lxw_format *format_new(lxw_workbook *book, const char *number, uint8_t align) {
  lxw_format *format = workbook_add_format(book);
  format_set_font_name(format, "Times New Roman");
  format_set_font_size(format, 12);
  format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
  format_set_align(format, align);
  format_set_border(format, LXW_BORDER_THIN);
  if (number)
    format_set_num_format(format, number);
  else
    format_set_text_wrap(format);
  return format;
}

static void add_formats(Sheet *sheet) {
  sheet->head = format_new(sheet->book, NULL, LXW_ALIGN_CENTER);
  format_set_bold(sheet->head);
  format_set_align(sheet->head, LXW_ALIGN_VERTICAL_CENTER);
  format_set_bg_color(sheet->head, 0xE7ECF2);
  sheet->text = format_new(sheet->book, NULL, LXW_ALIGN_LEFT);
  sheet->whole = format_new(sheet->book, "#,##0", LXW_ALIGN_RIGHT);
  sheet->real = format_new(sheet->book, "#,##0.##", LXW_ALIGN_RIGHT);
  sheet->day = format_new(sheet->book, "dd/mm/yyyy", LXW_ALIGN_CENTER);
  sheet->time = format_new(sheet->book, "hh:mm dd/mm/yyyy", LXW_ALIGN_CENTER);
}

static void set_properties(Sheet *sheet, const char *title, const char *author, gint64 created_ms) {
  g_autofree char *clean_title = document_clean(title ? title : "", " ");
  g_autofree char *clean_author = document_clean(author ? author : "", " ");
  /* A time of zero would be taken for "now". */
  lxw_doc_properties properties = {.title = clean_title, .author = clean_author, .created = MAX(created_ms / 1000, 1)};
  workbook_set_properties(sheet->book, &properties);
}

Sheet *sheet_new(const char *title, const char *author, gint64 created_ms, GError **error) {
  int file = memfd_create("sheet", MFD_CLOEXEC);
  g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", file);
  lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = (char *)g_get_tmp_dir()};
  lxw_workbook *book = file < 0 ? NULL : workbook_new_opt(path, &options);
  if (!book) {
    g_set_error_literal(error, APP_ERROR, ERROR_FAILED, "Không tạo được tệp bảng tính.");
    if (file >= 0)
      close(file);
    return NULL;
  }
  Sheet *sheet = g_new0(Sheet, 1);
  sheet->file = file;
  sheet->book = book;
  sheet->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  add_formats(sheet);
  set_properties(sheet, title, author, created_ms);
  return sheet;
}

static void note(Sheet *sheet, lxw_error failure) {
  if (!sheet->failure)
    sheet->failure = failure;
}

/* ---- pages ---- */

static char *cut_chars(const char *text, glong most) {
  return g_utf8_strlen(text, -1) <= most ? g_strdup(text) : g_utf8_substring(text, 0, most);
}

/* Names are compared without case, as spreadsheets do. */
static char *page_name(Sheet *sheet, const char *wanted) {
  g_autofree char *clean = document_clean(wanted && *wanted ? wanted : "Trang", " ");
  g_strdelimit(clean, "[]:*?/\\'", '-');
  for (int number = 1;; number++) {
    g_autofree char *suffix = number > 1 ? g_strdup_printf(" (%d)", number) : g_strdup("");
    g_autofree char *stem = cut_chars(clean, NAME_MAX_CHARS - (glong)strlen(suffix));
    g_autofree char *name = g_strconcat(stem, suffix, NULL);
    if (g_hash_table_add(sheet->names, g_utf8_casefold(name, -1)))
      return g_steal_pointer(&name);
  }
}

static void finish_page(Sheet *sheet) {
  if (sheet->page && sheet->columns && sheet->row)
    note(sheet, worksheet_autofilter(sheet->page, 0, 0, sheet->row, (lxw_col_t)(sheet->columns - 1)));
}

static void page_layout(lxw_worksheet *page) {
  enum { PAPER_A4 = 9 };
  worksheet_freeze_panes(page, 1, 0);
  worksheet_set_landscape(page);
  worksheet_set_paper(page, PAPER_A4);
  worksheet_fit_to_pages(page, 1, 0);
  worksheet_repeat_rows(page, 0, 0);
}

void sheet_page(Sheet *sheet, const char *name, const SheetColumn *columns, gsize count) {
  g_autofree char *fit = page_name(sheet, name);
  finish_page(sheet);
  sheet->page = workbook_add_worksheet(sheet->book, fit);
  if (!sheet->page) {
    note(sheet, LXW_ERROR_MEMORY_MALLOC_FAILED);
    return;
  }
  page_layout(sheet->page);
  sheet->row = 0;
  sheet->columns = (lxw_col_t)MIN(count, LXW_COL_MAX);
  for (lxw_col_t i = 0; i < sheet->columns; i++) {
    g_autofree char *title = document_clean(columns[i].title ? columns[i].title : "", "\n");
    double width = columns[i].width_chars > 0 ? columns[i].width_chars : 18;
    note(sheet, worksheet_set_column(sheet->page, i, i, MIN(width, 255), NULL));
    note(sheet, worksheet_write_string(sheet->page, 0, i, title, sheet->head));
  }
}

void sheet_row(Sheet *sheet) {
  sheet->row++;
  sheet->column = 0;
}

/* ---- cells ---- */

void sheet_text(Sheet *sheet, const char *text) {
  g_autofree char *clean = document_clean(text ? text : "", "\n");
  lxw_col_t column = sheet->column++;
  if (!sheet->page)
    return;
  if (g_utf8_strlen(clean, -1) > TEXT_MAX) {
    g_autofree char *head = g_utf8_substring(clean, 0, TEXT_MAX - g_utf8_strlen(CUT_MARK, -1));
    g_autofree char *cut = g_strconcat(head, CUT_MARK, NULL);
    note(sheet, worksheet_write_string(sheet->page, sheet->row, column, cut, sheet->text));
  } else if (*clean) {
    note(sheet, worksheet_write_string(sheet->page, sheet->row, column, clean, sheet->text));
  } else {
    note(sheet, worksheet_write_blank(sheet->page, sheet->row, column, sheet->text));
  }
}

static void write_number(Sheet *sheet, double value, lxw_format *format) {
  if (sheet->page)
    note(sheet, worksheet_write_number(sheet->page, sheet->row, sheet->column++, value, format));
}

void sheet_int(Sheet *sheet, gint64 value) {
  write_number(sheet, (double)value, sheet->whole);
}

void sheet_real(Sheet *sheet, double value) {
  if (isfinite(value))
    write_number(sheet, value, sheet->real);
  else
    sheet_text(sheet, NULL);
}

void sheet_day(Sheet *sheet, Day day) {
  if (day_valid(day))
    write_number(sheet, (double)(day_number(day) + DAY_OFFSET), sheet->day);
  else
    sheet_text(sheet, NULL);
}

void sheet_time(Sheet *sheet, gint64 time_ms) {
  gint64 local_ms = time_ms + 7 * HOUR_MS;
  write_number(sheet, (double)local_ms / (double)DAY_MS + DAY_OFFSET, sheet->time);
}

/* ---- the file ---- */

static GBytes *read_file(int file) {
  off_t length = lseek(file, 0, SEEK_END);
  char *bytes = length > 0 ? g_try_malloc((gsize)length) : NULL;
  gsize done = 0;
  while (bytes && done < (gsize)length) {
    ssize_t got = pread(file, bytes + done, (gsize)length - done, (off_t)done);
    if (got <= 0) {
      g_free(bytes);
      return NULL;
    }
    done += (gsize)got;
  }
  return bytes ? g_bytes_new_take(bytes, done) : NULL;
}

GBytes *sheet_finish(Sheet *sheet, GError **error) {
  finish_page(sheet);
  g_mutex_lock(&close_lock);
  note(sheet, workbook_close(sheet->book));
  g_mutex_unlock(&close_lock);
  GBytes *bytes = sheet->failure ? NULL : read_file(sheet->file);
  gboolean large = sheet->failure == LXW_ERROR_WORKSHEET_INDEX_OUT_OF_RANGE;
  if (large)
    g_set_error_literal(error, APP_ERROR, ERROR_TOO_LARGE,
                        "Bảng tính quá lớn: một trang chỉ chứa được 1.048.576 dòng. Hãy thu hẹp khoảng thời gian.");
  else if (!bytes)
    g_set_error(error, APP_ERROR, ERROR_FAILED, "Không tạo được tệp bảng tính: %s.", lxw_strerror(sheet->failure));
  close(sheet->file);
  g_hash_table_unref(sheet->names);
  g_free(sheet);
  return bytes;
}
