/* Tests of fields, each kept once however many rules have it. */
#include "lib/scan/rule_private.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint32_t rule_slot(RuleSet *set, const char *name) {
  uint32_t slot = scan_map_put(&set->slot_names, (Span){name, strlen(name)}, set->slot_count);
  if (slot == set->slot_count) {
    set->slot_name = scan_grow(set->slot_name, set->slot_count + 1, sizeof *set->slot_name);
    set->slot_name[set->slot_count++] = scan_arena_text(&set->arena, name, strlen(name));
  }
  return slot;
}

uint32_t rule_keyword_slot(RuleSet *set, uint32_t source) {
  char name[24];
  snprintf(name, sizeof name, "%c%u", KEYWORD_MARK, source);
  return rule_slot(set, name);
}

Expr *expr_new(RuleSet *set, ExprOp op) {
  Expr *expr = scan_arena_take(&set->work, sizeof *expr);
  expr->op = op;
  return expr;
}

/* The parent gets a link to the child, never the child itself: a search identifier may stand in a condition several times. */
Expr *expr_join(RuleSet *set, ExprOp op, Expr *parent, Expr *child) {
  if (!parent)
    parent = expr_new(set, op);
  Expr *link = expr_new(set, child->op == EXPR_ITEM ? EXPR_ITEM : EXPR_AND);
  if (child->op == EXPR_ITEM)
    link->item = child->item;
  else
    link->child = child;
  link->next = parent->child;
  parent->child = link;
  return parent;
}

Expr *expr_not(RuleSet *set, Expr *child) {
  return expr_join(set, EXPR_NOT, NULL, child);
}

static uint32_t put_item(RuleSet *set, Item item, const uint32_t *patterns, size_t count, bool *out_new) {
  size_t size = sizeof(uint32_t) * (4 + count);
  uint32_t *key = scan_new(1, size);
  memcpy(key, (uint32_t[]){item.kind, item.slot, item.other, item.cased}, sizeof(uint32_t) * 4);
  if (count)
    memcpy(key + 4, patterns, sizeof(uint32_t) * count);
  uint32_t index = scan_map_put(&set->item_keys, (Span){(char *)key, size}, set->item_count);
  free(key);
  *out_new = index == set->item_count;
  if (*out_new) {
    set->items = scan_grow(set->items, set->item_count + 1, sizeof *set->items);
    set->items[set->item_count++] = item;
  }
  return index;
}

Expr *expr_item(RuleSet *set, Item item) {
  bool is_new;
  Expr *expr = expr_new(set, EXPR_ITEM);
  expr->item = put_item(set, item, NULL, 0, &is_new);
  return expr;
}

/* All that makes a pattern what it is, as bytes. */
static uint32_t put_pattern(RuleSet *set, uint32_t slot, const Pattern *pattern) {
  struct {
    double number;
    uint32_t slot;
    uint8_t kind, compare, unit, bits, family, flags, address[16];
  } head;
  memset(&head, 0, sizeof head);
  head.number = pattern->number;
  head.slot = slot;
  head.kind = pattern->kind;
  head.compare = pattern->compare;
  head.unit = pattern->unit;
  head.bits = pattern->bits;
  head.family = pattern->family;
  head.flags = (uint8_t)(pattern->cased | pattern->insensitive << 1 | pattern->multiline << 2 | pattern->dotall << 3);
  memcpy(head.address, pattern->address, sizeof head.address);
  size_t size = sizeof head + pattern->text.size * (pattern->wild ? 2 : 1);
  char *key = scan_new(1, size);
  memcpy(key, &head, sizeof head);
  if (pattern->text.size)
    memcpy(key + sizeof head, pattern->text.bytes, pattern->text.size);
  if (pattern->wild)
    memcpy(key + sizeof head + pattern->text.size, pattern->wild, pattern->text.size);
  uint32_t id = scan_map_put(&set->pattern_keys, (Span){key, size}, set->pattern_count);
  free(key);
  if (id < set->pattern_count)
    return id;
  set->patterns = scan_grow(set->patterns, set->pattern_count + 1, sizeof *set->patterns);
  Pattern *kept = &set->patterns[set->pattern_count++];
  *kept = *pattern;
  kept->text.bytes = scan_arena_text(&set->arena, pattern->text.bytes, pattern->text.size);
  if (pattern->wild)
    kept->wild = memcpy(scan_arena_take(&set->arena, pattern->text.size + 1), pattern->wild, pattern->text.size);
  return id;
}

Expr *expr_patterns(RuleSet *set, uint32_t slot, const Pattern *patterns, size_t count) {
  if (!count)
    return expr_new(set, EXPR_FALSE);
  uint32_t *ids = scan_new(count, sizeof *ids);
  for (size_t i = 0; i < count; i++)
    ids[i] = put_pattern(set, slot, &patterns[i]);
  bool is_new;
  Expr *expr = expr_new(set, EXPR_ITEM);
  expr->item = put_item(set, (Item){.kind = ITEM_PATTERNS, .slot = slot}, ids, count, &is_new);
  if (is_new) {
    set->uses = scan_grow(set->uses, set->use_count + count, sizeof *set->uses);
    for (size_t i = 0; i < count; i++)
      set->uses[set->use_count++] = (PatternUse){ids[i], expr->item};
  }
  free(ids);
  return expr;
}

static void append_name(char *key, size_t size, const char *name) {
  size_t used = strlen(key);
  snprintf(key + used, size - used, "%s%s%s", name ? "=" : "", name ? name : "", "\x1f");
}

uint32_t rule_source(RuleSet *set, const Source *source) {
  char key[1024] = "";
  append_name(key, sizeof key, source->product);
  append_name(key, sizeof key, source->category);
  append_name(key, sizeof key, source->service);
  uint32_t index = scan_map_put(&set->source_keys, (Span){key, strlen(key)}, set->source_count);
  if (index == set->source_count) {
    set->sources = scan_grow(set->sources, set->source_count + 1, sizeof *set->sources);
    set->sources[set->source_count++] = *source;
  }
  return index;
}
