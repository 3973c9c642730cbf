"""`Finding`: one thing in one record that a curator would mend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Level = Literal["error", "warning", "note"]
LEVELS: tuple[Level, ...] = get_args(Level)
"""All levels, what matters most first."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found in a record.

    Attributes:
        rule: The id of the rule.
        level: How much it matters.
        id: The record.
        title: Its title.
        url: The address of its web page.
        detail: What exactly, such as the name of a creator.
    """

    rule: str
    level: Level
    id: str
    title: str | None
    url: str | None
    detail: str
