/* What duties say by themselves: reminders by mail, and late ones told to the level above. Private to module duty.
 *
 * A reminder goes once a day to each address: to who was given the work, else to the focal points and the duty shift of
 * the unit that leads. The row that notes it and the message in the outbox are one transaction, so it is never sent twice
 * and never lost.
 */
#pragma once
#include "core/request.h"

gboolean duty_remind(App *app, const json_t *payload, GError **error);
gboolean duty_escalate(App *app, const json_t *payload, GError **error);
/* The section of the board of the level that was told. */
gboolean duty_escalated_board(Request *request, Doc *board, GError **error);
