from __future__ import annotations

import csv
import gzip
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from zenodo_harvest.errors import LocalError, UsageError
from zenodo_harvest.export import Sink, describe_output, open_sink, open_sinks
from zenodo_harvest.export.parquet import ParquetWriter
from zenodo_harvest.export.tables import records_table
from zenodo_harvest.records.record import Person, Record

NAMES = ["r.parquet", "r.csv", "r.csv.gz", "r.jsonl", "r.jsonl.gz"]


def records(count: int, start: int = 0) -> list[Record]:
    return [
        Record(id=str(n), title=f"Record {n}", keywords=("a", str(n)), creators=(Person(name=f"P{n}"),))
        for n in range(start, start + count)
    ]


def write_all(sink: Sink, pages: Iterable[list[Record]]) -> None:
    with sink:
        for page in pages:
            sink.write(page)


def pages_until(error: type[BaseException]) -> Iterator[list[Record]]:
    yield records(1_000)
    raise error


def write_past_a_failure(sink: Sink) -> None:
    with sink:
        sink.write(records(1))
        with suppress(TypeError):
            sink.write([Record(keywords=5)])
        sink.write(records(1, start=1))


def ids(path: Path) -> list[str]:
    if path.suffix == ".parquet":
        return pq.read_table(path).column("id").to_pylist()
    text = (gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()).decode()
    if ".csv" in path.name:
        return [row["id"] for row in csv.DictReader(text.splitlines())]
    return [json.loads(line)["id"] for line in text.splitlines()]


@pytest.mark.parametrize("name", NAMES)
def test_the_extension_chooses_the_format_and_all_rows_arrive_in_order(tmp_path: Path, name: str) -> None:
    with open_sink(tmp_path / "new" / name) as sink:
        sink.write(records(3))
        sink.write([])
        sink.write(records(2, start=3))
    assert ids(tmp_path / "new" / name) == ["0", "1", "2", "3", "4"]
    assert sink.paths == (tmp_path / "new" / name,)
    assert sink.rows == 5


@pytest.mark.parametrize("name", NAMES)
def test_no_records_make_a_valid_empty_file(tmp_path: Path, name: str) -> None:
    with open_sink(str(tmp_path / name)):
        pass
    assert ids(tmp_path / name) == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_an_interrupted_run_leaves_the_earlier_file_and_nothing_else(
    tmp_path: Path, name: str, error: type[BaseException]
) -> None:
    (tmp_path / name).write_bytes(b"earlier")
    with pytest.raises(error):
        write_all(open_sink(tmp_path / name, overwrite=True), pages_until(error))
    assert (tmp_path / name).read_bytes() == b"earlier"
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_an_interrupted_first_run_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        write_all(open_sink(tmp_path / "a" / "b", tables=True), pages_until(KeyboardInterrupt))
    assert list(tmp_path.iterdir()) == []


def test_the_final_name_does_not_exist_before_the_block_has_ended(tmp_path: Path) -> None:
    with open_sinks([tmp_path / name for name in NAMES]) as sink:
        sink.write(records(5_000))
        assert not any(path.exists() for path in sink.paths)
    assert all(path.exists() for path in sink.paths)


def test_several_outputs_hold_the_same_rows(tmp_path: Path) -> None:
    with open_sinks([tmp_path / name for name in NAMES]) as sink:
        sink.write(records(7))
    assert [ids(path) for path in sink.paths] == [[str(n) for n in range(7)]] * len(NAMES)
    assert [describe_output(path).rows for path in sink.paths] == [7] * len(NAMES)


def test_no_output_appears_if_one_of_them_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "taken.jsonl").mkdir()
    with (
        pytest.raises(LocalError, match=r"taken\.jsonl"),
        open_sinks([tmp_path / "a.parquet", tmp_path / "taken.jsonl"]),
    ):
        pytest.fail("the block must not be entered")
    assert [path.name for path in tmp_path.iterdir()] == ["taken.jsonl"]


def test_a_record_that_cannot_be_written_leaves_no_output(tmp_path: Path) -> None:
    broken = Record(id="1", keywords=5)
    with pytest.raises(TypeError), open_sinks([tmp_path / "a.jsonl", tmp_path / "a.csv"]) as sink:
        sink.write([broken])
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_cannot_be_passed_over(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        write_past_a_failure(open_sink(tmp_path / "a.csv"))
    assert list(tmp_path.iterdir()) == []


def test_a_sink_used_twice_is_refused_and_the_first_output_stays(tmp_path: Path) -> None:
    sink = open_sink(tmp_path / "r.jsonl")
    with sink:
        sink.write(records(2))
    with pytest.raises(UsageError), sink:
        pytest.fail("the block must not be entered")
    with pytest.raises(UsageError):
        sink.write(records(1))
    assert ids(tmp_path / "r.jsonl") == ["0", "1"]


def test_two_sinks_do_not_share_anything(tmp_path: Path) -> None:
    with open_sink(tmp_path / "a.csv") as one, open_sink(tmp_path / "b.csv") as other:
        one.write(records(1))
        other.write(records(1, start=1))
    assert (ids(tmp_path / "a.csv"), ids(tmp_path / "b.csv")) == (["0"], ["1"])


@pytest.mark.parametrize("name", ["r.xlsx", "r", "r.json", ".csvx"])
def test_an_unknown_extension_is_refused_with_the_list(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError) as caught:
        open_sink(tmp_path / name)
    for extension in (".parquet", ".csv", ".jsonl"):
        assert extension in caught.value.hint
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("r.csv", {"columns": ["titel"]}),
        ("r.csv", {"separator": "\n"}),
        ("r.csv", {"tables": True}),
        ("folder", {"tables": True, "table_formats": ["xlsx"]}),
        ("folder", {"tables": True, "table_formats": []}),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_is_touched(
    tmp_path: Path, name: str, options: dict[str, object]
) -> None:
    with pytest.raises(UsageError):
        open_sink(tmp_path / "new" / name, **options)
    assert list(tmp_path.iterdir()) == []


def test_the_same_output_named_twice_and_no_output_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        open_sinks([tmp_path / "a.csv", tmp_path / "x" / ".." / "a.csv"])
    with pytest.raises(UsageError):
        open_sinks([])


@pytest.mark.parametrize("name", NAMES)
def test_the_same_rows_make_the_same_bytes_however_they_were_handed_over(tmp_path: Path, name: str) -> None:
    rows = records(4_700)
    sizes = {"pages": 100, "odd": 777, "whole": len(rows)}
    for folder, size in sizes.items():
        with open_sink(tmp_path / folder / name) as sink:
            for start in range(0, len(rows), size):
                sink.write(rows[start : start + size])
    assert len({describe_output(tmp_path / folder / name).sha256 for folder in sizes}) == 1


@pytest.mark.parametrize("name", ["r.csv.gz", "r.jsonl.gz"])
def test_a_compressed_file_holds_neither_its_name_nor_the_time(tmp_path: Path, name: str) -> None:
    with open_sink(tmp_path / name):
        pass
    flags_and_time = (tmp_path / name).read_bytes()[3:8]
    assert flags_and_time == bytes(5)


def test_parquet_is_zstd_in_row_groups_of_bounded_size(tmp_path: Path) -> None:
    with (tmp_path / "r.parquet").open("wb") as stream:
        writer = ParquetWriter(stream, records_table(), group_batches=3)
        for start in range(0, 65, 10):
            writer.write(records(65)[start : start + 10])
        writer.close()
    about = pq.read_metadata(tmp_path / "r.parquet")
    assert [about.row_group(n).num_rows for n in range(about.num_row_groups)] == [30, 30, 5]
    assert about.row_group(0).column(0).compression == "ZSTD"
    assert pq.read_schema(tmp_path / "r.parquet").field("doi").metadata[b"description"]


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], check=False, capture_output=True
    )
    if made.returncode:
        pytest.skip("a small disk cannot be mounted here; the file size limit below is tested instead")
    yield disk
    subprocess.run(["umount", disk], check=True)


@pytest.mark.parametrize("name", ["r.parquet", "r.csv", "r.csv.gz", "r.jsonl"])
def test_a_full_disk_is_a_local_error_and_leaves_nothing(tiny_disk: Path, name: str) -> None:
    with pytest.raises(LocalError, match="disk is full") as caught:
        write_all(open_sink(tiny_disk / name), (records(5_000, start) for start in range(0, 60_000, 5_000)))
    assert caught.value.exit_code == 8
    assert caught.value.hint
    assert list(tiny_disk.iterdir()) == []


LIMITED = """
import resource, signal, sys
from pathlib import Path
from zenodo_harvest.errors import LocalError
from zenodo_harvest.export import open_sinks
from zenodo_harvest.records import Record

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
folder, limit = Path(sys.argv[1]), int(sys.argv[4])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    with open_sinks([folder / "small.csv", folder / sys.argv[2]], columns=["id"]) as sink:
        sink.write([Record(id=str(n)) for n in range(int(sys.argv[3]))])
except LocalError as error:
    print(error.exit_code, sys.argv[2] in str(error), sorted(path.name for path in folder.iterdir()))
"""


@pytest.mark.parametrize(
    ("name", "rows", "limit"),
    [
        pytest.param("big.jsonl", 2_000, 20_000, id="while rows are written"),
        pytest.param("big.jsonl", 90, 1_000, id="while the last rows are flushed"),
        pytest.param("big.parquet", 90, 1_000, id="while the footer is written"),
    ],
)
def test_a_file_that_may_not_grow_is_a_local_error_and_no_output_appears(
    tmp_path: Path, name: str, rows: int, limit: int
) -> None:
    run = subprocess.run(
        [sys.executable, "-B", "-c", LIMITED, tmp_path, name, str(rows), str(limit)],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.stderr == ""
    assert run.stdout == "8 True []\n"


MEMORY = """
import resource, sys
from pathlib import Path
from zenodo_harvest.export import open_sinks
from zenodo_harvest.records import Record

def used_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

folder = Path(sys.argv[1])
marks = []
outputs = [folder / "r.parquet", folder / "r.csv", folder / "r.jsonl"]
with open_sinks(outputs, columns=["id", "title"]) as sink:
    for page in range(200):
        sink.write([Record(id=str(n), title=f"{page} {n} " * 700) for n in range(100)])
        if page in (79, 199):
            marks.append(used_mb())
print(marks[1] - marks[0])
"""


def test_memory_does_not_grow_with_rows(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", MEMORY, tmp_path], check=True, capture_output=True, text=True, timeout=60
    )
    assert float(run.stdout) < 25, "12,000 more rows hold 50 MB of text"
