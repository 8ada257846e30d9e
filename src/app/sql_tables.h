/* Every statement table of the program, found by tools/list_sql.py, for the test that prepares them on both engines. */
#pragma once
#include "lib/store/store.h"

typedef struct {
  const char *name; /* "duty_sql" */
  const StoreSqlTable *table;
} NamedSqlTable;

extern const NamedSqlTable SQL_TABLES[];
extern const gsize SQL_TABLE_COUNT;
