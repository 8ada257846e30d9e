/* The files of web/ that the program carries in itself: templates, style sheet, script. */
#pragma once
#include <glib.h>

typedef struct {
  const char *path; /* "templates/layout.html", "style.css" */
  const char *bytes; /* NUL-terminated beyond `size` */
  gsize size;
} Asset;

extern const Asset ASSETS[]; /* sorted by path */
extern const gsize ASSET_COUNT;

const Asset *asset_find(const char *path); /* NULL: none */
