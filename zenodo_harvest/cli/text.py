"""Text for people: counts, sizes, and what a server says."""

from __future__ import annotations

from zenodo_harvest.display import breaks, count, one_line, printable

__all__ = ["breaks", "count", "one_line", "printable", "size"]

_UNITS = ("kB", "MB", "GB", "TB")


def size(size_bytes: int) -> str:
    """Return a size as people read it: ``12 bytes``, ``3.4 kB``, ``56 MB``."""
    if size_bytes < 1000:
        return count(size_bytes, "byte")
    power = next((power for power in (1, 2, 3) if size_bytes < 999.5 * 1000**power), 4)
    amount = size_bytes / 1000**power
    return f"{amount:.{amount < 9.95:d}f} {_UNITS[power - 1]}"
