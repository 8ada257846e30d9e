/* A value of a rule: text whose wildcards are marked beside it, and what modifiers make of it. */
#pragma once
#include "lib/scan/rule_private.h"

enum { TEXT_BYTES_MAX = 65536, TEXTS_MAX = 20000 };

typedef struct {
  char *bytes;
  uint8_t *wild; /* WILD_… of each byte */
  size_t size;
} SigmaText;

typedef struct {
  SigmaText *texts; /* the caller's to free */
  size_t count;
} TextList;

typedef struct {
  ScanArena *arena;
  const RulePlaceholder *placeholders;
  const char *problem; /* Vietnamese, once something could not be done */
} TextContext;

/* Appends what becomes of `text`. */
typedef void (*TextChange)(TextContext *context, const SigmaText *text, TextList *out);

SigmaText text_parse(ScanArena *arena, Span raw, bool placeholders);
void text_list_add(TextList *list, SigmaText text);
void text_list_change(TextList *list, TextChange change, TextContext *context);
/* `*` on both sides. */
SigmaText text_within(ScanArena *arena, SigmaText text);
Pattern text_pattern(ScanArena *arena, SigmaText text, bool cased);
bool text_network(Span text, Pattern *out_pattern);

void text_startswith(TextContext *context, const SigmaText *text, TextList *out);
void text_endswith(TextContext *context, const SigmaText *text, TextList *out);
void text_contains(TextContext *context, const SigmaText *text, TextList *out);
void text_windash(TextContext *context, const SigmaText *text, TextList *out);
void text_base64(TextContext *context, const SigmaText *text, TextList *out);
void text_base64offset(TextContext *context, const SigmaText *text, TextList *out);
void text_utf16le(TextContext *context, const SigmaText *text, TextList *out);
void text_utf16be(TextContext *context, const SigmaText *text, TextList *out);
void text_utf16(TextContext *context, const SigmaText *text, TextList *out);
void text_expand(TextContext *context, const SigmaText *text, TextList *out);
