/* MISP events, STIX 2.1 bundles and MISP warning lists. */
#include "lib/scan/indicator_set.h"
#include <ctype.h>
#include <jansson.h>
#include <strings.h>

static Span text_of(const json_t *object, const char *key) {
  const json_t *value = json_object_get(object, key);
  return json_is_string(value) ? (Span){json_string_value(value), json_string_length(value)} : (Span){"", 0};
}

static bool is_word(Span text, const char *word) {
  return text.size == strlen(word) && strncasecmp(text.bytes, word, text.size) == 0;
}

static void put(IndicatorSet *set, Span value, const IndicatorMeta *meta, ListCount *count) {
  bool taken = indicator_set_put(set, value, meta);
  count->taken += taken;
  count->faults += !taken;
}

/* --- MISP --- */

/* Which parts of "a|b" are indicators: 1 the first, 2 the second, 4 address and port as one. */
static const struct {
  const char *type;
  int parts;
} MISP_TYPES[] = {
    {"ip-src",              1},
    {"ip-dst",              1},
    {"ip-src|port",         4},
    {"ip-dst|port",         4},
    {"domain",              1},
    {"hostname",            1},
    {"hostname|port",       4},
    {"domain|ip",           3},
    {"url",                 1},
    {"uri",                 1},
    {"md5",                 1},
    {"sha1",                1},
    {"sha256",              1},
    {"imphash",             1},
    {"filename|md5",        2},
    {"filename|sha1",       2},
    {"filename|sha256",     2},
    {"filename|imphash",    2},
    {"malware-sample",      2},
    {"email",               1},
    {"email-src",           1},
    {"email-dst",           1},
    {"email-reply-to",      1},
    {"authentihash",        1},
    {"ja3-fingerprint-md5", 1},
};

static int misp_parts(Span type) {
  for (size_t i = 0; i < sizeof MISP_TYPES / sizeof *MISP_TYPES; i++)
    if (is_word(type, MISP_TYPES[i].type))
      return MISP_TYPES[i].parts;
  return 0;
}

static void read_tags(const json_t *object, IndicatorMeta *meta) {
  size_t i;
  json_t *tag;
  json_array_foreach(json_object_get(object, "Tag"), i, tag) list_read_tlp(text_of(tag, "name"), &meta->tlp);
}

static void put_pair(IndicatorSet *set, Span value, const IndicatorMeta *meta, ListCount *count) {
  char joined[300];
  const char *bar = memchr(value.bytes, '|', value.size);
  if (!bar || value.size >= sizeof joined) {
    put(set, value, meta, count);
    return;
  }
  memcpy(joined, value.bytes, value.size);
  joined[bar - value.bytes] = ':';
  put(set, (Span){joined, value.size}, meta, count);
}

static void put_attribute(IndicatorSet *set, const json_t *attribute, IndicatorMeta meta, ListCount *count) {
  int parts = misp_parts(text_of(attribute, "type"));
  const json_t *detect = json_object_get(attribute, "to_ids");
  Span value = text_of(attribute, "value"), comment = text_of(attribute, "comment");
  if (!parts || json_is_false(detect) || json_is_true(json_object_get(attribute, "deleted")))
    return;
  read_tags(attribute, &meta);
  meta.note = comment.size ? comment : meta.note;
  const char *bar = memchr(value.bytes, '|', value.size);
  size_t first = bar ? (size_t)(bar - value.bytes) : value.size;
  if (parts & 4)
    put_pair(set, value, &meta, count);
  if (parts & 1)
    put(set, (Span){value.bytes, first}, &meta, count);
  if (parts & 2 && bar)
    put(set, (Span){bar + 1, value.size - first - 1}, &meta, count);
}

static void put_event(IndicatorSet *set, const char *source, const json_t *event, ListCount *count) {
  IndicatorMeta meta = INDICATOR_META(source);
  size_t i, k;
  json_t *attribute, *object;
  meta.note = text_of(event, "info");
  read_tags(event, &meta);
  json_array_foreach(json_object_get(event, "Attribute"), i, attribute) put_attribute(set, attribute, meta, count);
  json_array_foreach(json_object_get(event, "Object"), i, object)
      json_array_foreach(json_object_get(object, "Attribute"), k, attribute) put_attribute(set, attribute, meta, count);
}

static bool add_misp(IndicatorSet *set, const char *source, const json_t *root, ListCount *count) {
  size_t i;
  json_t *each;
  const json_t *event = json_object_get(root, "Event"), *answer = json_object_get(root, "response");
  if (event)
    put_event(set, source, event, count);
  json_array_foreach(json_is_array(answer) ? answer : root, i, each) if (json_object_get(each, "Event"))
      put_event(set, source, json_object_get(each, "Event"), count);
  return true;
}

/* --- STIX --- */

/* The marking definitions that the specifications fix: TLP 1 and 2. */
static const struct {
  const char *id;
  uint8_t level;
} MARKINGS[] = {
    {"marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9", 0},
    {"marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487", 0},
    {"marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da", 1},
    {"marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb", 1},
    {"marking-definition--f88d31f6-486f-44da-b317-01333bde0b82", 2},
    {"marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421", 2},
    {"marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003", 3},
    {"marking-definition--5e57c739-391a-4eb3-b6be-15d4b6a53f0c", 4},
    {"marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1", 4},
};

static void read_markings(const json_t *object, IndicatorMeta *meta) {
  size_t i;
  json_t *id;
  json_array_foreach(json_object_get(object, "object_marking_refs"), i,
                     id) for (size_t k = 0; k < sizeof MARKINGS / sizeof *MARKINGS;
                              k++) if (json_is_string(id) && strcmp(json_string_value(id), MARKINGS[k].id) == 0)
      meta->tlp = MARKINGS[k].level;
}

typedef struct {
  const char *at, *end;
} Pattern;

typedef enum { PART_END, PART_WORD, PART_TEXT, PART_SIGN } PartKind;
typedef struct {
  PartKind kind;
  Span text; /* of a text: between its quotes, still escaped */
} Part;

static Part next_part(Pattern *pattern) {
  while (pattern->at < pattern->end && isspace((unsigned char)*pattern->at))
    pattern->at++;
  const char *start = pattern->at;
  if (start == pattern->end)
    return (Part){
        PART_END, {"", 0}
    };
  if (*start == '\'') {
    for (pattern->at++; pattern->at < pattern->end && *pattern->at != '\''; pattern->at++)
      if (*pattern->at == '\\' && pattern->end - pattern->at > 1)
        pattern->at++;
    Part part = {
        PART_TEXT, {start + 1, (size_t)(pattern->at - start - 1)}
    };
    pattern->at += pattern->at < pattern->end;
    return part;
  }
  if (strchr("[]()=,", *start) || *start == '!' || *start == '<' || *start == '>') {
    pattern->at++;
    return (Part){
        PART_SIGN, {start, 1}
    };
  }
  while (pattern->at < pattern->end && !isspace((unsigned char)*pattern->at) && !strchr("[]()=,!<>", *pattern->at))
    if (*pattern->at++ == '\'') /* file:hashes.'SHA-256' */
      while (pattern->at < pattern->end && *pattern->at++ != '\'')
        ;
  return (Part){
      PART_WORD, {start, (size_t)(pattern->at - start)}
  };
}

static bool is_sign(Part part, char sign) {
  return part.kind == PART_SIGN && *part.text.bytes == sign;
}

/* The objects whose values are indicators. */
static bool is_path(Span path) {
  static const char *const paths[] = {"ipv4-addr:value",
                                      "ipv6-addr:value",
                                      "domain-name:value",
                                      "url:value",
                                      "email-addr:value",
                                      "file:hashes.",
                                      "network-traffic:dst_ref.value",
                                      "network-traffic:src_ref.value",
                                      "email-message:from_ref.value",
                                      "domain-name:resolves_to_refs"};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
    if (path.size >= strlen(paths[i]) && strncasecmp(path.bytes, paths[i], strlen(paths[i])) == 0)
      return true;
  return false;
}

static void put_text(IndicatorSet *set, Span text, const IndicatorMeta *meta, ListCount *count) {
  char plain[2048];
  size_t size = 0;
  for (size_t i = 0; i < text.size && size < sizeof plain; i++) {
    i += text.bytes[i] == '\\' && i + 1 < text.size;
    plain[size++] = text.bytes[i];
  }
  put(set, (Span){plain, size}, meta, count);
}

/* = 'x', ISSUBSET 'x' or IN ('x', 'y') behind a path. False: something else. */
static bool read_values(Pattern *pattern, IndicatorSet *set, const IndicatorMeta *meta, ListCount *count) {
  Part part = next_part(pattern);
  if (is_sign(part, '=') || (part.kind == PART_WORD && is_word(part.text, "ISSUBSET"))) {
    part = next_part(pattern);
    if (part.kind == PART_TEXT)
      put_text(set, part.text, meta, count);
    return part.kind == PART_TEXT;
  }
  if (part.kind != PART_WORD || !is_word(part.text, "IN") || !is_sign(next_part(pattern), '('))
    return false;
  for (part = next_part(pattern); !is_sign(part, ')'); part = next_part(pattern))
    if (part.kind == PART_TEXT)
      put_text(set, part.text, meta, count);
    else if (!is_sign(part, ','))
      return false;
  return true;
}

/* Only what any one value fulfils: comparisons joined by OR. Everything else would report too much. */
static bool is_alternatives(Span text) {
  static const char *const others[] = {"AND", "FOLLOWEDBY", "NOT", "WITHIN", "REPEATS", "START", "LIKE", "MATCHES"};
  Pattern pattern = {text.bytes, text.bytes + text.size};
  for (Part part = next_part(&pattern); part.kind != PART_END; part = next_part(&pattern))
    for (size_t i = 0; part.kind == PART_WORD && i < sizeof others / sizeof *others; i++)
      if (is_word(part.text, others[i]))
        return false;
  return true;
}

static void put_pattern(IndicatorSet *set, Span text, const IndicatorMeta *meta, ListCount *count) {
  Pattern pattern = {text.bytes, text.bytes + text.size};
  size_t before = count->taken + count->faults;
  if (is_alternatives(text))
    for (Part part = next_part(&pattern); part.kind != PART_END; part = next_part(&pattern))
      if (part.kind == PART_WORD && is_path(part.text) && !read_values(&pattern, set, meta, count))
        count->faults++;
  count->faults += count->taken + count->faults == before;
}

static void put_stix(IndicatorSet *set, const char *source, const json_t *object, ListCount *count) {
  IndicatorMeta meta = INDICATOR_META(source);
  const json_t *confidence = json_object_get(object, "confidence");
  Span language = text_of(object, "pattern_type");
  if (json_is_integer(confidence) && json_integer_value(confidence) >= 0 && json_integer_value(confidence) <= 100)
    meta.confidence = (uint8_t)json_integer_value(confidence);
  meta.note = text_of(object, "name");
  list_read_time(text_of(object, "valid_until"), &meta.expires_ms);
  read_markings(object, &meta);
  if (json_is_true(json_object_get(object, "revoked")))
    return;
  if (language.size && !is_word(language, "stix"))
    count->faults++;
  else
    put_pattern(set, text_of(object, "pattern"), &meta, count);
}

static bool add_stix(IndicatorSet *set, const char *source, const json_t *root, ListCount *count) {
  size_t i;
  json_t *object;
  if (is_word(text_of(root, "type"), "indicator"))
    put_stix(set, source, root, count);
  json_array_foreach(json_object_get(root, "objects"), i, object) if (is_word(text_of(object, "type"), "indicator"))
      put_stix(set, source, object, count);
  return true;
}

/* --- warning lists --- */

/* Lists of regular expressions and substrings are not taken: they do not tell a value. */
static bool add_warning(IndicatorSet *set, const json_t *root, ListCount *count) {
  Span type = text_of(root, "type");
  bool below = is_word(type, "hostname"), known = below || is_word(type, "string") || is_word(type, "cidr");
  size_t i;
  json_t *value;
  json_array_foreach(json_object_get(root, "list"), i, value) {
    Span text = json_is_string(value) ? (Span){json_string_value(value), json_string_length(value)} : (Span){"", 0};
    bool taken = known && indicator_set_put_benign(set, text, below);
    count->taken += taken;
    count->faults += !taken;
  }
  return true;
}

bool list_add_json(IndicatorSet *set, const char *source, Span bytes, ListFormat format, ListCount *count,
                   ScanError *error) {
  json_error_t fault;
  if (bytes.size >= 3 && memcmp(bytes.bytes, "\xef\xbb\xbf", 3) == 0)
    bytes = (Span){bytes.bytes + 3, bytes.size - 3};
  json_t *root = json_loadb(bytes.bytes, bytes.size, 0, &fault);
  if (!root) {
    scan_fail(error, "Danh sách chỉ dấu %.120s không phải JSON đúng", source);
    error = error ? error : &(ScanError){0};
    error->line = fault.line > 0 ? (size_t)fault.line : 0;
    error->column = fault.column > 0 ? (size_t)fault.column : 0;
    count->faults++;
    return false;
  }
  if (format == LIST_AUTO)
    format = json_object_get(root, "objects") || is_word(text_of(root, "type"), "indicator") ? LIST_STIX
             : json_is_array(json_object_get(root, "list"))                                  ? LIST_WARNING
                                                                                             : LIST_MISP;
  bool good = format == LIST_STIX      ? add_stix(set, source, root, count)
              : format == LIST_WARNING ? add_warning(set, root, count)
                                       : add_misp(set, source, root, count);
  json_decref(root);
  return good;
}
