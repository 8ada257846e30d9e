/* Expressions of rules. PCRE2 decides, with limits on its work (what exceeds them does not match); Vectorscan, where there is one, only says
 * which expressions are worth asking. */
#pragma once
#include "lib/scan/slot.h"

typedef struct Regex Regex;
Regex *regex_new(const Pattern *pattern, char *out_reason, size_t size);
void regex_free(Regex *regex);

typedef struct RegexWork RegexWork; /* of one thread */
RegexWork *regex_work_new(void);
void regex_work_free(RegexWork *work);
bool regex_matches(const Regex *regex, RegexWork *work, Span text, bool ascii);

/* The longest piece of ASCII that every match holds, in lower case; its size, at most `room`. 0: none is known. */
size_t regex_piece(const Pattern *pattern, char *out, size_t room);

/* Compiled databases of a file, so that they are not compiled again. */
VectorCache *vector_cache_open(const char *path); /* NULL path: kept nowhere */
/* Writes what was compiled since, when there is anything. */
void vector_cache_close(VectorCache *cache);

typedef struct Vector Vector;
bool vector_available(void);
/* A database of expressions; `out_left[i]` is set for those that it cannot hold. NULL: it holds none. */
Vector *vector_new(VectorCache *cache, const Pattern *const *patterns, size_t count, bool *out_left);
void vector_free(Vector *vector);
size_t vector_memory(const Vector *vector);
typedef struct VectorWork VectorWork; /* of one thread */
VectorWork *vector_work_new(void);
void vector_work_free(VectorWork *work);
void vector_work_prepare(VectorWork *work, const Vector *vector);
/* Calls `found` with the index of each expression that may match ASCII text. */
void vector_scan(const Vector *vector, VectorWork *work, Span text, void (*found)(void *context, uint32_t index), void *context);
