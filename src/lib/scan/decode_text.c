#include "lib/scan/decode_private.h"

void decode_text(Decoder *decoder, Span record, Event *event) {
  decoder_add_name(decoder, event, NAME_MESSAGE, record);
  decoder_add_name(decoder, event, NAME_FORMAT, SPAN("text"));
}
