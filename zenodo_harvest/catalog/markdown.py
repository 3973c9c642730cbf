"""``CHANGES.md``: what changed, for people to read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby

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

MAX_BYTES = 400_000
"""What a document comes to, but for its last lines: GitHub shows files of up to 512 kB."""
MAX_OF_KIND = 200
_MARKUP = re.compile(r"[\\`*_{}\[\]#|~$]|(?<=www)\.|:(?=//)", re.IGNORECASE)
_ALL = "[changes.csv](changes.csv)"


def changes_markdown(changes: Iterable[Change], about: About) -> str:
    """Return a document with a section for each sync, in the order given: newest first.

    Whatever comes from records is text in it: neither markup nor a link, but that to the record's page.
    Long values are cut, and so is the document; it then points to ``changes.csv``.
    """
    listed = tuple(changes)
    text = f"# Changes of {escaped(about.title)}\n\nAll of them, with whole values: {_ALL}.\n"
    parts, size_bytes, told = [text], 0, 0
    for part, number in _parts(listed):
        size_bytes += len(part.encode("utf-8", "replace"))
        if size_bytes > MAX_BYTES:
            parts.append(f"\nAnd {count(len(listed) - told, 'more change')}: {_ALL}.\n")
            break
        parts.append(part)
        told += number
    return "".join(parts if listed else (*parts, "\nNothing has changed yet.\n"))


def escaped(text: str) -> str:
    """Return a text as Markdown that shows just that text on one line, anywhere but at its start."""
    marked = _MARKUP.sub(r"\\\g<0>", one_line(text))
    marked = marked.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # An invisible sign keeps addresses of mail from becoming links, and names from being called.
    return marked.replace("@", "@\u2060")


def _parts(changes: Iterable[Change]) -> Iterator[tuple[str, int]]:
    """Yield pieces of the document, each with the number of changes that it tells of."""
    for found_at, group in groupby(changes, lambda change: change.found_at):
        sync = tuple(group)
        yield f"\n## {_minute(found_at)}: {in_counts(sync)}\n", 0
        for kind, heading in HEADINGS.items():
            of_kind = [change for change in sync if change.kind == kind]
            if of_kind:
                yield f"\n### {heading}\n\n", 0
            for change in of_kind[:MAX_OF_KIND]:
                yield _entry(change), 1
            if more := len(of_kind[MAX_OF_KIND:]):
                yield f"- … and {more:,} more: {_ALL}\n", more


def _entry(change: Change) -> str:
    title, address = escaped(title_of(change)), web_address(change.url)
    shown = f"[{title}]({address})" if address else f"**{title}**"
    fields = (f"  - **{escaped(name)}**: {escaped(how)}\n" for name, how in field_facts(change))
    return f"- {', '.join((shown, *map(escaped, facts(change))))}\n{''.join(fields)}"


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
