"""Rules about words and how they are joined: what a query finds that its author may not expect."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from zenodo_harvest.query.edits import Notes
from zenodo_harvest.query.tree import (
    OPERATOR_WORDS,
    AndOperation,
    BaseOperation,
    Leaf,
    Not,
    OrOperation,
    Phrase,
    Plus,
    Prohibit,
    Regex,
    UnknownOperation,
    Use,
    Word,
    leaves,
    operations,
    span,
)

_LOWER = frozenset({"and", "or", "not"})
_JOINED = re.compile(r"[^\W\d_][-\u2010-\u2015/_][^\W\d_]")
_INNER_STAR = re.compile(r"\w\*|\*\w")
_FOLDED_TEXT = frozenset({"metadata.title", "metadata.description", "metadata.additional_titles.title"})
_LONGEST = 60


def check_words(tree: Any, notes: Notes) -> None:
    """Note words joined by nothing, operators in lower case, and words that match in unexpected ways."""
    warned: set[str] = set()

    def once(kind: str, start: int, end: int, reason: str, fix: str) -> None:
        if kind not in warned:
            warned.add(kind)
            notes.warn(start, end, reason, fix)

    for operation, use in operations(tree, notes.text):
        if isinstance(operation, UnknownOperation):
            if use is not None and use.field is not None and not use.field.is_text:
                _join_values(operation, notes)
            elif use is None:
                _implicit(operation, notes, once)
        _mixed(operation, notes, once)
    for leaf in leaves(tree, notes.text):
        _leaf(leaf, notes, once)


def _join_values(operation: BaseOperation, notes: Notes) -> None:
    """Put ``OR`` between values of a field that compares whole values; else it looks for one with blanks."""
    places = [span(child, notes.text) for child in operation.children]
    new = notes.text[slice(*places[0])]
    for (left, right), (before, after) in zip(pairwise(operation.children), pairwise(places), strict=True):
        glued = _is_value(_edge(left, -1)) and _is_value(_edge(right, 0))
        new += (" OR " if glued else notes.text[before[1] : after[0]]) + notes.text[slice(*after)]
    reason = "without OR the values are taken for a single one with blanks in it"
    notes.edit(places[0][0], places[-1][1], new, reason)


def _edge(node: Any, place: int) -> Any:
    """Return the first (0) or last (-1) operand of an operation; anything else is its own edge."""
    while isinstance(node, BaseOperation):
        node = node.children[place]
    return node


def _is_value(node: Any) -> bool:
    return isinstance(node, Phrase) or (isinstance(node, Word) and node.value not in OPERATOR_WORDS)


def _implicit(operation: BaseOperation, notes: Notes, once: Any) -> None:
    children = list(operation.children)
    words = [str(child.value) if isinstance(child, Word) else "" for child in children]
    for place, child in enumerate(children[1:], 1):
        if words[place] in _LOWER and (place + 1 < len(children) or words[place] != "not"):
            start, end = span(child, notes.text)
            operator = words[place].upper()
            reason = f"{words[place]} in lower case is searched as a word"
            once("lower", start, end, reason, f"write {operator} if you mean the operator")
    wanted = [
        child
        for place, child in enumerate(children)
        if not isinstance(child, (Not, Prohibit))
        and words[place] not in OPERATOR_WORDS
        and words[place] not in _LOWER
        and not words[place].startswith("!")
        and not (words[place] and not re.search(r"[\w*?]", words[place]))
        and not (place and words[place - 1] in OPERATOR_WORDS)
    ]
    if len(wanted) < 2 or any(isinstance(child, Plus) for child in children):
        return
    start, end = span(operation, notes.text)
    texts = [notes.text[slice(*span(child, notes.text))] for child in wanted]
    fix = f"for all of them write {' AND '.join(texts)}"
    if all(isinstance(child, Word) for child in wanted):
        fix += f', for the phrase "{" ".join(texts)}"'
    if len(fix) > 2 * _LONGEST:
        fix = "for all of them join them by AND, for a phrase put it in quotes"
    once("or", start, end, "records that match ANY of the words are found", fix)


def _mixed(operation: BaseOperation, notes: Notes, once: Any) -> None:
    if not isinstance(operation, (OrOperation, UnknownOperation)):
        return
    if any(isinstance(child, (AndOperation, OrOperation)) for child in operation.children):
        start, end = span(operation, notes.text)
        reason = "AND and OR without parentheses are not read as they look"
        fix = "put parentheses around what belongs together, such as (a AND b) OR c"
        once("mixed", start, end, reason, fix)


def _leaf(leaf: Leaf, notes: Notes, once: Any) -> None:
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
    if leaf.use is not None and leaf.use.name == "communities":
        reason = "communities: finds nothing for a slug that does not exist, without saying so"
        fix = "name the community with an option of its own, which checks it"
        once("communities", leaf.start, leaf.end, reason, fix)


def _joined(leaf: Leaf, native: str) -> re.Match[str] | None:
    """Return where punctuation joins two words into one: it is removed before words are cut."""
    if not (leaf.is_word or leaf.is_phrase) or leaf.has_wildcard or "://" in leaf.value:
        return None
    return _JOINED.search(leaf.value) if leaf.use is None or native in _FOLDED_TEXT else None


def _typed(use: Use, notes: Notes) -> str:
    return notes.text[use.start : use.end]
