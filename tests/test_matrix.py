"""Every operation as every role, on what is one's own and on what is another body's: made from the tables.

The operations, their permissions and inputs come from `permission matrix` and /api/openapi.json, so a new operation is
tested as soon as it has its row. An operation about a record needs a record to act on: RECORDS makes one of each kind in
two communes. An operation about a kind of record that is not there fails the test that asks for it.
"""
import re
import time

import pytest

from conftest import ROOT

ROLES = ["admin", "leader", "officer", "dispatcher", "member", "viewer"]
PASSWORD = "gió mùa thu hà nội"

# What concerns the whole installation: allowed to the roles of the top body alone.
WHOLE = {"setting.list", "setting.change", "backup.list", "backup.run", "backup.verify", "job.list", "job.retry", "system.doctor",
         "mail.list", "mail.test", "audit.seal", "log.verify", "trust.add", "trust.revoke", "pack.add",
         "pack.level", "pack.remove", "rule.choose", "malware.set_add", "malware.set_switch", "malware.set_remove", "indicator.add", "indicator.switch", "indicator.remove",
         "malware.scan", "malware.set_add", "malware.set_switch", "malware.set_remove"}

# The same record for every body.
SHARED = {"rule.view"}

# About oneself: what is another's is simply not there.
OWN = {"signed-in", "public"}

# Records of one person: what another made is not there for anybody, so they are tried by themselves.
PERSONAL = ("/su-co/bo-loc/",)

# Where the path begins -> how to make a record of that kind in a commune.
RECORDS = {
    "/nhiem-vu": lambda site, body: site.cli("duty", "add", "--title", "Rà quét lỗ hổng", "--due", "2030-01-02", "--at", body)["id"],
    "/cai-dat/nguoi-dung": lambda site, body: site.cli("account", "add", "--login", "x" + body[-6:], "--name", "Người Thử", "--role", "viewer",
                                                       "--body", body)["id"],
    "/don-vi": lambda site, body: body,
    "/dau-moi": lambda site, body: site.cli("contact", "add", body, "focal", "Đầu Mối", "--phone", "0900 000 000")["contact"],
    "/he-thong": lambda site, body: site.cli("system", "add", "Cổng dịch vụ công", "--body", body)["id"],
    "/ke-hoach": lambda site, body: site.cli("plan", "import", ROOT / "tests/plans/xa-suoi-ha-2026.txt", "--body", body)["id"],
    "/ca-truc": lambda site, body: site.cli("shift", "add", "--name", "Người Trực", "--phone", "0237 000 0112", "--from", "2026-01-01T08:00:00+07:00",
                                            "--until", "2026-01-02T08:00:00+07:00", "--at", body)["id"],
    "/tep": lambda site, body: attachment(site, body),
    "/cai-dat/nguon-nhat-ky": lambda site, body: site.cli("source", "add", "Chương trình", "api", "--body", body)["id"],
    "/ma-doc": lambda site, body: malware(site, body)["code"],
    "/ma-doc/phat-hien": lambda site, body: malware(site, body)["findings"][0]["id"],
    "/canh-bao": lambda site, body: alert(site, body),
    "/canh-bao/bo-qua": lambda site, body: site.cli("alert", "suppress", alert(site, body), "máy quét của đơn vị", "31/12/2026")["id"],
    "/su-co": lambda site, body: incident(site, body),
    "/san-lung": lambda site, body: hunt(site, body),
}

# Inputs that name something of a case.
PARTS = ("task", "person", "evidence", "upload", "notice", "delivery", "paper")

FORMATS = {"date": "2026-01-01", "date-time": "2026-01-01T08:00:00+07:00", "email": "lan@example.vn", "binary": None, "password": None}
SAMPLE = {"string": "rà quét lỗ hổng", "integer": 1, "boolean": True, "array": ["read"], "object": {}}


def attachment(site, body):
    made = RECORDS["/nhiem-vu"](site, body)
    paper = site.home / "minh-chung.txt"
    paper.write_text("đã làm")
    site.cli("duty", "prove", made, "--note", "đã làm", "--file", paper)
    shown = str(site.cli("duty", "view", made))
    return re.search(r"/tep/([0-9a-f-]{36})", shown).group(1)


def malware(site, body):
    """A scan that has found something: the test file of EICAR."""
    file = site.home / f"{body[-6:]}.com"
    file.write_text("X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR")
    return site.cli("malware", "scan-file", file, "--at", body)


def alert(site, body):
    return site.cli("alert", "add", "Quét cổng", "Phần mềm diệt mã độc", 3, "--at", body)["id"]


def hunt(site, body):
    """With one result."""
    source = site.cli("source", "add", "Máy săn lùng", "api", "--body", body)["id"]
    logs = site.home / "san-lung.log"
    logs.write_text("<30>Nov 20 09:00:00 may-01 app[1]: kết nối ra 203.0.113.41\n")
    for _ in range(100):  # the collector sees a new source within a second or two
        if site.run("log", "add", source, logs).returncode == 0:
            break
        time.sleep(0.1)
    code = site.cli("hunt", "add", "Kết nối lạ", "Có máy nối ra ngoài", "--words", "ket noi", "--at", body)["code"]
    site.cli("hunt", "run", code)
    return {"id": code, "group": "1", "groups": ["1"], "duty": RECORDS["/nhiem-vu"](site, body)}


def incident(site, body):
    """A confirmed case with one of everything that an operation may name in its path or input."""
    code = site.cli("incident", "add", "monitoring", "Máy chủ gửi nhiều dữ liệu ra ngoài.", "2026-01-01T08:00:00+07:00", "--at", body)["code"]
    site.cli("incident", "confirm", code)
    file = site.home / "nhat-ky.txt"
    file.write_text("nhật ký máy chủ")
    notice = site.cli("incident", "view", code)["notices"][0]["id"]
    site.cli("incident", "notice-mail", code, notice, "--more", "noi-nhan@example.vn")
    return {
        "id": code,
        "task": site.cli("incident", "task-add", code, "Sao lưu nhật ký")["id"],
        "person": site.cli("incident", "person-add", code, "Người Tham Gia")["id"],
        "evidence": site.cli("evidence", "add", code, "Nhật ký máy chủ", "--file", file)["id"],
        "upload": site.cli("evidence", "upload-begin", code, "Ảnh ổ đĩa", "o-dia.img", "1000")["upload"],
        "notice": notice,
        "delivery": site.cli("incident", "view", code)["notices"][0]["deliveries"][0]["id"],
        "paper": site.cli("incident", "paper-save", code, "mau-03", "--fields", "{}")["paper"],
        "form": "mau-03",
        "of": code,
        "step": next(step["id"] for step in site.cli("incident", "view", code)["procedure"]["steps"] if "id" in step and step["id"] != "T1"),
        "actor": "chu-quan",
    }


def parts(record):
    """A kind of record whose operations name only itself has just its id."""
    return record if isinstance(record, dict) else {"id": record}


@pytest.fixture(scope="module")
def world(site):
    world = {"site": site, "bodies": {}, "people": {}, "records": {}}
    for key, value in (("mail.smtp_url", "smtp://127.0.0.1:9"), ("mail.from", "ung-cuu@example.vn"), ("mail.plain", "1")):
        site.cli("setting", "change", key, "--value", value)
    for name in ("own", "foreign"):
        body = site.cli("org", "add", "--name", f"UBND xã {name}", "--kind", "xa", "--parent", site.body)["id"]
        world["bodies"][name] = body
        world["records"][name] = {kind: parts(make(site, body)) for kind, make in RECORDS.items()}
    for role in ROLES:
        site.cli("account", "add", "--login", role, "--name", "Người Thử", "--role", role, "--body", world["bodies"]["own"],
                 "--password-stdin", stdin=PASSWORD)
        world["people"][role] = site.person(role, PASSWORD)
    rows = site.cli("permission", "matrix")
    world["rows"] = [row for row in rows["rows"] if "api" in row["faces"]]
    world["schema"] = site.person().get("/api/openapi.json").json
    return world


def may(row, role):
    return next(cell["may"] for cell in row["may"] if cell["role"] == role)


def described(world, row):
    path = re.sub(r"\{(\w+)\}", r"{\1}", row["path"])
    return world["schema"]["paths"][path][row["method"].lower()]


def kind_of(row):
    found = [start for start in RECORDS if row["path"] == start or row["path"].startswith(start + "/")]
    return max(found, key=len, default=row["path"])


def is_about_record(world, row):
    names = [parameter["name"] for parameter in described(world, row)["parameters"] if parameter["in"] == "path"]
    return bool(names) or "ids" in body_of(world, row)


def body_of(world, row):
    """Name -> schema of what must be sent."""
    content = described(world, row).get("requestBody", {}).get("content", {})
    schema = next(iter(content.values()))["schema"] if content else {"properties": {}, "required": []}
    return {name: schema["properties"][name] for name in schema["required"]}


def sample(schema):
    if "enum" in schema:
        return schema["enum"][0]
    return FORMATS.get(schema.get("format"), SAMPLE[schema["type"]])


def values(world, row, whose):
    """What a person would send: the record, and something for each field."""
    record = world["records"][whose].get(kind_of(row), {})
    sent = {}
    for name, schema in body_of(world, row).items():
        sent[name] = [record.get("id", "khong-co")] if name == "ids" else record.get(name, sample(schema))
    for name, value in {"body": world["bodies"][whose], "parent": world["bodies"][whose], "code": "000000", "due": "2030-02-03",
                        "duty": world["records"][whose].get("/nhiem-vu", {}).get("id", "khong-co"), "phone": "0237 000 0112"}.items():
        if name in sent:
            sent[name] = value
    return {name: value for name, value in sent.items() if value is not None}


def call(world, person, row, whose):
    record = world["records"][whose].get(kind_of(row), {})
    path = "/api" + re.sub(r"\{(\w+)\}", lambda found: record.get(found[1], record.get("id", "khong-co")), row["path"])
    if row["method"] == "GET":
        required = [p for p in described(world, row)["parameters"] if p["in"] == "query" and p["required"]]
        return person.call("GET", path, {p["name"]: record.get(p["name"], sample(p["schema"])) for p in required})
    return person.call("POST", path, values(world, row, whose))


def rows_with_permission(world):
    return [row for row in world["rows"] if row["permission"] not in OWN and not row["path"].startswith(PERSONAL)]


def test_every_kind_of_record_is_made(world):
    kinds = {kind_of(row) for row in rows_with_permission(world) if is_about_record(world, row) and row["operation"] not in WHOLE | SHARED}
    missing = kinds - set(RECORDS)
    assert not missing, f"no record to try the operations of {missing} on: add it to RECORDS"


def test_nobody_is_let_in(world):
    stranger = world["site"].person()
    for row in world["rows"]:
        if row["permission"] != "public":
            assert call(world, stranger, row, "own").status == 401, row["operation"]


@pytest.mark.parametrize("role", ROLES)
def test_role_without_permission(world, role):
    tried = 0
    for row in rows_with_permission(world):
        if not may(row, role):
            answer = call(world, world["people"][role], row, "own")
            assert answer.status == 403, (row["operation"], answer.status, answer.text)
            tried += 1
    assert tried or role == "admin"


@pytest.mark.parametrize("role", ROLES)
def test_another_body_is_not_there(world, role):
    tried = 0
    for row in rows_with_permission(world):
        if row["operation"] not in WHOLE and kind_of(row) in RECORDS and is_about_record(world, row) and may(row, role):
            answer = call(world, world["people"][role], row, "foreign")
            assert answer.status == 404, (row["operation"], answer.status, answer.text)
            tried += 1
    assert tried


@pytest.mark.parametrize("role", ROLES)
def test_a_part_of_another_record_is_not_there(world, role):
    """The own record in the path, and in its place a part that hangs on another body's."""
    tried = 0
    own, foreign = (world["records"][whose]["/su-co"] for whose in ("own", "foreign"))
    for row in rows_with_permission(world):
        names = {name for name in PARTS if "{%s}" % name in row["path"] or name in body_of(world, row)}
        if kind_of(row) != "/su-co" or not names or not may(row, role):
            continue
        for name in names:
            world["records"]["mixed"] = {"/su-co": {**own, name: foreign[name]}}
            world["bodies"]["mixed"] = world["bodies"]["own"]
            answer = call(world, world["people"][role], row, "mixed")
            assert answer.status in (404, 422) and foreign["id"] not in answer.text, (row["operation"], name, answer.status, answer.text)
            tried += 1
    assert tried


def test_what_is_elsewhere_is_not_told_by_naming_it(world):
    """A case named as the same one, an account given the command or a task."""
    site, own, foreign = world["site"], world["bodies"]["own"], world["records"]["foreign"]["/su-co"]
    mine = site.cli("incident", "add", "monitoring", "Có thể trùng với sự cố khác.", "2026-01-01T08:00:00+07:00", "--at", own)["code"]
    elsewhere = world["records"]["foreign"]["/cai-dat/nguoi-dung"]["id"]
    leader = world["people"]["leader"]
    for path, fields in {"trung-lap": {"of": foreign["id"]}, "chi-huy": {"person": elsewhere}, "viec": {"title": "Việc giao", "owner": elsewhere}}.items():
        answer = leader.post(f"/api/su-co/{mine}/{path}", fields)
        assert answer.status in (404, 422), (path, answer.status, answer.text)
    assert "Người Thử" not in str(leader.get(f"/api/su-co/{mine}").json["log"])


def test_a_saved_filter_is_its_owners_alone(world):
    owner, other = world["people"]["leader"], world["people"]["officer"]
    made = owner.post("/api/su-co/bo-loc", {"name": "Của tôi", "query": "state=xac-nhan"})
    assert made.status == 200, made.text
    for path, fields in {"ten": {"name": "Của người khác"}, "xoa": {}}.items():
        assert other.post(f"/api/su-co/bo-loc/{made.json['id']}/{path}", fields).status == 404
    assert "Của tôi" not in other.get("/api/su-co/bo-loc").text
    assert owner.post(f"/api/su-co/bo-loc/{made.json['id']}/ten", {"name": "Vẫn của tôi"}).status == 200


@pytest.mark.parametrize("role", ROLES)
def test_own_body_is_allowed(world, role):
    """A rule of the business may still say no (409, 422), never the permission."""
    tried = 0
    world["records"]["own"]["/su-co"] = incident(world["site"], world["bodies"]["own"])  # what is done once is done by each role
    for row in rows_with_permission(world):
        if row["operation"] in WHOLE or not may(row, role):
            continue
        if is_about_record(world, row) and kind_of(row) not in RECORDS:
            continue
        answer = call(world, world["people"][role], row, "own")
        assert answer.status not in (401, 403, 404, 500), (row["operation"], answer.status, answer.text)
        tried += 1
    assert tried


@pytest.mark.parametrize("role", ROLES)
def test_whole_installation_is_not_for_a_commune(world, role):
    for row in world["rows"]:
        if row["operation"] in WHOLE:
            assert call(world, world["people"][role], row, "own").status in (403, 422), row["operation"]


def test_top_administrator(world):
    admin = world["site"].admin()
    for row in rows_with_permission(world):
        if row["method"] == "GET" and row["operation"] not in ("backup.verify",) and not is_about_record(world, row):
            if may(row, "admin"):
                answer = admin.get("/api" + row["path"])
                assert answer.status == 200, (row["operation"], answer.text)
