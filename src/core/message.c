#include "core/message.h"
#include "base/error.h"
#include <stdlib.h>
#include <string.h>

static int compare(const void *text, const void *entry) {
  return strcmp(text, ((const Message *)entry)->vietnamese);
}

const char *message_english(const char *vietnamese) {
  const Message *found = bsearch(vietnamese, MESSAGES, MESSAGE_COUNT, sizeof *found, compare);
  return found ? found->english : NULL;
}

const char *message(const char *lang, const char *vietnamese) {
  const char *english = lang[0] == 'e' ? message_english(vietnamese) : NULL;
  return english ? english : vietnamese;
}

char *message_translate(const char *lang, const char *text, GError **error) {
  g_autoptr(GString) out = g_string_sized_new(strlen(text));
  for (const char *open; (open = strstr(text, "[["));) {
    const char *word = open + 2;
    const char *close = strstr(word, "]]");
    if (!close || memchr(word, '\n', (gsize)(close - word))) {
      g_set_error(error, APP_ERROR, ERROR_UNREADABLE, "Chữ cần dịch chưa đóng: %.60s", open);
      return NULL;
    }
    g_autofree char *vietnamese = g_strndup(word, (gsize)(close - word));
    g_string_append_len(out, text, open - text);
    g_string_append(out, message(lang, vietnamese));
    text = close + 2;
  }
  g_string_append(out, text);
  return g_strdup(out->str);
}
