/* What stands between the letterhead and the first section: kind of paper, title, legal bases, issuing sentence. */
#include "module/plan/plan_reading.h"
#include <string.h>

#define OPENING_BLOCKS 160

static const char *const INTROS[] = {"can cu",         "thuc hien",  "theo",     "xet",
                                     "tiep theo",      "trien khai", "thi hanh", "de thuc hien",
                                     "nham thuc hien", "tren co so", NULL};

static gboolean is_intro(PlanText text) {
  return plan_text_upper_at(text, 0) && plan_starts_any(text.fold, INTROS) > 0;
}

/* "… ban hành Kế hoạch … như sau:" */
static gssize issuing_verb(PlanText text) {
  static const char *const VERBS[] = {"ban hanh ke hoach", "xay dung ke hoach",   "ban hanh \"ke hoach",
                                      "lap ke hoach",      "trien khai ke hoach", "ban hanh phuong an"};
  for (gsize i = 0; i < G_N_ELEMENTS(VERBS); i++) {
    const char *found = strstr(text.fold, VERBS[i]);
    if (found)
      return found - text.fold;
  }
  return -1;
}

static gboolean is_kind_line(const PlanBlock *block) {
  return !block->table && block->mark.kind == MARK_NONE && plan_starts(block->text.fold, "ke hoach") &&
         (plan_text_caps(block->text) || block->text.length == 8 || block->heading == 1);
}

typedef struct {
  PlanReading *reading;
  json_t *bases;
  PlanText issuer; /* who issues, from the issuing sentence */
  PlanText sentence;
  int sentence_line, order;
  PlanText intro;
} Opening;

static gsize first_section(PlanReading *reading) {
  for (guint i = 0; i < reading->blocks->len; i++) {
    PlanBlock *block = plan_block(reading, i);
    gboolean first = !strcmp(block->mark.name, "I") || !strcmp(block->mark.name, "1") || !strcmp(block->mark.name, "A");
    if ((block->mark.kind <= MARK_NUMBER && first) || plan_starts(block->text.fold, "muc dich"))
      return i;
  }
  return reading->blocks->len;
}

static void read_kind_and_title(PlanReading *reading, guint end) {
  PlanText title = PLAN_TEXT_EMPTY;
  int from = 0, to = 0;
  guint at = 0;
  while (at < end && !is_kind_line(plan_block(reading, at)))
    at++;
  gboolean named = at < end;
  if (named) {
    PlanBlock *kind = plan_block(reading, at);
    plan_note(reading, PLAN_READ, kind->line_from, kind->line_to, "/document_type");
    title = plan_text_from(reading->chunk, kind->text, 8);
    from = to = kind->line_from;
    at++;
  } else {
    at = 0;
    plan_note(reading, PLAN_INFERRED, 1, 1, "/document_type");
  }
  for (gboolean any = title.length > 0; at < end; at++, any = TRUE) {
    PlanBlock *block = plan_block(reading, at);
    if (block->table || is_intro(block->text) || block->text.fold[0] == '(' || issuing_verb(block->text) >= 0 ||
        (any && block->text.length > 300) || plan_starts(block->text.fold, "kinh gui"))
      break;
    from = title.length ? from : block->line_from;
    to = block->line_to;
    title = plan_text_join(reading->chunk, title, block->text);
  }
  title = plan_text_bare(reading->chunk, title);
  json_object_set_new(reading->plan, "document_type", json_string("KẾ HOẠCH"));
  json_object_set_new(reading->plan, "title", plan_json_text(title));
  if (title.length)
    plan_note(reading, PLAN_READ, from, to, "/title");
}

/* The issuer of an act: "của Chính phủ", up to what the act does. */
static PlanText act_issuer(PlanReading *reading, PlanText rest, gsize *out_end) {
  static const char *const STOPS[] = {"ve",        "ban hanh",   "quy dinh", "phe duyet",  "huong dan",
                                      "thuc hien", "trien khai", "sua doi",  "tang cuong", "ke hoach",
                                      "v/v",       "ung pho",    "day manh", "cong bo",    "dieu chinh",
                                      "giao",      "thong qua",  "day",      "khoa",       NULL};
  *out_end = 0;
  if (!plan_starts(rest.fold, "cua "))
    return PLAN_TEXT_EMPTY;
  gsize end = 4;
  while (end < rest.length && !strchr(";(:", rest.fold[end]) &&
         !(rest.fold[end - 1] == ' ' && end > 5 && plan_starts_any(rest.fold + end, STOPS)))
    end++;
  *out_end = end;
  return plan_text_bare(reading->chunk, plan_text_slice(reading->chunk, rest, 4, end));
}

static const char *issuer_of_kind(const PlanCitation *cited) {
  if (strstr(cited->type, "uật") || !strcmp(cited->type, "Pháp lệnh"))
    return "Quốc hội";
  if (g_str_has_suffix(cited->number.fold, "nd-cp"))
    return "Chính phủ";
  if (g_str_has_suffix(cited->number.fold, "-ttg"))
    return "Thủ tướng Chính phủ";
  return NULL;
}

static void add_base(Opening *opening, PlanText clause, const PlanCitation *cited, int from, int to) {
  PlanReading *reading = opening->reading;
  gsize used = 0;
  PlanText rest = plan_text_from(reading->chunk, clause, cited->to);
  PlanText issuer = act_issuer(reading, rest, &used);
  PlanText subject =
      cited->name.length ? cited->name : plan_text_bare(reading->chunk, plan_text_from(reading->chunk, rest, used));
  gsize index = json_array_size(opening->bases);
  json_t *base = json_pack("{s:i, s:o, s:s, s:o, s:o}", "order", (int)index + 1, "intro",
                           plan_json_text(opening->intro), "type", cited->type, "number", plan_json_text(cited->number),
                           "date", *cited->date ? json_string(cited->date) : json_null());
  const char *known = issuer_of_kind(cited);
  json_object_set_new(base, "issuer",
                      issuer.length ? plan_json_text(issuer)
                      : known       ? json_string(known)
                                    : json_null());
  json_object_set_new(base, "subject", plan_json_text(subject));
  if (!strcmp(cited->type, "Kế hoạch"))
    json_object_set_new(base, "role", json_string("parent_plan"));
  json_array_append_new(opening->bases, base);
  plan_note(reading, PLAN_READ, from, to, "/legal_bases/%" G_GSIZE_FORMAT, index);
  if (!issuer.length && known)
    plan_note(reading, PLAN_INFERRED, from, to, "/legal_bases/%" G_GSIZE_FORMAT "/issuer", index);
}

/* One clause names one base: its first act. A further act after "và" counts when the first cites none of its own. */
static void read_clause(Opening *opening, PlanText clause, int from, int to) {
  PlanReading *reading = opening->reading;
  PlanCitation cited, next;
  gsize intro = plan_text_upper_at(clause, 0) ? plan_starts_any(clause.fold, INTROS) : 0;
  if (intro)
    opening->intro = plan_text_slice(reading->chunk, clause, 0, intro);
  if (!plan_citation_find(reading, clause, 0, &cited) || (!intro && cited.from > 4))
    return;
  if (!intro && !opening->intro.length)
    return;
  gsize cut = clause.length;
  gboolean more = FALSE;
  if (plan_citation_find(reading, clause, cited.to, &next) && next.from >= 4 &&
      !strncmp(clause.fold + next.from - 3, "va ", 3) && next.number.length && *next.date &&
      plan_text_upper_at(clause, next.from)) {
    cut = next.from - 3;
    more = TRUE;
  }
  add_base(opening, plan_text_slice(reading->chunk, clause, 0, cut), &cited, from, to);
  if (more)
    read_clause(opening, plan_text_from(reading->chunk, clause, next.from), from, to);
}

/* The issuing sentence starts with the issuer: after the last ; or full stop before the verb. */
static gboolean read_issuing(Opening *opening, PlanText clause, int line, gsize *out_from) {
  PlanReading *reading = opening->reading;
  gssize verb = issuing_verb(clause);
  if (verb < 0)
    return FALSE;
  gsize from = (gsize)verb;
  while (from && !(plan_unit_starts(clause, from) && (from == 0 || strchr(" ", clause.fold[from - 1])) &&
                   (from < 2 || strchr(",;.:", clause.fold[from - 2]))))
    from--;
  if (!plan_unit_starts(clause, from) || (gsize)verb <= from)
    return FALSE;
  PlanText name = plan_text_bare(reading->chunk, plan_text_slice(reading->chunk, clause, from, (gsize)verb));
  if (name.length > 120)
    return FALSE;
  opening->issuer = name;
  opening->sentence = plan_text_from(reading->chunk, clause, (gsize)verb);
  opening->sentence_line = line;
  *out_from = from;
  return TRUE;
}

static gsize clause_end(PlanText text, gsize from) {
  for (gsize i = from; i < text.length; i++)
    if (text.fold[i] == ';' || (text.fold[i] == '.' && i + 2 < text.length && text.fold[i + 1] == ' ' &&
                                (plan_unit_starts(text, i + 2) || plan_starts_any(text.fold + i + 2, INTROS))))
      return i;
  return text.length;
}

static void read_opening_block(Opening *opening, PlanBlock *block) {
  gsize from = 0;
  for (gsize end = 0; from < block->text.length; from = end + 1) {
    end = clause_end(block->text, from);
    PlanText clause = plan_text_slice(opening->reading->chunk, block->text, from, end);
    gsize issuer = clause.length;
    if (!opening->issuer.length && read_issuing(opening, clause, block->line_from, &issuer))
      clause = plan_text_slice(opening->reading->chunk, clause, 0, issuer);
    if (clause.length)
      read_clause(opening, clause, block->line_from, block->line_to);
  }
}

static const struct {
  const char *word, *level, *short_name;
} LEVELS[] = {
    {"ubnd tinh",      "tỉnh",  "UBND tỉnh"      },
    {"ubnd thanh pho", "tỉnh",  "UBND thành phố"},
    {"ubnd huyen",     "huyện", "UBND huyện"     },
    {"ubnd quan",      "huyện", "UBND quận"      },
    {"ubnd thi xa",    "huyện", "UBND thị xã"   },
    {"ubnd xa",        "xã",     "UBND xã"         },
    {"ubnd phuong",    "xã",     "UBND phường"   },
    {"ubnd thi tran",  "xã",     "UBND thị trấn"},
    {"ubnd dac khu",   "xã",     "UBND đặc khu"  },
    {"so",             "sở",    NULL               },
    {"bo",             "bộ",    NULL               },
    {"phong",          "huyện", NULL               }
};

/* "ỦY BAN NHÂN DÂN TỈNH NINH BÌNH" → "UBND tỉnh Ninh Bình": the level in small letters, the rest with capitals. */
static PlanText spoken_name(PlanReading *reading, PlanText name) {
  g_autoptr(GString) out = g_string_new(NULL);
  gsize from = 0;
  if (plan_starts(name.fold, "uy ban nhan dan") || plan_starts(name.fold, "ubnd")) {
    g_string_append(out, "UBND");
    from = plan_starts(name.fold, "ubnd") ? 4 : 15;
  }
  if (!plan_text_caps(name)) {
    g_string_append(out, plan_text_at(name, from));
    return plan_reading_text(reading, out->str);
  }
  static const char *const SMALL[] = {"tinh",     "huyen", "xa", "phuong",  "thanh pho", "thi xa",
                                      "thi tran", "quan",  "va", "dac khu", NULL};
  g_autofree char *lower = g_utf8_strdown(plan_text_at(name, from), -1);
  gboolean start = TRUE;
  gsize small = 0, at = from;
  for (const char *p = lower; *p; p = g_utf8_next_char(p), at++) {
    if (start && *p != ' ')
      small = out->len ? plan_starts_any(name.fold + at, SMALL) : 0;
    gunichar c = g_utf8_get_char(p);
    g_string_append_unichar(out, start && !small ? g_unichar_toupper(c) : c);
    small = small ? small - 1 : 0;
    start = *p == ' ' && !small;
  }
  return plan_reading_text(reading, out->str);
}

gboolean plan_body_starts(PlanText text) {
  static const char *const BODIES[] = {
      "so",      "phong", "ban", "benh vien", "trung tam",    "truong",  "chi cuc",         "cuc",  "van phong",
      "cong an", "vien",  "hoi", "thanh tra", "tong cong ty", "cong ty", "uy ban nhan dan", "ubnd", NULL};
  return plan_starts_any(text.fold, BODIES) > 0;
}

/* The name in the letterhead: its last line, with the lines before it that it cannot stand without. */
static PlanText letterhead_name(PlanReading *reading, PlanText *out_parent) {
  json_t *names = json_object_get(json_object_get(reading->plan, "letterhead"), "names");
  PlanText name = PLAN_TEXT_EMPTY;
  gsize index;
  json_t *entry;
  json_array_foreach(names, index, entry) {
    PlanText line = plan_reading_text(reading, json_string_value(entry));
    if (name.length && plan_body_starts(line)) {
      *out_parent = name;
      name = line;
    } else {
      name = plan_text_join(reading->chunk, name, line);
    }
  }
  return name;
}

/* "UBND tỉnh" alone takes its place from the date line or from the title ("trên địa bàn tỉnh …"). */
static PlanText with_place(PlanReading *reading, PlanText name, gboolean *inferred) {
  const char *place = json_string_value(json_object_get(reading->plan, "place"));
  for (gsize i = 0; i < G_N_ELEMENTS(LEVELS); i++) {
    if (!LEVELS[i].short_name || strcmp(name.fold, LEVELS[i].word))
      continue;
    PlanText title = plan_reading_text(reading, json_string_value(json_object_get(reading->plan, "title")));
    const char *level = LEVELS[i].word + 5;
    gssize at = plan_find_word(title.fold, 0, level);
    gsize from = at < 0 ? 0 : (gsize)at + strlen(level) + 1, to = from;
    while (to < title.length &&
           (plan_text_upper_at(title, to) || (title.fold[to] != ' ' && to > from && title.fold[to - 1] != ' ') ||
            (title.fold[to] == ' ' && plan_text_upper_at(title, to + 1))) &&
           !strchr(",;(", title.fold[to]))
      to++;
    PlanText there =
        at >= 0 && !plan_text_caps(title) ? plan_text_slice(reading->chunk, title, from, to) : PLAN_TEXT_EMPTY;
    g_autofree char *full = g_strdup_printf("%s %s", LEVELS[i].short_name,
                                            there.length ? there.text
                                            : place      ? place
                                                         : "");
    *inferred = TRUE;
    return plan_reading_text(reading, full);
  }
  return name;
}

static const char *level_of(PlanText name) {
  for (gsize i = 0; i < G_N_ELEMENTS(LEVELS); i++)
    if (!strncmp(name.fold, LEVELS[i].word, strlen(LEVELS[i].word)) &&
        !g_ascii_isalnum(name.fold[strlen(LEVELS[i].word)]))
      return LEVELS[i].level;
  return name.length ? "đơn vị" : NULL;
}

static void set_issuer(PlanReading *reading, const Opening *opening) {
  PlanText parent = PLAN_TEXT_EMPTY, letterhead = letterhead_name(reading, &parent);
  PlanText spoken = spoken_name(reading, opening->issuer), formal = spoken_name(reading, letterhead);
  gboolean inferred = !letterhead.length;
  /* the sentence spells the name properly; the letterhead is the more complete one when the sentence only says "tỉnh"
   */
  PlanText name = strncmp(formal.fold, spoken.fold, spoken.length) || formal.length == spoken.length ? spoken : formal;
  name = with_place(reading, name, &inferred);
  g_autofree char *canonical =
      plan_starts(name.text, "UBND ") ? g_strconcat("Ủy ban nhân dân ", name.text + 5, NULL) : NULL;
  json_t *issuer = json_pack("{s:o, s:o, s:s?}", "name", plan_json_text(name), "name_canonical",
                             canonical ? json_string(canonical) : plan_json_text(name), "level", level_of(name));
  if (parent.length)
    json_object_set_new(issuer, "parent", plan_json_text(spoken_name(reading, parent)));
  json_object_set_new(reading->plan, "issuer", issuer);
  if (name.length && inferred)
    plan_note(reading, PLAN_INFERRED, MAX(opening->sentence_line, 1), MAX(opening->sentence_line, 1), "/issuer");
}

static gsize take_year(const char *fold, gsize at, int *year) {
  at += strspn(fold + at, " ");
  if (strspn(fold + at, "0123456789") != 4)
    return 0;
  *year = (int)g_ascii_strtoll(fold + at, NULL, 10);
  return *year >= 1990 && *year < 2100 ? at + 4 : 0;
}

/* "năm 2024", "giai đoạn 2021 - 2025", "từ năm 2022 đến năm 2025". */
static gboolean find_period(PlanReading *reading, PlanText text, const char *where, int line) {
  int from = 0, to = 0;
  gsize end = 0;
  gssize at = plan_find_word(text.fold, 0, "giai doan");
  gsize skip = 9;
  if (at < 0) {
    at = plan_find_word(text.fold, 0, "nam");
    skip = 3;
    while (at >= 0 && !take_year(text.fold, (gsize)at + 3, &from))
      at = plan_find_word(text.fold, (gsize)at + 1, "nam");
  }
  if (at < 0 || !(end = take_year(text.fold, (gsize)at + skip, &from)))
    return FALSE;
  to = from;
  gsize next = end + strspn(text.fold + end, " -");
  next += plan_starts(text.fold + next, "den ") ? 4 : plan_starts(text.fold + next, "va ") ? 3 : 0;
  next += plan_starts(text.fold + next, "nam ") ? 4 : 0;
  gsize second = next > end ? take_year(text.fold, next, &to) : 0;
  end = second ? second : end;
  to = MAX(from, to);
  json_t *period =
      json_pack("{s:s, s:o, s:o, s:s}", "text", plan_text_slice(reading->chunk, text, (gsize)at, end).text, "from",
                json_sprintf("%04d-01-01", from), "to", json_sprintf("%04d-12-31", to), "where", where);
  json_object_set_new(reading->plan, "period", period);
  plan_note(reading, PLAN_READ, line, line, "/period");
  return TRUE;
}

static void read_period(PlanReading *reading, const Opening *opening) {
  const char *title = json_string_value(json_object_get(reading->plan, "title"));
  json_object_set_new(reading->plan, "period", json_pack("{s:n, s:n, s:n, s:n}", "text", "from", "to", "where"));
  if (title && find_period(reading, plan_reading_text(reading, title), "tên kế hoạch", 1))
    return;
  if (opening->sentence.length)
    find_period(reading, opening->sentence, "câu ban hành, không có trong tên", opening->sentence_line);
}

void plan_title_read(PlanReading *reading) {
  guint end = (guint)first_section(reading);
  Opening opening = {.reading = reading,
                     .bases = json_array(),
                     .issuer = PLAN_TEXT_EMPTY,
                     .sentence = PLAN_TEXT_EMPTY,
                     .intro = PLAN_TEXT_EMPTY};
  reading->body = (int)end;
  read_kind_and_title(reading, end);
  gboolean open = FALSE;
  for (guint i = 0; i < end && i < OPENING_BLOCKS; i++) {
    PlanBlock *block = plan_block(reading, i);
    open = open || is_intro(block->text) || issuing_verb(block->text) >= 0;
    if (open && !block->table && !is_kind_line(block))
      read_opening_block(&opening, block);
  }
  json_object_set_new(reading->plan, "legal_bases", opening.bases);
  set_issuer(reading, &opening);
  read_period(reading, &opening);
}

int plan_reading_year(PlanReading *reading) {
  json_t *period = json_object_get(reading->plan, "period");
  const char *from = json_string_value(json_object_get(period, "from")),
             *to = json_string_value(json_object_get(period, "to"));
  return from && to && !strncmp(from, to, 4) ? (int)g_ascii_strtoll(from, NULL, 10) : 0;
}
