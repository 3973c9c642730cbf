"""Drafts: how they come, change and go; what is published becomes a record of the state."""

from __future__ import annotations

from typing import Any

from zenodo_harvest.emulator.defaults import Json, is_deleted, owner_of
from zenodo_harvest.emulator.deposits import checks
from zenodo_harvest.emulator.deposits.buckets import (
    Files,
    new_bucket,
    seed_bucket,
)
from zenodo_harvest.emulator.deposits.moments import Moments
from zenodo_harvest.emulator.deposits.native_input import Input
from zenodo_harvest.emulator.deposits.pids import Pids
from zenodo_harvest.emulator.deposits.requests import Requests
from zenodo_harvest.emulator.deposits.store import Store
from zenodo_harvest.emulator.deposits.terms import Terms
from zenodo_harvest.emulator.problems import denied, not_found, unknown_pid
from zenodo_harvest.emulator.state import State, User

# what an edit found already, and what closing one leaves, in the server's count of revisions
_REOPENED, _AFTER_DISCARD = 7, 8


class Drafts:
    """The state machine of deposits (zenodo-api.md §9.10, read 2026-08-20)."""

    def __init__(
        self, state: State, store: Store, files: Files, terms: Terms, requests: Requests, moments: Moments
    ) -> None:
        self.pids = Pids(state, store)
        self._state = state
        self._store = store
        self._files = files
        self.terms = terms
        self._requests = requests
        self._moments = moments

    def create(self, user: User, given: Input) -> tuple[Json, list[tuple[str, str]]]:
        """Begin a deposit; return it and what is wrong with what was given."""
        concept_id, record_id = self._store.new_id(), self._store.new_id()
        parent = {"id": concept_id, "pids": {}, "access": {"owned_by": {"user": user.id}}, "communities": {}}
        draft = self._new_draft(record_id, parent, index=1)
        draft["revision_id"] += bool(given.metadata or given.custom_fields)
        faults = self._write(draft, given, None)
        draft["access"]["status"] = "metadata-only"
        deposit = self._new_deposit(draft)
        self._store.save(deposit)
        return deposit, faults

    def editable(self, record_id: str, user: User | None, *, with_reviewer: bool = False) -> Json:
        """Return a deposit with an open draft that the user owns.

        With `with_reviewer`, who curates the community that is to review it will do as well.

        Raises:
            Problem: There is none, or it is somebody else's.
        """
        deposit = self._store.draft(record_id)
        record = self._state.record(record_id)
        if deposit is None or (record is not None and is_deleted(record)):
            raise not_found() if self._is_known(record_id) else unknown_pid()
        if not (self.may_read(deposit, user) if with_reviewer else self.owns(deposit, user)):
            raise denied()
        return deposit

    def owns(self, deposit: Json, user: User | None) -> bool:
        """Tell whether a deposit is the user's."""
        return user is not None and self.owner(deposit) == user.id

    def readable(self, record_id: str, user: User | None) -> Json:
        """Return a deposit with an open draft that the user may read: as its owner or its reviewer."""
        deposit = self._store.draft(record_id)
        if deposit is None:
            raise not_found() if self._is_known(record_id) else unknown_pid()
        if not self.may_read(deposit, user):
            raise denied()
        return deposit

    def may_read(self, deposit: Json, user: User | None) -> bool:
        """Tell whether the user owns a draft, or curates the community it was submitted to."""
        review = self._requests.find(deposit["draft"].get("review") or "")
        is_reviewer = review is not None and self._state.curates(user, review["receiver"]["community"])
        return is_reviewer or self.owns(deposit, user)

    def save(self, deposit: Json, given: Input) -> list[tuple[str, str]]:
        """Replace what a draft says; return what is wrong with what was given."""
        draft = deposit["draft"]
        faults = self._write(draft, given, deposit["bucket"]["files"])
        self.touched(deposit)
        return faults

    def touched(self, deposit: Json) -> Json:
        """Keep a deposit whose draft was changed, under a new revision."""
        self._touch(deposit["draft"])
        self._store.save(deposit)
        return deposit

    def edit(self, record_id: str, user: User | None) -> Json:
        """Open a published record for changes; an open draft is returned as it is."""
        deposit = self._store.find(record_id)
        if deposit and deposit["draft"]:
            return self.editable(record_id, user)
        record = self.own_record(record_id, user)
        return self._opened(record, deposit)

    def own_record(self, record_id: str, user: User | None) -> Json:
        """Return a published record that the user owns.

        Raises:
            Problem: There is none, or it is somebody else's.
        """
        record = self._state.record(record_id)
        if record is None:
            raise not_found() if self._is_known(record_id) else unknown_pid()
        if is_deleted(record):
            raise not_found()
        if user is None or owner_of(record) != user.id:
            raise denied()
        return record

    def discard(self, deposit: Json) -> None:
        """Drop a draft: the changes of an edit, or the whole of what was never published."""
        draft, bucket = deposit["draft"], deposit["bucket"]
        self._requests.withdraw(draft.get("review"))
        if draft["is_published"]:
            deposit |= {
                "draft": None,
                "bucket": None,
                "revision": draft["revision_id"] + _AFTER_DISCARD - _REOPENED,
                "is_unlocked": False,
            }
            self._store.save(deposit)
        else:
            concept_id = deposit["concept_id"]
            following = self._store.next_version(concept_id)
            if following and following["id"] == deposit["id"]:
                self._store.note_next_version(concept_id, None)
            self._store.remove(deposit)
        self._files.drop_all(bucket)

    def new_version(self, record_id: str, user: User | None) -> tuple[Json, bool]:
        """Return the draft of the next version, and whether it was made just now.

        Raises:
            Problem: There is no such record, or its DOI is not ours.
        """
        if self._store.draft(record_id) and self._state.record(record_id) is None:
            raise not_found()
        record = self.own_record(record_id, user)
        if record["pids"].get("doi", {}).get("provider") == "external":
            raise denied()
        concept_id = record["parent"]["id"]
        if prepared := self._store.next_version(concept_id):
            return prepared, False
        latest = self._state.record(self._state.latest_id(concept_id) or record_id) or record
        draft = self._new_draft(
            self._store.new_id(), latest["parent"], index=self._state.next_index(concept_id)
        )
        draft["revision_id"] += 1
        draft |= self._content_of(latest)
        draft["metadata"] = {
            name: value for name, value in draft["metadata"].items() if name != "version"
        } | {"publication_date": self._moments.today().isoformat()}
        deposit = self._new_deposit(draft)
        self._store.save(deposit)
        self._store.note_next_version(concept_id, draft["id"])
        return deposit, True

    def import_files(self, deposit: Json) -> None:
        """Take over the files of the version before."""
        concept_id = deposit["concept_id"]
        latest = self._state.record(self._state.latest_id(concept_id) or "")
        if latest is None or latest["id"] == deposit["id"]:
            raise not_found()
        self._files.take_over(deposit, self.record_bucket(latest))

    def owner(self, deposit: Json) -> str | None:
        """Return the id of the deposit's owner."""
        return owner_of({"parent": self.parent_of(deposit)})

    def parent_of(self, deposit: Json) -> Json:
        """Return what all versions share: of the published ones if there are any."""
        latest_id = self._state.latest_id(deposit["concept_id"])
        record = self._state.record(latest_id) if latest_id else None
        parent: Json = (record or deposit["draft"])["parent"]
        return parent

    def record_bucket(self, record: Json) -> Json:
        """Return the bucket of a published record; those that came with the seed get one as they look."""
        deposit = self._store.find(record["id"])
        if deposit and deposit.get("record_bucket"):
            bucket: Json = deposit["record_bucket"]
            return bucket
        return seed_bucket(record)

    def access_of(self, draft: Json) -> Json:
        """Return a draft's access with its status as it is now."""
        access = draft["access"]
        embargo = access.get("embargo") or {}
        status = "open"
        if not draft["files"]["enabled"]:
            status = "metadata-only"
        elif embargo.get("active"):
            status = "embargoed"
        elif access["files"] == "restricted":
            status = "restricted"
        written = {"active": False, "reason": None, **{k: v for k, v in embargo.items() if v is not None}}
        return {"record": access["record"], "files": access["files"], "embargo": written, "status": status}

    def _opened(self, record: Json, deposit: Json | None) -> Json:
        """Return the deposit of a record with a draft of what it says."""
        before = deposit or {"born": record["created"], "revision": record["revision_id"]}
        at = self._moments.stamp()
        bucket = self.record_bucket(record)
        draft = {
            "id": record["id"],
            "created": before["born"],
            "updated": at,
            "expires_at": before["born"].replace("T", " "),
            "revision_id": before["revision"] + _REOPENED,
            "is_published": True,
            "parent": record["parent"],
            "versions": {"index": record["versions"]["index"]},
            "review": None,
            "pids": record["pids"],
            **self._content_of(record),
        }
        files = {key: dict(entry) for key, entry in bucket["files"].items()}
        opened = {
            "id": record["id"],
            "concept_id": record["parent"]["id"],
            "is_unlocked": False,
            **before,
            "draft": draft,
            "bucket": {**new_bucket(), "files": files},
            "record_bucket": bucket,
        }
        self._store.save(opened)
        return opened

    def _content_of(self, record: Json) -> Json:
        """Return what an edit or a new version begins with."""
        files = {"enabled": record["files"]["enabled"], "order": []}
        if preview := record["files"].get("default_preview"):
            files["default_preview"] = preview
        access = {name: record["access"][name] for name in ("record", "files", "embargo")}
        return {
            "metadata": self.terms.bare(record["metadata"]),
            "custom_fields": record["custom_fields"],
            "access": access,
            "files": files,
        }

    def _new_draft(self, record_id: str, parent: Json, *, index: int) -> Json:
        at = self._moments.stamp()
        return {
            "id": record_id,
            "created": at,
            "updated": self._moments.stamp(),
            "expires_at": at.replace("T", " "),
            "revision_id": 4,
            "is_published": False,
            "parent": parent,
            "versions": {"index": index},
            "review": None,
            "pids": {},
            "metadata": {},
            "custom_fields": {},
            "access": {"record": "public", "files": "public"},
            "files": {"enabled": True, "order": []},
        }

    def _new_deposit(self, draft: Json) -> Json:
        return {
            "id": draft["id"],
            "concept_id": draft["parent"]["id"],
            "born": draft["created"],
            "revision": draft["revision_id"],
            "is_unlocked": False,
            "draft": draft,
            "bucket": new_bucket(),
            "record_bucket": None,
        }

    def _write(self, draft: Json, given: Input, files: dict[str, Any] | None) -> list[tuple[str, str]]:
        """Write input into a draft; return what is wrong with it."""
        self.terms.filled(given.metadata)
        faults = list(given.faults)
        draft["metadata"] = self.terms.bare(given.metadata)
        draft["custom_fields"] = given.custom_fields
        if given.access is not None:
            draft["access"] = {
                "record": given.access.get("record", "public"),
                "files": given.access.get("files", "public"),
                "embargo": given.access.get("embargo") or {},
            }
        faults += self.pids.write(draft, given.pids)
        draft["files"], wrong = checks.files_wanted(draft, given.files, files or {}, is_new=files is None)
        return faults + wrong

    def _touch(self, draft: Json) -> None:
        draft["revision_id"] += 2
        draft["updated"] = self._moments.stamp()

    def _is_known(self, record_id: str) -> bool:
        return (
            self._state.record(record_id) is not None
            or self._state.is_concept(record_id)
            or any(deposit["concept_id"] == record_id for deposit in self._store.all())
        )
