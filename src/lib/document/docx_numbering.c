#include "lib/document/docx_numbering.h"
#include <string.h>

enum { LEVELS = 9, LEVEL_TEXT_MAX = 64, LETTERS_MAX = 26 * 10, ROMAN_MAX = 3999 };

typedef struct {
  gboolean defined;
  int start;
  int restart;    /* -1: after any higher level; 0: never; n: after level n (from 1) or higher */
  gboolean legal; /* higher levels print as 1, 2, 3 whatever their own format */
  char *format, *text, *style;
} Level;

typedef struct {
  Level levels[LEVELS];
  char *style_link;
  int counters[LEVELS];
  gboolean counting[LEVELS];
} AbstractList;

typedef struct {
  int abstract_id;
  Level levels[LEVELS];       /* those that are defined cover the abstract list's */
  int start_override[LEVELS]; /* -1: none */
  gboolean started[LEVELS];
} List;

struct DocxNumbering {
  GHashTable *abstracts, *lists; /* by id */
  AbstractList *open_abstract;
  List *open_list;
  Level *open_level;
  int override_level;
};

static void levels_clear(Level *levels) {
  for (int i = 0; i < LEVELS; i++) {
    g_free(levels[i].format);
    g_free(levels[i].text);
    g_free(levels[i].style);
  }
}

static void abstract_free(gpointer data) {
  AbstractList *abstract = data;
  levels_clear(abstract->levels);
  g_free(abstract->style_link);
  g_free(abstract);
}

static void list_free(gpointer data) {
  List *list = data;
  levels_clear(list->levels);
  g_free(list);
}

DocxNumbering *docx_numbering_new(void) {
  DocxNumbering *numbering = g_new0(DocxNumbering, 1);
  numbering->abstracts = g_hash_table_new_full(NULL, NULL, NULL, abstract_free);
  numbering->lists = g_hash_table_new_full(NULL, NULL, NULL, list_free);
  return numbering;
}

void docx_numbering_free(DocxNumbering *numbering) {
  if (!numbering)
    return;
  g_hash_table_unref(numbering->abstracts);
  g_hash_table_unref(numbering->lists);
  g_free(numbering);
}

/* ---- numbering.xml ---- */

static void open_abstract(gpointer reader, const DocxAttributes *attributes) {
  DocxNumbering *numbering = reader;
  numbering->open_level = NULL; /* what is replaced below may have held it */
  numbering->open_abstract = g_new0(AbstractList, 1);
  g_hash_table_replace(numbering->abstracts, GINT_TO_POINTER(docx_attribute_int(attributes, "abstractNumId", -1)),
                       numbering->open_abstract);
}

static void close_abstract(gpointer reader) {
  ((DocxNumbering *)reader)->open_abstract = NULL;
}

static void open_list(gpointer reader, const DocxAttributes *attributes) {
  DocxNumbering *numbering = reader;
  List *list = g_new0(List, 1);
  numbering->open_level = NULL;
  list->abstract_id = -1;
  for (int i = 0; i < LEVELS; i++)
    list->start_override[i] = -1;
  numbering->open_list = list;
  g_hash_table_replace(numbering->lists, GINT_TO_POINTER(docx_attribute_int(attributes, "numId", -1)), list);
}

static void close_list(gpointer reader) {
  ((DocxNumbering *)reader)->open_list = NULL;
}

static void open_abstract_id(gpointer reader, const DocxAttributes *attributes) {
  DocxNumbering *numbering = reader;
  if (numbering->open_list)
    numbering->open_list->abstract_id = docx_attribute_int(attributes, "val", -1);
}

static void open_override(gpointer reader, const DocxAttributes *attributes) {
  ((DocxNumbering *)reader)->override_level = docx_attribute_int(attributes, "ilvl", LEVELS);
}

static void open_start_override(gpointer reader, const DocxAttributes *attributes) {
  DocxNumbering *numbering = reader;
  if (numbering->open_list && numbering->override_level < LEVELS)
    numbering->open_list->start_override[numbering->override_level] = docx_attribute_int(attributes, "val", 1);
}

static void open_level(gpointer reader, const DocxAttributes *attributes) {
  DocxNumbering *numbering = reader;
  int index = docx_attribute_int(attributes, "ilvl", LEVELS);
  Level *levels = numbering->open_list       ? numbering->open_list->levels
                  : numbering->open_abstract ? numbering->open_abstract->levels
                                             : NULL;
  if (!levels || index >= LEVELS)
    return;
  numbering->open_level = &levels[index];
  numbering->open_level->defined = TRUE;
  numbering->open_level->start = 0; /* what the standard says where w:start is missing */
  numbering->open_level->restart = -1;
}

static void close_level(gpointer reader) {
  ((DocxNumbering *)reader)->open_level = NULL;
}

static void set_text(char **member, const DocxAttributes *attributes, gsize max_bytes) {
  g_autofree char *text = docx_attribute(attributes, "val");
  g_free(*member);
  *member = text && strlen(text) <= max_bytes ? g_steal_pointer(&text) : NULL;
}

static void read_level(gpointer reader, const char *name, const DocxAttributes *attributes) {
  DocxNumbering *numbering = reader;
  Level *level = numbering->open_level;
  if (numbering->open_abstract && strcmp(name, "numStyleLink") == 0)
    set_text(&numbering->open_abstract->style_link, attributes, 256);
  if (!level)
    return;
  if (strcmp(name, "start") == 0)
    level->start = docx_attribute_int(attributes, "val", 1);
  else if (strcmp(name, "lvlRestart") == 0)
    level->restart = docx_attribute_int(attributes, "val", -1);
  else if (strcmp(name, "isLgl") == 0)
    level->legal = docx_attribute_on(attributes);
  else if (strcmp(name, "numFmt") == 0)
    set_text(&level->format, attributes, 32);
  else if (strcmp(name, "lvlText") == 0)
    set_text(&level->text, attributes, LEVEL_TEXT_MAX);
  else if (strcmp(name, "pStyle") == 0)
    set_text(&level->style, attributes, 256);
}

static const DocxElement NUMBERING_ELEMENTS[] = {
    {"abstractNum",   open_abstract, close_abstract},
    {"num", open_list, close_list},
    {"abstractNumId",           open_abstract_id},
    {"lvlOverride",     open_override},
    {"startOverride", open_start_override},
    {"lvl",               open_level, close_level},
    {"pPr",.skip = TRUE},
    {"rPr", .skip = TRUE},
    {NULL              },
};
static const DocxHandler NUMBERING_HANDLER = {NUMBERING_ELEMENTS, read_level};

gboolean docx_numbering_read(DocxNumbering *numbering, DocxPackage *package, const char *part, GError **error) {
  return docx_read(package, part, &NUMBERING_HANDLER, numbering, error);
}

/* ---- printing a number ---- */

static void append_decimal(GString *out, int n) {
  g_string_append_printf(out, "%d", n);
}

static void append_decimal_zero(GString *out, int n) {
  g_string_append_printf(out, "%02d", n);
}

/* a to z, then aa, bb, … as Word does. */
static void append_letters(GString *out, int n, char first) {
  if (n < 1 || n > LETTERS_MAX) {
    append_decimal(out, n);
    return;
  }
  for (int i = 0; i <= (n - 1) / 26; i++)
    g_string_append_c(out, (char)(first + (n - 1) % 26));
}

static void append_lower_letters(GString *out, int n) {
  append_letters(out, n, 'a');
}

static void append_upper_letters(GString *out, int n) {
  append_letters(out, n, 'A');
}

static void append_upper_roman(GString *out, int n) {
  static const struct {
    int value;
    const char *sign;
  } SIGNS[] = {
      {1000, "M" },
      {900,  "CM"},
      {500,  "D" },
      {400,  "CD"},
      {100,  "C" },
      {90,   "XC"},
      {50,   "L" },
      {40,   "XL"},
      {10,   "X" },
      {9,    "IX"},
      {5,    "V" },
      {4,    "IV"},
      {1,    "I" }
  };
  if (n < 1 || n > ROMAN_MAX) {
    append_decimal(out, n);
    return;
  }
  for (gsize i = 0; i < G_N_ELEMENTS(SIGNS); i++)
    for (; n >= SIGNS[i].value; n -= SIGNS[i].value)
      g_string_append(out, SIGNS[i].sign);
}

static void append_lower_roman(GString *out, int n) {
  gsize from = out->len;
  append_upper_roman(out, n);
  for (gsize i = from; i < out->len; i++)
    out->str[i] = g_ascii_tolower(out->str[i]);
}

static void append_nothing(GString *out, int n) {
  (void)out, (void)n;
}

static const struct {
  const char *name;
  void (*append)(GString *out, int n);
} FORMATS[] = {
    {"decimal",     append_decimal      },
    {"decimalZero", append_decimal_zero },
    {"upperRoman",  append_upper_roman  },
    {"lowerRoman",  append_lower_roman  },
    {"upperLetter", append_upper_letters},
    {"lowerLetter", append_lower_letters},
    {"none",        append_nothing      },
    {"bullet",      append_nothing      },
};

static void append_number(GString *out, const char *format, int n) {
  for (gsize i = 0; i < G_N_ELEMENTS(FORMATS); i++)
    if (format && strcmp(FORMATS[i].name, format) == 0) {
      FORMATS[i].append(out, n);
      return;
    }
  append_decimal(out, n);
}

/* ---- counting ---- */

static AbstractList *find_abstract(DocxNumbering *numbering, const DocxStyles *styles, const List *list) {
  AbstractList *abstract = g_hash_table_lookup(numbering->abstracts, GINT_TO_POINTER(list->abstract_id));
  if (!abstract || !abstract->style_link)
    return abstract;
  int linked = docx_styles_find(styles, abstract->style_link)->items[LOOK_NUMBERING];
  const List *other = linked > 0 ? g_hash_table_lookup(numbering->lists, GINT_TO_POINTER(linked)) : NULL;
  return other ? g_hash_table_lookup(numbering->abstracts, GINT_TO_POINTER(other->abstract_id)) : abstract;
}

static const Level *level_of(const AbstractList *abstract, const List *list, int level) {
  return list->levels[level].defined ? &list->levels[level] : &abstract->levels[level];
}

static int level_of_style(const AbstractList *abstract, const List *list, const char *style) {
  for (int i = 0; style && i < LEVELS; i++)
    if (g_strcmp0(level_of(abstract, list, i)->style, style) == 0)
      return i;
  return 0;
}

static int first_number(const AbstractList *abstract, const List *list, int level) {
  return list->start_override[level] >= 0 ? list->start_override[level] : level_of(abstract, list, level)->start;
}

static void count(AbstractList *abstract, List *list, int level) {
  gboolean anew = list->start_override[level] >= 0 && !list->started[level];
  if (anew || !abstract->counting[level])
    abstract->counters[level] = first_number(abstract, list, level);
  else if (abstract->counters[level] < G_MAXINT)
    abstract->counters[level]++;
  abstract->counting[level] = list->started[level] = TRUE;
  for (int deeper = level + 1; deeper < LEVELS; deeper++) {
    int restart = level_of(abstract, list, deeper)->restart;
    if (restart < 0 || level < restart)
      abstract->counting[deeper] = FALSE;
  }
}

/* Where a higher level has not been counted yet its first number stands, as in Word. */
static int number_at(const AbstractList *abstract, const List *list, int level) {
  return abstract->counting[level] ? abstract->counters[level] : first_number(abstract, list, level);
}

static char *print_label(const AbstractList *abstract, const List *list, int level) {
  const Level *own = level_of(abstract, list, level);
  GString *out = g_string_new(NULL);
  for (const char *p = own->text ? own->text : ""; *p; p++) {
    int other = *p == '%' && p[1] >= '1' && p[1] <= '9' ? p[1] - '1' : -1;
    if (other < 0) {
      g_string_append_c(out, *p);
      continue;
    }
    const char *format = own->legal ? "decimal" : level_of(abstract, list, other)->format;
    append_number(out, format, number_at(abstract, list, other));
    p++;
  }
  return g_string_free(out, FALSE);
}

/* Symbol fonts keep their signs in a private area: all of them are bullets here. */
static char *plain_bullet(char *label) {
  gunichar first = g_utf8_get_char_validated(label, -1);
  if (first < 0xE000 || first > 0xF8FF)
    return label;
  g_free(label);
  return g_strdup("•");
}

char *docx_numbering_next(DocxNumbering *numbering, const DocxStyles *styles, int number, int level,
                          const char *style) {
  List *list = g_hash_table_lookup(numbering->lists, GINT_TO_POINTER(number));
  AbstractList *abstract = list ? find_abstract(numbering, styles, list) : NULL;
  if (!abstract)
    return NULL;
  if (level < 0)
    level = level_of_style(abstract, list, style);
  if (level >= LEVELS)
    return NULL;
  count(abstract, list, level);
  char *label = print_label(abstract, list, level);
  if (*label)
    return plain_bullet(label);
  g_free(label);
  return NULL;
}
