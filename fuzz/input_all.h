/* Checks what was put into a request against every operation, as the server would, and reads every field back. */
#pragma once
#include "app/modules.h"
#include "core/input.h"
#include <string.h>

static inline void read_field(const Request *request, const Field *field) {
  const char *text = input_text(request, field->name);
  const char *const *list = input_list(request, field->name);
  gint64 number = input_int(request, field->name, field->least);
  g_assert_true(!text || g_utf8_validate(text, -1, NULL));
  for (; *list; list++)
    g_assert_true(g_utf8_validate(*list, -1, NULL));
  if (field->type == FIELD_INT && (field->least || field->most))
    g_assert_true(number >= field->least && number <= field->most);
  if (field->type == FIELD_TEXT && text)
    g_assert_true(!strpbrk(text, "\r\n\t\x1b\x7f"));
  if (field->type == FIELD_CHOICE && field->choices && text && *text) {
    const Choice *choice = field->choices;
    while (choice->value && strcmp(choice->value, text) != 0)
      choice++;
    g_assert_nonnull(choice->value);
  }
  input_bool(request, field->name);
  input_json(request, field->name);
}

typedef gboolean (*PutFunc)(Request *request, void *data, GError **error);

static inline void input_all(PutFunc put, void *data) {
  App app = {.modules = MODULES};
  g_autoptr(Arena) arena = arena_new();
  for (const Module *const *module = MODULES; *module; module++)
    for (gsize i = 0; i < (*module)->operations.count; i++) {
      const Operation *operation = &(*module)->operations.rows[i];
      g_autoptr(Request) request = request_new(&app, arena, operation, FACE_API);
      g_autoptr(GError) error = NULL;
      if (put(request, data, &error) && request_check_input(request, &error))
        for (const Field *field = operation->fields; field && field->name; field++)
          read_field(request, field);
      else
        g_assert_true(error && *error->message && g_utf8_validate(error->message, -1, NULL));
      arena_reset(arena);
    }
}
