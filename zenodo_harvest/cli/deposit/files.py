"""`deposit files|file|download|upload|rename|remove|sort`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from zenodo_harvest.cli.deposit.consent import Yes, make_sure
from zenodo_harvest.cli.deposit.shown import FILES, Key, Ref, file_fields, show_thing, tell_notes
from zenodo_harvest.cli.options import Force
from zenodo_harvest.cli.output import show_rows
from zenodo_harvest.cli.rows import RowOutputs, deliver_rows
from zenodo_harvest.cli.session import Session
from zenodo_harvest.display import size

_GB = 1_000_000_000


def files(session: Session, ref: Ref, outputs: RowOutputs) -> None:
    """List the files of a deposit.

    Example:
      zenodo-harvest deposit files 7078768
    """
    with session.client() as client:
        rows = [file.facts() for file in client.deposits.files(ref)]
    deliver_rows(rows, "files", file_fields(), FILES, outputs, session)
    if not rows:
        session.progress.note("It has no files.")


def file(session: Session, ref: Ref, key: Key) -> None:
    """Show one file of a deposit.

    Example:
      zenodo-harvest deposit file 7078768 frost.nc
    """
    with session.client() as client:
        show_thing(client.deposits.file(ref, key), session)


def download(
    session: Session,
    ref: Ref,
    key: Key,
    output: Annotated[
        Path | None,
        Option(
            "--output",
            "-o",
            metavar="FILE",
            help="The file to write, or a folder; else one of its name in the current folder.",
            show_default=False,
        ),
    ] = None,
    force: Force = False,
) -> None:
    """Bring one file to the disk, verified by its md5.

    Example:
      zenodo-harvest deposit download 7078768 frost.nc -o copy.nc
    """
    with session.client() as client:
        path = client.deposits.download(ref, key, output, overwrite=force)
    session.progress.note(f"{path}: {size(path.stat().st_size)}, md5 verified.")


def upload(
    session: Session,
    ref: Ref,
    paths: Annotated[list[Path], Argument(metavar="PATH…", help="The files.", show_default=False)],
    key: Annotated[
        str | None,
        Option("--as", metavar="KEY", help="Its name in the deposit, if it is one file.", show_default=False),
    ] = None,
    replace: Annotated[
        bool, Option("--replace", metavar="", help="Put it in the place of another file of its name.")
    ] = False,
    multipart: Annotated[
        bool,
        Option("--multipart", metavar="", help="Send a form as the oldest clients do, up to 100 MiB."),
    ] = False,
    quota_gb: Annotated[
        float, Option("--quota-gb", metavar="GB", min=0, help="What the record may hold, if it was raised.")
    ] = 50,
) -> None:
    """Upload files to a draft, verified by md5; the same file that is there is not sent again.

    Examples:
      zenodo-harvest deposit upload 7078768 frost.nc README.md
      zenodo-harvest deposit upload 7078768 new.nc --as frost.nc --replace
    """
    with session.client() as client:
        done = client.deposits.upload(
            ref,
            *paths,
            key=key,
            replace=replace,
            multipart=multipart,
            quota_bytes=int(quota_gb * _GB),
        )
    for each in done:
        tell_notes(each.notes, session)
        how = "was there already." if each.was_there else "uploaded, md5 verified."
        session.progress.note(f"{each.file.key}: {size(each.file.size_bytes or 0)}, {how}")
    show_rows([each.facts() for each in done], FILES, session)


def rename(
    session: Session,
    ref: Ref,
    key: Key,
    new: Annotated[str, Argument(metavar="NEW", help="Its new name.")],
    source: Annotated[
        Path | None,
        Option(
            "--from",
            metavar="FILE",
            help="The same file on this disk: it is not brought first.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Give a file of a draft another name.

    The server renames nothing: the file is sent again under its new name, and the old
    one is removed when the md5 of the new one is confirmed.

    Example:
      zenodo-harvest deposit rename 7078768 frost.nc frost-days.nc --from frost.nc
    """
    with session.client() as client:
        show_thing(client.deposits.rename(ref, key, new, source=source), session)


def remove(session: Session, ref: Ref, key: Key, yes: Yes = False) -> None:
    """Remove a file from a draft.

    Example:
      zenodo-harvest deposit remove 7078768 frost.nc --yes
    """
    with session.client() as client:
        found = client.deposits.file(ref, key)
        make_sure(f"{found.key!r} would be removed for good.", session, yes=yes)
        client.deposits.remove(ref, key)
    session.progress.note(f"{found.key} was removed.")


def sort(
    session: Session,
    ref: Ref,
    keys: Annotated[list[str], Argument(metavar="KEY…", help="The files, in order.", show_default=False)],
) -> None:
    """Have a file shown first; the server keeps no order beyond that.

    Example:
      zenodo-harvest deposit sort 7078768 frost.nc README.md
    """
    with session.client() as client:
        show_thing(client.deposits.sort(ref, *keys), session)
