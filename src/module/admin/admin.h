/* Module admin: settings of the installation, audit log, backup, the law data, the state of the program. */
#pragma once
#include "core/request.h"

extern const Module admin_module;
