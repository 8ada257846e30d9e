#include "module/incident/incident_paste.h"
#include "base/text.h"
#include <string.h>

#define LINES_MOST 40
#define LINE_BYTES_MOST 1000

typedef enum { LINE_FROM, LINE_SUBJECT, LINE_OTHER } LineKind;

/* As mail programs write them in Vietnamese and English. */
static const struct {
  const char *label;
  LineKind kind;
} LABELS[] = {
    {"from", LINE_FROM}, {"từ", LINE_FROM}, {"người gửi", LINE_FROM}, {"subject", LINE_SUBJECT}, {"tiêu đề", LINE_SUBJECT},
    {"chủ đề", LINE_SUBJECT}, {"to", LINE_OTHER}, {"đến", LINE_OTHER}, {"tới", LINE_OTHER}, {"người nhận", LINE_OTHER}, {"cc", LINE_OTHER},
    {"date", LINE_OTHER}, {"sent", LINE_OTHER}, {"ngày", LINE_OTHER}, {"gửi", LINE_OTHER}, {"đã gửi", LINE_OTHER},
};

/* *out_value: what follows the colon. FALSE: no line of a head. */
static gboolean read_label(const char *line, LineKind *out_kind, const char **out_value) {
  const char *colon = strchr(line, ':');
  if (!colon || colon - line > 40)
    return FALSE;
  g_autofree char *before = g_strndup(line, (gsize)(colon - line)), *label = g_utf8_strdown(before, -1);
  g_strstrip(label);
  for (gsize i = 0; i < G_N_ELEMENTS(LABELS); i++)
    if (strcmp(LABELS[i].label, label) == 0) {
      *out_kind = LABELS[i].kind;
      *out_value = colon + 1;
      return TRUE;
    }
  return FALSE;
}

static gboolean is_address(const char *text) {
  const char *at = strchr(text, '@');
  return at && at > text && strchr(at, '.') && !strchr(at + 1, '@') && !strpbrk(text, " \t<>()[],;:\\\"") && strlen(text) <= 254;
}

/* "Lê Hạnh <hanh@xa.example.vn>", "\"Lê Hạnh\" [mailto:…]", "hanh@xa.example.vn" */
static void read_sender(Arena *arena, const char *value, PastedMail *out) {
  g_auto(GStrv) words = g_strsplit_set(value, " \t<>[]()\"", -1);
  g_autoptr(GString) name = g_string_new(NULL);
  for (char **word = words; *word; word++) {
    const char *text = g_str_has_prefix(*word, "mailto:") ? *word + strlen("mailto:") : *word;
    if (is_address(text))
      out->address = out->address ? out->address : arena_text(arena, text, -1);
    else if (*text && !strchr(text, '@'))
      g_string_append_printf(name, "%s%s", name->len ? " " : "", text);
  }
  if (out->address && name->len && name->len <= 200 && !strstr(name->str, "=?"))
    out->name = arena_text(arena, name->str, (gssize)name->len);
}

/* What is still encoded is left alone: the officer reads it in the text. */
static const char *read_subject(Arena *arena, const char *value) {
  g_autofree char *line = text_collapse(value);
  return *line && g_utf8_strlen(line, -1) <= 200 && !strstr(line, "=?") ? arena_text(arena, line, -1) : NULL;
}

PastedMail incident_read_pasted(Arena *arena, const char *text) {
  PastedMail found = {0};
  const char *at = text + strspn(text, " \t\r\n");
  for (int lines = 0; lines < LINES_MOST && *at; lines++) {
    gsize length = strcspn(at, "\r\n");
    g_autofree char *line = g_strndup(at, MIN(length, LINE_BYTES_MOST));
    LineKind kind;
    const char *value;
    if (length > LINE_BYTES_MOST || !g_utf8_validate(line, -1, NULL) || !read_label(line, &kind, &value))
      break;
    if (kind == LINE_FROM && !found.address)
      read_sender(arena, value, &found);
    if (kind == LINE_SUBJECT && !found.subject)
      found.subject = read_subject(arena, value);
    at += length;
    at += *at == '\r';
    at += *at == '\n';
  }
  if (!found.address)
    found = (PastedMail){0};
  return found;
}
