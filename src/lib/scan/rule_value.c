/* `field|modifiers: values` into tests of the field. Modifiers are applied from left to right; what they make of one value (windash before
 * base64, base64offset, expand) are alternatives of that value. */
#include "lib/scan/fold.h"
#include "lib/scan/rule_private.h"
#include "lib/scan/rule_text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MODIFIERS_MAX = 16 };

typedef enum {
  CLASS_LIST = 1, CLASS_STRING = 2, CLASS_CASED = 4, CLASS_EXISTS = 8, CLASS_REGEX = 16, CLASS_CIDR = 32, CLASS_COMPARE = 64,
  CLASS_TIME = 128, CLASS_REFERENCE = 256,
} ModifierClass;

typedef enum { FLAG_NONE, FLAG_ALL, FLAG_NEQ, FLAG_CASED, FLAG_REGEX, FLAG_I, FLAG_M, FLAG_S, FLAG_EXPAND } Flag;

typedef struct {
  const char *name;
  ModifierClass class;
  Flag flag;
  TextChange change; /* of a string */
  int number;        /* Compare or TimeUnit */
} Modifier;

static const Modifier modifiers[] = {
    {"all", CLASS_LIST, FLAG_ALL},
    {"neq", CLASS_LIST, FLAG_NEQ},
    {"cased", CLASS_CASED, FLAG_CASED},
    {"startswith", CLASS_STRING, .change = text_startswith},
    {"endswith", CLASS_STRING, .change = text_endswith},
    {"contains", CLASS_STRING, .change = text_contains},
    {"windash", CLASS_STRING, .change = text_windash},
    {"base64", CLASS_STRING, .change = text_base64},
    {"base64offset", CLASS_STRING, .change = text_base64offset},
    {"utf16le", CLASS_STRING, .change = text_utf16le},
    {"wide", CLASS_STRING, .change = text_utf16le},
    {"utf16be", CLASS_STRING, .change = text_utf16be},
    {"utf16", CLASS_STRING, .change = text_utf16},
    {"expand", CLASS_STRING, FLAG_EXPAND, .change = text_expand},
    {"exists", CLASS_EXISTS},
    {"re", CLASS_REGEX, FLAG_REGEX},
    {"i", CLASS_REGEX, FLAG_I},
    {"m", CLASS_REGEX, FLAG_M},
    {"s", CLASS_REGEX, FLAG_S},
    {"cidr", CLASS_CIDR},
    {"lt", CLASS_COMPARE, .number = COMPARE_LT},
    {"lte", CLASS_COMPARE, .number = COMPARE_LTE},
    {"gt", CLASS_COMPARE, .number = COMPARE_GT},
    {"gte", CLASS_COMPARE, .number = COMPARE_GTE},
    {"minute", CLASS_TIME, .number = UNIT_MINUTE},
    {"hour", CLASS_TIME, .number = UNIT_HOUR},
    {"day", CLASS_TIME, .number = UNIT_DAY},
    {"week", CLASS_TIME, .number = UNIT_WEEK},
    {"month", CLASS_TIME, .number = UNIT_MONTH},
    {"year", CLASS_TIME, .number = UNIT_YEAR},
    {"fieldref", CLASS_REFERENCE},
};

/* Which classes may stand together. */
static const unsigned combinations[] = {
    CLASS_LIST | CLASS_STRING | CLASS_CASED, CLASS_EXISTS, CLASS_LIST | CLASS_REGEX, CLASS_LIST | CLASS_CIDR,
    CLASS_LIST | CLASS_COMPARE | CLASS_TIME, CLASS_LIST | CLASS_REFERENCE | CLASS_CASED,
};

typedef struct {
  RuleSet *set;
  const TreeNode *node; /* where a fault is shown */
  ScanError *error;
  char field[512];
  const Modifier *list[MODIFIERS_MAX];
  size_t count;
  unsigned classes;
  unsigned flags; /* 1 << Flag */
  Compare compare;
  TimeUnit unit;
  uint32_t source, slot;
  Pattern *patterns; /* of the item that is being made */
  size_t pattern_count;
} Member;

static bool has_flag(const Member *member, Flag flag) {
  return member->flags & 1u << flag;
}

static bool refuse(const Member *member, const char *what) {
  tree_fault(member->error, member->node, "%s", what);
  return false;
}

static const Modifier *modifier_named(const char *name, size_t size) {
  for (size_t i = 0; i < sizeof modifiers / sizeof *modifiers; i++)
    if (strlen(modifiers[i].name) == size && memcmp(modifiers[i].name, name, size) == 0)
      return &modifiers[i];
  return NULL;
}

static bool add_modifier(Member *member, const char *name, size_t size) {
  const Modifier *modifier = modifier_named(name, size);
  if (!modifier) {
    tree_fault(member->error, member->node, "không có bổ từ “%.*s”", (int)(size > 60 ? 60 : size), name);
    return false;
  }
  if (member->count >= MODIFIERS_MAX)
    return refuse(member, "quá nhiều bổ từ");
  bool sub = modifier->flag == FLAG_I || modifier->flag == FLAG_M || modifier->flag == FLAG_S;
  bool again = (modifier->class == CLASS_COMPARE || modifier->class == CLASS_TIME) && member->classes & modifier->class;
  bool late = modifier->class == CLASS_TIME && member->classes & CLASS_COMPARE;
  if ((sub && !has_flag(member, FLAG_REGEX)) || again || late)
    return refuse(member, "bổ từ đứng sai chỗ");
  if (modifier->class == CLASS_COMPARE)
    member->compare = (Compare)modifier->number;
  if (modifier->class == CLASS_TIME)
    member->unit = (TimeUnit)modifier->number;
  member->list[member->count++] = modifier;
  member->classes |= modifier->class;
  member->flags |= 1u << modifier->flag;
  return true;
}

static bool read_key(Member *member, const TreeNode *key) {
  const char *text = key ? key->text.bytes : "";
  const char *bar = strchrnul(text, '|');
  if ((size_t)(bar - text) >= sizeof member->field)
    return refuse(member, "tên trường quá dài");
  memcpy(member->field, text, (size_t)(bar - text));
  while (*bar) {
    const char *next = strchrnul(bar + 1, '|');
    if (!add_modifier(member, bar + 1, (size_t)(next - bar - 1)))
      return false;
    bar = next;
  }
  bool fits = false;
  for (size_t i = 0; i < sizeof combinations / sizeof *combinations; i++)
    fits = fits || !(member->classes & ~combinations[i]);
  if (!fits)
    return refuse(member, "các bổ từ này không dùng chung với nhau");
  if (!*member->field && member->classes & (CLASS_EXISTS | CLASS_REFERENCE))
    return refuse(member, "bổ từ này cần tên trường");
  if (*member->field == KEYWORD_MARK)
    return refuse(member, "tên trường không hợp lệ");
  member->slot = *member->field ? rule_slot(member->set, member->field) : rule_keyword_slot(member->set, member->source);
  return true;
}

static void add_pattern(Member *member, const Pattern *pattern) {
  member->patterns = scan_grow(member->patterns, member->pattern_count + 1, sizeof *member->patterns);
  member->patterns[member->pattern_count++] = *pattern;
}

static bool refuse_value(const Member *member, const TreeNode *value, const char *what) {
  tree_fault(member->error, value, "%s", what);
  return false;
}

/* The alternatives of one value after all modifiers. Bytes that are no UTF-8 can equal nothing. */
static bool string_value(Member *member, const TreeNode *value) {
  TextList list = {0};
  TextContext context = {&member->set->work, member->set->options.placeholders, NULL};
  text_list_add(&list, text_parse(context.arena, value->text, has_flag(member, FLAG_EXPAND)));
  for (size_t i = 0; i < member->count && !context.problem; i++)
    if (member->list[i]->change)
      text_list_change(&list, member->list[i]->change, &context);
  for (size_t i = 0; i < list.count && !context.problem; i++) {
    SigmaText text = list.texts[i];
    if (!text_is_utf8((Span){text.bytes, text.size}))
      continue;
    if (!*member->field)
      text = text_within(context.arena, text);
    Pattern pattern = text_pattern(context.arena, text, has_flag(member, FLAG_CASED));
    add_pattern(member, &pattern);
  }
  free(list.texts);
  return !context.problem || refuse_value(member, value, context.problem);
}

static bool regex_value(Member *member, const TreeNode *value) {
  Pattern pattern = {.kind = MATCH_REGEX, .text = value->text, .cased = true};
  pattern.insensitive = has_flag(member, FLAG_I);
  pattern.multiline = has_flag(member, FLAG_M);
  pattern.dotall = has_flag(member, FLAG_S);
  char reason[160];
  if (!slot_regex_valid(&pattern, reason, sizeof reason)) {
    tree_fault(member->error, value, "biểu thức chính quy không hợp lệ: %s", reason);
    return false;
  }
  add_pattern(member, &pattern);
  return true;
}

static bool cidr_value(Member *member, const TreeNode *value) {
  Pattern pattern = {.kind = MATCH_CIDR, .cased = true};
  if (!text_network(value->text, &pattern))
    return refuse_value(member, value, "không phải dải địa chỉ mạng");
  add_pattern(member, &pattern);
  return true;
}

static bool number_value(Member *member, const TreeNode *value) {
  Pattern pattern = {.kind = MATCH_NUMBER, .cased = true, .compare = (uint8_t)member->compare, .unit = (uint8_t)member->unit};
  if (member->classes & CLASS_TIME)
    pattern.kind = MATCH_TIME;
  if (!value_number(value->text, &pattern.number))
    return refuse_value(member, value, "cần một số");
  add_pattern(member, &pattern);
  return true;
}

static const struct {
  unsigned class;
  bool (*read)(Member *member, const TreeNode *value);
} readers[] = {
    {CLASS_REGEX, regex_value}, {CLASS_CIDR, cidr_value}, {CLASS_COMPARE | CLASS_TIME, number_value}, {~0u, string_value},
};

static bool pattern_value(Member *member, const TreeNode *value) {
  size_t i = 0;
  while (readers[i].class != ~0u && !(member->classes & readers[i].class))
    i++;
  return readers[i].read(member, value);
}

static Expr *exists_value(Member *member, const TreeNode *value) {
  bool wanted;
  if (!tree_bool(value, &wanted)) {
    refuse_value(member, value, "exists cần giá trị true hoặc false");
    return NULL;
  }
  Expr *present = expr_item(member->set, (Item){.kind = ITEM_PRESENT, .slot = member->slot});
  return wanted ? present : expr_not(member->set, present);
}

static Expr *reference_value(Member *member, const TreeNode *value) {
  if (!value->text.size || *value->text.bytes == KEYWORD_MARK) {
    refuse_value(member, value, "thiếu tên trường để so");
    return NULL;
  }
  uint32_t other = rule_slot(member->set, value->text.bytes);
  return expr_item(member->set, (Item){ITEM_REFERENCE, has_flag(member, FLAG_CASED), member->slot, other});
}

/* Missing, or null among the values. */
static Expr *null_value(Member *member, const TreeNode *value) {
  bool plain = *member->field && !(member->classes & ~(unsigned)CLASS_LIST) && !has_flag(member, FLAG_ALL);
  if (!plain) {
    refuse_value(member, value, *member->field ? "null không đi với bổ từ này" : "từ khóa không thể là null");
    return NULL;
  }
  Expr *present = expr_item(member->set, (Item){.kind = ITEM_PRESENT, .slot = member->slot});
  Expr *any = expr_join(member->set, EXPR_OR, NULL, expr_not(member->set, present));
  return expr_join(member->set, EXPR_OR, any, expr_item(member->set, (Item){.kind = ITEM_NULL, .slot = member->slot}));
}

static bool usable(const Member *member, const TreeNode *value, bool in_list) {
  const char *problem = value->kind != TREE_SCALAR          ? "giá trị phải là chữ, số hoặc null"
                        : tree_is_null(value) && in_list    ? "null không đứng trong danh sách"
                        : value->text.size > TEXT_BYTES_MAX ? "giá trị quá dài"
                                                            : NULL;
  return !problem || refuse_value(member, value, problem);
}

/* One value as a test; NULL with `error` empty: its patterns wait in the member. */
static Expr *one_value(Member *member, const TreeNode *value) {
  if (tree_is_null(value))
    return null_value(member, value);
  if (member->classes & CLASS_EXISTS)
    return exists_value(member, value);
  if (member->classes & CLASS_REFERENCE)
    return reference_value(member, value);
  pattern_value(member, value);
  return NULL;
}

static Expr *take_patterns(Member *member) {
  Expr *expr = expr_patterns(member->set, member->slot, member->patterns, member->pattern_count);
  member->pattern_count = 0;
  return expr;
}

static bool list_usable(const Member *member, const TreeNode *value) {
  bool in_list = value->kind == TREE_LIST;
  if (in_list ? !value->count : value->kind == TREE_MAP)
    return refuse_value(member, value, in_list ? "danh sách trống" : "giá trị phải là chữ, số hoặc null");
  if (has_flag(member, FLAG_ALL) && (!in_list || value->count < 2))
    return refuse_value(member, value, "all cần từ hai giá trị");
  return true;
}

/* Alternatives become one test together; with `all` each value is a test. */
static Expr *all_values(Member *member, const TreeNode *value) {
  bool all = has_flag(member, FLAG_ALL), in_list = value->kind == TREE_LIST;
  Expr *joined = NULL;
  for (const TreeNode *node = in_list ? value->child : value; node; node = in_list ? node->next : NULL) {
    if (!usable(member, node, in_list))
      return NULL;
    Expr *one = one_value(member, node);
    if (*member->error->message)
      return NULL;
    if (!one && all)
      one = take_patterns(member);
    if (one)
      joined = expr_join(member->set, all ? EXPR_AND : EXPR_OR, joined, one);
  }
  return joined ? joined : take_patterns(member);
}

Expr *rule_member(RuleSet *set, uint32_t source, const TreeNode *key, const TreeNode *value, ScanError *error) {
  Member member = {.set = set, .source = source, .node = key ? key : value, .error = error};
  *error->message = 0;
  Expr *expr = read_key(&member, key) && list_usable(&member, value) ? all_values(&member, value) : NULL;
  free(member.patterns);
  return expr && has_flag(&member, FLAG_NEQ) ? expr_not(set, expr) : expr;
}
