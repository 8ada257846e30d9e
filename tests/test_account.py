"""Users, roles, signing in and out, second factor, tokens: over HTTP and on the command line."""
import base64
import hashlib
import hmac
import json
import sqlite3
import struct
import time

import pytest


def totp(secret, at=None):
    key = base64.b32decode(secret.replace(" ", ""))
    digest = hmac.new(key, struct.pack(">Q", int((at or time.time()) // 30)), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7fffffff) % 1000000:06d}"


@pytest.fixture(scope="module")
def bodies(site):
    return {name: site.cli("org", "add", "--name", name, "--kind", "xa", "--parent", site.body)["id"]
            for name in ("UBND xã Đông", "UBND xã Tây")}


def add(site, login, role, body, password="gió mùa thu hà nội"):
    done = site.cli("account", "add", "--login", login, "--name", "Người " + login, "--role", role, "--body", body,
                    "--password-stdin", stdin=password)
    assert done["password"] is None
    return done["id"], password


def test_first_only_once(site):
    done = site.run("account", "first", "--login", "khac", "--name", "Người Khác", "--body", "UBND xã B", "--kind", "xa",
                    "--password-stdin", stdin="một mật khẩu dài", login=None)
    assert done.returncode == 6


def test_sign_in_goes_where_one_wanted(site):
    person = site.person()
    asked = person.get("/cai-dat/nhat-ky?operation=account.first")
    assert asked.status == 303
    page = asked.headers["Location"]
    assert page.startswith("/dang-nhap?tiep=")
    answer = person.sign_in("qt", "rừng xanh núi đỏ 9", tiep="/cai-dat/nhat-ky?operation=account.first")
    assert answer.headers["Location"] == "/cai-dat/nhat-ky?operation=account.first"
    outside = site.person().sign_in("qt", "rừng xanh núi đỏ 9", tiep="//evil.example/")
    assert outside.headers["Location"] == "/"


def test_cookie_and_csrf(site):
    person = site.person()
    cookie = person.sign_in("qt", "rừng xanh núi đỏ 9").headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    person.csrf = "wrong"
    assert person.submit("/tai-khoan", {"name": "Kẻ Khác"}).status == 403
    assert person.get("/api/tai-khoan").json["name"] == "Quản Trị"


def test_add_view_edit(site, bodies):
    identity, password = add(site, "lan", "officer", bodies["UBND xã Đông"])
    admin = site.admin()
    shown = admin.get(f"/api/cai-dat/nguoi-dung/{identity}").json
    assert shown["account"]["login"] == "lan" and shown["roles"][0]["name"] == "officer"
    changed = admin.post(f"/api/cai-dat/nguoi-dung/{identity}", {"name": "Trần Thị Lan", "email": "lan@example.vn", "version": 1})
    assert changed.status == 200
    stale = admin.post(f"/api/cai-dat/nguoi-dung/{identity}", {"name": "Tên Cũ", "version": 1})
    assert stale.status == 412
    shown = site.cli("account", "view", "lan")
    assert shown["account"]["name"] == "Trần Thị Lan" and shown["account"]["email"] == "lan@example.vn"
    assert [row["login"] for row in admin.get("/api/cai-dat/nguoi-dung", {"q": "tran thi"}).json["rows"]] == ["lan"]
    for path in ("/cai-dat/nguoi-dung", f"/cai-dat/nguoi-dung/{identity}", "/cai-dat/nguoi-dung/moi", "/tai-khoan",
                 "/tai-khoan/don-vi"):
        assert admin.get(path).status == 200, path
    assert "Trần Thị Lan" in admin.get("/cai-dat/nguoi-dung").text


def test_bad_users_are_refused(site, bodies):
    admin = site.admin()
    good = {"login": "ok.1", "name": "Người Mới", "role": "viewer", "password": "gió mùa thu hà nội"}
    for field, value in (("login", "qt"), ("login", "Có Dấu"), ("role", "vua"), ("password", "ngắn"), ("name", "x"),
                         ("email", "không phải thư")):
        answer = admin.post("/api/cai-dat/nguoi-dung/moi", {**good, field: value})
        assert answer.status == 422, (field, value)
        assert answer.json["errors"][0]["field"] == field
    assert "ok.1" not in site.run("account", "list").stdout


def test_password_made_and_shown_once(site, bodies):
    admin = site.admin()
    page = admin.submit("/cai-dat/nguoi-dung/moi", {"login": "hoa", "name": "Lê Hoa", "role": "viewer", "body": bodies["UBND xã Tây"]})
    assert page.status == 200
    password = page.text.split('class="code">')[1].split("<")[0]
    assert len(password) == 19
    assert site.person().sign_in("hoa", password).status == 303
    identity = site.cli("account", "view", "hoa")["id"]
    assert password not in admin.get(f"/cai-dat/nguoi-dung/{identity}").text
    assert password not in (site.home / "ungcuu.db").read_bytes().decode(errors="replace")


def test_lock_out(site, bodies):
    add(site, "khoa", "viewer", bodies["UBND xã Đông"])
    person = site.person()
    assert [person.sign_in("khoa", "sai hết cả rồi").status for _ in range(5)] == [401] * 5
    assert person.sign_in("khoa", "gió mùa thu hà nội").status == 429
    site.cli("account", "reset", "khoa", "--password-stdin", stdin="một mật khẩu khác hẳn")
    assert site.person().sign_in("khoa", "một mật khẩu khác hẳn").status == 303


def test_roles_add_up_and_are_taken_away(site, bodies):
    identity, password = add(site, "vai", "viewer", bodies["UBND xã Đông"])
    person = site.person("vai", password)
    assert person.get("/api/cai-dat/nguoi-dung").status == 403
    site.cli("account", "grant", "vai", "leader", "--body", bodies["UBND xã Đông"])
    assert person.get("/api/cai-dat/nguoi-dung").status == 200
    site.cli("account", "revoke", "vai", "leader", "--body", bodies["UBND xã Đông"])
    assert person.get("/api/cai-dat/nguoi-dung").status == 403
    assert site.run("account", "revoke", "vai", "leader", "--body", bodies["UBND xã Đông"]).returncode == 5
    assert site.run("account", "revoke", "qt", "admin", "--body", site.body).returncode == 6


def test_admin_of_one_commune_stays_there(site, bodies):
    east, west = bodies["UBND xã Đông"], bodies["UBND xã Tây"]
    _, password = add(site, "qt.dong", "admin", east)
    other, _ = add(site, "can.tay", "officer", west)
    above, _ = add(site, "hai.noi", "officer", east)
    site.cli("account", "grant", "hai.noi", "admin", "--body", site.body)
    person = site.person("qt.dong", password)
    assert person.get(f"/api/cai-dat/nguoi-dung/{other}").status == 404
    assert person.post(f"/api/cai-dat/nguoi-dung/{other}/mat-khau").status == 404
    assert person.post("/api/cai-dat/nguoi-dung/moi", {"login": "gia", "name": "Giả Mạo", "role": "admin", "body": west}).status == 404
    assert person.post("/api/cai-dat/nguoi-dung/moi", {"login": "gia", "name": "Giả Mạo", "role": "admin", "body": site.body}).status == 404
    # whoever also holds a role above cannot be taken over from below
    for act in ("mat-khau", "khoa", "tat-hai-buoc", "ket-thuc-phien"):
        assert person.post(f"/api/cai-dat/nguoi-dung/{above}/{act}").status == 403, act
    assert person.post(f"/api/cai-dat/nguoi-dung/{above}", {"name": "Đổi Tên", "os_user": "root"}).status == 403
    assert "can.tay" not in person.get("/cai-dat/nguoi-dung").text
    assert person.post("/api/cai-dat/doi", {"key": "backup.keep", "value": "1"}).status == 403


def test_disable_ends_everything(site, bodies):
    identity, password = add(site, "nghi", "officer", bodies["UBND xã Đông"])
    person = site.person("nghi", password)
    token = person.post("/api/cai-dat/khoa", {"name": "máy", "scopes": ["read"]}).json["token"]
    program = site.person(bearer=token)
    assert program.get("/api/nhiem-vu").status == 200
    site.cli("account", "disable", "nghi")
    assert person.get("/api/tai-khoan").status == 401
    assert program.get("/api/nhiem-vu").status == 401
    assert site.person().sign_in("nghi", password).status == 401
    site.cli("account", "enable", "nghi")
    assert site.person().sign_in("nghi", password).status == 303
    assert site.run("account", "disable", "qt").returncode == 6


def test_own_password(site, bodies):
    add(site, "doi", "viewer", bodies["UBND xã Đông"])
    first, second = site.person("doi", "gió mùa thu hà nội"), site.person("doi", "gió mùa thu hà nội")
    wrong = first.post("/api/tai-khoan/mat-khau", {"old": "sai", "new": "một mật khẩu khác hẳn"})
    assert wrong.status == 422 and wrong.json["errors"][0]["field"] == "old"
    assert first.post("/api/tai-khoan/mat-khau", {"old": "gió mùa thu hà nội", "new": "ngắn"}).status == 422
    done = first.post("/api/tai-khoan/mat-khau", {"old": "gió mùa thu hà nội", "new": "một mật khẩu khác hẳn"})
    assert done.status == 200 and done.json["sessions_ended"] == 1
    assert second.get("/api/tai-khoan").status == 401
    assert first.get("/api/tai-khoan").status == 200
    done = site.run("account", "password", "--old-stdin", "--new-stdin", login="doi",
                    stdin="một mật khẩu khác hẳn\nvà một cái nữa nhé\n")
    assert done.returncode == 0, done.stderr
    assert site.person().sign_in("doi", "và một cái nữa nhé").status == 303


def test_end_one_session(site, bodies):
    """session.end ends one of one's own sessions, never another's."""
    add(site, "phien", "viewer", bodies["UBND xã Đông"])
    first, second = site.person("phien", "gió mùa thu hà nội"), site.person("phien", "gió mùa thu hà nội")
    other = [row for row in first.get("/api/tai-khoan").json["sessions"] if not row["current"]]
    assert len(other) == 1
    thief = site.admin()
    assert thief.post(f"/api/tai-khoan/phien/{other[0]['id']}/ket-thuc").json["sessions_ended"] == 0
    assert second.get("/api/tai-khoan").status == 200
    assert first.post(f"/api/tai-khoan/phien/{other[0]['id']}/ket-thuc").json["sessions_ended"] == 1
    assert second.get("/api/tai-khoan").status == 401


def test_sign_out(site, bodies):
    """session.close ends the session on the server too, not only the cookie."""
    add(site, "thoat", "viewer", bodies["UBND xã Đông"])
    person = site.person("thoat", "gió mùa thu hà nội")
    cookie = person.cookie
    assert person.submit("/dang-xuat").status == 303 and person.cookie == ""
    person.cookie = cookie
    assert person.get("/api/tai-khoan").status == 401


def test_admin_ends_sessions(site, bodies):
    add(site, "bi.thoat", "viewer", bodies["UBND xã Đông"])
    person = site.person("bi.thoat", "gió mùa thu hà nội")
    site.cli("account", "end-sessions", "bi.thoat")
    assert person.get("/api/tai-khoan").status == 401
    assert site.person().sign_in("bi.thoat", "gió mùa thu hà nội").status == 303


def test_form_of_a_new_user(site, bodies):
    """account.form offers the bodies of the own tree."""
    page = site.admin().get("/cai-dat/nguoi-dung/moi").text
    assert "UBND xã Đông" in page and 'name="os_user"' in page


def test_session_expires(site, bodies):
    add(site, "het.han", "viewer", bodies["UBND xã Đông"])
    person = site.person("het.han", "gió mùa thu hà nội")
    assert person.get("/api/tai-khoan").status == 200
    with sqlite3.connect(site.home / "ungcuu.db", timeout=10) as store:
        store.execute("UPDATE session SET expires_ms = 1 WHERE account_id = (SELECT id FROM account WHERE login = 'het.han')")
    assert person.get("/api/tai-khoan").status == 401


def test_second_factor(site, bodies):
    """account.totp_begin, account.totp_confirm, account.totp_off, account.totp_image."""
    add(site, "hai.buoc", "viewer", bodies["UBND xã Đông"])
    person = site.person("hai.buoc", "gió mùa thu hà nội")
    assert person.get("/tai-khoan/hai-buoc/hinh").status == 404
    secret = person.post("/api/tai-khoan/hai-buoc").json["secret"]
    image = person.get("/tai-khoan/hai-buoc/hinh")
    assert image.headers["Content-Type"] == "image/svg+xml" and image.text.startswith("<svg")
    assert "/tai-khoan/hai-buoc/hinh" in person.get("/tai-khoan/hai-buoc").text
    assert site.person().sign_in("hai.buoc", "gió mùa thu hà nội").status == 303  # not on before a code was seen
    assert person.post("/api/tai-khoan/hai-buoc/bat", {"code": "000000"}).status == 422
    assert person.post("/api/tai-khoan/hai-buoc/bat", {"code": totp(secret)}).status == 200
    assert site.person().sign_in("hai.buoc", "gió mùa thu hà nội").status == 401
    assert site.person().sign_in("hai.buoc", "gió mùa thu hà nội", totp(secret)).status == 401  # used a moment ago
    assert site.person().sign_in("hai.buoc", "gió mùa thu hà nội", totp(secret, time.time() + 30)).status == 303
    assert person.post("/api/tai-khoan/hai-buoc/tat", {"password": "sai"}).status == 422
    assert person.post("/api/tai-khoan/hai-buoc/tat", {"password": "gió mùa thu hà nội"}).status == 200
    assert site.person().sign_in("hai.buoc", "gió mùa thu hà nội").status == 303


def test_admin_takes_off_second_factor(site, bodies):
    add(site, "mat.may", "viewer", bodies["UBND xã Đông"])
    secret = site.cli("account", "totp-begin", login="mat.may")["secret"]
    site.cli("account", "totp-confirm", totp(secret), login="mat.may")
    assert site.person().sign_in("mat.may", "gió mùa thu hà nội").status == 401
    site.cli("account", "totp-reset", "mat.may")
    assert site.person().sign_in("mat.may", "gió mùa thu hà nội").status == 303


def test_tokens(site, bodies):
    add(site, "ct", "officer", bodies["UBND xã Đông"])
    made = site.cli("token", "add", "--name", "máy tệp", "--scopes", "duty.read", "--days", "10", login="ct")
    assert made["token"].startswith("uc_") and len(made["token"]) == 46
    program = site.person(bearer=made["token"])
    assert program.get("/api/nhiem-vu").status == 200
    assert program.post("/api/nhiem-vu/moi", {"title": "Việc của máy"}).status == 403
    assert program.get("/api/tai-khoan").status == 403
    assert program.post("/api/cai-dat/khoa", {"name": "con", "scopes": ["read"]}).status == 403
    assert site.person(bearer="uc_" + "a" * 43).get("/api/nhiem-vu").status == 401
    with sqlite3.connect(site.home / "ungcuu.db", timeout=10) as store:
        kept, = store.execute("SELECT hash FROM api_token WHERE id = ?", (made["id"],)).fetchone()
    assert kept == hashlib.sha256(made["token"].encode()).hexdigest()
    rows = site.cli("token", "list", login="ct")["rows"]
    assert rows[0]["used"] and made["token"] not in json.dumps(rows)
    assert site.run("token", "add", "--name", "to", "--scopes", "account.write", login="ct").returncode == 2
    assert site.run("token", "revoke", made["id"], login="khoa").returncode == 5
    site.cli("token", "revoke", made["id"], login="ct")
    assert program.get("/api/nhiem-vu").status == 401


def test_token_expires(site, bodies):
    made = site.cli("token", "add", "--name", "ngắn hạn", "--scopes", "read", "--days", "1")
    program = site.person(bearer=made["token"])
    assert program.get("/api/nhiem-vu").status == 200
    with sqlite3.connect(site.home / "ungcuu.db", timeout=10) as store:
        store.execute("UPDATE api_token SET expires_ms = 1 WHERE id = ?", (made["id"],))
    assert program.get("/api/nhiem-vu").status == 401


def test_body_acted_for(site, bodies):
    east = bodies["UBND xã Đông"]
    admin = site.admin()
    assert admin.submit("/don-vi-lam-viec", {"body_id": east}).status == 303
    assert "UBND xã Đông" in admin.get("/").text
    _, password = add(site, "dong.1", "officer", east)
    person = site.person("dong.1", password)
    assert person.submit("/don-vi-lam-viec", {"body_id": bodies["UBND xã Tây"]}).status == 404
    assert site.run("account", "list", "--at", bodies["UBND xã Tây"], login="qt.dong").returncode == 5
    assert "can.tay" in site.run("account", "list", "--at", bodies["UBND xã Tây"]).stdout


def test_os_user(site, bodies):
    import getpass
    add(site, "may", "viewer", bodies["UBND xã Đông"])
    assert site.run("account", "me", login=None).returncode == 6
    site.cli("account", "edit", "may", "Người may", "--os-user", getpass.getuser())
    done = site.run("account", "me", "--json", login=None)
    assert done.returncode == 0 and json.loads(done.stdout)["login"] == "may"
    add(site, "may2", "viewer", bodies["UBND xã Đông"])
    assert site.run("account", "edit", "may2", "Người may2", "--os-user", getpass.getuser()).returncode == 2
    site.cli("account", "edit", "may", "Người may", "--os-user", "")
    assert site.run("account", "me", login=None).returncode == 6


def test_no_secret_in_audit(site):
    with sqlite3.connect(site.home / "ungcuu.db", timeout=10) as store:
        told = " ".join(str(row) for row in store.execute("SELECT * FROM audit"))
    for secret in ("gió mùa", "rừng xanh", "uc_", "$argon2"):
        assert secret not in told
    assert site.cli("audit", "verify")["whole"] is True


def test_demo_logins(home_site):
    (home_site.home / "demo").touch()
    (home_site.home / "demo-logins.json").write_text(
        json.dumps([{"login": "mai.dt", "password": "dung-thu", "name": "Đinh Thị Mai", "role": "Cán bộ"}]))
    home_site.stop()
    home_site.start()
    assert "dung-thu" in home_site.person().get("/dang-nhap").text
    (home_site.home / "demo").unlink()
    home_site.stop()
    home_site.start()
    assert "dung-thu" not in home_site.person().get("/dang-nhap").text


def test_throttle_by_address(site):
    statuses = [site.person().sign_in(f"nguoi{i}", "sai hết cả rồi").status for i in range(31)]
    assert statuses[0] == 401 and statuses[-1] == 429
