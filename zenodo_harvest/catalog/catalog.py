"""`Catalog`: the catalogue of communities, or of a saved search, in a folder of plain files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from zenodo_harvest.catalog.change import Change
from zenodo_harvest.catalog.config import CONFIG, CatalogConfig, read_config
from zenodo_harvest.catalog.differences import changes_between
from zenodo_harvest.catalog.finding import Finding
from zenodo_harvest.catalog.history import HISTORY, History
from zenodo_harvest.catalog.latest import LATEST, ROWS
from zenodo_harvest.catalog.snapshots import Snapshot, Snapshots, State
from zenodo_harvest.catalog.sync import JOURNAL, SNAPSHOTS, Sync, Synced, findings_of, pending_of
from zenodo_harvest.durable import lock, restore, write_text
from zenodo_harvest.errors import Incomplete, NotFound, Refused
from zenodo_harvest.harvest import Gone, Harvest
from zenodo_harvest.http import Context

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
        site = context.site
        known = site.name if site.name in ("zenodo", "sandbox", "emulator") else site.url
        config = CatalogConfig.of(known, q, options, title)
        communities = Harvest(context, config.what()).communities
        for community in communities:
            context.progress.note(f"Community {community.slug}: {community.title}")
        write_text(self.folder / ".gitignore", _IGNORED)
        write_text(self.folder / CONFIG, config.to_toml())
        return config

    def sync(self, *, full: bool = False) -> Synced:
        """Bring the catalogue up to date: what changed since the last time, and all of ``latest/``.

        Args:
            full: Read all pages again, and note views and downloads, though it is not time.

        Raises:
            NotFound: The folder is no catalogue.
            UnknownCommunity: A community does not exist.
            UsageError: ``catalog.toml`` cannot be used, or is of another site.
            LocalError: The disk does not allow it, or another run writes here.
            Incomplete: Records are missing. They stay as they were, and ``latest/`` says so.
        """
        config = self.config
        with lock(self.folder / LOCK):
            restore(self.folder / LATEST)
            Snapshots(self.folder / SNAPSHOTS).restore()
            synced = Sync(self.folder, config, self._context(), self._deposits).run(full=full)
        if not synced.receipt.complete:
            raise Incomplete(
                f"{synced}. {synced.receipt.reason}",
                hint="Run the same command again: it asks only for what is missing.",
            )
        return synced

    def check(self) -> list[Finding]:
        """Return what a curator would mend in ``latest/``; with a token also what waits for a community.

        Raises:
            NotFound: The folder is no catalogue, or was never synced.
        """
        config, rows, context = self.config, self.folder / LATEST / ROWS[-1], self._context()
        if not rows.is_file():
            raise NotFound(
                f"{str(self.folder)!r} was never synced.", hint="Run `zenodo-harvest catalog sync`."
            )
        communities = Harvest(context, config.what()).communities if context.transport.has_token else ()
        return findings_of(rows, config, context, pending_of(context, communities, self._deposits))


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
