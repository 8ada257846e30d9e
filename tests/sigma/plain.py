#!/usr/bin/python3
"""A slow plain evaluator of Sigma 2.1.0, written from the specification alone; README.md fixes what that leaves open.

    tests/sigma/plain.py [--placeholders FILE] --rules PATH… --json FILE…

prints one JSON line per match: {"rule", "file", "line"}; line is the number of the event in the file. What cannot be taken goes to
standard error with the reason.
"""
import argparse
import json
import pathlib
import re
import sys

import yaml

from plain_correlation import Correlation, run_correlations
from plain_events import Event, Tables, applies, read_file
from plain_values import Refused, item_test

NULLS = ("", "~", "null", "Null", "NULL")
WORD = re.compile(r"[()]|[^\s()]+")
ITEMS = ("product", "category", "service")


def scalar(node):
    return None if not node.style and node.value in NULLS else node.value


def value_of(node):
    """The YAML tree as maps, lists, texts and null; texts as they are written."""
    if isinstance(node, yaml.ScalarNode):
        return scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return [value_of(n) for n in node.value]
    made = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise Refused(f"line {key.start_mark.line + 1}: a key must be a text")
        if key.value in made:
            raise Refused(f"line {key.start_mark.line + 1}: the key {key.value!r} stands twice")
        made[key.value] = value_of(value)
    return made


def name_of(node):
    """The name of a document that may be faulty."""
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    texts = {key.value: value.value for key, value in reversed(pairs) if isinstance(value, yaml.ScalarNode)}
    return texts.get("id") or texts.get("name") or texts.get("title")


def need_map(value, name):
    if not isinstance(value, dict):
        raise Refused(f"{name} must be a map")
    return value


class Condition:
    """A recursive descent over: or < and < not < x of < brackets."""

    def __init__(self, text, searches):
        if not isinstance(text, str):
            raise Refused("the condition must be a text")
        self.words, self.at, self.searches = WORD.findall(text), 0, searches
        self.test = self.alternatives()
        if self.at < len(self.words):
            raise Refused(f"the condition does not end before {self.words[self.at]!r}")

    def peek(self):
        return self.words[self.at] if self.at < len(self.words) else None

    def take(self):
        word = self.peek()
        if word is None:
            raise Refused("the condition ends too early")
        self.at += 1
        return word

    def joined(self, word, inner, how):
        tests = [inner()]
        while self.peek() == word:
            self.take()
            tests.append(inner())
        return tests[0] if len(tests) == 1 else lambda event: how(t(event) for t in tests)

    def alternatives(self):
        return self.joined("or", self.conjunction, any)

    def conjunction(self):
        return self.joined("and", self.negation, all)

    def negation(self):
        if self.peek() == "not":
            self.take()
            inner = self.negation()
            return lambda event: not inner(event)
        return self.operand()

    def operand(self):
        word = self.take()
        if word == "(":
            inner = self.alternatives()
            if self.take() != ")":
                raise Refused("a bracket is not closed")
            return inner
        if self.peek() == "of":
            return self.several(word)
        if word not in self.searches:
            raise Refused(f"unknown search identifier {word!r}")
        return self.searches[word]

    def several(self, number):
        if number not in ("1", "all"):
            raise Refused(f"{number!r} of: only 1 and all")
        self.take()
        pattern = self.take()
        parts = [] if pattern == "them" else [re.escape(p) for p in pattern.split("*")]
        fits = re.compile(".*".join(parts) or ".*").fullmatch
        hidden = pattern == "them" or not pattern.startswith("_")
        tests = [test for name, test in self.searches.items() if fits(name) and not (hidden and name.startswith("_"))]
        if not tests:
            raise Refused(f"no search identifier is like {pattern!r}")
        how = any if number == "1" else all
        return lambda event: how(t(event) for t in tests)


def search_test(value, placeholders):
    """A search identifier as a test of an event."""
    if isinstance(value, dict) and value:
        tests = [item_test(key, inner, placeholders) for key, inner in value.items()]
        return tests[0] if len(tests) == 1 else lambda event: all(t(event) for t in tests)
    if isinstance(value, list) and value:
        if any(isinstance(inner, list) for inner in value):
            raise Refused("a list within a list")
        tests = [search_test(inner, placeholders) for inner in value]
        return lambda event: any(t(event) for t in tests)
    if isinstance(value, str):
        return item_test("", value, placeholders)
    raise Refused("a search identifier must be a list or a map")


def conditions_test(section, searches):
    if "condition" not in section:
        raise Refused("no condition")
    texts = section["condition"] if isinstance(section["condition"], list) else [section["condition"]]
    if not texts:
        raise Refused("no condition")
    tests = [Condition(text, searches).test for text in texts]
    return lambda event: any(t(event) for t in tests)


def logsource_of(document):
    source = need_map(document.get("logsource"), "logsource")
    made = {item: source[item] for item in ITEMS if source.get(item) is not None}
    if not all(isinstance(v, str) for v in made.values()):
        raise Refused("product, category and service are texts")
    return made


def detection_test(section, placeholders, others=()):
    """The test of a detection or filter section."""
    if "timeframe" in section:
        raise Refused("timeframe is obsolete")
    searches = {k: search_test(v, placeholders) for k, v in section.items() if k not in ("condition", *others)}
    return conditions_test(section, searches)


class Detection:
    def __init__(self, document, placeholders):
        self.logsource = logsource_of(document)
        self.test = detection_test(need_map(document["detection"], "detection"), placeholders)
        self.filters = []

    def matches(self, event):
        return self.test(event) and not any(f.hides(event) for f in self.filters)


class Filter:
    def __init__(self, document, placeholders):
        section = need_map(document["filter"], "filter")
        self.logsource, self.rules = logsource_of(document), section.get("rules")
        if not isinstance(self.rules, list) or not self.rules or not all(isinstance(r, str) for r in self.rules):
            raise Refused("a filter names its rules in a list")
        self.test = detection_test(section, placeholders, others=("rules",))

    def hides(self, event):
        return applies(self.logsource, event) and self.test(event)


def take(document, placeholders):
    """One document as a Detection, Filter or Correlation."""
    need_map(document, "a rule")
    if not isinstance(document.get("title"), str):
        raise Refused("no title")
    if document.get("taxonomy") not in (None, "sigma"):
        raise Refused("a taxonomy other than sigma")
    kinds = [(name, make) for name, make in (("detection", Detection), ("filter", Filter), ("correlation", Correlation)) if name in document]
    if len(kinds) != 1:
        raise Refused("one of detection, filter and correlation")
    rule = kinds[0][1](document, placeholders)
    rule.title, rule.id, rule.name = document["title"], document.get("id"), document.get("name")
    rule.key = rule.id or rule.name or rule.title
    return rule


class Rules:
    """All rules of some texts. `refused` has (file, name, reason)."""

    def __init__(self, texts, placeholders=None):
        self.detections, self.filters, self.correlations, self.refused = [], [], [], []
        for file, text in texts:
            self.add(file, text, placeholders or {})
        self.join_filters()
        self.routes, self.joined_routes = {}, {}
        for rule in self.detections:
            self.routes.setdefault(tuple(sorted(rule.logsource.items())), []).append(rule)

    def add(self, file, text, placeholders):
        try:
            nodes = list(yaml.compose_all(text, yaml.CBaseLoader))
        except (yaml.YAMLError, ValueError) as fault:
            self.refused.append((file, None, f"YAML: {fault}".replace("\n", " ")))
            return
        for node in nodes:
            try:
                rule = take(value_of(node) if node else None, placeholders)
            except Refused as fault:
                self.refused.append((file, name_of(node), str(fault)))
            else:
                {Detection: self.detections, Filter: self.filters, Correlation: self.correlations}[type(rule)].append(rule)

    def join_filters(self):
        for one in self.filters:
            for rule in self.detections:
                if rule.id in one.rules or rule.name in one.rules:
                    rule.filters.append(one)

    def for_event(self, event):
        """The detections whose log source the event has."""
        key = tuple(tuple(sorted(event.kinds[item])) for item in ITEMS)
        if key not in self.joined_routes:
            self.joined_routes[key] = [r for source, rules in self.routes.items() if applies(dict(source), event) for r in rules]
        return self.joined_routes[key]

    def fired(self, event):
        """Detections (not correlations) that match one event."""
        return [rule for rule in self.for_event(event) if rule.matches(event)]

    def run(self, events):
        """rule key → list of 1-based numbers of the events that it reports."""
        events = list(events)
        matches = {id(rule): [] for rule in self.detections}
        for number, event in enumerate(events, 1):
            for rule in self.fired(event):
                matches[id(rule)].append(number)
        found, silent, refused = run_correlations(self.correlations, self.detections, matches, events)
        self.refused.extend(("", rule.key, why) for rule, why in refused)
        shown = {rule.key: matches[id(rule)] for rule in self.detections if id(rule) not in silent}
        shown.update({rule.key: numbers for rule, numbers in found if id(rule) not in silent})
        return {key: numbers for key, numbers in shown.items() if numbers}


def rule_files(paths):
    """Yields (name, text) of the .yml and .yaml files."""
    for path in map(pathlib.Path, paths):
        files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.suffix in (".yml", ".yaml"))
        yield from ((str(f), f.read_text(encoding="utf-8")) for f in files)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--placeholders")
    parser.add_argument("--rules", nargs="+", required=True)
    parser.add_argument("--json", nargs="+", required=True)
    asked = parser.parse_args()
    placeholders = yaml.load(pathlib.Path(asked.placeholders).read_text(encoding="utf-8"), yaml.CBaseLoader) if asked.placeholders else {}
    rules, tables = Rules(rule_files(asked.rules), placeholders), Tables.of_the_house()
    for file in asked.json:
        events = [Event(body, tables) for body in read_file(file) if isinstance(body, dict)]
        for key, numbers in rules.run(events).items():
            for number in numbers:
                print(json.dumps({"rule": key, "file": file, "line": number}, ensure_ascii=False))
    for file, name, why in rules.refused:
        print(f"{file}: {name or '?'}: {why}", file=sys.stderr)


if __name__ == "__main__":
    main()
