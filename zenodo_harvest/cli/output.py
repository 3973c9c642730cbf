"""Where rows go: a table for a person, JSON Lines for a pipe, files with a summary on stderr."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zenodo_harvest.cli.options import Extent, Outputs
from zenodo_harvest.cli.session import Session
from zenodo_harvest.cli.table import Column, card_of, record_card, record_columns, table_of
from zenodo_harvest.client import PREVIEW_ROWS
from zenodo_harvest.display import breaks, count, size, with_problems
from zenodo_harvest.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from zenodo_harvest.records import Record

GLANCE_ROWS = 10


def deliver(results: Any, outputs: Outputs, extent: Extent, session: Session) -> None:
    """Send the records of a search where the options say, and tell people the rest.

    Args:
        results: What `Client.search` returned.
        outputs: Files and columns.
        extent: Whether all records are wanted, the first N, or a look at them; a pipe gets all.
        session: The command's session.
    """
    if outputs.output:
        _glance(results, outputs, extent, session)
        save(results, outputs, session)
    elif extent.is_look and session.outside.shows_tables:
        if outputs.raw:
            raise UsageError("--raw shows nothing in a first look.", hint="Add -o FILE, --all or --limit N.")
        show_records(results.preview(PREVIEW_ROWS), outputs, session)
        _tell_more(results, session)
    else:
        show_records(results.walk(keep_raw=outputs.raw), outputs, session)
        session.progress.note(f"{_found(results.total, extent.limit)}.")


def save(results: Any, outputs: Outputs, session: Session) -> None:
    """Write the records to the files asked for, and say what each holds."""
    tell_files(results.save(*outputs.output, **outputs.save_options()), outputs.folder, session)


def tell_files(receipt: Any, folder: Path, session: Session) -> None:
    """Say what each file of a receipt holds, all of which lie in one folder."""
    for written in receipt.outputs:
        tell_file(folder / written.path, written.rows, written.size_bytes, session)


def tell_file(path: Path, rows: int | None, size_bytes: int, session: Session) -> None:
    """Say what a finished file holds."""
    held = "" if rows is None else f"{count(rows, 'row')}, "
    session.progress.note(f"{os.path.normpath(path)}: {held}{size(size_bytes)}")


def tell_problems(rows: int, session: Session) -> None:
    """Say how many rows deserve a look."""
    if rows:
        session.progress.note(with_problems(rows))


def show_records(records: Iterable[Record], outputs: Outputs, session: Session) -> None:
    """Write records to stdout: a table on a terminal, JSON Lines in a pipe."""
    if session.outside.shows_tables:
        rows = list(records)
        if rows:
            _print_records(rows, outputs, _console())
    else:
        from zenodo_harvest.export import write_jsonl

        write_jsonl(sys.stdout, records, outputs.column_names, raw=outputs.raw)


def show_record(record: Record, outputs: Outputs, session: Session) -> None:
    """Write one record to stdout: its columns below each other on a terminal, JSON in a pipe."""
    if session.outside.shows_tables:
        _console().print(record_card(record, outputs.column_names))
    else:
        show_records([record], outputs, session)


def show_rows(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column], session: Session) -> None:
    """Write plain rows to stdout: a table on a terminal, JSON Lines in a pipe."""
    if session.outside.shows_tables:
        console = _console()
        console.print(table_of(rows, columns, console))
    else:
        for row in rows:
            write_json(row)


def show_facts(facts: Mapping[str, Any], session: Session) -> None:
    """Write one thing to stdout: its facts below each other on a terminal, JSON in a pipe."""
    if session.outside.shows_tables:
        _console().print(card_of(facts))
    else:
        write_json(facts)


def print_lines(lines: Iterable[Sequence[tuple[str, str]]]) -> None:
    """Write lines to stdout, each a sequence of pieces of text and their styles, the first its heading.

    A terminal gets them broken between words, and indented as the heading is long.
    """
    from rich.text import Text

    console = _console()
    for head, *rest in lines:
        text, indent = Text.assemble(*rest), len(head[0])
        width = console.width - indent if console.is_terminal else len(text)
        for number, line in enumerate(text.divide(breaks(text.plain, width))):
            line.rstrip()
            console.print(Text.assemble(" " * indent if number else head, line), soft_wrap=True)


def write_text(text: str) -> None:
    """Write text to stdout as it is, at once."""
    sys.stdout.write(text)
    sys.stdout.flush()


def write_json(value: Mapping[str, Any]) -> None:
    """Write one thing to stdout as a line of JSON."""
    line = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_json_of) + "\n"
    sys.stdout.flush()
    sys.stdout.buffer.write(line.encode("utf-8", "replace"))


def _json_of(value: object) -> str:
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else str(value)


def _glance(results: Any, outputs: Outputs, extent: Extent, session: Session) -> None:
    """Show people the first records and what all of them will take, before they are fetched."""
    if session.quiet:
        return
    records = results.preview(GLANCE_ROWS)
    if extent.limit is None and results.total > results.most:
        return  # fetching refuses it, and says why
    if records:
        _print_records(records, outputs, _console(stderr=True))
    shown = f" The first {len(records)} are shown." if results.total > len(records) else ""
    cost = f" Fetching takes {results.cost}." if results.total else ""
    session.progress.note(f"{_found(results.total, extent.limit)}.{shown}{cost}")


def _tell_more(results: Any, session: Session) -> None:
    """Say how many records there are, and what all of them would take."""
    more = ""
    if results.total > results.most:
        more = f" More than {results.most:,} can only be had by `harvest`: {results.cost}."
    elif results.total > PREVIEW_ROWS:
        more = f" All of them take {results.cost}: add --all, or -o FILE to write them to a file."
    session.progress.note(f"{_found(results.total, PREVIEW_ROWS)}.{more}")


def _found(total: int, limit: int | None) -> str:
    """Return how many records there are, and how many of them are wanted."""
    if not total:
        return "No record matches"
    wanted = "" if limit is None or limit >= total else f"The first {limit:,} of "
    return f"{wanted}{count(total, 'record')}"


def _print_records(records: Sequence[Record], outputs: Outputs, console: Console) -> None:
    console.print(table_of(records, record_columns(outputs.column_names), console))


def _console(*, stderr: bool = False) -> Console:
    from rich.console import Console

    return Console(stderr=stderr, highlight=False)
