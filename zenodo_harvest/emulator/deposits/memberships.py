"""Which communities a record is in, and how it comes and goes."""

from __future__ import annotations

from collections.abc import Callable

from zenodo_harvest.emulator.defaults import Json
from zenodo_harvest.emulator.deposits.requests import Requests
from zenodo_harvest.emulator.problems import PlainProblem
from zenodo_harvest.emulator.state import State, User


class Memberships:
    """Includes records in communities; all versions share them (zenodo-api.md §9.5, read 2026-08-20)."""

    def __init__(self, state: State, requests: Requests) -> None:
        self._state = state
        self._requests = requests

    def ask(
        self, record: Json, ref: str, user: User, *, comment: str = "", require_review: bool = False
    ) -> tuple[Json | None, str]:
        """Ask for a record to be included; return the request, or why there is none."""
        community = self._state.community(ref)
        if community is None:
            return None, "Community not found."
        if community["id"] in self.ids(record):
            return None, "The record is already included in this community."
        if self._requests.open_inclusion(record["id"], community["id"]):
            return None, "There is already an open inclusion request for this community."
        title = record["metadata"].get("title", "")
        receiver = {"community": community["id"]}
        request = self._requests.create("community-inclusion", user.id, record["id"], receiver, title=title)
        self._requests.move(request, "submit", comment=comment, author=user.id)
        if not require_review and self.may_include(community, user):
            self._requests.move(request, "accept", comment="Included directly.")
            self.include(record, community["id"])
        return request, ""

    def ask_all(self, record: Json, refs: list[str], user: User) -> int:
        """Ask for the communities named at deposit; return how many requests were made.

        What cannot be asked is passed over in silence; the same community twice is a fault of the server
        (zenodo-api.md §13 Deposit, run 2026-11-23).
        """
        made = 0
        for ref in refs:
            request, _ = self.ask(self._state.record(record["id"]) or record, ref, user)
            made += request is not None
        return made

    def check_once(self, record: Json | None, refs: list[str]) -> None:
        """Fail as the server does on a community that is named twice and would be asked twice."""
        found = [community["id"] for ref in refs if (community := self._state.community(ref))]
        new = [id_ for id_ in found if record is None or id_ not in self.ids(record)]
        if len(set(new)) < len(new):
            raise PlainProblem(500)

    def may_include(self, community: Json, user: User) -> bool:
        """Tell whether what the user hands in needs no review: curators, unless everything is reviewed."""
        return community["access"]["review_policy"] != "closed" and self._state.curates(user, community["id"])

    def include(self, record: Json, community_id: str) -> None:
        """Put all versions of a record into a community, and into the one that this is a part of."""
        community = self._state.community(community_id) or {}
        joined = [community_id, (community.get("parent") or {}).get("id")]
        self._change(record, lambda ids: list(dict.fromkeys([*ids, *filter(None, joined)])))

    def remove(self, record: Json, community_id: str) -> None:
        """Take all versions of a record out of a community."""
        self._change(record, lambda ids: [id_ for id_ in ids if id_ != community_id])

    def ids(self, record: Json) -> list[str]:
        """Return the ids of a record's communities."""
        return list(record["parent"]["communities"].get("ids", ()))

    def _change(self, record: Json, change: Callable[[list[str]], list[str]]) -> None:
        def changed(version: Json) -> None:
            parent = version["parent"]
            ids, default = change(self.ids(version)), parent["communities"].get("default")
            kept = default if default in ids else ids[0] if ids and default is None else None
            parent["communities"] = {
                **({"ids": ids} if ids else {}),
                **({"default": kept} if kept else {}),
            }

        for record_id in self._state.family(record["parent"]["id"]):
            self._state.edit(record_id, changed)
