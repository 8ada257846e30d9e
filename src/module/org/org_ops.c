#include "module/org/org_store.h"

static const EventHandler EVENTS[] = {{"body.added", org_take_body}, {NULL}};

const Module org_module = {
    .name = "org",
    .events = EVENTS,
    .sql = {NULL, 0},
};
