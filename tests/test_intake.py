"""What comes in: a pasted e-mail, the receipt to whoever reported, asking back, and a flood from one source."""
import sqlite3
import threading

import pytest

from smtp_fixtures import Post, subject, words

PASTED = """From: Lê Thị Hạnh <hanh@xa.example.vn>
To: truc@tinh.example.vn
Subject: Máy bộ phận một cửa bị khóa

Từ 7 giờ sáng nay các tệp đều đổi đuôi thành .lockvn, màn hình đòi tiền."""


@pytest.fixture(scope="module")
def mailed(quiet_site):
    site, post = quiet_site, Post()
    for key, value in (("mail.smtp_url", f"smtp://127.0.0.1:{post.port}"), ("mail.from", "ung-cuu@example.vn"), ("mail.plain", "1"),
                       ("incident.reports_per_hour", "15")):
        assert site.admin().post("/api/cai-dat/doi", {"key": key, "value": value}).status == 200
    site.post = post
    yield site
    post.stop()


def view(site, code):
    return site.cli("incident", "view", code)


def last_code(site):
    with sqlite3.connect(site.home / "ungcuu.db", timeout=10) as store:
        return store.execute("SELECT code FROM incident ORDER BY created_ms DESC, id DESC LIMIT 1").fetchone()[0]


def test_pasted_mail_is_read_answered_and_not_believed(mailed):
    code = mailed.cli("incident", "add", "--source", "email", "--description", PASTED, "--detected", "2026-02-03T07:00:00+07:00", "--told",
                      "2026-02-03T08:00:00+07:00")["code"]
    case = view(mailed, code)
    assert case["incident"]["title"] == "Máy bộ phận một cửa bị khóa" and case["reporter"] == "Lê Thị Hạnh"
    assert case["sender_note"].startswith("Không có trong danh bạ") and case["known"] == []
    refused = mailed.run("incident", "confirm", code)
    assert refused.returncode == 6 and "Chưa xác minh người báo" in refused.stderr
    mailed.post.taken.clear()
    mailed.jobs()
    (to, message), = mailed.post.taken
    assert to == "hanh@xa.example.vn" and subject(message).startswith("[TBSC] Đã nhận tin báo sự cố TB-")
    text, files = words(message)
    assert "lockvn" not in text and "TB-" in text and not files, "nothing of the report: the address may be anybody's"
    receipt = next(n for n in view(mailed, code)["notices"] if n["clock"] == "confirm_receipt")
    assert not receipt["unsent"] and receipt["deliveries"][0]["state_name"] == "sent" and receipt["deliveries"][0]["address"] == "hanh@xa.example.vn"
    mailed.cli("incident", "verify-sender", code, "--how", "second_channel", "--note", "Zalo của Văn phòng UBND xã")
    mailed.cli("incident", "confirm", code)
    told = [row["text"] for row in view(mailed, code)["log"]["lines"]]
    assert any("hỏi lại qua kênh thứ hai: Zalo của Văn phòng UBND xã" in line for line in told)


def test_typed_words_go_before_pasted_ones(mailed):
    code = mailed.cli("incident", "add", "--source", "email", "--description", PASTED, "--title", "Tên do cán bộ đặt", "--name", "Ông Nam", "--email",
                      "nam@tinh.example.vn", "--detected", "2026-02-03T07:00:00+07:00")["code"]
    case = view(mailed, code)
    assert case["incident"]["title"] == "Tên do cán bộ đặt" and case["reporter"] == "Ông Nam"
    phone = mailed.cli("incident", "add", "--source", "phone", "--description", PASTED, "--detected", "2026-02-03T07:00:00+07:00")["code"]
    assert view(mailed, phone)["reporter"] is None, "only what came by e-mail is read as e-mail"
    mailed.jobs()


def test_reporter_in_the_directory_is_called_at_the_known_number(mailed):
    unit = mailed.cli("org", "add", "--name", "UBND xã Đông", "--kind", "xa", "--parent", mailed.body)["id"]
    mailed.cli("contact", "add", unit, "--kind", "focal", "--name", "Trần Văn Đông", "--phone", "0912 345 999", "--email", "Dong@xa.example.vn")
    by_mail = mailed.cli("incident", "add", "--source", "email", "--description", PASTED.replace("hanh@", "dong@"), "--detected", "2026-02-03T07:00:00+07:00")
    assert [row["phone"] for row in view(mailed, by_mail["code"])["known"]] == ["0912 345 999"]
    by_phone = mailed.cli("incident", "add", "--source", "phone", "--description", "Máy bị khóa.", "--phone", "0912.345.999", "--detected",
                          "2026-02-03T07:00:00+07:00")
    case = view(mailed, by_phone["code"])
    assert [row["name"] for row in case["known"]] == ["Trần Văn Đông"] and case["sender_note"].startswith("Có trong danh bạ")
    assert "Trần Văn Đông" in mailed.admin().get(f"/su-co/{by_phone['code']}").text
    mailed.jobs()


def test_public_reporter_with_an_address_gets_a_receipt_and_nobody_is_flooded(mailed):
    mailed.post.taken.clear()
    stranger = mailed.person()
    for number in range(5):
        answer = stranger.post("/api/bao-su-co", {"description": f"Thư giả mạo số {number}", "phone": "0912 000 111", "email": "nan-nhan@example.vn"})
        assert answer.status == 200
    mailed.jobs()
    assert [to for to, _ in mailed.post.taken] == ["nan-nhan@example.vn"] * 3
    assert any("Không gửi thư xác nhận" in row["text"] for row in view(mailed, last_code(mailed))["log"]["lines"])


def test_a_flood_from_one_source(mailed):
    """What one source may send in an hour is counted where it is kept; the others and the duty officer get through."""
    codes, lock = [], threading.Lock()

    def flood(number):
        answer = mailed.person().post("/api/bao-su-co", {"description": f"Tin rác số {number}", "phone": "0912 345 678"})
        with lock:
            codes.append((answer.status, answer.text))

    for start in range(0, 300, 20):
        threads = [threading.Thread(target=flood, args=(start + i,)) for i in range(20)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
    taken = [text for status, text in codes if status == 200]
    refused = [text for status, text in codes if status == 429]
    assert len(taken) + len(refused) == 300 and len(taken) == 10, "15 less the five before, whatever comes at once"
    assert all("Việc gấp: gọi số trực" in text for text in refused)
    assert mailed.person().get("/bao-su-co").status == 200
    page = mailed.person().submit("/bao-su-co", {"description": "Tin thật từ cùng địa chỉ", "phone": "0912 345 678"})
    assert page.status == 429 and "gọi số trực" in page.text
    other = mailed.person().call("POST", "/api/bao-su-co", {"description": "Tin thật từ nơi khác", "phone": "0912 345 678"}, headers={"Host": "127.0.0.1"})
    assert other.status == 429  # the same address whatever it says of itself
    with sqlite3.connect(mailed.home / "ungcuu.db", timeout=10) as store:
        store.execute("UPDATE incident SET remote = '10.1.2.3' WHERE remote = '127.0.0.1'")
    assert mailed.person().post("/api/bao-su-co", {"description": "Tin thật từ nơi khác", "phone": "0912 345 678"}).status == 200
    assert mailed.cli("incident", "add", "--source", "phone", "--description", "Cán bộ trực vẫn ghi được.", "--detected", "2026-02-03T07:00:00+07:00")["code"]


def test_a_code_is_no_way_around(mailed):
    with sqlite3.connect(mailed.home / "ungcuu.db", timeout=10) as store:
        store.execute("UPDATE incident SET remote = '10.1.2.4'")
    follow = mailed.person().post("/api/bao-su-co", {"description": "Tin để gửi thêm", "phone": "0912 345 678"}).json["follow"]
    answers = [mailed.person().post(f"/api/bao-su-co/{follow}/them", {"text": f"Nội dung thêm {i}"}).status for i in range(20)]
    assert answers.count(200) == 14 and set(answers[14:]) == {429}  # the report itself was the first
    assert mailed.cli("audit", "verify")["whole"] is True
