"""What the tables of operations promise in their source: a reason beside each exception, a test that names each row."""
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "src/module").rglob("*.c"))


def rows():
    """{operation: the text of its row}."""
    found = {}
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        starts = [m for m in re.finditer(r'^    \{"([a-z_]+\.[a-z_]+)", "(?:GET|POST)",', text, re.M)]
        for n, match in enumerate(starts):
            end = text.find("\n};", match.start())
            if n + 1 < len(starts):
                end = min(end, starts[n + 1].start())
            found[match[1]] = text[match.start():end]
    return found


def defined_with_reason(text, name):
    return re.search(rf"#define {name} .*/\*.*\*/", text)


ROWS = rows()
ALL_SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
SELF = pathlib.Path(__file__).name
TESTS = "\n".join(path.read_text(encoding="utf-8") for folder, kind in (("tests", "*.py"), ("src", "*_test.c"))
                  for path in (ROOT / folder).rglob(kind) if path.name != SELF)


def test_rows_are_found():
    assert len(ROWS) > 60


@pytest.mark.parametrize("name", sorted(name for name, text in ROWS.items() if ".faces" in text))
def test_exception_has_its_reason(name):
    text = ROWS[name]
    words = re.search(r"\.faces = ([^,}]*)", text)[1]
    constant = re.fullmatch(r"\s*([A-Z_]+)\s*", re.sub(r"/\*.*?\*/", "", words))
    assert "/*" in text or (constant and defined_with_reason(ALL_SOURCE, constant[1])), text


def named(name):
    """As it is in the table, as people type it, or by the path that programs call."""
    module, verb = name.split(".")
    path = re.search(r'"(?:GET|POST)", (?:[A-Z_]+ ?)?"?(/?[^",]*)', ROWS[name])[1]
    typed = rf'"{module}",\s*"{verb.replace("_", "-")}"|\b{module} {verb.replace("_", "-")}\b'
    fixed = re.split(r"\{[^}]*\}", path)
    by_path = r"[^\"' ]*".join(re.escape(part) for part in fixed)
    return (re.search(rf"\b{re.escape(name)}\b", TESTS) or re.search(typed, TESTS)
            or (len(path) > 1 and re.search(rf"[\"'/]{by_path}(?=[\"'?])", TESTS)))


@pytest.mark.parametrize("name", sorted(ROWS))
def test_operation_is_named_by_a_test(name):
    assert named(name), f"no test calls {name}"
