from __future__ import annotations

import itertools
import re
import types
import typing
from datetime import date, datetime

import pytest

from zenodo_harvest import records
from zenodo_harvest.records import CHILD_TABLES, COLUMNS, Record

SCALARS = {str: "string", int: "int64", bool: "bool", datetime: "timestamp", date: "date"}


def _type(annotation: typing.Any) -> str:
    """Return the name of a field's type in the language of the columns."""
    if isinstance(annotation, types.UnionType):
        (annotation,) = (each for each in annotation.__args__ if each is not type(None))
    if typing.get_origin(annotation) is tuple:
        return f"list<{_type(annotation.__args__[0])}>"
    return SCALARS.get(annotation) or f"struct<{annotation.__name__}>"


def test_columns_are_the_fields_of_a_record_in_the_same_order_but_raw() -> None:
    assert (*(column.name for column in COLUMNS), "raw") == Record.__struct_fields__


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_a_column_has_the_type_of_its_field(column: typing.Any) -> None:
    assert column.type == _type(typing.get_type_hints(Record)[column.name])


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_a_column_says_in_one_sentence_what_it_means(column: typing.Any) -> None:
    assert re.fullmatch(r"[A-Z].{5,110}\.", column.description)


def test_the_columns_of_a_group_stand_together() -> None:
    groups = [group for group, _ in itertools.groupby(column.group for column in COLUMNS)]
    assert len(groups) == len(set(groups))


def test_child_tables_unfold_lists() -> None:
    kinds = {column.name: column.type for column in COLUMNS}
    assert all(kinds[column].startswith("list<") for column in CHILD_TABLES.values())


def test_everything_that_the_room_offers_can_be_had() -> None:
    assert all(getattr(records, name) is not None for name in records.__all__)
    with pytest.raises(AttributeError, match="nothing_such"):
        _ = records.nothing_such
