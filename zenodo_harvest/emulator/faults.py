"""Faults by name: what goes wrong between a request and its answer, when, and how often."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import partial
from socket import SHUT_RDWR
from threading import Lock
from typing import Any, Final, Literal, Protocol, get_args
from urllib.parse import urlencode

from werkzeug.wrappers import Request, Response

from zenodo_harvest.emulator.endpoints.call import EXPIRED, PENDING, STALE
from zenodo_harvest.emulator.negotiation import NATIVE, PLAIN
from zenodo_harvest.emulator.problems import PlainProblem
from zenodo_harvest.errors import UsageError

FaultName = Literal[
    "rate-limit",
    "server-error-before",
    "server-error-after",
    "html-page",
    "reset",
    "lost-answer",
    "cut-upload",
    "pending-upload",
    "slow-drip",
    "index-lag",
    "changed-total",
    "repeated-page",
    "dropped-page",
    "other-dialect",
    "expired-token",
]
Work = Callable[[Request], Response]
"""What answers a request."""
Disturb = Callable[[Work, Request], Response]
"""What answers it wrongly, with the work at hand."""

SEARCHES: Final = "/api/*records"
OAI: Final = "/oai2d"
_ON_PAGE_TWO = ("changed-total", "repeated-page", "dropped-page", "other-dialect")
_TEXT = re.compile(r"(?P<name>[a-z-]+?)(?:#(?P<page>\d+))?(?:@(?P<first>\d+))?(?:x(?P<often>\d+s?|\*))?")
_RETRY_AFTER_S = 2
_DRIPS, _DRIP_S = 16, 0.02


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        name: What goes wrong.
        path: The paths it strikes, as a glob pattern; unless given, record searches, but for an expired
            token the requests of OAI-PMH that have one.
        page: The page it strikes. None is any page, but page 2 for a changed total, a repeated or dropped
            page and the other dialect.
        first: The first request it strikes, counted from 1 among those of its path and page.
        times: How many of them it strikes, None for all that follow.
        lasts_s: For how many seconds from its first strike it goes on, in place of `times`.
        method: The only method it strikes, such as ``POST``; None is any.

    Raises:
        UsageError: There is no such fault, or a number is not positive.
    """

    name: FaultName
    path: str = SEARCHES
    page: int | None = None
    first: int = 1
    times: int | None = 1
    lasts_s: float | None = None
    method: str | None = None

    def __post_init__(self) -> None:
        if self.name not in get_args(FaultName):
            near = get_close_matches(self.name, get_args(FaultName), 1, 0.5)
            hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(get_args(FaultName))}."
            raise UsageError(f"{self.name!r} is not a fault of the emulator.", hint=hint)
        if any(
            number is not None and number <= 0 for number in (self.page, self.first, self.times, self.lasts_s)
        ):
            raise UsageError("The numbers of a fault begin at 1.", hint="Write x* for all requests.")
        if self.page is None and self.name in _ON_PAGE_TWO:
            object.__setattr__(self, "page", 2)
        if self.path == SEARCHES and self.name == "expired-token":
            object.__setattr__(self, "path", OAI)


def parse_fault(text: str) -> Fault:
    """Read a fault such as ``html-page``, ``reset@2x3``, ``dropped-page#4x*`` or ``rate-limit x30s``.

    After the name come, each if needed: ``#`` and the page, ``@`` and the first request struck, ``x`` and
    how many are struck: ``x*`` is all that follow, ``x30s`` all within 30 seconds.

    Raises:
        UsageError: It cannot be read, or there is no such fault.
    """
    match = _TEXT.fullmatch(text.replace(" ", ""))
    if not match:
        raise UsageError(
            f"{text!r} is not a fault.", hint="Write NAME#PAGE@FIRSTxTIMES, e.g. html-page or reset@2x3."
        )
    name: Any = match["name"]  # the fault itself refuses a name that is none
    page = int(match["page"]) if match["page"] else None
    first, often = int(match["first"] or 1), match["often"] or "1"
    if often.endswith("s"):
        return Fault(name, page=page, first=first, lasts_s=int(often[:-1]))
    return Fault(name, page=page, first=first, times=None if often == "*" else int(often))


class Interference(Protocol):
    """A fault of one's own."""

    def before(self, request: Request) -> Response | None:
        """Return an answer to give in place of the work, or None to let it be done."""

    def after(self, request: Request, answer: Response) -> Response:
        """Return the answer to send once the work was done."""


class _Armed:
    """A fault with its count of requests."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self._matched = 0
        self._since: float | None = None

    def strikes(self, request: Request, now: float) -> bool:
        """Count the request if it is one of the fault's, and tell whether it is struck."""
        fault = self.fault
        page = request.args.get("page", 1, type=int)
        if not fnmatchcase(request.path, fault.path) or (fault.page or page) != page:
            return False
        if fault.method not in (None, request.method):
            return False
        if fault.name == "expired-token" and "resumptionToken" not in request.args:
            return False
        self._matched += 1
        if self._matched < fault.first:
            return False
        self._since = now if self._since is None else self._since
        if fault.lasts_s is not None:
            return now < self._since + fault.lasts_s
        return fault.times is None or self._matched < fault.first + fault.times


class Faults:
    """The faults of a running emulator; add and remove them at any time.

    Several that strike the same request are nested, the first added innermost.

    Args:
        faults: One or several, as values or as text for `parse_fault`.
        clock: Returns epoch seconds, for faults that last.
        sleep: Waits between the drops of a slow drip.
    """

    def __init__(
        self,
        faults: Fault | str | Interference | Iterable[Fault | str | Interference] = (),
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._lock = Lock()
        self._armed: list[_Armed | Interference] = []
        self._clock = clock
        self._kinds: dict[str, Disturb] = {**_KINDS, "slow-drip": partial(_slow_drip, sleep)}
        self.add(*([faults] if isinstance(faults, str) or not isinstance(faults, Iterable) else faults))

    def add(self, *faults: Fault | str | Interference) -> None:
        """Let these go wrong from now on; each counts requests from here."""
        read = [parse_fault(fault) if isinstance(fault, str) else fault for fault in faults]
        with self._lock:
            self._armed += [_Armed(fault) if isinstance(fault, Fault) else fault for fault in read]

    def clear(self) -> None:
        """Let everything go well from now on."""
        with self._lock:
            self._armed.clear()

    def __iter__(self) -> Iterator[Fault | Interference]:
        return iter([one.fault if isinstance(one, _Armed) else one for one in self._armed])

    def __len__(self) -> int:
        return len(self._armed)

    def answer(self, work: Work, request: Request) -> Response:
        """Answer the request by `work`, with the faults that strike it around it."""
        now = self._clock()
        with self._lock:
            for armed in self._armed:
                if not isinstance(armed, _Armed):
                    work = partial(_interfere, armed, work)
                elif armed.strikes(request, now):
                    work = partial(self._kinds[armed.fault.name], work)
        return work(request)


def _interfere(own: Interference, work: Work, request: Request) -> Response:
    return own.before(request) or own.after(request, work(request))


def _rate_limit(_: Work, __: Request) -> Response:
    headers = {"Retry-After": str(_RETRY_AFTER_S), "X-RateLimit-Limit": "30", "X-RateLimit-Remaining": "0"}
    body = PlainProblem(429, "30 per 1 minute").body
    return Response(body, status=429, headers=headers, content_type="application/json")


def _server_error_before(_: Work, __: Request) -> Response:
    return _web_page(502, "Bad Gateway")


def _server_error_after(work: Work, request: Request) -> Response:
    """A gateway that gives up on a server that did the work (zenodo-api.md §9, read 2026-08-20)."""
    work(request)
    return _web_page(504, "Gateway Timeout")


def _html_page(_: Work, __: Request) -> Response:
    return _web_page(200, "We will be back soon")


def _reset(work: Work, request: Request) -> Response:
    answer = work(request)
    size_bytes = answer.content_length
    if size_bytes is None:
        size_bytes = len(answer.get_data())
    return _streamed(answer, _half(answer.iter_encoded(), size_bytes // 2), size_bytes)


def _half(pieces: Iterator[bytes], left: int) -> Iterator[bytes]:
    """Yield so many bytes and break off; a large file is not read further than that."""
    for piece in pieces:
        yield piece[:left]
        left -= len(piece)
        if left <= 0:
            break
    raise ConnectionResetError


def _lost_answer(work: Work, request: Request) -> Response:
    """Do the work and hang up without a word."""
    return Response(_hanging_up(request), headers=work(request).headers)


def _cut_upload(_: Work, request: Request) -> Response:
    """Read a part of what is sent and hang up; nothing was done."""
    request.stream.read((request.content_length or 0) // 2)
    return Response(_hanging_up(request))


def _pending_upload(work: Work, request: Request) -> Response:
    """Hang up on an upload to a bucket and leave a file that never completes (zenodo-api.md §9.7)."""
    work(Request({**request.environ, PENDING: True}))
    return Response(_hanging_up(request))


def _hanging_up(request: Request) -> Iterator[bytes]:
    """Yield nothing: close the connection before the answer begins."""
    connection = request.environ.get("werkzeug.socket")
    if connection is not None:
        connection.shutdown(SHUT_RDWR)
    raise ConnectionResetError
    yield b""


def _slow_drip(sleep: Callable[[float], None], work: Work, request: Request) -> Response:
    answer = work(request)
    body = answer.get_data()
    size = len(body) // _DRIPS + 1

    def drops() -> Iterator[bytes]:
        for start in range(0, len(body), size):
            sleep(_DRIP_S)
            yield body[start : start + size]

    return _streamed(answer, drops(), len(body))


def _index_lag(work: Work, request: Request) -> Response:
    """Search without the newest records; the index lags by seconds (zenodo-api.md §11, read 2026-08-20)."""
    return work(Request({**request.environ, STALE: True}))


def _expired_token(work: Work, request: Request) -> Response:
    return work(Request({**request.environ, EXPIRED: True}))


def _changed_total(work: Work, request: Request) -> Response:
    return _edited(work(request), lambda hits: {"total": max(0, hits["total"] - 1)})


def _dropped_page(work: Work, request: Request) -> Response:
    return _edited(work(request), lambda _: {"hits": []})


def _repeated_page(work: Work, request: Request) -> Response:
    page = request.args.get("page", 1, type=int)
    asked = {**request.args.to_dict(flat=False), "page": [str(max(1, page - 1))]}
    return work(Request({**request.environ, "QUERY_STRING": urlencode(asked, doseq=True)}))


def _other_dialect(work: Work, request: Request) -> Response:
    other = PLAIN if NATIVE in request.headers.get("Accept", "") else NATIVE
    return work(Request({**request.environ, "HTTP_ACCEPT": other}))


_KINDS: dict[str, Disturb] = {
    "rate-limit": _rate_limit,
    "server-error-before": _server_error_before,
    "server-error-after": _server_error_after,
    "html-page": _html_page,
    "reset": _reset,
    "lost-answer": _lost_answer,
    "cut-upload": _cut_upload,
    "pending-upload": _pending_upload,
    "index-lag": _index_lag,
    "changed-total": _changed_total,
    "repeated-page": _repeated_page,
    "dropped-page": _dropped_page,
    "other-dialect": _other_dialect,
    "expired-token": _expired_token,
}


def _web_page(status: int, title: str) -> Response:
    return Response(
        f"<!doctype html><title>{title}</title><h1>{title}</h1>", status=status, content_type="text/html"
    )


def _edited(answer: Response, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Response:
    """Return a list of records with another total or other rows; anything else stays as it is."""
    if answer.status_code == 200 and answer.is_json:
        body = json.loads(answer.get_data())
        if isinstance(body, dict) and "hits" in body:
            body["hits"] |= change(body["hits"])
            answer.set_data(json.dumps(body))
    return answer


def _streamed(answer: Response, pieces: Iterator[bytes], size_bytes: int) -> Response:
    """Return the answer with its body sent in pieces under the length of the whole."""
    answer.response = pieces
    answer.headers["Content-Length"] = str(size_bytes)
    return answer
