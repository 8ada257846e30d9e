/* Of the accounts that fill makes. */
#pragma once
#define FILL_PASSWORD "rừng xanh núi đỏ 9"
