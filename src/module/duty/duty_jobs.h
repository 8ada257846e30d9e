/* What duties do by themselves: the next period of what recurs. Private to module duty. */
#pragma once
#include "core/app.h"

extern const JobRow DUTY_JOBS[];
