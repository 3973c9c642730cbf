"""What the XML writers share: elements, plain text, links of a record's environment."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from lxml import etree

Element = Any
"""An element of lxml, which has no types."""

XSI = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMA_LOCATION = f"{{{XSI}}}schemaLocation"
_UNWRITABLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SEMANTICS = {
    "publication-article": "article",
    "publication-book": "book",
    "publication-section": "bookPart",
    "publication-conferencepaper": "conferencePaper",
    "publication-dissertation": "doctoralThesis",
    "publication-patent": "patent",
    "publication-preprint": "preprint",
    "publication-report": "report",
    "publication-technicalnote": "technicalDocumentation",
    "publication-workingpaper": "workingPaper",
    "poster": "conferencePoster",
    "presentation": "lecture",
}
_BLOCKS = (
    "address|article|aside|blockquote|details|dialog|dd|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]"
    "|header|hgroup|hr|li|main|nav|ol|p|pre|section|table|ul"
)
_BLOCK = re.compile(rf"(?<=>)<(?:{_BLOCKS})\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^>]*>|<!--.*?-->", re.DOTALL)


def grow(parent: Element, tag: str, text: Any = None, attributes: Mapping[str, str] | None = None) -> Element:
    """Add an element, with text unless that is None; XML cannot hold control characters."""
    element = etree.SubElement(parent, tag, _writable_values(attributes) if attributes else None)
    if text is not None:
        element.text = _writable(str(text))
    return element


def _writable(text: str) -> str:
    return text if text.isprintable() else _UNWRITABLE.sub("", text)


def _writable_values(attributes: Mapping[str, str]) -> dict[str, str]:
    return {name: _writable(value) for name, value in attributes.items()}


def plain(markup: str) -> str:
    """Return the text of HTML: a block that follows another tag begins on a new line."""
    return html.unescape(_TAG.sub("", _BLOCK.sub("\n", markup))).strip()


def escaped(markup: str) -> str:
    """Return HTML with its tags escaped, as the server does before XML escapes it again."""
    return markup.replace("<", "&lt;").replace(">", "&gt;")


def slugs(record: Mapping[str, Any]) -> list[str]:
    """Return the slugs of the record's communities."""
    return [entry["slug"] for entry in record["parent"]["communities"].get("entries", ())]


def doi_url(doi: str) -> str:
    """Return the address of a DOI."""
    return f"https://doi.org/{doi}"


def dois(record: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return the DOI of the record and that of its concept."""
    own, concept = record["pids"], record["parent"].get("pids", {})
    return own.get("doi", {}).get("identifier"), concept.get("doi", {}).get("identifier")


def rights(record: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], str, str | None]]:
    """Return each of the record's rights with its title and address."""
    found = record["metadata"].get("rights", ())
    return [(one, one.get("title", {}).get("en", ""), _address(one)) for one in found]


def _address(one: Mapping[str, Any]) -> str | None:
    return one.get("props", {}).get("url") or one.get("link")


def access_right(record: Mapping[str, Any]) -> str:
    """Return the access right in the terms of OpenAIRE."""
    status = record["access"]["status"]
    known = status if status in {"embargoed", "restricted"} else "open"
    return f"info:eu-repo/semantics/{known}Access"


def semantic_type(record: Mapping[str, Any]) -> str:
    """Return the resource type in the terms of OpenAIRE."""
    type_id = str(record["metadata"].get("resource_type", {}).get("id", ""))
    return f"info:eu-repo/semantics/{_SEMANTICS.get(type_id, 'other')}"
