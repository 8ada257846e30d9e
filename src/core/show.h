/* Small pieces of pages that every module writes alike: days, moments, telephone links. Everything in the arena. */
#pragma once
#include "core/request.h"

const char *show_day(Arena *arena, const char *iso);        /* 21/11/2026; NULL for none */
const char *show_time(Arena *arena, gint64 ms);             /* 14:35 21/11/2026; NULL for 0 */
const char *show_tel(Arena *arena, const char *phone);      /* of "0900 000 011 (trực)": 0900000011, for tel: links */
const char *show_today(const Request *request);             /* ISO */
void show_status(Request *request, Doc *parent, const char *key, const char *css, const char *label); /* see status.html */
/* One choice of a select: {value, label, selected}. */
void show_option(Doc *options, const char *value, const char *label, gboolean selected);
/* A field of filter.html: a search box, or a select whose options are returned. */
void show_filter_search(Request *request, Doc *fields, const char *label, const char *placeholder);
Doc *show_filter_select(Request *request, Doc *fields, const char *name, const char *label, const Choice *choices);
