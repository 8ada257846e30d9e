/* Fresh stores for tests: SQLite always, PostgreSQL where the tests run under tools/with_postgres.
 *
 * STORE_TESTING_ADD registers one test function for both engines, as PATH/sqlite and PATH/postgres; the function gets
 * the engine as its data and begins with store_testing_new(engine), which skips the test (NULL) where there is no
 * server. Failures end the test.
 */
#pragma once
#include "lib/store/store.h"

typedef enum { TESTING_SQLITE, TESTING_POSTGRES } StoreTestingEngine;

typedef struct {
  char *url;
  char *folder; /* for the test's own files too; removed at the end */
} StoreTesting;

#define STORE_TESTING_ADD(path, func)                                                                                  \
  (g_test_add_data_func(path "/sqlite", GINT_TO_POINTER(TESTING_SQLITE), func),                                        \
   g_test_add_data_func(path "/postgres", GINT_TO_POINTER(TESTING_POSTGRES), func))

/* NULL: the test is skipped. */
StoreTesting *store_testing_new(gconstpointer engine);
/* Removes the database and the folder; close the store first. */
void store_testing_free(StoreTesting *testing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreTesting, store_testing_free)

Store *store_testing_open(const StoreTesting *testing);
