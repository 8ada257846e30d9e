/* Forms and their looks, read once and checked against each other. */
#include "base/error.h"
#include "base/yaml.h"
#include "module/incident/form_private.h"
#include <string.h>

struct FormBook {
  GPtrArray *forms; /* PaperForm */
  json_t *data;
};

typedef struct {
  const Law *law;
  FormBook *book;
  GString *problems;
} BookReader;

G_GNUC_PRINTF(2, 3) static void add_problem(BookReader *reader, const char *format, ...) {
  va_list args;
  va_start(args, format);
  if (reader->problems->len)
    g_string_append_c(reader->problems, '\n');
  g_string_append_vprintf(reader->problems, format, args);
  va_end(args);
}

const FormBlock *form_block_of(const json_t *block, const json_t **out_content) {
  for (gsize i = 0; i < FORM_BLOCK_COUNT; i++)
    if ((*out_content = json_object_get(block, FORM_BLOCKS[i].name)))
      return &FORM_BLOCKS[i];
  return NULL;
}

/* ---- checks ---- */

static void count_use(BookReader *reader, const PaperForm *form, GHashTable *used, const json_t *part, const char *key) {
  const char *id = json_string_value(json_object_get(part, key));
  if (!id)
    return;
  if (!form_law_field(form->law, id))
    add_problem(reader, "form_layout.yaml: %s: không có trường “%s”", form->law->rule.id, id);
  else if (!g_hash_table_add(used, (gpointer)id))
    add_problem(reader, "form_layout.yaml: %s: trường “%s” có hai chỗ", form->law->rule.id, id);
}

static void check_block(BookReader *reader, const PaperForm *form, GHashTable *used, const json_t *block) {
  const json_t *content = NULL, *part = NULL;
  gsize i = 0;
  const FormBlock *kind = form_block_of(block, &content);
  if (!kind) {
    add_problem(reader, "form_layout.yaml: %s: khối không rõ loại", form->law->rule.id);
    return;
  }
  if (kind->shape == BLOCK_LIST)
    json_array_foreach(content, i, part)
      count_use(reader, form, used, part, "field");
  if (kind->shape != BLOCK_ONE)
    return;
  count_use(reader, form, used, content, "field");
  count_use(reader, form, used, content, "clock");
}

static void check_blocks(BookReader *reader, const PaperForm *form, const json_t *blocks) {
  g_autoptr(GHashTable) used = g_hash_table_new(g_str_hash, g_str_equal);
  const json_t *block = NULL;
  gsize i = 0;
  json_array_foreach(blocks, i, block)
    check_block(reader, form, used, block);
  for (guint g = 0; g < form->law->groups->len; g++) {
    const LawFieldGroup *group = form->law->groups->pdata[g];
    for (guint f = 0; f < group->fields->len; f++) {
      const LawField *field = group->fields->pdata[f];
      if (!g_hash_table_contains(used, field->id))
        add_problem(reader, "form_layout.yaml: %s: thiếu trường “%s”", form->law->rule.id, field->id);
    }
  }
}

/* ---- reading ---- */

static void read_form(BookReader *reader, const json_t *entry) {
  const char *id = form_text(entry, "form");
  const LawForm *law_form = law_find(reader->law->forms, id);
  const json_t *blocks = json_object_get(entry, "blocks");
  if (!law_form || form_book_find(reader->book, id)) {
    add_problem(reader, "form_layout.yaml: không có biểu mẫu “%s”, hoặc có hai lần", id);
    return;
  }
  PaperForm *form = g_new0(PaperForm, 1);
  form->law = law_form;
  form->layout = entry;
  form->rules = reader->law;
  g_ptr_array_add(reader->book->forms, form);
  if (blocks)
    check_blocks(reader, form, blocks);
  else if (!json_is_object(json_object_get(entry, "letter")))
    add_problem(reader, "form_layout.yaml: %s: thiếu blocks hoặc letter", id);
}

static void link_annexes(BookReader *reader) {
  for (guint i = 0; i < reader->book->forms->len; i++) {
    PaperForm *form = reader->book->forms->pdata[i];
    const char *annex = form_text(form->layout, "annex");
    form->annex = *annex ? form_book_find(reader->book, annex) : NULL;
    if (*annex && (!form->annex || form->annex == form))
      add_problem(reader, "form_layout.yaml: %s: không có phụ lục “%s”", form->law->rule.id, annex);
  }
}

FormBook *form_book_load(const Law *law, const char *path, GError **error) {
  json_t *data = yaml_load_file(path, error);
  if (!data)
    return NULL;
  g_autoptr(FormBook) book = g_new0(FormBook, 1);
  book->data = data;
  book->forms = g_ptr_array_new_with_free_func(g_free);
  BookReader reader = {law, book, g_string_new(NULL)};
  const json_t *entry = NULL;
  gsize i = 0;
  json_array_foreach(json_object_get(data, "forms"), i, entry)
    read_form(&reader, entry);
  link_annexes(&reader);
  if (!book->forms->len)
    add_problem(&reader, "form_layout.yaml: không có biểu mẫu nào");
  g_autofree char *problems = g_string_free(reader.problems, FALSE);
  if (*problems) {
    g_set_error_literal(error, APP_ERROR, ERROR_CHECK, problems);
    return NULL;
  }
  return g_steal_pointer(&book);
}

void form_book_free(FormBook *book) {
  if (!book)
    return;
  g_ptr_array_unref(book->forms);
  json_decref(book->data);
  g_free(book);
}

const PaperForm *form_book_find(const FormBook *book, const char *form_id) {
  for (guint i = 0; i < book->forms->len; i++) {
    const PaperForm *form = book->forms->pdata[i];
    if (g_strcmp0(form->law->rule.id, form_id) == 0)
      return form;
  }
  return NULL;
}

/* Two acts may name their clocks alike; the paper belongs to the clock of its own act. */
const PaperForm *form_book_for_clock(const FormBook *book, const LawClock *clock) {
  if (clock->form)
    return form_book_find(book, clock->form);
  for (guint i = 0; i < book->forms->len; i++) {
    const PaperForm *form = book->forms->pdata[i];
    if (form->law->rule.act == clock->rule.act && strcmp(form_text(form->layout, "clock"), clock->rule.id) == 0)
      return form;
  }
  return NULL;
}

const GPtrArray *form_book_forms(const FormBook *book) {
  return book->forms;
}

gboolean form_is_of_case(const FormBook *book, const PaperForm *form) {
  for (guint i = 0; i < book->forms->len; i++)
    if (((const PaperForm *)book->forms->pdata[i])->annex == form)
      return FALSE;
  return !form_law_field(form->law, "from_month");
}
