#include "app/collect.h"
#include "app/child.h"
#include "app/modules.h"

static gboolean run(App *app, int stop_fd, GError **error) {
  return collect_run(app, COLLECT_SINKS, stop_fd, error);
}

int collect_main(App *app, int argc, char **argv) {
  static const ChildJob JOB = {"collect", "- nhận nhật ký từ các nguồn: syslog, tệp, API", run};
  return child_main(app, argc, argv, &JOB);
}
