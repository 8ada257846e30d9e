/* All SQL of module system. Private to it. */
#pragma once
#include "module/system/system.h"

extern const StoreSqlTable system_sql;

#define NO_RANK 9999

typedef struct {
  const char *id, *code, *body_id, *name, *purpose, *owner_name, *operator_body_id, *operator_name, *provider_name, *provider_phone,
      *contact_name, *contact_phone, *contact_email, *decision_number, *decision_day, *decision_issuer, *retired_day, *retired_reason;
  gint64 personal_data, continuity_rank, level, version; /* rank, level 0: none */
  const char *body_name, *operator_body_name; /* read only */
} System;

typedef struct {
  const char *body_id; /* and below */
  const char *unit_id; /* "": any */
  const char *words_ids; /* NULL: no search; else ids with blanks around each */
  gint64 level;        /* 0 any; -1 not determined */
  gint64 least_level;  /* 0 any */
  gboolean personal_data, retired, no_contact;
  const System *after; /* last row of the page before */
  int limit;
} SystemQuery;

typedef struct {
  gint64 all, no_level, high, personal, no_contact, retired;
} SystemCounts;

typedef gboolean (*SystemRowFunc)(const System *system, void *data);

gboolean system_store_list(StoreConn *conn, const SystemQuery *query, SystemRowFunc func, void *data, GError **error);
gboolean system_store_counts(StoreConn *conn, const char *body_id, SystemCounts *out_counts, GError **error);
const System *system_store_get(StoreConn *conn, Arena *arena, const char *id, GError **error); /* NULL without error: none */
const char *system_store_id_of_code(StoreConn *conn, Arena *arena, const char *code, GError **error);
/* The one of that name in the register of the body; NULL where there is none, or more than one. */
const char *system_store_id_of_name(StoreConn *conn, Arena *arena, const char *body_id, const char *name, GError **error);
gboolean system_store_insert(StoreConn *conn, const System *system, gint64 now_ms, GError **error);
/* ERROR_CONFLICT when the version is no longer the one given. */
gboolean system_store_update(StoreConn *conn, const System *system, gint64 version, GError **error);
/* Another system of the same register with that rank; NULL where there is none. */
const char *system_store_same_rank(StoreConn *conn, Arena *arena, const System *system, GError **error);
/* Systems that a body keeps or operates: {title, url, level}. */
gboolean system_store_of_body(Request *request, const char *body_id, Doc *list, GError **error);
/* Bodies at or below, for choices: calls `add` with id and name. */
gboolean system_store_bodies(StoreConn *conn, const char *body_id, void (*add)(const char *id, const char *name, void *data), void *data,
                             GError **error);
