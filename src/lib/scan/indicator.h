/* Indicators of compromise: read from lists, matched against records.
 *
 * Sources: plain lists, CSV, MISP feed folders, STIX 2.1 bundles. Kinds of token.h and networks (CIDR). A domain also
 * matches its subdomains. MISP warning lists take out known good values (kept, marked, not matched). An IndicatorSet is
 * immutable once finished and shared by threads; a new one is swapped in by pointer.
 */
#pragma once
#include "lib/scan/token.h"

typedef struct {
  const char *value, *source, *note; /* value as the list wrote it */
  int64_t expires_ms;                /* INT64_MAX: never */
  uint8_t kind;                      /* TokenKind */
  uint8_t prefix_bits;               /* of a network; 0: none */
  uint8_t confidence;                /* 0 to 100 */
  uint8_t tlp;                       /* 0 clear, 1 green, 2 amber, 3 amber+strict, 4 red */
  bool benign;                       /* on a warning list */
} Indicator;

enum { INDICATOR_BYTES_MAX = 256 << 20, INDICATORS_MAX = 8000000 };

typedef struct IndicatorSet IndicatorSet;
typedef enum { LIST_AUTO, LIST_PLAIN, LIST_CSV, LIST_MISP, LIST_STIX, LIST_WARNING } ListFormat;

IndicatorSet *indicator_set_new(void);
void indicator_set_free(IndicatorSet *set);
/* Returns how many were taken; `faults` counts lines that are none. */
size_t indicator_set_add(IndicatorSet *set, const char *source, Span bytes, ListFormat format, size_t *out_faults,
                         ScanError *error);
/* One file, or all lists of a folder (a MISP feed: its events); bytes beyond INDICATOR_BYTES_MAX a file are refused. */
size_t indicator_set_add_path(IndicatorSet *set, const char *path, ListFormat format, size_t *out_faults,
                              ScanError *error);
/* Makes the set ready: nothing can be added any more. */
void indicator_set_finish(IndicatorSet *set);
size_t indicator_set_count(const IndicatorSet *set);
const Indicator *indicator_set_item(const IndicatorSet *set, size_t index);

typedef void (*IndicatorFound)(void *context, size_t index, Span where);
/* Whether a segment with these sorted hashes (log_reader_filter) can hold a hit. */
bool indicator_set_joins(const IndicatorSet *set, const uint64_t *hashes, size_t count, int64_t now_ms);
/* Every indicator not expired at `now_ms` and not benign that stands in the record. */
void indicator_set_match(const IndicatorSet *set, Span record, int64_t now_ms, IndicatorFound found, void *context);
