"""Duties: duty.list, duty.form, duty.view, duty.add, duty.assign, duty.move, duty.edit, duty.start, duty.submit,
duty.approve, duty.return, duty.complete, duty.reopen, duty.waive, duty.evidence, duty.prove, duty.report, duty.undo,
duty.export; board.show, calendar.month, calendar.feed, search.find, board.help."""
import re

import pytest


@pytest.fixture
def duty(world):
    return world.cli("duty", "add", "Diễn tập ứng cứu sự cố", "--due", "15/12/2030")["id"]


def view(world, duty):
    return world.cli("duty", "view", duty)


def test_new_duty_is_listed_and_found(world, duty):
    client = world.client()
    assert duty in [row["id"] for row in client.get("/nhiem-vu?limit=500").json["rows"]]
    assert client.page("/nhiem-vu/moi").status == 200
    assert duty in [row["id"] for row in client.get("/tim?q=dien tap&limit=100").json["rows"]], "search needs no diacritics"
    assert duty in [row["id"] for row in client.get("/nhiem-vu?q=DIEN TAP").json["rows"]]


def test_help_needs_no_account_and_leads_to_pages(world):
    help_page = world.client(None).page("/tro-giup")
    assert help_page.status == 200
    for path in re.findall(r'href="(/[^"#]*)"', re.search(r"<main.*</main>", help_page.text, re.S)[0]):
        assert world.client().page(path).status == 200, path


def test_calendar_leads_to_its_days(world, duty):
    page = world.client().page("/lich?thang=2030-12")
    assert 'id="ngay-15"' in page.text


def test_calendar_with_many_on_one_day(world):
    client = world.client()
    for number in range(12):
        client.post("/nhiem-vu/moi", {"title": f"Cùng ngày {number:02}", "due": "09/05/2031"})
    month = client.page("/lich?thang=2031-05").text
    listed = month[month.index("h-ds"):]
    assert listed.count("Cùng ngày") == 10 and "/lich?thang=2031-05&amp;ngay=9#ngay-9" in listed
    one_day = client.page("/lich?thang=2031-05&ngay=9").text
    assert one_day[one_day.index("h-ds"):].count("Cùng ngày") == 12 and "Xem cả tháng" in one_day
    assert len(client.get("/lich?thang=2031-05").json["items"]) == 12


def test_complete_needs_proof(world, duty):
    client = world.client()
    refused = client.post("/nhiem-vu/hoan-thanh", {"ids": [duty]})
    assert refused.status == 409 and refused.json["code"] == "E-107"
    assert client.post("/nhiem-vu/hoan-thanh", {"ids": [duty], "note": "Biên bản số 5 ngày 20/11"}).status == 200
    shown = view(world, duty)
    assert shown["duty"]["state_name"] == "done" and shown["proofs"][0]["name"] == "Biên bản số 5 ngày 20/11"
    assert duty in [row["id"] for row in client.get("/nhiem-vu?tab=xong&limit=500").json["rows"]]


def test_proof_by_file_is_kept_with_its_hash(world, duty):
    client = world.client()
    answer = client.upload("/api/nhiem-vu/minh-chung", "file", "biên bản.pdf", b"%PDF-1.4 proof", {"ids": duty})
    assert answer.status == 200, answer.text
    proof = view(world, duty)["proofs"][0]
    assert proof["name"] == "biên bản.pdf" and len(proof["hash"]) == 64
    file = client.page(proof["url"])
    assert file.status == 200 and file.body == b"%PDF-1.4 proof"
    assert "attachment" in file.headers["Content-Disposition"]


def test_move_and_undo(world, duty):
    client = world.client()
    moved = client.post("/nhiem-vu/doi-han", {"ids": [duty], "due": "20/12/2030", "note": "Chờ kinh phí"}).json
    assert view(world, duty)["duty"]["due"]["iso"] == "2030-12-20"
    assert client.post("/nhiem-vu/hoan-tac", {"undo": moved["undo"]}).json["undone"] == 1
    assert view(world, duty)["duty"]["due"]["iso"] == "2030-12-15"
    assert client.post("/nhiem-vu/hoan-tac", {"undo": moved["undo"]}).status in (404, 412), "undone once is undone"


def test_bulk_is_one_undo(world):
    client = world.client()
    ids = [world.cli("duty", "add", f"Việc {n}")["id"] for n in range(3)]
    done = client.post("/nhiem-vu/hoan-thanh", {"ids": ids, "note": "Xong cả loạt"}).json
    assert done["changed"] == 3
    assert client.post("/nhiem-vu/hoan-tac", {"undo": done["undo"]}).json["undone"] == 3
    assert {view(world, one)["duty"]["state_name"] for one in ids} == {"todo"}


def test_bulk_fails_as_a_whole(world, duty):
    client = world.client()
    other = world.cli("duty", "add", "Việc khác")["id"]
    client.post("/nhiem-vu/hoan-thanh", {"ids": [other], "note": "xong"})
    refused = client.post("/nhiem-vu/bat-dau", {"ids": [duty, other]})
    assert refused.status == 409
    assert view(world, duty)["duty"]["state_name"] == "todo", "nothing of a refused act stays"


def test_two_people_edit_one_duty(world, duty):
    client = world.client()
    version = view(world, duty)["version"]
    first = client.post("/nhiem-vu/sua", {"ids": [duty], "title": "Tên thứ nhất"}, **{"If-Match": f'"{version}"'})
    second = client.post("/nhiem-vu/sua", {"ids": [duty], "title": "Tên thứ hai"}, **{"If-Match": f'"{version}"'})
    assert first.status == 200
    assert second.status == 412 and second.json["code"] == "E-110"
    assert view(world, duty)["duty"]["title"] == "Tên thứ nhất"


def test_approval_is_for_leaders(world, duty):
    client = world.client()
    assert client.post("/nhiem-vu/trinh", {"ids": [duty], "note": "Đã làm"}).status == 200
    assert client.post("/nhiem-vu/phe-duyet", {"ids": [duty]}).status == 403
    assert client.post("/nhiem-vu/tra-lai", {"ids": [duty], "note": "Thiếu ảnh"}).status == 403
    assert client.post("/nhiem-vu/khong-ap-dung", {"ids": [duty], "note": "Không có hệ thống"}).status == 403


def test_report_evidence_reopen_assign(world, duty):
    client = world.client()
    assert client.post("/nhiem-vu/tien-do", {"ids": [duty], "note": "Thiếu người"}).status == 200
    assert view(world, duty)["reports"][0]["text"] == "Thiếu người"
    assert client.post("/nhiem-vu/ghi-nhan", {"ids": [duty], "note": "Đã tuyên truyền tháng 11"}).status == 200
    assert view(world, duty)["duty"]["evidenced"]
    me = view(world, duty)["history"][0]["who"]
    assert me == "Quản Trị"
    client.post("/nhiem-vu/hoan-thanh", {"ids": [duty]})
    assert client.post("/nhiem-vu/mo-lai", {"ids": [duty]}).status == 200
    unit = world.cli("org", "list")["rows"][0]["id"]
    assert client.post("/nhiem-vu/giao", {"ids": [duty], "lead": unit}).status == 200
    assert view(world, duty)["duty"]["lead_body_id"] == unit
    nobody = client.post("/nhiem-vu/giao", {"ids": [duty], "lead": ""})
    assert nobody.status == 422 and nobody.json["errors"][0]["field"] == "lead"
    assert view(world, duty)["duty"]["lead_body_id"] == unit


def test_one_entry_of_the_menu_is_current(world):
    bar = re.search(r'<nav class="bottom".*?</nav>', world.client().page("/su-co/moi").text, re.S).group(0)
    assert re.findall(r'href="([^"]+)"[^>]* aria-current="page"', bar) == ["/su-co/moi"]


def test_counts_on_the_board_equal_their_lists(world):
    client = world.client()
    world.cli("duty", "add", "Việc đã quá hạn", "--due", "01/02/2020")
    for tile in client.get("/").json["tiles"]:
        if not tile["url"].startswith("/nhiem-vu"):
            continue
        rows = client.get(tile["url"] + ("&" if "?" in tile["url"] else "?") + "limit=500").json["rows"]
        assert int(tile["count"]) == len(rows), tile


def test_pages_by_key_show_each_once(world):
    for n in range(25):
        world.cli("duty", "add", f"Trang {n}", "--due", "03/03/2031") if n < 3 else None
    client = world.client()
    seen, after = [], ""
    while True:
        page = client.get("/nhiem-vu?limit=2&after=" + after).json
        seen += [row["id"] for row in page["rows"]]
        after = page.get("next")
        if not after:
            break
    assert len(seen) == len(set(seen)) == page["open"]


def test_calendar_and_feed(world):
    client = world.client()
    world.cli("duty", "add", "Việc; có, dấu", "--due", "10/10/2026")
    month = client.get("/lich?thang=2026-10").json
    assert any(item["title"] == "Việc; có, dấu" for item in month["items"])
    stranger = type(client)(world.port)
    feed = stranger.call("GET", month["ics_url"])
    assert feed.status == 200 and feed.text.startswith("BEGIN:VCALENDAR")
    assert "SUMMARY:Việc\\; có\\, dấu" in feed.text.replace("\r\n ", "")
    assert stranger.call("GET", month["ics_url"][:-2] + "00").status == 404


def test_export_is_a_workbook(world):
    assert world.client().page("/nhiem-vu/tep").body[:2] == b"PK"


def test_a_form_without_its_token_does_nothing(world, duty):
    client = world.client()
    client.csrf = "0" * 64
    assert client.form("/nhiem-vu/bat-dau?ids=" + duty, {}).status == 403
    assert view(world, duty)["duty"]["state_name"] == "todo"


def test_redirect_stays_at_home(world, duty):
    client = world.client()
    answer = client.form("/nhiem-vu/bat-dau?ids=" + duty, {}, referer="//evil.example/")
    assert answer.status == 303 and answer.headers["Location"] == "/"
