#!/usr/bin/python3
"""Builds the trees and runs every test:   tests/run.py [STEP…]

Two lanes run side by side, since most steps keep one core busy: build-test (GCC, warnings are errors) with what needs the
real program, build-asan (Clang, warnings are errors, address and undefined-behaviour sanitizers, fuzz targets) with the rest;
then both work through the files of pytest.
A lane stops when its build fails. Prints a line for each step, the log of what failed, the names of what was skipped, and
last `N passed, N failed, N skipped`.
"""
import dataclasses
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree as xml

ROOT = pathlib.Path(__file__).resolve().parent.parent
PLAIN, ASAN = ROOT / "build-test", ROOT / "build-asan"
SHARED = pathlib.Path(os.environ.get("UNGCUU_SHARED") or ROOT.parent / "shared").resolve()
JOBS = str(max(1, (os.cpu_count() or 2) // 2))
SANITIZED = {"G_SLICE": "always-malloc", "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
             "ASAN_OPTIONS": "fast_unwind_on_malloc=0",
             "LSAN_OPTIONS": f"print_suppressions=0:suppressions={ROOT}/tests/lsan.supp"}
LOG_LINES = 60
CLAIMS = tempfile.TemporaryDirectory(prefix="ungcuu-claims-")


@dataclasses.dataclass
class Result:
    passed: list = dataclasses.field(default_factory=list)
    failed: list = dataclasses.field(default_factory=list)
    skipped: list = dataclasses.field(default_factory=list)
    log: str = ""

    def add(self, name, outcome):
        getattr(self, outcome).append(name)


def run(command, cwd=ROOT, **env):
    """Exit code and output, stderr among it."""
    done = subprocess.run([str(word) for word in command], cwd=cwd, text=True, errors="replace", stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env={**os.environ, "UNGCUU_SHARED": str(SHARED), **env})
    return done.returncode, done.stdout


def one(name, command, cwd=ROOT, **env):
    """A command that is one test."""
    code, log = run(command, cwd, **env)
    return Result([name] if code == 0 else [], [name] if code else [], [], log if code else "")


# --- builds ---

def build(folder, options, **env):
    log = ""
    again = ["--reconfigure"] if (folder / "build.ninja").exists() else []  # lists of templates are made when configuring
    code, log = run(["meson", "setup", *again, folder, "-Dwerror=true", *options], **env)
    if code:
        return Result(failed=[f"setup of {folder.name}"], log=log)
    code, log = run(["ninja", "-C", folder, "-j", JOBS])
    name = f"{folder.name} builds without a warning"
    return Result([name] if code == 0 else [], [name] if code else [], [], log if code else "")


def build_plain():
    return build(PLAIN, [], CC="gcc")


def build_asan():
    return build(ASAN, ["-Dfuzz=true", "-Db_sanitize=address,undefined", "-Db_lundef=false"], CC="clang")


# --- tests that meson knows, and pytest: both write what JUnit's readers read ---

def read_junit(path, label):
    result = Result()
    for suite in xml.parse(path).getroot().iter("testsuite"):
        cases = suite.findall("testcase")
        for case in cases:
            where = (case.get("classname") or suite.get("name") or "").removeprefix("ungcuu.")
            name = f"{label}: {where} {case.get('name')}"
            bad = case.find("failure") is not None or case.find("error") is not None
            result.add(name, "failed" if bad else "skipped" if case.find("skipped") is not None else "passed")
    return result


def meson_tests(folder, label, *words, **env):
    code, log = run(["tools/with_postgres", "meson", "test", "-C", folder, "--no-rebuild", "--print-errorlogs",
                     "--num-processes", JOBS, "--quiet", *words], **env)
    result = read_junit(folder / "meson-logs/testlog.junit.xml", label)
    for line in (folder / "meson-logs/testlog.json").read_text(encoding="utf-8").splitlines():
        test = json.loads(line) # what ended early has good cases and no bad one
        name = test["name"].split(" / ")[-1]
        if test["result"] in ("FAIL", "ERROR", "TIMEOUT") and not any(f" / {name} " in bad + " " for bad in result.failed):
            result.add(f"{label}: {name} ended with {test['result']}", "failed")
    if code and not result.failed:
        result.add(f"{label}: meson test ends with {code}", "failed")
    result.log = log if result.failed else ""
    return result


def unit_plain():
    return meson_tests(PLAIN, "plain")


def unit_asan():
    return meson_tests(ASAN, "sanitized", "--suite", "unit", "-t", "4", **SANITIZED)


def python_tests(place):
    """One of the processes that share the test files (tests/claim_files.py)."""
    if not (PLAIN / "ungcuu").exists():
        return Result(failed=["pytest: no program"])
    report = PLAIN / f"pytest-{place}.xml"
    report.unlink(missing_ok=True)
    code, log = run(["tools/with_postgres", sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider",
                     "-p", "claim_files", "tests", f"--junit-xml={report}"], PYTHONPATH=str(ROOT / "tests"),
                    UNGCUU=str(PLAIN / "ungcuu"), UNGCUU_BINARY=str(PLAIN / "ungcuu"), UNGCUU_TEST_CLAIMS=CLAIMS.name)
    result = read_junit(report, "pytest") if report.exists() else Result()
    if code and not result.failed:
        result.add(f"pytest ends with {code}", "failed")
    result.log = log if result.failed else ""
    return result


def python_first():
    return python_tests("first")


def python_second():
    """Helps when the rest of its lane is done."""
    return python_tests("second")


# --- the reader against exact readings: one test a document ---

def read_score(label, log, code):
    result = Result(log=log if code else "")
    short = log.rsplit("fall short:", 1)[1] if "fall short:" in log else ""
    for name in re.findall(r"^(\S+\.\w+): (?:header|plan|no JSON)", log, re.M):
        result.add(f"{label}: {name}", "failed" if name in short else "passed")
    for names in re.findall(r"^skipped \d+: no document for (.*)$", log, re.M):
        result.skipped += [f"{label}: {name}" for name in names.split(", ")]
    if code and not result.failed:
        result.add(f"{label}: ends with {code}", "failed")
    return result


def score_own():
    code, log = run([sys.executable, "tests/plans/score.py", PLAIN / "ungcuu"])
    return read_score("readings", log, code)


def score_shared():
    judge = SHARED / "plans/score.py"
    if not judge.exists():
        return Result(skipped=[f"readings of the real plans: no {judge}"])
    place = PLAIN / "judge" # the judge runs build/ungcuu of where it stands
    (place / "build").mkdir(parents=True, exist_ok=True)
    (place / "build/ungcuu").unlink(missing_ok=True)
    (place / "build/ungcuu").symlink_to(PLAIN / "ungcuu")
    code, log = run([sys.executable, judge], cwd=place, UNGCUU_DATA=str(ROOT / "data"))
    return read_score("real plans", log, code)


# --- fuzz targets over their corpus ---

def fuzz():
    result = Result()
    for target in sorted(path for path in (ASAN / "fuzz").glob("fuzz_*") if path.is_file()):
        corpus = ROOT / "fuzz/corpus" / target.name.removeprefix("fuzz_")
        cases = len(list(corpus.iterdir())) if corpus.is_dir() else 0
        code, log = run([target, "-runs=0", "-rss_limit_mb=2048", "-timeout=20", corpus], **SANITIZED)
        good = cases > 0 and code == 0
        result.add(f"fuzz: {target.name} over {cases} cases", "passed" if good else "failed")
        result.log += "" if good else log
    if not result.passed:
        result.add("fuzz: no target", "failed")
    return result


# --- the source ---

def cppcheck():
    cache = PLAIN / "cppcheck"
    cache.mkdir(exist_ok=True)
    return one("cppcheck", ["cppcheck", "--quiet", "--enable=warning,portability", "--inline-suppr", "--error-exitcode=1",
                            "--library=gtk", f"--suppressions-list={ROOT}/tools/cppcheck.txt", "--platform=unix64",
                            f"--include={ROOT}/tools/cppcheck.h",
                            "-i", PLAIN, f"--cppcheck-build-dir={cache}", "-j", JOBS, "-Isrc", "-D_GNU_SOURCE",
                            "-D__linux__", "-DUNGCUU_VERSION=\"\"", "-DG_LOG_DOMAIN=\"\"",
                            *sorted(path for path in (ROOT / "src").rglob("*.c") if not path.name.endswith("_test.c"))])


def formatted():
    files = sorted(path for folder in ("src", "tests", "fuzz", "bench") for path in (ROOT / folder).rglob("*.[ch]"))
    differ = [path for path in files if run(["clang-format", "--dry-run", "-Werror", path])[0] != 0]
    print(f"     {len(differ)} of {len(files)} files are not as clang-format writes them")
    return Result(["clang-format was run"] if files else [])


LANES = [
    [("build-test", build_plain), ("unit", unit_plain), ("readings", score_own), ("real-plans", score_shared),
     ("pytest", python_first)],
    [("format", formatted), ("build-asan", build_asan), ("unit-asan", unit_asan), ("fuzz", fuzz), ("cppcheck", cppcheck),
     ("pytest", python_second)],
]


class Run:
    def __init__(self, chosen):
        self.chosen, self.total, self.lock = chosen, Result(), threading.Lock()

    def wanted(self, name):
        return not self.chosen or name in self.chosen

    def step(self, name, function):
        begun = time.monotonic()
        try:
            result = function()
        except Exception as error: # a step that cannot run is a failure, not the end of the others
            result = Result(failed=[f"{name}: {error!r}"])
        with self.lock:
            self.report(name, result, time.monotonic() - begun)
        return result

    def report(self, name, result, seconds):
        skipped = f", {len(result.skipped)} skipped" if result.skipped else ""
        print(f"{'FAIL' if result.failed else 'ok  '} {name:12} {len(result.passed):5} passed, "
              f"{len(result.failed)} failed{skipped}  {seconds:.0f} s", flush=True)
        if result.failed:
            print("\n".join("     " + line for line in result.log.splitlines()[-LOG_LINES:]), flush=True)
        for outcome in ("passed", "failed", "skipped"):
            getattr(self.total, outcome).extend(getattr(result, outcome))

    def lane(self, steps):
        for name, function in steps:
            if not self.wanted(name):
                continue
            if self.step(name, function).failed and name.startswith("build"):
                with self.lock:
                    self.total.failed += [f"{other}: not run, the build failed"
                                          for other, _ in steps if self.wanted(other) and not other.startswith(("build", "format"))]
                return


def main():
    os.chdir(ROOT)
    current = Run(set(sys.argv[1:]))
    unknown = current.chosen - {name for lane in LANES for name, _ in lane}
    if unknown:
        sys.exit(f"no step {', '.join(sorted(unknown))}; there are: " + " ".join(n for lane in LANES for n, _ in lane))
    threads = [threading.Thread(target=current.lane, args=(lane,)) for lane in LANES]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total = current.total
    for name in total.skipped:
        print("skipped:", name)
    for name in total.failed:
        print("failed:", name)
    print(f"{len(total.passed)} passed, {len(total.failed)} failed, {len(total.skipped)} skipped")
    sys.exit(1 if total.failed or not total.passed else 0)


main()
