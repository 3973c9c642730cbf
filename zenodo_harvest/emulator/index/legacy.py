"""What the server rewrites in a query before the engine sees it: old field names and some values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zenodo_harvest.emulator.index.refusals import engine_failure
from zenodo_harvest.vocabularies.fields import LEGACY

_THESIS = frozenset(
    (
        "metadata.resource_type.id",
        "metadata.resource_type.props.subtype",
        "metadata.related_identifiers.resource_type.id",
        "resource_type.subtype",
    )
)
_DOI = frozenset(("doi", "conceptdoi", "grants.funder.doi"))


def rewritten(q: str, communities: Mapping[str, str], *, has_old_names: bool = True) -> str | None:
    """Return the query with today's field names, None if the server's parser cannot read it.

    A None makes the server search for the bag of words instead (zenodo-api.md §2.1, read 2026-08-20).

    Args:
        q: The text as sent.
        communities: UUIDs of communities by slug.
        has_old_names: Whether old names mean anything to the server.

    Raises:
        EngineError: The parser fails on it, which the server does not foresee.
    """
    from zenodo_harvest import lucene

    try:
        tree = lucene.parse(q)
    except lucene.ParseError:
        return None
    except (ValueError, ArithmeticError):
        raise engine_failure() from None
    return str(_rewrite(tree, None, communities) if has_old_names else tree)


def _rewrite(node: Any, field: str | None, communities: Mapping[str, str]) -> Any:
    from luqum import tree

    if isinstance(node, tree.SearchField):
        field = node.name
        if field in LEGACY:
            node.name = LEGACY[field].replace(":", "\\:")
    elif field and isinstance(node, (tree.Word, tree.Phrase)):
        changed = _value(field, node.value, communities)
        kind = tree.Phrase if changed.startswith('"') else tree.Word
        return kind(changed, head=node.head, tail=node.tail)
    node.children = [_rewrite(child, field, communities) for child in node.children]
    return node


def _value(field: str, value: str, communities: Mapping[str, str]) -> str:
    plain = value.strip('"')
    if field == "communities":
        return f'"{communities.get(plain)}"'
    if field in _DOI and value.startswith("10."):
        return f'"{value}"'
    if field in _THESIS and plain == "publication-thesis":
        return value.replace("-thesis", "-dissertation")
    return value
