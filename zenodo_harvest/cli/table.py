"""Rows as tables for people; whatever a server wrote is shown as plain text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from zenodo_harvest.display import one_line, printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from zenodo_harvest.records import Record

_LIST_JOINT = "; "
_FOR_PROGRAMS = frozenset({"description_html", "extra", "raw"})
NEVER_CUT = frozenset({"id", "concept_id", "doi", "concept_doi"})
"""Columns whose values are of no use in part."""
_BRIEF = {"Person": ("name", "orcid", "role", "affiliations"), "File": ("key", "size_bytes")}
"""What is shown of a struct where not everything in it is for people."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table on a terminal.

    Attributes:
        title: Its heading.
        value: What it shows of a row.
        from_width: The narrowest terminal it is shown on.
        keeps_width: Whether it is never cut.
        max_width: Where it is cut however wide the terminal is.
        is_number: Whether it is aligned to the right.
    """

    title: str
    value: Callable[[Any], Any]
    from_width: int = 0
    keeps_width: bool = False
    max_width: int | None = None
    is_number: bool = False


RECORD_COLUMNS = (
    Column("DOI", lambda record: record.doi or record.id, keeps_width=True),
    Column("Title", lambda record: record.title),
    Column("Date", lambda record: record.publication_date, from_width=60, max_width=21),
    Column("Type", lambda record: record.resource_type, from_width=100, max_width=26),
    Column(
        "First creator",
        lambda record: record.creators[0].name if record.creators else None,
        from_width=120,
        max_width=24,
    ),
)


def record_columns(names: Sequence[str] | None) -> tuple[Column, ...]:
    """Return the columns that `names` ask for, or those that suit the terminal."""
    if names is None:
        return RECORD_COLUMNS
    return tuple(Column(name, _getter(name), keeps_width=name in NEVER_CUT) for name in names)


def table_of(rows: Iterable[Any], columns: Sequence[Column], console: Console) -> Table:
    """Return a table of `rows`, one line each, that fits the width of `console`."""
    from rich import box
    from rich.table import Table

    shown = [column for column in columns if console.width >= column.from_width]
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    lines = [[one_line(cell(column.value(row))) for column in shown] for row in rows]
    for column in shown:
        table.add_column(
            column.title,
            no_wrap=column.keeps_width,
            justify="right" if column.is_number else "left",
            max_width=column.max_width,
        )
    for line in lines:
        table.add_row(*(_plain(text, is_cut=True) for text in line))
    return table


def card_of(facts: Mapping[str, Any]) -> Table:
    """Return one thing as a list of its facts, those without a value left out."""
    from rich.table import Table

    card = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    card.add_column(no_wrap=True, style="bold")
    card.add_column(overflow="fold")
    for name, value in facts.items():
        if text := printable(cell(value, joint="\n")).strip():
            card.add_row(name, _plain(text))
    return card


def record_card(record: Record, names: Sequence[str] | None) -> Table:
    """Return one record as a list of its columns; without `names` those that are for people."""
    shown = names or [name for name in record.__struct_fields__ if name not in _FOR_PROGRAMS]
    return card_of({name: getattr(record, name) for name in shown})


def cell(value: Any, joint: str = _LIST_JOINT) -> str:
    """Return the text of one value: lists joined, nothing for null."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, tuple | list):
        return joint.join(filter(None, map(cell, value)))
    if parts := _BRIEF.get(type(value).__name__) or getattr(value, "__struct_fields__", None):
        return ", ".join(filter(None, (cell(getattr(value, part)) for part in parts)))
    return str(value)


def _getter(name: str) -> Callable[[Any], Any]:
    return lambda record: getattr(record, name)


def _plain(text: str, *, is_cut: bool = False) -> Text:
    from rich.text import Text

    return Text(text, no_wrap=is_cut, overflow="ellipsis" if is_cut else None)
