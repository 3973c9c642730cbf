"""`Wire`: the connections of one process; sends one GET and returns what came, without the token in it."""

from __future__ import annotations

import os
from collections.abc import Sequence

import requests
from requests.structures import CaseInsensitiveDict

from zenodo_harvest.bounds import Bounds
from zenodo_harvest.errors import spellings_of
from zenodo_harvest.http.answer import Answer
from zenodo_harvest.http.auth import OriginToken
from zenodo_harvest.http.body import LOST, blocks, lost, too_slow, unaskable, whole
from zenodo_harvest.http.retry import RetryPolicy
from zenodo_harvest.http.session import ended_within, open_session
from zenodo_harvest.origins import Origin

_HIDDEN = b"***"


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
        self._auth = OriginToken(token, origin)
        self._user_agent = user_agent
        self._secrets = [spelling.encode() for spelling in spellings_of(token)] if token else []
        self._timeouts_s = (retry.connect_timeout_s, retry.read_timeout_s)
        self._bounds = bounds
        self._is_given = session is not None
        self._session = self._named(session or open_session())
        self._process = os.getpid()

    def send(
        self, url: str, params: Sequence[tuple[str, str]], accept: str, first_byte: int | None = None
    ) -> Answer:
        """Return the answer to a GET; its body is read unless a file is asked for from `first_byte` on.

        Raises:
            Lost: No whole answer came; it may come when asked for again.
            ServerError: It cannot be asked for so, or does not end in time.
            TooLarge: The answer is larger than allowed.
        """
        is_streamed = first_byte is not None
        with ended_within(self._bounds.answer_s) as is_over:
            try:
                response = self._connections().get(
                    url,
                    params=list(params),
                    headers={"Accept": accept, **(_as_stored(first_byte) if is_streamed else {})},
                    allow_redirects=False,
                    timeout=self._timeouts_s,
                    stream=True,
                )
                head = (response.status_code, self._headers(response))
                if is_streamed and response.status_code < 300:
                    return Answer(*head, b"", response.url, blocks(response))
                content = self._without_secrets(whole(response, self._bounds))
                return Answer(*head, content, response.url)
            except LOST as error:
                raise (too_slow(url, self._bounds) if is_over() else lost(url, error)) from error
            except (requests.RequestException, ValueError) as error:
                raise unaskable(url, error) from error

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
        for secret in self._secrets:
            if secret in content:
                content = content.replace(secret, _HIDDEN)
        return content


def _as_stored(first_byte: int | None) -> dict[str, str]:
    """Return the headers that ask for a file as it is, from a byte on."""
    return {"Accept-Encoding": "identity"} | ({"Range": f"bytes={first_byte}-"} if first_byte else {})
