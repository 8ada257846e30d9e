/* Renders every page of web/templates with its sample, in both languages, inside the frame, and looks at the HTML. The
 * pages are left in build/preview, to be looked at. A page without a sample fails; so does a sample that leaves a name
 * of its template out, since that part would not be tested. */
#include "core/message.h"
#include "lib/mustache/mustache.h"
#include <glib/gstdio.h>
#include <libxml/HTMLparser.h>
#include <locale.h>
#include <string.h>

enum { MAX_PAGE_BYTES = 60 * 1024, UNKNOWN_TAG = 801 /* libxml2 knows HTML 4 only: main, nav, svg … */ };

static char *read_text(const char *folder, const char *name) {
  g_autofree char *path = g_build_filename(g_getenv("G_TEST_SRCDIR"), folder, name, NULL);
  char *text = NULL;
  return g_file_get_contents(path, &text, NULL, NULL) ? text : NULL;
}

static char *load_template(const char *name, void *lang, GError **error) {
  g_autofree char *text = read_text("web/templates", name);
  if (!text) {
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "no template %s", name);
    return NULL;
  }
  return message_translate(lang, text, error);
}

/* "duty/list.html" -> "duty.list.json" */
static json_t *read_sample(const char *page) {
  g_autofree char *name = g_strndup(page, strlen(page) - strlen(".html"));
  g_strdelimit(name, "/", '.');
  g_autofree char *file = g_strconcat(name, ".json", NULL);
  g_autofree char *text = read_text("tests/templates", file);
  if (!text)
    g_error("%s has no sample tests/templates/%s", page, file);
  json_error_t problem;
  json_t *sample = json_loads(text, JSON_REJECT_DUPLICATES, &problem);
  if (!sample)
    g_error("%s line %d: %s", file, problem.line, problem.text);
  return sample;
}

/* --- which templates are pages --- */

static void list_templates(const char *folder, const char *prefix, GHashTable *names) {
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  g_assert_nonnull(dir);
  const char *entry;
  while ((entry = g_dir_read_name(dir))) {
    g_autofree char *path = g_build_filename(folder, entry, NULL);
    char *name = g_strconcat(prefix, entry, NULL);
    if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
      g_autofree char *below = g_strconcat(name, "/", NULL);
      list_templates(path, below, names);
      g_free(name);
    } else {
      g_hash_table_add(names, name);
    }
  }
}

/* The body of the next tag from *at on, comments left out; NULL at the end. */
static char *next_tag(const char **at) {
  for (const char *open; (open = strstr(*at, "{{"));) {
    const char *close = strstr(open, "}}");
    g_assert_nonnull(close);
    *at = close + 2;
    if (open[2] != '!')
      return g_strndup(open + 2, (gsize)(close - open - 2));
  }
  return NULL;
}

static GHashTable *find_pages(void) {
  g_autofree char *root = g_build_filename(g_getenv("G_TEST_SRCDIR"), "web", "templates", NULL);
  GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  list_templates(root, "", names);
  g_autofree char **all = (char **)g_hash_table_get_keys_as_array(names, NULL);
  g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
  g_ptr_array_add(parts, g_strdup("layout.html"));
  for (char **name = all; *name; name++) {
    g_autofree char *text = read_text("web/templates", *name);
    const char *at = text;
    for (char *tag; (tag = next_tag(&at)); g_free(tag))
      if (tag[0] == '>')
        g_ptr_array_add(parts, g_strdup(g_strstrip(tag + 1)));
  }
  for (guint i = 0; i < parts->len; i++)
    g_hash_table_remove(names, g_ptr_array_index(parts, i));
  return names;
}

/* --- samples cover their templates --- */

static void collect_keys(const json_t *value, GHashTable *keys) {
  const char *name;
  json_t *child;
  gsize index;
  json_object_foreach((json_t *)(gintptr)value, name, child) {
    g_hash_table_add(keys, g_strdup(name));
    collect_keys(child, keys);
  }
  json_array_foreach(value, index, child) {
    collect_keys(child, keys);
  }
}

static void check_coverage(const char *page, const json_t *sample, const json_t *frame) {
  g_autoptr(GHashTable) keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_add(keys, g_strdup("page"));
  collect_keys(sample, keys);
  collect_keys(frame, keys);
  g_autofree char *text = read_text("web/templates", page);
  const char *at = text;
  for (char *tag; (tag = next_tag(&at)); g_free(tag)) {
    if (tag[0] == '>' || tag[0] == '/')
      continue;
    g_auto(GStrv) names = g_strsplit_set(tag, "#^&{} .", -1);
    for (char **name = names; *name; name++)
      if (**name && !g_hash_table_contains(keys, *name))
        g_error("%s: the sample has no “%s”", page, *name);
  }
}

/* --- the HTML --- */

typedef struct {
  const char *page;
  GHashTable *ids;
  gboolean posts; /* inside a POST form */
} Look;

static void on_html_error(void *page, xmlErrorPtr problem) {
  if (problem->code != UNKNOWN_TAG)
    g_error("%s line %d: %s", (const char *)page, problem->line, problem->message);
}

static char *attribute(const xmlNode *node, const char *name) {
  xmlChar *value = xmlGetProp(node, BAD_CAST name);
  char *copy = g_strdup((char *)value);
  xmlFree(value);
  return copy;
}

static void walk(xmlNode *node, Look *look, void (*visit)(xmlNode *, Look *)) {
  for (; node; node = node->next) {
    if (node->type != XML_ELEMENT_NODE)
      continue;
    visit(node, look);
    walk(node->children, look, visit);
  }
}

static gboolean is(const xmlNode *node, const char *name) {
  return node && node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

static void collect_id(xmlNode *node, Look *look) {
  char *id = attribute(node, "id");
  if (id && !g_hash_table_add(look->ids, id))
    g_error("%s: twice the id %s", look->page, id);
}

static void check_target(const xmlNode *node, const char *name, Look *look) {
  g_autofree char *value = attribute(node, name);
  g_auto(GStrv) targets = value ? g_strsplit(value, " ", -1) : NULL;
  for (char **target = targets; target && *target; target++)
    if (!g_hash_table_contains(look->ids, *target))
      g_error("%s: %s leads to no id: “%s”", look->page, name, *target);
}

static void check_no_inline_code(const xmlNode *node, Look *look) {
  for (const xmlAttr *a = node->properties; a; a = a->next)
    if (strcmp((const char *)a->name, "style") == 0 || g_str_has_prefix((const char *)a->name, "on"))
      g_error("%s: <%s %s> is forbidden by the content security policy", look->page, node->name, a->name);
  if (is(node, "style") || (is(node, "script") && node->children))
    g_error("%s: <%s> with content", look->page, node->name);
}

static gboolean has_label(const xmlNode *node, Look *look) {
  g_autofree char *spoken = attribute(node, "aria-label");
  g_autofree char *id = attribute(node, "id");
  g_autofree char *mark = g_strconcat("for ", id, NULL);
  for (const xmlNode *p = node; p; p = p->parent)
    if (is(p, "label"))
      return TRUE;
  return spoken || (id && g_hash_table_contains(look->ids, mark));
}

static void collect_label(xmlNode *node, Look *look) {
  g_autofree char *target = is(node, "label") ? attribute(node, "for") : NULL;
  if (target)
    g_hash_table_add(look->ids, g_strconcat("for ", target, NULL));
}

static void check_control(const xmlNode *node, Look *look) {
  g_autofree char *type = attribute(node, "type");
  g_autofree char *name = attribute(node, "name");
  gboolean input = is(node, "input") || is(node, "select") || is(node, "textarea");
  if (input && g_strcmp0(type, "hidden") != 0 && !has_label(node, look))
    g_error("%s: <%s name=%s> has no label", look->page, node->name, name);
}

static void find_token(xmlNode *node, Look *look) {
  g_autofree char *name = attribute(node, "name");
  if (g_strcmp0(name, "_csrf") == 0)
    look->posts = TRUE;
}

static void check_form(xmlNode *node, Look *look) {
  g_autofree char *method = is(node, "form") ? attribute(node, "method") : NULL;
  if (g_strcmp0(method, "post") != 0)
    return;
  look->posts = FALSE;
  walk(node->children, look, find_token);
  if (!look->posts)
    g_error("%s: a form without _csrf", look->page);
}

static void check_node(xmlNode *node, Look *look) {
  check_target(node, "for", look);
  check_target(node, "aria-labelledby", look);
  check_target(node, "aria-describedby", look);
  check_no_inline_code(node, look);
  check_control(node, look);
  check_form(node, look);
}

static void check_html(const char *page, const GString *html) {
  g_assert_null(strstr(html->str, "[["));
  g_assert_null(strstr(html->str, "{{"));
  g_assert_cmpuint(html->len, <=, MAX_PAGE_BYTES);
  xmlSetStructuredErrorFunc((void *)(gintptr)page, on_html_error);
  htmlDocPtr document = htmlReadMemory(html->str, (int)html->len, page, "UTF-8", HTML_PARSE_NONET);
  xmlSetStructuredErrorFunc(NULL, NULL);
  g_assert_nonnull(document);
  Look look = {.page = page, .ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
  xmlNode *root = xmlDocGetRootElement(document);
  walk(root, &look, collect_id);
  walk(root, &look, collect_label);
  walk(root, &look, check_node);
  g_hash_table_unref(look.ids);
  xmlFreeDoc(document);
}

/* --- rendering --- */

static GString *render_page(MustacheSet *set, const char *page, const json_t *sample, const json_t *frame,
                            const char *lang) {
  g_autoptr(Arena) arena = arena_new();
  g_autoptr(GError) error = NULL;
  Doc *root = doc_new(arena);
  const char *key;
  json_t *value;
  json_object_foreach((json_t *)(gintptr)sample, key, value) {
    doc_json(root, g_intern_string(key), value);
  }
  Doc *around = doc_object(root, KEY("page"));
  json_object_foreach((json_t *)(gintptr)frame, key, value) {
    doc_json(around, g_intern_string(key), value);
  }
  doc_text(around, KEY("lang"), lang);
  g_autoptr(GString) content = g_string_new(NULL);
  const MustacheTemplate *inner = mustache_get(set, page, &error);
  g_assert_no_error(error);
  g_assert_true(mustache_render(inner, root, content, &error));
  doc_text_n(around, KEY("content"), content->str, content->len);
  GString *html = g_string_new(NULL);
  const MustacheTemplate *layout = mustache_get(set, "layout.html", &error);
  g_assert_no_error(error);
  g_assert_true(mustache_render(layout, root, html, &error));
  return html;
}

static void write_preview(const char *page, const char *lang, const GString *html) {
  const char *folder = g_getenv("UNGCUU_PREVIEW");
  if (!folder || g_mkdir_with_parents(folder, 0755) != 0)
    return;
  g_autofree char *name = g_strdup(page);
  g_strdelimit(name, "/", '-');
  g_autofree char *path = g_strdup_printf("%s/%s-%s", folder, lang, name);
  g_assert_true(g_file_set_contents(path, html->str, (gssize)html->len, NULL));
}

static void test_language(const void *language) {
  g_autoptr(GHashTable) pages = find_pages();
  g_assert_cmpuint(g_hash_table_size(pages), >, 0);
  g_autoptr(MustacheSet) set = mustache_set_new(load_template, (void *)(gintptr)language);
  json_t *frame = read_sample("layout.html");
  json_t *nothing = json_object();
  json_t *plain = json_copy(frame);
  json_object_set_new(plain, "plain", json_true());
  json_object_del(plain, "user");
  json_object_del(plain, "undo");
  GHashTableIter iter;
  gpointer page;
  g_hash_table_iter_init(&iter, pages);
  while (g_hash_table_iter_next(&iter, &page, NULL)) {
    json_t *sample = read_sample(page);
    check_coverage(page, sample, frame);
    json_t *own_frame = strcmp(page, "login.html") == 0 ? plain : frame;
    g_autoptr(GString) full = render_page(set, page, sample, own_frame, language);
    write_preview(page, language, full);
    check_html(page, full);
    g_autoptr(GString) bare = render_page(set, page, nothing, plain, language);
    check_html(page, bare);
    json_decref(sample);
  }
  json_decref(frame);
  json_decref(nothing);
  json_decref(plain);
}

static void test_sizes(void) {
  g_autofree char *sheet = read_text("web", "style.css");
  g_autofree char *script = read_text("web", "app.js");
  g_assert_cmpuint(strlen(sheet), <=, 32768);
  g_autofree char *upload = read_text("web", "upload.js"); /* on the page of a case alone */
  g_assert_cmpuint(strlen(script), <=, 15000);
  g_assert_cmpuint(strlen(upload), <=, 15000);
}

int main(int argc, char **argv) {
  setlocale(LC_ALL, "C.UTF-8");
  g_test_init(&argc, &argv, NULL);
  g_test_add_data_func("/templates/vi", "vi", test_language);
  g_test_add_data_func("/templates/en", "en", test_language);
  g_test_add_func("/templates/sizes", test_sizes);
  int result = g_test_run();
  xmlCleanupParser();
  return result;
}
