/* All SQL of module detect. Private to it. */
#pragma once
#include "module/detect/detect.h"

extern const StoreSqlTable detect_sql;

#define LEVEL_OFF 5 /* of a pack: nothing runs unless chosen singly */

typedef struct {
  const char *pack_id, *key, *path, *title, *kind, *status, *author, *description, *product, *category, *service, *techniques, *tactics, *own,
      *pack_name, *origin;
  gint64 line, level, enabled, chosen, matches, alerts, days; /* chosen: -1 by the level of the pack, else 0 or 1; matches -1: not estimated */
} DetectRule;

typedef struct {
  const char *id, *name, *origin, *licence, *sha256, *faults, *added_by;
  gint64 least_level, rule_count, enabled_count, added_ms;
} DetectPack;

typedef struct {
  const char *id, *name, *format, *source, *licence, *tlp, *sha256, *added_by;
  gint64 value_count, fault_count, enabled, until_ms, added_ms;
} DetectList;

typedef struct {
  const char *pack_id; /* "": any */
  const char *words;   /* folded; "": any */
  int state;           /* -1 any, 0 off, 1 on */
  int level;           /* -1 any */
  gint64 after_level;  /* of the last row of the page before; after_sort NULL: the first page */
  const char *after_sort, *after_key;
  int limit;
} DetectRuleQuery;

typedef gboolean (*DetectRuleFunc)(const DetectRule *rule, const char *sort_key, void *data);

gboolean detect_store_version(StoreConn *conn, gint64 *out_version, GError **error);
/* Every change of rules or lists ends with it. */
gboolean detect_store_bump(StoreConn *conn, GError **error);

GPtrArray *detect_store_packs(StoreConn *conn, Arena *arena, GError **error); /* DetectPack */
const DetectPack *detect_store_pack(StoreConn *conn, Arena *arena, const char *id_or_name, GError **error);
/* Replaces the pack of that name (its files and rules; choices stay). `read` is of detect_pack_read. */
gboolean detect_store_put_pack(StoreConn *conn, const DetectPack *pack, const json_t *read, const char *account_id, GError **error);
gboolean detect_store_set_level(StoreConn *conn, const char *pack_id, gint64 least_level, GError **error);
gboolean detect_store_remove_pack(StoreConn *conn, const char *pack_id, GError **error);

gboolean detect_store_rules(StoreConn *conn, Arena *arena, const DetectRuleQuery *query, DetectRuleFunc func, void *data, GError **error);
const DetectRule *detect_store_rule(StoreConn *conn, Arena *arena, const char *key, GError **error);
gboolean detect_store_counts(StoreConn *conn, gint64 *out_all, gint64 *out_enabled, GError **error);
/* enabled -1: by the level of its pack again. */
gboolean detect_store_choose(StoreConn *conn, const char *key, int enabled, const char *account_id, gint64 now_ms, GError **error);
gboolean detect_store_estimate(StoreConn *conn, const char *key, gint64 matches, gint64 alerts, gint64 days, gint64 now_ms, GError **error);
typedef struct {
  gint64 level, rules, counted, matches, alerts, days; /* days: that the counts are of */
} DetectExpected;
/* The rules of a pack that do not run, by level. */
gboolean detect_store_expected(StoreConn *conn, const char *pack_id, void (*take)(const DetectExpected *expected, void *data), void *data, GError **error);
/* The files that hold a rule that runs (only NULL) or that rule; path and YAML live until the function returns. */
gboolean detect_store_files(StoreConn *conn, const char *only, void (*take)(const char *path, const char *yaml, gsize length, void *data), void *data,
                            GError **error);
char *detect_store_yaml(StoreConn *conn, const DetectRule *rule, GError **error); /* of its file; g_free */

GPtrArray *detect_store_lists(StoreConn *conn, Arena *arena, GError **error); /* DetectList */
const DetectList *detect_store_list(StoreConn *conn, Arena *arena, const char *id, GError **error);
gboolean detect_store_put_list(StoreConn *conn, const DetectList *list, const char *account_id, GError **error);
gboolean detect_store_set_list(StoreConn *conn, const char *id, gboolean enabled, GError **error);
gboolean detect_store_remove_list(StoreConn *conn, const char *id, GError **error);
