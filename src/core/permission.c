#include "core/permission.h"
#include <string.h>

static const struct {
  Role role;
  const char *name, *label;
} ROLES[] = {
    {ROLE_ADMIN,      "admin",      "Quản trị"                        },
    {ROLE_LEADER,     "leader",     "Lãnh đạo"                        },
    {ROLE_OFFICER,    "officer",    "Cán bộ chuyên trách"             },
    {ROLE_DISPATCHER, "dispatcher", "Cán bộ tiếp nhận và điều phối"   },
    {ROLE_MEMBER,     "member",     "Thành viên Đội"                  },
    {ROLE_VIEWER,     "viewer",     "Người xem"                       },
};

const char *role_name(Role role) {
  for (gsize i = 0; i < G_N_ELEMENTS(ROLES); i++)
    if (ROLES[i].role == role)
      return ROLES[i].name;
  return "";
}

const char *role_label(Role role) {
  for (gsize i = 0; i < G_N_ELEMENTS(ROLES); i++)
    if (ROLES[i].role == role)
      return ROLES[i].label;
  return "";
}

Role role_from_name(const char *name) {
  for (gsize i = 0; i < G_N_ELEMENTS(ROLES); i++)
    if (strcmp(ROLES[i].name, name) == 0)
      return ROLES[i].role;
  return 0;
}
