/* Hashes a file as evidence is hashed: {"sha256", "cpu_ms"}.   bench_digest FILE */
#include "base/digest.h"
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv) {
  char sha256[DIGEST_SIZE];
  gint64 size;
  int fd = argc == 2 ? open(argv[1], O_RDONLY) : -1;
  if (fd < 0 || !digest_read(fd, sha256, &size))
    return 1;
  close(fd);
  printf("{\"sha256\": \"%s\", \"cpu_ms\": %.1f}\n", sha256, (double)clock() * 1000 / CLOCKS_PER_SEC);
  return 0;
}
