"""The body of an answer: read whole within bounds, or block by block without a limit on the whole."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Generator, Iterator
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError, LocationParseError

from zenodo_harvest.bounds import Bounds
from zenodo_harvest.errors import NoAnswer, ServerError, TooLarge, brief

LOST = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)
"""What the HTTP library raises when no whole answer comes."""
_MEND_PROXY = "Mend HTTP_PROXY, HTTPS_PROXY and ALL_PROXY in the environment, or name the host in NO_PROXY."
_PIECE_BYTES = 1 << 16
_BLOCK_BYTES = 1 << 18


def lost(url: str, error: Exception) -> ServerError:
    """Return the error for an answer that did not come whole; without a proxy asking again is of no use."""
    if isinstance(error, requests.exceptions.ProxyError):
        return ServerError(
            f"The proxy on the way to {urlsplit(url).netloc} does not work.",
            hint=_MEND_PROXY,
            url=url,
        )
    host = urlsplit(url).netloc
    causes = tuple(_causes(error))
    said = next((said for kind, said in _FAILURES if any(isinstance(one, kind) for one in causes)), _BROKEN)
    return NoAnswer(said.format(host), hint="Check the network and the address, then run it again.", url=url)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error of the HTTP library and those that it was made of, the outermost first."""
    waiting: list[object] = [error]
    for _ in range(_MOST_CAUSES):
        if not waiting:
            return
        one = waiting.pop(0)
        if isinstance(one, BaseException):
            yield one
            waiting += [getattr(one, "reason", None), *one.args, one.__cause__ or one.__context__]


_MOST_CAUSES = 50
_BROKEN = "The connection to {} broke off before the answer was there."
_FAILURES: tuple[tuple[type[BaseException], str], ...] = (
    (socket.gaierror, "There is no host {}, or its name cannot be looked up now."),
    (ssl.SSLCertVerificationError, "The certificate of {} cannot be verified, so nothing was sent."),
    (ssl.SSLError, "{} speaks no encryption that can be used."),
    (ConnectionRefusedError, "{} refuses the connection: nothing answers there."),
    (requests.exceptions.ConnectTimeout, "{} cannot be reached: it does not respond."),
    (requests.exceptions.ReadTimeout, "{} took the request and sent nothing for too long."),
    (requests.exceptions.ContentDecodingError, "The answer of {} is not compressed as it says."),
)
"""What is said of a failure, by the first of these that it was made of."""


def unaskable(url: str, error: Exception) -> ServerError:
    """Return the error for an address that cannot be asked for at all.

    What the library says of a proxy is not repeated: it may hold a part of a password.
    """
    host = urlsplit(url).netloc
    # the address itself is read before there is a request: what cannot be read then is that of the proxy
    is_sent = isinstance(error, requests.exceptions.InvalidURL) and error.request is not None
    if is_sent or isinstance(error, requests.exceptions.InvalidProxyURL | LocationParseError):
        return ServerError(
            f"The address of the proxy on the way to {host} is none.", hint=_MEND_PROXY, url=url
        )
    if "SOCKS" in str(error):
        return ServerError(
            f"The proxy on the way to {host} is one of SOCKS, which needs a library that is not installed.",
            hint=f"Run pip install 'requests[socks]'. Or: {_MEND_PROXY}",
            url=url,
        )
    return ServerError(
        f"{url} cannot be asked for: {brief(str(error))}",
        hint="Check the address, and the proxy if HTTP_PROXY or HTTPS_PROXY names one.",
        url=url,
    )


def too_slow(url: str, bounds: Bounds) -> ServerError:
    """Return the error for an answer that kept coming and did not end in time."""
    return ServerError(
        f"The answer of {urlsplit(url).netloc} did not end within {bounds.said('answer_s')}.",
        hint=f"Try again later. {bounds.hint('answer_s')}",
        url=url,
    )


def endless(url: str) -> ServerError:
    """Return the error for an answer that is lines and nothing else."""
    return ServerError(
        f"The answer of {urlsplit(url).netloc} has lines without end.",
        hint="Try again later. Check the address of the site.",
        url=url,
    )


def whole(response: requests.Response, bounds: Bounds) -> bytes:
    """Return the body after decompression; one that is too large is left where the bound is met.

    Raises:
        TooLarge: It is larger than allowed, or would be in memory.
        requests.RequestException: It does not come whole.
    """
    content = bytearray()
    with response:
        for piece in response.iter_content(_PIECE_BYTES):
            content += piece
            if len(content) > bounds.answer_bytes:
                raise _too_large(response, bounds, "answer_bytes")
    if not bounds.allow_values(content):
        raise _too_large(response, bounds, "values")
    return bytes(content)


def blocks(response: requests.Response) -> Generator[bytes]:
    """Yield the bytes of an answer as they come; a server may call a file's own compression its encoding.

    Raises:
        NoAnswer: The connection fails.
    """
    with response:
        try:
            yield from response.raw.stream(_BLOCK_BYTES, decode_content=False)
        except HTTPError as error:
            raise lost(response.url, error) from None


def _too_large(response: requests.Response, bounds: Bounds, bound: str) -> TooLarge:
    has = "is larger than" if bound == "answer_bytes" else "holds more than"
    return TooLarge(
        f"The answer of {urlsplit(response.url).netloc} {has} {bounds.said(bound)}.",
        hint=f"Ask for less at a time. {bounds.hint(bound)}",
        url=response.url,
        status=response.status_code,
    )
