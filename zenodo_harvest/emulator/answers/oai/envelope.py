"""The envelope of OAI-PMH around lists, records and refusals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from lxml import etree

from zenodo_harvest.emulator.answers.oai.elements import SCHEMA_LOCATION, XSI, Element, grow
from zenodo_harvest.emulator.defaults import Json
from zenodo_harvest.emulator.oai_lists import Header

_OAI = "http://www.openarchives.org/OAI/2.0/"
NS: Final = f"{{{_OAI}}}"
_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
_ELEMENTS = "http://purl.org/dc/elements/1.1/"
_STYLE = 'type="text/xsl" href="/static/oai2.xsl"'


def envelope(url: str, at_s: float, arguments: Mapping[str, str]) -> Element:
    """Return an answer that holds nothing yet; `arguments` are what was asked."""
    root = etree.Element(
        f"{NS}OAI-PMH", {SCHEMA_LOCATION: f"{_OAI} {_OAI}OAI-PMH.xsd"}, {None: _OAI, "xsi": XSI}
    )
    root.addprevious(etree.ProcessingInstruction("xml-stylesheet", _STYLE))
    grow(root, f"{NS}responseDate", stamp(at_s))
    grow(root, f"{NS}request", url, arguments)
    return root


def stamp(at_s: float) -> str:
    """Return a time as OAI-PMH writes it."""
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def written(root: Element) -> bytes:
    """Return an answer as the server writes it."""
    tree = root.getroottree()
    return bytes(etree.tostring(tree, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def refusal(url: str, at_s: float, code: str, message: str) -> bytes:
    """Return an error, which has neither declaration nor line breaks (zenodo-api.md §13)."""
    root = envelope(url, at_s, {})
    grow(root, f"{NS}error", message, {"code": code})
    return str(etree.tostring(root.getroottree(), encoding="unicode")).encode()


def add_header(parent: Element, header: Header, sets: Iterable[str]) -> None:
    """Add a record's header; its sets come in the order of `sets`, which are all there are."""
    element = grow(parent, f"{NS}header")
    grow(element, f"{NS}identifier", header.identifier)
    grow(element, f"{NS}datestamp", header.datestamp)
    for spec in sets:
        if spec in header.sets:
            grow(element, f"{NS}setSpec", spec)


def add_record(parent: Element, header: Header, sets: Iterable[str], metadata: Element) -> None:
    """Add a whole record."""
    element = grow(parent, f"{NS}record")
    add_header(element, header, sets)
    grow(element, f"{NS}metadata").append(metadata)


def add_set(parent: Element, community: Json, prefix: str) -> None:
    """Add the set of a community."""
    element, title = grow(parent, f"{NS}set"), community["metadata"]["title"]
    grow(element, f"{NS}setSpec", f"{prefix}{community['slug']}")
    grow(element, f"{NS}setName", title)
    description = etree.SubElement(
        grow(element, f"{NS}setDescription"),
        f"{{{_DC}}}dc",
        {SCHEMA_LOCATION: _DC},
        {"oai_dc": _DC, "dc": _ELEMENTS},
    )
    about = f"Records belonging to the community '{title}'"
    grow(description, f"{{{_ELEMENTS}}}description", about)


def add_token(parent: Element, token: str | None, expires_s: float, *, cursor: int, total: int) -> None:
    """Add a token, or an empty one on the last page."""
    attributes = {"expirationDate": stamp(expires_s), "cursor": str(cursor), "completeListSize": str(total)}
    grow(parent, f"{NS}resumptionToken", token, attributes)
