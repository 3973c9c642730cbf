"""DOIs of drafts: reserved, brought along, minted when a draft is published."""

from __future__ import annotations

from zenodo_harvest.emulator.defaults import Json
from zenodo_harvest.emulator.deposits.fields import Faults
from zenodo_harvest.emulator.deposits.identifiers import is_valid
from zenodo_harvest.emulator.deposits.store import Store
from zenodo_harvest.emulator.problems import Problem, invalid
from zenodo_harvest.emulator.state import State


class Pids:
    """What the server does with DOIs (zenodo-api.md §13 Deposits, run 2026-11-23)."""

    def __init__(self, state: State, store: Store) -> None:
        self._state = state
        self._store = store

    def reserve(self, draft: Json) -> None:
        """Give a draft its DOI before it is published.

        Raises:
            Problem: It has one.
        """
        if "doi" in draft["pids"]:
            raise invalid([("pids.doi", "A PID already exists for type doi")])
        draft["pids"] = {**draft["pids"], "doi": self._managed(draft["id"])}

    def drop(self, draft: Json) -> None:
        """Take the DOI of a draft back.

        Raises:
            Problem: It has none, or it was published with it.
        """
        if "doi" not in draft["pids"] or draft["is_published"]:
            raise Problem(404, "Not found.")
        draft["pids"] = {name: pid for name, pid in draft["pids"].items() if name != "doi"}

    def write(self, draft: Json, given: Json | None) -> Faults:
        """Take the DOI that a body names; one that names none, or an edit, leaves it as it was."""
        if given is None or draft["is_published"]:
            return []
        doi = given.get("doi")
        draft["pids"] = {"doi": doi} if doi and doi.get("identifier") else {}
        return self._syntax_faults(draft)

    def faults(self, draft: Json) -> Faults:
        """Return what is wrong with the DOI of a draft that is to be published."""
        if draft["is_published"]:
            return []
        doi = draft["pids"].get("doi")
        if doi is None or doi["provider"] != "external":
            if not draft["metadata"].get("publisher"):
                return [("metadata.publisher", "Missing publisher field required for DOI registration.")]
            return []
        if wrong := self._syntax_faults(draft):
            return wrong
        identifier = doi["identifier"]
        if self._is_taken(identifier):
            return [("pids.doi", f"doi:{identifier} already exists.")]
        return []

    def minted(self, draft: Json, parent: Json) -> tuple[Json, Json]:
        """Return the PIDs of a record and its parent; an external DOI leaves the concept without one."""
        doi = draft["pids"].get("doi") or self._managed(draft["id"])
        pids = {
            "doi": doi,
            "oai": {"identifier": self._state.flavour.oai_identifier(draft["id"]), "provider": "oai"},
        }
        if doi["provider"] == "external" or "doi" in parent.get("pids", {}):
            return pids, parent
        return pids, {**parent, "pids": {"doi": self._managed(parent["id"])}}

    def _managed(self, id_: str) -> Json:
        return {"identifier": self._state.flavour.doi + id_, "provider": "datacite", "client": "datacite"}

    def _syntax_faults(self, draft: Json) -> Faults:
        doi = draft["pids"].get("doi")
        if doi and doi.get("provider") == "external" and not is_valid(doi["identifier"], "doi"):
            return [("pids.doi", "Invalid DOI")]
        return []

    def _is_taken(self, identifier: str) -> bool:
        same = identifier.lower()
        return any(
            str(record["pids"].get("doi", {}).get("identifier", "")).lower() == same
            for record in self._state.records()
        )
