"""Alerts: alert.list, alert.view, alert.new, alert.add, alert.take, alert.decide, alert.decide_many, alert.reopen, alert.open_incident,
alert.join_incident, alert.suppress, alert.suppressions, alert.suppression_end, alert.route, alert.route_save; incidents opened from them."""
import itertools
import re

import pytest

NUMBERS = itertools.count(1)


def raised(world, title=None, level="3", **more):
    """The code of a new alert."""
    answer = world.client().post("/canh-bao/moi", {"title": title or f"Đăng nhập sai nhiều lần số {next(NUMBERS)}", "origin": "Phần mềm diệt mã độc",
                                                   "level": level, **more})
    assert answer.status == 200, answer.text
    return answer.json["code"]


def view(world, code):
    return world.client().get(f"/canh-bao/{code}").json


def codes(world, tab):
    return [row["code"] for row in world.client().get(f"/canh-bao?tab={tab}&limit=500").json["rows"]]


def test_equal_hits_are_one_alert(world):
    code = raised(world, "Tệp lạ trong thư mục tạm", host="MC-01")
    assert raised(world, "Tệp lạ trong thư mục tạm", host="MC-01") == code
    other = raised(world, "Tệp lạ trong thư mục tạm", host="MC-02")
    assert other != code and re.fullmatch(r"CB-\d{4}-\d{4}", code)
    assert view(world, code)["alert"]["count"] == 2 and len(view(world, code)["events"]) == 2
    assert view(world, other)["alert"]["place"] == "MC-02"


def test_urgent_first_and_found_without_diacritics(world):
    low = raised(world, "Quét cổng từ máy in", level="1")
    high = raised(world, "Mã hóa hàng loạt tệp", level="4")
    waiting = codes(world, "chua-xem")
    assert waiting.index(high) < waiting.index(low)
    page = world.client().page("/canh-bao?tab=chua-xem").text
    assert page.count("<h1>") == 1 and high in page
    assert [row["code"] for row in world.client().get("/canh-bao?q=ma hoa hang loat").json["rows"]] == [high]
    assert world.client().page("/canh-bao/moi").status == 200


def test_pages_follow_by_key(world):
    made = {raised(world, level="2") for _ in range(5)}
    client, seen, after = world.client(), [], ""
    for _ in range(1000):
        answer = client.get(f"/canh-bao?tab=tat-ca&limit=2{after}").json
        seen += [row["code"] for row in answer["rows"]]
        if "next" not in answer:
            break
        after = f"&after={answer['next']}"
    assert len(seen) == len(set(seen)) and made <= set(seen)


def test_take_decide_look_again(world):
    code, client = raised(world), world.client()
    assert client.post(f"/canh-bao/{code}/nhan", {}).status == 200
    assert code in codes(world, "dang-xem") and code not in codes(world, "chua-xem")
    assert client.post(f"/canh-bao/{code}/nhan", {}).status == 409, "somebody looks already"
    assert client.post(f"/canh-bao/{code}/ket-luan", {"verdict": "false"}).status == 422, "a false alarm needs a reason"
    assert client.post(f"/canh-bao/{code}/ket-luan", {"verdict": "ignored", "reason": "kiểm kê"}).status == 422, "ignored until when?"
    assert client.post(f"/canh-bao/{code}/ket-luan", {"verdict": "false", "reason": "kiểm kê thiết bị định kỳ"}).status == 200
    assert code in codes(world, "bao-nham")
    shown = view(world, code)
    assert {"label": "Kết luận", "text": "kiểm kê thiết bị định kỳ"} in shown["facts"] and shown["alert"]["assignee"]
    assert client.post(f"/canh-bao/{code}/xem-lai", {}).status == 200 and code in codes(world, "dang-xem")
    assert len(view(world, code)["history"]) >= 4


def test_two_people_at_once(world):
    code, client = raised(world), world.client()
    version = view(world, code)["version"]
    assert client.post(f"/canh-bao/{code}/nhan", {"version": version}).status == 200
    late = client.post(f"/canh-bao/{code}/ket-luan", {"verdict": "true", "version": version})
    assert late.status in (409, 412) and code in late.json["detail"]


def test_many_at_once(world):
    client = world.client()
    made = [raised(world) for _ in range(3)]
    ids = [view(world, code)["alert"]["id"] for code in made]
    answer = client.post("/canh-bao/ket-luan", {"ids": ids, "verdict": "ignored", "reason": "diễn tập", "until": "31/12/2030"})
    assert answer.status == 200 and answer.json["count"] == 3
    assert set(made) <= set(codes(world, "bo-qua"))
    refused = client.post("/canh-bao/ket-luan", {"ids": [ids[0], "khong-co"], "verdict": "true"})
    assert refused.status == 422 and made[0] in codes(world, "bo-qua"), "all or none"


def test_incident_from_an_alert(world):
    code = raised(world, "Kết nối tới máy chủ điều khiển", host="KETOAN-01", text="conn 198.51.100.7:443", signs="198.51.100[.]7\nhxxps://xau.example/a")
    shown = view(world, code)
    assert {row["value"] for row in shown["observables"]} == {"198[.]51[.]100[.]7", "https://xau[.]example/a"}
    client = world.client()
    opened = client.post(f"/canh-bao/{code}/mo-su-co", {"title": "Máy kế toán nối ra ngoài"})
    assert opened.status == 200, opened.text
    case = client.get(f"/su-co/{opened.json['incident']}").json
    assert case["incident"]["title"] == "Máy kế toán nối ra ngoài" and case["source"] == "Hệ thống giám sát, ca trực"
    assert {row["kind"] for row in case["observables"]} == {"ip", "url"}
    assert any(code in row["text"] for row in case["log"]["lines"])
    assert code in codes(world, "da-gan") and view(world, code)["alert"]["incident"] == opened.json["incident"]
    second = raised(world, "Lại nối ra ngoài", signs="evil.example")
    joined = client.post(f"/canh-bao/{second}/gan-su-co", {"incident": opened.json["incident"]})
    assert joined.status == 200 and "domain" in {row["kind"] for row in client.get(f"/su-co/{opened.json['incident']}").json["observables"]}
    third = raised(world)
    assert client.post(f"/canh-bao/{third}/gan-su-co", {"incident": "SC-2026-9999"}).status == 422
    assert third in codes(world, "chua-xem")


def test_suppressed_hits_are_counted(world):
    client, title = world.client(), "Máy quét nội bộ dò cổng"
    code = raised(world, title, host="QUET-01")
    form = {"field": "host", "value": "QUET-01", "reason": "máy quét của đơn vị", "until": "31/12/2026"}
    assert client.post(f"/canh-bao/{code}/bo-qua", {**form, "value": ""}).status == 422
    assert client.post(f"/canh-bao/{code}/bo-qua", {**form, "until": "01/01/2020"}).status == 422
    made = client.post(f"/canh-bao/{code}/bo-qua", form)
    assert made.status == 200, made.text
    quiet = client.post("/canh-bao/moi", {"title": title, "origin": "Phần mềm diệt mã độc", "level": "3", "host": "QUET-01"})
    assert quiet.status == 409 and "bỏ qua" in quiet.json["detail"]
    other = raised(world, title, host="LA-99")
    assert other != code, "another machine is told"
    row = next(row for row in client.get("/canh-bao/bo-qua").json["rows"] if row["id"] == made.json["id"])
    assert row["count"] == 1 and row["state"]["label"] == "Đang bỏ qua"
    assert client.page("/canh-bao/bo-qua").status == 200
    assert client.post(f"/canh-bao/bo-qua/{made.json['id']}/thoi", {}).status == 200
    assert raised(world, title, host="QUET-01") == code


def test_flood_is_one_alert_more(world):
    title, client = "Dò mật khẩu từ nhiều nơi", world.client()
    made = {raised(world, title, host=f"10.0.{n // 250}.{n % 250}") for n in range(70)}
    assert len(made) == 61, "sixty an hour, and one for the rest"
    rest = next(row for row in client.get("/canh-bao?tab=chua-xem&limit=500").json["rows"] if row["title"] == f"{title}: còn nhiều nơi khác")
    assert rest["count"] == 10


def test_route(world):
    client = world.client()
    form = {"least_level": "2", "emails": "truc@xa.example, doi@xa.example", "quiet_from": "21:30", "quiet_to": "05:00", "escalate_minutes": "20"}
    for field, wrong in (("quiet_from", "25:00"), ("quiet_to", "sáng"), ("emails", "khong phai thu"), ("escalate_minutes", "0")):
        assert client.post("/canh-bao/bao-tin", {**form, field: wrong}).status == 422, field
    assert client.post("/canh-bao/bao-tin", form).status == 200
    kept = client.get("/canh-bao/bao-tin").json
    assert (kept["least_level"], kept["quiet_from"], kept["escalate_minutes"], kept["own"]) == ("Trung bình", "21:30", 20, True)
    assert client.page("/canh-bao/bao-tin").status == 200


@pytest.mark.parametrize("fields", [{"title": "x"}, {"level": "9"}, {"at": "31/12/2999 10:00"}, {"signs": "không phải dấu hiệu"}])
def test_bad_input_is_refused_and_kept(world, fields):
    form = {"title": "Một cảnh báo đúng", "origin": "Nơi khác", "level": "2", **fields}
    answer = world.client().post("/canh-bao/moi", form)
    assert answer.status == 422 and next(iter(fields)) in answer.text


def test_hostile_text_is_shown_as_text(world):
    code = raised(world, "<script>alert(1)</script>", text="\"><img src=x onerror=alert(1)>")
    page = world.client().page(f"/canh-bao/{code}").text
    assert "<script>alert(1)" not in page and "<img src=x" not in page and "&lt;script&gt;" in page
