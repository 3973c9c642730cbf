"""Dumps become tables: the recorded ones of the real server software, and larger ones made of them."""

from __future__ import annotations

import csv
import json
import resource
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow.dataset
import pytest
from pyarrow.parquet import ParquetFile, read_metadata, read_table

from doubles import Notes
from zenodo_harvest.errors import LocalError, Refused, UsageError
from zenodo_harvest.export import open_sink, reads_in_threads
from zenodo_harvest.pool import processes
from zenodo_harvest.records import read_record


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def ids(path: Path) -> list[str]:
    return read_table(path, columns=["id"])["id"].to_pylist()


def test_the_recorded_dumps_in_json_and_xml_are_tables_of_the_same_records(
    to_table: Any, recorded: Any, unpack: Any, tmp_path: Path
) -> None:
    for kind, dump in recorded.items():
        done = to_table(dump, tmp_path / f"{kind}.parquet")
        assert (done.rows, done.rows_with_problems, done.skipped) == (383, 0, 0)
        assert done.left_to_python == (0 if reads_in_threads() else None)
        assert ids(tmp_path / f"{kind}.parquet") == [name.partition(".")[0] for name, _ in unpack(dump)]
    native, datacite = (
        {row["id"]: row for row in read_table(tmp_path / f"{kind}.parquet").to_pylist()} for kind in recorded
    )
    assert native.keys() == datacite.keys()
    for same in ("doi", "concept_doi", "publication_year", "publisher", "version_label", "url"):
        assert [native[id_][same] for id_ in native] == [datacite[id_][same] for id_ in native], same
    assert {row["source"] for row in (*native.values(), *datacite.values())} == {"dump"}
    assert len({row["retrieved_at"] for row in native.values()}) == 1


def test_a_dump_makes_the_very_file_that_its_records_make_one_by_one(
    to_table: Any, recorded: Any, unpack: Any, provenance: Any, tmp_path: Path
) -> None:
    to_table(recorded["json"], tmp_path / "dump.parquet")
    with open_sink(tmp_path / "records.parquet") as sink:
        sink.write([read_record(content, provenance) for _, content in unpack(recorded["json"])])
    assert (tmp_path / "dump.parquet").read_bytes() == (tmp_path / "records.parquet").read_bytes()


@pytest.mark.parametrize("partition_by", [None, "year"])
def test_one_process_several_and_any_executor_make_the_same_bytes(
    to_table: Any, several: Path, tmp_path: Path, partition_by: str | None
) -> None:
    made = []
    with ThreadPoolExecutor(3) as threads, processes(2) as workers:
        for name, options in {
            "one": {"workers": 1},
            "two": {"workers": 2},
            "threads": {"executor": threads, "workers": 3},
            "processes": {"executor": workers},
        }.items():
            output = tmp_path / name / ("years" if partition_by else "records.parquet")
            assert to_table(several, output, partition_by=partition_by, **options).rows == 2_100
            made.append(contents(tmp_path / name))
        assert threads.submit(int).result() == 0
    assert made[0] == made[1] == made[2] == made[3]


def test_rows_are_in_the_order_of_the_archive_in_row_groups_of_a_size(
    to_table: Any, several: Path, unpack: Any, tmp_path: Path
) -> None:
    to_table(several, tmp_path / "records.parquet")
    assert ids(tmp_path / "records.parquet") == [name.partition(".")[0] for name, _ in unpack(several)]
    about = read_metadata(tmp_path / "records.parquet")
    assert [about.row_group(number).num_rows for number in range(about.num_row_groups)] == [2_000, 100]


def test_a_folder_by_year_is_read_as_one_table(to_table: Any, several: Path, tmp_path: Path) -> None:
    to_table(several, tmp_path / "whole.parquet")
    to_table(several, tmp_path / "years", partition_by="year")
    folders = sorted(path.name for path in (tmp_path / "years").iterdir())
    assert folders == [f"year={year}" for year in range(2018, 2023)]
    table = pyarrow.dataset.dataset(tmp_path / "years", partitioning="hive").to_table()
    assert table["year"].to_pylist() == [moment.year for moment in table["created"].to_pylist()]
    whole = read_table(tmp_path / "whole.parquet")
    assert table.drop_columns("year").sort_by("id").equals(whole.sort_by("id"))
    for part in (tmp_path / "years").rglob("*.parquet"):
        of_year = ParquetFile(part).read(["id"])["id"].to_pylist()
        assert of_year == sorted(of_year)
        assert ParquetFile(part).schema_arrow.field("id").metadata[b"description"]


def test_xml_tells_no_time_of_creation_so_its_years_are_those_of_publication(
    to_table: Any, recorded: Any, tmp_path: Path
) -> None:
    to_table(recorded["xml"], tmp_path / "years", partition_by="year")
    table = pyarrow.dataset.dataset(tmp_path / "years", partitioning="hive").to_table()
    assert table.num_rows == 383
    assert table["year"].to_pylist() == [year or 0 for year in table["publication_year"].to_pylist()]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("library", ["duckdb", "polars", "dask.dataframe"])
def test_other_tools_read_the_folder_as_it_is(to_table: Any, pack: Any, tmp_path: Path, library: str) -> None:
    tool = pytest.importorskip(library)
    dump = pack(
        tmp_path / "dump.tar.gz",
        [
            ("1.json", b'{"id": "1", "created": "2020-01-01T00:00:00+00:00"}'),
            ("2.json", b"{broken"),
            ("3.json", b'{"id": "3", "created": "2021-01-01T00:00:00+00:00"}'),
        ],
    )
    years = tmp_path / "years"
    to_table(dump, years, partition_by="year")
    if library == "duckdb":
        found = (
            tool.read_parquet(f"{years}/**/*.parquet", hive_partitioning=True).project("id, year").fetchall()
        )
    elif library == "polars":
        found = tool.scan_parquet(years).select("id", "year").collect().rows()
    else:
        frame = tool.read_parquet(years)[["id", "year"]].compute(
            scheduler="synchronous"
        )  # whatever others left
        found = list(frame.itertuples(index=False, name=None))
    assert sorted(found) == [("1", 2020), ("2", 0), ("3", 2021)]


def test_chosen_columns_and_the_raw_text_are_kept_in_order(
    to_table: Any, recorded: Any, unpack: Any, tmp_path: Path
) -> None:
    save = {"columns": ("doi", "id"), "raw": True}
    to_table(recorded["json"], tmp_path / "few.parquet", save=save)
    few = read_table(tmp_path / "few.parquet")
    assert few.column_names == ["doi", "id", "raw"]
    assert few["raw"].to_pylist() == [content.decode() for _, content in unpack(recorded["json"])]
    to_table(recorded["json"], tmp_path / "years", save={"columns": ("doi",)}, partition_by="year")
    assert pyarrow.dataset.dataset(tmp_path / "years").schema.names == ["doi"]


def test_other_formats_and_child_tables_are_written_as_everywhere(
    to_table: Any, recorded: Any, tmp_path: Path
) -> None:
    to_table(recorded["json"], tmp_path / "a.csv", tmp_path / "a.jsonl", tmp_path / "a.parquet")
    with (tmp_path / "a.csv").open(newline="") as rows:
        of_csv = [row["id"] for row in csv.DictReader(rows)]
    of_jsonl = [json.loads(line)["id"] for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert of_csv == of_jsonl == ids(tmp_path / "a.parquet")
    done = to_table(recorded["xml"], tmp_path / "tables", save={"tables": True})
    assert tmp_path / "tables" / "creators.parquet" in done.paths
    assert read_metadata(tmp_path / "tables" / "records.parquet").num_rows == 383


@pytest.mark.parametrize("output", ["odd.parquet", "odd.jsonl"])
def test_members_that_cannot_be_read_are_rows_with_problems(
    to_table: Any, pack: Any, tmp_path: Path, output: str
) -> None:
    members = [
        ("11.json", b""),
        ("12.json", b"{cut"),
        ("13.json", b"[1, 2]"),
        ("14.json", b'{"id": "14", "metadata": 5}'),
        ("15.xml", b"<resource"),
        ("sub/16.json", b"\xff\xfe"),
        ("17.json", b'{"id": "17", "metadata": {"title": "Fine"}}'),
    ]
    done = to_table(pack(tmp_path / "dump.tar.gz", members), tmp_path / output)
    assert (done.rows, done.rows_with_problems) == (7, 6)
    if output.endswith(".parquet"):
        rows = read_table(tmp_path / output).to_pylist()
    else:
        rows = [json.loads(line) for line in (tmp_path / output).read_text().splitlines()]
    assert [row["id"] for row in rows] == ["11", "12", "13", "14", "15", "16", "17"]
    assert [bool(row["problems"]) for row in rows] == [True] * 6 + [False]
    assert "{cut" in rows[1]["extra"]


def test_progress_is_told_in_megabytes_of_the_archive(to_table: Any, pack: Any, tmp_path: Path) -> None:
    noise = bytes(range(256)) * 2_000
    members = [(f"{number}.json", noise[number:]) for number in range(20)]
    dump = pack(tmp_path / "dump.tar.gz", members)
    with dump.open("ab") as more:
        more.write(bytes(3_000_000))
    told = Notes()
    to_table(dump, tmp_path / "a.parquet", progress=told)
    assert (told.started, told.finished, told.notes) == ([("MB of dump.tar.gz", 3)], 1, [])
    assert told.steps <= 3


def test_what_cannot_be_done_is_refused_before_anything_is_read(
    to_table: Any, recorded: Any, tmp_path: Path
) -> None:
    source = recorded["json"]
    for outputs, options, error in (
        ([], {}, UsageError),
        ([tmp_path / "a.xlsx"], {}, UsageError),
        ([tmp_path / "a.parquet"], {"partition_by": "year"}, UsageError),
        ([tmp_path / "a", tmp_path / "b"], {"partition_by": "year"}, UsageError),
        ([tmp_path / "a"], {"partition_by": "month"}, UsageError),
        ([tmp_path / "a.csv"], {"save": {"columns": ("titel",)}}, UsageError),
        ([source], {}, Refused),
    ):
        with pytest.raises(error) as refused:
            to_table(source, *outputs, **options)
        assert refused.value.hint
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_in_it_is_refused_and_an_empty_one_is_used(
    to_table: Any, recorded: Any, tmp_path: Path
) -> None:
    years = tmp_path / "years"
    years.mkdir()
    to_table(recorded["json"], years, partition_by="year")
    before = contents(tmp_path)
    with pytest.raises(Refused, match="already") as refused:
        to_table(recorded["xml"], years, partition_by="year")
    assert refused.value.exit_code == 7
    assert contents(tmp_path) == before


@pytest.mark.parametrize("output", ["records.parquet", "records.csv", "years"])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_truncated_archive_is_an_error_and_an_earlier_output_stays(
    to_table: Any, several: Path, tmp_path: Path, output: str, workers: int
) -> None:
    source = tmp_path / "cut.tar.gz"
    source.write_bytes(several.read_bytes()[:-1_000])
    if output != "years":
        (tmp_path / output).write_bytes(b"earlier")
    before = contents(tmp_path)
    with pytest.raises(LocalError, match=r"cut\.tar\.gz.*cut short") as cut:
        to_table(
            source,
            tmp_path / output,
            workers=workers,
            partition_by="year" if output == "years" else None,
            save={"overwrite": True},
        )
    assert cut.value.exit_code == 8
    assert contents(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []


@contextmanager
def disk_of(size_bytes: int) -> Iterator[None]:
    """Let no file of this process grow beyond so many bytes, and none be cut that Python compiles."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    writes_none, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        sys.dont_write_bytecode = writes_none
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("output", ["records.parquet", "records.jsonl", "years"])
def test_a_failure_at_any_write_leaves_nothing_behind(
    to_table: Any, pack: Any, recorded: Any, unpack: Any, tmp_path: Path, output: str
) -> None:
    members = unpack(recorded["json"])[:40]
    source = pack(tmp_path / "dump.tar.gz", members)
    partition_by = "year" if output == "years" else None
    to_table(source, tmp_path / "whole" / output, partition_by=partition_by)
    largest = max(map(len, contents(tmp_path / "whole").values()))
    out = tmp_path / "out"
    for size_bytes in range(0, largest, largest // 20):
        with disk_of(size_bytes), pytest.raises(LocalError, match=output) as failed:
            to_table(source, out / output, partition_by=partition_by)
        assert failed.value.exit_code == 8
        assert contents(out) == {} if out.exists() else True
        assert not any(out.rglob("*")) if out.exists() else True
    with disk_of(largest):
        to_table(source, out / output, partition_by=partition_by)
    assert contents(out) == contents(tmp_path / "whole")
