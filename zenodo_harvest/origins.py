"""`Origin`: where a server is. Tokens belong to origins, never to names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}
_UNCLEAR = re.compile(r"[\\\x00-\x20\x7f]")


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """Scheme, host and port of an address, all of them lower case and the port filled in."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> Origin:
        """Return the origin of an http or https address.

        Raises:
            ValueError: It is no such address.
        """
        parts = urlsplit(url)
        port = _PORTS.get(parts.scheme)
        # of two readers of such an address one takes for the host what the other takes for the path
        is_clear = not _UNCLEAR.search(url.partition("?")[0])
        if port is None or not parts.hostname or not is_clear:
            raise ValueError("no address of a web server")
        return cls(parts.scheme, parts.hostname, parts.port or port)

    @property
    def is_loopback(self) -> bool:
        """Whether it is this machine, so that nothing leaves it."""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def may_have_token(self) -> bool:
        """Whether a token may go there: encrypted, or without leaving this machine."""
        return self.scheme == "https" or self.is_loopback

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + (f":{self.port}" if self.port != _PORTS[self.scheme] else "")
