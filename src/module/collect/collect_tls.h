/* The certificate of the collector. Private to module collect. g_free. */
#pragma once
#include "core/request.h"

char *collect_tls_path(const App *app);
char *collect_tls_fingerprint(const App *app); /* SHA-256, "AB:CD:…"; "": there is none yet */
