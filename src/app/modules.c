#include "app/modules.h"
#include "module/account/account.h"
#include "module/admin/admin.h"

const Module *const MODULES[] = {
    &account_module,
    &admin_module,
    NULL,
};
