"""Records in Dublin Core, as ``oai_dc`` has it."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from zenodo_harvest.emulator.answers.oai.elements import (
    SCHEMA_LOCATION,
    XSI,
    Element,
    access_right,
    doi_url,
    dois,
    escaped,
    grow,
    rights,
    semantic_type,
    slugs,
)
from zenodo_harvest.emulator.defaults import Json

_OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
_DC = "http://purl.org/dc/elements/1.1/"
_WHERE = f"{_OAI_DC} http://www.openarchives.org/OAI/2.0/oai_dc.xsd"


def write(record: Json, base: str) -> Element:
    """Return the record's elements by name, as the server orders them."""
    root = etree.Element(
        f"{{{_OAI_DC}}}dc", {SCHEMA_LOCATION: _WHERE}, {"dc": _DC, "oai_dc": _OAI_DC, "xsi": XSI}
    )
    for name, text in sorted(_pairs(record, base), key=lambda pair: pair[0]):
        grow(root, f"{{{_DC}}}{name}", text)
    return root


def _pairs(record: Json, base: str) -> Iterator[tuple[str, str]]:
    metadata = record["metadata"]
    doi, concept_doi = dois(record)
    for role in ("creator", "contributor"):
        for entry in metadata.get(f"{role}s", ()):
            yield role, entry["person_or_org"].get("name", "")
    yield "date", metadata["publication_date"]
    if until := record["access"]["embargo"].get("until"):
        yield "date", f"info:eu-repo/date/embargoEnd/{until}"
    described = [{"description": metadata.get("description")}, *metadata.get("additional_descriptions", ())]
    yield from (("description", escaped(one["description"])) for one in described if one["description"])
    if doi:
        yield "identifier", doi_url(doi)
    yield "identifier", record["pids"]["oai"]["identifier"]
    yield from (("identifier", item["identifier"]) for item in metadata.get("identifiers", ()))
    yield from (("language", item["id"]) for item in metadata.get("languages", ()))
    if "publisher" in metadata:
        yield "publisher", metadata["publisher"]
    yield from (("relation", item["identifier"]) for item in metadata.get("related_identifiers", ()))
    yield from (("relation", f"{base}/communities/{slug}/") for slug in slugs(record))
    if concept_doi:
        yield "relation", doi_url(concept_doi)
    yield "rights", access_right(record)
    for _, title, url in rights(record):
        yield from (("rights", text) for text in (title, url) if text)
    if source := _source(record):
        yield "source", source
    yield from (("subject", item["subject"]) for item in metadata.get("subjects", ()))
    yield "title", metadata["title"]
    yield from (("title", item["title"]) for item in metadata.get("additional_titles", ()))
    yield "type", semantic_type(record)


def _source(record: Json) -> str:
    """Return where an article appeared."""
    journal = record["custom_fields"].get("journal:journal", {})
    volume = journal.get("volume", "") + (f"({journal['issue']})" if "issue" in journal else "")
    parts = (journal.get("title"), volume, journal.get("pages"))
    shown = [part for part in parts if part]
    return ", ".join([*shown, f"({record['metadata']['publication_date']})"]) if shown else ""
