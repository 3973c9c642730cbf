"""What is shown to people, of texts from a server as well: safe on a terminal and in a notebook."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import pairwise

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ESCAPE_SEQUENCE = re.compile(
    "(?:\x1b[\\[]|\x9b)[0-?]*[ -/]*[@-~]"  # colours and cursor
    "|(?:\x1b[\\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\\\|\x9c)?"  # titles, links
    "|\x1b[ -/]*[0-~]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_ODD = re.compile(f"{_CONTROL.pattern}|{_SURROGATE.pattern}")
"""What is taken out, or begins it."""
_UNITS = ("kB", "MB", "GB", "TB")


def printable(text: str) -> str:
    """Return `text` without what steers a terminal: escape sequences, control and direction characters.

    Line breaks and tabs stay. A lone surrogate becomes U+FFFD.
    """
    if text.isprintable() or not _ODD.search(text):  # as most are, and to see it is quick
        return text
    text = _ESCAPE_SEQUENCE.sub("", text.replace("\r\n", "\n"))
    return _SURROGATE.sub("\ufffd", _CONTROL.sub("", text))


def one_line(text: str) -> str:
    """Return `text` as `printable` does, on one line."""
    return " ".join(printable(text).split())


def cut(text: str, length: int) -> str:
    """Return `text` on one line, with an ellipsis where it is longer than `length`."""
    line = one_line(text)
    return line if len(line) <= length else f"{line[: length - 1]}…"


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


def with_problems(rows: int) -> str:
    """Say how many rows deserve a look."""
    return f"{count(rows, 'row')} with problems, named in the column `problems`."


def breaks(text: str, width: int) -> list[int]:
    """Return where lines of at most `width` begin after the first; a longer word is cut by the terminal."""
    found, start = [], 0
    for word in re.finditer(r"\S+", text):
        if word.end() - start > width >= len(word[0]) and word.start() > start:
            start = word.start()
            found.append(start)
    return found


def wrapped(text: str, width: int) -> str:
    """Return `text` in lines of at most `width`, broken between words; lines that are indented stay."""
    return "\n".join(line if line.startswith(" ") else _folded(line, width) for line in text.split("\n"))


def _folded(line: str, width: int) -> str:
    places = [0, *breaks(line, width), len(line)]
    return "\n".join(line[start:end].rstrip() for start, end in pairwise(places))


def html_facts(title: str, facts: Mapping[str, object]) -> str:
    """Return the facts that are known as a table for a notebook; all text is escaped."""
    known = [(name, value) for name, value in facts.items() if value not in (None, "", ())]
    return html_table(title, (), known)


def html_table(title: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table for a notebook; all text is escaped, and what is an address of the web is a link.

    Numbers stand to the right under a head; without one the rows are names and what they stand for.
    """
    heads = "".join(f"<th>{escape(name)}</th>" for name in head)
    numbers = "right" if head else "left"
    body = "".join(f"<tr>{''.join(_cell(value, numbers) for value in row)}</tr>" for row in rows)
    return f"<table><caption>{escape(one_line(title))}</caption><tr>{heads}</tr>{body}</table>"


def _cell(value: object, numbers: str) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f'<td style="text-align:{numbers}">{value:,}</td>'
    text = escape(one_line("" if value is None else str(value)))
    if text.startswith(("https://", "http://")) and " " not in text:
        text = f'<a href="{text}">{text}</a>'
    return f'<td style="text-align:left">{text}</td>'
