"""Which writer of records serves which type."""

from __future__ import annotations

from collections.abc import Callable

from zenodo_harvest.emulator.answers import legacy, native
from zenodo_harvest.emulator.negotiation import NATIVE, WRITTEN
from zenodo_harvest.emulator.problems import Problem
from zenodo_harvest.emulator.shape import Json


def writer(mimetype: str) -> Callable[[Json, native.View], Json]:
    """Return the writer of `mimetype`.

    Raises:
        Problem: The server has the type and the emulator does not.
    """
    if mimetype not in WRITTEN:
        raise Problem(406, f"The emulator does not write {mimetype}.")
    return native.write if mimetype == NATIVE else legacy.write
