"""Text from a server, made safe to print on a terminal."""

from __future__ import annotations

import re

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ESCAPE_SEQUENCE = re.compile(
    "(?:\x1b[\\[]|\x9b)[0-?]*[ -/]*[@-~]"  # colours and cursor
    "|(?:\x1b[\\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\\\|\x9c)?"  # titles, links
    "|\x1b[ -/]*[0-~]"
)
_UNITS = ("kB", "MB", "GB", "TB")
_SURROGATE = re.compile("[\ud800-\udfff]")


def printable(text: str) -> str:
    """Return `text` without what steers a terminal: escape sequences, control and direction characters.

    Line breaks and tabs stay. A lone surrogate becomes U+FFFD.
    """
    text = _ESCAPE_SEQUENCE.sub("", text.replace("\r\n", "\n"))
    return _SURROGATE.sub("\ufffd", _CONTROL.sub("", text))


def one_line(text: str) -> str:
    """Return `text` as `printable` does, on one line."""
    return " ".join(printable(text).split())


def count(number: int, noun: str) -> str:
    """Return a number with its noun: ``1 record``, ``1,234 records``."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def size(size_bytes: int) -> str:
    """Return a size as people read it: ``12 bytes``, ``3.4 kB``, ``56 MB``."""
    if size_bytes < 1000:
        return count(size_bytes, "byte")
    power = next((power for power in (1, 2, 3) if size_bytes < 999.5 * 1000**power), 4)
    amount = size_bytes / 1000**power
    return f"{amount:.{amount < 9.95:d}f} {_UNITS[power - 1]}"
