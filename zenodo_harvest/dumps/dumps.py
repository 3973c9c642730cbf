"""`Dumps`: the dumps of one site, listed, fetched and turned into tables."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from zenodo_harvest.bounds import Bounds
from zenodo_harvest.dumps.archive import fetched_at
from zenodo_harvest.dumps.conversion import Conversion, Seal, convert
from zenodo_harvest.dumps.listing import Dump, find_dump, list_dumps
from zenodo_harvest.durable import check_replaceable
from zenodo_harvest.http import Transport, download, md5_of
from zenodo_harvest.progress import Progress
from zenodo_harvest.records import Provenance


@dataclass(frozen=True, slots=True)
class Fetched:
    """A dump on the disk: which one, and where; `was_there` if it needed no fetching."""

    dump: Dump
    path: Path
    was_there: bool


class Dumps:
    """The metadata dumps of a site: every record in one archive, made once a month."""

    def __init__(
        self,
        transport: Callable[[], Transport],
        site: str,
        base_url: str,
        progress: Progress,
        bounds: Bounds | None = None,
    ) -> None:
        self._transport = transport
        self._site = site
        self._base_url = base_url
        self._progress = progress
        self._bounds = bounds

    def __repr__(self) -> str:
        return f"<Dumps of {self._site}: list(), fetch(key), convert(file, output)>"

    def list(self) -> tuple[Dump, ...]:
        """Return the dumps that the site offers, by key and the newest first.

        Raises:
            NotFound: It offers none.
        """
        return list_dumps(self._transport(), self._progress)

    def fetch(
        self,
        key: str,
        to: Path | str | None = None,
        *,
        version_id: str | None = None,
        overwrite: bool = False,
    ) -> Fetched:
        """Fetch a dump and verify it; an interrupted transfer is taken up if the server can.

        Args:
            key: Its name, as `list` tells it.
            to: The file to write, or a folder, which is made if its name ends in a slash; without it the
                file goes to the current folder.
            version_id: A version other than the newest.
            overwrite: Replace another file.

        Raises:
            NotFound: There is no such dump.
            Refused: There is another file.
            ServerError: The server or the network gave up.
            LocalError: The file cannot be written.
        """
        transport = self._transport()
        dump = find_dump(list_dumps(transport, self._progress), key, version_id)
        is_named = to is not None and not str(to).endswith(("/", os.sep)) and not Path(to).is_dir()
        path = Path(to) if to is not None and is_named else Path(to or "") / key.replace("/", "_")
        if md5_of(path) == dump.md5:
            return Fetched(dump, path, was_there=True)
        if not overwrite:
            check_replaceable(path, ())
        download(
            transport, dump.url, path, size_bytes=dump.size_bytes, checksum=dump.md5, progress=self._progress
        )
        return Fetched(dump, path, was_there=False)

    def convert(
        self,
        source: Path | str,
        *outputs: Path | str,
        retrieved_at: datetime | None = None,
        partition_by: Literal["year"] | None = None,
        workers: int | None = None,
        executor: Executor | None = None,
        save: Mapping[str, Any] | None = None,
        seal: Seal | None = None,
    ) -> Conversion:
        """Turn a fetched dump into tables, with all cores or on a cluster; nothing is asked of the server.

        Args:
            source: The dump.
            outputs: Files whose extensions name their formats; with `partition_by` one folder.
            retrieved_at: When it was fetched; the file's own time unless given.
            partition_by: ``year`` makes a folder with a Parquet file for each year of `created`, or of the
                publication where a dump in XML does not tell the other.
            workers: How many share the work; None means all cores.
            executor: Does the work instead of processes of this machine.
            save: How files are written, as for `Results.save`.
            seal: Adds the receipt before the outputs get their names; else it says what came of the dump.

        Raises:
            UsageError: The outputs or options cannot be used.
            Refused: An output is the dump itself, a file of the user, or a folder with something in it.
            LocalError: The dump is cut short or damaged, or an output cannot be written.
        """
        source = Path(source)
        return convert(
            source,
            [Path(path) for path in outputs],
            provenance=Provenance(self._site, "dump", retrieved_at or fetched_at(source), self._base_url),
            save=save,
            partition_by=partition_by,
            workers=workers,
            executor=executor,
            bounds=self._bounds,
            progress=self._progress,
            seal=seal,
        )
