#include "module/collect/collect_lock.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define STEP_MS 50

int collect_lock(const App *app, int wait_ms, GError **error) {
  g_autofree char *folder = g_build_filename(app->home, "log", NULL);
  g_autofree char *path = g_build_filename(folder, "lock", NULL);
  g_mkdir_with_parents(folder, 0700);
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    g_set_error(error, APP_ERROR, ERROR_FULL, "Không mở được kho nhật ký %s: %s.", folder, g_strerror(errno));
    return -1;
  }
  for (int waited = 0; flock(fd, LOCK_EX | LOCK_NB) != 0; waited += STEP_MS) {
    if (waited >= wait_ms) {
      g_set_error(error, APP_ERROR, ERROR_BUSY, "Kho nhật ký %s đang do chương trình khác ghi; thử lại sau.", folder);
      close(fd);
      return -1;
    }
    g_usleep(STEP_MS * 1000);
  }
  return fd;
}

void collect_unlock(int fd) {
  if (fd >= 0)
    close(fd);
}

/* By way of the folder's descriptor: the name of a socket may have 107 bytes only. */
static gboolean name_socket(int folder, struct sockaddr_un *name) {
  *name = (struct sockaddr_un){.sun_family = AF_UNIX};
  return g_snprintf(name->sun_path, sizeof name->sun_path, "/proc/self/fd/%d/collect.sock", folder) > 0;
}

static int socket_in(const char *path, int (*tie)(int, const struct sockaddr *, socklen_t)) {
  int folder = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  int fd = folder < 0 ? -1 : socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_un name;
  if (fd >= 0 && (!name_socket(folder, &name) || tie(fd, (const struct sockaddr *)&name, sizeof name) != 0)) {
    close(fd);
    fd = -1;
  }
  if (folder >= 0)
    close(folder);
  return fd;
}

int collect_socket_connect(const App *app) {
  g_autofree char *folder = g_build_filename(app->home, "log", NULL);
  return socket_in(folder, connect);
}

int collect_socket_listen(const char *folder) {
  g_autofree char *path = g_build_filename(folder, "collect.sock", NULL);
  g_unlink(path); /* the lock is ours: whoever made it is gone */
  int fd = socket_in(folder, bind);
  if (fd >= 0 && (g_chmod(path, 0600) != 0 || listen(fd, 64) != 0 || fcntl(fd, F_SETFL, O_NONBLOCK) != 0)) {
    close(fd);
    return -1;
  }
  return fd;
}
