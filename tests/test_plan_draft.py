"""Plans that are written here: plan.draft_form, plan.draft, plan.compose, plan.head, plan.bases, plan.part, plan.part_add, plan.part_remove,
plan.part_move, plan.task, plan.task_remove, plan.task_move, plan.undo, plan.submit, plan.return, plan.approve, plan.delete, plan.diff,
plan.export, plan.cascade_form, plan.cascade."""
import io
import re
import subprocess
import urllib.parse
import zipfile

import pytest

from conftest import ROOT

PLANS = ROOT / "data" / "demo" / "plans"
LEADER = "gió mùa thu hà nội"


def reading(world, plan):
    return world.cli("plan", "view", plan)["reading"]


def parts(world, plan):
    return {part["title"]: part for part in world.cli("plan", "compose", plan)["parts"]}


def task_words(plan_reading):
    return [(t["content"], t["lead"], t["coordinate"], t["time"]) for t in plan_reading["tasks"]]


@pytest.fixture(scope="module")
def province(world):
    """A province with a plan in force, and one commune."""
    done = world.cli("plan", "import", PLANS / "xa-thach-quang.txt")
    return done["id"]


@pytest.fixture(scope="module")
def leader(world):
    body = world.cli("org", "list")["rows"][0]["id"]
    world.cli("account", "add", "--login", "ld", "--name", "Lãnh Đạo", "--role", "leader", "--body", body, "--password-stdin", stdin=LEADER)
    world.cli("account", "add", "--login", "cb", "--name", "Cán Bộ", "--role", "officer", "--body", body, "--password-stdin", stdin=LEADER)
    return world.client("ld", LEADER)


@pytest.fixture
def draft(world):
    return world.cli("plan", "draft", "outline", "--from_year", "2027", "--to_year", "2027")["id"]


def write_all(world, plan):
    for part in world.cli("plan", "compose", plan)["parts"]:
        if (part.get("state") or {}).get("class") == "late":
            world.cli("plan", "part", plan, part["key"], "--title", part["title"], "--text", "- Thực hiện theo quy định; báo cáo 06 tháng, năm.")


def test_outline_has_all_parts_and_the_tasks_of_the_law(world, draft):
    read = reading(world, draft)
    headings = " ".join(read["headings"])
    for words in ("CÁC QUY ĐỊNH CHUNG", "NGUY CƠ", "PHƯƠNG ÁN", "HUẤN LUYỆN", "KINH PHÍ", "TỔ CHỨC THỰC HIỆN", "ưu tiên duy trì hoạt động"):
        assert words in headings
    assert any("Săn lùng" in task["content"] and task["time"]["kind"] == "every_6_months" for task in read["tasks"])
    assert read["period"]["from"] == "2027-01-01" and read["period"]["to"] == "2027-12-31"
    assert sum(len(group["kinds"]) for group in read["scenario_groups"]) == 20
    findings = world.cli("plan", "view", draft)["findings"]
    assert sum(finding["code"] == "section_unwritten" for finding in findings) >= 10


def test_part_and_task_are_edited_and_undone(world, draft):
    before = parts(world, draft)
    key = before["Mục đích"]["key"]
    assert before["Mục đích"]["state"]["class"] == "late"
    world.cli("plan", "part", draft, key, "--title", "Mục đích", "--text", "- Phòng ngừa sự cố.\n- Xử lý kịp thời.")
    assert reading(world, draft)["purposes"]["count"] == 2
    duties = next(p for p in before.values() if p["title"].startswith("HUẤN LUYỆN"))
    world.cli("plan", "task", draft, duties["key"], "--content", "Kiểm kê máy tính của các phòng", "--lead", "Văn phòng; Công an xã", "--time", "Quý I/2027")
    count = len(duties["tasks"])
    task = reading(world, draft)["tasks"][-1]
    assert task["content"] == "Kiểm kê máy tính của các phòng" and task["lead"] == ["Văn phòng", "Công an xã"]
    assert task["time"]["due_to"] == "2027-03-31"
    world.cli("plan", "task_move", draft, duties["key"], count + 1, "up")
    removed = world.cli("plan", "task_remove", draft, duties["key"], count)
    assert all("Kiểm kê" not in t["content"] for t in reading(world, draft)["tasks"])
    world.cli("plan", "undo", "--undo", removed["undo"])
    assert any("Kiểm kê" in t["content"] for t in reading(world, draft)["tasks"])
    world.cli("plan", "undo", "--undo", removed["undo"], code=6)


def test_sections_are_added_moved_removed_with_their_numbers(world, draft):
    first = parts(world, draft)["MỤC ĐÍCH, YÊU CẦU"]["key"]
    world.cli("plan", "part_add", draft, "GIẢI THÍCH TỪ NGỮ", "--part", first, "--level", 1, "--text", "Không có.")
    shown = parts(world, draft)
    assert shown["GIẢI THÍCH TỪ NGỮ"]["label"] == "II." and shown["CÁC QUY ĐỊNH CHUNG"]["label"] == "III."
    world.cli("plan", "part_move", draft, shown["GIẢI THÍCH TỪ NGỮ"]["key"], "up")
    assert parts(world, draft)["GIẢI THÍCH TỪ NGỮ"]["label"] == "I."
    world.cli("plan", "part_remove", draft, shown["GIẢI THÍCH TỪ NGỮ"]["key"])
    assert "GIẢI THÍCH TỪ NGỮ" not in parts(world, draft)


def test_head_and_bases(world, draft):
    world.cli("plan", "head", draft, "--title", "Ứng phó sự cố, bảo đảm an toàn thông tin mạng năm 2027", "--symbol", "KH-UBND", "--issuer", "UBND xã Thử",
              "--number", "12", "--issued", "05/01/2027", "--place", "Thử", "--signer", "Lê Văn Nam", "--authority", "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH")
    world.cli("plan", "bases", draft, "--bases", "Căn cứ Luật An ninh mạng số 116/2025/QH15 ngày 10/12/2025;", "--recipients", "Công an tỉnh\nLưu: VT")
    read = reading(world, draft)
    assert read["number"]["resolved"] == "12/KH-UBND" and read["date"]["iso"] == "2027-01-05" and read["signer"]["name"] == "Lê Văn Nam"
    assert [base["number"] for base in read["legal_bases"]] == ["116/2025/QH15"]
    assert read["recipients"]["list"] == ["Công an tỉnh"] and read["recipients"]["archive"] == "Lưu: VT"


def test_second_editor_is_told(world, draft):
    version = world.cli("plan", "view", draft)["version"]
    key = parts(world, draft)["Mục đích"]["key"]
    client = world.client()
    change = {"part": key, "title": "Mục đích", "text": "- Một.", "version": version}
    assert client.post(f"/ke-hoach/{draft}/soan/muc", change).status == 200
    assert client.post(f"/ke-hoach/{draft}/soan/muc", change).status in (409, 412)


def test_approval_is_the_leaders_and_makes_duties(world, leader, draft):
    world.cli("plan", "submit", draft, code=6)  # sections are missing
    write_all(world, draft)
    world.cli("plan", "submit", draft)
    key = parts(world, draft)["Mục đích"]["key"]
    world.cli("plan", "part", draft, key, "--title", "Mục đích", "--text", "x", code=6)  # waits for approval
    assert world.client("cb", LEADER).post(f"/ke-hoach/{draft}/phe-duyet").status == 403
    assert leader.post(f"/ke-hoach/{draft}/tra-lai", {"note": "Bổ sung kinh phí"}).status == 200
    assert "Bổ sung kinh phí" in world.client().page(f"/ke-hoach/{draft}/soan").text
    world.cli("plan", "submit", draft)
    answer = leader.post(f"/ke-hoach/{draft}/phe-duyet")
    assert answer.status == 200 and answer.json["duties"] == len(reading(world, draft)["tasks"])
    assert world.cli("plan", "view", draft)["plan"]["state_name"] == "active"
    assert leader.post(f"/ke-hoach/{draft}/phe-duyet").status in (409, 422, 403)


def test_plan_expires_after_its_period(fresh):
    """plan.expire"""
    plan = fresh.cli("plan", "draft", "outline", "--from_year", "2024", "--to_year", "2024")["id"]
    body = fresh.cli("org", "list")["rows"][0]["id"]
    fresh.cli("account", "add", "--login", "ld", "--name", "Lãnh Đạo", "--role", "leader", "--body", body, "--password-stdin", stdin=LEADER)
    write_all(fresh, plan)
    assert fresh.run("plan", "approve", plan, "--as", "ld").returncode == 0
    assert fresh.cli("plan", "view", plan)["plan"]["state_name"] == "active"
    assert fresh.run("jobs", "--once").returncode == 0
    assert fresh.cli("plan", "view", plan)["plan"]["state_name"] == "expired"
    section, = [one for one in fresh.cli("board", "show")["sections"] if one["id"] == "ke-hoach"]
    assert section["list"][0]["state"]["label"] == "Hết kỳ" and "đã hết kỳ từ" in section["list"][0]["text"]


def test_last_year_moves_on(world, province):
    plan = world.cli("plan", "draft", "last_year", "--from", province)["id"]
    old, new = reading(world, province), reading(world, plan)
    assert len(new["tasks"]) == len(old["tasks"]) and [t["lead"] for t in new["tasks"]] == [t["lead"] for t in old["tasks"]]
    assert new["period"]["from"] == "2031-01-01" and new["period"]["to"] == "2035-12-31"
    assert new["legal_bases"] == old["legal_bases"]
    assert not new["number"]["resolved"] and not new["signer"]["name"]
    assert {entry["certainty"] for pointer, entry in new["provenance"].items() if pointer.startswith("/tasks/")} == {"inferred"}
    diff = world.cli("plan", "diff", plan)
    assert diff["from"]["id"] == province
    changed = [row for row in diff["rows"] if row["change"] == "changed"]
    assert any("2031" in "".join(run["text"] for run in row["after"] if run.get("new")) for row in changed)
    assert not [row for row in diff["rows"] if row["group"] == "bases"]


def test_export_reads_back(world, province, tmp_path):
    client = world.client()
    docx = client.page(f"/ke-hoach/{province}/tep?dang=docx")
    assert docx.status == 200 and zipfile.ZipFile(io.BytesIO(docx.body)).testzip() is None
    file = tmp_path / "ke-hoach.docx"
    file.write_bytes(docx.body)
    again = world.cli("plan", "read", file)
    assert task_words(again) == task_words(reading(world, province))
    pdf = client.page(f"/ke-hoach/{province}/tep?dang=pdf")
    (tmp_path / "ke-hoach.pdf").write_bytes(pdf.body)
    text = subprocess.run(["pdftotext", "-layout", tmp_path / "ke-hoach.pdf", "-"], capture_output=True, check=True).stdout.decode()
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text and "74/KH-UBND" in text


def test_bring_down_to_the_units(world, province):
    units = world.cli("plan", "cascade_form", province)["rows"]
    chosen = next(unit for unit in units if not unit.get("plan"))
    made = world.cli("plan", "cascade", province, "--bodies", chosen["id"])
    assert made["count"] == 1
    plan = made["made"][0]["id"]
    read = reading(world, plan)
    old = reading(world, province)
    assert old["number"]["resolved"] in [base["number"] for base in read["legal_bases"]]
    mine = [t["content"] for t in old["tasks"] if chosen["name"] in t["lead"] + t["coordinate"]]
    assert mine and set(mine) <= {t["content"] for t in read["tasks"]}
    assert world.cli("plan", "cascade", province, "--bodies", chosen["id"])["count"] == 0
    assert world.cli("plan", "diff", plan)["from"]["id"] == province


def test_draft_is_deleted_by_its_code(world, draft):
    code = world.cli("plan", "view", draft)["plan"]["code"]
    world.cli("plan", "delete", draft, "KH-0000", code=2)
    world.cli("plan", "delete", draft, code)
    world.cli("plan", "view", draft, code=5)


def test_pages_without_script(world):
    client = world.client()
    shown = client.page("/ke-hoach/soan")
    assert shown.status == 200 and "Đề cương theo quy định" in shown.text
    begun = client.form("/ke-hoach/soan", {"origin": "outline", "from_year": "2028", "to_year": "2028"}, "/ke-hoach/soan")
    assert begun.status == 303
    page = client.page(urllib.parse.unquote(begun.headers["Location"]))
    assert page.status == 200 and len(page.body) < 60 * 1024
    link = re.search(r'href="(/ke-hoach/[^"]*part=m2)#m2"', page.text).group(1).replace("&amp;", "&")
    opened = client.page(link)
    assert 'name="text"' in opened.text and 'value="m2"' in opened.text and 'name="rows"' not in opened.text
    assert client.page(link.split("/soan")[0]).status == 200


def test_saving_a_section_keeps_its_tasks(world, draft):
    duties = next(part for part in parts(world, draft).values() if part["title"].startswith("HUẤN LUYỆN"))
    world.client().form(f"/ke-hoach/{draft}/soan/muc", {"part": duties["key"], "title": duties["title"], "text": "Các việc thường xuyên:", "rows": ""})
    shown = parts(world, draft)[duties["title"]]
    assert len(shown["tasks"]) == len(duties["tasks"]) and shown["paragraphs"][0]["text"] == "Các việc thường xuyên:"
