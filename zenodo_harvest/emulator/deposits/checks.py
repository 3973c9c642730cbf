"""What stands against publishing a draft, under the names of the native JSON."""

from __future__ import annotations

from datetime import date

from zenodo_harvest.emulator.defaults import Json
from zenodo_harvest.emulator.deposits.buckets import is_completed
from zenodo_harvest.emulator.deposits.fields import Faults, under
from zenodo_harvest.emulator.deposits.native_input import read_access, read_metadata
from zenodo_harvest.emulator.deposits.pids import Pids
from zenodo_harvest.emulator.problems import invalid


def check(draft: Json, bucket: Json, today: date, pids: Pids) -> None:
    """Let pass what may be published (zenodo-api.md §9.5, read 2026-08-20).

    Raises:
        Problem: The 400 with all that is wrong.
    """
    faults: Faults = [
        *under("metadata", read_metadata(draft["metadata"]).faults),
        *under("access", read_access(draft["access"], today).faults),
    ]
    if faults:
        raise invalid(faults)
    if wrong := _files_faults(draft, bucket) or pids.faults(draft):
        raise invalid(wrong)


def files_wanted(draft: Json, given: Json, files: Json, *, is_new: bool) -> tuple[Json, Faults]:
    """Return what a draft says about its files, and what is wrong with what was asked.

    The order is ignored; a new draft may be without files (zenodo-api.md §13, run 2026-11-23).
    """
    faults: Faults = []
    wanted: Json = {"enabled": True, "order": []}
    if given.get("enabled") is False:
        faults.append(("files.enabled", "You don't have permissions to manage files options."))
    preview = given.get("default_preview")
    if given.get("enabled") and not files and not is_new:
        faults.append(("files.enabled", "Missing uploaded files."))
    if preview and preview in files:
        wanted["default_preview"] = preview
    elif preview:
        faults.append(("files.default_preview", f'No file with key "{preview}"'))
        if before := draft["files"].get("default_preview"):
            wanted["default_preview"] = before
    return wanted, faults


def _files_faults(draft: Json, bucket: Json) -> Faults:
    files = bucket["files"]
    if draft["files"]["enabled"] and not files:
        message = "Missing uploaded files. To disable files for this record please mark it as metadata-only."
        return [("files.enabled", message)]
    if not all(map(is_completed, files.values())):
        return [("files", "One or more files have not completed their transfer, please wait.")]
    return []
