/* Module mail: the outbox. A message is a job, so it is sent if the change that wrote it is kept, and only then; a server
 * that is down delays it and loses nothing. */
#pragma once
#include "core/request.h"
#include "lib/mail/mail.h"

extern const Module mail_module;

/* FALSE where no mail server is set: then nothing is to be put into the outbox, it would wait for ever. */
gboolean mail_is_set(const App *app);
/* Inside a change. The address must be valid (mail_address_valid); an invalid one is passed over with a warning. */
gboolean mail_add(Change *change, const char *to, const char *subject, const char *text, GError **error);
/* Sends at once through the server of the settings, for what keeps its own record; blocks for MAIL_TIMEOUT_MS at most.
 * Errors: those of mail_send(); ERROR_UNAVAILABLE where no server is set. */
#define MAIL_TIMEOUT_MS 30000
gboolean mail_deliver(App *app, const MailMessage *message, MailWatch *watch, GError **error);
