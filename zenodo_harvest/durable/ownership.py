"""Whose a file is: ours to replace, or the user's."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from hashlib import file_digest
from pathlib import Path

from zenodo_harvest.durable.local import local_errors
from zenodo_harvest.durable.names import beside
from zenodo_harvest.errors import Refused

RECEIPT = ".receipt.json"
"""What the name of a receipt ends with, after that of the first output it describes."""
FORCE = "Name another, or replace it with --force (in Python overwrite=True)."


def receipt_path(output: Path) -> Path:
    """Return where the receipt is whose first output is this one."""
    return beside(output, RECEIPT)


def check_replaceable(path: Path, folders: Iterable[Path]) -> None:
    """Refuse to replace a file that is the user's.

    What is not there or is empty is nobody's; ours is what a receipt beside it names with the sha256 that it
    still has.

    Args:
        path: The file.
        folders: Where its receipt may be.

    Raises:
        Refused: It was not written by this tool, or was changed since.
        LocalError: It cannot be read.
    """
    with local_errors(path):
        if not path.is_file() or not path.stat().st_size:
            return
        place = name_of(os.path.realpath(path))
        digests = {
            digest
            for folder in dict.fromkeys(folders)
            for receipt in folder.glob(f"*{RECEIPT}")
            for name, digest in _outputs(receipt) or ()
            if name_of(os.path.realpath(folder / name)) == place
        }
        if digests:
            with path.open("rb") as file:
                if file_digest(file, "sha256").hexdigest() in digests:
                    return
    raise Refused(
        f"{str(path)!r} is there already, and no receipt says that it is an unchanged output.",
        hint=FORCE,
    )


def check_receipt(path: Path) -> None:
    """Refuse to put a receipt in the place of what is none.

    Raises:
        Refused: There is a file that is none.
    """
    if path.is_file() and path.stat().st_size and _outputs(path) is None:
        raise Refused(f"{str(path)!r} is there already, and is no receipt.", hint=FORCE)


def name_of(path: str) -> str:
    """Return a path as a receipt writes it: what is no Unicode in it becomes an escape."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _outputs(receipt: Path) -> list[tuple[str, str]] | None:
    """Return path and sha256 of what a receipt describes, None if it is no receipt."""
    if not receipt.is_file():
        return None  # a pipe would never end
    try:
        outputs = json.loads(receipt.read_bytes())["outputs"]
        return [(str(each["path"]), str(each["sha256"])) for each in outputs]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None
