"""The commands that need no store: ungcuu scan and ungcuu rules check."""
import json
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = os.environ.get("UNGCUU", str(ROOT / "build" / "ungcuu"))
RULE = """title: Nhận dạng máy
id: 6f1e
author: Người Viết
level: high
logsource: {}
detection:
    s: {Image|endswith: '\\whoami.exe', Args: [a, b]}
    condition: s
"""
EVENTS = '{"Image": "C:\\\\W\\\\WhoAmI.exe", "Args": "b", "@timestamp": "2026-11-21T06:00:00Z"}\n{"Image": "x"}\n'


def run(*words, given=None):
    return subprocess.run([PROGRAM, *map(str, words)], input=given, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/one.yml").write_text(RULE, encoding="utf-8")
    (tmp_path / "events.json").write_text(EVENTS, encoding="utf-8")
    return tmp_path


def test_one_json_line_for_each_match(folder):
    done = run("scan", "--rules", folder / "rules", "--json", folder / "events.json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {
        "rule": "6f1e", "title": "Nhận dạng máy", "level": "high", "file": str(folder / "events.json"), "line": 1,
        "time": "2026-11-21T06:00:00.000Z", "fields": {"Image": "C:\\W\\WhoAmI.exe", "Args": "b"}}


def test_standard_input_for_people(folder):
    done = run("scan", "--rules", folder / "rules", "--stats", "-", given=EVENTS)
    assert done.returncode == 0
    assert "[cao] Nhận dạng máy" in done.stdout and "-:1" in done.stdout and "tác giả luật: Người Viết" in done.stdout
    assert done.stderr.startswith("2 sự kiện")


def test_rules_and_logs_beside_each_other_and_level(folder):
    found = run("scan", "--rules", folder / "rules/one.yml", folder / "events.json", "--no-simd").stdout
    assert "whoami" in found.lower()
    assert run("scan", "--level", "critical", "--rules", folder / "rules", folder / "events.json").stdout == ""


def test_a_correlation_names_its_group_and_lines(folder):
    (folder / "rules/two.yml").write_text(
        "title: nhiều lần\ncorrelation: {type: event_count, rules: [6f1e], group-by: [Args], timespan: 1m, condition: {gte: 2}}\n",
        encoding="utf-8")
    (folder / "events.json").write_text(EVENTS + EVENTS, encoding="utf-8")
    lines = [json.loads(line) for line in run("scan", "--rules", folder / "rules", "--json", folder / "events.json").stdout.splitlines()]
    assert [(m["rule"], m["line"], m.get("group"), m.get("lines")) for m in lines] == [("nhiều lần", 3, "Args=b", [1, 3])]


def test_indicators(folder):
    (folder / "list.txt").write_text("evil.example\n", encoding="utf-8")
    done = run("scan", "--indicators", folder / "list.txt", "--json", "-", given='{"url": "http://WWW.evil.example/x"}\n{"url": "evil"}\n')
    match = json.loads(done.stdout)
    assert (done.returncode, match["rule"], match["line"]) == (0, "indicator:evil.example", 1)


@pytest.mark.parametrize("words, code", [
    (["scan", "--rules", "none.yml", "-"], 3), (["scan", "--rules"], 2), (["scan", "--no-such"], 2), (["scan", "-"], 2),
    (["scan", "--level", "big", "--rules", "x", "-"], 2), (["rules", "check"], 2), (["rules", "check", "none.yml"], 3)])
def test_wrong_calls(words, code):
    done = run(*words)
    assert done.returncode == code and done.stderr.startswith("ungcuu: ") and done.stdout == ""


def test_an_unreadable_log(folder):
    assert run("scan", "--rules", folder / "rules", folder / "missing.json").returncode == 3


def test_check_says_where_a_rule_is_wrong(folder):
    good = run("rules", "check", folder / "rules")
    assert good.returncode == 0 and "1 luật dùng được, 0 chỗ không dùng được" in good.stdout
    (folder / "rules/bad.yml").write_text(RULE.replace("endswith", "endwith"), encoding="utf-8")
    bad = run("rules", "check", folder / "rules")
    assert bad.returncode == 4 and f"{folder}/rules/bad.yml:7:9: không có bổ từ “endwith”" in bad.stdout
    answer = json.loads(run("rules", "check", "--json", folder / "rules").stdout)
    assert answer["rules"] == 1 and answer["levels"]["high"] == 1
    assert (answer["faults"][0]["line"], answer["faults"][0]["column"]) == (7, 9)
    scanned = run("scan", "--rules", folder / "rules", folder / "events.json")
    assert scanned.returncode == 0 and "rules check" in scanned.stderr and "Nhận dạng máy" in scanned.stdout
