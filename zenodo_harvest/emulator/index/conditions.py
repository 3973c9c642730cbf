"""One condition on one field: which documents meet it, by the kind of the field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from math import inf, nextafter

from zenodo_harvest.emulator.index import dates
from zenodo_harvest.emulator.index.analysis import ANALYZERS, normalized
from zenodo_harvest.emulator.index.lucene import Leaf, Span
from zenodo_harvest.emulator.index.postings import Docs, Store
from zenodo_harvest.emulator.index.refusals import bad_query, engine_failure

TEXTUAL = frozenset(("keyword", "text", "folded", "edges"))
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_WIDEST = 1000
_BOOLEANS = {"true": 1.0, "false": 0.0, "": 0.0}
_WILDCARD = re.compile(r"\\(?P<escaped>.)|(?P<any>[*?])|(?P<plain>[^\\*?]+)", re.DOTALL)
_REGEXP = re.compile(
    r'\\.|\[(?P<set>(?:[^\]\\]|\\.)*)\]|"(?P<literal>[^"]*)"|(?P<anchor>[$^])|(?P<group>\(\?)', re.DOTALL
)
_IN_SET = re.compile(r"\\.|[\[&~|]|(?<=-)-", re.DOTALL)


class Conditions:
    """Looks conditions up in a store; `now` is the moment that the word means in dates."""

    def __init__(self, store: Store, now: datetime) -> None:
        self._store, self._now = store, now

    def leaf(self, name: str, kind: str, node: Leaf) -> Docs | None:
        """Return the documents, or None if no word of the text is left after analysis.

        Raises:
            EngineError: The engine does not take such a condition on such a field.
        """
        if node.kind not in ("term", "phrase"):
            if kind not in TEXTUAL:
                raise bad_query()
            return self._store.terms(name).docs(self._expanded(name, kind, node))
        if kind not in TEXTUAL:
            return self.span(name, kind, Span(name, node.text, node.text))
        if kind == "keyword":
            return self._store.terms(name).docs((node.text,))
        found = ANALYZERS[kind](node.text)
        if not found:
            return None
        if node.kind == "phrase" and len(found) > 1:
            return self._phrase(name, kind, found, int(min(node.near or 0, _WIDEST)))
        return self._store.terms(name).docs(found)

    def span(self, name: str, kind: str, node: Span) -> Docs:
        """Return the documents with a value in the range; a range of dates meets those it overlaps.

        Raises:
            EngineError: The bounds do not fit the field.
        """
        if kind in TEXTUAL:
            low, high = (
                normalized(kind, text) if text is not None else None for text in (node.low, node.high)
            )
            if low is not None and not node.has_low:
                low += "\0"
            if high is not None and node.has_high:
                high += "\0"
            terms = self._store.terms(name)
            return terms.docs(terms.between(low, high))
        if kind in ("date", "date_range"):
            first, last = self._moments(node)
        elif kind in ("integer", "double", "boolean"):
            first, last = _numbers(node, kind)
        else:
            raise bad_query()
        if kind == "date_range":
            return {
                doc
                for doc, (low, high) in self._store.intervals(name).since(0)
                if low <= last and high >= first
            }
        return self._store.points(name).between(first, last)

    def _moments(self, node: Span) -> tuple[float, float]:
        first, last = -inf, inf
        try:
            if node.low is not None:
                first = dates.parse(node.low, self._now, round_up=not node.has_low) + (not node.has_low)
            if node.high is not None:
                last = dates.parse(node.high, self._now, round_up=node.has_high) - (not node.has_high)
        except ValueError:
            raise engine_failure() from None
        return first, last

    def _phrase(self, name: str, kind: str, wanted: Sequence[str], slop: int) -> Docs:
        terms, column = self._store.terms(name), self._store.column(name)
        candidates = set.intersection(*(terms.docs((word,)) for word in wanted))
        if kind == "edges":
            return candidates
        analyze = ANALYZERS[kind]
        return {
            doc
            for doc in candidates
            if any(_is_near(analyze(str(value)), wanted, slop) for value in column.of(doc))
        }

    def _expanded(self, name: str, kind: str, node: Leaf) -> Iterator[str]:
        """Yield the indexed terms that a pattern or a fuzzy word stands for."""
        terms = self._store.terms(name)
        if node.kind == "prefix":
            start = normalized(kind, node.text)
            return terms.between(start, start + chr(0x10FFFF))
        if node.kind == "fuzzy":
            word = normalized(kind, node.text)
            most = _most_edits(word, node.near)
            return (term for term in terms.between(None, None) if _is_close(term, word, most))
        pattern = _wildcard(kind, node.text) if node.kind == "wildcard" else _regexp(kind, node.text)
        return (term for term in terms.between(None, None) if pattern.fullmatch(term))


def _numbers(node: Span, kind: str) -> tuple[float, float]:
    low = -inf if node.low is None else _number(node.low, kind)
    high = inf if node.high is None else _number(node.high, kind)
    return low if node.has_low else nextafter(low, inf), high if node.has_high else nextafter(high, -inf)


def _number(text: str, kind: str) -> float:
    if kind == "boolean" and text in _BOOLEANS:
        return _BOOLEANS[text]
    if kind == "boolean" or not _NUMBER.fullmatch(text):
        raise bad_query()
    return float(text)


def _is_near(found: Sequence[str], wanted: Sequence[str], slop: int) -> bool:
    """Tell whether all words stand side by side in order, or are at most `slop` moves away from that."""
    size = len(wanted)
    if not slop:
        starts = (at for at, word in enumerate(found) if word == wanted[0])
        return any(list(found[at : at + size]) == list(wanted) for at in starts)
    shifted = sorted(
        (at - place, place) for at, word in enumerate(found) for place in range(size) if word == wanted[place]
    )
    latest: dict[int, int] = {}
    for start, place in shifted:
        latest[place] = start
        if len(latest) == size and start - min(latest.values()) <= slop:
            return True
    return False


def _most_edits(word: str, asked: float | None) -> int:
    """Return the edits a fuzzy word allows: by its length if not told, a share of it if told below one."""
    if asked is None:
        return 0 if len(word) < 3 else 1 if len(word) < 6 else 2
    return int(min(2, asked if asked >= 1 or asked == 0 else (1 - asked) * len(word)))


def _is_close(term: str, word: str, most: int) -> bool:
    """Tell whether `most` insertions, deletions, changes or swaps of neighbours turn one into the other."""
    if abs(len(term) - len(word)) > most:
        return False
    before: list[int] = []
    row = list(range(len(word) + 1))
    for i, char in enumerate(term, 1):
        before, last, row = row, before, [i]
        for j, other in enumerate(word, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (char != other))
            if i > 1 and j > 1 and char == word[j - 2] and term[i - 2] == other:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return False
    return row[-1] <= most


@lru_cache(maxsize=256)
def _wildcard(kind: str, text: str) -> re.Pattern[str]:
    parts = []
    for match in _WILDCARD.finditer(text):
        if match["any"]:
            parts.append(".*" if match["any"] == "*" else ".")
        else:
            parts.append(re.escape(match["escaped"] or normalized(kind, match["plain"] or "")))
    return re.compile("".join(parts), re.DOTALL)


@lru_cache(maxsize=256)
def _regexp(kind: str, text: str) -> re.Pattern[str]:
    """Translate a regular expression of the engine: ``^`` and ``$`` are plain, ``"..."`` is literal."""

    def python(match: re.Match[str]) -> str:
        if match["group"]:
            raise bad_query()
        if match["set"] is not None:
            return f"[{_IN_SET.sub(_escaped, match['set'])}]"
        literal = match["anchor"] or match["literal"]
        return match[0] if literal is None else re.escape(literal)

    try:
        return re.compile(_REGEXP.sub(python, normalized(kind, text)), re.DOTALL)
    except (re.error, OverflowError, RecursionError):
        raise bad_query() from None


def _escaped(match: re.Match[str]) -> str:
    return match[0] if match[0].startswith("\\") else f"\\{match[0]}"
