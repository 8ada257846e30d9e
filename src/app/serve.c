#include "app/serve.h"
#include "app/home.h"
#include "base/error.h"
#include "core/setting.h"
#include "core/signing.h"
#include "face/web.h"
#include "module/collect/collect.h"
#include "module/hunt/hunt.h"
#include <errno.h>
#include <glib-unix.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define RESTART_SECONDS 5
#define REFRESH_SECONDS 15
#define CHILD_END_MS 6000
#define LOOK_MS 1000

static int fail(const GError *error) {
  fprintf(stderr, "ungcuu: %s (%s)\n", error->message, error_info(error)->label);
  return error_info(error)->exit_code;
}

/* --- the children: watched, and started again when they end --- */

typedef struct Watch Watch;

typedef struct {
  const char *command, *ended, *not_started;
  gboolean (*wanted)(App *app, gboolean *out_wanted, GError **error); /* NULL: always */
} ChildRow;

#define JOBS "jobs"
static const ChildRow CHILDREN[] = {
    {JOBS, "việc nền đã dừng", "không khởi động được việc nền", NULL},
    {"collect", "tiến trình nhận nhật ký đã dừng", "không khởi động được tiến trình nhận nhật ký", collect_wanted},
    {"hunter", "tiến trình săn lùng đã dừng", "không khởi động được tiến trình săn lùng", hunt_wanted},
};

typedef struct {
  const ChildRow *row;
  Watch *watch;
  GPid pid;         /* 0: not running */
  gint64 not_before_us; /* it has just ended: a pause before it is started again */
} Child;

struct Watch {
  App *app;
  GMainLoop *loop;
  gboolean jobs; /* FALSE: they run elsewhere */
  Child children[G_N_ELEMENTS(CHILDREN)];
};

static void child_ended(GPid pid, int status, gpointer data) {
  Child *child = data;
  g_spawn_close_pid(pid);
  child->pid = 0;
  if (WIFEXITED(status) && !WEXITSTATUS(status) && child->row->wanted)
    return; /* its work is done */
  child->not_before_us = g_get_monotonic_time() + RESTART_SECONDS * G_USEC_PER_SEC;
  g_warning("%s (mã %d), khởi động lại sau %d giây", child->row->ended, WIFEXITED(status) ? WEXITSTATUS(status) : -1, RESTART_SECONDS);
}

static void child_start(Child *child) {
  g_autoptr(GError) error = NULL;
  g_autofree char *self = g_file_read_link("/proc/self/exe", &error);
  g_autofree char *parent = g_strdup_printf("%d", (int)getpid());
  char *words[] = {self, (char *)(gintptr)child->row->command, (char *)(gintptr) "--home", child->watch->app->home,
                   (char *)(gintptr) "--parent", parent, NULL};
  if (self && g_spawn_async(NULL, words, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &child->pid, &error)) {
    g_child_watch_add(child->pid, child_ended, child);
    return;
  }
  g_warning("%s: %s", child->row->not_started, error->message);
}

static gboolean is_wanted(Child *child) {
  g_autoptr(GError) error = NULL;
  gboolean wanted = TRUE;
  if (!child->watch->jobs && strcmp(child->row->command, JOBS) == 0)
    return FALSE;
  if (!child->row->wanted || child->row->wanted(child->watch->app, &wanted, &error))
    return wanted;
  g_warning("%s: %s", child->row->not_started, error->message);
  return FALSE;
}

static gboolean look_after_children(gpointer data) {
  Watch *watch = data;
  for (gsize i = 0; i < G_N_ELEMENTS(CHILDREN); i++) {
    Child *child = &watch->children[i];
    if (!child->pid && g_get_monotonic_time() >= child->not_before_us && is_wanted(child))
      child_start(child);
  }
  return G_SOURCE_CONTINUE;
}

/* One in the middle of its work ends at its next transaction, or is cut off: what was not committed is done again. */
static void child_stop(const Child *child) {
  if (!child->pid)
    return;
  kill(child->pid, SIGTERM);
  for (int ms = 0; ms < CHILD_END_MS; ms += 20) {
    if (waitpid(child->pid, NULL, WNOHANG) != 0)
      return;
    g_usleep(20 * 1000);
  }
  kill(child->pid, SIGKILL);
  waitpid(child->pid, NULL, 0);
}

/* --- until a signal --- */

static gboolean quit(gpointer data) {
  g_main_loop_quit(((Watch *)data)->loop);
  return G_SOURCE_CONTINUE;
}

/* The command line is another process: what it sets is seen here after a while. */
static gboolean refresh_settings(gpointer data) {
  g_autoptr(GError) error = NULL;
  if (!settings_refresh(((Watch *)data)->app, &error))
    g_warning("cài đặt: %s", error->message);
  return G_SOURCE_CONTINUE;
}

/* Before the address is told: whoever reads it may want to end us at once. */
static void watch_start(Watch *watch, App *app, gboolean jobs) {
  *watch = (Watch){.app = app, .loop = g_main_loop_new(NULL, FALSE), .jobs = jobs};
  for (gsize i = 0; i < G_N_ELEMENTS(CHILDREN); i++)
    watch->children[i] = (Child){.row = &CHILDREN[i], .watch = watch};
  g_unix_signal_add(SIGTERM, quit, watch);
  g_unix_signal_add(SIGINT, quit, watch);
  g_timeout_add_seconds(REFRESH_SECONDS, refresh_settings, watch);
  g_timeout_add(LOOK_MS, look_after_children, watch);
  look_after_children(watch);
}

static void watch_end(Watch *watch) {
  for (gsize i = 0; i < G_N_ELEMENTS(CHILDREN); i++)
    child_stop(&watch->children[i]);
  g_main_loop_unref(watch->loop);
}

/* --- the user that the server runs as --- */

/* Started as root: becomes server.user and begins anew, so that the reader of outside documents is not root either. */
static gboolean drop_root(App *app, char **argv, GError **error) {
  g_autoptr(Arena) arena = arena_new();
  if (!app_prepare(app, error))
    return FALSE;
  const char *name = setting_text(app, arena, "server.user");
  const struct passwd *user = *name ? getpwnam(name) : NULL;
  if (!*name || geteuid() != 0)
    return TRUE;
  if (!user || user->pw_uid == 0 || initgroups(name, user->pw_gid) != 0 || setgid(user->pw_gid) != 0 ||
      setuid(user->pw_uid) != 0) {
    g_set_error(error, APP_ERROR, ERROR_FAILED, "Không chuyển được sang tài khoản %s (server.user): %s.", name,
                user ? g_strerror(errno) : "không có tài khoản này");
    return FALSE;
  }
  g_setenv("UNGCUU_HOME", app->home, TRUE);
  g_autoptr(GStrvBuilder) words = g_strv_builder_new();
  g_strv_builder_add_many(words, "ungcuu", "serve", NULL);
  g_strv_builder_addv(words, (const char **)argv + 1);
  g_auto(GStrv) list = g_strv_builder_end(words);
  execv("/proc/self/exe", list);
  g_set_error(error, APP_ERROR, ERROR_FAILED, "Không khởi động lại được dưới tài khoản %s: %s.", name, g_strerror(errno));
  return FALSE;
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
  gboolean no_jobs = FALSE;
  g_autofree char *address = NULL;
  g_auto(GStrv) words = g_strdupv(argv); /* parsing takes the flags out */
  const GOptionEntry entries[] = {
      {"port",    'p', 0, G_OPTION_ARG_INT,    &port,    "cổng (mặc định: server.port, 8686)",             "CỔNG"   },
      {"address", 'a', 0, G_OPTION_ARG_STRING, &address, "địa chỉ nghe (mặc định: server.address, 127.0.0.1)", "ĐỊA-CHỈ"},
      {"no-jobs", 0,   0, G_OPTION_ARG_NONE,   &no_jobs, "không chạy việc nền; “ungcuu jobs” chạy ở nơi khác",   NULL     },
      {NULL,      0,   0, G_OPTION_ARG_NONE,   NULL,     NULL,                                              NULL     },
  };
  g_autoptr(GOptionContext) context = g_option_context_new("- chạy máy chủ trang");
  g_autoptr(GError) error = NULL;
  g_option_context_add_main_entries(context, entries, NULL);
  if (!g_option_context_parse(context, &argc, &argv, &error)) {
    fprintf(stderr, "ungcuu: %s\n", error->message);
    return 2;
  }
  if (!drop_root(app, words, &error) || !app_open(app, TRUE, &error))
    return fail(error);
  if (!app_signing_key(app, &error)) {
    fprintf(stderr, "ungcuu: %s\n", error->message); /* signing waits, the rest works */
    g_clear_error(&error);
  }
  Server *server = start(app, port, address, &error);
  if (!server)
    return fail(error);
  Watch watch;
  watch_start(&watch, app, !no_jobs);
  printf("Ứng Cứu đang chạy tại http://%s:%d (dữ liệu: %s). Ctrl-C để dừng.\n", address ? address : "127.0.0.1",
         server_port(server), app->home);
  fflush(stdout);
  g_main_loop_run(watch.loop);
  watch_end(&watch);
  server_stop(server);
  return 0;
}
