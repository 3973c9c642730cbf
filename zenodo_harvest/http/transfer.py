"""`download`: a file of any size from the server to the disk, resumed where possible, and verified."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import md5
from pathlib import Path
from shutil import disk_usage
from typing import TYPE_CHECKING

from zenodo_harvest.durable import beside, inherit, keep_private, local_errors, lock, place_of, privacy
from zenodo_harvest.errors import BadAnswer, LocalError, ServerError
from zenodo_harvest.http.answer import Answer
from zenodo_harvest.http.transport import Transport
from zenodo_harvest.progress import NoProgress, Progress

if TYPE_CHECKING:
    from hashlib import _Hash as HASH

_BLOCK_BYTES = 1 << 20
_MB = 1_000_000
_STEPS, _STEP_BYTES = 100, 10 * _MB
"""An answer that brings a hundredth of a file, or as many bytes, makes patience begin anew."""


def free_bytes_in(folder: Path) -> int:
    """Return how much the disk of a folder has left."""
    return disk_usage(folder).free


def download(
    transport: Transport,
    url: str,
    final: Path,
    *,
    size_bytes: int,
    checksum: str,
    progress: Progress | None = None,
    free_bytes: Callable[[Path], int] = free_bytes_in,
) -> None:
    """Bring a file to `final`, where it appears when its size and md5 are as promised.

    Until then it grows as ``<name>.part``, which a later call takes up if the server sends the rest.
    Whether it does is only known by asking: Zenodo's dumps always begin anew (zenodo-api.md §8 and §13,
    read 2026-08-20).

    Args:
        transport: Asks the server, and is as patient as its policy says.
        url: A path of the site, or an address.
        final: Where the file goes; an earlier one is replaced.
        size_bytes: Its size.
        checksum: Its md5, in hexadecimal.
        progress: Is told how many megabytes are there.
        free_bytes: Tells how much the disk of a folder has left.

    Raises:
        ServerError: The server or the network gave up; what came is kept for the next call.
        BadAnswer: What came is not what was promised; nothing of it is kept.
        Refused: There is a pipe or a device at `final`.
        LocalError: The disk has too little space, the permissions do not allow it, or another process brings
            the same file.
    """
    told = progress or NoProgress()
    final = place_of(final)
    with _alone(final), _Part(final) as part:
        _check_space(final, size_bytes - part.size_bytes, free_bytes)
        _bring(transport, url, part, size_bytes, checksum, told)
        part.become_final()


def md5_of(path: Path) -> str | None:
    """Return the md5 of a file in hexadecimal, None if there is no file.

    Raises:
        LocalError: It cannot be read.
    """
    with local_errors(path):
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return _hash_of(iter(lambda: file.read(_BLOCK_BYTES), b"")).hexdigest()


class _Part:
    """The file while it comes, and the md5 of what is there."""

    def __init__(self, final: Path) -> None:
        self.name = final.name
        self._final = final
        self._path = beside(final, ".part")

    def __enter__(self) -> _Part:
        if not self._path.is_dir():
            keep_private(self._path, privacy([self._final]))
        with local_errors(self._path):
            self._file = self._path.open("a+b")
            self._file.seek(0)
            self._md5 = _hash_of(iter(lambda: self._file.read(_BLOCK_BYTES), b""))
            self.size_bytes = self._file.tell()
        self._was_empty = not self.size_bytes
        self.restarts = 0
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._file.close()
        with suppress(OSError):
            if self._path.stat().st_size == 0:
                self._path.unlink()

    @property
    def is_of_this_call(self) -> bool:
        """Whether nothing of an earlier call is in it."""
        return self._was_empty or self.restarts > 0

    @property
    def checksum(self) -> str:
        return self._md5.hexdigest()

    def append(self, block: bytes) -> None:
        with local_errors(self._path):
            self._file.write(block)
        self._md5.update(block)
        self.size_bytes += len(block)

    def restart(self) -> None:
        with local_errors(self._path):
            self._file.truncate(0)
        self._md5 = _hash_of(())
        self.size_bytes = 0
        self.restarts += 1

    def become_final(self) -> None:
        with local_errors(self._final):
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            inherit(self._path, self._final)
            self._path.replace(self._final)


def _bring(
    transport: Transport, url: str, part: _Part, size_bytes: int, checksum: str, progress: Progress
) -> None:
    """Ask until the part is whole."""
    attempt = 1
    while part.size_bytes != size_bytes or part.checksum != checksum:
        if part.size_bytes >= size_bytes:
            _throw_away(part, url, progress)
        before, restarts = part.size_bytes, part.restarts
        lost = _ask(transport, url, part, size_bytes, progress)
        if lost is not None:
            # Who gets on may go on; who hardly does, or has to begin anew each time, a few times only.
            gained = part.size_bytes - before
            gets_on = gained > 0 and gained >= min(size_bytes // _STEPS, _STEP_BYTES)
            attempt = 1 if part.restarts == restarts and before > 0 and gets_on else attempt
            transport.be_patient(lost, attempt)
            attempt += 1
    progress.finish()


def _ask(
    transport: Transport, url: str, part: _Part, size_bytes: int, progress: Progress
) -> ServerError | None:
    """Ask once for what is missing and keep what comes; return why it is not all."""
    with transport.stream(url, part.size_bytes) as answer:
        if part.size_bytes and not _resumes(answer, part.size_bytes):
            progress.note("The server does not resume: starting from the beginning.")
            part.restart()
        progress.start(f"MB of {part.name}", size_bytes // _MB)
        progress.advance(part.size_bytes // _MB)
        try:
            for block in answer.blocks:
                before = part.size_bytes
                part.append(block)
                progress.advance(part.size_bytes // _MB - before // _MB)
                if part.size_bytes >= size_bytes:
                    return None  # nothing that is promised can follow
        except ServerError as lost:
            return lost
    if part.size_bytes == size_bytes:
        return None
    return ServerError(
        f"{url} ended after {part.size_bytes:,} of {size_bytes:,} bytes.", hint="Run it again.", url=url
    )


def _check_space(final: Path, missing_bytes: int, free_bytes: Callable[[Path], int]) -> None:
    """Refuse what the disk has no room for, before anything is asked."""
    try:
        free = free_bytes(final.parent)
    except OSError:  # a disk that does not tell may have room
        return
    if missing_bytes > free:
        raise LocalError(
            f"{str(final)!r} cannot be brought: {missing_bytes:,} bytes are missing and the disk has "
            f"{free:,} free.",
            hint="Free some space, or name a place on another disk.",
        )


def _throw_away(part: _Part, url: str, progress: Progress) -> None:
    """Empty a part that has the size of the whole, or more, and is not the whole."""
    is_of_this_call = part.is_of_this_call
    part.restart()
    if is_of_this_call:
        raise BadAnswer(
            f"What came from {url} is not what the server promised: its md5 or size is another.",
            hint="Run it again; if it stays so, tell the operators of the site.",
            url=url,
        )
    progress.note("What an earlier run left does not fit: starting from the beginning.")


def _resumes(answer: Answer, first_byte: int) -> bool:
    """Tell whether an answer holds what follows; a server may ignore what was asked (zenodo-api.md §4.3)."""
    return answer.status == 206 and answer.headers.get("Content-Range", "").startswith(f"bytes {first_byte}-")


def _hash_of(blocks: Iterable[bytes]) -> HASH:
    digest = md5(usedforsecurity=False)
    for block in blocks:
        digest.update(block)
    return digest


@contextmanager
def _alone(final: Path) -> Iterator[None]:
    """Keep other processes from bringing the same file meanwhile."""
    with lock(beside(final.with_name(f".{final.name}"), ".lock")):
        yield
