"""Values and modifiers: from one `field|modifier…: value` to a test of an event. README.md has the readings."""
import base64
import codecs
import datetime
import ipaddress
import itertools
import re

from plain_events import fold

ANY, ONE, DASH, PERCENT, NEVER = (type(name, (), {"__repr__": lambda self, n=name: n})() for name in ("ANY", "ONE", "DASH", "PERCENT", "NEVER"))
DASHES = "-/\u2013\u2014\u2015"
TIME = {
    "minute": lambda day, clock: clock and clock[1], "hour": lambda day, clock: clock and clock[0], "day": lambda day, clock: day.day,
    "week": lambda day, clock: day.isocalendar()[1], "month": lambda day, clock: day.month, "year": lambda day, clock: day.year,
}
COMPARE = {"lt": lambda a, b: a < b, "lte": lambda a, b: a <= b, "gt": lambda a, b: a > b, "gte": lambda a, b: a >= b}
ENCODINGS = {"utf16le": (b"", "utf-16-le"), "wide": (b"", "utf-16-le"), "utf16be": (b"", "utf-16-be"), "utf16": (codecs.BOM_UTF16_LE, "utf-16-le")}
FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}
STRINGS = {"startswith", "endswith", "contains", "windash", "base64", "base64offset", "expand", *ENCODINGS}
KINDS = {**{m: "number" for m in (*TIME, *COMPARE)}, "re": "re", "cidr": "cidr", "exists": "exists", "fieldref": "fieldref"}
BESIDE = {
    "string": {"all", "neq", "cased", *STRINGS}, "number": {"all", "neq", *TIME, *COMPARE}, "re": {"all", "neq", "re", *FLAGS},
    "cidr": {"all", "neq", "cidr"}, "exists": {"exists"}, "fieldref": {"all", "neq", "cased", "fieldref"},
}
KNOWN = {"all", "neq", "cased", *STRINGS, *KINDS, *FLAGS}
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?", re.ASCII)
PLACEHOLDER = re.compile(r"[A-Za-z0-9_.-]")
MOST_PERMUTED = 5


class Refused(Exception):
    """A rule that cannot be taken; the text says why."""


def parse(text, percent=False):
    """A value as a list of characters and wildcards."""
    tokens, at = [], 0
    plain = "*?\\%" if percent else "*?\\"
    while at < len(text):
        c = text[at]
        if c == "\\" and text[at + 1:at + 2] and text[at + 1] in plain:
            at += 1
            tokens.append(text[at])
        else:
            tokens.append({"*": ANY, "?": ONE}.get(c, PERCENT if c == "%" and percent else c))
        at += 1
    return tokens


def settle(pattern):
    """Bytes become characters again, where they can."""
    if not isinstance(pattern, bytes):
        return pattern
    try:
        return list(pattern.decode("utf-8"))
    except UnicodeDecodeError:
        return [NEVER]


def plain_bytes(pattern, modifier):
    if isinstance(pattern, bytes):
        return [pattern]
    if any(t in (ANY, ONE) for t in pattern):
        raise Refused(f"{modifier} of a value with a wildcard")
    if PERCENT in pattern:
        raise Refused(f"expand must stand before {modifier}")
    if pattern.count(DASH) > MOST_PERMUTED:
        raise Refused(f"{modifier} of a value with more than {MOST_PERMUTED} dashes")
    choices = [DASHES if t is DASH else t for t in pattern]
    return ["".join(one).encode("utf-8") for one in itertools.product(*choices)]


def utf16(pattern, modifier):
    mark, name = ENCODINGS[modifier]
    for data in plain_bytes(pattern, modifier):
        if isinstance(pattern, bytes):
            raise Refused(f"{modifier} of what is encoded already")
        yield mark + data.decode("utf-8").encode(name)


def base64_offsets(data):
    for offset in range(3):
        text = base64.b64encode(bytes(offset) + data).decode("ascii")
        end = len(text) - (0, 3, 2)[(len(data) + offset) % 3]
        yield list(text[(0, 2, 3)[offset]:end])


def expand(pattern, placeholders):
    """Every way to fill the placeholders."""
    parts, at = [], 0
    while at < len(pattern):
        end = at + 1
        while end < len(pattern) and isinstance(pattern[end], str) and PLACEHOLDER.fullmatch(pattern[end]):
            end += 1
        if pattern[at] is PERCENT and end < len(pattern) and pattern[end] is PERCENT and end > at + 1:
            name = "".join(pattern[at + 1:end])
            if name not in placeholders:
                raise Refused(f"unknown placeholder %{name}%")
            parts.append([parse(str(value)) for value in placeholders[name]])
            at = end + 1
        else:
            parts.append([["%" if pattern[at] is PERCENT else pattern[at]]])
            at += 1
    return [[t for part in one for t in part] for one in itertools.product(*parts)]


def transform(pattern, modifier, placeholders):
    """The patterns that a modifier makes of one."""
    if modifier in ENCODINGS:
        return list(utf16(pattern, modifier))
    if modifier == "base64":
        return [list(base64.b64encode(data).decode("ascii")) for data in plain_bytes(pattern, modifier)]
    if modifier == "base64offset":
        return [one for data in plain_bytes(pattern, modifier) for one in base64_offsets(data)]
    pattern = settle(pattern)
    if modifier == "startswith":
        return [[*pattern, ANY]]
    if modifier == "endswith":
        return [[ANY, *pattern]]
    if modifier == "contains":
        return [[ANY, *pattern, ANY]]
    if modifier == "windash":
        return [[DASH if isinstance(t, str) and t in DASHES else t for t in pattern]]
    return expand(pattern, placeholders)


def text_test(tokens, exact):
    """A test of one text that is folded already unless `exact`."""
    if NEVER in tokens:
        return lambda text: False
    first = 1 if tokens[:1] == [ANY] else 0
    last = len(tokens) - (1 if len(tokens) > first and tokens[-1] is ANY else 0)
    body = tokens[first:last]
    if all(isinstance(t, str) for t in body):
        word = "".join(body) if exact else fold("".join(body))
        if first and last < len(tokens) or tokens == [ANY]:
            return lambda text: word in text
        if first:
            return lambda text: text.endswith(word)
        if last < len(tokens):
            return lambda text: text.startswith(word)
        return lambda text: text == word
    pieces = {ANY: ".*", ONE: ".", DASH: f"[{re.escape(DASHES)}]"}
    source = "".join(re.escape(t if exact else fold(t)) if isinstance(t, str) else pieces[t] for t in tokens)
    return re.compile(source, re.DOTALL).fullmatch


def string_tests(value, modifiers, placeholders, keyword):
    patterns = [parse(value, percent="expand" in modifiers)]
    for modifier in modifiers:
        if modifier in STRINGS:
            patterns = [made for pattern in patterns for made in transform(pattern, modifier, placeholders)]
    patterns = [settle(p) for p in patterns]
    if keyword:
        patterns = [[ANY, *p, ANY] for p in patterns]
    return [text_test(p, "cased" in modifiers) for p in patterns]


def number_of(text):
    return float(text) if NUMBER.fullmatch(text) else None


def clock_of(text, part):
    """The part of a date as a number, or None."""
    found = DATE.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second = (int(g) if g else None for g in found.groups())
    try:
        date = datetime.date(year, month, day)
    except ValueError:
        return None
    if hour is not None and (hour > 23 or minute > 59 or (second or 0) > 60):
        return None
    return TIME[part](date, None if hour is None else (hour, minute))


def number_test(value, modifiers):
    limit = number_of(value)
    if limit is None:
        raise Refused(f"{value!r} is no number")
    parts, orders = [m for m in modifiers if m in TIME], [m for m in modifiers if m in COMPARE]
    if len(parts) > 1 or len(orders) > 1 or parts and orders and modifiers.index(parts[0]) > modifiers.index(orders[0]):
        raise Refused("these modifiers do not go together: " + "|".join(modifiers))
    order = COMPARE[orders[0]] if orders else lambda a, b: a == b
    part = parts[0] if parts else None

    def test(text):
        have = clock_of(text, part) if part else number_of(text)
        return have is not None and order(have, limit)

    return test


def regex_test(value, modifiers):
    flags = [FLAGS[m] for m in modifiers if m in FLAGS]
    if any(m in FLAGS for m in modifiers[:modifiers.index("re")]):
        raise Refused("i, m and s must follow re")
    try:
        return re.compile(value, sum(set(flags)) | re.ASCII).search
    except (re.error, OverflowError, RecursionError) as fault:
        raise Refused(f"regular expression: {fault}") from fault


def cidr_test(value):
    address, slash, length = value.partition("/")
    try:
        if slash and not re.fullmatch(r"\d{1,3}", length, re.ASCII):
            raise ValueError("length")
        network = ipaddress.ip_network(value, strict=False)
    except ValueError as fault:
        raise Refused(f"{value!r} is no network") from fault

    def test(text):
        try:
            have = ipaddress.ip_address(text.partition("%")[0] if ":" in text else text)
        except ValueError:
            return False
        return have.version == network.version and have in network

    return test


def value_test(value, kind, modifiers, placeholders, keyword):
    """One value of the rule as a test of (text, folded text)."""
    if kind == "string":
        tests = string_tests(value, modifiers, placeholders, keyword)
        if "cased" in modifiers:
            return lambda exact, folded: any(test(exact) for test in tests)
        if len(tests) == 1:
            only = tests[0]
            return lambda exact, folded: only(folded)
        return lambda exact, folded: any(test(folded) for test in tests)
    test = {"number": lambda: number_test(value, modifiers), "re": lambda: regex_test(value, modifiers), "cidr": lambda: cidr_test(value)}[kind]()
    return lambda exact, folded: test(exact)


def special_test(field, kind, modifiers, values):
    """exists and fieldref, or None for the others. Takes the event."""
    if kind == "exists":
        if len(values) != 1 or values[0] is None or values[0].lower() not in ("true", "false"):
            raise Refused("exists takes true or false")
        want = values[0].lower() == "true"
        return lambda event: event.has(field) == want
    if kind != "fieldref":
        return None
    same = (lambda text: text) if "cased" in modifiers else fold
    how = all if "all" in modifiers else any
    return lambda event: how(bool({*map(same, event.texts(field))} & {*map(same, event.texts(other))}) for other in values)


def null_test(field):
    return lambda event: None in (event.get(field) or (None,))


def kind_of(modifiers):
    unknown = [m for m in modifiers if m not in KNOWN]
    if unknown:
        raise Refused(f"unknown modifier {unknown[0]!r}")
    kinds = {KINDS[m] for m in modifiers if m in KINDS} or {"string"}
    kind = kinds.pop()
    alien = sorted(set(modifiers) - BESIDE[kind])
    if kinds or alien:
        raise Refused("these modifiers do not go together: " + "|".join(modifiers))
    return kind


def checked_values(value, modifiers):
    values = value if isinstance(value, list) else [value]
    if not values or any(isinstance(v, (dict, list)) for v in values):
        raise Refused("a value must be one or a list of texts, numbers or truths")
    if None in values and (len(values) > 1 or set(modifiers) - {"neq"}):
        raise Refused("null cannot stand in a list or with this modifier")
    if "all" in modifiers and len(values) < 2:
        raise Refused("all with a single value")
    return values


def item_test(key, value, placeholders):
    """`field|modifiers: value` as a test of an event."""
    field, *modifiers = key.split("|")
    kind, values = kind_of(modifiers), checked_values(value, modifiers)
    if not field and (kind in ("exists", "fieldref") or None in values):
        raise Refused("keywords are texts")
    if None in values:
        test = null_test(field)
    else:
        test = special_test(field, kind, modifiers, values) or values_test(field, kind, modifiers, values, placeholders)
    return (lambda event: not test(event)) if "neq" in modifiers else test


def values_test(field, kind, modifiers, values, placeholders):
    tests = [value_test(v, kind, modifiers, placeholders, not field) for v in values]
    how = all if "all" in modifiers else any

    def test(event):
        pairs = [(text, fold(text)) for text in event.texts(field)] if field else list(zip(event.exact_words, event.words))
        return bool(pairs) and how(any(t(exact, folded) for exact, folded in pairs) for t in tests)

    return test
