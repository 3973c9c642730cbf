"""The session: connections without cookies, whose answers can be told to end by a certain time."""

from __future__ import annotations

import http.client
import io
import math
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from time import monotonic
from typing import Any, cast

import requests
from requests.adapters import HTTPAdapter

from zenodo_harvest.origins import Origin

_LINE_BYTES = 65_536
"""Longest line between the parts of an answer; `http.client` has the same limit for those of headers."""
_MOST_LINES = 400
"""Most lines in a row: four times the headers that `http.client` takes."""


def open_session() -> requests.Session:
    """Return a session that keeps no cookies and repeats nothing by itself."""
    session = _Session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for scheme in ("https://", "http://"):
        session.mount(scheme, _Adapter(max_retries=0))
    return session


class Deadline:
    """The time by which an answer is to end."""

    def __init__(self, whole_s: float) -> None:
        self._whole_s = whole_s
        self._until = monotonic() + whole_s
        self.is_endless = False
        """Whether what came showed that it will not end."""

    def begin_anew(self) -> None:
        """Let the time begin now."""
        self._until = monotonic() + self._whole_s

    def left_s(self) -> float:
        """Return the seconds that are left."""
        return self._until - monotonic()

    def is_over(self) -> bool:
        """Tell whether none is left."""
        return self.left_s() <= 0


@contextmanager
def ended_within(whole_s: float) -> Iterator[Deadline]:
    """Have reading from a server fail once `whole_s` are over.

    A time-out of a socket begins anew with each byte, so that a server that sends one now and then would
    never end. It holds for the sessions of `open_session` and the thread of the block.
    """
    deadline = Deadline(whole_s)
    token = _UNTIL.set(deadline)
    try:
        yield deadline
    finally:
        _UNTIL.reset(token)


class _Session(requests.Session):
    """What stays on this machine goes through no proxy, whatever the environment says."""

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:
        origin = Origin.of(url)
        if origin.is_loopback and origin.scheme == "http":  # to read the environment would take its time
            return {"proxies": {}, "stream": stream, "verify": True, "cert": cert}
        settings = super().merge_environment_settings(url, proxies, stream, verify, cert)
        return settings | {"proxies": {}} if origin.is_loopback else settings


class _Adapter(HTTPAdapter):
    """Reads answers through `_Timed` sockets, whichever class of connections is in use."""

    def get_connection_with_tls_context(self, *args: Any, **named: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **named)
        pool.ConnectionCls = _timed(type(pool).ConnectionCls)
        return pool


@cache
def _timed(kind: type) -> type:
    """Return a class of connections whose answers are `_Answer`s."""
    return type(kind.__name__, (kind,), {"response_class": _Answer})


class _Answer(http.client.HTTPResponse):
    """An answer that is read through a `_Timed` socket."""

    def __init__(self, sock: socket.socket, *args: Any, **named: Any) -> None:
        super().__init__(sock, *args, **named)
        raw = cast("socket.SocketIO", self.fp.detach())
        self.fp = _Reader(_Timed(sock, raw))


class _Reader(io.BufferedReader):
    """Reads nothing without an end: no line, no row of lines such as headers without a body, no piece."""

    _lines = 0

    def readline(self, size: int | None = -1) -> bytes:
        self._lines += 1
        if self._lines > _MOST_LINES:
            if deadline := _UNTIL.get():
                deadline.is_endless = True
            raise OSError("the answer has lines without end")
        return super().readline(_LINE_BYTES if size is None or size < 0 else size)

    def read(self, size: int | None = -1) -> bytes:
        if size is None or size < 0:
            raise OSError("a piece of the answer has no size")
        self._lines = 0
        return super().read(size)


_UNTIL: ContextVar[Deadline | None] = ContextVar("_UNTIL", default=None)


class _Timed(io.RawIOBase):
    """Reads from a socket until the time that `ended_within` has set, and waits no longer than to then."""

    def __init__(self, sock: socket.socket, raw: socket.SocketIO) -> None:
        self._socket = sock
        self._raw = raw

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        deadline = _UNTIL.get()
        left_s = deadline.left_s() if deadline else math.inf
        if left_s <= 0:
            raise TimeoutError("the time for the answer as a whole is over")
        silence_s = self._socket.gettimeout()
        if silence_s is None or left_s < silence_s:
            self._socket.settimeout(left_s if left_s < math.inf else None)
        try:
            return self._raw.readinto(buffer)
        finally:
            self._socket.settimeout(silence_s)

    def close(self) -> None:
        self._raw.close()
        super().close()
