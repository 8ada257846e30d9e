/* The installation's own signing key: home/keys/seal.key, made when it is first asked for. Threads: any. */
#pragma once
#include "core/app.h"
#include "lib/seal/seal.h"

/* Lives as long as the App. */
const SealKey *app_signing_key(App *app, GError **error);
