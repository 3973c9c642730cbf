"""Communities, as lists and the single answer show them."""

from __future__ import annotations

from typing import Any

from zenodo_harvest.emulator.answers import ui
from zenodo_harvest.emulator.answers.links import community_links
from zenodo_harvest.emulator.defaults import Json


def write(community: Json, *, base: str, with_ui: bool) -> Json:
    """Return the community; ``ui`` comes with the native type only (zenodo-api.md §5)."""
    written: dict[str, Any] = {**community, "links": community_links(community, base)}
    if with_ui:
        written["ui"] = ui.community(community)
    return written
