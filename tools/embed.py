#!/usr/bin/python3
"""Turns files into C tables that the program carries in itself.

  embed.py assets OUT.c ROOT FILE…       const Asset ASSETS[] (core/asset.h), sorted by path below ROOT
  embed.py migrations OUT.c FILE…        const Migration MIGRATIONS[] (lib/store/store.h), sorted by number
"""
import pathlib
import re
import sys


def c_bytes(data):
    return ",".join(str(b) for b in data) + ",0"


def assets(out, root, files):
    rows = []
    for n, path in enumerate(sorted(files)):
        data = pathlib.Path(path).read_bytes()
        name = pathlib.Path(path).relative_to(root).as_posix()
        out.write(f"static const unsigned char D{n}[] = {{{c_bytes(data)}}};\n")
        rows.append((name, n, len(data)))
    out.write("const Asset ASSETS[] = {\n")
    for name, n, size in sorted(rows):
        out.write(f'    {{"{name}", (const char *)D{n}, {size}}},\n')
    out.write(f"}};\nconst gsize ASSET_COUNT = {len(rows)};\n")


def migrations(out, files):
    rows = []
    for n, path in enumerate(files):
        name = pathlib.Path(path).name
        number = int(re.match(r"(\d{4})_", name).group(1))
        out.write(f"static const char M{n}[] = {{{c_bytes(pathlib.Path(path).read_bytes())}}};\n")
        rows.append((number, name, n))
    rows.sort()
    numbers = [r[0] for r in rows]
    if len(set(numbers)) != len(numbers):
        sys.exit("two migrations have the same number: " + ", ".join(r[1] for r in rows))
    out.write("const Migration MIGRATIONS[] = {\n")
    for number, name, n in rows:
        out.write(f'    {{{number}, "{name}", M{n}}},\n')
    out.write(f"}};\nconst gsize MIGRATION_COUNT = {len(rows)};\n")


def main():
    kind, target, *rest = sys.argv[1:]
    with open(target, "w", encoding="utf-8") as out:
        out.write("/* Made by tools/embed.py. */\n")
        if kind == "assets":
            out.write('#include "core/asset.h"\n\n')
            assets(out, rest[0], rest[1:])
        else:
            out.write('#include "app/migrations.h"\n\n')
            migrations(out, rest)


main()
