#include "lib/document/paper_pango.h"
#include <string.h>

/* The map holds the loaded fonts; making it anew for each paper would cost more than the paper. */
static GPrivate thread_map = G_PRIVATE_INIT(g_object_unref);

static PangoFontMap *font_map(void) {
  PangoFontMap *map = g_private_get(&thread_map);
  if (!map) {
    map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
    pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(map), 72);
    g_private_set(&thread_map, map);
  }
  return map;
}

PangoFontDescription *paper_font_new(const PaperStyle *style, const PaperLook *look) {
  PangoFontDescription *font = pango_font_description_new();
  pango_font_description_set_family(font, style->substitute);
  pango_font_description_set_size(font, (int)(look->size_pt * PANGO_SCALE));
  pango_font_description_set_weight(font, look->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_font_description_set_style(font, look->italic ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL);
  return font;
}

/* A check box: the font has an empty square only, so the cross is drawn into it; both are text to whoever copies them. */
static void draw_mark(cairo_t *cr, PangoAttrShape *shape, gboolean path_only, gpointer data) {
  PangoFontDescription *font = data;
  if (path_only)
    return;
  gboolean checked = GPOINTER_TO_INT(shape->data);
  double size = (double)shape->logical_rect.width / PANGO_SCALE, x, y;
  cairo_get_current_point(cr, &x, &y);
  cairo_save(cr);
  cairo_select_font_face(cr, pango_font_description_get_family(font), CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(cr, size / 0.62);
  cairo_glyph_t *glyphs = NULL;
  int count = 0;
  if (cairo_scaled_font_text_to_glyphs(cairo_get_scaled_font(cr), x, y, "□", -1, &glyphs, &count, NULL, NULL, NULL) ==
          CAIRO_STATUS_SUCCESS &&
      count == 1)
    cairo_show_text_glyphs(cr, checked ? PAPER_MARK_ON : PAPER_MARK_OFF, PAPER_SPECIAL_LENGTH, glyphs, 1,
                           &(cairo_text_cluster_t){PAPER_SPECIAL_LENGTH, 1}, 1, 0);
  cairo_glyph_free(glyphs);
  if (checked) {
    cairo_text_extents_t box;
    cairo_text_extents(cr, "□", &box);
    double inset = box.width * 0.18, left = x + box.x_bearing + inset, top = y + box.y_bearing + inset;
    double right = left + box.width - 2 * inset, bottom = top + box.height - 2 * inset;
    cairo_new_path(cr);
    cairo_move_to(cr, left, top);
    cairo_line_to(cr, right, bottom);
    cairo_move_to(cr, right, top);
    cairo_line_to(cr, left, bottom);
    cairo_set_line_width(cr, size * 0.13);
    cairo_stroke(cr);
  }
  cairo_restore(cr);
}

static void free_font(gpointer font) {
  pango_font_description_free(font);
}

PangoContext *paper_context_new(const PaperStyle *style) {
  PangoContext *context = pango_font_map_create_context(font_map());
  cairo_font_options_t *options = cairo_font_options_create();
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options(context, options);
  cairo_font_options_destroy(options);
  pango_context_set_round_glyph_positions(context, FALSE);
  pango_context_set_language(context, pango_language_from_string("vi"));
  pango_context_set_base_dir(context, PANGO_DIRECTION_LTR);
  pango_cairo_context_set_shape_renderer(context, draw_mark, paper_font_new(style, &style->looks[PAPER_FORM_TEXT]), free_font);
  return context;
}

static void attribute(PangoAttrList *list, PangoAttribute *attr, guint start, guint length) {
  attr->start_index = start;
  attr->end_index = start + length;
  pango_attr_list_insert(list, attr);
}

static void mark_attributes(PangoAttrList *list, const PaperLook *look, const char *text) {
  for (const char *p = text; (p = strchr(p, PAPER_MARK_OFF[0])); p++)
    if (paper_is_mark(p)) {
      int side = (int)(look->size_pt * 0.62 * PANGO_SCALE);
      PangoRectangle box = {.y = -side, .width = side, .height = side};
      gboolean on = !memcmp(p, PAPER_MARK_ON, PAPER_SPECIAL_LENGTH);
      attribute(list, pango_attr_shape_new_with_data(&box, &box, GINT_TO_POINTER(on), NULL, NULL), (guint)(p - text),
                PAPER_SPECIAL_LENGTH);
    }
}

static void span_attributes(PangoAttrList *list, const PaperLook *look, const PaperSpan *span) {
  if (span->bold != look->bold)
    attribute(list, pango_attr_weight_new(span->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL), span->start, span->length);
  if (span->italic != look->italic)
    attribute(list, pango_attr_style_new(span->italic ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL), span->start,
              span->length);
  if (span->superscript) {
    attribute(list, pango_attr_rise_new((int)(look->size_pt * 0.35 * PANGO_SCALE)), span->start, span->length);
    attribute(list, pango_attr_size_new((int)(look->size_pt * 0.65 * PANGO_SCALE)), span->start, span->length);
  }
}

/* Pango's time grows with the square of an unbroken word's length (a pasted key or file): 14 s for 100,000 letters. A
 * language that alternates along such a word cuts it into items, and changes nothing to be seen. */
static void cut_long_word(PangoAttrList *list, const char *text, gsize start, gsize end) {
  enum { WORD_MAX = 512, ITEM = 128 };
  PangoLanguage *language = pango_language_from_string("vi-VN");
  for (gsize at = start; end - start > WORD_MAX && at < end; at += 2 * ITEM) {
    const char *from = g_utf8_find_next_char(text + at, text + end);
    const char *to = from ? g_utf8_find_next_char(text + MIN(at + ITEM, end), text + end) : NULL;
    if (from)
      attribute(list, pango_attr_language_new(language), (guint)(from - text), (guint)((to ? to : text + end) - from));
  }
}

static void cut_long_words(PangoAttrList *list, const char *text) {
  for (gsize start = 0, end; text[start]; start = end) {
    start += strspn(text + start, " ");
    end = start + strcspn(text + start, " ");
    cut_long_word(list, text, start, end);
  }
}

static PangoAttrList *attributes_new(const PaperLook *look, const PaperPrint *print) {
  PangoAttrList *list = pango_attr_list_new();
  for (guint i = 0; i < print->spans->len; i++)
    span_attributes(list, look, &g_array_index(print->spans, PaperSpan, i));
  mark_attributes(list, look, print->text->str);
  cut_long_words(list, print->text->str);
  return list;
}

PangoLayout *paper_layout_new(PangoContext *context, const PaperStyle *style, const PaperLook *look,
                              const PaperPrint *print, PaperAlign align, double first_line_pt, double width_pt) {
  static const PangoAlignment ALIGNMENTS[] = {PANGO_ALIGN_LEFT, PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER, PANGO_ALIGN_RIGHT,
                                              PANGO_ALIGN_LEFT};
  PangoLayout *layout = pango_layout_new(context);
  PangoFontDescription *font = paper_font_new(style, look);
  PangoAttrList *attributes = attributes_new(look, print);
  pango_layout_set_font_description(layout, font);
  pango_layout_set_attributes(layout, attributes);
  pango_layout_set_auto_dir(layout, FALSE);
  pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_width(layout, width_pt < 0 ? -1 : (int)(MAX(width_pt, 1) * PANGO_SCALE));
  pango_layout_set_indent(layout, (int)(first_line_pt * PANGO_SCALE));
  pango_layout_set_alignment(layout, ALIGNMENTS[align]);
  pango_layout_set_justify(layout, align == PAPER_JUSTIFY);
  pango_layout_set_text(layout, print->text->str, (int)print->text->len);
  pango_attr_list_unref(attributes);
  pango_font_description_free(font);
  return layout;
}

double paper_text_width_mm(const PaperStyle *style, const PaperLook *look, const char *text) {
  PangoContext *context = paper_context_new(style);
  PaperPrint print;
  paper_print_init(&print);
  g_string_append(print.text, text);
  g_autoptr(PangoLayout) layout = paper_layout_new(context, style, look, &print, PAPER_LEFT, 0, -1);
  PangoRectangle logical;
  pango_layout_get_extents(layout, NULL, &logical);
  paper_print_clear(&print);
  g_object_unref(context);
  return (double)logical.width / PANGO_SCALE / PT_PER_MM;
}
