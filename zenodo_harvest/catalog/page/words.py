"""How a page words what a catalogue holds. Nothing of it is markup; the template escapes all of it."""

from __future__ import annotations

import re
from urllib.parse import quote

_FIRST_WORD = re.compile(
    "(annotation|computational|conference|data(?!set)|management|peer|physical|software|study|taxonomic"
    "|technical|working)(?=[a-z])"
)
_ACCESS = {"open": "Open", "embargoed": "Embargoed", "restricted": "Restricted", "metadata-only": "No files"}


def type_label(type_id: str) -> str:
    """Return a resource type as people say it: ``Conference paper`` for ``publication-conferencepaper``."""
    general, _, special = type_id.partition("-")
    words = _FIRST_WORD.sub(r"\1 ", special or general)
    return f"{general}, other".capitalize() if special == "other" else words[:1].upper() + words[1:]


def access_label(access: str) -> str:
    """Return an access status as people say it."""
    return _ACCESS.get(access, access)


def doi_url(doi: str | None) -> str | None:
    """Return the address that a DOI resolves at."""
    return f"https://doi.org/{quote(doi, safe='/:;()', errors='replace')}" if doi else None
