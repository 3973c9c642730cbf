"""What several rings use: the check that reading a record lost none of its values."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from zenodo_harvest.records import Record

_NOT_DATA = ("links", "ui", "expanded")
_JSON_COLUMNS = ("custom_fields", "extra")


@pytest.fixture(scope="session")
def lost_values() -> Callable[[Any, Record], set[Any]]:
    """Return the function that names the values of a JSON input which no column holds."""

    def lost(value: Any, record: Record) -> set[Any]:
        kept = set(_values_of_row(record))
        return {scalar for scalar in _scalars(value) if not _forms(scalar) & kept}

    return lost


def _scalars(value: Any) -> Iterator[Any]:
    """Yield the scalars of a JSON value, save those under links, ui and expanded."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case dict() as found:
                waiting += (item for key, item in found.items() if key not in _NOT_DATA)
            case list() | tuple() as found:
                waiting += found
            case None:
                continue
            case found:
                yield _tagged(found)


def _values_of_row(record: Record) -> Iterator[Any]:
    for column, value in msgspec.to_builtins(record, builtin_types=(datetime, date)).items():
        if column in _JSON_COLUMNS and value is not None:
            yield from _scalars(json.loads(value))
        elif column == "locations":
            yield from _scalars(value)
            for place in value:
                yield from _scalars(json.loads(place["geometry"] or "null"))
        elif column not in ("raw", "problems"):
            yield from _scalars(value)


def _tagged(value: Any) -> Any:
    """Tell true from 1, but not 3.0 from 3."""
    if isinstance(value, bool):
        return ("flag", value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _forms(scalar: Any) -> set[Any]:
    """Return the forms in which a column may hold a value: ids are text, times are times."""
    forms: set[Any] = {scalar}
    if isinstance(scalar, int):
        forms.add(str(scalar))
        forms.add(
            _tagged(struct.unpack("d", struct.pack("d", float(scalar)))[0]) if abs(scalar) < 2**1000 else 0
        )
    if isinstance(scalar, str):
        try:
            time = datetime.fromisoformat(scalar)
        except ValueError:
            return forms
        forms.add(time.replace(tzinfo=UTC) if time.tzinfo is None else time)
        if len(scalar) == len("2020-01-01"):
            forms.add(time.date())
    return forms
