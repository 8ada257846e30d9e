#include "base/digest.h"
#include <glib/gstdio.h>
#include <unistd.h>

/* FIPS 180-4: the empty text, "abc", a million times "a". */
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define MILLION "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"

static void test_known(void) {
  char sha256[DIGEST_SIZE];
  digest_bytes("", 0, sha256);
  g_assert_cmpstr(sha256, ==, EMPTY);
  digest_bytes("abc", 3, sha256);
  g_assert_cmpstr(sha256, ==, ABC);
}

static void test_pieces_make_the_whole(void) {
  g_autoptr(Digest) digest = digest_new();
  char sha256[DIGEST_SIZE];
  g_autofree char *text = g_strnfill(1000000, 'a');
  for (gsize at = 0, step = 1; at < 1000000; at += step, step = MIN(step * 3, 1000000 - at))
    digest_add(digest, text + at, step);
  digest_end(digest, sha256);
  g_assert_cmpstr(sha256, ==, MILLION);
}

static void test_descriptor(void) {
  g_autofree char *path = NULL, *text = g_strnfill(1000000, 'a');
  char sha256[DIGEST_SIZE];
  gint64 size = -1;
  int fd = g_file_open_tmp("digest-XXXXXX", &path, NULL);
  g_assert_cmpint(write(fd, text, 1000000), ==, 1000000);
  g_assert_cmpint(lseek(fd, 0, SEEK_SET), ==, 0);
  g_assert_true(digest_read(fd, sha256, &size));
  g_assert_cmpstr(sha256, ==, MILLION);
  g_assert_cmpint(size, ==, 1000000);
  close(fd);
  g_unlink(path);
  g_assert_false(digest_read(fd, sha256, &size));
}

static void test_shape(void) {
  g_assert_true(digest_is_sha256(ABC));
  g_assert_false(digest_is_sha256(NULL));
  g_assert_false(digest_is_sha256("abc"));
  g_assert_false(digest_is_sha256(ABC "0"));
  g_assert_false(digest_is_sha256("BA7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
  g_assert_false(digest_is_sha256("../816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/digest/known", test_known);
  g_test_add_func("/digest/pieces", test_pieces_make_the_whole);
  g_test_add_func("/digest/descriptor", test_descriptor);
  g_test_add_func("/digest/shape", test_shape);
  return g_test_run();
}
