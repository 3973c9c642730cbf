"""Rules about words and what joins them: what the engine reads differently, and what may surprise."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from luqum.tree import (
    AndOperation,
    BaseOperation,
    Boost,
    From,
    Not,
    OrOperation,
    Phrase,
    Plus,
    Prohibit,
    Range,
    Regex,
    To,
    UnknownOperation,
    Word,
)

from zenodo_harvest.query.findings import Notes
from zenodo_harvest.query.parser import OPERATOR_WORDS, FieldUse, Leaf, Operation, ParsedQuery
from zenodo_harvest.query.quoting import quote

MOST_WORDS = 53
"""Words without a field that a query may hold; each is searched in all default fields (zenodo-api.md §13)."""

MOST_ANDED = 49
"""The same where words are joined by ``AND``."""

MOST_VALUES = 1016
"""Values one list may hold (zenodo-api.md §2.5, read 2026-08-20)."""

_LOWER = frozenset({"and", "or", "not"})
_JOINED = re.compile(r"[^\W\d_][-\u2010-\u2015/_][^\W\d_]")
_INNER_STAR = re.compile(r"\w\*|\*\w")
_FOLDED_TEXT = frozenset({"metadata.title", "metadata.description", "metadata.additional_titles.title"})
_LONGEST = 60
_SLASH = re.compile(r"(?<!\\)((?:\\\\)*)/")
_BANG = re.compile(r"(?<!\\)((?:\\\\)*)!")
_MARK = re.compile(r'(?<!\\)(?:\\\\)*"')
_COLON = re.compile(r"(?<!\\)(?:\\\\)*:")
_ORCID = re.compile(r"[0-9]{4}(?:-[0-9]{3}[0-9X]){3}", re.IGNORECASE)
_UUID = re.compile(r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

_Warn = Callable[[str, int, int, str, str], None]
"""Warns once of each kind: kind, start, end, reason and fix."""


def check_syntax(query: ParsedQuery, notes: Notes) -> None:
    """Note what makes the engine answer 400 or 500, or read another query than the parser."""
    unfielded = values = 0
    for leaf in query.leaves:
        if leaf.is_word:
            _word(leaf, notes)
        elif leaf.term is not None:
            _word(leaf.term, notes, is_fuzzy=True)
        elif leaf.use is None and isinstance(leaf.node, (Range, From, To)):
            reason = "a range or comparison needs a field"
            fix = "name the field before it, such as filecount:>2, or put the words in quotes"
            notes.error(leaf.start, leaf.end, reason, fix)
        elif isinstance(leaf.node, (From, To)):
            _comparison(leaf, notes)
        unfielded += leaf.use is None
        values += leaf.use is not None
    _sizes(unfielded, values, query, notes)
    for part in query.parts:
        if isinstance(part.node, Word) and part.node.value in OPERATOR_WORDS:
            _operator(part.start, part.end, notes)
    for part in query.parts:
        if isinstance(part.node, Boost):
            _boost(part.node, part.start, part.end, notes)


def _word(leaf: Leaf, notes: Notes, *, is_fuzzy: bool = False) -> None:
    raw = leaf.raw
    body = raw.removeprefix("!")
    start = leaf.start + len(raw) - len(body)
    if mark := _MARK.search(raw):
        place = leaf.start + mark.end() - 1
        fix = 'put a blank before it, or write \\" for the character'
        notes.error(place, leaf.end, "a quotation mark inside a word breaks the query", fix)
    elif _BANG.search(body):
        reason = "an exclamation mark means NOT"
        notes.edit(start, leaf.end, _BANG.sub(r"\1\\!", body), reason)
    elif _SLASH.search(body):
        escaped = is_fuzzy or leaf.has_wildcard or "\\" in body
        new = _SLASH.sub(r"\1\\/", body) if escaped else quote(body)
        notes.edit(start, leaf.end, new, "an unquoted slash starts a regular expression")
    elif _COLON.search(body):
        new = body.replace(":", "\\:") if is_fuzzy else quote(body)
        notes.edit(start, leaf.end, new, "the colon of a time breaks the query")
    elif leaf.use is None and _ORCID.fullmatch(raw):
        reason = "ORCIDs are not among the fields that are searched without a field"
        notes.edit(leaf.start, leaf.end, f"{notes.flavour.field('creators.orcid')}:{raw.upper()}", reason)
    elif leaf.use is None and _UUID.fullmatch(raw):
        fix = (
            "name a community with --community (in Python community=), "
            "or write parent.communities.ids: before it"
        )
        notes.warn(leaf.start, leaf.end, "UUIDs are in no field that is searched without a field", fix)


def _comparison(leaf: Leaf, notes: Notes) -> None:
    """Note ``>= 3`` and ``>="3"``: for the engine a comparison ends at a blank or quotation mark."""
    text = notes.text[leaf.start : leaf.end]
    value = text.lstrip("<>=").lstrip()
    sign = text[: len(text) - len(text.lstrip("<>="))]
    if value.startswith('"') and re.fullmatch(r'"[\w.-]+"', value):
        value = value[1:-1]
    if text != sign + value and not value.startswith('"'):
        notes.edit(leaf.start, leaf.end, sign + value, "a comparison ends at a blank or quotation mark")
    elif value.startswith('"'):
        low = f"{'[' if '=' in sign else '{'}{value} TO *]"
        high = f"[* TO {value}{']' if '=' in sign else '}'}"
        new = low if sign.startswith(">") else high
        notes.edit(leaf.start, leaf.end, new, "a comparison ends at a quotation mark")


def _sizes(unfielded: int, values: int, query: ParsedQuery, notes: Notes) -> None:
    joined = any(operation.node.op == "AND" for operation in query.operations)
    most = MOST_ANDED if joined else MOST_WORDS
    if unfielded > most:
        reason = f"{unfielded} words without a field are more than the {most} that the server can search"
        notes.error(
            0, len(notes.text), reason, "put them in quotes as phrases, or search fewer: title:(a OR b OR …)"
        )
    if values > MOST_VALUES:
        reason = f"{values} values are more than the {MOST_VALUES} that the server takes"
        notes.error(0, len(notes.text), reason, "split them into several queries")


def _operator(start: int, end: int, notes: Notes) -> None:
    """Note ``&&``, ``||`` and ``!`` that join nothing; the parser takes them for words."""
    sign = notes.text[start:end]
    before = notes.text[:start].rstrip()
    after = notes.text[end:].lstrip()
    opens = not before or before[-1] in "(:"
    ends = not after or after[0] == ")" or after.startswith(("&& ", "|| ")) or before.endswith(":")
    if ends or (opens and sign != "!"):
        fix = f'put a word before and after {sign}, or write "{sign}"'
        notes.error(start, end, f"{sign} is an operator and joins nothing", fix)


def _boost(node: Boost, start: int, end: int, notes: Notes) -> None:
    place = notes.text.rindex("^", start, end)
    if node.implicit_force:
        fix = "write one, such as ^2, or \\^ for the character"
        notes.error(place, end, "^ must be followed by a number", fix)
    elif "E" in str(node.force):
        fix = f"write another number, such as ^{int(node.force) - 1}"
        notes.error(place, end, "the server garbles round numbers after ^", fix)


def check_words(query: ParsedQuery, notes: Notes) -> None:
    """Note words joined by nothing, operators in lower case, and words that match in unexpected ways."""
    warned: set[str] = set()

    def once(kind: str, start: int, end: int, reason: str, fix: str) -> None:
        if kind not in warned:
            warned.add(kind)
            notes.warn(start, end, reason, fix)

    for operation in query.operations:
        if isinstance(operation.node, UnknownOperation):
            use = operation.use
            if use is not None and use.field is not None and not use.field.is_text:
                _join_values(operation, notes)
            elif use is None:
                _implicit(operation, notes, once)
        _mixed(operation, once)
    for leaf in query.leaves:
        _leaf(leaf, notes, once)


def _join_values(operation: Operation, notes: Notes) -> None:
    """Put ``OR`` between values of a field that compares whole values; else it looks for one with blanks."""
    first = operation.parts[0]
    new = notes.text[first.start : first.end]
    for left, right in pairwise(operation.parts):
        glued = _is_value(_edge(left.node, -1)) and _is_value(_edge(right.node, 0))
        new += " OR " if glued else notes.text[left.end : right.start]
        new += notes.text[right.start : right.end]
    reason = "without OR the values are taken for a single one with blanks in it"
    notes.edit(first.start, operation.parts[-1].end, new, reason)


def _edge(node: Any, place: int) -> Any:
    """Return the first (0) or last (-1) operand of an operation; anything else is its own edge."""
    while isinstance(node, BaseOperation):
        node = node.children[place]
    return node


def _is_value(node: Any) -> bool:
    return isinstance(node, Phrase) or (isinstance(node, Word) and node.value not in OPERATOR_WORDS)


def _implicit(operation: Operation, notes: Notes, once: _Warn) -> None:
    parts = operation.parts
    words = [str(part.node.value) if isinstance(part.node, Word) else "" for part in parts]
    for place, part in enumerate(parts[1:], 1):
        if words[place] in _LOWER and (place + 1 < len(parts) or words[place] != "not"):
            operator = words[place].upper()
            reason = f"{words[place]} in lower case is searched as a word"
            once("lower", part.start, part.end, reason, f"write {operator} if you mean the operator")
    wanted = [
        part
        for place, part in enumerate(parts)
        if not isinstance(part.node, (Not, Prohibit))
        and words[place] not in OPERATOR_WORDS
        and words[place] not in _LOWER
        and not words[place].startswith("!")
        and not (words[place] and not re.search(r"[\w*?]", words[place]))
        and not (place and words[place - 1] in OPERATOR_WORDS)
    ]
    if len(wanted) < 2 or any(isinstance(part.node, Plus) for part in parts):
        return
    texts = [notes.text[part.start : part.end] for part in wanted]
    fix = f"for all of them write {' AND '.join(texts)}"
    if all(isinstance(part.node, Word) for part in wanted):
        fix += f', for the phrase "{" ".join(texts)}"'
    if len(fix) > 2 * _LONGEST:
        fix = "for all of them join them by AND, for a phrase put it in quotes"
    once("or", operation.start, operation.end, "records that match ANY of the words are found", fix)


def _mixed(operation: Operation, once: _Warn) -> None:
    if not isinstance(operation.node, (OrOperation, UnknownOperation)):
        return
    if any(isinstance(part.node, (AndOperation, OrOperation)) for part in operation.parts):
        reason = "AND and OR without parentheses are not read as they look"
        fix = "put parentheses around what belongs together, such as (a AND b) OR c"
        once("mixed", operation.start, operation.end, reason, fix)


def _leaf(leaf: Leaf, notes: Notes, once: _Warn) -> None:
    native = leaf.use.native if leaf.use else ""
    text = notes.text[leaf.start : leaf.end]
    if native == "metadata.description":
        reason = "descriptions are indexed with their HTML, words next to a tag are missed"
        fix = "search the word without the field too, or as part of a word: description:*frost*"
        once("html", leaf.start, leaf.end, reason, fix)
    if found := _joined(leaf, native):
        word = next(word for word in leaf.value.split() if found[0] in word)
        plain = re.sub(r"[^\w]|_", "", word).lower()
        parted = re.sub(r"[^\w]|_", " ", leaf.value)
        where = "titles and descriptions" if leaf.use is None else _typed(leaf.use, notes)
        reason = f"in {where} {word} is the single word {plain}"
        once(
            "joined",
            leaf.start,
            leaf.end,
            reason,
            f'write "{" ".join(parted.split())}" for the words one by one',
        )
    if leaf.is_phrase and _INNER_STAR.search(leaf.raw):
        once("star", leaf.start, leaf.end, "inside quotes * is no wildcard", "leave the quotes out")
    if isinstance(leaf.node, Regex) and (
        leaf.use is None or (leaf.use.field and leaf.use.field.kind == "folded")
    ):
        reason = f"the server removes the punctuation of {text} and finds other words or none"
        once("regex", leaf.start, leaf.end, reason, "use the wildcards * and ?, as in fros*")
    if leaf.use is not None and leaf.use.name == notes.flavour.field("communities"):
        reason = f"{leaf.use.name}: finds nothing for a slug that does not exist, without saying so"
        fix = "name the community with an option of its own, which checks it"
        once("communities", leaf.start, leaf.end, reason, fix)


def _joined(leaf: Leaf, native: str) -> re.Match[str] | None:
    """Return where punctuation joins two words into one: it is removed before words are cut."""
    if not (leaf.is_word or leaf.is_phrase) or leaf.has_wildcard or "://" in leaf.value:
        return None
    return _JOINED.search(leaf.value) if leaf.use is None or native in _FOLDED_TEXT else None


def _typed(use: FieldUse, notes: Notes) -> str:
    return notes.text[use.start : use.end]
