"""`Catalog`: the catalogue of communities, or of a saved search, in a folder of plain files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from zenodo_harvest.catalog.change import Change
from zenodo_harvest.catalog.checks import findings_of
from zenodo_harvest.catalog.config import CONFIG, CatalogConfig, read_config
from zenodo_harvest.catalog.differences import changes_between
from zenodo_harvest.catalog.finding import Finding
from zenodo_harvest.catalog.history import HISTORY, History, Mover
from zenodo_harvest.catalog.latest import LATEST, LINES, ROWS
from zenodo_harvest.catalog.page import Series
from zenodo_harvest.catalog.plot import write_plot
from zenodo_harvest.catalog.rows import read_rows
from zenodo_harvest.catalog.snapshots import Snapshot, Snapshots, State
from zenodo_harvest.catalog.sync import JOURNAL, SNAPSHOTS, Sync, Synced, checks_for, pending_of
from zenodo_harvest.durable import lock, restore, write_text
from zenodo_harvest.errors import LocalError, NotFound, Refused, UsageError
from zenodo_harvest.harvest import Found, Gone, Harvest
from zenodo_harvest.http import Context
from zenodo_harvest.sites import NAMES, Site

if TYPE_CHECKING:
    from zenodo_harvest.deposit import Deposits
    from zenodo_harvest.query import Options

LOCK = ".catalog.lock"
_IGNORED = f"""# what a sync keeps for itself
{JOURNAL}*
{LOCK}
.zenodo-harvest*
"""


class Catalog:
    """The catalogue of communities, or of a saved search, in a folder of plain files.

    Args:
        folder: The folder.
        context: Returns where to ask.
        deposits: Returns one's own deposits, which know what waits for a community.
    """

    def __init__(
        self, folder: Path, context: Callable[[], Context], deposits: Callable[[], Deposits]
    ) -> None:
        self.folder = folder
        self._context = context
        self._deposits = deposits

    def __repr__(self) -> str:
        return f"<Catalog {str(self.folder)!r}>"

    @property
    def config(self) -> CatalogConfig:
        """What ``catalog.toml`` says.

        Raises:
            NotFound: The folder is no catalogue.
            UsageError: It cannot be read.
        """
        return read_config(self.folder)

    @property
    def snapshots(self) -> list[Snapshot]:
        """The snapshots, the oldest first."""
        return Snapshots(self.folder / SNAPSHOTS).all()

    @property
    def changes(self) -> list[Change]:
        """All changes that the snapshots know of, the newest first."""
        return Snapshots(self.folder / SNAPSHOTS).changes()

    @property
    def history(self) -> History:
        """Views and downloads over time."""
        return History(self.folder / HISTORY)

    def init(self, q: str = "", *, title: str | None = None, **options: Unpack[Options]) -> CatalogConfig:
        """Make the folder a catalogue; `sync` fills it.

        Args:
            q: The query as typed.
            title: Its title; None is that of its community, or its query.
            options: As for `Client.search`, but without `limit` and `sort`.

        Raises:
            QueryRefused: The query would not mean what it says.
            UsageError: An option cannot be used, or the whole site is asked for.
            UnknownCommunity: A community does not exist.
            Refused: The folder is a catalogue, or holds what a catalogue would replace.
            LocalError: It cannot be written.
        """
        for name in (CONFIG, LATEST, SNAPSHOTS, HISTORY):
            if (self.folder / name).exists():
                raise Refused(
                    f"{str(self.folder / name)!r} is there already.",
                    hint="Change what is in catalog.toml, or name another folder.",
                )
        context = self._context()
        config = CatalogConfig.of(_called(context.site), q, options, title)
        communities = Harvest(context, config.what()).communities
        for community in communities:
            context.progress.note(f"Community {community.slug}: {community.title}")
        write_text(self.folder / ".gitignore", _IGNORED)
        write_text(self.folder / CONFIG, config.to_toml())
        return config

    def sync(self, *, full: bool = False, keep: int | None = None) -> Synced:
        """Bring the catalogue up to date: what changed since the last time, and all of ``latest/``.

        Args:
            full: Read all pages again, and note views and downloads, though it is not time.
            keep: Keep so many of the newest snapshots; None is what ``catalog.toml`` says.

        Raises:
            Incomplete: Records are missing. They stay as they were, and ``latest/`` says so. Besides, what
                `attempt` raises.
        """
        synced = self.attempt(full=full, keep=keep)
        synced.check()
        return synced

    def attempt(self, *, full: bool = False, keep: int | None = None, shared: Found | None = None) -> Synced:
        """Bring the catalogue up to date, and return what came of it, complete or not.

        Args:
            full: As for `sync`.
            keep: As for `sync`.
            shared: What a harvest of more communities than these has just brought, as `sync_all` has it.

        Raises:
            NotFound: The folder is no catalogue.
            UnknownCommunity: A community does not exist.
            UsageError: ``catalog.toml`` cannot be used, or is of another site; or no snapshot is to be kept.
            LocalError: The disk does not allow it, or another run writes here.
            Refused: ``latest/`` is a link, which a folder would replace.
        """
        sync = self._sync
        if (self.folder / LATEST).is_symlink():
            raise Refused(
                f"{str(self.folder / LATEST)!r} is a link, and would be replaced by a folder.",
                hint="Remove it, and let the link lead there from elsewhere.",
            )
        if keep is not None and keep < 1:
            raise UsageError("A catalogue keeps at least one snapshot.", hint="Keep 1 or more.")
        with lock(self.folder / LOCK):
            restore(self.folder / LATEST)
            snapshots = Snapshots(self.folder / SNAPSHOTS)
            snapshots.restore()
            synced = sync.run(full=full, shared=shared)
            if keep := keep or self.config.snapshots.keep:
                snapshots.thin(keep)
        return synced

    @property
    def is_due(self) -> bool:
        """Whether the next sync reads all pages: it is the first, or views and downloads are to be noted."""
        return self._sync.is_due

    @property
    def context(self) -> Context:
        """Where to ask."""
        return self._context()

    @property
    def _sync(self) -> Sync:
        config, context = self.config, self._context()
        if config.site != _called(context.site):
            raise UsageError(
                f"{str(self.folder)!r} is a catalogue of {config.site}, and the client asks "
                f"{_called(context.site)}.",
                hint=f"Use a client of {config.site}, or make another catalogue.",
            )
        return Sync(self.folder, config, context, self._deposits)

    def check(self) -> list[Finding]:
        """Return what a curator would mend in ``latest/``; with a token also what waits for a community.

        Raises:
            NotFound: The folder is no catalogue, or was never synced.
        """
        config, rows, context = self.config, self._latest(LINES), self._context()
        communities = Harvest(context, config.what()).communities if context.transport.has_token else ()
        pending = pending_of(context, communities, self._deposits)
        return findings_of(read_rows(rows), checks_for(config, context, pending))

    def titles(self, movers: Iterable[Mover]) -> list[str | None]:
        """Return the title of each mover as ``latest/`` has it, or that of another version of it.

        Raises:
            NotFound: The catalogue was never synced.
            LocalError: The table cannot be read.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        path = self._latest(ROWS[0])
        try:
            rows = pq.read_table(path, columns=["id", "concept_id", "title"]).to_pylist()
        except (OSError, pa.ArrowException) as error:
            raise LocalError(f"{str(path)!r} cannot be read: {error}.", hint="Sync it again.") from error
        concepts = {row["concept_id"]: row["title"] for row in rows if row["concept_id"]}
        records = {row["id"]: row["title"] for row in rows}
        return [records.get(each.id, concepts.get(each.concept_id)) for each in movers]

    def plot(
        self,
        path: Path | str,
        by: str = "downloads",
        since: str | date | None = None,
        top: int = 10,
        *,
        overwrite: bool = False,
    ) -> None:
        """Draw the sum of one statistic over time, and that of what moved most.

        Args:
            path: An ``.svg``, or a ``.png``, which Matplotlib draws.
            by: The statistic.
            since: As for `History.movers`; what moved since then is drawn from the first time on.
            top: So many that rose most, and so many that dropped most.
            overwrite: Replace a file.

        Raises:
            NotFound: The catalogue was never synced, or has no figures yet.
            UsageError: An argument cannot be used.
            Refused: The file is there already.
            LocalError: The disk does not allow it.
        """
        history = self.history
        movers, sums = history.movers(by, since, top), history.sums(by)
        titles = self.titles(movers)
        if not sums:
            raise NotFound(f"No {by} are known yet.", hint="`catalog sync --full` takes them.")
        before = dict(sums).get(history.since(since) or sums[0][0])
        drawn = [Series("All records", str(Mover("", None, before, sums[-1][1])), sums)]
        for mover, title, points in zip(movers, titles, history.series(movers, by), strict=True):
            drawn.append(Series(title or mover.id, str(mover), points))
        write_plot(Path(path), drawn, by.replace("_", " "), overwrite=overwrite)

    def _latest(self, name: str) -> Path:
        path = self.folder / LATEST / name
        if not path.is_file():
            raise NotFound(
                f"{str(self.folder)!r} was never synced.", hint="Run `zenodo-harvest catalog sync`."
            )
        return path


def _called(site: Site) -> str:
    """Return what ``catalog.toml`` calls a site."""
    return site.name if site.name in NAMES else site.url


def diff(before: Path, after: Path) -> tuple[Change, ...]:
    """Return what changed between two snapshots, each its folder or that of a catalogue, whose last it is.

    Raises:
        NotFound: One is neither.
        LocalError: A snapshot cannot be read.
    """
    former, latter = _state(before), _state(after)
    was, now = former.snapshot, latter.snapshot
    if was is None or now is None:
        raise NotFound(f"{str(before if was is None else after)!r} has no snapshot.", hint="Sync it first.")
    logged = Snapshots(latter.folder).changes()
    gone = {each.id: Gone(each.id, "deleted", each.reason) for each in logged if each.kind == "deleted"}
    return changes_between(
        former,
        latter,
        gone=gone,
        communities=now.slugs,
        found_at=now.taken_at,
        is_same_schema=was.schema_version == now.schema_version,
    )


def _state(path: Path) -> State:
    if (path / CONFIG).is_file():
        return Snapshots(path / SNAPSHOTS).state()
    snapshots = Snapshots(path.parent)
    if found := [one for one in snapshots.all() if one.name == path.name]:
        return snapshots.state(found[0])
    raise NotFound(
        f"{str(path)!r} is neither a catalogue nor a snapshot.",
        hint="Name the folder of a catalogue, or one below its snapshots/.",
    )
