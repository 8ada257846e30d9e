#!/usr/bin/python3
"""Logs and indicators for bench_hunt:   bench/hunt_corpus.py SHARED FOLDER [MEGABYTES]

win.log  events of the OTRF recordings, one JSON object a line, at most 3 MB of each recording, over again until there are enough
sys.log  lines of the lnav and fail2ban samples with fresh times, numbers and addresses
list.txt 100,000 indicators (domains and addresses of maltrail, hashes by chance); more.txt a million
The same seed, the same bytes.
"""
import io, pathlib, random, re, subprocess, sys, tarfile, zipfile

SHARED, OUT = pathlib.Path(sys.argv[1]) / "data", pathlib.Path(sys.argv[2])
SIZE = int(sys.argv[3] if len(sys.argv) > 3 else 128) << 20
PART = 3 << 20
rng = random.Random(20261121)


def recordings():
    for path in sorted((SHARED / "otrf-security-datasets").rglob("*")):
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                yield from (archive.read(name) for name in archive.namelist() if name.endswith(".json"))
        elif path.suffixes[-2:] == [".tar", ".gz"]:
            with tarfile.open(path) as archive:
                yield from (archive.extractfile(member).read() for member in archive if member.name.endswith(".json"))


def windows():
    parts = []
    for data in recordings():
        lines = [line for line in data.splitlines() if line.startswith(b"{")]
        kept, size = [], 0
        for line in lines:
            if size + len(line) < PART:
                kept.append(line)
                size += len(line) + 1
        parts.append(b"\n".join(kept))
    return [part for part in parts if part]


def untar(name):
    data = subprocess.run(["zstd", "-dcq", SHARED / name], stdout=subprocess.PIPE, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for member in sorted(archive.getmembers(), key=lambda m: m.name):
            if member.isfile():
                yield member.name, archive.extractfile(member).read()


SYSLOG = re.compile(rb"^(?:<\d+>)?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (\S+) (.+)$")
ADDRESS, NUMBER = re.compile(rb"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])"), re.compile(rb"(?<![\d.:A-Za-z])\d{3,6}(?![\d.:A-Za-z])")


def shapes():
    """Text of a sample line with %A for an address and %N for a number."""
    found = set()
    for archive in ("lnav-logs/logs.tar.zst", "fail2ban-logs/logs.tar.zst"):
        for _, data in untar(archive):
            for line in data.splitlines():
                match = SYSLOG.match(line)
                if match and len(line) < 400 and b"%" not in line and line.isascii():
                    found.add(NUMBER.sub(b"%N", ADDRESS.sub(b"%A", match.group(2))))
    return sorted(found)


def syslog(size):
    kinds = shapes()
    rng.shuffle(kinds)
    weights = [1 / (1 + i) for i in range(len(kinds))]
    hosts = [b"may-%d" % i for i in range(40)]
    usual = [b"%d.%d.%d.%d" % tuple(rng.randrange(1, 255) for _ in range(4)) for _ in range(12000)]
    clock, written, lines = 8 * 3600.0, 0, []
    picks = []
    while written < size:
        if not picks:
            picks = rng.choices(kinds, weights, k=10000)
        text = picks.pop()
        while b"%A" in text:
            text = text.replace(b"%A", usual[int(rng.paretovariate(0.6)) % 12000], 1)
        while b"%N" in text:
            text = text.replace(b"%N", b"%d" % rng.randrange(1000, 60000), 1)
        clock += rng.expovariate(20)
        seconds = int(clock)
        line = b"Nov %2d %02d:%02d:%02d %s %s" % (1 + seconds // 86400 % 28, seconds // 3600 % 24, seconds // 60 % 60, seconds % 60, rng.choice(hosts), text)
        lines.append(line)
        written += len(line) + 1
    return b"\n".join(lines) + b"\n"


def indicators():
    domains, addresses = set(), set()
    for name, data in untar("maltrail/trails.tar.zst"):
        for line in data.decode("utf-8", "replace").splitlines():
            word = line.split("#")[0].strip().lower()
            if re.fullmatch(r"\d{1,3}(\.\d{1,3}){3}", word):
                addresses.add(word)
            elif re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,20}", word):
                domains.add(word)
    domains, addresses = sorted(domains), sorted(addresses)
    rng.shuffle(domains)
    rng.shuffle(addresses)
    while len(addresses) < 260000:
        addresses.append(".".join(str(rng.randrange(1, 255)) for _ in range(4)))
    while len(domains) < 560000:
        domains.append("".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(12)) + ".top")
    def take(count):
        rows = domains[: count * 55 // 100] + addresses[: count * 25 // 100]
        rows += ["hit-%d.bench.example" % i for i in range(10)]
        rows += ["%064x" % rng.getrandbits(256) for _ in range(count - len(rows))]
        rng.shuffle(rows)
        first = [row for row in rows if row.startswith("hit-")] + [row for row in rows if not row.startswith("hit-")]
        return "\n".join(first) + "\n"
    return take(100000), take(1000000)


def planted(data, line):
    """Every 2,000 lines one that holds an indicator of the list, so that no segment can be left out."""
    lines = data[: data.rindex(b"\n")].split(b"\n")
    for at in range(1000, len(lines), 2000):
        lines[at] = line % (at // 2000 % 10)
    return b"\n".join(lines) + b"\n"


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    parts = windows()
    data = b"\n".join(parts) + b"\n"
    data = (data * (SIZE // len(data) + 1))[:SIZE]
    (OUT / "win.log").write_bytes(planted(data, b'{"EventID":3,"Channel":"x","DestinationHostname":"www.hit-%d.bench.example"}'))
    (OUT / "sys.log").write_bytes(planted(syslog(SIZE), b"Nov 21 07:00:00 may-1 squid[77]: GET http://www.hit-%d.bench.example/x HTTP/1.1"))
    small, large = indicators()
    (OUT / "list.txt").write_text(small)
    (OUT / "more.txt").write_text(large)
    for path in sorted(OUT.glob("*.*")):
        print(f"{path}: {path.stat().st_size} bytes")


main()
