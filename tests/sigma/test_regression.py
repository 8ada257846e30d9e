"""Every regression case of SigmaHQ fires its rule; and plain evaluator and engine fire the same rules, event by event."""
import pytest

import comparison
import engine
import inputs
import plain
from plain_events import Tables

CASES, RULES_AT_LEAST, MOST_OF_A_KIND = 131, 2400, 20


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    return inputs.unpack(tmp_path_factory.mktemp("sigma"))


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    files, count = inputs.write_recordings(tmp_path_factory.mktemp("recordings"), MOST_OF_A_KIND)
    assert len(files) > 100 and count > 5000
    return files


def test_every_rule_is_taken_but_those_with_placeholders(unpacked):
    rules = plain.Rules(plain.rule_files([unpacked[0]]))
    assert len(rules.detections) >= RULES_AT_LEAST
    assert not [refused for refused in rules.refused if "rules-placeholder" not in refused[0] or "unknown placeholder" not in refused[2]]


def test_every_log_source_of_the_rules_can_be_had(unpacked):
    """By one entry of the routing table, or by two together."""
    rules = plain.Rules(plain.rule_files([unpacked[0]]))
    had = [set(kind.items()) for _, kind in Tables.of_the_house().kinds]
    wanted = {frozenset(rule.logsource.items()) for rule in rules.detections}
    assert len(wanted) > 100
    assert not [set(want) for want in wanted if not any(want <= one | other for one in had for other in had if want & one)]


def unfired(unpacked, fired):
    """The cases whose rule is not among (file, event, rule)."""
    rules_of = {}
    for file, _, rule in fired:
        rules_of.setdefault(file, set()).add(rule)
    cases = list(inputs.regression_cases(unpacked[1]))
    assert len({file.parent for _, file in cases}) == CASES
    return [(file.parent.name, rule) for ids, file in cases for rule in ids if rule not in rules_of.get(str(file), ())]


def files_of(unpacked):
    return [file for _, file in inputs.regression_cases(unpacked[1])]


def test_plain_fires_every_case(unpacked):
    assert not unfired(unpacked, comparison.by_plain(unpacked[0], files_of(unpacked)))


@pytest.mark.skipif(engine.missing(), reason="the program has no scan yet")
def test_engine_fires_every_case(unpacked):
    assert not unfired(unpacked, comparison.by_engine(unpacked[0], files_of(unpacked)))


@pytest.mark.skipif(engine.missing(), reason="the program has no scan yet")
def test_both_fire_the_same(unpacked, recorded):
    files = [*files_of(unpacked), *recorded]
    plainly = comparison.by_plain(unpacked[0], files)
    assert len({rule for _, _, rule in plainly}) > 150
    assert not comparison.differences(plainly, comparison.by_engine(unpacked[0], files))[:20]
