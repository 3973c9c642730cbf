"""What survives a kill: files that are whole or absent, locks, and the journal of a long task."""

from __future__ import annotations

from zenodo_harvest.durable.exchange import EARLIER, exchange, restore
from zenodo_harvest.durable.group import Group, write_text
from zenodo_harvest.durable.journal import Journal, Made, Row
from zenodo_harvest.durable.local import inherit, keep_private, local_errors, place_of, privacy
from zenodo_harvest.durable.lock import lock
from zenodo_harvest.durable.names import beside
from zenodo_harvest.durable.ownership import FORCE, check_replaceable, name_of, receipt_path
from zenodo_harvest.durable.room import room_in
from zenodo_harvest.durable.signals import uninterrupted
from zenodo_harvest.durable.unnamed import Unnamed

__all__ = [
    "EARLIER",
    "FORCE",
    "Group",
    "Journal",
    "Made",
    "Row",
    "Unnamed",
    "beside",
    "check_replaceable",
    "exchange",
    "inherit",
    "keep_private",
    "local_errors",
    "lock",
    "name_of",
    "place_of",
    "privacy",
    "receipt_path",
    "restore",
    "room_in",
    "uninterrupted",
    "write_text",
]
