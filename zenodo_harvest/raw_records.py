"""`RawRecord`: one record as it came, and what tells the records of one walk apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import count

_SHOWN = 5
_MADE = "~"


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One record as the server gave it, and the little that is read of it before it is read as a whole.

    Attributes:
        name: What tells it from the others: its id, or where that does not tell, made of its text.
        id: Its id, None if it tells none.
        created: When it was created (UTC); of OAI-PMH, which tells one time alone, when it was last edited.
        updated: When it was last edited (UTC).
        body: Its JSON or XML, untouched.
    """

    name: str
    id: str | None
    created: datetime | None
    updated: datetime | None
    body: bytes


class RecordNames:
    """The names of the rows of one walk: their ids, or made of their text where that does not tell.

    Two rows of one page that have one id and differ are two. Of two pages, the second may be the first
    again, which has changed its place meanwhile: it is a row of its own if it comes just so in the next walk.

    Args:
        repeated: What the walk before found in `repeated`.
        known: RecordNames of rows that the walk has brought already.
    """

    def __init__(
        self, repeated: AbstractSet[tuple[str, str]] = frozenset(), known: Iterable[str] = ()
    ) -> None:
        self._before = repeated
        self._digests = dict.fromkeys(known, "")
        self._here: set[str] = set()
        self._twice: dict[str, None] = {}
        self.repeated: set[tuple[str, str]] = set()
        """Ids that had come on an earlier page with another text, each with a digest of the new one."""

    @property
    def known(self) -> AbstractSet[str]:
        """All names."""
        return self._digests.keys()

    @property
    def twice(self) -> tuple[str, ...]:
        """Ids that several rows have."""
        return tuple(self._twice)

    def begin_page(self) -> None:
        """Begin another page."""
        self._here.clear()

    def name(self, id_: str | None, text: bytes) -> str | None:
        """Return the name of the next row, None for one that came before.

        Args:
            id_: Its id; rows without one are all kept.
            text: The row; without it, the id alone tells.
        """
        if id_ is None:
            return self._added(text_name(text))
        digest = sha256(text).hexdigest()
        if id_ not in self._digests:
            self._digests[id_] = digest
            self._here.add(id_)
            return id_
        if not text or self._digests[id_] in ("", digest):
            return None
        is_another = id_ in self._here
        if not is_another:
            is_another = (id_, digest) in self._before
            self.repeated.add((id_, digest))
        if not is_another:
            return None
        self._twice[id_] = None
        return self._added(text_name(text))

    def _added(self, name: str) -> str:
        name = next(
            each for n in count(1) if (each := name if n == 1 else f"{name}-{n}") not in self._digests
        )
        self._digests[name] = ""
        return name


def text_name(text: bytes) -> str:
    """Return a name that is made of a text."""
    return f"{_MADE}{sha256(text).hexdigest()}"


def is_id(name: str) -> bool:
    """Tell whether the name of a record is its id, which a server can be asked for."""
    return not name.startswith(_MADE)


def twice(ids: Sequence[str]) -> str:
    """Say which ids several rows have."""
    more = f" and {len(ids) - _SHOWN:,} more" if len(ids) > _SHOWN else ""
    return f"The server gives several rows with the id {', '.join(ids[:_SHOWN])}{more}; all are kept."
