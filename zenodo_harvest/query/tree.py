"""A walk over a parsed query: what each leaf is, and in which field it is searched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from luqum.tree import (
    AndOperation,
    BaseOperation,
    Boost,
    FieldGroup,
    From,
    Fuzzy,
    Group,
    Not,
    OrOperation,
    Phrase,
    Plus,
    Prohibit,
    Proximity,
    Range,
    Regex,
    SearchField,
    To,
    Unary,
    UnknownOperation,
    Word,
)

from zenodo_harvest.query.quoting import unescape, unquote
from zenodo_harvest.query.syntax import span
from zenodo_harvest.vocabularies.fields import Field, index_field

OPERATOR_WORDS = frozenset({"&&", "||", "!"})
"""Operators that the parser takes for words and the engine does not."""


_WILDCARD = re.compile(r"(?<!\\)(?:\\\\)*[*?]")


@dataclass(frozen=True, slots=True)
class Use:
    """A field as a query names it.

    Attributes:
        name: The name as typed, unescaped.
        start: Where it stands.
        end: Where it ends, before the colon.
        field: What the server searches; None if it knows no such field.
    """

    name: str
    start: int
    end: int
    field: Field | None

    @property
    def native(self) -> str:
        """The name of the field of the index, or the name as typed if there is none."""
        return self.field.name if self.field else self.name


@dataclass(frozen=True, slots=True)
class Leaf:
    """The smallest part of a query that is searched: a word, phrase, range, comparison or expression.

    Attributes:
        node: luqum's node.
        start: Where it begins in the text.
        end: Where it ends.
        use: The field it is searched in; None for the default fields.
    """

    node: Any
    start: int
    end: int
    use: Use | None

    @property
    def is_word(self) -> bool:
        """Whether it is one plain word."""
        return isinstance(self.node, Word)

    @property
    def is_phrase(self) -> bool:
        """Whether it is quoted."""
        return isinstance(self.node, Phrase)

    @property
    def raw(self) -> str:
        """Its text."""
        return str(self.node.value)

    @property
    def value(self) -> str:
        """What a word or phrase means, unescaped."""
        return unquote(self.raw) if self.is_phrase else unescape(self.raw)

    @property
    def has_wildcard(self) -> bool:
        """Whether an unescaped ``*`` or ``?`` stands in a word."""
        return self.is_word and bool(_WILDCARD.search(self.raw))


def use_of(node: SearchField, text: str) -> Use:
    """Return the field that a node names."""
    start, _ = span(node, text)
    name = unescape(node.name)
    return Use(name, start, start + len(node.name), index_field(name))


def is_operator(node: Any) -> bool:
    """Tell whether a node is an operator that the parser takes for a word."""
    return isinstance(node, Word) and node.value in OPERATOR_WORDS


def leaves(node: Any, text: str, use: Use | None = None) -> Iterator[Leaf]:
    """Yield the leaves below `node` in the order of the text."""
    if isinstance(node, SearchField):
        yield from leaves(node.expr, text, use_of(node, text))
    elif isinstance(node, (Word, Phrase, Regex, Range, From, To, Fuzzy, Proximity)):
        if not is_operator(node):
            yield Leaf(node, *span(node, text), use)
    else:
        for child in node.children:
            yield from leaves(child, text, use)


def fields(node: Any) -> Iterator[SearchField]:
    """Yield the nodes that name a field, outermost first; not those glued to another (``a:b:c``)."""
    if isinstance(node, SearchField):
        yield node
        if isinstance(node.expr, SearchField):
            return
    for child in node.children:
        yield from fields(child)


def operations(node: Any, text: str, use: Use | None = None) -> Iterator[tuple[BaseOperation, Use | None]]:
    """Yield the operations with the field they stand in."""
    if isinstance(node, SearchField):
        use = use_of(node, text)
    if isinstance(node, BaseOperation):
        yield node, use
    for child in node.children:
        yield from operations(child, text, use)


__all__ = [
    "OPERATOR_WORDS",
    "AndOperation",
    "BaseOperation",
    "Boost",
    "FieldGroup",
    "From",
    "Fuzzy",
    "Group",
    "Leaf",
    "Not",
    "OrOperation",
    "Phrase",
    "Plus",
    "Prohibit",
    "Proximity",
    "Range",
    "Regex",
    "SearchField",
    "To",
    "Unary",
    "UnknownOperation",
    "Use",
    "Word",
    "fields",
    "is_operator",
    "leaves",
    "operations",
    "span",
    "use_of",
]
