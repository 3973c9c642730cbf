"""Names that are made from the name of an output."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

NAME_BYTES = 255
"""What a name may have on the usual file systems."""
_SIDE_BYTES = len("-journal")


def beside(path: Path, suffix: str) -> Path:
    """Return the path with `suffix` after its name, which is cut and told apart by a digest if too long.

    There is room for what a database appends to the names of its own files. What has no name, as the folder
    of all folders, has it inside.
    """
    if path.name in ("", ".."):
        path = Path(os.path.realpath(path))  # the name of a folder that was named by where it is
    if not path.name:
        return path / suffix
    name = os.fsencode(path.name)
    if len(name) + len(os.fsencode(suffix)) <= NAME_BYTES - _SIDE_BYTES:
        return path.with_name(f"{path.name}{suffix}")
    mark = f"~{sha256(name).hexdigest()[:8]}"
    room = NAME_BYTES - _SIDE_BYTES - len(mark) - len(os.fsencode(suffix))
    # a character that the cut went through is left out
    cut = name[:room].decode("utf-8", "ignore")
    return path.with_name(f"{cut}{mark}{suffix}")
