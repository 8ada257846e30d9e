/* The child: loads the rules that its parent compiled, locks itself in, answers one question after another. */
#include "lib/yara/yara_private.h"
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
  YR_RULES *rules;
  YR_SCANNER *scanner;
  YaraHello hello;
  char *bytes; /* of the file that is looked at */
  gsize room;
  json_t *matches;
} Child;

/* --- messages --- */

/* FALSE: the parent has gone. *out_fd is -1 where none came. */
static gboolean receive(void *bytes, gsize room, gsize *out_length, int *out_fd) {
  union {
    struct cmsghdr head;
    char bytes[CMSG_SPACE(sizeof(int))];
  } control;
  struct iovec part = {bytes, room};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  gssize got;
  do
    got = recvmsg(CHILD_SOCKET, &message, MSG_CMSG_CLOEXEC);
  while (got < 0 && errno == EINTR);
  const struct cmsghdr *head = got > 0 ? CMSG_FIRSTHDR(&message) : NULL;
  *out_fd = -1;
  if (head && head->cmsg_type == SCM_RIGHTS)
    memcpy(out_fd, CMSG_DATA(head), sizeof *out_fd);
  *out_length = got > 0 ? (gsize)got : 0;
  return got > 0;
}

static void answer(char kind, const char *text) {
  struct iovec parts[] = {{&kind, 1}, {(char *)(gintptr)text, strlen(text)}};
  struct msghdr message = {.msg_iov = parts, .msg_iovlen = G_N_ELEMENTS(parts)};
  while (sendmsg(CHILD_SOCKET, &message, MSG_NOSIGNAL) < 0)
    if (errno != EINTR)
      _exit(1);
}

/* --- what the file is --- */

/* The words that rules of others compare `filetype` with. */
static const struct {
  const char *begin;
  gsize length;
  const char *name;
} TYPES[] = {
    {"MZ", 2, "EXE"},         {"\177ELF", 4, "ELF"},    {"%PDF", 4, "PDF"},   {"GIF8", 4, "GIF"},    {"\377\330\377", 3, "JPEG"},
    {"\211PNG", 4, "PNG"},    {"PK\3\4", 4, "ZIP"},     {"Rar!", 4, "RAR"},   {"{\\rt", 4, "RTF"},   {"\320\317\021\340", 4, "OLE"},
    {"MDMP", 4, "MDMP"},      {"<?php", 5, "PHP"},      {"7z\274\257", 4, "7ZIP"}, {"\037\213", 2, "GZIP"}, {"\317\372\355\376", 4, "MACH-O"},
    {"\316\372\355\376", 4, "MACH-O"}, {"\312\376\272\276", 4, "JAVA"},
};
static const struct {
  const char *extension, *name;
} SCRIPTS[] = {{".php", "PHP"}, {".jsp", "JSP"}, {".jspx", "JSP"}, {".asp", "ASP"}, {".aspx", "ASP"}, {".vbs", "VBS"},
               {".bat", "BATCH"}, {".cmd", "BATCH"}, {".ps1", "PowerShell"}, {".py", "Python"}};

static const char *type_of(const char *bytes, gsize length, const char *extension) {
  for (gsize i = 0; i < G_N_ELEMENTS(TYPES); i++)
    if (length >= TYPES[i].length && memcmp(bytes, TYPES[i].begin, TYPES[i].length) == 0)
      return TYPES[i].name;
  for (gsize i = 0; i < G_N_ELEMENTS(SCRIPTS); i++)
    if (strcmp(extension, SCRIPTS[i].extension) == 0)
      return SCRIPTS[i].name;
  return "";
}

static void name_file(Child *child, const char *owner, const char *path, gsize length) {
  const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot = strrchr(name, '.');
  char extension[32] = "";
  for (gsize i = 0; dot && i + 1 < sizeof extension && dot[i]; i++)
    extension[i] = g_ascii_tolower(dot[i]), extension[i + 1] = '\0';
  const char *values[] = {name, path, extension, type_of(child->bytes, length, extension), owner};
  for (int i = 0; YARA_EXTERNALS[i]; i++)
    yr_scanner_define_string_variable(child->scanner, YARA_EXTERNALS[i], values[i]);
}

/* --- matches --- */

static json_t *meta_value(const YR_META *meta) {
  if (meta->type != META_TYPE_STRING)
    return json_integer(meta->integer);
  g_autofree char *text = g_utf8_make_valid(meta->string, (gssize)strnlen(meta->string, 500));
  return json_string(text);
}

static json_t *describe(YR_RULE *rule) {
  json_t *metas = json_object();
  const YR_META *meta;
  int count = 0;
  yr_rule_metas_foreach(rule, meta) if (count++ < 24)
    json_object_set_new(metas, meta->identifier, meta_value(meta));
  return json_pack("{s:s, s:s, s:o}", "rule", rule->identifier, "file", rule->ns->name, "meta", metas);
}

static int on_event(YR_SCAN_CONTEXT *context, int event, void *about, void *data) {
  Child *child = data;
  (void)context;
  if (event == CALLBACK_MSG_RULE_MATCHING && json_array_size(child->matches) < YARA_MATCHES_MAX)
    json_array_append_new(child->matches, describe(about));
  return CALLBACK_CONTINUE;
}

static void answer_found(Child *child) {
  g_autofree char *text = NULL;
  do {
    g_free(text);
    text = json_dumps(child->matches, JSON_COMPACT);
    if (strlen(text) < ANSWER_BYTES_MAX - 1)
      break;
    json_array_remove(child->matches, json_array_size(child->matches) - 1);
  } while (json_array_size(child->matches));
  answer(ANSWER_FOUND, text);
}

/* --- one file --- */

static gboolean read_whole(Child *child, int fd, gsize length) {
  if (length > child->room) {
    g_free(child->bytes);
    child->room = (length + (1 << 20)) & ~(gsize)((1 << 20) - 1);
    child->bytes = g_try_malloc(child->room);
    if (!child->bytes)
      child->room = 0;
  }
  for (gsize at = 0; child->bytes && at < length;) {
    gssize got = read(fd, child->bytes + at, length - at);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return FALSE;
    at += (gsize)got;
  }
  return child->bytes != NULL;
}

static void look(Child *child, int fd, const char *owner, const char *path) {
  off_t size = lseek(fd, 0, SEEK_END);
  gsize length = (gsize)size;
  if (size > child->hello.file_bytes) {
    answer(ANSWER_LARGE, "");
    return;
  }
  if (size < 0 || lseek(fd, 0, SEEK_SET) != 0 || (length && !read_whole(child, fd, length))) {
    answer(ANSWER_UNREADABLE, "");
    return;
  }
  name_file(child, owner, path, length);
  json_array_clear(child->matches);
  int failed = yr_scanner_scan_mem(child->scanner, (const uint8_t *)(child->bytes ? child->bytes : ""), length);
  if (json_array_size(child->matches))
    answer_found(child);
  else
    answer(failed == ERROR_SUCCESS ? ANSWER_CLEAN : failed == ERROR_SCAN_TIMEOUT ? ANSWER_TIMED_OUT : ANSWER_UNREADABLE, "");
}

/* --- beginning --- */

static size_t read_rules(void *bytes, size_t size, size_t count, void *data) {
  gsize done = 0, all = size * count;
  while (done < all) {
    gssize got = read(*(const int *)data, (char *)bytes + done, all - done);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return done / size;
    done += (gsize)got;
  }
  return count;
}

static int compare_words(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What the libraries ask the system for once, before the jail. */
static void warm_up(void) {
  static const char *const DIGESTS[] = {"MD5", "SHA1", "SHA256"};
  const char *words[512];
  guchar digest[EVP_MAX_MD_SIZE];
  for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
    words[i] = i % 2 ? "a" : "b";
  qsort(words, G_N_ELEMENTS(words), sizeof *words, compare_words);
  json_object_seed(0);
  for (gsize i = 0; i < G_N_ELEMENTS(DIGESTS); i++)
    EVP_Digest("", 0, digest, NULL, EVP_get_digestbyname(DIGESTS[i]), NULL);
}

static gboolean begin(Child *child) {
  gsize length = 0;
  int fd = -1;
  YR_STREAM stream = {&fd, .read = read_rules};
  warm_up();
  if (!receive(&child->hello, sizeof child->hello, &length, &fd) || length != sizeof child->hello || fd < 0 || yr_initialize() != ERROR_SUCCESS ||
      yr_rules_load_stream(&stream, &child->rules) != ERROR_SUCCESS || yr_scanner_create(child->rules, &child->scanner) != ERROR_SUCCESS)
    return FALSE;
  close(fd);
  yr_scanner_set_callback(child->scanner, on_event, child);
  yr_scanner_set_flags(child->scanner, SCAN_FLAGS_FAST_MODE | SCAN_FLAGS_NO_TRYCATCH | SCAN_FLAGS_REPORT_RULES_MATCHING);
  yr_scanner_set_timeout(child->scanner, (int)MAX(child->hello.file_ms / 1000, 1));
  child->matches = json_array();
  return sandbox_only_descriptors(child->hello.memory_mib, NULL);
}

static void serve(void) {
  Child child = {0};
  char ask[ASK_BYTES_MAX + 1];
  gsize length;
  int fd;
  if (!begin(&child))
    _exit(1);
  answer(ANSWER_READY, "");
  while (receive(ask, ASK_BYTES_MAX, &length, &fd)) {
    ask[length] = '\0';
    gsize owner = strlen(ask);
    if (fd >= 0 && owner < length)
      look(&child, fd, ask, ask + owner + 1);
    else
      answer(ANSWER_UNREADABLE, "");
    if (fd >= 0)
      close(fd);
  }
  _exit(0);
}

void yara_child_main(int argc, char **argv) {
  if (argc != 2 || strcmp(argv[1], YARA_CHILD_ARGUMENT) != 0)
    return;
  int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  signal(SIGPIPE, SIG_IGN);
  if (nothing >= 0) {
    dup2(nothing, STDIN_FILENO);
    dup2(nothing, STDOUT_FILENO);
  }
  close_range(CHILD_SOCKET + 1, ~0U, 0);
  clearenv();
  serve();
}
