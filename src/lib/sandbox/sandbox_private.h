/* What the parts of the sandbox share: sandbox.c asks, sandbox_reader.c forks, sandbox_jail.c is the child. */
#pragma once
#include "lib/sandbox/sandbox.h"
#include <sys/types.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

enum { SANDBOX_DEADLINE_MS = 5000, SANDBOX_ANSWER_BYTES_MAX = 64 << 20, SANDBOX_MESSAGE_BYTES_MAX = 4096 };

/* One message on the socket to the reader, with three descriptors: document, answer, result. */
typedef struct {
  guint32 job; /* index in the table */
} SandboxRequest;
enum { REQUEST_FDS = 3 };

/* What the reader writes to the result pipe when the child has ended. */
typedef struct {
  gint32 wait_status;
  gint32 timed_out;
} SandboxResult;

/* The answer of a job that runs here begins with one of these. After ANSWER_ERROR: the code in one byte, the message.
 */
enum { ANSWER_OK = 'A', ANSWER_ERROR = 'E' };

enum { EXIT_NOT_JAILED = 125, EXIT_NO_PROGRAM = 127 };

static inline guint sandbox_deadline_ms(const SandboxJob *job) {
  return job->deadline_ms ? job->deadline_ms : SANDBOX_DEADLINE_MS;
}

/* Serves requests until the other end closes. Never returns. */
void sandbox_reader_serve(int socket, const SandboxJob *const *jobs) G_GNUC_NORETURN;
/* The whole life of a child: locks itself in, runs the job, writes the answer. Never returns. */
void sandbox_jail_run(const SandboxJob *job, int document, int answer, pid_t parent) G_GNUC_NORETURN;
