"""The rules that fire, event by event, by the plain evaluator and by the engine."""
import multiprocessing

import engine
import plain
from plain_events import Event, Tables, read_file

STATE = {}


def load(rules):
    STATE["rules"], STATE["tables"] = plain.Rules(plain.rule_files([rules])), Tables.of_the_house()


def fired_in(file):
    """(file, number of the event, rule) of one file."""
    bodies = enumerate(read_file(file), 1)
    return {(str(file), number, rule.key) for number, body in bodies for rule in STATE["rules"].fired(Event(body, STATE["tables"]))}


def by_plain(rules, files, processes=2):
    """The set of (file, number of the event, rule). None of the rules is a correlation."""
    by_size = sorted(files, key=lambda file: -file.stat().st_size)
    with multiprocessing.Pool(processes, load, (rules,)) as pool:
        return set().union(*pool.imap_unordered(fired_in, by_size))


def by_engine(rules, files):
    return {(match["file"], match["line"], match["rule"]) for match in engine.scan([rules], files)}


def differences(plainly, really):
    """What only one of them finds, as lines of text."""
    missed = [f"only plain: {file}: event {number}: {rule}" for file, number, rule in sorted(plainly - really)]
    return missed + [f"only the engine: {file}: event {number}: {rule}" for file, number, rule in sorted(really - plainly)]
