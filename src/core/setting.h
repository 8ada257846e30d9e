/* Settings: declared by the modules, read from home/ungcuu.conf (GKeyFile: [mail] smtp_url=…), some changed on the page.
 *
 * A key that no module declares refuses to start (ERROR_INVALID, names the key and the nearest one that exists).
 * Order: the page (table setting) over the file over the initial value.
 */
#pragma once
#include "core/app.h"
#include "core/request.h"

Settings *settings_load(const Module *const *modules, const char *home, GError **error);
void settings_free(Settings *settings);
/* Never NULL; the key must be declared (a programming error otherwise). In the arena, since the page may change it. */
const char *setting_text(const App *app, Arena *arena, const char *key);
gint64 setting_int(const App *app, const char *key);
gboolean setting_bool(const App *app, const char *key);
/* Reads again what the page has changed; called after a change and once at start. */
gboolean settings_refresh(App *app, GError **error);
gboolean setting_change(Request *request, const char *key, const char *value, GError **error);
const SettingRow *setting_find(const App *app, const char *key);
