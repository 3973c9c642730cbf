"""`catalog`: communities over time, as tables, a page, a feed and what changed."""

from __future__ import annotations

import shlex
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

from typer import Argument, Option

from zenodo_harvest.cli.catalog_check import CheckOptions, tell_checks
from zenodo_harvest.cli.findings import pointing_at
from zenodo_harvest.cli.options import Filters, Query, Within, search_options
from zenodo_harvest.cli.output import show_rows, write_json, write_text
from zenodo_harvest.cli.session import Session
from zenodo_harvest.errors import UsageError, ZenodoHarvestError

if TYPE_CHECKING:
    from zenodo_harvest.catalog import Catalog
    from zenodo_harvest.client import Client

LATEST, PAGE = "latest", "index.html"
Folder = Annotated[Path, Argument(metavar="FOLDER", help="The folder of the catalogue.", show_default=False)]
Folders = Annotated[
    list[Path], Argument(metavar="FOLDER…", help="The folders of catalogues.", show_default=False)
]


class Catalogs:
    """Catalogues by their folders, each with the client of its site; used as a context manager.

    Args:
        session: The command's session; a site that it names has to be that of the catalogue.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._stack = ExitStack()
        self._clients: dict[str, Client] = {}

    def at(self, folder: Path) -> Catalog:
        """Return the catalogue in a folder.

        Raises:
            NotFound: The folder is no catalogue.
            UsageError: It cannot be read, or is of another site.
        """
        from zenodo_harvest.catalog import read_config

        site, asked = read_config(folder).site, self._session.site
        if asked not in (None, site):
            raise UsageError(
                f"{str(folder)!r} is a catalogue of {site}.",
                hint=f"Leave --site {asked} out, or make another.",
            )
        if site not in self._clients:
            self._clients[site] = self._stack.enter_context(replace(self._session, site=site).client())
        return self._clients[site].catalog(folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()


def init(
    session: Session,
    folder: Folder,
    within: Within,
    filters: Filters,
    title: Annotated[
        str | None,
        Option("--title", metavar="TEXT", help="Its title; else that of its community.", show_default=False),
    ] = None,
    query: Query = "",
) -> None:
    """Make a folder a catalogue of communities or of a search.

    Nothing is fetched before `catalog sync`. What was asked for stands in
    FOLDER/catalog.toml, which you may change.

    Examples:
      zenodo-harvest catalog init demo-catalog --community enes-data-space
      zenodo-harvest catalog init theses 'climate' --subtype thesis
    """
    with session.client() as client, pointing_at(query, session):
        client.catalog(folder).init(query, title=title, **search_options(within, filters))
    session.progress.note(f"Next: zenodo-harvest catalog sync {shlex.quote(str(folder))}")


def sync(
    session: Session,
    folders: Folders,
    full: Annotated[
        bool,
        Option("--full", metavar="", help="Read all pages again, and note views and downloads now."),
    ] = False,
    keep: Annotated[
        int | None,
        Option(
            "--keep",
            metavar="N",
            min=1,
            help="Keep so many of the newest snapshots; else as catalog.toml says.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Bring catalogues up to date.

    One line says of each what came of it. FOLDER/latest/ holds the tables, the page
    index.html, the feed, what changed and what needs a hand. It is replaced as a whole:
    stopped at any moment it is as it was. If one fails the others are synced all the
    same.

    Examples:
      zenodo-harvest catalog sync demo-catalog
      zenodo-harvest catalog sync catalogs/*
    """
    from zenodo_harvest.catalog import sync_all

    failures: list[tuple[Path, ZenodoHarvestError]] = []
    with Catalogs(session) as catalogs:
        found = []
        for folder in folders:
            try:
                found.append(catalogs.at(folder))
            except ZenodoHarvestError as error:
                failures.append((folder, error))
        for catalog, came in sync_all(found, full=full, keep=keep):
            if isinstance(came, ZenodoHarvestError):
                failures.append((catalog.folder, came))
                continue
            write_text(f"{came}\n")
            session.progress.note(f"Open {catalog.folder / LATEST / PAGE}")
            try:
                came.check()
            except ZenodoHarvestError as error:
                failures.append((catalog.folder, error))
    failures.sort(key=lambda failure: folders.index(failure[0]))
    for folder, failed in failures if len(folders) > 1 else ():
        session.progress.note(f"{folder}: {failed.message}")
    if failures:
        raise failures[0][1]


def diff(
    session: Session,
    before: Annotated[Path, Argument(metavar="A", help="A snapshot, or a catalogue.", show_default=False)],
    after: Annotated[Path, Argument(metavar="B", help="A later one.", show_default=False)],
) -> None:
    """Tell what changed between two snapshots.

    Name folders below snapshots/, or catalogues for their last ones.

    Example:
      zenodo-harvest catalog diff demo-catalog/snapshots/2026-11-22T03-00-00Z demo-catalog
    """
    from zenodo_harvest.catalog import diff as changes_of
    from zenodo_harvest.catalog import in_counts

    changes = changes_of(before, after)
    if session.outside.shows_tables:
        rows = [
            {
                "change": each.kind,
                "id": each.id,
                "title": each.title,
                "what": ", ".join(field.name for field in each.fields) or each.previous_id or each.reason,
            }
            for each in changes
        ]
        show_rows(rows, (), session)
    else:
        for each in changes:
            write_json(asdict(each))
    session.progress.note(in_counts(changes) or "Nothing changed.")


def check(session: Session, folder: Folder, options: CheckOptions) -> None:
    """Tell what a curator would mend.

    The exit code is 2 if a finding is as grave as --fail-on says. Rules are switched
    off in catalog.toml. With a token also what waits for a community is told.

    Example:
      zenodo-harvest catalog check demo-catalog --fail-on warning
    """
    options.check()
    with Catalogs(session) as catalogs:
        findings = catalogs.at(folder).check()
    tell_checks(findings, options, session)
