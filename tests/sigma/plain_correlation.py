"""The seven correlation types over the matches of the detections. README.md has the readings."""
import re

from plain_events import fold
from plain_values import Refused, number_of

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
OPERATORS = {
    "gt": lambda a, b: a > b, "gte": lambda a, b: a >= b, "lt": lambda a, b: a < b, "lte": lambda a, b: a <= b,
    "eq": lambda a, b: a == b, "neq": lambda a, b: a != b,
}
TEMPORAL = ("temporal", "temporal_ordered")
METRIC = ("value_sum", "value_avg")


class Match:
    """A matched event: place in the order of time, number in the input, time, rule, group and value."""

    def __init__(self, order, number, time, event):
        self.order, self.number, self.time, self.event = order, number, time, event
        self.rules, self.value = set(), None


def truth(value):
    return isinstance(value, str) and value.lower() == "true"


def texts(value, what, may_miss=False):
    if value is None and may_miss:
        return []
    if not isinstance(value, list) or not value or not all(isinstance(v, str) for v in value):
        raise Refused(f"{what} must be a list of texts")
    return value


class Correlation:
    def __init__(self, document, placeholders):
        section = document["correlation"]
        if not isinstance(section, dict):
            raise Refused("correlation must be a map")
        self.type = section.get("type")
        if self.type not in TYPES:
            raise Refused(f"unknown type of correlation {self.type!r}")
        self.rules, self.group_by = texts(section.get("rules"), "rules"), texts(section.get("group-by"), "group-by", may_miss=True)
        self.span = self.read_span(section.get("timespan"))
        self.generate = truth(document.get("generate")) or truth(section.get("generate"))
        self.aliases = self.read_aliases(section.get("aliases"))
        self.read_condition(section.get("condition"))

    @staticmethod
    def read_span(text):
        found = re.fullmatch(r"(\d{1,9})([smhd])", text or "", re.ASCII) if isinstance(text, str) else None
        if not found or int(found[1]) == 0:
            raise Refused("timespan must be a number and one of s m h d")
        return int(found[1]) * UNITS[found[2]] * 10**9

    @staticmethod
    def read_aliases(aliases):
        aliases = {} if aliases is None else aliases
        if not isinstance(aliases, dict) or not all(isinstance(v, dict) and all(isinstance(f, str) for f in v.values()) for v in aliases.values()):
            raise Refused("aliases must map names to rules and fields")
        return aliases

    def read_condition(self, condition):
        self.limits, self.fields = [], []
        if condition is None and self.type in TEMPORAL:
            return
        if not isinstance(condition, dict):
            raise Refused("the condition of a correlation must be a map")
        for key, value in condition.items():
            if key == "field":
                self.fields = texts(value if isinstance(value, list) else [value], "field")
            elif key not in OPERATORS or not isinstance(value, str) or number_of(value) is None:
                raise Refused(f"the condition {key!r}")
            else:
                self.limits.append((OPERATORS[key], number_of(value)))
        if not self.limits:
            raise Refused("the condition compares nothing")
        if self.type.startswith("value_") and not self.fields:
            raise Refused("the condition names no field")
        if self.type.startswith("value_") and self.type != "value_count" and len(self.fields) > 1:
            raise Refused("only one field")

    def holds(self, number):
        return all(compare(number, limit) for compare, limit in self.limits)

    def field(self, name, rule):
        """The field that a name of this correlation means in the events of a rule."""
        sources = self.aliases.get(name, {})
        return next((sources[k] for k in (rule.name, rule.id) if k is not None and k in sources), name)

    def key_of(self, event, rule):
        values = [event.first(self.field(name, rule)) for name in self.group_by]
        return None if None in values else tuple(map(fold, values))

    def value_of(self, event, rule):
        """What is counted or measured in an event, or None if the event takes no part."""
        if not self.type.startswith("value_"):
            return ()
        values = [event.first(self.field(name, rule)) for name in self.fields]
        if None in values:
            return None
        if self.type in METRIC:
            return number_of(values[0])
        return tuple(map(fold, values))


def count_events(correlation, match, window):
    return len(window)


def count_values(correlation, match, window):
    return len({m.value for m in window})


def percentile(correlation, match, window):
    """Of a number its percentile among the numbers, of another value its share among all values."""
    mine = number_of(match.value[0])
    if mine is None:
        return 100 * sum(m.value == match.value for m in window) / len(window)
    numbers = [n for m in window if (n := number_of(m.value[0])) is not None]
    return 100 * (sum(n < mine for n in numbers) + sum(n == mine for n in numbers) / 2) / len(numbers)


def count_rules(correlation, match, window):
    return len(set().union(*(m.rules for m in window)))


def longest_chain(correlation, match, window):
    """The most events in a row, each of a rule further on in the list, the last being this one."""
    longest = {}
    for m in window:
        ends = {r: 1 + max((n for rule, n in longest.items() if rule < r), default=0) for r in m.rules}
        if m is match:
            return max(ends.values())
        for rule, n in ends.items():
            longest[rule] = max(n, longest.get(rule, 0))
    raise AssertionError("the window ends with the match")


TYPES = {
    "event_count": count_events, "value_count": count_values, "value_percentile": percentile,
    "value_sum": lambda correlation, match, window: sum(m.value for m in window),
    "value_avg": lambda correlation, match, window: sum(m.value for m in window) / len(window),
    "temporal": count_rules, "temporal_ordered": longest_chain,
}


class Run:
    """All correlations over the matches of one input."""

    def __init__(self, correlations, detections, matches, events):
        self.known, self.done, self.open = {}, {}, set()
        for rule in [*correlations, *detections]:
            for name in (rule.id, rule.name):
                if name is not None:
                    self.known.setdefault(name, rule)
        times = [event.time() for event in events]
        order = sorted((t, number) for number, t in enumerate(times, 1) if t is not None)
        places = {number: place for place, (_, number) in enumerate(order)}
        for rule in detections:
            self.done[id(rule)] = [Match(places[n], n, times[n - 1], events[n - 1]) for n in matches[id(rule)] if n in places]

    def matches(self, rule):
        if id(rule) in self.done:
            return self.done[id(rule)]
        if id(rule) in self.open:
            raise Refused("the correlation refers to itself")
        self.open.add(id(rule))
        parts = []
        for name in rule.rules:
            if name not in self.known:
                raise Refused(f"unknown rule {name!r}")
            parts.append(self.known[name])
        self.done[id(rule)] = self.correlate(rule, parts)
        self.open.discard(id(rule))
        return self.done[id(rule)]

    def correlate(self, rule, parts):
        found = {}
        for group in self.groups(rule, parts).values():
            line = sorted(group.values(), key=lambda m: m.order)
            for match in line:
                window = [m for m in line if m.order <= match.order and m.time >= match.time - rule.span]
                number = TYPES[rule.type](rule, match, window)
                if rule.holds(number) if rule.limits else number == len(parts):
                    found.setdefault(match.order, self.outcome(rule, parts, match))
        return [found[order] for order in sorted(found)]

    def groups(self, rule, parts):
        """group → order → match, each event once in a group."""
        groups = {}
        for place, part in enumerate(parts):
            for m in self.matches(part):
                key, value = rule.key_of(m.event, part), rule.value_of(m.event, part)
                if key is None or value is None:
                    continue
                match = groups.setdefault(key, {}).setdefault(m.order, Match(m.order, m.number, m.time, m.event))
                if not match.rules:
                    match.value = value
                match.rules.add(place)
        return groups

    @staticmethod
    def outcome(rule, parts, match):
        part = parts[min(match.rules)]
        more = {name: [text] for name in rule.aliases if (text := match.event.first(rule.field(name, part))) is not None}
        return Match(match.order, match.number, match.time, match.event.with_names(more))


def run_correlations(correlations, detections, matches, events):
    """((rule, numbers) of each correlation, ids of the rules that stay silent, (rule, reason) of those refused)."""
    run, found, refused = Run(correlations, detections, matches, events), [], []
    named, loud = set(), set()
    for rule in correlations:
        try:
            found.append((rule, sorted({m.number for m in run.matches(rule)})))
        except Refused as fault:
            refused.append((rule, str(fault)))
            continue
        for name in rule.rules:
            (loud if rule.generate else named).add(id(run.known[name]))
    return found, named - loud, refused
