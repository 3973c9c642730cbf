"""Reads what DataCite XML says of the work itself; each reader takes one element into its columns.

What no column holds is added to `rest`, under the element's name.
"""

from __future__ import annotations

from contextlib import suppress
from html import escape
from typing import Any

from zenodo_harvest.html_text import text_of
from zenodo_harvest.records.datacite_links import read_links
from zenodo_harvest.records.datacite_people import read_people
from zenodo_harvest.records.datacite_places import read_locations
from zenodo_harvest.records.derived import complete
from zenodo_harvest.records.elements import (
    KERNEL,
    Element,
    around,
    keep,
    left,
    name_of,
    put,
    settle,
    tree,
)
from zenodo_harvest.records.record import Description, Funding, RecordDate, Subject, Title
from zenodo_harvest.vocabularies.datacite import (
    ACCESS,
    CLOSED,
    GENERAL_TYPES,
    TEXT_TYPES,
    is_marked_up,
    type_of,
)
from zenodo_harvest.vocabularies.languages import language_code
from zenodo_harvest.vocabularies.licenses import spdx

_TITLE, _SUBJECT, _DATE = f"{KERNEL}title", f"{KERNEL}subject", f"{KERNEL}date"
_RIGHTS, _DESCRIPTION = f"{KERNEL}rights", f"{KERNEL}description"
_FUNDING = f"{KERNEL}fundingReference"
_FUNDER = {
    f"{KERNEL}funderName": "funder_name",
    f"{KERNEL}funderIdentifier": "funder_id",
    f"{KERNEL}awardNumber": "award_number",
    f"{KERNEL}awardTitle": "award_title",
}
_PLAIN = {f"{KERNEL}publisher": "publisher", f"{KERNEL}version": "version_label"}
_ALTERNATES, _RELATED = f"{KERNEL}alternateIdentifiers", f"{KERNEL}relatedIdentifiers"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_DOI, _URL = [("identifierType", "DOI")], [("identifierType", "URL")]
_ROR = [("funderIdentifierType", "ROR")]


def read_resource(
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
    complete(columns, problems)
    rest.update(around(resource))


def _as_kernel_4(resource: Element) -> None:
    """Move the elements of another version of DataCite's schema to that of version 4.

    A name such as ``a:``, which only a tolerant parser lets pass, stays.
    """
    for element in resource.iter():
        if isinstance(element.tag, str):
            with suppress(ValueError):
                element.tag = KERNEL + name_of(element.tag)


def read_identifier(
    element: Element, columns: dict[str, Any], rest: dict[str, Any], problems: list[str]
) -> None:
    """Take the DOI; of records with a DOI of another registrant, Zenodo once gave the address instead."""
    text, said = element.text, element.items()
    if text and said == _DOI and not len(element):
        columns["doi"] = text.strip()
    elif text and said == _URL and not len(element):
        columns["url"] = text.strip()
    else:
        problems.append("identifier: no DOI")
        put(rest, "identifier", tree(element))


def read_titles(titles: Element, columns: dict[str, Any], rest: dict[str, Any], _: list[str]) -> None:
    """Take the title, which is the first one without a type, and the others."""
    others, remains = [], []
    for each in titles:
        text, said = each.text, each.items()
        if text is None or each.tag != _TITLE:
            remains.append(tree(each))
        elif (kind := each.get("titleType")) is None and "title" not in columns:
            columns["title"] = text
            remains.append(left(each) if said or len(each) else None)
        else:
            type_ = TEXT_TYPES.get(kind)
            others.append(Title(additional_title=text, type=type_ or kind, language=each.get(_LANGUAGE)))
            remains.append(left(each, "titleType", _LANGUAGE))
    columns["additional_titles"] = tuple(others)
    settle(titles, remains, rest)


def read_plain(element: Element, columns: dict[str, Any], rest: dict[str, Any], _: list[str]) -> None:
    """Take the publisher, or the version as its authors call it."""
    columns[_PLAIN[element.tag]] = element.text
    keep(rest, element)


def read_language(element: Element, columns: dict[str, Any], rest: dict[str, Any], _: list[str]) -> None:
    """Take the language as Zenodo's code of three letters; another code stays."""
    text = element.text
    code = text and (language_code(text) or text)
    columns["languages"] = (code,) if code else ()
    if code == text:
        keep(rest, element)
    else:
        put(rest, "language", tree(element))


def read_type(element: Element, columns: dict[str, Any], rest: dict[str, Any], _: list[str]) -> None:
    """Take Zenodo's id where the general type and the text tell it; what it does not say stays."""
    general, text = element.get("resourceTypeGeneral"), element.text or ""
    columns["resource_type"] = id_ = type_of(general, text)
    taken = ("resourceTypeGeneral",) if GENERAL_TYPES.get(id_) == general else ()
    remain = left(element, *taken)
    put(rest, "resourceType", (text or None) if remain is None else {**remain, "#text": text})


def read_year(element: Element, columns: dict[str, Any], rest: dict[str, Any], problems: list[str]) -> None:
    """Take the year of publication, unless the date of issue says more."""
    year, issued = element.text, columns.get("publication_date")
    if issued is None:
        columns["publication_date"] = year
    elif year:
        _check_year(year, issued, rest, problems)
    keep(rest, element)


def read_dates(dates: Element, columns: dict[str, Any], rest: dict[str, Any], problems: list[str]) -> None:
    """Take the date of issue and what people typed.

    The server adds the day of the last edit as the last one (recordings, read 2026-11-23); a day is no
    time, so it stays unless the header of OAI-PMH gives the time.
    """
    year, updated = columns.get("publication_date"), columns.get("updated")
    found, remains = [], []
    is_issued = False
    last = len(dates) - 1
    for number, each in enumerate(dates):
        text, said = each.text, dict(each.items())
        type_, about = said.pop("dateType", None), said.pop("dateInformation", None)
        remain: Any = None
        if text is None or each.tag != _DATE or said or len(each):
            remain = tree(each)
        elif type_ == "Issued" and about is None and not is_issued:
            is_issued = True
            columns["publication_date"] = text
            if year and not text.startswith(year):
                _check_year(year, text, rest, problems)
        elif type_ == "Updated" and about is None and number == last:
            if updated is None or updated.date().isoformat() != text:
                remain = tree(each)
        else:
            found.append(RecordDate(date=text, type=type_ and type_.lower(), description=about))
        remains.append(remain)
    columns["dates"] = tuple(found)
    settle(dates, remains, rest)


def read_subjects(subjects: Element, columns: dict[str, Any], rest: dict[str, Any], _: list[str]) -> None:
    """Take free keywords, and subjects that have an address."""
    keywords, found, remains = [], [], []
    for each in subjects:
        text, said = each.text, each.items()
        remain: Any = None
        if text is None or each.tag != _SUBJECT:
            remain = tree(each)
        elif not said and not len(each):
            keywords.append(text)
        elif id_ := each.get("valueURI"):
            found.append(Subject(subject_id=id_, subject=text, scheme=each.get("subjectScheme")))
            remain = left(each, "valueURI", "subjectScheme")
        else:
            keywords.append(text)
            remain = left(each)
        remains.append(remain)
    columns["keywords"], columns["subjects"] = tuple(keywords), tuple(found)
    settle(subjects, remains, rest)


def read_rights(rights_list: Element, columns: dict[str, Any], rest: dict[str, Any], _: list[str]) -> None:
    """Take licences and access; the original of an id that SPDX spells otherwise stays, as does its name."""
    names, urls, remains = [], [], []
    for each in rights_list:
        text, said = each.text, dict(each.items())
        url = said.pop("rightsURI", None)
        remain: Any = None
        if each.tag != _RIGHTS or len(each):
            remain = tree(each)
        elif url in ACCESS and "access_status" not in columns:
            columns["access_status"] = ACCESS[url]
            if text or said or url == CLOSED:
                remain = tree(each)
        else:
            id_ = said.get("rightsIdentifier")
            name = text if id_ is None else spdx(id_)
            if name:
                names.append(name)
            if url:
                urls.append(url)
            if name == id_:
                said.pop("rightsIdentifier", None)
            remain = {f"@{name_of(key)}": value for key, value in said.items()}
            if text and text != name:
                remain["#text"] = text
        remains.append(remain or None)
    columns["licenses"], columns["license_urls"] = tuple(names), tuple(urls)
    settle(rights_list, remains, rest)


def read_descriptions(
    descriptions: Element, columns: dict[str, Any], rest: dict[str, Any], _: list[str]
) -> None:
    """Take the abstract and the other descriptions."""
    others, remains = [], []
    for each in descriptions:
        type_, text = each.get("descriptionType"), each.text
        if len(each):
            text = _markup(each)
        if text is None or each.tag != _DESCRIPTION:
            remains.append(tree(each))
            continue
        is_marked = is_marked_up(text)
        if type_ == "Abstract" and "description_text" not in columns:
            columns["description_text"] = text_of(text) if is_marked else text
            columns["description_html"] = text if is_marked else None
            remains.append(tree(each) if len(each) else left(each, "descriptionType"))
        else:
            language = each.get(_LANGUAGE)
            others.append(Description(description=text, type=TEXT_TYPES.get(type_, type_), language=language))
            remains.append(tree(each) if len(each) else left(each, "descriptionType", _LANGUAGE))
    columns["additional_descriptions"] = tuple(others)
    settle(descriptions, remains, rest)


def read_funding(funding: Element, columns: dict[str, Any], rest: dict[str, Any], _: list[str]) -> None:
    """Take funders and awards; parts that say more than a column holds stay whole."""
    found, remains = [*columns.get("funding", ())], []
    for each in funding:
        known: dict[str, str] = {}
        remain = around(each)
        for part in each:
            text, said, column = part.text, part.items(), _FUNDER.get(part.tag)
            if text is None or len(part) or column is None or column in known:
                put(remain, name_of(part.tag), tree(part))
                continue
            known[column] = text
            if said and said != _ROR:
                put(remain, name_of(part.tag), tree(part))
        if each.tag == _FUNDING:
            found.append(Funding(**known))
            remains.append(remain or None)
        else:
            remains.append(tree(each))
    columns["funding"] = tuple(found)
    settle(funding, remains, rest)


def _check_year(year: str, issued: str, rest: dict[str, Any], problems: list[str]) -> None:
    """Keep a year of publication that is not the year of issue."""
    if not issued.startswith(year):
        problems.append("publicationYear: not the year of the date of issue")
        put(rest, "publicationYear", year)


def _markup(element: Element) -> str:
    """Return what an element holds as HTML: its text, and the elements in it without their namespaces."""
    pieces = [escape(element.text or "", quote=False)]
    for child in element:
        name = name_of(child.tag)
        pieces += (f"<{name}>", _markup(child), f"</{name}>", escape(child.tail or "", quote=False))
    return "".join(pieces)


_READERS = {
    KERNEL + name: reader
    for name, reader in {
        "identifier": read_identifier,
        "creators": read_people,
        "titles": read_titles,
        "publisher": read_plain,
        "publicationYear": read_year,
        "resourceType": read_type,
        "subjects": read_subjects,
        "contributors": read_people,
        "dates": read_dates,
        "language": read_language,
        "version": read_plain,
        "rightsList": read_rights,
        "descriptions": read_descriptions,
        "geoLocations": read_locations,
        "fundingReferences": read_funding,
    }.items()
}
