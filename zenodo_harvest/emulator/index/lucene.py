"""The grammar of the engine's ``query_string``: text to a tree, or a refusal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from zenodo_harvest.emulator.index.refusals import bad_query


@dataclass(frozen=True, slots=True)
class Leaf:
    """A condition on one field, or on the default fields when `field` is None.

    `kind` is ``term``, ``phrase``, ``prefix``, ``wildcard``, ``regexp`` or ``fuzzy``; `near` is the distance
    between the words of a phrase, or the edits of a fuzzy term (None is left to the engine).
    """

    field: str | None
    kind: str
    text: str
    near: float | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A range; None is an open end."""

    field: str | None
    low: str | None
    high: str | None
    has_low: bool = True
    has_high: bool = True


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a boolean with the word before it (``AND``, ``OR``, nothing) and its sign (``+``, ``-``)."""

    joined_by: str
    sign: str
    node: Node


@dataclass(frozen=True, slots=True)
class Boolean:
    """Clauses as written, side by side; what they demand depends on their neighbours."""

    clauses: tuple[Clause, ...]


Node = Leaf | Span | Boolean

_BLANK = " \t\n\r\u3000"
_START = rf"(?:[^{_BLANK}+\-!():^\[\]\"{{}}~*?\\/]|\\.)"
_CHAR = rf"(?:{_START}|[+\-])"
_TOKENS = tuple(
    (name, re.compile(pattern, re.DOTALL))
    for name, pattern in (
        ("AND", r"AND|&&"),
        ("OR", r"OR|\|\|"),
        ("NOT", r"NOT|!"),
        ("PLUS", r"\+"),
        ("MINUS", r"-"),
        ("BARE", rf"[+\-!][{_BLANK}]"),
        ("(", r"\("),
        (")", r"\)"),
        (":", r":"),
        ("STAR", r"\*"),
        ("^", r"\^"),
        ("QUOTED", r'"(?:[^"\\]|\\.)*"'),
        ("TERM", rf"{_START}{_CHAR}*"),
        ("FUZZY", r"~(?:[0-9]+(?:\.[0-9]+)?)?"),
        ("PREFIX", rf"{_START}{_CHAR}*\*"),
        ("WILD", rf"(?:{_START}|[*?])(?:{_CHAR}|[*?])*"),
        ("REGEXP", r"/(?:[^/]|\\/)*/"),
        ("RANGE", r"[\[{]"),
    )
)
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_RANGE = re.compile(r'"(?:[^"]|\\")+"|[\]}]|[^ \]}]+'.replace(" ", _BLANK))
_SKIPPED = re.compile(rf"[{_BLANK}]*")
_SIGNS = {"PLUS": "+", "MINUS": "-", "NOT": "-"}
_ENDS_RUN = frozenset((":", "STAR", "FUZZY", "^", "AND", "OR"))

Token = tuple[str, str]


def parse(text: str) -> Boolean:
    """Return the tree of a query.

    Raises:
        EngineError: The engine cannot read it.
    """
    parser = _Parser([*_tokens(text), ("END", "")])
    found = parser.boolean(None)
    parser.take("END")
    return found


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    at, state = 0, ""
    while (at := _end(_SKIPPED, text, at)) < len(text):
        name, match = _next_token(text, at, state)
        found.append((name, match[0]))
        at = match.end()
        inside = state == "RANGE" and name != "CLOSE"
        state = "RANGE" if name == "RANGE" or inside else "^" if name == "^" else ""
    return found


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def _next_token(text: str, at: int, state: str) -> tuple[str, re.Match[str]]:
    if state == "RANGE":
        candidates = [("GOOP", _RANGE.match(text, at))]
    elif state == "^":
        candidates = [("NUMBER", _NUMBER.match(text, at))]
    else:
        candidates = [(name, pattern.match(text, at)) for name, pattern in _TOKENS]
    matches = [(name, match) for name, match in candidates if match]
    if not matches:
        raise bad_query()
    name, match = max(matches, key=lambda item: item[1].end())
    if name == "GOOP":
        name = {"]": "CLOSE", "}": "CLOSE", "TO": "TO"}.get(match[0], "GOOP")
    return name, match


class _Parser:
    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def _kind(self, ahead: int = 0) -> str:
        at = self._at + ahead
        return self._tokens[at][0] if at < len(self._tokens) else "END"

    def take(self, *kinds: str) -> str:
        """Return the text of the next token, which must be of one of these kinds."""
        if self._kind() not in kinds:
            raise bad_query()
        self._at += 1
        return self._tokens[self._at - 1][1]

    def boolean(self, field: str | None) -> Boolean:
        """Read clauses up to a closing parenthesis or the end."""
        clauses: list[Clause] = []
        while not clauses or self._kind() not in (")", "END"):
            if run := self._run():
                clauses.append(Clause("", "", Leaf(field, "term", run)))
                continue
            joined_by = (
                self.take("AND", "OR") and self._tokens[self._at - 1][0] if self._joins(clauses) else ""
            )
            sign = _SIGNS.get(self._kind(), "")
            if sign:
                self._at += 1
            clauses.append(Clause(joined_by, sign, self._clause(field)))
        return Boolean(tuple(clauses))

    def _joins(self, clauses: Sequence[Clause]) -> bool:
        return bool(clauses) and self._kind() in ("AND", "OR")

    def _run(self) -> str:
        """Read two or more plain words side by side, which the engine takes as one text."""
        count = 0
        while self._kind(count) == "TERM" and self._kind(count + 1) not in _ENDS_RUN:
            count += 1
        if count < 2:
            return ""
        self._at += count
        return " ".join(_unescaped(text) for _, text in self._tokens[self._at - count : self._at])

    def _clause(self, field: str | None) -> Node:
        if self._kind() in ("TERM", "STAR") and self._kind(1) == ":":
            field = _unescaped(self.take("TERM", "STAR"))
            self.take(":")
        if self._kind() != "(":
            return self._term(field)
        self.take("(")
        found = self.boolean(field)
        self.take(")")
        self._boost()
        return found

    def _term(self, field: str | None) -> Node:
        if self._kind() == "RANGE":
            return self._range(field)
        kind = self._kind()
        text = self.take("TERM", "BARE", "STAR", "PREFIX", "WILD", "REGEXP", "QUOTED")
        self._boost()
        fuzzy = self.take("FUZZY") if self._kind() == "FUZZY" else ""
        self._boost()
        near = float(fuzzy[1:]) if len(fuzzy) > 1 else None
        if kind == "QUOTED":
            return Leaf(field, "phrase", _unescaped(text[1:-1]), near or 0)
        if kind == "PREFIX":
            return Leaf(field, "prefix", _unescaped(text[:-1]))
        if kind == "REGEXP":
            return Leaf(field, "regexp", text[1:-1])
        if kind in ("STAR", "WILD"):
            return Leaf(field, "wildcard", text)
        return Leaf(
            field, "fuzzy" if fuzzy else "term", _unescaped(text[0] if kind == "BARE" else text), near
        )

    def _boost(self) -> None:
        if self._kind() == "^":
            self.take("^")
            self.take("NUMBER")

    def _range(self, field: str | None) -> Span:
        opened = self.take("RANGE")
        low = self.take("GOOP", "TO")
        if self._kind() == "TO":
            self.take("TO")
        high = self.take("GOOP", "TO")
        closed = self.take("CLOSE")
        self._boost()
        return Span(field, _bound(low), _bound(high), opened == "[", closed == "]")


def _bound(text: str) -> str | None:
    if text == "*":
        return None
    return _unescaped(text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text)


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    if re.search(r"(?<!\\)(?:\\\\)*\\$", text) or re.search(r"\\u(?![0-9a-fA-F]{4})", text):
        raise bad_query()
    return re.sub(
        r"\\(?:u([0-9a-fA-F]{4})|(.))", lambda m: chr(int(m[1], 16)) if m[1] else m[2], text, flags=re.DOTALL
    )
