#include "lib/document/docx_style.h"
#include <string.h>

enum { BASED_ON_MAX = 32 };

const DocxLook DOCX_LOOK_EMPTY = {
    {-1, -1, -1, -1, -1, -1, -1, -1}
};

void docx_look_cover(DocxLook *look, const DocxLook *by) {
  for (int i = 0; i < LOOK_COUNT; i++)
    if (by->items[i] >= 0)
      look->items[i] = by->items[i];
}

/* ---- property elements ---- */

typedef enum { VALUE_INT, VALUE_SWITCH, VALUE_JUSTIFY, VALUE_FONT } ValueKind;

static const struct {
  const char *name;
  LookItem item;
  ValueKind kind;
} PROPERTIES[] = {
    {"numId",           LOOK_NUMBERING,  VALUE_INT    },
    {"ilvl",            LOOK_LEVEL,      VALUE_INT    },
    {"outlineLvl",      LOOK_OUTLINE,    VALUE_INT    },
    {"b",               LOOK_BOLD,       VALUE_SWITCH },
    {"vanish",          LOOK_HIDDEN,     VALUE_SWITCH },
    {"pageBreakBefore", LOOK_PAGE_BREAK, VALUE_SWITCH },
    {"jc",              LOOK_CENTERED,   VALUE_JUSTIFY},
    {"rFonts",          LOOK_FONT,       VALUE_FONT   },
};

static int font_of(const DocxAttributes *attributes) {
  g_autofree char *ascii = docx_attribute(attributes, "ascii");
  g_autofree char *name = ascii ? g_steal_pointer(&ascii) : docx_attribute(attributes, "hAnsi");
  if (!name)
    return -1;
  if (g_ascii_strncasecmp(name, ".Vn", 3) == 0)
    return g_str_has_suffix(name, "H") ? FONT_TCVN3_CAPITALS : FONT_TCVN3;
  return g_ascii_strncasecmp(name, "VNI-", 4) == 0 ? FONT_VNI : FONT_UNICODE;
}

void docx_look_read(DocxLook *look, const char *name, const DocxAttributes *attributes) {
  for (gsize i = 0; i < G_N_ELEMENTS(PROPERTIES); i++) {
    if (strcmp(PROPERTIES[i].name, name) != 0)
      continue;
    int *item = &look->items[PROPERTIES[i].item];
    switch (PROPERTIES[i].kind) {
    case VALUE_INT:
      *item = docx_attribute_int(attributes, "val", -1);
      return;
    case VALUE_SWITCH:
      *item = docx_attribute_on(attributes);
      return;
    case VALUE_JUSTIFY:
      *item = docx_attribute_is(attributes, "val", "center");
      return;
    case VALUE_FONT: {
      int font = font_of(attributes);
      *item = font >= 0 ? font : *item;
      return;
    }
    }
  }
}

/* ---- styles.xml ---- */

typedef struct {
  char *base;
  DocxLook own;
  DocxLook all; /* own over those it is based on */
} Style;

struct DocxStyles {
  GHashTable *by_name; /* Style */
  DocxLook defaults;
  char *default_paragraph;
  Style *open; /* the style that is being read; NULL outside, where properties belong to the defaults */
};

static void style_free(gpointer data) {
  Style *style = data;
  g_free(style->base);
  g_free(style);
}

DocxStyles *docx_styles_new(void) {
  DocxStyles *styles = g_new0(DocxStyles, 1);
  styles->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, style_free);
  styles->defaults = DOCX_LOOK_EMPTY;
  return styles;
}

void docx_styles_free(DocxStyles *styles) {
  if (!styles)
    return;
  g_hash_table_unref(styles->by_name);
  g_free(styles->default_paragraph);
  g_free(styles);
}

static void open_style(gpointer reader, const DocxAttributes *attributes) {
  DocxStyles *styles = reader;
  char *name = docx_attribute(attributes, "styleId");
  Style *style = g_new0(Style, 1);
  style->own = DOCX_LOOK_EMPTY;
  styles->open = style;
  if (docx_attribute_is(attributes, "default", "1") && docx_attribute_is(attributes, "type", "paragraph") && name) {
    g_free(styles->default_paragraph);
    styles->default_paragraph = g_strdup(name);
  }
  g_hash_table_replace(styles->by_name, name ? name : g_strdup(""), style);
}

static void close_style(gpointer reader) {
  ((DocxStyles *)reader)->open = NULL;
}

static void open_based_on(gpointer reader, const DocxAttributes *attributes) {
  DocxStyles *styles = reader;
  if (!styles->open)
    return;
  g_free(styles->open->base);
  styles->open->base = docx_attribute(attributes, "val");
}

/* Programs that leave w:outlineLvl out still use the fixed names of the heading styles. */
static void open_name(gpointer reader, const DocxAttributes *attributes) {
  DocxStyles *styles = reader;
  g_autofree char *name = docx_attribute(attributes, "val");
  if (styles->open && name && g_ascii_strncasecmp(name, "heading ", 8) == 0 && name[8] >= '1' && name[8] <= '9' &&
      !name[9])
    styles->open->own.items[LOOK_OUTLINE] = name[8] - '1';
}

static void read_property(gpointer reader, const char *name, const DocxAttributes *attributes) {
  DocxStyles *styles = reader;
  docx_look_read(styles->open ? &styles->open->own : &styles->defaults, name, attributes);
}

static const DocxElement STYLE_ELEMENTS[] = {
    {"style",        open_style, close_style},
    {"basedOn",   open_based_on},
    {"name",      open_name},
    {"latentStyles",              .skip = TRUE},
    {"tblStylePr",.skip = TRUE},
    {"tblPr", .skip = TRUE},
    {"trPr",              .skip = TRUE},
    {"tcPr",   .skip = TRUE},
    {"pPrChange",        .skip = TRUE},
    {"rPrChange",              .skip = TRUE},
    {NULL},
};
static const DocxHandler STYLE_HANDLER = {STYLE_ELEMENTS, read_property};

/* A chain longer than BASED_ON_MAX, such as a circle, is cut there. */
static void flatten(DocxStyles *styles, Style *style) {
  const Style *chain[BASED_ON_MAX];
  int length = 0;
  for (const Style *s = style; s && length < BASED_ON_MAX;
       s = s->base ? g_hash_table_lookup(styles->by_name, s->base) : NULL)
    chain[length++] = s;
  style->all = DOCX_LOOK_EMPTY;
  while (length > 0)
    docx_look_cover(&style->all, &chain[--length]->own);
}

gboolean docx_styles_read(DocxStyles *styles, DocxPackage *package, const char *part, GError **error) {
  if (!docx_read(package, part, &STYLE_HANDLER, styles, error))
    return FALSE;
  GHashTableIter iter;
  gpointer style;
  g_hash_table_iter_init(&iter, styles->by_name);
  while (g_hash_table_iter_next(&iter, NULL, &style))
    flatten(styles, style);
  return TRUE;
}

const DocxLook *docx_styles_find(const DocxStyles *styles, const char *name) {
  const char *wanted = name ? name : styles->default_paragraph;
  const Style *style = wanted ? g_hash_table_lookup(styles->by_name, wanted) : NULL;
  return style ? &style->all : &DOCX_LOOK_EMPTY;
}

const DocxLook *docx_styles_defaults(const DocxStyles *styles) {
  return &styles->defaults;
}

const char *docx_styles_default_paragraph(const DocxStyles *styles) {
  return styles->default_paragraph;
}
