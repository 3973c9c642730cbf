"""Parts that the dialects share: people, dates, pages and the list of what is left over."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from msgspec import json

from zenodo_harvest.records.dates import read_day, read_edtf, read_time
from zenodo_harvest.records.record import Imprint, Journal, Meeting
from zenodo_harvest.records.taking import Taker, left_over
from zenodo_harvest.records.text import text_of

NOT_DATA = ("links", "ui", "expanded")
"""Parts of an answer that say where to go or how to show it, not what the record is."""
_ENCODER = json.Encoder(order="deterministic")


def as_json(value: Any) -> str | None:
    """Return a value as compact JSON with sorted keys, None for nothing."""
    rest = left_over(value)
    return None if rest is None else _ENCODER.encode(rest).decode()


def time_at(taker: Taker, key: str) -> datetime | None:
    """Take a time of the server."""
    text = taker.value.get(key)
    if type(text) is str and (time := read_time(text)) is not None:
        del taker.value[key]
        return time
    if text is not None:
        taker.problems.append(f"{taker.path}{key}: no ISO 8601 time")
    return None


def day_at(taker: Taker, key: str) -> date | None:
    """Take a day."""
    text = taker.value.get(key)
    if type(text) is str and (day := read_day(text)) is not None:
        if len(text) == 10:
            del taker.value[key]
        return day
    if text is not None:
        taker.problems.append(f"{taker.path}{key}: no ISO 8601 date")
    return None


def publication(taker: Taker) -> dict[str, Any]:
    """Take the publication date and return its four columns."""
    text = taker.text("publication_date")
    span = read_edtf(text) if text else None
    if text and span is None:
        taker.problems.append(f"{taker.path}publication_date: no EDTF level 0 date of a day that exists")
    return {
        "publication_date": text,
        "publication_year": span.start.year if span else None,
        "publication_start": span.start if span else None,
        "publication_end": span.end if span else None,
    }


def description(taker: Taker) -> dict[str, str | None]:
    """Take the description and return it as HTML and as text."""
    markup = taker.text("description")
    return {"description_html": markup, "description_text": text_of(markup) if markup is not None else None}


def journal(taker: Taker) -> Journal | None:
    """Take a journal."""
    if not taker.value:
        return None
    return Journal(**{key: taker.text(key) for key in Journal.__struct_fields__})


def meeting(taker: Taker) -> Meeting | None:
    """Take a meeting."""
    if not taker.value:
        return None
    return Meeting(**{key: taker.text(key) for key in Meeting.__struct_fields__})


def imprint(taker: Taker, part_of: Taker) -> Imprint | None:
    """Take an imprint; title and pages may stand apart."""
    if not taker.value and not part_of.value:
        return None
    return Imprint(
        title=taker.text("title") or part_of.text("title"),
        isbn=taker.text("isbn"),
        place=taker.text("place"),
        pages=taker.text("pages") or part_of.text("pages"),
        edition=taker.text("edition"),
    )


def file_url(record_url: str | None, key: str | None) -> str | None:
    """Return where today's site serves a file; names may hold anything (zenodo-api.md §11 #37)."""
    return f"{record_url}/files/{quote(key, safe='')}/content" if record_url and key else None


def file_types(extensions: set[str]) -> tuple[str, ...]:
    """Return the distinct extensions, sorted."""
    return tuple(sorted(extensions - {""}))
