/* Numbers as Vietnamese readers write them: dots between thousands, a comma before decimals.
 *
 * Rounding is half away from zero. Ownership: the caller's buffers. Threads: pure functions.
 */
#pragma once
#include <glib.h>

#define NUMBER_SIZE 32

void number_write(char out[NUMBER_SIZE], gint64 value);                      /* 1.234.567 */
void number_write_tenths(char out[NUMBER_SIZE], gint64 tenths);              /* 124 is "12,4"; 120 is "12" */
void number_write_size(char out[NUMBER_SIZE], gint64 size_bytes);            /* 12,4 MB; 1 MB is 1000 kB; 840 byte */
void number_write_percent(char out[NUMBER_SIZE], gint64 part, gint64 whole); /* 3,5 %; of nothing: "–" */
