/* The package of a DOCX (ISO/IEC 29500-2): parts in a ZIP archive that point to each other by relations, and each
 * part as a stream of elements.
 *
 * Limits: a part 32 MiB, all parts that are read 48 MiB, 500,000 elements in all, ratio 200 for a part above 1 MiB,
 * depth 256; any DOCTYPE is refused (Word never writes one).
 * Ownership: the bytes must live as long as the package; docx_close() frees the package.
 * Threads: one package belongs to one thread. Hostile bytes: only inside the sandbox.
 */
#pragma once
#include <glib.h>

typedef struct DocxPackage DocxPackage;

DocxPackage *docx_open(const char *bytes, gsize length_bytes, GError **error);
void docx_close(DocxPackage *package);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DocxPackage, docx_close)

/* The part that `from` ("" for the package itself) points to by a relation, such as "styles"; `missing` where it points
 * to none (may be NULL). The caller frees the name. NULL without an error: none; with an error: damaged. */
char *docx_find(DocxPackage *package, const char *from, const char *relation, const char *missing, GError **error);

typedef struct DocxAttributes DocxAttributes;
char *docx_attribute(const DocxAttributes *attributes, const char *name); /* NULL where absent; the caller frees it */
int docx_attribute_int(const DocxAttributes *attributes, const char *name, int otherwise); /* 0 to 1,000,000 */
gboolean docx_attribute_is(const DocxAttributes *attributes, const char *name, const char *value);
gboolean docx_attribute_on(const DocxAttributes *attributes); /* w:val of a switch: absent means on */

/* What a reader does at an element; `reader` is what was handed to docx_read(). Elements of other names are passed
 * through: their children are seen. */
typedef struct {
  const char *name;
  void (*open)(gpointer reader, const DocxAttributes *attributes);
  void (*close)(gpointer reader);
  gboolean skip; /* open() is called, the content and close() are not */
} DocxElement;

typedef struct {
  const DocxElement *elements; /* ends with a row without a name */
  void (*other)(gpointer reader, const char *name, const DocxAttributes *attributes); /* may be NULL */
  void (*text)(gpointer reader, const char *text, gsize length_bytes);                /* may be NULL */
} DocxHandler;

/* Reads a part from its beginning to its end. Of alternatives (mc:AlternateContent) only the first is seen. */
gboolean docx_read(DocxPackage *package, const char *part, const DocxHandler *handler, gpointer reader, GError **error);
