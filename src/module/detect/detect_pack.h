/* A pack of rules read from outside: a ZIP archive, one YAML file, or files gathered by the command line. Private to module detect.
 *
 * The bytes are unpacked and parsed in the sandbox. Limits: 4,000 files, 2 MiB each, 40 MiB in all.
 */
#pragma once
#include "lib/scan/rule.h"
#include "module/detect/detect.h"

/* {files: [{path, yaml}], rules: [{key, path, line, title, kind, level, status, author, description, product, category, service, techniques,
 * tactics, own}], faults: [{path, line, column, message}]}. json_decref. */
json_t *detect_pack_read(const char *bytes, gsize length, GError **error);
/* All .yml and .yaml files below a folder, in the form that detect_pack_read takes. NULL with error. */
GBytes *detect_pack_gather(const char *folder, GError **error);
/* Its id where that can stand in an address, else the beginning of a hash of id, name or title. g_free. */
char *detect_rule_code(const Rule *rule);
void detect_warm_up(void); /* of the jobs of the sandbox */
