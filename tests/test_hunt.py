"""Hunts: hunt.list, hunt.form, hunt.add, hunt.view, hunt.edit_form, hunt.edit, hunt.start, hunt.pause, hunt.resume, hunt.cancel, hunt.run,
hunt.result, hunt.triage, hunt.open_incident, hunt.join_incident, hunt.conclude, hunt.prove, hunt.try_rule, hunt.estimate, hunt.package,
hunt.import, hunt.hand_down, hunt.answer, hunt.answer_import, and log.search."""
import json
import signal
import subprocess
import time

import pytest

from conftest import PROGRAM, World

RULE = """title: Thử mật khẩu vào tài khoản quản trị
id: 6f8c1b52-6c0e-4f0e-9b5e-0d2c4a7b9e11
status: test
logsource:
  product: linux
  service: sshd
detection:
  keywords:
    - 'Failed password for invalid user admin'
  condition: keywords
level: low
"""
RULE_ID = "6f8c1b52-6c0e-4f0e-9b5e-0d2c4a7b9e11"
SIGN, OTHER = "203.0.113.41", "198.51.100.7"


def line(number, text=None):
    host = f"may-{number % 7:02d}"
    return f"<30>Nov 20 09:{number % 60:02d}:00 {host} " + (text or f"cron[{number}]: chạy việc số {number} bình thường")


def logs(count, every=1000, salt=""):
    """Every thousandth line has the sign, every 1,500th the failed password."""
    rows = []
    for number in range(count):
        text = None
        if number % every == 500:
            text = f"app[1]: Kết nối ra địa chỉ lạ {SIGN}:443 {salt}"
        elif number % (every * 3 // 2) == 3:
            text = f"sshd[12]: Failed password for invalid user admin from {OTHER} port 22"
        rows.append(line(number, text))
    return "\n".join(rows) + "\n"


def source(world, name, body=None):
    more = ["--body", body] if body else []
    return world.cli("source", "add", "--name", name, "--kind", "api", *more)["id"]


def feed(world, source_id, text):
    path = world.home / "vao.log"
    path.write_text(text)
    stored = world.cli("log", "add", source_id, path)["stored"]
    assert stored == text.count("\n")


def groups(world, code):
    """What was found, in an order that does not depend on when."""
    shown = world.cli("hunt", "view", code)
    return sorted((row["title"], row["host"], row["count"], row["first"], row["last"]) for row in shown["groups"])


def wait_for(world, code, states, seconds=30):
    for _ in range(seconds * 20):
        state = world.cli("hunt", "view", code)["hunt"]["state_name"]
        if state in states:
            return state
        time.sleep(0.05)
    raise AssertionError(f"{code} is still {state}")


def draft(world, title="Kết nối ra địa chỉ lạ", at=None, **means):
    words = [word for name, value in (means or {"indicators": SIGN}).items() for word in (f"--{name}", value)]
    return world.cli("hunt", "add", title, "Có máy nối ra ngoài trước khi bị mã hóa", *words, *(["--at", at] if at else []))["code"]


def ran(world, **means):
    code = draft(world, **means)
    world.cli("hunt", "run", code)
    return code


@pytest.fixture(scope="module")
def hunted(tmp_path_factory):
    """A commune with 6,000 stored lines."""
    made = World(tmp_path_factory.mktemp("home"))
    made.source = source(made, "Máy chủ tệp")
    feed(made, made.source, logs(6000))
    pack = made.home / "thu.yml"
    pack.write_text(RULE)
    made.cli("pack", "add", "--name", "Luật thử", "--file", pack)
    made.start()
    yield made
    made.stop()


def test_indicators_words_and_rules(hunted):
    code = ran(hunted, indicators=f"{SIGN}\n203.0.113.99", words="dia chi la", rules=RULE_ID)
    shown = hunted.cli("hunt", "view", code)
    assert shown["hunt"]["state_name"] == "done" and shown["hunt"]["records"] == 6000
    assert shown["hunt"]["hits"] == 6 + 6 + 4, "6 lines by the indicator and by the words, 4 by the rule, which does not run"
    kinds = {row["kind"]: row for row in shown["groups"]}
    assert set(kinds) == {"indicator", "words", "rule"}
    assert kinds["rule"]["title"] == "Thử mật khẩu vào tài khoản quản trị" and kinds["rule"]["what"] == RULE_ID
    result = hunted.cli("hunt", "result", code, kinds["indicator"]["number"])
    assert SIGN in result["events"][0]["raw"] and {"name": "host", "value": kinds["indicator"]["host"]} in result["events"][0]["fields"]
    assert result["signs"] == [{"kind": "ip", "value": SIGN}]
    page = hunted.client().page(f"/san-lung/{code}").text
    assert page.count("<h1>") == 1 and code in page and "dia chi la" in page
    assert hunted.client().page("/san-lung/moi").status == 200
    assert SIGN in hunted.client().page(f"/san-lung/{code}/ket-qua/{kinds['indicator']['number']}").text


GUESSING = RULE + """---
title: Thử mật khẩu nhiều lần
id: 1b0d6a51-0c55-4e0c-9b4e-6c8a7d0e2f10
correlation:
  type: event_count
  rules: [6f8c1b52-6c0e-4f0e-9b5e-0d2c4a7b9e11]
  timespan: 1h
  condition: {gte: 3}
level: high
"""


def test_correlations_begin_anew_after_a_pause(tmp_path):
    """What they find depends on what came before, so nothing of a run that was broken off may stay."""
    world = World(tmp_path / "home")
    feed(world, source(world, "Máy chủ tệp"), logs(30000))
    (world.home / "thu.yml").write_text(GUESSING)
    world.cli("pack", "add", "--name", "Luật thử", "--file", world.home / "thu.yml")
    means = {"rules": "1b0d6a51-0c55-4e0c-9b4e-6c8a7d0e2f10"}
    whole, code = ran(world, **means), draft(world, **means)
    assert {row["title"] for row in world.cli("hunt", "view", whole)["groups"]} == {"Thử mật khẩu nhiều lần"}
    world.cli("hunt", "start", code)
    for _ in range(3):
        process = hunter(world)
        time.sleep(0.15)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stderr.close()
    if world.cli("hunt", "view", code)["hunt"]["state_name"] == "running":
        world.cli("hunt", "run", code)
    assert groups(world, code) == groups(world, whole)
    assert world.cli("hunt", "view", code)["hunt"]["hits"] == world.cli("hunt", "view", whole)["hunt"]["hits"] > 3


def test_a_hunt_needs_something_to_look_for(hunted):
    client = hunted.client()
    form = {"title": "Chưa biết tìm gì", "hypothesis": "Không có cách tìm nào cả"}
    assert client.post("/san-lung/moi", form).status == 422
    assert client.post("/san-lung/moi", {**form, "rules": "khong-co-luat-nay"}).status == 422
    assert client.post("/san-lung/moi", {**form, "words": "x", "from": "02/01/2026", "to": "01/01/2026"}).status == 422


def test_drafts_are_changed_and_found(hunted):
    code, client = draft(hunted, title="Dấu vết của phần mềm tống tiền"), hunted.client()
    assert client.page(f"/san-lung/{code}/sua").status == 200
    version = client.get(f"/san-lung/{code}").json["version"]
    form = {"title": "Dấu vết tống tiền", "hypothesis": "Máy đã bị mã hóa từng phần", "words": "ma hoa", "from": "01/11/2026"}
    assert client.post(f"/san-lung/{code}/sua", {**form, "version": version}).status == 200
    assert client.post(f"/san-lung/{code}/sua", {**form, "version": version}).status in (409, 412), "somebody was faster"
    shown = client.get(f"/san-lung/{code}").json
    assert shown["hunt"]["title"] == "Dấu vết tống tiền" and shown["means"] == [{"text": "Tìm “ma hoa”"}]
    assert [row["code"] for row in client.get("/san-lung?q=tong tien").json["rows"]] == [code]
    assert client.post(f"/san-lung/{code}/huy", {}).status == 200
    assert client.post(f"/san-lung/{code}/chay", {}).status == 409, "cancelled"
    assert code in [row["code"] for row in client.get("/san-lung?tab=da-dong").json["rows"]]


def test_the_server_runs_it(hunted):
    code, client = draft(hunted), hunted.client()
    assert client.post(f"/san-lung/{code}/chay", {}).status == 200
    assert wait_for(hunted, code, {"done", "failed"}) == "done"
    assert groups(hunted, code) == groups(hunted, ran(hunted))
    assert client.post(f"/san-lung/{code}/sua", {"title": "Sau khi chạy", "hypothesis": "không sửa được nữa", "words": "x"}).status == 409


def hunter(world):
    return subprocess.Popen([PROGRAM, "--home", str(world.home), "hunter"], stderr=subprocess.PIPE)


@pytest.fixture(scope="module")
def big(tmp_path_factory):
    """Enough logs that a hunt takes a while; no server, so that the test itself starts and kills what runs."""
    made = World(tmp_path_factory.mktemp("home"))
    made.source = source(made, "Máy chủ tệp")
    for part in range(6):
        feed(made, made.source, logs(120000, every=100, salt=f"phần {part}"))
    return made


def test_killed_and_paused_it_finds_the_same(big):
    means = {"indicators": f"{SIGN}\n{OTHER}", "words": "dia chi la"}
    whole = ran(big, **means)
    assert big.cli("hunt", "view", whole)["hunt"]["hits"] > 4000
    code = draft(big, **means)
    big.cli("hunt", "start", code)
    places = []
    for _ in range(40):
        process = hunter(big)
        time.sleep(0.12 + 0.02 * len(places))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stderr.close()
        shown = big.cli("hunt", "view", code)["hunt"]
        places.append(shown["bytes_done"])
        if shown["state_name"] != "running":
            break
        if len(places) == 3:
            big.cli("hunt", "pause", code)
            process = hunter(big)
            assert process.wait(10) == 0, "nothing to do while it is paused"
            process.stderr.close()
            assert big.cli("hunt", "view", code)["hunt"]["bytes_done"] == shown["bytes_done"]
            big.cli("hunt", "resume", code)
    big.cli("hunt", "run", code, code=0) if big.cli("hunt", "view", code)["hunt"]["state_name"] == "running" else None
    assert wait_for(big, code, {"done", "failed"}) == "done"
    assert places == sorted(places) and len(set(places)) > 1, "it was killed on its way, and went on"
    assert groups(big, code) == groups(big, whole)
    assert big.cli("hunt", "view", code)["hunt"]["hits"] == big.cli("hunt", "view", whole)["hunt"]["hits"]


def test_cancelled_it_stops(big):
    code = draft(big, words="binh thuong")
    big.cli("hunt", "start", code)
    process = hunter(big)
    time.sleep(0.3)
    big.cli("hunt", "cancel", code)
    assert process.wait(20) == 0
    process.stderr.close()
    seen = big.cli("hunt", "view", code)["hunt"]
    assert seen["state_name"] == "cancelled" and seen["bytes_done"] < seen["bytes"] or not seen["bytes"]


def test_a_body_never_sees_the_logs_of_another(tmp_path):
    world = World(tmp_path / "home", "UBND tỉnh Thử", "tinh")
    top = world.cli("org", "list")["rows"][0]["id"]
    communes = [world.cli("org", "add", "--name", f"UBND xã {name}", "--kind", "xa", "--parent", top)["id"] for name in ("Một", "Hai")]
    for number, body in enumerate(communes):
        feed(world, source(world, f"Máy của xã {number + 1}", body), logs(1500, salt=f"xã {number + 1}"))
    codes = [draft(world, at=body, words="dia chi la") for body in [*communes, top]]
    for code in codes:
        world.cli("hunt", "run", code)
    for number, code in enumerate(codes[:2]):
        shown = world.cli("hunt", "view", code)
        assert {row["source"] for row in shown["groups"]} == {f"Máy của xã {number + 1}"} and shown["hunt"]["hits"] == 1
        found = world.cli("log", "search", "--q", "dia chi la", "--at", communes[number])
        assert [f"xã {number + 1}" in row["raw"] for row in found["rows"]] == [True]
    assert world.cli("hunt", "view", codes[2])["hunt"]["hits"] == 2, "those below are seen"
    foreign = world.cli("source", "list", "--at", communes[1])["rows"][0]["id"]
    world.cli("log", "search", "--q", "dia chi la", "--source", foreign, "--at", communes[0], code=2)
    mine = draft(world, at=communes[0], words="dia chi la", sources=foreign)
    done = world.run("hunt", "run", mine, "--as", "qt")
    assert done.returncode != 0 and not world.cli("hunt", "view", mine)["groups"], "a source of others is none"
    # Without any source at all nothing is read either.
    empty = world.cli("org", "add", "--name", "UBND xã Ba", "--kind", "xa", "--parent", top)["id"]
    assert world.run("hunt", "run", draft(world, at=empty, words="dia chi la"), "--as", "qt").returncode != 0
    assert world.cli("log", "search", "--q", "dia chi la", "--at", empty)["rows"] == []


def test_search_newest_first_page_by_page(hunted):
    world = hunted
    feed(world, world.source, "".join(line(7, f"app[1]: Đăng nhập thất bại lần {number}\n") for number in range(300)))
    rows, after = [], []
    for _ in range(20):
        answer = world.cli("log", "search", "--q", "dang nhap that bai", "--limit", 37, *after)
        rows += [row["raw"] for row in answer["rows"]]
        if answer["ended"]:
            break
        after = ["--after", answer["next"]]
    numbers = [int(raw.split("lần ")[1]) for raw in rows]
    assert numbers == list(range(299, -1, -1)), "each once, the newest first"
    client = world.client()
    began = time.monotonic()
    answer = client.get("/nhat-ky/tim?q=dang nhap&from=01/01/2020").json
    assert time.monotonic() - began < 2 and answer["count"] == 50 and answer["rows"][0]["hit"]
    assert client.get("/nhat-ky/tim?q=dang nhap&to=01/01/2020").json["count"] == 0
    assert client.get("/nhat-ky/tim?q=khong he co chu nay").json["ended"]
    assert client.get("/nhat-ky/tim?q=x&after=lung tung").status == 422
    page = client.page("/nhat-ky/tim?q=dang nhap").text
    assert "<mark>" in page and page.count("<h1>") == 1 and client.page("/nhat-ky/tim").status == 200


def test_results_are_judged_and_become_incidents(hunted):
    code, client = ran(hunted), hunted.client()
    numbers = [row["number"] for row in client.get(f"/san-lung/{code}").json["groups"]]
    assert len(numbers) > 2
    first, second, rest = numbers[0], numbers[1], numbers[2:]
    opened = client.post(f"/san-lung/{code}/mo-su-co", {"group": first})
    assert opened.status == 200, opened.text
    case = client.get(f"/su-co/{opened.json['incident']}").json
    assert any(SIGN.replace(".", "[.]") in row["value"] or SIGN in row["value"] for row in case["observables"])
    assert any(code in row["text"] for row in case["log"]["lines"])
    assert client.post(f"/san-lung/{code}/mo-su-co", {"group": first}).status == 409, "once is enough"
    assert client.post(f"/san-lung/{code}/gan-su-co", {"group": second, "incident": "SC-2026-9999"}).status == 422
    assert client.post(f"/san-lung/{code}/gan-su-co", {"group": second, "incident": opened.json["incident"]}).status == 200
    assert client.post(f"/san-lung/{code}/ket-luan", {"conclusion": "Chưa xem hết kết quả"}).status == 409, "some are not judged"
    assert client.post(f"/san-lung/{code}/danh-gia", {"groups": [str(number) for number in rest], "verdict": "normal", "note": "máy cập nhật"}).status == 200
    states = {row["number"]: row["triage_name"] for row in client.get(f"/san-lung/{code}").json["groups"]}
    assert states[first] == states[second] == "incident" and {states[number] for number in rest} == {"normal"}


def test_a_concluded_hunt_proves_the_duty(hunted):
    client = hunted.client()
    duty = hunted.cli("duty", "add", "--title", "Săn lùng mối nguy hại 06 tháng cuối năm", "--due", "2030-12-01")["id"]
    before = client.get("/san-lung").json["duty"]
    code = ran(hunted, words="khong he co chu nay")
    assert client.post(f"/san-lung/{code}/minh-chung", {"duty": duty}).status == 409, "not concluded"
    assert client.post(f"/san-lung/{code}/ket-luan", {"conclusion": "Không thấy dấu vết nào của giả thuyết.", "actions": "Chặn địa chỉ ở tường lửa."}).status == 200
    after = client.get("/san-lung").json["duty"]
    assert after["done"] == before["done"] + 1 and after["class"] == "done" and "lần trong 06 tháng" in after["count"]
    offered = client.get(f"/san-lung/{code}").json["duties"]
    assert duty in [row["url"].split("/")[-1] for row in offered]
    assert client.post(f"/san-lung/{code}/minh-chung", {"duty": "khong-co"}).status == 422
    assert client.post(f"/san-lung/{code}/minh-chung", {"duty": duty}).status == 200
    proven = client.get(f"/nhiem-vu/{duty}").json
    text = json.dumps(proven, ensure_ascii=False)
    assert f"/san-lung/{code}" in text and "Không thấy dấu vết nào" in text and client.get(f"/san-lung/{code}").json["duties"] == []
    assert '"Hoàn thành"' in text


def test_trying_a_rule_and_counting_a_pack(hunted):
    client = hunted.client()
    page = client.page(f"/cai-dat/luat/{RULE_ID}").text
    assert "Thử trên nhật ký 7 ngày qua" in page
    made = client.post("/san-lung/thu-luat", {"rule": RULE_ID, "days": 7})
    assert made.status == 200, made.text
    assert wait_for(hunted, made.json["code"], {"done", "failed"}) == "done"
    shown = client.get(f"/san-lung/{made.json['code']}").json
    assert shown["hunt"]["hits"] == 4 and shown["hunt"]["kind"] == "trial"
    assert client.post("/san-lung/thu-luat", {"rule": "khong-co"}).status == 422
    pack = next(row for row in client.get("/cai-dat/luat/bo").json["rows"] if row["name"] == "Luật thử")
    assert pack["expected"] == [{"level": "Thấp", "rules": 1, "counted": 0, "matches": 0, "a_day": None}]
    assert client.post("/san-lung/dem-thu", {"pack": pack["id"], "level": 0, "days": 7}).status == 200
    for _ in range(400):
        pack = next(row for row in client.get("/cai-dat/luat/bo").json["rows"] if row["name"] == "Luật thử")
        if pack["expected"][0]["counted"]:
            break
        time.sleep(0.05)
    assert pack["expected"][0]["matches"] == 4 and pack["expected"][0]["a_day"] not in (None, "0")
    assert all(row["kind"] != "estimate" for row in client.get("/san-lung?limit=500").json["rows"])


def exported(world, path, code, name):
    answer = world.client().get(f"/san-lung/{code}/{path}")
    assert answer.status == 200, answer.text
    (world.home / name).write_bytes(answer.body)
    return world.home / name


def key_of(world):
    return world.cli("trust", "list")["own"]["key"]


def test_packages_go_down_and_results_come_back(hunted, tmp_path):
    below = World(tmp_path / "below", "UBND xã Dưới")
    feed(below, source(below, "Máy của xã"), logs(1500))
    above_code = draft(hunted, title="Gói của tỉnh", indicators=SIGN, words="dia chi la", rules=RULE_ID)
    package = exported(hunted, "goi", above_code, "goi.zip")
    assert below.run("hunt", "import", package, "--as", "qt").returncode == 2, "nobody trusts this key yet"
    below.cli("trust", "add", key_of(hunted), "UBND tỉnh Thử", "gọi điện cho Sở")
    code = below.cli("hunt", "import", package)["code"]
    below.cli("hunt", "run", code)
    shown = below.cli("hunt", "view", code)
    assert shown["hunt"]["hits"] == 1 + 1 + 1 and {row["kind"] for row in shown["groups"]} == {"indicator", "words", "rule"}
    torn = bytearray(package.read_bytes())
    torn[torn.index(SIGN.encode())] ^= 1
    (tmp_path / "sua.zip").write_bytes(torn)
    assert below.run("hunt", "import", tmp_path / "sua.zip", "--as", "qt").returncode == 2, "changed after it was signed"
    below.start()
    try:
        below.cli("hunt", "triage", code, "--verdict", "normal", *[word for row in shown["groups"] for word in ("--groups", row["number"])])
        assert below.client().get(f"/san-lung/{code}/goi-ket-qua").status == 409, "not concluded"
        below.cli("hunt", "conclude", code, "Có một máy nối ra địa chỉ lạ, đã cách ly.")
        result = exported(below, "goi-ket-qua", code, "ket-qua.zip")
        hunted.cli("trust", "add", key_of(below), "UBND xã Dưới", "gọi điện cho xã")
        hunted.cli("hunt", "answer-import", above_code, result)
    finally:
        below.stop()
    answers = hunted.cli("hunt", "view", above_code)["answers"]
    assert [(row["body"], row["groups"], row["conclusion"]) for row in answers] == [("UBND xã Dưới", 3, "Có một máy nối ra địa chỉ lạ, đã cách ly.")]
    other = draft(hunted, title="Đợt khác của tỉnh")
    assert hunted.run("hunt", "answer-import", other, result, "--as", "qt").returncode == 2, "an answer to another hunt"


def test_handed_down_within_one_installation(tmp_path):
    world = World(tmp_path / "home", "UBND tỉnh Thử", "tinh")
    top = world.cli("org", "list")["rows"][0]["id"]
    commune = world.cli("org", "add", "--name", "UBND xã Một", "--kind", "xa", "--parent", top)["id"]
    feed(world, source(world, "Máy của xã", commune), logs(1500))
    code = draft(world, words="dia chi la")
    assert world.cli("hunt", "hand-down", code, commune)["count"] == 1
    world.cli("hunt", "hand-down", code, top, code=2)
    made = world.cli("hunt", "list", "--at", commune)["rows"]
    assert len(made) == 1 and made[0]["title"] == "Kết nối ra địa chỉ lạ"
    world.cli("hunt", "run", made[0]["code"])
    handed = world.cli("hunt", "view", code)["handed"]
    assert [(row["body"], row["hits"]) for row in handed] == [("UBND xã Một", 1)]
    bodies = world.cli("hunt", "list")["bodies"]
    assert [(row["name"], row["count"]) for row in bodies] == [("UBND xã Một", "00/01")]
