/* Data beside the law, data/catalogue/NAME.yaml: read on first use, for the program's life. Threads: any. */
#pragma once
#include "core/app.h"

/* An empty object where the file cannot be read (and a warning in the log). */
const json_t *catalogue_load(const App *app, const char *name);
/* One of the phrases stands in the text, beginning where a word begins. `folded`: by text_fold(); `phrases`: an array of texts. */
gboolean catalogue_holds(const json_t *phrases, const char *folded);
/* An entry of proofs.yaml fits a duty: see there. */
gboolean catalogue_fits_duty(const json_t *words, const char *title, const char *content);
