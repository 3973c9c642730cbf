"""Custom fields: those of Zenodo, by name and kind."""

from __future__ import annotations

from functools import cache
from typing import Any

from zenodo_harvest.deposit.metadata.checks import ids
from zenodo_harvest.deposit.metadata.checks.report import Report, did_you_mean, kind_of
from zenodo_harvest.deposit.metadata.findings import Path
from zenodo_harvest.vocabularies.fields import custom_fields, vocabularies
from zenodo_harvest.vocabularies.terms import nearest

_PREFIX = "custom_fields."


def check_custom(report: Report, path: Path, value: Any) -> None:
    """Check an object of custom fields."""
    if not isinstance(value, dict):
        report.error(path, f"An object is wanted here, and this is {kind_of(value)}")
        return
    for key, each in value.items():
        here = (*path, key)
        if key not in _known():
            _unknown(report, here, key)
        elif key == "code:codeRepository":
            ids.url(report, here, each)
        elif key == "code:programmingLanguage":
            _terms(report, here, each)
        elif key == "code:developmentStatus" and not _is_term(each):
            report.error(here, 'A term is written {"id": "active"}')


def _unknown(report: Report, path: Path, key: str) -> None:
    hint = did_you_mean(nearest(key, _known(), 0.75))
    vocabulary, colon, _ = key.partition(":")
    if colon and vocabulary in vocabularies() and not hint:
        report.warn(path, "Whether there is such a custom field, only the site can tell")
    else:
        report.error(path, "Zenodo has no custom field of this name, and drops it without a word", hint)


def _terms(report: Report, path: Path, value: Any) -> None:
    if not isinstance(value, list):
        report.error(
            path, f"A list is wanted here, and this is {kind_of(value)}", 'Write [{"id": "python"}].'
        )
        return
    for at, each in enumerate(value):
        if not _is_term(each):
            report.error((*path, at), 'A term is written {"id": "python"}')


def _is_term(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("id"), str)


@cache
def _known() -> tuple[str, ...]:
    names = (name.removeprefix(_PREFIX).split(".")[0] for name in custom_fields())
    return tuple(dict.fromkeys(names))
