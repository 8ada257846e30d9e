/* Every migration of core and the modules, made at build from the files NNNN_*.sql. */
#pragma once
#include "lib/store/store.h"

extern const Migration MIGRATIONS[]; /* by number */
extern const gsize MIGRATION_COUNT;
