/* The condition of a rule over its search identifiers. */
#include "lib/scan/rule_private.h"
#include <string.h>

enum { CONDITION_DEPTH_MAX = 64, CONDITION_NODES_MAX = 20000 };

typedef struct {
  RuleSet *set;
  const TreeNode *node;
  const char *at, *word;
  size_t size; /* of the word; 0 at the end */
  const Selection *selections;
  size_t count;
  int depth, nodes;
  ScanError *error;
} Condition;

static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void next_word(Condition *condition) {
  while (is_blank(*condition->at))
    condition->at++;
  condition->word = condition->at;
  if (*condition->at == '(' || *condition->at == ')')
    condition->at++;
  else
    while (*condition->at && !is_blank(*condition->at) && *condition->at != '(' && *condition->at != ')')
      condition->at++;
  condition->size = (size_t)(condition->at - condition->word);
}

static bool is_word(const Condition *condition, const char *word) {
  return condition->size == strlen(word) && memcmp(condition->word, word, condition->size) == 0;
}

static Expr *refuse(Condition *condition, const char *what) {
  tree_fault(condition->error, condition->node, "%s: “%.*s”", what, (int)condition->size, condition->word);
  if (!memchr(condition->node->text.bytes, '\n', condition->node->text.size))
    condition->error->column += (size_t)(condition->word - condition->node->text.bytes) + condition->node->quoted;
  return NULL;
}

/* `*` stands for any characters, anywhere in the pattern. */
static bool name_fits(const char *pattern, size_t size, const char *name) {
  const char *end = pattern + size, *star = NULL, *back = NULL;
  while (*name) {
    if (pattern < end && *pattern == '*') {
      star = pattern++;
      back = name;
    } else if (pattern < end && *pattern == *name) {
      pattern++;
      name++;
    } else if (star) {
      pattern = star + 1;
      name = ++back;
    } else {
      return false;
    }
  }
  while (pattern < end && *pattern == '*')
    pattern++;
  return pattern == end;
}

static Expr *quantified(Condition *condition, ExprOp op) {
  bool them = is_word(condition, "them");
  Expr *expr = NULL;
  for (size_t i = 0; i < condition->count; i++) {
    const char *name = condition->selections[i].name;
    if (*name == '_' && (them || *condition->word != '_'))
      continue;
    if (them || name_fits(condition->word, condition->size, name))
      expr = expr_join(condition->set, op, expr, condition->selections[i].expr);
  }
  return expr ? expr : refuse(condition, "không có nhóm nào khớp với mẫu");
}

static Expr *read_or(Condition *condition);

static Expr *read_group(Condition *condition) {
  next_word(condition);
  Expr *inner = read_or(condition);
  if (inner && !is_word(condition, ")"))
    return refuse(condition, "thiếu dấu đóng ngoặc ở");
  next_word(condition);
  return inner;
}

/* “1 of x*”, “all of them”, or a search identifier of that name. */
static Expr *read_named(Condition *condition) {
  const char *at = condition->at, *word = condition->word;
  size_t size = condition->size;
  ExprOp op = is_word(condition, "1") ? EXPR_OR : is_word(condition, "all") ? EXPR_AND : EXPR_FALSE;
  next_word(condition);
  if (is_word(condition, "of")) {
    next_word(condition);
    if (op == EXPR_FALSE || !condition->size || is_word(condition, "(") || is_word(condition, ")"))
      return refuse(condition, "chỉ dùng được “1 of” và “all of” kèm một mẫu tên");
    Expr *expr = quantified(condition, op);
    next_word(condition);
    return expr;
  }
  for (size_t i = 0; i < condition->count; i++)
    if (strlen(condition->selections[i].name) == size && memcmp(condition->selections[i].name, word, size) == 0)
      return condition->selections[i].expr;
  condition->at = at;
  condition->word = word;
  condition->size = size;
  return refuse(condition, "điều kiện nhắc tới nhóm không có");
}

static Expr *read_not(Condition *condition) {
  if (++condition->nodes > CONDITION_NODES_MAX || condition->depth >= CONDITION_DEPTH_MAX)
    return refuse(condition, "điều kiện quá phức tạp ở");
  if (!condition->size || is_word(condition, ")") || is_word(condition, "and") || is_word(condition, "or"))
    return refuse(condition, "điều kiện thiếu vế ở");
  condition->depth++;
  Expr *expr = NULL;
  if (is_word(condition, "not")) {
    next_word(condition);
    expr = read_not(condition);
    expr = expr ? expr_not(condition->set, expr) : NULL;
  } else {
    expr = is_word(condition, "(") ? read_group(condition) : read_named(condition);
  }
  condition->depth--;
  return expr;
}

static Expr *read_chain(Condition *condition, const char *word, ExprOp op, Expr *(*read_part)(Condition *)) {
  Expr *first = read_part(condition), *chain = NULL;
  while (first && is_word(condition, word)) {
    next_word(condition);
    Expr *part = read_part(condition);
    if (!part)
      return NULL;
    if (!chain)
      chain = expr_join(condition->set, op, NULL, first);
    expr_join(condition->set, op, chain, part);
  }
  return chain ? chain : first;
}

static Expr *read_and(Condition *condition) {
  return read_chain(condition, "and", EXPR_AND, read_not);
}

static Expr *read_or(Condition *condition) {
  return read_chain(condition, "or", EXPR_OR, read_and);
}

static Expr *read_one(RuleSet *set, const TreeNode *node, const Selection *selections, size_t count, ScanError *error) {
  if (node->kind != TREE_SCALAR || tree_is_null(node)) {
    tree_fault(error, node, "điều kiện phải là một dòng chữ");
    return NULL;
  }
  Condition condition = {.set = set, .node = node, .at = node->text.bytes, .selections = selections, .count = count, .error = error};
  next_word(&condition);
  Expr *expr = read_or(&condition);
  return expr && condition.size ? refuse(&condition, "không hiểu điều kiện ở") : expr;
}

Expr *rule_condition(RuleSet *set, const TreeNode *condition, const Selection *selections, size_t count, ScanError *error) {
  if (condition->kind != TREE_LIST)
    return read_one(set, condition, selections, count, error);
  Expr *any = NULL;
  for (const TreeNode *node = condition->child; node; node = node->next) {
    Expr *one = read_one(set, node, selections, count, error);
    if (!one)
      return NULL;
    any = expr_join(set, EXPR_OR, any, one);
  }
  if (!any)
    tree_fault(error, condition, "điều kiện trống");
  return any;
}
