/* /api/openapi.json (OpenAPI 3.1) and the permission matrix, from the tables. */
#pragma once
#include "core/app.h"

GString *openapi_text(const App *app, Arena *arena);
/* {roles: [...], rows: [{operation, permission, summary, roles: [true, …]}]} */
void permission_matrix(const App *app, Doc *answer);
