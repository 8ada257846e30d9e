"""A report that nobody acknowledges goes up, by the clock, at night too."""
import datetime
import sqlite3

import pytest

from smtp_fixtures import Post, subject, words
from test_conditions import shifted_clock  # noqa: F401 (a fixture)

VIET_NAM = datetime.timezone(datetime.timedelta(hours=7))
PASSWORD = "gió mùa thu hà nội"


@pytest.fixture(scope="module")
def tree(quiet_site):
    """A province with a leader, a commune with one, both with an address."""
    site, post = quiet_site, Post()
    for key, value in (("mail.smtp_url", f"smtp://127.0.0.1:{post.port}"), ("mail.from", "ung-cuu@example.vn"), ("mail.plain", "1")):
        site.cli("setting", "change", key, "--value", value)
    site.commune = site.cli("org", "add", "--name", "UBND xã Bình Minh", "--kind", "xa", "--parent", site.body)["id"]
    for login, body in (("lanh.dao.tinh", site.body), ("lanh.dao.xa", site.commune)):
        site.cli("account", "add", "--login", login, "--name", "Lãnh Đạo " + login[-4:], "--role", "leader", "--body", body,
                 "--email", f"{login}@example.vn", "--password-stdin", stdin=PASSWORD)
    site.post = post
    yield site
    post.stop()


def report(site, text):
    """From the page that everybody may open, to the commune."""
    answer = site.person().post("/api/bao-su-co", {"body": site.commune, "description": text, "phone": "0912 345 678"})
    assert answer.status == 200, answer.text
    with sqlite3.connect(site.home / "ungcuu.db", timeout=10) as store:
        return store.execute("SELECT code FROM incident ORDER BY created_ms DESC LIMIT 1").fetchone()[0]


def after(site, clock, minutes):
    """What the jobs of that minute send."""
    site.post.taken.clear()
    clock(int(minutes * 60))
    with sqlite3.connect(site.home / "ungcuu.db", timeout=10) as store:
        store.execute("DELETE FROM job WHERE name = 'incident.escalate'")
    site.jobs()
    site.jobs()
    clock(0)
    return sorted(to for to, message in site.post.taken if "chưa có người tiếp nhận" in subject(message))


def waiting(site, *words_):
    sections = {row["id"]: row for row in site.cli("board", "show", *words_)["sections"]}
    return [row["url"] for row in sections.get("cho-tiep-nhan", {"table": {"rows": []}})["table"]["rows"]]


def log(site, code):
    return [row["text"] for row in site.cli("incident", "view", code)["log"]["lines"]]


def test_first_the_leader_of_the_body_then_the_level_above(tree, shifted_clock):  # noqa: F811
    code = report(tree, "Màn hình máy bộ phận một cửa đòi tiền.")
    assert waiting(tree, "--at", tree.commune) == [f"/su-co/{code}"] and waiting(tree) == []
    assert after(tree, shifted_clock, 14) == []
    assert after(tree, shifted_clock, 16) == ["lanh.dao.xa@example.vn"]
    text, _ = words(tree.post.taken[-1][1])
    assert code in text and "Màn hình máy bộ phận một cửa đòi tiền" in text and "16 phút trước" in text
    assert waiting(tree) == []
    assert after(tree, shifted_clock, 17) == [] and after(tree, shifted_clock, 29) == []
    assert after(tree, shifted_clock, 31) == ["lanh.dao.tinh@example.vn"]
    assert waiting(tree) == [f"/su-co/{code}"]
    assert after(tree, shifted_clock, 46) == [] and after(tree, shifted_clock, 600) == []
    told = [line for line in log(tree, code) if "báo lên" in line]
    assert len(told) == 2 and any("UBND xã Bình Minh: Bảng trực; thư: Lãnh Đạo o.xa" in line for line in told)
    assert any("UBND tỉnh Thử" in line and "lanh.dao.tinh@example.vn" in line for line in told)
    leader = tree.person("lanh.dao.tinh", PASSWORD)
    assert code in leader.get("/").text and "Tin báo chưa có người tiếp nhận" in leader.get("/").text
    commune = tree.person("lanh.dao.xa", PASSWORD)
    assert commune.post(f"/api/su-co/{code}/tiep-nhan").status == 200
    assert waiting(tree) == [] and waiting(tree, "--at", tree.commune) == []
    entries = [row for row in tree.cli("audit", "list")["rows"] if "incident.escalate" in str(row)]
    assert len(entries) == 2 and tree.cli("audit", "verify")["whole"] is True


def test_at_night_too(tree, shifted_clock):  # noqa: F811
    now = datetime.datetime.now(VIET_NAM)
    night = (now + datetime.timedelta(days=1)).replace(hour=2, minute=30)
    code = report(tree, "Cổng dịch vụ công hiện nội dung lạ lúc nửa đêm.")
    assert after(tree, shifted_clock, (night - now).total_seconds() / 60) == ["lanh.dao.xa@example.vn"]
    assert any(row["at"].startswith("02:30") and "báo lên" in row["text"] for row in tree.cli("incident", "view", code)["log"]["lines"])
    tree.cli("incident", "acknowledge", code)


def test_acknowledged_in_time_tells_nobody(tree, shifted_clock):  # noqa: F811
    code = report(tree, "Thư giả mạo gửi đến văn phòng.")
    tree.cli("incident", "acknowledge", code)
    assert after(tree, shifted_clock, 60) == []
    assert not [line for line in log(tree, code) if "báo lên" in line]


def test_the_wait_is_a_setting_and_the_person_on_duty_is_told_first(tree, shifted_clock):  # noqa: F811
    shown = str(tree.cli("setting", "list"))
    assert "incident.acknowledge_minutes" in shown and "Gợi ý; văn bản không nêu số phút" in shown
    tree.cli("setting", "change", "incident.acknowledge_minutes", "--value", "5")
    begins = datetime.datetime.now(VIET_NAM) - datetime.timedelta(hours=1)
    tree.cli("shift", "add", "--name", "Phạm Văn Phúc", "--phone", "0237 000 0112", "--email", "ca-truc@example.vn", "--from", begins.isoformat(timespec="minutes"),
             "--until", (begins + datetime.timedelta(hours=8)).isoformat(timespec="minutes"), "--at", tree.commune)
    code = report(tree, "Máy trạm chạy chậm, tệp đổi tên.")
    assert after(tree, shifted_clock, 4) == []
    assert after(tree, shifted_clock, 6) == ["ca-truc@example.vn", "lanh.dao.xa@example.vn"]
    tree.cli("incident", "acknowledge", code)
    tree.cli("setting", "change", "incident.acknowledge_minutes", "--value", "15")


def test_without_mail_the_board_and_the_log_have_it(tree, shifted_clock):  # noqa: F811
    tree.cli("setting", "change", "mail.smtp_url", "--value", "")
    code = report(tree, "Mất điện phòng máy chủ.")
    assert after(tree, shifted_clock, 16) == []
    assert any("chưa đặt máy chủ thư, không gửi được thư" in line for line in log(tree, code))
    assert waiting(tree, "--at", tree.commune) == [f"/su-co/{code}"]
