#include "app/serve.h"
#include "app/home.h"
#include "base/error.h"
#include "core/setting.h"
#include "face/web.h"
#include <glib-unix.h>
#include <stdio.h>
#include <stdlib.h>

static gboolean quit(gpointer loop) {
  g_main_loop_quit(loop);
  return G_SOURCE_CONTINUE;
}

static void wait_for_signal(void) {
  g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
  g_unix_signal_add(SIGTERM, quit, loop);
  g_unix_signal_add(SIGINT, quit, loop);
  g_main_loop_run(loop);
}

static int fail(const GError *error) {
  fprintf(stderr, "ungcuu: %s (%s)\n", error->message, error_info(error)->label);
  return error_info(error)->exit_code;
}

static Server *start(App *app, int port, const char *address, GError **error) {
  g_autoptr(Arena) arena = arena_new();
  ServerOptions options = {
      .address = address ? address : setting_text(app, arena, "server.address"),
      .port = port >= 0 ? port : (int)setting_int(app, "server.port"),
      .workers = (int)setting_int(app, "server.workers"),
  };
  return server_start(app, &options, error);
}

int serve_run(App *app, int argc, char **argv) {
  int port = -1;
  g_autofree char *address = NULL;
  const GOptionEntry entries[] = {
      {"port",    'p', 0, G_OPTION_ARG_INT,    &port,    "cổng (mặc định: server.port, 8686)",             "CỔNG"   },
      {"address", 'a', 0, G_OPTION_ARG_STRING, &address, "địa chỉ nghe (mặc định: server.address, 127.0.0.1)", "ĐỊA-CHỈ"},
      {NULL,      0,   0, G_OPTION_ARG_NONE,   NULL,     NULL,                                              NULL     },
  };
  g_autoptr(GOptionContext) context = g_option_context_new("- chạy máy chủ trang");
  g_autoptr(GError) error = NULL;
  g_option_context_add_main_entries(context, entries, NULL);
  if (!g_option_context_parse(context, &argc, &argv, &error)) {
    fprintf(stderr, "ungcuu: %s\n", error->message);
    return 2;
  }
  if (!app_open(app, TRUE, &error))
    return fail(error);
  Server *server = start(app, port, address, &error);
  if (!server)
    return fail(error);
  printf("Ứng Cứu đang chạy tại http://%s:%d (dữ liệu: %s). Ctrl-C để dừng.\n", address ? address : "127.0.0.1",
         server_port(server), app->home);
  fflush(stdout);
  wait_for_signal();
  server_stop(server);
  return 0;
}
