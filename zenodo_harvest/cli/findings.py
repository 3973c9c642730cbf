"""Where the linter refuses a query, shown to a person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from zenodo_harvest.bars import terminal_width
from zenodo_harvest.cli.session import Session
from zenodo_harvest.errors import QueryRefused

_BEFORE = 50
_AFTER = 20


@contextmanager
def pointing_at(query: str, session: Session) -> Iterator[None]:
    """Where a query is refused, show the query with a caret under the place before the error is told."""
    try:
        yield
    except QueryRefused as refused:
        if refused.position is not None:
            for line in caret_at(query, refused.position):
                session.progress.line(f"  {line}")
        raise


def caret_at(text: str, place: int) -> tuple[str, str]:
    """Return a line of `text` around `place`, and a line with a caret below that character."""
    from rich.cells import cell_len

    start = place - max(0, min(place, _BEFORE, terminal_width() - _AFTER - 4))
    shown = "".join(sign if sign.isprintable() else " " for sign in text[start : place + _AFTER])
    before = "…" if start else ""
    after = "…" if place + _AFTER < len(text) else ""
    return f"{before}{shown}{after}", " " * cell_len(before + shown[: place - start]) + "^"
