/* Answers as pages: the document through the operation's template inside the layout. Private to the face.
 *
 * Beside the answer a template finds `page`: {lang, path, csrf, user {name, login}, unit {name, place}, menu [{label, url,
 * current, count, late, gap}], notice, undo {path, token}, errors [{field, message}], now, demo}.
 * A POST that succeeds redirects to Operation.after, or to the form's page (_from). A POST that is refused shows the form's
 * page again with what was typed.
 */
#pragma once
#include "face/call.h"

typedef struct PageSet PageSet;

PageSet *page_set_new(App *app, const Routes *routes, GError **error);
void page_set_free(PageSet *set);
void page_reply(PageSet *set, Request *request, Call *call, Doc *answer, const GError *error);
