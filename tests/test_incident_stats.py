"""Figures of incidents: each agrees with a count by hand and with the list behind it; nobody sees what is not his own."""
import datetime
import json
import pathlib
import re
import sqlite3
import subprocess
import urllib.parse
import zipfile

import incident_fixtures
import pytest

from incident_fixtures import user  # noqa: F401 (a fixture)

NOBODY = "01a1fc90-2403-7664-95e0-a6c485bc6303"
OTHER = "01a1fc90-2403-7664-95e0-a6c485bc6304"


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    """One of its own: the figures are of these cases alone."""
    made = incident_fixtures.Installation(str(tmp_path_factory.mktemp("figures")))
    if incident_fixtures.STORE:
        pathlib.Path(made.home, "ungcuu.conf").write_text(f"[store]\nurl={incident_fixtures.STORE}\n")
    first = made.cli("account", "first", "--login", "qt", "--name", "Quản Trị", "--body", "UBND xã Tân Lập", "--kind", "xa",
                     "--password-stdin", stdin=incident_fixtures.PASSWORD)
    if first.returncode and incident_fixtures.STORE:
        pytest.skip("other tests have filled the store")
    assert first.returncode == 0, first.stderr
    made.start()
    yield made
    made.stop()


def good(answer):
    assert answer.status == 200, answer.text
    return answer.json


def get(user, path, **query):
    """As api, but `body` is a field here."""
    return user.request("GET", "/api" + path + "?" + urllib.parse.urlencode(query))


def act(user, code, path, **fields):
    return good(user.api("POST", f"/su-co/{code}/{path}", fields))


def view(user, code):
    return good(user.api("GET", f"/su-co/{code}"))


def add(user, title, kinds, detected, level=2, **facts):
    """A confirmed case found by monitoring."""
    code = good(user.api("POST", "/su-co/moi", {"source": "monitoring", "title": title, "description": title, "detected": detected}))["code"]
    act(user, code, "xac-nhan", note="đúng")
    act(user, code, "phan-loai", detected_at=detected, level=level, kinds=kinds, **facts)
    return code


def finish(user, code, steps, at):
    for step in steps:
        act(user, code, "buoc/xong", step=step, note="đã làm", at=at[step] if step in at else "")


@pytest.fixture(scope="module")
def world(installation):
    """Six confirmed cases and three that are none, all received now; what they are stands in the tests."""
    user = installation.client().sign_in("qt", incident_fixtures.PASSWORD)
    codes = {}
    codes["ransom"] = add(user, "Mã hóa máy chủ", ["ma-hoa"], "2026-11-10T08:00:00+07:00", level=3)
    finish(user, codes["ransom"], ["T2", "T3", "T5", "T7", "T8", "T9", "T10"],
           {"T7": "2026-11-10T10:00:00+07:00", "T10": "2026-11-10T20:00:00+07:00"})
    codes["phish"] = add(user, "Thư giả mạo", ["gia-mao"], "2026-11-11T08:00:00+07:00")
    finish(user, codes["phish"], ["T2", "T3", "T5", "T7"], {"T7": "2026-11-11T09:00:00+07:00"})
    codes["phish2"] = add(user, "Thư giả mạo lần hai", ["gia-mao"], "2026-11-12T08:00:00+07:00")
    finish(user, codes["phish2"], ["T2", "T3", "T5", "T7"], {"T7": "2026-11-12T14:00:00+07:00"})
    codes["mixed"] = add(user, "Nhiều hình thức", ["ma-doc", "truy-cap-trai-phep"], "2026-11-13T08:00:00+07:00", level=4,
                         harm=["control_lost"], owner_can_handle="no", national_list="no")
    codes["power"] = add(user, "Mất điện", ["nguon-dien"], "2026-11-14T08:00:00+07:00", level=1)
    codes["unsorted"] = add(user, "Chưa rõ loại", [], "2026-11-15T08:00:00+07:00", level="")
    for name, path in (("not", "khong-phai-su-co"), ("near", "suyt-xay-ra")):
        codes[name] = good(user.api("POST", "/su-co/moi", {"source": "monitoring", "title": name * 3, "description": "Cảnh báo để loại",
                                                           "detected": "2026-11-15T08:00:00+07:00"}))["code"]
        act(user, codes[name], path, reason="đã kiểm tra")
    codes["new"] = good(user.api("POST", "/su-co/moi", {"source": "monitoring", "description": "Chưa xác minh gì cả",
                                                        "detected": "2026-11-15T08:00:00+07:00"}))["code"]
    act(user, codes["ransom"], "cach-xu-ly", helpers="Công an tỉnh\nCông ty An Ninh Một", foreign_helpers="JPCERT/CC", asked=True, damage=50_000_000)
    return codes


def year():
    """What is received now falls into it."""
    today = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=7))).year
    return {"from": f"{today}-01-01", "to": f"{today}-12-31"}


def stats(user, **query):
    return good(get(user, "/su-co/thong-ke", **(year() | query)))


def table(found, name):
    return {row["label"]: row["count"] for row in found["rows"] if row["table"] == name}


def every_link(node):
    """(figure, link) of each object that has both."""
    if isinstance(node, dict):
        for count, url in (("count", "url"), ("text", "url"), ("with", "with_url"), ("without", "without_url"), ("late", "late_url")):
            if str(node.get(url, "")).startswith("/su-co?") and re.fullmatch(r"\d+", str(node.get(count, ""))):
                yield int(node[count]), node[url]
        node = list(node.values())
    if isinstance(node, list):
        for one in node:
            yield from every_link(one)


def listed(user, url):
    """All rows of a link, page by page."""
    rows, after = [], ""
    while True:
        page = good(user.request("GET", "/api" + url + "&limit=3" + (f"&after={after}" if after else "")))
        rows += page["rows"]
        after = page.get("next")
        if not after:
            return page.get("total"), rows


def test_figures_by_hand(user, world):
    found = stats(user)
    assert table(found, "total") == {"Đã nhận trong kỳ": 9, "Đã xác nhận là sự cố": 6}
    causes = table(found, "cause")
    assert causes["Do bị tấn công mạng"] == 4 and causes["Chưa phân loại"] == 1 and sum(causes.values()) == 6
    assert table(found, "kind") == {"Tấn công giả mạo": 2, "Tấn công mã hóa phần mềm, dữ liệu, thiết bị": 1, "Sự cố nguồn điện": 1,
                                    "Tấn công tổng hợp sử dụng kết hợp nhiều hình thức": 1, "Chưa phân loại": 1}
    assert table(found, "level") == {"Cấp độ 5": 0, "Cấp độ 4": 1, "Cấp độ 3": 1, "Cấp độ 2": 2, "Cấp độ 1": 1, "Chưa rõ cấp độ": 1}
    states = table(found, "state")
    assert (states["Đã kết thúc xử lý"], states["Đã ngăn chặn"], states["Đang ứng cứu"]) == (1, 2, 3)
    assert (states["Đang xác minh"], states["Không phải sự cố"], states["Suýt xảy ra sự cố"]) == (1, 1, 1)
    assert sum(table(found, "grade").values()) == sum(table(found, "notice").values()) == 6
    assert table(found, "unit") == {"UBND xã Tân Lập (trực tiếp)": 6}


def test_median_and_ninetieth_percentile(user, world):
    """Contained after 1, 2 and 6 hours: by nearest rank the median is the 2nd, the 90th percentile the 3rd."""
    times = {row["label"]: row for row in stats(user)["times"]}
    contained, recovered = times["Ngăn chặn"], times["Khôi phục"]
    assert (contained["median"], contained["most"]) == ("2 giờ", "6 giờ")
    assert (contained["median_ms"], contained["with"], contained["without"]) == (7_200_000, "3", "3")
    assert (recovered["median"], recovered["most"], recovered["with"], recovered["without"]) == ("12 giờ", "12 giờ", "1", "5")


def test_each_figure_has_its_list(user, world):
    pages = [stats(user), good(get(user, "/su-co/mau-05", **year())), good(user.api("GET", "/su-co/lanh-dao"))]
    links = {link for page in pages for link in every_link(page)}
    assert len(links) > 50
    for count, url in links:
        total, rows = listed(user, url)
        assert (len(rows), len({row["code"] for row in rows})) == (count, count) and total in (None, count), url


def test_twelve_months_are_drawn_by_the_server(user, world):
    chart = stats(user)["chart"]
    assert len(chart["months"]) == 12 and {len(row["cells"]) for row in chart["rows"]} == {12}
    sums = {row["label"]: row["sum"] for row in chart["rows"]}
    assert (sums["Tất cả"], sums["Do bị tấn công mạng"], sums["Do lỗi của người sử dụng"]) == ("6", "4", "0")
    assert "6 sự cố; nhiều nhất do bị tấn công mạng (4)" in chart["title"]
    assert chart["svg"].count("<text class=\"v\"") > 0 and "<title>12 tháng đến" in chart["svg"]
    assert any("none" in cell for cell in chart["rows"][0]["cells"])
    page = user.page("/su-co/thong-ke?" + "&".join(f"{k}={v}" for k, v in year().items())).text
    assert "<svg" in page and "&lt;svg" not in page


def form05(user, **query):
    found = good(get(user, "/su-co/mau-05", **(year() | query)))
    rows = {row["label"]: [cell["count"] for cell in row["cells"]] + [row["damage"]] for row in found["rows"] + found["total"]}
    return found, rows


def test_mau_05_by_hand(user, world):
    found, rows = form05(user)
    assert len(rows) == 11
    assert rows["Mã hóa phần mềm, dữ liệu, thiết bị"] == [1, 0, 1, 1, 1, "50.000.000 đồng"]
    assert rows["Tấn công giả mạo"] == [2, 0, 0, 0, 0, ""]
    assert rows["Tấn công tổng hợp sử dụng kết hợp nhiều hình thức"] == [1, 0, 0, 0, 0, ""]
    assert rows["Tổng số"] == [4, 0, 1, 1, 1, "50.000.000 đồng"]
    assert found["helpers"] == ["Công an tỉnh", "Công ty An Ninh Một"] and found["foreign_helpers"] == ["JPCERT/CC"]
    assert form05(user, **{"from": "2001-01-01", "to": "2001-12-31"})[1]["Tổng số"] == [0, 0, 0, 0, 0, ""]


def test_mau_05_as_files(user, world):
    period = "&".join(f"{k}={v}" for k, v in year().items())
    files = {kind: user.request("GET", f"/api/su-co/mau-05/tep?format={kind}&{period}").body for kind in ("docx", "pdf", "xlsx", "svg")}
    for kind, part in (("docx", "word/document.xml"), ("xlsx", "xl/worksheets/sheet1.xml")):
        path = pathlib.Path("/tmp") / f"mau-05-test.{kind}"
        path.write_bytes(files[kind])
        with zipfile.ZipFile(path) as package:
            text = " ".join(package.read(name).decode() for name in package.namelist() if name.endswith(".xml"))
            assert part in package.namelist()
        path.unlink()
        assert "Mã hóa phần mềm, dữ liệu, thiết bị" in text and "50.000.000 đồng" in text
    told = " ".join(subprocess.run(["pdftotext", "-", "-"], input=files["pdf"], capture_output=True, check=True).stdout.decode().split())
    assert "01 NĂM VỀ HOẠT ĐỘNG TIẾP NHẬN" in told and "Công an tỉnh; Công ty An Ninh Một" in told and "UBND xã Tân Lập" in told
    assert files["svg"].startswith(b"<svg") and b"<script" not in files["svg"]
    assert user.api("GET", "/su-co/mau-05/tep", format="exe").status == 422


def test_what_was_asked_for_is_checked(user, world):
    assert user.api("GET", "/su-co/thong-ke", **{"from": "2026-05-01", "to": "2026-04-01"}).status == 422
    assert get(user, "/su-co/thong-ke", body=NOBODY).status == 404
    assert get(user, "/su-co", body=NOBODY).status == 404
    assert user.api("GET", "/su-co", measure="x' OR 1=1 --").status == 422
    assert listed(user, f"/su-co?unit={NOBODY}")[1] == []


def test_the_leader_sees_what_waits(user, world):
    found = good(user.api("GET", "/su-co/lanh-dao"))
    asks = {row["ask"]: row["code"] for row in found["decisions"]}
    assert asks["Có thể vượt khả năng xử lý, chưa đề nghị hỗ trợ"] == world["mixed"]
    assert found["burning"][0]["code"] == world["mixed"] or not found["burning"][0]["serious"]
    dues = [row["due"]["at"] for row in found["deadlines"]]
    assert dues == sorted(dues) and len(dues) == 5
    assert found["open"] == 7 and len(found["burning"]) == 5
    page = user.page("/su-co/lanh-dao")
    assert page.status == 200 and "Chờ quyết định" in page.text and len(page.body) < 60_000


def test_a_paper_to_sign_waits_for_the_leader(user, world):
    code = world["power"]
    form = view(user, code)["paper_forms"][0]["id"]
    paper = good(user.api("POST", f"/su-co/{code}/van-ban/luu", {"form": form, "fields": {}}))["paper"]
    submitted = user.api("POST", f"/su-co/{code}/van-ban/{paper}/trinh")
    waiting = [row for row in good(user.api("GET", "/su-co/lanh-dao"))["decisions"] if row["ask"].startswith("Văn bản chờ ký")]
    assert [row["code"] for row in waiting] == ([code] if submitted.status == 200 else [])


def test_filters_are_kept_renamed_and_deleted(user, world, installation):
    """incident.filter_save, incident.filter_rename, incident.filter_delete, incident.filter_list."""
    made = good(user.api("POST", "/su-co/bo-loc", {"name": "Giả mạo", "query": "kind=gia-mao&state=xac-nhan"}))
    assert listed(user, made["url"])[0] == 2
    assert user.api("POST", "/su-co/bo-loc", {"name": "Giả mạo", "query": "kind=ma-hoa"}).status == 422
    assert user.api("POST", "/su-co/bo-loc", {"name": "Lạ", "query": "kind=ma-hoa&x=javascript:1"}).status == 422
    good(user.api("POST", f"/su-co/bo-loc/{made['id']}/ten", {"name": "Thư giả mạo"}))
    assert [row["name"] for row in good(user.api("GET", "/su-co/bo-loc"))["rows"]] == ["Thư giả mạo"]
    tabs = good(user.api("GET", "/su-co"))["tabs"]
    assert tabs[-1]["label"] == "Thư giả mạo" and tabs[-1]["url"] == made["url"]
    assert {"Đang mở", "Của tôi", "Quá hạn thông báo", "Đã đóng"} <= {tab["label"] for tab in tabs}
    page = user.page("/su-co?grade=thuong")
    assert "Lưu bộ lọc" in page.text and "Thư giả mạo" in page.text
    assert "filter_list" not in installation.cli("incident", "filter-list", "--as", "qt").stderr
    good(user.api("POST", f"/su-co/bo-loc/{made['id']}/xoa"))
    assert user.api("POST", f"/su-co/bo-loc/{made['id']}/xoa").status == 404
    assert good(user.api("GET", "/su-co/bo-loc"))["rows"] == []


def test_mau_05_proves_a_duty_in_one_step(user, world):
    duty = good(user.api("POST", "/nhiem-vu/moi", {"title": "Báo cáo tổng hợp tình hình tiếp nhận và xử lý sự cố năm"}))["id"]
    other = good(user.api("POST", "/nhiem-vu/moi", {"title": "Tuyên truyền an toàn thông tin"}))["id"]
    proves = [row["id"] for row in form05(user)[0]["proves"]]
    assert duty in proves and other not in proves
    period = year()
    good(user.api("POST", "/su-co/mau-05/minh-chung", {"duty": duty} | period))
    proof = good(user.api("GET", f"/nhiem-vu/{duty}"))["proofs"][0]
    assert proof["name"] == f"mau-05_{period['from']}_{period['to']}.docx"
    file = user.page(proof["url"])
    assert file.status == 200 and file.body[:2] == b"PK"
    assert user.api("POST", "/su-co/mau-05/minh-chung", {"duty": NOBODY} | period).status == 404


def test_a_closed_case_is_suggested_as_proof(user, world):
    code = world["ransom"]
    for notice in view(user, code)["notices"]:
        if notice["unsent"]:
            act(user, code, f"thong-bao/{notice['id']}/gui", channel="document", recipient="nơi nhận", proof="12/TB-UBND")
    act(user, code, "dong-co-ly-do", reason="để thử gợi ý minh chứng")
    duty = good(user.api("POST", "/nhiem-vu/moi", {"title": "Ứng cứu, xử lý sự cố khi xảy ra"}))["id"]
    shown = good(user.api("GET", f"/nhiem-vu/{duty}"))["suggestions"]
    assert shown and all(code in row["text"] for row in shown)
    assert "Gợi ý minh chứng" in user.page(f"/nhiem-vu/{duty}").text
    good(user.api("POST", "/nhiem-vu/minh-chung", {"ids": [duty], "note": shown[0]["text"], "link": shown[0]["url"]}))
    after = good(user.api("GET", f"/nhiem-vu/{duty}"))
    assert after["proofs"][0]["name"] == shown[0]["text"] and after["proofs"][0]["url"] == shown[0]["url"]
    assert shown[0]["url"] not in [row["url"] for row in after["suggestions"]]
    assert f'id="tb-{shown[0]["url"].split("#tb-")[1]}"' in user.page(f"/su-co/{code}").text
    assert "suggestions" not in good(user.api("GET", f"/nhiem-vu/{proofless(user)}"))


def proofless(user):
    return good(user.api("POST", "/nhiem-vu/moi", {"title": "Kiểm kê thiết bị"}))["id"]


def stranger(installation):
    """A commune of its own beside the first one, and its administrator."""
    store = sqlite3.connect(pathlib.Path(installation.home) / "ungcuu.db", timeout=10)
    with store:
        store.execute("INSERT INTO body (id, parent_id, root_id, kind, name, short_name, sort_key, created_ms) "
                      "VALUES (?, NULL, ?, 'xa', 'UBND xã Khác', 'Xã Khác', 'x', 9999999999999)", (OTHER, OTHER))
        store.execute("INSERT INTO body_ancestor VALUES (?, ?, 0)", (OTHER, OTHER))
        store.execute("INSERT INTO account (id, login, name, password, home_body_id, created_ms) "
                      "SELECT 'khac', 'khac', 'Người Khác', password, ?, 1 FROM account WHERE login = 'qt'", (OTHER,))
        store.execute("INSERT INTO account_role VALUES ('khac', ?, 1)", (OTHER,))
    home = store.execute("SELECT home_body_id FROM account WHERE login = 'qt'").fetchone()[0]
    store.close()
    return home, installation.client().sign_in("khac", incident_fixtures.PASSWORD)


@pytest.mark.skipif(bool(incident_fixtures.STORE), reason="adds users straight into SQLite")
def test_a_body_never_sees_what_is_not_its_own(installation, user, world):
    home, other = stranger(installation)
    period = year()
    found = good(get(other, "/su-co/thong-ke", **period))
    assert all(row["count"] == 0 for row in found["rows"])
    assert form05(other)[1]["Tổng số"] == [0, 0, 0, 0, 0, ""] and form05(other)[0]["helpers"] == []
    leader = good(other.api("GET", "/su-co/lanh-dao"))
    assert (leader["open"], leader["burning"], leader["deadlines"], leader["decisions"]) == (0, [], [], [])
    for path in ("/su-co/thong-ke", "/su-co/mau-05", "/su-co"):
        assert get(other, path, body=home, **period).status == 404
    assert get(other, "/su-co/mau-05/tep", format="docx", body=home, **period).status == 404
    assert listed(other, f"/su-co?unit={home}")[1] == []
    assert other.api("POST", f"/su-co/{world['phish']}/cach-xu-ly", {"damage": 1}).status == 404
    duty = good(user.api("POST", "/nhiem-vu/moi", {"title": "Báo cáo sự cố hằng năm"}))["id"]
    assert other.api("POST", "/su-co/mau-05/minh-chung", {"duty": duty} | period).status == 404
    kept = good(user.api("POST", "/su-co/bo-loc", {"name": "Riêng", "query": "tab=mo"}))["id"]
    assert other.api("POST", f"/su-co/bo-loc/{kept}/xoa").status == 404
    assert good(other.api("GET", "/su-co/bo-loc"))["rows"] == []


@pytest.mark.skipif(bool(incident_fixtures.STORE), reason="adds bodies straight into SQLite")
def test_units_below_are_counted_and_chosen(installation, user, world):
    before = table(stats(user), "total")["Đã xác nhận là sự cố"]
    unit = json.loads(installation.cli("org", "add", "--name", "Văn phòng", "--kind", "don-vi", "--as", "qt", "--json").stdout)["id"]
    code = json.loads(installation.cli("incident", "add", "monitoring", "Máy chủ của văn phòng bị tấn công", "--detected", "08:00 15/11/2026",
                                       "--as", "qt", "--at", unit, "--json").stdout)["code"]
    act(user, code, "xac-nhan", note="đúng")
    found = stats(user)
    assert table(found, "total")["Đã xác nhận là sự cố"] == before + 1 and table(found, "unit")["Văn phòng"] == 1
    below = stats(user, body=unit)
    assert table(below, "total")["Đã xác nhận là sự cố"] == 1
    for count, url in every_link(below):
        assert listed(user, url)[0] == count, url


@pytest.mark.skipif(bool(incident_fixtures.STORE), reason="makes old rows straight in SQLite")
def test_cases_from_before_the_figures_are_counted_by_the_job(installation, user, world):
    before = stats(user)["rows"]
    store = sqlite3.connect(pathlib.Path(installation.home) / "ungcuu.db", timeout=10)
    with store:
        store.execute("UPDATE incident SET kind = NULL, cause = NULL, grade = NULL, beyond = NULL")
        store.execute("DELETE FROM incident_figure")
        store.execute("DELETE FROM job WHERE name = 'incident.sort'")
    store.close()
    assert table(stats(user), "total")["Đã nhận trong kỳ"] == 0
    ran = installation.cli("jobs", "--once")
    assert ran.returncode == 0, ran.stderr
    assert stats(user)["rows"] == before


def test_the_command_line_says_the_same(installation, user, world):
    told = json.loads(installation.cli("incident", "stats", "--as", "qt", "--json").stdout)
    assert told["rows"] == stats(user)["rows"]
    assert "Tấn công giả mạo" in installation.cli("incident", "form05", "--as", "qt").stdout
    assert installation.cli("incident", "leader", "--as", "qt").returncode == 0


def test_a_unit_that_leads_a_duty_is_suggested_its_own_cases_alone(installation, user, world):
    unit = json.loads(installation.cli("org", "add", "--name", "Phòng Văn hóa", "--kind", "don-vi", "--as", "qt", "--json").stdout)["id"]
    made = installation.cli("account", "add", "--login", "van.hoa", "--name", "Người Phòng", "--role", "officer", "--body", unit,
                            "--password-stdin", "--as", "qt", stdin=incident_fixtures.PASSWORD)
    assert made.returncode == 0, made.stderr
    lead = installation.client().sign_in("van.hoa", incident_fixtures.PASSWORD)
    duty = good(user.api("POST", "/nhiem-vu/moi", {"title": "Xử lý sự cố của phòng", "lead": unit}))["id"]
    assert good(user.api("GET", f"/nhiem-vu/{duty}"))["suggestions"]
    assert good(lead.api("GET", f"/nhiem-vu/{duty}"))["suggestions"] == []
    assert all(row["count"] == 0 for row in good(get(lead, "/su-co/thong-ke", **year()))["rows"])
