/* Roles and what they may do.
 *
 * A user holds roles at bodies; a role holds at that body and at all below it; roles add up. Legal actors (chủ quản, đơn
 * vị vận hành …) are relations of a body to a system, never roles.
 */
#pragma once
#include <glib.h>

typedef enum {
  ROLE_ADMIN = 1,       /* quản trị */
  ROLE_LEADER = 2,      /* lãnh đạo */
  ROLE_OFFICER = 4,     /* cán bộ chuyên trách */
  ROLE_DISPATCHER = 8,  /* cán bộ tiếp nhận và điều phối */
  ROLE_MEMBER = 16,     /* thành viên Đội */
  ROLE_VIEWER = 32,     /* người xem */
} Role;
#define ROLES_ALL (ROLE_ADMIN | ROLE_LEADER | ROLE_OFFICER | ROLE_DISPATCHER | ROLE_MEMBER | ROLE_VIEWER)
#define ROLE_COUNT 6

typedef struct {
  const char *name;  /* "duty.write" */
  int roles;         /* sum of Role */
  const char *label; /* Vietnamese */
} PermissionRow;

const char *role_name(Role role);  /* "admin": in the store, REST and the command line */
const char *role_label(Role role); /* "quản trị" */
Role role_from_name(const char *name); /* 0: no such role */
