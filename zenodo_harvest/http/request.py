"""`Request`: one request as it is to be sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from zenodo_harvest.http.answer import NATIVE_JSON


class Body(Protocol):
    """The bytes of a request, as often as they are to be sent."""

    def __len__(self) -> int:
        """How many there are."""

    def __iter__(self) -> Iterator[bytes]:
        """Yield them from the first, in blocks."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request.

    Attributes:
        url: The address.
        method: The HTTP method.
        params: The query parameters, in order.
        accept: The media type wanted.
        headers: Further headers.
        body: What is sent.
        first_byte: The first byte wanted of a file, which is not read to its end; None for all else.
    """

    url: str
    method: str = "GET"
    params: Sequence[tuple[str, str]] = ()
    accept: str = NATIVE_JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Body | None = None
    first_byte: int | None = None

    @property
    def is_write(self) -> bool:
        """Whether it may change something on the server."""
        return self.method not in ("GET", "HEAD")

    def all_headers(self) -> dict[str, str]:
        """Return the headers it is sent with."""
        headers = {"Accept": self.accept, **self.headers}
        if self.first_byte is not None:
            headers["Accept-Encoding"] = "identity"  # a file is wanted as it is stored
        if self.first_byte:
            headers["Range"] = f"bytes={self.first_byte}-"
        return headers
