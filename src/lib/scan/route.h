/* Which log source an event is of and by which Sigma names its fields go, from data/rules/logsource.yaml and fields.yaml.
 *
 * Events that satisfy the same entries form a class; a class is a small number, and what a class implies (which rules apply,
 * which slot a path has) is worked out once by whoever needs it.
 *
 * A Route is immutable and shared. A Router belongs to one thread and one FieldTable.
 */
#pragma once
#include "lib/scan/event.h"

typedef struct Route Route;
typedef struct Router Router;

Route *route_new(Span logsource_yaml, Span fields_yaml, ScanError *error);
void route_free(Route *route);

Router *router_new(const Route *route, FieldTable *table);
void router_free(Router *router);
/* The class of the event, from 0. At most ROUTE_CLASSES_MAX; what goes beyond falls in the class that has no entry (0). */
enum { ROUTE_CLASSES_MAX = 4096 };
uint32_t router_class(Router *router, const Event *event);
/* Whether a rule of this log source applies to events of the class; NULL: the rule does not name the item. */
bool router_applies(const Router *router, uint32_t class, const char *product, const char *category, const char *service);
/* The Sigma names of a path in a class: the dotted path itself, the short name below a known container (Event.EventData.Image → Image),
 * aliases of fields.yaml. Returns how many, at most ROUTE_NAMES_MAX; the names live as long as the router. */
enum { ROUTE_NAMES_MAX = 8 };
size_t router_names(Router *router, uint32_t class, uint32_t path, Span out_names[ROUTE_NAMES_MAX]);
