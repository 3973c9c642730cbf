from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPResponse

from doubles import Notes, StillClock
from zenodo_harvest.http import LocalBudget, RetryPolicy, SharedBudget, Transport
from zenodo_harvest.sites import Site

SITE = Site("test", "https://repo.test")


def reply(
    status: int = 200, body: bytes = b'{"hits": 1}', headers: dict[str, str] | None = None
) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.headers = CaseInsensitiveDict({"Content-Type": "application/json", **(headers or {})})
    response._content = body
    return response


def unread(response: requests.Response) -> requests.Response:
    """Return a reply whose body is still to be read, as often as it is sent."""
    body = response._content or b""
    response.raw = HTTPResponse(io.BytesIO(body), preload_content=False)
    return response


class Script(BaseAdapter):
    """Answers with prepared replies, one after the other; the last one stays."""

    def __init__(self, replies: Sequence[requests.Response | Exception]) -> None:
        super().__init__()
        self.replies = list(replies)
        self.sent: list[requests.PreparedRequest] = []
        self.options: list[dict[str, Any]] = []

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        self.sent.append(request)
        self.options.append(options)
        answer = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(answer, Exception):
            raise answer
        answer.url = request.url or ""
        answer.request = request
        return unread(answer)

    def close(self) -> None:
        pass


class Stage:
    """A transport on a scripted server, and what happened around it; `held` is closed after the test."""

    def __init__(
        self,
        held: ExitStack,
        *replies: requests.Response | Exception,
        token: str | None = None,
        **options: Any,
    ) -> None:
        self.script = Script(replies)
        self.clock = StillClock()
        self.notes = Notes()
        self.traced: list[Any] = []
        session = held.enter_context(requests.Session())
        session.mount("https://", self.script)
        session.mount("http://", self.script)
        self.transport = Transport(
            SITE,
            user_agent="zenodo-harvest/test",
            token=token,
            budget=held.enter_context(LocalBudget(clock=self.clock, progress=self.notes)),
            clock=self.clock,
            retry=options.pop("retry", RetryPolicy(attempts=3, base_wait_s=1)),
            progress=self.notes,
            trace=self.traced.append,
            session=session,
            chance=lambda: 1.0,
            **options,
        )


@pytest.fixture
def stage() -> Iterator[Callable[..., Stage]]:
    with ExitStack() as held:
        yield partial(Stage, held)


@pytest.fixture
def make_reply() -> Callable[..., requests.Response]:
    return reply


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def open_budget(clock: StillClock, notes: Notes) -> Iterator[Callable[..., SharedBudget]]:
    """Open a budget in memory or in a file, closed after the test."""
    with ExitStack() as opened:

        def go(path: Path | None = None) -> SharedBudget:
            return opened.enter_context(SharedBudget(path, clock=clock, progress=notes))

        yield go


@pytest.fixture
def budget(open_budget: Callable[..., SharedBudget]) -> SharedBudget:
    return open_budget()


@pytest.fixture
def notes() -> Notes:
    return Notes()
