/* What module hunt needs of rules and records. For module hunt. */
#pragma once
#include "module/detect/detect.h"

enum { DETECT_TEXT_BYTES = 4 << 20 };
#define DETECT_TEXT_FILE "kèm theo" /* as which rules are told that came with a hunt */

/* Which rules: those of a pack from a level on (0 informational … 4 critical), single ones by their keys, and text that came along; whether
 * they run or not. Any may be NULL. */
typedef struct {
  const char *pack_id;
  gint64 least_level;
  const char *const *keys;
  const char *yaml;
} DetectChoice;

typedef struct {
  const char *key, *title, *techniques; /* title: Vietnamese where it is known */
  int level;
} DetectTitle;

typedef struct {
  RuleSet *set;
  GHashTable *known;   /* const Rule * -> const DetectTitle * in the arena; rules that are not here were not chosen */
  gboolean correlates; /* what it finds depends on what came before */
} DetectChosen;

/* A rule that cannot be taken is left out, as where it runs. */
gboolean detect_choose_rules(const App *app, StoreConn *conn, Arena *arena, const DetectChoice *choice, DetectChosen *out_chosen, GError **error);
void detect_chosen_clear(DetectChosen *chosen);
/* All of them as one YAML text. g_free; NULL with error. */
char *detect_choice_text(StoreConn *conn, const DetectChoice *choice, GError **error);
/* Vietnamese where it is known; *out_title NULL: no such rule. In the arena. */
gboolean detect_rule_title(StoreConn *conn, Arena *arena, const char *key, const char **out_title, GError **error);
typedef void (*DetectNameFunc)(const char *id, const char *name, void *data);
gboolean detect_each_pack(StoreConn *conn, DetectNameFunc func, void *data, GError **error);
gboolean detect_each_list(StoreConn *conn, DetectNameFunc func, void *data, GError **error);
/* Those lists (ids, ends with NULL) whether enabled or not, and pasted values. Free with indicator_set_free. */
IndicatorSet *detect_choose_indicators(App *app, StoreConn *conn, const char *const *lists, const char *pasted, GError **error);
/* An estimate that was counted. Inside store_write. */
gboolean detect_put_estimate(StoreConn *conn, const char *key, gint64 matches, gint64 alerts, gint64 days, gint64 now_ms, GError **error);

typedef struct DetectLook DetectLook;
/* One thread. */
DetectLook *detect_look_new(const App *app, GError **error);
void detect_look_free(DetectLook *look);
/* Decodes a record, which must live while the others are asked. *out_time_ms: its own; 0: not known. */
void detect_look_at(DetectLook *look, Span record, gint64 *out_time_ms);
char *detect_look_host(DetectLook *look);  /* of the record looked at last; "": none. g_free */
char *detect_look_group(DetectLook *look); /* what belongs together beside the machine; "": nothing. g_free */
json_t *detect_look_fields(DetectLook *look); /* {name: value}, at most 100. json_decref */
json_t *detect_look_signs(DetectLook *look);  /* [{kind, value}], at most 20. json_decref */
