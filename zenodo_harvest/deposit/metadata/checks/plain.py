"""Texts, numbers, dates and HTML."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from zenodo_harvest.deposit.metadata.checks.report import Report, kind_of
from zenodo_harvest.deposit.metadata.dates import day_of, is_edtf
from zenodo_harvest.deposit.metadata.findings import Path
from zenodo_harvest.deposit.metadata.sources.located import PlainNumber

Check = Callable[[Report, Path, Any], None]

_SHORTEST = 3
_LONGEST_VERSION = 191
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)(?=[\s/>])")
_ALLOWED_TAGS = frozenset(
    "a abbr acronym b blockquote br code col colgroup div em h1 h2 h3 h4 h5 i li ol p pre s span strike "
    "strong sub sup table tbody td tfoot th thead tr u ul".split()
)
"""What the server leaves in a description (zenodo-api.md §9.9, read 2026-08-20)."""


def is_text(report: Report, path: Path, value: Any) -> bool:
    """Tell whether a value is a text, and say so if it is not.

    A plain number of YAML is a text where one is wanted: its spelling is kept.
    """
    if isinstance(value, str) and not (report.is_classic and isinstance(value, PlainNumber)):
        if any("\ud800" <= sign <= "\udfff" for sign in value):
            report.error(path, "The text holds half a character, which no file can hold", "Write it whole.")
            return False
        return True
    hint = "Put it in quotation marks." if isinstance(value, (int, float)) else ""
    report.error(path, f"A text is wanted here, and this is {kind_of(value)}", hint)
    return False


def text(report: Report, path: Path, value: Any) -> None:
    """Any text; an empty one says nothing."""
    if is_text(report, path, value) and not value.strip():
        report.warn(path, "The text is empty", "Leave the field out.")


def full_text(report: Report, path: Path, value: Any) -> None:
    """A text that is not empty."""
    if is_text(report, path, value) and not value.strip():
        report.error(path, "The text is empty", "Write one, or leave it out.")


def title(report: Report, path: Path, value: Any) -> None:
    """A title: the server drops one that is too short."""
    if is_text(report, path, value) and len(value.strip()) < _SHORTEST:
        report.error(
            path, f"Zenodo drops a title of fewer than {_SHORTEST} characters", "Write a longer one."
        )


def html(report: Report, path: Path, value: Any) -> None:
    """A description: the server drops one that is too short, and tags that it does not allow."""
    if not is_text(report, path, value):
        return
    if len(value.strip()) < _SHORTEST:
        report.error(
            path, f"Zenodo drops a description of fewer than {_SHORTEST} characters", "Write a longer one."
        )
    _tags(report, path, value)


def description_text(report: Report, path: Path, value: Any) -> None:
    """Notes and methods: nothing at all, or a description."""
    if value == "":
        report.warn(path, "The text is empty", "Leave the field out.")
    else:
        html(report, path, value)


def _tags(report: Report, path: Path, value: str) -> None:
    removed = sorted({tag.lower() for tag in _TAG.findall(value)} - _ALLOWED_TAGS)
    if removed:
        report.warn(path, f"Zenodo removes the tags {', '.join(f'<{tag}>' for tag in removed)}")


def version(report: Report, path: Path, value: Any) -> None:
    """The label of a version."""
    text(report, path, value)
    if isinstance(value, str) and len(value) > _LONGEST_VERSION:
        report.error(path, f"A version has at most {_LONGEST_VERSION} characters, and this one {len(value)}")


def edtf_date(report: Report, path: Path, value: Any) -> None:
    """A date or an interval of dates; blanks around it do no harm."""
    if is_text(report, path, value) and not is_edtf(value.strip()):
        report.error(path, f"{_short(value)} is no date that Zenodo takes", _DATES + _iso_hint(value))


def edtf_time(report: Report, path: Path, value: Any) -> None:
    """A date, a time of day, or an interval of dates."""
    if is_text(report, path, value) and not is_edtf(value, times=True):
        report.error(path, f"{_short(value)} is no date that Zenodo takes", _DATES + _iso_hint(value))


_DATES = "Write 2020, 2020-03, 2020-03-01 or an interval such as 2019/2020."


def _iso_hint(value: str) -> str:
    """Offer the ISO spelling of a date in the two orders that cannot be mistaken."""
    if found := re.fullmatch(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})", value.strip()):
        meant = f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"
        return f" Did you mean {meant}?" if is_edtf(meant) else ""
    if found := re.fullmatch(r"(\d{4}-\d{2}-\d{2})[T ].*", value.strip()):
        return f" Did you mean {found[1]}?" if is_edtf(found[1]) else ""
    return ""


def day(report: Report, path: Path, value: Any) -> None:
    """One whole day; the server drops another date."""
    if is_text(report, path, value) and value and day_of(value) is None:
        report.error(path, f"{_short(value)} is no day", "Write YYYY-MM-DD.")


def latitude(report: Report, path: Path, value: Any) -> None:
    """Degrees north."""
    _degrees(report, path, value, 90)


def longitude(report: Report, path: Path, value: Any) -> None:
    """Degrees east."""
    _degrees(report, path, value, 180)


def _degrees(report: Report, path: Path, value: Any, most: int) -> None:
    number = value.number if isinstance(value, PlainNumber) else value
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        report.error(path, f"A number of degrees is wanted here, and this is {kind_of(value)}")
    elif abs(number) > most:
        report.error(path, f"{number} is not between -{most} and {most} degrees")
    elif number == 0 and report.is_classic:
        report.error(
            path,
            "The deposit API drops a point on the equator or the prime meridian",
            "Write zenodo.yaml, which goes another way, or 0.000001.",
        )


def an_object(report: Report, path: Path, value: Any) -> None:
    """Any object."""
    if not isinstance(value, dict):
        report.error(path, f"An object is wanted here, and this is {kind_of(value)}")


def localised(report: Report, path: Path, value: Any) -> None:
    """A text, or one text under the code of its language."""
    if isinstance(value, dict):
        if len(value) != 1 or not all(len(key) == 2 for key in value):
            report.error(path, "One text under a code of two letters is wanted here", "Write {en: …}.")
        for key, each in value.items():
            full_text(report, (*path, key), each)
    else:
        full_text(report, path, value)


def ignored(report: Report, path: Path, value: Any) -> None:
    """What today's Zenodo knows of old and ignores."""
    if value not in (None, "", False):
        report.warn(path, "Zenodo ignores this field today", "Leave it out.")


def _short(value: str) -> str:
    return repr(value if len(value) <= _SHOWN else value[:_SHOWN] + "…")


_SHOWN = 60
