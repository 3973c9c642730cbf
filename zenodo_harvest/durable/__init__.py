"""What survives a kill: files that are whole or absent, locks, and the journal of a long task."""

from __future__ import annotations

from zenodo_harvest.durable.atomic import atomic_path, local_errors, write_bytes, write_text
from zenodo_harvest.durable.journal import Journal, Row
from zenodo_harvest.durable.lock import lock

__all__ = ["Journal", "Row", "atomic_path", "local_errors", "lock", "write_bytes", "write_text"]
