"""A large file sent from the page of a case in Chromium, while the server goes away and comes back."""
import hashlib
import os
import shutil
import signal
import subprocess
import time

import pytest

from conftest import PASSWORD, PROGRAM, Client
from test_evidence import MB, evidence_of, open_case

webdriver = pytest.importorskip("selenium.webdriver")
if not shutil.which("chromedriver"):
    pytest.skip("no Chromium", allow_module_level=True)


@pytest.fixture
def browser():
    options = webdriver.ChromeOptions()
    for flag in ("--headless", "--no-sandbox", "--disable-gpu", "--window-size=1366,768"):
        options.add_argument(flag)
    made = webdriver.Chrome(options=options)
    made.implicitly_wait(10)
    yield made
    made.quit()


def restart(world):
    world.server = subprocess.Popen([PROGRAM, "--home", str(world.home), "serve", "--port", str(world.port)], stdout=subprocess.PIPE,
                                    stderr=subprocess.STDOUT)


def until(condition, seconds=40):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def choose(browser, base, case, path):
    browser.get(f"{base}/su-co/{case}")
    summary = browser.find_element("xpath", "//summary[text()='Tải chứng cứ']")
    browser.execute_script("arguments[0].parentNode.open = true", summary)
    form = browser.find_element("css selector", "form[data-upload]")
    form.find_element("css selector", "[name=title]").clear()
    form.find_element("css selector", "[name=title]").send_keys("Ảnh ổ đĩa máy chủ")
    form.find_element("css selector", "[name=file]").send_keys(str(path))
    return form


def test_the_page_goes_on_after_the_server_was_away(fresh, browser, tmp_path):
    fresh.start()
    client, base = fresh.client(), f"http://127.0.0.1:{fresh.port}"
    case, data = open_case(client), os.urandom(60 * MB + 7)
    (tmp_path / "máy chủ.img").write_bytes(data)
    browser.get(base + "/dang-nhap")
    browser.find_element("name", "login").send_keys("qt")
    browser.find_element("name", "password").send_keys(PASSWORD)
    browser.find_element("css selector", "main form button").click()
    form = choose(browser, base, case, tmp_path / "máy chủ.img")
    button = form.find_element("css selector", "button.main-act")
    browser.execute_script("arguments[0].click()", button)
    rows = lambda: client.get(f"/su-co/{case}/chung-cu/tai-len").json["rows"]
    until(lambda: rows() and rows()[0]["offset"] > 4 * MB)
    fresh.server.send_signal(signal.SIGKILL)
    fresh.server.wait()
    fresh.server.stdout.close()
    status = form.find_element("css selector", "[role=status]")
    until(lambda: "Mất kết nối" in status.text)
    restart(fresh)
    until(lambda: status.text.startswith("đã gửi"))
    browser.execute_script("arguments[0].click()", button)  # Dừng
    until(lambda: button.text == "Tải tiếp")
    kept = rows()[0]["offset"]
    assert 4 * MB < kept < len(data)
    form = choose(browser, base, case, tmp_path / "máy chủ.img")  # the page anew: the file is recognised
    browser.execute_script("arguments[0].click()", form.find_element("css selector", "button.main-act"))
    until(lambda: evidence_of(client, case))
    assert [row["sha256"] for row in evidence_of(client, case)] == [hashlib.sha256(data).hexdigest()]
    assert evidence_of(client, case)[0]["file_name"] == "máy chủ.img" and rows() == []
    until(lambda: "CC-01" in browser.page_source)
