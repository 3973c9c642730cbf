"""How a page words what a catalogue holds. Nothing of it is markup; the template escapes all of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from zenodo_harvest.display import cut

_FIRST_WORD = re.compile(
    "(annotation|computational|conference|data(?!set)|management|peer|physical|software|study|taxonomic"
    "|technical|working)(?=[a-z])"
)
_ACCESS = {"open": "Open", "embargoed": "Embargoed", "restricted": "Restricted", "metadata-only": "No files"}
CHANGE_KINDS = {
    "added": "Added",
    "new-version": "New version",
    "metadata": "Metadata changed",
    "files": "Files changed",
    "left": "Left",
    "deleted": "Deleted",
}
LEVELS = {"error": "Errors", "warning": "Warnings", "note": "Notes"}


def type_label(type_id: str) -> str:
    """Return a resource type as people say it: ``Conference paper`` for ``publication-conferencepaper``."""
    general, _, special = type_id.partition("-")
    words = _FIRST_WORD.sub(r"\1 ", special or general)
    return f"{general}, other".capitalize() if special == "other" else words[:1].upper() + words[1:]


def access_label(access: str) -> str:
    """Return an access status as people say it."""
    return _ACCESS.get(access, access)


def web_url(text: str | None) -> str | None:
    """Return `text` if it is the address of a web page; whatever else a link could do is None."""
    try:
        parts = urlsplit(text or "")
    except ValueError:
        return None
    return text if parts.scheme in ("http", "https") and parts.netloc else None


def doi_url(doi: str | None) -> str | None:
    """Return the address that a DOI resolves at."""
    return f"https://doi.org/{quote(doi, safe='/:;()', errors='replace')}" if doi else None


def shown(value: Any, length: int = 300) -> str:
    """Return a value of a column on one line: lists with semicolons, mappings by their name."""
    match value:
        case None | "" | [] | ():
            return ""
        case list() | tuple():
            text = "; ".join(shown(item, length) for item in value[:50])
        case Mapping():
            names = (value[key] for key in ("name", "title", "identifier", "key") if value.get(key))
            text = str(next(names, "")) or json.dumps(dict(value), ensure_ascii=False, default=str)
        case _:
            text = str(value)
    return cut(text, length)
