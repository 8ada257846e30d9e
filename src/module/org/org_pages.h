/* The handlers of module org. Private to it. */
#pragma once
#include "module/org/org_store.h"

extern const Choice ORG_KINDS[];     /* of bodies */
extern const Choice CONTACT_KINDS[];

const char *org_kind_label(const char *kind);     /* Vietnamese */
const char *contact_kind_label(const char *kind);

gboolean org_list(Request *request, Doc *answer, GError **error);
gboolean org_view(Request *request, Doc *answer, GError **error);
gboolean org_new_form(Request *request, Doc *answer, GError **error);
gboolean org_edit_form(Request *request, Doc *answer, GError **error);

gboolean org_add(Request *request, Doc *answer, GError **error);
gboolean org_edit(Request *request, Doc *answer, GError **error);
gboolean org_rename(Request *request, Doc *answer, GError **error);
gboolean org_alias(Request *request, Doc *answer, GError **error);
gboolean org_close(Request *request, Doc *answer, GError **error);
gboolean org_reopen(Request *request, Doc *answer, GError **error);
/* Job: names whose day has come. */
gboolean org_take_names(App *app, const json_t *payload, GError **error);
/* The body named by the field "id" or `_undo`, that the user may do this with. */
const OrgRow *org_require(Request *request, const char *permission, GError **error);

gboolean contact_directory(Request *request, Doc *answer, GError **error);
gboolean contact_view(Request *request, Doc *answer, GError **error);
gboolean contact_add(Request *request, Doc *answer, GError **error);
gboolean contact_edit(Request *request, Doc *answer, GError **error);
gboolean contact_end(Request *request, Doc *answer, GError **error);
gboolean contact_resume(Request *request, Doc *answer, GError **error);
gboolean contact_verify(Request *request, Doc *answer, GError **error);
/* A row as org/view.html takes it. `data` is a ContactRows. */
typedef struct {
  Request *request;
  Doc *list;
  int count;
} ContactRows;
gboolean contact_show(const Contact *contact, void *data);

gboolean org_board(Request *request, Doc *board, GError **error);
