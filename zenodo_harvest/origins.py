"""`Origin`: where a server is. Tokens belong to origins, never to names."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443}
"""The usual port of each scheme, which an address need not name."""
_OLD_IPV4 = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+)){0,3}")
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
        port = PORTS.get(parts.scheme)
        # of two readers of such an address one takes for the host what the other takes for the path
        is_clear = not _UNCLEAR.search(url.partition("?")[0]) and "@" not in parts.netloc
        if port is None or not parts.hostname or not is_clear:
            raise ValueError("no address of a web server")
        return cls(parts.scheme, parts.hostname, parts.port or port)

    @property
    def is_loopback(self) -> bool:
        """Whether it is this machine, so that nothing leaves it.

        Other names than ``localhost`` are not, whatever they end in: some name server says where they lead.
        """
        if self.host.removesuffix(".") == "localhost":
            return True
        address = _address(self.host)
        return address is not None and (address.is_loopback or address.is_unspecified)

    @property
    def may_have_token(self) -> bool:
        """Whether a token may go there: encrypted, or without leaving this machine."""
        return self.scheme == "https" or self.is_loopback

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + (f":{self.port}" if self.port != PORTS[self.scheme] else "")


def _address(host: str) -> IPv4Address | IPv6Address | None:
    """Return the address that a host is written as, None if it is a name.

    Systems know spellings such as ``127.1`` and ``0x7f000001`` as well, which lead there without a look-up.
    """
    if _OLD_IPV4.fullmatch(host):
        try:
            return IPv4Address(socket.inet_aton(host))
        except OSError:
            return None
    try:
        address = ip_address(host)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
