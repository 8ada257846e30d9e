/* The list of modules: adding one is a folder and a line here. */
#pragma once
#include "core/app.h"

extern const Module *const MODULES[]; /* ends with NULL */
