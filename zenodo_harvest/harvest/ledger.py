"""`Ledger`: what a harvest has asked, where each window stands, and its rows; kept in a journal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import msgspec

from zenodo_harvest.durable import Journal, Row
from zenodo_harvest.engine import Standing
from zenodo_harvest.errors import UsageError
from zenodo_harvest.harvest.receipt import Changes, Gone
from zenodo_harvest.query import BEGINNING, Counted, Window, joined
from zenodo_harvest.raw_records import RawRecord
from zenodo_harvest.records import read_head
from zenodo_harvest.sites import Dialect

_APPEARED, _EDITED, _GONE, _DELETED = "appeared:", "edited:", "gone:", "deleted:"
"""Changes are facts of their own, one a record: however many there are, a page writes only its own."""
UNKNOWN = "unknown"
"""The status of a record that is gone until it was looked up."""


@dataclass(frozen=True, slots=True)
class Part:
    """One window of a harvest.

    Attributes:
        window: What it covers.
        total: What the server counted in it before it was walked.
        is_gap: Whether it holds more records than can be reached.
        standing: Where its first walk stands, None before it began and when it is done.
        is_done: Whether its walk is over.
        was_whole: Whether an earlier walk had brought all its rows.
        total_start: The server's total when its latest walk began.
        total_end: The server's total when it ended.
        duplicates: Rows that came twice in its latest walk.
        problem: Why rows are missing, None if none is.
    """

    window: Window
    total: int
    is_gap: bool = False
    standing: Standing | None = None
    is_done: bool = False
    was_whole: bool = False
    total_start: int = 0
    total_end: int = 0
    duplicates: int = 0
    problem: str | None = None

    @property
    def key(self) -> str:
        """Its name in the journal; names sort as windows do."""
        window = self.window
        return f"{window.start:%Y-%m-%dT%H:%M:%S.%f} {window.first_id}"


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of a harvest has set itself, frozen before its first page.

    Attributes:
        retrieved_at: The one time all rows of the harvest carry.
        end: Records created from here on are left to the next run.
        known_until: What was created before had been counted when the run began, or by the run before.
        total: What the server counted up to `end` when the run began.
        walked_at: When all windows were last walked.
        is_update: Whether it brings an earlier harvest up to date.
        is_done: Whether it has come to its end, complete or not.
        total_end: What the server counted up to `end` when the run ended.
        changes: What moved meanwhile, once the run has come to its end.
    """

    retrieved_at: datetime
    end: datetime
    known_until: datetime
    total: int
    walked_at: datetime
    is_update: bool = False
    is_done: bool = False
    total_end: int = 0
    changes: Changes = field(default_factory=Changes)


class Ledger:
    """The journal of one harvest, in the terms of a harvest.

    Args:
        journal: Where everything is kept.
        subject: What the harvest is of; an older journal of something else is refused.
        taken: Is told of rows that were written.

    Raises:
        UsageError: The journal is of another harvest.
    """

    def __init__(
        self,
        journal: Journal,
        subject: Mapping[str, Any],
        taken: Callable[[Sequence[RawRecord]], None] | None = None,
    ) -> None:
        self._journal = journal
        self._taken = taken
        self._subject = msgspec.to_builtins(subject)
        kept = journal.fact("subject")
        if is_of_another(journal, subject):
            names = [name for name in {**kept, **self._subject} if kept.get(name) != self._subject.get(name)]
            raise UsageError(
                f"{journal.path.name} is the journal of another harvest: {_differences(names, kept)}.",
                hint="Ask as before to go on with it, write to another file, or start anew with --fresh "
                "(in Python fresh=True).",
            )

    @property
    def run(self) -> Run | None:
        """The run it is in, or the last one; None before the first."""
        kept = self._journal.fact("run")
        return msgspec.convert(kept, Run) if kept is not None else None

    @property
    def parts(self) -> list[Part]:
        """All windows in order."""
        return [msgspec.convert(state, Part) for state in self._journal.parts().values()]

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self._journal.count()

    def writing(self) -> AbstractContextManager[None]:
        """Make what the block writes durable at once, or nothing of it."""
        return self._journal.writing()

    @property
    def dialect(self) -> Dialect | None:
        """The JSON dialect of the rows, None before there is one."""
        return next((read_head(content).dialect for content in self.contents()), None)

    def begin(self, run: Run, counted: Iterable[Counted], *, reopen: bool = False) -> None:
        """Set a run and the windows that come with it; with `reopen` all earlier ones are walked again."""
        with self.writing():
            for part in self.parts if reopen else ():
                self.keep_part(replace(part, is_done=False))
            for prefix in (_APPEARED, _EDITED, _GONE, _DELETED):
                self._journal.drop_facts(prefix)
            self._journal.keep_facts({"subject": self._subject, "run": msgspec.to_builtins(run)})
            for one in counted:
                is_empty = not one.total  # what comes into it meanwhile shows in the last count
                self.keep_part(Part(one.window, one.total, one.is_gap, is_done=is_empty, was_whole=is_empty))

    def keep_run(self, run: Run) -> None:
        """Write what the run has come to."""
        self._journal.keep_facts({"run": msgspec.to_builtins(run)})

    def keep_part(self, part: Part) -> None:
        """Write where a window stands."""
        self._journal.keep_part(part.key, msgspec.to_builtins(part))

    def divide(self, part: Part, into: Iterable[Counted]) -> None:
        """Replace a window by those that make it up."""
        with self.writing():
            self._journal.drop_part(part.key)
            for one in into:
                self.keep_part(Part(one.window, one.total, one.is_gap, was_whole=part.was_whole))

    def join(self, cap: int) -> None:
        """Make neighbouring windows one where all is well with both and they fit: fewer are fewer counts."""
        held: Part | None = None
        with self.writing():
            for part in self.parts:
                both = _both(held, part, cap) if held else None
                if held and both:
                    self._journal.drop_part(held.key)
                    self._journal.drop_part(part.key)
                    self.keep_part(both)
                held = both or part

    def keep_rows(self, records: Sequence[RawRecord], found_in: Window | None = None) -> list[str]:
        """Write rows, each as the server gave it; return the names that are new.

        One that is there already and lies outside of the window stays where it is: the server took no notice
        of the window.

        Args:
            records: What the server gave.
            found_in: The window that they came for; those without a time in it stand at its start.
        """
        otherwise = found_in.start if found_in else BEGINNING
        new = [record.name for record in records if not self._journal.holds(record.name)]
        timed = [(record, _time_in(found_in, record.created)) for record in records]
        if found_in and any(record.created and not time for record, time in timed):
            ours = {*new, *self.ids(found_in)}
            timed = [(record, time) for record, time in timed if time or record.name in ours]
        self._journal.keep_rows(
            Row(record.name, _place(time or otherwise), record.body) for record, time in timed
        )
        if self._taken:
            self._taken([record for record, _ in timed])
        return new

    def adopt(self, other: Ledger, wanted: Iterable[Sequence[RawRecord]]) -> Run:
        """Become what a harvest of more than this one has brought; return its run, as that of this one.

        What of it was not whole is still to be walked.

        Args:
            other: The ledger of that harvest, which has come to its end.
            wanted: Those of its rows that this one is of, some at a time.
        """
        run = other.run
        if run is None:
            raise RuntimeError("a harvest that has not begun has nothing to give")
        with self.writing():
            self._journal.keep_facts({"subject": self._subject})
        for records in wanted:
            with self.writing():
                self.keep_rows(records)
        is_whole = [part.is_done and not part.problem for part in other.parts]
        rows = self.rows
        run = replace(
            run, total=rows, total_end=rows, is_update=False, is_done=all(is_whole), changes=Changes()
        )
        with self.writing():
            self._journal.keep_facts({"subject": self._subject, "run": msgspec.to_builtins(run)})
            for part, whole in zip(other.parts, is_whole, strict=True):
                held = len(self.ids(part.window))
                adopted = Part(part.window, held, part.is_gap)
                if whole:
                    adopted = replace(adopted, is_done=True, was_whole=True, total_start=held, total_end=held)
                self.keep_part(adopted)
        return run

    def keep_edited(self, records: Sequence[RawRecord]) -> None:
        """Write rows that may have been edited; note those that were, and those that have appeared."""
        known_until = self.run.known_until if self.run else BEGINNING
        appeared, edited = [], []
        for record in records:
            if record.id is None or record.created is None or record.created >= known_until:
                continue
            kept = self._journal.content(record.id)
            if kept is None:
                appeared.append(record.id)
            elif kept != record.body or (record.updated and record.updated >= known_until):
                edited.append(record.id)
        self.keep_rows(records)
        self.note_appeared(appeared)
        self.note_edited(edited)

    def drop_rows(self, ids: Iterable[str]) -> None:
        """Forget rows."""
        self._journal.drop_rows(ids)

    def take_deleted(self, deleted: Iterable[Gone]) -> None:
        """Forget the rows of records that the server says to be deleted, and note that.

        In an update one that had no row is noted only if it was deleted since.
        """
        run = self.run
        since = run.known_until.isoformat() if run and run.is_update else ""
        for one in deleted:
            if self._journal.holds(one.id):
                self._journal.drop_rows([one.id])
                self.keep_gone([one])
            elif (one.date or "") >= since and self._journal.fact(f"{_GONE}{one.id}") is None:
                self._journal.keep_facts({f"{_DELETED}{one.id}": msgspec.to_builtins(one)})

    @property
    def rows_gone(self) -> int:
        """How many rows have gone since the run began."""
        return len(self._journal.facts(_GONE))

    def ids(self, window: Window) -> set[str]:
        """Return the ids of the rows that belong to a window."""
        between = self._journal.ids(_place(window.start), _place(window.end))
        return {id_ for id_ in between if window.holds_id(id_)}

    def contents(self) -> Iterator[bytes]:
        """Yield the JSON of every row, ordered by `created`, then by id as text."""
        return self._journal.contents()

    def digest(self) -> str:
        """Return a digest of what the harvest is of, and of the JSON of every row."""
        return self._journal.digest(msgspec.json.encode(self._subject, order="sorted"))

    @property
    def changes(self) -> Changes:
        """What has moved since the run began, as far as it was noted."""
        gone = (self._journal.facts(_DELETED) | self._journal.facts(_GONE)).values()
        return Changes(
            appeared=tuple(self._journal.facts(_APPEARED)),
            edited=tuple(self._journal.facts(_EDITED)),
            gone=tuple(msgspec.convert(one, Gone) for one in gone),
        )

    def note_appeared(self, ids: Iterable[str]) -> None:
        """Note records that came into the search after they had been counted."""
        self._journal.keep_facts({f"{_APPEARED}{id_}": True for id_ in ids})

    def note_edited(self, ids: Iterable[str]) -> None:
        """Note records that were edited, save those that have just appeared."""
        edited = [id_ for id_ in ids if self._journal.fact(f"{_APPEARED}{id_}") is None]
        self._journal.keep_facts({f"{_EDITED}{id_}": True for id_ in edited})

    def note_gone(self, ids: Iterable[str]) -> None:
        """Note records that are no longer found; what is known of one already stays."""
        new = [id_ for id_ in ids if self._journal.fact(f"{_GONE}{id_}") is None]
        self.keep_gone(Gone(id_, UNKNOWN) for id_ in new)

    def keep_gone(self, gone: Iterable[Gone]) -> None:
        """Write what has become of records that are no longer found."""
        self._journal.keep_facts({f"{_GONE}{one.id}": msgspec.to_builtins(one) for one in gone})


def is_of_another(journal: Journal, subject: Mapping[str, Any]) -> bool:
    """Tell whether a journal was kept by the harvest of something else."""
    kept = journal.fact("subject")
    return kept is not None and kept != msgspec.to_builtins(subject)


def _time_in(window: Window | None, moment: datetime | None) -> datetime | None:
    """Return a time unless it lies outside of the window that a row came for."""
    is_outside = window and moment and not window.start <= moment < window.end
    return None if is_outside else moment


def _both(left: Part, right: Part, cap: int) -> Part | None:
    """Return two finished windows as one, or None if they are better kept apart."""
    counted = [Counted(part.window, part.total_end, part.is_gap) for part in (left, right)]
    one = joined(counted[0], counted[1], cap)
    if one is None or any(part.problem or not part.is_done for part in (left, right)):
        return None
    return replace(
        left,
        window=one.window,
        total=left.total + right.total,
        total_start=left.total_start + right.total_start,
        total_end=one.total,
        duplicates=left.duplicates + right.duplicates,
    )


def _place(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _differences(names: Iterable[str], kept: Mapping[str, Any]) -> str:
    said = [f"its {name} is {_plain(kept[name])}" for name in names if name in kept]
    return " and ".join(said) or "it was written by another version"


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else repr(value)
