"""`UsePoint`: how much the records of a catalogue were used up to one moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class UsePoint:
    """The sums over the records that a catalogue held when its statistics were taken.

    Attributes:
        taken_at: When.
        records: Of how many records.
        views: Views of their versions.
        downloads: Downloads of their versions.
    """

    taken_at: datetime
    records: int
    views: int
    downloads: int
