/* Rules from outside: unpacked, checked file by file, compiled. All of it runs in the sandbox but for what is at the end. */
#include "base/error.h"
#include "lib/yara/yara_private.h"
#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

enum { FAULTS_MAX = 500, AUTHORS_MAX = 50, AUTHOR_BYTES = 120, FOLDER_DEPTH_MAX = 32 };
#define ONE_FILE "luat.yar"

const char *const YARA_EXTERNALS[] = {"filename", "filepath", "extension", "filetype", "owner", NULL};

/* --- bytes to files --- */

typedef struct {
  json_t *files;  /* path: text */
  json_t *faults;
  gsize bytes;
} Unpacked;

static gboolean is_rule_name(const char *path) {
  return g_str_has_suffix(path, ".yar") || g_str_has_suffix(path, ".yara");
}

static gboolean too_large(GError **error) {
  g_set_error(error, APP_ERROR, ERROR_TOO_LARGE, "Bộ luật quá lớn: tối đa %d tệp, mỗi tệp %d MB, tất cả %d MB.", YARA_FILES_MAX,
              YARA_FILE_BYTES_MAX >> 20, YARA_SET_BYTES_MAX >> 20);
  return FALSE;
}

static void add_fault(json_t *faults, const char *path, int line, const char *text) {
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  if (json_array_size(faults) < FAULTS_MAX)
    json_array_append_new(faults, json_pack("{s:s, s:i, s:s}", "path", path, "line", line, "message", valid));
}

static gboolean add_file(Unpacked *all, const char *path, const char *text, gsize length, GError **error) {
  all->bytes += length;
  if (json_object_size(all->files) >= YARA_FILES_MAX || length > YARA_FILE_BYTES_MAX || all->bytes > YARA_SET_BYTES_MAX)
    return too_large(error);
  g_autofree char *clean = g_utf8_make_valid(path, -1);
  if (memchr(text, 0, length) || !g_utf8_validate(text, (gssize)length, NULL))
    add_fault(all->faults, clean, 1, "tệp luật không phải văn bản UTF-8");
  else
    json_object_set_new(all->files, clean, json_stringn(text, length));
  return TRUE;
}

static gboolean read_entry(zip_t *zip, zip_uint64_t index, Unpacked *all, GError **error) {
  zip_stat_t stat;
  if (zip_stat_index(zip, index, 0, &stat) != 0 || !(stat.valid & ZIP_STAT_NAME) || !is_rule_name(stat.name))
    return TRUE;
  if (!(stat.valid & ZIP_STAT_SIZE) || stat.size > YARA_FILE_BYTES_MAX)
    return too_large(error);
  g_autofree char *text = g_try_malloc(stat.size + 1);
  zip_file_t *file = text ? zip_fopen_index(zip, index, 0) : NULL;
  gboolean whole = file && zip_fread(file, text, stat.size) == (zip_int64_t)stat.size;
  if (file)
    zip_fclose(file);
  if (!whole)
    g_set_error(error, APP_ERROR, ERROR_UNREADABLE, "Tệp nén hỏng ở “%.100s”.", stat.name);
  return whole && add_file(all, stat.name, text, stat.size, error);
}

static gboolean unzip(const char *bytes, gsize length, Unpacked *all, GError **error) {
  zip_source_t *source = zip_source_buffer_create(bytes, length, 0, NULL);
  zip_t *zip = source ? zip_open_from_source(source, ZIP_RDONLY, NULL) : NULL;
  gboolean good = zip != NULL;
  if (!zip) {
    if (source)
      zip_source_free(source);
    g_set_error(error, APP_ERROR, ERROR_UNREADABLE, "Tệp nén không đọc được; cần tệp .zip, .yar hoặc .yara.");
    return FALSE;
  }
  for (zip_int64_t i = 0; good && i < zip_get_num_entries(zip, 0); i++)
    good = read_entry(zip, (zip_uint64_t)i, all, error);
  zip_discard(zip);
  return good;
}

/* What yara_gather wrote: {"files": {path: text}}. */
static gboolean unpack_gathered(const char *bytes, gsize length, Unpacked *all, GError **error) {
  json_t *gathered = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, NULL), *text;
  const char *path;
  gboolean good = gathered != NULL;
  if (!gathered)
    g_set_error(error, APP_ERROR, ERROR_UNREADABLE, "Bộ luật không đọc được.");
  json_object_foreach(json_object_get(gathered, "files"), path, text)
    good = good && json_is_string(text) && add_file(all, path, json_string_value(text), json_string_length(text), error);
  json_decref(gathered);
  return good;
}

static gboolean unpack(const char *bytes, gsize length, Unpacked *all, GError **error) {
  if (length >= 4 && memcmp(bytes, "PK\3\4", 4) == 0)
    return unzip(bytes, length, all, error);
  return length && bytes[0] == '{' ? unpack_gathered(bytes, length, all, error) : add_file(all, ONE_FILE, bytes, length, error);
}

/* --- checking one file --- */

typedef struct {
  const char *path;
  json_t *faults; /* may be NULL */
} Checking;

static void on_message(int level, const char *file, int line, const YR_RULE *rule, const char *text, void *data) {
  const Checking *checking = data;
  (void)file, (void)rule;
  if (level == YARA_ERROR_LEVEL_ERROR && checking->faults)
    add_fault(checking->faults, checking->path, line, text);
}

static YR_COMPILER *new_compiler(Checking *checking) {
  YR_COMPILER *compiler = NULL;
  if (yr_compiler_create(&compiler) != ERROR_SUCCESS)
    return NULL;
  yr_compiler_set_include_callback(compiler, NULL, NULL, NULL);
  yr_compiler_set_callback(compiler, on_message, checking);
  for (const char *const *name = YARA_EXTERNALS; *name; name++)
    yr_compiler_define_string_variable(compiler, *name, "");
  return compiler;
}

static void count_author(json_t *authors, const char *name) {
  g_autofree char *cut = g_utf8_make_valid(name, (gssize)strnlen(name, AUTHOR_BYTES));
  g_strstrip(cut);
  json_int_t so_far = json_integer_value(json_object_get(authors, cut));
  if (*cut && (so_far || json_object_size(authors) < 1000))
    json_object_set_new(authors, cut, json_integer(so_far + 1));
}

static gint64 count_rules(YR_RULES *rules, json_t *authors) {
  YR_RULE *rule;
  YR_META *meta;
  gint64 count = 0;
  yr_rules_foreach(rules, rule) {
    count += !RULE_IS_PRIVATE(rule);
    yr_rule_metas_foreach(rule, meta) if (meta->type == META_TYPE_STRING && g_ascii_strcasecmp(meta->identifier, "author") == 0)
      count_author(authors, meta->string);
  }
  return count;
}

/* Alone: after a fault a compiler takes nothing more. */
static gboolean check_file(const char *path, const char *text, json_t *faults) {
  Checking checking = {path, faults};
  YR_COMPILER *compiler = new_compiler(&checking);
  gboolean good = compiler && yr_compiler_add_string(compiler, text, path) == 0;
  if (compiler)
    yr_compiler_destroy(compiler);
  return good;
}

/* FALSE: this file spoils it; *out_bad is its path. */
static gboolean add_all(YR_COMPILER *compiler, const json_t *files, const char **out_bad) {
  const char *path;
  json_t *text;
  json_object_foreach((json_t *)(gintptr)files, path, text)
    if (yr_compiler_add_string(compiler, json_string_value(text), path) != 0) {
      *out_bad = path;
      return FALSE;
    }
  return TRUE;
}

/* Each of them compiles; one that does not beside the others is left out. NULL: nothing is left, or no memory. */
static YR_RULES *compile_all(json_t *files) {
  YR_RULES *rules = NULL;
  gboolean done = FALSE;
  while (!done) {
    Checking checking = {"", NULL};
    YR_COMPILER *compiler = new_compiler(&checking);
    const char *bad = NULL;
    done = !compiler || !json_object_size(files) || add_all(compiler, files, &bad);
    if (bad)
      json_object_del(files, bad);
    else if (compiler && json_object_size(files) && yr_compiler_get_rules(compiler, &rules) != ERROR_SUCCESS)
      rules = NULL;
    if (compiler)
      yr_compiler_destroy(compiler);
  }
  return rules;
}

/* --- the jobs --- */

static int by_rules(const void *a, const void *b) {
  json_int_t left = json_integer_value(json_object_get(*(json_t *const *)a, "rules")), right = json_integer_value(json_object_get(*(json_t *const *)b, "rules"));
  return left < right ? 1 : left > right ? -1 : 0;
}

/* Those with the most rules first. */
static json_t *list_authors(json_t *counts) {
  g_autoptr(GPtrArray) all = g_ptr_array_new();
  json_t *list = json_array(), *count;
  const char *name;
  json_object_foreach(counts, name, count)
    g_ptr_array_add(all, json_pack("{s:s, s:O}", "name", name, "rules", count));
  g_ptr_array_sort(all, by_rules);
  for (guint i = 0; i < all->len; i++)
    if (i < AUTHORS_MAX)
      json_array_append_new(list, g_ptr_array_index(all, i));
    else
      json_decref(g_ptr_array_index(all, i));
  return list;
}

static void append_json(GByteArray *out, json_t *value) {
  g_autofree char *text = json_dumps(value, JSON_COMPACT);
  g_byte_array_append(out, (const guint8 *)text, (guint)strlen(text));
}

static gboolean read_set(const char *bytes, gsize length, GByteArray *out, GError **error) {
  Unpacked all = {json_object(), json_array(), 0};
  json_t *authors = json_object(), *text;
  const char *path;
  void *next;
  gint64 count = 0;
  gboolean good = unpack(bytes, length, &all, error);
  json_object_foreach_safe(all.files, next, path, text)
    if (good && !check_file(path, json_string_value(text), all.faults))
      json_object_del(all.files, path);
  YR_RULES *rules = good ? compile_all(all.files) : NULL;
  if (rules)
    count = count_rules(rules, authors);
  json_t *answer = json_pack("{s:o, s:I, s:o, s:o}", "files", all.files, "rules", (json_int_t)count, "authors", list_authors(authors), "faults", all.faults);
  if (good)
    append_json(out, answer);
  json_decref(answer);
  json_decref(authors);
  return good;
}

static size_t write_rules(const void *bytes, size_t size, size_t count, void *data) {
  g_byte_array_append(data, bytes, (guint)(size * count));
  return count;
}

/* They compiled when the set was read; after an update of the library one may not. */
static gboolean compile(const char *bytes, gsize length, GByteArray *out, GError **error) {
  json_t *files = json_loadb(bytes, length, 0, NULL);
  YR_STREAM stream = {out, .write = write_rules};
  YR_RULES *rules = compile_all(files);
  json_decref(files);
  if (rules && yr_rules_save_stream(rules, &stream) == ERROR_SUCCESS)
    return TRUE;
  g_set_error(error, APP_ERROR, ERROR_UNREADABLE, "Không biên dịch được bộ luật YARA.");
  return FALSE;
}

static int compare_words(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What the libraries ask the system for once, and could not ask in the jail. */
static void warm_up(void) {
  const char *words[512];
  for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
    words[i] = i % 2 ? "a" : "b";
  qsort(words, G_N_ELEMENTS(words), sizeof *words, compare_words);
  json_object_seed(0);
  yr_initialize();
}

const SandboxJob YARA_JOB_SET = {"yara-set", read_set, warm_up, .deadline_ms = 120000};
const SandboxJob YARA_JOB_COMPILE = {"yara-compile", compile, NULL, .deadline_ms = 120000};

/* --- outside of the sandbox --- */

json_t *yara_read_set(const char *bytes, gsize length, GError **error) {
  g_autoptr(GBytes) answer = sandbox_run(YARA_JOB_SET.name, bytes, length, error);
  json_t *read = answer ? json_loadb(g_bytes_get_data(answer, NULL), g_bytes_get_size(answer), 0, NULL) : NULL;
  if (!answer || (read && json_integer_value(json_object_get(read, "rules")) > 0))
    return read;
  const json_t *first = json_array_get(json_object_get(read, "faults"), 0);
  if (first)
    g_set_error(error, APP_ERROR, ERROR_UNREADABLE, "Không có luật YARA nào dùng được: %s, dòng %d: %s.", json_string_value(json_object_get(first, "path")),
                (int)json_integer_value(json_object_get(first, "line")), json_string_value(json_object_get(first, "message")));
  else
    g_set_error(error, APP_ERROR, ERROR_UNREADABLE, "Trong tệp này không có luật YARA nào.");
  json_decref(read);
  return NULL;
}

static gboolean gather(const char *folder, const char *below, int depth, json_t *files, gsize *bytes, GError **error) {
  g_autofree char *path = g_build_filename(folder, below, NULL);
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  gboolean good = TRUE;
  for (const char *name; good && dir && (name = g_dir_read_name(dir));) {
    g_autofree char *inner = *below ? g_build_filename(below, name, NULL) : g_strdup(name);
    g_autofree char *full = g_build_filename(folder, inner, NULL);
    g_autofree char *text = NULL;
    gsize length = 0;
    if (*name == '.' || g_file_test(full, G_FILE_TEST_IS_SYMLINK))
      continue;
    if (g_file_test(full, G_FILE_TEST_IS_DIR)) {
      good = depth >= FOLDER_DEPTH_MAX || gather(folder, inner, depth + 1, files, bytes, error);
    } else if (is_rule_name(name) && (good = g_file_get_contents(full, &text, &length, error))) {
      *bytes += length;
      good = *bytes <= YARA_SET_BYTES_MAX || too_large(error);
      if (good && g_utf8_validate(text, (gssize)length, NULL) && g_utf8_validate(inner, -1, NULL))
        json_object_set_new(files, inner, json_stringn(text, length));
    }
  }
  return good;
}

GBytes *yara_gather(const char *folder, GError **error) {
  json_t *files = json_object();
  gsize bytes = 0;
  gboolean good = gather(folder, "", 0, files, &bytes, error);
  json_t *all = json_pack("{s:o}", "files", files);
  char *text = good ? json_dumps(all, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
  json_decref(all);
  return text ? g_bytes_new_take(text, strlen(text)) : NULL;
}

GBytes *yara_compile(const json_t *files, GError **error) {
  g_autofree char *text = json_dumps(files, JSON_COMPACT);
  return sandbox_run(YARA_JOB_COMPILE.name, text, strlen(text), error);
}

const char *yara_version(void) {
  return YR_VERSION;
}
