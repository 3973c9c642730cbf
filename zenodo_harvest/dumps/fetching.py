"""`fetch_dump`: a dump from the server to the disk, verified."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from zenodo_harvest.dumps.listing import Dump, find_dump, list_dumps
from zenodo_harvest.errors import Refused
from zenodo_harvest.http import Transport, download, md5_of
from zenodo_harvest.progress import NoProgress, Progress


@dataclass(frozen=True, slots=True)
class Fetched:
    """A dump on the disk: which one, and where; `was_there` if it needed no fetching."""

    dump: Dump
    path: Path
    was_there: bool


def fetch_dump(
    transport: Transport,
    key: str,
    to: Path | None = None,
    *,
    is_folder: bool = False,
    version_id: str | None = None,
    progress: Progress | None = None,
) -> Fetched:
    """Fetch a dump; its size and md5 are verified, and an interrupted transfer is taken up.

    Args:
        transport: Asks the server.
        key: The name of the dump, as `list_dumps` tells it.
        to: The file to write, which may replace an earlier one, or a folder. Without it the file goes to
            the current folder, named after the key.
        is_folder: Whether `to` is a folder also where there is none yet.
        version_id: A version other than the newest.
        progress: Is told how many megabytes came.

    Raises:
        NotFound: There is no such dump.
        Refused: No file was named, and another one of that name is there.
        ServerError: The server or the network gave up.
        LocalError: The file cannot be written.
    """
    told = progress or NoProgress()
    dump = find_dump(list_dumps(transport, progress), key, version_id)
    is_named = to is not None and not is_folder and not to.is_dir()
    path = to if to is not None and is_named else (to or Path()) / key.replace("/", "_")
    found = md5_of(path)
    if found == dump.md5:
        return Fetched(dump, path, was_there=True)
    if found is not None and not is_named:
        raise Refused(
            f"There is another file at {str(path)!r}, perhaps an earlier dump.",
            hint=f"Replace it with -o {path}, or name another file.",
        )
    download(transport, dump.url, path, size_bytes=dump.size_bytes, checksum=dump.md5, progress=told)
    return Fetched(dump, path, was_there=False)
