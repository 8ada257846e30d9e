#include "lib/scan/decode.h"
#include <stdlib.h>
#include <string.h>
#include "lib/scan/decode_private.h"
#include "lib/scan/fields.h"

static const char *const name_texts[NAME_COUNT] = {
    [NAME_FORMAT] = "log.format",
    [NAME_MESSAGE] = "message",
    [NAME_HOST] = "host",
    [NAME_PROGRAM] = "program",
    [NAME_PID] = "pid",
    [NAME_FACILITY] = "facility",
    [NAME_SEVERITY] = "severity",
    [NAME_MESSAGE_ID] = "msgid",
    [NAME_TYPE] = "type",
    [NAME_SERIAL] = "serial",
    [NAME_OUTCOME] = "outcome",
    [NAME_SRC_IP] = "src_ip",
    [NAME_SRC_HOST] = "src_host",
    [NAME_SRC_PORT] = "src_port",
    [NAME_DST_IP] = "dst_ip",
    [NAME_DST_PORT] = "dst_port",
    [NAME_PROTOCOL] = "protocol",
    [NAME_ACTION] = "action",
    [NAME_CLIENT_IP] = "c-ip",
    [NAME_USER] = "cs-username",
    [NAME_METHOD] = "cs-method",
    [NAME_URI] = "cs-uri",
    [NAME_URI_STEM] = "cs-uri-stem",
    [NAME_URI_QUERY] = "cs-uri-query",
    [NAME_VERSION] = "cs-version",
    [NAME_STATUS] = "sc-status",
    [NAME_BYTES] = "sc-bytes",
    [NAME_REFERER] = "cs-referer",
    [NAME_USER_AGENT] = "cs-user-agent",
    [NAME_CLIENT_HOST] = "cs-host",
    [NAME_REQUEST] = "request",
    [NAME_CEF_VERSION] = "cef.version",
    [NAME_CEF_VENDOR] = "cef.vendor",
    [NAME_CEF_PRODUCT] = "cef.product",
    [NAME_CEF_DEVICE_VERSION] = "cef.device_version",
    [NAME_CEF_SIGNATURE] = "cef.signature",
    [NAME_CEF_NAME] = "cef.name",
    [NAME_CEF_SEVERITY] = "cef.severity",
    [NAME_LEEF_VENDOR] = "leef.vendor",
    [NAME_LEEF_PRODUCT] = "leef.product",
    [NAME_LEEF_VERSION] = "leef.version",
    [NAME_LEEF_EVENT] = "leef.event",
};

Decoder *decoder_new(FieldTable *table, const DecoderOptions *options) {
  Decoder *decoder = calloc(1, sizeof *decoder);
  if (!decoder)
    return NULL;
  decoder->table = table;
  decoder->options = *options;
  decoder->stamp = (StampOptions){options->now_ms, options->offset_minutes};
  decoder->json = json_scanner_new(table, JSON_BEST);
  decoder->fields = malloc(EVENT_FIELDS_MAX * sizeof *decoder->fields);
  decoder->made = malloc(MADE_BYTES);
  if (!decoder->json || !decoder->fields || !decoder->made) {
    decoder_free(decoder);
    return NULL;
  }
  for (size_t i = 0; i < NAME_COUNT; i++)
    decoder->names[i] = field_table_path(table, FIELD_ROOT, (Span){name_texts[i], strlen(name_texts[i])});
  return decoder;
}

void decoder_free(Decoder *decoder) {
  if (!decoder)
    return;
  json_scanner_free(decoder->json);
  free(decoder->fields);
  free(decoder->made);
  free(decoder);
}

const DecoderCounts *decoder_counts(const Decoder *decoder) {
  Decoder *own = (Decoder *)decoder;
  own->counts.paths_over = decoder->table->over;
  own->counts.fields_over = decoder->fields_over + json_scanner_over(decoder->json);
  return &decoder->counts;
}

void decoder_add(Decoder *decoder, Event *event, uint32_t path, Span value) {
  if (event->count == EVENT_FIELDS_MAX) {
    decoder->fields_over++;
    return;
  }
  event->fields[event->count++] = (EventField){.raw = value, .path = path, .kind = VALUE_STRING};
}

void decoder_add_key(Decoder *decoder, Event *event, Span key, Span value) {
  decoder_add(decoder, event, field_table_path(decoder->table, FIELD_ROOT, key), value);
}

void decoder_add_name(Decoder *decoder, Event *event, FieldName name, Span value) {
  decoder_add(decoder, event, decoder->names[name], value);
}

char *decoder_make(Decoder *decoder, size_t size) {
  if (MADE_BYTES - decoder->made_used < size)
    return NULL;
  char *at = decoder->made + decoder->made_used;
  decoder->made_used += size;
  return at;
}

static void event_begin(Decoder *decoder, Span raw, Event *event) {
  decoder->made_used = 0;
  *event = (Event){.raw = raw, .fields = decoder->fields, .time_ms = EVENT_NO_TIME};
}

/* Which format it was is the last field; when the record is full, its last value gives way. */
static void event_finish(Decoder *decoder, Event *event, Span format) {
  if (event->count == EVENT_FIELDS_MAX) {
    event->count--;
    decoder->fields_over++;
  }
  decoder_add_name(decoder, event, NAME_FORMAT, format);
  event->line = ++decoder->line;
  decoder->counts.events++;
}

static bool field_time(const Decoder *decoder, const EventField *field, int64_t *out_ms) {
  char buffer[64];
  if (field->raw.size > sizeof buffer || field->kind > VALUE_NUMBER)
    return false;
  StampOptions utc = {decoder->stamp.now_ms, 0}, *options = &utc;
  Span name = field_table_name(decoder->table, field->path);
  if (name.size >= 9 && !memcmp(name.bytes + name.size - 9, "EventTime", 9))
    options = (StampOptions *)&decoder->stamp; /* NXLog writes local time */
  return stamp_any(event_text(field, buffer), options, out_ms);
}

/* The value that the scanner found best; when that is no time, the best of the others that is one. */
static int64_t event_time(const Decoder *decoder, const Event *event) {
  const EventField *best = json_scanner_time(decoder->json, event);
  int64_t found = EVENT_NO_TIME;
  if (!best || field_time(decoder, best, &found))
    return found;
  uint8_t found_rank = 0;
  for (uint32_t i = 0; i < event->count; i++) {
    uint8_t rank = decoder->table->paths[event->fields[i].path].time_rank;
    int64_t time;
    if (rank > found_rank && field_time(decoder, &event->fields[i], &time)) {
      found_rank = rank;
      found = time;
    }
  }
  return found;
}

/* {"Data": [{"#attributes": {"Name": "Image"}, "#text": "…"}, …]} is EventData.Image as well. */
static void named_data_add(Decoder *decoder, Event *event) {
  FieldTable *table = decoder->table;
  uint32_t data = field_table_path(table, field_table_path(table, FIELD_ROOT, SPAN("Event")), SPAN("EventData"));
  uint32_t list = field_table_path(table, data, SPAN("Data")), text = field_table_path(table, list, SPAN("#text"));
  uint32_t name = field_table_path(table, field_table_path(table, list, SPAN("#attributes")), SPAN("Name"));
  uint32_t marked = field_table_path(table, list, SPAN("@Name")), own = FIELD_OTHER, count = event->count;
  for (uint32_t i = 0; i < count; i++) {
    EventField *field = &event->fields[i];
    char buffer[FIELD_NAME_MAX];
    if ((field->path == name || field->path == marked) && field->raw.size <= sizeof buffer)
      own = field_table_path(table, data, event_text(field, buffer));
    else if (field->path == text && own != FIELD_OTHER && event->count < EVENT_FIELDS_MAX) {
      event->fields[event->count] = *field;
      event->fields[event->count++].path = own;
      own = FIELD_OTHER;
    }
  }
}

static void json_finish(Decoder *decoder, Event *event) {
  int64_t time = event_time(decoder, event);
  if (time != EVENT_NO_TIME)
    event->time_ms = time;
  if (json_scanner_named_data(decoder->json))
    named_data_add(decoder, event);
}

static bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static size_t spaces(Span bytes, size_t at) {
  while (at < bytes.size && is_space(bytes.bytes[at]))
    at++;
  return at;
}

static Span rest_of(Span bytes, size_t at) {
  return (Span){bytes.bytes + at, bytes.size - at};
}

bool decode_json(Decoder *decoder, Span text, Event *event) {
  size_t used;
  uint32_t count = event->count;
  if (!text.size || (*text.bytes != '{' && *text.bytes != '[') ||
      json_scan(decoder->json, text, event, &used) != JSON_WHOLE)
    return false;
  if (spaces(text, used) < text.size) {
    event->count = count;
    return false;
  }
  json_finish(decoder, event);
  return true;
}

static bool takes_json(const Decoder *decoder) {
  return decoder->options.format == FORMAT_AUTO || decoder->options.format == FORMAT_JSON;
}

/* A record that is no JSON event. */
static void line_event(Decoder *decoder, Span line, Event *event) {
  event_begin(decoder, line, event);
  bool looks = takes_json(decoder) && line.size && *line.bytes == '{';
  if (looks || decoder->options.format == FORMAT_JSON) {
    decoder->counts.broken++;
    decoder_add_name(decoder, event, NAME_MESSAGE, line);
    event_finish(decoder, event, SPAN("text"));
    return;
  }
  decode_text(decoder, line, event);
  event->line = ++decoder->line;
  decoder->counts.events++;
}

static Span trimmed(Span line) {
  while (line.size && is_space(line.bytes[line.size - 1]))
    line.size--;
  return line;
}

void decoder_one(Decoder *decoder, Span record, Event *event) {
  size_t from = spaces(record, 0);
  Span line = trimmed(rest_of(record, from));
  if (line.size > RECORD_BYTES_MAX) {
    line.size = RECORD_BYTES_MAX;
    decoder->counts.cut++;
  }
  event_begin(decoder, line, event);
  if (takes_json(decoder) && decode_json(decoder, line, event)) {
    event_finish(decoder, event, SPAN("json"));
    return;
  }
  line_event(decoder, line, event);
}

/* The line at the start of `bytes`, cut when it is too long. False: its end is not there yet. */
static bool line_next(Decoder *decoder, Span bytes, bool last, Span *out_line, size_t *out_used) {
  size_t look = bytes.size <= RECORD_BYTES_MAX ? bytes.size : RECORD_BYTES_MAX + 1;
  const char *end = memchr(bytes.bytes, '\n', look);
  if (!end && bytes.size <= RECORD_BYTES_MAX && !last)
    return false;
  size_t size = end ? (size_t)(end - bytes.bytes) : bytes.size;
  *out_used = end ? size + 1 : size;
  if (size > RECORD_BYTES_MAX) {
    size = *out_used = RECORD_BYTES_MAX;
    decoder->counts.cut++;
    decoder->skipping = true;
  }
  *out_line = trimmed((Span){bytes.bytes, size});
  return true;
}

/* Where the list begins of {"any key": [ {…; 0: the bytes do not begin like that. */
static size_t wrapper_list(Span bytes) {
  size_t at = spaces(bytes, 1);
  if (at >= bytes.size || bytes.bytes[at] != '"')
    return 0;
  const char *quote = memchr(bytes.bytes + at + 1, '"', bytes.size - at - 1);
  if (!quote || quote[-1] == '\\')
    return 0;
  at = spaces(bytes, (size_t)(quote - bytes.bytes) + 1);
  if (at >= bytes.size || bytes.bytes[at] != ':')
    return 0;
  at = spaces(bytes, at + 1);
  if (at >= bytes.size || bytes.bytes[at] != '[')
    return 0;
  size_t first = spaces(bytes, at + 1);
  return first < bytes.size && bytes.bytes[first] == '{' ? at : 0;
}

/* A list under one of these names is known to hold events; under another it may be the value of an event, unless it was
 * written over lines as only files are. */
static bool wrapper_is_known(Span object, size_t list) {
  static const char *const names[] = {"Records", "records", "Events", "events", "Event", "value", "logs", "logEvents"};
  size_t at = spaces(object, 1) + 1;
  const char *quote = memchr(object.bytes + at, '"', list - at);
  for (size_t i = 0; quote && i < sizeof names / sizeof names[0]; i++)
    if (span_is((Span){object.bytes + at, (size_t)(quote - object.bytes) - at}, names[i]))
      return true;
  return memchr(object.bytes, '\n', spaces(object, list + 1)) != NULL;
}

/* Whether the object is nothing but a list of objects under one key; `event` is used to look. */
static size_t wrapper_whole(Decoder *decoder, Span object, Event *event) {
  size_t before = object.size - 1;
  while (before && is_space(object.bytes[before - 1]))
    before--;
  size_t list = before && object.bytes[before - 1] == ']' ? wrapper_list(object) : 0, used;
  if (!list || !wrapper_is_known(object, list))
    return 0;
  event->count = 0;
  bool whole = json_scan(decoder->json, rest_of(object, list), event, &used) == JSON_WHOLE && list + used == before;
  for (uint32_t i = 0; i < event->count; i++)
    whole &= event->fields[i].path != FIELD_ROOT;
  if (whole)
    return list;
  event->count = 0;
  json_scan(decoder->json, object, event, &used);
  return 0;
}

typedef enum { FRAME_EVENT, FRAME_LINE, FRAME_MORE, FRAME_AGAIN } Frame;

static size_t wrapper_enter(Decoder *decoder, size_t list) {
  decoder->list = decoder->wrapper = true;
  return list + 1;
}

/* An object stands at the start of `bytes`. */
static Frame object_next(Decoder *decoder, Span bytes, bool last, Event *event, size_t *out_used) {
  size_t used, list;
  event_begin(decoder, bytes, event);
  JsonResult result = json_scan(decoder->json, bytes, event, &used);
  if (result == JSON_UNFINISHED && bytes.size < RECORD_BYTES_MAX)
    return last ? FRAME_LINE : FRAME_MORE;
  if (result == JSON_UNFINISHED && (list = wrapper_list(bytes)) > 0 && !decoder->list) {
    *out_used = wrapper_enter(decoder, list);
    return FRAME_AGAIN;
  }
  if (result != JSON_WHOLE)
    return FRAME_LINE;
  size_t end = used;
  while (end < bytes.size && bytes.bytes[end] != '\n' && is_space(bytes.bytes[end]))
    end++;
  if (end == bytes.size && !last && !decoder->list)
    return FRAME_MORE;
  if (end < bytes.size && bytes.bytes[end] != '\n' && bytes.bytes[end] != '{' &&
      !(decoder->list && (bytes.bytes[end] == ',' || bytes.bytes[end] == ']')))
    return FRAME_LINE;
  event->raw.size = used;
  if (!decoder->list && (list = wrapper_whole(decoder, event->raw, event)) > 0) {
    *out_used = wrapper_enter(decoder, list);
    return FRAME_AGAIN;
  }
  *out_used = end + (end < bytes.size && bytes.bytes[end] == '\n');
  return FRAME_EVENT;
}

/* Whether "[" begins a list of events (and not a line like "[Sat Nov 21 …] [error]"). */
static Frame list_next(Decoder *decoder, Span bytes, bool last, size_t *out_used) {
  size_t first = spaces(bytes, 1);
  if (first == bytes.size && !last && first < RECORD_BYTES_MAX)
    return FRAME_MORE;
  if (first == bytes.size || (bytes.bytes[first] != '{' && bytes.bytes[first] != ']'))
    return FRAME_LINE;
  decoder->list = true;
  decoder->wrapper = false;
  *out_used = 1;
  return FRAME_AGAIN;
}

/* Steps over what stands between the events of a list, and over its end. */
static size_t list_skip(Decoder *decoder, Span bytes, size_t at) {
  while (decoder->list || decoder->wrapper) {
    at = spaces(bytes, at);
    if (at == bytes.size)
      break;
    char c = bytes.bytes[at];
    if (decoder->list && c == ']')
      decoder->list = false;
    else if (!decoder->list && c == '}')
      decoder->wrapper = false;
    else if (!decoder->list || c != ',') {
      decoder->wrapper &= decoder->list;
      break;
    }
    at++;
  }
  return spaces(bytes, at);
}

/* What stands before the next record is skipped; returns where that begins, bytes.size: nowhere yet. */
static size_t record_begin(Decoder *decoder, Span bytes, bool last) {
  size_t at = 0;
  if (!decoder->begun) {
    static const char mark[] = "\xEF\xBB\xBF";
    if (bytes.size < 3 && !last && !memcmp(bytes.bytes, mark, bytes.size))
      return bytes.size;
    if (bytes.size >= 3 && !memcmp(bytes.bytes, mark, 3))
      at = 3;
    decoder->begun = true;
  }
  if (decoder->skipping) {
    const char *end = memchr(bytes.bytes + at, '\n', bytes.size - at);
    if (!end)
      return bytes.size;
    decoder->skipping = false;
    at = (size_t)(end - bytes.bytes) + 1;
  }
  return list_skip(decoder, bytes, spaces(bytes, at));
}

static Frame record_next(Decoder *decoder, Span bytes, bool last, Event *event, size_t *out_used) {
  if (!takes_json(decoder))
    return FRAME_LINE;
  if (*bytes.bytes == '{')
    return object_next(decoder, bytes, last, event, out_used);
  if (*bytes.bytes == '[' && !decoder->list)
    return list_next(decoder, bytes, last, out_used);
  return FRAME_LINE;
}

bool decoder_next(Decoder *decoder, Span bytes, bool last, size_t *out_used, Event *event) {
  *out_used = 0;
  for (;;) {
    if (*out_used >= bytes.size)
      return false;
    bool begun = decoder->begun;
    size_t at = *out_used + record_begin(decoder, rest_of(bytes, *out_used), last), used = 0;
    if (!begun && !decoder->begun)
      return false;
    *out_used = at;
    if (at == bytes.size)
      return false;
    Span rest = rest_of(bytes, at), line;
    Frame frame = record_next(decoder, rest, last, event, &used);
    if (frame == FRAME_LINE && line_next(decoder, rest, last, &line, &used)) {
      line_event(decoder, line, event);
      frame = FRAME_EVENT;
    } else if (frame == FRAME_EVENT) {
      json_finish(decoder, event);
      event_finish(decoder, event, SPAN("json"));
    }
    *out_used = at + used;
    if (frame == FRAME_EVENT)
      return true;
    if (frame != FRAME_AGAIN)
      return false;
  }
}
