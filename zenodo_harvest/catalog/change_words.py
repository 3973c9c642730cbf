"""What changes are called, and what they are in words; nothing in them is safe as markup."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from zenodo_harvest.catalog.change import Change, ChangeKind, FieldChange
from zenodo_harvest.display import count, cut
from zenodo_harvest.export import join_list
from zenodo_harvest.html_text import text_of
from zenodo_harvest.json_values import encode

HEADINGS: dict[ChangeKind, str] = {
    "added": "Added",
    "new-version": "New version",
    "metadata": "Metadata changed",
    "files": "Files changed",
    "left": "Left",
    "deleted": "Deleted",
}
MAX_FIELDS = 20
_SAFE_IN_ADDRESS = "!#$%&+,/:;=?@"
_VALUE, _LEAD_IN = 160, 30
_DEEP = 3


def in_counts(changes: Iterable[Change]) -> str:
    """Return how many changes there are of each kind: ``3 added, 1 new version``."""
    numbers = Counter(change.kind for change in changes)
    return ", ".join(
        count(numbers[kind], "new version")
        if kind == "new-version"
        else f"{numbers[kind]:,} {heading.lower()}"
        for kind, heading in HEADINGS.items()
        if numbers[kind]
    )


def title_of(change: Change) -> str:
    """Return the title of the record on one line, cut where it is long."""
    return cut(change.title or "", 200) or "Without a title"


def facts(change: Change) -> Iterator[str]:
    """Yield what is to be said of a change besides the title and the fields."""
    yield change.doi or f"record {change.id}"
    if change.previous_id:
        yield f"follows record {change.previous_id}"
    if change.community:
        yield f"community {change.community}"
    if change.reason:
        yield f"reason: {cut(change.reason, _VALUE)}"


def field_facts(change: Change) -> Iterator[tuple[str, str]]:
    """Yield the name of each field that changed, and how; the first `MAX_FIELDS` alone."""
    for field in change.fields[:MAX_FIELDS]:
        yield cut(field.name, _VALUE) or "without a name", _how(field)
    if len(change.fields) > MAX_FIELDS:
        yield "and", f"{len(change.fields) - MAX_FIELDS:,} more"


def before_and_after(field: FieldChange) -> tuple[str, str]:
    """Return what a field was and what it is, in words; long ones are cut so that what differs is seen."""
    before, after = value_text(field.before), value_text(field.after)
    if field.name == "description_html" and (texts := (text_of(before), text_of(after)))[0] != texts[1]:
        before, after = texts
    return _around_difference(before, after)


def _how(field: FieldChange) -> str:
    before, after = before_and_after(field)
    if field.before is None:
        return f"added {after}"
    if field.after is None:
        return f"removed {before}"
    are_lists = isinstance(field.before, list) and isinstance(field.after, list)
    is_parted = are_lists and not any(item in field.after for item in field.before)
    return f"removed {before}; added {after}" if is_parted else f"{before} → {after}"


def _around_difference(before: str, after: str) -> tuple[str, str]:
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))
    start = max(same - _LEAD_IN, 0) if max(len(before), len(after)) > _VALUE else 0
    shown = (cut(text[start : start + 4 * _VALUE], _VALUE) for text in (before, after))
    first, second = (f"…{text}" if start else text for text in shown)
    return first, second


def web_address(url: str | None) -> str | None:
    """Return an address that can stand in any markup, None unless it is one of the Web."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    # brackets belong to a host that is a number alone
    host, *others = (quote(part, safe=_SAFE_IN_ADDRESS, errors="replace") for part in parts[1:])
    if parts.hostname.count(":") > 1:
        host = host.replace("%5B", "[").replace("%5D", "]")
    return urlunsplit((parts.scheme, host, *others))


def value_text(value: Any, deep: int = _DEEP) -> str:
    """Return a value as one text: lists joined, of mappings the first part with the others behind it.

    Args:
        value: The value.
        deep: How many levels of lists and mappings are put into words; what lies deeper stays JSON.
    """
    if value is None:
        return ""
    if not deep and isinstance(value, list | tuple | dict):
        return encode(value).decode()
    if isinstance(value, list | tuple):
        return join_list(value_text(item, deep - 1) for item in value)
    if isinstance(value, dict):
        parts = {name: text for name, part in value.items() if (text := value_text(part, deep - 1))}
        main = next(iter(parts), "")
        others = ", ".join(f"{name} {text}" for name, text in parts.items() if name != main)
        return f"{parts[main]} ({others})" if others else parts.get(main, "")
    return str(value).lower() if isinstance(value, bool) else str(value)
