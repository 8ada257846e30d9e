"""The real engine, by its command line, as one more evaluator of the cases."""
import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = os.environ.get("UNGCUU", str(ROOT / "build" / "ungcuu"))
MINUTES = 20


def scan(rules, files, placeholders=None, more=()):
    """Yields the matches of `ungcuu scan` as dictionaries: rule, file, line and more."""
    more = [*more, *(["--placeholders", placeholders] if placeholders else [])]
    command = [PROGRAM, "scan", *more, "--rules", *rules, "--json", *files]
    done = subprocess.run([str(part) for part in command], capture_output=True, timeout=60 * MINUTES, check=False)
    if done.returncode not in (0, 1):
        raise AssertionError(f"{command}: {done.returncode}: {done.stderr.decode('utf-8', 'replace')[-2000:]}")
    for line in done.stdout.decode("utf-8").splitlines():
        yield json.loads(line)


def missing():
    """The subcommand is not there yet."""
    try:
        return subprocess.run([PROGRAM, "scan", "--help"], capture_output=True, timeout=60, check=False).returncode != 0
    except FileNotFoundError:
        return True


def run_case(case, folder, more=()):
    """rule → numbers of the events, as `plain.Rules.run` gives them."""
    rules, events = folder / "rules.yml", folder / "events.json"
    rules.write_text(case.rules, encoding="utf-8")
    events.write_text(case.events, encoding="utf-8")
    placeholders = None
    if case.placeholders:
        placeholders = folder / "placeholders.yml"
        placeholders.write_text(json.dumps(case.placeholders, ensure_ascii=False), encoding="utf-8")
    found = {}
    for match in scan([rules], [events], placeholders, more):
        found.setdefault(match["rule"], set()).add(match["line"])
    return {rule: sorted(numbers) for rule, numbers in found.items()}
