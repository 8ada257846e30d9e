#!/usr/bin/python3
"""Collects the statement tables of the program for the test that prepares them all:   list_sql.py OUT.c SRC

A table is what a source exports as `const StoreSqlTable NAME_sql`; none can be forgotten.
"""
import pathlib
import re
import sys

target, src = sys.argv[1:]
names = sorted(name for path in pathlib.Path(src).rglob("*.c")
               for name in re.findall(r"^const StoreSqlTable (\w+)", path.read_text(encoding="utf-8"), re.M))
with open(target, "w", encoding="utf-8") as out:
    out.write('/* Made by tools/list_sql.py. */\n#include "app/sql_tables.h"\n\n')
    out.writelines(f"extern const StoreSqlTable {name};\n" for name in names)
    out.write("\nconst NamedSqlTable SQL_TABLES[] = {\n")
    out.writelines(f'    {{"{name}", &{name}}},\n' for name in names)
    out.write(f"}};\nconst gsize SQL_TABLE_COUNT = {len(names)};\n")
