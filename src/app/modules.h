/* The list of modules: adding one is a folder and a line here. And who looks at every record that the collector commits. */
#pragma once
#include "core/app.h"
#include "module/collect/collect.h"

extern const Module *const MODULES[]; /* ends with NULL */
extern const CollectSink *const COLLECT_SINKS[]; /* ends with NULL */
