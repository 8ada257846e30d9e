/* What a list names is found wherever it stands in a record, and nothing else is. */
#include "lib/scan/token_cut.h"
#include <glib.h>
#include <stdio.h>
#include <string.h>

typedef struct {
  GString *all; /* kind, text, hash and place of each, for comparing the two paths */
  TokenKind kind;
  const char *wanted;
  const char *record;
  guint found;
} Seen;

static void see(void *context, TokenKind kind, Span folded, uint64_t hash, Span where) {
  Seen *seen = context;
  g_string_append_printf(seen->all, "%d %.*s %016" G_GINT64_MODIFIER "x %zu+%zu\n", kind, (int)folded.size,
                         folded.bytes, hash, (size_t)(where.bytes - seen->record), where.size);
  if (seen->wanted && kind == seen->kind && folded.size == strlen(seen->wanted) &&
      memcmp(folded.bytes, seen->wanted, folded.size) == 0)
    seen->found++;
}

/* How often the piece is cut from the record; both paths must see the same. */
static guint count_of(const char *record, gsize size, TokenKind kind, const char *folded) {
  Seen seen[2];
  for (int plain = 0; plain < 2; plain++) {
    seen[plain] = (Seen){g_string_new(NULL), kind, folded, record, 0};
    token_cut_plain(plain);
    token_cut((Span){record, size}, see, &seen[plain]);
  }
  token_cut_plain(false);
  if (!g_str_equal(seen[0].all->str, seen[1].all->str))
    g_error("the two paths differ in: %.*s\n%s\n%s", (int)size, record, seen[0].all->str, seen[1].all->str);
  for (int plain = 0; plain < 2; plain++)
    g_string_free(seen[plain].all, TRUE);
  return seen[0].found;
}

typedef struct {
  TokenKind kind;
  const char *value, *folded;
} Value;

static const Value VALUES[] = {
    {TOKEN_IPV4,   "1.2.3.4",                                  "1.2.3.4"                                 },
    {TOKEN_IPV4,   " 1.2.3[.]4 ",                              "1.2.3.4"                                 },
    {TOKEN_IPV4,   "::ffff:1.2.3.4",                           "1.2.3.4"                                 },
    {TOKEN_IPV4,   "::ffff:102:304",                           "1.2.3.4"                                 },
    {TOKEN_IPV4,   "1.2.3.4/32",                               "1.2.3.4"                                 },
    {TOKEN_IPV4,   "http://1.2.3.4/",                          "1.2.3.4"                                 },
    {TOKEN_IPV4,   "https://1.2.3.4:443",                      "1.2.3.4"                                 },
    {TOKEN_IPV6,   "2001:DB8:0:0:0:0:0:1",                     "2001:db8::1"                             },
    {TOKEN_IPV6,   "[2001:db8::1]",                            "2001:db8::1"                             },
    {TOKEN_IPV6,   "2001:0db8::0001/128",                      "2001:db8::1"                             },
    {TOKEN_DOMAIN, "Evil.VN",                                  "evil.vn"                                 },
    {TOKEN_DOMAIN, "*.evil.vn",                                "evil.vn"                                 },
    {TOKEN_DOMAIN, ".evil.vn.",                                "evil.vn"                                 },
    {TOKEN_DOMAIN, "evil[.]vn",                                "evil.vn"                                 },
    {TOKEN_DOMAIN, "evil(dot)vn",                              "evil.vn"                                 },
    {TOKEN_DOMAIN, "hxxps://evil[.]vn/",                       "evil.vn"                                 },
    {TOKEN_DOMAIN, "xn--p-8bc.xn--p1ai",                       "xn--p-8bc.xn--p1ai"                      },
    {TOKEN_DOMAIN, "1.evil.vn",                                "1.evil.vn"                               },
    {TOKEN_URL,    "http://evil.vn/A/b.php?x=1",               "evil.vn/a/b.php?x=1"                     },
    {TOKEN_URL,    "hxxp[://]evil[.]vn/a/",                    "evil.vn/a"                               },
    {TOKEN_URL,    "https://user:pw@evil.vn:443/a",            "evil.vn/a"                               },
    {TOKEN_URL,    "evil.vn:8080/a",                           "evil.vn:8080/a"                          },
    {TOKEN_URL,    "1.2.3.4:8080",                             "1.2.3.4:8080"                            },
    {TOKEN_URL,    "http://1.2.3.4/x.sh",                      "1.2.3.4/x.sh"                            },
    {TOKEN_URL,    "http://[2001:DB8::1]:81/x",                "[2001:db8::1]:81/x"                      },
    {TOKEN_HASH,   "D41D8CD98F00B204E9800998ECF8427E",         "d41d8cd98f00b204e9800998ecf8427e"        },
    {TOKEN_HASH,   "da39a3ee5e6b4b0d3255bfef95601890afd80709", "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
    {TOKEN_MAIL,   "Bob.X+y@Evil.VN",                          "bob.x+y@evil.vn"                         },
    {TOKEN_MAIL,   "bob[at]evil[dot]vn",                       "bob@evil.vn"                             },
};

static void test_values(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(VALUES); i++) {
    TokenKind kind;
    char folded[2048];
    size_t size;
    uint64_t hash;
    g_test_message("%s", VALUES[i].value);
    g_assert_true(token_from_value((Span){VALUES[i].value, strlen(VALUES[i].value)}, &kind, folded, &size, &hash));
    g_assert_cmpint(kind, ==, VALUES[i].kind);
    g_assert_cmpstr(folded, ==, VALUES[i].folded);
    g_assert_cmpuint(size, ==, strlen(folded));
  }
}

static void test_no_values(void) {
  static const char *const none[] = {
      "",          "evil",           "1.2.3",     "1.2.3.256", "1.2.3.4.5",
      "tệp.exe",   "cmd.exe",        "a b.vn",    "deadbeef",  "evil.vn/ /x",
      "@evil.vn",  "1.2.3.0/33",     "12:34:56",  "::g",       "...",
      "http:///x", "http://nhà/tệp", "/gate.php", "-",         "d41d8cd98f00b204e9800998ecf8427",
      "*"};
  for (gsize i = 0; i < G_N_ELEMENTS(none); i++) {
    TokenKind kind;
    char folded[2048];
    size_t size;
    uint64_t hash;
    g_test_message("%s", none[i]);
    g_assert_false(token_from_value((Span){none[i], strlen(none[i])}, &kind, folded, &size, &hash));
  }
}

/* --- planted pieces --- */

/* What can stand before and behind a piece without being part of it. */
static const char *const BEFORE[] = {
    "",      " ",    "\t",           "\"",      "'",        "(",          "[",           "<",         "=",    ",",
    ";",     "\n",   "://",          "http://", "src=",     "\\n",        "\\t",         "\\r\\n",    "\\\"", "\\u003c",
    "from ", "\\\\", "\xe2\x80\x9c", "\\u201c", "máy chủ ", "C:\\temp\\", "C:\\\\x\\\\", "{\"a\":\"", "|",    "x, ",
    "->"};
static const char *const BEHIND[] = {
    "",     " ",       "\t",      "\"",           "'", ")",   "]",   ">",      ",", ";",  "\n", ". ", ".", ", ", "\\n",
    "\\\"", "\\u003e", "\\u201d", "\xe2\x80\x9d", "|", "\"}", "...", "\\r\\n", "!", ": x"};

/* The forms in which a record can write the piece. */
static const struct {
  TokenKind kind;
  const char *folded, *written;
} FORMS[] = {
    {TOKEN_IPV4,   "10.20.30.40",                                                      "10.20.30.40"                            },
    {TOKEN_IPV4,   "10.20.30.40",                                                      "10.20.30.40:443"                        },
    {TOKEN_IPV4,   "10.20.30.40",                                                      "10.20.30.40/24"                         },
    {TOKEN_IPV4,   "10.20.30.40",                                                      "10.20.30.40-10.20.30.99"                },
    {TOKEN_IPV4,   "10.20.30.40",                                                      "010.020.030.040"                        },
    {TOKEN_IPV4,   "10.20.30.40",                                                      "::ffff:10.20.30.40"                     },
    {TOKEN_IPV4,   "10.20.30.40",                                                      "::FFFF:0a14:1e28"                       },
    {TOKEN_IPV4,   "10.20.30.40",                                                      "10.20.30.40.log"                        },
    {TOKEN_IPV4,   "10.20.30.40",                                                      "http://10.20.30.40/a.b"                 },
    {TOKEN_IPV6,   "2001:db8::1f",                                                     "2001:db8::1f"                           },
    {TOKEN_IPV6,   "2001:db8::1f",                                                     "2001:0DB8:0000:0000:0000:0000:0000:001F"},
    {TOKEN_IPV6,   "2001:db8::1f",                                                     "2001:db8:0:0:0:0:0:1f"                  },
    {TOKEN_IPV6,   "2001:db8::1f",                                                     "[2001:db8::1F]:443"                     },
    {TOKEN_IPV6,   "2001:db8::1f",                                                     "2001:db8::1f/64"                        },
    {TOKEN_IPV6,   "2001:db8::1f",                                                     "2001:db8::1f%eth0"                      },
    {TOKEN_IPV6,   "2001:db8::1f",                                                     "src:2001:db8::1f"                       },
    {TOKEN_IPV6,   "::1",                                                              "::1"                                    },
    {TOKEN_IPV6,   "fe80::1",                                                          "fe80::1"                                },
    {TOKEN_DOMAIN, "evil-site.vn",                                                     "evil-site.vn"                           },
    {TOKEN_DOMAIN, "evil-site.vn",                                                     "EVIL-Site.Vn"                           },
    {TOKEN_DOMAIN, "evil-site.vn",                                                     "a.b-c._x.evil-site.vn"                  },
    {TOKEN_DOMAIN, "evil-site.vn",                                                     "evil-site.vn:8443"                      },
    {TOKEN_DOMAIN, "evil-site.vn",                                                     "https://www.evil-site.vn/a?b#c"         },
    {TOKEN_DOMAIN, "evil-site.vn",                                                     "https:\\/\\/www.evil-site.vn\\/a"       },
    {TOKEN_DOMAIN, "evil-site.vn",                                                     "bob@evil-site.vn"                       },
    {TOKEN_DOMAIN, "evil-site.vn",                                                     "evil\\u002dsite\\u002evn"               },
    {TOKEN_DOMAIN, "evil-site.vn",                                                     "evil-site.vn.html"                      },
    {TOKEN_DOMAIN, "evil-site.vn",                                                     "*.evil-site.vn"                         },
    {TOKEN_URL,    "evil.vn/a/b",                                                      "http://evil.vn/a/b"                     },
    {TOKEN_URL,    "evil.vn/a/b",                                                      "HTTPS://Evil.vn/A/b/"                   },
    {TOKEN_URL,    "evil.vn/a/b",                                                      "evil.vn/a/b?x=1&y=2"                    },
    {TOKEN_URL,    "evil.vn/a/b",                                                      "http:\\/\\/evil.vn\\/a\\/b\\/c"         },
    {TOKEN_URL,    "evil.vn/a/b",                                                      "http://u:p@evil.vn:80/a/b"              },
    {TOKEN_URL,    "evil.vn/a?b&c",                                                    "http://evil.vn/a?b\\u0026c"             },
    {TOKEN_URL,    "1.2.3.4:8080",                                                     "tcp://1.2.3.4:8080"                     },
    {TOKEN_URL,    "1.2.3.4/x.sh",                                                     "http://1.2.3.4/x.sh"                    },
    {TOKEN_URL,    "[2001:db8::1]/x",                                                  "http://[2001:0db8::1]/x"                },
    {TOKEN_HASH,   "d41d8cd98f00b204e9800998ecf8427e",                                 "d41d8cd98f00b204e9800998ecf8427e"       },
    {TOKEN_HASH,   "d41d8cd98f00b204e9800998ecf8427e",                                 "MD5=D41D8CD98F00B204E9800998ECF8427E"   },
    {TOKEN_HASH,   "d41d8cd98f00b204e9800998ecf8427e",                                 "d41d8cd98f00b204e9800998ecf8427e.exe"   },
    {TOKEN_HASH,   "b1d8cd98f00b204e9800998ecf8427eb",                                 "b1d8cd98f00b204e9800998ecf8427eb"       },
    {TOKEN_HASH,   "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
     "sha256:0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef"                                                  },
    {TOKEN_MAIL,   "bob.x+y@mail.evil.vn",                                             "Bob.X+y@mail.EVIL.vn"                   },
    {TOKEN_MAIL,   "bob@evil.vn",                                                      "mailto:bob@evil.vn"                     },
};

/* Text that holds no piece, of random length, so that pieces come to lie on every border of the blocks. */
static void append_noise(GString *text, GRand *random) {
  static const char *const words[] = {
      "kernel:", "usb",  "error", "{\"id\":12", "}", "C:\\Windows\\x", "12:34:56", "a-b_c",
      "tệp",     "0x1f", "==",    "%20",        "#", "\\\"k\\\"",      "1.5",      "..",
      "@",       "::",   "f00b",  "-"};
  for (int left = g_rand_int_range(random, 0, 30); left > 0; left--)
    g_string_append_printf(text, "%s ", words[g_rand_int_range(random, 0, G_N_ELEMENTS(words))]);
}

/* "\\b" before a hash that begins with b can be read both ways, "\\t" before a name as well: both readings count. */
static void test_planted(void) {
  g_autoptr(GRand) random = g_rand_new_with_seed(20261121);
  g_autoptr(GString) record = g_string_new(NULL);
  for (int round = 0; round < 60; round++)
    for (gsize i = 0; i < G_N_ELEMENTS(FORMS); i++) {
      const char *before = BEFORE[g_rand_int_range(random, 0, G_N_ELEMENTS(BEFORE))];
      const char *behind = BEHIND[g_rand_int_range(random, 0, G_N_ELEMENTS(BEHIND))];
      g_string_truncate(record, 0);
      append_noise(record, random);
      g_string_append(record, before);
      g_string_append(record, FORMS[i].written);
      g_string_append(record, behind);
      g_string_append_c(record, ' ');
      append_noise(record, random);
      guint found = count_of(record->str, record->len, FORMS[i].kind, FORMS[i].folded);
      if (!found)
        g_error("%s was not found in: %s", FORMS[i].folded, record->str);
    }
}

static const struct {
  TokenKind kind;
  const char *folded, *record;
} MISSES[] = {
    {TOKEN_IPV4,   "1.2.3.4",                          "11.2.3.4 1.2.3.45 1.2.3.4.5 v1.2.3.4 1.2.3.4a 0.1.2.3.4 1.2.3.400"      },
    {TOKEN_DOMAIN, "evil.vn",                          "notevil.vn evil.vnx evil.vn.com my-evil.vn evil.v n evil-vn"            },
    {TOKEN_DOMAIN, "vn",                               "evil.vn"                                                                },
    {TOKEN_URL,    "evil.vn/a",                        "http://evil.vn/ab http://notevil.vn/a http://evil.vn.com/a evil.vn:81/a"},
    {TOKEN_URL,    "evil.vn",                          "http://evil.vn/a"                                                       },
    {TOKEN_HASH,   "d41d8cd98f00b204e9800998ecf8427e",
     "d41d8cd98f00b204e9800998ecf8427e0 xd41d8cd98f00b204e9800998ecf8427e"                                                      },
    {TOKEN_MAIL,   "b@evil.vn",                        "ab@evil.vn b@evil.vn.com b@x.evil.vn"                                   },
    {TOKEN_IPV6,   "2001:db8::1",                      "2001:db8::11 12001:db8::1 2001:db8::1g std::1 2001:db8::1:1"            },
    {TOKEN_IPV6,   "::b",                              "std::b"                                                                 },
};

static void test_misses(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(MISSES); i++)
    if (count_of(MISSES[i].record, strlen(MISSES[i].record), MISSES[i].kind, MISSES[i].folded))
      g_error("%s was found in: %s", MISSES[i].folded, MISSES[i].record);
}

/* --- a slow finder, by the definition: the value with nothing beside it that would make it longer --- */

static gboolean is_alnum(const char *text, gssize at) {
  return at >= 0 && text[at] && g_ascii_isalnum(text[at]);
}

static gboolean bounded(const char *text, gssize from, gssize to, TokenKind kind) {
  if (is_alnum(text, from - 1) || is_alnum(text, to) || (text[to] == '.' && is_alnum(text, to + 1)))
    return FALSE;
  if (kind == TOKEN_IPV4)
    return !(from > 0 && text[from - 1] == '.' && is_alnum(text, from - 2));
  if (kind == TOKEN_MAIL)
    return !(from > 0 && text[from - 1] == '.' && is_alnum(text, from - 2));
  return TRUE;
}

static gboolean slow_find(const char *text, TokenKind kind, const char *value) {
  gssize size = (gssize)strlen(value);
  for (gssize at = 0; text[at]; at++)
    if (g_ascii_strncasecmp(text + at, value, (gsize)size) == 0 && bounded(text, at, at + size, kind))
      return TRUE;
  return FALSE;
}

static void test_slow_finder(void) {
  static const struct {
    TokenKind kind;
    const char *value, *alphabet;
  } kinds[] = {
      {TOKEN_DOMAIN, "ab.ba",    "aabbB1...  :/@,("},
      {TOKEN_DOMAIN, "a1.ab.ba", "aabb11...  :/@"  },
      {TOKEN_IPV4,   "1.1.1.1",  "1111.....  a:/," },
      {TOKEN_MAIL,   "a@ab.ba",  "aabb@@.. ,:A"    }
  };
  g_autoptr(GRand) random = g_rand_new_with_seed(4);
  guint found = 0, missed = 0;
  for (int round = 0; round < 40000; round++)
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
      char text[100];
      int size = g_rand_int_range(random, 1, 40), letters = (int)strlen(kinds[i].alphabet),
          plant = g_rand_int_range(random, 0, 40);
      for (int k = 0; k < size; k++)
        text[k] = kinds[i].alphabet[g_rand_int_range(random, 0, letters)];
      text[size] = 0;
      if (plant < size)
        memcpy(text + plant, kinds[i].value, plant + (int)strlen(kinds[i].value) < size ? strlen(kinds[i].value) : 0);
      gboolean wanted = slow_find(text, kinds[i].kind, kinds[i].value);
      if ((count_of(text, strlen(text), kinds[i].kind, kinds[i].value) > 0) != wanted)
        g_error("%s %s in: %s", kinds[i].value, wanted ? "is missing" : "was found", text);
      found += wanted ? 1 : 0;
      missed += wanted ? 0 : 1;
    }
  g_assert_cmpuint(found, >, 10000);
  g_assert_cmpuint(missed, >, 10000);
}

/* Bytes of every kind, and no byte outside the record is read: the record ends where its memory ends. */
static void test_any_bytes(void) {
  g_autoptr(GRand) random = g_rand_new_with_seed(7);
  static const char signs[] = ".:/\\@-_u0a1fFzZ\"[]% \n\xe1\xbb\x87.:.:\\\\u002e";
  for (int round = 0; round < 30000; round++) {
    gsize size = (gsize)g_rand_int_range(random, 0, 300);
    char *text = g_malloc(size ? size : 1);
    for (gsize i = 0; i < size; i++)
      text[i] = g_rand_int_range(random, 0, 8) ? signs[g_rand_int_range(random, 0, sizeof signs - 1)]
                                               : (char)g_rand_int(random);
    count_of(text, size, TOKEN_KINDS, NULL);
    g_free(text);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/token/values", test_values);
  g_test_add_func("/token/no-values", test_no_values);
  g_test_add_func("/token/planted", test_planted);
  g_test_add_func("/token/misses", test_misses);
  g_test_add_func("/token/slow-finder", test_slow_finder);
  g_test_add_func("/token/any-bytes", test_any_bytes);
  return g_test_run();
}
