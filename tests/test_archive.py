"""The case as one signed archive, checked on a machine that has nothing but the program; and whose keys are believed."""
import hashlib
import io
import json
import os
import stat
import subprocess
import zipfile

import pytest

from conftest import PROGRAM, World
from test_conditions import whole
from test_evidence import MB, begin, digest, download, evidence_of, finish, open_case, peak_mb, send_all


def own_key(client):
    return client.get("/cai-dat/khoa-tin-cay").json["own"]


def full_case(client):
    case, data = open_case(client), os.urandom(MB)
    upload = begin(client, case, data, name="máy chủ.img")
    send_all(client, upload, data)
    finish(client, upload)
    assert client.post(f"/su-co/{case}/xac-nhan", {}).status == 200
    assert client.post(f"/su-co/{case}/van-ban/luu", {"form": "mau-03", "fields": {}}).status == 200
    assert client.post(f"/su-co/{case}/dien-bien", {"text": "Đã ngắt máy chủ khỏi mạng."}).status == 200
    return case, data


@pytest.fixture(scope="module")
def packed(world, tmp_path_factory):
    """A case and its archive: (case, evidence, path, key)."""
    client = world.client()
    case, data = full_case(client)
    answer = client.post(f"/su-co/{case}/goi")
    assert answer.status == 200, answer.text
    path = tmp_path_factory.mktemp("goi") / "ho-so.zip"
    path.write_bytes(answer.body)
    return case, data, path, own_key(client)


def check(path, *words, code=0):
    """On another machine: no home, no store."""
    done = subprocess.run([PROGRAM, "incident", "archive-verify", str(path), "--json", *words], capture_output=True, timeout=60,
                          env={"PATH": os.environ["PATH"], "UNGCUU_HOME": "/khong/co/o/day"})
    assert done.returncode == code, (done.returncode, done.stderr.decode(), done.stdout.decode())
    return json.loads(done.stdout) if done.stdout else done.stderr.decode()


def changed(path, tmp_path, change):
    """The archive written anew after `change` has had its files: {name: bytes}."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    other = tmp_path / "sua.zip"
    with zipfile.ZipFile(other, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return other


def test_the_archive_holds_the_case(world, packed):
    """incident.archive"""
    case, data, path, key = packed
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert {"case.json", "ho-so.pdf", "dien-bien.txt", "chuoi-giao-nhan.txt", "DOC-TRUOC.txt", "chung-cu/CC-01-máy chủ.img",
                "van-ban/01-mau-03.pdf", "van-ban/01-mau-03.docx", "manifest.json", "manifest.sig"} <= set(names)
        assert archive.read("chung-cu/CC-01-máy chủ.img") == data
        record = json.loads(archive.read("case.json"))
        assert record["code"] == case and record["evidence"][0]["sha256"] == digest(data)
        assert "Đã ngắt máy chủ khỏi mạng." in archive.read("dien-bien.txt").decode()
        assert digest(data) in archive.read("chuoi-giao-nhan.txt").decode()
        assert archive.read("ho-so.pdf").startswith(b"%PDF")
        manifest = json.loads(archive.read("manifest.json"))
        assert {row["path"]: row["sha256"] for row in manifest["files"]} == {
            name: digest(archive.read(name)) for name in names if not name.startswith("manifest.")}
        assert key["key"] in archive.read("DOC-TRUOC.txt").decode()
    client = world.client()
    actions = [row["action"] for row in client.get(f"/su-co/{case}").json["custody"]]
    assert actions == ["received", "archived"] and "Xuất gói hồ sơ đã ký" in str(client.get(f"/su-co/{case}").json["log"])
    assert not list((world.home / "tmp").glob("archive-*"))
    whole(world)


def test_openssl_agrees_with_the_signature(packed, tmp_path):
    """The signature is plain Ed25519: other programs can check it."""
    _, _, path, key = packed
    with zipfile.ZipFile(path) as archive:
        manifest, signature = archive.read("manifest.json"), archive.read("manifest.sig").decode().split("\n")
    assert signature[0] == key["key"]
    (tmp_path / "message").write_bytes(b"ungcuu-seal-1\n" + manifest)
    (tmp_path / "signature").write_bytes(bytes.fromhex(signature[1]))
    (tmp_path / "key.der").write_bytes(bytes.fromhex("302a300506032b6570032100" + key["key"]))  # RFC 8410
    subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", tmp_path / "key.der", "-keyform", "DER", "-rawin", "-in",
                    tmp_path / "message", "-sigfile", tmp_path / "signature"], check=True, capture_output=True)


def test_it_is_checked_elsewhere(packed):
    """incident.archive_verify"""
    case, _, path, key = packed
    told = check(path, "--key", key["key"])
    assert told["whole"] and told["code"] == case and told["key"] == key["key"] and told["fingerprint"] == key["fingerprint"]
    assert told["rows"] == [] and told["files"] >= 8
    assert check(path)["whole"] is True
    assert check(path, "--key", "0" * 64, code=4)["whole"] is False


def test_the_command_line_writes_it_too(world, packed, tmp_path):
    done = world.run("incident", "archive", packed[0], "--as", "qt")
    assert done.returncode == 0, done.stderr.decode()
    (tmp_path / "goi.zip").write_bytes(done.stdout)
    assert check(tmp_path / "goi.zip", "--key", packed[3]["key"])["whole"] is True


def replace_pdf(files):
    files["ho-so.pdf"] = files["ho-so.pdf"].replace(b"%PDF-1", b"%PDF-2", 1)


def test_what_was_done_to_it_is_told(packed, tmp_path):
    path = packed[2]
    assert check(changed(path, tmp_path, lambda files: None))["whole"] is True, "another ZIP of the same files"
    told = check(changed(path, tmp_path, replace_pdf), code=4)
    assert told["rows"] == [{"problem": "changed", "path": "ho-so.pdf"}] and told["signature"] is True
    told = check(changed(path, tmp_path, lambda files: files.pop("case.json")), code=4)
    assert told["rows"] == [{"problem": "missing", "path": "case.json"}]
    told = check(changed(path, tmp_path, lambda files: files.update({"van-ban/them.pdf": b"x"})), code=4)
    assert told["rows"] == [{"problem": "added", "path": "van-ban/them.pdf"}]
    told = check(changed(path, tmp_path, lambda files: files.pop("manifest.sig")), code=4)
    assert told["signature"] is False and told["rows"] == [{"problem": "missing", "path": "manifest.sig"}]

    def forge(files):
        """Changes a file and the manifest with it."""
        replace_pdf(files)
        manifest = json.loads(files["manifest.json"])
        next(row for row in manifest["files"] if row["path"] == "ho-so.pdf")["sha256"] = digest(files["ho-so.pdf"])
        files["manifest.json"] = json.dumps(manifest).encode()

    told = check(changed(path, tmp_path, forge), code=4)
    assert told["signature"] is False and told["key"] is None and "bản kê đã bị sửa" in told["verdict"]


def test_hostile_archives(packed, tmp_path):
    path = packed[2]
    raw = path.read_bytes()
    for number, bad in enumerate([b"", b"PK", b"%PDF-1.7", raw[:-1], raw[:len(raw) // 2], raw[100:], b"PK\x05\x06" + b"\xff" * 18]):
        other = tmp_path / f"{number}.zip"
        other.write_bytes(bad)
        assert "ungcuu:" in check(other, code=3), number
    for name in ("../../etc/cron.d/x", "/etc/passwd", "a\\b", "chung-cu/../../x"):
        assert "không hợp lệ" in check(changed(path, tmp_path, lambda files: files.update({name: b"x"})), code=3)
    deflated = tmp_path / "nen.zip"
    with zipfile.ZipFile(deflated, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", b"0" * 10 ** 6)
    assert "nén" in check(deflated, code=3)
    with zipfile.ZipFile(tmp_path / "hai.zip", "w") as archive:
        with pytest.warns(UserWarning):
            archive.writestr("a", b"1")
            archive.writestr("a", b"2")
    assert "cùng tên" in check(tmp_path / "hai.zip", code=3)
    assert "ungcuu:" in check(tmp_path / "khong-co.zip", code=5)


def test_broken_evidence_is_left_out_by_name(fresh):
    fresh.start()
    client = fresh.client()
    case, data = full_case(client)
    (fresh.home / "files" / digest(data)[:2] / digest(data)[2:]).write_bytes(b"khac")
    archive = zipfile.ZipFile(io.BytesIO(client.post(f"/su-co/{case}/goi").body))
    assert not [name for name in archive.namelist() if name.startswith("chung-cu/")]
    assert "Không đưa vào gói vì sai mã băm: CC-01" in archive.read("DOC-TRUOC.txt").decode()
    assert evidence_of(client, case)[0]["broken"]


def test_large_evidence_in_little_memory(fresh, tmp_path):
    fresh.start()
    client = fresh.client()
    case = open_case(client)
    big = tmp_path / "lon.img"
    with open(big, "wb") as file:
        file.truncate(300 * MB)
    fresh.cli("evidence", "add", case, "Ảnh ổ đĩa", "--file", big)
    before = peak_mb(fresh.server.pid)
    answer = client.post(f"/su-co/{case}/goi")
    assert answer.status == 200 and len(answer.body) > 300 * MB
    assert peak_mb(fresh.server.pid) < before + 30
    path = tmp_path / "goi.zip"
    path.write_bytes(answer.body)
    assert check(path)["whole"] is True


# --- keys ---

def test_the_key_is_made_once_and_for_the_owner_alone(fresh, tmp_path):
    fresh.start()
    path = fresh.home / "keys" / "seal.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    first = own_key(fresh.client())
    assert path.read_text().strip() not in json.dumps(first)
    fresh.stop()
    fresh.start()
    assert own_key(fresh.client()) == first
    backup = tmp_path / "sao-luu"
    fresh.cli("backup", "run", "--to", backup)
    fresh.stop()
    other = tmp_path / "home2"
    assert subprocess.run([PROGRAM, "--home", str(other), "restore", str(backup)], capture_output=True).returncode == 0
    assert (other / "keys" / "seal.key").read_bytes() == path.read_bytes(), "who signs stays the same after a restore"
    assert stat.S_IMODE((other / "keys" / "seal.key").stat().st_mode) == 0o600
    path.chmod(0o644)
    fresh.start()
    client = fresh.client()
    assert client.get("/cai-dat/khoa-tin-cay").status == 409 and client.page("/").status == 200


def test_trusted_keys(world, packed, tmp_path):
    """trust.list, trust.add, trust.revoke"""
    client = world.client()
    mine = own_key(client)
    sender = World(tmp_path / "sender", body="UBND tỉnh Gửi", kind="tinh").start()
    try:
        theirs = own_key(sender.client())
        assert theirs["key"] != mine["key"] and len(theirs["fingerprint"].split()) == 8
        case, _ = full_case(sender.client())
        archive = sender.client().post(f"/su-co/{case}/goi").body
    finally:
        sender.stop()
    ask = lambda: client.upload("/api/su-co/kiem-goi", "file", "goi.zip", archive).json
    assert ask()["whole"] is True and ask()["owner"] is None, "whole, but whose key?"
    good = {"key": " " + theirs["key"].upper() + " ", "owner": "UBND tỉnh Gửi", "compared": "gọi 0900 000 000, ông Nam đọc"}
    for wrong in ({"key": "x" * 64}, {"key": theirs["key"][:-1]}, {"key": mine["key"]}, {"compared": ""}):
        assert client.post("/cai-dat/khoa-tin-cay", {**good, **wrong}).status == 422, wrong
    added = client.post("/cai-dat/khoa-tin-cay", good)
    assert added.status == 200 and added.json["fingerprint"] == theirs["fingerprint"]
    assert client.post("/cai-dat/khoa-tin-cay", good).status == 422, "once"
    assert ask()["owner"] == "UBND tỉnh Gửi"
    page = client.page("/cai-dat/khoa-tin-cay").text
    assert theirs["fingerprint"] in page and mine["key"] in page and "Không tin nữa" in page
    row = next(row for row in client.get("/cai-dat/khoa-tin-cay").json["rows"] if row["key"] == theirs["key"])
    assert client.form(f"/cai-dat/khoa-tin-cay/{row['id']}/bo", {"reason": "khóa bị lộ"}).status == 303
    assert ask()["owner"] is None
    assert client.post(f"/cai-dat/khoa-tin-cay/{row['id']}/bo", {"reason": "lần nữa"}).status == 404
    listed = json.loads(world.run("trust", "list", "--as", "qt", "--json").stdout)
    assert [one["reason"] for one in listed["rows"] if one["id"] == row["id"]] == ["khóa bị lộ"]
    whole(world)
