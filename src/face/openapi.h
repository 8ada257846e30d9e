/* /api/openapi.json (OpenAPI 3.1), from the tables. */
#pragma once
#include "core/app.h"

GString *openapi_text(const App *app, Arena *arena);
