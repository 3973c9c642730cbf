"""Reads DataCite XML: a resource, Zenodo's ``oai_datacite`` wrapper or an OAI-PMH record.

The dialect carries less than JSON does: no files, no statistics, no place among the versions
(zenodo-api.md §7 and §8, read 2026-08-20, and recordings). What no column holds is left in the layout of
the XML: attributes are ``@name``, text beside them is ``#text``.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from zenodo_harvest.records import datacite_fields as fields
from zenodo_harvest.records.datacite_links import read_links
from zenodo_harvest.records.datacite_people import read_contributors, read_creators
from zenodo_harvest.records.datacite_places import read_locations
from zenodo_harvest.records.dates import read_time
from zenodo_harvest.records.decoding import as_text, encode
from zenodo_harvest.records.derived import check_id, publication
from zenodo_harvest.records.elements import KERNEL, Element, around, name_of, parse, put, tree

_ALTERNATES, _RELATED = f"{KERNEL}alternateIdentifiers", f"{KERNEL}relatedIdentifiers"
_COMMUNITY_SET = "user-"
_WITHIN = {"record": "metadata", "metadata": "", "oai_datacite": "payload", "payload": ""}
_READERS = {
    KERNEL + name: reader
    for name, reader in {
        "identifier": fields.read_identifier,
        "creators": read_creators,
        "titles": fields.read_titles,
        "publisher": fields.read_publisher,
        "publicationYear": fields.read_year,
        "resourceType": fields.read_type,
        "subjects": fields.read_subjects,
        "contributors": read_contributors,
        "dates": fields.read_dates,
        "language": fields.read_language,
        "version": fields.read_version,
        "rightsList": fields.read_rights,
        "descriptions": fields.read_descriptions,
        "geoLocations": read_locations,
        "fundingReferences": fields.read_funding,
    }.items()
}


def read_datacite(raw: bytes | str, base_url: str, problems: list[str]) -> dict[str, Any]:
    """Return all columns of a record in DataCite XML, `extra` included; never raises.

    Args:
        raw: The XML. Of text that is not well-formed, `extra` keeps all.
        base_url: Address of the server, by which its own links are known.
        problems: Takes the reports.
    """
    columns: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    root = parse(raw, problems)
    if problems:
        rest["text"] = as_text(raw)
    if root is not None:
        resource = _unwrapped(root, columns, rest, problems)
        if resource is not None:
            _resource(resource, columns, rest, problems, base_url)
        else:
            read_links(None, None, columns, rest, base_url)
        check_id(columns["id"], problems)
    columns["extra"] = encode(rest).decode() if rest else None
    return columns


def _unwrapped(
    element: Element, columns: dict[str, Any], rest: dict[str, Any], problems: list[str]
) -> Element | None:
    """Go down from an OAI-PMH record or a wrapper to the resource; keep what stands beside the way."""
    root = element
    while (name := name_of(element.tag)) != "resource":
        if name not in _WITHIN or (name == "record" and element is not root):
            problems.append(f"{name}: no DataCite resource")
            put(rest, name, tree(element))
            return None
        inner, wanted = None, _WITHIN[name]
        for child in element:
            place = name_of(child.tag)
            if inner is None and place == (wanted or place):
                inner = child
            elif place == "header" and name == "record":
                _header(child, columns, rest, problems)
            else:
                put(rest, place, tree(child))
        if inner is None:
            problems.append(f"{name}: no {wanted or 'content'}")
            return None
        put(rest, name, around(element) or None)
        element = inner
    return element


def _header(header: Element, columns: dict[str, Any], rest: dict[str, Any], problems: list[str]) -> None:
    """Take the identifier, the time of the last edit and the communities of an OAI-PMH record."""
    columns["dialect"] = "datacite"
    kept = around(header)
    slugs, specs = [], []
    for child in header:
        name, text = name_of(child.tag), child.text
        if text is None or len(child) or name not in ("identifier", "datestamp", "setSpec"):
            put(kept, name, tree(child))
        elif name == "identifier":
            columns["oai_id"] = text.strip()
        elif name == "datestamp":
            columns["updated"] = read_time(text.strip())
            if columns["updated"] is None:
                problems.append("header.datestamp: no ISO 8601 time")
                put(kept, name, text.strip())
        elif text.startswith(_COMMUNITY_SET):
            slugs.append(text.removeprefix(_COMMUNITY_SET))
        else:
            specs.append(text)
    columns["communities"] = tuple(slugs)
    put(kept, "setSpec", specs or None)
    put(rest, "header", kept or None)


def _resource(
    resource: Element, columns: dict[str, Any], rest: dict[str, Any], problems: list[str], base_url: str
) -> None:
    """Take each part of a resource once; what comes twice or is not known stays."""
    columns["dialect"] = "datacite"
    if not resource.tag.startswith(KERNEL):
        _as_kernel_4(resource)
    readers = _READERS.copy()
    links = {_ALTERNATES: None, _RELATED: None}
    for part in resource:
        tag = part.tag
        if (reader := readers.pop(tag, None)) is not None:
            reader(part, columns, rest, problems)
        elif tag in links and links[tag] is None:
            links[tag] = part
        else:
            put(rest, name_of(tag), tree(part))
    read_links(links[_ALTERNATES], links[_RELATED], columns, rest, base_url)
    columns.update(publication(columns.get("publication_date"), problems))
    rest.update(around(resource))


def _as_kernel_4(resource: Element) -> None:
    """Move the elements of another version of DataCite's schema to that of version 4.

    A name such as ``a:``, which only a tolerant parser lets pass, stays.
    """
    for element in resource.iter():
        if isinstance(element.tag, str):
            with suppress(ValueError):
                element.tag = KERNEL + name_of(element.tag)
