/* The live stream (server-sent events): tells every open page that something has changed, at most once a second.
 *
 * An event carries only the change counter; the page then asks again for what its user may see. A stream sleeps between
 * events and costs about 8 kB.
 */
#pragma once
#include "core/app.h"
#include <microhttpd.h>

typedef struct Live Live;

Live *live_new(App *app);
struct MHD_Response *live_response(Live *live, struct MHD_Connection *connection);
void live_stop(Live *live); /* ends the ticker and wakes every stream to its end; before MHD_stop_daemon */
void live_free(Live *live);
