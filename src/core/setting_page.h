/* The tabs of Cài đặt, shared by the modules that have a page there. */
#pragma once
#include "core/request.h"

/* Writes "tabs" (see tabs.html): those that the user may open. */
void setting_tabs(Request *request, Doc *answer);
