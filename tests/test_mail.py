"""Mail against a small SMTP server: reminders, late duties told upward, a server that is down and comes back."""
import base64
import datetime
import email
import email.header
import socket
import sqlite3
import threading

import pytest


class Smtp(threading.Thread):
    """Takes everything, but for recipients that begin with "khong.co" and while `busy`."""

    def __init__(self, port=0):
        super().__init__(daemon=True)
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("127.0.0.1", port))
        self.socket.listen()
        self.port, self.taken, self.busy = self.socket.getsockname()[1], [], False
        self.start()

    def run(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as wire:
                try:
                    self.talk(wire)
                except OSError:
                    pass

    def talk(self, wire):
        def say(text):
            wire.write(text.encode() + b"\r\n")
            wire.flush()

        to = None
        say("220 thu.example.vn")
        while line := wire.readline():
            word = line.split()[0].upper() if line.split() else b""
            if word == b"RCPT":
                to = line.decode().split("<")[1].split(">")[0]
                say("450 busy" if self.busy else "550 no such user" if to.startswith("khong.co") else "250 ok")
            elif word == b"DATA":
                say("354 go on")
                data = b""
                while (part := wire.readline()) != b".\r\n":
                    data += part[1:] if part.startswith(b".") else part
                self.taken.append((to, email.message_from_bytes(data)))
                say("250 ok")
            elif word == b"QUIT":
                say("221 bye")
                return
            else:
                say("250 ok")

    def stop(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.join()


def subject(message):
    return str(email.header.make_header(email.header.decode_header(message["Subject"])))


def text(message):
    return base64.b64decode(message.get_payload()).decode()


def day(offset):
    now = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=7)))
    return (now + datetime.timedelta(days=offset)).strftime("%Y-%m-%d")


def run_job(site, name):
    with sqlite3.connect(site.home / "ungcuu.db", timeout=10) as store:
        store.execute("DELETE FROM job WHERE name = ?", (name,))
        store.execute("INSERT INTO job (id, name, payload, state, run_at_ms, created_ms) VALUES (?, ?, '{}', 'waiting', 1, 1)",
                      ("test-" + name, name))
    site.jobs()
    site.jobs()  # what the first has put into the outbox


def wake(site):
    """What was put off until later is due now."""
    with sqlite3.connect(site.home / "ungcuu.db", timeout=10) as store:
        store.execute("UPDATE job SET run_at_ms = 1, lease_until_ms = 0 WHERE name = 'mail.send' AND state = 'waiting'")
    site.jobs()


@pytest.fixture(scope="module")
def smtp():
    server = Smtp()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def mailed(home_site, smtp):
    site = home_site
    site.jobs()  # the daily jobs have had their turn
    for key, value in (("mail.smtp_url", f"smtp://127.0.0.1:{smtp.port}"), ("mail.from", "ung-cuu@example.vn"), ("mail.plain", "1")):
        site.cli("setting", "change", key, "--value", value)
    return site


def test_nothing_waits_without_a_server(home_site):
    done = home_site.run("mail", "test", "lan@example.vn")
    assert done.returncode == 6
    assert home_site.cli("mail", "list")["waiting"] == 0


def test_one_message(mailed, smtp):
    mailed.cli("mail", "test", "lan@example.vn")
    mailed.jobs()
    to, message = smtp.taken.pop()
    assert to == "lan@example.vn" and not smtp.taken
    assert subject(message) == "Thư thử từ hệ thống Ứng Cứu"
    assert message["From"] == "<ung-cuu@example.vn>" and message["Message-ID"]
    assert "máy chủ thư đã được đặt đúng" in text(message)
    assert mailed.cli("mail", "list")["rows"][0]["state"]["label"] == "Đã gửi"


def test_down_then_up_loses_nothing(mailed, smtp):
    port = smtp.port
    smtp.stop()
    mailed.cli("mail", "test", "mai@example.vn")
    mailed.jobs()
    listed = mailed.cli("mail", "list")
    assert listed["waiting"] == 1 and "sẽ thử lại" in listed["rows"][0]["note"]
    wake(mailed)
    assert mailed.cli("mail", "list")["waiting"] == 1
    smtp.__init__(port)
    wake(mailed)
    assert [to for to, _ in smtp.taken] == ["mai@example.vn"]
    assert mailed.cli("mail", "list")["waiting"] == 0
    smtp.taken.clear()


def test_busy_waits_and_refusal_is_told(mailed, smtp):
    smtp.busy = True
    mailed.cli("mail", "test", "ban@example.vn")
    mailed.jobs()
    assert mailed.cli("mail", "list")["waiting"] == 1
    smtp.busy = False
    wake(mailed)
    assert [to for to, _ in smtp.taken] == ["ban@example.vn"]
    smtp.taken.clear()
    mailed.cli("mail", "test", "khong.co@example.vn")
    mailed.jobs()
    row = mailed.cli("mail", "list")["rows"][0]
    assert row["state"]["label"] == "Chưa gửi được" and "550" in row["note"] and not smtp.taken
    assert mailed.cli("job", "list", "--state", "loi")["rows"][0]["name"] == "mail.send"


def test_reminders_once_a_day(mailed, smtp):
    site = mailed
    unit = site.cli("org", "add", "--name", "Phòng Văn hóa", "--kind", "don-vi", "--parent", site.body)["id"]
    site.cli("contact", "add", unit, "--kind", "focal", "--name", "Lê Đầu Mối", "--email", "dau-moi@example.vn",
             "--phone", "0900 000 000")
    person = site.cli("account", "add", "--login", "lan", "--name", "Trần Lan", "--role", "officer", "--email", "lan@example.vn")["id"]
    for title, due, lead, assignee in (("Rà quét lỗ hổng", day(-3), unit, person), ("Diễn tập", day(2), unit, person),
                                       ("Báo cáo quý", day(5), unit, None), ("Việc còn xa", day(30), unit, person)):
        duty = site.cli("duty", "add", "--title", title, "--due", due, "--lead", unit)["id"]
        if assignee:
            site.cli("duty", "assign", duty, "--assignee", assignee)
    run_job(site, "duty.remind")
    told = {to: message for to, message in smtp.taken}
    assert sorted(told) == ["dau-moi@example.vn", "lan@example.vn"] and len(smtp.taken) == 2
    assert subject(told["lan@example.vn"]) == "Nhắc việc: 01 nhiệm vụ quá hạn, 01 sắp đến hạn"
    body = text(told["lan@example.vn"])
    assert "Rà quét lỗ hổng" in body and "Diễn tập" in body and "Việc còn xa" not in body and "Báo cáo quý" not in body
    assert "Báo cáo quý" in text(told["dau-moi@example.vn"])
    smtp.taken.clear()
    run_job(site, "duty.remind")
    assert not smtp.taken
    with sqlite3.connect(site.home / "ungcuu.db", timeout=10) as store:
        store.execute("UPDATE duty_reminder SET day = '2020-01-01' WHERE email = 'lan@example.vn'")
    run_job(site, "duty.remind")
    assert [to for to, _ in smtp.taken] == ["lan@example.vn"]
    smtp.taken.clear()


def test_late_ones_go_up_once(mailed, smtp):
    site = mailed
    site.cli("account", "add", "--login", "lanh.dao", "--name", "Lãnh Đạo", "--role", "leader", "--email", "lanh-dao@example.vn")
    commune = site.cli("org", "add", "--name", "UBND xã Đông", "--kind", "xa", "--parent", site.body)["id"]
    duty = site.cli("duty", "add", "--title", "Kiểm tra sao lưu", "--due", day(-9), "--lead", commune)
    site.cli("duty", "add", "--title", "Mới quá hạn", "--due", day(-6), "--lead", commune)
    run_job(site, "duty.escalate")
    assert [to for to, _ in smtp.taken] == ["lanh-dao@example.vn"]
    assert "Kiểm tra sao lưu" in text(smtp.taken[0][1])
    run_job(site, "duty.escalate")
    assert len(smtp.taken) == 1
    board = site.cli("board", "show")
    section = [row for row in board["sections"] if row["id"] == "bao-len"]
    assert [row["title"] for row in section[0]["table"]["rows"]] == ["Kiểm tra sao lưu"]
    history = site.cli("duty", "view", duty["id"])
    assert "Báo lên cấp trên" in str(history)
    assert site.cli("audit", "verify")["whole"] is True
