"""Rules about values: each field takes values of its own kind, and dates must exist and mean all they say."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches

from luqum.tree import From, Fuzzy, Proximity, Range, Regex, SearchField, To

from zenodo_harvest.query.dates import Moment, NotADate, read_moment, suggest
from zenodo_harvest.query.findings import Notes
from zenodo_harvest.query.parser import Bound, Leaf, ParsedQuery
from zenodo_harvest.query.quoting import quote, unescape
from zenodo_harvest.vocabularies.fields import ACCESS_STATUSES, LOWER_CASE
from zenodo_harvest.vocabularies.languages import language_code
from zenodo_harvest.vocabularies.license_ids import license_id
from zenodo_harvest.vocabularies.types import (
    RESOURCE_TYPES,
    TOP_TYPES,
    subtype_ids,
    type_ids,
)

_INTEGER = re.compile(r"-?[0-9]{1,19}")
_ORCID = re.compile(r"(?i)(?:https?://(?:www\.)?orcid\.org/)([0-9]{4}(?:-[0-9]{3}[0-9X]){3})")
_PERSON_ID = "person_or_org.identifiers.identifier"
_WHOLE_VALUES = frozenset(
    {
        "custom_fields.thesis:thesis.university",
        "custom_fields.thesis:thesis.department",
        "custom_fields.imprint:imprint.place",
        "metadata.funding.award.acronym",
    }
)

RANGE_FIELDS = {
    "metadata.publication_date": "metadata.publication_date_range",
    "metadata.dates.date": "metadata.dates.date_range",
}
"""Fields that hold dates as text, and the fields that hold the same as spans of time."""

_PARTIAL_WILDCARD = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?-?\*")
_AS_TEXT = "dates are compared as text there, which loses months, days and spans of time"
_WHOLE = "a month or a year would mean its first day"
_EMPTY = "a day that does not include itself is empty"


def check_values(query: ParsedQuery, notes: Notes) -> None:
    """Note values that the field they are asked of cannot have."""
    for leaf in query.leaves:
        if leaf.use is None or leaf.use.field is None or leaf.use.name == "_exists_":
            continue
        if leaf.use.field.is_searchable and (rule := _KINDS.get(leaf.use.field.kind)):
            rule(leaf, notes)


def is_integer(text: str) -> bool:
    """Tell whether a value is a whole number that the engine takes, or ``*``."""
    return text == "*" or bool(_INTEGER.fullmatch(text))


def _integer(leaf: Leaf, notes: Notes) -> None:
    if all(is_integer(bound.value) for bound in leaf.bounds) and not isinstance(leaf.node, (Fuzzy, Regex)):
        return
    name = _name(leaf, notes)
    unit = ", in bytes" if _in_bytes(leaf) else ""
    fix = f"write {name}:3, {name}:>2 or {name}:[2 TO 9]"
    notes.error(
        leaf.start, leaf.end, f"{name} takes whole numbers{unit}, the server refuses anything else", fix
    )


def _in_bytes(leaf: Leaf) -> bool:
    return leaf.use is not None and leaf.use.native.endswith((".size", ".totalbytes", ".data_volume"))


def _double(leaf: Leaf, notes: Notes) -> None:
    if isinstance(leaf.node, (Fuzzy, Regex)) or any(not _is_decimal(bound.value) for bound in leaf.bounds):
        name = _name(leaf, notes)
        fix = f"write {name}:[46.5 TO 47]"
        notes.error(leaf.start, leaf.end, f"{name} takes numbers, the server refuses anything else", fix)


def _is_decimal(text: str) -> bool:
    return text == "*" or bool(re.fullmatch(r"-?[0-9]+(?:\.[0-9]+)?", text))


def _boolean(leaf: Leaf, notes: Notes) -> None:
    if (leaf.is_word or leaf.is_phrase) and leaf.value in ("true", "false", "*"):
        return
    name = _name(leaf, notes)
    if leaf.is_word and (plain := _BOOLEANS.get(leaf.value.lower())):
        notes.edit(leaf.start, leaf.end, plain, f"{name} is true or false")
    else:
        notes.error(leaf.start, leaf.end, f"{name} is either true or false", f"write {name}:true")


_BOOLEANS = {"yes": "true", "no": "false", "1": "true", "0": "false", "true": "true", "false": "false"}


def _keyword(leaf: Leaf, notes: Notes) -> None:
    if not (leaf.is_word or leaf.is_phrase):
        return
    native = leaf.use.native if leaf.use else ""
    value, new = leaf.value, ""
    reason = f"the values of {_name(leaf, notes)} are in lower case"
    if native.endswith(_PERSON_ID) and (found := _ORCID.fullmatch(value)):
        new, reason = found[1].upper(), "the index holds the bare ORCID"
    elif native in LOWER_CASE and value != value.lower():
        new = value.lower()
    elif native == "metadata.languages.id" and not leaf.has_wildcard:
        new, reason = _language(leaf, notes), "languages are codes of three letters"
    elif native == "metadata.rights.id" and not leaf.has_wildcard and (known := license_id(value)):
        new, reason = known, "the index holds Zenodo's own id of the license"
    elif native in ("files.types", "files.entries.ext") and re.fullmatch(r"(?:\*?\.)[a-z0-9]+", value):
        new, reason = value.lstrip("*."), "the index holds extensions without a dot"
    elif native.startswith("metadata.resource_type.") and not leaf.has_wildcard:
        new, reason = _resource_type(leaf, notes, native), "the index holds the whole id of the type"
    elif native == "access.status" and not leaf.has_wildcard and value not in ACCESS_STATUSES:
        fix = f"write one of {', '.join(ACCESS_STATUSES)}"
        notes.error(leaf.start, leaf.end, f"{value} is no access status", fix)
    elif native in _WHOLE_VALUES and leaf.is_word and not leaf.has_wildcard:
        name = _name(leaf, notes)
        fix = f"write it in full and in quotes, or {name}:*{leaf.raw}*"
        notes.warn(leaf.start, leaf.end, f"{name} is compared as a whole, case and all", fix)
    if new and new != value:
        quoted = leaf.is_phrase or re.search(r"[^\w.*?-]", new)
        notes.edit(leaf.start, leaf.end, quote(new) if quoted else new, reason)


def _language(leaf: Leaf, notes: Notes) -> str:
    code = language_code(leaf.value)
    if code is None:
        reason = f"{leaf.value} is no code of a language"
        notes.error(
            leaf.start, leaf.end, reason, "write the three letters of ISO 639-3, such as language:eng"
        )
        return ""
    return code


def _resource_type(leaf: Leaf, notes: Notes, native: str) -> str:
    value = leaf.value
    known = TOP_TYPES if native.endswith("props.type") else RESOURCE_TYPES
    if value in known or value == "publication-thesis":
        return ""
    ids = type_ids(value) if native.endswith(".id") else subtype_ids(value)
    if len(ids) == 1 and not native.endswith("props.type"):
        return ids[0]
    near = type_ids(value) or tuple(get_close_matches(value, RESOURCE_TYPES, 2, 0.6)) or ("dataset",)
    fix = f"did you mean metadata.resource_type.id:{' or '.join(near)}?"
    notes.warn(leaf.start, leaf.end, f"{value} is no resource type that we know of", fix)
    return ""


def _name(leaf: Leaf, notes: Notes) -> str:
    return notes.text[leaf.use.start : leaf.use.end] if leaf.use else ""


_KINDS: Mapping[str, Callable[[Leaf, Notes], None]] = {
    "integer": _integer,
    "double": _double,
    "boolean": _boolean,
    "keyword": _keyword,
}


def check_dates(query: ParsedQuery, notes: Notes) -> None:
    """Note dates that do not exist, and those the server would take for less than they say.

    As the upper bound of a range a month or a year means its first day, a range from a day up to, but
    without, the same day is empty (zenodo-api.md §11 and §13); what is no date makes the server fail.
    """
    for use in query.uses:
        new = RANGE_FIELDS.get(use.native)
        if new is None or isinstance(use.node.expr, SearchField):
            continue
        if any(_is_span(leaf) for leaf in query.leaves if leaf.use is use):
            notes.edit(use.start, use.end, new, _AS_TEXT)
    for leaf in query.leaves:
        if leaf.use and leaf.use.field and leaf.use.field.kind in ("date", "date_range"):
            _Period(leaf, notes, closed=leaf.use.field.kind == "date_range").check()


def _beyond(moment: Moment) -> str:
    """Return the first day after a period, or its last where the calendar ends."""
    return moment.last if moment.after == "*" else moment.after


def _is_span(leaf: Leaf) -> bool:
    if leaf.is_word:
        return bool(re.fullmatch(r"[0-9]{4}(?:-[0-9]{2})?", leaf.raw))
    return isinstance(leaf.node, (Range, From, To)) and any(bound.value != "*" for bound in leaf.bounds)


class _Period:
    """One date or range of a query; `closed` ranges are written with their last day, others half-open."""

    def __init__(self, leaf: Leaf, notes: Notes, *, closed: bool) -> None:
        self.leaf = leaf
        self.notes = notes
        self.closed = closed

    def check(self) -> None:
        node = self.leaf.node
        if isinstance(node, (Regex, Fuzzy, Proximity)):
            self._refuse(
                self.leaf.start, self.leaf.end, "a date cannot be matched like text", "write a range"
            )
        elif self.leaf.is_word and self.leaf.has_wildcard:
            self._wildcard()
        elif self.leaf.is_word or self.leaf.is_phrase:
            self._single()
        elif isinstance(node, Range):
            self._range(node)
        else:
            self._comparison(node)

    def _wildcard(self) -> None:
        leaf = self.leaf
        if leaf.raw == "*":
            return
        if found := _PARTIAL_WILDCARD.fullmatch(leaf.raw):
            moment = self._read("-".join(part for part in found.groups() if part), leaf.start, leaf.end)
            if moment:
                self._replace(moment.first, moment, "dates take no wildcards")
        else:
            fix = "write a range such as [2024-01-01 TO 2024-12-31]"
            self._refuse(leaf.start, leaf.end, "dates take no wildcards, the server refuses them", fix)

    def _single(self) -> None:
        leaf = self.leaf
        moment = self._read(leaf.value, leaf.start, leaf.end)
        if moment is None:
            return
        if moment.is_partial:
            self._replace(moment.first, moment, _WHOLE)
        elif leaf.is_word and moment.grain == "time" and ":" in leaf.raw:
            self.notes.edit(leaf.start, leaf.end, f'"{leaf.value}"', "the colon of a time breaks the query")

    def _range(self, node: Range) -> None:
        low, high = map(self._bound, self.leaf.bounds)
        if low is None or high is None:
            return
        (low_text, low_moment), (high_text, high_moment) = low, high
        same = bool(low_moment and high_moment and low_moment.text == high_moment.text)
        is_empty = same and node.include_low and not node.include_high and low_moment is not None
        is_empty = is_empty and low_moment is not None and low_moment.grain in ("year", "month", "day")
        changes_low = low_moment is not None and low_moment.is_partial
        changes_high = high_moment is not None and high_moment.is_partial
        if is_empty and high_moment:
            self._replace(high_moment.first, high_moment, _EMPTY)
        elif (changes_low and not node.include_low) or (changes_high and node.include_high):
            first, open_sign = low_text, "[" if node.include_low else "{"
            if low_moment and low_moment.is_partial:
                first, open_sign = (low_moment.first if node.include_low else _beyond(low_moment)), "["
            last, close_sign = high_text, "]" if node.include_high else "}"
            if high_moment and high_moment.is_partial:
                last, close_sign = self._end(high_moment, include=node.include_high)
            if first == last and close_sign == "}":
                self._refuse(self.leaf.start, self.leaf.end, "there is nothing in that range", "widen it")
            else:
                self._write(f"{open_sign}{first} TO {last}{close_sign}", _WHOLE)
        elif (
            low_moment
            and high_moment
            and low_moment.day
            and high_moment.day
            and low_moment.day > high_moment.day
        ):
            reason = "the range ends before it begins and finds nothing"
            self.notes.warn(self.leaf.start, self.leaf.end, reason, "write the earlier date first")

    def _comparison(self, node: From | To) -> None:
        found = self._bound(self.leaf.bounds[0])
        if found is None:
            return
        text, moment = found
        is_from, closed = isinstance(node, From), bool(node.include)
        if moment is not None and moment.is_partial:
            if is_from and not closed:
                self._write(f">={_beyond(moment)}", _WHOLE)
            elif closed and not is_from:
                self._write(f"<={moment.last}" if moment.after == "*" else f"<{moment.after}", _WHOLE)
            return
        if moment is None or (moment.grain != "time" and not text.startswith('"')):
            return
        if is_from:
            self._write(f"{'[' if closed else '{'}{text} TO *]", "a time in a comparison breaks the query")
        else:
            self._write(f"[* TO {text}{']' if closed else '}'}", "a time in a comparison breaks the query")

    def _bound(self, bound: Bound) -> tuple[str, Moment | None] | None:
        """Return a bound as it stands and what it means, None for ``*``; None for what is no date."""
        text = bound.text
        if text == "*":
            return text, None
        value = text[1:-1] if text.startswith('"') else text
        moment = self._read(unescape(value), bound.start, bound.end)
        return None if moment is None else (text, moment)

    def _replace(self, first: str, period: Moment, reason: str) -> None:
        last, sign = self._end(period, include=True)
        self._write(f"[{first} TO {last}{sign}", reason)

    def _end(self, moment: Moment, *, include: bool) -> tuple[str, str]:
        """Return the upper bound of a range that ends with a month, year or day, and its bracket."""
        if not include:
            return moment.first, "}"
        if self.closed or moment.after == "*":
            return moment.last, "]"
        return moment.after, "}"

    def _read(self, text: str, start: int, end: int) -> Moment | None:
        try:
            return read_moment(text)
        except NotADate as error:
            fix = f"write {suggest(text, '[{} TO {}]')}"
            self._refuse(start, end, f"{error}, the server fails on it", fix)
            return None

    def _write(self, new: str, reason: str) -> None:
        self.notes.edit(self.leaf.start, self.leaf.end, new, reason)

    def _refuse(self, start: int, end: int, reason: str, fix: str) -> None:
        self.notes.error(start, end, reason, fix)
