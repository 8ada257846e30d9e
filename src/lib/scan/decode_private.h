/* What the decoders of this folder share. A decoder of a format adds fields and says whether the text was of its format. */
#pragma once
#include "lib/scan/decode.h"
#include "lib/scan/json.h"
#include "lib/scan/stamp.h"

typedef enum {
  NAME_FORMAT, NAME_MESSAGE, NAME_HOST, NAME_PROGRAM, NAME_PID, NAME_FACILITY, NAME_SEVERITY, NAME_MESSAGE_ID,
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

/* One record that is no JSON by itself; always succeeds. Sets the format. */
void decode_text(Decoder *decoder, Span record, Event *event);
/* A JSON object or list that is the whole text. */
bool decode_json(Decoder *decoder, Span text, Event *event);
