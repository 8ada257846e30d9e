"""A home with one body and its first user, a running server, and three ways in: api (as that user), public (as nobody), cli."""
import hashlib
import http.cookiejar
import json
import os
import pathlib
import re
import subprocess
import urllib.error
import urllib.parse
import urllib.request

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = os.environ.get("UNGCUU", str(ROOT / "build/ungcuu"))
STORE = os.environ.get("UNGCUU_TEST_STORE")  # postgresql://…; else SQLite in the home
PASSWORD = "rừng xanh núi đỏ 9"


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def text(self):
        return self.body.decode()


class Client:
    """A browser without a screen: keeps the cookie and sends the CSRF token along."""

    def __init__(self, base):
        self.base, self.token = base, ""
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def request(self, method, path, data=None, headers=None):
        request = urllib.request.Request(self.base + path, data=data, method=method, headers=headers or {})
        try:
            with self.opener.open(request, timeout=30) as reply:
                return Answer(reply.status, reply.headers, reply.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read())

    def page(self, path):
        return self.request("GET", path)

    def post(self, path, **fields):
        fields.setdefault("_csrf", self.token)
        return self.request("POST", path, urllib.parse.urlencode(fields, doseq=True).encode())

    def upload(self, path, field, name, content, **fields):
        fields.setdefault("_csrf", self.token)
        parts = [f'--ranh-gioi\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields.items()]
        parts.append(f'--ranh-gioi\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'.encode() + content + b"\r\n")
        return self.request("POST", path, b"".join(parts) + b"--ranh-gioi--\r\n", {"Content-Type": "multipart/form-data; boundary=ranh-gioi"})

    def sign_in(self, login, password):
        answer = self.post("/dang-nhap", login=login, password=password)
        session = next((cookie.value for cookie in self.cookies if cookie.name == "phien"), None)
        assert session, answer.text
        self.token = digest("csrf:" + digest(session))  # what every form carries
        return self

    def api(self, method, path, body=None, **query):
        path = "/api" + path + ("?" + urllib.parse.urlencode(query) if query else "")
        data = json.dumps(body).encode() if body is not None else b"" if method == "POST" else None
        headers = {"X-CSRF-Token": self.token}
        if body is not None:
            headers["Content-Type"] = "application/json"
        return self.request(method, path, data, headers)


class Installation:
    def __init__(self, home):
        self.home, self.process = home, None

    def cli(self, *words, stdin=None):
        return subprocess.run([PROGRAM, *words, "--home", self.home], input=stdin, capture_output=True, text=True, timeout=60)

    def start(self):
        self.process = subprocess.Popen([PROGRAM, "serve", "--home", self.home, "--port", "0"], stdout=subprocess.PIPE, text=True)
        self.base = re.search(r"http://[\d.]+:\d+", self.process.stdout.readline()).group(0)

    def stop(self):
        self.process.terminate()
        self.process.wait(20)

    def client(self):
        return Client(self.base)


@pytest.fixture(scope="session")
def installation(tmp_path_factory):
    made = Installation(str(tmp_path_factory.mktemp("home")))
    settings = "[incident]\nreports_per_hour=100\n" + (f"[store]\nurl={STORE}\n" if STORE else "")
    pathlib.Path(made.home, "ungcuu.conf").write_text(settings)
    first = made.cli("account", "first", "--login", "qt", "--name", "Quản Trị", "--body", "UBND xã Tân Lập", "--kind", "xa",
                     "--password-stdin", stdin=PASSWORD)
    assert first.returncode == 0, first.stderr
    made.start()
    yield made
    made.stop()


@pytest.fixture
def user(installation):
    return installation.client().sign_in("qt", PASSWORD)


@pytest.fixture
def public(installation):
    return installation.client()
