"""`Transport`: sends one request at a time, politely, and returns only good answers."""

from __future__ import annotations

import logging
import math
import random
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Timer
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import msgspec
import requests
from platformdirs import user_cache_path

from zenodo_harvest.bounds import Bounds
from zenodo_harvest.errors import (
    BadAnswer,
    NoAnswer,
    ServerError,
    UsageError,
    ZenodoHarvestError,
    hide,
    redact,
    unpicklable,
)
from zenodo_harvest.http.allowance import read_allowance
from zenodo_harvest.http.answer import LONGEST_ASKED_S, NATIVE_JSON, Answer, error_of, is_final
from zenodo_harvest.http.clock import Clock, SystemClock
from zenodo_harvest.http.exchange import Exchange, Usage
from zenodo_harvest.http.limits import Budget, SharedBudget
from zenodo_harvest.http.request import Body, Request
from zenodo_harvest.http.retry import RETRIED, RetryPolicy
from zenodo_harvest.http.wire import Wire
from zenodo_harvest.origins import Origin
from zenodo_harvest.progress import NoProgress, Progress, Wait
from zenodo_harvest.sites import Bucket, Site
from zenodo_harvest.tokens import check_token

_LOG = logging.getLogger("zenodo_harvest.http")
_SEARCH = re.compile(r"/api/records|/api/communities/[^/]+/records|/oai2d")
_REDIRECTS = 5
_REDIRECTING = (301, 302, 303, 307, 308)


def bucket_of(path: str, base: str = "", method: str = "GET") -> Bucket:
    """Return the budget that a request is taken from (zenodo-api.md §6.1, read 2026-08-20).

    Args:
        path: The path asked for.
        base: The path of the site, if it is not at the root of its host.
        method: The HTTP method; only reading is searching.
    """
    return (
        "search"
        if method in ("GET", "HEAD") and _SEARCH.fullmatch(path.removeprefix(base).rstrip("/"))
        else "other"
    )


def default_budget_path() -> Path:
    """Return where the budget of all processes of this user is kept."""
    return user_cache_path("zenodo-harvest") / "budget-1.sqlite3"


class Transport:
    """Sends requests to one site.

    It keeps no cookies, heeds the budget before each request, and retries what may pass; what changes
    something only where nothing was done. The token goes only to the site's own origin.

    Args:
        site: The server.
        user_agent: Who is asking, with a way to reach them.
        token: A personal access token.
        budget: Decides when a request may go; without one all processes of the user share theirs.
        clock: Tells the time and waits.
        retry: How patient to be.
        bounds: What one answer may come to.
        progress: Is told of waits and retries.
        trace: Is given each request with its cost.
        session: The connections; a session of ours without cookies unless given.
        chance: Gives numbers from 0 to 1 that spread retries.
    """

    def __init__(
        self,
        site: Site,
        *,
        user_agent: str,
        token: str | None = None,
        budget: Budget | None = None,
        clock: Clock | None = None,
        retry: RetryPolicy | None = None,
        bounds: Bounds | None = None,
        progress: Progress | None = None,
        trace: Callable[[Exchange], None] | None = None,
        session: requests.Session | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        if token:
            check_token(token, site.origin)
            hide(token)
        self.site = site
        self.has_token = bool(token)
        self.usage = Usage()
        self._is_closed = False
        self._clock = clock or SystemClock()
        self._progress: Progress = progress or NoProgress()
        self._budget: Budget = budget or SharedBudget(
            default_budget_path(), clock=self._clock, progress=self._progress
        )
        self._own_budget = self._budget if budget is None else None
        self._retry = retry or RetryPolicy()
        self._trace = trace
        self._chance = chance
        self._wire = Wire(
            site.origin,
            user_agent=user_agent,
            token=token,
            retry=self._retry,
            bounds=bounds or Bounds(),
            session=session,
        )

    def get(
        self,
        path_or_url: str,
        params: Sequence[tuple[str, str]] = (),
        *,
        accept: str = NATIVE_JSON,
        also: Collection[int] = (),
        is_repeatable: bool = True,
    ) -> Answer:
        """Return the answer to a GET, of status 200, read to its end.

        Args:
            path_or_url: A path of the site, or an address.
            params: The query parameters, in order; a name may come several times.
            accept: The media type wanted; an answer that should be JSON and is not is asked for again.
            also: Statuses of 400 and more whose answers are wanted instead of an error.
            is_repeatable: Whether it may be sent again after its answer was lost. Where not, only a 429
                is tried again, which says that nothing was done.

        Raises:
            UsageError: The server refused the request as it is.
            NotFound: There is no such thing; `Deleted` if there was.
            NotAllowed: This user may not.
            ServerError: The server or the network gave up; `RateLimited` and `BadAnswer` are such errors.
            TooLarge: The answer is larger than the bounds allow; it was not read to its end.
        """
        request = Request(self._address(path_or_url), params=params, accept=accept)
        return self._follow(request, also, is_repeatable=is_repeatable)

    def send(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        body: Body | None = None,
        headers: Mapping[str, str] | None = None,
        accept: str = NATIVE_JSON,
        also: Collection[int] = (),
    ) -> Answer:
        """Send what changes something, once, and return the answer of status 200 to 299.

        Only after a 429, which says that nothing was done, is it sent again. It goes to the site itself and
        follows no redirect.

        Args:
            method: ``POST``, ``PUT`` or ``DELETE``.
            path: A path of the site, quoted.
            json: What is sent as JSON.
            body: What is sent as it is, ``application/octet-stream`` (zenodo-api.md §9.7, read 2026-08-20).
            headers: Further headers, such as ``If-Match``.
            accept: The media type wanted.
            also: Statuses of 400 and more whose answers are wanted instead of an error.

        Raises:
            UsageError: The server refused the request as it is.
            NotFound: There is no such thing; `Deleted` if there was.
            NotAllowed: This user may not.
            ServerError: The server or the network gave up. It may have been done all the same: look first.
        """
        content_type = {} if body is None else {"Content-Type": "application/octet-stream"}
        if json is not None:
            content_type = {"Content-Type": "application/json"}
        request = Request(
            self._address(path),
            method=method,
            accept=accept,
            headers={**content_type, **(headers or {})},
            body=body if json is None else msgspec.json.encode(json),
        )
        answer = self._patiently(request, also, is_repeatable=False)
        if answer.status in _REDIRECTING:
            raise ServerError(
                f"{answer.url} redirects what would change something.",
                hint="It was not followed. Check the address of the site.",
                url=answer.url,
            )
        return answer

    @contextmanager
    def stream(self, path_or_url: str, first_byte: int = 0) -> Iterator[Answer]:
        """Yield the answer to a GET of a file, its bytes still to be read from `Answer.blocks`.

        They come as they are stored. Only the silence between two reads has a limit, not the whole. Its
        status is 206 if it begins with `first_byte`, 200 if it begins with the first, and 416 if there is
        no such byte.

        Raises:
            ZenodoHarvestError: As `get`. Reading the blocks raises `ServerError` if the connection fails.
        """
        request = Request(self._address(path_or_url), accept="*/*", first_byte=first_byte)
        answer = self._follow(request, (416,), is_repeatable=True)
        with closing(answer.blocks):
            yield answer

    def be_patient(self, problem: ZenodoHarvestError, attempt: int) -> None:
        """Wait after try number `attempt` failed; raise `problem` when patience ends."""
        if attempt >= self._retry.tries(problem.status):
            raise problem
        asked_s = problem.retry_after_s or 0.0
        if asked_s > self._retry.max_wait_s:
            least = "at least " if asked_s >= LONGEST_ASKED_S else ""
            problem.hint = (
                f"The server asks to wait {least}{math.ceil(asked_s / 60):,} min: run it again after that."
            )
            raise problem
        wait_s = self._retry.wait_s(attempt, problem.retry_after_s, self._chance())
        said = problem.message
        self._progress.note(Wait(lambda left_s: f"{said} Trying again in {left_s} s.", wait_s))
        self.usage = replace(
            self.usage, retries=self.usage.retries + 1, waited_s=self.usage.waited_s + wait_s
        )
        self._clock.sleep(wait_s)

    def close(self) -> None:
        """Close the connections; nothing can be asked afterwards."""
        self._is_closed = True
        self._wire.close()
        if isinstance(self._own_budget, SharedBudget):
            self._own_budget.close()

    def __reduce__(self) -> tuple[Any, ...]:
        raise unpicklable("A transport")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _address(self, path_or_url: str) -> str:
        return self._checked(f"{self.site.url}{path_or_url}" if path_or_url.startswith("/") else path_or_url)

    def _follow(self, request: Request, also: Collection[int], *, is_repeatable: bool) -> Answer:
        """Ask, and ask again where an answer sends us."""
        for _ in range(_REDIRECTS + 1):
            answer = self._patiently(request, also, is_repeatable=is_repeatable)
            if answer.status not in _REDIRECTING:
                return answer
            if not answer.headers.get("Location"):
                raise ServerError(
                    f"{answer.url} redirects without saying where.", hint="Check the address.", url=answer.url
                )
            request = replace(request, url=self._checked(_target(answer), answer.url), params=())
        raise ServerError(
            f"{answer.url} redirects again and again.", hint="Check the address.", url=answer.url
        )

    def _patiently(self, request: Request, also: Collection[int], *, is_repeatable: bool) -> Answer:
        """Ask until the answer is good or patience ends."""
        attempt = 1
        while True:
            problem: ZenodoHarvestError
            try:
                answer = self._once(request, attempt)
                if answer.status < 300 or answer.status in (*_REDIRECTING, *also):
                    if answer.status < 300 and answer.status != 204 and request.accept.endswith("json"):
                        answer.check_json()
                    return answer
                problem = error_of(answer, is_write=request.is_write)
                again = answer.status in RETRIED and not (is_final(answer) and attempt > 1)
            except (BadAnswer, NoAnswer) as error:
                problem, again = error, True
            again = again and (is_repeatable or problem.status == 429)
            if not again:
                raise problem
            self.be_patient(problem, attempt)
            attempt += 1

    def _once(self, request: Request, attempt: int) -> Answer:
        """Send one request and count what it cost."""
        if self._is_closed:
            raise UsageError(
                "The client was closed while its results were still being fetched.",
                hint="Close it after the last record is there.",
            )
        url = request.url
        bucket = bucket_of(urlsplit(url).path, urlsplit(self.site.url).path, request.method)
        start = self.site.search_rate if bucket == "search" else self.site.other_rate
        origin = Origin.of(url)
        lease = self._budget.acquire(f"{origin.scheme}:{origin.host}:{origin.port}", bucket, start)
        answer: Answer | None = None
        try:
            with self._telling_of_silence(request):
                answer = self._wire.send(request)
        finally:
            headers = answer.headers if answer else {}
            text = answer.content[:200].decode("utf-8", "replace") if answer and answer.status == 429 else ""
            allowance = read_allowance(headers, text)
            self._budget.settle(lease, allowance, answer.retry_after_s() if answer else None)
            exchange = Exchange(
                method=request.method,
                url=redact(answer.url if answer else url),
                status=answer.status if answer else None,
                bucket=bucket,
                limit=allowance.limit if allowance else None,
                remaining=allowance.remaining if allowance else None,
                waited_s=lease.waited_s,
                elapsed_s=self._clock.now() - lease.sent_at,
                size_bytes=answer.size_bytes if answer else 0,
                attempt=attempt,
            )
            self._count(exchange)
        return answer

    @contextmanager
    def _telling_of_silence(self, request: Request) -> Iterator[None]:
        """Tell people what is waited for if no answer comes for a while; a file sent has its own progress."""
        said = f"Waiting for the answer of {urlsplit(request.url).netloc}."
        timer = Timer(self._retry.told_after_s, self._progress.note, (redact(said),))
        timer.daemon = True
        if request.body is None or isinstance(request.body, bytes):
            timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _checked(self, url: str, told_by: str = "") -> str:
        """Return an address that can be asked, and say so where it is another server's.

        Args:
            url: The address.
            told_by: The address of the answer that it stands in.

        Raises:
            ServerError: It is none, or would lead from https to http.
        """
        try:
            origin = Origin.of(url)
        except ValueError:
            raise ServerError(
                f"{told_by or self.site.url} leads to {url!r}, which is no address of a web server.",
                hint="Check the address of the site.",
                url=told_by,
            ) from None
        if told_by.startswith("https:") and origin.scheme != "https":
            raise ServerError(
                f"{told_by} redirects to an address without encryption.",
                hint="It was not followed. Check the address of the site.",
                url=url,
            )
        if origin != self.site.origin and str(origin) not in self.usage.elsewhere:
            self._progress.note(
                f"{self.site.name} sends us to {origin}: what comes from there is not its own."
            )
            self.usage = replace(self.usage, elsewhere=(*self.usage.elsewhere, str(origin)))
        return url

    def _count(self, exchange: Exchange) -> None:
        used = self.usage
        self.usage = replace(
            used,
            requests=used.requests + 1,
            search_requests=used.search_requests + (exchange.bucket == "search"),
            refused=used.refused + (exchange.status == 429),
            waited_s=used.waited_s + exchange.waited_s,
        )
        _LOG.debug("%s", exchange)
        if self._trace is not None:
            self._trace(exchange)


def _target(answer: Answer) -> str:
    """Return where an answer redirects to, whether that is an address or not."""
    location = answer.headers.get("Location", "")
    try:
        return urljoin(answer.url, location)
    except ValueError:
        return location
