#include "lib/scan/route.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "lib/scan/route_private.h"
#include "lib/scan/tree.h"

enum { ROUTE_ENTRIES_MAX = 4096 };

bool route_test_holds(const RouteTest *test, Span text) {
  if (test->prefix ? text.size < test->value.size : text.size != test->value.size)
    return false;
  if (test->value.size && ((*text.bytes ^ *test->value.bytes) & ~0x20)) /* most differ in the first letter */
    return false;
  return !strncasecmp(text.bytes, test->value.bytes, test->value.size);
}

static uint32_t name_number(Route *route, Span name) {
  for (uint32_t i = 0; i < route->name_count; i++)
    if (route->names[i].size == name.size && !memcmp(route->names[i].bytes, name.bytes, name.size))
      return i;
  route->names = scan_grow(route->names, route->name_count + 1, sizeof *route->names);
  route->names[route->name_count] = (Span){scan_arena_text(&route->arena, name.bytes, name.size), name.size};
  return route->name_count++;
}

static bool test_add(Route *route, const TreeNode *value, ScanError *error) {
  if (value->kind != TREE_SCALAR || tree_is_null(value) || value->text.size > ROUTE_VALUE_MAX) {
    tree_fault(error, value, "giá trị so sánh phải là chữ hoặc số, không dài quá %d ký tự", ROUTE_VALUE_MAX);
    return false;
  }
  Span text = value->text;
  bool prefix = text.size && text.bytes[text.size - 1] == '*';
  route->tests = scan_grow(route->tests, route->test_count + 1, sizeof *route->tests);
  text.size -= prefix;
  route->tests[route->test_count++] =
      (RouteTest){{scan_arena_text(&route->arena, text.bytes, text.size), text.size}, prefix};
  return true;
}

static bool when_add(Route *route, const TreeNode *member, ScanError *error) {
  route->whens = scan_grow(route->whens, route->when_count + 1, sizeof *route->whens);
  RouteWhen *when = &route->whens[route->when_count++];
  *when = (RouteWhen){.name = name_number(route, member->key->text), .first_test = route->test_count};
  if (member->kind == TREE_LIST)
    for (const TreeNode *item = member->child; item; item = item->next) {
      if (!test_add(route, item, error))
        return false;
    }
  else if (!test_add(route, member, error))
    return false;
  when->test_count = route->test_count - when->first_test;
  return true;
}

static RouteEntry *entry_add(Route *route, const TreeNode *node, ScanError *error) {
  const TreeNode *when = tree_get(node, "when");
  if (!when || when->kind != TREE_MAP) {
    tree_fault(error, node, "mục thiếu phần when");
    return NULL;
  }
  if (route->entry_count == ROUTE_ENTRIES_MAX) {
    tree_fault(error, node, "quá %d mục", ROUTE_ENTRIES_MAX);
    return NULL;
  }
  uint32_t first = route->when_count;
  for (const TreeNode *member = when->child; member; member = member->next)
    if (!when_add(route, member, error))
      return NULL;
  route->entries = scan_grow(route->entries, route->entry_count + 1, sizeof *route->entries);
  RouteEntry *entry = &route->entries[route->entry_count++];
  *entry =
      (RouteEntry){.first_when = first, .when_count = route->when_count - first, .first_rename = route->rename_count};
  return entry;
}

static void rename_add(Route *route, Span from, Span to) {
  RouteRename rename = {name_number(route, from), name_number(route, to)};
  route->renames = scan_grow(route->renames, route->rename_count + 1, sizeof *route->renames);
  route->renames[route->rename_count++] = rename;
}

static bool field_entry(Route *route, const TreeNode *node, ScanError *error) {
  RouteEntry *entry = entry_add(route, node, error);
  const TreeNode *rename = tree_get(node, "rename");
  if (!entry)
    return false;
  if (!rename || rename->kind != TREE_MAP) {
    tree_fault(error, node, "mục thiếu phần rename");
    return false;
  }
  for (const TreeNode *member = rename->child; member; member = member->next) {
    const TreeNode *to = member->kind == TREE_LIST ? member->child : member;
    for (; to; to = member->kind == TREE_LIST ? to->next : NULL) {
      if (to->kind != TREE_SCALAR) {
        tree_fault(error, to, "tên trường phải là chữ");
        return false;
      }
      rename_add(route, member->key->text, to->text);
    }
  }
  entry->rename_count = route->rename_count - entry->first_rename;
  return true;
}

static bool source_entry(Route *route, const TreeNode *node, ScanError *error) {
  RouteEntry *entry = entry_add(route, node, error);
  const TreeNode *source = tree_get(node, "logsource");
  if (!entry)
    return false;
  if (!source || source->kind != TREE_MAP) {
    tree_fault(error, node, "mục thiếu phần logsource");
    return false;
  }
  const char **items[] = {&entry->product, &entry->category, &entry->service};
  static const char *const keys[] = {"product", "category", "service"};
  for (size_t i = 0; i < 3; i++) {
    const char *text = tree_text(source, keys[i]);
    *items[i] = text ? scan_arena_text(&route->arena, text, strlen(text)) : NULL;
  }
  return true;
}

static bool file_read(Route *route, Span yaml, bool (*entry)(Route *, const TreeNode *, ScanError *),
                      ScanError *error) {
  Tree *tree = tree_read(yaml, error);
  bool good = !*error->message;
  const TreeNode *list = good && tree_count(tree) ? tree_document(tree, 0) : NULL;
  if (list && list->kind != TREE_LIST) {
    tree_fault(error, list, "tệp phải là một danh sách");
    good = false;
  }
  for (const TreeNode *node = good && list ? list->child : NULL; node && good; node = node->next)
    good = entry(route, node, error);
  tree_free(tree);
  return good;
}

Route *route_new(Span logsource_yaml, Span fields_yaml, ScanError *error) {
  Route *route = calloc(1, sizeof *route);
  *error = (ScanError){0};
  if (!route)
    return NULL;
  bool good = file_read(route, fields_yaml, field_entry, error);
  route->field_entries = route->entry_count;
  if (!good || !file_read(route, logsource_yaml, source_entry, error)) {
    route_free(route);
    return NULL;
  }
  return route;
}

void route_free(Route *route) {
  if (!route)
    return;
  scan_arena_clear(&route->arena);
  free(route->entries);
  free(route->whens);
  free(route->tests);
  free(route->renames);
  free(route->names);
  free(route);
}
