"""`edit`: a native draft with a few fields changed, and everything else left as it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import partial
from typing import Any

from zenodo_harvest.deposit.metadata.changes import Changes, changed
from zenodo_harvest.deposit.metadata.model import Metadata
from zenodo_harvest.deposit.metadata.native_reading import from_native, term_by_id
from zenodo_harvest.deposit.metadata.native_writing import LEGACY_COMMUNITIES, to_native

_COMPUTED = frozenset(
    "id links ui expanded errors created updated revision_id is_published is_draft expires_at status "
    "versions parent deletion_status tombstone swh stats".split()
)
"""What the server shows of a draft and computes itself."""
_COMPUTED_OF_FILES = frozenset(("count", "total_bytes", "entries"))
_BY_ID: dict[str, tuple[str, ...]] = {
    "resource_type": ("",),
    "creators": ("role", "affiliations"),
    "contributors": ("role", "affiliations"),
    "additional_titles": ("type", "lang"),
    "additional_descriptions": ("type", "lang"),
    "subjects": ("",),
    "dates": ("type",),
    "languages": ("",),
    "related_identifiers": ("relation_type", "resource_type"),
    "rights": ("",),
    "funding": ("funder", "award"),
}
"""Where the metadata holds terms of vocabularies: in the field itself (an empty name) or in members of it."""


def edit(draft: Mapping[str, Any], changes: Changes) -> dict[str, Any]:
    """Return the body that changes the named fields of a native draft and nothing else.

    Fields that we do not know, and those that stay the same, are left as they are. Terms of vocabularies,
    which the server shows at length, are sent back by id, as it wants them (zenodo-api.md §13, run
    2026-11-23). Communities are no part of a body: one asks for them.

    Args:
        draft: The draft as ``GET /api/records/{id}/draft`` gives it.
        changes: What to set and to remove.

    Raises:
        UsageError: A path leads nowhere, or a value is not of the type of its field.
    """
    before = from_native(draft)
    after = changed(before, changes)
    body = sendable(draft)
    if after.communities == before.communities and after == before:
        return body
    merged: dict[str, Any] = _merged(body, to_native(before), to_native(after))
    return merged


def replace(draft: Mapping[str, Any], metadata: Metadata) -> dict[str, Any]:
    """Return the body that puts `metadata` in the place of all metadata of a native draft.

    What is not said is gone, save access, DOI and files: they stay unless the metadata names them.

    Args:
        draft: The draft as ``GET /api/records/{id}/draft`` gives it.
        metadata: What the draft is to say.
    """
    body, new = sendable(draft), to_native(metadata)
    custom = body.get("custom_fields") or {}
    kept = {key: custom[key] for key in (LEGACY_COMMUNITIES,) if key in custom}
    body["metadata"] = new["metadata"]
    body["custom_fields"] = {**new.get("custom_fields", {}), **kept}
    for key in ("access", "pids"):
        if key in new:
            body[key] = new[key]
    if "files" in new:
        body["files"] = {**(body.get("files") or {}), **new["files"]}
    return body


def sendable(draft: Mapping[str, Any]) -> dict[str, Any]:
    """Return a draft as the server takes it back: without what it computes, terms of vocabularies by id."""
    body = {key: deepcopy(value) for key, value in draft.items() if key not in _COMPUTED}
    for key in ("files", "media_files"):
        if isinstance(files := body.get(key), dict):
            body[key] = {name: value for name, value in files.items() if name not in _COMPUTED_OF_FILES}
    if isinstance(access := body.get("access"), dict):
        access.pop("status", None)
    if isinstance(metadata := body.get("metadata"), dict):
        body["metadata"] = _by_id(metadata)
    if isinstance(custom := body.get("custom_fields"), dict):
        body["custom_fields"] = {key: term_by_id(value) for key, value in custom.items()}
    return body


def _by_id(metadata: dict[str, Any]) -> dict[str, Any]:
    """Return the metadata with its terms of vocabularies by id alone."""
    return {
        field: _each(value, partial(_members_by_id, names=_BY_ID[field])) if field in _BY_ID else value
        for field, value in metadata.items()
    }


def _members_by_id(value: Any, names: tuple[str, ...]) -> Any:
    if not isinstance(value, dict):
        return value
    if names == ("",):
        return {"id": value["id"]} if value.get("id") else value
    return {
        key: _each(member, partial(_members_by_id, names=("",))) if key in names else member
        for key, member in value.items()
    }


def _each(value: Any, step: Callable[[Any], Any]) -> Any:
    return [step(each) for each in value] if isinstance(value, list) else step(value)


def _merged(current: Any, old: Any, new: Any) -> Any:
    """Return `current` with what differs between `old` and `new`, readings of it before and after."""
    if old == new:
        return current
    if isinstance(current, dict) and isinstance(old, dict) and isinstance(new, dict):
        merged = {key: value for key, value in current.items() if key in new or key not in old}
        for key, value in new.items():
            if key not in old:
                merged[key] = value
            elif key in current:
                merged[key] = _merged(current[key], old[key], value)
            elif value != old[key]:
                merged[key] = value
        return merged
    if isinstance(current, list) and isinstance(old, list) and isinstance(new, list):
        return _merged_lists(current, old, new)
    return new


def _merged_lists(current: list[Any], old: list[Any], new: list[Any]) -> list[Any]:
    """Return the new list, each item that was there before as it stands in `current`."""
    whole = [_whole_of(each, at, current) for at, each in enumerate(old)]
    free = list(range(len(old)))
    chosen: dict[int, int] = {}
    for at, each in enumerate(new):
        same = next((number for number in free if old[number] == each), None)
        if same is not None:
            chosen[at] = same
            free.remove(same)
    for at in range(len(new)):
        if at not in chosen and at in free:
            chosen[at] = at
            free.remove(at)
    return [
        _merged(whole[chosen[at]], old[chosen[at]], each) if at in chosen else each
        for at, each in enumerate(new)
    ]


def _whole_of(reading: Any, at: int, current: list[Any]) -> Any:
    """Return the item of `current` that a reading comes from, else the reading."""
    if at < len(current) and _holds(current[at], reading):
        return current[at]
    return next((each for each in current if _holds(each, reading)), reading)


def _holds(whole: Any, part: Any) -> bool:
    """Tell whether all that `part` says is in `whole`."""
    if isinstance(whole, dict) and isinstance(part, dict):
        return all(key in whole and _holds(whole[key], value) for key, value in part.items())
    if isinstance(whole, list) and isinstance(part, list):
        return len(whole) == len(part) and all(map(_holds, whole, part))
    return bool(whole == part)
