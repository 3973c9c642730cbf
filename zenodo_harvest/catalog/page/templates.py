"""What the templates beside this module are rendered in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from zenodo_harvest.display import one_line

if TYPE_CHECKING:
    from jinja2 import Environment


def templates() -> Environment:
    """Return an environment in which every text is escaped and stays on its line."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: one_line(value) if type(value) is str else value,
    )
