/* Sends syslog lines over TCP as fast as they are taken:  bench_collect PORT COUNT [CONNECTIONS]
 *
 * The lines are like those of a small network (sshd, a router, a web server), each with its own numbers; about 115 bytes. Prints the
 * seconds until the last was handed to the kernel. Who measures waits for the receiver to have stored them; see bench/collect_run. */
#include <glib.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void add_line(GString *out, guint number) {
  guint mixed = number * 2654435761u, minute = number / 3600 % 60, second = number / 60 % 60, machine = mixed % 7, pid = mixed % 30000,
        address = mixed / 7 % 254 + 1, port = mixed % 60000;
  if (number % 3 == 0)
    g_string_append_printf(out, "<38>Nov 21 06:%02u:%02u may-chu-%u sshd[%u]: Failed password for invalid user admin from 203.0.113.%u port %u ssh2\n",
                           minute, second, machine, pid, address, port);
  else if (number % 3 == 1)
    g_string_append_printf(out, "<134>Nov 21 06:%02u:%02u router-%u firewall[%u]: forward in:ether2 out:ether1 proto TCP 192.168.10.%u:%u->198.51.100.7:443\n",
                           minute, second, machine, pid, address, port);
  else
    g_string_append_printf(out, "<190>Nov 21 06:%02u:%02u cong-%u nginx[%u]: 192.0.2.%u - - \"GET /dich-vu-cong/ho-so/%u HTTP/1.1\" 200 5120 \"-\" \"Mozilla\"\n",
                           minute, second, machine, pid, address, port);
}

static int connect_to(int port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((guint16)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0 || connect(fd, (const struct sockaddr *)&to, sizeof to) != 0) {
    perror("connect");
    exit(1);
  }
  return fd;
}

static void send_whole(int fd, const char *bytes, gsize size) {
  while (size) {
    gssize sent = send(fd, bytes, size, MSG_NOSIGNAL);
    if (sent <= 0) {
      perror("send");
      exit(1);
    }
    bytes += sent;
    size -= (gsize)sent;
  }
}

int main(int argc, char **argv) {
  enum { BLOCK = 500, CONNECTIONS_MOST = 64 };
  if (argc < 3) {
    fprintf(stderr, "bench_collect PORT COUNT [CONNECTIONS]\n");
    return 2;
  }
  guint count = (guint)atoi(argv[2]), connections = argc > 3 ? CLAMP((guint)atoi(argv[3]), 1, CONNECTIONS_MOST) : 4;
  int fds[CONNECTIONS_MOST];
  GString *all = g_string_new(NULL);
  GArray *ends = g_array_new(FALSE, FALSE, sizeof(gsize));
  for (guint i = 0; i < count; i++) {
    add_line(all, i);
    if ((i + 1) % BLOCK == 0 || i + 1 == count)
      g_array_append_val(ends, all->len);
  }
  for (guint i = 0; i < connections; i++)
    fds[i] = connect_to(atoi(argv[1]));
  gint64 began = g_get_monotonic_time();
  gsize at = 0;
  for (guint i = 0; i < ends->len; i++) {
    gsize end = g_array_index(ends, gsize, i);
    send_whole(fds[i % connections], all->str + at, end - at);
    at = end;
  }
  printf("%.3f s, %zu bytes\n", (double)(g_get_monotonic_time() - began) / 1e6, all->len);
  for (guint i = 0; i < connections; i++)
    close(fds[i]);
  return 0;
}
