"""A transport that answers from dictionaries, and a clock that only moves when someone sleeps."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from doubles import Notes, StillClock
from zenodo_harvest.engine import detect_flavour
from zenodo_harvest.errors import FieldError, NotFound, UsageError
from zenodo_harvest.http import NATIVE_JSON, Context, ShownSite
from zenodo_harvest.sites import ZENODO, Site

Params = Mapping[str, str]
Route = Callable[[Params], object]

GUEST_CAP = (
    "Page size cannot be greater than 25. Please use authenticated requests to increase the limit to 100."
)


@dataclass(frozen=True)
class FakeUsage:
    requests: int = 0
    waited_s: float = 0.0
    retries: int = 0
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True)
class FakeAnswer:
    content: bytes
    url: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        return json.loads(self.content)


@dataclass
class FakeTransport:
    """Answers GETs from `routes`; an exception in place of an answer is raised."""

    routes: dict[str, Route]
    site: Site = ZENODO
    has_token: bool = False
    log: list[tuple[str, tuple[tuple[str, str], ...], str]] = field(default_factory=list)

    @property
    def usage(self) -> FakeUsage:
        return FakeUsage(requests=len(self.log))

    def get(
        self,
        path: str,
        params: Sequence[tuple[str, str]] = (),
        *,
        accept: str = NATIVE_JSON,
        also: Collection[int] = (),  # noqa: ARG002
    ) -> FakeAnswer:
        self.log.append((path, tuple(params), accept))
        if path not in self.routes:
            raise NotFound("The persistent identifier does not exist.", url=path, status=404)
        found = self.routes[path](dict(params))
        if isinstance(found, Exception):
            raise found
        content = found if isinstance(found, bytes) else json.dumps(found).encode()
        return FakeAnswer(content, f"{self.site.url}{path}")

    def close(self) -> None:
        self.log.append(("closed", (), ""))


def record(number: int, **more: object) -> dict[str, object]:
    return {
        "id": str(number),
        "parent": {"id": str(number - 1)},
        "versions": {"index": 1, "is_latest": True},
        "pids": {"doi": {"identifier": f"10.5281/zenodo.{number}", "provider": "datacite"}},
        "metadata": {"title": f"Record {number}", "resource_type": {"id": "dataset"}},
        **more,
    }


def community(slug: str, number: int = 1, title: str = "", **more: object) -> dict[str, object]:
    return {
        "id": f"00000000-0000-4000-8000-{number:012d}",
        "slug": slug,
        "metadata": {"title": title or slug.replace("-", " ").title()},
        **more,
    }


def list_route(rows: Sequence[object], *, cap: int = 25, aggregations: object = None) -> Route:
    """A search that answers as Zenodo does: pages of a fixed list, with a cap."""

    def answer(params: Params) -> object:
        size, page = int(params.get("size", 25)), int(params.get("page", 1))
        if size > cap:
            return UsageError(
                "A validation error occurred.", status=400, field_errors=[FieldError("size", (GUEST_CAP,))]
            )
        shown = rows[(page - 1) * size : page * size]
        return {"hits": {"hits": shown, "total": len(rows)}, "aggregations": aggregations or {}}

    return answer


@dataclass(frozen=True)
class Kit:
    """What tests of this room are made from."""

    record: Callable[..., dict[str, object]] = record
    community: Callable[..., dict[str, object]] = community
    list_route: Callable[..., Route] = list_route
    clock: StillClock = field(default_factory=lambda: StillClock(1_800_000_000.0))
    progress: Notes = field(default_factory=Notes)

    def transport(
        self, routes: dict[str, Route], *, site: Site = ZENODO, has_token: bool = False
    ) -> FakeTransport:
        return FakeTransport(routes, site=site, has_token=has_token)

    def context(self, routes: dict[str, Route], *, site: Site = ZENODO, has_token: bool = False) -> Context:
        transport = self.transport(routes, site=site, has_token=has_token)
        shown = ShownSite(lambda: detect_flavour(transport))
        return Context(transport, shown, clock=self.clock, progress=self.progress, tool="test 1")


@pytest.fixture
def kit() -> Kit:
    return Kit()
