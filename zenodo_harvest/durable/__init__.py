"""What survives a kill: files that are whole or absent, and locks."""

from __future__ import annotations

from zenodo_harvest.durable.atomic import atomic_path, write_bytes, write_text
from zenodo_harvest.durable.lock import lock

__all__ = ["atomic_path", "lock", "write_bytes", "write_text"]
