#!/usr/bin/python3
"""Compiles po/en.po into the C table of core/message.h:  po_to_c.py IN.po OUT.c

Reads what the project writes: msgid and msgstr, each of one or more quoted lines, and comments. Stops on an entry that is
there twice, that is empty, or whose {{…}} and %… differ from those of the original.
"""
import ast
import re
import sys

PLACES = re.compile(r"\{\{.*?\}\}|%[-+0-9.]*[a-z]")


def entries(path):
    """Yields (line, msgid, msgstr)."""
    texts, part, start = {}, None, 0
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            line = line.strip()
            if line.startswith("msgid "):
                if texts.get("msgid"):
                    yield start, texts["msgid"], texts.get("msgstr", "")
                texts, start = {}, number
            if not line or line.startswith("#"):
                continue
            match = re.fullmatch(r'(?:(msgid|msgstr) )?(".*")', line)
            if not match:
                sys.exit(f"{path}:{number}: not a line of a message table: {line}")
            part = match[1] or part
            texts[part] = texts.get(part, "") + ast.literal_eval(match[2])
    if texts.get("msgid"):
        yield start, texts["msgid"], texts.get("msgstr", "")


def read(path):
    table = {}
    for line, vietnamese, english in entries(path):
        if vietnamese in table:
            sys.exit(f"{path}:{line}: twice: {vietnamese}")
        if not english:
            sys.exit(f"{path}:{line}: no English: {vietnamese}")
        if sorted(PLACES.findall(vietnamese)) != sorted(PLACES.findall(english)):
            sys.exit(f"{path}:{line}: not the same places to fill in: {vietnamese}")
        table[vietnamese] = english
    return table


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("?", "\\?") + '"'


def main():
    source, target = sys.argv[1:]
    table = read(source)
    with open(target, "w", encoding="utf-8") as out:
        out.write('/* Made by tools/po_to_c.py. */\n#include "core/message.h"\n\nconst Message MESSAGES[] = {\n')
        for vietnamese in sorted(table, key=lambda text: text.encode()):
            out.write(f"    {{{quoted(vietnamese)}, {quoted(table[vietnamese])}}},\n")
        out.write(f"}};\nconst gsize MESSAGE_COUNT = {len(table)};\n")


if __name__ == "__main__":
    main()
