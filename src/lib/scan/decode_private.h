/* What the decoders of this folder share. A decoder of a format adds fields and says whether the text was of its
 * format. */
#pragma once
#include "lib/scan/decode.h"
#include "lib/scan/json.h"
#include "lib/scan/stamp.h"

typedef enum {
  NAME_FORMAT,
  NAME_MESSAGE,
  NAME_HOST,
  NAME_PROGRAM,
  NAME_PID,
  NAME_FACILITY,
  NAME_SEVERITY,
  NAME_MESSAGE_ID,
  NAME_TYPE,
  NAME_SERIAL,
  NAME_OUTCOME,
  NAME_SRC_IP,
  NAME_SRC_HOST,
  NAME_SRC_PORT,
  NAME_DST_IP,
  NAME_DST_PORT,
  NAME_PROTOCOL,
  NAME_ACTION,
  NAME_CLIENT_IP,
  NAME_USER,
  NAME_METHOD,
  NAME_URI,
  NAME_URI_STEM,
  NAME_URI_QUERY,
  NAME_VERSION,
  NAME_STATUS,
  NAME_BYTES,
  NAME_REFERER,
  NAME_USER_AGENT,
  NAME_CLIENT_HOST,
  NAME_REQUEST,
  NAME_CEF_VERSION,
  NAME_CEF_VENDOR,
  NAME_CEF_PRODUCT,
  NAME_CEF_DEVICE_VERSION,
  NAME_CEF_SIGNATURE,
  NAME_CEF_NAME,
  NAME_CEF_SEVERITY,
  NAME_LEEF_VENDOR,
  NAME_LEEF_PRODUCT,
  NAME_LEEF_VERSION,
  NAME_LEEF_EVENT,
  NAME_COUNT
} FieldName;

struct Decoder {
  FieldTable *table;
  DecoderOptions options;
  StampOptions stamp;
  DecoderCounts counts;
  JsonScanner *json;
  uint64_t line;
  uint64_t fields_over;
  bool begun;    /* what stands at the start of a file is behind us */
  bool list;     /* inside a list of events */
  bool wrapper;  /* … which is the one value of an object */
  bool skipping; /* the rest of a line that was cut */
  uint32_t names[NAME_COUNT];
  EventField *fields;
  char *made; /* bytes of values that do not stand in the record */
  size_t made_used;
};

enum { MADE_BYTES = 2 * RECORD_BYTES_MAX };

void decoder_add(Decoder *decoder, Event *event, uint32_t path, Span value);
void decoder_add_name(Decoder *decoder, Event *event, FieldName name, Span value);
/* Room for `size` bytes that live as long as the event; NULL: there is none. */
char *decoder_make(Decoder *decoder, size_t size);

/* The field of that key at the top. */
void decoder_add_key(Decoder *decoder, Event *event, Span key, Span value);
/* A JSON object or list that is the whole text. */
bool decode_json(Decoder *decoder, Span text, Event *event);
/* One record that is no JSON by itself; always succeeds and adds the format. */
void decode_text(Decoder *decoder, Span record, Event *event);
/* What stands behind the header of a syslog message, or behind the time of a line: CEF, auditd, JSON, patterns,
 * key=value. */
bool decode_inner(Decoder *decoder, Span program, Span message, Event *event);

/* Each: false and the event as before when the text is not of the format. */
bool decode_syslog(Decoder *decoder, Span record, Event *event);
bool decode_cef(Decoder *decoder, Span text, Event *event);
bool decode_access(Decoder *decoder, Span record, Event *event);
bool decode_auditd(Decoder *decoder, Span text, Event *event);
bool decode_keyvalue(Decoder *decoder, Span text, Event *event);

typedef struct {
  Span key, value;
  bool quoted;
} Pair;
/* The next key=value of `*text`, which is moved behind it. */
bool pair_next(Span *text, Pair *out_pair);

/* Adds the fields of the first pattern that fits. */
bool pattern_set_apply(const PatternSet *patterns, Decoder *decoder, Span program, Span message, Event *event);

/* Small things on spans. */
static inline Span span_from(Span text, size_t at) {
  return at < text.size ? (Span){text.bytes + at, text.size - at} : (Span){text.bytes + text.size, 0};
}
bool span_is(Span text, const char *literal);
bool span_begins(Span text, const char *literal);
/* Where the byte is, text.size: nowhere. */
size_t span_find(Span text, char byte);
/* Up to the next blank; `*text` moves behind it. */
Span span_word(Span *text);
/* How long the IPv4 or IPv6 address at the start is; 0: there is none. */
size_t ip_size(Span text);
/* "::ffff:192.0.2.1" is the address 192.0.2.1. */
Span ip_plain(Span address);
