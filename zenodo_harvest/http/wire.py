"""`Wire`: the connections of one process; sends a request and returns what came, without the token in it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import requests
from requests.auth import AuthBase
from requests.structures import CaseInsensitiveDict

from zenodo_harvest.bounds import Bounds
from zenodo_harvest.errors import spelling_of, unpicklable
from zenodo_harvest.http.answer import Answer
from zenodo_harvest.http.body import LOST, blocks, endless, lost, too_slow, unaskable, whole
from zenodo_harvest.http.request import Body, Request
from zenodo_harvest.http.retry import RetryPolicy
from zenodo_harvest.http.session import ended_within, open_session
from zenodo_harvest.origins import Origin

_HIDDEN = b"***"
_ESCAPE = re.compile(rb"\\u00[2-7]|\\/|%[2-7]|&#")


class Wire:
    """Sends requests one at a time; it neither waits, nor follows, nor repeats.

    After a fork the child opens connections of its own: two processes on one socket would get each other's
    answers.

    Args:
        origin: The only place that the token goes to.
        user_agent: Who is asking.
        token: A personal access token.
        retry: How long to wait for a connection and for the next byte.
        bounds: What one answer may come to.
        session: The connections; sessions of ours unless given.
    """

    def __init__(
        self,
        origin: Origin,
        *,
        user_agent: str,
        token: str | None,
        retry: RetryPolicy,
        bounds: Bounds,
        session: requests.Session | None = None,
    ) -> None:
        self._auth = _OriginToken(token, origin)
        self._user_agent = user_agent
        self._token = token.encode() if token else None
        self._spelling = re.compile(spelling_of(token).encode()) if token else None
        self._retry = retry
        self._bounds = bounds
        self._is_given = session is not None
        self._session = self._named(session or open_session())
        self._process = os.getpid()

    def send(self, request: Request) -> Answer:
        """Return the answer to a request; its body is read unless a file is asked for.

        Raises:
            NoAnswer: No whole answer came; whether something was done is not known.
            ServerError: It cannot be asked for so, or does not end in time.
            TooLarge: The answer is larger than allowed.
        """
        url, body = request.url, request.body
        silence_s = self._retry.write_timeout_s if request.is_write else self._retry.read_timeout_s
        with ended_within(self._bounds.answer_s) as deadline:
            try:
                response = self._connections().request(
                    request.method,
                    url,
                    params=list(request.params),
                    data=body
                    if body is None or isinstance(body, bytes)
                    else _Sent(body, deadline.begin_anew),
                    headers=request.all_headers(),
                    allow_redirects=False,
                    timeout=(self._retry.connect_timeout_s, silence_s),
                    stream=True,
                )
                head = (response.status_code, self._headers(response))
                if request.first_byte is not None and response.status_code < 300:
                    return Answer(*head, b"", response.url, blocks(response))
                content = self._without_secrets(whole(response, self._bounds))
                return Answer(*head, content, response.url)
            except LOST as error:
                if deadline.is_endless:
                    raise endless(url) from None
                is_over = deadline.is_over()
                raise (too_slow(url, self._bounds) if is_over else lost(url, error)) from None
            except (requests.RequestException, ValueError) as error:
                raise unaskable(url, error) from None

    def __reduce__(self) -> tuple[Any, ...]:
        raise unpicklable("A wire")

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _connections(self) -> requests.Session:
        if self._process != os.getpid() and not self._is_given:
            self._session, self._process = self._named(open_session()), os.getpid()
        return self._session

    def _named(self, session: requests.Session) -> requests.Session:
        session.auth = self._auth
        session.headers["User-Agent"] = self._user_agent
        return session

    def _headers(self, response: requests.Response) -> CaseInsensitiveDict[str]:
        """Return the headers; a server may send the token back in them."""
        return CaseInsensitiveDict(
            {
                name: self._without_secrets(value.encode("utf-8", "surrogateescape")).decode(
                    "utf-8", "replace"
                )
                for name, value in response.headers.items()
            }
        )

    def _without_secrets(self, content: bytes) -> bytes:
        if self._token is None or self._spelling is None:
            return content
        content = content.replace(self._token, _HIDDEN)
        return self._spelling.sub(_HIDDEN, content) if _ESCAPE.search(content) else content


class _Sent:
    """A body whose answer has its time from the last byte on, however long sending it takes."""

    def __init__(self, body: Body, begin_anew: Callable[[], None]) -> None:
        self._body = body
        self._begin_anew = begin_anew

    def __len__(self) -> int:
        return len(self._body)

    def __iter__(self) -> Iterator[bytes]:
        for block in self._body:
            yield block
            self._begin_anew()


class _OriginToken(AuthBase):
    """Adds the token to requests for one origin and removes it from all others.

    It also stands where `requests` would else look into ``~/.netrc`` and replace the header.
    """

    def __init__(self, token: str | None, origin: Origin) -> None:
        self._token = token
        self._origin = origin

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.pop("Authorization", None)
        if self._token and Origin.of(request.url or "") == self._origin:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request

    def __repr__(self) -> str:
        return f"_OriginToken(***, {self._origin})"
