/* Inside the indicators only: how lists put their values into a set. */
#pragma once
#include "lib/scan/indicator.h"
#include "lib/scan/stored.h"
#include "lib/scan/token_cut.h"

/* What a list says beside the value. */
typedef struct {
  const char *source; /* kept as it is: from indicator_set_text */
  Span note;
  int64_t expires_ms; /* INT64_MAX: never */
  uint8_t confidence, tlp;
} IndicatorMeta;

#define INDICATOR_META(source_text)                                                                                    \
  ((IndicatorMeta){.source = (source_text), .expires_ms = INT64_MAX, .confidence = 50})

/* False: no indicator. */
bool indicator_set_put(IndicatorSet *set, Span value, const IndicatorMeta *meta);
/* A value known to be good; `below`: also what stands below it (a host name of a warning list). */
bool indicator_set_put_benign(IndicatorSet *set, Span value, bool below);
const char *indicator_set_text(IndicatorSet *set, Span text);

typedef struct {
  size_t taken, faults;
} ListCount;

bool list_add_plain(IndicatorSet *set, const char *source, Span bytes, ListCount *count, ScanError *error);
bool list_add_csv(IndicatorSet *set, const char *source, Span bytes, ListCount *count, ScanError *error);
bool list_looks_like_csv(Span bytes);
/* MISP, STIX or a warning list; LIST_AUTO: by what stands in it. */
bool list_add_json(IndicatorSet *set, const char *source, Span bytes, ListFormat format, ListCount *count,
                   ScanError *error);

/* "clear", "TLP:AMBER+STRICT", "white" → 0 to 4; false: none of them. */
bool list_read_tlp(Span text, uint8_t *out);
/* 2026-11-21, 2026-11-21T07:00:00Z, 2026-11-21 07:00:00.5+07:00; false: none. */
bool list_read_time(Span text, int64_t *out_ms);
static inline Span span_text(const char *text) {
  return (Span){text, strlen(text)};
}
