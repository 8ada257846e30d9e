/* Words shown to people: Vietnamese in the source is the key, English is in po/en.po, compiled in at build.
 *
 * Templates mark their words as [[Báo sự cố]]; they are translated once, when loaded, so each language has its own set.
 * Threads: pure functions over constant tables.
 */
#pragma once
#include <glib.h>

/* lang: "vi" or "en". What has no entry stays Vietnamese. The result lives as long as `vietnamese` and the program. */
const char *message(const char *lang, const char *vietnamese);
/* The English of an entry; NULL where po/en.po has none. For the tests that look for gaps. */
const char *message_english(const char *vietnamese);
/* Replaces every [[…]] of a template; g_free. ERROR_UNREADABLE for a [[ that is not closed on its line. */
char *message_translate(const char *lang, const char *text, GError **error);

typedef struct {
  const char *vietnamese, *english;
} Message;

extern const Message MESSAGES[]; /* made from po/en.po, sorted by the bytes of `vietnamese` */
extern const gsize MESSAGE_COUNT;
