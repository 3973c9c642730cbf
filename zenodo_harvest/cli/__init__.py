"""The command `zenodo-harvest`: one module per group of commands, imported when the command runs."""

from __future__ import annotations

from zenodo_harvest.cli.app import build_app, main
from zenodo_harvest.cli.outside import Outside

__all__ = ["Outside", "build_app", "main"]
