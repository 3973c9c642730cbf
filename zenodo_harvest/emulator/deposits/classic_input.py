"""The metadata of the classic deposit API as input: flat fields, made into native JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from zenodo_harvest.emulator.defaults import Json
from zenodo_harvest.emulator.deposits.fields import Faults, clean_text, under
from zenodo_harvest.emulator.deposits.identifiers import RECORD_SCHEMES, identifier
from zenodo_harvest.emulator.deposits.terms import Terms
from zenodo_harvest.emulator.problems import PlainProblem, invalid
from zenodo_harvest.vocabularies.languages import language_code
from zenodo_harvest.vocabularies.licenses import spdx

_TEXTS = ("title", "description", "publication_date", "imprint_publisher", "version")
_CUSTOM: Mapping[str, Mapping[str, str]] = {
    "journal:journal": {part: f"journal_{part}" for part in ("title", "volume", "issue", "pages")},
    "meeting:meeting": {
        part: f"conference_{part}"
        for part in ("title", "acronym", "dates", "place", "url", "session", "session_part")
    },
    "imprint:imprint": {
        "title": "partof_title",
        "pages": "partof_pages",
        "isbn": "imprint_isbn",
        "place": "imprint_place",
    },
    "thesis:thesis": {"university": "thesis_university"},
}
_OWN_PREFIX = "10.5281/"
_EUROPE = "10.13039/501100000780"
_DEFAULT = {"dataset": "CC0-1.0"}


class _Refused(Exception):
    """A value that the server refuses, under the path of its field."""

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.faults: Faults = [(path, message)]


def read_classic(body: Any, terms: Terms, today: date) -> Json:
    """Return the native body for a classic one (zenodo-api.md §9.9, read 2026-08-20).

    Raises:
        Problem: The 400 that names the fields, or the 500 of a shape the server does not expect.
    """
    try:
        return _read(body, terms, today)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise PlainProblem(500) from error


def _read(body: Any, terms: Terms, today: date) -> Json:
    given = body.get("metadata", {})
    faults: Faults = [(name, "Unknown field.") for name in body if name not in ("metadata", "files")]
    if given and "license" not in given and given.get("access_right", "open") in ("open", "embargoed"):
        given = {**given, "license": _DEFAULT.get(given.get("upload_type"), "CC-BY-4.0")}
    native: Json = {"files": {"enabled": True}}
    if "metadata" in body:
        if given is None:
            faults.append(("metadata", "Field may not be null."))
        elif not isinstance(given, dict):
            faults.append(("metadata._schema", "Invalid input type."))
        else:
            native["metadata"], wrong = _metadata(given, terms, today)
            faults += under("metadata", wrong)
    if faults:
        raise invalid(faults)
    return _around(native, body.get("metadata", {}))


def _around(native: Json, given: Json) -> Json:
    """Add what stands beside the metadata in native JSON."""
    if doi := given.get("doi"):
        is_own = doi.startswith(_OWN_PREFIX)
        provider = {"provider": "datacite", "client": "datacite"} if is_own else {"provider": "external"}
        native["pids"] = {"doi": {"identifier": doi, **provider}}
    native["access"] = _access(given)
    custom: Json = {}
    for name, parts in _CUSTOM.items():
        if found := {part: given[key] for part, key in parts.items() if given.get(key) is not None}:
            custom[name] = found
    custom.update(given.get("custom", {}))
    if communities := given.get("communities"):
        is_right = isinstance(communities, list) and all(
            isinstance(one, dict) and "identifier" in one for one in communities
        )
        if not is_right:
            message = "Communities must be an array of objects with an 'identifier' key."
            raise invalid([("communities", message)])
        custom["legacy:communities"] = [one["identifier"] for one in communities]
    if subjects := given.get("subjects"):
        custom["legacy:subjects"] = [
            {part: one.get(part) for part in ("term", "identifier", "scheme")} for one in subjects
        ]
    native["custom_fields"] = custom
    return native


def _access(given: Json) -> Json:
    """Return who may see the files; closed is restricted (zenodo-api.md §9.9)."""
    right, until = given.get("access_right"), given.get("embargo_date")
    if not right or right == "open":
        return {"record": "public", "files": "public"}
    if right in ("restricted", "closed"):
        return {"record": "public", "files": "restricted"}
    if right == "embargoed" and until:
        return {"record": "public", "files": "restricted", "embargo": {"active": True, "until": until}}
    raise invalid([("_schema", "Unknown access type.")])


def _metadata(given: Json, terms: Terms, today: date) -> tuple[Json, Faults]:
    """Return the native metadata and what is wrong with single fields."""
    related, alternate, wrong = _split(given.get("related_identifiers", []))
    if wrong:
        return {}, wrong
    given = {**given, "related_identifiers": related}
    if alternate:
        given["alternate_identifiers"] = alternate
    found: Json = {"publication_date": today.isoformat(), "publisher": "Zenodo"}
    faults: Faults = []
    for name in _TEXTS:
        if name in given:
            wrong = _text_faults(given[name])
            faults += under(name, wrong)
            if not wrong:
                found["publisher" if name == "imprint_publisher" else name] = clean_text(given[name])
    for name, target, read in _readers(terms):
        if name in given and not (name == "related_identifiers" and not given[name]):
            try:
                value = _given(read, given[name])
            except _Refused as refusal:
                faults += under(name, refusal.faults)
            else:
                found |= {} if value is None else {target: value}
    if not faults:
        _add_derived(found, given)
    return found, faults


def _add_derived(found: Json, given: Json) -> None:
    if kind := given.get("upload_type"):
        subtype = given.get(f"{kind}_type")
        found["resource_type"] = {"id": f"{kind}-{subtype}" if subtype else kind}
    supervisors = [
        {**_person(one), "role": {"id": "supervisor"}} for one in given.get("thesis_supervisors") or ()
    ]
    contributors = [_contributor(one) for one in given.get("contributors", ())]
    if supervisors or contributors:
        found["contributors"] = supervisors + contributors
    kinds = (("notes", "notes"), ("method", "methods"))
    described = [{"description": given[name], "type": {"id": id_}} for name, id_ in kinds if given.get(name)]
    if described:
        found["additional_descriptions"] = described


def _readers(terms: Terms) -> Iterable[tuple[str, str, Callable[[Any], Any]]]:
    """Yield the field, its native name and what reads it, in the order of the server's schema."""
    yield "creators", "creators", _creators
    yield "grants", "funding", lambda value: _funding(value, terms) if value else None
    yield "license", "rights", lambda value: _rights(value, terms)
    yield "contributors", "contributors", _dicts
    yield "locations", "locations", lambda value: {"features": [_place(one) for one in value]}
    yield "keywords", "subjects", lambda value: [{"subject": word} for word in value] if value else None
    yield "dates", "dates", lambda value: [_date(one) for one in value]
    yield "references", "references", lambda value: [{"reference": one} for one in value]
    yield "language", "languages", _language
    yield "related_identifiers", "related_identifiers", lambda value: [_related(one) for one in value]
    yield "alternate_identifiers", "identifiers", lambda value: [_identifier(one) for one in value]


def _given(read: Callable[[Any], Any], value: Any) -> Any:
    if value is None:
        raise _Refused("Field may not be null.")
    return read(value)


def _text_faults(value: Any) -> Faults:
    if value is None:
        return [("", "Field may not be null.")]
    return [] if isinstance(value, str) else [("", "Not a valid string.")]


def _split(identifiers: Any) -> tuple[list[Json], list[Json], Faults]:
    """Part alternate identifiers from related ones."""
    path = "related_identifiers"
    if not isinstance(identifiers, list):
        return [], [], [(path, "related_identifiers must be a list")]
    for number, one in enumerate(identifiers):
        if not isinstance(one, dict):
            return [], [], [(f"{path}.{number}", "Each related identifier must be an object")]
        if not isinstance(one.get("relation"), str | None):
            return [], [], [(f"{path}.{number}.relation", "relation must be a string")]
    alternate = [one for one in identifiers if one.get("relation") == "isAlternateIdentifier"]
    return [one for one in identifiers if one not in alternate], alternate, []


def _creators(value: Any) -> list[Json]:
    if not isinstance(value, list):
        raise _Refused("Not a valid list.")
    return [_person(one) for one in value]


def _dicts(value: Any) -> None:
    """Check a list whose items are read later."""
    if not isinstance(value, list):
        raise _Refused("Not a valid list.")
    for number, one in enumerate(value):
        if not isinstance(one, dict):
            raise _Refused("Not a valid mapping type.", str(number))


def _person(given: Json) -> Json:
    """Return a person: exactly one comma parts the family name from the given name."""
    import idutils

    person: Json = {"type": "personal"}
    name, affiliation = given.get("name"), given.get("affiliation")
    if name and name.count(",") == 1:
        family, first = name.split(",")
        person |= {"given_name": first.strip(), "family_name": family.strip()}
    elif name:
        person["family_name"] = name
    identifiers = []
    if orcid := given.get("orcid"):
        identifiers.append({"scheme": "orcid", "identifier": idutils.normalize_orcid(orcid)})
    if gnd := given.get("gnd"):
        identifiers.append({"scheme": "gnd", "identifier": idutils.normalize_gnd(gnd)})
    if identifiers:
        person["identifiers"] = identifiers
    return {"person_or_org": person, **({"affiliations": [{"name": affiliation}]} if affiliation else {})}


def _contributor(given: Json) -> Json:
    role = given.get("type")
    return {**_person(given), **({"role": {"id": role.lower()}} if role else {})}


def _funding(grants: Any, terms: Terms) -> list[Json]:
    found = []
    for grant in grants:
        text = grant["id"] if "::" in grant["id"] else f"{_EUROPE}::{grant['id']}"
        doi, _, number = text.partition("::")
        funder = terms.funder_id(doi)
        found.append({"funder": {"id": funder}, "award": {"id": f"{funder}::{number}"}})
    return found


def _rights(value: Any, terms: Terms) -> list[Json]:
    if not isinstance(value, str | dict):
        expected = "expected string, or object with 'id' key"
        raise _Refused(f"Invalid license value provided ({expected}): {value}")
    if isinstance(value, dict) and "id" not in value:
        raise _Refused(f"Invalid license object provided (missing 'id' key): {value}")
    text = value["id"] if isinstance(value, dict) else value
    if id_ := terms.license_id(text) or terms.license_id(spdx(text)):
        return [{"id": id_}]
    raise _Refused(f"Invalid license provided: {text}")


def _place(given: Json) -> Json:
    place: Json = {"place": given["place"]}
    if given.get("lat") and given.get("lon"):
        place["geometry"] = {"type": "Point", "coordinates": [given["lon"], given["lat"]]}
    if given.get("description"):
        place["description"] = given["description"]
    return place


def _date(given: Json) -> Json:
    start, end = given.get("start"), given.get("end")
    if not (start or end):
        raise _Refused("Invalid date provided.")
    written = start or end if not (start and end) or start == end else f"{start}/{end}"
    found = {"date": written, "type": {"id": given["type"].lower()}}
    return found | ({"description": given["description"]} if given.get("description") else {})


def _language(value: Any) -> list[Json]:
    if len(value) not in (2, 3):
        raise _Refused("Language must be either ISO-639-1 or 639-2 compatible.")
    return [{"id": value if len(value) == 3 else language_code(value)}]


def _identifier(given: Json) -> Json:
    """Detect the scheme of an identifier; the one that was given does not count."""
    found = identifier(RECORD_SCHEMES)({"identifier": given["identifier"]})
    if found.faults:
        path, message = found.faults[0]
        raise _Refused(message, path)
    value: Json = found.value
    return value


def _related(given: Json) -> Json:
    relation = given["relation"].replace("isOrignialFormOf", "isOriginalFormOf")
    kind = given.get("resource_type")
    return {
        **_identifier(given),
        "relation_type": {"id": relation.lower()},
        **({"resource_type": {"id": kind}} if kind else {}),
    }
