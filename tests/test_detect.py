"""From a log line to an alert in Vietnamese: rule.list, rule.view, rule.choose, pack.list, pack.add, pack.level, pack.remove, indicator.list, indicator.add,
indicator.find, indicator.switch, indicator.remove; the sink of the collector (job detect.own, request detect.look)."""
import datetime
import json
import time
import zipfile

import pytest

from test_collect import prepare, wait_for

RULE = """title: Odd word
id: 11111111-2222-3333-4444-555555555555
author: Somebody Else
description: Finds the odd word.
tags: [attack.command_and_control, attack.t1071.001]
logsource: {product: linux, service: syslog}
detection:
  selection: {message|contains: tu-la-lung}
  condition: selection
level: high
"""
MEDIUM = RULE.replace("11111111", "22222222").replace("tu-la-lung", "tu-vua-vua").replace("level: high", "level: medium")


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """A served home with one source of logs and the program's own rules loaded."""
    from conftest import World
    world = prepare(World(tmp_path_factory.mktemp("home"))).start()
    world.source = world.cli("source", "add", "Máy chủ một cửa", "rsyslog", "--way", "api")["code"]
    wait_for(lambda: world.cli("pack", "list")["rows"], what="the program's own rules are loaded")
    wait_for(lambda: (send(world, line("UPS ups1@localhost on battery", "upsmon")), time.sleep(0.3), alerts(world, "Mất điện lưới"))[2])
    yield world
    world.stop()


def stamp(seconds=0):
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def line(text, program="thu", host="may-a", seconds=0):
    return f"<13>1 {stamp(seconds)} {host} {program} 1 - - {text}"


def send(world, *lines):
    """Through the real path; acknowledged when it is on the disk."""
    file = world.home / "gui.log"
    file.write_text("\n".join(lines) + "\n")
    assert world.cli("log", "add", world.source, file)["stored"] == len(lines)


def alerts(world, title):
    return [row for row in world.client().get("/canh-bao?tab=tat-ca&limit=500").json["rows"] if title in row["title"]]


def loaded(world, path, name, text=None):
    file = world.home / path
    if text:
        file.write_text(text)
    return world.cli("pack", "add", file, name)


def probe(world, word, title):
    """Sends the word until the rules that the collector has loaded find it; the alert."""
    def tried():
        send(world, line(f"co {word} o day"))
        time.sleep(0.3)
        return alerts(world, title)
    return wait_for(tried, what=f"an alert for {word}")[0]


def test_own_rules_are_there(watched):
    pack, = [row for row in watched.cli("pack", "list")["rows"] if row["name"] == "Luật của Ứng Cứu"]
    assert pack["faults"] == [] and pack["enabled"] >= 50 and pack["rules"] >= 70
    client = watched.client()
    found = client.get("/cai-dat/luat?q=do mat khau ssh").json["rows"]
    assert [row["title"] for row in found] == ["Dò mật khẩu SSH từ một địa chỉ"], "found without diacritics"
    shown = client.get(found[0]["url"]).json["rule"]
    assert "10 lần trong 5 phút" in shown["explanation"] and "correlation:" in shown["yaml"]
    for path in ("/cai-dat/luat", "/cai-dat/luat/bo", found[0]["url"], "/cai-dat/dau-hieu"):
        assert client.page(path).status == 200, path


def test_a_rule_shows_its_sample_lines_and_is_right_about_them(watched):
    """The page runs every rule of the program over its cases; those of others, and those that only serve, have none."""
    client = watched.client()
    rows = [row for row in client.get("/cai-dat/luat?limit=500").json["rows"] if row["enabled"]]
    wrong = []
    for row in rows:
        cases = client.get(row["url"]).json.get("cases")
        if not cases or cases["wrong"] or not {True, False} <= {one["wanted"] for one in cases["rows"]}:
            wrong.append(row["title"])
    assert len(rows) >= 50 and not wrong
    page = client.page(f"/cai-dat/luat/{rows[0]['id']}").text
    assert "Phải cảnh báo" in page and "Không được cảnh báo" in page


def test_guessing_becomes_an_alert_within_a_second(watched):
    lines = [line(f"Failed password for invalid user admin from 198.51.100.77 port {5000 + n} ssh2", "sshd", "may-chu-01", n - 30) for n in range(12)]
    send(watched, *lines, line("Accepted password for root from 198.51.100.77 port 6000 ssh2", "sshd", "may-chu-01", -5))
    sent = time.time()
    guessed = wait_for(lambda: alerts(watched, "Dò mật khẩu SSH từ một địa chỉ"))[0]
    assert time.time() - sent < 2
    entered = wait_for(lambda: alerts(watched, "Đăng nhập SSH được sau nhiều lần sai"))[0]
    assert (entered["level"], entered["place"]) == ("Rất cao", "may-chu-01")
    view = watched.client().get(guessed["url"]).json
    assert "sai mật khẩu SSH" in view["alert"]["explanation"] and "Failed password" in view["events"][0]["raw"]
    assert {row["value"] for row in view["observables"]} == {"198[.]51[.]100[.]77"}
    opened = watched.client().post(f"{guessed['url']}/mo-su-co", {})
    case = watched.client().get(f"/su-co/{opened.json['incident']}").json
    assert {row["kind"] for row in case["observables"]} == {"ip"}


def test_loaded_rules_run_from_high_on(watched):
    answer = loaded(watched, "la.yml", "Bộ lạ", RULE + "---\n" + MEDIUM)
    assert (answer["rules"], answer["faults"]) == (2, 0)
    row = probe(watched, "tu-la-lung", "Odd word")
    view = watched.client().get(row["url"]).json
    assert view["alert"]["original"] == "Finds the odd word." and view["alert"]["author"] == "Somebody Else"
    assert "điều khiển bên ngoài" in view["alert"]["explanation"] and "Khớp vì: message = co tu-la-lung o day" in view["alert"]["explanation"]
    assert row["title"] == "Điều khiển từ xa: Odd word" and row["techniques"] == "T1071.001"
    before = row["count"]
    send(watched, line("co tu-vua-vua o day"))
    time.sleep(1.5)
    assert len(alerts(watched, "Odd word")) == 1 and alerts(watched, "Odd word")[0]["count"] == before, "medium does not run"
    watched.cli("rule", "choose", "22222222-2222-3333-4444-555555555555", "--choice", "on")
    assert wait_for(lambda: (send(watched, line("co tu-vua-vua o day")), time.sleep(0.3), len(alerts(watched, "Odd word")) == 2)[2])


def test_choice_outlives_loading_anew_and_removing(watched):
    loaded(watched, "chon.yml", "Bộ chọn", RULE.replace("11111111", "33333333"))
    key = "33333333-2222-3333-4444-555555555555"
    watched.cli("rule", "choose", key, "--choice", "off")
    loaded(watched, "chon.yml", "Bộ chọn")
    shown = watched.cli("rule", "view", key)["rule"]
    assert shown["enabled"] is False and shown["by_hand"] is True
    watched.cli("rule", "choose", key, "--choice", "pack")
    assert watched.cli("rule", "view", key)["rule"]["enabled"] is True
    pack = next(row["id"] for row in watched.cli("pack", "list")["rows"] if row["name"] == "Bộ chọn")
    watched.cli("pack", "level", pack, "--level", "4")
    assert watched.cli("rule", "view", key)["rule"]["enabled"] is False
    watched.cli("pack", "remove", pack)
    watched.cli("rule", "view", key, code=5)
    own = next(row["id"] for row in watched.cli("pack", "list")["rows"] if row["name"] == "Luật của Ứng Cứu")
    watched.cli("pack", "remove", own, code=6)


def test_pages_of_rules_follow_by_key(watched):
    """Also where a rule has no id and an underscore in its name."""
    rules = "---\n".join(RULE.replace("id: 11111111-2222-3333-4444-555555555555", f"name: trang_so_{n}") for n in range(5))
    loaded(watched, "trang.yml", "Bộ trang", rules)
    pack = next(row["id"] for row in watched.cli("pack", "list")["rows"] if row["name"] == "Bộ trang")
    client, seen, after = watched.client(), [], ""
    for _ in range(10):
        answer = client.get(f"/cai-dat/luat?pack={pack}&limit=2{after}").json
        seen += [row["id"] for row in answer["rows"]]
        if "next" not in answer:
            break
        after = f"&after={answer['next']}"
    assert sorted(seen) == [f"trang_so_{n}" for n in range(5)]
    watched.cli("pack", "remove", pack)


def test_archive_with_faults_names_them(watched):
    with zipfile.ZipFile(watched.home / "bo.zip", "w") as archive:
        archive.writestr("rules/tot.yml", RULE.replace("11111111", "44444444"))
        archive.writestr("rules/hong.yml", "title: Hỏng\nlogsource: {product: linux}\ndetection:\n  a: {x|khongco: 1}\n  condition: a\n")
        archive.writestr("README.md", "không phải luật")
    answer = watched.cli("pack", "add", watched.home / "bo.zip", "Bộ có lỗi")
    assert (answer["rules"], answer["faults"]) == (1, 1)
    fault, = next(row for row in watched.cli("pack", "list")["rows"] if row["name"] == "Bộ có lỗi")["faults"]
    assert fault["path"].endswith("hong.yml") and fault["line"] == 4 and fault["message"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 hong", b"\xff\xfe\x00", b"a: [1", b"title: khong co gi\n"])
def test_bad_packs_change_nothing(watched, content):
    file = watched.home / "hong.bin"
    file.write_bytes(content)
    before = len(watched.cli("pack", "list")["rows"])
    watched.cli("pack", "add", file, "Không thành", code=3)
    assert len(watched.cli("pack", "list")["rows"]) == before


def test_indicators(watched):
    file = watched.home / "dau-hieu.txt"
    file.write_text("203.0.113.99\nxau.example\n# ghi chú\n")
    answer = watched.cli("indicator", "add", file, "Danh sách thử", "--source", "Cơ quan chuyên trách")
    assert answer["values"] == 2
    assert watched.cli("indicator", "find", "--value", "203.0.113.99")["rows"][0]["list"] == "Danh sách thử"
    assert watched.cli("indicator", "find", "--value", "198.51.100.1")["rows"] == []
    assert watched.client().page("/cai-dat/dau-hieu/tim?value=xau.example").status == 200

    def tried():
        send(watched, line("ket noi toi www.xau.example:443", host="may-b"))
        time.sleep(0.3)
        return alerts(watched, "Thấy dấu hiệu xấu đã biết: xau.example")
    row = wait_for(tried)[0]
    assert row["level"] == "Cao" and "Danh sách thử" in watched.client().get(row["url"]).json["alert"]["explanation"]
    watched.cli("indicator", "switch", answer["id"], "--choice", "off")
    assert watched.cli("indicator", "find", "--value", "203.0.113.99")["rows"] == []
    watched.cli("indicator", "remove", answer["id"])
    assert watched.cli("indicator", "list")["rows"] == []
    empty = watched.home / "rong.txt"
    empty.write_text("không có dấu hiệu nào\n")
    watched.cli("indicator", "add", empty, "Rỗng", code=3)


def test_rules_belong_to_the_top(watched):
    commune = watched.cli("org", "add", "--name", "Phòng Văn hóa", "--kind", "don-vi", "--parent", watched.cli("org", "list")["rows"][0]["id"])["id"]
    watched.cli("account", "add", "--login", "phong", "--name", "Phòng", "--role", "officer", "--body", commune, "--password-stdin", stdin="gió mùa thu hà nội\n")
    client = watched.client("phong", "gió mùa thu hà nội")
    assert client.get("/cai-dat/luat").status == 200
    key = client.get("/cai-dat/luat?limit=1").json["rows"][0]["id"]
    assert client.post(f"/cai-dat/luat/{key}/chay", {"choice": "off"}).status == 403


def test_bodies_are_not_counted_together(watched):
    """Six tries at each of two bodies are not twelve at one."""
    room = watched.cli("org", "add", "--name", "Phòng Tài chính", "--kind", "don-vi", "--parent", watched.cli("org", "list")["rows"][0]["id"])["id"]
    theirs = watched.cli("source", "add", "Máy chủ phòng", "rsyslog", "--way", "api", "--body", room)["code"]
    own, other = watched.source, theirs
    for source, first in ((own, 0), (other, 6)):
        watched.source = source
        send(watched, *(line(f"Failed password for root from 192.0.2.66 port {7000 + first + n} ssh2", "sshd", "m", n - 20) for n in range(6)))
    watched.source = own
    time.sleep(1.5)
    assert not [row for row in alerts(watched, "Dò mật khẩu SSH") if "192[.]0[.]2[.]66" in str(watched.client().get(row["url"]).json["observables"])]


def test_scan_agrees_with_the_collector(watched, tmp_path):
    """The command that needs no store finds what the collector finds."""
    file = tmp_path / "ssh.log"
    file.write_text("\n".join(line(f"Failed password for root from 192.0.2.5 port {n} ssh2", "sshd", "m", n) for n in range(10)) + "\n")
    from conftest import ROOT
    done = watched.run("scan", "--rules", ROOT / "data/rules/ungcuu", "--json", file)
    found = [json.loads(row) for row in done.stdout.decode().splitlines()]
    assert [row["title"] for row in found] == ["SSH password guessing from one address"] and found[0]["line"] == 10
