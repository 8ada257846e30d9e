"""Plans from file to duties: plan.read, plan.check, plan.import, and the three steps plan.import_form, plan.stage,
plan.review, plan.review_save, plan.confirm_form, plan.confirm, plan.discard; plan.list, plan.view."""
import json
import re

import pytest

from conftest import ROOT, World

PLAN = ROOT / "tests/plans/phuong-dong-quan-2026.txt"
DOCX = ROOT / "tests/plans/phuong-dong-quan-2026.docx"


def test_read_needs_no_home(fresh):
    done = fresh.run("plan", "read", PLAN, "--json")
    assert done.returncode == 0
    assert len(json.loads(done.stdout)["tasks"]) == 12


def test_check_exits_4_on_errors(fresh):
    done = fresh.run("plan", "check", PLAN, "--json", "--on", "2026-11-21")
    assert done.returncode == 4
    assert "number_mismatch" in {d["code"] for d in json.loads(done.stdout)["defects"]}


def test_no_plan_is_refused(fresh):
    for verb in ("read", "check"):
        done = fresh.run("plan", verb, ROOT / "tests/plans/not_plans/bai-phat-bieu.txt", "--json")
        assert (done.returncode, done.stdout) == (3, b"")
        assert done.stderr


def test_standard_input(fresh):
    done = fresh.run("plan", "read", "-", "--json", stdin=PLAN.read_text())
    assert done.returncode == 0 and len(json.loads(done.stdout)["tasks"]) == 12


def test_dry_run_saves_nothing(fresh):
    answer = fresh.cli("plan", "import", PLAN, "--dry-run")
    assert answer["tasks"] == 12 and answer["dry_run"] is True
    assert fresh.cli("plan", "list")["rows"] == []
    assert fresh.cli("duty", "list")["rows"] == []


def test_import_makes_duties_and_units(fresh):
    answer = fresh.cli("plan", "import", DOCX)
    assert answer["duties"] == 12
    plan = fresh.cli("plan", "view", answer["id"])
    assert len(plan["duties_part"]["duties"]) == 12
    assert plan["plan"]["state_name"] == "active"
    units = json.dumps(fresh.cli("org", "list")["rows"], ensure_ascii=False)
    assert "Công an phường" in units and "Phòng Văn hóa - Xã hội" in units
    assert fresh.cli("audit", "verify")["whole"] is True


def test_a_new_plan_replaces_the_old_one(fresh):
    first = fresh.cli("plan", "import", PLAN)
    second = fresh.cli("plan", "import", PLAN)
    states = {row["id"]: row["state_name"] for row in fresh.cli("plan", "list")["rows"]}
    assert states == {first["id"]: "replaced", second["id"]: "active"}
    open_duties = fresh.cli("duty", "list", "--limit", "100")["rows"]
    assert len(open_duties) == 12, "the duties of the replaced plan are set aside"


def stage(client):
    answer = client.upload("/ke-hoach/nhap", "file", PLAN.name, PLAN.read_bytes())
    assert answer.status == 303, answer.text
    return answer.headers["Location"]


def test_three_steps_on_the_page(world):
    client = world.client()
    assert client.page("/ke-hoach/nhap").status == 200
    before = len(world.cli("plan", "list")["rows"])
    review = stage(client)
    page = client.page(review)
    assert page.status == 200
    for word in ("Đọc được", "Suy ra", "Thiếu", "Lỗi"):
        assert word in page.text
    version = re.search(r'name="version" value="(\d+)"', page.text).group(1)
    saved = client.form(review, {"version": version, "number": "99/KH-UBND", "duties.0.lead": "Văn phòng HĐND và UBND"}, review)
    assert saved.status == 303 and saved.headers["Location"] == review + "/xac-nhan"
    assert "Đã sửa tay" in client.page(review).text
    assert len(world.cli("plan", "list")["rows"]) == before, "nothing is saved before the confirmation"
    confirm = client.page(review + "/xac-nhan")
    assert "99/KH-UBND" in confirm.text
    done = client.form(review + "/xac-nhan", {"unit": ["0"]}, review + "/xac-nhan")
    assert done.status == 303
    plan = client.get(done.headers["Location"]).json
    assert plan["plan"]["number"] == "99/KH-UBND"
    assert plan["duties_part"]["duties"][0]["lead"] == "Văn phòng HĐND và UBND"
    assert client.page(review).status == 404, "a confirmed import is gone"


def test_bad_day_keeps_what_was_typed(world):
    client = world.client()
    review = stage(client)
    answer = client.form(review, {"day": "ngày mai", "number": "77/KH-UBND"}, review)
    assert answer.status == 422
    assert "ngày mai" in answer.text and "77/KH-UBND" in answer.text


def test_discard(world):
    client = world.client()
    review = stage(client)
    assert client.form(review + "/huy", {}, review).status == 303
    assert client.page(review).status == 404


def test_no_plan_on_the_page(world):
    client = world.client()
    answer = client.upload("/ke-hoach/nhap", "file", "a.txt", "Một bài thơ về mùa xuân.".encode(), {"_from": "/ke-hoach/nhap"})
    assert answer.status == 422
    assert "E-1" in answer.text


def test_every_part_of_a_plan(world):
    client = world.client()
    plan = world.cli("plan", "import", DOCX)["id"]
    for part in ("kiem-tra", "noi-dung", "can-cu", "luc-luong", "nhiem-vu", "tinh-huong", "to-chuc", "ban-goc"):
        assert client.page(f"/ke-hoach/{plan}?muc={part}").status == 200


def test_real_plan(shared, tmp_path):
    world = World(tmp_path / "real", "UBND huyện Cao Lãnh")
    answer = world.cli("plan", "import", shared / "plans/cao-lanh-2022.txt")
    assert answer["duties"] == 16
    plan = world.cli("plan", "view", answer["id"])
    assert plan["plan"]["state_name"] == "expired"
    mismatch = [d for d in plan["findings"] if d["code"] == "number_mismatch"]
    assert {d["severity"] for d in mismatch} == {"error"}
    assert any("02/" in d["found"] for d in mismatch) and any("03/" in d["found"] for d in mismatch)
    inferred = [t for t in plan["reading"]["tasks"] if t.get("inferred_from_merged_cell")]
    assert inferred
