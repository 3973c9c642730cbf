"""Resumption tokens: what a list goes on with, signed and good for a minute or two."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable

from zenodo_harvest.emulator.defaults import Json


class Tokens:
    """Issues and reads tokens; each is bound to the verb it was issued for."""

    def __init__(self, clock: Callable[[], float], life_s: int) -> None:
        self._clock, self._life_s = clock, life_s
        self._key = secrets.token_bytes(16)

    def issue(self, verb: str, content: Json) -> str:
        """Return a token that holds `content`."""
        body = _text(zlib.compress(json.dumps(content).encode()))
        issued = _text(int(self._clock()).to_bytes(5))
        return f".{body}.{issued}.{self._signature(verb, body, issued)}"

    def read(self, verb: str, token: str) -> Json | None:
        """Return what a token holds, or None: it is expired, broken or of another verb."""
        parts = token.split(".")
        if len(parts) != 4 or parts[0]:
            return None
        _, body, issued, signature = parts
        if not hmac.compare_digest(signature.encode(), self._signature(verb, body, issued).encode()):
            return None
        if self._clock() > int.from_bytes(_bytes(issued)) + self._life_s:
            return None
        content: Json = json.loads(zlib.decompress(_bytes(body)))
        return content

    def _signature(self, verb: str, body: str, issued: str) -> str:
        return _text(hmac.digest(self._key, f"{verb}.{body}.{issued}".encode(), hashlib.sha1))


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
