"""The parser the server uses, and what to say where it gives up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from zenodo_harvest import lucene
from zenodo_harvest.query.findings import Finding

_PLACE = re.compile(r"position ([0-9]+)")
_SKIP = re.compile(r'\\.|"(?:[^\\"]|\\.)*"|(?P<quote>")|(?P<bracket>[()\[\]{}])|.', re.DOTALL)
_NUMBER = re.compile(r"[~^](?=[0-9.])(?![0-9]*\.?[0-9]+(?![0-9.])|[0-9]+\.(?![0-9.]))[0-9.]+")
_OPENS = {")": "(", "]": "[", "}": "{"}
_OPERATORS = ("AND", "OR", "NOT", "TO")


def parse(text: str) -> Any:
    """Return luqum's tree of `text`, or the `Finding` that says where and why it cannot be parsed.

    The server uses the same parser, and where that fails silently searches for any of the words instead
    (zenodo-api.md §2.1, read 2026-08-20).
    """
    try:
        return lucene.parse(text)
    except lucene.ParseError as error:
        found = _PLACE.search(str(error))
        return _diagnosis(text, int(found[1]) if found else len(text.rstrip()))
    except (ArithmeticError, ValueError):
        place = found.start() if (found := _NUMBER.search(text)) else 0
        return Finding("error", place, text[place:], "there is no number", "write one such as ^2 or ~1")


def span(node: Any, text: str) -> tuple[int, int]:
    """Return where a node of the tree begins and ends in the text it was parsed from, blanks left out."""
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
