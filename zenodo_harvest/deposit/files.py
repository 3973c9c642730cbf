"""The files of a deposit: what is there, one of them, removing and renaming."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from zenodo_harvest.deposit.api import Api, segment
from zenodo_harvest.deposit.deposit import Deposit
from zenodo_harvest.deposit.refs import Ref, draft_path, find_deposit, find_draft, record_path
from zenodo_harvest.durable import check_replaceable
from zenodo_harvest.errors import BadAnswer, NotAllowed, NotFound, UsageError
from zenodo_harvest.http import download, md5_of


@dataclass(frozen=True, slots=True)
class DepositFile:
    """One file of a deposit.

    Attributes:
        key: Its name.
        size_bytes: Its size; None as long as it was not sent to its end.
        checksum: Its md5 in hexadecimal; None as long as it was not sent to its end.
        is_complete: Whether all of it is there.
        url: Where its content is.
    """

    key: str
    size_bytes: int | None
    checksum: str | None
    is_complete: bool
    url: str

    def facts(self) -> dict[str, Any]:
        """Return what a list shows of it."""
        return asdict(self)


def files_path(deposit: Deposit) -> str:
    """Return the address of the list of files; of a draft it is the draft's."""
    base = draft_path(deposit.id) if deposit.has_draft else record_path(deposit.id)
    return f"{base}/files"


def file_path(deposit: Deposit, key: str) -> str:
    """Return the address of a file, whatever is in its name."""
    return f"{files_path(deposit)}/{segment(key)}"


def list_files(api: Api, deposit: Deposit) -> tuple[DepositFile, ...]:
    """Return the files of a deposit, by the native list: after a broken transfer the classic one fails.

    Raises:
        BadAnswer: The answer is no list of files.
    """
    found = api.read(files_path(deposit))
    entries = found.get("entries") if isinstance(found, dict) else None
    if not isinstance(entries, list):
        raise BadAnswer(f"The answer holds no files of {deposit.id}.", hint="Check the address of the site.")
    return tuple(_read_entry(api, deposit, entry) for entry in entries if isinstance(entry, dict))


def find_file(api: Api, deposit: Deposit, key: str) -> DepositFile:
    """Return one file by its name.

    Raises:
        NotFound: There is none of this name.
    """
    return file_named(key, list_files(api, deposit), deposit)


def file_named(key: str, files: Sequence[DepositFile], deposit: Deposit) -> DepositFile:
    """Return the one of the files of a deposit that has this name.

    Raises:
        NotFound: There is none.
    """
    for file in files:
        if file.key == key:
            return file
    there = ", ".join(repr(file.key) for file in files[:5])
    raise NotFound(
        f"{deposit.id} has no file {key!r}.",
        hint=f"It has {there}{'…' if len(files) > 5 else ''}." if there else "It has no files.",
    )


def download_file(api: Api, ref: Ref, key: str, to: Path | None = None, *, overwrite: bool = False) -> Path:
    """Bring one file to the disk, verified by its md5, and return where it is.

    Args:
        api: Asks.
        ref: The deposit.
        key: The name of the file.
        to: The file to write, or a folder; without it a file of that name in the current folder.
        overwrite: Replace another file.

    Raises:
        NotFound: There is no such file.
        Refused: There is another file.
        LocalError: It cannot be written.
    """
    deposit = find_deposit(api, ref)
    file = find_file(api, deposit, key)
    final = _place_of(key, to)
    if file.checksum is None or md5_of(final) != file.checksum:
        if not overwrite:
            check_replaceable(final, ())
        fetch_file(api, file, final)
    return final


def remove_file(api: Api, ref: Ref, key: str) -> DepositFile:
    """Remove a file from a draft; return what it was.

    Raises:
        UsageError: There is no draft.
        NotFound: There is no such file.
        NotAllowed: The files of a published record are locked.
    """
    deposit = find_draft(api, ref, to="remove a file from")
    file = find_file(api, deposit, key)
    drop_file(api, deposit, key)
    return file


def drop_file(api: Api, deposit: Deposit, key: str) -> None:
    """Remove a file, or what a broken transfer left of it; fine if it is gone already.

    Raises:
        NotAllowed: The files of a published record are locked.
    """
    try:
        api.erase(file_path(deposit, key), lambda: all(file.key != key for file in list_files(api, deposit)))
    except NotAllowed as error:
        raise locked(deposit, error) from None


def locked(deposit: Deposit, error: NotAllowed) -> NotAllowed:
    """Return why files cannot be changed, as far as the deposit tells."""
    if not deposit.is_published:
        return error
    return NotAllowed(
        f"The files of {deposit.id} are locked, as it is published.",
        hint=f"Make the next version with `deposit new-version {deposit.id}`; within 30 days of publication "
        f"`deposit unlock-files {deposit.id}` may open them.",
        url=error.url,
        status=error.status,
    )


def same_content(path: Path, file: DepositFile) -> bool:
    """Tell whether a local file is the one on the server, by size and md5."""
    try:
        is_size = path.stat().st_size == file.size_bytes
    except OSError:
        return False
    return is_size and file.checksum is not None and md5_of(path) == file.checksum


def named_once(keys: Iterable[str]) -> None:
    """Refuse names that come twice: the later file would take the place of the earlier.

    Raises:
        UsageError: One does.
    """
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise UsageError(
                f"Two files would be called {key!r}.", hint="Upload one of them with --as (in Python key=)."
            )
        seen.add(key)


def fetch_file(api: Api, file: DepositFile, final: Path) -> None:
    """Bring a file to `final`, verified by its md5.

    Raises:
        UsageError: It was not sent to its end.
        LocalError: It cannot be written.
    """
    if not file.is_complete or file.size_bytes is None or file.checksum is None:
        raise UsageError(
            f"{file.key!r} was not sent to its end.",
            hint="Upload it again, or remove it with `deposit remove`.",
        )
    download(
        api.transport,
        file.url,
        final,
        size_bytes=file.size_bytes,
        checksum=file.checksum,
        progress=api.progress,
    )


def _place_of(key: str, to: Path | None) -> Path:
    """Return where a file goes; a name on a server is never taken for a path."""
    if to is not None and not to.is_dir():
        return to
    name = key.replace("\\", "/").rpartition("/")[2]
    if name in ("", ".", "..") or "\0" in name:
        raise UsageError(f"{key!r} is no name for a file here.", hint="Name the file to write with -o.")
    return (to or Path()) / name


def _read_entry(api: Api, deposit: Deposit, entry: dict[str, Any]) -> DepositFile:
    key, size, checksum = str(entry.get("key")), entry.get("size"), entry.get("checksum")
    # a published file says nothing of its status
    is_complete = entry.get("status", "completed") == "completed"
    return DepositFile(
        key=key,
        size_bytes=int(size) if isinstance(size, (int, float)) else None,
        checksum=checksum.removeprefix("md5:") if isinstance(checksum, str) else None,
        is_complete=is_complete,
        url=f"{api.transport.site.url}{file_path(deposit, key)}/content",
    )
