"""The HTML that descriptions may hold."""

from __future__ import annotations

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


def clean(text: str) -> str:
    """Return HTML without the tags and attributes that are not allowed; the text inside them stays."""
    if "<" not in text and "&" not in text:
        return text
    cleaned: str = nh3.clean(
        text, tags=_TAGS, attributes=_ATTRIBUTES, clean_content_tags=set(), link_rel=None
    )
    return cleaned
