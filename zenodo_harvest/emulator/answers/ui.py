"""The display strings that native JSON carries under ``ui``."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from zenodo_harvest.emulator.defaults import Json

_TITLES = {
    "open": "Open",
    "embargoed": "Embargoed",
    "restricted": "Restricted",
    "metadata-only": "Metadata-only",
}
_ICONS = {"open": "unlock", "embargoed": "outline clock", "restricted": "ban", "metadata-only": "tag"}
_CLASSES = {"open": "", "embargoed": "warning", "restricted": "negative", "metadata-only": ""}
_LOCALISED = (
    "additional_titles",
    "additional_descriptions",
    "languages",
    "related_identifiers",
    "rights",
    "dates",
    "funding",
)
_BREAKS = re.compile(r"</(?:p|li|h[1-6]|tr|div|pre)>|<(?:ul|ol|br|table)\b[^>]*>")
_TAGS = re.compile(r"<[^>]*>")


def build(record: Mapping[str, Any]) -> Json:
    """Return the display strings of a record that brought none.

    They are not meant to be parsed (zenodo-api.md §3.4, read 2026-08-20).
    """
    metadata = record["metadata"]
    published = metadata.get("publication_date", "")
    shown: Json = {
        "publication_date_l10n_medium": _localised_date(published, "%b"),
        "publication_date_l10n_long": _localised_date(published, "%B"),
        "created_date_l10n_long": _localised_date(record["created"][:10], "%B"),
        "updated_date_l10n_long": _localised_date(record["updated"][:10], "%B"),
        "resource_type": _localised(metadata.get("resource_type", {})),
        "custom_fields": _localised(record["custom_fields"]),
        "version": metadata.get("version") or f"v{record['versions']['index']}",
        "is_draft": record["is_draft"],
    }
    for role in ("creators", "contributors"):
        if people := metadata.get(role):
            shown[role] = {role: (numbered := _numbered(people))[0], "affiliations": numbered[1]}
    for name in _LOCALISED:
        if metadata.get(name):
            shown[name] = _localised(metadata[name])
    if information := _publishing(record["custom_fields"], published[:4]):
        shown["publishing_information"] = information
    if meeting := record["custom_fields"].get("meeting:meeting"):
        shown["conference"] = meeting
    if metadata.get("locations"):
        shown["locations"] = metadata["locations"]
    if metadata.get("description"):
        shown["description_stripped"] = _plain(metadata["description"])
    return shown


def _publishing(custom: Mapping[str, Any], year: str) -> Json:
    """Return where a record appeared, as one line for each kind of publication."""
    journal, imprint = custom.get("journal:journal") or {}, custom.get("imprint:imprint") or {}
    issue = f"({journal['issue']})" if journal.get("issue") else ""
    volume = f"{journal.get('volume', '')}{issue}"
    issn = f"ISSN: {journal['issn']}" if journal.get("issn") else ""
    parts = (journal.get("title"), volume, journal.get("pages"), issn, year)
    place = ", ".join(part for part in (imprint.get("title"), imprint.get("pages")) if part)
    isbn = f"ISBN: {imprint['isbn']}" if imprint.get("isbn") else ""
    lines = {
        "journal": ", ".join(part for part in parts if part) + "." if journal else "",
        "imprint": " ".join(f"{part}." for part in (place, imprint.get("place"), isbn) if part),
        "thesis": (custom.get("thesis:thesis") or {}).get("university", ""),
    }
    return {name: line for name, line in lines.items() if line}


def access_status(record: Mapping[str, Any], *, is_guest: bool, path: str) -> Json:
    """Return what a viewer is told about access; guests are sent to the log-in page."""
    status = record["access"]["status"]
    until = record["access"]["embargo"].get("until") if status == "embargoed" else None
    if status == "restricted" and not is_guest:
        text = "The record is publicly accessible, but files are restricted to users with access."
    elif status == "restricted":
        text = (
            "The record is publicly accessible, but files are restricted. "
            f'<a href="/login/?next={path}">Log in</a> to check if you have access.'
        )
    elif status == "embargoed":
        text = f"The files will be made publicly available on {_localised_date(until or '', '%B')}."
    elif status == "metadata-only":
        text = "No files are available for this record."
    else:
        text = "The record and files are publicly accessible."
    return {
        "id": status,
        "title_l10n": _TITLES.get(status, status),
        "description_l10n": text,
        "icon": _ICONS.get(status, "unlock"),
        "embargo_date_l10n": _localised_date(until, "%B") if until else None,
        "message_class": _CLASSES.get(status, ""),
    }


def community(record: Mapping[str, Any]) -> Json:
    """Return the display strings of a community, as a guest sees them."""
    kind = record["metadata"].get("type")
    may = ("can_include_directly", "can_update", "can_submit_record", "can_manage_collections")
    shown: Json = {"type": _localised(kind)} if kind else {}
    return {**shown, "organizations": [], "custom_fields": {}, "permissions": dict.fromkeys(may, False)}


def _localised_date(text: str, month: str) -> str:
    if "/" in text:
        return "\u2009\u2013\u2009".join(_localised_date(part, month) for part in text.split("/"))
    parts = text.split("-")
    if len(parts) == 1:
        return text
    try:
        day = date.fromisoformat(text if len(parts) == 3 else f"{text}-01")
    except ValueError:
        return text
    return day.strftime(f"{month} {day.day}, %Y" if len(parts) == 3 else f"{month} %Y")


def _localised(value: Any) -> Any:
    """Return `value` with each ``title`` in many languages replaced by the English ``title_l10n``."""
    if isinstance(value, list):
        return [_localised(item) for item in value]
    if not isinstance(value, dict):
        return value
    shown = {}
    for name, item in value.items():
        if name in {"title", "description"} and isinstance(item, dict):
            shown[f"{name}_l10n"] = item.get("en", "")
        else:
            shown[name] = _localised(item)
    return shown


def _numbered(people: Sequence[Mapping[str, Any]]) -> tuple[list[Json], list[list[Any]]]:
    """Return people with numbered affiliations, and the numbered list of these."""
    numbers: dict[str, int] = {}
    shown = []
    for person in people:
        item = dict(person)
        if "role" in item:
            item["role"] = {"id": item["role"]["id"], "title": item["role"].get("title", {}).get("en", "")}
        if affiliations := item.get("affiliations"):
            names = [affiliation.get("name", "") for affiliation in affiliations]
            item["affiliations"] = [[numbers.setdefault(name, len(numbers) + 1), name] for name in names]
        shown.append(item)
    return shown, [[number, name, None] for name, number in numbers.items()]


def _plain(text: str) -> str:
    spaced = _TAGS.sub("", _BREAKS.sub("\n", text))
    return html.unescape(spaced).replace("\xa0", " ").strip()
