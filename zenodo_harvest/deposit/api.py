"""`Api`: reads and writes of the deposit flow; what changes something is looked up before it is repeated."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from zenodo_harvest.deposit.reading import list_in, object_in
from zenodo_harvest.durable import lock
from zenodo_harvest.errors import BadAnswer, BadToken, NoAnswer, NotFound, ServerError, UsageError
from zenodo_harvest.http import NATIVE_JSON, PLAIN_JSON, Answer, Body, Clock, Transport
from zenodo_harvest.progress import Progress
from zenodo_harvest.sites import Site
from zenodo_harvest.vocabularies.flavours import Flavour

T = TypeVar("T")

_OF_RECORDS = re.compile(
    r"/api/(?:user/records|records(?:/[^/]+(?:/draft(?:/pids/doi|/actions/publish)?|/versions(?:/latest)?)?)?)"
)

_PATIENCE_S = 600.0
PAGE_SIZE = 100
"""The largest page for a user (zenodo-api.md §9.2, read 2026-08-20)."""
_LOOKS_S = (1.0, 2.0, 4.0, 8.0)
"""Waits between looks for what may still be going on: a gateway gives up before the server does."""
_FAILED_LOOKS_S = (2.0,)
"""The same after a 500: the server has ended its work, and its lists follow within seconds."""


class Api:
    """What the deposit flow asks of a server.

    Args:
        transport: Sends the requests.
        site: Returns the site with its flavour.
        clock: Tells the time and waits.
        progress: Is told of waits, and of what people have to know.
        locks: The folder in which processes of one user keep out of each other's way.
        made: The deposits made so far, which are never taken for one whose answer was lost.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        site: Callable[[], Site],
        clock: Clock,
        progress: Progress,
        locks: Path,
        made: set[str] | None = None,
    ) -> None:
        self.transport = transport
        self.clock = clock
        self.progress = progress
        self.made: set[str] = set() if made is None else made
        self._site = site
        self._locks = locks

    @property
    def is_zenodo(self) -> bool:
        """Whether the server has Zenodo's own addresses beside those of every InvenioRDM."""
        return self._site().flavour == "zenodo"

    @property
    def flavour(self) -> Flavour:
        """What the server calls things."""
        return self._site().speaks

    def today(self) -> date:
        """Return the day it is."""
        return datetime.fromtimestamp(self.clock.now(), UTC).date()

    def read(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """Return the JSON at a path.

        Raises:
            BadToken: There is no token: nobody's deposits are asked for.
            NotFound: There is nothing.
            NotAllowed: It is not this user's.
        """
        self._check_token()
        return self.transport.get(path, list((params or {}).items()), accept=_accept(path)).json()

    def find(self, path: str) -> Any | None:
        """Return the JSON at a path, None if there is nothing."""
        try:
            return self.read(path)
        except NotFound:
            return None

    def hits(self, path: str, params: Mapping[str, str]) -> Iterator[Any]:
        """Yield what a list in native form holds, page by page."""
        page, seen = 1, 0
        while True:
            found = self.read(path, {**params, "size": str(PAGE_SIZE), "page": str(page)})
            hits = object_in(found, "hits")
            rows = list_in(hits, "hits")
            if "hits" not in hits:
                raise BadAnswer(f"The answer to {path} is no list.", hint="Check the address of the site.")
            yield from rows
            seen += len(rows)
            total = hits.get("total")
            # a server may give smaller pages than it is asked for
            if not rows or (seen >= total if isinstance(total, int) else len(rows) < PAGE_SIZE):
                return
            page += 1

    def write(
        self,
        method: str,
        path: str,
        json: Any = None,
        *,
        body: Body | None = None,
        headers: Mapping[str, str] | None = None,
        if_match: int | None = None,
        also: tuple[int, ...] = (),
    ) -> Answer:
        """Send what changes something, once.

        Args:
            method: The HTTP method.
            path: Where.
            json: What is sent as JSON.
            body: What is sent as it is.
            headers: Further headers.
            if_match: The revision that is to be changed; another one is refused by the server with 412. It
                is sent as a bare number (zenodo-api.md §10, run 2026-11-23).
            also: Statuses whose answers are wanted instead of an error.

        Raises:
            BadToken: There is no token.
            ServerError: It may have been done, or not: use `surely`.
        """
        self._check_token()
        sent = dict(headers or {}) | ({} if if_match is None else {"If-Match": str(if_match)})
        return self.transport.send(
            method, path, json=json, body=body, headers=sent, accept=_accept(path), also=also
        )

    def erase(self, path: str, is_gone: Callable[[], bool]) -> bool:
        """Delete what is at a path; return False if it was gone already.

        Raises:
            ServerError: The server failed and went on doing so, and it is still there.
        """

        def act() -> bool:
            try:
                self.write("DELETE", path)
            except NotFound:
                return False
            return True

        return self.surely(act, lambda: is_gone() or None)

    def surely(self, act: Callable[[], T], look: Callable[[], T | None]) -> T:
        """Do what changes something; where its answer is lost, look whether it was done, then try again.

        Args:
            act: Does it once.
            look: Returns what `act` would have if it was done, else None.

        Raises:
            ServerError: The server failed and went on doing so. It was not done, as far as can be seen.
        """
        attempt = 1
        while True:
            try:
                return act()
            except ServerError as problem:
                if not (isinstance(problem, (BadAnswer, NoAnswer)) or (problem.status or 0) >= 500):
                    raise
                self.progress.note(f"{problem.message} Looking whether it was done.")
                done = self._look_patiently(look, problem)
                if done is not None:
                    return done
                problem.hint = f"It was not done, as far as can be seen. {problem.hint}"
                if problem.status == 500 and attempt > 1:  # it fails on this request, whenever it is sent
                    raise
                self.transport.be_patient(problem, attempt)
                attempt += 1
            except (UsageError, NotFound):
                # what was done after all, after the last look, cannot be done again
                done = look() if attempt > 1 else None
                if done is None:
                    raise
                return done

    def _look_patiently(self, look: Callable[[], T | None], problem: ServerError) -> T | None:
        """Look until it is seen to be done, or long enough to believe that it is not."""
        waits_s = _FAILED_LOOKS_S if problem.status == 500 else _LOOKS_S
        try:
            for wait_s in waits_s:
                if (done := look()) is not None:
                    return done
                self.clock.sleep(wait_s)
            return look()
        except ServerError as blind:
            raise ServerError(
                f"{problem.message} Whether it was done is not known.",
                hint="Look with `deposit list` and `deposit get` before you repeat it.",
                url=problem.url,
                status=problem.status,
            ) from blind

    @contextmanager
    def alone(self, what: str) -> Iterator[None]:
        """Keep other processes and threads of this user from doing the same at the same moment.

        Raises:
            LocalError: Another one does it, and does not end.
        """
        name = sha256(f"{self.transport.site.origin} {what}".encode()).hexdigest()[:16]
        with ExitStack() as stack:
            with suppress(OSError):
                self._locks.mkdir(parents=True, exist_ok=True)
            # where nothing can be written, nobody can be kept out
            if os.access(self._locks, os.W_OK):
                stack.enter_context(lock(self._locks / f"deposit-{name}.lock", wait_s=_PATIENCE_S))
            yield

    def _check_token(self) -> None:
        if not self.transport.has_token:
            from zenodo_harvest.tokens import TokenPlace

            site = self.transport.site
            variable = TokenPlace.of(site.origin, is_emulator=site.is_emulator).variable
            raise BadToken(
                f"Deposits on {site.name} need a token.",
                hint=f"Put one with the scopes deposit:write and deposit:actions into {variable}.",
            )


def _accept(path: str) -> str:
    """Return the media type to ask for: records and drafts have a native one, all else plain JSON alone."""
    return NATIVE_JSON if _OF_RECORDS.fullmatch(path) else PLAIN_JSON


def segment(text: str) -> str:
    """Return a text as one part of a path, whatever is in it.

    Raises:
        UsageError: It is empty, ``.`` or ``..``: however they are written, an address with such a part means
            another thing, such as the whole draft instead of a file of it.
    """
    if text in ("", ".", ".."):
        raise UsageError(
            f"A server cannot be asked for {text!r}.",
            hint="Check what was typed; a file that is called so is changed on the pages of the site.",
        )
    return quote(text, safe="")
