"""Records in MARC 21, as ``marcxml`` and ``marc21`` have it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lxml import etree

from zenodo_harvest.emulator.answers.oai.elements import (
    Element,
    access_right,
    dois,
    escaped,
    grow,
    rights,
    semantic_type,
    slugs,
)
from zenodo_harvest.emulator.defaults import Json, has_open_files

_MARC = "http://www.loc.gov/MARC21/slim"
_NS = f"{{{_MARC}}}"
_JOURNAL = ("title", "volume", "issue", "pages")

Subfields = Sequence[tuple[str, Any]]


def write(record: Json, base: str) -> Element:
    """Return the record's fields in the server's order."""
    root = etree.Element(f"{_NS}record", None, {None: _MARC})
    grow(root, f"{_NS}leader", "00000nam##2200000uu#4500")
    grow(root, f"{_NS}controlfield", record["id"], {"tag": "001"})
    for tag, subfields in _fields(record):
        _add(root, tag, subfields)
    changed = "".join(letter for letter in record["updated"][:19] if letter.isdigit())
    grow(root, f"{_NS}controlfield", f"{changed}.0", {"tag": "005"})
    for tag, subfields in _last_fields(record, base):
        _add(root, tag, subfields)
    return root


def _add(root: Element, tag: str, subfields: Subfields) -> None:
    """Add a field; its tag is written with both indicators, as in ``909CO``."""
    number, first, second = tag[:3], tag[3], tag[4]
    field = grow(root, f"{_NS}datafield", None, {"tag": number, "ind1": first, "ind2": second})
    for code, text in subfields:
        if text:
            grow(field, f"{_NS}subfield", text, {"code": code})


def _fields(record: Json) -> Iterator[tuple[str, Subfields]]:
    metadata, specs = record["metadata"], [f"user-{slug}" for slug in slugs(record)]
    doi, _ = dois(record)
    if doi:
        yield "024  ", [("2", "doi"), ("a", doi)]
    yield "909CO", [("o", record["pids"]["oai"]["identifier"]), *(("p", spec) for spec in specs)]
    creators = metadata.get("creators", ())
    yield from (("700  ", _person(entry)) for entry in creators[1:])
    yield from (("700  ", _person(entry)) for entry in metadata.get("contributors", ()))
    yield "245  ", [("a", metadata["title"])]
    yield from (("100  ", _person(entry)) for entry in creators[:1])
    yield "540  ", [("a", access_right(record))]
    for one, title, url in rights(record):
        yield "540  ", [("a", title), ("u", url)]
        if "id" in one:
            yield "65017", [("a", one["id"]), ("2", one.get("props", {}).get("scheme"))]
    yield from (("653  ", [("a", item["subject"])]) for item in metadata.get("subjects", ()))
    if metadata.get("description"):
        yield "520  ", [("a", escaped(metadata["description"]))]
    for item in metadata.get("additional_descriptions", ()):
        yield "500  ", [("a", escaped(item["description"]))]
    yield from (("041  ", [("a", item["id"])]) for item in metadata.get("languages", ()))
    yield "260  ", [("b", metadata.get("publisher")), ("c", metadata["publication_date"])]
    yield from (("980  ", [("a", spec)]) for spec in specs)
    yield "980  ", [("a", semantic_type(record))]
    kind, _, subtype = str(metadata.get("resource_type", {}).get("id", "other")).partition("-")
    yield "980  ", [("a", kind), ("b", subtype)]


def _last_fields(record: Json, base: str) -> Iterator[tuple[str, Subfields]]:
    metadata, url = record["metadata"], f"{base}/records/{record['id']}/files"
    for key, file in record["files"]["entries"].items() if has_open_files(record) else ():
        yield "8564 ", [("s", file["size"] or "0"), ("z", file["checksum"]), ("u", f"{url}/{key}")]
    yield "542  ", [("l", record["access"]["status"])]
    for item in metadata.get("related_identifiers", ()):
        yield (
            "773  ",
            [("a", item["identifier"]), ("i", item["relation_type"]["id"]), ("n", item.get("scheme"))],
        )
    _, concept_doi = dois(record)
    if concept_doi:
        yield "773  ", [("a", concept_doi), ("i", "isVersionOf"), ("n", "doi")]
    journal = record["custom_fields"].get("journal:journal", {})
    if journal:
        parts = [(code, journal.get(name)) for code, name in zip("pvnc", _JOURNAL, strict=True)]
        yield "909C4", [*parts, ("y", metadata["publication_date"])]


def _person(entry: Json) -> Subfields:
    """Return a person with the first affiliation."""
    person, affiliations = entry["person_or_org"], entry.get("affiliations") or [{}]
    identifiers = [
        ("0", f"({item.get('scheme', '')}){item['identifier']}") for item in person.get("identifiers", ())
    ]
    return [("a", person.get("name", "")), *identifiers, ("u", affiliations[0].get("name"))]
