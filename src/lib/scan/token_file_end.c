#include "lib/scan/token_class.h"
#include <string.h>

/* Ends of file names that are no top-level domains: what stands before them is looked at instead. */
static const char FILE_ENDS[][8] = {
    "exe",  "dll", "sys",  "ocx",  "drv",  "log",    "txt",      "xml",     "json",   "conf",  "cfg",   "ini",
    "tmp",  "dat", "bin",  "evtx", "etl",  "mui",    "inf",      "msi",     "bat",    "cmd",   "vbs",   "psd",
    "psm",  "xsd", "xsl",  "xslt", "html", "htm",    "php",      "asp",     "aspx",   "jsp",   "js",    "css",
    "png",  "jpg", "jpeg", "gif",  "svg",  "ico",    "woff",     "ttf",     "pdf",    "doc",   "docx",  "xls",
    "xlsx", "ppt", "pptx", "csv",  "yaml", "yml",    "toml",     "jar",     "class",  "lock",  "pid",   "bak",
    "old",  "gz",  "tar",  "rar",  "iso",  "img",    "vhd",      "vhdx",    "lnk",    "db",    "pyc",   "cpp",
    "mof",  "pdb", "nls",  "tlb",  "cpl",  "scr",    "pf",       "dmp",     "wer",    "chm",   "hlp",   "mdb",
    "edb",  "jfm", "chk",  "jrs",  "blf",  "config", "manifest", "service", "socket", "mount", "slice", "timer"};

enum { FILE_END_SLOTS = 1024 };

typedef struct {
  uint64_t slots[FILE_END_SLOTS];
} FileEnds;

static size_t file_end_slot(uint64_t value) {
  return value * 0x8BB84B93962EACC9ULL >> 54;
}

static const FileEnds *file_ends(void) {
  static FileEnds ends;
  static int state; /* filled with the same values by whoever comes first */
  if (__atomic_load_n(&state, __ATOMIC_ACQUIRE))
    return &ends;
  for (size_t i = 0; i < sizeof FILE_ENDS / sizeof *FILE_ENDS; i++) {
    uint64_t value = 0;
    memcpy(&value, FILE_ENDS[i], strnlen(FILE_ENDS[i], 8));
    size_t slot = file_end_slot(value);
    while (__atomic_load_n(&ends.slots[slot], __ATOMIC_RELAXED) && ends.slots[slot] != value)
      slot = (slot + 1) % FILE_END_SLOTS;
    __atomic_store_n(&ends.slots[slot], value, __ATOMIC_RELAXED);
  }
  __atomic_store_n(&state, 1, __ATOMIC_RELEASE);
  return &ends;
}

bool token_is_file_end(uint64_t value) {
  const FileEnds *ends = file_ends();
  size_t slot = file_end_slot(value);
  while (ends->slots[slot] && ends->slots[slot] != value)
    slot = (slot + 1) % FILE_END_SLOTS;
  return ends->slots[slot] == value;
}
