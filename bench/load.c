/* Calls one address at a constant rate over kept-alive connections and prints how long answers took.
 *
 *   load PORT PATH COUNT [--rate R] [--clients N] [--cookie TEXT] [--header LINE] [--post FILE --type MEDIA]
 *
 * COUNT calls in all. With a rate each call has its moment, whether or not the ones before are answered, and its time counts
 * from that moment (a server that stalls cannot hide the calls that wait). Rate 0: each client calls again when answered.
 * Prints one JSON object; exit 1 when an answer was not 2xx or 303. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLIENTS_MOST 512

typedef struct {
  int fd;
  gint64 due_us; /* 0: idle */
  GString *in;
} Client;

static struct {
  int port, count, clients;
  double rate;
  const char *path, *cookie, *header, *type;
  char *body; /* NULL: GET */
  gsize body_size;
} options = {.clients = 8};

static Client clients[CLIENTS_MOST];
static int sent, answered, failed;
static gint64 started_us, bytes;
static GArray *times_us;

static void fail(const char *what) {
  g_printerr("load: %s: %s\n", what, g_strerror(errno));
  exit(2);
}

static int connect_client(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((guint16)options.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
    fail("connect");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

static gint64 due_of(int number) {
  return options.rate > 0 ? started_us + (gint64)(number * 1e6 / options.rate) : g_get_monotonic_time();
}

static void send_call(Client *client) {
  g_autoptr(GString) text = g_string_new(NULL);
  g_string_printf(text, "%s %s HTTP/1.1\r\nHost: localhost\r\n%s%s%s%s%s", options.body ? "POST" : "GET", options.path,
                  options.cookie ? "Cookie: " : "", options.cookie ? options.cookie : "", options.cookie ? "\r\n" : "",
                  options.header ? options.header : "", options.header ? "\r\n" : "");
  if (options.body)
    g_string_append_printf(text, "Content-Type: %s\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n", options.type, options.body_size);
  g_string_append(text, "\r\n");
  g_string_append_len(text, options.body ? options.body : "", (gssize)options.body_size);
  client->due_us = due_of(sent++);
  for (gsize done = 0; done < text->len;) {
    gssize n = write(client->fd, text->str + done, text->len - done);
    if (n < 0 && errno != EAGAIN)
      fail("write");
    done += n > 0 ? (gsize)n : 0;
  }
}

/* The whole answer is there: its size, else 0. */
static gsize answer_size(const GString *in) {
  const char *end = strstr(in->str, "\r\n\r\n");
  const char *length = end ? strcasestr(in->str, "content-length:") : NULL;
  if (!end)
    return 0;
  gsize size = (gsize)(end + 4 - in->str) + (length && length < end ? (gsize)g_ascii_strtoull(length + 15, NULL, 10) : 0);
  return in->len >= size ? size : 0;
}

static void take_answer(Client *client, gsize size) {
  gint64 took_us = g_get_monotonic_time() - client->due_us;
  gboolean good = client->in->str[9] == '2' || strncmp(client->in->str + 9, "303", 3) == 0;
  if (!good && !failed++)
    g_printerr("load: %.300s\n", client->in->str);
  g_array_append_val(times_us, took_us);
  bytes = (gint64)size;
  answered++;
  g_string_erase(client->in, 0, (gssize)size);
  client->due_us = 0;
}

static void receive(Client *client) {
  char part[65536];
  gssize n;
  while ((n = read(client->fd, part, sizeof part)) > 0)
    g_string_append_len(client->in, part, n);
  if (n == 0 || (n < 0 && errno != EAGAIN))
    fail("read");
  gsize size = answer_size(client->in);
  if (size)
    take_answer(client, size);
}

/* Sends what is due to clients that are idle; how long to wait, in ms, until the next one is. */
static int send_due(void) {
  for (int i = 0; i < options.clients && sent < options.count; i++) {
    gint64 wait_us = options.rate > 0 ? due_of(sent) - g_get_monotonic_time() : 0;
    if (wait_us > 0)
      return wait_us < 1500 ? 0 : (int)(wait_us / 1000) - 1;
    if (!clients[i].due_us)
      send_call(&clients[i]);
  }
  return sent < options.count ? 1 : 100;
}

static int compare(gconstpointer a, gconstpointer b) {
  return (*(const gint64 *)a > *(const gint64 *)b) - (*(const gint64 *)a < *(const gint64 *)b);
}

static double at_percent(int percent) {
  return (double)g_array_index(times_us, gint64, MIN(times_us->len * (guint)percent / 100, times_us->len - 1)) / 1000;
}

static void run(void) {
  struct epoll_event events[64];
  int poll = epoll_create1(EPOLL_CLOEXEC);
  for (int i = 0; i < options.clients; i++) {
    clients[i] = (Client){.fd = connect_client(), .in = g_string_new(NULL)};
    epoll_ctl(poll, EPOLL_CTL_ADD, clients[i].fd, &(struct epoll_event){.events = EPOLLIN, .data.ptr = &clients[i]});
  }
  started_us = g_get_monotonic_time();
  while (answered < options.count) {
    int count = epoll_wait(poll, events, G_N_ELEMENTS(events), send_due());
    for (int i = 0; i < count; i++)
      receive(events[i].data.ptr);
  }
}

int main(int argc, char **argv) {
  char *file = NULL;
  gchar *cookie = NULL, *line = NULL, *type = NULL;
  gdouble rate = 0;
  const GOptionEntry entries[] = {
      {"rate", 0, 0, G_OPTION_ARG_DOUBLE, &rate, NULL, NULL},       {"clients", 0, 0, G_OPTION_ARG_INT, &options.clients, NULL, NULL},
      {"cookie", 0, 0, G_OPTION_ARG_STRING, &cookie, NULL, NULL},   {"header", 0, 0, G_OPTION_ARG_STRING, &line, NULL, NULL},
      {"post", 0, 0, G_OPTION_ARG_FILENAME, &file, NULL, NULL},     {"type", 0, 0, G_OPTION_ARG_STRING, &type, NULL, NULL}, {NULL}};
  g_autoptr(GError) error = NULL;
  g_autoptr(GOptionContext) context = g_option_context_new("PORT PATH COUNT");
  g_option_context_add_main_entries(context, entries, NULL);
  if (!g_option_context_parse(context, &argc, &argv, &error) || argc != 4 || options.clients > CLIENTS_MOST ||
      (file && !g_file_get_contents(file, &options.body, &options.body_size, &error))) {
    g_printerr("load: %s\n", error ? error->message : "PORT PATH COUNT");
    return 2;
  }
  options.port = atoi(argv[1]), options.path = argv[2], options.count = atoi(argv[3]);
  options.rate = rate, options.cookie = cookie, options.header = line, options.type = type;
  times_us = g_array_new(FALSE, FALSE, sizeof(gint64));
  run();
  double seconds = (double)(g_get_monotonic_time() - started_us) / 1e6;
  g_array_sort(times_us, compare);
  printf("{\"answers\": %d, \"failed\": %d, \"per_second\": %.0f, \"p50\": %.3f, \"p95\": %.3f, \"p99\": %.3f, \"most\": %.3f, "
         "\"bytes\": %" G_GINT64_FORMAT "}\n",
         answered, failed, answered / seconds, at_percent(50), at_percent(95), at_percent(99), at_percent(100), bytes);
  return failed ? 1 : 0;
}
