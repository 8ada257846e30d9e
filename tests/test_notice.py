"""Notices that go out by e-mail from a case: sent once or known as unknown, whatever the mail server and the machine do."""
import html
import os
import signal
import sqlite3
import subprocess
import threading
import time

import pytest

from site_fixtures import PROGRAM
from smtp_fixtures import Post, subject, words
from test_conditions import shifted_clock  # noqa: F401 (a fixture)


def store(site, statement, *values):
    with sqlite3.connect(site.home / "ungcuu.db", timeout=10) as found:
        return found.execute(statement, values).fetchall()


def wake(site):
    """A minute and more has passed: what was put off is due, and the jobs of every minute run."""
    store(site, "UPDATE incident_delivery SET next_ms = 1 WHERE state = 'waiting'")
    store(site, "DELETE FROM job WHERE name = 'incident.deliver'")
    site.jobs()
    assert set(store(site, "SELECT state, last_error FROM job WHERE name = 'incident.deliver'")) == {("done", None)}


def set_in_server(site, key, value):
    """Where it runs: it reads its settings at the start and when they are changed there."""
    answer = site.admin().post("/api/cai-dat/doi", {"key": key, "value": value})
    assert answer.status == 200, answer.text


@pytest.fixture(scope="module")
def mailed(quiet_site):
    site, post = quiet_site, Post()
    site.jobs()
    for key, value in (("mail.smtp_url", f"smtp://127.0.0.1:{post.port}"), ("mail.from", "ung-cuu@example.vn"), ("mail.plain", "1")):
        set_in_server(site, key, value)
    site.post = post
    yield site
    site.post.stop()


def set_mail(site, url):
    set_in_server(site, "mail.smtp_url", url)


@pytest.fixture
def post(mailed):
    mailed.post.answers, mailed.post.at = {}, {}
    mailed.post.taken.clear()
    mailed.post.seen.clear()
    yield mailed.post
    mailed.post.answers, mailed.post.at = {}, {}
    store(mailed, "UPDATE incident_delivery SET state = 'stopped' WHERE state = 'waiting'")


def begin(site, verified=True, detected="2026-02-03T08:00:00+07:00"):
    code = site.cli("incident", "add", "--source", "phone", "--description", "Máy chủ tệp bị mã hóa, màn hình đòi tiền.",
                    "--title", "Mã hóa máy chủ tệp", "--detected", detected, "--told", detected, "--name", "Lê Hạnh", "--phone", "0912 345 678")["code"]
    if verified:
        site.cli("incident", "verify-sender", code, "--how", "known_number", "--note", "gọi số trong danh bạ")
        site.cli("incident", "confirm", code)
    site.cli("incident", "party", code, "--actor", "DPQG", "--name", "Trung tâm An ninh mạng quốc gia",
             "--contact", "024 000 000, ung-cuu@dieu-phoi.example.vn")
    site.cli("incident", "party", code, "--actor", "CT", "--name", "Công an tỉnh Thử", "--contact", "pa05@tinh.example.vn")
    return code


def view(site, code):
    return site.cli("incident", "view", code)


def notice_of(site, code, receiver="DPQG", clock="notice"):
    return next(n for n in view(site, code)["notices"] if n["clock"] == clock and n["receiver"] == receiver)


def send(site, code, to="DPQG", **more):
    notice = notice_of(site, code, to)
    extra = [word for name, value in more.items() for word in ("--" + name, value)]
    return site.cli("incident", "notice-mail", code, notice["id"], "--to", to, *extra)


def delivery(site, code, receiver="DPQG"):
    return notice_of(site, code, receiver)["deliveries"][-1]


def log(site, code):
    return [row["text"] for row in view(site, code)["log"]["lines"]]


def test_preview_tells_who_and_what(mailed):
    code = begin(mailed)
    notice = notice_of(mailed, code)
    shown = mailed.cli("incident", "notice-preview", code, notice["id"])
    known = {row["receiver"]: row for row in shown["recipients"]}
    assert known["DPQG"]["address"] == "ung-cuu@dieu-phoi.example.vn" and known["DPQG"]["ground"] == "ghi ở sự cố này"
    assert known["CT"]["address"] == "pa05@tinh.example.vn"
    chosen = [row for row in shown["recipients"] if row["chosen"]]
    assert shown["count"] == len(chosen) and shown["submit"] == f"Gửi cho {len(chosen)} nơi"
    assert shown["subject"].startswith("[TBSC] ") and code in shown["subject"] and code in shown["text"] and "Mã hóa máy chủ tệp" in shown["text"]
    one = mailed.cli("incident", "notice-preview", code, notice["id"], "--to", "CT", "--more", "a@b.vn, c@d.vn")
    assert one["submit"] == "Gửi cho 3 nơi"
    page = mailed.admin().get(f"/su-co/{code}/thong-bao/{notice['id']}/thu?chosen=1&to=CT").text
    assert "Gửi cho 1 nơi" in page and page.count('name="to" value="CT"') == 2 and "[TBSC]" in page


def test_address_from_the_directory_and_from_an_earlier_case(mailed):
    begin(mailed)
    code = mailed.cli("incident", "add", "--source", "monitoring", "--description", "Máy trạm bị mã hóa dữ liệu.", "--detected",
                      "2026-02-04T08:00:00+07:00")["code"]
    mailed.cli("incident", "confirm", code)
    mailed.cli("incident", "party", code, "--actor", "CT", "--name", "Công an tỉnh Thử")
    notice = notice_of(mailed, code)
    known = {row["receiver"]: row for row in mailed.cli("incident", "notice-preview", code, notice["id"])["recipients"]}
    assert known["CT"]["address"] == "pa05@tinh.example.vn" and "SC-2026-" in known["CT"]["ground"]
    unit = mailed.cli("org", "add", "--name", "Công an tỉnh Mới", "--kind", "so", "--parent", mailed.body)["id"]
    mailed.cli("contact", "add", unit, "--kind", "duty", "--name", "Trực ban hình sự", "--email", "truc@cong-an.example.vn")
    mailed.cli("incident", "party", code, "--actor", "CT", "--name", "công an tỉnh mới")
    known = {row["receiver"]: row for row in mailed.cli("incident", "notice-preview", code, notice["id"])["recipients"]}
    assert known["CT"]["address"] == "truc@cong-an.example.vn" and known["CT"]["ground"] == "danh bạ: Trực ban hình sự"


def test_sent_with_its_papers_and_recorded(mailed, post):
    code = begin(mailed)
    notice = notice_of(mailed, code)
    form = mailed.cli("incident", "paper-save", code, "--form", "thong-bao", "--fields", "{}")
    paper = form["paper"]
    answer = mailed.cli("incident", "notice-mail", code, notice["id"], "--to", "DPQG", "--to", "CT", "--attach", paper + ".pdf", "--attach", paper + ".docx")
    assert answer["count"] == 2
    assert delivery(mailed, code)["state_name"] == "waiting" and notice_of(mailed, code)["state"]["label"] == "Đang gửi"
    mailed.jobs()
    told = dict(post.taken)
    assert sorted(told) == ["pa05@tinh.example.vn", "ung-cuu@dieu-phoi.example.vn"] and len(post.taken) == 2
    text, files = words(told["pa05@tinh.example.vn"])
    assert subject(told["pa05@tinh.example.vn"]).startswith("[TBSC]") and code in text
    assert sorted(files) == [f"{code}-thong-bao.docx", f"{code}-thong-bao.pdf"]
    assert files[f"{code}-thong-bao.pdf"].startswith(b"%PDF-") and files[f"{code}-thong-bao.docx"].startswith(b"PK")
    sent = delivery(mailed, code)
    assert sent["state_name"] == "sent" and "7K4M" in sent["answer"] and sent["ended"]
    assert told["ung-cuu@dieu-phoi.example.vn"]["Message-ID"] == f"<{sent['message_id']}>"
    kept = notice_of(mailed, code)
    assert not kept["unsent"] and kept["channel"] == "thư điện tử" and sent["message_id"] in kept["proof"]
    assert view(mailed, code)["facts"]["notice_sent_at"]
    assert any(line.startswith("Đã gửi đến Trung tâm An ninh mạng quốc gia <ung-cuu@dieu-phoi.example.vn> qua thư điện tử") for line in log(mailed, code))
    mailed.jobs()
    wake(mailed)
    assert len(post.taken) == 2
    entries = [row for row in mailed.cli("audit", "list")["rows"] if "incident.deliver" in str(row)]
    assert len(entries) >= 4 and mailed.cli("audit", "verify")["whole"] is True


def test_nobody_is_told_before_the_sender_was_asked_back(mailed, post):
    code = begin(mailed, verified=False)
    notice = notice_of(mailed, code)
    refused = mailed.run("incident", "notice-mail", code, notice["id"], "--to", "CT")
    assert refused.returncode == 6 and "Chưa xác minh người báo" in refused.stderr
    assert "Chưa xác minh" in mailed.cli("incident", "notice-preview", code, notice["id"])["against"]
    assert notice_of(mailed, code)["deliveries"] == []


def test_refused_input(mailed, post):
    code = begin(mailed)
    notice = notice_of(mailed, code)["id"]
    person = mailed.admin()
    path = f"/api/su-co/{code}/thong-bao/{notice}/thu"
    assert person.post(path, {"to": ["BCDQG"]}).status == 422  # no address
    assert person.post(path, {"to": ["CT"], "more": "a@b.vn\r\nBcc: c@d.vn"}).status == 422
    assert person.post(path, {"to": ["CT"], "attach": ["khong-co.pdf"]}).status == 422
    other = begin(mailed)
    assert person.post(f"/api/su-co/{other}/thong-bao/{notice}/thu", {"to": ["CT"]}).status == 404
    assert notice_of(mailed, code)["deliveries"] == []
    assert person.post(path, {"to": ["CT"], "subject": "[TBSC] a\r\nBcc: x@y.vn", "text": "Nội dung đủ dài."}).status in (200, 422)
    mailed.jobs()
    assert [to for to, _ in post.taken if to != "pa05@tinh.example.vn"] == []
    assert all(message["Bcc"] is None for _, message in post.taken)


def test_a_day_without_a_mail_server(mailed, post):
    code = begin(mailed)
    port = post.port
    send(mailed, code)
    post.stop()
    mailed.jobs()
    waits = delivery(mailed, code)
    assert waits["state_name"] == "waiting" and waits["attempts"] == 1 and waits["next"] and "sẽ thử lại" in waits["answer"]
    assert waits["state"]["label"] == "Chưa gửi được" and notice_of(mailed, code)["unsent"]
    page = mailed.admin().get(f"/su-co/{code}").text
    assert "thử lại lúc" in page and waits["next"] in page
    notice = notice_of(mailed, code)
    other = mailed.admin().get(f"/su-co/{code}/thong-bao/{notice['id']}/thu").text
    assert "Đánh dấu đã gửi" in other and "Gửi không thành" in other and notice["text"] in html.unescape(other)
    waited = []
    for _ in range(9):  # each a longer pause than the one before, up to an hour
        wake(mailed)
        (next_ms, now_ms), = store(mailed, "SELECT next_ms, (julianday('now') - 2440587.5) * 86400000 FROM incident_delivery ORDER BY created_ms DESC LIMIT 1")
        waited.append(round((next_ms - now_ms) / 60000))
    assert waited == [2, 4, 8, 16, 32, 60, 60, 60, 60]
    assert sum("Chưa gửi được thư" in line for line in log(mailed, code)) == 1
    mailed.post = Post(port)
    wake(mailed)
    assert [to for to, _ in mailed.post.taken] == ["ung-cuu@dieu-phoi.example.vn"]
    assert delivery(mailed, code)["state_name"] == "sent"


@pytest.mark.parametrize("stage, answer", [("RCPT", "450 hop thu ban"), ("DATA", "451 thu lai sau"), (".", "452 het cho")])
def test_busy_server_is_tried_again(mailed, post, stage, answer):
    code = begin(mailed)
    post.answers = {stage: answer}
    send(mailed, code)
    mailed.jobs()
    assert delivery(mailed, code)["state_name"] == "waiting" and not post.taken
    post.answers = {}
    wake(mailed)
    assert len(post.taken) == 1 and delivery(mailed, code)["state_name"] == "sent"


@pytest.mark.parametrize("stage, answer", [("RCPT", "550 khong co nguoi nay"), (".", "554 bi loc")])
def test_refused_for_good_offers_other_ways(mailed, post, stage, answer):
    code = begin(mailed)
    post.answers = {stage: answer}
    send(mailed, code)
    mailed.jobs()
    failed = delivery(mailed, code)
    assert failed["state_name"] == "failed" and answer[:3] in failed["answer"] and notice_of(mailed, code)["state"]["label"] == "Gửi lỗi"
    wake(mailed)
    assert len(post.seen) <= 1 and not post.taken
    assert any("Gửi thư không thành" in line for line in log(mailed, code))
    page = mailed.admin().get(f"/su-co/{code}").text
    assert "Gửi lỗi" in page and "Gửi lại ngay" in page
    mailed.cli("incident", "notice-send", code, notice_of(mailed, code)["id"], "--channel", "zalo", "--recipient", "Trực ban", "--proof", "Tin nhắn đã xem 08:40")
    kept = notice_of(mailed, code)
    assert kept["channel"] == "Zalo" and kept["state"]["name"] == "sent"


def test_silent_server_holds_nobody_up(mailed, post):
    """It takes the connection and says nothing: one waits for it, the others are put off with it."""
    code = begin(mailed)
    post.answers = {"hello": None}
    send(mailed, code, "DPQG")
    send(mailed, code, "CT")
    began = time.monotonic()
    mailed.jobs()
    assert time.monotonic() - began < 45
    assert {delivery(mailed, code, receiver)["state_name"] for receiver in ("DPQG", "CT")} == {"waiting"}
    assert delivery(mailed, code, "CT")["attempts"] == 1
    post.released.set()
    post.answers = {}
    wake(mailed)
    assert len(post.taken) == 2, [(row["state_name"], row["answer"], row["attempts"], row["next"]) for row in (delivery(mailed, code, "DPQG"), delivery(mailed, code, "CT"))]


def test_silence_after_the_text_is_unknown(mailed, post):
    code = begin(mailed)
    post.answers = {".": None}
    threading.Timer(2, post.released.set).start()  # then the connection breaks
    post.released.clear()
    send(mailed, code)
    mailed.jobs()
    assert len(post.seen) == 1
    assert delivery(mailed, code)["state_name"] == "unknown" and notice_of(mailed, code)["state"]["label"] == "Không rõ"
    post.answers = {}
    wake(mailed)
    assert len(post.seen) == 1


# --- kill -9 ---

def killed(site, post, stage, answered):
    """The jobs process is killed when the server is at that stage; `answered`: after the answer is on its way."""
    reached, process = threading.Event(), []

    def stop():
        os.kill(process[0].pid, signal.SIGSTOP)
        if not answered:
            os.kill(process[0].pid, signal.SIGKILL)
        reached.set()

    post.at = {stage: stop}
    process.append(subprocess.Popen([PROGRAM, "jobs", "--home", str(site.home)]))
    assert reached.wait(30)
    time.sleep(0.3)  # an answer is in the socket's buffer now
    os.kill(process[0].pid, signal.SIGKILL)
    assert process[0].wait(10) == -signal.SIGKILL
    post.at = {}


@pytest.mark.parametrize("answered", [False, True])
def test_kill_9_between_sending_and_recording(mailed, post, answered):
    code = begin(mailed)
    send(mailed, code)
    killed(mailed, post, ".", answered)
    assert len(post.seen) == 1
    assert delivery(mailed, code)["state_name"] == "sending"
    mailed.jobs()  # the next worker finds it when it begins
    lost = delivery(mailed, code)
    assert lost["state_name"] == "unknown" and lost["state"]["label"] == "Không rõ, kiểm tra với nơi nhận"
    assert notice_of(mailed, code)["unsent"] and notice_of(mailed, code)["state"]["label"] == "Không rõ"
    assert any("Không rõ thư đến" in line for line in log(mailed, code))
    for _ in range(3):
        wake(mailed)
    assert len(post.seen) == 1, "never silently twice"
    page = mailed.admin().get(f"/su-co/{code}").text
    assert "Không rõ, kiểm tra với nơi nhận" in page and "Nơi nhận nói đã nhận" in page
    if answered:
        mailed.cli("incident", "delivery-sent", code, lost["id"], "--proof", "Ông Nam, trực ban, 09:10")
        kept = notice_of(mailed, code)
        assert kept["state"]["name"] == "sent" and "Ông Nam" in kept["proof"] and len(post.seen) == 1
        assert mailed.run("incident", "delivery-sent", code, lost["id"], "--proof", "lần hai").returncode == 6
    else:
        mailed.cli("incident", "delivery-again", code, lost["id"])
        mailed.jobs()
        assert len(post.seen) == 2 and post.seen[1][1]["Message-ID"] == post.seen[0][1]["Message-ID"]
        assert delivery(mailed, code)["state_name"] == "sent" and notice_of(mailed, code)["state"]["name"] == "sent"
    assert mailed.cli("audit", "verify")["whole"] is True


@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
def test_kill_9_before_the_text_went_out(mailed, post, stage):
    """Nothing was sent, so it is sent: once, by whoever comes next."""
    code = begin(mailed)
    send(mailed, code)
    killed(mailed, post, stage, answered=False)
    assert not post.seen and delivery(mailed, code)["state_name"] == "waiting"
    wake(mailed)
    assert len(post.taken) == 1 and len(post.seen) == 1 and delivery(mailed, code)["state_name"] == "sent"


def test_two_workers_send_once(mailed, post):
    code = begin(mailed)
    send(mailed, code)
    store(mailed, "DELETE FROM job WHERE name = 'incident.deliver'")
    both = threading.Barrier(2, timeout=20)
    post.at = {"RCPT": both.wait}  # both have found it due
    workers = [subprocess.Popen([PROGRAM, "jobs", "--once", "--home", str(mailed.home)])]
    time.sleep(1)  # the first has taken its job and waits at RCPT
    store(mailed, "INSERT INTO job (id, name, payload, state, run_at_ms, created_ms) VALUES ('zweit', 'incident.deliver', '{}', 'waiting', 1, 1)")
    workers.append(subprocess.Popen([PROGRAM, "jobs", "--once", "--home", str(mailed.home)]))
    assert [worker.wait(60) for worker in workers] == [0, 0]
    assert len(post.taken) == 1 and delivery(mailed, code)["state_name"] == "sent"


def test_stopped_mail_is_not_sent_later(mailed, post):
    code = begin(mailed)
    send(mailed, code)
    waits = delivery(mailed, code)
    mailed.cli("incident", "delivery-stop", code, waits["id"], "--reason", "Đã gọi điện thay")
    wake(mailed)
    assert not post.seen and delivery(mailed, code)["state_name"] == "stopped"
    assert any("Đã gọi điện thay" in line for line in log(mailed, code))


def test_without_a_mail_server_the_page_says_so(mailed):
    code = begin(mailed)
    set_mail(mailed, "")
    try:
        notice = notice_of(mailed, code)["id"]
        assert "Chưa đặt máy chủ thư" in mailed.cli("incident", "notice-preview", code, notice)["against"]
        assert mailed.run("incident", "notice-mail", code, notice, "--to", "CT").returncode == 6
    finally:
        set_mail(mailed, f"smtp://127.0.0.1:{mailed.post.port}")


def test_text_to_copy_for_every_notice(mailed):
    code = begin(mailed)
    case = view(mailed, code)
    assert all(code in notice["text"] for notice in case["notices"] if notice["state"]["name"] != "void")
    for notice in case["notices"]:
        if notice["unsent"]:
            page = mailed.admin().get(f"/su-co/{code}/thong-bao/{notice['id']}/thu").text
            assert page.count("data-copy>") == 1 and html.unescape(page).count(notice["text"]) >= 1


def test_a_changed_fact_recomputes_and_keeps_what_was(mailed, post):
    code = begin(mailed)
    first = notice_of(mailed, code)
    send(mailed, code, "CT")
    mailed.jobs()
    sent = notice_of(mailed, code, "CT")
    mailed.cli("incident", "classify", code, "--detected-at", "2026-02-02T09:00:00+07:00", "--level", "4", "--reason", "Nhật ký cho thấy sớm hơn")
    after = notice_of(mailed, code)
    assert first["due"]["day"] == "08:00 08/02/2026" and after["due"]["day"] == "09:00 07/02/2026" and after["id"] == first["id"]
    kept = notice_of(mailed, code, "CT")
    assert kept["sent"] == sent["sent"] and kept["proof"] == sent["proof"] and kept["deliveries"] == sent["deliveries"]
    newest, before = view(mailed, code)["assessments"][:2]
    facts = {row["label"]: row for row in newest["shown_facts"]}
    assert facts["Phát hiện"]["value"] == "09:00 02/02/2026" and facts["Phát hiện"]["was"] == "08:00 03/02/2026"
    assert facts["Cấp độ"]["value"] == "4" and facts["Cấp độ"]["was"] == "chưa rõ" and newest["reason"] == "Nhật ký cho thấy sớm hơn"
    changed = {row["due"]: row["was"] for row in newest["shown_clocks"] if row["was"]}
    assert changed["09:00 07/02/2026"] == "08:00 08/02/2026"
    assert before["facts"]["detected_at"] == "2026-02-03T08:00:00+07:00"
    assert sum("Hạn đổi từ 08:00 08/02/2026 sang 09:00 07/02/2026" in line for line in log(mailed, code)) >= 2
    mailed.cli("incident", "decide", code, "--level", "nghiem-trong", "--reason", "Lãnh đạo quyết định")
    serious = view(mailed, code)["assessments"][0]
    assert {row["label"]: row for row in serious["shown_facts"]}["Mức"]["was"] == "thông thường"
    assert any(row["added"] or row["gone"] or row["was"] for row in serious["shown_clocks"])
    page = mailed.admin().get(f"/su-co/{code}").text
    assert "trước là" in page and "08:00 08/02/2026" in page


def test_clock_set_back_puts_nothing_off(mailed, post, shifted_clock):  # noqa: F811
    """What was put off by a clock that ran ahead is not put off for as long as it was ahead."""
    code = begin(mailed)
    post.answers = {"RCPT": "450 hop thu ban"}
    send(mailed, code)
    shifted_clock(86400)
    mailed.jobs()
    assert delivery(mailed, code)["attempts"] == 1
    post.answers = {}
    shifted_clock(0)
    mailed.jobs()
    assert delivery(mailed, code)["state_name"] == "sent" and len(post.taken) == 1


def test_only_who_may_and_only_ones_own(mailed, post):
    code = begin(mailed)
    send(mailed, code)
    waits, notice = delivery(mailed, code)["id"], notice_of(mailed, code)["id"]
    other = mailed.cli("org", "add", "--name", "UBND xã Khác", "--kind", "xa", "--parent", mailed.body)["id"]
    for login, role, body, status in (("xem.thu", "viewer", mailed.body, 403), ("can.bo.khac", "officer", other, 404)):
        mailed.cli("account", "add", "--login", login, "--name", "Người Thử", "--role", role, "--body", body, "--password-stdin",
                   stdin="gió mùa thu hà nội")
        person = mailed.person(login, "gió mùa thu hà nội")
        assert person.get(f"/api/su-co/{code}/thong-bao/{notice}/thu").status == status
        assert person.post(f"/api/su-co/{code}/thong-bao/{notice}/thu", {"to": ["CT"]}).status == status
        assert person.post(f"/api/su-co/{code}/thu/{waits}/gui-lai").status == status
        assert person.post(f"/api/su-co/{code}/thu/{waits}/da-nhan", {"proof": "nói là đã nhận"}).status == status
        assert person.post(f"/api/su-co/{code}/thu/{waits}/thoi", {"reason": "không gửi nữa"}).status == status
    assert mailed.admin().post(f"/api/su-co/{begin(mailed)}/thu/{waits}/thoi", {"reason": "thư của hồ sơ khác"}).status == 404
    assert delivery(mailed, code)["state_name"] == "waiting"
