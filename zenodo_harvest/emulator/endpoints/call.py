"""One request as the endpoints see it, and how they answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import msgspec
from werkzeug.wrappers import Request, Response

from zenodo_harvest.emulator.answers.native import View
from zenodo_harvest.emulator.defaults import Json, is_deleted, owner_of
from zenodo_harvest.emulator.flavours import ZENODO, Flavour
from zenodo_harvest.emulator.negotiation import NATIVE, PLAIN, PLAIN_RECORD_TYPES, RECORD_TYPES, choose
from zenodo_harvest.emulator.params import SearchArguments, search_arguments
from zenodo_harvest.emulator.problems import deleted, denied, unknown_pid, unregistered_pid
from zenodo_harvest.emulator.state import State, User

STALE = "zenodo_harvest.stale"
"""The key in the environment of a search that must not see the newest records."""
PENDING = "zenodo_harvest.pending"
"""The key in the environment of an upload that is to leave a file that never completes."""
EXPIRED = "zenodo_harvest.expired"
"""The key in the environment of a request whose resumption token is to count as expired."""


@dataclass(frozen=True, slots=True)
class Call:
    """Who asks, for what, and under which address we are known to them."""

    request: Request
    user: User | None
    flavour: Flavour = ZENODO

    @property
    def base(self) -> str:
        """Scheme and host, without a slash at the end."""
        return self.request.host_url.rstrip("/")

    @property
    def url(self) -> str:
        """The address asked for, without its parameters."""
        return self.base + quote(self.request.path, safe="/:@!$&'()*+,;=~")

    def accepts(self, offered: tuple[str, ...]) -> str:
        """Return the type to answer with, or raise the 406; plain JSON of records is native but on Zenodo."""
        if offered is RECORD_TYPES and not self.flavour.is_zenodo:
            chosen = choose(self.request.accept_mimetypes, PLAIN_RECORD_TYPES)
            return NATIVE if chosen == PLAIN else chosen
        return choose(self.request.accept_mimetypes, offered)

    def owns(self, record: Mapping[str, Any]) -> bool:
        """Tell whether the caller owns the record."""
        return self.user is not None and self.user.id == owner_of(record)

    def view(self, state: State, *, is_single: bool) -> View:
        """Return what the caller sees of records."""
        viewer_id = self.user.id if self.user else None
        path = self.request.path.removeprefix("/api")
        return View(
            self.base,
            path,
            viewer_id,
            is_single,
            state.community,
            state.is_prepared,
            has_ui=self.flavour.is_zenodo or self.wants_native,
            is_zenodo=self.flavour.is_zenodo,
        )

    @property
    def wants_native(self) -> bool:
        """Whether native JSON is asked for by name."""
        return NATIVE in self.request.accept_mimetypes.values()

    def record(self, state: State, record_id: str) -> Json:
        """Return a record the caller may read, or raise what the server answers (zenodo-api.md §4.2)."""
        record = state.record(record_id)
        if record is None:
            raise unregistered_pid() if state.is_reserved(record_id) else unknown_pid()
        if is_deleted(record):
            raise deleted(record.get("tombstone", {}))
        if record["access"]["record"] != "public" and not self.owns(record):
            raise denied()
        return record


def record_arguments(call: Call, *, is_user: bool, default_sort: str | None = None) -> SearchArguments:
    """Return the arguments of a search of records; what only Zenodo knows is idle on others."""
    flavour, args = call.flavour, call.request.args.copy()
    for name in () if flavour.is_zenodo else ("type", "subtype", "all_versions", "communities"):
        args.poplist(name)
    return search_arguments(
        args,
        facets=flavour.facets,
        sorts=flavour.sorts,
        cap=flavour.cap(is_user=is_user),
        default_sort=default_sort,
    )


def answer_json(body: Any, mimetype: str = PLAIN) -> Response:
    """Return a 200 with `body` as JSON."""
    return Response(msgspec.json.encode(body), content_type=mimetype)


def nothing() -> Response:
    """Return a 204."""
    return Response(status=204, content_type="text/html; charset=utf-8")
