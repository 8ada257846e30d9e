/* Where followed files stand: home/log/places, written whole each time. Private to module collect. */
#pragma once
#include "module/collect/collector.h"

enum { HEAD_BYTES = 256 };

void place_free(gpointer place);
/* Does the file still begin as it did? The first place->head_size bytes, at most HEAD_BYTES. */
gboolean place_head_is(int fd, const FilePlace *place);
/* Notes how it begins, as far as it was read. */
void place_take_head(int fd, FilePlace *place);
GPtrArray *places_load(const char *folder); /* FilePlace; frees them with itself */
gboolean places_save(const char *folder, GHashTable *places); /* of FilePlace */
/* Under which a place stands in such a table. g_free. */
char *place_key(const FilePlace *place);
