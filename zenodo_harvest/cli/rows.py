"""Rows that are no records: a table for a person, JSON Lines in a pipe, files by option."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Option

from zenodo_harvest.cli.options import Force, output_path, split_names
from zenodo_harvest.cli.output import show_rows, tell_files, write_json
from zenodo_harvest.cli.session import Session
from zenodo_harvest.cli.table import NEVER_CUT, Column
from zenodo_harvest.errors import UsageError

if TYPE_CHECKING:
    from zenodo_harvest.export import Field


@dataclass(frozen=True, slots=True)
class RowOutputs:
    """Where rows go."""

    output: Annotated[
        list[Path],
        Option(
            "--output",
            "-o",
            parser=output_path,
            metavar="FILE",
            help="Write them to this file: .parquet, .csv, .jsonl (or .csv.gz, .jsonl.gz); repeat for more.",
            show_default=False,
        ),
    ] = field(default_factory=list)
    columns: Annotated[
        str | None,
        Option("--columns", metavar="A,B,C", help="These columns, in this order.", show_default=False),
    ] = None
    force: Force = False


def deliver_rows(
    rows: Iterable[Mapping[str, Any]],
    name: str,
    fields: Sequence[Field],
    shown: Sequence[Column],
    outputs: RowOutputs,
    session: Session,
) -> int:
    """Send rows where the options say, and return how many there were.

    Args:
        rows: The rows.
        name: What the table is called in the metadata of Parquet.
        fields: Its columns.
        shown: What a terminal shows of it.
        outputs: Files and columns.
        session: The command's session.

    Raises:
        UsageError: A column or an output cannot be used.
        LocalError: An output cannot be written.
    """
    wanted = _wanted(fields, outputs.columns)
    if outputs.output:
        return _write(rows, name, wanted, outputs, session)
    if session.outside.shows_tables:
        found = list(rows)
        if found:
            show_rows(found, _shown(shown, wanted, outputs.columns), session)
        return len(found)
    count = 0
    for row in rows:
        count += 1
        write_json({each.name: row[each.name] for each in wanted})
    return count


def _write(
    rows: Iterable[Mapping[str, Any]],
    name: str,
    fields: Sequence[Field],
    outputs: RowOutputs,
    session: Session,
) -> int:
    from zenodo_harvest.export import TableReceipt, open_rows, write_receipt

    with open_rows(outputs.output, name, fields, overwrite=outputs.force) as sink:
        sink.write([tuple(row[each.name] for each in fields) for row in rows])
        receipt = TableReceipt(
            site=session.site_name, sources=(name,), retrieved_at=session.outside.now(), rows=sink.rows
        )
        receipt = write_receipt(receipt, sink)
    tell_files(receipt, outputs.output[0].parent, session)
    return sink.rows


def _wanted(fields: Sequence[Field], columns: str | None) -> tuple[Field, ...]:
    if columns is None:
        return tuple(fields)
    known = {each.name: each for each in fields}
    names = split_names(columns)
    if not names:
        raise UsageError("No column was named.", hint=f"There are {', '.join(known)}.")
    for name in names:
        if name not in known:
            raise UsageError(f"There is no column {name!r}.", hint=f"There are {', '.join(known)}.")
    return tuple(known[name] for name in names)


def _shown(shown: Sequence[Column], wanted: Sequence[Field], columns: str | None) -> Sequence[Column]:
    if columns is None:
        return shown
    return [Column(each.name, itemgetter(each.name), keeps_width=each.name in NEVER_CUT) for each in wanted]
