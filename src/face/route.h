/* From method and path to the operation. The table is made once from the modules and never changes. */
#pragma once
#include "core/app.h"

typedef struct Routes Routes;

Routes *routes_new(const App *app);
void routes_free(Routes *routes);
/* Fills `names`/`values` (room for ROUTE_PARAMS, decoded, in the arena) and *out_count. NULL: none; *out_other_method is
 * then TRUE when the path is known with another method. */
#define ROUTE_PARAMS 4
const Operation *routes_find(const Routes *routes, const char *method, const char *path, int face, Arena *arena,
                             const char *names[ROUTE_PARAMS], const char *values[ROUTE_PARAMS], int *out_count,
                             gboolean *out_other_method);
