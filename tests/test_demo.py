"""The demo as it is shipped, and who may do what in it: every role against every operation (permission.matrix)."""
import json
import pathlib
import re
import sqlite3

import pytest

from site_fixtures import Site

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROLES = {"admin": "ninhbinh.quantri", "leader": "ninhbinh.lanhdao", "officer": "ninhbinh.chuyentrach",
         "dispatcher": "ninhbinh.dieuphoi", "member": "ninhbinh.doi", "viewer": "ninhbinh.xem"}
NOT_BEGUN = {"account.totp_image"} # there only while a second factor is being set up
NOWHERE = "00000000-0000-7000-8000-000000000000"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("demo") / "home")
    done = site.run("demo", login=None)
    assert done.returncode == 0, done.stderr
    site.passwords = {row["login"]: row["password"] for row in json.loads((site.home / "demo-logins.json").read_text())}
    site.start()
    yield site
    site.stop()


@pytest.fixture(scope="module")
def people(demo):
    return {role: demo.person(login, demo.passwords[login]) for role, login in ROLES.items()}


@pytest.fixture(scope="module")
def matrix(demo):
    answer = demo.cli("permission", "matrix", login=ROLES["admin"])
    return [{**row, "may": {one["role"]: one["may"] for one in row["may"]}} for row in answer["rows"]]


def count(demo, sql):
    with sqlite3.connect(f"file:{demo.home}/ungcuu.db?mode=ro", uri=True) as store:
        return store.execute(sql).fetchone()[0]


@pytest.mark.parametrize("state", ["todo", "doing", "approval", "done", "na"])
def test_duties_in_every_state(demo, state):
    assert count(demo, f"SELECT count(*) FROM duty WHERE state = '{state}'") >= 5


@pytest.mark.parametrize("event", ["started", "submitted", "approved", "returned", "completed", "moved", "waived", "evidenced",
                                   "report", "escalated"])
def test_everything_happened(demo, event):
    assert count(demo, f"SELECT count(*) FROM duty_event WHERE kind = '{event}'") >= 3


def test_five_plans_in_force(demo):
    assert count(demo, "SELECT count(*) FROM plan WHERE state = 'active'") == 5


def test_some_are_late_and_not_for_long(demo):
    late = "FROM duty WHERE state IN ('todo', 'doing', 'approval') AND due_day < date('now', '+7 hours')"
    assert 3 <= count(demo, f"SELECT count(*) {late}") <= 20
    assert count(demo, f"SELECT max(julianday('now', '+7 hours') - julianday(due_day)) {late}") <= 60


def test_board_has_work_for_the_coming_week(demo):
    board = demo.cli("board", "show", login=ROLES["officer"])
    assert len(board["tiles"]) >= 3 and all(int(tile["count"]) >= 2 for tile in board["tiles"])


def test_nothing_happened_in_the_future(demo):
    assert count(demo, "SELECT count(*) FROM duty_event WHERE at_ms > (strftime('%s', 'now') + 60) * 1000") == 0
    assert count(demo, "SELECT count(*) FROM duty d WHERE EXISTS (SELECT 1 FROM duty_event e WHERE e.duty_id = d.id "
                       "AND e.at_ms < d.created_ms)") == 0


@pytest.mark.parametrize("state, number", {"reported": 2, "verifying": 2, "responding": 2, "contained": 2, "recovering": 2, "ended": 2,
                                           "closed": 12, "rejected": 2, "near_miss": 2, "duplicate": 2}.items())
def test_incidents_in_every_state(demo, state, number):
    assert count(demo, f"SELECT count(*) FROM incident WHERE state = '{state}'") == number


@pytest.mark.parametrize("group", ["bị tấn công mạng", "lỗi của hệ thống", "lỗi của người quản trị", "thảm họa tự nhiên",
                                   "lỗi của người sử dụng"])
def test_incidents_of_every_cause(demo, group):
    assert count(demo, f"SELECT count(*) FROM incident WHERE json_extract(facts, '$.group') LIKE '%{group}%'") >= 2


def test_a_serious_incident_and_one_beyond_capacity(demo):
    assert count(demo, "SELECT count(*) FROM incident WHERE severity = 'nghiem-trong' AND state = 'responding'") == 1
    assert count(demo, "SELECT count(*) FROM incident WHERE json_extract(facts, '$.beyond_capacity_at') IS NOT NULL "
                       "AND json_extract(facts, '$.system.level') = 2 AND state = 'closed'") == 1


def test_one_notice_is_overdue(demo):
    unsent = "SELECT count(*) FROM incident_notice WHERE state = 'unsent' AND due_ms"
    assert count(demo, f"{unsent} < strftime('%s', 'now') * 1000") == 1
    assert count(demo, f"{unsent} > strftime('%s', 'now') * 1000") >= 5
    late = demo.cli("incident", "list", "--tab", "qua-han", login=ROLES["officer"])["rows"]
    assert [row["state"]["name"] for row in late] == ["contained"]


def test_one_report_was_late(demo):
    assert count(demo, "SELECT count(*) FROM incident_notice WHERE at_once = 0 AND sent_ms > due_ms") == 1


def test_incidents_keep_their_own_time(demo):
    """A case is entered on the day when it is told, its codes follow one another, and nothing is in the future."""
    assert count(demo, "SELECT count(*) FROM incident WHERE detected_ms > received_ms") == 0
    assert count(demo, "SELECT max(received_ms - detected_ms) / 60000 FROM incident") <= 45
    assert count(demo, "SELECT count(*) FROM incident a JOIN incident b ON a.code < b.code WHERE a.received_ms > b.received_ms") == 0
    assert count(demo, "SELECT count(*) FROM incident_log WHERE at_ms > (strftime('%s', 'now') + 60) * 1000") == 0


def test_a_closed_incident_has_a_full_log(demo):
    assert count(demo, "SELECT min(lines) FROM (SELECT count(*) AS lines FROM incident i JOIN incident_log l ON l.incident_id = i.id "
                       "WHERE i.state = 'closed' GROUP BY i.id)") >= 15


def test_incident_addresses_are_of_documentation(demo):
    assert count(demo, "SELECT count(*) FROM incident_observable") >= 15
    assert count(demo, "SELECT count(*) FROM incident_observable WHERE kind = 'ip' AND value NOT LIKE '192.0.2.%' "
                       "AND value NOT LIKE '198.51.100.%'") == 0
    assert count(demo, "SELECT count(*) FROM incident_observable WHERE kind <> 'ip' AND value NOT LIKE '%.example%'") == 0


def test_alerts_of_three_bodies_follow_from_their_logs(demo):
    """The rules ran over the records: nothing of it is written by hand."""
    assert count(demo, "SELECT count(*) FROM log_source") >= 5 and count(demo, "SELECT sum(stored) FROM log_source_state") > 3000
    assert count(demo, "SELECT count(DISTINCT body_id) FROM alert") == 3
    assert count(demo, "SELECT count(*) FROM alert") >= 20 and count(demo, "SELECT count(*) FROM alert WHERE kind = 'indicator'") >= 2
    assert count(demo, "SELECT count(*) FROM alert WHERE title LIKE 'Đăng nhập SSH được sau%' AND incident_id IS NOT NULL") == 1
    assert count(demo, "SELECT count(*) FROM alert_suppression") == 1
    assert count(demo, "SELECT count(*) FROM alert WHERE state <> 'new'") >= 5


def test_alerts_came_when_their_records_came(demo):
    assert count(demo, "SELECT max(abs(created_ms - first_ms)) FROM alert") <= 15 * 60_000
    assert count(demo, "SELECT max(last_ms) FROM alert") < count(demo, "SELECT (strftime('%s', 'now') + 60) * 1000")


def test_log_addresses_are_of_documentation(demo):
    records = (ROOT / "data/demo/logs.yaml").read_text()
    addresses = set(re.findall(r"\b(?:\d{1,3}\.){3}(?:\d{1,3}|\{\w\})", records)) - {"127.0.0.1"}
    assert addresses and all(one.startswith(("192.0.2.", "198.51.100.", "203.0.113.")) and not one.endswith("{n}") for one in addresses)


def test_a_day_of_logs(demo):
    rows = demo.cli("source", "list", login="soxaydungkhanhhoa.chuyentrach")["rows"]
    assert len(rows) == 5 and all(row["stored"] > 5 and row["dropped"] == 0 for row in rows)
    assert count(demo, "SELECT count(*) FROM log_source_state WHERE last_ms > strftime('%s', 'now') * 1000") == 0
    assert count(demo, "SELECT sum(stored) FROM log_source_state") > 1000


def test_the_log_is_whole(demo):
    assert demo.cli("audit", "verify", login=ROLES["admin"])["whole"] is True


def test_no_second_demo_over_the_first(demo):
    again = demo.run("demo", login=None)
    assert again.returncode != 0 and "đã có dữ liệu" in again.stderr


def test_login_page_names_the_accounts(demo):
    page = demo.person().get("/dang-nhap").text
    assert all(login in page for login in ROLES.values())


@pytest.mark.parametrize("role", ROLES)
def test_role_reads_what_the_matrix_says(people, matrix, role):
    """Lists and pages that need nothing more; 403 exactly where the matrix says no."""
    seen, wrong = 0, []
    for row in matrix:
        if row["method"] != "GET" or "{" in row["path"] or "api" not in row["faces"] or row["permission"] == "public":
            continue
        status = people[role].get("/api" + row["path"]).status
        seen += 1
        if (status == 403) == row["may"][role] or status not in (200, 403, 422) and row["operation"] not in NOT_BEGUN:
            wrong.append((row["operation"], status))
    assert seen > 15 and not wrong


@pytest.mark.parametrize("role", ROLES)
def test_role_is_refused_what_the_matrix_forbids(people, matrix, role):
    seen, wrong = 0, []
    for row in matrix:
        if row["may"][role] or "api" not in row["faces"] or row["permission"] == "public":
            continue
        path = "/api" + "".join(NOWHERE if n % 2 else part for n, part in enumerate(row["path"].replace("}", "{").split("{")))
        status = people[role].call(row["method"], path).status
        seen += 1
        if status != 403:
            wrong.append((row["operation"], status))
    assert not wrong and (seen > 0 or role in ("admin", "leader"))


def test_stranger_is_refused_everything(demo, matrix):
    wrong = []
    for row in matrix:
        if "api" not in row["faces"] or row["permission"] == "public":
            continue
        path = "/api" + "".join(NOWHERE if n % 2 else part for n, part in enumerate(row["path"].replace("}", "{").split("{")))
        status = demo.person().call(row["method"], path).status
        if status != 401:
            wrong.append((row["operation"], status))
    assert not wrong


@pytest.mark.parametrize("role", ROLES)
def test_pages_of_a_role_open(people, matrix, role):
    """Every page without an id, rendered; none larger than a slow line bears."""
    wrong = []
    for row in matrix:
        if row["method"] != "GET" or "{" in row["path"] or "web" not in row["faces"] or not row["may"][role]:
            continue
        if row["operation"] in NOT_BEGUN:
            continue
        answer = people[role].get(row["path"])
        if answer.status not in (200, 303) or len(answer.body) > 100_000:
            wrong.append((row["operation"], answer.status, len(answer.body)))
    assert not wrong


def test_bodies_do_not_see_each_other(demo):
    stranger = demo.person("daklak.chuyentrach", demo.passwords["daklak.chuyentrach"])
    duty = demo.cli("duty", "list", login=ROLES["officer"])["rows"][0]["id"]
    system = demo.cli("system", "list", login=ROLES["officer"])["rows"][0]["id"]
    assert stranger.get(f"/api/nhiem-vu/{duty}").status == 404
    assert stranger.get(f"/api/he-thong/{system}").status == 404
