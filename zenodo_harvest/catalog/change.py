"""`Change`: one thing that became of one record between two states of a catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

ChangeKind = Literal["added", "new-version", "metadata", "files", "left", "deleted"]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One column, or one file by its key, that is other than before.

    Of a list, `before` holds only the items that went and `after` only those that came; where the order of
    creators changed, both are whole.

    Attributes:
        name: The column, with the part of it that changed: ``journal.journal_title``; in a change of files,
            the file's key.
        before: What it was; None if there was nothing.
        after: What it is; None if there is nothing.
    """

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that became of one record.

    Attributes:
        kind: ``added`` to what the catalogue holds; ``new-version`` of a record that it held; its
            ``metadata`` or its ``files`` changed; it ``left`` a community, or what the query finds; or it
            was ``deleted``.
        id: The record.
        title: Its title, as far as it is known.
        url: The address of its web page.
        doi: Its DOI.
        found_at: When the catalogue was synced that saw it.
        previous_id: With ``new-version``, the record that it follows.
        community: With ``added`` and ``left``, the slug of the community, where there are several.
        fields: With ``metadata`` and ``files``, what changed.
        reason: With ``deleted``, why, as far as the tombstone says.
    """

    kind: ChangeKind
    id: str
    title: str | None
    url: str | None
    doi: str | None
    found_at: datetime
    previous_id: str | None = None
    community: str | None = None
    fields: tuple[FieldChange, ...] = ()
    reason: str | None = None
