"""`schema`: the data dictionary."""

from __future__ import annotations

from typing import Annotated, Literal, cast, get_args

from typer import Option

from zenodo_harvest.bars import terminal_width
from zenodo_harvest.cli.output import print_lines, show_rows, write_text
from zenodo_harvest.cli.session import Session

_NARROWEST = 25
"""With less room than this to the right of the names, a meaning goes on below them."""
Format = Literal["table", "markdown", "json"]


def schema(
    session: Session,
    form: Annotated[
        str | None,
        Option(
            "--format",
            metavar="FORMAT",
            help="table, markdown or json; else a table on a terminal, JSON Lines in a pipe.",
            show_default=False,
            autocompletion=lambda: list(get_args(Format)),
        ),
    ] = None,
) -> None:
    """Show the data dictionary: every column and its meaning.

    Example:
      zenodo-harvest schema --format markdown
    """
    from zenodo_harvest.export import data_dictionary, dictionary_rows

    if form is None and not session.outside.shows_tables:
        show_rows(dictionary_rows(), (), session)
        return
    text = data_dictionary(cast("Format", form or "table"))
    if session.outside.shows_tables and form in (None, "table"):
        print_lines(_parted(line, terminal_width()) for line in text.splitlines())
    else:
        write_text(text if text.endswith("\n") else f"{text}\n")


def _parted(line: str, width: int) -> list[tuple[str, str]]:
    """Return a line as what stands before its last column, and the rest, which is broken beside that."""
    words = line.rpartition("  ")[2]
    if width - len(line) + len(words) < _NARROWEST:
        words = line.lstrip(" ")
    return [(line[: len(line) - len(words)], ""), (words, "")]
