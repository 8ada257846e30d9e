#include "app/modules.h"
#include "module/account/account.h"
#include "module/admin/admin.h"
#include "module/alert/alert.h"
#include "module/board/board.h"
#include "module/detect/detect.h"
#include "module/collect/collect.h"
#include "module/duty/duty.h"
#include "module/hunt/hunt.h"
#include "module/incident/incident.h"
#include "module/mail/mail.h"
#include "module/org/org.h"
#include "module/shift/shift.h"
#include "module/system/system.h"
#include "module/plan/plan.h"
#include "module/trust/trust.h"

const Module *const MODULES[] = {
    &board_module,
    &incident_module,
    &account_module,
    &shift_module,
    &org_module,
    &system_module,
    &plan_module,
    &duty_module,
    &admin_module,
    &mail_module,
    &alert_module,
    &detect_module,
    &hunt_module,
    &collect_module,
    &trust_module,
    NULL,
};

const CollectSink *const COLLECT_SINKS[] = {&detect_sink, NULL};
