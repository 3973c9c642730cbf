"""What we say of ourselves to a server."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from zenodo_harvest._version import __version__

SERVICE = "zenodo-harvest"
SITE_VARIABLE = "ZENODO_HARVEST_SITE"
PROJECT_URL = "https://github.com/zenodo-harvest/zenodo_harvest"
_CONTACT = re.compile(r"[^\x20-\x7e]|[()\\]")


def user_agent(contact: str | None = None, *, environ: Mapping[str, str] = os.environ) -> str:
    """Return who we say we are: version, project and a contact if one is set.

    Zenodo asks clients to be recognisable (peers.md §5); ``ZENODO_HARVEST_CONTACT`` names the person.
    """
    contact = contact or environ.get("ZENODO_HARVEST_CONTACT", "")
    place = "; ".join(part for part in (PROJECT_URL, _CONTACT.sub("", contact).strip()) if part)
    return f"{SERVICE}/{__version__} ({place})"
