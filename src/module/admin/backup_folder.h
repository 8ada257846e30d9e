/* Folders of files: copying, hashing, removing. Private to module admin. */
#pragma once
#include <glib.h>

/* Hash of the file's bytes; constant memory. */
gboolean folder_hash_file(const char *path, char out_sha256[65], gint64 *out_size_bytes, GError **error);
/* A new file at `to` (0600, synced); a hard link where `link` and the disk allow it. */
gboolean folder_copy_file(const char *from, const char *to, gboolean link, GError **error);
gboolean folder_sync(const char *path, GError **error);
gboolean folder_remove(const char *path, GError **error); /* with all that is in it */
/* Calls func for each file of a content store (files/ab/cdef…): its path and SHA-256 by name. Other names are passed over. */
typedef gboolean (*FolderFunc)(const char *path, const char *sha256, void *data, GError **error);
gboolean folder_each_file(const char *files, FolderFunc func, void *data, GError **error);
