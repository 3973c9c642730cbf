"""Members of a dump that hold another record than their names say, as servers have written them."""

from __future__ import annotations

import csv
import io
import json
import tarfile
import threading
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import md5
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pyarrow.dataset
import pytest
from pyarrow.parquet import read_table
from typer.testing import CliRunner
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from zenodo_harvest.cli import Outside, build_app
from zenodo_harvest.client import Client
from zenodo_harvest.dumps import Conversion, convert
from zenodo_harvest.dumps.archive import Member
from zenodo_harvest.dumps.chunks import read_members
from zenodo_harvest.emulator import Emulator
from zenodo_harvest.harvest import HarvestReceipt
from zenodo_harvest.http import LocalBudget
from zenodo_harvest.pool import processes
from zenodo_harvest.records import Provenance
from zenodo_harvest.sites import Site

RECORDED = Path(__file__).parents[2] / "data" / "recordings" / "dumps"
FROM = Provenance("zenodo", "dump", datetime(2026, 11, 23, tzinfo=UTC), "http://127.0.0.1:5000")
KINDS = ["json", "xml"]
FAILED = (7, 100, 301)
"""Places of the members that hold the record before them."""

Members = list[tuple[str, bytes]]


def pack(path: Path, members: Iterable[tuple[str, bytes]]) -> Path:
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        for name, content in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


def unpack(path: Path) -> Members:
    with tarfile.open(path) as archive:
        return [(entry.name, archive.extractfile(entry).read()) for entry in archive]  # type: ignore[union-attr]


def members_of(kind: str) -> Members:
    """Return the members that the real server software wrote; three hold the bytes of the one before."""
    found = unpack(RECORDED / f"records-{kind}.tar.gz")
    for place in FAILED:
        found[place] = (found[place][0], found[place - 1][1])
    return found


def id_of(name: str) -> str:
    return name.rpartition("/")[2].partition(".")[0]


def expected(members: Members) -> dict[int, tuple[str, str]]:
    """Return by place the id that stands in a member and the one in its name."""
    return {place: (id_of(members[place - 1][0]), id_of(members[place][0])) for place in FAILED}


def check(rows: list[dict[str, Any]], members: Members) -> None:
    """Check that the rows of the failed members, and only they, name both ids and keep what they hold."""
    told = {place: row["problems"] for place, row in enumerate(rows) if row["problems"]}
    assert list(told) == list(FAILED)
    for place, (inside, name) in expected(members).items():
        assert told[place] == [f"id: {inside} in the record, {name} in the name of the file in the dump"]
        assert rows[place] == rows[place - 1] | {"problems": told[place]}
        assert rows[place]["id"] == inside


def rows_of(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".parquet":
        return read_table(path).to_pylist()
    if path.suffix == ".jsonl":
        return [
            row | {"problems": row["problems"] or []}
            for row in map(json.loads, path.read_text().splitlines())
        ]
    with path.open(newline="") as file:
        return [
            row | {"problems": [row["problems"]] if row["problems"] else []} for row in csv.DictReader(file)
        ]


def counts(done: Conversion) -> tuple[int, int, int]:
    return done.rows, done.rows_with_problems, done.duplicates


@pytest.fixture(scope="module", params=KINDS)
def members(request: pytest.FixtureRequest) -> Members:
    return members_of(request.param)


@pytest.mark.parametrize("output", ["a.parquet", "a.jsonl", "a.csv"])
def test_a_row_names_the_id_in_the_record_and_the_one_in_the_name(
    members: Members, tmp_path: Path, output: str
) -> None:
    dump = pack(tmp_path / "dump.tar.gz", members)
    assert counts(convert(dump, [tmp_path / output], provenance=FROM)) == (383, 3, 3)
    check(rows_of(tmp_path / output), members)


def test_folders_before_the_name_do_not_matter(members: Members, tmp_path: Path) -> None:
    dump = pack(tmp_path / "dump.tar.gz", ((f"./a.b/c/{name}", content) for name, content in members))
    convert(dump, [tmp_path / "a.parquet"], provenance=FROM)
    check(rows_of(tmp_path / "a.parquet"), members)


@pytest.mark.parametrize("raw", [False, True])
def test_every_way_of_reading_makes_the_same_rows(members: Members, tmp_path: Path, raw: bool) -> None:
    dump = pack(tmp_path / "dump.tar.gz", members)
    made = []
    with ThreadPoolExecutor(2) as threads, processes(2) as workers:
        for name, options in {
            "one": {"workers": 1},
            "several": {"workers": 2},
            "threads": {"executor": threads, "workers": 2},
            "processes": {"executor": workers, "workers": 2},
        }.items():
            output = tmp_path / f"{name}.parquet"
            done = convert(dump, [output], provenance=FROM, save={"raw": raw}, **options)  # type: ignore[arg-type]
            assert counts(done) == (383, 3, 3)
            made.append(output.read_bytes())
    assert made[0] == made[1] == made[2] == made[3]
    read = read_members([Member(name, content) for name, content in members], FROM)
    assert [list(record.problems) for record in read] == [
        row["problems"] for row in rows_of(tmp_path / "one.parquet")
    ]


def test_a_piece_with_a_member_that_names_no_id_is_checked_as_well(tmp_path: Path) -> None:
    broken = [
        ("1.json", b"{cut"),
        ("2.json", b'{"id": "3", "metadata": {"title": "a"}}'),
        ("3.json", b'{"id": "3", "metadata": 5}'),
    ]
    broken += [
        ("sub/4.json", b'{"id": 3, "metadata": 5}'),
        (".json", b'{"id": "5", "metadata": {"title": "a"}}'),
        ("LONG/6", b'{"id": "7", "metadata": {"title": "a"}}'),
    ]
    for output in ("a.parquet", "a.jsonl"):
        done = convert(pack(tmp_path / "d.tar.gz", broken), [tmp_path / output], provenance=FROM)
        assert counts(done) == (6, 4, 2)
        rows = rows_of(tmp_path / output)
        assert [row["id"] for row in rows] == ["1", "3", "3", "3", "5", "7"]
        assert rows[1]["problems"] == ["id: 3 in the record, 2 in the name of the file in the dump"]
        assert rows[3]["problems"][-1] == "id: 3 in the record, 4 in the name of the file in the dump"
        assert len(rows[3]["problems"]) == len(rows[2]["problems"]) + 1


def test_a_table_by_year_names_them_as_well(members: Members, tmp_path: Path) -> None:
    dump = pack(tmp_path / "dump.tar.gz", members)
    done = convert(dump, [tmp_path / "years"], provenance=FROM, partition_by="year")
    assert counts(done) == (383, 3, 3)
    rows = pyarrow.dataset.dataset(tmp_path / "years").to_table(columns=["problems"]).to_pylist()
    assert sum(bool(row["problems"]) for row in rows) == 3


@dataclass
class Swapping:
    """A server in front of an emulator in whose JSON dump a record also stands under another name."""

    emulator: Emulator
    dump: bytes
    url: str = ""

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        if request.path.startswith("/api/exporter"):
            return self.exporter(request)(environ, start_response)
        asked = urllib.request.Request(
            f"{self.emulator.url}{request.full_path}", headers={"Accept": request.headers.get("Accept", "")}
        )
        with urlopen(asked, timeout=20) as answer:
            passed = Response(answer.read(), mimetype=answer.headers["Content-Type"])
        return passed(environ, start_response)

    def exporter(self, request: Request) -> Response:
        if request.path.strip("/") != "api/exporter":
            return Response(self.dump, mimetype="application/octet-stream")
        version = {
            "version_id": "1",
            "created": datetime.now(UTC).isoformat(),
            "is_head": True,
            "size": len(self.dump),
            "checksum": f"md5:{md5(self.dump, usedforsecurity=False).hexdigest()}",
            "links": {"self": f"{self.url}/api/exporter/records-json.tar.gz/1"},
        }
        return Response(json.dumps({"records-json.tar.gz": [version]}), mimetype="application/json")


@pytest.fixture
def swapping(tmp_path: Path) -> Iterator[Swapping]:
    """The sample of the emulator; in its dump the sixth member holds the fifth record."""
    with Emulator(limits="off") as emulator:
        with urlopen(f"{emulator.url}/api/exporter/records-json.tar.gz", timeout=20) as answer:
            (tmp_path / "made.tar.gz").write_bytes(answer.read())
        members = unpack(tmp_path / "made.tar.gz")
        members[5] = (members[5][0], members[4][1])
        app = Swapping(emulator, pack(tmp_path / "served.tar.gz", members).read_bytes())
        server = make_server("127.0.0.1", 0, app, threaded=True)
        app.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield app
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def zh(swapping: Swapping) -> Iterator[Callable[..., Any]]:
    """Run a command line against that server."""
    with LocalBudget() as budget:

        def make_client(site: str, **settings: Any) -> Client:
            return Client(Site("swapping", swapping.url), "", budget=budget, **settings)

        def go(*arguments: str) -> Any:
            outside = Outside(make_client=make_client, is_terminal=lambda _stream: False, environ={})
            runner = CliRunner(env={"TERM": "dumb", "COLUMNS": "160"})
            return runner.invoke(build_app(outside), list(arguments), prog_name="zenodo-harvest")

        yield go


def test_the_summary_of_a_conversion_tells_them(zh: Any, tmp_path: Path) -> None:
    done = zh("dump", "convert", str(tmp_path / "served.tar.gz"), "-o", str(tmp_path / "a.parquet"))
    assert done.exit_code == 0
    assert "1 row with problems, named in the column `problems`." in done.stderr
    assert "1 row with the id of a row before." in done.stderr


def test_a_harvest_by_dump_and_its_receipt_tell_them(zh: Any, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    output = tmp_path / "out" / "all.parquet"
    done = zh("harvest", "--all-versions", "--route", "dump", "-o", str(output))
    receipt = HarvestReceipt.from_json((tmp_path / "out" / "all.parquet.receipt.json").read_text())
    rows = rows_of(output)
    assert done.exit_code == 5
    assert (receipt.rows, receipt.duplicates, receipt.complete) == (len(rows), 1, False)
    assert len({row["id"] for row in rows}) == len(rows) - 1 == int(receipt.total_end or 0) - 1
    assert "1 row has the id of a row before" in str(receipt.reason)
    assert "1 row has the id of a row before" in " ".join(done.stderr.split())
    assert "1 row with problems, named in the column `problems`." in done.stderr
    assert [bool(row["problems"]) for row in rows].index(True) == 5


@pytest.mark.parametrize("output", ["a.parquet", "a.jsonl"])
def test_a_name_that_is_no_id_does_not_become_one(tmp_path: Path, output: str) -> None:
    odd = ["README", "inner.tar.gz", ".DS_Store", "../7.json/x", "NOTES.md"]
    members = [*((name, b"some text") for name in odd), ("8.json", b"{cut"), ("9.json", b'{"id": "9"}')]
    convert(pack(tmp_path / "d.tar.gz", members), [tmp_path / output], provenance=FROM)
    rows = rows_of(tmp_path / output)
    assert [row["id"] for row in rows] == [None] * len(odd) + ["8", "9"]
    told = "id: none in the record, nor in the name of the file in the dump"
    assert all(told in row["problems"] for row in rows[: len(odd)])
