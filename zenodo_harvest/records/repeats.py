"""Parts that many records repeat word for word, such as licenses: each is read once for all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Raw

from zenodo_harvest.records.metadata_shapes import NOTHING
from zenodo_harvest.records.parts import as_json

_MOST = 2048
_LONGEST = 4 * 1024
_Read = TypeVar("_Read")


class Repeated(dict[bytes, tuple[_Read, Raw]], Generic[_Read]):
    """Maps the JSON of one kind of part to what is read of it, and to what no column holds.

    A part that is not known is read and remembered, unless it is long: at most 16 MiB are. JSON that is
    no part of the kind raises `MsgspecError`.

    Args:
        kind: The type of the part.
        take: Returns what is read of a part, and leaves in it what no column holds.
        absent: What is read where there is no part, or null.
    """

    __slots__ = ("_absent", "_decoder", "_take")

    def __init__(self, kind: Any, take: Callable[[Any], _Read], absent: _Read) -> None:
        super().__init__()
        self._decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(kind | None)
        self._take = take
        self._absent = absent

    def __missing__(self, content: bytes) -> tuple[_Read, Raw]:
        part = self._decoder.decode(content) if content else None
        found = (self._absent, NOTHING) if part is None else (self._take(part), _remains(part))
        if len(content) <= _LONGEST:
            if len(self) >= _MOST:
                self.clear()
            self[content] = found
        return found


def _remains(part: Any) -> Raw:
    text = as_json(msgspec.to_builtins(part))
    return NOTHING if text is None else Raw(text.encode())
