"""Where deposits are kept: a document for each record that was ever written through the API."""

from __future__ import annotations

from typing import Any, Final

from zenodo_harvest.emulator.defaults import Json
from zenodo_harvest.emulator.state import State

_DEPOSIT: Final = "deposit"
_BUCKET: Final = "bucket"
_NEXT: Final = "next"


class Store:
    """Deposits by record id, by bucket and by concept.

    A deposit holds ``id`` and ``concept_id``, the open ``draft`` or None, the draft's ``bucket`` and the
    ``record_bucket`` of what was published, and what outlives a draft: when it was ``born``, and its
    ``revision``.
    """

    def __init__(self, state: State) -> None:
        self._vault = state.vault
        self._state = state
        self._first_id = 0

    def find(self, record_id: str) -> Json | None:
        """Return a deposit, or None."""
        return self._vault.get(_DEPOSIT, record_id)

    def draft(self, record_id: str) -> Json | None:
        """Return a deposit that has an open draft, or None."""
        deposit = self.find(record_id)
        return deposit if deposit and deposit["draft"] else None

    def save(self, deposit: Json) -> None:
        """Keep a deposit, and where its buckets are found."""
        before, now = _bucket_ids(self.find(deposit["id"]) or {}), _bucket_ids(deposit)
        for bucket_id in before - now:
            self._vault.drop(_BUCKET, bucket_id)
        for bucket_id in now - before:
            self._vault.put(_BUCKET, bucket_id, {"id": bucket_id, "record_id": deposit["id"]})
        self._vault.put(_DEPOSIT, deposit["id"], deposit)

    def remove(self, deposit: Json) -> None:
        """Forget a deposit that was never published."""
        if deposit.get("bucket"):
            self._vault.drop(_BUCKET, deposit["bucket"]["id"])
        self._vault.drop(_DEPOSIT, deposit["id"])

    def of_bucket(self, bucket_id: str) -> Json | None:
        """Return the deposit that a bucket belongs to, or None."""
        found = self._vault.get(_BUCKET, bucket_id)
        return self.find(found["record_id"]) if found else None

    def all(self) -> list[Json]:
        """Return every deposit."""
        return self._vault.all(_DEPOSIT)

    def since(self, sequence: int) -> list[tuple[int, str, str, Json | None]]:
        """Return what was written after `sequence`, as `Vault.since` does."""
        return self._vault.since(sequence, _DEPOSIT)

    def next_version(self, concept_id: str) -> Json | None:
        """Return the deposit of the new version of a concept that is being prepared, or None."""
        found = self._vault.get(_NEXT, concept_id)
        return self.draft(found["id"]) if found else None

    def note_next_version(self, concept_id: str, record_id: str | None) -> None:
        """Remember which draft is the new version of a concept, or that none is any longer."""
        if record_id is None:
            self._vault.drop(_NEXT, concept_id)
        else:
            self._vault.put(_NEXT, concept_id, {"id": record_id})

    def is_used(self, md5: str) -> bool:
        """Tell whether any file holds these bytes."""
        return any(_holds(deposit, md5) for deposit in self.all())

    def new_id(self) -> str:
        """Return an id that no record and no concept has."""
        if not self._first_id:
            taken = (int(id_) for id_ in (*self._state.ids(), *self._state.concept_ids()) if id_.isdigit())
            self._first_id = max(taken, default=0) + 1
        while True:
            id_ = self._state.flavour.id_of(str(self._vault.next_number("record id", self._first_id)))
            if self._state.record(id_) is None and not self._state.is_concept(id_):
                return id_


def _bucket_ids(deposit: Json) -> set[str]:
    return {bucket["id"] for side in ("bucket", "record_bucket") if (bucket := deposit.get(side))}


def _holds(deposit: Json, md5: str) -> bool:
    buckets: list[Any] = [deposit.get("bucket"), deposit.get("record_bucket")]
    files = (one for bucket in buckets if bucket for one in bucket["files"].values())
    return any(one.get("checksum") == f"md5:{md5}" or one.get("waiting_md5") == md5 for one in files)
