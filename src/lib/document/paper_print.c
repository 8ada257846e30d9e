/* From the model to what is printed: texts in their case, with numbers, emphasis and column widths settled. */
#include "lib/document/paper_model.h"
#include <math.h>
#include <string.h>

const PaperLook *paper_look(const PaperStyle *style, const PaperParagraph *paragraph) {
  return &style->looks[paragraph->component];
}

PaperAlign paper_align(const PaperStyle *style, const PaperParagraph *paragraph) {
  return paragraph->align != PAPER_ALIGN_STYLE ? paragraph->align : paper_look(style, paragraph)->align;
}

/* The box of a stamp in the middle of the letterhead's left column. */
static double *stamp_edges(const PaperStyle *style, const PaperTable *table, double width_mm) {
  double left = style->frames[PAPER_STAMP].left, right = style->frames[PAPER_STAMP].right;
  const double *known = table->stamp ? g_hash_table_lookup(style->stamp_widths, table->stamp) : NULL;
  double column_mm = width_mm * left / (left + right), box_mm = MIN(known ? *known : column_mm, column_mm);
  const double edges[] = {0, (column_mm - box_mm) / 2, (column_mm + box_mm) / 2, width_mm};
  return g_memdup2(edges, sizeof edges);
}

double *paper_column_edges(const PaperStyle *style, const PaperTable *table, double width_mm) {
  const double framed[] = {style->frames[table->frame].left, style->frames[table->frame].right};
  const double *shares = table->frame == PAPER_TABLE || table->own_shares ? table->shares : framed;
  double sum = 0;
  if (table->frame == PAPER_STAMP)
    return stamp_edges(style, table, width_mm);
  double *edges = g_new0(double, table->columns + 1);
  for (int i = 0; i < table->columns; i++)
    sum += shares[i];
  for (int i = 0; i < table->columns; i++)
    edges[i + 1] = edges[i] + width_mm * (shares[i] / sum);
  return edges;
}

double paper_table_before(const PaperStyle *style, const PaperTable *table) {
  return table->borders ? style->around_pt : style->frames[table->frame].before_pt;
}

double paper_table_after(const PaperStyle *style, const PaperTable *table) {
  return table->borders ? style->around_pt : style->frames[table->frame].after_pt;
}

double paper_cell_padding_mm(const PaperStyle *style, const PaperTable *table, const PaperCell *cell) {
  return table->borders || cell->borders ? style->cell_padding_mm : 0;
}

const char *paper_cell_color(const PaperStyle *style, const PaperCell *cell) {
  return cell->first ? paper_look(style, cell->first)->color : NULL;
}

char *paper_roman(int number) {
  static const struct {
    int value;
    const char *digits;
  } ROMAN[] = {{100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}};
  GString *out = g_string_new(NULL);
  number = CLAMP(number, 0, 9999);
  for (gsize i = 0; i < G_N_ELEMENTS(ROMAN); i++)
    for (; number >= ROMAN[i].value; number -= ROMAN[i].value)
      g_string_append(out, ROMAN[i].digits);
  return g_string_free(out, FALSE);
}

/* a … y, then aa … ay, ba …: after the last letter nothing is laid down, so the row goes on as in spreadsheets. */
static char *letters(const char *alphabet, int number) {
  int base = (int)g_utf8_strlen(alphabet, -1);
  g_autoptr(GString) out = g_string_new(NULL);
  for (; number > 0 && base > 0; number = (number - 1) / base) {
    char utf8[8] = "";
    g_unichar_to_utf8(g_utf8_get_char(g_utf8_offset_to_pointer(alphabet, (number - 1) % base)), utf8);
    g_string_prepend(out, utf8);
  }
  return g_string_free(g_steal_pointer(&out), FALSE);
}

static char *count_text(const PaperStyle *style, PaperCounting counting, int number) {
  switch (counting) {
  case PAPER_COUNT_ROMAN:
    return paper_roman(number);
  case PAPER_COUNT_LETTER:
    return letters(style->letters, number);
  case PAPER_COUNT_ARABIC:
    return g_strdup_printf("%d", number);
  case PAPER_COUNT_NONE:
    break;
  }
  return g_strdup("");
}

/* Components are declared from the widest to the narrowest: a heading starts all those after it anew. Articles are the
 * exception: their numbers run through the whole document. */
static void counter_step(PaperCounter *counter, PaperComponent component) {
  counter->counts[component]++;
  for (int i = (int)component + 1; i <= PAPER_POINT; i++)
    if (i != PAPER_ARTICLE)
      counter->counts[i] = 0;
}

char *paper_heading_label(const PaperStyle *style, PaperCounter *counter, const PaperParagraph *paragraph) {
  if (!paragraph->numbered)
    return g_strdup("");
  counter_step(counter, paragraph->component);
  if (paragraph->label)
    return g_strconcat(paragraph->label, *paragraph->label ? " " : "", NULL);
  const PaperLook *look = paper_look(style, paragraph);
  g_autofree char *count = count_text(style, look->counting, counter->counts[paragraph->component]);
  return g_strconcat(look->count_before ? look->count_before : "", count, look->count_after ? look->count_after : "",
                     " ", NULL);
}

gboolean paper_is_mark(const char *text) {
  return !strncmp(text, PAPER_MARK_OFF, PAPER_SPECIAL_LENGTH) || !strncmp(text, PAPER_MARK_ON, PAPER_SPECIAL_LENGTH);
}

gboolean paper_is_special(const char *text) {
  return paper_is_mark(text) || !strncmp(text, PAPER_LINE_BREAK, PAPER_SPECIAL_LENGTH);
}

void paper_print_init(PaperPrint *print) {
  print->text = g_string_new(NULL);
  print->spans = g_array_new(FALSE, FALSE, sizeof(PaperSpan));
}

void paper_print_clear(PaperPrint *print) {
  g_string_free(print->text, TRUE);
  g_array_unref(print->spans);
}

static void print_append(PaperPrint *print, const PaperLook *look, PaperEmphasis emphasis, const char *text, gboolean upper) {
  PaperSpan span = {.start = (guint)print->text->len,
                    .bold = (look->bold || (emphasis & PAPER_BOLD)) && !(emphasis & PAPER_LIGHT),
                    .italic = (look->italic || (emphasis & PAPER_ITALIC)) && !(emphasis & PAPER_UPRIGHT),
                    .superscript = (emphasis & PAPER_SUPERSCRIPT) != 0};
  g_autofree char *raised = upper ? g_utf8_strup(text, -1) : NULL;
  g_string_append(print->text, raised ? raised : text);
  span.length = (guint)print->text->len - span.start;
  if (span.length)
    g_array_append_val(print->spans, span);
}

void paper_print_set(PaperPrint *print, const PaperStyle *style, PaperCounter *counter, const PaperParagraph *paragraph) {
  const PaperLook *look = paper_look(style, paragraph);
  g_string_truncate(print->text, 0);
  g_array_set_size(print->spans, 0);
  g_autofree char *label = paper_heading_label(style, counter, paragraph);
  print_append(print, look, PAPER_PLAIN, paragraph->first && !*paragraph->first->text ? g_strchomp(label) : label, FALSE);
  if (!paragraph->first && look->text)
    print_append(print, look, PAPER_PLAIN, look->text, look->upper);
  for (const PaperRun *run = paragraph->first; run; run = run->next)
    print_append(print, look, run->emphasis, run->text, look->upper);
}
