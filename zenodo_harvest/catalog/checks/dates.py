"""Rules about dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from zenodo_harvest.catalog.checks.rule import Around, RowRules, Rule
from zenodo_harvest.catalog.columns import CatalogRow
from zenodo_harvest.records import read_edtf

_EARLIEST = 1500
_GRACE = timedelta(days=2)
"""It is tomorrow elsewhere, and the site opens files in a nightly run."""
UNREADABLE = "metadata.publication_date: "
"""How the reader's report of what `publication-date` finds begins."""


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value[:10]) if value else None


def _unreadable(row: CatalogRow, _: Around) -> Iterator[str]:
    if not row["publication_start"]:
        yield row["publication_date"] or "no date"


def _unlikely(row: CatalogRow, around: Around) -> Iterator[str]:
    start = _day(row["publication_start"])
    if start and (start.year < _EARLIEST or start - around.today > _GRACE):
        yield row["publication_date"] or str(start)


def _others(row: CatalogRow, _: Around) -> Iterator[str]:
    """Name further dates that cannot be read; one that is open at an end is left alone."""
    for each in row["dates"]:
        text = (each["date"] or "").strip()
        if (
            text
            and all(part.strip() for part in text.split("/"))
            and ".." not in text
            and not read_edtf(text)
        ):
            yield f"{each['type'] or 'date'} {text}"


def _embargo(row: CatalogRow, around: Around) -> Iterator[str]:
    if row["access_status"] != "embargoed":
        return
    end, start = _day(row["embargo_until"]), _day(row["publication_start"])
    if end is None:
        yield "no end"
    elif around.today - end > _GRACE:
        yield f"until {end}, which has passed"
    elif start and end < start:
        yield f"until {end}, before the publication on {start}"


DATES: RowRules = (
    (
        Rule(
            "publication-date",
            "error",
            "Publication date that is none",
            "It is missing, no day of the calendar, or ends before it begins. Write YYYY, YYYY-MM or "
            "YYYY-MM-DD.",
        ),
        _unreadable,
    ),
    (
        Rule(
            "publication-date-odd",
            "warning",
            "Publication date that is unlikely",
            f"It lies in the future or before {_EARLIEST}. Correct a slip of the year; the day on which an "
            "embargo ends, and the age of what was digitised, have fields of their own.",
        ),
        _unlikely,
    ),
    (
        Rule(
            "dates-malformed",
            "warning",
            "Further date that is none",
            "It is no day of the calendar, or ends before it begins. Write YYYY-MM-DD, or two of them with a "
            "slash between.",
        ),
        _others,
    ),
    (
        Rule(
            "embargo",
            "error",
            "Embargo that cannot be",
            "The files are closed until a day that has passed, that lies before the publication, or that is "
            "not named. Edit the embargo and save; write to the site if the files do not open then.",
        ),
        _embargo,
    ),
)
