/* Forms from the fields of an operation, for pages.
 *
 * form_add writes under `key`: {action, operation, submit, multipart, version, refused, fields: [{name, label, kind, hidden,
 * value, checked, help, error, required,
 * options: [{value, label, selected}], <kind>: true}]}. Names in the path are filled into the action. When this
 * page shows a refused POST again, its raw values and messages are in the fields. Was it refused because somebody else had
 * saved meanwhile, a field that now differs from what is stored has `differs` and `stored` [{value, label}]; the form sends
 * them as "_stored.NAME", and "_use" with the names whose stored value shall stand (core/input.c).
 */
#pragma once
#include "core/request.h"

/* values: object with the present values by field name, or NULL; submit: the button's words (Vietnamese). */
Doc *form_add(Request *request, Doc *parent, const char *key, const char *operation, const json_t *values,
              const char *submit);
/* One more field that stands in no table; kept and marked like the others when the POST was refused. */
void form_field(Request *request, Doc *form, const char *operation, const Field *field, const char *value);
/* A text to choose from while typing; anything else may be typed too. */
void form_suggest(Doc *form, const char *field, const char *value, const char *label);
/* Adds an option to a choice that depends on data; call after form_add. */
void form_option(Doc *form, const char *field, const char *value, const char *label, gboolean selected);
/* What the user typed in the refused POST of that operation, else NULL. */
const char *form_refused_value(const Request *request, const char *operation, const char *field);
