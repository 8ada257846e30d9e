"""Events as the plain evaluator sees them: names, values, aliases, kind of log. The rules for all this are in README.md."""
import functools
import json
import pathlib
import re
import zipfile

import yaml

DATA = pathlib.Path(__file__).resolve().parent.parent.parent / "data" / "rules"
ATTRIBUTES, TEXT = "#attributes", "#text"
CONTAINERS = (
    ("Event", "EventData"), ("Event", "UserData", None), ("Event", "System"),
    ("winlog", "event_data"), ("winlog", "user_data"), ("winlog",),
)
TIMES = ("@timestamp", "Event.System.TimeCreated.#attributes.SystemTime", "TimeCreated", "UtcTime", "EventTime", "timestamp")
LONELY = re.compile("[\ud800-\udfff]")
STAMP = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:?\d\d)?", re.ASCII)


class Several(list):
    """The values of a key that one JSON object has more than once."""


@functools.lru_cache(maxsize=1 << 16)
def fold(text):
    """Simple lower case of each code point."""
    if text.isascii():
        return text.lower()
    return "".join("i" if c == "\u0130" else c.lower() for c in text)


def read_object(pairs):
    made = {}
    for key, value in pairs:
        if key not in made:
            made[key] = value
        elif isinstance(made[key], Several):
            made[key].append(value)
        else:
            made[key] = Several([made[key], value])
    return made


DECODER = json.JSONDecoder(object_pairs_hook=read_object, parse_int=str, parse_float=str)


def read_json(text):
    """Yields the objects of JSON lines, of an array, or of documents one behind the other."""
    at, blank = 0, re.compile(r"[\s,]*")
    while True:
        at = blank.match(text, at).end()
        if at == len(text):
            return
        value, at = DECODER.raw_decode(text, at)
        yield from (value if isinstance(value, list) else [value])


def leaves(value, path=()):
    """Yields (path, text or None) of every scalar; lists add nothing to the path."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, path)
    elif value is None or isinstance(value, str):
        yield path, value and LONELY.sub("\ufffd", value)
    elif isinstance(value, bool):
        yield path, "true" if value else "false"
    else:
        yield path, str(value)


def inside(path, container):
    """What follows the container in the path, or None. Dots within a key count like any."""
    path = tuple(".".join(path).split("."))
    if len(path) <= len(container):
        return None
    if any(want is not None and want != have for want, have in zip(container, path)):
        return None
    return path[len(container):]


def short_name(path):
    name = ".".join(path)
    if name.endswith("." + TEXT):
        name = name[:-len(TEXT) - 1]
    return name.replace("." + ATTRIBUTES + ".", "_")


def named_data(event):
    """The <Data Name=…> of an EventData as (name, text)."""
    body = event.get("Event")
    body = body.get("EventData") if isinstance(body, dict) else None
    data = body.get("Data") if isinstance(body, dict) else None
    for item in data if isinstance(data, list) else [data]:
        if isinstance(item, dict):
            attributes = item.get(ATTRIBUTES)
            name = attributes.get("Name") if isinstance(attributes, dict) else item.get("@Name")
            if isinstance(name, str) and TEXT in item:
                yield from ((name, text) for _, text in leaves(item[TEXT]))


class Event:
    """One event: `names` maps every name of a field to its values (texts or None)."""

    def __init__(self, body, tables=None):
        everything = list(leaves(body))
        self.names = {}
        for path, text in everything:
            self.names.setdefault(".".join(path), []).append(text)
        for container in CONTAINERS:
            self.add_new((short_name(rest), text) for path, text in everything if (rest := inside(path, container)))
        self.add_new(named_data(body))
        self.words = [fold(text) for path, text in everything if text is not None and path != ("log.format",)]
        self.exact_words = [text for path, text in everything if text is not None and path != ("log.format",)]
        self.kinds = {"product": set(), "category": set(), "service": set()}
        if tables:
            tables.apply(self)

    def add_new(self, pairs):
        fresh = {}
        for name, text in pairs:
            if name not in self.names:
                fresh.setdefault(name, []).append(text)
        self.names.update(fresh)

    def has(self, name):
        return name in self.names

    def get(self, name):
        """All values of the field; none if it is missing."""
        return self.names.get(name, ())

    def texts(self, name):
        return [text for text in self.names.get(name, ()) if text is not None]

    def first(self, name):
        found = self.texts(name)
        return found[0] if found else None

    def with_names(self, more):
        """The same event with further names (the aliases of a correlation)."""
        copy = object.__new__(Event)
        copy.__dict__ = dict(self.__dict__, names={**self.names, **more})
        return copy

    def time(self):
        """Nanoseconds since 1970, or None."""
        return next((t for name in TIMES for text in self.texts(name) if (t := nanoseconds(text)) is not None), None)


def nanoseconds(text):
    import datetime

    found = STAMP.fullmatch(text)
    if not found:
        return None
    *parts, fraction, zone = found.groups()
    try:
        moment = datetime.datetime(*map(int, parts), tzinfo=datetime.timezone.utc)
    except ValueError:
        return None
    seconds = int((moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)).total_seconds())
    if zone and zone != "Z":
        shift = int(zone[1:3]) * 3600 + int(zone[-2:]) * 60
        seconds -= shift if zone[0] == "+" else -shift
    return seconds * 10**9 + int(((fraction or "") + "0" * 9)[:9])


def listed(value):
    return value if isinstance(value, list) else [value]


def wanted(value):
    """A test of one text, as `when` has it."""
    text = fold(str(value))
    if text.endswith("*"):
        return lambda have: have.startswith(text[:-1])
    return lambda have: have == text


class Tables:
    """The aliases and the routing. Each is a list of entries as in data/rules."""

    def __init__(self, fields=None, kinds=None):
        self.fields = [(self.when(e["when"]), [(a, listed(b)) for a, b in e["rename"].items()]) for e in fields or []]
        self.kinds = [(self.when(e["when"]), e["logsource"]) for e in kinds or []]

    @classmethod
    def of_the_house(cls):
        read = [yaml.load((DATA / name).read_text(encoding="utf-8"), yaml.CBaseLoader) for name in ("fields.yaml", "logsource.yaml")]
        return cls(*read)

    @staticmethod
    def when(fields):
        return [(name, [wanted(v) for v in listed(value)]) for name, value in fields.items()]

    @staticmethod
    def holds(when, event):
        return all(any(test(fold(text)) for text in event.texts(name) for test in tests) for name, tests in when)

    def apply(self, event):
        for when, renames in self.fields:
            if self.holds(when, event):
                for source, targets in renames:
                    for target in targets:
                        if event.texts(source) and not event.texts(target):
                            event.names[target] = event.names[source]
        for when, kind in self.kinds:
            if self.holds(when, event):
                for item, value in kind.items():
                    event.kinds[item].add(value)


def applies(logsource, event):
    return all(value in event.kinds[item] for item, value in logsource.items())


def read_file(path):
    """Yields the objects of a JSON file, or of the JSON files in a zip."""
    path = pathlib.Path(path)
    if path.suffix != ".zip":
        yield from read_json(path.read_text(encoding="utf-8", errors="replace"))
        return
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith(".json") and "__MACOSX" not in name:
                yield from read_json(archive.read(name).decode("utf-8", errors="replace"))
