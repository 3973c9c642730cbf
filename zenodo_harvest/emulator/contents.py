"""The bytes of files: those of the seed, and those that were uploaded."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final
from uuid import uuid4

from zenodo_harvest.emulator.vault import INCOMING, Vault

PIECE_BYTES: Final = 1 << 20
"""How much is read at once."""


Opener = Callable[[], BinaryIO]
"""What opens a file to read its bytes."""


@dataclass(frozen=True, slots=True)
class Received:
    """An upload that arrived in full and is not kept yet."""

    path: Path
    md5: str
    size_bytes: int


class Contents:
    """File contents by md5; uploads go to disk as they come and are never held in memory."""

    def __init__(self, seed: Mapping[str, bytes], vault: Vault) -> None:
        self._seed = seed
        self._vault = vault

    def over(self, vault: Vault) -> Contents:
        """Return those of the same seed, with the uploads of another vault."""
        return Contents(self._seed, vault)

    def find(self, checksum: str) -> Opener | None:
        """Return what opens a file by its checksum (``md5:…``), or None if there is none."""
        md5 = checksum.removeprefix("md5:")
        data = self._seed.get(md5)
        if data is not None:
            return partial(io.BytesIO, data)
        place = self._place(md5)
        return partial(_opened, place) if place.is_file() else None

    def receive(self, read_into: Callable[[memoryview], int]) -> Received:
        """Write what a stream brings to disk, hashed on the way.

        Args:
            read_into: Fills a buffer and returns how much came; 0 is the end.
        """
        path = self._vault.files / f"{INCOMING}{uuid4()}"
        digest = hashlib.md5(usedforsecurity=False)
        buffer, size = memoryview(bytearray(PIECE_BYTES)), 0
        try:
            with path.open("wb", buffering=0) as target:
                while count := read_into(buffer):
                    digest.update(buffer[:count])
                    _write_all(target, buffer[:count])
                    size += count
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return Received(path, digest.hexdigest(), size)

    def keep(self, received: Received) -> None:
        """Put an upload where it is found by its md5."""
        place = self._place(received.md5)
        place.parent.mkdir(exist_ok=True)
        received.path.replace(place)

    def discard(self, received: Received) -> None:
        """Throw an upload away."""
        received.path.unlink(missing_ok=True)

    def forget(self, md5: str) -> None:
        """Remove the bytes of an upload that nothing holds any longer."""
        self._place(md5).unlink(missing_ok=True)

    def _place(self, md5: str) -> Path:
        return self._vault.files / md5[:2] / md5


def _opened(path: Path) -> BinaryIO:
    return path.open("rb")


def _write_all(target: io.FileIO, piece: memoryview) -> None:
    while piece:
        piece = piece[target.write(piece) :]
