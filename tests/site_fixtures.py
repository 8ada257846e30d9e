"""What the tests of the running program share: a home with its first account, a server on a free port, people who call.

UNGCUU names the program (default: build/ungcuu beside this folder).
"""
import html
import http.client
import json
import os
import pathlib
import re
import signal
import subprocess
import urllib.parse

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = os.environ.get("UNGCUU", str(ROOT / "build/ungcuu"))
ADMIN = ("qt", "rừng xanh núi đỏ 9")


class Answer:
    def __init__(self, response, body):
        self.status, self.headers, self.body = response.status, response.headers, body

    @property
    def text(self):
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.body)


class Person:
    """One browser or program: keeps its cookie, sends the token of its forms."""

    def __init__(self, port, bearer=None):
        self.port, self.bearer, self.cookie, self.csrf = port, bearer, None, ""

    def call(self, method, path, data=None, form=False, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        sent = dict(headers or {})
        body = None
        if self.cookie:
            sent.setdefault("Cookie", "phien=" + self.cookie)
        if self.bearer:
            sent["Authorization"] = "Bearer " + self.bearer
        if method == "POST" and form:
            body = urllib.parse.urlencode({"_csrf": self.csrf, **(data or {})}, doseq=True)
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        elif method == "POST":
            body = json.dumps(data or {})
            sent["Content-Type"] = "application/json"
            sent.setdefault("X-CSRF-Token", self.csrf)
        elif method == "POST-RAW":
            method, body = "POST", data
            sent.setdefault("X-CSRF-Token", self.csrf)
        elif data:
            path += "?" + urllib.parse.urlencode(data, doseq=True)
        connection.request(method, path, body, sent)
        response = connection.getresponse()
        answer = Answer(response, response.read())
        connection.close()
        set_cookie = re.match(r"phien=([^;]*)", response.headers.get("Set-Cookie") or "")
        if set_cookie:
            self.cookie = set_cookie.group(1)
        return answer

    def get(self, path, data=None):
        return self.call("GET", path, data)

    def post(self, path, data=None):
        return self.call("POST", path, data)

    def raw(self, path, body, kind):
        return self.call("POST-RAW", path, body, headers={"Content-Type": kind})

    def submit(self, path, data=None):
        return self.call("POST", path, data, form=True)

    def sign_in(self, login, password, code=None, **more):
        answer = self.submit("/dang-nhap", {"login": login, "password": password, **({"code": code} if code else {}), **more})
        if answer.status == 303:
            page = self.get("/tai-khoan").text
            self.csrf = html.unescape(re.search(r'name="_csrf" value="([^"]*)"', page).group(1))
        return answer


class Site:
    def __init__(self, home):
        self.home, self.server, self.port = home, None, 0

    def run(self, *words, stdin="", login=ADMIN[0]):
        """The finished process; words as people type them."""
        words = [PROGRAM, *map(str, words), "--home", str(self.home)]
        if login:
            words += ["--as", login]
        return subprocess.run(words, input=stdin, capture_output=True, text=True, timeout=120)

    def cli(self, *words, stdin="", login=ADMIN[0]):
        """The answer of a command that must succeed."""
        done = self.run(*words, "--json", stdin=stdin, login=login)
        assert done.returncode in (0, 4), (words, done.stderr)
        return json.loads(done.stdout)

    def jobs(self):
        done = self.run("jobs", "--once", login=None)
        assert done.returncode == 0, done.stderr

    def person(self, login=None, password=None, bearer=None):
        person = Person(self.port, bearer)
        if login:
            answer = person.sign_in(login, password)
            assert answer.status == 303, answer.text
        return person

    def admin(self):
        return self.person(*ADMIN)

    def start(self, *more):
        self.server = subprocess.Popen([PROGRAM, "serve", "--port", "0", "--home", str(self.home), *more],
                                       stdout=subprocess.PIPE, text=True)
        self.port = int(re.search(r"http://[^:]+:(\d+)", self.server.stdout.readline()).group(1))

    def stop(self):
        if self.server:
            self.server.send_signal(signal.SIGTERM)
            assert self.server.wait(timeout=30) == 0
            self.server.stdout.close()
            self.server = None


@pytest.fixture(scope="module")
def home_site(tmp_path_factory):
    """A home with one body and one administrator; no server."""
    site = Site(tmp_path_factory.mktemp("home") / "ungcuu")
    done = site.run("account", "first", "--login", ADMIN[0], "--name", "Quản Trị", "--body", "UBND tỉnh Thử",
                    "--kind", "tinh", "--password-stdin", "--json", stdin=ADMIN[1], login=None)
    assert done.returncode == 0, done.stderr
    site.body = json.loads(done.stdout)["body_id"]
    return site


@pytest.fixture(scope="module")
def site(home_site):
    home_site.start()
    yield home_site
    home_site.stop()


@pytest.fixture(scope="module")
def quiet_site(home_site):
    """Jobs run only when a test runs them."""
    home_site.start("--no-jobs")
    yield home_site
    home_site.stop()
