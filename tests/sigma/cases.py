"""The cases of cases/*.yaml, as text for a file of rules and a file of events."""
import pathlib

import yaml

FOLDER = pathlib.Path(__file__).resolve().parent / "cases"
ONE = "case"
BASE = "title: {0}\nid: {0}\nlogsource: {{}}\ndetection: {{s: {{{1}: 1}}, condition: s}}\n"


class Case:
    def __init__(self, file, body):
        unknown = set(body) - {"name", "detection", "rules", "with", "events", "match", "refused", "placeholders"}
        assert not unknown and ("detection" in body) != ("rules" in body), f"{file}: {body.get('name')}: {unknown}"
        self.name = f"{file.stem}: {body['name']}"
        self.events = body["events"]
        self.placeholders = body.get("placeholders", {})
        if "detection" in body:
            lines = "".join(f"  {line}\n" for line in body["detection"].splitlines())
            self.rules = f"title: {ONE}\nid: {ONE}\nlogsource: {{}}\ndetection:\n{lines}"
            self.refused = [ONE] if body.get("refused") else []
            self.match = {ONE: [int(n) for n in body.get("match", [])]}
        else:
            self.rules = "---\n".join([*(BASE.format(r, r.upper()) for r in body.get("with", [])), body["rules"]])
            self.refused = body.get("refused", [])
            self.match = {rule: [int(n) for n in numbers] for rule, numbers in body["match"].items()}
        self.match = {rule: numbers for rule, numbers in self.match.items() if numbers}


def all_cases():
    files = sorted(FOLDER.glob("*.yaml"))
    return [Case(file, body) for file in files for body in yaml.load(file.read_text(encoding="utf-8"), yaml.CBaseLoader)]
