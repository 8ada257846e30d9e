/* One hunt at work. Private to module hunt. */
#pragma once
#include "module/hunt/hunt_store.h"

typedef enum {
  HUNT_ENDED,   /* done, failed, or somebody paused or cancelled it */
  HUNT_STOPPED, /* `going` said so; the place is kept */
  HUNT_BUSY,    /* another process is at it */
} HuntOutcome;

typedef struct {
  /* After each piece of the logs, some thousand times a second; FALSE: keep the place and return. */
  gboolean (*going)(void *data);
  /* After what was found has been committed; may be NULL. */
  void (*told)(const HuntCase *hunt, void *data);
  void *data;
} HuntRunner;

/* Goes on where the hunt stands, on the calling thread. */
gboolean hunt_engine_run(App *app, const char *id, const HuntRunner *runner, HuntOutcome *out_outcome, GError **error);
/* The texts of a JSON list; in the arena, ends with NULL; empty for what is no list. */
const char *const *hunt_texts(Arena *arena, const char *json);
