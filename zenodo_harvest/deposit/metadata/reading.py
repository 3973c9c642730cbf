"""`read`: the metadata that one or several files give together, with every conflict named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from zenodo_harvest.deposit.metadata.changes import Changes
from zenodo_harvest.deposit.metadata.checks.report import Report
from zenodo_harvest.deposit.metadata.checks.whole import check_missing
from zenodo_harvest.deposit.metadata.findings import Finding, has_errors
from zenodo_harvest.deposit.metadata.model import Metadata
from zenodo_harvest.deposit.metadata.settling import settled
from zenodo_harvest.deposit.metadata.sources.cff import of_cff
from zenodo_harvest.deposit.metadata.sources.codemeta import of_codemeta
from zenodo_harvest.deposit.metadata.sources.kinds import Kind, files_in, kind_of_file
from zenodo_harvest.deposit.metadata.sources.located import Located
from zenodo_harvest.deposit.metadata.sources.opening import open_located
from zenodo_harvest.deposit.metadata.validate import findings_of
from zenodo_harvest.errors import UsageError

PRECEDENCE: tuple[Kind, ...] = ("own", "classic", "cff", "codemeta")
"""Which kind of file wins; of two of a kind, the one that is named first."""

_TOGETHER = (
    ("upload_type", "publication_type", "image_type", "software_type"),
    ("access_right", "embargo_date", "embargo_reason", "access_record"),
)
"""Fields that make sense together alone: they come from one file."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two files that say different things about one field.

    Attributes:
        field: The name of the field.
        winner: The file whose value is taken.
        loser: The file whose value is not.
        kept: The value that is taken.
        dropped: The value that is not.
    """

    field: str
    winner: str
    loser: str
    kept: Any
    dropped: Any

    def __str__(self) -> str:
        return f"{self.field}: {self.winner} wins over {self.loser}, which says otherwise."


@dataclass(frozen=True, slots=True)
class Reading:
    """What files say together.

    Attributes:
        document: All fields, in our own format and one spelling.
        findings: What is wrong or odd in them.
        conflicts: Where they disagree, and who won.
    """

    document: Mapping[str, Any] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    @property
    def metadata(self) -> Metadata:
        """The metadata.

        Raises:
            UsageError: A file holds an error; the hint names all of them.
        """
        self._refuse_errors()
        return Metadata.from_document(self.document)

    @property
    def changes(self) -> Changes:
        """The changes that set every field that the files name, and no other.

        Raises:
            UsageError: A file holds an error; the hint names all of them.
        """
        self._refuse_errors()
        return Changes.of(self.document)

    def _refuse_errors(self) -> None:
        errors = [str(each) for each in self.findings if each.level == "error"]
        if errors:
            raise UsageError("The metadata has errors, and nothing was sent.", hint="\n".join(errors))


def read(paths: Sequence[Path], *, today: date, partial: bool = False) -> Reading:
    """Read metadata from files; a folder means the files of known names that it holds.

    The first file of `PRECEDENCE` that names a field wins. Resource type and its kind come from one file, so
    do access and embargo.

    Args:
        paths: Files or folders.
        today: The day against which an embargo is held.
        partial: Whether fields that nothing is published without may be missing, as in an update.

    Raises:
        LocalError: A file cannot be read from the disk.
        UsageError: Its name is none that we know.
    """
    files = sorted((each for path in paths for each in files_in(path)), key=_rank)
    findings: list[Finding] = []
    said: list[tuple[str, dict[str, Any]]] = []
    for path in files:
        kind, located = kind_of_file(path), open_located(path)
        found = findings_of(located, kind, today=today, partial=True)
        findings += (replace(one, file=str(path)) for one in found)
        if isinstance(located.value, dict) and not has_errors(found):
            said.append((str(path), settled(_OWN[kind](located.value))))
    document, conflicts = _together(said)
    if not partial and not has_errors(findings):
        report = Report(Located(document), "own", today)
        check_missing(report, document)
        findings += report.findings
    return Reading(document, tuple(findings), tuple(conflicts))


def _rank(path: Path) -> int:
    return PRECEDENCE.index(kind_of_file(path))


_OWN: Mapping[Kind, Callable[[Any], dict[str, Any]]] = {
    "own": dict,
    "classic": dict,
    "cff": of_cff,
    "codemeta": of_codemeta,
}


def _together(said: Iterable[tuple[str, dict[str, Any]]]) -> tuple[dict[str, Any], list[Conflict]]:
    document: dict[str, Any] = {}
    origin: dict[str, str] = {}
    conflicts: list[Conflict] = []
    for file, fields in said:
        for names in _groups(fields):
            mine = {name: fields[name] for name in names if name in fields}
            theirs = {name: document[name] for name in names if name in document}
            if not theirs:
                document |= mine
                origin |= dict.fromkeys(mine, file)
                continue
            winner = origin[next(iter(theirs))]
            conflicts += (
                Conflict(name, winner, file, theirs.get(name), value)
                for name, value in mine.items()
                if theirs.get(name) != value
            )
    return document, conflicts


def _groups(fields: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Yield the names of a document, those that go together at once."""
    grouped = {name for group in _TOGETHER for name in group}
    yield from (group for group in _TOGETHER if any(name in fields for name in group))
    yield from ((name,) for name in fields if name not in grouped)
