#include "core/setting_page.h"
#include "core/message.h"
#include <string.h>

static const struct {
  const char *label, *path, *operation;
} TABS[] = {
    {"Chung",            "/cai-dat",             "setting.list"     },
    {"Người dùng",       "/cai-dat/nguoi-dung",  "account.list"     },
    {"Khóa API",         "/cai-dat/khoa",        "token.list"       },
    {"Thư",              "/cai-dat/thu",         "mail.list"        },
    {"Sao lưu",          "/cai-dat/sao-luu",     "backup.list"      },
    {"Nhật ký hệ thống", "/cai-dat/nhat-ky",     "audit.list"       },
    {"Việc nền",         "/cai-dat/viec-nen",    "job.list"         },
    {"Kiểm tra máy",     "/cai-dat/kiem-tra",    "system.doctor"    },
    {"Phân quyền",       "/cai-dat/phan-quyen",  "permission.matrix"},
};

void setting_tabs(Request *request, Doc *answer) {
  Doc *tabs = doc_list(answer, KEY("tabs"));
  for (gsize i = 0; i < G_N_ELEMENTS(TABS); i++) {
    const Operation *operation = app_find_operation(request->app, TABS[i].operation);
    if (!operation || !request_may_anywhere(request, operation->permission))
      continue;
    Doc *tab = doc_object(tabs, NULL);
    doc_text(tab, KEY("label"), message(request->lang, TABS[i].label));
    doc_text(tab, KEY("url"), TABS[i].path);
    doc_bool(tab, KEY("current"), request->operation && strcmp(request->operation->path, operation->path) == 0);
  }
}
