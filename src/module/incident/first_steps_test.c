#include "base/error.h"
#include "module/incident/first_steps.h"
#include "base/yaml.h"
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static Law *law;
static char *data_path;

static void test_every_kind_has_steps(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(FirstSteps) steps = first_steps_load(law, data_path, &error);
  g_assert_no_error(error);
  guint kinds = 0;
  for (guint g = 0; g < law->kind_groups->len; g++) {
    const LawKindGroup *group = law->kind_groups->pdata[g];
    for (guint k = 0; k < group->kinds->len; k++, kinds++)
      g_assert_nonnull(first_steps_of(steps, ((const LawKind *)group->kinds->pdata[k])->id));
  }
  g_assert_cmpuint(kinds, ==, 22);
  g_assert_null(first_steps_of(steps, "khong-co"));
}

/* The steps of attacks on a machine keep what is in its memory. */
static void test_power_stays_on(void) {
  static const char *const KINDS[] = {"ma-hoa", "ma-doc", "truy-cap-trai-phep", "pha-hoai", "gian-diep", "tong-hop"};
  g_autoptr(FirstSteps) steps = first_steps_load(law, data_path, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(KINDS); i++) {
    g_autofree char *dont = json_dumps(json_object_get(first_steps_of(steps, KINDS[i]), "dont"), 0);
    g_assert_nonnull(strstr(dont, "tắt nguồn"));
  }
}

/* The data with one change: how it is refused. */
static void refuse(void (*change)(json_t *entries), const char *problem) {
  json_t *data = yaml_load_file(data_path, NULL);
  change(json_object_get(data, "first_steps"));
  /* JSON is YAML where no text holds what YAML would read otherwise: all of ours are quoted. */
  g_autofree char *text = json_dumps(data, 0);
  g_autofree char *path = NULL;
  close(g_file_open_tmp("steps-XXXXXX.yaml", &path, NULL));
  g_file_set_contents(path, text, -1, NULL);
  g_autoptr(GError) error = NULL;
  g_assert_null(first_steps_load(law, path, &error));
  g_assert_error(error, APP_ERROR, ERROR_CHECK);
  if (!strstr(error->message, problem))
    g_error("“%s” is not in: %s", problem, error->message);
  g_unlink(path);
  json_decref(data);
}

static void forget_kind(json_t *entries) {
  json_object_del(entries, "ma-hoa");
}
static void add_kind(json_t *entries) {
  json_object_set(entries, "sao-choi", json_object_get(entries, "ma-hoa"));
}
static void forget_part(json_t *entries) {
  json_object_del(json_object_get(entries, "ma-doc"), "call");
}
static void too_few(json_t *entries) {
  json_object_set_new(json_object_get(entries, "ma-doc"), "do", json_pack("[s]", "Gọi người phụ trách"));
}
static void add_key(json_t *entries) {
  json_object_set_new(json_object_get(entries, "ma-doc"), "note", json_string("x"));
}
static void too_long(json_t *entries) {
  g_autofree char *text = g_strnfill(201, 'x');
  json_object_set_new(json_object_get(entries, "ma-doc"), "title", json_string(text));
}

static void test_what_is_refused(void) {
  refuse(forget_kind, "ma-hoa: loại sự cố này chưa có bước ưu tiên");
  refuse(add_kind, "sao-choi: không có loại sự cố này");
  refuse(forget_part, "ma-doc: “call” phải là một dòng");
  refuse(too_few, "ma-doc: “do” phải có từ 4 đến 8 dòng");
  refuse(add_key, "ma-doc: có khóa không rõ");
  refuse(too_long, "ma-doc: “title” phải là một dòng");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_autofree char *folder = g_build_filename(g_getenv("UNGCUU_DATA"), "law", NULL);
  data_path = g_build_filename(g_getenv("UNGCUU_DATA"), "catalogue", "first_steps.yaml", NULL);
  law = law_load(folder, NULL);
  g_assert_nonnull(law);
  g_test_add_func("/first-steps/every-kind", test_every_kind_has_steps);
  g_test_add_func("/first-steps/power", test_power_stays_on);
  g_test_add_func("/first-steps/refused", test_what_is_refused);
  int result = g_test_run();
  law_free(law);
  g_free(data_path);
  return result;
}
