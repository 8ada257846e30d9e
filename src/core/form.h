/* Forms from the fields of an operation, for pages.
 *
 * form_add writes under `key`: {action, operation, submit, multipart, version, refused, fields: [{name, label, kind, hidden,
 * value, checked, help, error, required,
 * options: [{value, label, selected}], <kind>: true}]}. Names in the path are filled into the action. When this
 * page shows a refused POST again, its raw values and messages are in the fields.
 */
#pragma once
#include "core/request.h"

/* values: object with the present values by field name, or NULL; submit: the button's words (Vietnamese). */
Doc *form_add(Request *request, Doc *parent, const char *key, const char *operation, const json_t *values,
              const char *submit);
/* One more field that stands in no table; kept and marked like the others when the POST was refused. */
void form_field(Request *request, Doc *form, const char *operation, const Field *field, const char *value);
/* Replaces the options of a choice that depends on data; call after form_add. */
void form_option(Doc *form, const char *field, const char *value, const char *label, gboolean selected);
/* What the user typed in the refused POST of that operation, else NULL. */
const char *form_refused_value(const Request *request, const char *operation, const char *field);
