"""What fields say together, and what must not be missing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from zenodo_harvest.deposit.metadata.checks.objects import check_members
from zenodo_harvest.deposit.metadata.checks.report import Report, kind_of
from zenodo_harvest.deposit.metadata.dates import day_of
from zenodo_harvest.deposit.metadata.names import NAMES
from zenodo_harvest.vocabularies.types import WITH_SUBTYPES

_NEEDED = {
    "title": "Add a title.",
    "upload_type": "Add it, such as dataset, software or publication.",
    "creators": "Name at least one.",
}


def check_document(report: Report, document: Any) -> None:
    """Check a whole metadata document of our own format or of the deposit API's."""
    if not isinstance(document, dict):
        report.error((), f"The metadata is an object with fields, and this is {kind_of(document)}")
        return
    if isinstance(document.get("metadata"), dict) and "title" not in document:
        report.error(("metadata",), "The fields stand inside metadata, where nobody looks", "Move them out.")
        return
    check_members(report, (), document, NAMES)
    _types(report, document)
    _access(report, document)
    _twins(report, document)


def check_missing(report: Report, document: Any) -> None:
    """Check that a document has what nothing is published without."""
    if not isinstance(document, dict) or "metadata" in document:
        return
    for key, hint in _NEEDED.items():
        if document.get(key) in (None, ""):
            _add_once(report, key, hint)
    if "description" not in document:
        report.warn(("description",), "There is no description", "Tell what it is.")


def _add_once(report: Report, key: str, hint: str) -> None:
    if not any(finding.path == key and finding.level == "error" for finding in report.findings):
        report.error((key,), f"{key} is missing, and Zenodo publishes nothing without", hint)


def _types(report: Report, document: Mapping[str, Any]) -> None:
    top = document.get("upload_type")
    for name in sorted(WITH_SUBTYPES):
        key = f"{name}_type"
        if top == name and key not in document and name in _SUCH_AS:
            report.warn((key,), f"The kind of {name} is not said", "Add it, such as " + _SUCH_AS[name])
        if top != name and document.get(key):
            report.error(
                (key,), f"Zenodo ignores it: the upload type is {top!r}", f"Remove it, or write {name}."
            )


_SUCH_AS = {"publication": "article.", "image": "figure."}


def _access(report: Report, document: Mapping[str, Any]) -> None:
    right, until = document.get("access_right"), document.get("embargo_date")
    last = day_of(until) if isinstance(until, str) else None
    if right == "embargoed":
        if not until:
            report.error(("embargo_date",), "An embargo needs the day on which it ends", "Add embargo_date.")
        elif last and last <= report.today:
            report.error(
                ("embargo_date",),
                f"{until} is not in the future, and publishing fails",
                "Choose a later day.",
            )
    elif until and right in (None, "", "open", "restricted", "closed"):
        _idle_embargo(report, last, str(right or "open"))


def _idle_embargo(report: Report, last: date | None, right: str) -> None:
    if last and last <= report.today:
        report.warn(("embargo_date",), "The embargo is over, and Zenodo ignores it", "Leave it out.")
    else:
        report.error(
            ("embargo_date",),
            f"There is no embargo without access_right embargoed: the files would be {right}",
            "Write access_right: embargoed.",
        )


def _twins(report: Report, document: Mapping[str, Any]) -> None:
    """Two names of one thing cannot both be right."""
    for name in NAMES:
        if (
            name.stands_for
            and name.name in document
            and name.stands_for in document
            and not report.is_classic
        ):
            report.error(
                (name.name,), f"{name.name} and {name.stands_for} say the same", f"Keep {name.stands_for}."
            )
