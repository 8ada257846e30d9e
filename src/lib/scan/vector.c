#include "lib/scan/regex.h"
#include <stdlib.h>
#include <string.h>

#ifdef SCAN_VECTOR
#include "lib/scan/map.h"
#include <errno.h>
#include <fcntl.h>
#include <hs/hs.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CACHE_BYTES_MAX = 256 << 20 };
static const char cache_magic[16] = "ungcuu-scan-1";

struct Vector {
  hs_database_t *database;
  size_t memory;
};

struct VectorWork {
  hs_scratch_t *scratch;
};

typedef struct {
  unsigned char key[SHA256_DIGEST_LENGTH];
  char *bytes;
  size_t size;
} Saved;

struct VectorCache {
  char *path;
  unsigned char home[SHA256_DIGEST_LENGTH]; /* library and processor */
  Saved *saved, *used;
  size_t saved_count, used_count;
  bool changed;
};

bool vector_available(void) {
  return hs_valid_platform() == HS_SUCCESS;
}

static unsigned flags_of(const Pattern *pattern) {
  return HS_FLAG_SINGLEMATCH | HS_FLAG_ALLOWEMPTY | HS_FLAG_PREFILTER | (pattern->insensitive ? HS_FLAG_CASELESS : 0) |
         (pattern->multiline ? HS_FLAG_MULTILINE : 0) | (pattern->dotall ? HS_FLAG_DOTALL : 0);
}

/* The file: magic, SHA-256 of all that follows, home, then key, size and bytes of each database. */
typedef struct {
  char magic[16];
  unsigned char sum[SHA256_DIGEST_LENGTH], home[SHA256_DIGEST_LENGTH];
} CacheHead;

typedef struct {
  unsigned char key[SHA256_DIGEST_LENGTH];
  uint64_t size;
} CachePart;

static void name_home(VectorCache *cache) {
  hs_platform_info_t platform = {0};
  hs_populate_platform(&platform);
  unsigned long long parts[] = {platform.tune, platform.cpu_features};
  char text[300];
  int size = snprintf(text, sizeof text, "%s %llx %llx", hs_version(), parts[0], parts[1]);
  SHA256((unsigned char *)text, (size_t)size, cache->home);
}

static char *read_file(const char *path, size_t *out_size) {
  struct stat info;
  int file = open(path, O_RDONLY | O_CLOEXEC);
  char *bytes = NULL;
  if (file >= 0 && fstat(file, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0 && info.st_size <= CACHE_BYTES_MAX) {
    bytes = scan_new((size_t)info.st_size, 1);
    size_t size = 0;
    for (ssize_t got; size < (size_t)info.st_size && (got = read(file, bytes + size, (size_t)info.st_size - size)) > 0;)
      size += (size_t)got;
    *out_size = size;
  }
  if (file >= 0)
    close(file);
  return bytes;
}

static void add_saved(Saved **list, size_t *count, const unsigned char *key, const char *bytes, size_t size) {
  *list = scan_grow(*list, *count + 1, sizeof **list);
  Saved *saved = &(*list)[(*count)++];
  memcpy(saved->key, key, sizeof saved->key);
  saved->bytes = memcpy(scan_new(size, 1), bytes, size);
  saved->size = size;
}

static void read_cache(VectorCache *cache) {
  size_t size = 0;
  char *bytes = read_file(cache->path, &size);
  CacheHead head;
  unsigned char sum[SHA256_DIGEST_LENGTH];
  size_t at = offsetof(CacheHead, home);
  if (bytes && size >= sizeof head) {
    memcpy(&head, bytes, sizeof head);
    SHA256((unsigned char *)bytes + at, size - at, sum);
    at = memcmp(head.magic, cache_magic, sizeof head.magic) == 0 && memcmp(sum, head.sum, sizeof sum) == 0 &&
                 memcmp(head.home, cache->home, sizeof head.home) == 0
             ? sizeof head
             : size;
    for (CachePart part; size - at >= sizeof part; at += part.size) {
      memcpy(&part, bytes + at, sizeof part);
      at += sizeof part;
      if (part.size > size - at)
        break;
      add_saved(&cache->saved, &cache->saved_count, part.key, bytes + at, part.size);
    }
  }
  free(bytes);
}

VectorCache *vector_cache_open(const char *path) {
  VectorCache *cache = scan_new(1, sizeof *cache);
  if (!path || !vector_available())
    return cache;
  cache->path = strdup(path);
  name_home(cache);
  read_cache(cache);
  return cache;
}

static bool write_all(int file, const void *bytes, size_t size) {
  for (size_t done = 0; done < size;) {
    ssize_t wrote = write(file, (const char *)bytes + done, size - done);
    if (wrote < 0 && errno == EINTR)
      continue;
    if (wrote <= 0)
      return false;
    done += (size_t)wrote;
  }
  return true;
}

/* A file beside it, renamed once it is whole: a reader sees the old one or the new one. */
static void write_cache(const VectorCache *cache) {
  size_t size = sizeof(CacheHead);
  for (size_t i = 0; i < cache->used_count; i++)
    size += sizeof(CachePart) + cache->used[i].size;
  char *bytes = scan_new(size, 1), *at = bytes + sizeof(CacheHead);
  for (size_t i = 0; i < cache->used_count; i++) {
    CachePart part = {.size = cache->used[i].size};
    memcpy(part.key, cache->used[i].key, sizeof part.key);
    memcpy(at, &part, sizeof part);
    memcpy(at + sizeof part, cache->used[i].bytes, part.size);
    at += sizeof part + part.size;
  }
  CacheHead head;
  memcpy(head.magic, cache_magic, sizeof head.magic);
  memcpy(head.home, cache->home, sizeof head.home);
  memcpy(bytes, &head, sizeof head);
  SHA256((unsigned char *)bytes + offsetof(CacheHead, home), size - offsetof(CacheHead, home), head.sum);
  memcpy(bytes, &head, sizeof head);
  size_t room = strlen(cache->path) + 16;
  char *beside = scan_new(room, 1);
  snprintf(beside, room, "%s.XXXXXX", cache->path);
  int file = mkostemp(beside, O_CLOEXEC);
  bool whole = file >= 0 && write_all(file, bytes, size) && fsync(file) == 0;
  if (file >= 0)
    close(file);
  if (file >= 0 && (!whole || rename(beside, cache->path) != 0))
    unlink(beside);
  free(beside);
  free(bytes);
}

static void free_saved(Saved *list, size_t count) {
  for (size_t i = 0; i < count; i++)
    free(list[i].bytes);
  free(list);
}

void vector_cache_close(VectorCache *cache) {
  if (cache->path && cache->changed)
    write_cache(cache);
  free_saved(cache->saved, cache->saved_count);
  free_saved(cache->used, cache->used_count);
  free(cache->path);
  free(cache);
}

static void key_of(const Pattern *const *patterns, size_t count, unsigned char *out_key) {
  size_t size = 0;
  for (size_t i = 0; i < count; i++)
    size += 2 * sizeof(uint64_t) + patterns[i]->text.size;
  unsigned char *bytes = scan_new(size, 1), *at = bytes;
  for (size_t i = 0; i < count; i++) {
    uint64_t head[] = {patterns[i]->text.size, flags_of(patterns[i])};
    memcpy(at, head, sizeof head);
    memcpy(at + sizeof head, patterns[i]->text.bytes, patterns[i]->text.size);
    at += sizeof head + patterns[i]->text.size;
  }
  SHA256(bytes, size, out_key);
  free(bytes);
}

/* Saved bytes: for each expression whether it was left out, then the database. */
static hs_database_t *find_saved(VectorCache *cache, const unsigned char *key, size_t count, bool *out_left) {
  for (size_t i = 0; i < cache->saved_count; i++) {
    const Saved *saved = &cache->saved[i];
    hs_database_t *database = NULL;
    if (memcmp(saved->key, key, sizeof saved->key) != 0 || saved->size <= count ||
        hs_deserialize_database(saved->bytes + count, saved->size - count, &database) != HS_SUCCESS)
      continue;
    for (size_t k = 0; k < count; k++)
      out_left[k] = saved->bytes[k];
    add_saved(&cache->used, &cache->used_count, key, saved->bytes, saved->size);
    return database;
  }
  return NULL;
}

static void keep_compiled(VectorCache *cache, const unsigned char *key, hs_database_t *database, size_t count,
                          const bool *left) {
  char *bytes = NULL;
  size_t size = 0;
  if (!cache->path || hs_serialize_database(database, &bytes, &size) != HS_SUCCESS)
    return;
  char *whole = scan_new(count + size, 1);
  for (size_t i = 0; i < count; i++)
    whole[i] = left[i];
  memcpy(whole + count, bytes, size);
  add_saved(&cache->used, &cache->used_count, key, whole, count + size);
  cache->changed = true;
  free(whole);
  free(bytes);
}

/* Compiles; the index of the expression that is in the way, -1: done or nothing to be done. */
static int compile(const Pattern *const *patterns, const unsigned *ids, size_t count, hs_database_t **out_database) {
  const char **texts = scan_new(count, sizeof *texts);
  unsigned *flags = scan_new(count, sizeof *flags);
  for (size_t i = 0; i < count; i++) {
    texts[i] = patterns[ids[i]]->text.bytes;
    flags[i] = flags_of(patterns[ids[i]]);
  }
  hs_compile_error_t *error = NULL;
  int bad = -1;
  if (hs_compile_multi(texts, flags, ids, (unsigned)count, HS_MODE_BLOCK, NULL, out_database, &error) != HS_SUCCESS) {
    *out_database = NULL;
    bad = error ? error->expression : -1;
    hs_free_compile_error(error);
  }
  free(texts);
  free(flags);
  return bad;
}

/* Vectorscan takes leading verbs such as (*UTF8) otherwise than PCRE2, and no zeros. */
static bool is_fit(const Pattern *pattern) {
  return strncmp(pattern->text.bytes, "(*", 2) != 0 && !memchr(pattern->text.bytes, 0, pattern->text.size);
}

static hs_database_t *compile_fit(const Pattern *const *patterns, size_t count, bool *out_left) {
  unsigned *ids = scan_new(count, sizeof *ids);
  size_t fit = 0;
  for (size_t i = 0; i < count; i++)
    if (!(out_left[i] = !is_fit(patterns[i])))
      ids[fit++] = (unsigned)i;
  hs_database_t *database = NULL;
  for (int bad; fit && (bad = compile(patterns, ids, fit, &database)) >= 0;) {
    out_left[ids[bad]] = true;
    fit--;
    memmove(ids + bad, ids + bad + 1, (fit - (size_t)bad) * sizeof *ids);
  }
  free(ids);
  return database;
}

Vector *vector_new(VectorCache *cache, const Pattern *const *patterns, size_t count, bool *out_left) {
  unsigned char key[SHA256_DIGEST_LENGTH];
  key_of(patterns, count, key);
  hs_database_t *database = find_saved(cache, key, count, out_left);
  if (!database) {
    database = compile_fit(patterns, count, out_left);
    if (database)
      keep_compiled(cache, key, database, count, out_left);
  }
  if (!database) {
    memset(out_left, true, count);
    return NULL;
  }
  Vector *vector = scan_new(1, sizeof *vector);
  vector->database = database;
  hs_database_size(database, &vector->memory);
  return vector;
}

void vector_free(Vector *vector) {
  if (!vector)
    return;
  hs_free_database(vector->database);
  free(vector);
}

size_t vector_memory(const Vector *vector) {
  return vector ? vector->memory : 0;
}

VectorWork *vector_work_new(void) {
  return scan_new(1, sizeof(VectorWork));
}

void vector_work_free(VectorWork *work) {
  if (!work)
    return;
  hs_free_scratch(work->scratch);
  free(work);
}

void vector_work_prepare(VectorWork *work, const Vector *vector) {
  if (vector && hs_alloc_scratch(vector->database, &work->scratch) != HS_SUCCESS)
    abort();
}

typedef struct {
  void (*found)(void *context, uint32_t index);
  void *context;
} Scan;

static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context) {
  (void)from, (void)to, (void)flags;
  const Scan *scan = context;
  scan->found(scan->context, id);
  return 0;
}

void vector_scan(const Vector *vector, VectorWork *work, Span text, void (*found)(void *context, uint32_t index),
                 void *context) {
  Scan scan = {found, context};
  hs_scan(vector->database, text.bytes, (unsigned)text.size, 0, work->scratch, on_match, &scan);
}
#else
VectorCache *vector_cache_open(const char *path) {
  (void)path;
  return NULL;
}

void vector_cache_close(VectorCache *cache) {
  (void)cache;
}

bool vector_available(void) {
  return false;
}

Vector *vector_new(VectorCache *cache, const Pattern *const *patterns, size_t count, bool *out_left) {
  (void)cache, (void)patterns;
  memset(out_left, true, count);
  return NULL;
}

void vector_free(Vector *vector) {
  (void)vector;
}

size_t vector_memory(const Vector *vector) {
  (void)vector;
  return 0;
}

VectorWork *vector_work_new(void) {
  return NULL;
}

void vector_work_free(VectorWork *work) {
  (void)work;
}

void vector_work_prepare(VectorWork *work, const Vector *vector) {
  (void)work, (void)vector;
}

void vector_scan(const Vector *vector, VectorWork *work, Span text, void (*found)(void *context, uint32_t index),
                 void *context) {
  (void)vector, (void)work, (void)text, (void)found, (void)context;
}
#endif
