"""What is said about metadata, by a caller or by files, becomes the body of a request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import msgspec

from zenodo_harvest.deposit.communities import ASKED, named_in
from zenodo_harvest.deposit.deposit import Deposit
from zenodo_harvest.deposit.drafts import Change
from zenodo_harvest.deposit.metadata import (
    Changes,
    Finding,
    Metadata,
    changed,
    check,
    edit,
    from_native,
    parse_set,
    replace,
    to_native,
)
from zenodo_harvest.errors import UsageError

Given = Mapping[str, Any] | Metadata | Changes
"""Metadata by the names of our own format; a name of a mapping may be a path: ``creators.0.orcid``."""


def new_body(given: Given | None, *, today: date, is_zenodo: bool) -> dict[str, Any]:
    """Return the native body of a new draft.

    What the classic API fills in is filled in: the date of today, and Zenodo as publisher (zenodo-api.md
    §9.9, read 2026-08-20). A license is not chosen for anybody.

    Args:
        given: Its metadata; what nothing is published without may still be missing.
        today: The day against which an embargo is held.
        is_zenodo: Whether the server asks the communities that a draft names.

    Raises:
        UsageError: The metadata has errors.
    """
    changes = _changes(given)
    metadata = _checked(Metadata(), changes, today)
    publisher = metadata.publisher or ("Zenodo" if is_zenodo else None)
    dated = metadata.publication_date or today.isoformat()
    body = to_native(msgspec.structs.replace(metadata, publication_date=dated, publisher=publisher))
    return _naming(body, changes, is_zenodo=is_zenodo)


def change_of(
    given: Given | None, unset: Iterable[str], *, all_of_it: bool, today: date, is_zenodo: bool
) -> Change:
    """Return what makes of a native draft the body that changes it.

    Args:
        given: Fields and their new values.
        unset: Names and paths of fields to remove.
        all_of_it: Whether every field that is not given goes.
        today: The day against which an embargo is held.
        is_zenodo: Whether the server asks the communities that a draft names.

    Raises:
        UsageError: A name is unknown, or a value has an error; also when the change is made.
    """
    changes = parse_set((), unset) | _changes(given)

    def change(draft: Mapping[str, Any]) -> Mapping[str, Any]:
        if all_of_it:
            body = replace(draft, _checked(Metadata(), changes, today))
        else:
            _checked(from_native(draft), changes, today)
            body = edit(draft, changes)
        return _naming(body, changes, is_zenodo=is_zenodo)

    return change


def said_of(deposit: Deposit) -> Metadata:
    """Return the metadata of a deposit; the communities that a draft names are those to ask."""
    metadata = from_native(deposit.native)
    if not (asked := named_in(deposit.native)):
        return metadata
    others = {name: value for name, value in metadata.custom_fields.items() if name != ASKED}
    return msgspec.structs.replace(metadata, communities=asked, custom_fields=others)


def _changes(given: Given | None) -> Changes:
    if given is None:
        return Changes()
    if isinstance(given, Changes):
        return given
    if not isinstance(given, Mapping | Metadata):
        raise UsageError(
            f"The metadata is {given!r}, and no mapping.", hint="Give its fields: {'title': 'Frost days'}."
        )
    if isinstance(given, Metadata):
        return Changes.of(given.as_document())
    return Changes.of(given)


def _checked(before: Metadata, changes: Changes, today: date) -> Metadata:
    """Return the metadata with the changes.

    Raises:
        UsageError: What was changed has an error. What was there before is not judged.
    """
    said = {str(path[0]) for path in (*changes.values, *changes.removed)}
    _refuse(check(_whole_values(changes), today=today, partial=True), said)
    after = changed(before, changes)
    _refuse(check(after.as_document(), today=today, partial=True), said)
    return after


def _whole_values(changes: Changes) -> dict[str, Any]:
    """Return the fields that are set as a whole, as they were written."""
    return {str(path[0]): value for path, value in changes.values.items() if len(path) == 1}


def _refuse(findings: Iterable[Finding], said: set[str]) -> None:
    errors = [each for each in findings if each.level == "error" and each.path.partition(".")[0] in said]
    if errors:
        raise UsageError("The metadata has errors, and nothing was sent.", hint="\n".join(map(str, errors)))


def _naming(body: dict[str, Any], changes: Changes, *, is_zenodo: bool) -> dict[str, Any]:
    """Return the body with the communities to ask, which Zenodo keeps in a custom field of the draft."""
    fields = dict(body.get("custom_fields") or {})
    if ("communities",) in changes.removed:
        fields.pop(ASKED, None)
    named = changes.values.get(("communities",))
    if named is None and ("communities",) not in changes.removed:
        return body
    if named:
        if not is_zenodo:
            raise UsageError(
                "This site asks no communities that metadata names.",
                hint="Publish, then use `deposit submit`; or let it be reviewed with `deposit review`.",
            )
        # a community named twice makes the server fail (zenodo-api.md §13, run 2026-11-23)
        fields[ASKED] = list(dict.fromkeys(Metadata.from_document({"communities": named}).communities))
    return {**body, "custom_fields": fields}
