"""`dump list|fetch|convert`: all records of a site in one archive."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

from typer import Argument, Option

from zenodo_harvest.cli.options import Force, Outputs
from zenodo_harvest.cli.output import show_rows, tell_file, tell_problems
from zenodo_harvest.cli.session import Session
from zenodo_harvest.cli.table import Column
from zenodo_harvest.display import count, size

if TYPE_CHECKING:
    from zenodo_harvest.dumps import Conversion

_PANEL = "Conversion"
_COLUMNS = (
    Column("Dump", lambda row: row["key"]),
    Column("Made", lambda row: row["created"].strftime("%Y-%m-%d %H:%M"), keeps_width=True),
    Column("Size", lambda row: size(row["size_bytes"]), keeps_width=True, is_number=True),
    Column("Newest", lambda row: row["is_head"], from_width=70),
    Column("Version", lambda row: row["version_id"], from_width=100),
)


def list_(session: Session) -> None:
    """List the dumps that the site offers.

    Example:
      zenodo-harvest dump list
    """
    with session.client() as client:
        found = client.dumps.list()
    show_rows([asdict(dump) for dump in found], _COLUMNS, session)
    if not found:
        session.progress.note("The site offers no dump at the moment.")


def fetch(
    session: Session,
    key: Annotated[str, Argument(metavar="KEY", help="The name of the dump, as `dump list` shows it.")],
    output: Annotated[
        str | None,
        Option(
            "--output",
            "-o",
            metavar="FILE",
            help="The file to write, or a folder; else the current folder.",
            show_default=False,
        ),
    ] = None,
    version: Annotated[
        str | None,
        Option("--dump-version", metavar="ID", help="A version other than the newest.", show_default=False),
    ] = None,
    force: Force = False,
) -> None:
    """Fetch a dump and verify it.

    What an interrupted transfer brought is kept beside it as .part, and taken up if
    the server can; Zenodo begins anew.

    Examples:
      zenodo-harvest dump fetch records-json.tar.gz
      zenodo-harvest dump fetch biosyslit/records-json.tar.gz -o biosyslit.tar.gz
    """
    with session.client() as client:
        fetched = client.dumps.fetch(key, output, version_id=version, overwrite=force)
    session.progress.note(
        f"{fetched.path}: {size(fetched.dump.size_bytes)}, made {fetched.dump.created:%Y-%m-%d}, "
        + ("was there already." if fetched.was_there else "md5 verified.")
    )


def convert(
    session: Session,
    source: Annotated[
        Path,
        Argument(metavar="FILE", help="A fetched dump: records-json.tar.gz, …-xml.tar.gz, …-deleted.csv.gz."),
    ],
    outputs: Outputs,
    partition_by: Annotated[
        str | None,
        Option(
            "--partition-by",
            metavar="year",
            help="Make -o a folder with a Parquet file for each year of created (in XML: of publication).",
            rich_help_panel=_PANEL,
            show_default=False,
            autocompletion=lambda: ["year"],
        ),
    ] = None,
    workers: Annotated[
        int | None,
        Option(
            "--workers",
            metavar="N",
            min=1,
            help="How many share the work; all cores unless given.",
            rich_help_panel=_PANEL,
            show_default=False,
        ),
    ] = None,
    dask: Annotated[
        str | None,
        Option(
            "--dask",
            metavar="ADDRESS",
            help="Let the Dask cluster of this scheduler do the work: tcp://host:8786.",
            rich_help_panel=_PANEL,
            show_default=False,
        ),
    ] = None,
) -> None:
    """Turn a fetched dump into a table, with all cores.

    Examples:
      zenodo-harvest dump convert records-json.tar.gz -o records.parquet
      zenodo-harvest dump convert records-xml.tar.gz -o records --partition-by year
      zenodo-harvest dump convert records-deleted.csv.gz -o deleted.parquet
    """
    with ExitStack() as stack:
        client = stack.enter_context(session.client())
        executor = None
        if dask is not None:
            from zenodo_harvest.dumps import dask_cluster

            executor, workers = stack.enter_context(dask_cluster(dask))
        done = client.dumps.convert(
            source,
            *outputs.output,
            partition_by=cast("Literal['year'] | None", partition_by),
            workers=workers,
            executor=executor,
            save=outputs.save_options(),
        )
    _tell(done, session)


def _tell(done: Conversion, session: Session) -> None:
    """Say what was written, and what in it deserves a look."""
    for path in done.paths:
        tell_file(path, done.rows, _size_bytes(path), session)
    tell_problems(done.rows_with_problems, session)
    if done.duplicates:
        session.progress.note(f"{count(done.duplicates, 'row')} with the id of a row before.")
    if done.skipped:
        session.progress.note(f"{count(done.skipped, 'entry')} of the archive, no files, skipped.")


def _size_bytes(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files)
