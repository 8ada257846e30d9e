"""The program's own rules (data/rules/ungcuu) against their cases (data/rules/cases): every rule that alerts finds what it is for and leaves alone what is near it.
And fail2ban's lines against the rules that count failed logins."""
import collections
import datetime
import json
import os
import pathlib
import subprocess

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
RULES = ROOT / "data/rules/ungcuu"
PROGRAM = os.environ.get("UNGCUU", str(ROOT / "build/ungcuu"))
LAW = ROOT / "data/law/tt-20-2017.yaml"
LOCAL = datetime.timezone(datetime.timedelta(hours=7))
WORDS = {"title", "explain", "check", "scenario"}


def documents():
    return [document for file in sorted(RULES.glob("*.yml")) for document in yaml.safe_load_all(file.read_text())]


OWN = {document["name"]: document for document in documents()}
ALERTING = [name for name, document in OWN.items() if "ungcuu" in document]
CASES = {name: case for file in sorted((ROOT / "data/rules/cases").glob("*.yaml")) for name, case in yaml.safe_load(file.read_text()).items()}


def scan(rules, files):
    """(rule name, file, line) of every match."""
    done = subprocess.run([PROGRAM, "scan", "--rules", rules, "--json", *files], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and not done.stderr, done.stderr
    names = {document["id"]: name for name, document in OWN.items()}
    for text in done.stdout.splitlines():
        match = json.loads(text)
        yield names[match["rule"]], match["file"], match["line"]


def write(line, at, number):
    """A line of a case at its time."""
    local, utc = at.astimezone(LOCAL), at.astimezone(datetime.timezone.utc)
    stamps = {"{bsd}": f"{local:%b} {local.day:2d} {local:%H:%M:%S}", "{iso}": local.isoformat(timespec="microseconds"),
              "{utc}": f"{utc:%Y-%m-%dT%H:%M:%S}.000Z", "{plain}": f"{local:%Y-%m-%d %H:%M:%S}", "{access}": f"{local:%d/%b/%Y:%H:%M:%S} +0700", "{n}": str(number), "{h}": str((number - 1) % 100 + 1)}
    for token, value in stamps.items():
        line = line.replace(token, value)
    return line


def lines(case, at):
    """A case is a line or a list of lines and of {times, every (seconds), line}; the next part begins where the last one ended."""
    for part in [case] if isinstance(case, str) else case:
        part = {"line": part, "times": 1, "every": 1} if isinstance(part, str) else part
        for number in range(1, part["times"] + 1):
            yield write(part["line"], at, number)
            at += datetime.timedelta(seconds=part["every"])


@pytest.fixture(scope="module")
def fired(tmp_path_factory):
    """{(rule, "hits" or "quiet", number): rules that fired}: one run over all cases, each a file and a day of its own."""
    folder = tmp_path_factory.mktemp("cases")
    keys = [(name, kind, number) for name, case in CASES.items() for kind in ("hits", "quiet") for number in range(len(case.get(kind, [])))]
    today = datetime.datetime.now(datetime.timezone.utc).replace(hour=1, minute=0, second=0, microsecond=0)
    files = {}
    for day, (name, kind, number) in enumerate(keys, 1):
        file = folder / f"{name}.{kind}.{number}"
        file.write_text("\n".join(lines(CASES[name][kind][number], today - datetime.timedelta(days=day))) + "\n")
        files[str(file)] = (name, kind, number)
    found = collections.defaultdict(set)
    for rule, file, _ in scan(RULES, list(files)):
        found[files[file]].add(rule)
    return found


@pytest.mark.parametrize("name", ALERTING)
def test_fires(fired, name):
    hits = CASES[name]["hits"]
    missed = [hits[number] for number in range(len(hits)) if name not in fired[name, "hits", number]]
    assert hits and not missed


@pytest.mark.parametrize("name", ALERTING)
def test_leaves_alone(fired, name):
    quiet = CASES[name]["quiet"]
    wrong = [quiet[number] for number in range(len(quiet)) if name in fired[name, "quiet", number]]
    assert quiet and not wrong


def test_every_case_is_of_a_rule():
    assert set(CASES) == set(ALERTING)


def test_a_case_of_windows_has_both_shapes():
    for name, case in CASES.items():
        shapes = {"Winlogbeat" if "winlog" in str(one) else "NXLog" for one in case["hits"] if '"EventID"' in str(one) or '"winlog"' in str(one)}
        assert shapes in (set(), {"Winlogbeat", "NXLog"}), name


@pytest.mark.parametrize("name", ALERTING)
def test_words(name):
    words = OWN[name]["ungcuu"]
    kinds = {kind["id"] for group in yaml.safe_load(LAW.read_text())["kind_groups"] for kind in group["kinds"]}
    assert set(words) == WORDS and words["scenario"] in kinds
    assert len(words["title"]) <= 60 and len(words["explain"]) <= 200 and len(words["check"]) <= 200
    assert words["explain"].endswith(".") and words["check"].endswith(".") and not words["title"].endswith(".")
    assert OWN[name]["level"] in ("low", "medium", "high", "critical")


def test_only_counted_rules_are_silent():
    counted = {rule for document in OWN.values() for rule in document.get("correlation", {}).get("rules", [])}
    assert all(name in counted and document["level"] == "informational" for name, document in OWN.items() if "ungcuu" not in document)


def test_ids_are_unique():
    ids = [document["id"] for document in documents()]
    assert len(ids) == len(set(ids)) == len(OWN)


# --- fail2ban ---

# The rule of each of fail2ban's files, and lines that are read otherwise on purpose: a login counts as what it was, and PAM only repeats what sshd says.
FAIL2BAN = {"sshd": "ssh_sai", "vsftpd": "ftp_sai", "proftpd": "ftp_sai", "dovecot": "thu_sai", "courier-auth": "thu_sai"}
READ_OTHERWISE = ("Accepted password", "pam_unix(sshd:auth)")
KNOWN = {"title": "known", "id": "known", "logsource": {}, "detection": {"login": {"action": "login", "outcome": "failure", "src_ip": "*", "program": "*"}, "condition": "login"}}


@pytest.fixture(scope="module")
def fail2ban(tmp_path_factory):
    """{service: [(line, is it a failure?)]}"""
    archive = pathlib.Path(os.environ.get("UNGCUU_SHARED", "")) / "data/fail2ban-logs/logs.tar.zst"
    if not archive.is_file():
        pytest.skip("UNGCUU_SHARED")
    folder = tmp_path_factory.mktemp("fail2ban")
    subprocess.run(["tar", "--zstd", "-xf", archive, "-C", folder], check=True)
    found = collections.defaultdict(list)
    for service in FAIL2BAN:
        expected = None
        for text in (folder / "fail2ban/tests/files/logs" / service).read_text().splitlines():
            if text.startswith("# failJSON:"):
                expected = json.loads(text.removeprefix("# failJSON:"))["match"]
            elif text and not text.startswith("#") and expected is not None:
                found[service].append((text, expected and not any(one in text for one in READ_OTHERWISE)))
                expected = None
    return found


@pytest.mark.parametrize("service", FAIL2BAN)
def test_failures_of_fail2ban(fail2ban, tmp_path, service):
    """The rule finds every failure that the decoder knows and whose program it knows, and nothing that is none."""
    rows = fail2ban[service]
    rules, log = tmp_path / "rules.yml", tmp_path / "lines.log"
    rules.write_text(yaml.safe_dump_all([OWN[FAIL2BAN[service]], KNOWN], allow_unicode=True))
    log.write_text("\n".join(text for text, _ in rows) + "\n")
    done = subprocess.run([PROGRAM, "scan", "--rules", rules, "--json", log], capture_output=True, text=True, check=True)
    lines = collections.defaultdict(set)
    for match in map(json.loads, done.stdout.splitlines()):
        lines[match["rule"]].add(match["line"])
    failures = {number for number, (_, failure) in enumerate(rows, 1) if failure}
    found = lines[OWN[FAIL2BAN[service]]["id"]]
    missed = [rows[number - 1][0] for number in lines["known"] & failures - found]
    wrong = [rows[number - 1][0] for number in found - failures]
    assert found and not missed and not wrong
