#include "module/detect/detect_pack.h"
#include "base/error.h"
#include "base/text.h"
#include "lib/scan/rule.h"
#include "lib/scan/tree.h"
#include <string.h>
#include <zip.h>

enum { FILES_MAX = 4000, FILE_BYTES_MAX = 2 << 20, ALL_BYTES_MAX = 40 << 20, FAULTS_MAX = 500 };
#define ONE_FILE "luat.yml"
#define OWN_WORDS "ungcuu" /* the key of a rule below which this program has its own words */

/* --- in the sandbox: bytes to files --- */

static gboolean is_yaml(const char *path) {
  return g_str_has_suffix(path, ".yml") || g_str_has_suffix(path, ".yaml");
}

static gboolean too_large(GError **error) {
  g_set_error(error, APP_ERROR, ERROR_TOO_LARGE, "Bộ luật quá lớn: tối đa %d tệp, mỗi tệp 2 MB, tất cả 40 MB.", FILES_MAX);
  return FALSE;
}

static gboolean add_file(json_t *files, const char *path, const char *text, gsize length, gsize *all, GError **error) {
  *all += length;
  if (json_array_size(files) >= FILES_MAX || length > FILE_BYTES_MAX || *all > ALL_BYTES_MAX)
    return too_large(error);
  g_autofree char *clean_path = g_utf8_make_valid(path, -1);
  if (g_utf8_validate(text, (gssize)length, NULL))
    json_array_append_new(files, json_pack("{s:s, s:s%}", "path", clean_path, "yaml", text, length));
  return TRUE;
}

static gboolean read_entry(zip_t *zip, zip_uint64_t index, json_t *files, gsize *all, GError **error) {
  zip_stat_t stat;
  if (zip_stat_index(zip, index, 0, &stat) != 0 || !(stat.valid & ZIP_STAT_NAME) || !is_yaml(stat.name))
    return TRUE;
  if (!(stat.valid & ZIP_STAT_SIZE) || stat.size > FILE_BYTES_MAX)
    return too_large(error);
  g_autofree char *text = g_try_malloc(stat.size + 1);
  zip_file_t *file = text ? zip_fopen_index(zip, index, 0) : NULL;
  gboolean whole = file && zip_fread(file, text, stat.size) == (zip_int64_t)stat.size;
  if (file)
    zip_fclose(file);
  if (!whole)
    g_set_error(error, APP_ERROR, ERROR_UNREADABLE, "Tệp nén hỏng ở “%.100s”.", stat.name);
  return whole && add_file(files, stat.name, text, stat.size, all, error);
}

static gboolean unzip(const char *bytes, gsize length, json_t *files, GError **error) {
  zip_source_t *source = zip_source_buffer_create(bytes, length, 0, NULL);
  zip_t *zip = source ? zip_open_from_source(source, ZIP_RDONLY, NULL) : NULL;
  gsize all = 0;
  gboolean good = zip != NULL;
  if (!zip) {
    if (source)
      zip_source_free(source);
    g_set_error(error, APP_ERROR, ERROR_UNREADABLE, "Tệp nén không đọc được; cần tệp .zip hoặc .yml.");
    return FALSE;
  }
  for (zip_int64_t i = 0; good && i < zip_get_num_entries(zip, 0); i++)
    good = read_entry(zip, (zip_uint64_t)i, files, &all, error);
  zip_discard(zip);
  return good;
}

/* What detect_pack_gather wrote: {"files": {path: text}}. */
static gboolean unpack_gathered(const char *bytes, gsize length, json_t *files, GError **error) {
  json_t *gathered = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, NULL), *text;
  const char *path;
  gsize all = 0;
  gboolean good = gathered != NULL;
  json_object_foreach(json_object_get(gathered, "files"), path, text)
    good = good && add_file(files, path, json_string_value(text), json_string_length(text), &all, error);
  json_decref(gathered);
  if (!good && error && !*error)
    g_set_error(error, APP_ERROR, ERROR_UNREADABLE, "Bộ luật không đọc được.");
  return good;
}

/* --- files to rules --- */

/* "attack.t1110.001" is a technique, "attack.credential_access" a tactic; groups (g0016) and software (s0154) are neither. */
static char *tags_with(const Rule *rule, gboolean techniques) {
  GString *found = g_string_new(NULL);
  for (const char *const *tag = rule->tags; *tag; tag++) {
    const char *name = g_str_has_prefix(*tag, "attack.") ? *tag + strlen("attack.") : "";
    gboolean numbered = *name && g_ascii_isdigit(name[1]);
    gboolean technique = numbered && g_ascii_tolower(name[0]) == 't';
    if (!*name || (numbered && !technique) || technique != techniques)
      continue;
    g_autofree char *shown = technique ? g_ascii_strup(name, -1) : g_strdelimit(g_strdup(name), "-", '_');
    g_string_append_printf(found, "%s%s", found->len ? " " : "", shown);
  }
  return g_string_free(found, FALSE);
}

/* What this program's own rules say in Vietnamese, at the document of that line. */
static json_t *own_words(const Tree *tree, size_t line) {
  static const char *const KEYS[] = {"title", "explain", "check", "scenario"};
  json_t *own = json_object();
  for (size_t i = 0; tree && i < tree_count(tree); i++) {
    const TreeNode *document = tree_document(tree, i);
    if (document->line != line)
      continue;
    for (gsize k = 0; k < G_N_ELEMENTS(KEYS); k++) {
      const char *text = tree_text(tree_get(document, OWN_WORDS), KEYS[k]);
      if (text)
        json_object_set_new(own, KEYS[k], json_string(text));
    }
  }
  return own;
}

static const char *or_empty(const char *text) {
  return text ? text : "";
}

char *detect_rule_code(const Rule *rule) {
  const char *shown = *rule->id ? rule->id : *rule->name ? rule->name : rule->title;
  gsize plain = strspn(shown, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_.");
  if (!shown[plain] && plain <= 64)
    return g_strdup(shown);
  char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, shown, -1);
  hash[32] = 0;
  return hash;
}

static json_t *describe(const Rule *rule, const Tree *tree) {
  g_autofree char *key = detect_rule_code(rule), *techniques = tags_with(rule, TRUE), *tactics = tags_with(rule, FALSE);
  return json_pack("{s:s, s:s, s:I, s:s, s:s, s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "key", key, "path", rule->file, "line",
                   (json_int_t)rule->line, "title", rule->title, "kind", rule->kind == RULE_CORRELATION ? "correlation" : "detection", "level",
                   rule->level == LEVEL_NONE ? 0 : (int)rule->level - (int)LEVEL_INFORMATIONAL, "status", rule->status, "author", rule->author,
                   "description", rule->description, "product", or_empty(rule->product), "category", or_empty(rule->category), "service",
                   or_empty(rule->service), "techniques", techniques, "tactics", tactics, "own", own_words(tree, rule->line));
}

static void list_faults(const RuleSet *set, json_t *faults) {
  for (size_t i = 0; i < rule_set_fault_count(set) && i < FAULTS_MAX; i++) {
    const RuleFault *fault = rule_set_fault(set, i);
    json_array_append_new(faults, json_pack("{s:s, s:I, s:I, s:s}", "path", fault->file, "line", (json_int_t)fault->error.line, "column",
                                            (json_int_t)fault->error.column, "message", fault->error.message));
  }
}

static Span span_of(const json_t *text) {
  return (Span){json_string_value(text), json_string_length(text)};
}

/* Each rule with the tree of its file, for what only this program reads of it. */
static void describe_all(const RuleSet *set, GHashTable *trees, json_t *rules) {
  for (size_t i = 0; i < rule_set_count(set); i++) {
    const Rule *rule = rule_set_rule(set, i);
    json_array_append_new(rules, describe(rule, g_hash_table_lookup(trees, rule->file)));
  }
}

static void read_rules(const json_t *files, json_t *rules, json_t *faults) {
  const RuleOptions options = {0};
  RuleSet *set = rule_set_new(&options);
  g_autoptr(GHashTable) trees = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)tree_free);
  for (gsize i = 0; i < json_array_size(files); i++) {
    const json_t *file = json_array_get(files, i);
    const char *path = json_string_value(json_object_get(file, "path"));
    Span yaml = span_of(json_object_get(file, "yaml"));
    ScanError error = {0};
    if (g_strstr_len(yaml.bytes, (gssize)yaml.size, "\n" OWN_WORDS ":"))
      g_hash_table_replace(trees, (char *)(gintptr)path, tree_read(yaml, &error));
    rule_set_add(set, path, yaml);
  }
  rule_set_finish(set);
  describe_all(set, trees, rules);
  list_faults(set, faults);
  rule_set_free(set);
}

static gboolean read_pack(const char *bytes, gsize length, GByteArray *out, GError **error) {
  json_t *files = json_array(), *rules = json_array(), *faults = json_array();
  gsize all = 0;
  gboolean zip = length >= 4 && memcmp(bytes, "PK\3\4", 4) == 0;
  gboolean good = zip ? unzip(bytes, length, files, error)
                  : length && bytes[0] == '{' ? unpack_gathered(bytes, length, files, error)
                                              : add_file(files, ONE_FILE, bytes, length, &all, error);
  if (good)
    read_rules(files, rules, faults);
  json_t *answer = json_pack("{s:o, s:o, s:o}", "files", files, "rules", rules, "faults", faults);
  g_autofree char *text = good ? json_dumps(answer, JSON_COMPACT) : NULL;
  json_decref(answer);
  if (text)
    g_byte_array_append(out, (const guint8 *)text, (guint)strlen(text));
  return good;
}

static int compare_words(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What the libraries ask the system for once, and could not ask in the jail: jansson a random seed, qsort the size of the memory. */
void detect_warm_up(void) {
  const char *words[512];
  for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
    words[i] = i % 2 ? "a" : "b";
  qsort(words, G_N_ELEMENTS(words), sizeof *words, compare_words);
  json_object_seed(0);
}

const SandboxJob DETECT_JOB_PACK = {"rules", read_pack, detect_warm_up, .deadline_ms = 30000};

/* --- outside of it --- */

json_t *detect_pack_read(const char *bytes, gsize length, GError **error) {
  g_autoptr(GBytes) answer = sandbox_run(DETECT_JOB_PACK.name, bytes, length, error);
  if (!answer)
    return NULL;
  json_t *read = json_loadb(g_bytes_get_data(answer, NULL), g_bytes_get_size(answer), 0, NULL);
  if (read && json_array_size(json_object_get(read, "rules")))
    return read;
  const char *first = json_string_value(json_object_get(json_array_get(json_object_get(read, "faults"), 0), "message"));
  g_set_error(error, APP_ERROR, ERROR_UNREADABLE, "Không có luật nào dùng được trong tệp này%s%s", first ? ": " : ".", first ? first : "");
  json_decref(read);
  return NULL;
}

static gboolean gather(const char *folder, const char *below, json_t *files, GError **error) {
  g_autofree char *path = g_build_filename(folder, below, NULL);
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  gboolean good = TRUE;
  for (const char *name; dir && (name = g_dir_read_name(dir));)
    g_ptr_array_add(names, g_strdup(name));
  g_ptr_array_sort(names, compare_words);
  for (guint i = 0; good && i < names->len; i++) {
    const char *name = g_ptr_array_index(names, i);
    g_autofree char *inner = *below ? g_build_filename(below, name, NULL) : g_strdup(name);
    g_autofree char *full = g_build_filename(folder, inner, NULL);
    g_autofree char *text = NULL;
    gsize length = 0;
    if (g_file_test(full, G_FILE_TEST_IS_SYMLINK))
      continue;
    if (g_file_test(full, G_FILE_TEST_IS_DIR))
      good = gather(folder, inner, files, error);
    else if (is_yaml(name) && (good = g_file_get_contents(full, &text, &length, error)) && g_utf8_validate(text, (gssize)length, NULL))
      json_object_set_new(files, inner, json_stringn(text, length));
  }
  return good;
}

GBytes *detect_pack_gather(const char *folder, GError **error) {
  json_t *files = json_object();
  gboolean good = gather(folder, "", files, error);
  json_t *all = json_pack("{s:o}", "files", files);
  char *text = good ? json_dumps(all, JSON_COMPACT) : NULL;
  json_decref(all);
  return text ? g_bytes_new_take(text, strlen(text)) : NULL;
}
