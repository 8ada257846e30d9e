"""Cases under hard conditions: two commanders at once, a clock set back; affected systems of the register; marks met again elsewhere."""
import re

import pytest

from test_conditions import shifted_clock, whole  # noqa: F401 (fixture)
from test_evidence import open_case


@pytest.fixture
def client(world):
    return world.client()


def good(answer):
    assert answer.status == 200, answer.text
    return answer.json


def confirmed(client):
    case = open_case(client)
    good(client.post(f"/su-co/{case}/xac-nhan", {}))
    return case


def view(client, case):
    return good(client.get(f"/su-co/{case}"))


# --- systems of the register ---

def test_affected_systems_come_from_the_register_and_the_highest_level_counts(client):
    system = good(client.post("/he-thong/moi", {"name": "Cổng dịch vụ công", "level": "3"}))["id"]
    low = good(client.post("/he-thong/moi", {"name": "Trang thông tin", "level": "1"}))["id"]
    code_of = lambda one: good(client.get(f"/he-thong/{one}"))["system"]["code"]
    case = confirmed(client)
    add = lambda **fields: client.post(f"/su-co/{case}/he-thong", fields)
    good(add(name=f"Cổng dịch vụ công ({code_of(system)})", impact="ngừng nhận hồ sơ"))
    good(add(name="Trang thông tin"))
    good(add(name="Máy in phòng một cửa", level=1))
    good(add(name="Thiết bị lạ (HT-9999)"))
    shown = view(client, case)
    assert [(row["name"], row["code"], row["level"]) for row in shown["systems"]] == [
        ("Cổng dịch vụ công", code_of(system), 3), ("Trang thông tin", code_of(low), 1), ("Máy in phòng một cửa", None, 1),
        ("Thiết bị lạ (HT-9999)", None, None)]
    assert shown["facts"]["system"] == {"name": "Cổng dịch vụ công", "level": 3} and shown["incident"]["level"] == 3
    assert "cấp độ 3" in str(shown["assessments"]), "assessed anew, with its reason"
    assert add(name=code_of(system)).status == 422, "once"
    beside = good(client.get(f"/he-thong/{system}"))["incidents"]
    assert [row["code"] for row in beside] == [case]
    page = client.page(f"/su-co/{case}").text
    assert f'<option value="Cổng dịch vụ công ({code_of(system)})">' in page and f"/he-thong/{code_of(system)}" in page
    assert f"/su-co/{case}" in client.page(f"/he-thong/{system}").text


def test_a_system_that_one_may_not_see_is_only_a_name(world):
    admin = world.client()
    for login in ("own", "other"):
        body = world.cli("org", "add", "--name", f"UBND xã {login}", "--kind", "xa", "--parent", world.cli("org", "list")["rows"][0]["id"])["id"]
        world.cli("account", "add", "--login", login, "--name", "Người Thử", "--role", "officer", "--body", body, "--password-stdin",
                  stdin="gió mùa thu hà nội")
    own, other = world.client("own", "gió mùa thu hà nội"), world.client("other", "gió mùa thu hà nội")
    secret = good(other.post("/he-thong/moi", {"name": "Hệ thống riêng", "level": "4"}))["id"]
    code = good(other.get(f"/he-thong/{secret}"))["system"]["code"]
    case = confirmed(own)
    for name in (code, secret, f"gì đó ({code})"):
        good(own.post(f"/su-co/{case}/he-thong", {"name": name}))
    assert {row["code"] for row in view(own, case)["systems"]} == {None} and not view(own, case)["facts"].get("system")
    theirs = confirmed(other)
    good(other.post(f"/su-co/{theirs}/he-thong", {"name": code}))
    assert [row["code"] for row in good(other.get(f"/he-thong/{secret}"))["incidents"]] == [theirs]
    above = confirmed(admin)
    good(admin.post(f"/su-co/{above}/he-thong", {"name": code}))
    assert [row["code"] for row in good(other.get(f"/he-thong/{secret}"))["incidents"]] == [theirs], "a case of the body above is not told below"
    assert {row["code"] for row in good(admin.get(f"/he-thong/{secret}"))["incidents"]} == {theirs, above}


# --- two commanders ---

def test_two_who_add_systems_both_count(client):
    case = confirmed(client)
    version = view(client, case)["version"]
    for name, level in (("Máy chủ A", 2), ("Máy chủ B", 4), ("Máy chủ C", 3)):
        good(client.post(f"/su-co/{case}/he-thong", {"name": name, "level": level}))
    shown = view(client, case)
    assert len(shown["systems"]) == 3 and shown["incident"]["level"] == 4 and shown["version"] == version + 3


def test_two_commanders_choose_field_by_field(world):
    first, second = world.client(), world.client()
    case = confirmed(first)
    good(first.post(f"/su-co/{case}/phan-loai", {"detected_at": "08:00 01/01/2026", "system_name": "Máy chủ tệp", "level": 2}))
    version = view(first, case)["version"]
    base = {"version": version, "detected_at": "08:00 01/01/2026", "harm_asked": "1", "level": "2"}
    page = f"/su-co/{case}/phan-loai"
    assert first.form(page, {**base, "system_name": "Máy chủ tệp và thư", "level": "3"}, page).status == 303
    refused = second.form(page, {**base, "system_name": "Máy chủ của tôi", "detected_at": "07:30 01/01/2026", "reason": "gọi lại người báo"}, page)
    assert refused.status == 412
    text = refused.text
    assert "vừa được người khác sửa" in text
    assert "Máy chủ của tôi" in text and "07:30 01/01/2026" in text and "gọi lại người báo" in text, "what was typed is kept"
    assert "Máy chủ tệp và thư" in text, "what the other wrote is shown at its field"
    assert f'name="version" value="{version + 1}"' in text, "saving again is saving over what is now seen"
    assert text.count("Đang lưu:") == 3, "detected, system and level differ; nothing else is asked"
    kept = view(first, case)
    assert kept["facts"]["system"] == {"name": "Máy chủ tệp và thư", "level": 3} and kept["version"] == version + 1
    chosen = {"_use": ["system_name", "level"], **dict(re.findall(r'name="(_stored\.\w+)" value="([^"]*)"', text))}
    mine = {**base, "version": version + 1, "system_name": "Máy chủ của tôi", "detected_at": "07:30 01/01/2026", **chosen}
    assert second.form(page, mine, page).status == 303
    facts = view(first, case)["facts"]
    assert facts["system"] == {"name": "Máy chủ tệp và thư", "level": 3}, "the other's, as chosen"
    assert facts["detected_at"].startswith("2026-01-01T07:30"), "mine, as nothing else was chosen"
    rest = second.post(f"/su-co/{case}/phan-loai", {"detected_at": "08:00 01/01/2026"}, **{"If-Match": f'"{version}"'})
    assert rest.status == 412


def test_several_ticked_at_once_are_compared_too(world):
    first, second = world.client(), world.client()
    case = confirmed(first)
    page = f"/su-co/{case}/phan-loai"
    harms = re.findall(r'name="harm" value="([^"]+)"', first.page(page).text) or re.findall(r'name="kinds" value="([^"]+)"', first.page(page).text)
    name = "harm" if f'name="harm" value="{harms[0]}"' in first.page(page).text else "kinds"
    base = {"version": view(first, case)["version"], "detected_at": "08:00 01/01/2026", "harm_asked": "1"}
    assert first.form(page, {**base, name: harms[:2]}, page).status == 303
    refused = second.form(page, {**base, name: harms[1:3]}, page)
    assert refused.status == 412
    ticked = re.findall(rf'name="{name}" value="([^"]+)" checked', refused.text)
    assert ticked == harms[1:3], "what was typed is kept"
    assert sorted(re.findall(rf'name="_stored.{name}" value="([^"]+)"', refused.text)) == sorted(harms[:2])
    again = {**base, "version": base["version"] + 1, name: harms[1:3], "_use": name, f"_stored.{name}": harms[:2]}
    assert second.form(page, again, page).status == 303
    ticked = re.findall(rf'name="{name}" value="([^"]+)" checked', first.page(page).text)
    assert ticked == harms[:2]


# --- the clock set back ---

def test_clock_set_back_in_a_case(fresh, shifted_clock):
    """Case, log, notices and custody keep their order; nothing is entered before what it follows."""
    fresh.start()
    client = fresh.client()
    case = confirmed(client)
    due = [row["due"]["at"] for row in view(client, case)["notices"] if row.get("due")]
    good(client.post(f"/su-co/{case}/dien-bien", {"text": "Trước khi lùi giờ."}))
    shifted_clock(-86400)
    good(client.post(f"/su-co/{case}/dien-bien", {"text": "Sau khi lùi giờ."}))
    fresh.stop()
    fresh.start()  # a new process knows nothing of the time before
    client = fresh.client()
    good(client.post(f"/su-co/{case}/dien-bien", {"text": "Khởi động lại với giờ lùi."}))
    another = open_case(client)
    assert another != case
    lines = [row["text"] for row in reversed(view(client, case)["log"]["lines"])]
    assert [line for line in lines if "lùi" in line] == ["Trước khi lùi giờ.", "Sau khi lùi giờ.", "Khởi động lại với giờ lùi."]
    numbers = [row["number"] for row in view(client, case)["log"]["lines"]]
    assert numbers == sorted(numbers, reverse=True) and len(set(numbers)) == len(numbers)
    assert [row["due"]["at"] for row in view(client, case)["notices"] if row.get("due")] == due, "deadlines stand by the time of detection"
    assert client.page(f"/su-co/{case}").status == 200 and client.page("/su-co").status == 200
    shifted_clock(0)
    whole(fresh)


# --- marks met again ---

def test_a_mark_leads_only_to_cases_that_one_may_see(world):
    admin = world.client()
    bodies = {}
    for login in ("here", "there"):
        body = world.cli("org", "add", "--name", f"UBND xã {login}", "--kind", "xa", "--parent", world.cli("org", "list")["rows"][0]["id"])["id"]
        world.cli("account", "add", "--login", login, "--name", "Người Thử", "--role", "officer", "--body", body, "--password-stdin",
                  stdin="gió mùa thu hà nội")
        bodies[login] = world.client(login, "gió mùa thu hà nội")
    cases = {login: confirmed(client) for login, client in bodies.items()}
    cases["same"] = confirmed(bodies["here"])
    for login, case in cases.items():
        client = bodies.get(login, bodies["here"])
        good(client.post(f"/su-co/{case}/dau-hieu", {"value": "evil[.]example"}))
    related = lambda client, case: [row["code"] for row in view(client, case)["related"]]
    assert related(bodies["here"], cases["here"]) == [cases["same"]]
    assert related(bodies["there"], cases["there"]) == []
    assert set(related(admin, cases["there"])) == {cases["here"], cases["same"]}
