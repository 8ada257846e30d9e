#include "lib/sandbox/sandbox_private.h"
#include "lib/yara/yara.h"
#include "base/error.h"
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const SandboxJob *const JOBS[] = {&YARA_JOB_SET, &YARA_JOB_COMPILE, NULL};
#define EICAR_HEAD "X5O!P%@AP[4\\PZX54(P^)7CC)7}$"
#define EICAR EICAR_HEAD "EICAR-STANDARD-ANTIVIRUS" "-TEST-FILE!$H+H*"

static const char *data_dir(void) {
  return g_getenv("UNGCUU_DATA") ? g_getenv("UNGCUU_DATA") : "data";
}

static json_t *read_text(const char *text, GError **error) {
  return yara_read_set(text, strlen(text), error);
}

static YaraScanner *scanner_of(json_t *set, const YaraLimits *limits) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) compiled = yara_compile(json_object_get(set, "files"), &error);
  g_assert_no_error(error);
  YaraScanner *scanner = yara_scanner_new(compiled, limits, &error);
  g_assert_no_error(error);
  return scanner;
}

static YaraScanner *scanner_with(const char *rules, const YaraLimits *limits) {
  g_autoptr(GError) error = NULL;
  json_t *set = read_text(rules, &error);
  g_assert_no_error(error);
  YaraScanner *scanner = scanner_of(set, limits);
  json_decref(set);
  return scanner;
}

static int file_of(const void *bytes, gsize length) {
  int fd = memfd_create("thu", MFD_CLOEXEC);
  g_assert_cmpint(write(fd, bytes, length), ==, (gssize)length);
  return fd;
}

/* The names of the rules that match, "A B"; the state where none do. */
static char *look(YaraScanner *scanner, const void *bytes, gsize length, const char *path, YaraState *out_state) {
  g_autoptr(GError) error = NULL;
  json_t *matches = NULL, *match;
  gsize i;
  int fd = file_of(bytes, length);
  g_assert_true(yara_scanner_look(scanner, fd, &(YaraFile){path, "an"}, out_state, &matches, &error));
  g_assert_no_error(error);
  close(fd);
  GString *names = g_string_new(NULL);
  json_array_foreach(matches, i, match)
    g_string_append_printf(names, "%s%s", names->len ? " " : "", json_string_value(json_object_get(match, "rule")));
  g_assert_cmpint(*out_state == YARA_FOUND, ==, names->len > 0);
  json_decref(matches);
  return g_string_free(names, FALSE);
}

static void assert_look(YaraScanner *scanner, const char *text, const char *path, const char *rules) {
  YaraState state;
  g_autofree char *names = look(scanner, text, strlen(text), path, &state);
  g_assert_cmpstr(names, ==, rules);
  g_assert_cmpint(state, ==, *rules ? YARA_FOUND : YARA_CLEAN);
}

/* --- sets --- */

static void test_faults(void) {
  g_autoptr(GError) error = NULL;
  const char *gathered = "{\"files\":{\"tot.yar\":\"rule A { meta: author = \\\"An\\\" condition: true }\","
                         "\"hong.yar\":\"rule B {\\n  strings:\\n    $a = \\\"x\\\"\\n  condition: $b\\n}\","
                         "\"chua.yar\":\"include \\\"/etc/passwd\\\"\\nrule C { condition: true }\"}}";
  json_t *set = yara_read_set(gathered, strlen(gathered), &error);
  g_assert_no_error(error);
  g_assert_cmpint(json_integer_value(json_object_get(set, "rules")), ==, 1);
  g_assert_cmpuint(json_object_size(json_object_get(set, "files")), ==, 1);
  g_assert_cmpuint(json_array_size(json_object_get(set, "faults")), >=, 2);
  gboolean told = FALSE;
  gsize i;
  json_t *fault;
  json_array_foreach(json_object_get(set, "faults"), i, fault)
    told |= strcmp(json_string_value(json_object_get(fault, "path")), "hong.yar") == 0 && json_integer_value(json_object_get(fault, "line")) == 5 &&
            strstr(json_string_value(json_object_get(fault, "message")), "$b");
  g_assert_true(told);
  const json_t *author = json_array_get(json_object_get(set, "authors"), 0);
  g_assert_cmpstr(json_string_value(json_object_get(author, "name")), ==, "An");
  json_decref(set);
}

static void test_bad_sets(void) {
  static const char *const bad[] = {"", "PK\3\4hong", "rule A {", "{\"files\":{\"a.yar\":1}}", "{", "\xff\xfe", "not a rule"};
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_null(read_text(bad[i], &error));
    g_assert_nonnull(error);
    g_assert_true(g_utf8_validate(error->message, -1, NULL));
  }
}

static void test_externals(void) {
  g_autoptr(YaraScanner) scanner = scanner_with("rule N { condition: filename == \"a.PHP\" and filepath contains \"/www/\" and extension == \".php\" and "
                                                "filetype == \"EXE\" and owner == \"an\" }", &(YaraLimits){0});
  g_autoptr(YaraScanner) each = scanner_with("rule V1 { condition: filename == \"a.PHP\" } rule V2 { condition: filepath contains \"/www/\" } rule V3 { condition: extension == \".php\" } rule V4 { condition: filetype == \"EXE\" } rule V5 { condition: owner == \"an\" }", &(YaraLimits){0});
  assert_look(each, "MZ....", "/www/a.PHP", "V1 V2 V3 V4 V5");
  assert_look(scanner, "MZ....", "/www/a.PHP", "N");
  assert_look(scanner, "ZM....", "/www/a.PHP", "");
}

/* --- the child --- */

static void test_limits(void) {
  g_autoptr(YaraScanner) scanner = scanner_with("rule A { strings: $a = \"tim\" condition: $a }", &(YaraLimits){.file_bytes = 1000});
  YaraState state;
  g_autofree char *bytes = g_malloc0(1001);
  g_free(look(scanner, bytes, 1001, "/lon", &state));
  g_assert_cmpint(state, ==, YARA_TOO_LARGE);
  g_free(look(scanner, "", 0, "/rong", &state));
  g_assert_cmpint(state, ==, YARA_CLEAN);
  assert_look(scanner, "di tim do", "/co", "A");
}

/* A rule that never ends is stopped by the clock, and the next file is looked at. */
static void test_timeout(void) {
  g_autoptr(YaraScanner) scanner = scanner_with("rule S { condition: filename == \"cham\" and for any i in (0..2000000000) : "
                                                "(for any j in (0..2000000000) : (i * j == -1)) }\nrule A { strings: $a = \"tim\" condition: $a }",
                                                &(YaraLimits){.file_ms = 1000});
  YaraState state;
  g_free(look(scanner, "x", 1, "/cham", &state));
  g_assert_cmpint(state, ==, YARA_TIMED_OUT);
  assert_look(scanner, "tim", "/nhanh", "A");
}

/* Killed between two files, or in the middle of one: told, replaced, gone on. */
static void test_dead_child(void) {
  g_autoptr(YaraScanner) scanner = scanner_with("rule A { strings: $a = \"tim\" condition: $a }", &(YaraLimits){0});
  assert_look(scanner, "tim", "/mot", "A");
  int first = yara_scanner_pid(scanner);
  kill(first, SIGKILL);
  YaraState state;
  g_free(look(scanner, "tim", 3, "/hai", &state));
  g_assert_true(state == YARA_FOUND || state == YARA_STOPPED);
  assert_look(scanner, "tim", "/ba", "A");
  g_assert_cmpint(yara_scanner_pid(scanner), !=, first);
}

static void test_memory(void) {
  g_autoptr(YaraScanner) scanner = scanner_with("rule A { strings: $a = \"tim\" condition: $a }", &(YaraLimits){.memory_mib = 96, .file_bytes = 1 << 30});
  YaraState state;
  gsize length = 200 << 20;
  g_autofree char *bytes = g_malloc0(length);
  g_free(look(scanner, bytes, length, "/to", &state));
  g_assert_true(state == YARA_UNREADABLE || state == YARA_STOPPED);
  assert_look(scanner, "tim", "/nho", "A");
}

static void test_jail(void) {
  g_autoptr(YaraScanner) scanner = scanner_with("rule A { condition: true }", &(YaraLimits){0});
  g_autofree char *path = g_strdup_printf("/proc/%d/status", yara_scanner_pid(scanner)), *status = NULL;
  g_assert_true(g_file_get_contents(path, &status, NULL, NULL));
  g_assert_nonnull(strstr(status, "Seccomp:\t2"));
  g_assert_nonnull(strstr(status, "NoNewPrivs:\t1"));
}

/* --- our own rules --- */

static void test_own_rules(void) {
  static const struct {
    const char *path, *bad, *good, *rule;
  } cases[] = {
      {"/a.com", EICAR, " " EICAR, "UC_EICAR"},
      {"/w/a.php", "<?php @ev" "al($_POST['x']); ?>", "<?php echo htmlspecialchars($_POST['x']); evaluate($_POST); ?>", "UC_Webshell_PHP_Input"},
      {"/w/b.php", "<?php $_GET['a']($_" "POST['b']);", "<?php f($_GET['a'], $_POST['b']);", "UC_Webshell_PHP_Input"},
      {"/w/c.php", "<?php ev" "al(gzinflate(base64_decode('eJw='))); ?>", "<?php $x = gzinflate(base64_decode($y)); eval_form(); ?>", "UC_Webshell_PHP_Encoded"},
      {"/w/d.gif", "GIF89a\1\1 <?php sys" "tem($x); ?>", "GIF89a\1\1 phan mem <?xpacket system ?>", "UC_Image_PHP"},
      {"/w/e.aspx", "<%@ Page Language=\"Jscript\"%><%ev" "al(Request.Item[\"k\"],\"unsafe\");%>", "<%@ Page %><%= Eval(\"Title\") %> <%= Request[\"id\"] %>",
       "UC_Webshell_ASP_Eval"},
      {"/w/f.aspx", "<%@ Page %><% var p = new Process" "StartInfo(\"cmd.exe\", \"/c \" + Request.Form[\"c\"]); Process.Start(p); %>",
       "<%@ Page %><% Process.Start(\"notepad\"); var x = Request.Form[\"c\"]; %>", "UC_Webshell_ASPX_Command"},
      {"/w/g.jsp", "<% Runtime.getRuntime().ex" "ec(request.getParameter(\"c\")); %>", "<% out.print(request.getParameter(\"c\")); %>",
       "UC_Webshell_JSP_Command"},
      {"/w/h.jsp", "<% Cipher c; new U(l).define" "Class(x); request.getReader().readLine(); Base64 %>", "<% Base64.encode(request.getParameter(\"a\")); %>",
       "UC_Webshell_JSP_Load"},
      {"/README.txt", "All your files have been encrypted! Buy bitcoin and use Tor Browser.",
       "All your files have been encrypted by BitLocker policy. Contact the help desk.", "UC_Ransom_Note_EN"},
      {"/DOC_NGAY.txt", "Toàn bộ dữ liệu của bạn đã bị mã hóa. Trả tiền chuộc bằng Bitcoin để nhận khóa.",
       "Dữ liệu của bạn đã bị mã hóa theo quy định; liên hệ bộ phận kỹ thuật để mở.", "UC_Ransom_Note_VI"},
      {"/DOC.txt", "Du lieu may chu cua ban da bi ma hoa, tra Bitcoin de lay khoa giai ma", "Du lieu cua ban duoc sao luu, khoa giai ma do phong ky thuat giu",
       "UC_Ransom_Note_VI"},
  };
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = g_build_filename(data_dir(), "rules", "yara", NULL);
  g_autoptr(GBytes) gathered = yara_gather(folder, &error);
  g_assert_no_error(error);
  json_t *set = yara_read_set(g_bytes_get_data(gathered, NULL), g_bytes_get_size(gathered), &error);
  g_assert_no_error(error);
  g_assert_cmpuint(json_array_size(json_object_get(set, "faults")), ==, 0);
  g_autoptr(GHashTable) tried = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(YaraScanner) scanner = scanner_of(set, &(YaraLimits){0});
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("%s", cases[i].path);
    assert_look(scanner, cases[i].bad, cases[i].path, cases[i].rule);
    assert_look(scanner, cases[i].good, cases[i].path, "");
    g_hash_table_add(tried, (char *)(gintptr)cases[i].rule);
  }
  g_assert_cmpuint(g_hash_table_size(tried), ==, (guint)json_integer_value(json_object_get(set, "rules")));
  json_decref(set);
}

int main(int argc, char **argv) {
  yara_child_main(argc, argv);
  g_assert_true(sandbox_start(argc, argv, JOBS, NULL));
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/yara/faults", test_faults);
  g_test_add_func("/yara/bad-sets", test_bad_sets);
  g_test_add_func("/yara/externals", test_externals);
  g_test_add_func("/yara/limits", test_limits);
  g_test_add_func("/yara/timeout", test_timeout);
  g_test_add_func("/yara/dead-child", test_dead_child);
  if (!SANITIZED) /* a sanitised build has no limit on address space */
    g_test_add_func("/yara/memory", test_memory);
  g_test_add_func("/yara/jail", test_jail);
  g_test_add_func("/yara/own-rules", test_own_rules);
  int code = g_test_run();
  sandbox_stop();
  return code;
}
