"""Names and order of files, which no server changes: a copy takes the new name, one file is shown first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from zenodo_harvest.deposit.api import Api
from zenodo_harvest.deposit.deposit import Deposit
from zenodo_harvest.deposit.drafts import update
from zenodo_harvest.deposit.files import (
    DepositFile,
    drop_file,
    fetch_file,
    file_named,
    list_files,
    same_content,
)
from zenodo_harvest.deposit.metadata import Changes, edit
from zenodo_harvest.deposit.reading import object_in, text_in
from zenodo_harvest.deposit.refs import Ref, find_draft
from zenodo_harvest.deposit.uploading import (
    MOST_FILES,
    QUOTA_BYTES,
    body_of,
    check_key,
    check_route,
    upload,
)
from zenodo_harvest.errors import Refused, UsageError

_MB = 1_000_000


def rename_file(
    api: Api, ref: Ref, key: str, new: str, *, source: Path | None = None, quota_bytes: int = QUOTA_BYTES
) -> DepositFile:
    """Give a file of a draft another name; the old one goes when the md5 of the new one is confirmed.

    The server renames nothing (zenodo-api.md §9.1, read 2026-08-20), so the file is sent again: from
    `source`, or brought here first.

    Raises:
        UsageError: There is no draft, or it has no room for two copies.
        Refused: There is a file of the new name.
        NotFound: There is no such file.
        LocalError: `source` cannot be read.
    """
    check_key(new, key)
    if source is not None:
        body_of(api, source)
    deposit = find_draft(api, ref, to="rename a file of")
    files = list_files(api, deposit)
    file = file_named(key, files, deposit)
    if any(each.key == new for each in files):
        raise Refused(f"There is a file {new!r} already.", hint="Remove it first, or choose another name.")
    if len(files) >= MOST_FILES:
        raise UsageError(
            f"{deposit.id} has {len(files)} files, and a copy under the new name needs one more.",
            hint="Remove a file first.",
        )
    size = file.size_bytes or 0
    check_route(api, new, size, key)
    if sum(each.size_bytes or 0 for each in files) + size > quota_bytes:
        raise UsageError(
            f"{deposit.id} has no room for a copy of {key!r} under the new name.",
            hint="Remove it and upload it under the new name.",
        )
    if source is not None and not same_content(source, file):
        raise UsageError(
            f"{str(source)!r} is not the file {key!r}: its md5 is another.", hint="Leave it out."
        )
    with TemporaryDirectory(prefix="zenodo-harvest-") as folder:
        if source is None:
            api.progress.note(
                f"The server renames nothing: {size / _MB:,.1f} MB are brought here and sent again."
            )
            source = Path(folder) / "copy"
            fetch_file(api, file, source)
        (renamed,) = upload(api, deposit.id, [(source, new)], quota_bytes=quota_bytes)
    if _preview(deposit) == key:
        show_first(api, deposit.id, new)
    drop_file(api, deposit, key)
    return renamed.file


def sort_files(api: Api, ref: Ref, keys: Sequence[str]) -> Deposit:
    """Have the first of `keys` shown first; the server keeps no order beyond that.

    Raises:
        UsageError: There is no draft, or no key was given.
        NotFound: There is no such file.
    """
    deposit = find_draft(api, ref, to="sort the files of")
    if not keys:
        raise UsageError("No file was named.", hint="Name the one that is to be shown first.")
    files = list_files(api, deposit)
    for key in keys:
        file_named(key, files, deposit)
    sorted_ = show_first(api, deposit.id, keys[0])
    if len(keys) == 1:
        return sorted_
    return sorted_.noting(f"The server keeps no order of files: {keys[0]!r} is shown first, that is all.")


def show_first(api: Api, ref: Ref, key: str) -> Deposit:
    """Have one file shown first."""

    def change(native: Mapping[str, Any]) -> Mapping[str, Any]:
        return edit(native, Changes.of({"default_preview": key}))

    return update(api, ref, change)


def _preview(deposit: Deposit) -> str | None:
    return text_in(object_in(deposit.native, "files"), "default_preview")
