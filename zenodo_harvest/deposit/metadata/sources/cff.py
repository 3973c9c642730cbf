"""CITATION.cff, said in our own format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zenodo_harvest.deposit.metadata.identifiers import is_web_address
from zenodo_harvest.vocabularies.license_ids import license_id


def of_cff(cff: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a valid CITATION.cff says, in our own format.

    Its DOI is left out: it is mostly the one that Zenodo gave to another version.
    """
    document = {
        "title": cff.get("title"),
        "upload_type": cff.get("type", "software"),
        "creators": [_person(each) for each in cff.get("authors", [])],
        "description": cff.get("abstract"),
        "publication_date": cff.get("date-released"),
        "version": cff.get("version"),
        "keywords": cff.get("keywords"),
        "contributors": [{**_person(each), "type": "ContactPerson"} for each in cff.get("contact", [])],
        "licenses": _licenses(cff),
    }
    if is_web_address(cff.get("repository-code", "")):
        document["custom_fields"] = {"code:codeRepository": cff["repository-code"]}
    return {key: value for key, value in document.items() if value not in (None, [], {})}


def _licenses(cff: Mapping[str, Any]) -> list[Any]:
    named = cff.get("license", [])
    found: list[Any] = [each for each in (named if isinstance(named, list) else [named]) if license_id(each)]
    if not found and "license-url" in cff:
        found.append({"title": cff["license-url"], "link": cff["license-url"]})
    return found


def _person(said: Mapping[str, Any]) -> dict[str, Any]:
    person: dict[str, Any] = {}
    if "name" in said:
        person |= {"name": said["name"], "name_type": "organizational"}
    else:
        parts = (said.get(key) for key in ("name-particle", "family-names", "name-suffix"))
        family = " ".join(part for part in parts if part)
        given = said.get("given-names")
        if not (family or given):
            family = said.get("alias", "")
        person |= {"family_name": family or given, "given_name": given if family else None}
    for key in ("affiliation", "orcid"):
        if key in said:
            person[key] = said[key]
    return {key: value for key, value in person.items() if value}
