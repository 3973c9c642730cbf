"""Reads the identifiers of DataCite XML: of the record, of the work elsewhere and of related works.

The server adds links of its own to those that people typed: the page and the OAI identifier of the record,
the DOI of the concept, the addresses of communities and the journal (recordings, read 2026-11-23).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from zenodo_harvest.records.elements import KERNEL, Element, settle, tree
from zenodo_harvest.records.record import Alternate, Journal, Related
from zenodo_harvest.vocabularies.datacite import SCHEMES, type_of_general

_PAGE = re.compile(r"(https?://.+)/records?/([^/]+)")
_ZENODO_DOI = re.compile(r"10\.(?:5281|5072)/zenodo\.([0-9]+)")
_ALTERNATE, _RELATED = f"{KERNEL}alternateIdentifier", f"{KERNEL}relatedIdentifier"


def read_links(
    alternates: Element | None,
    related: Element | None,
    columns: dict[str, Any],
    rest: dict[str, Any],
    base_url: str,
) -> None:
    """Take the identifiers; the DOI and what the header of OAI-PMH says are in the columns already."""
    columns["id"] = _id_of(columns)
    if alternates is not None:
        _own(alternates, columns, rest)
    id_, url = columns["id"], columns.get("url")
    if base_url and id_ and url is None:
        columns["url"] = f"{base_url}/records/{id_}"
    if related is not None:
        page = _page_of(url or "")
        sites = (page and page[0], base_url)
        _related(related, columns, rest, tuple(f"{each}/communities/" for each in sites if each))


def _own(alternates: Element, columns: dict[str, Any], rest: dict[str, Any]) -> None:
    """Take the OAI identifier, the record's page and the other identifiers."""
    entries: list[tuple[Element, str | None, str | None]] = []
    for each in alternates:
        said, text = each.items(), each.text
        is_plain = len(said) == 1 and said[0][0] == "alternateIdentifierType" and not len(each)
        kind = said[0][1] if is_plain and each.tag == _ALTERNATE else None
        if kind == "oai" and text and columns.get("oai_id") in (None, text):
            columns["oai_id"], text = text, None
        entries.append((each, text, kind))
    columns["id"] = _id_of(columns)
    found, remains = [], []
    for each, text, kind in entries:
        remain: Any = None
        if text is None or kind is None:
            remain = tree(each) if kind is None else None
        elif kind != "URL" or not _is_page(text, columns):
            scheme = SCHEMES.get(kind, kind)
            found.append(Alternate(identifier=text, scheme=scheme))
            remain = None if scheme.lower() == kind.lower() else {"@alternateIdentifierType": kind}
        remains.append(remain)
    columns["alternate"] = tuple(found)
    settle(alternates, remains, rest)


def _is_page(url: str, columns: dict[str, Any]) -> bool:
    """Take an address if it is that of the record's page; without an id, the first such address is."""
    page = _page_of(url)
    if page is None or columns.get("url") not in (None, url) or columns["id"] not in (None, page[1]):
        return False
    columns["url"], columns["id"] = url, page[1]
    return True


def _related(
    related: Element, columns: dict[str, Any], rest: dict[str, Any], communities: tuple[str, ...]
) -> None:
    """Take the related works, and tell from them the concept, the communities and the journal."""
    doi, id_ = columns.get("doi"), columns.get("id")
    stem = doi.removesuffix(id_) if doi and id_ and doi.endswith(id_) else None
    slugs = set(columns.get("communities", ()))
    found: list[Related] = []
    remains: list[Any] = []
    concept: int | None = None
    for each in related:
        text, said = each.text, dict(each.items())
        relation, kind = said.pop("relationType", None), said.pop("relatedIdentifierType", None)
        general = said.pop("resourceTypeGeneral", None)
        if text is None or each.tag != _RELATED:
            remains.append(tree(each))
            continue
        remain = tree(each) if said or len(each) else None
        if relation == "IsPartOf" and kind == "URL" and general is None and text.startswith(communities):
            slugs.add(text.rstrip("/").rpartition("/")[2])
        elif (
            relation == "IsPartOf" and kind == "ISSN" and general == "Collection" and "journal" not in columns
        ):
            columns["journal"] = Journal(journal_issn=text)
        else:
            if relation == "IsVersionOf" and kind == "DOI" and stem and text.startswith(stem):
                concept = len(found)
            type_ = type_of_general(general)
            scheme = SCHEMES.get(kind, kind)
            if remain is None and ((general and type_ is None) or scheme == "ads"):
                remain = tree(each)
            found.append(
                Related(identifier=text, scheme=scheme, relation=relation, related_resource_type=type_)
            )
        remains.append(remain)
    if concept is not None and stem:
        columns["concept_doi"] = found.pop(concept).identifier
        columns["concept_id"] = columns["concept_doi"].removeprefix(stem)
    columns["related"] = tuple(found)
    columns["communities"] = tuple(sorted(slugs))
    settle(related, remains, rest)


def _page_of(url: str) -> tuple[str, str] | None:
    """Return the site and the id in the address of a record's page, None for any other address."""
    page = _PAGE.fullmatch(url)
    return (page[1], page[2]) if page else None


def _id_of(columns: Mapping[str, str | None]) -> str | None:
    """Return the id of a record: it ends its OAI identifier, its page and the DOIs that Zenodo mints."""
    oai_id, url, doi = (columns.get(name) for name in ("oai_id", "url", "doi"))
    if oai_id and (id_ := oai_id.rpartition(":")[2]):
        return id_
    if url and (page := _page_of(url)):
        return page[1]
    minted = _ZENODO_DOI.fullmatch(doi or "")
    return minted[1] if minted else None
