"""``feed.atom``: what changed, for feed readers (RFC 4287)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby, islice
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from lxml import etree

from zenodo_harvest.catalog.about import About
from zenodo_harvest.catalog.change import Change
from zenodo_harvest.catalog.change_words import (
    HEADINGS,
    facts,
    field_facts,
    in_counts,
    title_of,
    web_address,
)
from zenodo_harvest.display import count, one_line

MAX_ENTRIES = 500
MAX_OF_SYNC = 200
"""A sync that found more is one entry."""
_ATOM = "http://www.w3.org/2005/Atom"
_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold."""
_Element = Any


def atom_feed(changes: Iterable[Change], about: About) -> bytes:
    """Return a feed with an entry for each change, in the order given: newest first.

    The id of an entry is made of the site, what the catalogue is of, the record, the kind and the time, so
    it stays. Whatever comes from records is plain text.
    """
    syncs = [(found_at, tuple(sync)) for found_at, sync in groupby(changes, lambda change: change.found_at)]
    feed = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})
    _head(
        feed, about, "feed", f"Changes of {one_line(about.title)}", syncs[0][0] if syncs else about.changed_at
    )
    author = _add(feed, "author")
    _add(author, "name", one_line(about.title) or about.site)
    _add(feed, "link", rel="alternate", type="text/html", href=_home(about))
    _add(feed, "generator", "zenodo_harvest")
    for entry in islice(_entries(syncs, about), MAX_ENTRIES):
        feed.append(entry)
    written: bytes = etree.tostring(feed, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return written


def _entries(syncs: Iterable[tuple[datetime, Sequence[Change]]], about: About) -> Iterator[_Element]:
    for found_at, sync in syncs:
        if len(sync) > MAX_OF_SYNC:
            entry = etree.Element(f"{{{_ATOM}}}entry")
            _head(entry, about, found_at.astimezone(UTC).isoformat(), count(len(sync), "change"), found_at)
            _add(entry, "link", rel="alternate", type="text/html", href=_home(about))
            _add(entry, "summary", f"{in_counts(sync)}.", type="text")
            yield entry
        else:
            yield from (_entry(change, about) for change in sync)


def _entry(change: Change, about: About) -> _Element:
    entry = etree.Element(f"{{{_ATOM}}}entry")
    what = (change.id, change.kind, change.community or "", change.found_at.astimezone(UTC).isoformat())
    _head(entry, about, "\n".join(what), f"{HEADINGS[change.kind]}: {title_of(change)}", change.found_at)
    address = web_address(change.url) or _home(about)
    _add(entry, "link", rel="alternate", type="text/html", href=address)
    _add(entry, "category", term=change.kind, label=HEADINGS[change.kind])
    lines = [", ".join(facts(change)), *(f"{name}: {how}" for name, how in field_facts(change))]
    _add(entry, "summary", "\n".join(map(one_line, lines)), type="text")
    return entry


def _head(element: _Element, about: About, what: str, title: str, updated: datetime) -> None:
    slugs = sorted(community.slug for community in about.communities)
    name = "\n".join((about.site_url, *slugs, about.query, what))
    _add(element, "id", uuid5(NAMESPACE_URL, _FORBIDDEN.sub("\ufffd", name)).urn)
    _add(element, "title", title, type="text")
    _add(element, "updated", updated.astimezone(UTC).isoformat().replace("+00:00", "Z"))


def _home(about: About) -> str:
    places = (*(community.url for community in about.communities[:1]), about.site_url)
    return next(filter(None, map(web_address, places)), "index.html")


def _add(parent: _Element, name: str, text: str | None = None, **attributes: str) -> _Element:
    element = etree.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    element.text = None if text is None else _FORBIDDEN.sub("\ufffd", text)
    return element
