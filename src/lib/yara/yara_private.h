/* What the parts of lib/yara share: yara_set.c reads and compiles, yara_child.c is the jailed child, yara_scanner.c asks it. */
#pragma once
#include "lib/yara/yara.h"
#include <yara.h>

#define YARA_CHILD_ARGUMENT "--yara-scanner"

enum { CHILD_SOCKET = 3, ASK_BYTES_MAX = 8192, ANSWER_BYTES_MAX = 96 * 1024, RULES_BYTES_MAX = 512 << 20 };

/* The first message, with the descriptor of the compiled rules. The others: owner, NUL, path, NUL, with the descriptor of the file. */
typedef struct {
  gint64 file_bytes;
  guint32 file_ms, memory_mib;
} YaraHello;

/* The child's answer: one of these bytes, then JSON where found. The first answer is 'R' alone. */
enum { ANSWER_READY = 'R', ANSWER_CLEAN = 'C', ANSWER_FOUND = 'F', ANSWER_LARGE = 'L', ANSWER_TIMED_OUT = 'T', ANSWER_UNREADABLE = 'U' };

extern const char *const YARA_EXTERNALS[]; /* ends with NULL */
