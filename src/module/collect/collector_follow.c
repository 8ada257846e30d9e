/* Files of this machine, read as they grow. A file is known by device and inode, so it may be renamed while it is read (rotation); one that
 * became shorter, or whose beginning is another, is read from its start (copytruncate). Where each stands is written to home/log/places
 * after its records are on the disk (collector_write.c): after a crash at most the last batch is read twice, nothing is left out. */
#include "module/collect/collect_cut.h"
#include "module/collect/collect_kind.h"
#include "module/collect/collect_place.h"
#include "module/collect/collector.h"
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOOK_US = 1 * G_USEC_PER_SEC, READ_US = 100 * 1000, GONE_US = 10 * G_USEC_PER_SEC, FILES_MOST = 500, ROOM = 256 << 10 };

typedef struct {
  Source *source;
  FilePlace place; /* offset: what is cut into records */
  int fd;
  Cutter *cutter;
  char *bytes; /* from place.offset on */
  gsize used, room;
  gboolean named;    /* its path still leads to it */
  gint64 unnamed_us; /* since when not */
  gboolean more;
} File;

struct Follow {
  Collector *collector;
  GPtrArray *files;  /* File */
  GPtrArray *saved;  /* FilePlace of the run before, not yet found */
  gint64 looked_us, read_us;
};

static void file_free(gpointer data) {
  File *file = data;
  cutter_free(file->cutter);
  close(file->fd);
  g_free(file->place.path);
  g_free(file->bytes);
  g_free(file);
}

static void tell_trouble(Source *source, const char *path, const char *trouble) {
  g_mutex_lock(&source->lock);
  if (trouble)
    g_snprintf(source->trouble, sizeof source->trouble, "%s: %s", path, trouble);
  else
    source->trouble[0] = '\0';
  g_mutex_unlock(&source->lock);
}

/* --- which files --- */

static FilePlace *find_saved(Follow *follow, guint32 source, const struct stat *is) {
  for (guint i = 0; i < follow->saved->len; i++) {
    FilePlace *place = follow->saved->pdata[i];
    if (place->source == source && place->device == is->st_dev && place->inode == is->st_ino)
      return g_ptr_array_steal_index_fast(follow->saved, i);
  }
  return NULL;
}

static void open_file(Follow *follow, Source *source, const char *path, const struct stat *is, gboolean named) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) {
    tell_trouble(source, path, g_strerror(errno));
    return;
  }
  File *file = g_new0(File, 1);
  FilePlace *saved = find_saved(follow, source->number, is);
  file->source = source;
  file->fd = fd;
  file->named = named;
  file->place = (FilePlace){.source = source->number, .device = is->st_dev, .inode = is->st_ino, .path = g_strdup(path)};
  if (saved && place_head_is(fd, saved) && saved->offset <= (guint64)is->st_size) {
    file->place.offset = saved->offset;
    file->place.head_hash = saved->head_hash;
    file->place.head_size = saved->head_size;
  }
  if (saved)
    place_free(saved);
  file->cutter = cutter_new((LogFormat)source->format);
  g_ptr_array_add(follow->files, file);
}

static File *find_file(const Follow *follow, const Source *source, const struct stat *is) {
  for (guint i = 0; i < follow->files->len; i++) {
    File *file = follow->files->pdata[i];
    if (file->source == source && file->place.device == is->st_dev && file->place.inode == is->st_ino)
      return file;
  }
  return NULL;
}

static void look_at(Follow *follow, Source *source, const char *path) {
  struct stat is;
  if (stat(path, &is) != 0 || !S_ISREG(is.st_mode)) {
    tell_trouble(source, path, S_ISREG(is.st_mode) ? g_strerror(errno) : "không phải tệp thường");
    return;
  }
  File *file = find_file(follow, source, &is);
  if (!file && follow->files->len < FILES_MOST)
    open_file(follow, source, path, &is, TRUE);
  else if (file) {
    file->named = TRUE;
    file->unnamed_us = 0;
  }
}

/* While nothing ran the file may have been renamed: it lies in the same folder. */
static void look_for_renamed(Follow *follow, Source *source) {
  for (guint i = follow->saved->len; i > 0; i--) {
    FilePlace *place = follow->saved->pdata[i - 1];
    if (place->source != source->number)
      continue;
    g_autofree char *folder = g_path_get_dirname(place->path);
    g_autoptr(GDir) entries = g_dir_open(folder, 0, NULL);
    const char *name;
    gboolean found = FALSE;
    while (!found && entries && (name = g_dir_read_name(entries))) {
      g_autofree char *path = g_build_filename(folder, name, NULL);
      struct stat is;
      found = stat(path, &is) == 0 && is.st_dev == place->device && is.st_ino == place->inode && S_ISREG(is.st_mode);
      if (found)
        open_file(follow, source, path, &is, FALSE); /* takes it out of the list */
    }
    if (!found)
      place_free(g_ptr_array_steal_index_fast(follow->saved, i - 1));
  }
}

static void look_at_source(Follow *follow, Source *source) {
  glob_t found;
  tell_trouble(source, NULL, NULL);
  if (glob(source->row.path, GLOB_NOSORT, NULL, &found) == 0) {
    for (gsize i = 0; i < found.gl_pathc; i++)
      look_at(follow, source, found.gl_pathv[i]);
    globfree(&found);
  } else {
    tell_trouble(source, source->row.path, "không có tệp này");
  }
  look_for_renamed(follow, source);
}

static void look(Follow *follow) {
  GHashTableIter iter;
  gpointer value;
  for (guint i = 0; i < follow->files->len; i++)
    ((File *)follow->files->pdata[i])->named = FALSE;
  g_hash_table_iter_init(&iter, follow->collector->by_number);
  while (g_hash_table_iter_next(&iter, NULL, &value)) {
    Source *source = value;
    if (source->here && source->row.path && strcmp(source->row.way, "file") == 0)
      look_at_source(follow, source);
  }
}

/* --- reading --- */

static void add_place(Follow *follow, File *file, gboolean gone) {
  FilePlace *place = g_new(FilePlace, 1);
  place_take_head(file->fd, &file->place);
  *place = file->place;
  place->path = g_strdup(file->place.path);
  place->gone = gone;
  collector_add_place(follow->collector, place);
}

static void begin_again(File *file) {
  cutter_free(file->cutter);
  file->cutter = cutter_new((LogFormat)file->source->format);
  file->used = 0;
  file->place.offset = file->place.head_hash = file->place.head_size = 0;
}

static gboolean read_more(File *file) {
  struct stat is;
  if (fstat(file->fd, &is) != 0)
    return FALSE;
  if ((guint64)is.st_size < file->place.offset + file->used || !place_head_is(file->fd, &file->place))
    begin_again(file);
  if (file->used == file->room && file->room <= RECORD_BYTES_MAX) {
    file->room = MAX(file->room * 2, (gsize)ROOM);
    file->bytes = g_realloc(file->bytes, file->room);
  }
  gssize got = pread(file->fd, file->bytes + file->used, file->room - file->used, (off_t)(file->place.offset + file->used));
  if (got > 0)
    file->used += (gsize)got;
  return got > 0;
}

/* TRUE: something was cut. */
static gboolean cut(Follow *follow, File *file, gboolean last) {
  Collector *c = follow->collector;
  gsize at = 0, used = 0;
  Span record;
  while (at < file->used && collector_may_take(c)) {
    gboolean found = cutter_next(file->cutter, file->bytes + at, file->used - at, last, &used, &record);
    if (found && record.size && !collector_take(c, file->source, record.bytes, record.size)) {
      /* Its state cannot go back, and JSON was taken in part: from this record on with a new one. */
      cutter_free(file->cutter);
      file->cutter = cutter_new((LogFormat)file->source->format);
      break;
    }
    at += used;
    if (!found)
      break;
  }
  memmove(file->bytes, file->bytes + at, file->used - at);
  file->used -= at;
  file->place.offset += at;
  return at > 0;
}

/* TRUE: the file is done with. */
static gboolean file_turn(Follow *follow, File *file, gint64 now_us) {
  if (!collector_may_take(follow->collector)) {
    file->more = TRUE;
    return FALSE;
  }
  gboolean read = read_more(file);
  file->more = read;
  if (!file->named && !file->unnamed_us)
    file->unnamed_us = now_us;
  gboolean over = !file->source->here || (!read && !file->named && now_us - file->unnamed_us > GONE_US);
  if (cut(follow, file, over) || over)
    add_place(follow, file, over && file->source->here);
  return over;
}

gboolean follow_wants_turn(const Follow *follow) {
  for (guint i = 0; i < follow->files->len; i++)
    if (((File *)follow->files->pdata[i])->more)
      return collector_may_take(follow->collector);
  return FALSE;
}

void follow_turn(Follow *follow) {
  gint64 now_us = g_get_monotonic_time();
  if (now_us - follow->looked_us > LOOK_US) {
    follow->looked_us = now_us;
    look(follow);
  }
  if (now_us - follow->read_us < READ_US && !follow_wants_turn(follow))
    return;
  follow->read_us = now_us;
  for (guint i = follow->files->len; i > 0; i--)
    if (file_turn(follow, follow->files->pdata[i - 1], now_us))
      g_ptr_array_remove_index_fast(follow->files, i - 1);
}

Follow *follow_new(Collector *c) {
  Follow *follow = g_new0(Follow, 1);
  follow->collector = c;
  follow->files = g_ptr_array_new_with_free_func(file_free);
  follow->saved = places_load(c->folder);
  return follow;
}

void follow_free(Follow *follow) {
  g_ptr_array_unref(follow->files);
  g_ptr_array_unref(follow->saved);
  g_free(follow);
}
