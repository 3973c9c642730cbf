"""`Deposit`: a draft or published record of one's own, as the server holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from zenodo_harvest.deposit.reading import object_in, text_in
from zenodo_harvest.errors import BadAnswer

State = Literal["unsubmitted", "inprogress", "done"]
"""Never published; published with an open edit; published (zenodo-api.md §9.10, read 2026-08-20)."""


@dataclass(frozen=True, slots=True)
class Deposit:
    """A deposit.

    Attributes:
        id: Its number, the same before and after it is published.
        concept_id: The number that stands for all its versions.
        state: ``unsubmitted``, ``inprogress`` or ``done``.
        title: Its title; empty as long as there is none.
        doi: Its DOI, once there is one.
        concept_doi: The DOI of all versions.
        url: Where people see it.
        created: When the draft was made; of a published one when it was published.
        updated: When it was last changed.
        revision: The number of the change, which `update` holds against the server's.
        native: The server's native JSON.
        notes: What people have to know of the call that returned it, such as what the server dropped.
    """

    id: str
    concept_id: str
    state: State
    title: str = ""
    doi: str | None = None
    concept_doi: str | None = None
    url: str = ""
    created: str = ""
    updated: str = ""
    revision: int | None = None
    native: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    notes: tuple[str, ...] = ()

    @property
    def is_published(self) -> bool:
        """Whether it was published, with an open edit or without."""
        return self.state != "unsubmitted"

    @property
    def has_draft(self) -> bool:
        """Whether something of it can be changed now."""
        return self.state != "done"

    def noting(self, *notes: str) -> Deposit:
        """Return it with further notes."""
        return replace(self, notes=(*self.notes, *notes))

    def facts(self) -> dict[str, Any]:
        """Return what a list shows of it."""
        names = ("id", "concept_id", "state", "title", "doi", "concept_doi", "url", "created", "updated")
        return {name: getattr(self, name) for name in names}


def read_native(native: Any) -> Deposit:
    """Return the deposit of a draft or record in native JSON (zenodo-api.md §3.4, read 2026-08-20).

    Raises:
        BadAnswer: It is none.
    """
    parent, links = object_in(native, "parent"), object_in(native, "links")
    if not isinstance(native, dict) or not native.get("id"):
        raise BadAnswer("The answer holds no deposit.", hint="Check the address of the site.")
    is_draft, is_published = bool(native.get("is_draft")), bool(native.get("is_published"))
    state: State = "done" if not is_draft else "inprogress" if is_published else "unsubmitted"
    return Deposit(
        id=str(native["id"]),
        concept_id=str(parent.get("id") or ""),
        state=state,
        title=str(object_in(native, "metadata").get("title") or ""),
        doi=_doi(native),
        concept_doi=_doi(parent),
        url=str(links.get("self_html") or ""),
        created=str(native.get("created") or ""),
        updated=str(native.get("updated") or ""),
        revision=native.get("revision_id"),
        native=native,
    )


def read_classic(deposition: Any) -> Deposit:
    """Return the deposit of the JSON of a classic list (zenodo-api.md §9.4, read 2026-08-20).

    Raises:
        BadAnswer: It is none.
    """
    if not isinstance(deposition, dict) or not deposition.get("id"):
        raise BadAnswer("The answer holds no deposit.", hint="Check the address of the site.")
    state = deposition.get("state")
    return Deposit(
        id=str(deposition["id"]),
        concept_id=str(deposition.get("conceptrecid") or ""),
        state=state if state in ("unsubmitted", "inprogress") else "done",
        title=str(deposition.get("title") or ""),
        doi=deposition.get("doi"),
        concept_doi=deposition.get("conceptdoi"),
        url=str(object_in(deposition, "links").get("html") or ""),
        created=str(deposition.get("created") or ""),
        updated=str(deposition.get("modified") or ""),
    )


def _doi(value: Any) -> str | None:
    return text_in(object_in(object_in(value, "pids"), "doi"), "identifier") or None
