"""A home, its first administrator, a running server, a client that signs in, and the command line.

Everything is made in a temporary folder and talks to 127.0.0.1 alone. UNGCUU names another program than build/ungcuu.
"""
import http.client
import json
import os
import pathlib
import re
import subprocess
import time
import urllib.parse
import uuid

import pytest

from incident_fixtures import installation, public, user  # noqa: F401 (fixtures)
from site_fixtures import ADMIN, Person, Site, home_site, quiet_site, site  # noqa: F401 (fixtures)

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = os.environ.get("UNGCUU", str(ROOT / "build" / "ungcuu"))
SHARED = pathlib.Path(os.environ.get("UNGCUU_SHARED", ROOT.parent / "shared"))
PASSWORD = "rừng xanh núi đỏ 9"


def free_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def text(self):
        return self.body.decode("utf-8")

    @property
    def json(self):
        return json.loads(self.body)


class Client:
    """One browser or program. With a login it signs in and sends the cookie and the CSRF token."""

    def __init__(self, port, login=None, password=PASSWORD):
        self.port, self.cookie, self.csrf = port, None, None
        if login:
            self.sign_in(login, password)

    def call(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = dict(headers or {})
        if self.cookie:
            headers["Cookie"] = self.cookie
        connection.request(method, urllib.parse.quote(path, safe="/?&=%{}:,+-_.~"), body, headers)
        answer = Answer(connection.getresponse())
        connection.close()
        return answer

    def sign_in(self, login, password=PASSWORD):
        form = urllib.parse.urlencode({"login": login, "password": password})
        answer = self.call("POST", "/dang-nhap", form, {"Content-Type": "application/x-www-form-urlencoded"})
        assert answer.status == 303, answer.text
        self.cookie = answer.headers["Set-Cookie"].split(";")[0]
        self.csrf = re.search(r'name="_csrf" value="([0-9a-f]+)"', self.page("/nhiem-vu").text).group(1)

    def page(self, path):
        return self.call("GET", path)

    def form(self, path, fields, referer="/"):
        pairs = [("_csrf", self.csrf or ""), ("_from", referer)]
        for name, value in fields.items():
            pairs += [(name, one) for one in (value if isinstance(value, list) else [value])]
        return self.call("POST", path, urllib.parse.urlencode(pairs), {"Content-Type": "application/x-www-form-urlencoded"})

    def upload(self, path, field, name, data, fields=None):
        mark = uuid.uuid4().hex
        parts = [(n, None, v.encode()) for n, v in {"_csrf": self.csrf or "", **(fields or {})}.items()] + [(field, name, data)]
        body = b""
        for part, file_name, value in parts:
            disposition = f'form-data; name="{part}"' + (f'; filename="{file_name}"' if file_name else "")
            body += f"--{mark}\r\nContent-Disposition: {disposition}\r\n\r\n".encode() + value + b"\r\n"
        body += f"--{mark}--\r\n".encode()
        return self.call("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={mark}", "X-CSRF-Token": self.csrf or ""})

    def get(self, path):
        return self.call("GET", "/api" + path)

    def post(self, path, data=None, **headers):
        head = {"Content-Type": "application/json", "X-CSRF-Token": self.csrf or "", **headers}
        return self.call("POST", "/api" + path, json.dumps(data or {}), head)


class World:
    """A home with its command line and server."""

    def __init__(self, folder, body="UBND xã Thử", kind="xa"):
        self.home, self.server, self.port = folder, None, None
        self.cli("account", "first", "--login", "qt", "--name", "Quản Trị", "--body", body, "--kind", kind, "--password-stdin",
                 stdin=PASSWORD + "\n")

    def run(self, *words, stdin=None, env=None):
        return subprocess.run([PROGRAM, "--home", str(self.home), *map(str, words)], input=stdin.encode() if stdin else None,
                              capture_output=True, timeout=60, env={**os.environ, **(env or {})})

    def cli(self, *words, stdin=None, code=0):
        """Runs as the administrator; the JSON answer."""
        extra = [] if "first" in words[:2] else ["--as", "qt"]
        done = self.run(*words, *extra, "--json", stdin=stdin)
        assert done.returncode == code, (done.returncode, done.stderr.decode())
        return json.loads(done.stdout) if done.stdout.strip() else None

    def start(self):
        self.port = free_port()
        self.server = subprocess.Popen([PROGRAM, "--home", str(self.home), "serve", "--port", str(self.port)],
                                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for _ in range(100):
            try:
                if Client(self.port).page("/dang-nhap").status == 200:
                    return self
            except OSError:
                time.sleep(0.05)
        raise AssertionError("the server did not start: " + self.server.stdout.read1().decode())

    def stop(self):
        if self.server:
            self.server.terminate()
            self.server.wait(20)
            self.server.stdout.close()
            self.server = None

    def client(self, login="qt", password=PASSWORD):
        return Client(self.port, login, password)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """One running home for the tests of a file."""
    made = World(tmp_path_factory.mktemp("home")).start()
    yield made
    made.stop()


@pytest.fixture
def fresh(tmp_path):
    """A home of one's own, not yet served."""
    made = World(tmp_path / "home")
    yield made
    made.stop()


@pytest.fixture(scope="session")
def shared():
    if not SHARED.is_dir():
        pytest.skip("no shared folder (UNGCUU_SHARED)")
    return SHARED
