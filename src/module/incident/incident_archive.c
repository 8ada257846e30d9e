/* The whole case as one signed archive, and the check of such an archive, also on a machine that knows nothing of the case. */
#include "base/id.h"
#include "base/number.h"
#include "core/file.h"
#include "core/signing.h"
#include "core/upload.h"
#include "lib/seal/seal_package.h"
#include "module/incident/incident_paper.h"
#include "module/trust/trust.h"
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define KIND "incident-archive"

typedef struct {
  Request *request;
  Incident *incident;
  json_t *known;
  SealPackage *package;
  int files;
  GString *left_out; /* evidence whose bytes are no longer those that came in */
} Archive;

static const char *text_of(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text ? text : "";
}

static gboolean add_text(Archive *archive, const char *path, const char *text, gsize length, GError **error) {
  g_autoptr(GBytes) bytes = g_bytes_new(text, length);
  archive->files++;
  return seal_package_add_bytes(archive->package, path, bytes, error);
}

static gboolean add_bytes(Archive *archive, const char *path, GBytes *bytes, GError **error) {
  gboolean good = bytes && seal_package_add_bytes(archive->package, path, bytes, error);
  archive->files++;
  g_clear_pointer(&bytes, g_bytes_unref);
  return good;
}

/* --- the records --- */

static gboolean add_case(Archive *archive, GError **error) {
  char *raw = json_dumps(archive->known, JSON_INDENT(1));
  gboolean good = add_text(archive, "case.json", raw, strlen(raw), error) &&
                  add_bytes(archive, "ho-so.pdf", incident_case_pdf(archive->request, archive->incident, archive->known, error), error);
  free(raw);
  return good;
}

typedef void (*LineFunc)(GString *out, const json_t *row);

static void log_line(GString *out, const json_t *row) {
  g_string_append_printf(out, "#%d\t%s\t%s\t%s\r\n", (int)json_integer_value(json_object_get(row, "number")), text_of(row, "at"),
                         text_of(row, "author"), text_of(row, "text"));
}

static void custody_line(GString *out, const json_t *row) {
  const json_t *intact = json_object_get(row, "intact");
  g_string_append_printf(out, "CC-%02d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\r\n", (int)json_integer_value(json_object_get(row, "number")),
                         text_of(row, "at"), text_of(row, "action"), text_of(row, "from_whom"), text_of(row, "to_whom"), text_of(row, "who"),
                         text_of(row, "note"), !json_is_integer(intact) ? "" : json_integer_value(intact) ? "đúng mã băm" : "sai mã băm");
}

static gboolean add_lines(Archive *archive, const char *path, const char *head, const char *key, LineFunc line, GError **error) {
  g_autoptr(GString) text = g_string_new(head);
  const json_t *row = NULL;
  gsize i = 0;
  json_array_foreach(json_object_get(archive->known, key), i, row)
    line(text, row);
  return add_text(archive, path, text->str, text->len, error);
}

static gboolean add_kept_file(Archive *archive, const char *path, const char *sha256, GError **error) {
  g_autofree char *from = file_path(archive->request->app, sha256);
  gint64 size;
  int fd = file_open(archive->request->app, sha256, &size, error);
  if (fd < 0)
    return FALSE;
  close(fd);
  archive->files++;
  return seal_package_add_file(archive->package, path, from, size, sha256, error);
}

static gboolean add_scan(Archive *archive, int number, const IncidentPaper *paper, GError **error) {
  StoreConn *conn = request_read(archive->request, error);
  const Attachment *scan = conn && paper->scan_id ? attachment_get(conn, archive->request->arena, paper->scan_id, error) : NULL;
  g_autofree char *path = scan ? g_strdup_printf("van-ban/%02d-ban-quet-%s", number, scan->name) : NULL;
  return scan ? add_kept_file(archive, path, scan->sha256, error) : !(error && *error);
}

static gboolean add_papers(Archive *archive, GError **error) {
  const json_t *row = NULL;
  gsize i = 0;
  json_array_foreach(json_object_get(archive->known, "papers"), i, row) {
    StoreConn *conn = request_read(archive->request, error);
    const IncidentPaper *paper = conn ? incident_store_paper(conn, archive->request->arena, text_of(row, "id"), error) : NULL;
    int number = (int)i + 1;
    if (!paper)
      return FALSE;
    for (int pdf = 0; pdf < 2; pdf++) {
      g_autofree char *path = g_strdup_printf("van-ban/%02d-%s.%s", number, paper->form, pdf ? "pdf" : "docx");
      if (!add_bytes(archive, path, incident_paper_write(archive->request, archive->incident, paper, pdf, error), error))
        return FALSE;
    }
    if (!add_scan(archive, number, paper, error))
      return FALSE;
  }
  return TRUE;
}

/* --- what was sent, and evidence --- */

static gboolean add_proofs(Archive *archive, GError **error) {
  StoreConn *conn = request_read(archive->request, error);
  Arena *arena = archive->request->arena;
  g_autoptr(GPtrArray) notices = conn ? incident_store_notices(conn, arena, archive->incident->id, error) : NULL;
  for (guint i = 0; notices && i < notices->len; i++) {
    const IncidentNotice *notice = g_ptr_array_index(notices, i);
    const Attachment *proof = notice->attachment_id ? attachment_get(conn, arena, notice->attachment_id, error) : NULL;
    if (error && *error)
      return FALSE;
    if (proof && !add_kept_file(archive, arena_printf(arena, "minh-chung/%02u-%s", i + 1, proof->name), proof->sha256, error))
      return FALSE;
  }
  return notices != NULL;
}

/* A broken piece is recorded as such and left out, by name; the rest must still leave the house. */
static gboolean add_evidence(Archive *archive, GError **error) {
  StoreConn *conn = request_read(archive->request, error);
  Arena *arena = archive->request->arena;
  const json_t *row = NULL;
  gsize i = 0;
  json_array_foreach(json_object_get(archive->known, "evidence"), i, row) {
    const IncidentEvidence *evidence = conn ? incident_store_evidence(conn, arena, text_of(row, "id"), error) : NULL;
    g_autoptr(GError) wrong = NULL;
    gint64 size;
    if (!evidence)
      return FALSE;
    if (!evidence->sha256)
      continue;
    int fd = incident_open_evidence(archive->request, archive->incident, evidence, "archived", &size, &wrong);
    if (fd < 0 && !g_error_matches(wrong, APP_ERROR, ERROR_CHECK) && !g_error_matches(wrong, APP_ERROR, ERROR_NOT_FOUND)) {
      g_propagate_error(error, g_steal_pointer(&wrong));
      return FALSE;
    }
    if (fd < 0) {
      g_string_append_printf(archive->left_out, "%sCC-%02d", archive->left_out->len ? ", " : "", (int)evidence->number);
      continue;
    }
    close(fd);
    g_autofree char *from = file_path(archive->request->app, evidence->sha256);
    archive->files++;
    if (!seal_package_add_file(archive->package, arena_printf(arena, "chung-cu/CC-%02d-%s", (int)evidence->number, evidence->file_name), from, size,
                               evidence->sha256, error))
      return FALSE;
  }
  return conn != NULL;
}

static gboolean add_guide(Archive *archive, const SealKey *key, GError **error) {
  g_autofree char *fingerprint = seal_fingerprint(seal_key_public(key));
  g_autofree char *text = g_strdup_printf(
      "Hồ sơ sự cố %s: %s\r\n%s\r\n\r\n"
      "case.json: toàn bộ dữ liệu. ho-so.pdf: hồ sơ để đọc. dien-bien.txt: diễn biến. chuoi-giao-nhan.txt: chuỗi giao nhận chứng cứ.\r\n"
      "van-ban: văn bản đã soạn và bản quét. minh-chung: minh chứng gửi thông báo. chung-cu: tệp chứng cứ.\r\n"
      "manifest.json kê từng tệp với SHA-256; manifest.sig là chữ ký Ed25519 của bản kê.\r\n\r\n"
      "Kiểm trên máy bất kỳ có Ứng Cứu: ungcuu incident archive-verify TỆP --key KHÓA\r\nKhóa công khai của nơi ký: %s\r\nDấu vân tay: %s\r\n"
      "Khóa ghi trong gói không tự chứng minh được mình: đối chiếu dấu vân tay với nơi gửi qua điện thoại.\r\n%s%s%s",
      archive->incident->code, archive->incident->title, archive->incident->body_name, seal_key_public(key), fingerprint,
      archive->left_out->len ? "\r\nKhông đưa vào gói vì sai mã băm: " : "", archive->left_out->str, archive->left_out->len ? ".\r\n" : "");
  return add_text(archive, "DOC-TRUOC.txt", text, strlen(text), error);
}

static gboolean fill(Archive *archive, const SealKey *key, GError **error) {
  return add_case(archive, error) && add_lines(archive, "dien-bien.txt", "Dòng\tLúc\tNgười ghi\tNội dung\r\n", "log", log_line, error) &&
         add_lines(archive, "chuoi-giao-nhan.txt", "Chứng cứ\tLúc\tViệc\tNgười giao\tNgười nhận\tNgười ghi\tGhi chú\tKiểm mã băm\r\n", "custody",
                   custody_line, error) &&
         add_papers(archive, error) && add_proofs(archive, error) && add_evidence(archive, error) && add_guide(archive, key, error) &&
         seal_package_finish(archive->package, key, error);
}

/* --- the operation --- */

static gboolean check_room(Request *request, const json_t *known, GError **error) {
  gint64 bytes = 0, free_bytes;
  char needed[NUMBER_SIZE], left[NUMBER_SIZE];
  const json_t *row = NULL;
  gsize i = 0;
  json_array_foreach(json_object_get(known, "evidence"), i, row)
    bytes += json_integer_value(json_object_get(row, "size_bytes"));
  if (upload_has_room(request->app, bytes, &free_bytes))
    return TRUE;
  number_write_size(needed, bytes);
  number_write_size(left, free_bytes);
  g_set_error(error, APP_ERROR, ERROR_FULL, "Gói cần %s, máy chủ còn trống %s; giải phóng chỗ rồi làm lại.", needed, left);
  return FALSE;
}

static gboolean record(Change *change, void *data, GError **error) {
  Archive *archive = data;
  IncidentCall call = {.change = change, .request = archive->request, .incident = archive->incident};
  change_about(change, "incident", archive->incident->id, archive->incident->body_id, json_pack("{s:i, s:s}", "files", archive->files, "left_out", archive->left_out->str));
  return incident_auto_log(&call, error, "Xuất gói hồ sơ đã ký, %d tệp%s%s.", archive->files, archive->left_out->len ? ", trừ " : "",
                           archive->left_out->str);
}

static json_t *about(const Incident *incident) {
  return json_pack("{s:s, s:s, s:s, s:s}", "code", incident->code, "title", incident->title, "body", incident->body_name, "state",
                   incident_state_label(incident->state));
}

static gboolean write_archive(Archive *archive, const char *path, const SealKey *key, GError **error) {
  Request *request = archive->request;
  Incident *incident = archive->incident;
  g_autoptr(GString) left_out = g_string_new(NULL);
  archive->left_out = left_out;
  archive->package = seal_package_new(path, KIND, incident->body_name, request->now_ms, about(incident), error);
  gboolean good = archive->package && fill(archive, key, error);
  g_clear_pointer(&archive->package, seal_package_free);
  return good && request_change(request, record, archive, error);
}

gboolean incident_archive(Request *request, Doc *answer G_GNUC_UNUSED, GError **error) {
  Archive archive = {.request = request, .incident = incident_load(request, "incident.command", error)};
  const SealKey *key = archive.incident ? app_signing_key(request->app, error) : NULL;
  char id[ID_SIZE];
  archive.known = key ? incident_case_json(request, archive.incident, error) : NULL;
  if (!archive.known)
    return FALSE;
  id_new(id);
  g_autofree char *name = g_strdup_printf("archive-%s.zip", id), *folder = g_build_filename(request->app->home, "tmp", NULL);
  g_autofree char *path = g_build_filename(folder, name, NULL);
  g_mkdir_with_parents(folder, 0700);
  if (check_room(request, archive.known, error) && write_archive(&archive, path, key, error))
    request->file_fd = open(path, O_RDONLY | O_CLOEXEC);
  g_unlink(path); /* it lives as long as its descriptor */
  json_decref(archive.known);
  request->file_name = arena_printf(request->arena, "%s-ho-so.zip", archive.incident->code);
  request->file_type = "application/zip";
  return request->file_fd >= 0;
}

/* --- the check --- */

static void add_rows(Doc *rows, const GPtrArray *paths, const char *problem) {
  for (guint i = 0; i < paths->len; i++) {
    Doc *row = doc_object(rows, NULL);
    doc_text(row, KEY("problem"), problem);
    doc_text_copy(row, KEY("path"), g_ptr_array_index(paths, i));
  }
}

static const char *verdict(const SealReport *report, gboolean key_fits) {
  if (!report->signature_good)
    return "Chữ ký sai: bản kê đã bị sửa hoặc không có chữ ký. Không dùng gói này.";
  if (!key_fits)
    return "Gói được ký bằng khóa khác với khóa đã nêu. Không dùng gói này.";
  return seal_report_is_whole(report) ? "Gói nguyên vẹn, chữ ký đúng." : "Gói đã bị thay đổi sau khi ký.";
}

static void add_report(Request *request, const SealReport *report, gboolean key_fits, Doc *answer) {
  static const char *const TEXTS[] = {"by", "made", "kind"};
  const json_t *about = json_object_get(report->manifest, "about");
  g_autofree char *fingerprint = seal_fingerprint(report->key);
  gboolean whole = seal_report_is_whole(report) && key_fits;
  doc_text(answer, KEY("verdict"), verdict(report, key_fits));
  doc_bool(answer, KEY("whole"), whole);
  doc_bool(answer, KEY("signature"), report->signature_good);
  doc_text_copy(answer, KEY("code"), text_of(about, "code"));
  doc_text_copy(answer, KEY("title"), text_of(about, "title"));
  for (gsize i = 0; i < G_N_ELEMENTS(TEXTS); i++)
    doc_text_copy(answer, g_intern_static_string(TEXTS[i]), text_of(report->manifest, TEXTS[i]));
  doc_text_copy(answer, KEY("key"), *report->key ? report->key : NULL);
  doc_text_copy(answer, KEY("fingerprint"), fingerprint);
  doc_int(answer, KEY("files"), report->files);
  Doc *rows = doc_list(answer, KEY("rows"));
  add_rows(rows, report->changed, "changed");
  add_rows(rows, report->added, "added");
  add_rows(rows, report->missing, "missing");
  g_autoptr(GString) problems = g_string_new(NULL);
  for (const Doc *row = rows->first; row; row = row->next)
    g_string_append_printf(problems, "%s%s: %s", problems->len ? "; " : "", doc_get_text(row, KEY("problem")), doc_get_text(row, KEY("path")));
  doc_text_copy(answer, KEY("problems"), problems->len ? problems->str : NULL);
  request->outcome = whole ? 0 : ERROR_CHECK;
}

gboolean incident_archive_verify(Request *request, Doc *answer, GError **error) {
  const InputFile *file = input_file(request, "file");
  const char *key = input_text(request, "key");
  SealReport report;
  if (!file)
    return request_refuse_field(request, "file", "Chưa nêu gói phải kiểm.", error);
  gboolean read = seal_package_verify(file->path, KIND, &report, error);
  if (read) {
    StoreConn *conn = request->app->store ? request_read(request, error) : NULL;
    add_report(request, &report, !key || g_ascii_strcasecmp(key, report.key) == 0, answer);
    if (conn)
      doc_text(answer, KEY("owner"), trust_owner(conn, request->arena, report.key, error));
  }
  seal_report_clear(&report);
  return read && !(error && *error);
}
