"""The data dictionary: what each column means, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from itertools import groupby
from typing import Any, Literal

from zenodo_harvest.errors import UsageError
from zenodo_harvest.export.column_types import ListOf, Shape, StructOf
from zenodo_harvest.export.tables import record_fields
from zenodo_harvest.records import COLUMNS, SCHEMA_VERSION

Format = Literal["table", "markdown", "json"]


def dictionary_rows() -> tuple[dict[str, Any], ...]:
    """Return one entry for each column, in the order of the table.

    An entry has ``name``, ``type``, ``group``, ``description`` and, for a struct or a list of structs,
    ``fields``: the name and type of each of its parts.
    """
    return tuple(
        {
            "name": column.name,
            "type": column.type,
            "group": column.group,
            "description": column.description,
            "fields": _parts(record_fields()[column.name].shape),
        }
        for column in COLUMNS
    )


@cache
def dictionary_version() -> str:
    """Return a short fingerprint of the data dictionary: it changes when any word of it does."""
    return sha256(data_dictionary("json").encode()).hexdigest()[:12]


def data_dictionary(fmt: Format = "table") -> str:
    """Return the data dictionary as text: an aligned ``table``, ``markdown`` or ``json``.

    Raises:
        UsageError: `fmt` is none of these.
    """
    if fmt == "json":
        rows = dictionary_rows()
        return json.dumps({"schema_version": SCHEMA_VERSION, "columns": rows}, indent=2, ensure_ascii=False)
    if fmt == "markdown":
        return column_markdown(dictionary_rows())
    if fmt == "table":
        return _table()
    raise UsageError(f"The data dictionary has no format {fmt!r}.", hint="Use table, markdown or json.")


def column_markdown(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return columns as a Markdown table; `rows` are entries as `dictionary_rows` has them."""
    text = ["| Group | Column | Type | Meaning |", "|:--|:--|:--|:--|"]
    for line in _lines(rows):
        group, name, kind, description = (cell.replace("|", "\\|") for cell in line)
        text.append(f"| {group} | `{name}` | `{kind}` | {description} |")
    return "\n".join(text) + "\n"


def _parts(shape: Shape) -> list[dict[str, str]]:
    inner = shape.item if isinstance(shape, ListOf) else shape
    if not isinstance(inner, StructOf):
        return []
    return [{"name": name, "type": str(part)} for name, part in inner.fields]


def _lines(rows: Iterable[Mapping[str, Any]]) -> list[tuple[str, str, str, str]]:
    """Return group, name, type and description of each column and, below it, of each of its parts."""
    lines = []
    for row in rows:
        lines.append((row["group"], row["name"], row["type"], row["description"]))
        joint = "[]." if row["type"].startswith("list") else "."
        lines += [
            (row["group"], f"{row['name']}{joint}{part['name']}", part["type"], "") for part in row["fields"]
        ]
    return lines


def _table() -> str:
    lines = _lines(dictionary_rows())
    name_width = max(len(name) for _, name, _, _ in lines)
    type_width = max(len(kind) for _, _, kind, _ in lines)
    text = []
    for group, members in groupby(lines, key=lambda line: line[0]):
        text.append(f"{group}:")
        text += [
            f"  {name:{name_width}}  {kind:{type_width}}  {description}".rstrip()
            for _, name, kind, description in members
        ]
    return "\n".join(text) + "\n"
