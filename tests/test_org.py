"""Units and contacts: org.list, org.form, org.view, org.edit_form, org.add, org.edit, org.rename, org.alias, org.close,
org.reopen, contact.list, contact.view, contact.add, contact.edit, contact.end, contact.resume, contact.verify."""
import datetime
import re

import pytest

from conftest import PASSWORD

TODAY = (datetime.datetime.utcnow() + datetime.timedelta(hours=7)).date()


def day(days):
    return (TODAY + datetime.timedelta(days=days)).strftime("%d/%m/%Y")


@pytest.fixture(scope="module")
def top(world):
    return world.cli("org", "list")["rows"][0]["id"]


@pytest.fixture(scope="module")
def people(world, top):
    """Two units below the commune, and one user of each role in the first; `other` works in the second."""
    one = world.cli("org", "add", "Phòng Kinh tế", "don-vi")["id"]
    two = world.cli("org", "add", "Công an xã Thử", "don-vi")["id"]
    for role in ("viewer", "member", "dispatcher", "officer", "leader", "admin"):
        world.cli("account", "add", role, f"Người {role}", role, "--body", one, "--password-stdin", stdin=PASSWORD + "\n")
    world.cli("account", "add", "other", "Người khác", "admin", "--body", two, "--password-stdin", stdin=PASSWORD + "\n")
    clients = {}

    def of(login):
        if login not in clients:
            clients[login] = world.client(login)
        return clients[login]

    return {"one": one, "two": two, "of": of}


@pytest.fixture
def unit(world):
    unit.count = getattr(unit, "count", 0) + 1
    return world.cli("org", "add", f"Trạm Y tế số {unit.count}", "don-vi", "--short-name", f"TYT {unit.count}")["id"]


def add_contact(world, unit, kind="focal", name="Đinh Thị Mai", phone="0900 000 011"):
    return world.cli("contact", "add", unit, kind, name, "--phone", phone)["contact"]


def view(world, unit):
    return world.cli("org", "view", unit)


# --- units ---


def test_name_is_found_however_it_is_spelled(world):
    made = world.cli("org", "add", "Văn phòng HĐND và Ủy ban nhân dân xã", "don-vi")["id"]
    client = world.client()
    same = client.post("/don-vi/moi", {"name": "van phong hđnd & UBND xã", "kind": "don-vi"})
    assert same.status == 422 and same.json["code"] == "E-104"
    for words in ("van phong", "hdnd", "VĂN PHÒNG"):
        assert made in [row["id"] for row in client.get("/don-vi?q=" + words).json["rows"]], words
    assert client.get("/don-vi?q=khong co don vi nao").json["rows"] == []


def test_rename_keeps_the_old_name(world, unit):
    old = view(world, unit)["org"]["title"]
    world.cli("org", "rename", unit, f"{old} mới", day(-10), "--basis", "QĐ 5/QĐ-UBND")
    world.cli("org", "alias", unit, "Nhà thuốc xã")
    shown = view(world, unit)
    assert [name["name"] for name in shown["names"]] == [f"{old} mới", old]
    assert shown["names"][1]["before"] == day(-10) and shown["names"][0]["basis"] == "QĐ 5/QĐ-UBND"
    assert "Nhà thuốc xã" in [name["name"] for name in shown["aliases"]]
    found = [row["id"] for row in world.cli("org", "list", "--q", "nha thuoc xa")["rows"]]
    assert found == [unit]
    row = [row for row in world.cli("org", "list", "--limit", 500)["rows"] if row["id"] == unit][0]
    assert row["title"] == f"{old} mới" and old in row["note"]


def test_a_name_of_the_future_waits(world, unit):
    old = view(world, unit)["org"]["title"]
    world.cli("org", "rename", unit, "Tên của năm sau", day(30))
    shown = view(world, unit)
    assert shown["org"]["title"] == old and shown["names"][0]["name"] == "Tên của năm sau"


def test_edit_and_conflict(world, unit):
    client = world.client()
    version = client.get(f"/don-vi/{unit}").json["version"]
    good = client.post(f"/don-vi/{unit}/sua", {"kind": "khac", "place": "thôn 3", "version": version})
    assert good.status == 200, good.text
    assert view(world, unit)["org"]["place"] == "thôn 3"
    stale = client.post(f"/don-vi/{unit}/sua", {"kind": "khac", "place": "thôn 4", "version": version})
    assert stale.status == 412 or stale.json["code"] == "E-111", stale.text
    assert view(world, unit)["org"]["place"] == "thôn 3"


def test_close_and_undo(world, unit):
    client = world.client()
    page = client.form(f"/don-vi/{unit}/ket-thuc", {"day": day(0)})
    assert page.status == 303
    after = client.page(page.headers["Location"]).text
    undo = re.search(r'action="(/don-vi/[^"]+/mo-lai)"', after)
    assert undo and unit not in [row["id"] for row in client.get("/don-vi?limit=500").json["rows"]]
    assert unit in [row["id"] for row in client.get("/don-vi?loc=ket-thuc").json["rows"]]
    assert client.form(undo.group(1), {"_undo": unit}).status == 303
    assert unit in [row["id"] for row in client.get("/don-vi?limit=500").json["rows"]]


def test_close_refuses_with_units_below(world, unit, top):
    child = world.cli("org", "add", "Tổ trực", "don-vi", "--parent", unit)["id"]
    client = world.client()
    assert client.post(f"/don-vi/{unit}/ket-thuc", {"day": day(0)}).json["code"] == "E-107"
    assert client.post(f"/don-vi/{top}/ket-thuc", {"day": day(0)}).json["code"] == "E-107"
    assert view(world, child)["org"]["parent"]["name"] == view(world, unit)["org"]["title"]


def test_the_level_above_sees_who_is_late_and_since_when(world, unit):
    world.cli("duty", "add", "Việc đã trễ từ lâu", "--due", day(-40), "--lead", unit)
    rows = world.cli("org", "list", "--limit", 500)["rows"]
    late = [row for row in rows if row["id"] == unit][0]
    assert late["late"] == 1 and late["state"]["class"] == "late" and "(40 " in late["late_since"] and day(-40) in late["late_since"]
    below = [row["late"] for row in rows[1:]]
    assert below == sorted(below, reverse=True), "the worst first"
    assert unit in [row["id"] for row in world.cli("org", "list", "--loc", "qua-han")["rows"]]
    assert view(world, unit)["org"]["note"]["class"] == "late"


def test_list_pages_by_key(world):
    client, seen, after = world.client(), [], ""
    total = len(client.get("/don-vi?limit=500").json["rows"])
    while True:
        answer = client.get(f"/don-vi?limit=2{after}").json
        seen += [row["id"] for row in answer["rows"]]
        if not answer.get("next"):
            break
        after = "&after=" + answer["next"]
    assert len(seen) == total and len(set(seen)) == total


# --- contacts ---


def test_contact_life(world, unit):
    contact = add_contact(world, unit, "duty")
    client = world.client()
    assert client.page(f"/dau-moi/{contact}").status == 200
    world.cli("contact", "verify", contact)
    assert world.cli("contact", "view", contact)["contact"]["state"]["class"] == "done"
    world.cli("contact", "edit", contact, "duty", "Đinh Thị Mai", "--phone", "0900 000 099")
    shown = world.cli("contact", "view", contact)["contact"]
    assert shown["phone"] == "0900 000 099" and shown["state"]["class"] == "soon", "a new number is not verified"
    ended = client.form(f"/dau-moi/{contact}/thoi", {})
    assert f"/dau-moi/{contact}/tiep-tuc" in client.page(ended.headers["Location"]).text
    assert view(world, unit)["contacts"][0]["until"] == day(0)
    world.cli("contact", "resume", contact)
    assert view(world, unit)["contacts"][0]["until"] is None


def test_contact_needs_a_way_to_reach(world, unit):
    refused = world.client().post(f"/don-vi/{unit}/dau-moi", {"kind": "focal", "name": "Không Có Số"})
    assert refused.status == 422 and "phone" in refused.text
    assert world.client().post(f"/don-vi/{unit}/dau-moi", {"kind": "sai", "name": "Ai Đó", "phone": "113"}).status == 422


def test_directory_and_board(world, top):
    add_contact(world, top, "duty", "Lê Văn Trực", "0900 000 013")
    client = world.client()
    assert "Lê Văn Trực" in client.page("/danh-ba").text
    board = client.get("/").json
    on_duty = [section for section in board["sections"] if section["id"] == "truc"][0]
    assert [person["name"] for person in on_duty["people"]] == ["Lê Văn Trực"] and on_duty["people"][0]["tel"] == "0900000013"


def test_changed_contact_raises_the_duty_to_announce_it(world, unit):
    add_contact(world, unit)
    add_contact(world, unit, "duty", "Người Trực", "113")
    told = view(world, unit)["announcements"]
    assert len(told) == 1, "changes before the announcement is begun go together"
    duty = world.cli("duty", "view", told[0]["id"])["duty"]
    assert duty["due_ground"] == "suggested" and "330/2026" in duty["basis"]
    due = datetime.date.fromisoformat(duty["due"]["iso"])
    working = sum((TODAY + datetime.timedelta(days=n)).weekday() < 5 for n in range(1, (due - TODAY).days + 1))
    assert working == 5
    world.cli("duty", "complete", duty["id"], "--note", "CV 12/CV đã gửi")
    world.cli("contact", "end", [c["id"] for c in view(world, unit)["contacts"] if c["name"] == "Người Trực"][0])
    assert len(view(world, unit)["announcements"]) == 2


def test_provider_is_not_announced(world, unit):
    add_contact(world, unit, "provider", "Nhà mạng", "18001166")
    assert view(world, unit)["announcements"] == []


# --- who may ---

ROLE_WRITES = {"viewer": 403, "member": 403, "dispatcher": 403, "leader": 403, "officer": 200, "admin": 200}
ROLE_CONTACTS = {"viewer": 403, "member": 403, "dispatcher": 200, "leader": 200, "officer": 200, "admin": 200}


@pytest.mark.parametrize("role", ROLE_WRITES)
def test_roles(people, role):
    client, one = people["of"](role), people["one"]
    assert client.get(f"/don-vi/{one}").status == 200 and client.page("/don-vi").status == 200
    assert client.post(f"/don-vi/{one}/ten-khac", {"name": f"Kinh tế {role}"}).status == ROLE_WRITES[role]
    assert client.post("/don-vi/moi", {"name": f"Tổ {role}", "kind": "don-vi"}).status == ROLE_WRITES[role]
    assert client.post(f"/don-vi/{one}/dau-moi", {"kind": "technical", "name": f"Kỹ thuật {role}", "phone": "113"}).status == ROLE_CONTACTS[role]


def test_another_unit_is_unknown(world, people, top):
    client = people["of"]("other")
    contact = add_contact(world, people["one"], "leader", "Người Phụ Trách")
    for path in (f"/don-vi/{people['one']}", f"/don-vi/{top}", f"/dau-moi/{contact}", "/don-vi/khong-co"):
        assert client.get(path).status == 404, path
    for path, data in ((f"/don-vi/{people['one']}/doi-ten", {"name": "Tên bị đổi", "from": day(0)}),
                       (f"/don-vi/{people['one']}/ket-thuc", {"day": day(0)}),
                       (f"/don-vi/{people['one']}/dau-moi", {"kind": "focal", "name": "Kẻ Lạ", "phone": "113"}),
                       (f"/dau-moi/{contact}/thoi", {}), ("/don-vi/moi", {"name": "Đơn vị lạ", "kind": "xa", "parent": top})):
        assert client.post(path, data).status == 404, path
    assert [row["id"] for row in client.get("/don-vi").json["rows"]] == [people["two"]]
    assert client.get("/don-vi?q=phong kinh te").json["rows"] == []
    assert "Người Phụ Trách" not in client.page("/danh-ba").text


def test_unit_sees_whom_to_call_above(world, people, top):
    add_contact(world, top, "focal", "Đầu Mối Cấp Trên", "0900 000 077")
    sections = people["of"]("viewer").get("/").json["sections"]
    above = [section for section in sections if section["id"] == "goi"][0]
    assert "Đầu Mối Cấp Trên" in [person["name"] for person in above["people"]]


def test_pages(world, unit):
    client = world.client()
    for path, words in (("/don-vi/moi", "Tên đầy đủ"), (f"/don-vi/{unit}/sua", "Tên ngắn"), (f"/don-vi/{unit}", "Chưa có đầu mối"),
                        ("/don-vi?q=zzzz", "Không có đơn vị nào khớp bộ lọc")):
        answer = client.page(path)
        assert answer.status == 200 and words in answer.text, path
    assert len(client.page("/don-vi").body) < 60 * 1024


def test_refused_form_keeps_what_was_typed(world, unit):
    client = world.client()
    answer = client.form(f"/don-vi/{unit}/dau-moi", {"kind": "focal", "name": "Nguyễn Văn Giữ", "email": "không phải thư"}, f"/don-vi/{unit}")
    assert answer.status == 422 and "Nguyễn Văn Giữ" in answer.text
