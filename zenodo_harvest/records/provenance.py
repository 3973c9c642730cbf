"""`Provenance`: where a record was read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Source = Literal["search", "oai", "dump", "deposit", "file"]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where records come from.

    Attributes:
        site: Name of the server.
        source: The route they took.
        retrieved_at: One time for all records of a run (UTC).
        base_url: Address of the server, for links that its JSON does not carry.
        keep_raw: Keep the JSON as it came in `Record.raw`.
    """

    site: str
    source: Source
    retrieved_at: datetime
    base_url: str = ""
    keep_raw: bool = False
