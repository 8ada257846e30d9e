"""The register of systems: system.list, system.form, system.export, system.view, system.edit_form, system.add, system.edit,
system.retire, system.restore; and the duties of the law: duty.law, duty.from_law."""
import csv
import io
import re
import zipfile

import pytest

from conftest import PASSWORD


@pytest.fixture
def system(world):
    return world.cli("system", "add", "Một cửa điện tử", "--level", 3, "--decision-number", "12/QĐ-UBND", "--decision-day", "3/2/2026",
                     "--decision-issuer", "UBND xã", "--contact-name", "Vũ Đức Long", "--contact-phone", "0900 000 012",
                     "--personal-data")["id"]


def rows(world, *words):
    return world.cli("system", "list", "--limit", 500, *words)["rows"]


def test_codes_follow_each_other(world):
    first, second = (world.cli("system", "add", f"Hệ thống {n}")["code"] for n in (1, 2))
    assert re.fullmatch(r"HT-\d{4}-\d{4}", first) and int(second[-4:]) == int(first[-4:]) + 1
    assert world.cli("system", "view", first)["system"]["title"] == "Hệ thống 1"


def test_view_tells_who_approves(world, system):
    shown = world.cli("system", "view", system)
    assert shown["system"]["decision"] == "12/QĐ-UBND, 03/02/2026, UBND xã" and shown["system"]["level"] == 3
    assert [step["title"] for step in shown["steps"]] == ["Đề xuất", "Thẩm định", "Phê duyệt"]
    assert "Điều 24" in shown["level_basis"] and "331/2026" in shown["level_basis"]
    world.cli("system", "edit", system, "Một cửa điện tử", "--level", 5)
    assert "Thủ tướng Chính phủ" in world.cli("system", "view", system)["steps"][-1]["text"]


@pytest.mark.parametrize("level", ["0", "6", "-1", "ba", "3.0"])
def test_level_is_one_to_five(world, level):
    assert world.client().post("/he-thong/moi", {"name": "Sai cấp độ", "level": level}).status == 422


def test_decision_needs_a_level(world):
    refused = world.client().post("/he-thong/moi", {"name": "Không cấp độ", "decision_number": "1/QĐ"})
    assert refused.status == 422 and "level" in refused.text
    late = world.client().post("/he-thong/moi", {"name": "Mai sau", "level": "2", "decision_number": "1/QĐ", "decision_day": "01/01/2999"})
    assert late.status == 422 and "decision_day" in late.text


def test_same_rank_warns_and_is_kept(world):
    one = world.cli("system", "add", "Thứ nhất", "--rank", 7)
    two = world.cli("system", "add", "Cũng thứ nhất", "--rank", 7)
    assert "warning" not in one and one["code"] in two["warning"]
    assert world.cli("system", "view", two["id"])["system"]["priority"] == 7


def test_edit_keeps_what_is_not_given_and_conflicts(world, system):
    client = world.client()
    version = client.get(f"/he-thong/{system}").json["version"]
    assert client.post(f"/he-thong/{system}/sua", {"name": "Một cửa", "level": "4", "version": version}).status == 200
    shown = world.cli("system", "view", system)["system"]
    assert shown["level"] == 4 and shown["personal_data"] and shown["decision"].startswith("12/QĐ")
    assert client.post(f"/he-thong/{system}/sua", {"name": "Trễ", "version": version}).status in (409, 412)
    history = world.cli("system", "view", system)["history"][0]["detail"]
    assert "Cấp độ: 3 → 4" in history and "Một cửa điện tử → Một cửa" in history


def test_box_without_tick_means_no(world, system):
    client = world.client()
    page = client.page(f"/he-thong/{system}/sua").text
    assert re.search(r'name="personal_data" value="1" checked', page)
    version = client.get(f"/he-thong/{system}").json["version"]
    assert client.form(f"/he-thong/{system}/sua", {"name": "Một cửa", "level": "3", "version": version}).status == 303
    assert world.cli("system", "view", system)["system"]["personal_data"] is False


def test_worst_first_and_filters(world, system):
    bare = world.cli("system", "add", "Chưa biết gì")["id"]
    order = [row["id"] for row in rows(world)]
    assert order.index(bare) < order.index(system)
    assert bare in [row["id"] for row in rows(world, "--loc", "chua-cap-do")] and system not in [row["id"] for row in rows(world, "--loc", "chua-cap-do")]
    assert {row["level"] for row in rows(world, "--level", 3)} == {3}
    assert all(row["personal_data"] for row in rows(world, "--loc", "du-lieu"))
    assert system in [row["id"] for row in rows(world, "--q", "mot cua")] and bare not in [row["id"] for row in rows(world, "--q", "mot cua")]
    assert rows(world, "--q", "không có hệ thống này") == []


def test_list_pages_by_key(world, system):
    client, seen, after = world.client(), [], ""
    everything = [row["id"] for row in client.get("/he-thong?limit=500").json["rows"]]
    while True:
        answer = client.get(f"/he-thong?limit=2{after}").json
        seen += [row["id"] for row in answer["rows"]]
        if not answer.get("next"):
            break
        after = "&after=" + answer["next"]
    assert seen == everything


def test_retire_and_undo(world, system):
    client = world.client()
    done = client.form(f"/he-thong/{system}/ngung", {"reason": "Đã thay bằng hệ thống mới"})
    assert f"/he-thong/{system}/dung-lai" in client.page(done.headers["Location"]).text
    assert system not in [row["id"] for row in rows(world)] and system in [row["id"] for row in rows(world, "--loc", "da-ngung")]
    assert client.post(f"/he-thong/{system}/ngung", {}).json["code"] == "E-107"
    assert client.form(f"/he-thong/{system}/dung-lai", {"_undo": system}).status == 303
    assert system in [row["id"] for row in rows(world)]


def test_export(world, system):
    world.cli("system", "add", "=HYPERLINK(1)", "--purpose", 'có "dấu nháy", và phẩy')
    client = world.client()
    text = client.page("/he-thong/tep?format=csv")
    assert text.headers["Content-Type"].startswith("text/csv") and text.body.startswith(b"\xef\xbb\xbf")
    table = list(csv.DictReader(io.StringIO(text.body.decode("utf-8-sig"))))
    assert len(table) == len(rows(world)) and "'=HYPERLINK(1)" in [row["Tên hệ thống"] for row in table]
    assert [row["Cấp độ"] for row in table if row["Mã"] == world.cli("system", "view", system)["system"]["code"]] == ["3"]
    sheet = zipfile.ZipFile(io.BytesIO(client.page("/he-thong/tep?format=xlsx").body))
    assert "Một cửa điện tử" in b"".join(sheet.read(name) for name in sheet.namelist()).decode("utf-8", "replace")


# --- who may ---


@pytest.fixture(scope="module")
def units(world):
    made = {name: world.cli("org", "add", name, "don-vi")["id"] for name in ("Phòng Một", "Phòng Hai")}
    for login, role, unit in (("xem", "viewer", "Phòng Một"), ("canbo", "officer", "Phòng Một"), ("lanhdao", "leader", "Phòng Một"),
                              ("khac", "admin", "Phòng Hai")):
        world.cli("account", "add", login, login.title(), role, "--body", made[unit], "--password-stdin", stdin=PASSWORD + "\n")
    return made


def test_roles_and_foreign_units(world, units):
    own = world.client("canbo").post("/he-thong/moi", {"name": "Của Phòng Một"})
    assert own.status == 200
    system = own.json["id"]
    for login, status in (("xem", 403), ("lanhdao", 403), ("canbo", 200)):
        client = world.client(login)
        assert client.get(f"/he-thong/{system}").status == 200
        assert client.post(f"/he-thong/{system}/sua", {"name": "Của Phòng Một"}).status == status, login
    stranger = world.client("khac")
    assert stranger.get("/he-thong").json["rows"] == []
    for answer in (stranger.get(f"/he-thong/{system}"), stranger.post(f"/he-thong/{system}/sua", {"name": "Chiếm"}),
                   stranger.post(f"/he-thong/{system}/ngung", {}),
                   stranger.post("/he-thong/moi", {"name": "Gửi nhờ", "body": units["Phòng Một"]})):
        assert answer.status == 404
    assert system in [row["id"] for row in rows(world)], "the level above sees it"
    assert world.client("canbo").page("/he-thong/moi").status == 200 and world.client("xem").page("/he-thong/moi").status == 403


def test_unit_page_lists_its_systems(world, units):
    world.cli("system", "add", "Do Phòng Hai vận hành", "--operator", units["Phòng Hai"])
    assert "Do Phòng Hai vận hành" in [row["title"] for row in world.cli("org", "view", units["Phòng Hai"])["systems"]]


# --- duties of the law ---


def law(home, *words):
    return home.cli("duty", "from-law", *words)


def test_dry_run_makes_nothing_and_a_second_run_nothing_new(fresh):
    plan = law(fresh, "--dry-run")
    assert plan["created"] == 0 and plan["missing"] > 0
    assert fresh.cli("duty", "list")["rows"] == []
    assert law(fresh)["created"] == plan["missing"]
    assert law(fresh)["created"] == 0
    assert len(fresh.cli("duty", "list", "--limit", 500)["rows"]) == plan["missing"]
    assert fresh.cli("duty", "law")["rows"] == []


def test_systems_bring_their_own_duties(fresh):
    law(fresh)
    before = {row["rule"] for row in law(fresh, "--dry-run")["rows"]}
    system = fresh.cli("system", "add", "Hệ thống cấp 4", "--level", 4, "--operator-name", "Trung tâm CNTT")["id"]
    wanted = law(fresh, "--dry-run")["rows"]
    rules = {row["rule"] for row in wanted}
    assert not before and {"ra-soat-tai-khoan-cap-4", "bao-cao-nam-bca", "dien-tap-su-co"} <= rules
    assert not rules & {"ra-soat-tai-khoan-cap-3", "tu-kiem-tra-antt"}, "other levels"
    scan = [row for row in wanted if row["rule"] == "ra-soat-tai-khoan-cap-4"][0]
    assert scan["lead"] == "Trung tâm CNTT" and scan["period"] == "hằng quý" and "hạn gợi ý" in scan["ground"]
    report = [row for row in wanted if row["rule"] == "bao-cao-nam-bca"][0]
    assert report["day"][:5] == "24/12" and "văn bản pháp luật" in report["ground"]
    law(fresh)
    assert len(fresh.cli("system", "view", system)["duties"]) > 5


def test_unknown_level_is_told_and_old_texts_only_when_asked(fresh):
    fresh.cli("system", "add", "Chưa có cấp độ")
    plain = law(fresh, "--dry-run")
    assert plain["without_level"] == 1 and "cấp độ" in plain["hint"]
    more = law(fresh, "--dry-run", "--past")
    extra = {row["rule"] for row in more["rows"]} - {row["rule"] for row in plain["rows"]}
    assert "san-lung-moi-nguy-hai" in extra


def test_law_page_and_button(world):
    client = world.client()
    assert "/nhiem-vu/tu-luat" in client.page("/nhiem-vu").text
    page = client.page("/nhiem-vu/tu-luat")
    assert page.status == 200 and "Tạo các nhiệm vụ này" in page.text
    assert client.form("/nhiem-vu/tu-luat", {}).status == 303
    assert client.get("/nhiem-vu/tu-luat").json["rows"] == []
    assert world.client().page("/nhiem-vu/tu-luat").status == 200
