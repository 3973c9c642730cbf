"""The plan of a group: files that get their names together also if their process is killed meanwhile.

It lies in one of the hidden rooms in which the files are made, and the other rooms lead there. Until it is
there no file has its new name. From then on all get it: from the process itself, or from the next one that
finds the room.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from zenodo_harvest.durable.lock import let_go, lock, take_abandoned
from zenodo_harvest.errors import LocalError

PREFIX, ENDING = ".zenodo-harvest-", ".part"
"""What the names of rooms begin and end with; chance is between."""
NAMING_LOCK = ".zenodo-harvest.lock"
"""Is held in a folder while files get their names there."""
_PATIENCE_S = 10.0


def lock_of(room: Path) -> Path:
    """Return the lock of a room; no output has its name, which is made of chance."""
    return _beside(room, "lock")


def write_plan(temporaries: Sequence[Path]) -> None:
    """Lay down that each file or folder gets its name in the folder of its room.

    Raises:
        OSError: The disk or the permissions do not allow it.
    """
    steps = [(str(path.parent), path.name, state_of(_place(path))) for path in temporaries]
    first, *others = dict.fromkeys(path.parent for path in temporaries)
    for room in others:
        _write(room, {"see": str(first)})
    _write(first, {"steps": steps})


def drop_plan(room: Path) -> None:
    """Forget the plan that lies in a room: what has no new name by now gets none."""
    with suppress(OSError):
        _plan_of(room).unlink()


def follow_plan(room: Path) -> bool:
    """Do what is left of the plan of a room whose process is gone, and tell whether nothing is left of it.

    What somebody else has changed meanwhile stays as it is.
    """
    plan = _read(room)
    if "see" not in plan:
        return _follow(room, plan)
    first = Path(plan["see"])
    try:
        descriptor = take_abandoned(lock_of(first))
    except OSError:
        return True
    if descriptor is None:
        return False
    try:
        return _follow(first, _read(first))
    finally:
        let_go(descriptor)


def _follow(first: Path, plan: dict[str, Any]) -> bool:
    temporaries = [(Path(room) / name, state) for room, name, state in plan.get("steps", ())]
    left = [(path, state) for path, state in temporaries if os.path.lexists(path)]
    if not left:
        return True
    with ExitStack() as stack:
        try:
            for folder in sorted({path.parent.parent for path, _ in left}):
                stack.enter_context(lock(folder / NAMING_LOCK, wait_s=_PATIENCE_S))
        except LocalError:
            return False
        for path, state in left:
            with suppress(OSError):
                if state_of(_place(path)) == state:
                    path.replace(_place(path))
        drop_plan(first)
    return True


def _place(temporary: Path) -> Path:
    return temporary.parent.parent / temporary.name


def state_of(path: Path) -> list[int] | None:
    """Return what tells whether somebody has changed a file, None if there is none."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return [found.st_ino, found.st_size, found.st_mtime_ns]


def _write(room: Path, plan: dict[str, Any]) -> None:
    """Write the plan of a room; it is whole when it has its name, and then on the disk as well."""
    made = _beside(room, "making")
    with made.open("w", encoding="ascii") as file:
        json.dump(plan, file)  # a name that is no UTF-8 becomes an escape
        file.flush()
        os.fsync(file.fileno())
    made.replace(_plan_of(room))
    with suppress(OSError):  # not every system opens folders
        descriptor = os.open(room, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _read(room: Path) -> dict[str, Any]:
    """Return the plan of a room, nothing where there is none or somebody else may have written it."""
    try:
        if not (_is_ours(room, stat.S_IFDIR) and _is_ours(_plan_of(room), stat.S_IFREG)):
            return {}
        plan = json.loads(_plan_of(room).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return {}
    return plan if isinstance(plan, dict) else {}


def _is_ours(path: Path, kind: int) -> bool:
    found = path.lstat()
    ours = getattr(os, "geteuid", lambda: found.st_uid)()
    return stat.S_IFMT(found.st_mode) == kind and found.st_uid == ours and not found.st_mode & 0o022


def _plan_of(room: Path) -> Path:
    return _beside(room, "plan")


def _beside(room: Path, ending: str) -> Path:
    return room / f"{room.name.removeprefix(PREFIX)}.{ending}"
