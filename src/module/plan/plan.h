/* Module plan: reads, checks, imports, runs, approves, compares and writes out response plans. */
#pragma once
#include "core/app.h"

extern const Module plan_module;
