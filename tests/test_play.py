"""The four stories and a case of 2026 in Chromium: from the public form on a phone to the closed file, by four roles."""
import re
import shutil
import time

import pytest

from play_fixtures import CASES, WRITTEN, Case, Play, Rest, demo, shown  # noqa: F401 (a fixture)

webdriver = pytest.importorskip("selenium.webdriver")
if not shutil.which("chromedriver"):
    pytest.skip("no Chromium", allow_module_level=True)

WHOLE = ("01", "2026")  # every press; in the others the daily work goes by REST, so that all five are played in a minute
BESIDE = ("buoc/", "viec", "chung-cu", "dau-hieu", "he-thong", "nguoi", "dien-bien", "ben")
PHONE, DESK = (360, 740), (1366, 768)


@pytest.fixture(scope="module")
def chromium():
    options = webdriver.ChromeOptions()
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(flag)
    options.page_load_strategy = "eager"
    made = webdriver.Chrome(options=options)
    yield made
    made.quit()


class Browser:
    """What a person does: opens a page, opens what is folded, fills in by name, presses the button."""

    def __init__(self, demo, chromium, files, quick):
        self.rest, self.quick = Rest(demo), quick
        self.demo, self.driver, self.files = demo, chromium, files
        self.here, self.base, self.sessions, self.who = None, f"http://127.0.0.1:{demo.port}", {}, None

    # --- pages ---

    def size(self, width, height):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                    {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})

    def get(self, path):
        """Opens it, or stays where a form has led back to."""
        if self.here != (self.who, self.base + path) or self.driver.current_url.split("#")[0] != self.base + path:
            self.driver.get(self.base + path)
        self.here = (self.who, self.base + path)

    def text(self):
        return self.driver.find_element("css selector", "main").text

    def until(self, condition, what):
        end = time.monotonic() + 15
        while not condition():
            assert time.monotonic() < end, what
            time.sleep(0.01)

    def press(self, button):
        """The page that comes after it."""
        self.driver.execute_script("window.before = true; arguments[0].scrollIntoView({block: 'center'})", button)
        button.click()
        self.until(lambda: self.driver.execute_script("return !window.before && document.readyState !== 'loading'"), "no page came")
        self.here = (self.who, self.driver.current_url.split("#")[0])

    def be(self, login):
        """Signs in once; then the cookie of that person."""
        if self.who == login:
            return
        self.driver.delete_all_cookies()
        self.who = login
        if login and login in self.sessions:
            self.driver.add_cookie(self.sessions[login])
        elif login:
            self.get("/dang-nhap")
            self.driver.find_element("name", "login").send_keys(login)
            self.driver.find_element("name", "password").send_keys(self.demo.passwords[login])
            self.press(self.driver.find_element("css selector", "main form button"))
            kept = self.driver.get_cookie("phien")
            assert kept, self.text()
            self.sessions[login] = {"name": "phien", "value": kept["value"], "path": "/"}

    # --- forms ---

    def fill(self, form, name, value):
        if isinstance(value, tuple):
            (self.files / value[0]).write_bytes(value[1])
            form.find_element("name", name).send_keys(str(self.files / value[0]))
            return
        found = form.find_elements("name", name)
        assert found, (name, form.get_attribute("action"))
        kind = found[0].get_attribute("type")
        if kind in ("checkbox", "radio"):
            wanted = value if isinstance(value, list) else [value]
            for box in found:
                if (box.get_attribute("value") in wanted) != box.is_selected():
                    self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", box)
                    box.click()
        elif found[0].tag_name == "select":
            found[0].find_element("css selector", f"option[value='{value}']").click()
        elif kind != "hidden":
            self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'}); arguments[0].focus(); arguments[0].select()", found[0])
            if value:
                self.driver.execute_cdp_cmd("Input.insertText", {"text": value})
            elif found[0].get_attribute("value"):
                found[0].clear()

    def form(self, action, step=None):
        """The form that leads there, as a whole or by one of its buttons, unfolded; and the button."""
        found = self.driver.execute_script("""
            for (const button of document.querySelectorAll('main form button')) {
              const form = button.form, to = button.getAttribute('formaction') || form.getAttribute('action');
              if (to !== arguments[0] || form.method !== 'post' || arguments[1] && form.elements.step.value !== arguments[1]) continue;
              for (let e = button; e; e = e.parentElement) if (e.tagName === 'DETAILS') e.open = true;
              return [form, button];
            }""", action, step)
        if found:
            return found
        raise AssertionError(f"no form for {action} {step or ''}: {self.text()[:2000]}")

    def submit(self, action, fields):
        step = fields.get("step") if "/buoc/" in action else None
        form, button = self.form(action, step)
        for name, value in fields.items():
            if name == "step" and step:
                continue
            self.fill(form, name, shown(value) if re.match(r"\d{4}-\d\d-\d\dT", str(value)) else value)
        self.press(button)

    def problem(self):
        found = self.driver.find_elements("css selector", ".err, .alert, [role=alert]")
        return " ".join(one.text for one in found)

    # --- the stage ---

    def report(self, body, fields):
        self.be(None)
        self.size(*PHONE)
        self.get(f"/bao-su-co?body={body}")
        wide = self.driver.execute_script("return document.documentElement.scrollWidth")
        assert wide <= PHONE[0], f"the form is {wide} wide on a phone"
        self.submit("/bao-su-co", fields)
        return self.driver.find_element("css selector", "p.code").text

    def followed(self, follow):
        self.be(None)
        self.size(*PHONE)
        self.get("/tra-cuu-tin-bao")
        self.driver.find_element("name", "ma").send_keys(follow)
        self.press(self.driver.find_element("css selector", "main form button"))
        self.size(*DESK)
        return self.text()

    def view(self, login, code):
        """The record, where a test needs an id; what people see is asserted on the pages."""
        return self.rest.view(login, code)

    def page_of(self, code, path):
        if path == "phan-loai":
            return f"/su-co/{code}/phan-loai"
        if path.endswith(("/gui", "/thu")):
            return f"/su-co/{code}/{path.rsplit('/', 1)[0]}/thu"
        return f"/su-co/{code}"

    def act(self, login, code, path, fields):
        if self.quick and path.startswith(BESIDE) or self.quick and path.endswith("/gui"):
            self.rest.act(login, code, path, fields)
            self.here = None
            return
        self.be(login)
        self.get(self.page_of(code, path))
        self.submit(f"/su-co/{code}/{path}", fields)
        assert not self.problem(), (path, self.problem())

    def refused(self, login, code, path):
        self.be(login)
        self.get(f"/su-co/{code}")
        self.submit(f"/su-co/{code}/{path}", {})
        return self.text()

    def clocks(self, login, code):
        """As the page shows them; one that is sent shows when, no more its due time."""
        self.be(login)
        self.get(f"/su-co/{code}")
        page, found = self.driver.page_source, {}
        for notice in self.view(login, code)["notices"]:
            if notice["state"]["name"] == "void":
                continue
            row = self.driver.find_element("id", "tb-" + notice["id"]).text
            due = notice.get("due", {}).get("at")
            if due and notice["unsent"]:
                assert f"trước {shown(due)}" in row, (notice["clock"], row)
            assert notice["receiver_name"] in row
            assert due is None or shown(due) in page or not notice["unsent"]
            found.setdefault(notice["clock"], set()).add(due)
        assert all(len(due) == 1 for due in found.values()), found
        return {clock: due.pop() for clock, due in found.items()}

    def mail(self, login, code, notice):
        self.be(login)
        self.get(f"/su-co/{code}/thong-bao/{notice['id']}/thu?chosen=1&to={notice['receiver']}")
        assert "Gửi cho 1 nơi" in self.text()
        _, button = self.form(f"/su-co/{code}/thong-bao/{notice['id']}/thu")
        self.press(button)
        assert not self.problem(), self.problem()

    def paper(self, play, form):
        """Draft with what is missing filled in, submitted; signed outside, number and scan entered by who leads."""
        code = play.code
        self.be(play.who["commands"])
        self.get(f"/su-co/{code}/van-ban/soan?form={form}")
        draft, button = self.form(f"/su-co/{code}/van-ban/luu")
        for field in draft.find_elements("css selector", ".field.bad"):
            one = field.find_element("css selector", "[id^='m-']")
            name = one.get_attribute("id")[2:].split(".")[-1]
            if one.tag_name == "div":
                one.find_element("xpath", f".//label[contains(., '{WRITTEN[name]}')]/input").click()
            else:
                one.send_keys(WRITTEN[name])
        self.press(button)
        assert not self.driver.find_elements("css selector", ".field.bad"), self.text()[:1500]
        paper = re.search(r"paper=([0-9a-f-]{36})", self.driver.current_url).group(1)
        page = f"/su-co/{code}/van-ban/soan?form={form}&paper={paper}"
        self.submit(f"/su-co/{code}/van-ban/{paper}/trinh", {})
        assert not self.problem(), self.problem()
        self.be(play.who["leads"])
        self.get(page)
        self.submit(f"/su-co/{code}/van-ban/{paper}/da-ky", {"number": "15/BC-UBND", "day": "20/11/2026", "signer": "Bùi Khắc Sâm",
                                                             "file": ("ban-quet.pdf", b"%PDF-1.4 quet")})
        self.get(page)
        assert "Đã chốt" in self.text()
        return paper


@pytest.mark.parametrize("number", CASES)
def test_played_in_the_browser(demo, chromium, tmp_path, number):  # noqa: F811
    play = Play(demo, Browser(demo, chromium, tmp_path, number not in WHOLE), Case(number))
    play.whole()
