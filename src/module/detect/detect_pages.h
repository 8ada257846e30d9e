/* The handlers of module detect. Private to it. */
#pragma once
#include "module/detect/detect_store.h"

extern const char *const DETECT_LEVELS[]; /* by number, LEVEL_OFF included */

gboolean detect_rule_list(Request *request, Doc *answer, GError **error);
gboolean detect_rule_view(Request *request, Doc *answer, GError **error);
gboolean detect_rule_choose(Request *request, Doc *answer, GError **error);

gboolean detect_pack_list(Request *request, Doc *answer, GError **error);
gboolean detect_pack_add(Request *request, Doc *answer, GError **error);
gboolean detect_pack_level(Request *request, Doc *answer, GError **error);
gboolean detect_pack_remove(Request *request, Doc *answer, GError **error);
/* Loads data/rules/ungcuu where it differs from what the store has. */
gboolean detect_pack_own(App *app, GError **error);

gboolean detect_list_list(Request *request, Doc *answer, GError **error);
gboolean detect_list_add(Request *request, Doc *answer, GError **error);
gboolean detect_list_switch(Request *request, Doc *answer, GError **error);
gboolean detect_list_remove(Request *request, Doc *answer, GError **error);
gboolean detect_list_find(Request *request, Doc *answer, GError **error);
