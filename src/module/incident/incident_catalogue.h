/* Data beside the law: forms as they look, first steps, names of actors. Read once, on first use, for the law of the
 * program. Private to module incident. */
#pragma once
#include "core/app.h"
#include "module/incident/first_steps.h"
#include "module/incident/form_paper.h"

const FormBook *incident_forms(const App *app, GError **error);
/* The entry of first_steps.h for a kind (its id in the law); NULL where there is none. */
const json_t *incident_first_steps(const App *app, const char *kind);
/* The name that a plan (its reading) gives an actor of the law, by the words of actors.yaml; NULL where it names none, or
 * only in the words of the law. Arena. */
const char *incident_party_in_plan(const App *app, Arena *arena, const json_t *reading, const char *actor);
/* The same on given words, for tests: `words` an array of texts, `generic` the law's own name. */
const char *incident_match_party(const json_t *reading, const json_t *words, const char *generic);
