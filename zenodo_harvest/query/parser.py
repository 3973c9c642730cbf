"""`parse`: a query as the server's own parser reads it, or what to say where that gives up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from luqum.tree import (
    BaseOperation,
    From,
    Fuzzy,
    Phrase,
    Prohibit,
    Proximity,
    Range,
    Regex,
    SearchField,
    To,
    Word,
)

from zenodo_harvest import lucene
from zenodo_harvest.query.findings import Finding
from zenodo_harvest.query.quoting import unescape, unquote
from zenodo_harvest.vocabularies.fields import Field, index_field

OPERATOR_WORDS = frozenset({"&&", "||", "!"})
"""Operators that the parser takes for words and the engine does not."""

_PLACE = re.compile(r"position ([0-9]+)")
_SKIP = re.compile(r'\\.|"(?:[^\\"]|\\.)*"|(?P<quote>")|(?P<bracket>[()\[\]{}])|.', re.DOTALL)
_NUMBER = re.compile(r"[~^](?=[0-9.])(?![0-9]*\.?[0-9]+(?![0-9.])|[0-9]+\.(?![0-9.]))[0-9.]+")
_OPENS = {")": "(", "]": "[", "}": "{"}
_OPERATORS = ("AND", "OR", "NOT", "TO")
_WILDCARD = re.compile(r"(?<!\\)(?:\\\\)*[*?]")


@dataclass(frozen=True, slots=True, eq=False)
class FieldUse:
    """A field as a query names it.

    Attributes:
        node: luqum's node: the name and what is searched in it.
        name: The name as typed, unescaped.
        start: Where the name stands.
        end: Where the name ends, before the colon.
        value_end: Where what is searched in it ends.
        field: What the server searches; None if it knows no such field.
        native: The name of the field of the index, or the name as typed if there is none.
    """

    node: SearchField
    name: str
    start: int
    end: int
    value_end: int
    field: Field | None
    native: str


@dataclass(frozen=True, slots=True)
class Part:
    """Any part of a query: luqum's node, and where it begins and ends in the text."""

    node: Any
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Operation(Part):
    """Parts that are joined, by operators or by blanks, and the field they stand in."""

    use: FieldUse | None
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Bound:
    """One value of a leaf, such as the end of a range: as it stands, what it means, and where it stands."""

    text: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Leaf(Part):
    """The smallest part of a query that is searched: a word, phrase, range, comparison or expression.

    Attributes:
        use: The field it is searched in; None for the default fields.
        raw: The text of a word or phrase as it stands.
        value: What a word or phrase means, unescaped.
        is_word: Whether it is one plain word.
        is_phrase: Whether it is quoted.
        has_wildcard: Whether an unescaped ``*`` or ``?`` stands in a word.
        bounds: Its values: one of a word, phrase or comparison, two of a range, else none.
        term: Of a fuzzy word the word.
    """

    use: FieldUse | None
    raw: str
    value: str
    is_word: bool
    is_phrase: bool
    has_wildcard: bool
    bounds: tuple[Bound, ...]
    term: Leaf | None = None


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query, taken apart; every list is in the order of the text.

    Attributes:
        text: The query.
        tree: luqum's tree of it.
        leaves: What is searched.
        uses: The fields named, those outside first; not those glued to another (``a:b:c``).
        operations: What is joined, those outside first.
        parts: Everything, those outside first.
    """

    text: str
    tree: Any
    leaves: list[Leaf] = field(default_factory=list)
    uses: list[FieldUse] = field(default_factory=list)
    operations: list[Operation] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)


def parse(text: str) -> ParsedQuery | Finding:
    """Return `text` taken apart, or the `Finding` that says where and why it cannot be parsed.

    The server uses the same parser, and where that fails silently searches for any of the words instead
    (zenodo-api.md §2.1, read 2026-08-20).
    """
    try:
        tree = lucene.parse(text)
    except lucene.ParseError as error:
        found = _PLACE.search(str(error))
        return _diagnosis(text, int(found[1]) if found else len(text.rstrip()))
    except (ArithmeticError, ValueError):
        place = found.start() if (found := _NUMBER.search(text)) else 0
        return Finding("error", place, text[place:], "there is no number", "write one such as ^2 or ~1")
    query = ParsedQuery(text, tree)
    _take_apart(query, tree, None)
    return query


def use_of(node: SearchField, text: str) -> FieldUse:
    """Return the field that a node names."""
    start, value_end = _span(node, text)
    name = unescape(node.name)
    known = index_field(name)
    return FieldUse(
        node, name, start, start + len(node.name), value_end, known, known.name if known else name
    )


def _take_apart(
    query: ParsedQuery, node: Any, use: FieldUse | None, *, is_glued: bool = False, is_inside: bool = False
) -> None:
    """Fill the lists of `query` with `node` and what is below it.

    Args:
        query: Whose lists they are.
        node: luqum's node.
        use: The field it stands in.
        is_glued: Whether it is below a field's name that another colon follows.
        is_inside: Whether it is a piece of a leaf.
    """
    text = query.text
    start, end = _span(node, text)
    query.parts.append(Part(node, start, end))
    if isinstance(node, SearchField):
        use = use_of(node, text)
        if not is_glued:
            query.uses.append(use)
        is_glued = is_glued or isinstance(node.expr, SearchField)
    elif isinstance(node, BaseOperation):
        parts = tuple(Part(child, *_span(child, text)) for child in node.children)
        query.operations.append(Operation(node, start, end, use, parts))
    elif isinstance(node, (Word, Phrase, Regex, Range, From, To, Fuzzy, Proximity)) and not is_inside:
        is_inside = True
        if not (isinstance(node, Word) and node.value in OPERATOR_WORDS):
            query.leaves.append(_leaf(node, text, use))
    for child in node.children:
        _take_apart(query, child, use, is_glued=is_glued, is_inside=is_inside)


def _leaf(node: Any, text: str, use: FieldUse | None) -> Leaf:
    start, end = _span(node, text)
    is_word, is_phrase = isinstance(node, Word), isinstance(node, Phrase)
    raw = str(node.value) if isinstance(node, (Word, Phrase, Regex)) else ""
    return Leaf(
        node,
        start,
        end,
        use,
        raw=raw,
        value=_meant(raw),
        is_word=is_word,
        is_phrase=is_phrase,
        has_wildcard=is_word and bool(_WILDCARD.search(raw)),
        bounds=tuple(_bounds(node, text)),
        term=_leaf(node.term, text, use) if isinstance(node, Fuzzy) else None,
    )


def _bounds(node: Any, text: str) -> Iterator[Bound]:
    if isinstance(node, (Range, From, To)):
        for child in node.children:
            start, end = _span(child, text)
            yield Bound(text[start:end], _plain(child), start, end)
    elif isinstance(node, (Word, Phrase)):
        raw = str(node.value)
        yield Bound(raw, _meant(raw), *_span(node, text))


def _plain(node: Any) -> str:
    return f"-{_plain(node.children[0])}" if isinstance(node, Prohibit) else _meant(str(node.value))


def _meant(raw: str) -> str:
    """Return what a word or phrase means."""
    if raw.startswith('"'):
        return unquote(raw)
    return unescape(raw) if "\\" in raw else raw


def _span(node: Any, text: str) -> tuple[int, int]:
    """Return where a node begins and ends in the text it was parsed from, blanks left out."""
    start, end = node.pos, node.pos + node.size
    whole = text[start:end]
    return start + len(whole) - len(whole.lstrip()), end - len(whole) + len(whole.rstrip())


def _diagnosis(text: str, place: int) -> Finding:
    def error(at: int, reason: str, fix: str) -> Finding:
        return Finding("error", at, text[at:] or text, reason, fix)

    unclosed: list[tuple[str, int]] = []
    for sign, at in _brackets(text):
        if sign == '"':
            return error(
                at, "the quotation mark is never closed", 'add the closing ", or write \\" for the character'
            )
        if sign in "([{":
            unclosed.append((sign, at))
        elif unclosed and (unclosed[-1][0] == "(") == (sign == ")"):
            unclosed.pop()
        else:
            fix = f"add {_OPENS[sign]} before it, or write \\{sign} for the character"
            return error(at, f"{sign} closes nothing", fix)
    if unclosed:
        sign, at = unclosed[-1]
        if sign == "(":
            return error(
                at, "the parenthesis is never closed", "add ) where it ends, or write \\( for the character"
            )
        fix = f"write it as [from TO to], or \\{sign} for the character"
        return error(at, f"the range that {sign} opens is never closed", fix)
    rest = text[place:]
    if not rest.strip():
        return error(place, *_ending(text.rstrip()))
    for operator in _OPERATORS:
        if re.match(rf"{operator}\b", rest):
            fix = f'put a word before and after {operator}, or write "{operator}" for the word'
            return error(place, f"{operator} stands where a word is expected", fix)
    sign = rest[0]
    reasons = {
        ")": ("there is nothing between the parentheses", "write a word into them or leave them out"),
        ":": (
            "there is no field's name before the colon",
            "write \\: for the character, or put the words in quotes",
        ),
        "/": ("the slash opens a regular expression that is never closed", "write \\/ for the character"),
        "\\": ("the backslash has nothing to escape", "write \\\\ for the character"),
    }
    fix = f"write \\{sign} for the character" if not sign.isalnum() else "write ranges as [from TO to]"
    return error(place, *reasons.get(sign, (f"{sign} cannot stand there", fix)))


def _ending(text: str) -> tuple[str, str]:
    last = re.split(r"[\s(]", text)[-1]
    if last in _OPERATORS:
        return f"the query ends after {last}", f'add what {last} joins, or write "{last}" for the word'
    if last.endswith(":"):
        return f"{last} has no value", f"add a value, or write {last[:-1]}\\: for a word that ends in a colon"
    return "the query ends too early", "complete it, or put its words in quotes"


def _brackets(text: str) -> Iterator[tuple[str, int]]:
    """Yield the brackets outside quotes, and a quotation mark that has no partner."""
    for found in _SKIP.finditer(text):
        sign = found["quote"] or found["bracket"]
        if sign and not (sign == '"' and found.start() and _inside_word(text, found.start())):
            yield sign, found.start()


def _inside_word(text: str, place: int) -> bool:
    """Tell whether the parser takes a quotation mark for a character of a word."""
    return text[place - 1] not in " \t\r\n():[]{}+-^~<>/"
