"""Evidence: large files in pieces that survive lost connections, kill -9 and a full disk; hashed on arrival and on every access."""
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import threading
import time
import urllib.parse

import pytest

from conftest import PROGRAM, Client, World
from test_conditions import doctor_is_content, fill_disk, kill_server, small_disk, whole  # noqa: F401 (fixture)

MB = 1000 * 1000


def digest(data):
    return hashlib.sha256(data).hexdigest()


def open_case(client):
    made = client.post("/su-co/moi", {"source": "monitoring", "description": "Máy chủ gửi nhiều dữ liệu ra ngoài.",
                                      "detected": "2026-01-01T08:00:00+07:00"})
    assert made.status == 200, made.text
    return made.json["code"]


def begin(client, case, data, name="ảnh ổ đĩa.img", **more):
    answer = client.post(f"/su-co/{case}/chung-cu/tai-len", {"title": "Ảnh ổ đĩa máy chủ", "name": name, "size": len(data), **more})
    assert answer.status == 200, answer.text
    return answer.json


def piece(client, upload, data, offset, size, sha256=None):
    """evidence.upload_piece"""
    part = data[offset:offset + size]
    query = urllib.parse.urlencode({"offset": offset, "sha256": sha256 or digest(part)})
    return client.call("POST", f"/api{upload['piece_url']}?{query}", part, {"Content-Type": "application/octet-stream", "X-CSRF-Token": client.csrf})


def send_all(client, upload, data, offset=0, size=MB):
    while offset < len(data):
        answer = piece(client, upload, data, offset, size)
        assert answer.status == 200, answer.text
        offset = answer.json["offset"]
    return offset


def finish(client, upload, **fields):
    """evidence.upload_finish"""
    return client.call("POST", "/api" + upload["finish_url"], json.dumps(fields), {"Content-Type": "application/json", "X-CSRF-Token": client.csrf})


def state(client, case, upload):
    """evidence.upload_view"""
    return client.get(f"/su-co/{case}/chung-cu/tai-len/{upload['upload']}").json


def evidence_of(client, case):
    return client.get(f"/su-co/{case}").json["evidence"]


def download(client, case, evidence):
    return client.post(f"/su-co/{case}/chung-cu/{evidence}/tep")


def custody(client, case):
    return [(row["action"], row["intact"]) for row in client.get(f"/su-co/{case}").json["custody"]]


def run_job(world, name):
    """Now, not at its hour."""
    world.stop()
    with sqlite3.connect(world.home / "ungcuu.db") as store:
        store.execute("INSERT INTO job (id, name, payload, state, run_at_ms, created_ms) VALUES (?, ?, '{}', 'waiting', 0, 0)",
                      (os.urandom(8).hex(), name))
    assert world.run("jobs", "--once").returncode == 0
    world.start()


@pytest.fixture
def client(world):
    return world.client()


@pytest.fixture
def case(client):
    return open_case(client)


# --- in pieces ---

def test_a_file_comes_in_pieces_over_several_connections(world, client, case):
    data = os.urandom(3 * MB + 17)
    upload = begin(client, case, data, by="Trần Văn A", where="Phòng máy chủ", how="dd", seal="NP-01")
    assert upload["offset"] == 0 and upload["piece_bytes"] >= MB
    assert piece(client, upload, data, 0, MB).json["offset"] == MB
    client = world.client()  # another day, another browser
    kept = state(client, case, upload)
    assert (kept["offset"], kept["last_offset"], kept["last_size"], kept["last_sha256"]) == (MB, 0, MB, digest(data[:MB]))
    assert [row["upload"] for row in client.get(f"/su-co/{case}/chung-cu/tai-len").json["rows"]] == [upload["upload"]]
    early = finish(client, upload)
    assert early.status == 409 and "Mới nhận 1 MB" in early.json["detail"]
    send_all(client, upload, data, MB)
    done = finish(client, upload, sha256=digest(data))
    assert done.status == 200 and done.json["sha256"] == digest(data)
    row = evidence_of(client, case)[0]
    assert (row["id"], row["sha256"], row["size"], row["taken_by"], row["seal"]) == (done.json["id"], digest(data), len(data), "Trần Văn A", "NP-01")
    assert finish(client, upload).json["id"] == done.json["id"], "asked again it says the same"
    assert len(evidence_of(client, case)) == 1
    assert piece(client, upload, data, 0, MB).status == 409 and state(client, case, upload)["state"] == "done"
    assert list((world.home / "uploads").glob(upload["upload"] + "*")) == []
    got = download(client, case, row["id"])
    assert got.body == data and urllib.parse.unquote(got.headers["Content-Disposition"]).endswith("ảnh ổ đĩa.img")
    assert custody(client, case) == [("received", 1), ("accessed", 1)]
    whole(world)


def test_pieces_that_do_not_fit_are_refused_and_nothing_is_lost(client, case):
    data = os.urandom(2 * MB)
    upload = begin(client, case, data)
    assert piece(client, upload, data, 0, MB).status == 200
    gap = piece(client, upload, data, MB + 1, 1000)
    assert gap.status == 412 and str(MB) in gap.json["detail"]
    assert piece(client, upload, data, 5, 1000).status == 412
    bad = piece(client, upload, data, MB, 1000, sha256="0" * 64)
    assert bad.status == 422 and "hỏng" in bad.json["detail"]
    assert piece(client, upload, data, 0, MB).json["offset"] == MB, "the last one again: its answer was lost"
    assert piece(client, upload, data + b"more", MB, MB + 4).status == 413
    assert piece(client, upload, b"", 0, 0).status in (412, 422)
    assert state(client, case, upload)["offset"] == MB
    send_all(client, upload, data, MB)
    other = finish(client, upload, sha256="0" * 64)
    assert other.status == 422 and digest(data) in other.json["detail"] and evidence_of(client, case) == []
    assert finish(client, upload, sha256=digest(data)).status == 200


def test_two_at_once_write_one_file(client, world, case):
    data = os.urandom(4 * MB)
    upload = begin(client, case, data)
    statuses = []

    def send(client):
        offset = 0
        while offset < len(data):
            answer = piece(client, upload, data, offset, 100000)
            statuses.append(answer.status)
            offset = state(client, case, upload)["offset"]

    threads = [threading.Thread(target=send, args=(world.client(),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) <= {200, 412, 413, 503}
    assert finish(client, upload, sha256=digest(data)).status == 200


def test_form_pieces_and_begin_are_checked(client, case):
    data = b"log" * 1000
    upload = begin(client, case, data)
    assert client.upload(f"/api{upload['piece_url']}?offset=0", "file", "x", data).status == 200
    for wrong in ({"size": 0}, {"size": -1}, {"size": 10 ** 15}, {"name": ""}, {"title": ""}, {"taken": "2999-01-01T00:00:00+07:00"}):
        fields = {"title": "Ảnh ổ đĩa", "name": "a.img", "size": 10, **wrong}
        assert client.post(f"/su-co/{case}/chung-cu/tai-len", fields).status in (422, 507), wrong
    assert client.get(f"/su-co/{case}/chung-cu/tai-len/..%2f..%2fungcuu.db").status in (404, 422)
    assert client.get(f"/su-co/{case}/chung-cu/tai-len/khong-co").status in (404, 422)


def test_dropping_is_recorded(world, client, case):
    """evidence.upload_drop, evidence.upload_list"""
    data = os.urandom(MB)
    upload = begin(client, case, data)
    piece(client, upload, data, 0, 500000)
    assert client.form(upload["drop_url"], {}, f"/su-co/{case}").status == 303
    assert client.get(f"/su-co/{case}/chung-cu/tai-len").json["rows"] == [] and piece(client, upload, data, 500000, 1000).status == 409
    assert "500 kB" in str(client.get(f"/su-co/{case}").json["log"]) and not list((world.home / "uploads").glob(upload["upload"] + "*"))
    whole(world)


# --- hard conditions ---

def test_kill_9_in_mid_upload(fresh):
    fresh.start()
    client = fresh.client()
    case, data = open_case(client), os.urandom(8 * MB)
    upload, kept = begin(client, case, data), 0
    for number in range(6):
        def send(client, offset):
            try:
                send_all(client, upload, data, offset, 200000)
            except (OSError, AssertionError):
                pass
        thread = threading.Thread(target=send, args=(client, kept))
        thread.start()
        time.sleep(0.01 * (number + 1))
        kill_server(fresh)
        thread.join()
        if number == 2:  # a piece half written: bytes that no line vouches for, and half a line
            with open(fresh.home / "uploads" / upload["upload"], "ab") as file:
                file.write(b"rest of a piece")
            with open(fresh.home / "uploads" / (upload["upload"] + ".pieces"), "ab") as file:
                file.write(b"00000000000f42")
        fresh.start()
        client = fresh.client()
        now = state(client, case, upload)["offset"]
        assert now >= kept, "what was kept stays"
        kept = now
    send_all(client, upload, data, kept)
    done = finish(client, upload, sha256=digest(data))
    assert done.status == 200, done.text
    assert download(client, case, done.json["id"]).body == data
    whole(fresh)
    doctor_is_content(fresh)


def test_full_disk_says_what_was_kept_and_goes_on(small_disk):
    world = small_disk.start()
    client = world.client()
    case, data = open_case(client), os.urandom(3 * MB)
    upload = begin(client, case, data)
    assert piece(client, upload, data, 0, 500000).status == 200
    fill_disk(world, 900 * 1024)
    answer, offset = None, 500000
    while offset < len(data):
        answer = piece(client, upload, data, offset, 250000)
        if answer.status != 200:
            break
        offset = answer.json["offset"]
    assert answer.status == 507 and ("Đã giữ" in answer.json["detail"] or "còn nguyên" in answer.json["detail"]), answer.text
    kept = state(client, case, upload)
    assert kept["offset"] == offset and kept["kept_text"]
    note = client.post(f"/su-co/{case}/dien-bien", {"text": "Đĩa đầy nhưng việc ghi diễn biến vẫn chạy."})
    assert note.status == 200, "a rest of the disk is left to the records"
    (world.home / "filler").unlink()
    send_all(client, upload, data, offset, 250000)
    done = finish(client, upload, sha256=digest(data))
    assert done.status == 200, done.text
    assert download(client, case, done.json["id"]).body == data
    too_big = client.post(f"/su-co/{case}/chung-cu/tai-len", {"title": "Quá lớn", "name": "a", "size": 500 * MB})
    assert too_big.status == 507 and "còn trống" in too_big.json["detail"]
    whole(world)


def test_what_nobody_goes_on_with_expires(fresh):
    (fresh.home / "ungcuu.conf").write_text("[incident]\nupload_days=2\n")
    fresh.start()
    client = fresh.client()
    case, data = open_case(client), os.urandom(MB)
    old, young = begin(client, case, data), begin(client, case, data)
    piece(client, old, data, 0, 300000)
    stale = time.time() - 3 * 86400
    for name in (old["upload"] + ".pieces", old["upload"]):
        os.utime(fresh.home / "uploads" / name, (stale, stale))
    run_job(fresh, "evidence.upload_expire")
    client = fresh.client()
    assert [row["upload"] for row in client.get(f"/su-co/{case}/chung-cu/tai-len").json["rows"]] == [young["upload"]]
    assert state(client, case, old)["state"] == "expired" and piece(client, old, data, 300000, 1000).status == 409
    assert "quá hạn giữ" in str(client.get(f"/su-co/{case}").json["log"])
    with sqlite3.connect(f"file:{fresh.home}/ungcuu.db?mode=ro", uri=True) as store:
        entries = [json.loads(row[0]) for row in store.execute("SELECT details FROM audit WHERE operation = 'evidence.upload_expire'")]
    assert [entry["upload"] for entry in entries] == [old["upload"]] and entries[0]["kept"] == 300000
    assert sorted(path.name for path in (fresh.home / "uploads").iterdir()) == [young["upload"], young["upload"] + ".pieces"]
    whole(fresh)


# --- names ---

NAMES = {"../../../etc/passwd": "passwd", "C:\\Windows\\system32\\cmd.exe": "cmd.exe", "hóa đơn\u202egpj.exe": "hóa đơngpj.exe",
         "a\x00b": None, "dòng\nmới\r\nvà\ttab.txt": "dòng mới và tab.txt", "..": "tep", ".": "tep", "/": "tep", "x" * 400 + ".img": "x" * 196 + ".img",
         "ố" * 200 + ".docx": "ố" * 65 + ".docx", "<script>alert(1)</script>.txt": "script_.txt", "con\x1b[31mđỏ.log": "con[31mđỏ.log",
         "ảnh%0d%0aSet-Cookie: x=1.png": "ảnh%0d%0aSet-Cookie_ x=1.png", "\u2066vô hình\u2069": "vô hình"}


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names(world, client, case, name):
    data = b"evidence"
    answer = client.post(f"/su-co/{case}/chung-cu/tai-len", {"title": "Tệp tên lạ", "name": name, "size": len(data)})
    if NAMES[name] is None:
        assert answer.status in (200, 422)
        return
    assert answer.status == 200, answer.text
    upload = answer.json
    assert upload["file_name"] == NAMES[name] and len(upload["file_name"].encode()) <= 200
    send_all(client, upload, data)
    row = finish(client, upload).json["id"]
    got = download(client, case, row)
    disposition = got.headers["Content-Disposition"]
    assert got.body == data and "Set-Cookie" not in got.headers and disposition.isascii()
    assert urllib.parse.unquote(disposition.split("''")[1]) == NAMES[name]
    assert got.headers["Content-Type"] == "application/octet-stream" and got.headers["X-Content-Type-Options"] == "nosniff"
    page = client.page(f"/su-co/{case}").text
    assert "<script>alert" not in page and "\u202e" not in page
    for path in world.home.rglob("*"):
        assert path.name not in ("passwd", "cmd.exe")


# --- hashed on every access ---

def test_a_changed_file_is_refused_told_and_recorded(world, client, case):
    data = os.urandom(MB)
    upload = begin(client, case, data)
    send_all(client, upload, data)
    one = finish(client, upload).json["id"]
    path = world.home / "files" / digest(data)[:2] / digest(data)[2:]
    path.chmod(0o600)
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    refused = download(client, case, one)
    assert refused.status == 422 and "bị thay đổi" in refused.json["detail"] and len(refused.body) < 2000
    assert custody(client, case) == [("received", 1), ("accessed", 0)]
    shown = client.get(f"/su-co/{case}").json
    assert shown["evidence"][0]["broken"] and "không còn đúng mã băm" in str(shown["log"])
    page = client.page(f"/su-co/{case}").text
    assert "không còn đúng mã băm" in page
    assert "Chứng cứ sai mã băm" in client.page("/").text, "the board says it"
    verified = world.run("evidence", "verify", "--as", "qt", "--json")
    assert verified.returncode == 4
    assert [row["id"] for row in json.loads(verified.stdout)["rows"] if not row["intact"]] == [one]
    checks = json.loads(world.run("doctor", "--as", "qt", "--json").stdout)["rows"]
    assert [row["good"] for row in checks if row["name"] == "evidence"] == [False]
    assert client.get("/tep/" + one).status == 404
    path.write_bytes(data)  # the disk was read wrongly, or the file came back from the backup
    assert download(client, case, one).body == data
    assert "trở lại đúng mã băm" in str(client.get(f"/su-co/{case}").json["log"])
    assert "Chứng cứ sai mã băm" not in client.page("/").text
    path.unlink()
    assert download(client, case, one).status == 404 and custody(client, case)[-1] == ("accessed", 0)
    path.write_bytes(data)
    assert world.run("evidence", "verify", "--as", "qt").returncode == 0
    whole(world)


def test_the_nightly_round_finds_it_too(fresh):
    """And writes to those who look after the body."""
    (fresh.home / "ungcuu.conf").write_text("[mail]\nsmtp_url=smtp://127.0.0.1:9\nfrom=ungcuu@example.vn\n")
    body = fresh.cli("org", "list")["rows"][0]["id"]
    for login, role in (("lan", "officer"), ("mai", "viewer")):
        fresh.cli("account", "add", "--login", login, "--name", "Người Thử", "--role", role, "--body", body, "--email", f"{login}@example.vn")
    fresh.start()
    client = fresh.client()
    case, data = open_case(client), b"nhat ky" * 1000
    upload = begin(client, case, data)
    send_all(client, upload, data)
    finish(client, upload)
    path = fresh.home / "files" / digest(data)[:2] / digest(data)[2:]
    path.write_bytes(b"khac")
    run_job(fresh, "evidence.check")
    run_job(fresh, "evidence.check")
    assert custody(fresh.client(), case) == [("received", 1), ("checked", 0)], "told once"
    with sqlite3.connect(f"file:{fresh.home}/ungcuu.db?mode=ro", uri=True) as store:
        mails = [json.loads(row[0]) for row in store.execute("SELECT payload FROM job WHERE name LIKE 'mail.%'")]
    assert [mail["to"] for mail in mails if "sai mã băm" in mail.get("subject", "")] == ["lan@example.vn"]
    assert evidence_of(fresh.client(), case)[0]["broken"]
    path.write_bytes(data)
    run_job(fresh, "evidence.check")
    assert custody(fresh.client(), case)[-1] == ("checked", 1) and not evidence_of(fresh.client(), case)[0]["broken"]
    whole(fresh)


def test_chain_of_custody(world, client, case):
    """evidence.transfer, evidence.custody and evidence.custody_file"""
    data = b"nhat ky"
    upload = begin(client, case, data)
    send_all(client, upload, data)
    one = finish(client, upload).json["id"]
    give = {"from": "Trần Văn A", "to": "Công an tỉnh, PA05", "note": "Biên bản 12/BB"}
    assert client.post(f"/su-co/{case}/chung-cu/{one}/giao", give).status == 200
    back = {"what": "returned", "from": "Công an tỉnh, PA05", "to": "Trần Văn A"}
    assert client.post(f"/su-co/{case}/chung-cu/{one}/giao", back).status == 200
    future = client.post(f"/su-co/{case}/chung-cu/{one}/giao", {**give, "at": "2999-01-01T00:00:00+07:00"})
    assert future.status == 422
    assert [row["action"] for row in client.get(f"/su-co/{case}").json["custody"]] == ["received", "transferred", "returned"]
    page = client.page(f"/su-co/{case}/chung-cu/{one}/bien-ban")
    assert page.status == 200 and "Công an tỉnh, PA05" in page.text and digest(data) in page.text and "Trả lại" in page.text
    for kind, head in {"pdf": b"%PDF", "docx": b"PK"}.items():
        file = client.get(f"/su-co/{case}/chung-cu/{one}/bien-ban/tep?format={kind}")
        assert file.status == 200 and file.body.startswith(head)
    if shutil.which("pdftotext"):
        pdf = client.get(f"/su-co/{case}/chung-cu/{one}/bien-ban/tep?format=pdf").body
        text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
        assert digest(data)[:16] in text and "PA05" in text and "Người giao" in text


# --- constant memory ---

def peak_mb(pid):
    for line in open(f"/proc/{pid}/status", encoding="utf-8"):
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1000
    return 0


def test_a_large_file_takes_little_memory(fresh, tmp_path):
    size = 200 * MB
    big = tmp_path / "lon.img"
    block = os.urandom(MB)
    with open(big, "wb") as file:
        for number in range(size // MB):
            file.write(number.to_bytes(8, "big") + block[8:])
    expected = hashlib.sha256(big.read_bytes()).hexdigest()
    fresh.start()
    client = fresh.client()
    case = open_case(client)
    rss = tmp_path / "rss"
    words = [PROGRAM, "--home", fresh.home, "evidence", "add", case, "Ảnh ổ đĩa", "--file", big, "--as", "qt", "--json"]
    timed = ["/usr/bin/time", "-f", "%M", "-o", rss, *words] if os.path.exists("/usr/bin/time") else words
    done = subprocess.run(list(map(str, timed)), capture_output=True, check=True)
    one = json.loads(done.stdout)["id"]
    assert not rss.exists() or int(rss.read_text().split()[-1]) < 60000, "kB of the command line"
    before = peak_mb(fresh.server.pid)
    upload = client.post(f"/su-co/{case}/chung-cu/tai-len", {"title": "Ảnh ổ đĩa", "name": "lon.img", "size": size}).json
    with open(big, "rb") as file:
        for offset in range(0, size, 4 * MB):
            part = file.read(4 * MB)
            answer = client.call("POST", f"/api{upload['piece_url']}?offset={offset}&sha256={digest(part)}", part,
                                 {"Content-Type": "application/octet-stream", "X-CSRF-Token": client.csrf})
            assert answer.status == 200, answer.text
    assert finish(client, upload, sha256=expected).status == 200
    assert hashlib.sha256(download(client, case, one).body).hexdigest() == expected
    assert peak_mb(fresh.server.pid) < before + 20
    assert {row["sha256"] for row in evidence_of(client, case)} == {expected}
