"""`FileBody` and `FormBody`: a file as the body of a request, hashed while it is sent."""

from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import md5
from pathlib import Path
from uuid import uuid4

from zenodo_harvest.errors import LocalError
from zenodo_harvest.progress import NoProgress, Progress

_BLOCK_BYTES = 1 << 20
_MB = 1_000_000


class FileBody:
    """A file that is sent block by block; memory does not grow with it.

    Args:
        path: The file.
        progress: Is told how many megabytes were sent.

    Raises:
        LocalError: It cannot be read (when the object is made, and while it is sent).
    """

    def __init__(self, path: Path, progress: Progress | None = None) -> None:
        self._path = path
        self._progress = progress or NoProgress()
        self._seen = self._look()
        self.size_bytes = self._seen.st_size
        """Its size when the object was made."""
        self.md5 = ""
        """Its md5 in hexadecimal, once all of it was sent."""

    def __len__(self) -> int:
        return self.size_bytes

    def __iter__(self) -> Iterator[bytes]:
        """Yield the file in blocks.

        Raises:
            LocalError: It changed since the object was made, or cannot be read.
        """
        digest = md5(usedforsecurity=False)
        self.md5, sent = "", 0
        self._progress.start(f"MB of {self._path.name}", self.size_bytes // _MB)
        try:
            with self._path.open("rb", buffering=0) as file:
                while sent < self.size_bytes:
                    block = file.read(min(_BLOCK_BYTES, self.size_bytes - sent))
                    digest.update(block)
                    before, sent = sent, sent + len(block)
                    if not block or sent == self.size_bytes:
                        # before the last block: what is cut short cannot be taken for the whole
                        self._check_unchanged(is_short=not block)
                    yield block
                    self._progress.advance(sent // _MB - before // _MB)
        except OSError as error:
            raise self._unreadable(error) from error
        finally:
            self._progress.finish()
        self.md5 = digest.hexdigest()

    def _check_unchanged(self, *, is_short: bool) -> None:
        seen, now = self._seen, self._look()
        is_same = (now.st_size, now.st_mtime_ns, now.st_ino) == (seen.st_size, seen.st_mtime_ns, seen.st_ino)
        if is_short or not is_same:
            raise LocalError(
                f"{str(self._path)!r} changed while it was read.",
                hint="Upload it again when nothing writes to it.",
            )

    def _look(self) -> os.stat_result:
        try:
            return self._path.stat()
        except OSError as error:
            raise self._unreadable(error) from error

    def _unreadable(self, error: OSError) -> LocalError:
        return LocalError(
            f"{str(self._path)!r} cannot be read: {error.strerror or error}.",
            hint="Check the path and its permissions.",
        )


class FormBody:
    """A file as the part ``file`` of a form, as browsers send one.

    Args:
        file: The file.
        name: What it is to be called.
    """

    def __init__(self, file: FileBody, name: str) -> None:
        boundary = uuid4().hex
        self.headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        """The headers that it needs."""
        quoted = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        self._file = file
        self._before = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="name"\r\n\r\n{name}\r\n'
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{quoted}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        self._after = f"\r\n--{boundary}--\r\n".encode()

    def __len__(self) -> int:
        return len(self._before) + len(self._file) + len(self._after)

    def __iter__(self) -> Iterator[bytes]:
        yield self._before
        yield from self._file
        yield self._after
