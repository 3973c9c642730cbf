"""`Sink`: where rows go. A file appears under its final name only when it is whole."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from gzip import GzipFile
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, Protocol, Self, cast

from zenodo_harvest.durable import Group, local_errors
from zenodo_harvest.errors import UsageError
from zenodo_harvest.export.batches import Batches, size_of
from zenodo_harvest.export.csv import SEPARATOR, CsvWriter, check_separator
from zenodo_harvest.export.jsonl import JsonlWriter
from zenodo_harvest.export.tables import Table, child_tables, records_table

if TYPE_CHECKING:
    from zenodo_harvest.export.parquet import ParquetWriter

EXTENSIONS = (".parquet", ".csv", ".csv.gz", ".jsonl", ".jsonl.gz")
TABLE_FORMATS = ("parquet", "csv")


class Writer(Protocol):
    """Writes the rows of one table to a stream."""

    def write(self, records: Sequence[Any]) -> None:
        """Append the rows that `records` make."""

    def close(self) -> None:
        """Write whatever was held back."""

    def abort(self) -> None:
        """Let go of the stream."""


@dataclass(frozen=True, slots=True)
class CsvOptions:
    """How CSV is to look: the `separator` of lists, whether text stays `raw`, or is for a `spreadsheet`."""

    separator: str
    raw: bool
    spreadsheet: bool


@dataclass(frozen=True, slots=True)
class Target:
    """One file to write: its final `path`, its `table` and, by its `extension`, its format."""

    path: Path
    table: Table
    extension: str
    options: CsvOptions


class Sink:
    """Takes records and writes them to one or several files at once.

    Used as a context manager: when the block ends well the files get their final names, after all of
    them are complete. If it ends with any exception none of them appears, files of an earlier run stay
    as they were, and nothing temporary is left. A failed write fails the block even if the caller caught
    it. A sink writes once; a second block is refused.
    """

    def __init__(self, targets: Sequence[Target], *, overwrite: bool = False) -> None:
        self.targets = tuple(targets)
        """The files it writes."""
        self.overwrite = overwrite
        """Whether it replaces what is no unchanged output of ours."""
        self._files: list[_OpenFile] = []
        self._stack = ExitStack()
        self._state: Literal["new", "open", "used"] = "new"
        self._failure: BaseException | None = None
        self._batches = Batches(size_of)
        self.rows = 0
        """Records taken so far."""

    @property
    def paths(self) -> tuple[Path, ...]:
        """The final paths of the files."""
        return tuple(target.path for target in self.targets)

    @property
    def takes_batches(self) -> bool:
        """Whether `write_batch` can be used: all files are tables of records as Parquet."""
        return all(
            target.extension == ".parquet" and target.table.name == "records" for target in self.targets
        )

    def write(self, records: Sequence[Any]) -> None:
        """Append records, or rows of another table that the sink was made for, in order.

        Raises:
            LocalError: The disk is full or a file cannot be written.
            UsageError: The sink is not open.
        """
        with self._writing():
            self._write(self._batches.take(records))
        self.rows += len(records)

    def write_batch(self, batch: Any) -> None:
        """Append records as an Arrow batch of all columns, where the sink `takes_batches`.

        Raises:
            LocalError: The disk is full or a file cannot be written.
            UsageError: The sink is not open.
        """
        with self._writing():
            self._write(self._batches.rest())
            for file in self._files:
                file.write_batch(batch)
        self.rows += batch.num_rows

    @contextmanager
    def _writing(self) -> Iterator[None]:
        if self._state != "open":
            raise UsageError("The output is not open.", hint="Write inside `with open_sink(…) as sink:`.")
        try:
            yield
        except BaseException as failure:
            self._failure = failure
            raise

    def _write(self, batches: Iterable[Sequence[Any]]) -> None:
        for batch in batches:
            for file in self._files:
                file.write(batch)

    def finish(self) -> tuple[Path, ...]:
        """Write everything to the end, and return where each file lies until the block ends.

        Nothing can be written afterwards.

        Raises:
            LocalError: The disk is full or a file cannot be written.
        """
        self._state = "used"
        if self._failure is not None:
            raise self._failure
        self._write(self._batches.rest())
        for file in self._files:
            file.finish()
        return tuple(file.temporary for file in self._files)

    def claim(self) -> None:
        """Keep other runs from giving files their names in the same folders until the block has ended.

        Raises:
            LocalError: Another run does so, and does not end.
        """
        self._group.claim()

    def add_text(self, path: Path, text: str) -> None:
        """Add a file of text, such as a receipt, that appears together with the others.

        Raises:
            Refused: There is a pipe or a device.
            LocalError: It cannot be written.
        """
        self._group.text(path, text)

    def __enter__(self) -> Self:
        if self._state != "new":
            raise UsageError("This sink was used before.", hint="Open a new one for each output.")
        self._state = "used"
        with ExitStack() as stack:
            self._group = stack.enter_context(Group(overwrite=self.overwrite))
            for target in self.targets:
                file = _OpenFile(target, self._group.file(target.path))
                stack.callback(file.abort)
                self._files.append(file)
            self._stack = stack.pop_all()
        self._state = "open"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._state = "used"
        if error is not None:
            self._stack.__exit__(kind, error, trace)
            return
        with self._stack:
            self.finish()


def open_sink(
    path: Path | str,
    *,
    columns: Sequence[str] | None = None,
    raw: bool = False,
    raw_csv: bool = False,
    spreadsheet: bool = False,
    tables: bool = False,
    table_formats: Sequence[str] = ("parquet",),
    separator: str = SEPARATOR,
    overwrite: bool = False,
) -> Sink:
    """Return a sink that writes to `path`, in the format its extension names.

    Args:
        path: A file ending in one of `EXTENSIONS`, or with `tables` a folder.
        columns: Columns of the records table, in the order wanted; None means all. With `tables` id is one.
        raw: Add the column ``raw``, the server's JSON as text.
        raw_csv: In CSV, leave text that a spreadsheet would run as it is.
        spreadsheet: In CSV, begin with a byte order mark, and keep text such as the version ``1.0`` from
            becoming a number or a date, by an apostrophe before it.
        tables: Write ``records`` and the child tables into the folder `path`.
        table_formats: With `tables`, the formats of each table: ``parquet``, ``csv`` or both.
        separator: In CSV, what stands between the items of a list.
        overwrite: Replace also a file that no receipt beside it names as an unchanged output.

    Raises:
        UsageError: The extension, a column, a format, the separator or a combination of options cannot be
            used. Nothing was touched.
    """
    check_separator(separator)
    if raw_csv and spreadsheet:
        raise UsageError(
            "CSV cannot be raw and for a spreadsheet at once.",
            hint="Give --raw-csv (in Python raw_csv=) or --spreadsheet (spreadsheet=).",
        )
    options = CsvOptions(separator, raw_csv, spreadsheet)
    records = records_table(columns, raw=raw)
    final = Path(path)
    if not tables:
        return Sink([Target(final, records, _extension_of(final), options)], overwrite=overwrite)
    if _known_extension(final):
        raise UsageError(
            f"With tables the output is a folder, and {final.name!r} is the name of a file.",
            hint=f"Name a folder, for example {str(final.with_suffix(''))!r}.",
        )
    if "id" not in {each.name for each in records.fields}:
        raise UsageError(
            "The child tables are joined by id, and it is not among the columns.", hint="Add the column id."
        )
    unknown = [name for name in table_formats if name not in TABLE_FORMATS]
    if unknown or not table_formats:
        raise UsageError(
            f"Tables cannot be written as {', '.join(unknown) or 'nothing'}.",
            hint="Use parquet, csv, or each of them.",
        )
    return Sink(
        [
            Target(final / f"{table.name}.{name}", table, f".{name}", options)
            for table in (records, *child_tables())
            for name in dict.fromkeys(table_formats)
        ],
        overwrite=overwrite,
    )


def sink_of(tables: Mapping[Path, Table]) -> Sink:
    """Return a sink that writes each table to its path, in the usual form of the format.

    Raises:
        UsageError: An extension names no format.
    """
    usual = CsvOptions(SEPARATOR, raw=False, spreadsheet=False)
    return Sink([Target(path, table, _extension_of(path), usual) for path, table in tables.items()])


def open_sinks(paths: Sequence[Path | str], *, overwrite: bool = False, **options: Any) -> Sink:
    """Return one sink that writes to all of `paths`: either all files appear or none.

    Args:
        paths: As `path` of `open_sink`, each another file.
        overwrite: As that of `open_sink`.
        options: As those of `open_sink`, for all of them.

    Raises:
        UsageError: As `open_sink`; or a path is named twice, or there is none.
    """
    targets = [target for path in paths for target in open_sink(path, **options).targets]
    if not targets:
        raise UsageError("There is no output to write to.", hint="Name at least one file (-o).")
    places = [os.path.realpath(target.path) for target in targets]
    for target, place in zip(targets, places, strict=True):
        if places.count(place) > 1:
            raise UsageError(f"{str(target.path)!r} is named twice.", hint="Name each output once.")
        if any(str(folder) in places for folder in Path(place).parents):
            raise UsageError(
                f"{str(target.path)!r} is in a folder that is named as a file.", hint="Name it elsewhere."
            )
    return Sink(targets, overwrite=overwrite)


def try_sinks(paths: Sequence[Path | str], **options: Any) -> None:
    """Open the sink of `paths` and abandon it: what cannot be written shows, and nothing is left.

    Raises:
        UsageError: As `open_sinks`.
        Refused: An output is a file of the user.
        LocalError: One cannot be written.
    """
    with suppress(_Abandoned), open_sinks(paths, **options):
        raise _Abandoned


class _Abandoned(Exception):
    """Ends a block whose outputs were only tried."""


class _OpenFile:
    """One file while it is written under its temporary name."""

    def __init__(self, target: Target, temporary: Path) -> None:
        self._path = target.path
        self.temporary = temporary
        with local_errors(self._path), ExitStack() as stack:
            stream: BinaryIO = stack.enter_context(temporary.open("wb"))
            if target.extension.endswith(".gz"):
                stream = cast("BinaryIO", stack.enter_context(GzipFile("", "wb", fileobj=stream, mtime=0)))
            self._writer = _writer(target, stream)
            self._streams = stack.pop_all()
        self._is_done = False

    def write(self, records: Sequence[Any]) -> None:
        with local_errors(self._path):
            self._writer.write(records)

    def write_batch(self, batch: Any) -> None:
        with local_errors(self._path):
            cast("ParquetWriter", self._writer).write_batch(batch)

    def finish(self) -> None:
        """Write everything to the end and close the file; once it is, there is nothing to do."""
        if self._is_done:
            return
        with local_errors(self._path):
            self._writer.close()
            self._streams.close()
        self._is_done = True

    def abort(self) -> None:
        """Close the file as it is, unless it is finished."""
        if self._is_done:
            return
        self._writer.abort()
        with suppress(OSError):
            self._streams.close()


def _writer(target: Target, stream: BinaryIO) -> Writer:
    if target.extension == ".parquet":
        from zenodo_harvest.export.parquet import ParquetWriter

        return ParquetWriter(stream, target.table)
    if target.extension.startswith(".csv"):
        return CsvWriter(stream, target.table, **asdict(target.options))
    return JsonlWriter(stream, target.table)


def _known_extension(path: Path) -> str | None:
    return next((ending for ending in EXTENSIONS if path.name.lower().endswith(ending)), None)


def _extension_of(path: Path) -> str:
    extension = _known_extension(path)
    if extension is None:
        known = ", ".join(EXTENSIONS)
        raise UsageError(
            f"{str(path)!r} does not say in which format to write.",
            hint=f"End its name in one of {known}, or ask for a folder of tables: --tables, tables=True.",
        )
    return extension
