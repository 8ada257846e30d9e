#include "lib/document/docx_package.h"
#include "base/error.h"
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <string.h>
#include <zip.h>

enum {
  PART_BYTES_MAX = 32 << 20,
  ALL_BYTES_MAX = 48 << 20,
  RATIO_MAX = 200,
  RATIO_FROM_BYTES = 1 << 20,
  NODES_MAX = 500000,
  ENTRIES_MAX = 10000,
};

#define DAMAGED "Tệp DOCX bị cắt cụt hoặc hỏng, không mở được. Hãy gửi lại tệp, hoặc mở bằng Word rồi lưu lại."

struct DocxPackage {
  zip_t *zip;
  gsize bytes_read;
  int nodes;
};

struct DocxAttributes {
  const xmlChar **values; /* five each, as SAX2 gives them: local name, prefix, namespace, begin, end */
  int count;
};

/* ---- the archive ---- */

DocxPackage *docx_open(const char *bytes, gsize length_bytes, GError **error) {
  zip_source_t *source = zip_source_buffer_create(bytes, length_bytes, 0, NULL);
  zip_t *zip = source ? zip_open_from_source(source, ZIP_RDONLY, NULL) : NULL;
  if (!zip) {
    if (source)
      zip_source_free(source);
    g_set_error_literal(error, APP_ERROR, ERROR_UNREADABLE, DAMAGED);
    return NULL;
  }
  DocxPackage *package = g_new0(DocxPackage, 1);
  package->zip = zip;
  if (zip_get_num_entries(zip, 0) <= ENTRIES_MAX)
    return package;
  g_set_error(error, APP_ERROR, ERROR_TOO_LARGE, "Tệp DOCX chứa hơn %d thành phần: không giống văn bản thật.",
              ENTRIES_MAX);
  docx_close(package);
  return NULL;
}

void docx_close(DocxPackage *package) {
  if (!package)
    return;
  zip_discard(package->zip);
  g_free(package);
}

static gboolean check_size(DocxPackage *package, const char *part, const zip_stat_t *stat, GError **error) {
  if (stat->encryption_method != ZIP_EM_NONE) {
    g_set_error_literal(error, APP_ERROR, ERROR_UNREADABLE,
                        "Tệp DOCX đặt mật khẩu. Hãy mở bằng Word, bỏ mật khẩu rồi lưu lại.");
    return FALSE;
  }
  gboolean swollen = stat->size > RATIO_FROM_BYTES && stat->size / RATIO_MAX > stat->comp_size;
  if (stat->size <= PART_BYTES_MAX && package->bytes_read + stat->size <= ALL_BYTES_MAX && !swollen) {
    package->bytes_read += stat->size;
    return TRUE;
  }
  g_set_error(error, APP_ERROR, ERROR_TOO_LARGE,
              "Tệp DOCX nở ra quá lớn (%s: %" G_GUINT64_FORMAT " byte từ %" G_GUINT64_FORMAT
              " byte nén): không giống văn bản thật nên không đọc.",
              part, (guint64)stat->size, (guint64)stat->comp_size);
  return FALSE;
}

/* Reads to the end of the entry even when the declared size is there: only then does libzip compare the CRC. */
static gboolean read_entry(zip_file_t *file, char *bytes, gsize size) {
  gsize done = 0;
  while (done < size) {
    zip_int64_t got = zip_fread(file, bytes + done, size - done);
    if (got <= 0)
      return FALSE;
    done += (gsize)got;
  }
  char beyond;
  return zip_fread(file, &beyond, 1) == 0;
}

/* The bytes of a part; NULL without an error where there is no such part. */
static char *read_part(DocxPackage *package, const char *part, gsize *out_size, GError **error) {
  zip_stat_t stat;
  if (zip_stat(package->zip, part, ZIP_FL_NOCASE, &stat) != 0)
    return NULL;
  if (!check_size(package, part, &stat, error))
    return NULL;
  zip_file_t *file = zip_fopen_index(package->zip, stat.index, 0);
  g_autofree char *bytes = g_try_malloc(stat.size + 1);
  gboolean ok = file && bytes && read_entry(file, bytes, stat.size);
  if (file)
    zip_fclose(file);
  if (!ok) {
    g_set_error_literal(error, APP_ERROR, ERROR_UNREADABLE, DAMAGED);
    return NULL;
  }
  *out_size = stat.size;
  return g_steal_pointer(&bytes);
}

/* ---- the elements ---- */

enum { DEPTH_MAX = 512 };

typedef struct {
  DocxPackage *package;
  const DocxHandler *handler;
  gpointer reader;
  GHashTable *rows; /* name -> DocxElement */
  xmlParserCtxtPtr parser;
  GError *error;
  int depth;
  int skip_depth;            /* the depth of the element whose content is skipped; 0 none */
  gboolean taken[DEPTH_MAX]; /* by depth: an alternative of this mc:AlternateContent was taken */
} Walk;

static const char *const KNOWN_NAMESPACES[] = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
    "http://schemas.openxmlformats.org/package/2006/relationships",
    NULL,
};
#define ALTERNATIVES "http://schemas.openxmlformats.org/markup-compatibility/2006"

static void stop(Walk *walk, ErrorCode code, const char *message) {
  if (!walk->error)
    walk->error = g_error_new_literal(APP_ERROR, (int)code, message);
  xmlStopParser(walk->parser);
}

static void on_doctype(void *data, const xmlChar *name, const xmlChar *external, const xmlChar *system) {
  (void)name, (void)external, (void)system;
  stop(data, ERROR_UNREADABLE, "Tệp DOCX có khai báo DOCTYPE, thứ Word không bao giờ ghi: không đọc vì không an toàn.");
}

/* TRUE: the content of this element is not to be seen. */
static gboolean is_other_alternative(Walk *walk, const char *name) {
  if (strcmp(name, "AlternateContent") == 0)
    walk->taken[walk->depth] = FALSE;
  else if (strcmp(name, "Choice") == 0 || strcmp(name, "Fallback") == 0) {
    if (walk->taken[walk->depth - 1])
      return TRUE;
    walk->taken[walk->depth - 1] = TRUE;
  }
  return FALSE;
}

static const DocxElement *find_row(Walk *walk, const xmlChar *name, const xmlChar *space) {
  if (!space || !g_strv_contains(KNOWN_NAMESPACES, (const char *)space))
    return NULL;
  return g_hash_table_lookup(walk->rows, name);
}

static void on_open(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *space, int namespaces,
                    const xmlChar **declared, int count, int defaulted, const xmlChar **values) {
  (void)prefix, (void)namespaces, (void)declared, (void)defaulted;
  Walk *walk = data;
  if (++walk->package->nodes > NODES_MAX || walk->depth >= DEPTH_MAX - 1) {
    stop(walk, ERROR_TOO_LARGE, "Tệp DOCX có quá nhiều phần tử: không giống văn bản thật nên không đọc.");
    return;
  }
  walk->depth++;
  if (walk->skip_depth)
    return;
  DocxAttributes attributes = {values, count};
  const DocxElement *row = find_row(walk, name, space);
  if (row && row->open)
    row->open(walk->reader, &attributes);
  else if (!row && walk->handler->other && space && g_strv_contains(KNOWN_NAMESPACES, (const char *)space))
    walk->handler->other(walk->reader, (const char *)name, &attributes);
  gboolean alternative = space && strcmp((const char *)space, ALTERNATIVES) == 0;
  if ((row && row->skip) || (alternative && is_other_alternative(walk, (const char *)name)))
    walk->skip_depth = walk->depth;
}

static void on_close(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *space) {
  (void)prefix;
  Walk *walk = data;
  if (walk->error)
    return;
  int depth = walk->depth--;
  if (walk->skip_depth) {
    if (walk->skip_depth == depth)
      walk->skip_depth = 0;
    return;
  }
  const DocxElement *row = find_row(walk, name, space);
  if (row && row->close)
    row->close(walk->reader);
}

static void on_text(void *data, const xmlChar *text, int length) {
  Walk *walk = data;
  if (!walk->skip_depth && walk->handler->text)
    walk->handler->text(walk->reader, (const char *)text, (gsize)length);
}

static void on_error(void *data, xmlErrorPtr problem) {
  (void)data, (void)problem; /* told once, by the result of the parser */
}

static GHashTable *index_rows(const DocxElement *elements) {
  GHashTable *rows = g_hash_table_new(g_str_hash, g_str_equal);
  for (const DocxElement *row = elements; row->name; row++)
    g_hash_table_insert(rows, (gpointer)row->name, (gpointer)row);
  return rows;
}

static gboolean parse(Walk *walk, const char *bytes, gsize size, GError **error) {
  xmlSAXHandler callbacks = {
      .initialized = XML_SAX2_MAGIC,
      .internalSubset = on_doctype,
      .startElementNs = on_open,
      .endElementNs = on_close,
      .characters = on_text,
      .cdataBlock = on_text,
      .serror = on_error,
  };
  walk->parser = xmlCreateMemoryParserCtxt(bytes, (int)size);
  gboolean ok = FALSE;
  if (walk->parser) {
    *walk->parser->sax = callbacks;
    walk->parser->userData = walk;
    xmlCtxtUseOptions(walk->parser, XML_PARSE_NONET);
    xmlParseDocument(walk->parser);
    ok = walk->parser->wellFormed && !walk->error;
    if (walk->parser->myDoc)
      xmlFreeDoc(walk->parser->myDoc);
    xmlFreeParserCtxt(walk->parser);
  }
  if (walk->error)
    g_propagate_error(error, walk->error);
  else if (!ok)
    g_set_error_literal(error, APP_ERROR, ERROR_UNREADABLE, DAMAGED);
  return ok;
}

gboolean docx_read(DocxPackage *package, const char *part, const DocxHandler *handler, gpointer reader,
                   GError **error) {
  gsize size = 0;
  GError *problem = NULL;
  g_autofree char *bytes = read_part(package, part, &size, &problem);
  if (!bytes) {
    if (!problem)
      g_set_error(&problem, APP_ERROR, ERROR_UNREADABLE, "Tệp DOCX thiếu thành phần %.100s. %s", part, DAMAGED);
    g_propagate_error(error, problem);
    return FALSE;
  }
  g_autofree Walk *walk = g_new0(Walk, 1);
  walk->package = package;
  walk->handler = handler;
  walk->reader = reader;
  g_autoptr(GHashTable) rows = index_rows(handler->elements);
  walk->rows = rows;
  return parse(walk, bytes, size, error);
}

/* ---- attributes ---- */

static const xmlChar **find_attribute(const DocxAttributes *attributes, const char *name) {
  for (int i = 0; i < attributes->count; i++)
    if (strcmp((const char *)attributes->values[5 * i], name) == 0)
      return attributes->values + 5 * i;
  return NULL;
}

char *docx_attribute(const DocxAttributes *attributes, const char *name) {
  const xmlChar **found = find_attribute(attributes, name);
  return found ? g_strndup((const char *)found[3], (gsize)(found[4] - found[3])) : NULL;
}

gboolean docx_attribute_is(const DocxAttributes *attributes, const char *name, const char *value) {
  const xmlChar **found = find_attribute(attributes, name);
  gsize length = strlen(value);
  return found && (gsize)(found[4] - found[3]) == length && memcmp(found[3], value, length) == 0;
}

int docx_attribute_int(const DocxAttributes *attributes, const char *name, int otherwise) {
  const xmlChar **found = find_attribute(attributes, name);
  int value = 0;
  if (!found || found[3] == found[4] || found[4] - found[3] > 7)
    return otherwise;
  for (const xmlChar *p = found[3]; p < found[4]; p++) {
    if (!g_ascii_isdigit(*p))
      return otherwise;
    value = value * 10 + (*p - '0');
  }
  return value <= 1000000 ? value : otherwise;
}

gboolean docx_attribute_on(const DocxAttributes *attributes) {
  static const char *const OFF[] = {"0", "false", "off", "none"};
  for (gsize i = 0; i < G_N_ELEMENTS(OFF); i++)
    if (docx_attribute_is(attributes, "val", OFF[i]))
      return FALSE;
  return TRUE;
}

/* ---- relations ---- */

typedef struct {
  const char *relation;
  char *target;
} RelationSearch;

static void open_relationship(gpointer reader, const DocxAttributes *attributes) {
  RelationSearch *search = reader;
  g_autofree char *type = docx_attribute(attributes, "Type");
  const char *last = type ? strrchr(type, '/') : NULL;
  if (!search->target && last && strcmp(last + 1, search->relation) == 0)
    search->target = docx_attribute(attributes, "Target");
}

static const DocxElement RELATION_ELEMENTS[] = {
    {"Relationship", open_relationship},
    {NULL             }
};
static const DocxHandler RELATION_HANDLER = {RELATION_ELEMENTS};

/* A target is relative to the folder of the part that points to it, or begins with "/". */
static char *resolve_target(const char *from, const char *target) {
  if (target[0] == '/')
    return g_strdup(target + 1);
  const char *slash = strrchr(from, '/');
  return g_strdup_printf("%.*s%s", slash ? (int)(slash - from) + 1 : 0, from, target);
}

char *docx_find(DocxPackage *package, const char *from, const char *relation, const char *missing, GError **error) {
  const char *slash = strrchr(from, '/');
  const char *name = slash ? slash + 1 : from;
  g_autofree char *relations = g_strdup_printf("%.*s_rels/%s.rels", (int)(name - from), from, name);
  RelationSearch search = {relation};
  if (zip_name_locate(package->zip, relations, ZIP_FL_NOCASE) >= 0 &&
      !docx_read(package, relations, &RELATION_HANDLER, &search, error)) {
    g_free(search.target);
    return NULL;
  }
  char *found = search.target ? resolve_target(from, search.target) : g_strdup(missing);
  g_free(search.target);
  if (found && zip_name_locate(package->zip, found, ZIP_FL_NOCASE) < 0)
    g_clear_pointer(&found, g_free);
  return found;
}
