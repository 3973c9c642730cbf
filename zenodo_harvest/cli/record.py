"""`record`: records by name."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from typer import Argument, Option

from zenodo_harvest.cli.options import Outputs
from zenodo_harvest.cli.output import save, show_record, show_records
from zenodo_harvest.cli.session import Session
from zenodo_harvest.display import count
from zenodo_harvest.errors import LocalError, NotFound, UsageError

_NAMED = 5
_NOTHING = ("n/a", "na", "nan", "none", "null", "-", "--", "?", "\u2013", "\u2014", "#n/a")
"""What people and programs write into a cell that is empty."""


def record(
    session: Session,
    outputs: Outputs,
    list_file: Annotated[
        Path | None,
        Option("--from", metavar="FILE", help="A list, one or more a line or a column of a CSV; - is stdin."),
    ] = None,
    refs: Annotated[
        list[str] | None, Argument(metavar="REF...", help="Record or concept id, DOI or address.")
    ] = None,
) -> None:
    """Fetch single records by id, DOI or address.

    Examples:
      zenodo-harvest record 10.5281/zenodo.7078768
      zenodo-harvest record --from dois.csv -o records.parquet
    """
    outputs.check()
    outputs.check_sources([list_file] if list_file else [])
    wanted = [*(refs or ())]
    unread: tuple[str, ...] = ()
    if list_file is not None:
        listed, unread = _read_list(list_file)
        wanted += listed
        if unread:
            session.progress.note(f"{_passed_over(unread)}.")
    if not wanted:
        raise UsageError(
            "No record is named.", hint="Give an id, a DOI or an address, or a list with --from."
        )
    with session.client() as client:
        if len(wanted) == 1 and not outputs.output and not outputs.raw:
            show_record(client.record(wanted[0]), outputs, session)
            _check_unread(unread)
            return
        results = client.records(wanted, unread=unread)
        results.tells_missing = False  # the error at the end does
        if outputs.output:
            save(results, outputs, session)
        else:
            show_records(results.walk(keep_raw=outputs.raw), outputs, session)
        _check_missing(results, unread)


def _read_list(file: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the references of a list, and its values that should be some and are none."""
    from zenodo_harvest.client import read_refs

    listed = read_refs(read_text(file))
    return listed.refs, tuple(value for value in listed.skipped if value.lower() not in _NOTHING)


def _passed_over(unread: Sequence[str]) -> str:
    more = f" and {len(unread) - _NAMED:,} more" if len(unread) > _NAMED else ""
    values = f"{count(len(unread), 'value')} that name{'s' if len(unread) == 1 else ''} no record"
    return f"Passed over {values}: {', '.join(unread[:_NAMED])}{more}"


def read_text(file: Path) -> str:
    """Return the text of a file, ``-`` meaning stdin.

    Raises:
        LocalError: It cannot be read as text.
    """
    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LocalError(f"{str(file)!r} is not text in UTF-8.", hint="Save it as UTF-8 first.") from error
    except OSError as error:
        raise LocalError(
            f"{str(file)!r} cannot be read: {error.strerror or error}.",
            hint="Check its path and permissions.",
        ) from error


def _check_unread(unread: Sequence[str]) -> None:
    if unread:
        raise NotFound(
            f"{_passed_over(unread)}.",
            hint="The others are complete. Correct these in the list, or empty them.",
        )


def _check_missing(results: Any, unread: Sequence[str]) -> None:
    if results.missing:
        missed = results.missed()
        if unread:
            missed.hint = f"{_passed_over(unread)}. {missed.hint}"
        raise missed
    _check_unread(unread)
