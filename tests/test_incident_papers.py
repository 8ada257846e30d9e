"""Papers of a case, one after another: incident.paper_form, incident.paper_save, incident.paper_submit,
incident.paper_return, incident.paper_sign, incident.paper_file; incident.sheet, incident.sheet_file, incident.file;
incident.classify_form, evidence.file; incident.assess; board.help."""
import json

import pytest


@pytest.fixture(scope="module")
def case(world):
    client = world.client()
    answer = client.post("/su-co/moi", {"source": "phone", "title": "Tệp bị mã hóa", "description": "Máy chủ tệp không mở được",
                                        "detected": "08:00 20/11/2026", "name": "Trần A", "phone": "0237 000 0111"})
    assert answer.status == 200, answer.text
    return answer.json["id"]


def test_pages_and_files_of_a_case(world, case):
    client = world.client()
    for page in ("phan-loai", "phieu", "van-ban/soan?form=mau-03"):
        assert client.page(f"/su-co/{case}/{page}").status == 200, page
    for file in ("phieu/tep", "ho-so"):
        answer = client.page(f"/su-co/{case}/{file}")
        assert answer.status == 200 and answer.body.startswith(b"%PDF"), file
    assert client.page("/tro-giup").status == 200


def test_a_paper_goes_back_and_forth(world, case):
    client = world.client()
    base = f"/su-co/{case}/van-ban"
    form = client.get(base + "/soan?form=mau-03").json
    assert form["missing"], "what is missing is listed before anything is written"
    saved = client.post(base + "/luu", {"form": "mau-03", "fields": {"description": "Tệp có đuôi lạ"}})
    assert saved.status == 200, saved.text
    paper = saved.json["paper"]
    for kind, head in (("pdf", b"%PDF"), ("docx", b"PK")):
        answer = client.page(f"{base}/{paper}/tep?format={kind}")
        assert answer.status == 200 and answer.body.startswith(head)
    submitted = client.post(f"{base}/{paper}/trinh")
    if submitted.status == 409:
        assert "thiếu" in submitted.json["detail"].lower()
    else:
        assert client.post(f"{base}/{paper}/tra-lai").status == 200
    unsigned = client.post(f"{base}/{paper}/da-ky", {"number": "1/BC", "day": "21/11/2026", "signer": "Người Ký"})
    assert unsigned.status == 409, "a draft is not signed before it was submitted"


def test_evidence_is_hashed_when_it_is_opened(world, case):
    client = world.client()
    added = client.upload(f"/api/su-co/{case}/chung-cu", "file", "nhat-ky.log", b"line 1\n",
                          {"title": "Nhật ký máy chủ", "name": "Nhật ký", "collector": "Trần A", "where": "Máy chủ tệp",
                           "how": "Sao chép", "at": "09:00 20/11/2026"})
    assert added.status == 200, added.text
    shown = client.get(f"/su-co/{case}").json
    evidence = shown["evidence"][0]["id"]
    opened = client.post(f"/su-co/{case}/chung-cu/{evidence}/tep")
    assert opened.status == 200 and opened.body == b"line 1\n"


def test_assess_needs_no_case(world):
    facts = {"detected_at": "2026-09-01T08:00:00+07:00", "system": {"name": "Trang", "level": 2}, "serious": True}
    answer = world.client().post("/su-co/danh-gia", {"facts": facts})
    if answer.status != 200:
        done = world.run("incident", "assess", "--json", stdin=json.dumps(facts))
        assert done.returncode == 0, done.stderr.decode()
        body = json.loads(done.stdout)
    else:
        body = answer.json
    assert body["profile"] == "vn-2026"
    assert {"first_notice", "report_72h"} <= {clock["id"] for clock in body["clocks"]}
