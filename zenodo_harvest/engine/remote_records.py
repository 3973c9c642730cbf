"""`RemoteRecords`: records that are iterated over, made into a table, or saved with a receipt."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from operator import index
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Self, Unpack, overload

from zenodo_harvest.display import with_problems
from zenodo_harvest.durable import beside, write_text
from zenodo_harvest.engine.options import PREVIEW_ROWS, SaveOptions, check_save_options, paths_of
from zenodo_harvest.engine.receipt import Receipt
from zenodo_harvest.errors import Incomplete, NotFound, UsageError, unpicklable
from zenodo_harvest.export import Sink, in_batches, open_sinks, size_of, write_receipt
from zenodo_harvest.http import Context
from zenodo_harvest.progress import Progress
from zenodo_harvest.records import Provenance, Record

if TYPE_CHECKING:
    from pandas import DataFrame

    from zenodo_harvest.export import DtypeBackend


@dataclass(frozen=True, slots=True)
class Miss:
    """A reference that led to no record, and why."""

    ref: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a walk came to: its receipt, None before it has ended, and what it did not find."""

    receipt: Receipt | None = None
    missing: tuple[Miss, ...] = ()


def provenance_of(context: Context, at: datetime | None = None, *, keep_raw: bool = False) -> Provenance:
    """Return where the records come from that a search brings from a time on, else from now on."""
    site = context.site
    return Provenance(
        site=site.name,
        source="search",
        retrieved_at=at or context.now(),
        base_url=site.url,
        keep_raw=keep_raw,
    )


def pour(records: Iterable[Record], sink: Sink) -> int:
    """Write all records to the sink in batches and return how many there were."""
    count = 0
    for batch in in_batches(records, size_of):
        sink.write(batch)
        count += len(batch)
    return count


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
    """Records on the server. The first use that brings all of them keeps them for the next ones.

    What is larger than `kept_bytes` is not kept: each use fetches it anew.
    """

    kept_bytes = 32 << 20
    """The most that is kept, by the size of the texts and lists."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._kept: dict[bool, tuple[tuple[Record, ...], Outcome]] = {}
        self._outcome = Outcome()

    @property
    def receipt(self) -> Receipt | None:
        """What the latest fetch asked for and brought; None before one has ended."""
        return self._outcome.receipt

    @property
    @abstractmethod
    def total(self) -> int:
        """How many records there are."""

    def walk(self, *, keep_raw: bool = False) -> Iterator[Record]:
        """Yield the records, each once, fetching them as they are taken unless they were kept.

        One thread takes them all.

        Args:
            keep_raw: Keep the server's JSON of each record in `Record.raw`.

        Raises:
            TooManyResults: More than the server lets anyone page through, and no limit was given.
            Incomplete: Rows are missing; `receipt` says which counts disagree.
        """
        if kept := self._kept.get(keep_raw):
            records, self._outcome = kept
            return iter(records)
        return OneAtATime(self._keeping(self._walk(keep_raw=keep_raw), keep_raw=keep_raw))

    def fetch(self) -> Self:
        """Fetch all records now, anew if they were kept, and return these results."""
        self._forget()
        for _ in self.walk():
            pass
        return self

    def _forget(self) -> None:
        """Forget what was fetched."""
        self._kept = {}

    def _keeping(self, records: Iterator[Record], *, keep_raw: bool) -> Iterator[Record]:
        """Yield the records, and keep them at their end unless they are too large."""
        kept: list[Record] = []
        left_bytes, odd = self.kept_bytes, 0
        for record in records:
            odd += bool(record.problems)
            left_bytes -= size_of(record)
            if left_bytes >= 0:
                kept.append(record)
            else:
                kept.clear()
            yield record
        if left_bytes >= 0:
            self._kept[keep_raw] = (tuple(kept), self._outcome)
        if odd:
            self._progress.note(with_problems(odd))

    @abstractmethod
    def _walk(self, *, keep_raw: bool) -> Iterator[Record]:
        """Yield the records, each once; `receipt` is there at the end."""

    def __iter__(self) -> Iterator[Record]:
        return self.walk()

    @overload
    def __getitem__(self, place: int) -> Record: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Record, ...]: ...
    def __getitem__(self, place: int | slice) -> Record | tuple[Record, ...]:
        """Return one record or several by their place; no more are asked for than that takes.

        Raises:
            IndexError: There is no record at this place.
            UsageError: It is the name of a column.
        """
        if isinstance(place, str):
            raise UsageError(f"Results have no column {place!r}.", hint="Make a table first: to_pandas().")
        whole = place if isinstance(place, slice) else slice(index(place), index(place) + 1)
        is_from_end = whole.stop is None or min(whole.start or 0, whole.stop, whole.step or 1) < 0
        records = tuple(self) if is_from_end else self.preview(max(whole.stop, PREVIEW_ROWS))
        try:
            return records[place]
        except IndexError:
            raise IndexError(f"{self} has no record {place}.") from None

    def preview(self, rows: int = PREVIEW_ROWS) -> tuple[Record, ...]:
        """Return the first records; all are fetched for it, and kept."""
        return tuple(self)[:rows]

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Let Polars, DuckDB and pyarrow take the records as they are: ``polars.DataFrame(results)``."""
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    def __reduce__(self) -> tuple[Any, ...]:
        raise unpicklable("What fetches records")

    @property
    def refusal(self) -> NotFound | None:
        """Why what the latest walk brought is not to be written, None if it is."""
        return None

    def to_arrow(self, columns: Sequence[str] | None = None, *, raw: bool = False) -> Any:
        """Fetch everything into a `pyarrow.Table`; with `raw` it has the server's JSON as a column."""
        from zenodo_harvest.export import to_table

        return to_table(self.walk(keep_raw=raw), columns, raw=raw)

    def to_pandas(
        self,
        columns: Sequence[str] | None = None,
        *,
        raw: bool = False,
        dtype_backend: DtypeBackend = "numpy_nullable",
    ) -> DataFrame:
        """Fetch everything into a data frame on which everyday pandas code works.

        Args:
            columns: Names of columns in the order wanted; None means all.
            raw: Add the column ``raw``, the server's JSON as text.
            dtype_backend: ``"numpy_nullable"``, or ``"pyarrow"`` for Arrow's types, as pandas calls them.

        Raises:
            UsageError: A column or the backend is unknown. Nothing was fetched.
        """
        from zenodo_harvest.export import check_dtype_backend, to_frame

        check_dtype_backend(dtype_backend)
        return to_frame(self.to_arrow(columns, raw=raw), dtype_backend)

    def to_polars(self, columns: Sequence[str] | None = None, *, raw: bool = False) -> Any:
        """Fetch everything into a ``polars.DataFrame``.

        Raises:
            UsageError: Polars is not installed.
        """
        try:
            from polars import from_arrow
        except ImportError:
            raise UsageError("Polars is not installed.", hint="Install it with: pip install polars") from None
        return from_arrow(self.to_arrow(columns, raw=raw))

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
        receipt is called as the first with ``.receipt.json`` after it.

        Args:
            paths: Files ending in .parquet, .csv, .csv.gz, .jsonl or .jsonl.gz; with ``tables`` a folder.
            options: As for ``export.open_sink``: columns, raw, raw_csv, spreadsheet, tables, table_formats,
                separator, overwrite.

        Raises:
            UsageError: A path or column cannot be used. Nothing was fetched.
            Refused: A file of yours has the name of an output. Nothing was fetched.
            LocalError: A file cannot be written.
            Incomplete: Rows are missing. No table was written; ``<output>.incomplete.json`` is the receipt.
        """
        files = paths_of(paths)
        check_save_options(options)
        incomplete = beside(files[0], ".incomplete.json")
        try:
            with open_sinks(files, **options) as sink:
                pour(self.walk(keep_raw=options.get("raw", False)), sink)
                if refusal := self.refusal:
                    raise refusal
                if self.receipt is None:
                    raise RuntimeError("the walk ended without a receipt")
                receipt = write_receipt(self.receipt, sink)
        except Incomplete:
            if self.receipt is not None:
                write_text(incomplete, self.receipt.to_json())
            raise
        with suppress(OSError):
            incomplete.unlink()
        self._outcome = replace(self._outcome, receipt=receipt)
        return receipt


def _ending(path: Path | str, *endings: str) -> Path:
    """Return the path if its name ends as the method promises."""
    (file,) = paths_of([path])
    if not file.name.lower().endswith(endings):
        raise UsageError(
            f"{str(path)!r} does not end in {' or '.join(endings)}.",
            hint="Change the name, or use `save`, which goes by the ending.",
        )
    return file
