"""The files of a deposit: entries of a bucket, from declared to completed."""

from __future__ import annotations

import mimetypes
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid4, uuid5

from zenodo_harvest.emulator.contents import Contents, Received
from zenodo_harvest.emulator.defaults import Json
from zenodo_harvest.emulator.deposits.moments import Moments
from zenodo_harvest.emulator.deposits.store import Store
from zenodo_harvest.emulator.problems import PlainProblem, Problem, invalid, no_such_file

QUOTA_BYTES: Final = 50 * 10**9
"""What the files of one record may come to, and a single one (zenodo-api.md §9.7, read 2026-08-20)."""
_MOST_FILES: Final = 100


def new_bucket() -> Json:
    """Return a bucket without files."""
    return {"id": str(uuid4()), "files": {}}


def copied(bucket: Json, at: str) -> Json:
    """Return a new bucket with the completed files of another."""
    files = {
        key: {**entry, "created": at, "updated": at, "version_id": str(uuid4())}
        for key, entry in bucket["files"].items()
        if is_completed(entry)
    }
    return {**new_bucket(), "files": files}


def seed_bucket(record: Json) -> Json:
    """Return the bucket of a record that came with the seed."""
    files = {
        key: {
            "created": record["created"],
            "updated": record["updated"],
            "metadata": {},
            "status": "completed",
            "file_id": entry["id"],
            "version_id": _made_up(record["id"], "version", key),
            "checksum": entry["checksum"],
            "size": entry["size"],
            "mimetype": entry["mimetype"],
        }
        for key, entry in record["files"]["entries"].items()
    }
    return {"id": seed_bucket_id(record["id"]), "files": files}


def seed_bucket_id(record_id: str) -> str:
    """Return the id of the bucket of a record that came with the seed; always the same."""
    return _made_up(record_id, "bucket")


def inner_id(record_id: str) -> str:
    """Return the UUID that a record has in the server's database, which shows in one message."""
    return _made_up(record_id, "record")


def _made_up(record_id: str, kind: str, name: str = "") -> str:
    return str(uuid5(NAMESPACE_URL, f"{kind}:{record_id}:{name}"))


def is_completed(entry: Json) -> bool:
    """Tell whether the transfer of a file was ended."""
    return bool(entry["status"] == "completed")


def record_entries(bucket: Json) -> dict[str, Json]:
    """Return the files as a native record holds them."""
    return {key: _record_entry(key, entry) for key, entry in bucket["files"].items() if is_completed(entry)}


def _record_entry(key: str, entry: Json) -> Json:
    return {
        "id": entry["file_id"],
        "checksum": entry["checksum"],
        "ext": _extension(key, entry["mimetype"]),
        "size": entry["size"],
        "mimetype": entry["mimetype"],
        "key": key,
        "metadata": {},
        "access": {"hidden": False},
    }


def _extension(key: str, mimetype: str) -> str:
    name, dot, extension = key.rpartition(".")
    return extension.lower() if dot and name else (mimetypes.guess_extension(mimetype) or "").lstrip(".")


def _mimetype(key: str) -> str:
    guessed, packing = mimetypes.guess_type(key)
    return f"application/{packing}" if packing else guessed or "application/octet-stream"


class Files:
    """Changes the files of drafts; deposits are given and saved whole."""

    def __init__(self, store: Store, contents: Contents, moments: Moments) -> None:
        self._store = store
        self._contents = contents
        self._moments = moments

    def declare(self, deposit: Json, keys: list[str]) -> None:
        """Announce files that are to come.

        Raises:
            Problem: A key is there already, or there would be too many.
        """
        files = deposit["bucket"]["files"]
        for key in keys:
            check_new(deposit, key)
            if len(files) >= _MOST_FILES:
                message = "Uploading selected files will result in exceeding the max amount per record."
                raise Problem(400, message)
            at = self._moments.stamp()
            files[key] = {"created": at, "updated": at, "metadata": None, "status": "pending"}
        self._store.save(deposit)

    def put(self, deposit: Json, key: str, received: Received) -> Json:
        """Upload a file in one go, in place of one with its key; return its entry."""
        self._check_size(deposit, key, received)
        replaced = deposit["bucket"]["files"].pop(key, None)
        if replaced is not None:
            deposit["draft"]["revision_id"] += 2
            deposit["draft"]["updated"] = self._moments.stamp()
        self.declare(deposit, [key])
        entry: Json = deposit["bucket"]["files"][key]
        entry["metadata"] = {}
        self._complete(key, entry, received.md5, received.size_bytes)
        self._contents.keep(received)
        self._store.save(deposit)
        self._sweep(replaced)
        return entry

    def fill(self, deposit: Json, key: str, received: Received) -> Json:
        """Take the content of a declared file; it is complete once it is committed.

        A second content after the commit removes the file (zenodo-api.md §10, run 2026-11-23).
        """
        self._check_size(deposit, key, received)
        entry: Json = deposit["bucket"]["files"][key]
        if is_completed(entry):
            del deposit["bucket"]["files"][key]
            self._contents.discard(received)
            self._store.save(deposit)
            self._sweep(entry)
            return entry
        old = entry.get("waiting_md5")
        entry |= {"waiting_md5": received.md5, "waiting_bytes": received.size_bytes}
        self._contents.keep(received)
        self._store.save(deposit)
        if old != received.md5:
            self._sweep({"checksum": f"md5:{old}"} if old else None)
        return entry

    def commit(self, deposit: Json, key: str) -> Json:
        """End the transfer of a declared file; its metadata are null for this once."""
        entry: Json = deposit["bucket"]["files"][key]
        if is_completed(entry):
            raise Problem(400, "The file upload transfer failed, please try again.")
        if "waiting_md5" not in entry:
            raise PlainProblem(500)
        self._complete(key, entry, entry.pop("waiting_md5"), entry.pop("waiting_bytes"))
        answered = dict(entry)
        entry["metadata"] = {}
        self._store.save(deposit)
        return answered

    def delete(self, deposit: Json, key: str) -> None:
        """Remove a file.

        Raises:
            Problem: There is no such file.
        """
        if key not in deposit["bucket"]["files"]:
            raise no_such_file(deposit["id"], key)
        gone = deposit["bucket"]["files"].pop(key)
        deposit["draft"]["revision_id"] += 2
        deposit["draft"]["updated"] = self._moments.stamp()
        self._store.save(deposit)
        self._sweep(gone)

    def take_over(self, deposit: Json, bucket: Json) -> None:
        """Import the files of the version before.

        Raises:
            Problem: There are files already.
        """
        if deposit["bucket"]["files"]:
            raise invalid([("files.enabled", "Please remove all files first.")])
        deposit["bucket"]["files"] = copied(bucket, self._moments.stamp())["files"]
        deposit["draft"]["revision_id"] += 2
        self._store.save(deposit)

    def drop_all(self, *buckets: Json | None) -> None:
        """Remove the bytes of buckets that are gone."""
        for bucket in buckets:
            for entry in (bucket or {"files": {}})["files"].values():
                self._sweep(entry)

    def _complete(self, key: str, entry: Json, md5: str, size_bytes: int) -> None:
        entry |= {
            "updated": self._moments.stamp(),
            "status": "completed",
            "file_id": str(uuid4()),
            "version_id": str(uuid4()),
            "checksum": f"md5:{md5}",
            "size": size_bytes,
            "mimetype": _mimetype(key),
        }

    def _check_size(self, deposit: Json, key: str, received: Received) -> None:
        """Refuse what is empty or too large, and throw it away."""
        others = sum(
            entry.get("size", 0) for name, entry in deposit["bucket"]["files"].items() if name != key
        )
        message, quota_bytes = "", deposit.get("quota_bytes", QUOTA_BYTES)
        if not received.size_bytes:
            message = "Empty files are not accepted."
        elif received.size_bytes > quota_bytes:
            message = "Maximum file size exceeded."
        elif received.size_bytes + others > quota_bytes:
            message = "Bucket quota exceeded."
        if message:
            self._contents.discard(received)
            raise Problem(400, message)

    def _sweep(self, gone: dict[str, Any] | None) -> None:
        md5 = (gone or {}).get("checksum") or (gone or {}).get("waiting_md5")
        if md5 and not self._store.is_used(md5 := md5.removeprefix("md5:")):
            self._contents.forget(md5)


def check_announced(deposit: Json, size_bytes: int | None) -> None:
    """Refuse an upload that says that it is too large, before it is taken.

    Raises:
        Problem: It is larger than all files of the record may be.
    """
    if (size_bytes or 0) > deposit.get("quota_bytes", QUOTA_BYTES):
        raise Problem(400, "Maximum file size exceeded.")


def check_new(deposit: Json, key: str) -> None:
    """Refuse a name that is taken.

    Raises:
        Problem: There is a file of this name.
    """
    if key in deposit["bucket"]["files"]:
        raise Problem(400, f"File with key {key} already exists.")


def check_unlocked(deposit: Json) -> None:
    """Refuse to change the files of an edit.

    Raises:
        Problem: The deposit was published and its files were not opened for a change.
    """
    if deposit["draft"]["is_published"] and not deposit.get("is_unlocked"):
        raise Problem(403, "Bucket is locked for modifications.")
