#include "app/hunter.h"
#include "app/child.h"
#include "module/hunt/hunt.h"

int hunter_main(App *app, int argc, char **argv) {
  static const ChildJob JOB = {"hunter", "- chạy các đợt săn lùng đang chờ", hunt_run_all};
  return child_main(app, argc, argv, &JOB);
}
