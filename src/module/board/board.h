/* Module board: what all modules show together: Bảng trực, Lịch, the search. It knows none of them. */
#pragma once
#include "core/app.h"

extern const Module board_module;
