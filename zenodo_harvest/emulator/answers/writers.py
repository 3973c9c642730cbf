"""Which writer of records serves which type."""

from __future__ import annotations

from collections.abc import Callable

from zenodo_harvest.emulator.answers import legacy, native
from zenodo_harvest.emulator.defaults import Json
from zenodo_harvest.emulator.negotiation import BIBLIOGRAPHY, NATIVE, WRITTEN
from zenodo_harvest.emulator.problems import Problem

# the styles that record pages offer; the server has more, for bibliographies that are not written here
_STYLES = frozenset(
    (
        "apa",
        "chicago-fullnote-bibliography",
        "harvard-cite-them-right",
        "ieee",
        "modern-language-association",
        "vancouver",
    )
)


def writer(mimetype: str, style: str | None = None) -> Callable[[Json, native.View], Json]:
    """Return the writer of `mimetype`; `style` is that of a bibliography (zenodo-api.md §3.1).

    Raises:
        Problem: There is no such style, or the server has the type and the emulator does not.
    """
    if mimetype == BIBLIOGRAPHY and style and style.lower() not in _STYLES:
        raise Problem(400, "Citation string style not found.")
    if mimetype not in WRITTEN:
        raise Problem(406, f"The emulator does not write {mimetype}.")
    return native.write if mimetype == NATIVE else legacy.write
