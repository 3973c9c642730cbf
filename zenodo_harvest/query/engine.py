"""Rules about what the parser accepts and the engine behind it does not."""

from __future__ import annotations

import re
from typing import Any

from zenodo_harvest.query.edits import Notes
from zenodo_harvest.query.quoting import quote
from zenodo_harvest.query.tree import (
    Boost,
    From,
    Fuzzy,
    Leaf,
    Range,
    To,
    is_operator,
    leaves,
    operations,
    span,
)

MOST_WORDS = 53
"""Words without a field that a query may hold; each is searched in all default fields (zenodo-api.md §13)."""

MOST_ANDED = 49
"""The same where words are joined by ``AND``."""

MOST_VALUES = 1016
"""Values one list may hold (zenodo-api.md §2.5, read 2026-08-20)."""

_SLASH = re.compile(r"(?<!\\)((?:\\\\)*)/")
_BANG = re.compile(r"(?<!\\)((?:\\\\)*)!")
_MARK = re.compile(r'(?<!\\)(?:\\\\)*"')
_COLON = re.compile(r"(?<!\\)(?:\\\\)*:")
_ORCID = re.compile(r"[0-9]{4}(?:-[0-9]{3}[0-9X]){3}", re.IGNORECASE)
_UUID = re.compile(r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def check_engine(tree: Any, notes: Notes) -> None:
    """Note what makes the engine answer 400 or 500, or read another query than the parser."""
    unfielded = values = 0
    for leaf in leaves(tree, notes.text):
        if leaf.is_word:
            _word(leaf, notes)
        elif isinstance(leaf.node, Fuzzy):
            _word(Leaf(leaf.node.term, *span(leaf.node.term, notes.text), leaf.use), notes, is_fuzzy=True)
        elif leaf.use is None and isinstance(leaf.node, (Range, From, To)):
            reason = "a range or comparison needs a field"
            fix = "name the field before it, such as filecount:>2, or put the words in quotes"
            notes.error(leaf.start, leaf.end, reason, fix)
        elif isinstance(leaf.node, (From, To)):
            _comparison(leaf, notes)
        unfielded += leaf.use is None
        values += leaf.use is not None
    _sizes(unfielded, values, tree, notes)
    _operators(tree, notes)
    _boosts(tree, notes)


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
        notes.edit(leaf.start, leaf.end, f"creators.orcid:{raw.upper()}", reason)
    elif leaf.use is None and _UUID.fullmatch(raw):
        fix = "name a community with --community, or write parent.communities.ids: before it"
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


def _sizes(unfielded: int, values: int, tree: Any, notes: Notes) -> None:
    joined = any(operation.op == "AND" for operation, _ in operations(tree, notes.text))
    most = MOST_ANDED if joined else MOST_WORDS
    if unfielded > most:
        reason = f"{unfielded} words without a field are more than the {most} that the server can search"
        notes.error(
            0, len(notes.text), reason, "put them in quotes as phrases, or search fewer: title:(a OR b OR …)"
        )
    if values > MOST_VALUES:
        reason = f"{values} values are more than the {MOST_VALUES} that the server takes"
        notes.error(0, len(notes.text), reason, "split them into several queries")


def _operators(tree: Any, notes: Notes) -> None:
    """Note ``&&``, ``||`` and ``!`` that join nothing; the parser takes them for words."""
    if is_operator(tree):
        start, end = span(tree, notes.text)
        sign = notes.text[start:end]
        before = notes.text[:start].rstrip()
        after = notes.text[end:].lstrip()
        opens = not before or before[-1] in "(:"
        ends = not after or after[0] == ")" or after.startswith(("&& ", "|| ")) or before.endswith(":")
        if ends or (opens and sign != "!"):
            fix = f'put a word before and after {sign}, or write "{sign}"'
            notes.error(start, end, f"{sign} is an operator and joins nothing", fix)
    for child in tree.children:
        _operators(child, notes)


def _boosts(node: Any, notes: Notes) -> None:
    if isinstance(node, Boost):
        start, end = span(node, notes.text)
        place = notes.text.rindex("^", start, end)
        if node.implicit_force:
            fix = "write one, such as ^2, or \\^ for the character"
            notes.error(place, end, "^ must be followed by a number", fix)
        elif "E" in str(node.force):
            fix = f"write another number, such as ^{int(node.force) - 1}"
            notes.error(place, end, "the server garbles round numbers after ^", fix)
    for child in node.children:
        _boosts(child, notes)
