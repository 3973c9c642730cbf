"""What survives a kill: files that are whole or absent, and locks."""

from __future__ import annotations

from zenodo_harvest.durable.atomic import atomic_path, local_errors, write_bytes, write_text
from zenodo_harvest.durable.lock import lock

__all__ = ["atomic_path", "local_errors", "lock", "write_bytes", "write_text"]
