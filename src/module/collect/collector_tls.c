/* Syslog over TLS (RFC 5425). Without a certificate of its own the collector makes one for the local network at first start; devices are
 * told its fingerprint. */
#include "core/setting.h"
#include "module/collect/collect_tls.h"
#include "module/collect/collector.h"
#include <glib/gstdio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

enum { YEARS = 10, DAY_SECONDS = 24 * 3600 };

char *collect_tls_path(const App *app) {
  g_autoptr(Arena) arena = arena_new();
  const char *given = setting_text(app, arena, "collect.tls_certificate");
  return *given ? g_strdup(given) : g_build_filename(app->home, "log", "tls.pem", NULL);
}

/* --- the certificate --- */

static gboolean fill(X509 *certificate, EVP_PKEY *key) {
  guint8 serial[8];
  X509_NAME *name = X509_get_subject_name(certificate);
  g_autofree char *alternative = g_strdup_printf("DNS:%s", g_get_host_name());
  X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, alternative);
  for (gsize i = 0; i < sizeof serial; i++)
    serial[i] = (guint8)g_random_int_range(i ? 0 : 1, i ? 256 : 128);
  BIGNUM *number = BN_bin2bn(serial, sizeof serial, NULL);
  gboolean good = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) && X509_set_version(certificate, X509_VERSION_3) &&
                  X509_gmtime_adj(X509_getm_notBefore(certificate), -DAY_SECONDS) &&
                  X509_gmtime_adj(X509_getm_notAfter(certificate), (long)YEARS * 365 * DAY_SECONDS) &&
                  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const guint8 *)"ungcuu", -1, -1, 0) &&
                  X509_set_issuer_name(certificate, name) && X509_set_pubkey(certificate, key) &&
                  (!extension || X509_add_ext(certificate, extension, -1)) && X509_sign(certificate, key, EVP_sha256());
  BN_free(number);
  X509_EXTENSION_free(extension);
  return good;
}

static gboolean write_pem(const char *path, X509 *certificate, EVP_PKEY *key) {
  BIO *memory = BIO_new(BIO_s_mem());
  char *bytes = NULL;
  gboolean good = PEM_write_bio_X509(memory, certificate) && PEM_write_bio_PrivateKey(memory, key, NULL, NULL, 0, NULL, NULL);
  long size = BIO_get_mem_data(memory, &bytes);
  good = good && g_file_set_contents_full(path, bytes, size, G_FILE_SET_CONTENTS_DURABLE, 0600, NULL);
  BIO_free(memory);
  return good;
}

static gboolean make_certificate(const char *path) {
  EVP_PKEY *key = EVP_EC_gen("P-256");
  X509 *certificate = X509_new();
  gboolean good = key && certificate && fill(certificate, key) && write_pem(path, certificate, key);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return good;
}

char *collect_tls_fingerprint(const App *app) {
  g_autofree char *path = collect_tls_path(app);
  guint8 digest[EVP_MAX_MD_SIZE];
  guint size = 0;
  FILE *file = g_fopen(path, "r");
  X509 *certificate = file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;
  GString *text = g_string_new(NULL);
  if (certificate && X509_digest(certificate, EVP_sha256(), digest, &size))
    for (guint i = 0; i < size; i++)
      g_string_append_printf(text, "%s%02X", i ? ":" : "", digest[i]);
  X509_free(certificate);
  if (file)
    fclose(file);
  return g_string_free(text, FALSE);
}

/* --- the server --- */

static char *why(void) {
  char text[200];
  ERR_error_string_n(ERR_get_error(), text, sizeof text);
  return g_strdup(text);
}

void *tls_server_new(Collector *c, char **out_trouble) {
  g_autoptr(Arena) arena = arena_new();
  g_autofree char *path = collect_tls_path(c->app);
  const char *own = setting_text(c->app, arena, "collect.tls_certificate"), *key = setting_text(c->app, arena, "collect.tls_key");
  if (!*own && !g_file_test(path, G_FILE_TEST_EXISTS) && !make_certificate(path)) {
    *out_trouble = g_strdup_printf("không tạo được chứng thư số %s", path);
    return NULL;
  }
  ERR_clear_error();
  SSL_CTX *server = SSL_CTX_new(TLS_server_method());
  /* Without tickets: a device that never reads would reset the connection when it closes, and its last messages with it. */
  if (server && SSL_CTX_set_num_tickets(server, 0) && SSL_CTX_set_min_proto_version(server, TLS1_2_VERSION) && SSL_CTX_use_certificate_chain_file(server, path) == 1 &&
      SSL_CTX_use_PrivateKey_file(server, *own && *key ? key : path, SSL_FILETYPE_PEM) == 1)
    return server;
  *out_trouble = why();
  SSL_CTX_free(server);
  return NULL;
}

void tls_server_free(void *server) {
  SSL_CTX_free(server);
}

void *tls_accept(void *server, int fd) {
  SSL *tls = SSL_new(server);
  if (tls && SSL_set_fd(tls, fd)) {
    SSL_set_accept_state(tls);
    return tls;
  }
  SSL_free(tls);
  return NULL;
}

gssize tls_read(void *tls, char *buffer, gsize room) {
  ERR_clear_error();
  int got = SSL_read(tls, buffer, (int)MIN(room, G_MAXINT));
  if (got > 0)
    return got;
  int reason = SSL_get_error(tls, got);
  /* A handshake of a few kilobytes fits into the buffer of the socket: waiting for bytes is enough. */
  return reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE ? -1 : 0;
}

void tls_free(void *tls) {
  if (tls)
    SSL_shutdown(tls);
  SSL_free(tls);
}
