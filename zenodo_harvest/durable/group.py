"""`Group`: files and folders that appear under their final names together, or not at all."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from zenodo_harvest.durable.local import inherit, local_errors, place_of
from zenodo_harvest.durable.lock import lock
from zenodo_harvest.durable.ownership import check_receipt, check_replaceable, receipt_path
from zenodo_harvest.durable.plan import NAMING_LOCK, drop_plan, state_of, write_plan
from zenodo_harvest.durable.room import room_in
from zenodo_harvest.durable.signals import uninterrupted
from zenodo_harvest.errors import Refused

_PATIENCE_S = 60.0
"""How long others may take to give a few files their names."""


@dataclass(frozen=True, slots=True)
class _Member:
    """A file or folder: what it was called, where it will be, and where it lies until then."""

    named: Path
    place: Path
    temporary: Path
    is_folder: bool = False
    is_receipt: bool = False


class Group:
    """Files and folders that appear under their final names together, or not at all.

    Used as a context manager: while the block runs they are made in hidden folders beside their places.
    When it ends well they get their names; if one cannot, those before it are taken back and earlier files
    are as they were. If the process is killed while they get them, the next group in one of the folders
    goes on with it. After an exception nothing is left. What was there keeps its permissions and, where
    that is possible, its owner; missing folders are made; a link stays one, and its target is written.

    Args:
        overwrite: Replace files of the user as well, not only receipts and what they say is ours.
    """

    def __init__(self, *, overwrite: bool = False) -> None:
        self._overwrite = overwrite
        self._members: list[_Member] = []
        self._rooms: dict[Path, Path] = {}
        self._ours: dict[Path, list[int] | None] = {}
        self._stack = ExitStack()
        self._is_claimed = False

    def file(self, path: Path) -> Path:
        """Return the temporary path, an empty file, of what will be `path`.

        Raises:
            Refused: There is a pipe or a device, a file of the user, or what is none where its receipt goes.
            LocalError: There is a folder, or the disk or the permissions do not allow it.
        """
        place = place_of(path)
        with local_errors(path):
            temporary = self._room(place.parent) / place.name
            temporary.touch(exist_ok=False)
        self._members.append(_Member(path, place, temporary))
        self._check(self._members[-1])
        if len(self._members) == 1 and not self._overwrite:
            check_receipt(receipt_path(path))
        return temporary

    def folder(self, path: Path) -> Path:
        """Return the temporary path, an empty folder, of what will be `path`.

        Raises:
            Refused: There is something at `path`.
            LocalError: The disk or the permissions do not allow it.
        """
        with local_errors(path):
            if path.exists() and (not path.is_dir() or any(path.iterdir())):
                raise Refused(
                    f"There is something at {str(path)!r} already.",
                    hint="Remove it, or name another folder; nothing was changed.",
                )
            place = path.resolve() if path.is_symlink() else path
            temporary = self._room(place.parent) / place.name
            temporary.mkdir()
        self._members.append(_Member(path, place, temporary, is_folder=True))
        return temporary

    def text(self, path: Path, text: str) -> None:
        """Add a receipt, a UTF-8 file, that appears before all others.

        Raises:
            Refused: There is a pipe or a device, or a file that is no receipt.
            LocalError: There is a folder, or the disk or the permissions do not allow it.
        """
        place = place_of(path)
        if not self._overwrite:
            check_receipt(place)
        with local_errors(path):
            temporary = self._room(place.parent) / place.name
            # a name that is no UTF-8 becomes an escape, which JSON knows
            temporary.write_bytes(text.encode("utf-8", "backslashreplace"))
        self._members.insert(0, _Member(path, place, temporary, is_receipt=True))

    def claim(self) -> None:
        """Keep other runs from giving files their names in the same folders until the group has ended.

        Raises:
            LocalError: Another run does so, and does not end.
        """
        if not self._is_claimed:
            for folder in sorted(self._rooms):
                self._stack.enter_context(lock(folder / NAMING_LOCK, wait_s=_PATIENCE_S))
            self._is_claimed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._stack:
            if error is None:
                self._publish()

    def _publish(self) -> None:
        self.claim()
        for member in self._members:
            self._check(member)  # a harvest takes its time
            _settle(member)
        temporaries = [member.temporary for member in self._members]
        with uninterrupted(), ExitStack() as undo:
            if len(temporaries) > 1:
                with local_errors(self._members[0].named):
                    write_plan(temporaries)
            try:
                for number, member in enumerate(self._members):
                    undo.callback(self._put(number, member))
            except BaseException:
                drop_plan(temporaries[0].parent)
                raise
            undo.pop_all()

    def _check(self, member: _Member) -> None:
        """Refuse to replace what is the user's."""
        place, now = member.place, state_of(member.place)
        if self._overwrite or member.is_folder or member.is_receipt or self._ours.get(place, ()) == now:
            return
        folders = [path.parent for one in self._members for path in (one.named, one.place)]
        try:
            check_replaceable(place, folders)
        except Refused:
            if self._is_claimed:
                raise
            with lock(place.parent / NAMING_LOCK, wait_s=_PATIENCE_S):  # it may be getting its name just now
                check_replaceable(place, folders)
        self._ours[place] = now

    def _put(self, number: int, member: _Member) -> Callable[[], None]:
        """Give a member its name; return what takes it back."""
        place, temporary = member.place, member.temporary
        with local_errors(member.named):
            if member.is_folder:
                temporary.rename(place)
                return lambda: _move(place, temporary)
            if place.is_dir():
                raise IsADirectoryError(errno.EISDIR, "is a folder")
            if not place.exists():
                temporary.replace(place)
                return lambda: _move(place, temporary)
            if number == len(self._members) - 1:
                temporary.replace(place)
                return lambda: None  # nothing comes after it that could fail
            earlier = temporary.with_name(f"{number}.earlier")
            _keep(place, earlier)
            temporary.replace(place)
            return lambda: _move(earlier, place)

    def _room(self, folder: Path) -> Path:
        folder = Path(os.path.realpath(folder))
        if folder not in self._rooms:
            missing = [each for each in (folder, *folder.parents) if not each.exists()]
            self._stack.callback(_remove_empty, missing)
            folder.mkdir(parents=True, exist_ok=True)
            self._rooms[folder] = self._stack.enter_context(room_in(folder))
        return self._rooms[folder]


def write_text(final: Path, text: str) -> None:
    """Write a whole UTF-8 file, or leave the earlier one as it was.

    Raises:
        Refused: There is a pipe or a device.
        LocalError: There is a folder, or the disk or the permissions do not allow it.
    """
    with Group(overwrite=True) as group:
        group.text(final, text)


def _settle(member: _Member) -> None:
    """Bring a finished member to the disk, with the permissions of what it replaces."""
    with local_errors(member.named):
        if not member.is_folder:
            place_of(member.place)
            with member.temporary.open("rb+") as file:
                os.fsync(file.fileno())
        inherit(member.temporary, member.place)


def _keep(path: Path, copy: Path) -> None:
    try:
        copy.hardlink_to(path)
    except OSError:
        shutil.copy2(path, copy)


def _move(path: Path, to: Path) -> None:
    with suppress(OSError):
        path.replace(to)


def _remove_empty(folders: Sequence[Path]) -> None:
    """Remove the folders in which nothing was written after all."""
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()
