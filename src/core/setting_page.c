#include "core/setting_page.h"
#include "core/body.h"
#include "core/message.h"
#include <string.h>

static const struct {
  const char *label, *path, *operation;
  gboolean top; /* of the whole installation: for the body at the head alone */
} TABS[] = {
    {"Chung",            "/cai-dat",             "setting.list", FALSE},
    {"Người dùng",       "/cai-dat/nguoi-dung",  "account.list", FALSE},
    {"Khóa API",         "/cai-dat/khoa",        "token.list", FALSE},
    {"Nguồn nhật ký",    "/cai-dat/nguon-nhat-ky", "source.list", FALSE},
    {"Luật phát hiện",   "/cai-dat/luat",        "rule.list", FALSE},
    {"Khóa tin cậy",     "/cai-dat/khoa-tin-cay", "trust.list", FALSE},
    {"Thư",              "/cai-dat/thu",         "mail.list", TRUE},
    {"Sao lưu",          "/cai-dat/sao-luu",     "backup.list", TRUE},
    {"Nhật ký hệ thống", "/cai-dat/nhat-ky",     "audit.list", FALSE},
    {"Việc nền",         "/cai-dat/viec-nen",    "job.list", TRUE},
    {"Kiểm tra máy",     "/cai-dat/kiem-tra",    "system.doctor", TRUE},
    {"Phân quyền",       "/cai-dat/phan-quyen",  "permission.matrix", FALSE},
};

void setting_tabs(Request *request, Doc *answer) {
  Doc *tabs = doc_list(answer, KEY("tabs"));
  gboolean at_top = body_require_top(request, "admin.read", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(TABS); i++) {
    const Operation *operation = app_find_operation(request->app, TABS[i].operation);
    if (!operation || (TABS[i].top && !at_top) || !request_may_anywhere(request, operation->permission))
      continue;
    Doc *tab = doc_object(tabs, NULL);
    doc_text(tab, KEY("label"), message(request->lang, TABS[i].label));
    doc_text(tab, KEY("url"), TABS[i].path);
    doc_bool(tab, KEY("current"), request->operation && strcmp(request->operation->path, operation->path) == 0);
  }
}
