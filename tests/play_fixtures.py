"""Five cases from the first word to the closed file, as four roles play them: who reports, who receives, who commands, who leads.

The demo with its plans in force is the place. A stage does what the script says: test_play.py in the browser, test_play_rest.py by REST."""
import json
import sqlite3
import subprocess
import uuid

import pytest

from conftest import SHARED
from site_fixtures import Site
from smtp_fixtures import Post

ORDINARY = ["T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T10", "T11"]
SERIOUS = ["N2", "N3", "N4", "N5a", "N5b", "N5c", "N5d", "N5đ", "N5e", "N5g", "N5h", "N6", "N7"]
KINDS = {"Tấn công mã hóa phần mềm, dữ liệu, thiết bị": "ma-hoa", "Sự cố nguồn điện": "nguon-dien",
         "Tấn công nghe trộm, gián điệp, lấy cắp thông tin, dữ liệu": "gian-diep",
         "Tấn công tổng hợp sử dụng kết hợp nhiều hình thức": "tong-hop", "Lỗi của người sử dụng": "loi-nguoi-su-dung"}
LEAK_2026 = {
    "facts": {"detected_at": "2026-09-14T08:15:00+07:00", "told_at": "2026-09-14T08:15:00+07:00", "notice_sent_at": None,
              "ended_at": "2026-09-16T16:30:00+07:00", "group": "", "kinds": ["Lỗi của người sử dụng"], "serious": True,
              "serious_disruption": False, "national_security": False, "complex": True, "personal_data": True,
              "beyond_capacity_at": None, "system": {"name": "Hệ thống một cửa xã Cao Lãnh", "level": 2}},
    "clocks": {"severity": "nghiêm trọng", "clocks": [
        {"id": "first_notice", "due": "2026-09-15T08:15:00+07:00"}, {"id": "report_72h", "due": "2026-09-17T08:15:00+07:00"},
        {"id": "final_report", "due": None}, {"id": "personal_data", "due": "2026-09-17T08:15:00+07:00"}]},
    "text": "Bảng tính có họ tên, số định danh và số điện thoại của 1.240 hộ hưởng chính sách bị đăng nhầm lên trang công khai của xã; "
            "đã có người tải về. Xã gỡ bảng lúc 08 giờ 40 và báo các hộ.",
}
WHERE = {"01": ("xathachquang", "ma-hoa"), "05": ("ninhbinh", "ngung"), "09": ("soxaydungkhanhhoa", "lo"), "12": ("ninhbinh", "ngung"),
         "2026": ("xacaolanh", "lo")}


class Case:
    """One story: its words, its facts, its clocks, and the body at which it is played."""

    def __init__(self, number):
        self.number, (self.place, self.what) = number, WHERE[number]
        if number == "2026":
            self.facts, self.clocks, self.text = (LEAK_2026[key] for key in ("facts", "clocks", "text"))
            return
        folder = SHARED / "stories"
        if not folder.is_dir():
            pytest.skip("no shared folder (UNGCUU_SHARED)")
        self.facts, self.clocks = (json.loads((folder / f"story-{number}.{kind}.json").read_text()) for kind in ("facts", "clocks"))
        self.text = (folder / f"story-{number}.txt").read_text().strip()

    @property
    def serious(self):
        return self.clocks["severity"] == "nghiêm trọng"

    @property
    def proposed(self):
        """Another body must confirm that it is serious."""
        return "propose_serious" in self.due

    @property
    def steps(self):
        return SERIOUS if self.serious else ORDINARY

    @property
    def due(self):
        return {clock["id"]: clock["due"] for clock in self.clocks["clocks"]}

    def classified(self):
        """The fields of the classification, as an official enters the facts."""
        facts = self.facts
        fields = {name: facts[name] or "" for name in ("detected_at", "told_at", "beyond_capacity_at", "ended_at")}
        fields |= {"system_name": facts["system"]["name"], "level": str(facts["system"]["level"]), "kinds": [KINDS[kind] for kind in facts["kinds"]]}
        if "harm" in facts:
            fields["harm"] = facts["harm"]
            fields["national_list"] = "yes" if facts["system"]["national_list"] else "no"
        for name in ("owner_can_handle", "personal_data", "serious", "serious_disruption", "national_security", "complex"):
            if name in facts:
                fields[name] = "yes" if facts[name] else "no"
        return fields


CASES = list(WHERE)


def shown(iso):
    """2026-01-12T07:40:00+07:00 as pages write it."""
    return f"{iso[11:16]} {iso[8:10]}/{iso[5:7]}/{iso[:4]}"


def pdf_text(body):
    """The text of a PDF below the numbers of its pages, with every run of blanks made one."""
    told = subprocess.run(["pdftotext", "-x", "0", "-y", "52", "-W", "700", "-H", "800", "-", "-"], input=body, capture_output=True, check=True).stdout.decode()
    return " ".join(told.split())


class Demo(Site):
    """The demo with a mail server of our own; jobs run when a test runs them."""

    def load(self):
        done = self.run("demo", login=None)
        assert done.returncode == 0, done.stderr
        self.passwords = {row["login"]: row["password"] for row in json.loads((self.home / "demo-logins.json").read_text())}
        self.jobs()
        self.start("--no-jobs")
        self.post = Post()
        for key, value in (("mail.smtp_url", f"smtp://127.0.0.1:{self.post.port}"), ("mail.from", "ung-cuu@example.vn"), ("mail.plain", "1"),
                           ("incident.reports_per_hour", "100")):
            answer = self.sign("ninhbinh.quantri").post("/api/cai-dat/doi", {"key": key, "value": value})
            assert answer.status == 200, answer.text
        return self

    def sign(self, login):
        return self.person(login, self.passwords[login])

    def rows(self, statement, *values):
        with sqlite3.connect(f"file:{self.home}/ungcuu.db?mode=ro", uri=True) as store:
            return store.execute(statement, values).fetchall()

    def account(self, login):
        """The id and body of who has that login."""
        (found,) = self.rows("SELECT id, home_body_id FROM account WHERE login = ?", login)
        return found


# What the papers ask and no record of a case says.
WRITTEN = {
    "told_to": "Cơ quan điều phối", "happened_at": "08:00 14/09/2026", "place": "Trang công khai của xã", "act": "Đăng nhầm bảng tính có dữ liệu cá nhân",
    "parties": "Bộ phận văn thư; người đã tải tệp", "data_kinds": "Họ tên, số định danh, số điện thoại", "data_count": "1.240 người",
    "consequences": "Người dân có thể bị gọi điện giả danh", "measures": "Gỡ tệp, báo người dân, kiểm tra nhật ký tải về",
    "cause": "Chọn nhầm tệp khi đăng bài, không có người duyệt", "impact": "Một trang công khai, 1.240 hộ", "lessons": "Bài có tệp phải hai người duyệt",
    "result": "Đã khôi phục toàn bộ, hệ thống hoạt động ổn định", "proposal": "Đề nghị hỗ trợ rà soát", "harm": "Gián đoạn phục vụ người dân",
    "spread": "Các máy cùng mạng nội bộ", "signs": "Tệp đổi tên, máy báo lỗi", "first_results": "Đã cách ly các máy",
    "operator": "Văn phòng HĐND và UBND", "serious_by": "Vượt ngưỡng của chủ quản", "reporter_address": "Số 1, đường Trung tâm",
    "contact_name": "Quách Thị Thảo", "contact_phone": "0237 000 0130", "contact_email": "chuyentrach@xa-thach-quang.example",
    "reporter_phone": "0237 000 0130", "reporter_email": "ubnd@xa-thach-quang.example", "sender_address": "Số 1, đường Trung tâm",
}


def papers_of(case):
    """The papers that the law asks for in the case."""
    if case.number == "2026":
        return ["thong-bao-24-gio", "bao-cao-72-gio", "bao-cao-ket-thuc", "mau-08-nd-356"]
    return [form for clock, form in (("initial_report", "mau-03"), ("final_report", "mau-04"), ("personal_data", "mau-08-nd-356")) if clock in case.due]


def good(answer):
    assert answer.status == 200, answer.text
    return answer.json


class Rest:
    def __init__(self, demo):
        self.demo, self.people, self.public = demo, {}, demo.person()

    def person(self, login):
        if login not in self.people:
            self.people[login] = self.demo.sign(login)
        return self.people[login]

    def report(self, body, fields):
        return good(self.public.post("/api/bao-su-co", fields | {"body": body}))["follow"]

    def followed(self, follow):
        return good(self.public.get(f"/api/bao-su-co/{follow}"))["state_label"]

    def view(self, login, code):
        return good(self.person(login).get(f"/api/su-co/{code}"))

    def post(self, login, code, path, fields):
        files = {name: value for name, value in fields.items() if isinstance(value, tuple)}
        if not files:
            return self.person(login).post(f"/api/su-co/{code}/{path}", fields)
        mark, person = uuid.uuid4().hex, self.person(login)
        body = b""
        for name, value in fields.items():
            head = f'; filename="{value[0]}"' if name in files else ""
            data = value[1] if name in files else str(value).encode()
            body += f'--{mark}\r\nContent-Disposition: form-data; name="{name}"{head}\r\n\r\n'.encode() + data + b"\r\n"
        return person.raw(f"/api/su-co/{code}/{path}", body + f"--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}")

    def act(self, login, code, path, fields):
        return good(self.post(login, code, path, fields))

    def refused(self, login, code, path):
        answer = self.post(login, code, path, {})
        assert answer.status == 409, answer.text
        return answer.json["detail"]

    def clocks(self, login, code):
        found = {}
        for notice in self.view(login, code)["notices"]:
            if notice["state"]["name"] != "void":
                found.setdefault(notice["clock"], set()).add(notice["due"]["at"] if "due" in notice else None)
        assert all(len(due) == 1 for due in found.values()), found
        return {clock: due.pop() for clock, due in found.items()}

    def mail(self, login, code, notice):
        self.act(login, code, f"thong-bao/{notice['id']}/thu", {"to": [notice["receiver"]]})

    def paper(self, play, form):
        login, code = play.who["commands"], play.code
        asked = good(self.person(login).get(f"/api/su-co/{code}/van-ban/soan", {"form": form}))
        fields = {}
        for missing in asked["missing"]:
            *annex, name = missing["id"].split(".")
            written = WRITTEN.get(name, "Nội dung do cán bộ ghi")
            value = {written: True} if name == "told_to" else written
            (fields.setdefault(annex[0], {}) if annex else fields)[name] = value
        saved = self.act(login, code, "van-ban/luu", {"form": form, "fields": fields})
        assert saved["missing"] == []
        paper = saved["paper"]
        self.act(login, code, f"van-ban/{paper}/trinh", {})
        signed = self.act(play.who["leads"], code, f"van-ban/{paper}/da-ky",
                          {"number": "15/BC-UBND", "day": "20/11/2026", "signer": "Bùi Khắc Sâm", "file": ("ban-quet.pdf", b"%PDF-1.4 quet")})
        assert signed["state"] == "frozen"
        return paper


class Play:
    """One case on one stage. `stage` reports, follows, acts, is refused, writes papers and tells the clocks, each in its own way."""

    def __init__(self, demo, stage, case):
        self.demo, self.stage, self.case = demo, stage, case
        self.who = {role: f"{case.place}.{name}" for role, name in
                    (("receives", "dieuphoi"), ("commands", "chuyentrach"), ("leads", "lanhdao"), ("works", "doi"))}
        self.body = demo.account(self.who["leads"])[1]
        self.follow = self.code = None

    def act(self, role, path, /, **fields):
        self.stage.act(self.who[role], self.code, path, fields)

    def refused(self, role, path, *words):
        told = self.stage.refused(self.who[role], self.code, path)
        for word in words:
            assert word in told, (word, told)

    def view(self):
        return self.stage.view(self.who["commands"], self.code)

    def receive(self):
        self.follow = self.stage.report(self.body, {
            "what": self.case.what, "description": self.case.text, "seen": shown(self.case.facts["detected_at"]), "phone": "0912 345 678",
            "name": "Lê Thị Hạnh, bộ phận một cửa"})
        assert "Đã nhận" in self.stage.followed(self.follow)
        ((self.code,),) = self.demo.rows("SELECT code FROM incident WHERE follow_code = ?", self.follow)
        self.act("receives", "tiep-nhan")
        self.refused("receives", "xac-nhan", "xác minh")
        self.act("receives", "xac-minh-nguoi-bao", how="known_number", note="gọi số trong danh bạ, gặp chị Hạnh")
        self.act("receives", "xac-nhan", note="đúng như lời kể")

    def classify(self):
        self.act("leads", "chi-huy", person=self.demo.account(self.who["commands"])[0])
        self.act("commands", "phan-loai", **self.case.classified())
        if self.case.facts.get("notice_sent_at"):
            notice = next(row for row in self.view()["notices"] if row["clock"] == "notice")
            self.send(notice, "document", at=shown(self.case.facts["notice_sent_at"]))
        clocks = self.stage.clocks(self.who["commands"], self.code)
        if not self.case.due.get("confirm_receipt"):
            clocks.pop("confirm_receipt", None)  # the reporter had been answered before monitoring was known to have found it
        assert clocks == self.case.due
        if self.case.proposed:
            self.act("leads", "muc/y-kien", answer="agreed", document="Công văn 77/ĐPQG")

    def send(self, notice, channel, **more):
        self.stage.act(self.who["commands"], self.code, f"thong-bao/{notice['id']}/gui",
                       {"channel": channel, "recipient": notice["receiver_name"], "proof": "Văn bản số 12/TB", **more})

    def mail(self, notice):
        """One notice goes out by e-mail and is recorded as the mail server took it."""
        address = f"truc-ban.{self.case.number}@nhan.example.vn"
        self.act("commands", "ben", actor=notice["receiver"], name=notice["receiver_name"], contact=address)
        self.stage.mail(self.who["commands"], self.code, notice)
        self.demo.jobs()
        assert [to for to, _ in self.demo.post.taken].count(address) == 1
        kept = next(row for row in self.view()["notices"] if row["id"] == notice["id"])
        assert kept["state"]["name"] == "sent" and kept["channel"] == "thư điện tử", kept

    def notify(self):
        open_ = [row for row in self.view()["notices"] if row["unsent"]]
        at_law = [row for row in open_ if row["receiver"] in ("DPQG", "BCA")]
        self.mail(at_law[0])
        rest = [row for row in open_ if row["id"] != at_law[0]["id"]]
        for i, notice in enumerate(rest):
            self.send(notice, ("document", "phone", "zalo")[i % 3])
        self.act("commands", f"thong-bao/{rest[0]['id'] if rest else at_law[0]['id']}/xac-nhan", proof="Số tiếp nhận 45")

    def work(self):
        self.act("commands", "viec", title="Rút dây mạng, giữ nguyên máy", owner=self.demo.account(self.who["works"])[0], step=self.case.steps[0],
                 due="17:00 25/11/2026")
        (task,) = self.view()["tasks"]
        self.act("works", f"viec/{task['id']}/xong")
        self.act("works", "chung-cu", title="Nhật ký máy chủ", file=("nhat-ky.log", "dòng 1\ndòng 2\n".encode()), by="Đội ứng cứu",
                 taken=shown(self.case.facts["detected_at"]), where="Phòng máy chủ", how="sao chép", seal="NP-01")
        self.act("works", "dau-hieu", value="hxxp://xau[.]example[.]vn/tep")
        self.act("works", "he-thong", name=self.case.facts["system"]["name"], impact="ngừng phục vụ")
        self.act("works", "nguoi", name="Phạm Văn Phúc", unit="Văn phòng", role="cô lập máy")
        self.act("works", "dien-bien", text="Đã rút dây mạng các máy cùng phòng.", at=shown(self.case.facts["detected_at"]))

    def step(self, *names):
        for name in names:
            if name == "T4":
                self.act("commands", "buoc/bo-qua", step=name, note="không cần chỉ đạo riêng")
            else:
                self.act("works", "buoc/xong", step=name, note="đã làm theo phương án")

    def write(self, forms):
        """Each paper from draft to frozen; the ids of the papers."""
        return {form: self.stage.paper(self, form) for form in forms}

    def close(self, forms):
        waits = ["Chưa gửi"] + [{"mau-03": "Mẫu số 03", "mau-04": "Mẫu số 04"}[form] for form in forms if form in ("mau-03", "mau-04")]
        self.refused("leads", "dong", *waits)
        self.notify()
        papers = self.write(forms)
        self.act("leads", "dong")
        assert self.view()["incident"]["state"]["label"] == "Đã đóng"
        assert "xử lý xong" in self.stage.followed(self.follow)
        return papers

    def whole(self):
        self.receive()
        self.classify()
        self.work()
        self.step(*self.case.steps)
        return self.close(papers_of(self.case))


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    site = Demo(tmp_path_factory.mktemp("play") / "home").load()
    yield site
    site.stop()
    site.post.stop()
