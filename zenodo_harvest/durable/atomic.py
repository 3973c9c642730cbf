"""Files that appear under their final name only when they are whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zenodo_harvest.durable.group import Group


@contextmanager
def atomic_path(final: Path) -> Iterator[Path]:
    """Yield the path of an empty file; when the block ends well, it becomes `final`.

    It is a `Group` of one.

    Raises:
        Refused: There is a pipe or a device.
        LocalError: The disk or the permissions do not allow it.
    """
    with Group() as group:
        yield group.file(final)


def write_text(final: Path, text: str) -> None:
    """Write a whole UTF-8 file, or leave the earlier one as it was."""
    with Group() as group:
        group.text(final, text)
