"""The four stories and a case of 2026 by REST alone, from the public form to the closed file."""
import json
import uuid

import pytest

from play_fixtures import CASES, WRITTEN, Case, Play, demo, pdf_text  # noqa: F401 (a fixture)


def good(answer):
    assert answer.status == 200, answer.text
    return answer.json


class Rest:
    def __init__(self, demo):
        self.demo, self.people, self.public = demo, {}, demo.person()

    def person(self, login):
        if login not in self.people:
            self.people[login] = self.demo.sign(login)
        return self.people[login]

    def report(self, body, fields):
        return good(self.public.post("/api/bao-su-co", fields | {"body": body}))["follow"]

    def followed(self, follow):
        return good(self.public.get(f"/api/bao-su-co/{follow}"))["state_label"]

    def view(self, login, code):
        return good(self.person(login).get(f"/api/su-co/{code}"))

    def post(self, login, code, path, fields):
        files = {name: value for name, value in fields.items() if isinstance(value, tuple)}
        if not files:
            return self.person(login).post(f"/api/su-co/{code}/{path}", fields)
        mark, person = uuid.uuid4().hex, self.person(login)
        body = b""
        for name, value in fields.items():
            head = f'; filename="{value[0]}"' if name in files else ""
            data = value[1] if name in files else str(value).encode()
            body += f'--{mark}\r\nContent-Disposition: form-data; name="{name}"{head}\r\n\r\n'.encode() + data + b"\r\n"
        return person.raw(f"/api/su-co/{code}/{path}", body + f"--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}")

    def act(self, login, code, path, fields):
        return good(self.post(login, code, path, fields))

    def refused(self, login, code, path):
        answer = self.post(login, code, path, {})
        assert answer.status == 409, answer.text
        return answer.json["detail"]

    def clocks(self, login, code):
        found = {}
        for notice in self.view(login, code)["notices"]:
            if notice["state"]["name"] != "void":
                found.setdefault(notice["clock"], set()).add(notice["due"]["at"] if "due" in notice else None)
        assert all(len(due) == 1 for due in found.values()), found
        return {clock: due.pop() for clock, due in found.items()}

    def mail(self, login, code, notice):
        self.act(login, code, f"thong-bao/{notice['id']}/thu", {"to": [notice["receiver"]]})

    def paper(self, play, form):
        login, code = play.who["commands"], play.code
        asked = good(self.person(login).get(f"/api/su-co/{code}/van-ban/soan", {"form": form}))
        fields = {}
        for missing in asked["missing"]:
            *annex, name = missing["id"].split(".")
            value = {WRITTEN[name]: True} if name == "told_to" else WRITTEN[name]
            (fields.setdefault(annex[0], {}) if annex else fields)[name] = value
        saved = self.act(login, code, "van-ban/luu", {"form": form, "fields": fields})
        assert saved["missing"] == []
        paper = saved["paper"]
        self.act(login, code, f"van-ban/{paper}/trinh", {})
        signed = self.act(play.who["leads"], code, f"van-ban/{paper}/da-ky",
                          {"number": "15/BC-UBND", "day": "20/11/2026", "signer": "Bùi Khắc Sâm", "file": ("ban-quet.pdf", b"%PDF-1.4 quet")})
        assert signed["state"] == "frozen"
        return paper


@pytest.mark.parametrize("number", CASES)
def test_played_by_rest(demo, number):  # noqa: F811
    play = Play(demo, Rest(demo), Case(number))
    papers = play.whole()
    print(papers)
