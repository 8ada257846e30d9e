"""The roster: who is on duty now is seen on the board, on the report form and on the case."""
import datetime

import pytest

VIET_NAM = datetime.timezone(datetime.timedelta(hours=7))


def at(hours):
    return (datetime.datetime.now(VIET_NAM) + datetime.timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:00+07:00")


def add(site, name, phone, begins, ends, *more):
    return site.cli("shift", "add", "--name", name, "--phone", phone, "--from", at(begins), "--until", at(ends), *more)["id"]


def on_duty(site):
    return site.cli("shift", "list").get("now")


@pytest.fixture(scope="module")
def people(site):
    site.cli("account", "add", "--login", "xem", "--name", "Người Xem", "--role", "viewer", "--password-stdin", stdin="gió mùa thu hà nội")
    return site


def test_empty_roster_says_what_to_do(people):
    assert on_duty(people) is None
    page = people.admin().get("/ca-truc").text
    assert "Lúc này không có ai trong ca." in page and "Thêm ca trực" in page
    section = next(row for row in people.cli("board", "show")["sections"] if row["id"] == "truc")
    assert section["empty"]["url"] == "/ca-truc" and section["empty"]["label"] == "Lập ca trực"


def test_on_duty_now_is_seen_everywhere(people):
    now = add(people, "Phạm Văn Phúc", "0237 000 0112", -2, 6)
    add(people, "Lê Thị Hoa", "0237 000 0113", 6, 14)
    assert on_duty(people)["name"] == "Phạm Văn Phúc"
    section = next(row for row in people.cli("board", "show")["sections"] if row["id"] == "truc")
    assert section["people"][0]["phone"] == "0237 000 0112" and "trực đến" in section["people"][0]["text"]
    stranger = people.person()
    form = stranger.get("/bao-su-co").text
    assert 'href="tel:02370000112"' in form and "Phạm Văn Phúc" in form
    code = people.cli("incident", "add", "--source", "monitoring", "--description", "Tường lửa báo quét cổng.", "--detected", at(-1))["code"]
    case = people.cli("incident", "view", code)
    assert case["tel"] == "02370000112" and case["duty"] == "Phạm Văn Phúc" and case["duty_until"]
    assert "tel:02370000112" in people.admin().get(f"/su-co/{code}").text
    shown = people.cli("shift", "view", now)
    assert shown["shift"]["phone"] == "0237 000 0112" and shown["history"]
    rows = people.cli("shift", "list")["rows"]
    assert [row["name"] for row in rows] == ["Phạm Văn Phúc", "Lê Thị Hoa"] and rows[0]["now"] and not rows[1]["now"]
    assert people.cli("shift", "list")["gap"]  # nobody after the second


def test_weekly_comes_again_and_one_day_goes_before_it(people):
    weekly = add(people, "Trực Tuần", "0237 000 0200", -24 * 14 - 1, -24 * 14 + 2, "--weekly")
    assert on_duty(people)["name"] == "Phạm Văn Phúc"
    for row in people.cli("shift", "list")["rows"]:
        if not row["weekly"]:
            people.cli("shift", "end", row["id"])
    assert on_duty(people)["name"] == "Trực Tuần"
    people.cli("shift", "end", weekly)
    assert on_duty(people) is None
    people.cli("shift", "resume", weekly)
    assert on_duty(people)["name"] == "Trực Tuần"
    people.cli("shift", "edit", weekly, "--name", "Trực Tuần Hai", "--phone", "0237 000 0201", "--from", at(-24 * 7 - 3), "--until", at(-24 * 7 - 1),
               "--weekly")
    assert on_duty(people) is None
    assert [row["name"] for row in people.cli("shift", "list")["rows"]] == ["Trực Tuần Hai"]
    people.cli("shift", "end", weekly)


def test_unit_without_a_roster_has_the_one_above(people):
    unit = people.cli("org", "add", "--name", "UBND xã Không Ca", "--kind", "xa", "--parent", people.body)["id"]
    above = add(people, "Trực Tỉnh", "0237 000 0300", -1, 5)
    assert people.cli("shift", "list", "--at", unit)["now"]["name"] == "Trực Tỉnh"
    assert "Trực Tỉnh" in people.person().get("/bao-su-co?body=" + unit).text
    people.cli("shift", "end", above)


def test_wrong_times_are_refused(people):
    admin = people.admin()
    given = {"name": "Ai Đó", "phone": "0237 000 0400"}
    assert admin.post("/api/ca-truc/them", {**given, "from": at(2), "until": at(1)}).status == 422
    assert admin.post("/api/ca-truc/them", {**given, "from": at(0), "until": at(24 * 8)}).status == 422
    assert admin.post("/api/ca-truc/them", {"name": "Ai Đó", "from": at(0), "until": at(1)}).status == 422


def test_handover_is_only_added_to_and_viewers_only_read(people):
    people.cli("shift", "handover", "--text", "Chờ Công an tỉnh gọi lại về máy chủ tệp.", "--to", "Lê Thị Hoa")
    noted = people.cli("shift", "list")["handovers"]
    assert noted[0]["to"] == "Lê Thị Hoa" and noted[0]["author"] == "Quản Trị"
    viewer = people.person("xem", "gió mùa thu hà nội")
    assert viewer.get("/api/ca-truc").status == 200 and "Chờ Công an tỉnh" in viewer.get("/ca-truc").text
    assert viewer.post("/api/ca-truc/ban-giao", {"text": "Không được ghi."}).status == 403
    assert viewer.post("/api/ca-truc/them", {"name": "Ai Đó", "phone": "0237 000 0400", "from": at(0), "until": at(1)}).status == 403
    assert people.cli("audit", "verify")["whole"] is True


def test_two_editors(people):
    made = add(people, "Hai Người Sửa", "0237 000 0500", 24, 30)
    fields = {"name": "Hai Người Sửa", "phone": "0237 000 0501", "from": at(24), "until": at(30), "version": 1}
    assert people.admin().post(f"/api/ca-truc/{made}/sua", fields).status == 200
    assert people.admin().post(f"/api/ca-truc/{made}/sua", fields).status == 412
