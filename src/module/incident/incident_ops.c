#include "module/incident/incident.h"
#include "module/incident/incident_pages.h"

static const Field ASSESS_FIELDS[] = {
    {"file", FIELD_FILE, "Tệp dữ kiện (JSON); không nêu thì đọc đầu vào chuẩn"}, {"facts", FIELD_JSON, "Dữ kiện"}, {NULL}};

static const Operation OPERATIONS[] = {
    {"incident.assess", "POST", "/su-co/danh-gia", "incident.read", "Đánh giá dữ kiện một sự cố: mức, quy trình, thời hạn; không lưu",
     incident_assess_facts, ASSESS_FIELDS, .columns = "clocks:id,due,form,what", .needs = NEEDS_NOTHING,
     .faces = FACE_API | FACE_CLI /* on the page the case itself is assessed */},
};

static const PermissionRow PERMISSIONS[] = {
    {"incident.read", ROLES_ALL, "Xem sự cố"},
    {NULL},
};

const Module incident_module = {
    .name = "incident",
    .operations = OPERATIONS(OPERATIONS),
    .permissions = PERMISSIONS,
};
