#!/usr/bin/python3
"""Finds words shown to people that po/en.po lacks, and entries that nothing uses any more:  check_messages.py ROOT

Words are [[…]] in web/templates, the literals in message(lang, "…") in src, and the Vietnamese literals of the tables in
*_ops.c, but for formats. An entry is unused when its text stands nowhere in src either.
"""
import ast
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import po_to_c  # noqa: E402

MARKED = re.compile(r"\[\[(.*?)\]\]")
CALL = re.compile(r"\bmessage\(")
VIETNAMESE = re.compile(r"[À-ỹ]")
LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"')


def arguments(source, start):
    """The text between the parenthesis that opens before `start` and the one that closes it."""
    depth, at = 1, start
    while depth and at < len(source):
        literal = LITERAL.match(source, at)
        depth += {"(": 1, ")": -1}.get(source[at], 0)
        at = literal.end() if literal else at + 1
    return source[start:at]


def literals(text):
    """The string literals of C source, neighbours joined."""
    for run in re.findall(r'(?:"(?:[^"\\]|\\.)*"\s*)+', text):
        yield "".join(ast.literal_eval(part) for part in LITERAL.findall(run))


def main():
    root = pathlib.Path(sys.argv[1])
    table = po_to_c.read(root / "po/en.po")
    used, missing = set(), []

    def need(text, path):
        used.add(text)
        if text not in table:
            missing.append(f"{path.relative_to(root)}: {text}")

    for path in sorted((root / "web/templates").rglob("*.html")):
        text = re.sub(r"\{\{!.*?\}\}", "", path.read_text(encoding="utf-8"), flags=re.S)
        for word in MARKED.findall(text):
            need(word, path)
    for path in sorted((root / "src").rglob("*.c")):
        source = path.read_text(encoding="utf-8")
        if not path.name.endswith("_test.c"):
            for call in CALL.finditer(source):
                for text in literals(arguments(source, call.end())):
                    need(text, path)
        if path.name.endswith("_ops.c"):
            for text in literals(source):
                if VIETNAMESE.search(text) and "%" not in text:
                    need(text, path)
        used.update(text for text in set(table) - used if f'"{text}"' in source)
    unused = sorted(set(table) - used)
    for line in missing:
        print("no English:", line)
    for text in unused:
        print("used nowhere:", text)
    print(f"{len(table)} messages, {len(missing)} missing, {len(unused)} unused")
    sys.exit(1 if missing or unused else 0)


main()
