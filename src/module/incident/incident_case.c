#include "module/incident/incident_case.h"
#include "base/text.h"
#include <arpa/inet.h>
#include <sodium.h>
#include <string.h>

/* --- words --- */

typedef struct {
  const char *name, *label, *css;
} Word;

static const Word STATES[] = {
    {"reported",   "Mới báo",            "soon" },
    {"verifying",  "Đang xác minh",      "doing"},
    {"responding", "Đang ứng cứu",       "doing"},
    {"contained",  "Đã ngăn chặn",       "doing"},
    {"recovering", "Đang khôi phục",     "doing"},
    {"ended",      "Đã kết thúc xử lý",  "wait" },
    {"closed",     "Đã đóng",            "none" },
    {"rejected",   "Không phải sự cố",   "none" },
    {"near_miss",  "Suýt xảy ra sự cố",  "none" },
    {"duplicate",  "Trùng lặp",          "none" },
};
#define OPEN_STATES 6 /* the first of STATES */

static const Word SOURCES[] = {
    {"public",     "Trang báo sự cố",          NULL},
    {"phone",      "Điện thoại",               NULL},
    {"paper",      "Văn bản giấy",             NULL},
    {"walk_in",    "Báo trực tiếp",            NULL},
    {"email",      "Thư điện tử",              NULL},
    {"coordinator", "Cơ quan điều phối, đơn vị khác", NULL},
    {"monitoring", "Hệ thống giám sát, ca trực", NULL},
};

static const Word CHANNELS[] = {
    {"page",     "trang báo sự cố",        NULL},
    {"email",    "thư điện tử",            NULL},
    {"document", "hệ thống quản lý văn bản", NULL},
    {"paper",    "văn bản giấy",           NULL},
    {"phone",    "điện thoại",             NULL},
    {"zalo",     "Zalo",                   NULL},
    {"software", "phần mềm của cơ quan nhận", NULL},
};

static const Word *find_word(const Word *words, gsize count, const char *name) {
  for (gsize i = 0; i < count; i++)
    if (g_strcmp0(words[i].name, name) == 0)
      return &words[i];
  return NULL;
}
#define FIND(words, name) find_word(words, G_N_ELEMENTS(words), name)

static const char *label_of(const Word *word) {
  return word ? word->label : "";
}

const char *incident_state_label(const char *state) {
  return label_of(FIND(STATES, state));
}

const char *incident_state_css(const char *state) {
  const Word *word = FIND(STATES, state);
  return word ? word->css : "none";
}

const char *incident_source_label(const char *source) {
  return label_of(FIND(SOURCES, source));
}

const char *incident_channel_label(const char *channel) {
  return label_of(FIND(CHANNELS, channel));
}

gboolean incident_is_open(const char *state) {
  return find_word(STATES, OPEN_STATES, state) != NULL;
}

/* --- what the law says of the case --- */

const LawSeverity *incident_law_severity(const Law *law, const char *severity, const char *profile) {
  for (guint i = 0; i < law->severities->len; i++) {
    const LawSeverity *row = g_ptr_array_index(law->severities, i);
    const GPtrArray *profiles = row->rule.profiles;
    if (strcmp(row->rule.id, severity) == 0 &&
        (!profiles->len || g_ptr_array_find_with_equal_func((GPtrArray *)(gintptr)profiles, profile, g_str_equal, NULL)))
      return row;
  }
  return NULL;
}

const char *incident_severity_label(const Law *law, const Incident *incident) {
  const LawSeverity *severity = incident_law_severity(law, incident->severity, incident->profile);
  if (strcmp(incident->severity, "nghiem-trong") != 0)
    return "Thông thường";
  return severity && severity->confirmed_by && !incident->severity_confirmed_ms ? "Có thể nghiêm trọng (chờ xác nhận)" : "Nghiêm trọng";
}

const LawWorkflow *incident_law_workflow(const Law *law, const char *id) {
  return law_find(law->workflows, id);
}

const LawStep *incident_law_step(const Law *law, const char *workflow_id, const char *step) {
  const LawWorkflow *workflow = incident_law_workflow(law, workflow_id);
  return workflow ? law_find(workflow->steps, step) : NULL;
}

gboolean incident_steps_are_suggested(const Law *law, const Incident *incident) {
  const LawWorkflow *workflow = incident_law_workflow(law, incident->workflow);
  return workflow && g_ptr_array_find_with_equal_func(workflow->suggested_in, incident->profile, g_str_equal, NULL);
}

/* --- states follow from steps --- */

/* What a step tells about the case once it has begun or is done; later rules go before earlier ones. */
static const struct {
  const char *step;
  gboolean done;
  const char *state;
} STATE_RULES[] = {
    {"T1",  TRUE,  "responding"},
    {"N1",  TRUE,  "responding"},
    {"T7",  TRUE,  "contained" },
    {"N5g", TRUE,  "contained" },
    {"T9",  FALSE, "recovering"},
    {"N5e", TRUE,  "recovering"},
    {"T10", TRUE,  "ended"     },
    {"N6",  FALSE, "ended"     },
};

static const char *state_of_step(const StepState *steps, gsize count, const char *step) {
  for (gsize i = 0; i < count; i++)
    if (strcmp(steps[i].step, step) == 0)
      return steps[i].state;
  return "todo";
}

const char *incident_state_of(const StepState *steps, gsize count) {
  const char *state = "verifying";
  for (gsize i = 0; i < G_N_ELEMENTS(STATE_RULES); i++) {
    const char *now = state_of_step(steps, count, STATE_RULES[i].step);
    gboolean done = strcmp(now, "done") == 0;
    if (done || (!STATE_RULES[i].done && strcmp(now, "doing") == 0))
      state = STATE_RULES[i].state;
  }
  return state;
}

/* --- indicators --- */

const char *incident_defang(Arena *arena, const char *kind, const char *value) {
  static const char *const KINDS[] = {"ip", "domain", "url", "email", NULL};
  g_autoptr(GString) text = g_string_new(value);
  if (!g_strv_contains(KINDS, kind))
    return arena_text(arena, value, -1);
  if (g_str_has_prefix(text->str, "http"))
    g_string_replace(text, "http", "hxxp", 1);
  g_string_replace(text, ".", "[.]", 0);
  g_string_replace(text, "@", "[@]", 0);
  return arena_text(arena, text->str, (gssize)text->len);
}

static gboolean is_hex(const char *text, gsize length) {
  return length == strspn(text, "0123456789abcdefABCDEF") && (length == 32 || length == 40 || length == 64);
}

static gboolean is_address(const char *text) {
  guchar address[sizeof(struct in6_addr)];
  return inet_pton(AF_INET, text, address) == 1 || inet_pton(AF_INET6, text, address) == 1;
}

static gboolean is_domain(const char *text) {
  const char *dot = strrchr(text, '.');
  gboolean name = dot && g_ascii_isalpha(dot[1]) && text[0] != '.' && !strstr(text, "..");
  for (const char *p = text; name && *p; p++)
    name = g_ascii_isalnum(*p) || strchr("-._", *p);
  return name && strlen(text) <= 253;
}

const char *incident_observable_kind(const char *value) {
  const char *at = strchr(value, '@');
  if (strstr(value, "://"))
    return "url";
  if (at && at > value && is_domain(at + 1))
    return "email";
  if (is_address(value))
    return "ip";
  if (is_hex(value, strlen(value)))
    return "hash";
  return is_domain(value) ? "domain" : "other";
}

const char *incident_refang(Arena *arena, const char *kind, const char *typed) {
  static const char *const FOLDED[] = {"ip", "domain", "hash", "email", NULL};
  g_autofree char *plain = text_collapse(typed);
  g_autoptr(GString) text = g_string_new(plain);
  static const char *const DOTS[] = {"[.]", "(.)", "[dot]", "{.}"};
  for (gsize i = 0; i < G_N_ELEMENTS(DOTS); i++)
    g_string_replace(text, DOTS[i], ".", 0);
  g_string_replace(text, "[@]", "@", 0);
  g_string_replace(text, "[:]", ":", 0);
  if (g_str_has_prefix(text->str, "hxxp"))
    g_string_replace(text, "hxxp", "http", 1);
  const char *found = incident_observable_kind(text->str);
  if (!text->len || (kind && strcmp(kind, "other") != 0 && strcmp(kind, found) != 0))
    return NULL;
  g_autofree char *folded = g_strv_contains(FOLDED, found) ? g_ascii_strdown(text->str, -1) : g_strdup(text->str);
  return arena_text(arena, folded, -1);
}

void incident_new_follow_code(char out[FOLLOW_CODE_SIZE]) {
  static const char SIGNS[] = "234679ABCDEFGHJKMNPQRTUVWXYZ";
  char signs[8];
  for (gsize i = 0; i < sizeof signs; i++)
    signs[i] = SIGNS[randombytes_uniform(sizeof SIGNS - 1)];
  g_snprintf(out, FOLLOW_CODE_SIZE, "TB-%.4s-%.4s", signs, signs + 4);
}
