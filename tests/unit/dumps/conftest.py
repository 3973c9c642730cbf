from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Pack = Callable[..., Path]


def tar_of(*members: tuple[str, bytes] | tarfile.TarInfo, **settings: Any) -> bytes:
    """Return an archive of members, and of entries that are no files."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", **settings) as archive:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
            else:
                entry = tarfile.TarInfo(member[0])
                entry.size = len(member[1])
                archive.addfile(entry, io.BytesIO(member[1]))
    return packed.getvalue()


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    """Write a `.tar.gz` of members, or of the bytes of a tar."""

    def go(*members: Any, tar: bytes | None = None, **settings: Any) -> Path:
        path = tmp_path / "dump.tar.gz"
        path.write_bytes(gzip.compress(tar_of(*members, **settings) if tar is None else tar, mtime=0))
        return path

    return go
