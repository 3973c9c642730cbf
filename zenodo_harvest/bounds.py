"""`Bounds`: how much of what comes from outside is taken in before it is refused."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass

from zenodo_harvest.errors import UsageError

MB = 1_000_000
_SMALL_BYTES = MB
"""Text as short as this may hold any number of values."""
_MARKS = (b",", b"[", b"{", b"<", b"=")
"""Each value of JSON, and each element and attribute of XML, comes with one of these."""
_VARIABLES = {
    "answer_bytes": "ZENODO_HARVEST_ANSWER_MB",
    "answer_s": "ZENODO_HARVEST_ANSWER_S",
    "record_bytes": "ZENODO_HARVEST_RECORD_MB",
    "values": "ZENODO_HARVEST_VALUES",
}


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one answer and one record may come to; many times what Zenodo's do.

    Attributes:
        answer_bytes: Largest answer of metadata, after decompression.
        answer_s: Longest time for one answer of metadata as a whole, headers and body.
        record_bytes: Largest record in a file: a member of a dump, an item or a line of saved JSON.
        values: Most values in one answer or record: each costs far more memory than its text.
    """

    answer_bytes: int = 32 * MB
    answer_s: float = 300.0
    record_bytes: int = 8 * MB
    values: int = 300_000

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Bounds:
        """Return the bounds that the environment sets, the usual ones where it sets none.

        Raises:
            UsageError: A variable holds no number above 0.
        """
        usual = cls()

        def number(name: str, unit: int = 1) -> float:
            text = environ.get(_VARIABLES[name], "").strip()
            return _positive(text, _VARIABLES[name]) * unit if text else getattr(usual, name)

        return cls(
            answer_bytes=int(number("answer_bytes", MB)),
            answer_s=number("answer_s"),
            record_bytes=int(number("record_bytes", MB)),
            values=int(number("values")),
        )

    def allow_values(self, text: bytes | bytearray) -> bool:
        """Tell whether JSON or XML may be read, judged by the signs in it that come with values."""
        return len(text) <= _SMALL_BYTES or sum(map(text.count, _MARKS)) <= self.values

    def said(self, name: str) -> str:
        """Return the bound of this name as people say it."""
        value = getattr(self, name)
        return {"values": f"{value:,} values", "answer_s": f"{value:,g} s"}.get(name, f"{value / MB:,g} MB")

    def hint(self, name: str) -> str:
        """Return what to do when the bound of this name is met by what is meant to be so large."""
        return f"If it is meant to be so, set {_VARIABLES[name]} higher."


def _positive(text: str, variable: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise UsageError(
            f"{variable} is {text!r}, which is no number above 0.", hint="Give a number such as 100."
        )
    return value
