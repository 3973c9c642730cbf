"""Readers of input: each returns what it could use of a value, and what is wrong with the rest.

They follow the server's schemas: what fails is named by its path and left out, and the rest is kept
(zenodo-api.md §9.9, read 2026-08-20).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from zenodo_harvest.emulator.defaults import Json

Faults = list[tuple[str, str]]
"""What is wrong: the path, relative to the value, and the sentence."""
REQUIRED: Final = "Missing data for required field."
UNKNOWN: Final = "Unknown field."
_NULL = "Field may not be null."
_CONTROL = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _Absent:
    """Stands for a value that cannot be used."""


ABSENT: Final = _Absent()


class Read(NamedTuple):
    """What came of a value."""

    value: Any
    faults: Faults


Reader = Callable[[Any], Read]


def refused(*messages: str) -> Read:
    """Return a value of which nothing can be used."""
    return Read(ABSENT, [("", message) for message in messages])


def clean_text(value: str) -> str:
    """Return a text as the server stores it: without control characters and blanks around it."""
    return _CONTROL.sub("", value).strip()


def text(*, shortest: int = 0, longest: int | None = None, short: str = "") -> Reader:
    """Return a reader of texts within bounds; `short` replaces the sentence about too short ones."""

    def read(value: Any) -> Read:
        if value is None:
            return refused(_NULL)
        if not isinstance(value, str):
            return refused("Not a valid string.")
        found = clean_text(value)
        if len(found) < shortest:
            return refused(short or f"Shorter than minimum length {shortest}.")
        if longest is not None and len(found) > longest:
            return refused(f"Longer than maximum length {longest}.")
        return Read(found, [])

    return read


def checked(reader: Reader, is_right: Callable[[Any], bool], message: str) -> Reader:
    """Return `reader` with one more condition."""

    def read(value: Any) -> Read:
        found = reader(value)
        return found if found.faults or is_right(found.value) else refused(message)

    return read


def flag(value: Any) -> Read:
    """Read a boolean."""
    if value is None:
        return refused(_NULL)
    if isinstance(value, bool):
        return Read(value, [])
    if value in (0, 1, "true", "false", "True", "False", "1", "0"):
        return Read(str(value).lower() in ("1", "true"), [])
    return refused("Not a valid boolean.")


def anything(value: Any) -> Read:
    """Take a value as it is."""
    return Read(value, [])


def mapping(value: Any) -> Read:
    """Read an object of whatever names."""
    return Read(value, []) if isinstance(value, dict) else refused("Not a valid mapping type.")


def listed(item: Reader, *, shortest: int = 0, short: str = "") -> Reader:
    """Return a reader of lists; an item of which a part can be used is kept in part."""

    def read(value: Any) -> Read:
        if value is None:
            return refused(_NULL)
        if not isinstance(value, list):
            return refused("Not a valid list.")
        if len(value) < shortest:
            return refused(short)
        kept, faults = [], Faults()
        for number, one in enumerate(value):
            found = item(one)
            if found.value is not ABSENT:
                kept.append(found.value)
            faults += under(str(number), found.faults)
        return Read(kept or ABSENT if faults else kept, faults)

    return read


@dataclass(frozen=True, slots=True)
class Shape:
    """A reader of objects.

    Attributes:
        readers: Reads each part by its name.
        required: The parts that must be there, with the sentence for a missing one if it is not the usual.
        ignored: Parts that are dropped without a word, as only the server writes them.
        rules: Say what is wrong with the whole, once its parts are right.
        finish: Completes an object that is right.
    """

    readers: Mapping[str, Reader]
    required: Mapping[str, str] | Sequence[str] = ()
    ignored: Sequence[str] = ()
    rules: Sequence[Callable[[Json], Faults]] = ()
    finish: Callable[[Json], Json] = field(default=lambda found: found)

    def __call__(self, value: Any) -> Read:
        """Read one object."""
        if value is None:
            return refused(_NULL)
        if not isinstance(value, dict):
            return refused("Invalid input type.")
        kept: Json = {}
        faults: Faults = []
        for name, reader in self.readers.items():
            if name in value:
                found = reader(value[name])
                if found.value is not ABSENT:
                    kept[name] = found.value
                faults += under(name, found.faults)
            elif name in self.required:
                said = self.required[name] if isinstance(self.required, Mapping) else REQUIRED
                faults.append((name, said))
        faults += [(name, UNKNOWN) for name in value if name not in self.readers and name not in self.ignored]
        if not faults:
            for rule in self.rules:
                faults += rule(kept)
        return Read(kept if faults else self.finish(kept), faults)


def under(name: str, faults: Faults) -> Faults:
    """Return the faults of a part as faults of the whole."""
    return [(f"{name}.{path}" if path else name, message) for path, message in faults]


def without_blanks(value: Any) -> Any:
    """Return a value without what is null or empty at any depth; empty texts stay."""
    if isinstance(value, dict):
        found = ((name, without_blanks(one)) for name, one in value.items())
        return {name: one for name, one in found if not _is_blank(one)}
    if isinstance(value, list):
        return [one for one in map(without_blanks, value) if not _is_blank(one)]
    return value


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, dict | list) and not value)
