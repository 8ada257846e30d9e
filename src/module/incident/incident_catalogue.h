/* data/catalogue: what is not law but is data, too. Read once, on first use. Private to module incident. */
#pragma once
#include "core/app.h"

/* The first priority steps for a kind (its id in the law): an array of texts; NULL where there are none. The program's. */
const json_t *incident_first_steps(const App *app, const char *kind);
/* The name that a plan (its reading) gives an actor of the law, by the words of actors.yaml; NULL where it names none, or
 * only in the words of the law. Arena. */
const char *incident_party_in_plan(const App *app, Arena *arena, const json_t *reading, const char *actor);
/* The same on given words, for tests: `words` an array of texts, `generic` the law's own name. */
const char *incident_match_party(const json_t *reading, const json_t *words, const char *generic);
