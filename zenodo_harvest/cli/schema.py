"""`schema`: the data dictionary."""

from __future__ import annotations

from typing import Annotated, Literal, cast, get_args

from typer import Option

from zenodo_harvest.cli.output import print_lines, show_rows, write_text
from zenodo_harvest.cli.session import Session

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
        lines = ((line, line.lstrip(" ")) for line in text.splitlines())
        print_lines([(line[: -len(words) or None], ""), (words, "")] for line, words in lines)
    else:
        write_text(text if text.endswith("\n") else f"{text}\n")
