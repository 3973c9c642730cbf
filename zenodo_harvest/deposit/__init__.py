"""Publishing: metadata, drafts, files, communities and requests of one's own deposits.

Importing the room is cheap: its modules are imported when a name is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zenodo_harvest.deposit.api import Api as Api
    from zenodo_harvest.deposit.communities import Membership as Membership
    from zenodo_harvest.deposit.deposit import Deposit as Deposit
    from zenodo_harvest.deposit.deposits import Deposits as Deposits
    from zenodo_harvest.deposit.files import DepositFile as DepositFile
    from zenodo_harvest.deposit.kept import not_kept as not_kept
    from zenodo_harvest.deposit.requests import Request as Request
    from zenodo_harvest.deposit.uploading import Uploaded as Uploaded

_HOMES = {
    "Api": "api",
    "Deposit": "deposit",
    "DepositFile": "files",
    "Deposits": "deposits",
    "Membership": "communities",
    "Request": "requests",
    "Uploaded": "uploading",
    "not_kept": "kept",
}

__all__ = ["Api", "Deposit", "DepositFile", "Deposits", "Membership", "Request", "Uploaded", "not_kept"]


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first asked for."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return value
