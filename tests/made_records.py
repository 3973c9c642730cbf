"""Any record that the types of its fields allow, for property tests."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from hypothesis import strategies as st

from zenodo_harvest.export.column_types import ListOf, Scalar, Shape, StructOf, shapes_of
from zenodo_harvest.records.record import (
    Alternate,
    Description,
    File,
    Funding,
    Imprint,
    Journal,
    Location,
    Meeting,
    Person,
    Record,
    RecordDate,
    Related,
    Subject,
    Title,
)

STRUCTS = {
    kind.__name__: kind
    for kind in (
        Alternate,
        Description,
        File,
        Funding,
        Imprint,
        Journal,
        Location,
        Meeting,
        Person,
        RecordDate,
        Related,
        Subject,
        Title,
    )
}
ODD_TEXT = st.text(alphabet=st.sampled_from("=+-@'\t\r\n\"\\;, ＝＋－＠\u00a0\ufeffab"), max_size=8)
PLAIN_TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
TEXT = PLAIN_TEXT | ODD_TEXT

SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "string": TEXT,
    "int64": st.integers(-(2**63), 2**63 - 1),
    "float64": st.floats(allow_nan=False, allow_infinity=False),
    "bool": st.booleans(),
    "timestamp": st.datetimes(timezones=st.just(UTC)),
    "date": st.dates(),
}


def values(shape: Shape) -> st.SearchStrategy[Any]:
    if isinstance(shape, Scalar):
        return st.none() | SCALARS[shape.name]
    if isinstance(shape, ListOf):
        inner = shape.item
        items = SCALARS[inner.name] if isinstance(inner, Scalar) else struct_values(inner)
        return st.lists(items, max_size=3).map(tuple)
    return st.none() | struct_values(shape)


def struct_values(shape: StructOf) -> st.SearchStrategy[Any]:
    return st.builds(STRUCTS[shape.name], **{name: values(part) for name, part in shape.fields})


RECORDS = st.builds(Record, **{name: values(shape) for name, shape in shapes_of(Record)})
