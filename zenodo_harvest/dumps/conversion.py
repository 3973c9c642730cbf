"""`convert`: a fetched dump becomes a table."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

from zenodo_harvest.bounds import Bounds
from zenodo_harvest.dumps.archive import Archive, Member, kind_of, open_archive
from zenodo_harvest.dumps.ids_seen import Ids
from zenodo_harvest.durable import Unnamed
from zenodo_harvest.errors import Refused, UsageError
from zenodo_harvest.export import (
    TableReceipt,
    check_columns,
    document_size,
    in_batches,
    open_rows,
    open_sinks,
    reads_in_threads,
    write_receipt,
)
from zenodo_harvest.pool import AHEAD, ahead, cores, in_order, processes, threads
from zenodo_harvest.progress import NoProgress, Progress
from zenodo_harvest.records import Provenance

SMALL_BYTES = 4 << 20
"""A smaller archive is a table before other processes would have started."""
_MB = 1_000_000
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Conversion:
    """What came of a dump.

    Attributes:
        paths: What was written: files, or the folder of a table by year.
        rows: Rows written.
        rows_with_problems: How many of them name problems.
        duplicates: How many of them have the id of a row before them.
        skipped: Entries of the archive that were no files.
        left_to_python: How many of the rows the compiled reader left to the reader in Python; None where it
            had no part.
    """

    paths: tuple[Path, ...]
    rows: int
    rows_with_problems: int = 0
    duplicates: int = 0
    skipped: int = 0
    left_to_python: int | None = None


Seal = Callable[[Conversion, Unnamed], None]
"""Is called with what came of a dump and its outputs before they get their names, to add a receipt."""


def convert(
    source: Path,
    outputs: Sequence[Path],
    *,
    provenance: Provenance,
    save: Mapping[str, Any] | None = None,
    partition_by: Literal["year"] | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    bounds: Bounds | None = None,
    progress: Progress | None = None,
    seal: Seal | None = None,
) -> Conversion:
    """Turn a dump into tables: all outputs appear when the whole dump was read, or none does.

    Rows are in the order of the archive, however many work on them. A member that cannot be read is a
    row that names its problems. A single Parquet file and a table by year are made by all cores: by threads
    where the compiled reader is installed, else by processes; other formats, and several outputs at once,
    by one.

    Args:
        source: A fetched dump: records as JSON or XML, or the deleted ones.
        outputs: Files whose extensions name their formats; with `partition_by` one folder.
        provenance: Where the records come from and when; also `retrieved_at` of every row.
        save: How files are written: the options of `export.open_sink`.
        partition_by: ``year`` makes a folder with one Parquet file for each year,
            ``year=2024/part-0.parquet``, as DuckDB, Polars, Dask and Spark read it. It is the year of
            `created`, of a dump in XML that of the publication, and 0 where there is none.
        workers: How many share the work, or workers of `executor`; None means all cores.
        executor: Does the work instead of this machine's cores. It is not shut down.
        bounds: What one record may come to; a larger one is a row that names its problem.
        progress: Is told how many megabytes of the archive were read.
        seal: Adds the receipt before the outputs get their names; without it, it is a `TableReceipt`.

    Raises:
        UsageError: The outputs or options cannot be used.
        Refused: An output is the dump itself, a file of the user, or a folder with something in it.
        LocalError: The dump is cut short or damaged, or an output cannot be written.
    """
    options = dict(save or {})

    def write(made: Conversion, outputs: Unnamed) -> None:
        receipt = TableReceipt(
            site=provenance.site,
            sources=(str(source),),
            retrieved_at=provenance.retrieved_at,
            rows=made.rows,
            rows_with_problems=made.rows_with_problems,
            duplicates=made.duplicates,
            left_to_python=made.left_to_python,
        )
        write_receipt(receipt, outputs)

    seal = seal or write
    check_outputs(source, outputs, partition_by)
    if kind_of(source) == "tombstones":
        return _tombstones(source, outputs, provenance, options, partition_by, bounds, seal)
    columns = check_columns(options.get("columns"), raw=bool(options.get("raw")))
    provenance = replace(provenance, keep_raw="raw" in columns)
    told = progress or NoProgress()
    with open_archive(source, bounds) as archive:
        chunks = _told(ahead(chunks_of(archive.members()), AHEAD), archive, source, told)
        if partition_by is None and (
            len(outputs) > 1 or options.get("tables") or not _is_parquet(outputs[0])
        ):
            return _into_sinks(chunks, archive, outputs, provenance, options, seal)
        with _executor(executor, workers, source) as (runs, at_once):
            return _into_parquet(
                chunks,
                archive,
                outputs[0],
                provenance,
                columns,
                runs,
                at_once,
                by_year=bool(partition_by),
                overwrite=bool(options.get("overwrite")),
                seal=seal,
            )


def check_outputs(source: Path, outputs: Sequence[Path], partition_by: str | None) -> None:
    """Refuse outputs that cannot be written, before anything is read.

    Raises:
        UsageError: There is none, or several where one is possible, or the partition is unknown.
        Refused: An output is the dump itself.
    """
    if not outputs:
        raise UsageError("There is no output to write to.", hint="Name at least one file (-o).")
    if partition_by not in (None, "year"):
        raise UsageError(f"A table cannot be partitioned by {partition_by!r}.", hint="Use year.")
    if partition_by and (len(outputs) > 1 or outputs[0].suffix):
        raise UsageError("A table by year is one folder.", hint="Name one folder, such as -o records.")
    if os.path.realpath(source) in map(os.path.realpath, outputs):
        raise Refused(f"{str(source)!r} would be written over itself.", hint="Name another output.")


def _tombstones(
    source: Path,
    outputs: Sequence[Path],
    provenance: Provenance,
    options: Mapping[str, Any],
    partition_by: str | None,
    bounds: Bounds | None,
    seal: Seal,
) -> Conversion:
    from zenodo_harvest.dumps.tombstones import fields_of, read_tombstones, size_of

    if partition_by or options.get("tables") or options.get("raw"):
        raise UsageError(
            "The deleted records are one plain table.", hint="Name a file, such as -o deleted.parquet."
        )
    fields, odd = fields_of(options.get("columns")), 0
    how = {name: bool(options.get(name)) for name in ("raw_csv", "spreadsheet", "overwrite")}
    with open_rows(outputs, "tombstones", fields, **how) as sink:
        for rows in in_batches(read_tombstones(source, provenance, bounds), size_of):
            sink.write([tuple(row[field.name] for field in fields) for row in rows])
            odd += sum(1 for row in rows if row["problems"])
        conversion = Conversion(sink.paths, sink.rows, rows_with_problems=odd)
        seal(conversion, sink)
    return conversion


def _into_sinks(
    chunks: Iterable[Sequence[Member]],
    archive: Archive,
    outputs: Sequence[Path],
    provenance: Provenance,
    options: Mapping[str, Any],
    seal: Seal,
) -> Conversion:
    from zenodo_harvest.dumps.chunks import read_members

    odd, ids = 0, Ids()
    with open_sinks(outputs, **options) as sink:
        for members in chunks:
            records = read_members(members, provenance)
            sink.write(records)
            odd += sum(1 for record in records if record.problems)
            ids.add(record.id for record in records)
        conversion = Conversion(sink.paths, sink.rows, odd, ids.repeated, archive.skipped)
        seal(conversion, sink)
    return conversion


def _into_parquet(
    chunks: Iterable[Sequence[Member]],
    archive: Archive,
    output: Path,
    provenance: Provenance,
    columns: tuple[str, ...],
    executor: Executor | None,
    workers: int,
    *,
    by_year: bool,
    overwrite: bool,
    seal: Seal,
) -> Conversion:
    from zenodo_harvest.dumps.chunks import Chunk, Recipe, make_chunk, schema_of
    from zenodo_harvest.dumps.destination import ByYear, OneFile

    recipe = Recipe(provenance, columns, by_year)
    schema = schema_of(recipe)
    work = partial(make_chunk, recipe)
    rows = odd = 0
    left: int | None = None
    ids = Ids()

    def write(chunk: Chunk) -> Chunk:
        for year, batch in chunk.batches:
            parts.write(year, batch)
        return chunk

    with (ByYear if by_year else OneFile)(output, schema, overwrite=overwrite) as parts:
        with ThreadPoolExecutor(1) as writer:
            made = in_order(work, chunks, executor, workers) if executor else map(work, chunks)
            # one thread, with room for the chunks of a row group: nobody waits while it writes one
            for chunk in in_order(write, made, writer, workers=2):
                rows += chunk.rows
                odd += chunk.rows_with_problems
                if chunk.left_to_python is not None:
                    left = (left or 0) + chunk.left_to_python
                ids.add(chunk.ids)
        if left is not None:
            _log.info("%d of %d records were left to the reader in Python", left, rows)
        conversion = Conversion(parts.paths, rows, odd, ids.repeated, archive.skipped, left)
        seal(conversion, parts)
    return conversion


@contextmanager
def _executor(
    given: Executor | None, workers: int | None, source: Path
) -> Iterator[tuple[Executor | None, int]]:
    """Yield who does the work, None for this process alone, and how many workers they are."""
    if given is not None:
        yield given, workers or cores()
        return
    if workers is None:
        workers = cores() if source.stat().st_size >= SMALL_BYTES else 1
    if workers == 1:
        yield None, 1
        return
    pool = threads(workers) if reads_in_threads() else processes(workers, "zenodo_harvest.dumps.chunks")
    with pool as executor:
        yield executor, workers


def chunks_of(members: Iterable[Member]) -> Iterator[list[Member]]:
    """Yield members in groups whose borders depend on them alone."""
    return in_batches(members, lambda member: document_size(member.content))


def _told(
    chunks: Iterable[list[Member]], archive: Archive, source: Path, progress: Progress
) -> Iterator[list[Member]]:
    """Yield the chunks and tell how far into the archive they have come."""
    progress.start(f"MB of {source.name}", source.stat().st_size // _MB)
    done, is_empty = 0, True
    for chunk in chunks:
        is_empty = False
        read = archive.read_bytes // _MB
        progress.advance(read - done)
        done = read
        yield chunk
    progress.finish()
    if is_empty:
        progress.note(f"{source.name} has no members: the table has no rows.")


def _is_parquet(path: Path) -> bool:
    return path.name.lower().endswith(".parquet")
