"""`Row`: what is read like a dictionary as well as by attribute."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from msgspec import Struct, to_builtins


class Row(Struct, frozen=True, gc=False):
    """A record or a part of one: ``row["title"]`` is ``row.title``, and pandas takes rows as it takes dicts.

    `raw` is among its names only where it was kept.
    """

    def __getitem__(self, name: str) -> Any:
        if name not in self.__struct_fields__:
            raise KeyError(name)
        return getattr(self, name)

    def __iter__(self) -> Iterator[str]:
        return (name for name in self.__struct_fields__ if name != "raw" or self["raw"] is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _ipython_key_completions_(self) -> list[str]:
        return list(self)

    def to_dict(self) -> dict[str, Any]:
        """Return it as a dictionary, its parts as well; dates and times stay what they are."""
        values = to_builtins(self, builtin_types=(datetime, date))
        return {name: values[name] for name in self}

    __contains__ = Mapping.__contains__
    keys = Mapping.keys
    values = Mapping.values
    items = Mapping.items
    get = Mapping.get


Mapping.register(Row)
