/* The looks of the components, read from data; and what both writers ask of them. */
#include "base/error.h"
#include "base/yaml.h"
#include "lib/document/paper_model.h"
#include <errno.h>
#include <math.h>
#include <string.h>

static const char *const COMPONENT_KEYS[PAPER_COMPONENTS] = {
    [PAPER_NATIONAL_NAME] = "national_name",
    [PAPER_MOTTO] = "motto",
    [PAPER_SUPERIOR] = "superior",
    [PAPER_ISSUER] = "issuer",
    [PAPER_NUMBER] = "number",
    [PAPER_PLACE_DATE] = "place_date",
    [PAPER_LETTER_SUBJECT] = "letter_subject",
    [PAPER_URGENCY] = "urgency",
    [PAPER_CIRCULATION] = "circulation",
    [PAPER_TYPE] = "type",
    [PAPER_SUBJECT] = "subject",
    [PAPER_ADDRESSEE] = "addressee",
    [PAPER_BASIS] = "basis",
    [PAPER_TEXT] = "text",
    [PAPER_PART] = "part",
    [PAPER_PART_TITLE] = "part_title",
    [PAPER_CHAPTER] = "chapter",
    [PAPER_CHAPTER_TITLE] = "chapter_title",
    [PAPER_SECTION] = "section",
    [PAPER_ARTICLE] = "article",
    [PAPER_CLAUSE] = "clause",
    [PAPER_POINT] = "point",
    [PAPER_RECIPIENTS_HEAD] = "recipients_head",
    [PAPER_RECIPIENTS] = "recipients",
    [PAPER_AUTHORITY] = "authority",
    [PAPER_SIGN_NOTE] = "sign_note",
    [PAPER_SIGNER] = "signer",
    [PAPER_DRAFTER] = "drafter",
    [PAPER_CONTACT] = "contact",
    [PAPER_APPENDIX] = "appendix",
    [PAPER_APPENDIX_TITLE] = "appendix_title",
    [PAPER_APPENDIX_NOTE] = "appendix_note",
    [PAPER_TABLE_CAPTION] = "table_caption",
    [PAPER_TABLE_HEAD] = "table_head",
    [PAPER_TABLE_TEXT] = "table_text",
    [PAPER_FORM_MARK] = "form_mark",
    [PAPER_FORM_MARK_NOTE] = "form_mark_note",
    [PAPER_FORM_HEAD] = "form_head",
    [PAPER_FORM_TEXT] = "form_text",
    [PAPER_NOTE] = "note",
    [PAPER_PAGE_NUMBER] = "page_number",
};

static const char *const FRAME_KEYS[PAPER_FRAMES] = {
    [PAPER_LETTERHEAD] = "letterhead", [PAPER_STAMP] = "stamp",        [PAPER_SIGNATURE] = "signature",
    [PAPER_ADDRESSEES] = "addressee",  [PAPER_FORM_BOX] = "form_mark",
};

const char *paper_component_key(PaperComponent component) {
  return COMPONENT_KEYS[component];
}

/* ---- reading: one table of fields for each kind of object ---- */

typedef enum { FIELD_TEXT, FIELD_NUMBER, FIELD_FLAG, FIELD_INT, FIELD_ALIGN, FIELD_COUNTING } FieldType;
typedef struct {
  const char *key;
  FieldType type;
  gsize offset;
  double least, most; /* least > 0: required */
} Field;

#define AT(type, member) G_STRUCT_OFFSET(type, member)
static const Field PAGE_FIELDS[] = {
    {"width_mm",  FIELD_NUMBER, AT(PaperStyle, width_mm),  50, 1500},
    {"height_mm", FIELD_NUMBER, AT(PaperStyle, height_mm), 50, 1500},
    {"top_mm",    FIELD_NUMBER, AT(PaperStyle, top_mm),    1,  60  },
    {"bottom_mm", FIELD_NUMBER, AT(PaperStyle, bottom_mm), 1,  60  },
    {"left_mm",   FIELD_NUMBER, AT(PaperStyle, left_mm),   1,  60  },
    {"right_mm",  FIELD_NUMBER, AT(PaperStyle, right_mm),  1,  60  },
    {"header_mm", FIELD_NUMBER, AT(PaperStyle, header_mm), 1,  60  },
};
static const Field FONT_FIELDS[] = {
    {"family",     FIELD_TEXT, AT(PaperStyle, font),          1, 0},
    {"substitute", FIELD_TEXT, AT(PaperStyle, substitute),    1, 0},
    {"checkbox",   FIELD_TEXT, AT(PaperStyle, checkbox_font), 1, 0},
};
static const Field POINT_FIELDS[] = {
    {"letters", FIELD_TEXT, AT(PaperStyle, letters), 1, 0},
};
static const Field TABLE_FIELDS[] = {
    {"cell_padding_mm", FIELD_NUMBER, AT(PaperStyle, cell_padding_mm), 0.1, 10},
    {"border_pt",       FIELD_NUMBER, AT(PaperStyle, border_pt),       0.1, 5 },
    {"rule_pt",         FIELD_NUMBER, AT(PaperStyle, rule_pt),         0.1, 5 },
    {"around_pt",       FIELD_NUMBER, AT(PaperStyle, around_pt),       0,   50},
    {"bar_color",       FIELD_TEXT,   AT(PaperStyle, bar_color),       1,   0 },
};
#define FRAME_AT(member) (AT(PaperStyle, frames[0].member) - AT(PaperStyle, frames[0]))
static const Field FRAME_FIELDS[] = {
    {"left",      FIELD_NUMBER, FRAME_AT(left),      1, 1000},
    {"right",     FIELD_NUMBER, FRAME_AT(right),     1, 1000},
    {"before_pt", FIELD_NUMBER, FRAME_AT(before_pt), 0, 100 },
    {"after_pt",  FIELD_NUMBER, FRAME_AT(after_pt),  0, 100 },
};
static const Field LOOK_FIELDS[] = {
    {"label",         FIELD_TEXT,     AT(PaperLook, label),         1,  0  },
    {"source",        FIELD_TEXT,     AT(PaperLook, source),        0,  0  },
    {"text",          FIELD_TEXT,     AT(PaperLook, text),          0,  0  },
    {"size_pt",       FIELD_NUMBER,   AT(PaperLook, size_pt),       4,  72 },
    {"bold",          FIELD_FLAG,     AT(PaperLook, bold),          0,  0  },
    {"italic",        FIELD_FLAG,     AT(PaperLook, italic),        0,  0  },
    {"upper",         FIELD_FLAG,     AT(PaperLook, upper),         0,  0  },
    {"keep_next",     FIELD_FLAG,     AT(PaperLook, keep_next),     0,  0  },
    {"align",         FIELD_ALIGN,    AT(PaperLook, align),         0,  0  },
    {"first_line_mm", FIELD_NUMBER,   AT(PaperLook, first_line_mm), 0,  50 },
    {"left_mm",       FIELD_NUMBER,   AT(PaperLook, left_mm),       0,  100},
    {"before_pt",     FIELD_NUMBER,   AT(PaperLook, before_pt),     0,  100},
    {"after_pt",      FIELD_NUMBER,   AT(PaperLook, after_pt),      0,  100},
    {"line_spacing",  FIELD_NUMBER,   AT(PaperLook, line_spacing),  0,  3  },
    {"rule",          FIELD_NUMBER,   AT(PaperLook, rule),          0,  1  },
    {"space_mm",      FIELD_NUMBER,   AT(PaperLook, space_mm),      0,  100},
    {"color",         FIELD_TEXT,     AT(PaperLook, color),         0,  0  },
    {"outline",       FIELD_INT,      AT(PaperLook, outline),       0,  9  },
    {"counting",      FIELD_COUNTING, AT(PaperLook, counting),      0,  0  },
    {"count_before",  FIELD_TEXT,     AT(PaperLook, count_before),  0,  0  },
    {"count_after",   FIELD_TEXT,     AT(PaperLook, count_after),   0,  0  },
};

static const char *const ALIGN_WORDS[] = {"", "left", "center", "right", "justify"};
static const char *const COUNTING_WORDS[] = {"", "roman", "arabic", "letter"};

/* Decimal fractions reach us as texts: the YAML reader makes whole numbers only. */
static gboolean number_of(const json_t *value, double *out_number) {
  const char *text = json_string_value(value);
  char *end = NULL;
  *out_number = text ? g_ascii_strtod(text, &end) : json_number_value(value);
  return text ? end != text && !*end : json_is_number(value);
}

static int word_index(const json_t *value, const char *const *words, gsize count) {
  for (gsize i = 1; i < count && json_is_string(value); i++)
    if (!strcmp(json_string_value(value), words[i]))
      return (int)i;
  return -1;
}

static gboolean set_number(const Field *field, const json_t *value, char *place) {
  double number;
  if (!number_of(value, &number) || !(number >= field->least && number <= field->most))
    return FALSE;
  if (field->type == FIELD_INT)
    *(int *)place = (int)number;
  else
    *(double *)place = number;
  return TRUE;
}

static gboolean set_word(const json_t *value, const char *const *words, gsize count, char *place) {
  int index = word_index(value, words, count);
  *(guint *)place = (guint)MAX(index, 0);
  return index >= 0;
}

static gboolean set_field(const Field *field, const json_t *value, char *place) {
  if (json_is_null(value) || !value)
    return field->least <= 0;
  switch (field->type) {
  case FIELD_TEXT:
    *(char **)place = g_strdup(json_string_value(value));
    return *(char **)place != NULL;
  case FIELD_FLAG:
    *(gboolean *)place = json_is_true(value);
    return json_is_boolean(value);
  case FIELD_ALIGN:
    return set_word(value, ALIGN_WORDS, G_N_ELEMENTS(ALIGN_WORDS), place);
  case FIELD_COUNTING:
    return set_word(value, COUNTING_WORDS, G_N_ELEMENTS(COUNTING_WORDS), place);
  case FIELD_NUMBER:
  case FIELD_INT:
    return set_number(field, value, place);
  }
  return FALSE;
}

static gboolean read_fields(const json_t *object, const char *name, const Field *fields, gsize count, void *into,
                            GError **error) {
  for (gsize i = 0; i < count; i++)
    if (!set_field(&fields[i], json_object_get(object, fields[i].key), (char *)into + fields[i].offset)) {
      g_set_error(error, APP_ERROR, ERROR_INVALID, "Thể thức văn bản: “%s.%s” thiếu hoặc ngoài giới hạn.", name,
                  fields[i].key);
      return FALSE;
    }
  return TRUE;
}

static gboolean read_frames(const json_t *frames, PaperStyle *style, GError **error) {
  for (int i = PAPER_TABLE + 1; i < PAPER_FRAMES; i++)
    if (!read_fields(json_object_get(frames, FRAME_KEYS[i]), FRAME_KEYS[i], FRAME_FIELDS, G_N_ELEMENTS(FRAME_FIELDS),
                     &style->frames[i], error))
      return FALSE;
  return TRUE;
}

static gboolean read_stamps(json_t *widths, PaperStyle *style, GError **error) {
  const char *word;
  json_t *value;
  style->stamp_widths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  json_object_foreach(widths, word, value) {
    double width;
    if (!number_of(value, &width) || !(width > 0 && width < 100)) {
      g_set_error(error, APP_ERROR, ERROR_INVALID, "Thể thức văn bản: “stamps.widths_mm.%s” ngoài giới hạn.", word);
      return FALSE;
    }
    g_hash_table_insert(style->stamp_widths, g_strdup(word), g_memdup2(&width, sizeof width));
  }
  return TRUE;
}

static gboolean read_looks(const json_t *components, PaperStyle *style, GError **error) {
  for (int i = 0; i < PAPER_COMPONENTS; i++) {
    PaperLook *look = &style->looks[i];
    look->align = PAPER_LEFT;
    look->line_spacing = 1;
    if (!read_fields(json_object_get(components, COMPONENT_KEYS[i]), COMPONENT_KEYS[i], LOOK_FIELDS,
                     G_N_ELEMENTS(LOOK_FIELDS), look, error))
      return FALSE;
    look->line_spacing = MAX(look->line_spacing, 0.8);
  }
  return TRUE;
}

PaperStyle *paper_style_new(const json_t *data, GError **error) {
  g_autoptr(PaperStyle) style = g_new0(PaperStyle, 1);
  const struct {
    const char *name;
    const Field *fields;
    gsize count;
  } OBJECTS[] = {{"page", PAGE_FIELDS, G_N_ELEMENTS(PAGE_FIELDS)},
                 {"font", FONT_FIELDS, G_N_ELEMENTS(FONT_FIELDS)},
                 {"points", POINT_FIELDS, G_N_ELEMENTS(POINT_FIELDS)},
                 {"table", TABLE_FIELDS, G_N_ELEMENTS(TABLE_FIELDS)}};
  for (gsize i = 0; i < G_N_ELEMENTS(OBJECTS); i++)
    if (!read_fields(json_object_get(data, OBJECTS[i].name), OBJECTS[i].name, OBJECTS[i].fields, OBJECTS[i].count,
                     style, error))
      return NULL;
  if (!read_frames(json_object_get(data, "frames"), style, error) ||
      !read_stamps(json_object_get(json_object_get(data, "stamps"), "widths_mm"), style, error) ||
      !read_looks(json_object_get(data, "components"), style, error))
    return NULL;
  return g_steal_pointer(&style);
}

PaperStyle *paper_style_load(const char *bytes, gsize length_bytes, GError **error) {
  json_t *data = yaml_load(bytes, length_bytes, error);
  if (!data)
    return NULL;
  PaperStyle *style = paper_style_new(data, error);
  json_decref(data);
  return style;
}

static void free_texts(const Field *fields, gsize count, void *from) {
  for (gsize i = 0; i < count; i++)
    if (fields[i].type == FIELD_TEXT)
      g_free(*(char **)((char *)from + fields[i].offset));
}

void paper_style_free(PaperStyle *style) {
  if (!style)
    return;
  free_texts(FONT_FIELDS, G_N_ELEMENTS(FONT_FIELDS), style);
  free_texts(POINT_FIELDS, G_N_ELEMENTS(POINT_FIELDS), style);
  free_texts(TABLE_FIELDS, G_N_ELEMENTS(TABLE_FIELDS), style);
  g_clear_pointer(&style->stamp_widths, g_hash_table_unref);
  for (int i = 0; i < PAPER_COMPONENTS; i++)
    free_texts(LOOK_FIELDS, G_N_ELEMENTS(LOOK_FIELDS), &style->looks[i]);
  g_free(style);
}
