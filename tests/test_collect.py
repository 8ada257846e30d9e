"""Logs coming in: source.list, source.form, source.view, source.edit_form, source.add, source.edit, source.stop, source.resume, source.test,
log.add, log.segments, log.verify, log.export; syslog over UDP, TCP and TLS, followed files; what a crash and a full disk may take away."""
import io
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import threading
import time
import zipfile

import pytest

from conftest import PASSWORD, PROGRAM, Client, World, free_port

STAMP = "<13>1 2026-11-21T07:00:00Z may-a thu - - - "


def ports_of(world):
    text = (world.home / "ungcuu.conf").read_text()
    return {name: int(number) for name, number in re.findall(r"(\w+)_port=(\d+)", text)}


def prepare(world):
    lines = [f"{name}_port={free_port()}" for name in ("udp", "tcp", "tls")]
    (world.home / "ungcuu.conf").write_text("[collect]\n" + "\n".join(lines) + "\n")
    return world


@pytest.fixture
def logs(fresh):
    """A home with free ports, not yet served."""
    return prepare(fresh)


def wait_for(condition, seconds=60, what=None):
    end = time.time() + seconds
    while time.time() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(what or "it did not come true")


def collector_pid(world):
    """Of the child of serve; None: not running."""
    children = pathlib.Path(f"/proc/{world.server.pid}/task/{world.server.pid}/children").read_text().split()
    for child in children:
        try:
            if b"\0collect\0" in pathlib.Path(f"/proc/{child}/cmdline").read_bytes():
                return int(child)
        except OSError:
            pass
    return None


def wait_collector(world):
    """Its own socket answers; the rest is open before that."""
    def ready():
        try:
            socket.create_connection(("127.0.0.1", ports_of(world)["tcp"])).close()
            return (world.home / "log/collect.sock").exists()
        except OSError:
            return False
    wait_for(ready, what="the collector did not start")


def export(world, source=None):
    words = ["--source", source] if source else []
    done = world.run("log", "export", "--from", "00:00 01/01/2020", "--to", "00:00 01/01/2100", *words, "--as", "qt")
    assert done.returncode == 0, done.stderr.decode()
    archive = zipfile.ZipFile(io.BytesIO(done.stdout))
    manifest = json.loads(archive.read("manifest.json"))
    return manifest, [json.loads(line) for line in archive.read("nhat-ky.ndjson").decode().splitlines()]


def stored(world, source=None):
    return [row["raw"] for row in export(world, source)[1]]


def row_of(world, source):
    return next(row for row in world.cli("source", "list")["rows"] if row["id"] == source["id"])


def wait_stored(world, source, count, seconds=60):
    return wait_for(lambda: (rows := stored(world, source["code"])) and len(rows) >= count and rows, seconds)


def syslog_source(world, name="Máy A", **more):
    words = [word for key, value in {"address": "127.0.0.1", **more}.items() for word in ("--" + key, value) if value]
    return world.cli("source", "add", name, "rsyslog", *words)


def datagrams_wait(port):
    """Whether the system still holds datagrams that the collector has not read."""
    rows = [line.split() for line in pathlib.Path("/proc/net/udp").read_text().splitlines()[1:]]
    return any(int(row[1].split(":")[1], 16) == port and int(row[4].split(":")[1], 16) for row in rows)


def numbers(records):
    return [int(record.rsplit(" ", 1)[1]) for record in records]


# --- the register ---

def test_register(logs):
    system = logs.cli("system", "add", "Một cửa", "--level", 3)["id"]
    source = logs.cli("source", "add", "Bộ định tuyến trụ sở", "mikrotik", "--address", "192.168.1.1", "--system", system)
    assert re.fullmatch(r"NK-\d{4}-0001", source["code"])
    shown = logs.cli("source", "view", source["code"])
    port = str(ports_of(logs)["udp"])
    assert f"remote=127.0.0.1 remote-port={port} " in shown["source"]["paste"]["lines"], "this server's address and port are filled in"
    assert "{" not in shown["source"]["paste"]["lines"]
    short = logs.run("source", "edit", source["id"], "Bộ định tuyến trụ sở", "mikrotik", "--keep-months", "2", "--as", "qt")
    assert short.returncode == 2 and "ít nhất 3 tháng" in short.stderr.decode() and "14423" in short.stderr.decode()
    logs.cli("source", "edit", source["id"], "Bộ định tuyến", "mikrotik", "--keep-months", 3)
    logs.cli("source", "stop", source["id"])
    assert logs.cli("source", "list")["rows"] == [] and logs.cli("source", "list", "--loc", "da-ngung")["rows"][0]["title"] == "Bộ định tuyến"
    assert logs.run("source", "stop", source["id"], "--as", "qt").returncode == 6
    logs.cli("source", "resume", source["id"])
    assert row_of(logs, source)["state"]["label"] == "Chưa nhận gì"


@pytest.mark.parametrize("words, told", [
    (["router"], "Cần địa chỉ thiết bị gửi"), (["router", "--address", "không phải"], "Không phải địa chỉ IP"),
    (["router", "--address", "10.0.0.0/40"], "Không phải địa chỉ IP"), (["file"], "Cần đường dẫn đầy đủ"),
    (["file", "--path", "tuong/doi.log"], "Cần đường dẫn đầy đủ"), (["lạ", "--address", "10.0.0.1"], "không có trong danh sách"),
    (["router", "--address", "10.0.0.1", "--keep-months", "0"], "phải từ 1"), (["router", "--address", "10.0.0.1", "--system", "khong-co"], "Không có hệ thống này")])
def test_refused(logs, words, told):
    done = logs.run("source", "add", "Nguồn sai", *words, "--as", "qt")
    assert done.returncode == 2 and told in done.stderr.decode(), done.stderr.decode()


def test_own_folder_is_no_source(logs):
    done = logs.run("source", "add", "Kho của chính mình", "file", "--path", logs.home / "log/*", "--as", "qt")
    assert done.returncode == 2 and "thư mục dữ liệu của chính chương trình" in done.stderr.decode()


KINDS = ["windows", "winlogbeat", "rsyslog", "samba", "mikrotik", "draytek", "router", "camera", "nginx", "apache", "ups", "syslog-tls", "file", "api"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_lines(world, kind):
    made = world.cli("source", "add", f"Nguồn {kind}", kind, "--address", "10.9.9.9", "--path", "/nonexistent/nhat-ky.log", "--silent-minutes", 0)
    paste = world.cli("source", "view", made["id"])["source"]["paste"]
    assert paste["lines"] and not re.search(r"\{\w+\}", paste["lines"]), paste
    world.cli("source", "stop", made["id"])


def test_pages_without_javascript(logs):
    logs.start()
    client = logs.client()
    assert "Chưa có nguồn nhật ký nào" in client.page("/cai-dat/nguon-nhat-ky").text
    assert 'name="kind"' in client.page("/cai-dat/nguon-nhat-ky/moi?address=10.0.0.7&host=may-b").text
    done = client.form("/cai-dat/nguon-nhat-ky/moi", {"name": "Máy chủ tệp", "kind": "samba", "address": "127.0.0.1", "host": "", "path": "", "body": "",
                                                      "system": "", "way": "", "format": "", "silent_minutes": "", "keep_months": "", "offset_minutes": ""})
    assert done.status == 303, done.text
    page = done.headers["Location"]
    text = client.page(page).text
    assert "full_audit:facility = local5" in text and "Gửi thử" in text and "Chưa nhận bản ghi nào" in text
    assert client.page(page + "/sua").status == 200 and client.page("/cai-dat/nhat-ky-luu").status == 200
    wait_collector(logs)
    assert client.form(page + "/gui-thu", {}).status == 303
    wait_for(lambda: "Đang nhận" in client.page(page).text)
    assert "Bản ghi thử của Ứng Cứu" in client.page(page).text
    assert "Máy chủ tệp" in client.page("/cai-dat/nguon-nhat-ky").text


def test_collector_runs_only_with_sources(logs):
    logs.start()
    time.sleep(2)
    assert collector_pid(logs) is None and not (logs.home / "log").exists()
    source = syslog_source(logs)
    wait_collector(logs)
    first = collector_pid(logs)
    assert logs.cli("source", "test", source["id"])["milliseconds"] < 5000
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: collector_pid(logs) not in (None, first), 15, "it is started again")


# --- ways in ---

def test_udp_tcp_tls(logs):
    source = syslog_source(logs)
    logs.start()
    wait_collector(logs)
    ports = ports_of(logs)
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for number in range(500):
        udp.sendto(f"{STAMP}udp {number}".encode(), ("127.0.0.1", ports["udp"]))
        if number % 50 == 49:
            wait_for(lambda: not datagrams_wait(ports["udp"]))  # the system holds some 250; the flood below is another test
    with socket.create_connection(("127.0.0.1", ports["tcp"])) as tcp:
        for number in range(2000):
            message = f"{STAMP}tcp {number}".encode()
            tcp.sendall(b"%d %s" % (len(message), message) if number % 3 else message + b"\n")
        tcp.sendall(f"{STAMP}cuối 0".encode())  # without its end
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
    with trust.wrap_socket(socket.create_connection(("127.0.0.1", ports["tls"]))) as tls:
        told = ssl.DER_cert_to_PEM_cert(tls.getpeercert(True))
        tls.sendall(b"".join(b"%d %s" % (len(m), m) for m in (f"{STAMP}tls {n}".encode() for n in range(3000))))
    assert told.strip() in (logs.home / "log/tls.pem").read_text()
    try:
        records = wait_stored(logs, source, 5501)
    except AssertionError:
        records = stored(logs, source["code"])
        state = {row["label"]: row["count"] for row in logs.cli("source", "list")["counters"]}
        raise AssertionError({way: sum(f" {way} " in r for r in records) for way in ("udp", "tcp", "tls", "cuối")}, state)
    for way, count in (("udp", 500), ("tcp", 2000), ("tls", 3000), ("cuối", 1)):
        assert numbers(r for r in records if f" {way} " in r) == list(range(count)), way
    shown = wait_for(lambda: (row := row_of(logs, source))["stored"] == 5501 and row)
    assert shown["received"] == 5501 and shown["dropped"] == 0
    assert "skew" in shown, "the device's clock stands at seven in the morning of a day in 2026"
    rows = export(logs, source["code"])[1]
    assert {row["time"] for row in rows} == {"2026-11-21T14:00:00+07:00"} and all(row["received"] != row["time"] for row in rows)


def test_certificate_has_its_fingerprint(logs):
    source = logs.cli("source", "add", "Qua TLS", "syslog-tls", "--address", "127.0.0.1")
    logs.start()
    wait_collector(logs)
    told = logs.cli("source", "view", source["id"])["source"]["paste"]
    real = subprocess.run(["openssl", "x509", "-noout", "-fingerprint", "-sha256", "-in", logs.home / "log/tls.pem"], capture_output=True, text=True)
    assert told["fingerprint"] == real.stdout.strip().split("=")[1] and told["fingerprint"] in told["lines"]


def test_host_name_parts_sources_of_one_address(logs):
    a = syslog_source(logs, "Máy A", host="may-a")
    b = syslog_source(logs, "Máy B", host="MAY-B")
    rest = syslog_source(logs, "Còn lại")
    logs.start()
    wait_collector(logs)
    with socket.create_connection(("127.0.0.1", ports_of(logs)["tcp"])) as tcp:
        for host in ("may-a", "may-b", "may-c"):
            tcp.sendall(f"<13>Nov 21 07:00:00 {host} app: từ {host}\n".encode())
    for source, host in ((a, "may-a"), (b, "may-b"), (rest, "may-c")):
        record, = wait_stored(logs, source, 1)
        assert f"từ {host}" in record


def test_unknown_sender_becomes_a_source(logs):
    syslog_source(logs, "Ở xa", address="10.1.2.3")
    logs.start()
    wait_collector(logs)
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for number in range(7):
        udp.sendto(f"<13>Nov 21 07:00:00 camera-1 x: <b>lạ</b> {number}".encode(), ("127.0.0.1", ports_of(logs)["udp"]))
    stranger = wait_for(lambda: logs.cli("source", "list")["strangers"])[0]
    assert (stranger["address"], stranger["host"]) == ("127.0.0.1", "camera-1") and stranger["count"] == 7
    page = logs.client().page("/cai-dat/nguon-nhat-ky").text
    assert "Nhận làm nguồn" in page and "<b>lạ" not in page and "address=127.0.0.1&amp;host=camera-1" in page
    assert stored(logs) == [], "what belongs to no source is counted, not kept"
    logs.cli("source", "add", "Camera", "camera", "--address", "127.0.0.1", "--host", "camera-1")
    assert logs.cli("source", "list")["strangers"] == []


def test_bytes_of_any_kind(logs):
    source = syslog_source(logs)
    logs.start()
    wait_collector(logs)
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for bad in (b"", b"\n", b"<", b"<999>", b"\0\0", b"<13>\xff\xfe\x00 bytes", os.urandom(800)):
        udp.sendto(bad, ("127.0.0.1", ports_of(logs)["udp"]))
    with socket.create_connection(("127.0.0.1", ports_of(logs)["tcp"])) as tcp:
        tcp.sendall(b"999999999 x" + b"y" * 3000000)
    with socket.create_connection(("127.0.0.1", ports_of(logs)["tcp"])) as tcp:
        tcp.sendall(b"x" * 1000000 + b"\n" + STAMP.encode() + b"sau 1\n")
    wait_for(lambda: any("sau 1" in row.get("raw", "") for row in export(logs, source["code"])[1]))
    rows = export(logs, source["code"])[1]
    assert any(row.get("raw_base64") for row in rows) and max(len(row.get("raw", "")) for row in rows) == 256 * 1024
    assert collector_pid(logs)


# --- files ---

def file_source(world, path):
    return world.cli("source", "add", "Tệp", "file", "--path", path)


def write(path, first, last, mode="a"):
    with open(path, mode) as out:
        out.writelines(f"dòng {number}\n" for number in range(first, last))


def test_file_is_followed_across_rotation(logs, tmp_path):
    path = tmp_path / "app.log"
    write(path, 0, 100)
    source = file_source(logs, path)
    logs.start()
    wait_stored(logs, source, 100)
    write(path, 100, 150)
    path.rename(tmp_path / "app.log.1")  # renamed while it is written to
    write(tmp_path / "app.log.1", 150, 160)
    write(path, 160, 200)
    wait_stored(logs, source, 200)
    shutil.copy(path, tmp_path / "app.log.2")  # copytruncate
    os.truncate(path, 0)
    write(path, 200, 300)
    wait_stored(logs, source, 300)
    with open(path, "a") as out:
        out.write("dòng 300")  # a line in two pieces
        out.flush()
        time.sleep(1)
        out.write("\n")
    assert sorted(numbers(wait_stored(logs, source, 301))) == list(range(301))
    logs.stop()
    path.rename(tmp_path / "app.log.3")  # renamed while nothing ran
    write(tmp_path / "app.log.3", 301, 310)
    write(path, 310, 320)
    logs.start()
    assert sorted(numbers(wait_stored(logs, source, 320))) == list(range(320)), "nothing left out, nothing twice"


def test_file_of_json(logs, tmp_path):
    path = tmp_path / "su-kien.json"
    path.write_text(json.dumps([{"EventID": 4625, "n": n, "text": "dòng\nmới"} for n in range(50)], indent=2))
    source = file_source(logs, path)
    logs.start()
    assert [json.loads(record)["n"] for record in wait_stored(logs, source, 50)] == list(range(50))


def test_missing_file_is_told(logs, tmp_path):
    source = file_source(logs, tmp_path / "khong-co.log")
    logs.start()
    row = wait_for(lambda: (row := row_of(logs, source))["trouble"] and row)
    assert "khong-co.log" in row["trouble"] and row["state"]["class"] == "late"
    assert "Nguồn nhật ký" in logs.client().page("/").text, "the board tells it"
    write(tmp_path / "khong-co.log", 0, 3)
    wait_stored(logs, source, 3)
    wait_for(lambda: not row_of(logs, source)["trouble"])


# --- log.add ---

def api_source(world):
    return world.cli("source", "add", "Chương trình", "api")


def post(world, source, body, kind="application/x-ndjson", **headers):
    client = world.client()
    head = {"Content-Type": kind, "X-CSRF-Token": client.csrf, **headers}
    return client.call("POST", f"/api/log?source={source['code']}", body, head)


def test_log_add_by_rest(logs):
    source = api_source(logs)
    logs.start()
    wait_collector(logs)
    answer = post(logs, source, b"".join(b'{"n": %d}\n' % n for n in range(1000)))
    assert answer.status == 200 and answer.json == {"source": source["code"], "stored": 1000}, answer.text
    assert len(stored(logs, source["code"])) == 1000, "acknowledged: it is there at once"
    assert post(logs, source, "một\nhai\n".encode(), "text/plain; charset=utf-8").json["stored"] == 2
    assert post(logs, source, b"").status in (200, 422)
    assert post(logs, source, b"{}", "application/json").status == 422, "an object is the input, the file is missing"
    assert post(logs, {"code": "NK-1999-0001"}, b"x\n", "text/plain").status == 404
    try:
        assert post(logs, source, b"x" * 70_000_000, "text/plain").status == 413
    except OSError:
        pass  # refused by its length alone, before the body was read
    assert len(stored(logs, source["code"])) == 1002
    assert logs.client().call("POST", "/api/nhiem-vu/moi", b"x", {"Content-Type": "text/plain", "X-CSRF-Token": "x"}).status in (400, 401, 403, 422)
    logs.cli("source", "stop", source["id"])
    assert post(logs, source, b"x\n", "text/plain").status == 409


def test_token_with_the_scope_alone(logs):
    source = api_source(logs)
    token = logs.cli("token", "add", "--name", "máy", "--scopes", "log.write", "--days", 5)["token"]
    other = logs.cli("token", "add", "--name", "khác", "--scopes", "source.read", "--days", 5)["token"]
    logs.start()
    wait_collector(logs)

    def give(bearer):
        return Client(logs.port).call("POST", f"/api/log?source={source['code']}", b"x 1\n", {"Content-Type": "text/plain", "Authorization": f"Bearer {bearer}"}).status
    assert (give(token), give(other), give("uc_sai")) == (200, 403, 401)


def test_log_add_without_a_collector(logs, tmp_path):
    source = api_source(logs)
    path = tmp_path / "a.log"
    write(path, 0, 5000)
    assert logs.cli("log", "add", "--source", source["code"], path)["stored"] == 5000
    assert logs.cli("log", "add", "--source", source["code"], "-", stdin="dòng 5000\ndòng 5001\n")["stored"] == 2
    assert numbers(stored(logs, source["code"])) == list(range(5002)) and row_of(logs, source)["stored"] == 5002
    assert logs.run("log", "add", "--source", source["code"], tmp_path / "khong-co", "--as", "qt").returncode == 3


def test_bodies(logs):
    """A commune sees, tests, feeds and exports its own sources alone."""
    xa = logs.cli("org", "add", "--name", "UBND xã Khác", "--kind", "xa", "--parent", logs.cli("org", "list")["rows"][0]["id"])["id"]
    logs.cli("account", "add", "--login", "cb", "--name", "Cán Bộ", "--role", "officer", "--body", xa, "--password-stdin", stdin=PASSWORD)
    mine, theirs = api_source(logs), logs.cli("source", "add", "Của xã", "api", "--body", xa)
    for source in (mine, theirs):
        logs.cli("log", "add", "--source", source["code"], "-", stdin=f"dòng {source['code']}\n")

    def as_officer(*words):
        return logs.run(*words, "--as", "cb", "--json")
    assert [row["code"] for row in json.loads(as_officer("source", "list").stdout)["rows"]] == [theirs["code"]]
    assert "strangers" not in json.loads(as_officer("source", "list").stdout)
    for words in (["source", "view", mine["id"]], ["source", "test", mine["id"]], ["log", "export", "--from", "2020-01-01 00:00", "--to", "2100-01-01 00:00", "--source", mine["code"]]):
        assert as_officer(*words).returncode == 5, words
    assert as_officer("source", "add", "Tệp máy chủ", "file", "--path", "/etc/passwd").returncode != 0, "a file of the machine is not a commune's"
    done = as_officer("log", "export", "--from", "2020-01-01 00:00", "--to", "2100-01-01 00:00")
    text = zipfile.ZipFile(io.BytesIO(done.stdout)).read("nhat-ky.ndjson").decode()
    assert theirs["code"] in text and mine["code"] not in text
    assert as_officer("log", "verify").returncode != 0


# --- promises ---

def test_kill_loses_at_most_one_window(logs):
    source = syslog_source(logs)
    logs.start()
    wait_collector(logs)
    pid, sent, rate = collector_pid(logs), 0, 5000
    tcp = socket.create_connection(("127.0.0.1", ports_of(logs)["tcp"]))
    began = time.time()
    try:
        while time.time() - began < 3:
            tcp.sendall(b"".join(f"{STAMP}số {sent + n}\n".encode() for n in range(rate // 100)))
            sent += rate // 100
            time.sleep(0.01)
        os.kill(pid, signal.SIGKILL)
    finally:
        tcp.close()
    wait_for(lambda: collector_pid(logs) not in (None, pid), 15)
    wait_collector(logs)
    got = numbers(stored(logs, source["code"]))
    assert got == list(range(len(got))), "in order, none twice, none left out in between"
    assert sent - len(got) <= rate * 0.25, (sent, len(got))


def test_kill_keeps_what_was_acknowledged(logs):
    source = api_source(logs)
    logs.start()
    acknowledged, stop = [], threading.Event()

    def give(thread):
        number = 0
        while not stop.is_set():
            lines = "".join(f"{thread} lô {number} dòng {n}\n" for n in range(50))
            try:
                if post(logs, source, lines.encode(), "text/plain").status == 200:
                    acknowledged.append((thread, number))
            except OSError:
                pass
            number += 1
    threads = [threading.Thread(target=give, args=(n,)) for n in range(2)]
    wait_collector(logs)
    for thread in threads:
        thread.start()
    for _ in range(2):
        time.sleep(1.5)
        pid = collector_pid(logs)
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: collector_pid(logs) not in (None, pid), 15)
    time.sleep(1)
    stop.set()
    for thread in threads:
        thread.join()
    kept = set(stored(logs, source["code"]))
    assert len(acknowledged) > 5
    for thread, number in acknowledged:
        assert {f"{thread} lô {number} dòng {n}" for n in range(50)} <= kept


def test_flood_is_counted(logs):
    """Whatever UDP loses is told: sent = stored + dropped by us + dropped by the system."""
    source = syslog_source(logs)
    logs.start()
    wait_collector(logs)
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    count, body = 60000, "x" * 900
    for number in range(count):
        udp.sendto(f"<{8 + number % 8}>1 - may-a thu - - - {body} {number}".encode(), ("127.0.0.1", ports_of(logs)["udp"]))

    def all_told():
        counters = {row["label"]: row["count"] for row in logs.cli("source", "list")["counters"]}
        lost = counters["gói UDP bỏ vì quá tải"] + counters["gói UDP hệ điều hành bỏ"]
        return row_of(logs, source)["stored"] + lost == count and (row_of(logs, source)["stored"], lost)
    kept, _ = wait_for(all_told, 40)
    assert len(stored(logs, source["code"])) == kept > count / 10


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m,mode=700", "ungcuu-test", folder], capture_output=True).returncode:
        pytest.skip("no right to mount a small disk")
    world = prepare(World(folder / "home"))
    yield world
    world.stop()
    subprocess.run(["umount", folder], check=True)


def test_full_disk(small_disk, tmp_path):
    world = small_disk
    source, device = api_source(world), syslog_source(world)
    bearer = {"Authorization": "Bearer " + world.cli("token", "add", "--name", "máy", "--scopes", "log.write", "--days", 5)["token"]}
    world.start()
    wait_collector(world)

    def give(body):
        return Client(world.port).call("POST", f"/api/log?source={source['code']}", body, {"Content-Type": "text/plain", **bearer})
    acknowledged = [n for n in range(5) if give(f"trước {n}\n".encode()).status == 200]
    assert len(acknowledged) == 5
    filler = open(world.home / "filler", "wb", buffering=0)
    try:
        while True:
            filler.write(b"x" * 4096)
    except OSError:
        filler.close()
    statuses = []
    for n in range(200):
        answer = give(os.urandom(30000).hex().encode() + b"\n")
        statuses.append(answer.status)
        if answer.status != 200:
            break
        acknowledged.append(None)
    assert statuses[-1] in (507, 503), (statuses, answer.text)
    tcp = socket.create_connection(("127.0.0.1", ports_of(world)["tcp"]))
    lines = [f"{STAMP}{os.urandom(400).hex()} {n}" for n in range(2000)]
    sender = threading.Thread(target=lambda: tcp.sendall("".join(line + "\n" for line in lines).encode()))
    sender.start()
    text = wait_for(lambda: (note := world.cli("source", "list").get("note")) and "Chưa ghi được nhật ký" in note["text"] and note["text"], 30, "the board tells it")
    assert "Những gì đã xác nhận vẫn còn" in text
    (world.home / "filler").unlink()
    assert wait_for(lambda: give(b"sau\n").status == 200, 20)
    sender.join(20)
    assert numbers(wait_stored(world, device, len(lines))) == list(range(len(lines))), "TCP waited, nothing is lost"
    records = stored(world, source["code"])
    assert len(records) >= len(acknowledged) + 1 and {f"trước {n}" for n in range(5)} <= set(records) and records[-1] == "sau"
    assert collector_pid(world)


def test_silent_source_is_an_alert(logs):
    source = syslog_source(logs, **{"silent-minutes": "1"})
    logs.start()
    wait_collector(logs)
    assert logs.cli("source", "test", source["id"])
    row = wait_for(lambda: (row := row_of(logs, source))["state"]["label"] == "Im lặng" and row, 80, "silence is seen after a minute")
    assert row["class"] == "late"
    alert, = [row for row in logs.cli("alert", "list")["rows"] if "không gửi gì" in row["title"]]
    assert "Máy A" in alert["title"]
    logs.cli("source", "test", source["id"])
    wait_for(lambda: row_of(logs, source)["state"]["label"] == "Đang nhận")


# --- what is kept ---

def fill_segment(world, source, megabytes=72):
    line = "x" * 1000
    done = subprocess.run([PROGRAM, "--home", str(world.home), "log", "add", "--source", source["code"], "-", "--as", "qt"],
                          input="".join(f"{line} {n}\n" for n in range(megabytes * 1000)).encode(), capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode()


def test_segments_are_sealed_verified_and_expire(logs):
    source = api_source(logs)
    fill_segment(logs, source)
    segment, = logs.cli("log", "segments")["rows"]
    assert logs.cli("log", "verify") == {"problems": [], "segments": 1, "bad": 0, "whole": True}
    with sqlite3.connect(logs.home / "ungcuu.db") as store:
        details, = store.execute("SELECT details FROM audit WHERE operation = 'log.seal' AND subject_id = ?", (segment["name"],)).fetchone()
    assert json.loads(details)["sha256"] == segment["hash"] and logs.cli("audit", "verify")["whole"] is True
    path = logs.home / "log/segments" / segment["name"]
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)
    assert logs.cli("log", "verify", code=4)["problems"][0]["problem"] == "nội dung đã bị đổi"
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert logs.cli("log", "verify")["whole"] is True
    path.rename(path.with_suffix(".away"))
    assert logs.cli("log", "verify", code=4)["problems"][0]["problem"] == "mất tệp"
    path.with_suffix(".away").rename(path)


def test_expiry_heeds_every_source(logs):
    """A segment goes when the longest of its sources is over, with its entry in the audit log; not before."""
    short, long = api_source(logs), logs.cli("source", "add", "Giữ lâu", "api", "--keep-months", 24)
    logs.cli("source", "edit", short["id"], "Giữ ngắn", "api", "--keep-months", 1)
    logs.start()
    wait_collector(logs)
    assert post(logs, long, b"x 1\n", "text/plain").status == 200
    logs.stop()
    fill_segment(logs, short)
    segment, = logs.cli("log", "segments")["rows"]
    path = logs.home / "log/segments" / segment["name"]

    def age(months, numbers):
        with sqlite3.connect(logs.home / "ungcuu.db") as store:
            store.execute("UPDATE log_segment SET last_ms = ?", (int(time.time() * 1000) - months * 31 * 86400000 - 60000,))
            store.execute("DELETE FROM job WHERE name = 'log.expire'")
            store.execute("DELETE FROM log_segment_source WHERE number NOT IN (%s)" % numbers)
            number = store.execute("SELECT number FROM log_source WHERE id = ?", (long["id"],)).fetchone()[0]
            store.execute("INSERT INTO job (id, name, payload, state, run_at_ms, created_ms) VALUES ('x' || ?, 'log.expire', '{}', 'waiting', 1, 1)", (months,))
            if numbers == "1, 2":
                store.execute("INSERT OR IGNORE INTO log_segment_source VALUES (?, ?)", (segment["name"], number))
    age(12, "1, 2")
    assert logs.run("jobs", "--once").returncode == 0 and path.exists(), "one of its sources is kept for two years"
    age(24, "1, 2")
    assert logs.run("jobs", "--once").returncode == 0 and not path.exists()
    with sqlite3.connect(logs.home / "ungcuu.db") as store:
        assert store.execute("SELECT count(*) FROM audit WHERE operation = 'log.expire' AND subject_id = ?", (segment["name"],)).fetchone()[0] == 1
    assert logs.cli("log", "segments")["rows"] == [] and logs.cli("log", "verify")["whole"] is True
