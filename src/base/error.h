/* The error codes of the whole program.
 *
 * Every fallible function returns a boolean or a pointer and sets a GError of this domain. The message is in Vietnamese
 * and fit to be shown: what happened, what was kept, what to do. One table (error.c) gives each code its HTTP status,
 * exit code of the command line, public name and whether trying again can help.
 *
 * Threads: all functions may be called from any thread.
 */
#pragma once
#include <glib.h>

typedef enum {
  ERROR_FAILED = 1,    /* the program or the machine failed */
  ERROR_USAGE,         /* the call is malformed: unknown flag, missing argument */
  ERROR_UNREADABLE,    /* input from outside cannot be read as what it should be */
  ERROR_TOO_LARGE,     /* input beyond a limit */
  ERROR_INVALID,       /* a field has a value that is not allowed */
  ERROR_CHECK,         /* a check found errors (plan check, audit verify) */
  ERROR_NOT_FOUND,     /* no such thing, or none that the caller may know of */
  ERROR_REFUSED,       /* a rule of the business refuses it */
  ERROR_FORBIDDEN,     /* signed in, but without the permission */
  ERROR_UNAUTHENTICATED, /* not signed in */
  ERROR_CONFLICT,      /* somebody else changed it in between */
  ERROR_LOCKED,        /* too many attempts; wait */
  ERROR_FULL,          /* disk full or quota reached; nothing was written */
  ERROR_BUSY,          /* overloaded or locked by another; try again */
  ERROR_UNAVAILABLE,   /* another machine or service does not answer; try again */
} ErrorCode;

#define APP_ERROR (app_error_quark())
GQuark app_error_quark(void);

typedef struct {
  ErrorCode code;
  const char *name;  /* stable public name, for problem details and --json */
  const char *label; /* public number shown to people: E-104 */
  int http_status;
  int exit_code; /* 0 ok; 1 failed; 2 usage; 3 input unreadable; 4 check found errors; 5 not found; 6 refused by rule */
  gboolean retry;
} ErrorInfo;

/* Never NULL: an error of another domain is told as ERROR_FAILED. */
const ErrorInfo *error_info(const GError *error);
