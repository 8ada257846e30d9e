"""Who is told of alerts by mail: at once, after the quiet hours, and the leader when nobody looks (job alert.tell)."""
import datetime
import sqlite3

import pytest

from test_mail import run_job, smtp, subject, text  # noqa: F401 (fixture)

VIET_NAM = datetime.timezone(datetime.timedelta(hours=7))


def clock(hours):
    return (datetime.datetime.now(VIET_NAM) + datetime.timedelta(hours=hours)).strftime("%H:%M")


def route(site, quiet_from, quiet_to, **more):
    words = {"least-level": 2, "emails": "truc@example.vn", "quiet-from": quiet_from, "quiet-to": quiet_to, "escalate-minutes": 30, **more}
    site.cli("alert", "route_save", *(part for name, value in words.items() for part in (f"--{name}", value)))


def raised(site, title, level):
    return site.cli("alert", "add", title, "Nơi khác", level)["code"]


def older(site, code, minutes):
    with sqlite3.connect(site.home / "ungcuu.db", timeout=10) as store:
        store.execute("UPDATE alert SET created_ms = created_ms - ? WHERE code = ?", (minutes * 60000, code))


@pytest.fixture
def site(home_site, smtp):  # noqa: F811
    home_site.jobs()
    for key, value in (("mail.smtp_url", f"smtp://127.0.0.1:{smtp.port}"), ("mail.from", "ung-cuu@example.vn"), ("mail.plain", "1")):
        home_site.cli("setting", "change", key, "--value", value)
    smtp.taken.clear()
    return home_site


def test_told_once_by_level(site, smtp):  # noqa: F811
    route(site, "00:00", "00:00")
    low, high = raised(site, "Chuyện nhỏ", 1), raised(site, "Chuyện lớn", 3)
    run_job(site, "alert.tell")
    assert [to for to, _ in smtp.taken] == ["truc@example.vn"]
    assert subject(smtp.taken[0][1]) == "[Cao] 1 cảnh báo mới: Chuyện lớn"
    assert high in text(smtp.taken[0][1]) and low not in text(smtp.taken[0][1])
    run_job(site, "alert.tell")
    assert len(smtp.taken) == 1


def test_quiet_hours_hold_all_but_critical(site, smtp):  # noqa: F811
    route(site, clock(-1), clock(1))
    held, loud = raised(site, "Chờ đến sáng", 3), raised(site, "Không chờ được", 4)
    run_job(site, "alert.tell")
    assert len(smtp.taken) == 1 and loud in text(smtp.taken[0][1]) and held not in text(smtp.taken[0][1])
    route(site, clock(2), clock(3))
    run_job(site, "alert.tell")
    assert len(smtp.taken) == 2 and held in text(smtp.taken[1][1])


def test_nobody_looks(site, smtp):  # noqa: F811
    site.cli("account", "add", "--login", "truong", "--name", "Trưởng", "--role", "leader", "--email", "truong@example.vn")
    route(site, "00:00", "00:00", emails="")
    looked, alone = raised(site, "Đã có người xem", 4), raised(site, "Chưa ai xem", 3)
    site.cli("alert", "take", looked)
    for code in (looked, alone):
        older(site, code, 31)
    run_job(site, "alert.tell")
    assert [to for to, _ in smtp.taken] == ["truong@example.vn"]
    assert subject(smtp.taken[0][1]).endswith("cảnh báo chưa ai xem: Chưa ai xem") and looked not in text(smtp.taken[0][1])
    run_job(site, "alert.tell")
    assert len(smtp.taken) == 1


def test_many_that_are_not_mailed_hide_no_other(site, smtp):  # noqa: F811
    route(site, "00:00", "00:00")
    low = raised(site, "Chuyện nhỏ lặp lại", 1)
    with sqlite3.connect(site.home / "ungcuu.db", timeout=10) as store:
        columns = [row[1] for row in store.execute("PRAGMA table_info(alert)")]
        copied = ", ".join({"id": "'a' || n || id", "code": "code || '-' || n"}.get(name, name) for name in columns)
        store.execute(f"WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 300) "
                      f"INSERT INTO alert ({', '.join(columns)}) SELECT {copied} FROM alert, many WHERE code = ?", (low,))
    commune = site.cli("org", "add", "--name", "UBND xã Sau", "--kind", "xa", "--parent", site.body)["id"]
    other = site.cli("alert", "add", "Chuyện lớn nơi khác", "Nơi khác", 4, "--at", commune)["code"]
    run_job(site, "alert.tell")
    assert any(other in text(message) for _, message in smtp.taken)
