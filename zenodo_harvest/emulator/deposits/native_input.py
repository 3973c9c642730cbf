"""Native JSON as input: what is kept of a body, and the faults that come with the answer or stop it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from zenodo_harvest.emulator.defaults import Json
from zenodo_harvest.emulator.deposits import html
from zenodo_harvest.emulator.deposits.fields import (
    ABSENT,
    UNKNOWN,
    Faults,
    Read,
    Reader,
    Shape,
    anything,
    checked,
    flag,
    listed,
    mapping,
    refused,
    text,
    under,
    without_blanks,
)
from zenodo_harvest.emulator.deposits.identifiers import PERSON_SCHEMES, RECORD_SCHEMES, identifier
from zenodo_harvest.emulator.problems import Problem, invalid
from zenodo_harvest.vocabularies.fields import custom_fields as known_custom_fields

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_TIME = re.compile(r"T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?")
_PARTS_OF_A_RECORD = frozenset(
    """
    metadata custom_fields access pids files media_files parent versions id created updated links revision_id
    is_published is_draft status expires_at deletion_status stats tombstone internal_notes expanded swh errors
    """.split()
)
_OTHER_CUSTOM = frozenset(("legacy:communities", "legacy:subjects"))


@dataclass(frozen=True, slots=True)
class Input:
    """A body as it was understood; None where it says nothing of a part.

    Attributes:
        faults: What is wrong, by path.
        files: The wishes about files: enabled, the order, the one that is shown first.
    """

    metadata: Json = field(default_factory=dict)
    custom_fields: Json = field(default_factory=dict)
    access: Json | None = None
    pids: Json | None = None
    files: Json = field(default_factory=dict)
    faults: Faults = field(default_factory=list)


def read_native(body: Any, today: date) -> Input:
    """Read a whole body (zenodo-api.md §10, read 2026-08-20).

    Raises:
        Problem: The server refuses it outright.
    """
    if not isinstance(body, dict):
        raise Problem(500, "Internal server error")
    metadata = read_metadata(body.get("metadata", {}))
    custom = read_custom_fields(body.get("custom_fields", {}))
    access = read_access(body["access"], today) if "access" in body else Read(None, [])
    pids = _pids(body["pids"]) if "pids" in body else Read(None, [])
    files = _FILES(body["files"]) if "files" in body else Read({}, [])
    if access.value is not None and access.value.get("record") == "restricted":
        raise invalid([("access", "You don't have permissions to manage record access.")])
    faults = [
        *((name, UNKNOWN) for name in body if name not in _PARTS_OF_A_RECORD),
        *under("metadata", metadata.faults),
        *under("custom_fields", custom.faults),
        *under("access", access.faults),
        *under("pids", pids.faults),
        *under("files", files.faults),
    ]
    return Input(
        metadata.value,
        custom.value,
        access.value,
        pids.value,
        files.value if isinstance(files.value, dict) else {},
        faults,
    )


def read_metadata(body: Any) -> Read:
    """Read the metadata; vocabularies are not looked at."""
    found = _METADATA(body)
    return Read({} if found.value is ABSENT else without_blanks(found.value), found.faults)


def read_custom_fields(body: Any) -> Read:
    """Read the custom fields: those the server knows."""
    if not isinstance(body, dict):
        return Read({}, [("", "Invalid input type.")])
    known = {name.partition(".")[0] for name in known_custom_fields()} | _OTHER_CUSTOM
    kept: Json = {}
    faults = [(name, UNKNOWN) for name in body if name not in known]
    for name in body.keys() & known:
        found = _CUSTOM.get(name, anything)(body[name])
        faults += under(name, found.faults)
        kept |= {} if found.value is ABSENT else {name: found.value}
    return Read(without_blanks(kept), faults)


def read_access(body: Any, today: date) -> Read:
    """Read who may see record and files."""
    embargo = Shape(
        {"active": _or_null(flag), "until": _or_null(_iso_date), "reason": _or_null(text())},
        rules=(partial(_embargo_faults, today),),
    )
    protection = checked(
        text(), lambda value: value in ("public", "restricted"), "must be either 'public' or 'restricted'"
    )
    found = Shape(
        {"record": protection, "files": protection, "embargo": embargo, "status": anything},
        required=("record", "files"),
    )(body)
    return Read(None if found.value is ABSENT else found.value, found.faults)


def is_date(value: str, *, with_interval: bool = True, with_time: bool = False) -> bool:
    """Tell whether a text is a date or interval of EDTF level 0."""
    start, slash, end = value.partition("/")
    if slash and with_interval:
        return is_date(start, with_interval=False) and is_date(end, with_interval=False) and start <= end
    day, _, _ = start.partition("T")
    match = _DATE.fullmatch(day)
    time = start[len(day) :]
    if not match or slash or (time and not (with_time and _TIME.fullmatch(time))):
        return False
    try:
        date(max(int(match[1]), 1), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return False
    return True


def _embargo_faults(today: date, embargo: Json) -> Faults:
    until = embargo.get("until")
    is_future = until is not None and date.fromisoformat(until) > today
    if embargo.get("active") and not is_future:
        return [("until", "Embargo end date must be set to a future date.")]
    if embargo.get("active") is False and is_future:
        return [("until", "Embargo end date must be unset or in the past.")]
    return []


def _pids(value: Any) -> Read:
    if not isinstance(value, dict):
        return Read({}, [("", "Not a valid mapping type.")])
    return Read({name: one for name, one in value.items() if isinstance(one, dict)}, [])


def _or_null(reader: Reader) -> Reader:
    return lambda value: Read(None, []) if value is None else reader(value)


def _iso_date(value: Any) -> Read:
    found = text()(value)
    if found.faults or (len(found.value) == len("2020-01-01") and is_date(found.value)):
        return found
    return refused("Please provide a valid date or interval.")


def _html(shortest: int) -> Reader:
    return lambda value: text(shortest=shortest)(html.clean(value) if isinstance(value, str) else value)


def _address(value: str) -> bool:
    parts = urlsplit(value)
    return parts.scheme in ("http", "https", "ftp", "ftps") and bool(parts.netloc)


def _one_of(part: str, other: str, message: str, *more: str) -> Callable[[Json], Faults]:
    """Return the rule that one of the parts must be there."""

    def rule(found: Json) -> Faults:
        return [] if any(found.get(name) for name in ("id", other, *more)) else [(part, message)]

    return rule


def _edtf(*, with_time: bool) -> Reader:
    def is_right(value: str) -> bool:
        return is_date(value, with_time=with_time)

    return checked(text(), is_right, "Please provide a valid date or interval.")


def _name_faults(person: Json) -> Faults:
    if person["type"] == "personal":
        return [] if person.get("family_name") else [("family_name", "Family name cannot be blank.")]
    return [] if person.get("name") else [("name", "Name cannot be blank.")]


def _named(person: Json) -> Json:
    if person["type"] == "personal":
        names = (person.get("family_name"), person.get("given_name"))
        return {**person, "name": ", ".join(name for name in names if name)}
    return {name: value for name, value in person.items() if name not in ("family_name", "given_name")}


def _rights_faults(right: Json) -> Faults:
    if not right.get("id") and not right.get("title"):
        return [("rights", "An existing id or a free text title must be present")]
    if right.get("id") and len(right) > 1:
        message = (
            "Only an existing id or free text title/description/link is accepted, "
            "but not both cases at the same time"
        )
        return [("rights", message)]
    return []


def _place_faults(place: Json) -> Faults:
    if any(place.get(name) for name in ("geometry", "place", "identifiers", "description")):
        return []
    return [
        (
            "locations",
            "At least one of ['geometry', 'place', 'identifiers', 'description'] must be present.",
        )
    ]


def _distinct(reader: Reader, *parts: str) -> Reader:
    """Return a reader of identifiers of which no two may agree in the parts."""

    def read(value: Any) -> Read:
        found = listed(reader)(value)
        if found.faults or not isinstance(found.value, list):
            return found
        keys = [tuple(one.get(part) for part in parts) for one in found.value]
        is_twice = len(set(keys)) < len(keys)
        return refused("Only one identifier per scheme is allowed.") if is_twice else found

    return read


_TERM = Shape({"id": text()}, required=("id",), ignored=("title", "props", "description", "icon"))
_ORGANISATION = Shape(
    {"id": text(), "name": text()},
    ignored=("identifiers",),
    rules=(_one_of("affiliations", "name", "An existing id or a free text name must be present."),),
)
_WHO = "Invalid value. Choose one of ['organizational', 'personal']."
_PERSON = Shape(
    {
        "type": checked(text(), lambda value: value in ("organizational", "personal"), _WHO),
        "name": text(),
        "given_name": text(),
        "family_name": text(),
        "identifiers": _distinct(identifier(PERSON_SCHEMES), "scheme"),
    },
    required={"type": _WHO},
    rules=(_name_faults,),
    finish=_named,
)
_PARTS: dict[str, Reader] = {"person_or_org": _PERSON, "role": _TERM, "affiliations": listed(_ORGANISATION)}
_NOTHING = "Missing data for required field."
_SUBJECT = "An existing id or a free text subject must be present."
_FUNDER = Shape(
    {"id": text(), "name": text()},
    ignored=("identifiers", "scheme", "title", "country", "props", "country_name", "location_name"),
    rules=(_one_of("funder", "name", "An existing id or a free text name must be present."),),
)
_AWARD = Shape(
    {
        "id": text(),
        "number": text(),
        "title": mapping,
        "identifiers": listed(identifier(RECORD_SCHEMES)),
        "acronym": text(),
        "program": text(),
    },
    ignored=("funder", "subjects", "organizations", "start_date", "end_date", "description"),
    rules=(_one_of("award", "number", "An existing id or either number or title must be present.", "title"),),
)
_CUSTOM: dict[str, Reader] = {
    name: Shape({part: text() for part in parts.split()})
    for name, parts in {
        "journal:journal": "title issue volume pages issn",
        "meeting:meeting": "acronym dates place session_part session title url",
        "imprint:imprint": "title isbn pages place edition",
        "thesis:thesis": "university department type date_submitted date_defended",
    }.items()
}
_METADATA = Shape(
    {
        "resource_type": _TERM,
        "creators": listed(Shape(_PARTS, required=("person_or_org",)), shortest=1, short=_NOTHING),
        "title": text(shortest=3),
        "additional_titles": listed(
            Shape({"title": text(shortest=3), "type": _TERM, "lang": _TERM}, required=("title", "type"))
        ),
        "publisher": text(),
        "publication_date": _edtf(with_time=False),
        "subjects": listed(
            Shape(
                {"id": text(), "subject": text()},
                ignored=("scheme", "title", "props", "identifiers"),
                rules=(_one_of("subjects", "subject", _SUBJECT),),
            )
        ),
        "contributors": listed(Shape(_PARTS, required=("person_or_org", "role"))),
        "dates": listed(
            Shape(
                {"date": _edtf(with_time=True), "type": _TERM, "description": text()},
                required=("date", "type"),
            )
        ),
        "languages": listed(_TERM),
        "identifiers": _distinct(identifier(RECORD_SCHEMES), "identifier", "scheme"),
        "related_identifiers": listed(
            identifier(
                RECORD_SCHEMES,
                more={"relation_type": _TERM, "resource_type": _TERM},
                required=("relation_type",),
            )
        ),
        "sizes": listed(text(shortest=1, short="Size cannot be a blank string.")),
        "formats": listed(text(shortest=1, short="Format cannot be a blank string.")),
        "version": text(longest=191),
        "rights": listed(
            Shape(
                {
                    "id": text(),
                    "title": mapping,
                    "description": mapping,
                    "props": Shape({"url": checked(text(), _address, "Not a valid URL."), "scheme": text()}),
                    "link": checked(text(), _address, "Not a valid URL."),
                },
                rules=(_rights_faults,),
            )
        ),
        "copyright": _html(1),
        "description": _html(3),
        "additional_descriptions": listed(
            Shape({"description": _html(3), "type": _TERM, "lang": _TERM}, required=("description", "type"))
        ),
        "locations": Shape(
            {
                "features": listed(
                    Shape(
                        {
                            "geometry": mapping,
                            "place": text(),
                            "identifiers": listed(identifier(RECORD_SCHEMES)),
                            "description": text(),
                        },
                        rules=(_place_faults,),
                    )
                )
            }
        ),
        "funding": listed(Shape({"funder": _FUNDER, "award": _AWARD}, required=("funder",))),
        "references": listed(
            identifier(RECORD_SCHEMES, more={"reference": text()}, required=("reference",), is_needed=False),
        ),
    },
    required=("resource_type", "creators", "title", "publication_date"),
)
_FILES = Shape(
    {"enabled": flag, "default_preview": _or_null(text()), "order": listed(text())},
    ignored=("count", "total_bytes", "entries"),
)
