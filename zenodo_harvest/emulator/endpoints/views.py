"""How deposits are shown: in classic and in native JSON."""

from __future__ import annotations

from collections.abc import Sequence

from zenodo_harvest.emulator.answers import deposit as classic
from zenodo_harvest.emulator.answers import draft as native
from zenodo_harvest.emulator.defaults import Json, has_open_files
from zenodo_harvest.emulator.deposits.buckets import record_entries
from zenodo_harvest.emulator.deposits.desk import Desk

_REVIEWED = {"created": "draft_with_review", "submitted": "in_review", "declined": "declined"}


class Views:
    """Writes deposits for one server address at a time."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def draft_as_deposit(self, deposit: Json, base: str, *, is_listed: bool = False) -> Json:
        """Return an open draft in classic JSON; a list has neither its files nor its bucket."""
        files = {} if is_listed else record_entries(deposit["bucket"])
        return classic.write(
            self._filled(deposit["draft"]),
            base=base,
            is_record=False,
            parent=self._desk.drafts.parent_of(deposit),
            slug=self._slug,
            grant=self._grant,
            files=files,
            bucket_id=None if is_listed else deposit["bucket"]["id"],
        )

    def record_as_deposit(self, record: Json, base: str, *, is_listed: bool = False) -> Json:
        """Return a published record in classic JSON; a list shows open files only."""
        bucket = self._desk.drafts.record_bucket(record)
        is_shown = has_open_files(record) or not is_listed
        return classic.write(
            record,
            base=base,
            is_record=True,
            parent=record["parent"],
            slug=self._slug,
            grant=self._grant,
            files=record["files"]["entries"] if is_shown else {},
            bucket_id=None if is_listed else bucket["id"],
        )

    def draft(
        self,
        deposit: Json,
        base: str,
        *,
        faults: Sequence[tuple[str, str]] = (),
        is_new: bool = False,
        is_bare: bool = False,
        with_ui: bool = True,
    ) -> Json:
        """Return an open draft in native JSON; one just created is called metadata-only.

        A bare one has the ids of vocabularies alone.
        """
        drafts = self._desk.drafts
        draft = deposit["draft"] if is_bare else self._filled(deposit["draft"])
        access = drafts.access_of(draft)
        if is_new:
            access["status"] = "metadata-only"
        record = self._desk.state.record(deposit["id"]) if draft["is_published"] else None
        return native.write(
            draft,
            base=base,
            parent=drafts.parent_of(deposit),
            access=access,
            entries=record_entries(deposit["bucket"]),
            status=self.status(deposit),
            is_latest=bool(record and record["versions"]["is_latest"]),
            is_latest_draft=self.is_latest_draft(deposit["id"], deposit["concept_id"]),
            faults=faults,
            with_ui=with_ui,
        )

    def status(self, deposit: Json) -> str:
        """Return what stage a draft is at, by its native name."""
        draft = deposit["draft"]
        if draft["is_published"]:
            return "published"
        review = self._desk.requests.find(draft.get("review") or "")
        if review and review["status"] in _REVIEWED:
            return _REVIEWED[review["status"]]
        has_record = self._desk.state.latest_id(deposit["concept_id"]) is not None
        return "new_version_draft" if has_record else "draft"

    def is_latest_draft(self, record_id: str, concept_id: str) -> bool:
        """Tell whether nothing newer of the concept exists or is being prepared."""
        following = self._desk.store.next_version(concept_id)
        if following is not None:
            return bool(following["id"] == record_id)
        return self._desk.state.latest_id(concept_id) in (record_id, None)

    def _filled(self, draft: Json) -> Json:
        return {**draft, "metadata": self._desk.terms.filled(draft["metadata"])}

    def _slug(self, community_id: str) -> str | None:
        community = self._desk.state.community(community_id)
        return community["slug"] if community else None

    def _grant(self, funding: Json) -> str | None:
        """Return the classic id of a grant: funder DOI and number, of the old programme the number alone."""
        award, funder = funding.get("award") or {}, funding.get("funder") or {}
        if not award.get("number") or not funder.get("id"):
            return None
        if award.get("program") == "FP7":
            return str(award["number"])
        return f"{self._desk.terms.funder_doi(funder['id'])}::{award['number']}"
