"""The search core of the emulator: which records a query finds, in which order, with which counts."""

from __future__ import annotations

from zenodo_harvest.emulator.index.engine import CommunityIndex, Filters, Hits, Index, ItemIndex
from zenodo_harvest.emulator.index.refusals import EngineError

__all__ = ["CommunityIndex", "EngineError", "Filters", "Hits", "Index", "ItemIndex"]
