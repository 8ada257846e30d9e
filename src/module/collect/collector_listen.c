/* Sockets: UDP by many datagrams at once, TCP and TLS, the local one. */
#include "base/clock.h"
#include "core/setting.h"
#include "module/collect/collect_lock.h"
#include "module/collect/collector.h"
#include "module/collect/syslog_frame.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { DATAGRAMS = 64, DATAGRAM_BYTES = 65536, UDP_ROUNDS = 16, UDP_BUFFER = 8 << 20, TCP_BUFFER = 256 << 10, CONNECTIONS = 1024 };

typedef enum { LISTEN_UDP, LISTEN_TCP, LISTEN_TLS, LISTEN_LOCAL, LISTENERS } Kind;

static const struct {
  const char *name, *setting;
  int type;
} KINDS[LISTENERS] = {
    [LISTEN_UDP] = {"UDP", "collect.udp_port", SOCK_DGRAM},
    [LISTEN_TCP] = {"TCP", "collect.tcp_port", SOCK_STREAM},
    [LISTEN_TLS] = {"TLS", "collect.tls_port", SOCK_STREAM},
    [LISTEN_LOCAL] = {"nội bộ", NULL, SOCK_STREAM},
};

typedef struct {
  Watch watch; /* first: the loop gives it back */
  Kind kind;
  char *address;
  gint64 port;
} Listener;

struct Listeners {
  Listener at[LISTENERS];
  void *tls;
  struct mmsghdr headers[DATAGRAMS];
  struct iovec parts[DATAGRAMS];
  struct sockaddr_storage from[DATAGRAMS];
  char control[DATAGRAMS][CMSG_SPACE(sizeof(guint32))];
  char *bytes;
  guint32 kernel_dropped; /* as the socket counts it */
};

/* --- UDP --- */

/* The fewer batches are left, the more severe a datagram must be to be taken. */
static const int LEAST_SEVERE[] = {3, 4, 5, 6};

static gboolean is_worth(const Collector *c, int severity) {
  guint left = listeners_free_batches(c);
  return left >= G_N_ELEMENTS(LEAST_SEVERE) || severity <= LEAST_SEVERE[left];
}

static void drop(Collector *c, Source *source) {
  __atomic_add_fetch(&c->udp_dropped, 1, __ATOMIC_RELAXED);
  __atomic_add_fetch(&source->dropped, 1, __ATOMIC_RELAXED);
}

static void take_datagram(Collector *c, const struct sockaddr_storage *from, const char *bytes, gsize size) {
  Address sender;
  SyslogHead head;
  while (size && (bytes[size - 1] == '\n' || bytes[size - 1] == '\r' || bytes[size - 1] == '\0'))
    size--;
  if (!size)
    return;
  address_of(from, &sender);
  syslog_head(bytes, size, &head);
  Source *source = streams_find_test(c, bytes, size);
  if (!source)
    source = collector_source_of(c, &sender, head.host, head.host_size);
  __atomic_add_fetch(&c->udp_received, 1, __ATOMIC_RELAXED);
  if (!source)
    collector_stranger(c, &sender, head.host, head.host_size, bytes, size);
  else if (!is_worth(c, head.severity) || !collector_take(c, source, bytes, size))
    drop(c, source);
}

static void count_kernel_drops(Collector *c, Listeners *l, struct msghdr *header) {
  for (struct cmsghdr *one = CMSG_FIRSTHDR(header); one; one = CMSG_NXTHDR(header, one)) {
    guint32 dropped;
    if (one->cmsg_level != SOL_SOCKET || one->cmsg_type != SO_RXQ_OVFL)
      continue;
    memcpy(&dropped, CMSG_DATA(one), sizeof dropped);
    if (dropped != l->kernel_dropped)
      __atomic_add_fetch(&c->kernel_dropped, (guint32)(dropped - l->kernel_dropped), __ATOMIC_RELAXED);
    l->kernel_dropped = dropped;
  }
}

static void udp_ready(Collector *c, Watch *watch) {
  Listeners *l = c->listeners;
  for (int round = 0; round < UDP_ROUNDS; round++) {
    for (int i = 0; i < DATAGRAMS; i++) {
      l->parts[i] = (struct iovec){l->bytes + (gsize)i * DATAGRAM_BYTES, DATAGRAM_BYTES};
      l->headers[i].msg_hdr = (struct msghdr){.msg_name = &l->from[i], .msg_namelen = sizeof l->from[i], .msg_iov = &l->parts[i],
                                              .msg_iovlen = 1, .msg_control = l->control[i], .msg_controllen = sizeof l->control[i]};
    }
    int count = recvmmsg(watch->fd, l->headers, DATAGRAMS, MSG_DONTWAIT, NULL);
    for (int i = 0; i < count; i++) {
      count_kernel_drops(c, l, &l->headers[i].msg_hdr);
      take_datagram(c, &l->from[i], l->parts[i].iov_base, l->headers[i].msg_len);
    }
    if (count < DATAGRAMS)
      return;
  }
}

/* --- connections --- */

static void accept_ready(Collector *c, Watch *watch) {
  Listener *listener = (Listener *)(gpointer)watch;
  struct sockaddr_storage from = {0};
  socklen_t size = sizeof from;
  Address sender;
  int fd = accept4(watch->fd, (struct sockaddr *)&from, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0)
    return;
  if (c->streams->len >= CONNECTIONS) {
    close(fd);
    return;
  }
  if (listener->kind == LISTEN_LOCAL) {
    stream_new_local(c, fd);
    return;
  }
  void *tls = listener->kind == LISTEN_TLS ? tls_accept(c->listeners->tls, fd) : NULL;
  address_of(&from, &sender);
  if (listener->kind == LISTEN_TLS && !tls)
    close(fd);
  else
    stream_new(c, fd, &sender, tls);
}

/* --- opening --- */

static int open_socket(const char *address, gint64 port, int type, int *out_errno) {
  struct addrinfo hints = {.ai_socktype = type, .ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV}, *found = NULL;
  char service[16];
  int one = 1, off = 0, buffer = type == SOCK_DGRAM ? UDP_BUFFER : TCP_BUFFER;
  g_snprintf(service, sizeof service, "%" G_GINT64_FORMAT, port);
  *out_errno = EADDRNOTAVAIL;
  if (getaddrinfo(address, service, &hints, &found) != 0)
    return -1;
  int fd = socket(found->ai_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
  if (found->ai_family == AF_INET6)
    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (type == SOCK_DGRAM)
    setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &one, sizeof one);
  if (fd >= 0 && (bind(fd, found->ai_addr, found->ai_addrlen) != 0 || (type == SOCK_STREAM && listen(fd, 64) != 0))) {
    *out_errno = errno;
    close(fd);
    fd = -1;
  }
  freeaddrinfo(found);
  return fd;
}

static void listener_close(Collector *c, Listener *listener) {
  if (listener->watch.fd < 0)
    return;
  collector_unwatch(c, &listener->watch);
  close(listener->watch.fd);
  listener->watch.fd = -1;
}

static void listener_open(Collector *c, Listeners *l, Listener *listener, GString *trouble) {
  g_autofree char *why = NULL;
  int failed = 0;
  if (listener->kind == LISTEN_TLS && !l->tls && !(l->tls = tls_server_new(c, &why))) {
    g_string_append_printf(trouble, "TLS: %s ", why);
    return;
  }
  int fd = listener->kind == LISTEN_LOCAL ? collect_socket_listen(c->folder)
                                          : open_socket(listener->address, listener->port, KINDS[listener->kind].type, &failed);
  if (fd < 0) {
    g_string_append_printf(trouble, "%s %s:%" G_GINT64_FORMAT ": %s. ", KINDS[listener->kind].name,
                           listener->address ? listener->address : "collect.sock", listener->port, g_strerror(failed ? failed : errno));
    return;
  }
  listener->watch = (Watch){fd, listener->kind == LISTEN_UDP ? udp_ready : accept_ready};
  l->kernel_dropped = listener->kind == LISTEN_UDP ? 0 : l->kernel_dropped;
  collector_watch(c, &listener->watch, EPOLLIN);
}

void listeners_refresh(Collector *c, Listeners *l) {
  g_autoptr(Arena) arena = arena_new();
  g_autoptr(GString) trouble = g_string_new(NULL);
  const char *address = setting_text(c->app, arena, "collect.address");
  for (int kind = 0; kind < LISTENERS; kind++) {
    Listener *listener = &l->at[kind];
    gint64 port = KINDS[kind].setting ? setting_int(c->app, KINDS[kind].setting) : 0;
    gboolean other = KINDS[kind].setting && (g_strcmp0(address, listener->address) != 0 || port != listener->port);
    if (other) {
      listener_close(c, listener);
      g_free(listener->address);
      listener->address = g_strdup(address);
      listener->port = port;
    }
    if (listener->watch.fd < 0 && (port || kind == LISTEN_LOCAL))
      listener_open(c, l, listener, trouble);
  }
  g_mutex_lock(&c->trouble_lock);
  g_strlcpy(c->listen_trouble, trouble->str, sizeof c->listen_trouble);
  g_mutex_unlock(&c->trouble_lock);
}

Listeners *listeners_open(Collector *c) {
  Listeners *l = g_new0(Listeners, 1);
  l->bytes = g_malloc((gsize)DATAGRAMS * DATAGRAM_BYTES);
  for (int kind = 0; kind < LISTENERS; kind++)
    l->at[kind] = (Listener){.watch.fd = -1, .kind = (Kind)kind};
  listeners_refresh(c, l);
  return l;
}

void listeners_close(Collector *c, Listeners *l) {
  for (int kind = 0; kind < LISTENERS; kind++) {
    listener_close(c, &l->at[kind]);
    g_free(l->at[kind].address);
  }
  tls_server_free(l->tls);
  g_free(l->bytes);
  g_free(l);
}
