/* The file of line patterns: groups by program, each with its patterns in order; the first that fits gives the fields.
 */
#include <stdlib.h>
#include <string.h>
#include "lib/scan/decode_private.h"
#include "lib/scan/pattern.h"
#include "lib/scan/tree.h"

enum { LINES_MAX = 4096, FIXED_MAX = 16, PROGRAMS_MAX = 32 };

typedef struct {
  PatternField fields[FIXED_MAX];
  size_t count;
} Fixed;

typedef struct {
  Pattern pattern;
  Fixed fixed;
} Line;

typedef struct {
  Span programs[PROGRAMS_MAX]; /* none: for texts of any program */
  size_t program_count;
  uint32_t first, end; /* of its lines */
} Group;

struct PatternSet {
  ScanArena arena;
  Group *groups;
  uint32_t group_count;
  Line *lines;
  uint32_t line_count;
};

static Span text_kept(PatternSet *set, Span text) {
  return (Span){scan_arena_text(&set->arena, text.bytes, text.size), text.size};
}

static bool fixed_read(PatternSet *set, const TreeNode *map, Fixed *fixed, ScanError *error) {
  if (map && map->kind != TREE_MAP) {
    tree_fault(error, map, "set phải là các cặp tên: giá trị");
    return false;
  }
  for (const TreeNode *member = map ? map->child : NULL; member; member = member->next) {
    if (member->kind != TREE_SCALAR || fixed->count == FIXED_MAX) {
      tree_fault(error, member, "giá trị của set phải là chữ, nhiều nhất %d cặp", FIXED_MAX);
      return false;
    }
    fixed->fields[fixed->count++] = (PatternField){text_kept(set, member->key->text), text_kept(set, member->text)};
  }
  return true;
}

static bool pattern_add(PatternSet *set, const TreeNode *source, const Fixed *fixed, ScanError *error) {
  Line line = {.fixed = *fixed};
  const char *fault = "mẫu phải là chữ";
  if (source->kind != TREE_SCALAR || !pattern_read(&set->arena, source->text, &line.pattern, &fault)) {
    tree_fault(error, source, "%s", fault);
    return false;
  }
  if (set->line_count == LINES_MAX) {
    tree_fault(error, source, "quá %d mẫu", LINES_MAX);
    return false;
  }
  set->lines = scan_grow(set->lines, set->line_count + 1, sizeof *set->lines);
  set->lines[set->line_count++] = line;
  return true;
}

static bool line_read(PatternSet *set, const TreeNode *node, const Fixed *of_group, ScanError *error) {
  Fixed fixed = *of_group;
  const TreeNode *match = tree_get(node, "match");
  if (!match) {
    tree_fault(error, node, "thiếu phần match");
    return false;
  }
  if (!fixed_read(set, tree_get(node, "set"), &fixed, error))
    return false;
  if (match->kind != TREE_LIST)
    return pattern_add(set, match, &fixed, error);
  for (const TreeNode *item = match->child; item; item = item->next)
    if (!pattern_add(set, item, &fixed, error))
      return false;
  return true;
}

static bool programs_read(PatternSet *set, const TreeNode *node, Group *group, ScanError *error) {
  const TreeNode *item = node && node->kind == TREE_LIST ? node->child : node;
  for (; item; item = node->kind == TREE_LIST ? item->next : NULL) {
    if (item->kind != TREE_SCALAR || group->program_count == PROGRAMS_MAX) {
      tree_fault(error, item, "program phải là tên chương trình, nhiều nhất %d tên", PROGRAMS_MAX);
      return false;
    }
    group->programs[group->program_count++] = text_kept(set, item->text);
  }
  return true;
}

static bool group_read(PatternSet *set, const TreeNode *node, ScanError *error) {
  Group group = {.first = set->line_count};
  Fixed fixed = {.count = 0};
  const TreeNode *lines = tree_get(node, "lines");
  if (!lines || lines->kind != TREE_LIST) {
    tree_fault(error, node, "nhóm thiếu danh sách lines");
    return false;
  }
  if (!programs_read(set, tree_get(node, "program"), &group, error) ||
      !fixed_read(set, tree_get(node, "set"), &fixed, error))
    return false;
  for (const TreeNode *line = lines->child; line; line = line->next)
    if (!line_read(set, line, &fixed, error))
      return false;
  group.end = set->line_count;
  set->groups = scan_grow(set->groups, set->group_count + 1, sizeof *set->groups);
  set->groups[set->group_count++] = group;
  return true;
}

PatternSet *pattern_set_new(Span yaml, ScanError *error) {
  *error = (ScanError){0};
  Tree *tree = tree_read(yaml, error);
  PatternSet *set = scan_new(1, sizeof *set);
  bool good = !*error->message;
  const TreeNode *list = good && tree_count(tree) ? tree_document(tree, 0) : NULL;
  if (list && list->kind != TREE_LIST) {
    tree_fault(error, list, "tệp phải là một danh sách");
    good = false;
  }
  for (const TreeNode *node = good && list ? list->child : NULL; node && good; node = node->next)
    good = group_read(set, node, error);
  tree_free(tree);
  if (good)
    return set;
  pattern_set_free(set);
  return NULL;
}

void pattern_set_free(PatternSet *set) {
  if (!set)
    return;
  scan_arena_clear(&set->arena);
  free(set->groups);
  free(set->lines);
  free(set);
}

static bool group_takes(const Group *group, Span program) {
  if (!group->program_count || !program.size)
    return true;
  for (size_t i = 0; i < group->program_count; i++) {
    Span name = group->programs[i];
    bool prefix = name.size && name.bytes[name.size - 1] == '*';
    name.size -= prefix;
    if ((prefix ? program.size >= name.size : program.size == name.size) &&
        !memcmp(program.bytes, name.bytes, name.size))
      return true;
  }
  return false;
}

static void fields_add(Decoder *decoder, Event *event, const PatternField *fields, size_t count) {
  for (size_t i = 0; i < count; i++)
    decoder_add_key(decoder, event, fields[i].field, fields[i].value);
}

/* Most patterns of a program are ruled out by their first byte. */
static bool may_begin(const Pattern *pattern, Span message) {
  const PatternPart *first = pattern->parts;
  return first->kind != PART_LITERAL || (message.size && *message.bytes == *first->literal.bytes);
}

bool pattern_set_apply(const PatternSet *set, Decoder *decoder, Span program, Span message, Event *event) {
  PatternField found[PATTERN_PARTS_MAX];
  size_t count;
  for (uint32_t i = 0; i < set->group_count; i++) {
    const Group *group = &set->groups[i];
    if (!group_takes(group, program))
      continue;
    for (uint32_t j = group->first; j < group->end; j++)
      if (may_begin(&set->lines[j].pattern, message) && pattern_match(&set->lines[j].pattern, message, found, &count)) {
        fields_add(decoder, event, found, count);
        fields_add(decoder, event, set->lines[j].fixed.fields, set->lines[j].fixed.count);
        return true;
      }
  }
  return false;
}
