"""Every page that a role of the demo reaches by links: whole, small, with one heading, its ids once, nothing leading nowhere, and
no wider than a phone. Two pages of each kind (same path but for the ids, same words in the query) stand for all."""
import collections
import html.parser
import json
import re
import shutil
import urllib.parse

import pytest

from site_fixtures import Site

ROLES = {"admin": "ninhbinh.quantri", "leader": "ninhbinh.lanhdao", "officer": "ninhbinh.chuyentrach",
         "dispatcher": "ninhbinh.dieuphoi", "member": "ninhbinh.doi", "viewer": "ninhbinh.xem",
         "office": "soxaydungkhanhhoa.chuyentrach", "office admin": "soxaydungkhanhhoa.quantri"}
FIRST_MOST, PAGE_MOST = 102_400, 61_440
OF_A_KIND = 2
PAGES_FEWEST = {"viewer": 30, "member": 30}
PHONE = 360
# An id, a number or a code, and the names that stand for a rule, a duty or an incident in an address.
PLACE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\b[A-Z]{2}-\d{4}-\d+|\d+")
OPEN_FIELDS = {"input", "select", "textarea"}


class Page(html.parser.HTMLParser):
    """What the checks need of a page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.ids, self.headings, self.fields, self.labelled = [], [], [], [], set()
        self.inside_label = 0
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "label":
            self.inside_label += 1
            self.labelled.add(given.get("for"))
        if tag in OPEN_FIELDS and given.get("type") not in ("hidden", "submit", "button"):
            self.fields.append((given.get("id"), given.get("name"), self.inside_label > 0 or "aria-label" in given
                                or "aria-labelledby" in given))

    def handle_endtag(self, tag):
        self.inside_label -= tag == "label"

    def wrongs(self):
        if self.headings.count(1) != 1:
            yield f"{self.headings.count(1)} h1"
        for before, after in zip(self.headings, self.headings[1:]):
            if after > before + 1:
                yield f"h{after} after h{before}"
        for name, times in collections.Counter(self.ids).items():
            if times > 1:
                yield f"id {name} {times} times"
        for link in self.links:
            if link.startswith("#") and len(link) > 1 and link[1:] not in self.ids:
                yield f"{link} is not on the page"
        for field, name, labelled in self.fields:
            if not labelled and field not in self.labelled:
                yield f"field {name} without a label"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("demo") / "home")
    done = site.run("demo", login=None)
    assert done.returncode == 0, done.stderr
    site.passwords = {row["login"]: row["password"] for row in json.loads((site.home / "demo-logins.json").read_text())}
    site.start("--no-jobs")
    yield site
    site.stop()


@pytest.fixture(scope="module")
def reached(demo):
    """Role to its person, the pages it reached and what was wrong with them; each role is walked once."""
    kept = {}

    def walked(role):
        if role not in kept:
            person = demo.person(ROLES[role], demo.passwords[ROLES[role]])
            kept[role] = (person, *walk(person))
        return kept[role]
    return walked


def kind_of(address):
    parts = urllib.parse.urlsplit(address)
    words = sorted(name for name, value in urllib.parse.parse_qsl(parts.query) if value)
    return PLACE.sub("{}", parts.path), tuple(words)


def look(person, address):
    """The page's links and what is wrong with it."""
    answer = person.get(address)
    if answer.status == 303:
        return [answer.headers["Location"]], []
    if answer.status != 200:
        return [], [f"status {answer.status}"]
    if not (answer.headers["Content-Type"] or "").startswith("text/html"):
        return [], []
    page = Page(answer.text)
    wrong = list(page.wrongs())
    most = FIRST_MOST if address == "/" else PAGE_MOST
    if len(answer.body) > most:
        wrong.append(f"{len(answer.body)} bytes")
    return page.links, wrong


def walk(person):
    """Breadth first from the board: addresses of pages, and (address, from where, what is wrong)."""
    seen, kinds, wrong = set(), collections.Counter(), []
    waiting = collections.deque([("/", "")])
    while waiting:
        address, source = waiting.popleft()
        address = urllib.parse.urldefrag(urllib.parse.urljoin(source or "/", address)).url
        if not address.startswith("/") or address in seen or kinds[kind_of(address)] >= OF_A_KIND:
            continue
        seen.add(address)
        kinds[kind_of(address)] += 1
        links, found = look(person, address)
        wrong += [(address, source, one) for one in found]
        waiting.extend((link, address) for link in links)
    return sorted(seen), wrong


@pytest.mark.parametrize("role", ROLES)
def test_pages_are_whole(reached, role):
    _, seen, wrong = reached(role)
    assert len(seen) >= PAGES_FEWEST.get(role, 40) and not wrong


@pytest.fixture(scope="module")
def phone():
    webdriver = pytest.importorskip("selenium.webdriver")
    if not shutil.which("chromedriver"):
        pytest.skip("no Chromium")
    options = webdriver.ChromeOptions()
    for word in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"):
        options.add_argument(word)
    driver = webdriver.Chrome(options=options)
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                           {"width": PHONE, "height": 740, "deviceScaleFactor": 1, "mobile": True})
    yield driver
    driver.quit()


@pytest.mark.parametrize("role", ["admin", "officer", "office"])
def test_pages_fit_a_phone(demo, reached, phone, role):
    person, seen, _ = reached(role)
    phone.get(f"http://127.0.0.1:{demo.port}/dang-nhap")
    phone.delete_all_cookies()
    phone.add_cookie({"name": "phien", "value": person.cookie})
    wide, kinds = [], set()
    for address in seen:
        if kind_of(address) in kinds or not person.get(address).headers["Content-Type"].startswith("text/html"):
            continue
        kinds.add(kind_of(address))
        phone.get(f"http://127.0.0.1:{demo.port}{address}")
        width = phone.execute_script("return document.documentElement.scrollWidth")
        if width > PHONE:
            wide.append((address, width))
    assert len(kinds) > 20 and not wide
