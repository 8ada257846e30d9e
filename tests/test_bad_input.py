"""Bytes that nobody should have sent: by the command line (exit code 3, nothing on standard output, the reason on standard
error), by the page of plan.stage and by REST (plan.check, plan.read): a clear message, never 500, the server goes on."""
import io
import itertools
import json
import socket
import subprocess
import unicodedata
import zipfile

import pytest

from conftest import PROGRAM, ROOT, Client, World

PLAN = ROOT / "tests/plans/phuong-dong-quan-2026.txt"
DOCX = ROOT / "tests/plans/phuong-dong-quan-2026.docx"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("bad")).start()
    yield world
    world.stop()


def docx(body):
    """A DOCX whose main part is the chunks of `body`, which may be long: it is compressed as it comes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>')
        with package.open("word/document.xml", "w", force_zip64=True) as part:
            part.write(f'<w:document xmlns:w="{W}"><w:body>'.encode())
            for chunk in body:
                part.write(chunk)
            part.write(b"</w:body></w:document>")
    return file.getvalue()


def scanned_pdf():
    """One page that is a grey picture."""
    parts = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
             b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >> >>",
             b"<< /Length 29 >>\nstream\nq 595 0 0 842 0 0 cm /I Do Q\nendstream",
             b"<< /Type /XObject /Subtype /Image /Width 2 /Height 2 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 4 >>\n"
             b"stream\n\x80\x90\xa0\xb0\nendstream"]
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1) + b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer << /Root 1 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, table)


def bad_files():
    whole = DOCX.read_bytes()
    return {
        "speech.txt": (ROOT / "tests/plans/not_plans/bai-phat-bieu.txt").read_bytes(),
        "empty.txt": b"",
        "bomb.docx": docx(itertools.repeat(b" " * MEGABYTE, 1024)),
        "paragraphs.docx": docx(itertools.repeat(b"<w:p/>" * (10 * MEGABYTE // 6), 6)),
        "cut.docx": whole[: len(whole) // 2],
        "cut-end.docx": whole[:-30],
        "no-text.docx": docx([]),
        "invalid.txt": "KẾ HOẠCH ứng phó sự cố".encode() + bytes(range(0x80, 0x100)) * 40 + b"\xc3\x28\xe1\xba",
        "zeros.txt": b"\0" * 5000,
        "random.docx": b"PK\x03\x04" + bytes((i * 7919 + 13) % 251 for i in range(20000)),
        "scan.pdf": scanned_pdf(),
        "cut.pdf": scanned_pdf()[:120],
        "not-word.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 4000,
    }


FILES = bad_files()


@pytest.mark.parametrize("name", FILES)
def test_command_line_refuses(tmp_path, name):
    file = tmp_path / name
    file.write_bytes(FILES[name])
    for verb in ("read", "check"):
        done = subprocess.run([PROGRAM, "plan", verb, file, "--json"], capture_output=True, timeout=60)
        assert (done.returncode, done.stdout) == (3, b""), (done.returncode, done.stdout[:200], done.stderr.decode())
        assert len(done.stderr.decode().strip()) > 20


@pytest.mark.parametrize("name", FILES)
def test_server_refuses_and_goes_on(served, name):
    client = served.client()
    rest = client.upload("/api/ke-hoach/kiem-tra", "file", name, FILES[name])
    assert 400 <= rest.status < 500, (rest.status, rest.text)
    assert rest.headers["Content-Type"] == "application/problem+json" and len(rest.json["detail"]) > 20
    page = client.upload("/ke-hoach/nhap", "file", name, FILES[name], {"_from": "/ke-hoach/nhap"})
    assert 400 <= page.status < 500 and rest.json["detail"].split(".")[0][:30] in page.text
    assert client.page("/nhiem-vu").status == 200
    assert client.get("/nhiem-vu").json["rows"] == []


# --- old encodings are read, not refused ---

VNI_TONE = {"\u0301": "ù", "\u0300": "ø", "\u0309": "û", "\u0303": "õ", "\u0323": "ï"}
VNI_MARKED = {"\u0302": {"": "â", "\u0301": "á", "\u0300": "à", "\u0309": "å", "\u0303": "ã", "\u0323": "ä"},
              "\u0306": {"": "ê", "\u0301": "é", "\u0300": "è", "\u0309": "ú", "\u0303": "ü", "\u0323": "ë"}}
VNI_I = {"\u0301": "í", "\u0300": "ì", "\u0309": "æ", "\u0303": "ó", "\u0323": "ò"}
VNI_HORN = {"o": "ô", "u": "ö", "O": "Ô", "U": "Ö"}


def vni_letter(letter):
    if letter in "đĐ":
        return "ñ" if letter == "đ" else "Ñ"
    base, *marks = unicodedata.normalize("NFD", letter)
    tone = next((mark for mark in marks if mark in VNI_TONE), "")
    shape = next((mark for mark in marks if mark not in VNI_TONE), "")
    upper = str.upper if base.isupper() else str
    if base in "iI" and tone:
        return upper(VNI_I[tone])
    if base in "yY" and tone == "\u0323":
        return upper("î")
    if shape == "\u031b":
        return VNI_HORN[base] + (upper(VNI_TONE[tone]) if tone else "")
    if shape:
        return base + upper(VNI_MARKED[shape][tone])
    return base + (upper(VNI_TONE[tone]) if tone else "")


def vni(text):
    return "".join(vni_letter(letter) if letter.isalpha() else letter for letter in unicodedata.normalize("NFC", text)).encode("cp1252")


def tcvn3(text):
    """Capitals with a mark are small ones in a font of capitals."""
    small = "".join(letter.lower() if ord(letter) > 0x7F and letter not in "ĐÂĂÊÔƠƯ" else letter for letter in text)
    return subprocess.run(["iconv", "-f", "UTF-8", "-t", "TCVN5712-1"], input=small.encode(), capture_output=True, check=True).stdout


@pytest.mark.parametrize("encode", [vni, tcvn3, lambda text: text.encode("utf-16"), lambda text: unicodedata.normalize("NFD", text).encode()],
                         ids=["vni", "tcvn3", "utf-16", "nfd"])
def test_old_encodings_are_read(tmp_path, encode):
    text = PLAN.read_text()
    for new, old in (("–", "-"), ("…", "..."), ("“", '"'), ("”", '"'), ("•", "-")):
        text = text.replace(new, old)
    readings = []
    for name, data in (("new.txt", text.encode()), ("old.txt", encode(text))):
        file = tmp_path / name
        file.write_bytes(data)
        done = subprocess.run([PROGRAM, "plan", "read", file, "--json"], capture_output=True, timeout=60)
        assert done.returncode == 0, done.stderr.decode()
        readings.append(json.loads(done.stdout))
    new, old = ([task["content"].lower() for task in reading["tasks"]] for reading in readings)
    assert new and new == old


# --- size ---

def raw(port, head, body=b"", limit=65536):
    """Sends as it is; what comes back, until the other side closes or the answer is whole."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(head)
        try:
            for part in body if not isinstance(body, bytes) else [body]:
                connection.sendall(part)
        except OSError:
            pass  # closed on us, with or without an answer
        got = b""
        try:
            while len(got) < limit and (part := connection.recv(limit)):
                got += part
                if b"\r\n\r\n" in got and b"Content-Length: 0" in got:
                    break
                head_end = got.find(b"\r\n\r\n")
                if head_end >= 0 and b"Content-Length: " in got[:head_end]:
                    size = int(got.split(b"Content-Length: ")[1].split(b"\r\n")[0])
                    if len(got) >= head_end + 4 + size:
                        break
        except OSError:
            pass
        return got


def kept_files(world):
    return [path for folder in ("tmp", "files") for path in (world.home / folder).rglob("*") if path.is_file()]


def test_200_megabytes_are_refused_at_once(served, tmp_path):
    client = served.client()
    head = (f"POST /api/ke-hoach/kiem-tra HTTP/1.1\r\nHost: x\r\nCookie: {client.cookie}\r\nX-CSRF-Token: {client.csrf}\r\n"
            "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 200000000\r\n\r\n").encode()
    start = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.docx"\r\n\r\n'
    answer = raw(served.port, head, start)
    assert answer.startswith(b"HTTP/1.1 413"), answer[:300]
    assert kept_files(served) == [] and client.page("/").status == 200
    file = tmp_path / "huge.docx"
    with file.open("wb") as sparse:
        sparse.truncate(200 * 1000 * 1000)
    done = subprocess.run([PROGRAM, "plan", "read", file, "--json"], capture_output=True, timeout=60)
    assert (done.returncode, done.stdout) == (3, b"") and done.stderr


def test_200_megabytes_without_a_length(served):
    client = served.client()
    head = (f"POST /api/ke-hoach/kiem-tra HTTP/1.1\r\nHost: x\r\nCookie: {client.cookie}\r\nX-CSRF-Token: {client.csrf}\r\n"
            "Content-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\n\r\n").encode()
    start = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.docx"\r\n\r\n'
    chunk = b"%x\r\n" % MEGABYTE + b"x" * MEGABYTE + b"\r\n"
    body = itertools.chain([b"%x\r\n" % len(start) + start + b"\r\n"], itertools.repeat(chunk, 100), [b"0\r\n\r\n"])
    answer = raw(served.port, head, body)
    assert answer.startswith(b"HTTP/1.1 413") or answer == b"", answer[:300]
    assert kept_files(served) == [] and client.page("/").status == 200


# --- hostile forms ---

def test_ten_thousand_pairs(served):
    client = served.client()
    fields = {f"field{i}": "x" for i in range(10000)}
    answer = client.form("/nhiem-vu/moi", {"title": "Việc thử", **fields})
    assert answer.status == 413 and client.get("/nhiem-vu").json["rows"] == []
    answer = client.form("/nhiem-vu/hoan-thanh", {"ids": ["x"] * 4000, "note": "y"})
    assert 400 <= answer.status < 500, answer.status


def test_long_names_and_values(served):
    client = served.client()
    for fields in ({"t" * 100000: "x"}, {"title": "x" * 3000000}, {"title": "x" * 100000}, {"content": "ế" * 400000, "title": "dài quá"}):
        answer = client.form("/nhiem-vu/moi", fields)
        assert 400 <= answer.status < 500, answer.status
    assert client.get("/nhiem-vu").json["rows"] == []


@pytest.mark.parametrize("value", ["trước\0sau", "\x1b[31mđỏ", "a\r\nSet-Cookie: x=1", "\ud800".encode("utf-8", "surrogatepass")])
def test_control_bytes(served, value):
    client = served.client()
    answer = client.form("/nhiem-vu/moi", {"title": value})
    rows = client.get("/nhiem-vu").json["rows"]
    assert answer.status in (303, 400, 422) and "Set-Cookie" not in answer.headers
    assert not any(c < " " or c == "\x7f" for row in rows for c in row["title"]), rows


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https://evil.example/", "/x\r\nSet-Cookie: phien=1", "javascript:alert(1)",
                                    "/%0d%0aSet-Cookie:%20a=b", "\t//evil.example", "/\t/evil.example"])
def test_redirects_stay_here(served, target):
    client = served.client()
    done = client.call("POST", "/nhiem-vu/hoan-tac", "", {})
    assert done.status in (400, 403, 422)
    for path, fields in (("/dang-nhap", {"login": "qt", "password": "rừng xanh núi đỏ 9", "tiep": target, "next": target}), ("/tai-khoan/don-vi", {"body": "x"})):
        answer = client.form(path, fields, referer=target)
        place = answer.headers.get("Location", "/")
        assert place.startswith("/") and not place.startswith(("//", "/\\")) and "\t" not in place, place
        assert all(one.startswith("phien=") and one.split(";")[0] != "phien=1" for one in answer.headers.get_all("Set-Cookie") or [])


@pytest.mark.parametrize("head, body", [
    ("multipart/form-data", b"--b\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nx\r\n--b--\r\n"),
    ("multipart/form-data; boundary=", b"--\r\n\r\n--"),
    ("multipart/form-data; boundary=other", b"--b\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nx\r\n--b--\r\n"),
    ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nno end"),
    ("multipart/form-data; boundary=b", b"--b\r\n" + b"X: y\r\n" * 5000 + b"\r\nx\r\n--b--\r\n"),
    ("multipart/form-data; boundary=" + "b" * 4000, b"--b\r\n\r\n"),
    ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\0a\"\r\n\r\nx\r\n--b--\r\n"),
    ("application/json", b"{\"title\": \"a\", \"title\": \"b\"}"), ("application/json", b"[" * 100000), ("application/json", b"{\"title\":"),
    ("application/json", b"{\"title\": {\"a\": []}}"), ("application/json", b"\xff\xfe{}"), ("application/json", b"{\"title\": \"\\u0000\"}"),
    ("application/json", b"{\"title\": 1e999}"), ("text/xml", b"<a/>"), ("", b"title=x"),
], ids=lambda value: repr(value)[:40])
def test_bodies_that_are_none(served, head, body):
    client = served.client()
    for path in ("/api/nhiem-vu/moi", "/nhiem-vu/moi", "/api/ke-hoach/kiem-tra"):
        headers = {"X-CSRF-Token": client.csrf, **({"Content-Type": head} if head else {})}
        try:
            answer = client.call("POST", path, body, headers)
        except (OSError, Exception) as refused:  # a head beyond the limit may be cut off
            assert type(refused).__name__ in ("RemoteDisconnected", "ConnectionResetError", "BadStatusLine", "BrokenPipeError"), refused
            continue
        assert 400 <= answer.status < 500, (path, answer.status, answer.text)
    assert client.page("/").status == 200


@pytest.mark.parametrize("name", ["../../../../etc/passwd", "..\\..\\ungcuu.db", "/etc/shadow", "a\0b.txt", "\r\nX: y.txt", "." * 300 + ".txt", "ế" * 400 + ".pdf", ""])
def test_file_names(served, name):
    client = served.client()
    before = sorted(path.name for path in served.home.iterdir())
    duty = client.post("/nhiem-vu/moi", {"title": "Việc có tệp"}).json["id"]
    safe = name.replace("\0", "%00").replace("\r", "%0D").replace("\n", "%0A")
    answer = client.upload("/api/nhiem-vu/minh-chung", "file", safe, b"minh chung", {"ids": duty})
    assert answer.status in (200, 409, 422, 400), answer.text
    shown = [proof["name"] for proof in client.get(f"/nhiem-vu/{duty}").json["proofs"]]
    assert not any("/" in one or "\\" in one for one in shown), shown
    assert sorted(path.name for path in served.home.iterdir() if path.name != "files") == [one for one in before if one != "files"]
    client.post("/nhiem-vu/khong-ap-dung", {"ids": [duty], "note": "chỉ để thử"})


@pytest.mark.parametrize("path", ["/../ungcuu.conf", "/%2e%2e/%2e%2e/etc/passwd", "/style.css/../../ungcuu.db", "/tep/../../../etc/passwd", "/tep/%2e%2e%2fungcuu.db",
                                  "/nhiem-vu/%00", "/nhiem-vu/" + "x" * 3000, "/" + "a/" * 1000, "/%ff%fe", "//nhiem-vu"], ids=lambda path: path[:40])
def test_paths(served, path):
    client = served.client()
    answer = raw(served.port, f"GET {path} HTTP/1.1\r\nHost: x\r\nCookie: {client.cookie}\r\nConnection: close\r\n\r\n".encode())
    assert answer.split(b" ")[1] in (b"400", b"404", b"414", b"422", b"431", b"200", b"303"), answer[:200]
    assert b"root:" not in answer and b"SQLite format" not in answer and b" 500 " not in answer[:20]
    assert answer.split(b" ")[1] != b"200" or path == "//nhiem-vu", answer[:300]


# --- floods and slow ones ---

@pytest.mark.parametrize("head", ["X-Long: " + "a" * 200000, "\r\n".join(f"X-{i}: y" for i in range(20000)), "Cookie: " + "; ".join(f"c{i}=v" for i in range(5000)),
                                  "Content-Length: 99999999999999999999", "Content-Length: -1", "Transfer-Encoding: chunked\r\nContent-Length: 3"],
                         ids=["long", "many", "cookies", "length-too-long", "length-negative", "both-lengths"])
def test_header_floods(served, head):
    answer = raw(served.port, f"POST /dang-nhap HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode(), b"abc\r\n\r\n")
    assert answer == b"" or 400 <= int(answer.split(b" ")[1]) < 500, answer[:200]
    assert Client(served.port).page("/dang-nhap").status == 200


def test_slow_clients_hold_nobody_up(served):
    slow = []
    for i in range(200):
        connection = socket.create_connection(("127.0.0.1", served.port), timeout=5)
        connection.sendall(b"POST /dang-nhap HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nlogin=" if i % 2 else b"GET / HTTP/1.1\r\nHos")
        slow.append(connection)
    client = served.client()
    for connection in slow[:20]:
        connection.sendall(b"a")
    assert all(client.page("/nhiem-vu").status == 200 for _ in range(20))
    for connection in slow:
        connection.close()
