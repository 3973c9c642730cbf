"""An embedded Zenodo that answers as the real server does, for trying things out and for tests."""

from __future__ import annotations

from zenodo_harvest.emulator.app import Faults, LoggedRequest
from zenodo_harvest.emulator.server import Emulator, launch

__all__ = ["Emulator", "Faults", "LoggedRequest", "launch"]
