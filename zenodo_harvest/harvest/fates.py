"""What has become of records that a search no longer finds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from urllib.parse import quote

from zenodo_harvest.errors import BadAnswer, Deleted, NotAllowed, NotFound, UsageError
from zenodo_harvest.harvest.receipt import Gone
from zenodo_harvest.harvest.scope import Scope
from zenodo_harvest.ids import RecordRef
from zenodo_harvest.query import BATCH_REFS, recid_query
from zenodo_harvest.raw_records import is_id

_PLAIN_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]*")
"""What a server gives as an id and what is none is not put into a query with others."""


def fates(scope: Scope, ids: Sequence[str]) -> Iterator[list[Gone]]:
    """Yield what has become of records, some at a time.

    Those that a search for their ids finds have left what is harvested: a page of them costs one request.
    Each of the others is asked for by itself, since a tombstone is told in no other way.
    """
    size = min(BATCH_REFS, scope.page_size)
    for start in range(0, len(ids), size):
        batch = ids[start : start + size]
        left = _found(scope, batch)
        yield [Gone(id_, "left") if id_ in left else _fate(scope, id_) for id_ in batch]


def _found(scope: Scope, ids: Sequence[str]) -> set[str]:
    """Return those of the ids that a search over all versions finds, or that are none.

    A server that takes no such query, or answers oddly, has found none; each is then asked for.
    """
    named = [id_ for id_ in ids if _PLAIN_ID.fullmatch(id_)]
    found = {id_ for id_ in ids if not is_id(id_)}
    if len(named) > 1:
        for q in recid_query([RecordRef("id", id_) for id_ in named]):
            with suppress(BadAnswer, UsageError):
                found |= scope.ids_found(q, len(named)) & set(named)
    return found


def _fate(scope: Scope, record_id: str) -> Gone:
    try:
        scope.context.transport.get(f"/api/records/{quote(record_id, safe='')}")
    except Deleted as error:
        tombstone = error.tombstone
        reason = tombstone.get("removal_reason")
        said = reason.get("id") if isinstance(reason, dict) else reason
        date = tombstone.get("removal_date")
        return Gone(record_id, "deleted", str(said) if said else None, str(date) if date else None)
    except NotFound:
        return Gone(record_id, "removed")
    except NotAllowed:
        pass
    return Gone(record_id, "left")
