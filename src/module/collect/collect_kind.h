/* The usual sources of logs, as a table: how their records come, in which format, and the exact lines to paste on the device. Private to
 * module collect. */
#pragma once
#include "core/request.h"
#include "lib/scan/decode.h"

typedef struct {
  const char *id;
  const char *way;        /* syslog, file, api */
  const char *format;
  const char *product, *service; /* of Sigma's logsource; NULL: not known */
  gint64 silent_minutes;         /* what is usual; 0: it may be silent for long */
  const char *where;             /* where the lines go: a file, or a page of the device; Vietnamese */
  const char *lines;             /* {address} {udp} {tcp} {tls} {source} {path} {url} are filled in */
  const char *then;              /* what to do after it; NULL: nothing. Vietnamese */
} CollectKind;

const CollectKind *collect_kind(const char *id); /* NULL: not in the table */
extern const Choice COLLECT_KINDS[], COLLECT_FORMATS[], COLLECT_WAYS[];
const char *collect_kind_label(const char *id); /* Vietnamese */
LogFormat collect_format(const char *id);
/* The lines with everything filled in; in the arena. */
const char *collect_kind_lines(Request *request, const CollectKind *kind, const char *source_code, const char *path);
/* The address at which devices reach this machine; in the arena. */
const char *collect_own_address(const App *app, Arena *arena);
