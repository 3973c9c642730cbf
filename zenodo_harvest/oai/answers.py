"""What OAI-PMH answers: pages of records, sets, formats. Nothing here asks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from zenodo_harvest.errors import BadAnswer, TooLarge
from zenodo_harvest.oai.errors import error_of
from zenodo_harvest.oai.malformed import CutPage, cut_page
from zenodo_harvest.raw_records import RawRecord, is_id, text_name
from zenodo_harvest.records import moment

_OAI = "{http://www.openarchives.org/OAI/2.0/}"
_SAFE: dict[str, Any] = {"resolve_entities": False, "no_network": True, "load_dtd": False}


@dataclass(frozen=True, slots=True)
class Header:
    """What a list says about one record: its OAI identifier, the time of its last edit, and its sets."""

    identifier: str
    datestamp: str
    sets: tuple[str, ...] = ()
    is_deleted: bool = False

    @property
    def id(self) -> str | None:
        """The last part of its identifier, which is the record's id."""
        return self.identifier.rpartition(":")[2] or None


@dataclass(frozen=True, slots=True)
class OaiPage:
    """One page of a list.

    Attributes:
        records: Each record as XML of its own; empty where headers were asked for.
        headers: The header of each record, in the same order.
        token: Leads to the next page once; None on the last one.
        complete_list_size: Records in the whole list; None if this page holds all, or it does not tell.
        cursor: Records before this page, by the server's count.
        names: What a walk calls the records: their identifiers, or for one that has none, or that of
            another record of the list, a name made of its text.
    """

    records: tuple[bytes, ...]
    headers: tuple[Header, ...]
    token: str | None
    complete_list_size: int | None
    cursor: int | None
    names: tuple[str, ...] = ()

    @property
    def identifiers(self) -> tuple[str, ...]:
        """The OAI identifiers of the records."""
        return tuple(header.identifier for header in self.headers)

    @property
    def raw_records(self) -> tuple[RawRecord, ...]:
        """The records with what their headers tell, but for deleted ones.

        The id is the last part of the OAI identifier.
        """
        told = zip(self.names, self.headers, self.records, strict=True)
        return tuple(_raw_record(*each) for each in told if not each[1].is_deleted)

    @property
    def deleted(self) -> tuple[Header, ...]:
        """The headers of the records that the server has deleted."""
        return tuple(header for header in self.headers if header.is_deleted)


@dataclass(frozen=True, slots=True)
class OaiSet:
    """A set: a community (``user-<slug>`` on Zenodo) or a selection of the server's."""

    spec: str
    name: str


@dataclass(frozen=True, slots=True)
class Format:
    """A metadata format, named by `prefix`."""

    prefix: str
    schema: str
    namespace: str


@dataclass(frozen=True, slots=True)
class Identity:
    """What a repository says about itself."""

    name: str
    base_url: str
    earliest_datestamp: str
    granularity: str
    deleted_record: str


def read_page(content: bytes, url: str) -> OaiPage:
    """Return the page in an answer to ListRecords, ListIdentifiers or GetRecord.

    Raises:
        ZenodoHarvestError: The answer is an error, by its OAI code, or no OAI-PMH.
    """
    root = _parsed(content, _STRICT)
    page = cut_page(content) if root is None and _is_whole(content) else None
    if root is None:
        root = _root(content if page is None else page.around)
    body = _body(root, url, ("ListRecords", "ListIdentifiers", "GetRecord"))
    records: list[bytes] = []
    headers: list[Header] = []
    left = _COPIES * len(content) + _SMALL_BYTES
    for part in body if page is None else _each(page):
        if isinstance(part, bytes):
            records.append(part)
            headers.append(read_header(part))
        elif part.tag == f"{_OAI}record":
            records.append(etree.tostring(part, encoding="UTF-8", xml_declaration=False, with_tail=False))
            headers.append(_header(part.find(f"{_OAI}header")))
        elif part.tag == f"{_OAI}header":
            headers.append(_header(part))
            continue
        else:
            continue
        left -= len(records[-1])
        if left < 0:
            raise TooLarge(
                "The records of the answer are far larger than the answer: each repeats its namespaces.",
                hint="Harvest by search, or tell the operators of the site.",
                url=url,
            )
    token, size, cursor = _token(body)
    return OaiPage(tuple(records), tuple(headers), token, size, cursor)


def _each(page: CutPage) -> Iterator[Any]:
    """Yield the records of a page as elements, and those that are no well-formed XML as they came."""
    for piece in page.pieces:
        root = _parsed(page.opening + piece + page.closing, _STRICT)
        if root is None:
            yield page.alone(piece)
        else:
            yield from root.iterfind(f"*/{_OAI}record")


def _raw_record(name: str, header: Header, record: bytes) -> RawRecord:
    id_ = header.id
    edited = moment(header.datestamp)
    own_name = (id_ or text_name(record)) if is_id(name) else name
    return RawRecord(own_name, id_, edited, edited, record)


def read_header(record: bytes) -> Header:
    """Return the header of one record's XML, empty if there is none."""
    root = _root(record)
    return _header(None if root is None else root.find(f"{_OAI}header"))


def raw_record(record: bytes) -> RawRecord:
    """Return one record's XML with what its header tells."""
    header = read_header(record)
    return _raw_record(header.identifier, header, record)


def read_sets(content: bytes, url: str) -> tuple[tuple[OaiSet, ...], str | None, int | None]:
    """Return the sets of an answer to ListSets, the token for more, and how many there are in all."""
    body = _body(_root(content), url, ("ListSets",))
    sets = tuple(OaiSet(_text(each, "setSpec"), _text(each, "setName")) for each in body.iter(f"{_OAI}set"))
    token, size, _ = _token(body)
    return sets, token, size


def read_formats(content: bytes, url: str) -> tuple[Format, ...]:
    """Return the formats of an answer to ListMetadataFormats."""
    body = _body(_root(content), url, ("ListMetadataFormats",))
    return tuple(
        Format(_text(each, "metadataPrefix"), _text(each, "schema"), _text(each, "metadataNamespace"))
        for each in body.iter(f"{_OAI}metadataFormat")
    )


def read_identity(content: bytes, url: str) -> Identity:
    """Return the answer to Identify."""
    body = _body(_root(content), url, ("Identify",))
    names = ("repositoryName", "baseURL", "earliestDatestamp", "granularity", "deletedRecord")
    return Identity(*(_text(body, name) for name in names))


def _body(root: Any, url: str, verbs: tuple[str, ...]) -> Any:
    """Return the element that holds the answer, or raise the error that the answer is."""
    names = {} if root is None else {etree.QName(each).localname: each for each in root.iterchildren("{*}*")}
    if "error" in names:
        raise error_of(names["error"].get("code", ""), (names["error"].text or "").strip(), url)
    for verb in verbs:
        if verb in names:
            return names[verb]
    raise BadAnswer(
        f"The answer to {url} is no OAI-PMH.",
        hint="Try again later; if it stays, check the address of the site.",
        url=url,
    )


def _root(content: bytes) -> Any:
    """Return the root element, of what is not well-formed as far as it can be made out."""
    root = _parsed(content, _STRICT)
    return _parsed(content, _TOLERANT) if root is None and _is_whole(content) else root


def _parsed(content: bytes, parser: Any) -> Any:
    try:
        return etree.XML(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _is_whole(content: bytes) -> bool:
    """Tell whether the end is there: what is cut short would be mended as well, and pass for a whole page."""
    first = _FIRST_TAG.search(content)
    return first is not None and content.rstrip().endswith(b"</" + first[1] + b">")


def _header(header: Any) -> Header:
    if header is None:
        return Header("", "")
    sets = tuple(each.text or "" for each in header.iterchildren(f"{_OAI}setSpec"))
    return Header(
        _text(header, "identifier"), _text(header, "datestamp"), sets, header.get("status") == "deleted"
    )


def _token(body: Any) -> tuple[str | None, int | None, int | None]:
    """Return the token, the size of the whole list and the cursor; an empty token ends a list."""
    element = body.find(f"{_OAI}resumptionToken")
    if element is None:
        return None, None, None
    size, cursor = (
        int(text[:_MOST_DIGITS]) if text and text.isdecimal() else None
        for text in (element.get("completeListSize"), element.get("cursor"))
    )
    return (element.text or "").strip() or None, size, cursor


def _text(element: Any, name: str) -> str:
    return (element.findtext(f"{_OAI}{name}") or "").strip()


_FIRST_TAG = re.compile(rb"<([^\s<>!?/]+)")
_MOST_DIGITS = 18
"""What is left of a longer number is still more than anything can hold."""
_COPIES, _SMALL_BYTES = 2, 8 << 20
"""Each record is cut out with all namespaces that hold in it, which makes an answer a little larger."""
_STRICT = etree.XMLParser(**_SAFE)
_TOLERANT = etree.XMLParser(**_SAFE, recover=True)
