"""An embedded Zenodo that answers as the real server does, for trying things out and for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zenodo_harvest.emulator.app import LoggedRequest as LoggedRequest
    from zenodo_harvest.emulator.faults import Fault as Fault
    from zenodo_harvest.emulator.faults import FaultName as FaultName
    from zenodo_harvest.emulator.faults import Faults as Faults
    from zenodo_harvest.emulator.faults import Interference as Interference
    from zenodo_harvest.emulator.faults import parse_fault as parse_fault
    from zenodo_harvest.emulator.script import Script as Script
    from zenodo_harvest.emulator.server import Emulator as Emulator
    from zenodo_harvest.emulator.server import launch as launch
    from zenodo_harvest.emulator.server import reset_state as reset_state
    from zenodo_harvest.emulator.server import state_folder as state_folder

_HOMES = {
    "Emulator": "server",
    "Fault": "faults",
    "FaultName": "faults",
    "Faults": "faults",
    "Interference": "faults",
    "LoggedRequest": "app",
    "Script": "script",
    "launch": "server",
    "parse_fault": "faults",
    "reset_state": "server",
    "state_folder": "server",
}

__all__ = [
    "Emulator",
    "Fault",
    "FaultName",
    "Faults",
    "Interference",
    "LoggedRequest",
    "Script",
    "launch",
    "parse_fault",
    "reset_state",
    "state_folder",
]


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first asked for."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return value
