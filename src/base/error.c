#include "base/error.h"

G_DEFINE_QUARK(ungcuu-error, app_error)

static const ErrorInfo INFO[] = {
    {ERROR_FAILED,          "failed",          "E-100", 500, 1, FALSE},
    {ERROR_USAGE,           "usage",           "E-101", 400, 2, FALSE},
    {ERROR_UNREADABLE,      "unreadable",      "E-102", 422, 3, FALSE},
    {ERROR_TOO_LARGE,       "too-large",       "E-103", 413, 3, FALSE},
    {ERROR_INVALID,         "invalid",         "E-104", 422, 2, FALSE},
    {ERROR_CHECK,           "check-failed",    "E-105", 422, 4, FALSE},
    {ERROR_NOT_FOUND,       "not-found",       "E-106", 404, 5, FALSE},
    {ERROR_REFUSED,         "refused",         "E-107", 409, 6, FALSE},
    {ERROR_FORBIDDEN,       "forbidden",       "E-108", 403, 6, FALSE},
    {ERROR_UNAUTHENTICATED, "unauthenticated", "E-109", 401, 6, FALSE},
    {ERROR_CONFLICT,        "conflict",        "E-110", 412, 6, FALSE},
    {ERROR_LOCKED,          "locked",          "E-111", 429, 6, TRUE },
    {ERROR_FULL,            "full",            "E-112", 507, 1, TRUE },
    {ERROR_BUSY,            "busy",            "E-113", 503, 1, TRUE },
    {ERROR_UNAVAILABLE,     "unavailable",     "E-114", 503, 1, TRUE },
};

const ErrorInfo *error_info(const GError *error) {
  if (error && error->domain == APP_ERROR)
    for (gsize i = 0; i < G_N_ELEMENTS(INFO); i++)
      if ((int)INFO[i].code == error->code)
        return &INFO[i];
  return &INFO[0];
}
