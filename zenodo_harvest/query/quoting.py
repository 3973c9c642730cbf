"""Values as the query language wants them: quoted, escaped, and back."""

from __future__ import annotations

import re

_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def quote(value: str) -> str:
    """Return `value` as a quoted phrase that means exactly this text."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def unescape(text: str) -> str:
    """Return what escaped text means: each backslash stands for the character after it."""
    return _ESCAPED.sub(r"\1", text)


def unquote(phrase: str) -> str:
    """Return the text that a quoted phrase means."""
    return unescape(phrase[1:-1])


def escape_field(name: str) -> str:
    """Return a field's name with what the query language would misread in it escaped."""
    return re.sub(r"(?=[:\\/ ])", r"\\", name)
