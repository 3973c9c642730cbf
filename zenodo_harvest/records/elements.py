"""XML as data: bytes to elements without entities, DTD or network, and elements to plain values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lxml import etree

_SAFE: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "remove_comments": True,
    "remove_pis": True,
}
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_NOT_DATA = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"

KERNEL = "{http://datacite.org/schema/kernel-4}"
"""The namespace of DataCite's schema 4."""

Element = Any
"""An element of lxml, which has no types."""


def parse(raw: bytes | str, problems: list[str]) -> Element | None:
    """Return the root element of XML text; of text that is not well-formed what can be made out, if anything.

    Entities that the text declares stay as they are written.
    """
    content = _DECLARATION.sub("", raw, count=1).encode("utf-8", "replace") if isinstance(raw, str) else raw
    try:
        root = etree.XML(content, _STRICT)
    except (etree.XMLSyntaxError, ValueError) as error:
        problems.append(f"the record is no well-formed XML: {error}")
        root = _recovered(content)
    if b"<!DOCTYPE" in content:
        problems.append("the record declares a document type, which is not read")
    if root is not None and problems:
        _keep_entities(root)
    return root


def tree(element: Element) -> Any:
    """Return all that an element says: its text, or an object of attributes, children and text."""
    said = left(element)
    text = element.text
    if not text or text.isspace():
        return said
    return text if said is None else {**said, "#text": text}


def left(element: Element, *taken: str) -> dict[str, Any] | None:
    """Return what remains of an element whose text and attributes `taken` were read, None for nothing.

    Attributes are ``@name``, children ``name`` with a list, text between them ``#tail``.
    ``xsi:schemaLocation`` is left out: it says how to check the record and not what it is.
    """
    said = attributes(element, *taken)
    for child in element:
        said.setdefault(name_of(child.tag), []).append(tree(child))
        if child.tail and not child.tail.isspace():
            said.setdefault("#tail", []).append(child.tail)
    return {key: value for key, value in said.items() if any(value)} or None


def attributes(element: Element, *taken: str) -> dict[str, Any]:
    """Return the attributes of an element, save those that were read."""
    return {
        f"@{name_of(key)}": value for key, value in element.items() if key not in taken and key != _NOT_DATA
    }


def around(element: Element, *taken: str) -> dict[str, Any]:
    """Return what stands around the parts of an element that are read: attributes, and text between."""
    said = attributes(element, *taken)
    between = [
        text for text in (element.text, *(part.tail for part in element)) if text and not text.isspace()
    ]
    return {**said, "#text": between} if between else said


def unwrapped(
    root: Element, within: Mapping[str, str], rest: dict[str, Any], problems: list[str]
) -> tuple[Element | None, Element | None]:
    """Go down from a wrapper to the resource; return it and a header, and keep what stands beside the way.

    Args:
        root: The outermost element.
        within: The name of each wrapper, and of what it wraps; nothing for whatever comes first.
        rest: Takes what is kept.
        problems: Takes the reports.
    """
    element, header = root, None
    while (name := name_of(element.tag)) != "resource":
        if name not in within or (name == "record" and element is not root):
            problems.append(f"{name}: no DataCite resource")
            put(rest, name, tree(element))
            return None, header
        inner, wanted = None, within[name]
        for child in element:
            place = name_of(child.tag)
            if inner is None and place == (wanted or place):
                inner = child
            elif place == "header" and name == "record" and header is None:
                header = child
            else:
                put(rest, place, tree(child))
        if inner is None:
            problems.append(f"{name}: no {wanted or 'content'}")
            return None, header
        put(rest, name, around(element) or None)
        element = inner
    return element, header


def keep(rest: dict[str, Any], element: Element, *taken: str) -> None:
    """Keep what remains of an element whose text and attributes `taken` were read, under its name."""
    put(rest, name_of(element.tag), left(element, *taken))


def put(rest: dict[str, Any], name: str, value: Any) -> None:
    """Add what remains of an element under its name; elements of one name make a list."""
    if value is None:
        return
    if name not in rest:
        rest[name] = value
    elif isinstance(rest[name], list):
        rest[name].append(value)
    else:
        rest[name] = [rest[name], value]


def settle(container: Element, remains: list[Any], rest: dict[str, Any]) -> None:
    """Add what remains of the parts of a container: each keeps its place as long as one holds something."""
    if any(remains):
        put(rest, name_of(container.tag), remains)
    if said := around(container):
        put(rest, name_of(container.tag), said)


def name_of(tag: str) -> str:
    """Return a name without its namespace."""
    return tag.rpartition("}")[2]


def _recovered(content: bytes) -> Element | None:
    try:
        return etree.XML(content, _TOLERANT)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _keep_entities(root: Element) -> None:
    """Turn references to entities into the text that they are written as."""
    for entity in list(root.iter(etree.Entity)):
        text = entity.text + (entity.tail or "")
        parent, before = entity.getparent(), entity.getprevious()
        entity.tail = None
        parent.remove(entity)
        if before is not None:
            before.tail = (before.tail or "") + text
        else:
            parent.text = (parent.text or "") + text


_STRICT = etree.XMLParser(**_SAFE)
_TOLERANT = etree.XMLParser(**_SAFE, recover=True)
