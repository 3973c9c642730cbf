"""Time `dump convert` against gunzip + `orjson.loads`, and gunzip + `lxml.etree.fromstring`, side by side.

They take turns on the same dump, each in processes of its own, with as many workers and fed the same way:
one process gunzips the archive and takes it apart, the others do the work. `tarfile` stands beside them,
which is what a script of ten lines would read with.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import resource
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from zenodo_harvest.dumps import convert
from zenodo_harvest.dumps.archive import Member, open_archive
from zenodo_harvest.dumps.conversion import chunks_of
from zenodo_harvest.pool import cores, in_order, processes
from zenodo_harvest.records import Provenance

RECORDINGS = Path(__file__).parents[1] / "tests" / "data" / "recordings" / "dumps"
RECORD_BYTES = 10_000
PROMISES = {"json": 2.0, "xml": 1.5}
FROM = Provenance("zenodo", "dump", datetime(2026, 11, 23, tzinfo=UTC), "http://127.0.0.1:5000")


def load_json(members: Sequence[Member]) -> int:
    import orjson

    for member in members:
        orjson.loads(member.content)
    return len(members)


def load_xml(members: Sequence[Member]) -> int:
    from lxml import etree

    for member in members:
        etree.fromstring(member.content)
    return len(members)


PARSERS: dict[str, Callable[[Sequence[Member]], int]] = {"json": load_json, "xml": load_xml}


def by_tarfile(dump: Path) -> Iterator[Member]:
    """Yield the members as the standard library reads them."""
    with tarfile.open(dump, "r|gz") as archive:
        for entry in archive:
            content = archive.extractfile(entry)
            assert content is not None
            yield Member(entry.name, content.read())
            archive.members.clear()


def parse(dump: Path, kind: str, workers: int) -> int:
    """Parse every member and keep nothing."""
    with open_archive(dump) as archive, processes(workers) as pool:
        return sum(in_order(PARSERS[kind], chunks_of(archive.members()), pool, workers))


def parse_by_tarfile(dump: Path, kind: str, workers: int) -> int:
    """Do the same with the archive read by the standard library."""
    with processes(workers) as pool:
        return sum(in_order(PARSERS[kind], chunks_of(by_tarfile(dump)), pool, workers))


def to_parquet(dump: Path, kind: str, workers: int) -> int:
    """Convert the dump."""
    del kind
    with tempfile.TemporaryDirectory(dir=dump.parent) as folder:
        return convert(dump, [Path(folder) / "records.parquet"], provenance=FROM, workers=workers).rows


TURNS = {"parse": parse, "parse, by tarfile": parse_by_tarfile, "convert": to_parquet}


def varied(records: dict[str, tuple[bytes, bytes]], count: int) -> Iterator[tuple[str, bytes, bytes]]:
    """Yield `count` records as JSON and XML with ids, titles, years, file names and texts of their own."""
    chance = random.Random(1)  # noqa: S311  (repeatable, guards nothing)
    texts = b" ".join(content for content, _ in records.values()).decode()
    words = re.findall(r"[^\W\d_]{3,}", texts)
    for number in range(count):
        id_ = [*records][number % len(records)]
        content, xml = records[id_]
        record = json.loads(content)
        new, parent = str(20_000_000 + number), str(30_000_000 + number)
        filler = ""
        if (missing := RECORD_BYTES - len(content)) > 0:
            filler = f"<p>{' '.join(chance.choices(words, k=missing // 8))}</p>"
        metadata = record["metadata"]
        old_title, title = metadata["title"], f"{' '.join(chance.choices(words, k=6))} {number}"
        metadata["title"] = title
        description = metadata.get("description") or ""
        metadata["description"] = description + filler
        record["created"] = f"{2014 + number % 13}{record['created'][4:]}"
        entries = record.get("files", {}).get("entries") or {}
        for name in list(entries):
            entries[f"{number}_{name}"] = {**entries.pop(name), "key": f"{number}_{name}"}
        text = json.dumps(record, ensure_ascii=False)
        text = text.replace(record["parent"]["id"], parent).replace(id_, new)
        marked = xml.decode().replace(f"<title>{_escaped(old_title)}", f"<title>{title}", 1)
        marked = marked.replace(record["parent"]["id"], parent).replace(id_, new)
        abstract = f'<description descriptionType="Abstract">{_escaped(filler)}</description>'
        if not filler:
            pass
        elif "<descriptions>" in marked:
            marked = marked.replace("<descriptions>", f"<descriptions>{abstract}", 1)
        else:
            marked = marked.replace(
                "</rightsList>", f"</rightsList><descriptions>{abstract}</descriptions>", 1
            )
        yield new, text.encode(), marked.encode()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def write_dumps(folder: Path, count: int) -> dict[str, Path]:
    """Write both dumps of `count` records; return where they are, by kind."""
    contents = [_members(RECORDINGS / f"records-{kind}.tar.gz") for kind in PROMISES]
    records = {id_: (content, contents[1][id_]) for id_, content in contents[0].items()}
    paths = {kind: folder / f"records-{kind}.tar.gz" for kind in PROMISES}
    with (
        tarfile.open(paths["json"], "w:gz", compresslevel=6) as json_dump,
        tarfile.open(paths["xml"], "w:gz", compresslevel=6) as xml_dump,
    ):
        for id_, content, xml in varied(records, count):
            _add(json_dump, f"{id_}.json", content)
            _add(xml_dump, f"{id_}.xml", xml)
    return paths


def _members(dump: Path) -> dict[str, bytes]:
    with open_archive(dump) as archive:
        return {member.name.partition(".")[0]: member.content for member in archive.members()}


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    archive.addfile(entry, BytesIO(content))
    archive.members.clear()


def take_turn(name: str, dump: Path, kind: str, workers: int) -> None:
    """Do one thing in this process and print rows, wall and CPU seconds, and peak memory in MB."""
    start = time.perf_counter()
    rows = TURNS[name](dump, kind, workers)
    wall_s = time.perf_counter() - start
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = sum(each.ru_utime + each.ru_stime for each in (own, children))
    print(json.dumps([rows, wall_s, cpu_s, own.ru_maxrss // 1024, children.ru_maxrss // 1024]))


def measure(dump: Path, kind: str, count: int, workers: int, rounds: int) -> None:
    """Print what each turn took at best, and what is promised."""
    taken: dict[str, list[list[float]]] = {name: [] for name in TURNS}
    for _ in range(rounds):
        for name in TURNS:
            command = [sys.executable, __file__, "--turn", name, str(dump), kind, str(workers)]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            taken[name].append(json.loads(done.stdout))
            assert taken[name][-1][0] == count
    plain = sum(map(len, _plain(dump)))
    print(
        f"{kind}: {count:,} records, {plain / count / 1000:.1f} kB each, {workers} workers and one that feeds"
    )
    print(f"  {'':<20}{'wall s':>8}{'CPU s':>8}{'records/s':>11}{'MB':>6}{'MB, worker':>12}")
    for name, runs in taken.items():
        _, wall_s, cpu_s, own_mb, worker_mb = min(runs, key=lambda run: run[1])
        print(
            f"  {name:<20}{wall_s:>8.1f}{cpu_s:>8.1f}{count / wall_s:>11,.0f}{own_mb:>6.0f}{worker_mb:>12.0f}"
        )
    for baseline in ("parse", "parse, by tarfile"):
        wall, cpu = (
            min(run[column] for run in taken["convert"]) / min(run[column] for run in taken[baseline])
            for column in (1, 2)
        )
        promise = f"   (promised: at most {PROMISES[kind]:.1f})" if baseline == "parse" else ""
        print(f"  convert / {baseline}: {wall:.2f} of the wall time, {cpu:.2f} of the CPU time{promise}")


def _plain(dump: Path) -> Iterator[bytes]:
    with gzip.open(dump) as stream:
        while block := stream.read(1 << 20):
            yield block


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=cores())
    parser.add_argument("--kind", choices=[*PROMISES], action="append")
    parser.add_argument(
        "--dumps", type=Path, help="keep the dumps in this folder, and use those that are there"
    )
    parser.add_argument(
        "--turn", nargs=4, metavar=("NAME", "DUMP", "KIND", "WORKERS"), help=argparse.SUPPRESS
    )
    options = parser.parse_args()
    if options.turn:
        name, dump, kind, workers = options.turn
        take_turn(name, Path(dump), kind, int(workers))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = options.dumps or Path(name)
        folder.mkdir(exist_ok=True)
        dumps = {kind: folder / f"records-{kind}.tar.gz" for kind in PROMISES}
        if not all(dump.exists() for dump in dumps.values()):
            dumps = write_dumps(folder, options.records)
        for kind in options.kind or PROMISES:
            measure(dumps[kind], kind, options.records, options.workers, options.rounds)


if __name__ == "__main__":
    main()
