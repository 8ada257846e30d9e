#include "app/modules.h"
#include "module/account/account.h"
#include "module/admin/admin.h"
#include "module/board/board.h"
#include "module/duty/duty.h"
#include "module/org/org.h"

const Module *const MODULES[] = {
    &board_module,
    &account_module,
    &admin_module,
    &org_module,
    &duty_module,
    NULL,
};
