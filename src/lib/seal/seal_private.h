/* What seal_index.c tells seal_check.c across the sandbox. Private to lib/seal. */
#pragma once
#include "lib/seal/seal_package.h"

/* Before each name; `offset`: of the file's own header. */
typedef struct {
  guint64 offset, size, name_length;
} SealIndexHead;
