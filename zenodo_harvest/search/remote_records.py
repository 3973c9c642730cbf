"""`RemoteRecords`: records that are iterated over, made into a table, or saved with a receipt."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, Unpack

from zenodo_harvest.durable import Unnamed, beside, write_text
from zenodo_harvest.errors import Incomplete, NotFound, UsageError, unpicklable
from zenodo_harvest.progress import Progress
from zenodo_harvest.records import Record
from zenodo_harvest.search.options import SaveOptions
from zenodo_harvest.search.receipt import RECEIPT, OutputWritten, Receipt, receipt_name
from zenodo_harvest.search.sink import Sink, pour

if TYPE_CHECKING:
    from pandas import DataFrame


AnyReceipt = TypeVar("AnyReceipt", bound=Receipt)


class FileSink(Sink, Unnamed, Protocol):
    """A sink that writes files."""


class Described(Protocol):
    """What is known of a finished file."""

    @property
    def size_bytes(self) -> int:
        """Its size."""

    @property
    def sha256(self) -> str:
        """Its digest."""

    @property
    def rows(self) -> int | None:
        """Its rows, if its format tells."""


class Exporter(Protocol):
    """What makes tables and files of records; the client hands in one that uses ``export``."""

    def sink(self, paths: Sequence[Path], options: SaveOptions) -> AbstractContextManager[FileSink]:
        """Return what writes to `paths`."""

    def describe(self, path: Path) -> Described:
        """Return size, digest and rows of a finished file."""

    def table(self, records: Iterable[Record], columns: Sequence[str] | None, *, raw: bool) -> Any:
        """Return an Arrow table."""

    def frame(self, table: Any) -> DataFrame:
        """Return an Arrow table as a data frame."""


class OneAtATime(Iterator[Record]):
    """Records for one thread at a time: two that take from the same walk would get parts of each other's."""

    def __init__(self, records: Iterator[Record]) -> None:
        self._records = records
        self._mutex = Lock()

    def __next__(self) -> Record:
        with self._alone():
            return next(self._records)

    def close(self) -> None:
        """End the walk."""
        with self._alone():
            if isinstance(self._records, Generator):
                self._records.close()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if not self._mutex.acquire(blocking=False):
            raise UsageError(
                "Two threads take records from the same iterator.",
                hint="Have one thread iterate and hand the records to the others, or give each a search.",
            )
        try:
            yield
        finally:
            self._mutex.release()


class RemoteRecords(ABC):
    """Records on the server that are fetched anew by each use: no answer is kept."""

    receipt: Receipt | None = None
    """What the latest fetch asked for and brought; None before one has ended."""

    def __init__(self, exporter: Exporter, progress: Progress) -> None:
        self._exporter = exporter
        self._progress = progress

    @property
    @abstractmethod
    def total(self) -> int:
        """How many records there are."""

    def walk(self, *, keep_raw: bool = False) -> Iterator[Record]:
        """Yield the records, each once, fetching them as they are taken; one thread takes them all.

        Args:
            keep_raw: Keep the server's JSON of each record in `Record.raw`.

        Raises:
            TooManyResults: More than the server lets anyone page through, and no limit was given.
            Incomplete: Rows are missing; `receipt` says which counts disagree.
        """
        return OneAtATime(self._walk(keep_raw=keep_raw))

    @abstractmethod
    def _walk(self, *, keep_raw: bool) -> Iterator[Record]:
        """Yield the records, each once; `receipt` is there at the end."""

    def __iter__(self) -> Iterator[Record]:
        return self.walk()

    def __reduce__(self) -> tuple[Any, ...]:
        raise unpicklable("What fetches records")

    @property
    def refusal(self) -> NotFound | None:
        """Why what the latest walk brought is not to be written, None if it is."""
        return None

    def to_arrow(self, columns: Sequence[str] | None = None, *, raw: bool = False) -> Any:
        """Fetch everything into a `pyarrow.Table`; with `raw` it has the server's JSON as a column."""
        return self._exporter.table(self.walk(keep_raw=raw), columns, raw=raw)

    def to_pandas(self, columns: Sequence[str] | None = None, *, raw: bool = False) -> DataFrame:
        """Fetch everything into a data frame with Arrow types."""
        return self._exporter.frame(self.to_arrow(columns, raw=raw))

    def to_parquet(self, path: Path | str, **options: Unpack[SaveOptions]) -> Receipt:
        """Fetch everything into a Parquet file; see `save`."""
        return self.save(_ending(path, ".parquet"), **options)

    def to_csv(self, path: Path | str, **options: Unpack[SaveOptions]) -> Receipt:
        """Fetch everything into a CSV file (``.csv`` or ``.csv.gz``); see `save`."""
        return self.save(_ending(path, ".csv", ".csv.gz"), **options)

    def to_jsonl(self, path: Path | str, **options: Unpack[SaveOptions]) -> Receipt:
        """Fetch everything into a JSON Lines file (``.jsonl`` or ``.jsonl.gz``); see `save`."""
        return self.save(_ending(path, ".jsonl", ".jsonl.gz"), **options)

    def save(self, *paths: Path | str, **options: Unpack[SaveOptions]) -> Receipt:
        """Fetch everything once into one or several files, with a receipt beside the first.

        The files appear when all rows are there, or not at all; memory does not grow with the rows. The
        receipt is ``receipt.json``, or ``<name>.receipt.json`` where the first belongs to other files.

        Args:
            paths: Files ending in .parquet, .csv, .csv.gz, .jsonl or .jsonl.gz; with ``tables`` a folder.
            options: As for ``export.open_sink``: columns, raw, raw_csv, tables, table_formats, separator.

        Raises:
            UsageError: A path or column cannot be used. Nothing was fetched.
            LocalError: A file cannot be written.
            Incomplete: Rows are missing. No table was written; ``<output>.incomplete.json`` is the receipt.
        """
        files = [Path(path) for path in paths]
        incomplete = beside(files[0], ".incomplete.json")
        try:
            with self._exporter.sink(files, options) as sink:
                pour(self.walk(keep_raw=options.get("raw", False)), sink)
                if refusal := self.refusal:
                    raise refusal
                if self.receipt is None:
                    raise RuntimeError("the walk ended without a receipt")
                self.receipt = write_receipt(self.receipt, sink, self._exporter, self._progress)
        except Incomplete:
            if self.receipt is not None:
                write_text(incomplete, self.receipt.to_json())
            raise
        with suppress(OSError):
            incomplete.unlink()
        return self.receipt


def write_receipt(receipt: AnyReceipt, sink: Unnamed, exporter: Exporter, progress: Progress) -> AnyReceipt:
    """Describe the files of a sink in the receipt, which appears together with them.

    Args:
        receipt: What it says apart from the files.
        sink: The files; they are finished here.
        exporter: Describes them.
        progress: Is told where the receipt is, unless in ``receipt.json`` beside the first of them.
    """
    files = sink.paths
    folder = files[0].parent
    outputs = tuple(
        _written(file, folder, exporter.describe(now)) for file, now in zip(files, sink.finish(), strict=True)
    )
    receipt = replace(receipt, outputs=outputs)
    sink.claim()
    place = _receipt_place(folder, files)
    if place.name != RECEIPT:
        progress.note(f"{RECEIPT} in {folder} belongs to other files; this receipt is {place.name}.")
    sink.add_text(place, receipt.to_json())
    return receipt


def _receipt_place(folder: Path, files: Sequence[Path]) -> Path:
    """Return where the receipt of `files` goes; a receipt can name no file whose name is no Unicode."""
    usual = folder / RECEIPT
    is_usable = usual.is_file() or not os.path.lexists(usual)
    if is_usable and all(map(_is_unicode, files)) and receipt_name(folder, files) == RECEIPT:
        return usual
    return beside(files[0], f".{RECEIPT}")


def _is_unicode(path: Path) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in path.name)


def _written(file: Path, folder: Path, described: Described) -> OutputWritten:
    place = os.fsencode(Path(os.path.relpath(file, folder)).as_posix()).decode("utf-8", "backslashreplace")
    return OutputWritten(place, described.size_bytes, described.sha256, described.rows)


def _ending(path: Path | str, *endings: str) -> Path:
    """Return the path if its name ends as the method promises."""
    file = Path(path)
    if not file.name.lower().endswith(endings):
        raise UsageError(
            f"{str(path)!r} does not end in {' or '.join(endings)}.",
            hint="Change the name, or use `save`, which goes by the ending.",
        )
    return file
