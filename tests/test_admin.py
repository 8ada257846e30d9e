"""Settings, audit log, backup and restore, jobs, doctor, attachments."""
import http.client
import json
import os
import pathlib
import sqlite3
import subprocess
import time
import uuid

import pytest

from site_fixtures import ADMIN, PROGRAM, Site


def wait_for(found, seconds=60):
    end = time.time() + seconds
    while time.time() < end:
        if found():
            return True
        time.sleep(0.1)
    return False


def children(pid):
    out = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True, text=True).stdout
    return {int(line.split()[0]): line for line in out.splitlines() if " jobs " in line}


def upload(person, path, fields, name, content):
    mark = uuid.uuid4().hex
    parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in fields.items()]
    parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
                 f"Content-Type: text/html\r\n\r\n")
    body = "".join(parts).encode() + content + f"\r\n--{mark}--\r\n".encode()
    connection = http.client.HTTPConnection("127.0.0.1", person.port, timeout=30)
    connection.request("POST", path, body, {"Cookie": "phien=" + person.cookie, "X-CSRF-Token": person.csrf,
                                            "Content-Type": f"multipart/form-data; boundary={mark}"})
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


@pytest.fixture(scope="module")
def attachment(site):
    """A duty with an HTML file as its proof, and somebody of another body."""
    other = site.cli("org", "add", "--name", "UBND xã Tây", "--kind", "xa", "--parent", site.body)["id"]
    site.cli("account", "add", "--login", "tay", "--name", "Người Tây", "--role", "officer", "--body", other,
             "--password-stdin", stdin="gió mùa thu hà nội")
    duty = site.cli("duty", "add", "--title", "Rà quét lỗ hổng")["id"]
    status, _ = upload(site.admin(), "/api/nhiem-vu/minh-chung", {"ids": duty, "note": "đã rà quét"}, "kết quả.html",
                       b"<script>alert(1)</script>")
    assert status == 200
    with sqlite3.connect(site.home / "ungcuu.db", timeout=10) as store:
        identity, = store.execute("SELECT id FROM attachment").fetchone()
    return identity


def test_attachment_is_a_download(site, attachment):
    answer = site.admin().get(f"/tep/{attachment}")
    assert answer.status == 200 and answer.body == b"<script>alert(1)</script>"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''k%E1%BA%BFt%20qu%E1%BA%A3.html"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert site.person("tay", "gió mùa thu hà nội").get(f"/api/tep/{attachment}").status == 404
    assert site.person().get(f"/api/tep/{attachment}").status == 401
    assert site.admin().get("/api/tep/khong-co").status == 404


def test_settings(site):
    admin = site.admin()
    page = admin.get("/cai-dat").text
    assert 'name="backup.keep"' in page and 'name="server.port"' not in page and "[server] port" in page
    assert admin.submit("/cai-dat", {"backup.keep": "9", "mail.from": "he-thong@example.vn"}).status == 303
    rows = {row["key"]: row["value"] for row in site.cli("setting", "list")["rows"]}
    assert rows["backup.keep"] == "9" and rows["mail.from"] == "he-thong@example.vn"
    refused = admin.submit("/cai-dat", {"backup.keep": "nhiều", "_from": "/cai-dat"})
    assert refused.status == 422 and "nhiều" in refused.text
    assert site.run("setting", "change", "server.port", "--value", "1").returncode == 5
    assert site.run("setting", "change", "backup.keep", "--value", "0").returncode == 2
    site.cli("setting", "change", "backup.keep", "--value", "3")


def test_unknown_key_in_file_is_named(tmp_path):
    (tmp_path / "ungcuu.conf").write_text("[backup]\nkepe=3\n")
    done = subprocess.run([PROGRAM, "account", "list", "--home", tmp_path], capture_output=True, text=True)
    assert done.returncode == 2 and "backup.kepe" in done.stderr and "backup.keep" in done.stderr


def test_audit_page_pages_and_filters(site):
    admin = site.admin()
    first = admin.get("/api/cai-dat/nhat-ky", {"limit": 3}).json
    assert len(first["rows"]) == 3
    second = admin.get("/api/cai-dat/nhat-ky", {"limit": 3, "before": first["next"]}).json
    numbers = [row["number"] for row in first["rows"] + second["rows"]]
    assert numbers == sorted(numbers, reverse=True) and len(set(numbers)) == 6
    only = admin.get("/api/cai-dat/nhat-ky", {"operation": "account.add"}).json["rows"]
    assert only and {row["operation"] for row in only} == {"account.add"}
    assert admin.get("/api/cai-dat/nhat-ky", {"person": "tay"}).json["rows"]
    assert admin.get("/cai-dat/nhat-ky").status == 200
    assert admin.get("/api/cai-dat/nhat-ky", {"system": "1"}).json["rows"]


def test_audit_shows_the_own_tree_only(site, attachment):
    site.cli("account", "grant", "tay", "admin", "--body", site.cli("account", "view", "tay")["roles"][0]["body_id"])
    rows = site.person("tay", "gió mùa thu hà nội").get("/api/cai-dat/nhat-ky", {"limit": 500}).json["rows"]
    assert rows and "account.first" not in {row["operation"] for row in rows}
    assert site.person("tay", "gió mùa thu hà nội").get("/api/cai-dat/nhat-ky", {"system": "1"}).status == 403


def test_backup_restore_and_verify(site, attachment, tmp_path):
    """backup.run, backup.verify, and backup.restore into an empty home: the same counts, the same bytes."""
    done = site.cli("backup", "--to", tmp_path / "ban-sao")
    assert done["files"] == 1
    assert site.run("backup", "--to", tmp_path / "ban-sao").returncode == 6
    assert site.cli("backup", "verify", tmp_path / "ban-sao")["whole"] is True
    other = Site(tmp_path / "nha-moi")
    restored = other.run("restore", tmp_path / "ban-sao", login=None)
    assert restored.returncode == 0, restored.stderr
    assert other.cli("account", "view", "tay")["account"]["name"] == "Người Tây"
    assert other.cli("audit", "verify")["whole"] is True
    assert other.run("file", "get", attachment).stdout == "<script>alert(1)</script>"
    counts = []
    for home in (site.home, other.home):
        with sqlite3.connect(home / "ungcuu.db", timeout=10) as store:
            counts.append([store.execute(f"SELECT count(*) FROM {table}").fetchone()
                           for table in ("account", "account_role", "body", "duty", "attachment", "stored_file")])
    assert counts[0] == counts[1]
    assert other.run("restore", tmp_path / "ban-sao", login=None).returncode == 6  # not over what is there


@pytest.mark.parametrize("damage", ["store", "file", "missing", "manifest"])
def test_damaged_backup_is_found(site, attachment, tmp_path, damage):
    site.cli("backup", "--to", tmp_path / "b")
    kept = next(path for path in (tmp_path / "b/files").rglob("*") if path.is_file())
    if damage == "store":
        with open(tmp_path / "b/store.db", "r+b") as store:
            store.seek(5000)
            store.write(b"x" * 50)
    elif damage == "file":
        content = kept.read_bytes()
        kept.unlink()
        kept.write_bytes(b"X" + content[1:])
    elif damage == "missing":
        kept.unlink()
    else:
        (tmp_path / "b/manifest.json").write_text("{}")
    done = site.run("backup", "verify", tmp_path / "b")
    assert done.returncode in (1, 3), done.stderr
    other = Site(tmp_path / "moi")
    assert other.run("restore", tmp_path / "b", login=None).returncode in (1, 3)
    assert not (other.home / "ungcuu.db").exists()


def test_nightly_backup_keeps_some(site):
    folder = site.home / "backups"
    for day in range(1, 8):
        (folder / f"ungcuu-2020-01-0{day}-020000").mkdir(parents=True)
    with sqlite3.connect(site.home / "ungcuu.db", timeout=10) as store:
        store.execute("DELETE FROM job WHERE name = 'backup.nightly'")
        store.execute("INSERT INTO job (id, name, payload, state, run_at_ms, created_ms) "
                      "VALUES ('j1', 'backup.nightly', '{}', 'waiting', 1, 1)")
    site.jobs()
    assert wait_for(lambda: len(list(folder.iterdir())) == 3), list(folder.iterdir())
    rows = site.cli("backup", "list")["rows"]
    assert rows[0]["state"]["label"] == "Đủ" and site.admin().get("/cai-dat/sao-luu").status == 200


def test_jobs_page_and_retry(site):
    with sqlite3.connect(site.home / "ungcuu.db", timeout=10) as store:
        store.execute("INSERT INTO job (id, name, payload, state, run_at_ms, attempts, last_error, created_ms) "
                      "VALUES ('j2', 'audit.seal', '{}', 'failed', 1, 1, 'ổ đĩa đầy', 1)")
    admin = site.admin()
    assert "ổ đĩa đầy" in admin.get("/cai-dat/viec-nen?state=loi").text
    assert "Việc nền bị lỗi" in admin.get("/").text
    assert admin.submit("/cai-dat/viec-nen/j2/chay-lai").status == 303
    site.jobs()
    assert wait_for(lambda: any(row["id"] == "j2" for row in site.cli("job", "list", "--state", "xong")["rows"]))
    assert admin.post("/api/cai-dat/viec-nen/j2/chay-lai").status == 404


def test_doctor(site):
    done = site.cli("doctor")
    assert {row["name"] for row in done["rows"]} >= {"home", "disk", "clock", "store", "files", "law", "backup", "audit", "jobs", "duty"}
    with sqlite3.connect(site.home / "ungcuu.db", timeout=10) as store:
        store.execute("UPDATE duty_day SET open_count = open_count + 1")
    wrong = site.run("doctor")
    assert wrong.returncode == 4 and "lệch" in wrong.stdout
    with sqlite3.connect(site.home / "ungcuu.db", timeout=10) as store:
        store.execute("UPDATE duty_day SET open_count = open_count - 1")
    assert site.admin().get("/cai-dat/kiem-tra").status == 200


def test_law_check_needs_no_store(tmp_path):
    done = subprocess.run([PROGRAM, "law", "check", "--home", tmp_path / "x"], capture_output=True, text=True)
    assert done.returncode == 0 and not (tmp_path / "x").exists()
    (tmp_path / "law").mkdir()
    (tmp_path / "law/vocabulary.yaml").write_text("khoa_la: 1\n")
    done = subprocess.run([PROGRAM, "law", "check", "--folder", tmp_path / "law"], capture_output=True, text=True)
    assert done.returncode == 4 and "khoa_la" in done.stdout


def test_permission_matrix(site):
    assert site.admin().get("/cai-dat/phan-quyen").status == 200
    rows = {row["operation"]: row for row in site.cli("permission", "matrix")["rows"]}
    assert rows["account.add"]["roles"] == "admin" and rows["account.add"]["path"] == "/cai-dat/nguoi-dung/moi"


def test_jobs_are_watched(site):
    pid = site.server.pid
    assert wait_for(lambda: children(pid))
    first = next(iter(children(pid)))
    os.kill(first, 9)
    assert wait_for(lambda: children(pid) and first not in children(pid))


def test_log_of_the_server_outlives_other_processes(site):
    """A command that ends must not take the write-ahead log away from the server."""
    before = os.stat(site.home / "ungcuu.db-wal").st_ino
    admin = site.admin()
    for number in range(5):
        site.cli("duty", "add", "--title", f"Việc số {number}")
        assert f"Việc số {number}" in admin.get("/nhiem-vu").text
    assert os.stat(site.home / "ungcuu.db-wal").st_ino == before


def test_audit_finds_what_was_changed(site):
    site.cli("audit", "seal")
    assert site.cli("audit", "verify")["whole"] is True
    with sqlite3.connect(site.home / "ungcuu.db", timeout=10) as store:
        store.execute("UPDATE audit SET details = '{}' WHERE operation = 'account.add'")
    done = site.run("audit", "verify")
    assert done.returncode == 4 and "bị sửa" in done.stdout
    assert "bị sửa" in site.admin().get("/cai-dat/nhat-ky/kiem-tra").text
