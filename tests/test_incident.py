"""Cases played from the first word to the closed file, by REST; and what may not be done on the way."""
import html
import json
import os
import pathlib
import re
import sqlite3
import subprocess

import incident_fixtures
import pytest

from incident_fixtures import installation, public, user  # noqa: F401 (fixtures)

SHARED = pathlib.Path(os.environ.get("UNGCUU_SHARED", pathlib.Path(__file__).resolve().parents[2] / "shared"))


def story(number):
    folder = SHARED / "stories"
    if not folder.is_dir():
        pytest.skip("UNGCUU_SHARED/stories is absent")
    return tuple(json.loads((folder / f"story-{number}.{kind}.json").read_text()) for kind in ("facts", "clocks"))


def good(answer):
    assert answer.status == 200, answer.text
    return answer.json


def view(user, code):
    return good(user.api("GET", f"/su-co/{code}"))


def act(user, code, path, **fields):
    return good(user.api("POST", f"/su-co/{code}/{path}", fields))


def refused(user, code, path, status, **fields):
    answer = user.api("POST", f"/su-co/{code}/{path}", fields)
    assert answer.status == status, answer.text
    return answer.json


def yes_no(value):
    return {True: "yes", False: "no", None: ""}[value]


KINDS = {"Tấn công mã hóa phần mềm, dữ liệu, thiết bị": "ma-hoa",
         "Tấn công tổng hợp sử dụng kết hợp nhiều hình thức": "tong-hop"}


def classify(user, code, facts, **changed):
    fields = {name: facts[name] for name in ("detected_at", "harm")}
    fields |= {name: facts[name] or "" for name in ("told_at", "beyond_capacity_at", "ended_at")}
    fields |= {"system_name": facts["system"]["name"], "level": facts["system"]["level"],
               "national_list": yes_no(facts["system"]["national_list"]), "owner_can_handle": yes_no(facts["owner_can_handle"]),
               "personal_data": yes_no(facts["personal_data"]), "kinds": [KINDS[kind] for kind in facts["kinds"]]}
    return act(user, code, "phan-loai", **(fields | changed))


def report(public, user, **fields):
    body = {"what": "ma-hoa", "description": "Tệp bị đổi đuôi thành .lockvn, màn hình đòi tiền.", "phone": "0912 345 678",
            "name": "Lê Thị Hạnh"} | fields
    follow = good(public.api("POST", "/bao-su-co", body))["follow"]
    rows = good(user.api("GET", "/su-co", limit=500))["rows"]
    known = {row["code"]: view(user, row["code"]) for row in rows if row["state"]["name"] == "reported"}
    code = max(code for code, case in known.items() if case["description"] == body["description"])
    return follow, code


def confirmed(public, user, **fields):
    follow, code = report(public, user, **fields)
    act(user, code, "tiep-nhan")
    act(user, code, "xac-minh-nguoi-bao", how="known_number", note="gọi số trong danh bạ")
    act(user, code, "xac-nhan", note="đúng sự thật")
    return follow, code


def due(case, clock):
    found = {notice["due"]["at"] if "due" in notice else None for notice in case["notices"]
             if notice["clock"] == clock and notice["state"]["name"] != "void"}
    assert len(found) == 1, (clock, found)
    return found.pop()


def send_all(user, code):
    for notice in view(user, code)["notices"]:
        if notice["unsent"]:
            act(user, code, f"thong-bao/{notice['id']}/gui", channel="document", recipient=notice["receiver_name"], proof="12/TB-UBND")


def finish(user, code, *steps):
    for step in steps:
        act(user, code, "buoc/xong", step=step, note="đã làm")


def sign(user, code, form, fields):
    saved = good(user.api("POST", f"/su-co/{code}/van-ban/luu", {"form": form, "fields": fields}))
    assert saved["missing"] == []
    paper = saved["paper"]
    good(user.api("POST", f"/su-co/{code}/van-ban/{paper}/trinh"))
    scan = user.upload(f"/api/su-co/{code}/van-ban/{paper}/da-ky", "file", "ban-quet.pdf", b"%PDF-1.4 scan", number="15/BC-UBND",
                       day="13/01/2026", signer="Trần Quốc Tuấn")
    assert good(scan)["state"] == "frozen"
    return paper


def pdf_text(body):
    """The text of a PDF with every run of blanks made one."""
    told = subprocess.run(["pdftotext", "-", "-"], input=body, capture_output=True, check=True).stdout.decode()
    return " ".join(told.split())


MAU_03 = {"reporter_name": "UBND xã Tân Lập", "reporter_address": "xã Tân Lập", "reporter_phone": "0237 000 0101",
          "reporter_email": "xa@tanlap.example.vn", "contact_name": "Phạm Văn Phúc", "contact_phone": "0237 000 0112",
          "contact_email": "phuc@tanlap.example.vn", "told_to": {"Cơ quan điều phối": True},
          "phu-luc-mau-03": {"signs": "Tệp đổi đuôi .lockvn", "harm": "Mất hồ sơ", "spread": "Bốn máy và máy chủ tệp",
                             "measures": "Rút dây mạng", "first_results": "Đã cách ly", "kinds": "Mã hóa dữ liệu"}}
MAU_04 = {name: MAU_03[name] for name in ("reporter_name", "reporter_address", "reporter_phone", "reporter_email")} | {"result": "Đã khôi phục"}


def test_story_01_from_the_public_form_to_the_closed_file(public, user):
    facts, expected = story("01")
    follow, code = report(public, user, seen="2026-01-12T07:40:00+07:00")
    case = view(user, code)
    assert case["incident"]["state"]["label"] == "Mới báo"
    receipt = [n for n in case["notices"] if n["clock"] == "confirm_receipt"]
    assert [n["state"]["name"] for n in receipt] == ["sent"], "receipt is confirmed at once and on record"
    assert good(public.api("GET", f"/bao-su-co/{follow}"))["state"] == "reported"

    act(user, code, "tiep-nhan")
    refused(user, code, "xac-nhan", 409)  # nobody has called back yet
    act(user, code, "xac-minh-nguoi-bao", how="known_number", note="gọi số của bộ phận một cửa")
    assert act(user, code, "xac-nhan")["state"] == "responding"

    classify(user, code, facts | {"ended_at": None})
    assert due(view(user, code), "final_report") is None, "it counts from an end that is not yet there"
    classify(user, code, facts)
    case = view(user, code)
    for clock in expected["clocks"]:
        assert due(case, clock["id"]) == clock["due"], clock["id"]
    assert {n["clock"] for n in case["notices"] if n["state"]["name"] != "void"} == {c["id"] for c in expected["clocks"]}
    assert case["incident"]["severity"] == "Thông thường"
    assert len(case["assessments"]) >= 3, "what was before is kept"

    finish(user, code, "T2", "T3", "T5", "T7")
    assert view(user, code)["incident"]["state"]["label"] == "Đã ngăn chặn"
    act(user, code, "buoc/bat-dau", step="T9")
    assert view(user, code)["incident"]["state"]["label"] == "Đang khôi phục"
    finish(user, code, "T8", "T9", "T10")
    assert view(user, code)["incident"]["state"]["label"] == "Đã kết thúc xử lý"
    assert due(view(user, code), "final_report") == "2026-01-20T17:00:00+07:00", "a known end is not overwritten by the step"

    problem = refused(user, code, "dong", 409)
    for words in ("Chưa gửi", "T11", "Mẫu số 03", "Mẫu số 04"):
        assert words in problem["detail"]
    send_all(user, code)
    finish(user, code, "T11")
    sign(user, code, "mau-03", MAU_03)
    paper = sign(user, code, "mau-04", MAU_04)
    assert good(user.api("GET", f"/su-co/{code}/van-ban/soan", form="mau-04", paper=paper))["fields"]["first_report_number"] == "15/BC-UBND"
    assert act(user, code, "dong")["state"] == "closed"
    assert good(public.api("GET", f"/bao-su-co/{follow}"))["state"] == "closed"
    assert act(user, code, "mo-lai", reason="Phát hiện thêm máy nhiễm")["state"] == "ended"


def test_story_12_found_by_monitoring_goes_the_serious_way(user):
    facts, expected = story("12")
    code = good(user.api("POST", "/su-co/moi", {
        "source": "monitoring", "description": "Nền tảng tích hợp mất kết nối, nhiều máy chủ đang bị mã hóa.",
        "title": "Tấn công nhiều hình thức vào nền tảng tích hợp", "detected": facts["detected_at"]}))["code"]
    assert act(user, code, "xac-nhan")["state"] == "responding", "our own finding needs no call back"
    finish(user, code, "T2")
    classify(user, code, facts)
    case = view(user, code)
    for clock in expected["clocks"]:
        assert due(case, clock["id"]) == clock["due"], clock["id"]
    assert {n["clock"] for n in case["notices"] if n["state"]["name"] != "void"} == {c["id"] for c in expected["clocks"]}
    assert case["incident"]["severity"] == "Có thể nghiêm trọng (chờ xác nhận)"
    assert case["procedure"]["id"] == "quy-trinh-nghiem-trong"
    assert case["incident"]["state"]["name"] == "responding", "a confirmed case does not begin anew"
    act(user, code, "muc/y-kien", answer="agreed", document="Công văn 77/ĐPQG")
    assert view(user, code)["incident"]["severity"] == "Nghiêm trọng"

    act(user, code, "muc", level="thong-thuong", reason="Xem lại: chỉ một hệ thống bị ảnh hưởng")
    ordinary = view(user, code)
    assert ordinary["procedure"]["id"] == "quy-trinh-thong-thuong"
    done = {s["id"]: s["state_name"] for s in ordinary["procedure"]["steps"] if "id" in s}
    assert done["T2"] == "done", "nothing of the first way is lost"
    assert all(n["state"]["name"] == "void" for n in ordinary["notices"] if n["clock"] == "propose_serious")
    act(user, code, "muc", level="law", reason="Trở lại theo tiêu chí")
    steps = [s["id"] for s in view(user, code)["procedure"]["steps"] if "id" in s]
    finish(user, code, *steps[1:])
    assert view(user, code)["incident"]["state"]["name"] == "ended"
    send_all(user, code)
    sign(user, code, "mau-03", MAU_03 | {"proposal": "Đề nghị điều phối"})
    sign(user, code, "mau-04", MAU_04)
    assert act(user, code, "dong")["state"] == "closed"


def test_not_stable_goes_back_and_the_loop_is_kept(public, user):
    _, code = confirmed(public, user, description="Mã độc lây qua USB ở phòng kế toán.")
    finish(user, code, "T2", "T3", "T5", "T7", "T8", "T9", "T10")
    ended = view(user, code)
    assert ended["facts"]["ended_at"]
    assert act(user, code, "buoc/lam-lai", step="T10", note="Mã độc xuất hiện lại")["state"] == "responding"
    steps = {s["id"]: s for s in view(user, code)["procedure"]["steps"] if "id" in s}
    assert {name: steps[name]["pass"] for name in ("T5", "T7", "T9", "T10")} == {"T5": 1, "T7": 2, "T9": 2, "T10": 2}
    assert view(user, code)["facts"]["ended_at"] is None
    refused(user, code, "buoc/lam-lai", 409, step="T3", note="không có đường quay lại")


def test_closing_with_something_open_needs_a_reason_that_is_printed(public, user):
    _, code = confirmed(public, user, description="Trang thông tin hiện nội dung lạ trong 25 phút.")
    refused(user, code, "dong", 409)
    refused(user, code, "dong-co-ly-do", 422, reason="")
    act(user, code, "dong-co-ly-do", reason="Chuyển cơ quan công an thụ lý")
    case = view(user, code)
    assert "Chuyển cơ quan công an" in case["close_reason"] and "Chưa gửi" in case["close_reason"]
    assert "Chuyển cơ quan công an" in user.page(f"/su-co/{code}/phieu").text


@pytest.mark.parametrize("path, state, fields", [
    ("khong-phai-su-co", "rejected", {"reason": "Cuộc gọi quảng cáo"}),
    ("suyt-xay-ra", "near_miss", {"reason": "Chưa ai mở tệp"}),
])
def test_a_report_may_be_set_aside_and_nothing_is_due_then(public, user, path, state, fields):
    _, code = report(public, user, description=f"Tin báo để thử {state}.")
    refused(user, code, path, 422)
    assert act(user, code, path, **fields)["state"] == state
    assert not [n for n in view(user, code)["notices"] if n["unsent"]]
    assert act(user, code, "mo-lai", reason="Xem lại")["state"] == "verifying"
    assert [n for n in view(user, code)["notices"] if n["unsent"]], "it comes due again"


def test_a_duplicate_names_the_other_case(public, user):
    _, first = report(public, user, description="Thư giả mạo thứ nhất gửi nhiều hộp thư.")
    _, second = report(public, user, description="Thư giả mạo thứ hai, cùng nội dung.")
    refused(user, second, "trung-lap", 422, of="SC-1999-0001")
    refused(user, second, "trung-lap", 422, of=second)
    assert act(user, second, "trung-lap", of=first)["state"] == "duplicate"


def test_two_commanders_do_not_overwrite_each_other(public, user):
    _, code = confirmed(public, user, description="Máy chủ tệp bị truy cập lạ ban đêm.")
    version = view(user, code)["version"]
    act(user, code, "muc", level="nghiem-trong", reason="Người thứ nhất", version=version)
    refused(user, code, "muc", 412, level="thong-thuong", reason="Người thứ hai", version=version)
    act(user, code, "dien-bien", text="Dòng diễn biến không bao giờ xung đột")


def test_the_log_is_only_added_to(public, user):
    _, code = confirmed(public, user, description="Mất kết nối Internet toàn cơ quan.")
    act(user, code, "dien-bien", text="Ba máy bị mã hóa", at="2026-01-12T08:30:00+07:00")
    line = max(row["number"] for row in view(user, code)["log"]["lines"])
    act(user, code, "dien-bien/dinh-chinh", number=line, text="Bốn máy, không phải ba")
    lines = {row["number"]: row for row in view(user, code)["log"]["lines"]}
    assert lines[line]["text"] == "Ba máy bị mã hóa" and lines[line]["at_iso"] == "2026-01-12T08:30:00+07:00"
    assert lines[line + 1]["corrects"] == line
    refused(user, code, "dien-bien/dinh-chinh", 422, number=line + 100, text="dòng không có")
    refused(user, code, "dien-bien", 422, text="tương lai", at="2099-01-01T00:00:00+07:00")


def test_observables_are_defanged_and_met_again_elsewhere(public, user):
    _, one = confirmed(public, user, description="Kết nối ra địa chỉ lạ từ máy MC-01.")
    _, two = confirmed(public, user, description="Kết nối ra địa chỉ lạ từ máy MC-07.")
    act(user, one, "dau-hieu", value="hxxp://xau[.]example[.]vn/tep")
    act(user, one, "dau-hieu", value="203[.]0[.]113[.]41")
    act(user, two, "dau-hieu", value="203.0.113.41")
    refused(user, two, "dau-hieu", 422, value="203.0.113.41")
    refused(user, two, "dau-hieu", 422, value="khong-phai-ip", kind="ip")
    case = view(user, one)
    assert {o["shown"] for o in case["observables"]} == {"hxxp://xau[.]example[.]vn/tep", "203[.]0[.]113[.]41"}
    assert [row["code"] for row in case["related"]] == [two]
    page = user.page(f"/su-co/{one}").text
    assert "203[.]0[.]113[.]41" in page and "203.0.113.41" not in page


def test_evidence_is_hashed_on_arrival_and_on_access(public, user, installation):
    """evidence.file, evidence.verify."""
    _, code = confirmed(public, user, description="Thu mẫu mã độc trên máy MC-02.")
    added = user.upload(f"/api/su-co/{code}/chung-cu", "file", "mau.bin", b"mau ma doc" * 1000, title="Mẫu mã độc", where="MC-02", how="sao chép")
    evidence = good(added)["id"]
    act(user, code, "chung-cu/" + evidence + "/giao", **{"from": "Phạm Văn Phúc", "to": "Đội ứng cứu tỉnh"})
    opened = user.api("POST", f"/su-co/{code}/chung-cu/{evidence}/tep")
    assert opened.body == b"mau ma doc" * 1000
    assert [row["action"] for row in view(user, code)["custody"]] == ["received", "transferred", "accessed"]
    assert installation.cli("evidence", "verify", "--as", "qt").returncode == 0
    sha256 = view(user, code)["evidence"][0]["sha256"]
    kept = pathlib.Path(installation.home) / "files" / sha256[:2] / sha256[2:]
    kept.chmod(0o600)
    kept.write_bytes(b"sua doi")
    try:
        assert installation.cli("evidence", "verify", "--as", "qt").returncode == 4
        broken = user.api("POST", f"/su-co/{code}/chung-cu/{evidence}/tep")
        assert broken.status != 200 and b"sua doi" not in broken.body
        assert view(user, code)["custody"][-1]["broken"]
    finally:
        kept.write_bytes(b"mau ma doc" * 1000)


def test_a_notice_keeps_how_it_went(public, user):
    _, code = confirmed(public, user, description="Sự cố để thử thông báo.", seen="2026-02-03T08:00:00+07:00")
    notice = next(n for n in view(user, code)["notices"] if n["clock"] == "notice" and n["receiver"] == "DPQG")
    base = f"thong-bao/{notice['id']}"
    act(user, code, base + "/loi", channel="email", reason="Máy chủ thư không trả lời")
    refused(user, code, base + "/gui", 422, channel="email", recipient="Cơ quan điều phối")  # without proof
    refused(user, code, base + "/xac-nhan", 409)
    act(user, code, base + "/gui", channel="phone", recipient="Trực ban", proof="Ông Nam nghe máy")
    refused(user, code, base + "/gui", 409, channel="phone", recipient="Trực ban", proof="lần hai")
    act(user, code, base + "/xac-nhan", proof="Số tiếp nhận 214")
    kept = next(n for n in view(user, code)["notices"] if n["id"] == notice["id"])
    assert kept["state"]["name"] == "confirmed" and kept["proof"] == "Ông Nam nghe máy"
    assert view(user, code)["facts"]["notice_sent_at"]
    assert any("Máy chủ thư không trả lời" in row["text"] for row in view(user, code)["log"]["lines"])


def test_a_case_of_the_new_regime_with_personal_data(public, user):
    _, code = confirmed(public, user, description="Lộ danh sách hộ nghèo trên trang thông tin.", what="lo", seen="2026-10-05T08:00:00+07:00")
    act(user, code, "phan-loai", detected_at="2026-10-05T08:00:00+07:00", personal_data="yes", serious="yes", national_security="no",
        level=2, system_name="Trang thông tin điện tử xã")
    case = view(user, code)
    assert case["profile"] == "vn-2026" and case["incident"]["severity"] == "Nghiêm trọng"
    assert case["procedure"]["suggested"] is True
    assert due(case, "first_notice") == "2026-10-06T08:00:00+07:00"
    assert due(case, "report_72h") == due(case, "personal_data") == "2026-10-08T08:00:00+07:00"
    assert {(n["clock"], n["receiver"]) for n in case["notices"]} >= {("report_72h", "BCA"), ("personal_data", "DLCN")}
    assert {form["id"] for form in case["paper_forms"]} >= {
        "thong-bao-ngay", "thong-bao-24-gio", "bao-cao-72-gio", "bao-cao-cap-nhat", "bao-cao-ket-thuc", "mau-08-nd-356"}
    assert not {form["id"] for form in case["paper_forms"]} & {"mau-03", "mau-04", "mau-05", "phu-luc-mau-03"}
    form_of = {n["clock"]: n["form_url"].split("form=")[1] for n in case["notices"] if n.get("form_url")}
    assert form_of["first_notice"] == "thong-bao-24-gio" and form_of["report_72h"] == "bao-cao-72-gio"
    act(user, code, "phan-loai", detected_at="2026-10-05T09:30:00+07:00", serious="no", reason="Xác định lại giờ phát hiện")
    moved = view(user, code)
    assert due(moved, "report_72h") == "2026-10-08T09:30:00+07:00"
    assert all(n["state"]["name"] == "void" for n in moved["notices"] if n["clock"] == "first_notice")
    assert any("Hạn đổi từ 08:00 08/10/2026 sang 09:30 08/10/2026" in row["text"] for row in moved["log"]["lines"])


def test_a_paper_lists_what_is_missing_and_is_frozen_once_signed(public, user):
    _, code = confirmed(public, user, description="Sự cố để thử văn bản.")
    path = f"/su-co/{code}/van-ban"
    draft = good(user.api("POST", path + "/luu", {"form": "mau-03"}))
    assert "contact_name" in {m["id"] for m in draft["missing"]}
    assert user.api("POST", f"{path}/{draft['paper']}/trinh").status == 409
    assert user.api("POST", path + "/luu", {"form": "mau-03", "fields": {"khong_co": "x"}}).status == 422
    paper = sign(user, code, "mau-03", MAU_03)
    assert user.api("POST", path + "/luu", {"form": "mau-03", "paper": paper, "fields": {"proposal": "sửa"}}).status == 409
    pdf = user.api("GET", f"{path}/{paper}/tep", format="pdf")
    text = pdf_text(pdf.body)
    for told in ("BÁO CÁO BAN ĐẦU SỰ CỐ MẠNG", "0237 000 0112", "phuc@tanlap.example.vn", "Bốn máy và máy chủ tệp", "☒ Cơ quan điều phối",
                 "Sự cố để thử văn bản.", "Trần Quốc Tuấn"):
        assert told in text, (told, text)
    docx = user.api("GET", f"{path}/{paper}/tep", format="docx")
    assert pdf.body.startswith(b"%PDF") and docx.body.startswith(b"PK")
    assert pdf.body == user.api("GET", f"{path}/{paper}/tep", format="pdf").body


def test_the_life_of_a_paper(public, user):
    """incident.paper_form, incident.paper_save, incident.paper_submit, incident.paper_return, incident.paper_sign, incident.paper_file."""
    _, code = confirmed(public, user, description="Sự cố để thử trả lại văn bản.", seen="2026-02-10T08:00:00+07:00")
    base = f"/su-co/{code}/van-ban"
    paper = good(user.api("POST", base + "/luu", {"form": "mau-03", "fields": MAU_03}))["paper"]
    assert user.api("POST", f"{base}/{paper}/tra-lai").status == 409, "a draft has not been submitted"
    good(user.api("POST", f"{base}/{paper}/trinh"))
    assert user.api("POST", base + "/luu", {"form": "mau-03", "paper": paper, "fields": {"proposal": "sửa"}}).status == 409
    assert good(user.api("POST", f"{base}/{paper}/tra-lai"))["state"] == "draft"
    good(user.api("POST", base + "/luu", {"form": "mau-03", "paper": paper, "fields": {"proposal": "Đề nghị điều phối"}}))
    good(user.api("POST", f"{base}/{paper}/trinh"))
    signed = good(user.api("POST", f"{base}/{paper}/da-ky", {"number": "9/BC-UBND", "day": "12/02/2026", "signer": "Trần Quốc Tuấn"}))
    assert signed["state"] == "signed", "without a scan it waits for one"
    assert "Đề nghị điều phối" in json.dumps(good(user.api("GET", base + "/soan", form="mau-03", paper=paper)), ensure_ascii=False)


def test_facts_are_assessed_alike_everywhere(public, user, installation):
    """incident.assess on three ways, incident.classify_form of a case."""
    facts = {"detected_at": "2026-01-12T07:40:00+07:00", "told_at": None}
    told = good(user.api("POST", "/su-co/danh-gia", {"facts": facts}))
    assert {clock["id"]: clock["due"] for clock in told["clocks"]} == {"notice": "2026-01-17T07:40:00+07:00"}
    typed = installation.cli("incident", "assess", "--json", stdin=json.dumps(facts))
    assert json.loads(typed.stdout) == told
    assert installation.cli("incident", "assess", stdin="[]").returncode == 3
    _, code = confirmed(public, user, description="Sự cố để xem tiêu chí.", seen=facts["detected_at"])
    criteria = good(user.api("GET", f"/su-co/{code}/phan-loai"))["criteria"]
    assert [row["state"]["label"] for row in criteria] == [line["result"] for line in told["why"]]
    assert all(row["basis"] for row in criteria)


def test_a_draft_follows_the_case_but_for_what_was_written(public, user):
    _, code = confirmed(public, user, description="Máy chủ tệp bị mã hóa.")
    path = f"/su-co/{code}/van-ban"
    draft = good(user.api("POST", path + "/luu", {"form": "thong-bao", "fields": {"system_address": "tanlap.example.vn, 192.168.1.7"}}))["paper"]
    assert user.api("POST", path + "/luu", {"form": "mau-03", "fields": {"detected_day": "hôm qua"}}).status == 422

    def shown():
        return good(user.api("GET", path + "/soan", form="thong-bao", paper=draft))

    assert "192.168.1.7" not in shown()["fields"]["system_address"] and "tanlap.example.vn" in shown()["fields"]["system_address"]
    act(user, code, "phan-loai", detected_at="2026-01-12T06:05:00+07:00", title="Tên mới của sự cố", reason="Xác định lại giờ")
    assert "06:05" in json.dumps(shown()["fields"]) and "tanlap.example.vn" in shown()["message"]["text"]
    page = user.page(f"{path}/soan?form=thong-bao&paper={draft}").text
    names = {name: html.unescape(value) for name, value in re.findall(r'<input id="[^"]*" name="(f\.[^"]*)" value="([^"]*)"', page)}
    assert names["f.system_address"].startswith("tanlap.example.vn")
    user.post(path + "/luu", _typed="1", form="thong-bao", paper=draft, version=shown()["version"], **names)
    assert shown()["fields"]["system_address"].startswith("tanlap.example.vn")


def test_the_sheet_and_the_file_hold_the_case(public, user):
    """incident.sheet, incident.sheet_file, incident.file."""
    _, code = confirmed(public, user, description="Hồ sơ phải đủ mọi điều.")
    act(user, code, "dien-bien", text="Đã rút dây mạng bốn máy.")
    act(user, code, "nguoi", name="Phạm Văn Phúc", unit="Văn hóa - Xã hội", role="Cách ly máy", phone="0237 000 0112")
    sheet = pdf_text(user.api("GET", f"/su-co/{code}/phieu/tep").body)
    for told in ("PHIẾU ỨNG CỨU SỰ CỐ", code, "Phạm Văn Phúc", "0237 000 0112", "VIỆC LÀM NGAY", "KHÔNG:"):
        assert told.upper() in sheet.upper(), (told, sheet)
    file = pdf_text(user.api("GET", f"/su-co/{code}/ho-so").body)
    for told in ("HỒ SƠ SỰ CỐ", "Hồ sơ phải đủ mọi điều.", "Đã rút dây mạng bốn máy.", "Phạm Văn Phúc", "Phân loại theo tiêu chí"):
        assert told.upper() in file.upper(), (told, file)


def test_nobody_else_sees_a_case_and_codes_do_not_open_it(public, user):
    follow, code = report(public, user, description="Tin báo riêng tư của một người.")
    assert public.api("GET", f"/su-co/{code}").status == 401
    assert user.api("GET", f"/su-co/{follow}").status == 404
    told = public.api("GET", f"/bao-su-co/{follow}").text
    assert code not in told and "riêng tư" not in told
    assert public.api("GET", f"/bao-su-co/{code}").status == 404
    assert public.upload(f"/bao-su-co/{follow}/them", "file", "anh.png", b"\x89PNG anh", text="thêm ảnh").status == 200
    assert any("thêm ảnh" in row["text"] for row in view(user, code)["log"]["lines"])


def add_user(installation, login, role, own_body):
    """Straight into the store: accounts are another module's business. The password is the first user's."""
    store = sqlite3.connect(pathlib.Path(installation.home) / "ungcuu.db", timeout=10)
    with store:
        body = store.execute("SELECT home_body_id FROM account WHERE login = 'qt'").fetchone()[0]
        if own_body:
            new = "other-" + login
            store.execute("INSERT INTO body (id, parent_id, root_id, kind, name, short_name, sort_key, created_ms) "
                          "VALUES (?, NULL, ?, 'xa', 'UBND xã Khác', 'Xã Khác', 'x', 9999999999999)", (new, new))
            store.execute("INSERT INTO body_ancestor VALUES (?, ?, 0)", (new, new))
            body = new
        store.execute("INSERT INTO account (id, login, name, password, home_body_id, created_ms) "
                      "SELECT ?, ?, ?, password, ?, 1 FROM account WHERE login = 'qt'", (login, login, login, body))
        store.execute("INSERT INTO account_role VALUES (?, ?, ?)", (login, body, role))
    store.close()
    return installation.client().sign_in(login, incident_fixtures.PASSWORD)


VIEWER, MEMBER, ADMIN = 32, 16, 1


@pytest.mark.skipif(bool(incident_fixtures.STORE), reason="adds users straight into SQLite")
def test_roles_and_bodies(installation, public, user):
    _, code = confirmed(public, user, description="Sự cố để thử quyền.")
    viewer, member, stranger = (add_user(installation, *spec) for spec in (("xem", VIEWER, False), ("doi", MEMBER, False), ("khac", ADMIN, True)))
    notice = view(user, code)["notices"][0]["id"]
    work = [("dien-bien", {"text": "thử"}), ("buoc/bat-dau", {"step": "T2"}), ("dau-hieu", {"value": "198.51.100.7"}), ("viec", {"title": "thử việc"})]
    command = [("muc", {"level": "nghiem-trong", "reason": "thử quyền"}), ("phan-loai", {"detected_at": "2026-11-01T08:00:00+07:00"}),
               (f"thong-bao/{notice}/gui", {"channel": "phone", "recipient": "ai đó", "proof": "thử"}), ("dong-co-ly-do", {"reason": "thử quyền"}),
               ("van-ban/luu", {"form": "mau-08-nd-356"})]
    assert view(viewer, code)["incident"]["code"] == code
    for path, fields in work + command:
        refused(viewer, code, path, 403, **fields)
        refused(stranger, code, path, 404, **fields)
    for path, fields in command:
        refused(member, code, path, 403, **fields)
    for path, fields in work:
        act(member, code, path, **fields)
    assert stranger.api("GET", f"/su-co/{code}").status == 404
    assert good(stranger.api("GET", "/su-co"))["rows"] == []
    assert good(stranger.api("GET", "/chung-cu/kiem-tra"))["count"] == 0
    assert "sự cố để thử quyền" not in stranger.page("/tim?q=quyen").text.lower()


def test_a_refused_public_form_keeps_what_was_typed(public):
    page = public.post("/bao-su-co", _from="/bao-su-co", description="", phone="091", name="Chị Hạnh")
    assert page.status == 422 and "Chị Hạnh" in page.text and "Chưa nhập" in page.text
    sent = public.post("/bao-su-co", _from="/bao-su-co", description="Máy in in ra trang lạ liên tục.", phone="0912345678")
    assert sent.status == 200 and "TB-" in sent.text


def test_names_come_from_the_hand_and_stay(public, user):
    _, code = confirmed(public, user, description="Sự cố để thử tên các bên.", seen="2026-03-01T08:00:00+07:00")
    act(user, code, "ben", actor="DPQG", name="Trung tâm An ninh mạng quốc gia")
    refused(user, code, "ben", 422, actor="KHONG", name="không có")
    act(user, code, "phan-loai", detected_at="2026-03-01T08:00:00+07:00", level=3)
    names = {n["receiver"]: n["receiver_name"] for n in view(user, code)["notices"]}
    assert names["DPQG"] == "Trung tâm An ninh mạng quốc gia" and names["CQ"] == "UBND xã Tân Lập"
    assert "Trung tâm An ninh mạng quốc gia" in user.page(f"/su-co/{code}/phieu").text


def test_the_command_line_says_the_same(public, user, installation):
    _, code = report(public, user, description="Tin báo xem trên dòng lệnh.")
    shown = installation.cli("incident", "view", code, "--json", "--as", "qt")
    assert json.loads(shown.stdout)["incident"]["code"] == code
    assert code in installation.cli("incident", "list", "--as", "qt", "--limit", "500").stdout
    assert installation.cli("incident", "view", "SC-1999-0001", "--as", "qt").returncode == 5


def test_pages_are_there(public, user):
    _, code = confirmed(public, user, description="Sự cố để mở các trang.")
    for path in ("/", "/su-co", "/su-co/moi", f"/su-co/{code}", f"/su-co/{code}/phan-loai", f"/su-co/{code}/phieu",
                 f"/su-co/{code}/van-ban/soan?form=mau-03", "/bao-su-co", "/tra-cuu-tin-bao", "/lich"):
        page = user.page(path)
        assert page.status == 200 and len(page.body) < 60_000, (path, page.status, len(page.body))
    for path in ("/bao-su-co", "/tra-cuu-tin-bao"):
        assert public.page(path).status == 200


def test_one_source_cannot_bury_the_others(installation, public, user):
    """Last, because the address of all these tests is one and the same."""
    statuses = [public.api("POST", "/bao-su-co", {"description": f"Tin rác số {i}", "phone": "0912345678"}).status for i in range(200)]
    assert statuses[-1] == 423 or statuses[-1] == 429, statuses[-1]
    assert user.api("POST", "/su-co/moi", {"source": "phone", "description": "Cán bộ trực vẫn ghi được", "detected": "2026-11-01T08:00:00+07:00"}).status == 200
