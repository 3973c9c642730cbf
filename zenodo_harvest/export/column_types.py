"""The shape of a column: what a type hint of `Record` means to every format."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

_SCALARS = {str: "string", int: "int64", float: "float64", bool: "bool", datetime: "timestamp", date: "date"}


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value: ``string``, ``int64``, ``float64``, ``bool``, ``timestamp`` (UTC) or ``date``; or null."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class ListOf:
    """Any number of values of one shape, in order; never null, but perhaps empty."""

    item: Shape

    def __str__(self) -> str:
        return f"list<{self.item}>"


@dataclass(frozen=True, slots=True)
class StructOf:
    """Named values that belong together; null when the record has none of them."""

    name: str
    fields: tuple[tuple[str, Shape], ...]

    def __str__(self) -> str:
        return f"struct<{self.name}>"


Shape = Scalar | ListOf | StructOf


def shape_of(hint: Any) -> Shape:
    """Return the shape that a (resolved) type hint of a Struct's field stands for.

    Raises:
        TypeError: The hint is none of the kinds a record may use.
    """
    if get_origin(hint) in (UnionType, Union):
        (hint,) = (part for part in get_args(hint) if part is not NoneType)
    if hint in _SCALARS:
        return Scalar(_SCALARS[hint])
    if get_origin(hint) is tuple:
        return ListOf(shape_of(get_args(hint)[0]))
    if hasattr(hint, "__struct_fields__"):
        return StructOf(hint.__name__, shapes_of(hint))
    raise TypeError(f"A record field cannot be of type {hint!r}.")


def shapes_of(struct: Any) -> tuple[tuple[str, Shape], ...]:
    """Return name and shape of each field of a Struct class, in order."""
    hints = get_type_hints(struct)
    return tuple((name, shape_of(hints[name])) for name in struct.__struct_fields__)
