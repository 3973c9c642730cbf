"""Uploads: from the disk to a draft, verified by md5; nothing is sent twice that is there already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from zenodo_harvest.deposit.api import Api, segment
from zenodo_harvest.deposit.deposit import Deposit
from zenodo_harvest.deposit.files import (
    DepositFile,
    drop_file,
    file_path,
    files_path,
    find_file,
    list_files,
    locked,
    named_once,
    same_content,
)
from zenodo_harvest.deposit.reading import object_in, text_in
from zenodo_harvest.deposit.refs import Ref, find_draft
from zenodo_harvest.errors import (
    BadAnswer,
    NotAllowed,
    NotFound,
    Refused,
    UsageError,
    ZenodoHarvestError,
)
from zenodo_harvest.http import FileBody, FormBody, md5_of

MOST_FILES = 100
"""Files of one record (zenodo-api.md §9.7, read 2026-08-20)."""
QUOTA_BYTES = 50_000_000_000
"""Bytes of one record, unless its quota was raised (zenodo-api.md §9.7, read 2026-08-20)."""
FORM_BYTES = 100 << 20
"""What a form, and every address but that of a bucket, takes in (zenodo-api.md §9.7 and §10)."""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What came of one file.

    Attributes:
        file: The file on the server.
        was_there: Whether the same file was there already, and nothing was sent.
        notes: What people have to know, such as another name.
    """

    file: DepositFile
    was_there: bool = False
    notes: tuple[str, ...] = ()

    def facts(self) -> dict[str, Any]:
        """Return what a list shows of it."""
        return {**self.file.facts(), "was_there": self.was_there}


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A file of the disk and what it is to be called."""

    path: Path
    key: str
    body: FileBody


def upload(
    api: Api,
    ref: Ref,
    files: Sequence[tuple[Path, str]],
    *,
    replace: bool = False,
    multipart: bool = False,
    quota_bytes: int = QUOTA_BYTES,
) -> tuple[Uploaded, ...]:
    """Upload files to a draft; all of them are looked at before the first byte is sent.

    Args:
        api: Sends.
        ref: The deposit.
        files: The files, each with the name it is to have.
        replace: Put a file in the place of another one of its name.
        multipart: Send them as forms, as the oldest clients do; the server may change their names.
        quota_bytes: What the record may hold.

    Raises:
        UsageError: A file is empty, a folder, too many or too large, or there is no draft.
        Refused: Another file of that name is there.
        LocalError: A file cannot be read, or changes meanwhile.
        NotAllowed: The files are locked.
        BadAnswer: What arrived is not what was sent.
    """
    wanted = [_Wanted(path, check_key(key, str(path)), body_of(api, path)) for path, key in files]
    named_once(each.key for each in wanted)
    deposit = find_draft(api, ref, to="upload to")
    there = {file.key: file for file in list_files(api, deposit)}
    same = {each.key for each in wanted if each.key in there and same_content(each.path, there[each.key])}
    missing = [each for each in wanted if each.key not in same]
    _check_places(missing, there, replace=replace)
    _check_limits(there, missing, quota_bytes)
    for each in missing:
        check_route(api, each.key, each.body.size_bytes, str(each.path), multipart=multipart)
    bucket = None if multipart or not missing else _bucket_of(api, deposit)
    sender = _Sender(api, deposit, bucket, there, multipart=multipart)
    return tuple(
        Uploaded(there[each.key], was_there=True)
        if each.key in same
        else sender.send(each, there.get(each.key))
        for each in wanted
    )


class _Sender:
    """Sends files to one draft, by its bucket where it has one.

    Args:
        api: Sends.
        deposit: The draft.
        bucket: Its bucket.
        there: The names of the files that are there already.
        multipart: Whether forms are sent.
    """

    def __init__(
        self, api: Api, deposit: Deposit, bucket: str | None, there: Iterable[str], *, multipart: bool
    ) -> None:
        self._there = set(there)
        self._api = api
        self._deposit = deposit
        self._bucket = bucket
        self._multipart = multipart

    def send(self, wanted: _Wanted, there: DepositFile | None) -> Uploaded:
        """Send one file and make sure that it arrived."""
        if there is not None and (
            self._multipart or not there.is_complete or not self._by_bucket(wanted.key)
        ):
            drop_file(self._api, self._deposit, wanted.key)
        tries = count()

        def act() -> str:
            # only then: behind a gateway that gave up early, the first one may still be under way
            if next(tries):
                self._drop_broken(wanted.key)
            return self._once(wanted)

        try:
            key = self._api.surely(act, lambda: self._arrived(wanted))
        except ZenodoHarvestError as error:
            self._tidy(wanted.key)
            if isinstance(error, NotAllowed):
                raise locked(self._deposit, error) from None
            raise
        self._there.add(key)
        file = find_file(self._api, self._deposit, key)
        if not file.is_complete or file.checksum != wanted.body.md5:
            drop_file(self._api, self._deposit, key)
            raise BadAnswer(
                f"What arrived of {str(wanted.path)!r} is not what was sent: its md5 is another.",
                hint="Upload it again.",
            )
        renamed = f"The server calls {wanted.key!r} {key!r}."
        return Uploaded(file, notes=() if key == wanted.key else (renamed,))

    def _once(self, wanted: _Wanted) -> str:
        """Send it once; return what it is called."""
        api, key, body = self._api, wanted.key, wanted.body
        if self._multipart:
            form = FormBody(body, key)
            path = f"/api/deposit/depositions/{segment(self._deposit.id)}/files"
            answer = api.write("POST", path, body=form, headers=form.headers).json()
            return str(answer.get("filename") or key)
        if self._by_bucket(key):
            api.write("PUT", f"/api/files/{segment(self._bucket or '')}/{segment(key)}", body=body)
            return key
        file = file_path(self._deposit, key)
        api.write("POST", files_path(self._deposit), [{"key": key}])
        api.write("PUT", f"{file}/content", body=body)
        api.write("POST", f"{file}/commit")
        return key

    def _arrived(self, wanted: _Wanted) -> str | None:
        """Return what it is called if it arrived; a form may have given it another name."""
        body = wanted.body
        for file in list_files(self._api, self._deposit):
            may_be_it = file.key == wanted.key or (self._multipart and file.key not in self._there)
            if may_be_it and file.is_complete and file.size_bytes == body.size_bytes:
                body.md5 = body.md5 or md5_of(wanted.path) or ""
                if file.checksum == body.md5:
                    return file.key
        return None

    def _drop_broken(self, key: str) -> None:
        """Remove what a broken transfer left: it would block publishing."""
        for file in list_files(self._api, self._deposit):
            if file.key == key and not file.is_complete:
                drop_file(self._api, self._deposit, key)

    def _tidy(self, key: str) -> None:
        """Remove what a failed transfer left, if the server lets us."""
        try:
            self._drop_broken(key)
        except ZenodoHarvestError:
            self._api.progress.note(
                f"A part of {key!r} may be there: upload it again, or remove it with `deposit remove`."
            )

    def _by_bucket(self, key: str) -> bool:
        """Tell whether a file goes to the bucket, which takes no ``/`` in a name (zenodo-api.md §9.7)."""
        return self._bucket is not None and "/" not in key


def check_key(key: str, called: str) -> str:
    """Return the name of a file, if it can be one on a server.

    Args:
        key: The name.
        called: What the file is called now, for the error.

    Raises:
        UsageError: It cannot.
    """
    try:
        key.encode()
    except UnicodeEncodeError:
        raise UsageError(
            f"The new name of {called!r} is no Unicode, and a server knows no other.",
            hint="Give it another name.",
        ) from None
    # what begins with a slash, or is several lines, is taken in and has no address that answers
    if not key.strip() or key in (".", "..") or key.startswith("/") or set(key) & set("\0\n\r"):
        raise UsageError(f"{key!r} is no name for a file.", hint="Name it with --as (in Python key=).")
    return key


def check_route(api: Api, key: str, size_bytes: int, called: str, *, multipart: bool = False) -> None:
    """Refuse what is too large for every route that takes its name, and forms where none are taken.

    Raises:
        UsageError: It is.
    """
    if not api.is_zenodo:
        if multipart:
            raise UsageError(f"{api.transport.site.name} takes no forms.", hint="Leave --multipart out.")
        return
    if size_bytes > FORM_BYTES and (multipart or "/" in key):
        why = "a form" if multipart else "the only route for a name with `/`"
        raise UsageError(
            f"{called!r} is larger than {FORM_BYTES:,} bytes, the most that {why} takes.",
            hint="Leave --multipart out." if multipart else "Give it a name without `/`.",
        )


def body_of(api: Api, path: Path) -> FileBody:
    """Return a file as it is sent.

    Raises:
        UsageError: It is a folder, a pipe or empty.
        LocalError: It cannot be read.
    """
    body = FileBody(path, api.progress)
    if path.is_dir():
        raise UsageError(
            f"{str(path)!r} is a folder, and a record has files alone.",
            hint="Pack it first, for example with `zip -r`, and upload that.",
        )
    if not path.is_file():
        raise UsageError(f"{str(path)!r} is a pipe or a device.", hint="Name a file.")
    if not body.size_bytes:
        raise UsageError(
            f"{str(path)!r} is empty, and the server takes no empty files.", hint="Leave it out."
        )
    return body


def _check_places(missing: Sequence[_Wanted], there: Mapping[str, DepositFile], *, replace: bool) -> None:
    for each in missing:
        if each.key in there and there[each.key].is_complete and not replace:
            raise Refused(
                f"There is another file {each.key!r} already.",
                hint="Add --replace (in Python replace=True) to put this one in its place, or give it "
                "another name with --as (key=).",
            )


def _check_limits(there: Mapping[str, DepositFile], missing: Sequence[_Wanted], quota_bytes: int) -> None:
    """Refuse what the record has no room for, before the first byte is sent."""
    keys = {*there, *(each.key for each in missing)}
    if len(keys) > MOST_FILES:
        raise UsageError(
            f"A record takes {MOST_FILES} files, and it would have {len(keys)}.",
            hint="Pack some of them into one archive.",
        )
    sizes = {key: file.size_bytes or 0 for key, file in there.items()}
    sizes |= {each.key: each.body.size_bytes for each in missing}
    if sum(sizes.values()) > quota_bytes:
        raise UsageError(
            f"A record takes {quota_bytes:,} bytes, and it would have {sum(sizes.values()):,}.",
            hint="Spread the files over several records, or raise its quota with `deposit raise-quota` and "
            "say so with --quota-gb (in Python quota_bytes=).",
        )


def _bucket_of(api: Api, deposit: Deposit) -> str | None:
    """Return the bucket of a draft; one that was made in the browser may not tell it."""
    if not api.is_zenodo:
        return None
    try:
        path = f"/api/deposit/depositions/{segment(deposit.id)}"
        classic = api.read(path)
    except NotFound:
        return None
    bucket = text_in(object_in(classic, "links"), "bucket")
    return bucket.rstrip("/").rpartition("/")[2] if bucket else None
