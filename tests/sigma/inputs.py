"""The rules, regression cases and recordings that the tests read, unpacked from the shared data."""
import json
import os
import pathlib
import subprocess
import tarfile
import zipfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SHARED = pathlib.Path(os.environ.get("UNGCUU_SHARED", ROOT.parent / "shared"))
SIGMA, RECORDINGS = SHARED / "data" / "sigmahq", SHARED / "data" / "otrf-security-datasets"
LEFT_OUT = ("deprecated", "unsupported")


def unpack(folder):
    """Unpacks the rules into folder/rules (without those out of use) and the regression cases into folder/regression."""
    for archive, target, *options in (("rules", "rules", *(f"--exclude={name}" for name in LEFT_OUT)), ("regression_data", "regression")):
        (folder / target).mkdir()
        subprocess.run(["tar", "-C", folder / target, "--zstd", *options, "-xf", SIGMA / f"{archive}.tar.zst"], check=True)
    return folder / "rules", folder / "regression"


def regression_cases(folder):
    """Yields (ids of the rules that must fire, the file with the events)."""
    for info in sorted(folder.rglob("info.yml")):
        ids = [rule["id"] for rule in yaml.safe_load(info.read_text(encoding="utf-8"))["rule_metadata"]]
        for file in sorted(p for p in info.parent.iterdir() if p.suffix in (".json", ".jsoncls")):
            yield ids, file


def members(path):
    """Yields (name, bytes) of the files in an archive."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            yield from ((name, archive.read(name)) for name in sorted(archive.namelist()) if "__MACOSX" not in name)
    elif path.name.endswith(".tar.gz"):
        with tarfile.open(path) as archive:
            yield from ((m.name, archive.extractfile(m).read()) for m in archive if m.isfile())


def recordings():
    """Yields (name, lines): every recording made of JSON lines."""
    for path in sorted(RECORDINGS.rglob("*")):
        for name, data in members(path) if path.is_file() else ():
            if data[:1] == b"{":
                lines = [line for line in data.decode("utf-8").split("\n") if line.strip()]
                yield f"{path.name.split('.')[0]}/{name}".replace("/", "-"), lines


def sample(lines, most):
    """At most so many events of each kind (channel and number, stream, or names of the fields), the first ones."""
    counts, kept = {}, []
    for line in lines:
        event = json.loads(line)
        kind = tuple(str(event.get(name)) for name in ("Channel", "EventID", "@stream", "eventName", "Type"))
        counts[kind] = counts.get(kind, 0) + 1
        if counts[kind] <= most:
            kept.append(line)
    return kept


def write_recordings(folder, most):
    """Writes them as files of JSON lines; `most` of each kind, or all if None. Returns (files, events)."""
    files, count = [], 0
    for name, lines in recordings():
        kept = lines if most is None else sample(lines, most)
        file = folder / f"{name}.json"
        file.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
        files.append(file)
        count += len(kept)
    return files, count
