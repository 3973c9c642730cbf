"""The HTML that descriptions may hold."""

from __future__ import annotations

import html
import re

import nh3

# zenodo-api.md §9.9, read 2026-08-20
_TAGS = set(
    "a abbr acronym b blockquote br code col colgroup div em h1 h2 h3 h4 h5 i li ol p pre s span strike "
    "strong sub sup table tbody td tfoot th thead tr u ul".split()
)
_ATTRIBUTES = {
    "*": {"class"},
    "a": {"href", "title", "name", "target", "rel"},
    "abbr": {"title"},
    "acronym": {"title"},
}
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_KEPT = re.compile("\ue0f0(\\d+)\ue0f1")


def clean(text: str) -> str:
    """Return HTML without the tags and attributes that are not allowed.

    The text inside them stays, and characters stay spelt as entities where they were.
    """
    if "<" not in text and "&" not in text:
        return text
    entities: list[str] = []

    def put_aside(match: re.Match[str]) -> str:
        letter = html.unescape(match[0])
        if letter == match[0] or (letter.isascii() and letter not in "\"'"):
            return match[0]
        entities.append(match[0])
        return f"\ue0f0{len(entities) - 1}\ue0f1"

    cleaned: str = nh3.clean(
        _ENTITY.sub(put_aside, text),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        clean_content_tags=set(),
        link_rel=None,
    )
    return _KEPT.sub(lambda match: _at(entities, int(match[1]), match[0]), cleaned)


def _at(entities: list[str], number: int, otherwise: str) -> str:
    return entities[number] if number < len(entities) else otherwise
