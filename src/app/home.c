#include "app/home.h"
#include "app/migrations.h"
#include "app/modules.h"
#include "base/error.h"
#include "core/law.h"
#include "core/setting.h"
#include "core/signing.h"
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

static char *choose_home(const char *home) {
  const char *from_env = g_getenv("UNGCUU_HOME");
  if (home || from_env)
    return g_canonicalize_filename(home ? home : from_env, NULL);
  if (g_access("/var/lib/ungcuu", W_OK) == 0)
    return g_strdup("/var/lib/ungcuu");
  return g_build_filename(g_get_user_data_dir(), "ungcuu", NULL);
}

/* Beside the program in a build (build/ungcuu → data/), else where packages put it. */
static char *choose_data(void) {
  const char *from_env = g_getenv("UNGCUU_DATA");
  g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
  g_autofree char *folder = self ? g_path_get_dirname(self) : g_strdup(".");
  static const char *const PLACES[] = {"../data", "data", "../share/ungcuu/data", "../../data"};
  if (from_env)
    return g_strdup(from_env);
  for (gsize i = 0; i < G_N_ELEMENTS(PLACES); i++) {
    g_autofree char *place = g_canonicalize_filename(PLACES[i], folder);
    g_autofree char *law = g_build_filename(place, "law", NULL);
    if (g_file_test(law, G_FILE_TEST_IS_DIR))
      return g_steal_pointer(&place);
  }
  return g_strdup("/usr/share/ungcuu/data");
}

App *app_new(const char *home) {
  App *app = g_new0(App, 1);
  app->modules = MODULES;
  app->migrations = MIGRATIONS;
  app->n_migrations = MIGRATION_COUNT;
  app->home = choose_home(home);
  app->data_dir = choose_data();
  return app;
}

void app_free(App *app) {
  if (!app)
    return;
  if (app->store)
    store_close(app->store);
  if (app->signing_key)
    seal_key_free(app->signing_key);
  settings_free(app->settings);
  law_free((Law *)(gintptr)app->law);
  g_free(app->home);
  g_free(app->data_dir);
  g_free(app);
}

static gboolean open_store(App *app, GError **error) {
  g_autofree char *url = app_store_url(app);
  app->store = store_open(url, error);
  return app->store && store_migrate(app->store, MIGRATIONS, MIGRATION_COUNT, error) && settings_refresh(app, error);
}

gboolean app_prepare(App *app, GError **error) {
  g_autofree char *mark = g_build_filename(app->home, "demo", NULL);
  if (g_mkdir_with_parents(app->home, 0700) != 0) {
    g_set_error(error, APP_ERROR, ERROR_FAILED, "Không tạo được thư mục dữ liệu %s: %s. Dùng --home hoặc UNGCUU_HOME.",
                app->home, g_strerror(errno));
    return FALSE;
  }
  app->demo = g_file_test(mark, G_FILE_TEST_EXISTS);
  settings_free(app->settings);
  app->settings = settings_load(app->modules, app->home, error);
  return app->settings != NULL;
}

gboolean app_open(App *app, gboolean store, GError **error) {
  if (sodium_init() < 0) {
    g_set_error(error, APP_ERROR, ERROR_FAILED, "Không khởi động được thư viện mật mã.");
    return FALSE;
  }
  return !store || (app_prepare(app, error) && app_need_law(app, error) && open_store(app, error));
}
