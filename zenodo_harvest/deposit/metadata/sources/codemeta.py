"""codemeta.json, versions 2 and 3, said in our own format."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from zenodo_harvest.deposit.metadata.identifiers import is_person_identifier, is_web_address
from zenodo_harvest.vocabularies.license_ids import license_id, licenses_like

_DATASETS = ("Dataset",)


def of_codemeta(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a valid codemeta.json says, in our own format."""
    version = said.get("softwareVersion", said.get("version"))
    document = {
        "title": said.get("name"),
        "upload_type": "dataset" if type_of(said) in _DATASETS else "software",
        "creators": [_person(each) for each in _people(said.get("author", said.get("creator")))],
        "description": said.get("description"),
        "publication_date": _day(said.get("datePublished")),
        "version": None if version is None else str(version),
        "keywords": list(_keywords(said.get("keywords"))),
        "contributors": [
            {**_person(each), "type": role}
            for key, role in (("contributor", "Other"), ("maintainer", "ContactPerson"), ("editor", "Editor"))
            for each in _people(said.get(key))
        ],
        "licenses": [_license(text) for text in map(license_text, _listed(said.get("license"))) if text],
    }
    repository = repository_of(said.get("codeRepository"))
    if repository:
        document["custom_fields"] = {"code:codeRepository": repository}
    return {key: value for key, value in document.items() if value not in (None, [], {})}


def license_text(value: Any) -> str:
    """Return the address or name of a license, out of its object if it is in one; empty if there is none."""
    if isinstance(value, Mapping):
        value = next(
            (value[key] for key in ("@id", "id", "url", "name") if isinstance(value.get(key), str)), ""
        )
    return value if isinstance(value, str) else ""


def license_meant(text: str) -> str | None:
    """Return the license that an address or a name means, if it means one alone."""
    if known := license_id(text):
        return known
    named = licenses_like(text)
    exact = re.sub(r"\.html?$|/$", "", text).rpartition("/")[2].lower()
    if "/" in text and license_id(exact):
        return license_id(exact)
    return license_id(named[0]) if len(named) == 1 else None


def _license(text: str) -> Any:
    return license_meant(text) or {"title": text, **({"link": text} if "://" in text else {})}


def _person(said: Mapping[str, Any]) -> dict[str, Any]:
    identifier = str(said.get("@id", said.get("id", "")))
    orcid = identifier.rstrip("/").rpartition("/")[2]
    affiliations = [
        each.get("name") if isinstance(each, Mapping) else each for each in _listed(said.get("affiliation"))
    ]
    person: dict[str, Any] = {
        "affiliations": [name for name in affiliations if isinstance(name, str) and name.strip()],
        "orcid": orcid if is_person_identifier("orcid", orcid) else None,
    }
    family, given = said.get("familyName"), said.get("givenName")
    if type_of(said) == "Organization":
        person |= {"name": said.get("name"), "name_type": "organizational"}
    elif family or given:
        person |= {"family_name": family or given, "given_name": given if family else None}
    else:
        person["name"] = said.get("name")
    return {key: value for key, value in person.items() if value}


def _people(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield people and organisations; a role stands in front of whom it belongs to, or repeats one by id."""
    for each in _listed(value):
        if isinstance(each, Mapping) and type_of(each) != "Role":
            yield each


def _keywords(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from (part.strip() for part in value.split(",") if part.strip())
    else:
        yield from (each for each in _listed(value) if isinstance(each, str))


def _day(value: Any) -> Any:
    return value.partition("T")[0] if isinstance(value, str) else value


def type_of(said: Mapping[str, Any]) -> Any:
    """Return the type of a thing; of several the first."""
    value = said.get("@type", said.get("type"))
    return value[0] if isinstance(value, list) and value else value


def repository_of(value: Any) -> str | None:
    """Return the web address of a repository, without ``git+`` before it; None if it is none."""
    address = value.removeprefix("git+") if isinstance(value, str) else ""
    return address if is_web_address(address) else None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
