/* Reads an incident response plan (Kế hoạch ứng phó sự cố, bảo đảm an toàn thông tin mạng) from the lines of a
 * document.
 *
 * The result is one JSON object: letterhead, legal bases, headings, tasks with owners and times, scenarios, duties of
 * the units, periodic reports, budget, recipients, signer, appendices, counts, and `provenance`: an object from JSON
 * pointer to {line_from, line_to, certainty}, where certainty is `read`, `inferred` or `corrected`. What the document
 * does not say is null, with a status where the field has one; nothing is filled in.
 *
 * Ownership: the result is the caller's (json_decref). Errors: ERROR_UNREADABLE when the document is no such plan, or
 * longer than any (30,000 lines, 60,000 bytes in a line, 2,000,000 bytes in all).
 * Threads: a pure function. Source: layout after NĐ 30/2020/NĐ-CP, outline after TT 20/2017/TT-BTTTT Phụ lục III.
 */
#pragma once
#include "lib/document/source_text.h"
#include <jansson.h>

json_t *plan_read(const SourceText *source, GError **error);
