"""Publishing: what makes a record of a draft, new or in place of what it said before."""

from __future__ import annotations

from zenodo_harvest.emulator.defaults import Json
from zenodo_harvest.emulator.deposits import checks
from zenodo_harvest.emulator.deposits.buckets import copied, record_entries
from zenodo_harvest.emulator.deposits.drafts import Drafts
from zenodo_harvest.emulator.deposits.moments import Moments
from zenodo_harvest.emulator.deposits.requests import Requests
from zenodo_harvest.emulator.deposits.store import Store
from zenodo_harvest.emulator.deposits.terms import Terms
from zenodo_harvest.emulator.problems import Problem
from zenodo_harvest.emulator.state import State


class Publication:
    """Publishes drafts (zenodo-api.md §9.5, read 2026-08-20)."""

    def __init__(
        self,
        state: State,
        store: Store,
        drafts: Drafts,
        terms: Terms,
        requests: Requests,
        moments: Moments,
    ) -> None:
        self._state = state
        self._store = store
        self._drafts = drafts
        self._terms = terms
        self._requests = requests
        self._moments = moments

    def publish(self, deposit: Json) -> tuple[Json, list[str]]:
        """Publish a draft; return the record and the communities that were asked for at deposit.

        Raises:
            Problem: Something is missing or wrong.
        """
        draft = deposit["draft"]
        checks.check(draft, deposit["bucket"], self._moments.today(), self._drafts.pids)
        if self._requests.is_open(draft.get("review")):
            message = (
                "You cannot publish a draft with an open review request. "
                "Please cancel the review request first."
            )
            raise Problem(400, message)
        return self.release(deposit)

    def release(self, deposit: Json) -> tuple[Json, list[str]]:
        """Make a record of a draft that was found right."""
        draft, bucket = deposit["draft"], deposit["bucket"]
        content = {
            "metadata": self._terms.filled(draft["metadata"]),
            "custom_fields": draft["custom_fields"],
            "access": self._drafts.access_of(draft),
            "files": {**draft["files"], "entries": record_entries(bucket)},
        }
        if draft["is_published"]:
            self._republish(deposit, content)
        else:
            self._publish_new(deposit, content)
        asked = list(draft["custom_fields"].get("legacy:communities", ()))
        deposit |= {"draft": None, "bucket": None, "revision": draft["revision_id"], "is_unlocked": False}
        self._store.save(deposit)
        record = self._state.record(deposit["id"])
        assert record is not None  # noqa: S101 - it was stored above
        return record, asked

    def _publish_new(self, deposit: Json, content: Json) -> None:
        draft, at = deposit["draft"], self._moments.stamp()
        latest_id = self._state.latest_id(deposit["concept_id"])
        parent = self._drafts.parent_of(deposit)
        pids, parent = self._drafts.pids.minted(draft, parent)
        self._state.add(
            {
                "id": draft["id"],
                "created": at,
                "updated": self._moments.stamp(),
                "revision_id": 4,
                "parent": parent,
                "versions": {
                    "index": self._state.next_index(deposit["concept_id"]) if latest_id else 1,
                    "is_latest": True,
                },
                "pids": pids,
                **content,
            }
        )
        deposit["record_bucket"] = _stamped(deposit["bucket"], at)
        following = self._store.next_version(deposit["concept_id"])
        if following and following["id"] == deposit["id"]:
            self._store.note_next_version(deposit["concept_id"], None)

    def _republish(self, deposit: Json, content: Json) -> None:
        if deposit.get("is_unlocked"):
            deposit["record_bucket"] = _stamped(deposit["bucket"], self._moments.stamp())
        else:
            record = self._state.record(deposit["id"]) or {}
            content["files"]["entries"] = record["files"]["entries"]
        at = self._moments.stamp()

        def change(record: Json) -> None:
            record |= content
            record |= {"updated": at, "revision_id": record["revision_id"] + 2}
            record.pop("ui", None)

        self._state.edit(deposit["id"], change)


def _stamped(bucket: Json, at: str) -> Json:
    """Return a draft's bucket as that of the record: the files are made anew, under their ids."""
    files = copied(bucket, at)["files"]
    for key, entry in files.items():
        entry["version_id"] = bucket["files"][key]["version_id"]
    return {"id": bucket["id"], "files": files}
