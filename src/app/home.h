/* Opening the program: where its data are, settings, store, law. */
#pragma once
#include "core/app.h"

/* home NULL: UNGCUU_HOME, else /var/lib/ungcuu where it can be written, else the user's data folder. */
App *app_new(const char *home);
void app_free(App *app);
/* Makes the folder and reads the settings, without opening anything. */
gboolean app_prepare(App *app, GError **error);
/* The same, then opens and migrates the store. */
gboolean app_open(App *app, gboolean store, GError **error);
