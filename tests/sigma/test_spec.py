"""Every case of cases/, taken from the words of Sigma 2.1.0, by the plain evaluator and by the engine."""
import pytest

import engine
import plain
from cases import all_cases
from plain_events import Event, Tables, read_json
from plain_values import KNOWN

CASES = all_cases()
TABLES = Tables.of_the_house()
TYPES = ("event_count", "value_count", "value_sum", "value_avg", "value_percentile", "temporal", "temporal_ordered")


def test_the_cases_cover_the_specification():
    text = "\n".join(case.rules for case in CASES)
    assert len(CASES) >= 150 and len({case.name for case in CASES}) == len(CASES)
    assert not [m for m in KNOWN if f"|{m}" not in text]
    assert not [t for t in TYPES if f"type: {t}," not in text]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_plain(case):
    rules = plain.Rules([("rules.yml", case.rules)], case.placeholders)
    found = rules.run([Event(body, TABLES) for body in read_json(case.events)])
    assert found == case.match
    assert sorted(str(name) for _, name, _ in rules.refused) == sorted(case.refused)


@pytest.mark.skipif(engine.missing(), reason="the program has no scan yet")
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_engine(case, tmp_path):
    assert engine.run_case(case, tmp_path) == case.match


@pytest.mark.skipif(engine.missing(), reason="the program has no scan yet")
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_engine_in_plain_c(case, tmp_path):
    assert engine.run_case(case, tmp_path, ["--no-simd"]) == case.match
