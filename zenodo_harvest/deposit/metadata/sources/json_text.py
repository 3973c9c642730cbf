"""JSON with places: where each value stands, and every slip a person makes named with its place."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from json import JSONDecodeError, decoder
from typing import Any

from zenodo_harvest.deposit.metadata.findings import Finding, Path, dotted
from zenodo_harvest.deposit.metadata.sources.located import (
    MAX_DEPTH,
    MAX_VALUES,
    Located,
    Place,
    broken,
    decoded,
    place_of,
)

_scanstring: Callable[[str, int, bool], tuple[str, int]] = vars(decoder)["scanstring"]
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?", re.ASCII)
_WORDS = {"true": True, "false": False, "null": None}
_NOT_JSON = re.compile(r"-?(?:NaN|Infinity)|(?:True|False|None|undefined)\b")
_MEANT = {"True": True, "False": False, "None": None, "undefined": None}
_BLANK = re.compile(r"[ \t\r\n]*")
_COMMENT = re.compile(r"//[^\n]*|#[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_LONGEST_NUMBER = 300


class _Broken(Exception):
    """The text stops being JSON at `index`."""

    def __init__(self, message: str, hint: str, index: int) -> None:
        super().__init__(message)
        self.message, self.hint, self.index = message, hint, index


def read_json(content: bytes) -> Located:
    """Read JSON; slips that leave no doubt (a comment, a comma too many) are named and read over."""
    text = decoded(content)
    if isinstance(text, Located):
        return text
    scanner = _Scanner(text[0])
    try:
        scanner.read()
    except _Broken as error:
        failed = broken(error.message, error.hint, place_of(text[0], error.index))
        return replace(failed, findings=(*text[1], *scanner.findings, *failed.findings))
    return replace(scanner.located, findings=(*text[1], *scanner.findings))


class _Scanner:
    """Reads one text from its start to its end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.index = 0
        self.located = Located()
        self.findings: list[Finding] = []
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def read(self) -> None:
        """Read the one value of the text."""
        self._skip()
        value = self._value((), 0)
        self._skip()
        if self.index < len(self.text):
            raise _Broken("There is more after the end of the JSON", "Remove it.", self.index)
        self.located = replace(self.located, value=value)

    def _value(self, path: Path, depth: int) -> Any:
        if depth > MAX_DEPTH or len(self.located.values) > MAX_VALUES:
            raise _Broken("The metadata nests too deeply or is too large", "", self.index)
        self.located.values[path] = self._place(self.index)
        sign = self.text[self.index : self.index + 1]
        if sign == "{":
            return self._object(path, depth)
        if sign == "[":
            return self._list(path, depth)
        if sign == '"':
            return self._string()
        return self._word(path)

    def _word(self, path: Path) -> Any:
        start = self.index
        for word, value in _WORDS.items():
            if self.text.startswith(word, start):
                self.index += len(word)
                return value
        if found := _NUMBER.match(self.text, start):
            self.index = found.end()
            if found.end() - start > _LONGEST_NUMBER:
                raise _Broken("The number is too long", "Put it in quotation marks.", start)
            return float(found[0]) if found[1] or found[2] else int(found[0])
        if found := _NOT_JSON.match(self.text, start):
            self.index = found.end()
            self._note(path, f"JSON has no {found[0]}", "Write a number, true, false or null.", start)
            return _MEANT.get(found[0])
        if start >= len(self.text):
            raise _Broken("The JSON ends too early", "Close every bracket.", len(self.text.rstrip()))
        if self.text[start] in "'\u2018\u2019\u201c\u201d":
            raise _Broken("Text in JSON stands in straight double quotation marks", 'Write "…".', start)
        if self.text[start] in ",]}":
            raise _Broken(f"A value is missing before {self.text[start]!r}", "", start)
        raise _Broken(
            "This is no JSON value", "Text stands in double quotation marks, numbers have none.", start
        )

    def _string(self) -> str:
        start = self.index
        try:
            value, self.index = _scanstring(self.text, start + 1, True)
        except JSONDecodeError as error:
            if "Unterminated" in error.msg:
                raise _Broken("The text has no closing quotation mark", "", start) from error
            if "control character" in error.msg:
                raise _Broken(
                    "A text goes over the end of its line or holds a control character",
                    r"Write \n for a line break.",
                    error.pos,
                ) from error
            raise _Broken(
                f"The text is no JSON: {error.msg}", r"Write \\ for a backslash.", error.pos
            ) from error
        return value

    def _list(self, path: Path, depth: int) -> list[Any]:
        self.index += 1
        items: list[Any] = []
        while not self._closed("]", has_items=bool(items), path=path):
            items.append(self._value((*path, len(items)), depth + 1))
        return items

    def _object(self, path: Path, depth: int) -> dict[str, Any]:
        self.index += 1
        members: dict[str, Any] = {}
        while not self._closed("}", has_items=bool(members), path=path):
            start = self.index
            if self.text[start : start + 1] != '"':
                if start >= len(self.text):
                    raise _Broken("The JSON ends too early", "Close every bracket.", len(self.text.rstrip()))
                raise _Broken("A key in double quotation marks is expected here", "", start)
            key = self._string()
            here = (*path, key)
            if key in members:
                self._note(
                    here,
                    "The key stands here twice, and readers take one of them without a word",
                    "Remove one.",
                    start,
                )
            self.located.keys[here] = self._place(start)
            self._skip()
            if self.text[self.index : self.index + 1] != ":":
                raise _Broken(f"A colon is missing after the key {key!r}", "", self.index)
            self.index += 1
            self._skip()
            members[key] = self._value(here, depth + 1)
        return members

    def _closed(self, bracket: str, *, has_items: bool, path: Path) -> bool:
        """Go over the comma before the next item; tell whether the bracket stands there instead."""
        self._skip()
        if has_items and self.text[self.index : self.index + 1] == ",":
            comma = self.index
            self.index += 1
            self._skip()
            if self.text[self.index : self.index + 1] in ("]", "}"):
                self._note(path, "A comma stands before the closing bracket", "Remove it.", comma)
            has_items = False
        if self.text[self.index : self.index + 1] == bracket:
            self.index += 1
            return True
        if has_items:
            if self.index >= len(self.text):
                raise _Broken("The JSON ends too early", "Close every bracket.", len(self.text.rstrip()))
            raise _Broken(f"A comma or {bracket} is missing here", "", self.index)
        return False

    def _skip(self) -> None:
        """Go over blanks, and over comments with a word about them."""
        while True:
            blank = _BLANK.match(self.text, self.index)
            self.index = blank.end() if blank else self.index
            comment = _COMMENT.match(self.text, self.index)
            if not comment:
                return
            self._note((), "JSON has no comments", "Remove it, or write YAML.", self.index)
            self.index = comment.end()

    def _place(self, index: int) -> Place:
        from bisect import bisect_right

        line = bisect_right(self._starts, index)
        return Place(line, index - self._starts[line - 1] + 1)

    def _note(self, path: Path, message: str, hint: str, index: int) -> None:
        place = self._place(index)
        self.findings.append(Finding("error", dotted(path), message, hint, place.line, place.column))
