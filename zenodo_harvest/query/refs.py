"""Queries that look up many records by id or DOI."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import quote_plus

from zenodo_harvest.ids import RecordRef
from zenodo_harvest.query.quoting import quote

BATCH_REFS = 100
"""References a query holds; from 1017 on the server fails (zenodo-api.md §2.5, read 2026-08-20)."""

_MOST_CHARACTERS = 6000
"""Encoded length of a query; a request line of more than 8190 bytes is refused (zenodo-api.md §2.5)."""

_FIELDS = {
    "id": ("id", "parent.id"),
    "doi": ("pids.doi.identifier", "parent.pids.doi.identifier"),
}


def recid_query(refs: Sequence[RecordRef]) -> list[str]:
    """Return queries that find the records of `refs`, each of at most `BATCH_REFS` references.

    An id may be that of a record or of a concept, a DOI likewise. Send them with ``all_versions=true``: only
    so is an older version found, and a concept then brings all its versions (zenodo-api.md §2.5, read
    2026-08-20). Alternatives are joined by ``OR``: without it a keyword field looks for one value with
    blanks in it (§13). DOIs are searched as phrases, which do not mind upper and lower case.
    """
    return [_joined(batch) for batch in _batches(list(dict.fromkeys(refs)))]


def _batches(refs: Sequence[RecordRef]) -> Iterator[list[RecordRef]]:
    batch: list[RecordRef] = []
    length = 0
    for ref in refs:
        size = 2 * len(quote_plus(f" OR {_value(ref)}"))
        if batch and (len(batch) == BATCH_REFS or length + size > _MOST_CHARACTERS):
            yield batch
            batch, length = [], 0
        batch.append(ref)
        length += size
    if batch:
        yield batch


def _joined(refs: Sequence[RecordRef]) -> str:
    parts = []
    for kind, names in _FIELDS.items():
        values = [_value(ref) for ref in refs if ref.kind == kind]
        if values:
            group = values[0] if len(values) == 1 else f"({' OR '.join(values)})"
            parts += [f"{name}:{group}" for name in names]
    return " OR ".join(parts)


def _value(ref: RecordRef) -> str:
    is_plain = ref.kind == "id" and ref.value.replace("-", "").isalnum() and ref.value[0] != "-"
    return ref.value if is_plain else quote(ref.value)
