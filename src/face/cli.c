#include "face/cli.h"
#include "base/text.h"
#include "core/body.h"
#include "core/file.h"
#include "core/request.h"
#include "core/user.h"
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_BYTES (256 * 1024)

typedef struct {
  gboolean json, help;
  const char *as, *at;
} CliOptions;

static void tell(const char *format, ...) G_GNUC_PRINTF(1, 2);
static void tell(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  fputs(text, stderr);
}

static gboolean for_cli(const Operation *operation) {
  return !operation->faces || (operation->faces & FACE_CLI);
}

/* "duty.complete" as people type it: duty complete; a second dot or underscore becomes a dash. */
static char *spoken(const Operation *operation) {
  char *name = g_strdup(operation->name);
  char *dot = strchr(name, '.');
  if (dot)
    *dot = ' ';
  return g_strdelimit(name, "_.", '-');
}

void cli_usage(const App *app) {
  printf("Ứng Cứu %s\n\nCách dùng: ungcuu LỆNH [đối số] [--trường giá-trị] [--json] [--as TÀI-KHOẢN] [--at ĐƠN-VỊ] [--home THƯ-MỤC]\n\n",
         UNGCUU_VERSION);
  puts("  serve                        chạy máy chủ trang (xem ungcuu serve --help)");
  puts("  jobs                         chạy việc nền: lịch, thư, nhắc việc (serve tự chạy)");
  puts("  scan                         dò tệp nhật ký bằng luật Sigma (xem ungcuu scan --help)");
  puts("  rules check                  kiểm tra luật Sigma, báo chỗ sai (xem ungcuu rules check --help)");
  puts("  collect                      nhận nhật ký từ các nguồn (serve tự chạy)");
  puts("  hunter                       chạy các đợt săn lùng đang chờ (serve tự chạy)");
  puts("  backup                       như backup run");
  puts("  restore THƯ-MỤC              như backup restore, vào thư mục dữ liệu trống của --home");
  puts("  doctor                       như system doctor");
  for (const Module *const *module = app->modules; *module; module++)
    for (gsize i = 0; i < (*module)->operations.count; i++) {
      const Operation *operation = &(*module)->operations.rows[i];
      g_autofree char *name = spoken(operation);
      if (for_cli(operation))
        printf("  %-28s %s\n", name, operation->summary);
    }
}

static void operation_help(const Operation *operation) {
  g_autofree char *name = spoken(operation);
  printf("%s\n\nCách dùng: ungcuu %s", operation->summary, name);
  for (const Field *field = operation->fields; field && field->name; field++)
    printf(field->required ? " %s" : " [--%s …]", field->name);
  puts("\n");
  for (const Field *field = operation->fields; field && field->name; field++) {
    printf("  --%-18s %s%s\n", field->name, field->label, field->required ? " (bắt buộc)" : "");
    for (const Choice *choice = field->choices; choice && choice->value; choice++)
      printf("      %-18s %s\n", choice->value, choice->label);
  }
}

/* --- from words to input --- */

static const Field *find_field(const Operation *operation, const char *name) {
  for (const Field *field = operation->fields; field && field->name; field++) {
    g_autofree char *dashed = g_strdelimit(g_strdup(field->name), "_", '-');
    if (strcmp(field->name, name) == 0 || strcmp(dashed, name) == 0)
      return field;
  }
  return NULL;
}

static gboolean put_value(Request *request, const Field *field, const char *value, GError **error) {
  if (field->type == FIELD_FILE) {
    request_put_file(request, field->name, value, value, -1);
    return TRUE;
  }
  if (field->type == FIELD_SECRET) {
    g_set_error(error, APP_ERROR, ERROR_USAGE, "%s không nhận trên dòng lệnh; đưa qua đầu vào chuẩn với --%s-stdin.",
                field->label, field->name);
    return FALSE;
  }
  return request_put(request, field->name, value, error);
}

static gboolean put_secret_from_stdin(Request *request, const Field *field, GError **error) {
  char line[1024];
  if (!fgets(line, sizeof line, stdin)) {
    g_set_error(error, APP_ERROR, ERROR_USAGE, "Không có %s ở đầu vào chuẩn.", field->label);
    return FALSE;
  }
  line[strcspn(line, "\r\n")] = '\0';
  return request_put(request, field->name, line, error);
}

static const Field *next_positional(const Request *request) {
  for (const Field *field = request->operation->fields; field && field->name; field++)
    if (field->required && field->type != FIELD_SECRET && !input_has(request, field->name))
      return field;
  for (const Field *field = request->operation->fields; field && field->name; field++)
    if (field->type == FIELD_FILE && !input_has(request, field->name))
      return field;
  return NULL;
}

static gboolean take_flag(Request *request, CliOptions *options, char **words, int *at, int count, GError **error) {
  const char *word = words[*at] + 2;
  g_auto(GStrv) parts = g_strsplit(word, "=", 2);
  if (strcmp(word, "json") == 0)
    return options->json = TRUE;
  if (strcmp(word, "help") == 0)
    return options->help = TRUE;
  if (strcmp(parts[0], "as") == 0 && (parts[1] || *at + 1 < count)) {
    options->as = parts[1] ? arena_text(request->arena, parts[1], -1) : words[++*at];
    return TRUE;
  }
  if (strcmp(parts[0], "at") == 0 && (parts[1] || *at + 1 < count)) {
    options->at = parts[1] ? arena_text(request->arena, parts[1], -1) : words[++*at];
    return TRUE;
  }
  if (g_str_has_suffix(word, "-stdin")) {
    g_autofree char *name = g_strndup(word, strlen(word) - strlen("-stdin"));
    const Field *secret = find_field(request->operation, name);
    if (secret)
      return put_secret_from_stdin(request, secret, error);
  }
  const Field *field = find_field(request->operation, parts[0]);
  if (!field) {
    g_set_error(error, APP_ERROR, ERROR_USAGE, "Không có lựa chọn --%s. Xem --help.", parts[0]);
    return FALSE;
  }
  if (parts[1])
    return put_value(request, field, parts[1], error);
  if (field->type == FIELD_BOOL)
    return put_value(request, field, "1", error);
  if (*at + 1 >= count) {
    g_set_error(error, APP_ERROR, ERROR_USAGE, "--%s cần một giá trị.", parts[0]);
    return FALSE;
  }
  return put_value(request, field, words[++*at], error);
}

static gboolean take_words(Request *request, CliOptions *options, char **words, int count, GError **error) {
  for (int i = 0; i < count; i++) {
    if (g_str_has_prefix(words[i], "--") && words[i][2]) {
      if (!take_flag(request, options, words, &i, count, error))
        return FALSE;
      continue;
    }
    const Field *field = strcmp(words[i], "-h") == 0 ? NULL : next_positional(request);
    if (strcmp(words[i], "-h") == 0) {
      options->help = TRUE;
    } else if (!field) {
      g_set_error(error, APP_ERROR, ERROR_USAGE, "Thừa đối số “%s”. Xem --help.", words[i]);
      return FALSE;
    } else if (!put_value(request, field, words[i], error)) {
      return FALSE;
    }
  }
  return TRUE;
}

/* --- who calls --- */

/* Any body where one of the user's roles holds. */
static gboolean act_at(Request *request, const char *body_id, GError **error) {
  StoreConn *conn = request_read(request, error);
  for (gsize i = 0; conn && i < request->user->n_grants; i++) {
    gboolean below = FALSE;
    if (!body_is_below(conn, body_id, request->user->grants[i].body_id, &below, error))
      return FALSE;
    if (below) {
      request->body_id = body_id;
      return TRUE;
    }
  }
  if (conn)
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không có đơn vị này trong phạm vi được làm việc.");
  return FALSE;
}

static gboolean sign_in(Request *request, const CliOptions *options, GError **error) {
  const struct passwd *entry = getpwuid(getuid());
  request->os_user = entry ? arena_text(request->arena, entry->pw_name, -1) : "?";
  StoreConn *conn = request_read(request, error);
  if (!conn)
    return FALSE;
  request->user = options->as ? user_load_by_login(conn, request->arena, options->as, error)
                              : user_load_by_os(conn, request->arena, request->os_user, error);
  if (!request->user && options->as && (!error || !*error))
    g_set_error(error, APP_ERROR, ERROR_NOT_FOUND, "Không có tài khoản %s.", options->as);
  request->body_id = request->user ? request->user->home_body_id : NULL;
  if (error && *error)
    return FALSE;
  return !options->at || !request->user || act_at(request, options->at, error);
}

/* --- output --- */

static void print_scalar(const Doc *value, GString *out) {
  if (value && value->type == DOC_TEXT)
    g_string_append_len(out, value->text, (gssize)value->length);
  else if (value && value->type != DOC_NULL)
    doc_write_json(value, out, FALSE);
}

static int width(const char *text) {
  int columns = 0;
  for (; *text; text = g_utf8_next_char(text))
    columns += g_unichar_iszerowidth(g_utf8_get_char(text)) ? 0 : 1;
  return columns;
}

static char *cell_text(const Doc *row, const char *column) {
  g_autoptr(GString) out = g_string_new(NULL);
  g_auto(GStrv) path = g_strsplit(column, ".", -1);
  const Doc *value = row;
  for (char **part = path; *part && value; part++)
    value = value->type == DOC_OBJECT ? doc_get(value, g_intern_string(*part)) : NULL;
  print_scalar(value, out);
  return text_collapse(out->str);
}

static void print_row(const GPtrArray *cells, guint columns, const int *widths, guint from) {
  for (guint c = 0; c < columns; c++) {
    const char *text = g_ptr_array_index(cells, from + c);
    printf("%s%*s", text, c + 1 < columns ? widths[c] - width(text) + 2 : 0, "");
  }
  putchar('\n');
}

static void print_table(const Doc *list, const char *columns_text) {
  g_auto(GStrv) columns = g_strsplit(columns_text, ",", -1);
  guint count = g_strv_length(columns), rows = 1;
  g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
  g_autofree int *widths = g_new0(int, count);
  for (guint c = 0; c < count; c++)
    g_ptr_array_add(cells, g_utf8_strup(columns[c], -1));
  for (const Doc *row = list->first; row; row = row->next, rows++)
    for (guint c = 0; c < count; c++)
      g_ptr_array_add(cells, cell_text(row, columns[c]));
  for (guint i = 0; i < cells->len; i++)
    widths[i % count] = MAX(widths[i % count], width(g_ptr_array_index(cells, i)));
  for (guint r = 0; r < rows; r++)
    print_row(cells, count, widths, r * count);
}

static void print_facts(const Doc *answer) {
  for (const Doc *child = answer->first; child; child = child->next) {
    g_autoptr(GString) out = g_string_new(NULL);
    if (child->type == DOC_LIST || child->type == DOC_OBJECT)
      continue;
    print_scalar(child, out);
    printf("%s: %s\n", child->key, out->str);
  }
}

static void print_answer(const Operation *operation, const Doc *answer, gboolean json) {
  g_auto(GStrv) parts = operation->columns ? g_strsplit(operation->columns, ":", 2) : NULL;
  const Doc *list = parts ? doc_get(answer, g_intern_string(parts[0])) : NULL;
  if (!json && list && list->type == DOC_LIST) {
    print_table(list, parts[1]);
    return;
  }
  if (!json) {
    print_facts(answer);
    return;
  }
  g_autoptr(GString) out = g_string_new(NULL);
  doc_write_json(answer, out, TRUE);
  puts(out->str);
}

static gboolean copy_descriptor(int from, int to) {
  g_autofree guchar *chunk = g_malloc(CHUNK_BYTES);
  gssize got;
  while ((got = read(from, chunk, CHUNK_BYTES)) > 0)
    if (!file_write_all(to, chunk, (gsize)got))
      return FALSE;
  return got == 0;
}

static gboolean write_bytes(const Request *request, int to) {
  gsize size;
  const guchar *bytes = request->file ? g_bytes_get_data(request->file, &size) : NULL;
  return bytes ? file_write_all(to, bytes, size) : copy_descriptor(request->file_fd, to);
}

/* Into the folder where one stands, never over what is there; or to where the output is led. */
static gboolean write_file(const Request *request, GError **error) {
  if (!isatty(STDOUT_FILENO)) {
    if (write_bytes(request, STDOUT_FILENO))
      return TRUE;
    g_set_error(error, APP_ERROR, ERROR_FAILED, "Không ghi được ra đầu ra chuẩn: %s.", g_strerror(errno));
    return FALSE;
  }
  g_autofree char *name = g_path_get_basename(request->file_name);
  int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  gboolean good = fd >= 0 && write_bytes(request, fd) && fsync(fd) == 0;
  if (!good)
    g_set_error(error, APP_ERROR, ERROR_FAILED, "Không ghi được %s: %s.", name, g_strerror(errno));
  else
    tell("Đã ghi %s\n", name);
  if (fd >= 0)
    close(fd);
  return good;
}

/* --- one call --- */

static int fail(Request *request, const CliOptions *options, const GError *error) {
  const ErrorInfo *info = error_info(error);
  tell("ungcuu: %s (%s)\n", error->message, info->label);
  for (guint i = 2; i + 1 < request->field_errors->len; i += 2)
    tell("  %s: %s\n", (char *)g_ptr_array_index(request->field_errors, i),
         (char *)g_ptr_array_index(request->field_errors, i + 1));
  if (error->code == ERROR_UNAUTHENTICATED && !options->as)
    tell("Tài khoản máy %s chưa nối với người dùng nào; dùng --as TÀI-KHOẢN.\n", request->os_user ? request->os_user : "");
  return info->exit_code;
}

static int run(App *app, const Operation *operation, char **words, int count, CliPrepare prepare) {
  g_autoptr(Arena) arena = arena_new();
  g_autoptr(Request) request = request_new(app, arena, operation, FACE_CLI);
  g_autoptr(GError) error = NULL;
  CliOptions options = {0};
  Doc *answer = doc_new(arena);
  gboolean store = operation->needs == NEEDS_STORE;
  gboolean good = take_words(request, &options, words, count, &error);
  if (options.help) {
    operation_help(operation);
    return 0;
  }
  good = good && prepare(app, store, &error) && (!store || sign_in(request, &options, &error)) &&
         request_run(request, answer, &error);
  if (!good)
    return fail(request, &options, error);
  if (!request->file && request->file_fd < 0)
    print_answer(operation, answer, options.json);
  else if (!write_file(request, &error))
    return fail(request, &options, error);
  if (request->notice)
    tell("%s\n", request->notice);
  return request->outcome == ERROR_CHECK ? 4 : 0;
}

static const Operation *find(const App *app, const char *module, const char *verb) {
  g_autofree char *name = g_strdup_printf("%s.%s", module, verb);
  for (const Module *const *m = app->modules; *m; m++)
    for (gsize i = 0; i < (*m)->operations.count; i++) {
      const Operation *operation = &(*m)->operations.rows[i];
      g_autofree char *typed = g_strdup(operation->name);
      char *dot = strchr(typed, '.');
      if (dot)
        g_strdelimit(dot + 1, "_.", '-');
      if (for_cli(operation) && (strcmp(typed, name) == 0 || strcmp(operation->name, name) == 0))
        return operation;
    }
  return NULL;
}

static void suggest(const App *app, const char *word) {
  gboolean said = FALSE;
  for (const Module *const *module = app->modules; *module; module++)
    for (gsize i = 0; i < (*module)->operations.count; i++) {
      const Operation *operation = &(*module)->operations.rows[i];
      g_autofree char *name = spoken(operation);
      if (!for_cli(operation) || !g_str_has_prefix(name, word))
        continue;
      if (!said)
        tell("Các lệnh gần đó:\n");
      said = TRUE;
      tell("  ungcuu %s\n", name);
    }
}

int cli_run(App *app, int argc, char **argv, CliPrepare prepare) {
  const Operation *operation = argc >= 2 ? find(app, argv[0], argv[1]) : NULL;
  if (operation)
    return run(app, operation, argv + 2, argc - 2, prepare);
  tell("ungcuu: không có lệnh “%s%s%s”. Xem ungcuu --help. (E-101)\n", argc ? argv[0] : "", argc > 1 ? " " : "",
       argc > 1 ? argv[1] : "");
  if (argc)
    suggest(app, argv[0]);
  return 2;
}
