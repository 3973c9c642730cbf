"""`Ids`: how many of millions of ids have come before, in a few bytes each."""

from __future__ import annotations

from array import array
from collections.abc import Iterable


class Ids:
    """The ids of a dump, as numbers of 64 bits: that two ids share one is not to be expected."""

    def __init__(self) -> None:
        self._numbers = array("q")

    def add(self, ids: Iterable[str | None]) -> None:
        """Take ids."""
        self._numbers.extend(map(hash, ids))

    @property
    def repeated(self) -> int:
        """How many of the ids had come before."""
        import pyarrow as pa
        import pyarrow.compute as pc

        count = len(self._numbers)
        numbers = pa.Array.from_buffers(pa.int64(), count, [None, pa.py_buffer(self._numbers)])
        return count - int(pc.count_distinct(numbers).as_py())
