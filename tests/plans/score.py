#!/usr/bin/env python3
"""Scores `ungcuu plan read` and `ungcuu plan check` against exact readings made by hand.

    python3 tests/plans/score.py [build/ungcuu] [-v] [--only NAME]

Readings: tests/plans/expected/*.json, and $UNGCUU_SHARED/plans/expected/*.json where it is there. The document of a
reading is NAME.txt, .md or .docx beside the tests, among the demo plans, or in $UNGCUU_SHARED/plans. Files in
tests/plans/not_plans/ must be refused. -v prints every difference. Exit 1 when a mark is missed.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import unicodedata

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SHARED = pathlib.Path(os.environ.get("UNGCUU_SHARED", ROOT.parent / "shared")) / "plans"
JUDGED_ON = "2026-11-21"

MARKS = {"header": 1.0, "bases": 1.0, "tasks": 1.0, "lead": 1.0, "coordinate": 0.95, "time": 1.0, "inferred": 1.0,
         "scenarios": 1.0, "units": 1.0, "duties": 0.9, "errors": 1.0, "warnings": 0.9}
FALSE_DEFECTS_ALLOWED = 3

SAME_WORDS = [("ủy ban nhân dân", "ubnd"), ("đảm bảo", "bảo đảm"), ("hằng năm", "hàng năm")]
OLD_TONES = {"oà": "òa", "oá": "óa", "oả": "ỏa", "oã": "õa", "oạ": "ọa", "oè": "òe", "oé": "óe", "oẻ": "ỏe",
             "uỳ": "ùy", "uý": "úy", "uỷ": "ủy", "uỹ": "ũy", "uỵ": "ụy"}
OLD_TONE = re.compile(r"(?<!q)(" + "|".join(OLD_TONES) + r")\b")


def plain(text):
    """Text with everything removed that a careful reader would not call a difference."""
    text = unicodedata.normalize("NFC", str(text or "")).replace("\u00d0", "\u0110").casefold()
    text = re.sub(r"[\u2010-\u2015\u2212]", "-", re.sub(r"[*#\f\u00ad\u200b]", " ", text))
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r"(/[a-zđ0-9]+-) (?=[a-zđ])", r"\1", text)
    text = OLD_TONE.sub(lambda m: OLD_TONES[m.group(1)], text)
    for a, b in SAME_WORDS:
        text = text.replace(a, b)
    return re.sub(r"(\./\.|[.;,:])+$", "", text).strip()


def same(a, b):
    a, b = plain(a), plain(b)
    return bool(a and b) and (a in b or b in a)


class Card:
    """The marks of one document: name -> [hits, total], and the differences behind them."""

    def __init__(self):
        self.marks, self.notes = {}, []

    def add(self, mark, ok, where="", want=None, got=None):
        hits = self.marks.setdefault(mark, [0, 0])
        hits[0] += float(ok)
        hits[1] += 1
        if ok < 1:
            self.note(mark, where, want, got)

    def note(self, mark, where, want, got):
        self.notes.append(f"    {mark:10} {where}\n        wanted {show(want)}\n        got    {show(got)}")

    def short(self):
        return [m for m, need in MARKS.items() if self.marks.get(m, [1, 1])[0] < need * self.marks.get(m, [1, 1])[1]]


def show(value):
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) < 400 else text[:400] + " …"


def part(doc, key):
    value = doc.get(key)
    return value if isinstance(value, dict) else {}


def rows(doc, key):
    value = doc.get(key)
    return value if isinstance(value, list) else []


def score_header(want, got, card):
    for key, fields in (("date", ("status", "iso")), ("number", ("status", "resolved"))):
        for field in fields:
            if field in part(want, key):
                w, g = part(want, key)[field], part(got, key).get(field)
                card.add("header", plain(w) == plain(g), f"{key}.{field}", w, g)
    w, g = part(want, "issuer"), part(got, "issuer").get("name")
    card.add("header", same(w.get("name"), g) or same(w.get("name_canonical"), g), "issuer", w.get("name"), g)
    card.add("header", same(want.get("title"), got.get("title")), "title", want.get("title"), got.get("title"))
    w, g = part(want, "signer").get("name"), part(got, "signer").get("name")
    card.add("header", plain(w) == plain(g), "signer", w, g)


def score_bases(want, got, card):
    def keys(doc):
        return [(plain(b.get("number")), b.get("date")) for b in rows(doc, "legal_bases")]
    found = keys(got)
    for key in keys(want):
        ok = key in found
        card.add("bases", ok, "", key, None if ok else "not there")
        if ok:
            found.remove(key)
    for key in found:
        card.add("bases", 0, "added", None, key)


def score_units(mark, want, got, where, card):
    """Share of the wanted units that were found; a unit may stand inside a longer string."""
    want, got = [w for w in want if w], [g for g in got if g]
    all_got = " ; ".join(plain(g) for g in got)
    hits = [w for w in want if any(same(w, g) for g in got) or plain(w) in all_got]
    share = len(hits) / len(want) if want else float(not got)
    card.add(mark, share if mark == "coordinate" else float(share == 1), where, want, got)
    strangers = [g for g in got if want and not any(same(w, g) for w in want)]
    if strangers and share == 1:
        card.note("(more)", where + " " + mark, want, strangers)


def score_time(want, got, where, card):
    want, got = want or {}, got or {}
    kinds = {want.get("kind") or "none", *want.get("acceptable_kinds", [])}
    dates_ok = all(got.get(k) == want[k] for k in ("due_from", "due_to") if want.get(k))
    card.add("time", (got.get("kind") or "none") in kinds and dates_ok, where, want, got)


def marked_inferred(got, index, field):
    provenance, start = part(got, "provenance"), f"/tasks/{index}/{field}"
    return any((p == start or p.startswith(start + "/")) and (v or {}).get("certainty") == "inferred"
               for p, v in provenance.items())


def score_task(want, got, index, task, card):
    where, guessed = want["id"], want.get("inferred_from_merged_cell", [])
    for field in guessed:
        value = (task.get("time") or {}).get("text") if field == "time" else task.get(field)
        card.add("inferred", marked_inferred(got, index, field) or not value, f"{where} {field}", "inferred", value)
    for field in ("lead", "coordinate"):
        if field not in guessed:
            score_units(field, want.get(field, []), task.get(field) or [], where, card)
    if "time" not in guessed:
        score_time(want.get("time"), task.get("time"), where, card)


def score_tasks(want, got, card):
    left = dict(enumerate(rows(got, "tasks")))
    for w in rows(want, "tasks"):
        text = plain(w["content_contains"])
        i = next((i for i, g in left.items() if text in plain(g.get("content"))), None)
        card.add("tasks", i is not None, w["id"], w["content_contains"], "not there")
        if i is None:
            for mark in ("lead", "coordinate", "time"):
                card.add(mark, 0, w["id"], w.get(mark), "no task")
        else:
            score_task(w, got, i, left.pop(i), card)
    for g in left.values():
        card.add("tasks", 0, "added", None, f"{g.get('id')}: {g.get('content')}")


def score_scenarios(want, got, card):
    found = [[plain(k) for k in g.get("kinds") or []] for g in rows(got, "scenario_groups")]
    for i, group in enumerate(rows(want, "scenario_groups")):
        mine = found[i] if i < len(found) else None
        card.add("scenarios", [plain(k) for k in group["kinds"]] == mine, group["group"], group["kinds"], mine)
    for mine in found[len(rows(want, "scenario_groups")):]:
        card.add("scenarios", 0, "added group", None, mine)


def score_organisation(want, got, card):
    left = list(rows(got, "organisation_duties"))
    for w in rows(want, "organisation_duties"):
        g = next((g for g in left if plain(g.get("unit")) == plain(w["unit"])), None)
        g = g or next((g for g in left if same(g.get("unit"), w["unit"])), None)
        card.add("units", g is not None, "", w["unit"], [x.get("unit") for x in left])
        if g is not None:
            left.remove(g)
        duties = (g or {}).get("duties") or []
        card.add("duties", len(duties) == len(w["duties"]), w["unit"], w["duties"], duties)


def score_defects(want, got, form, card):
    found = {d.get("code"): d for d in rows(got, "defects")}
    listed = [d for d in rows(want, "defects") if d.get("only_in", form) == form]
    for mark, severity in (("errors", "error"), ("warnings", "warning")):
        for code in sorted({d["code"] for d in listed if d["severity"] == severity}):
            card.add(mark, code in found, "", code, "not there")
    known = {d["code"] for d in rows(want, "defects") + rows(want, "defects_acceptable")}
    strangers = [d for c, d in found.items() if c not in known and d.get("severity") in ("error", "warning")]
    for d in strangers:
        card.note("(false)", "", None, {k: d.get(k) for k in ("code", "severity", "where", "found")})
    return len(strangers)


def run(binary, *args):
    p = subprocess.run([binary, *args], capture_output=True, timeout=60)
    return p.returncode, p.stdout.decode("utf-8", "replace"), p.stderr.decode("utf-8", "replace")


def report_json(binary, *args, codes):
    code, out, err = run(binary, *args)
    if code not in codes:
        raise ValueError(f"exit {code}: {err.strip()[:200]}")
    return code, json.loads(out)


def score_document(binary, path, want):
    """The card of one document and its number of false defects."""
    card = Card()
    _, got = report_json(binary, "plan", "read", str(path), "--json", codes=(0,))
    for score in (score_header, score_bases, score_tasks, score_scenarios, score_organisation):
        score(want, got, card)
    if "defects" not in want:
        return card, 0
    code, found = report_json(binary, "plan", "check", str(path), "--json", "--on", JUDGED_ON, codes=(0, 4))
    wrong = score_defects(want, found, path.suffix[1:], card)
    has_error = any(d.get("severity") == "error" for d in rows(found, "defects"))
    if (code == 4) != has_error:
        card.add("errors", 0, "exit code of check", 4 if has_error else 0, code)
    return card, wrong


def documents(only):
    """(path of the document, its reading); readings of the shared plans may stand in either place."""
    seen, skipped = [], []
    for reading in sorted((HERE / "expected").glob("*.json")) + sorted((SHARED / "expected").glob("*.json")):
        if only and only not in reading.stem:
            continue
        places = [d / f"{reading.stem}{s}" for d in (HERE, ROOT / "data/demo/plans", SHARED)
                  for s in (".txt", ".md", ".docx")]
        found = [p for p in places if p.exists()]
        seen += [(p, reading) for p in found]
        if not found:
            skipped.append(reading.stem)
    return seen, skipped


def score_plans(binary, seen, verbose):
    short = []
    for path, reading in seen:
        try:
            card, wrong = score_document(binary, path, json.loads(reading.read_text(encoding="utf-8")))
        except (ValueError, OSError, subprocess.TimeoutExpired) as e:
            print(f"{path.name}: no reading ({e})")
            short.append(f"{path.name} (no reading)")
            continue
        print(f"{path.name}: " + " ".join(f"{m} {h:.4g}/{t}" for m, (h, t) in card.marks.items()) + f" false {wrong}")
        if verbose:
            print("\n".join(card.notes))
        missed = card.short() + (["false defects"] if wrong > FALSE_DEFECTS_ALLOWED else [])
        if missed:
            short.append(f"{path.name} ({', '.join(missed)})")
    return short


def refuse_others(binary, only):
    short = []
    for path in sorted((HERE / "not_plans").iterdir()):
        if only and only not in path.name:
            continue
        for verb in ("read", "check"):
            code, out, err = run(binary, "plan", verb, str(path), "--json")
            ok = code == 3 and not out and bool(err.strip())
            print(f"not_plans/{path.name}: plan {verb}: " + ("refused" if ok else f"NOT refused (exit {code})"))
            if not ok:
                short.append(f"{path.name} (plan {verb})")
    return short


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("binary", nargs="?", default="build/ungcuu")
    options.add_argument("-v", dest="verbose", action="store_true", help="print each difference")
    options.add_argument("--only", metavar="NAME", help="only documents whose name contains NAME")
    args = options.parse_args()
    seen, skipped = documents(args.only)
    short = score_plans(args.binary, seen, args.verbose) + refuse_others(args.binary, args.only)
    if skipped:
        print(f"skipped {len(skipped)}: no document for {', '.join(skipped)}")
    if not seen:
        short.append("no document was scored")
    print(f"{len(short)} fall short: " + "; ".join(short) if short else f"{len(seen)} documents meet every mark")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
