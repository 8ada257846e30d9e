#include "module/collect/collect_place.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void place_free(gpointer data) {
  FilePlace *place = data;
  g_free(place->path);
  g_free(place);
}

/* FNV-1a */
static gboolean head_hash(int fd, guint64 size, guint64 *out_hash) {
  guint8 bytes[HEAD_BYTES];
  gssize got = pread(fd, bytes, size, 0);
  *out_hash = 14695981039346656037u;
  for (gssize i = 0; i < got; i++)
    *out_hash = (*out_hash ^ bytes[i]) * 1099511628211u;
  return got == (gssize)size;
}

gboolean place_head_is(int fd, const FilePlace *place) {
  guint64 hash;
  return !place->head_size || (place->head_size <= HEAD_BYTES && head_hash(fd, place->head_size, &hash) && hash == place->head_hash);
}

void place_take_head(int fd, FilePlace *place) {
  guint64 size = MIN(place->offset, (guint64)HEAD_BYTES), hash;
  if (size <= place->head_size || !head_hash(fd, size, &hash))
    return;
  place->head_size = size;
  place->head_hash = hash;
}

char *place_key(const FilePlace *place) {
  return g_strdup_printf("%u %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, place->source, place->device, place->inode);
}

GPtrArray *places_load(const char *folder) {
  GPtrArray *places = g_ptr_array_new_with_free_func(place_free);
  g_autofree char *path = g_build_filename(folder, "places", NULL), *text = NULL;
  if (!g_file_get_contents(path, &text, NULL, NULL))
    return places;
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (char **line = lines; *line; line++) {
    FilePlace place = {0};
    int at = 0;
    if (sscanf(*line, "%u %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %n",
               &place.source, &place.device, &place.inode, &place.offset, &place.head_hash, &place.head_size, &at) < 6 || !at)
      continue;
    place.path = g_strcompress(*line + at);
    g_ptr_array_add(places, g_memdup2(&place, sizeof place));
  }
  return places;
}

gboolean places_save(const char *folder, GHashTable *places) {
  g_autofree char *path = g_build_filename(folder, "places", NULL);
  g_autoptr(GString) text = g_string_new(NULL);
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init(&iter, places);
  while (g_hash_table_iter_next(&iter, NULL, &value)) {
    const FilePlace *place = value;
    g_autofree char *name = g_strescape(place->path, NULL);
    g_string_append_printf(text, "%u %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %s\n",
                           place->source, place->device, place->inode, place->offset, place->head_hash, place->head_size, name);
  }
  return g_file_set_contents_full(path, text->str, (gssize)text->len, G_FILE_SET_CONTENTS_DURABLE | G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL);
}
