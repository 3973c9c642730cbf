"""Evaluates a query over the store as the engine would: which documents match."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from fnmatch import fnmatchcase

from zenodo_harvest.emulator.index.conditions import Conditions
from zenodo_harvest.emulator.index.lucene import Boolean, Clause, Leaf, Node, Span
from zenodo_harvest.emulator.index.postings import Docs, Store
from zenodo_harvest.emulator.index.refusals import EngineError, bad_query, engine_failure

# Measured (zenodo-api.md §13 Search, paging, headers): 1016 conditions in all, 1024 in one boolean; a word
# without a field weighs 19, or 24 where it is required, so that 53 words pass and 50 joined by AND do not.
_MOST_CONDITIONS, _MOST_CLAUSES = 1016, 1024
_WORD_WEIGHT, _REQUIRED_WEIGHT = 19, 24
_UNREACHABLE = frozenset((None, "hidden", "nested"))


class Evaluator:
    """Evaluates one query; `scores` then holds how many conditions each document met.

    Args:
        store: The documents.
        alive: The documents that count.
        now: The moment that ``now`` means.
    """

    def __init__(self, store: Store, alive: Docs, now: datetime) -> None:
        self.scores: Counter[int] = Counter()
        self._store, self._alive = store, alive
        self._conditions = Conditions(store, now)
        self._count = 0

    def matching(self, node: Node) -> Docs:
        """Return the documents a query matches.

        Raises:
            EngineError: The engine refuses the query.
        """
        try:
            found = self._docs(node, is_required=False, is_scored=True)
        except RecursionError:
            raise engine_failure() from None
        if self._count > _MOST_CONDITIONS:
            raise engine_failure()
        return self._alive & found if found is not None else set()

    def _docs(self, node: Node, *, is_required: bool, is_scored: bool) -> Docs | None:
        """Return the matches, or None for a condition of which analysis leaves no word."""
        if isinstance(node, Boolean):
            return self._boolean(node, is_scored=is_scored)
        self._weigh(node, is_required=is_required)
        found = self._span(node) if isinstance(node, Span) else self._leaf(node)
        if found and is_scored:
            self.scores.update(found)
        return found

    def _boolean(self, node: Boolean, *, is_scored: bool) -> Docs | None:
        """Combine clauses as the engine does: AND makes both neighbours required; there is no precedence."""
        kept: list[tuple[str, Docs]] = []
        for clause, after in zip(node.clauses, (*node.clauses[1:], None), strict=True):
            docs = self._docs(
                clause.node,
                is_required=_is_required(clause, after),
                is_scored=is_scored and clause.sign != "-",
            )
            if clause.joined_by == "AND" and kept and kept[-1][0] != "-":
                kept[-1] = ("+", kept[-1][1])
            if docs is not None:
                kept.append(("+" if clause.joined_by == "AND" and not clause.sign else clause.sign, docs))
        if len(kept) > _MOST_CLAUSES:
            raise bad_query()
        if not kept:
            return None
        required, wanted, unwanted = (
            [docs for sign, docs in kept if sign == kind] for kind in ("+", "", "-")
        )
        found = set.intersection(*required) if required else set().union(*wanted) if wanted else self._alive
        return found.difference(*unwanted)

    def _weigh(self, node: Leaf | Span, *, is_required: bool) -> None:
        """Count the conditions: a word without a field is one in each of several fields."""
        is_term = isinstance(node, Leaf) and node.kind == "term"
        is_cut = node.field is None or self._store.schema.kind(node.field) in ("text", "folded")
        words = len(node.text.split()) if isinstance(node, Leaf) and is_term and is_cut else 1
        if words > _MOST_CLAUSES:
            raise bad_query()
        weight = _WORD_WEIGHT if is_term and not is_required else _REQUIRED_WEIGHT
        self._count += words * (weight if node.field is None else 1)

    def _leaf(self, node: Leaf) -> Docs | None:
        if node.field == "_exists_":
            return self._store.having(node.text)
        if node.kind == "wildcard" and node.text == "*":
            return set(self._alive) if node.field in (None, "*") else self._store.having(node.field or "")
        if node.field and node.kind in ("term", "phrase") and (span := _comparison(node)):
            return self._span(span)
        return self._any(node.field, lambda name, kind: self._conditions.leaf(name, kind, node))

    def _span(self, node: Span) -> Docs | None:
        return self._any(node.field, lambda name, kind: self._conditions.span(name, kind, node))

    def _any(self, field: str | None, condition: Callable[[str, str], Docs | None]) -> Docs | None:
        """Return what meets the condition in any of the fields meant; an unknown field has no documents."""
        schema = self._store.schema
        is_pattern = field is not None and "*" in field
        names = schema.defaults if field is None else (field,)
        if field is not None and is_pattern:
            names = tuple(name for name in schema.kinds if fnmatchcase(name, field))
        found: list[Docs | None] = []
        for name in names:
            kind = schema.kind(name)
            if kind is None or kind in _UNREACHABLE:
                found.append(set())
                continue
            try:
                found.append(condition(name, kind))
            except EngineError:
                if not is_pattern:
                    raise
        known = [docs for docs in found if docs is not None]
        return known[0] if len(known) == 1 else set().union(*known) if known or not found else None


def _is_required(clause: Clause, after: Clause | None) -> bool:
    return clause.sign != "-" and (
        clause.sign == "+" or clause.joined_by == "AND" or (after is not None and after.joined_by == "AND")
    )


def _comparison(node: Leaf) -> Span | None:
    """Return the range that ``field:>=x`` means (and ``<``, ``<=``, ``>``)."""
    text = node.text
    if len(text) < 2 or text[0] not in "<>":
        return None
    has_bound = len(text) > 2 and text[1] == "="
    bound = text[2:] if has_bound else text[1:]
    if text[0] == ">":
        return Span(node.field, bound, None, has_low=has_bound)
    return Span(node.field, None, bound, has_high=has_bound)
