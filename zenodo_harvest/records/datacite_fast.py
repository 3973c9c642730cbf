"""DataCite XML of a known shape, read without a parser, as typed structs read JSON of a known shape.

Text that fits `datacite_shape` is well-formed and has one meaning, so that its parts can be cut out. Whatever
does not fit, or is unusual in any way, is left to `datacite`, which reads all XML; both give the same row.
"""

from __future__ import annotations

import re
from typing import Any

from zenodo_harvest.records.datacite_shape import DOCUMENT, ITEMS, NAME_IDENTIFIER
from zenodo_harvest.records.datacite_terms import (
    ACCESS,
    CLOSED,
    NAME_TYPES,
    SCHEMES,
    TEXT_TYPES,
    id_of,
    is_marked_up,
    page_of,
    type_of,
    type_of_general,
)
from zenodo_harvest.records.decoding import encode
from zenodo_harvest.records.parts import published
from zenodo_harvest.records.provenance import Provenance
from zenodo_harvest.records.rows import Row
from zenodo_harvest.records.schema import SCHEMA_VERSION
from zenodo_harvest.records.text import text_of
from zenodo_harvest.vocabularies.licenses import spdx

_NEVER = bytes(code for code in range(32) if code not in b"\t\n")
"""Bytes that XML does not allow, or that a parser would change."""
_REFERENCES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"'}
_REFERENCE = re.compile("&[a-z]*;?")
_BETWEEN = "</affiliation><affiliation>"
_INSIDE = slice(len("<affiliation>"), -len("</affiliation>"))
_IS_CODE = re.compile("[a-z]{3}").fullmatch
_NUMBER = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]+)?").fullmatch
_NO_USE: Row = (None,) * 10
_NO_IDS: Row = (None, None, None)


class _Unusual(Exception):
    """Something that only the careful reader reads."""


def datacite_row(raw: bytes, provenance: Provenance, kept: str | None) -> Row | None:
    """Return the row of a record as the server's dump holds it, None for any other text.

    Args:
        raw: The XML.
        provenance: Where it was read.
        kept: What the column `raw` holds.
    """
    try:
        document = DOCUMENT.fullmatch(_checked(raw))
        return _row(document.groups(), provenance, kept) if document else None
    except (_Unusual, UnicodeDecodeError):
        return None


def _checked(raw: bytes) -> str:
    """Return the text, unless a character in it is for a parser."""
    text = raw.decode()
    if len(raw.translate(None, _NEVER)) != len(raw) or "\ufffe" in text or "\uffff" in text:
        raise _Unusual
    return text


def _plain(text: str) -> str:
    """Return a text with its references resolved."""
    return _REFERENCE.sub(_referred, text) if "&" in text else text


def _referred(reference: re.Match[str]) -> str:
    if (character := _REFERENCES.get(reference[0])) is None:
        raise _Unusual
    return character


def _cut(name: str, items: str | None) -> list[Any]:
    """Return the items of a list, each the tuple of its groups, or its only one."""
    if not items:
        return []
    found = ITEMS[name].findall(items)
    if "&" not in items:
        return found
    return [_plain(each) if isinstance(each, str) else tuple(map(_plain, each)) for each in found]


def _row(groups: Row, provenance: Provenance, kept: str | None) -> Row:
    (
        schema,
        centre,
        alternates,
        creators,
        titles,
        publisher,
        year,
        subjects,
        contributors,
        dates,
        language,
        *more,
    ) = groups
    general, type_text, doi, related, sizes, formats, version, rights, descriptions, places, funding = more
    if schema.isspace() or (centre and centre.isspace()):
        raise _Unusual
    rest: dict[str, Any] = {"schemaVersion": _plain(schema)}
    if centre:
        rest["datacentreSymbol"] = _plain(centre)
    if sizes:
        rest["sizes"] = {"size": _kept("sizes", sizes)}
    if formats:
        rest["formats"] = {"format": _kept("formats", formats)}
    doi = _plain(doi).strip() if doi else None
    oai_id, id_, url, site, alternate = _own(_cut("alternateIdentifiers", alternates), doi, rest)
    base = provenance.base_url
    sites = tuple([f"{each}/communities/" for each in (site, base) if each])
    concept_doi, concept_id, slugs, journal, links = _related(
        _cut("relatedIdentifiers", related), doi, id_, sites, rest
    )
    title, more_titles = _titles(_cut("titles", titles))
    issued, others = _dates(_cut("dates", dates), rest)
    if issued is None or year != issued[:4]:
        raise _Unusual
    problems: list[str] = []
    publication = published(issued, problems)
    if problems or (language and not _IS_CODE(language)) or (general and not general.isalpha()):
        raise _Unusual
    html, text, more_descriptions = _descriptions(_cut("descriptions", descriptions))
    access, licenses, urls = _rights(_cut("rightsList", rights), rest)
    if type_text:
        rest["resourceType"] = type_text = _plain(type_text)
    return (
        id_,
        concept_id,
        doi,
        concept_doi,
        oai_id,
        url or (f"{base}/records/{id_}" if base and id_ else None),
        None,
        None,
        _plain(version) if version else None,
        None,
        title,
        type_of(general, type_text or ""),
        general,
        html,
        text,
        (language,) if language else (),
        _plain(publisher) if publisher else None,
        tuple(_cut("subjects", subjects)),
        (),
        None,
        None,
        *publication,
        None,
        _people("creators", creators),
        _people("contributors", contributors),
        None,
        access,
        None,
        None,
        licenses,
        urls,
        slugs,
        (),
        journal,
        None,
        None,
        None,
        links,
        alternate,
        (),
        tuple([_funding(each) for each in _cut("fundingReferences", funding)]),
        None,
        (),
        None,
        None,
        (),
        *_NO_USE,
        others,
        more_titles,
        more_descriptions,
        tuple([_place(each) for each in _cut("geoLocations", places)]),
        None,
        encode(rest),
        (),
        provenance.site,
        "datacite",
        provenance.source,
        provenance.retrieved_at,
        SCHEMA_VERSION,
        kept,
    )


def _kept(name: str, items: str) -> list[str]:
    """Return the items of a list that has no column."""
    texts = _cut(name, items)
    if any(map(str.isspace, texts)):
        raise _Unusual
    return texts


def _own(
    found: list[Row], doi: str | None, rest: dict[str, Any]
) -> tuple[str | None, str | None, str | None, str | None, tuple[Row, ...]]:
    """Return the OAI identifier, the id, the page, its site and the other identifiers of the work."""
    oai_ids = [text for kind, text in found if kind == "oai"]
    if len(oai_ids) > 1:
        raise _Unusual
    oai_id = oai_ids[0] if oai_ids else None
    id_ = id_of(oai_id, None, doi)
    url = site = None
    others, remains = [], []
    for kind, text in found:
        remain = None
        if kind == "URL" and url in (None, text) and (page := page_of(text)) and page[1] == (id_ or page[1]):
            url, (site, id_) = text, page
        elif kind != "oai":
            scheme = SCHEMES.get(kind, kind)
            others.append((text, scheme))
            if scheme == "ads" != kind:
                remain = {"@alternateIdentifierType": kind}
        remains.append(remain)
    if any(remains):
        rest["alternateIdentifiers"] = remains
    return oai_id, id_, url, site, tuple(others)


def _related(
    found: list[Row], doi: str | None, id_: str | None, communities: tuple[str, ...], rest: dict[str, Any]
) -> tuple[str | None, str | None, tuple[str, ...], Row | None, tuple[Row, ...]]:
    """Return the DOI and id of the concept, the communities, the journal and the related works."""
    stem = doi.removesuffix(id_) if doi and id_ and doi.endswith(id_) else None
    slugs: set[str] = set()
    works: list[Row] = []
    remains: list[Any] = []
    journal: Row | None = None
    concept = -1
    for relation, general, kind, text in found:
        remain = None
        if relation == "IsPartOf" and kind == "URL" and not general and text.startswith(communities):
            slugs.add(text.rstrip("/").rpartition("/")[2])
        elif relation == "IsPartOf" and kind == "ISSN" and general == "Collection" and journal is None:
            journal = (None, None, None, None, text)
        else:
            if relation == "IsVersionOf" and kind == "DOI" and stem and text.startswith(stem):
                concept = len(works)
            type_ = type_of_general(general) if general else None
            scheme = SCHEMES.get(kind, kind)
            if (general and type_ is None) or scheme == "ads":
                remain = {"@relationType": relation, "@relatedIdentifierType": kind, "#text": text}
                remain |= {"@resourceTypeGeneral": general} if general else {}
                if text.isspace():
                    raise _Unusual
            works.append((text, scheme, relation, type_))
        remains.append(remain)
    if any(remains):
        rest["relatedIdentifiers"] = remains
    concept_doi = works.pop(concept)[0] if concept >= 0 else None
    concept_id = concept_doi.removeprefix(stem) if concept_doi and stem else None
    return concept_doi, concept_id, tuple(sorted(slugs)), journal, tuple(works)


def _titles(found: list[Row]) -> tuple[str | None, tuple[Row, ...]]:
    """Return the title and the others."""
    (language, kind, title), *others = found or [("", "", None)]
    if language or kind or not all(kind for _, kind, _ in others):
        raise _Unusual
    return title, tuple(
        [(text, TEXT_TYPES.get(kind) or kind, language or None) for language, kind, text in others]
    )


def _dates(found: list[Row], rest: dict[str, Any]) -> tuple[str | None, tuple[Row, ...]]:
    """Return the date of issue and the dates that people typed; the day of the last edit stays."""
    issued, others, remains = None, [], []
    last = len(found) - 1
    for number, (kind, about, text) in enumerate(found):
        remain = None
        if kind == "Issued" and not about and issued is None:
            issued = text
        elif kind == "Updated" and not about and number == last:
            if text.isspace():
                raise _Unusual
            remain = {"@dateType": kind, "#text": text}
        else:
            others.append((text, kind.lower(), about or None))
        remains.append(remain)
    if any(remains):
        rest["dates"] = remains
    return issued, tuple(others)


def _rights(found: list[Row], rest: dict[str, Any]) -> tuple[str | None, tuple[str, ...], tuple[str, ...]]:
    """Return the access, the licences and their addresses; the original of an id stays, as does its name."""
    access = None
    names, urls, remains = [], [], []
    for url, scheme, id_, text in found:
        remain: dict[str, str] = {}
        if url in ACCESS and access is None:
            access = ACCESS[url]
            if scheme or id_ or text or url == CLOSED:
                raise _Unusual
        else:
            name = spdx(id_) if id_ else text
            if name:
                names.append(name)
            if url:
                urls.append(url)
            if scheme:
                remain["@rightsIdentifierScheme"] = scheme
            if id_ != name and id_:
                remain["@rightsIdentifier"] = id_
            if text and text != name:
                remain["#text"] = text
        remains.append(remain or None)
    if any(remains):
        rest["rightsList"] = remains
    return access, tuple(names), tuple(urls)


def _descriptions(found: list[Row]) -> tuple[str | None, str | None, tuple[Row, ...]]:
    """Return the abstract as HTML and as text, and the other descriptions."""
    html = text = None
    others = []
    for language, kind, said in found:
        if kind != "Abstract" or text is not None:
            others.append((said, TEXT_TYPES.get(kind, kind), language or None))
        elif language:
            raise _Unusual
        elif is_marked_up(said):
            html, text = said, text_of(said)
        else:
            text = said
    return html, text, tuple(others)


def _people(name: str, items: str | None) -> tuple[Row, ...]:
    """Return creators or contributors."""
    if not items:
        return ()
    people = ITEMS[name].findall(items)
    if name == "creators":
        people = [(None, *each) for each in people]
    found: list[Row] = []
    for role, type_, full_name, given, family, orcid, ids, places in people:
        gnd, isni, ror = _identifiers(ids) if ids else _NO_IDS
        type_id = NAME_TYPES[type_] if type_ else None
        affiliations = tuple(places[_INSIDE].split(_BETWEEN)) if places else ()
        person = full_name, family or None, given or None, type_id, orcid or None, gnd, isni, ror, role
        found.append((*person, affiliations))
    if "&" in items:
        found = [
            (*[each and _plain(each) for each in person], tuple(map(_plain, affiliations)))
            for *person, affiliations in found
        ]
    return tuple(found)


def _identifiers(items: str) -> Row:
    """Return GND, ISNI and ROR."""
    found = dict(NAME_IDENTIFIER.findall(items))
    if len(found) != items.count("<nameIdentifier "):
        raise _Unusual
    return found.get("GND"), found.get("ISNI"), found.get("ROR")


def _funding(found: Row) -> Row:
    name, id_, number, title = found
    return id_ or None, name, None, number or None, title or None, None


def _place(found: Row) -> Row:
    place, longitude, latitude = found
    if not longitude:
        return place or None, None, None, None, None
    if (
        not _NUMBER(longitude)
        or not _NUMBER(latitude)
        or max(abs(float(longitude)), abs(float(latitude))) > 360
    ):
        raise _Unusual
    return place or None, None, float(latitude), float(longitude), None
