#!/usr/bin/python3
"""web/app.js in Chromium, over the sample pages that tests/templates makes:
    script_test.py WEB PREVIEW TEST_TEMPLATES

Ends with 77 (skipped) where Chromium or Selenium is not installed.
"""
import http.server
import os
import pathlib
import shutil
import subprocess
import sys
import threading
import time
import unittest

try:
    from selenium import webdriver
    from selenium.common.exceptions import StaleElementReferenceException
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import WebDriverWait
except ImportError:
    print("skipped: no Selenium")
    sys.exit(77)
if not shutil.which("chromedriver"):
    print("skipped: no Chromium")
    sys.exit(77)

WEB, PREVIEW = (pathlib.Path(path) for path in sys.argv[1:3])


class Site(http.server.ThreadingHTTPServer):
    """The pages below /a/preview, the assets below /web, a stream at /live; a POST is answered as the program does."""

    daemon_threads = True
    counter = 1
    streams = 0
    extra = ""


class Answer(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def send(self, kind, body):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body)

    def stream(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.server.streams += 1
        sent = 0
        try:
            while True:
                if sent != self.server.counter:
                    sent = self.server.counter
                    self.wfile.write(f"event: change\ndata: {sent}\n\n".encode())
                else:
                    self.wfile.write(b":\n\n")
                time.sleep(0.1)
        except OSError:
            self.server.streams -= 1

    def page(self, name):
        html = (PREVIEW / name).read_text(encoding="utf-8")
        html = html.replace('data-live=""', 'data-live="/live"').replace("</h1>", self.server.extra + "</h1>", 1)
        self.send("text/html; charset=utf-8", html.encode())

    def do_GET(self):
        path = self.path.split("?")[0]
        if path == "/live":
            self.stream()
        elif path.startswith("/a/preview/"):
            self.page(path.rsplit("/", 1)[1])
        elif path.startswith("/web/"):
            kinds = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}
            self.send(kinds[path.rsplit(".", 1)[1]], (WEB / path[5:]).read_bytes())
        else:
            self.send("text/html; charset=utf-8", b"<!doctype html><title>other</title><p>other")

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(303)
        self.send_header("Location", self.headers["Referer"])
        self.end_headers()


class Script(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        environment = dict(os.environ, UNGCUU_PREVIEW=str(PREVIEW), G_TEST_SRCDIR=str(WEB.parent))
        subprocess.run([sys.argv[3]], env=environment, check=True, stdout=subprocess.DEVNULL)
        cls.site = Site(("127.0.0.1", 0), Answer)
        threading.Thread(target=cls.site.serve_forever, daemon=True).start()
        options = webdriver.ChromeOptions()
        for flag in ("--headless", "--no-sandbox", "--disable-gpu", "--window-size=1366,768"):
            options.add_argument(flag)
        cls.browser = webdriver.Chrome(options=options)

    @classmethod
    def tearDownClass(cls):
        cls.browser.quit()
        cls.site.shutdown()

    def open(self, name):
        self.browser.get(f"http://127.0.0.1:{self.site.server_address[1]}/a/preview/{name}")

    def one(self, selector):
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def count(self, selector):
        return len(self.browser.find_elements(By.CSS_SELECTOR, selector))

    def wait(self, condition, seconds=15):
        replaced = [StaleElementReferenceException] # the page swapped the element between finding and reading it
        WebDriverWait(self.browser, seconds, ignored_exceptions=replaced).until(lambda _: condition())

    def press(self, *keys):
        for key in keys:
            webdriver.ActionChains(self.browser).send_keys(key).perform()

    def test_keys_move_in_the_list(self):
        self.open("vi-duty-list.html")
        links = self.browser.find_elements(By.CSS_SELECTOR, "[data-rows] a.t")
        self.press("j", "j")
        self.assertEqual(self.browser.switch_to.active_element, links[1])
        self.press("k")
        self.assertEqual(self.browser.switch_to.active_element, links[0])
        self.press("g", "n")
        self.wait(lambda: self.browser.title == "other")
        self.assertTrue(self.browser.current_url.endswith("/nhiem-vu"))

    def test_no_key_acts_while_typing(self):
        self.open("vi-duty-list.html")
        here = self.browser.current_url
        self.press("/")
        box = self.one("#tim")
        self.assertEqual(self.browser.switch_to.active_element, box)
        box.send_keys("bgn/jk?")
        self.assertEqual(box.get_attribute("value"), "bgn/jk?")
        self.assertEqual(self.browser.current_url, here)

    def test_chosen_rows_are_counted(self):
        self.open("vi-duty-list.html")
        label = self.one("[data-count]")
        before = label.text
        self.one("tbody input[type=checkbox]").click()
        self.assertTrue(label.text.startswith("1 "))
        self.one("[data-all]").click()
        self.assertTrue(label.text.startswith("3 "))
        self.assertEqual(self.count("tr.on"), 3)
        self.one("[data-all]").click()
        self.assertEqual(label.text, before)

    def test_text_of_a_notice_is_copied(self):
        self.open("vi-incident-notice.html")
        button, text = self.one(".copy button"), self.one("[data-copy]").text
        self.assertTrue(button.is_displayed())
        self.assertIn(" hidden>", (PREVIEW / "vi-incident-notice.html").read_text(), "without the script it is not there")
        self.browser.execute_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")  # a page without TLS
        self.browser.execute_script("document.addEventListener('copy', () => { window.copied = getSelection().toString(); })")
        button.click()
        self.wait(lambda: button.text == "Đã chép")
        self.assertEqual(self.browser.execute_script("return window.copied").split(), text.split())

    def test_undo_counts_down_and_goes(self):
        self.open("vi-duty-list.html")
        self.wait(lambda: "(8)" in self.one(".undo button").text, 5)
        self.wait(lambda: self.count(".undo") == 0, 12)

    def test_draft_comes_back_until_it_is_sent(self):
        self.open("vi-duty-form.html")
        self.one("textarea").send_keys("Soạn tài liệu tập huấn")
        self.wait(lambda: self.browser.execute_script("return Object.keys(localStorage).some(k => k.startsWith('draft:'))"))
        self.open("vi-duty-form.html")
        self.assertEqual(self.one("textarea").get_attribute("value"), "Soạn tài liệu tập huấn")
        self.browser.find_elements(By.CSS_SELECTOR, ".undo button")[-1].click()
        self.assertEqual(self.one("textarea").get_attribute("value"), "")
        self.one("textarea").send_keys("Gửi đi")
        self.one("#duty\\.add-due").send_keys("30/11/2026" + Keys.ENTER)
        self.wait(lambda: self.one("textarea").get_attribute("value") == "")
        self.open("vi-duty-form.html")
        self.assertEqual(self.one("textarea").get_attribute("value"), "")

    def test_draft_survives_the_end_of_a_session(self):
        self.open("vi-duty-form.html")
        key = "draft:" + self.one(".top .user").text + ":/a/preview/vi-duty-form.html:duty.add"
        self.one("textarea").send_keys("Chưa nhận")
        self.wait(lambda: self.browser.execute_script("return localStorage.getItem(arguments[0])", key))
        self.browser.execute_script("const d = JSON.parse(localStorage.getItem(arguments[0])); d.sent = true;"
                                    "localStorage.setItem(arguments[0], JSON.stringify(d))", key)
        self.open("vi-login.html")
        self.open("vi-duty-form.html")
        self.wait(lambda: self.one("textarea").get_attribute("value") == "Chưa nhận")
        self.browser.execute_script("localStorage.clear()")

    def test_page_follows_changes_unless_in_use(self):
        self.open("vi-duty-list.html")
        self.wait(lambda: self.site.streams == 1)
        self.wait(lambda: self.count(".undo") == 0)
        time.sleep(1)
        self.site.extra, self.site.counter = " (mới)", self.site.counter + 1
        self.wait(lambda: "(mới)" in self.one("h1").text)
        self.one("tbody input[type=checkbox]").click()
        self.site.extra, self.site.counter = " (mới nữa)", self.site.counter + 1
        self.wait(lambda: self.count(".undo") == 1 or "nữa" in self.one("h1").text)
        self.assertNotIn("nữa", self.one("h1").text)
        self.site.extra = ""

    def test_tabs_share_one_stream(self):
        self.open("vi-duty-list.html")
        self.wait(lambda: self.site.streams == 1)
        first = self.browser.current_window_handle
        self.browser.switch_to.new_window("window")
        self.open("vi-board-home.html")
        time.sleep(5)
        self.assertEqual(self.site.streams, 1)
        self.browser.close()
        self.browser.switch_to.window(first)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
