"""`Changes`: fields to set and to remove, by the names of our own format and dotted paths."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from zenodo_harvest.deposit.metadata.item_names import ITEMS
from zenodo_harvest.deposit.metadata.model import Metadata
from zenodo_harvest.deposit.metadata.names import NAMES, OTHER_NAMES
from zenodo_harvest.errors import UsageError
from zenodo_harvest.vocabularies.terms import nearest

Steps = tuple[str | int, ...]

_NAMES = {name.name: name for name in NAMES}
_TEXTS = frozenset(
    "text title html version doi day url isbn issn orcid gnd isni ror scheme identifier relation role".split()
) | {"edtf date", "edtf time", "upload type", "subtype", "access right", "description text", "person name"}
_DESCRIBED = {"notes": "notes", "method": "methods"}


@dataclass(frozen=True, slots=True)
class Changes:
    """Fields to set and to remove.

    Attributes:
        values: New values by path; a whole document is a path of one name for each of its fields.
        removed: Paths to remove; they go before `values` come.
    """

    values: Mapping[Steps, Any] = field(default_factory=dict)
    removed: tuple[Steps, ...] = ()

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Changes:
        """Return the changes that set every field that a document of our own format names.

        Raises:
            UsageError: It names a field that there is none of.
        """
        return cls({_path(name): value for name, value in document.items()})

    def __or__(self, other: Changes) -> Changes:
        """Return both, where `other` wins."""
        return Changes({**self.values, **other.values}, (*self.removed, *other.removed))

    def __bool__(self) -> bool:
        return bool(self.values or self.removed)


def parse_set(settings: Iterable[str] = (), unset: Iterable[str] = ()) -> Changes:
    """Read ``key=value`` settings and keys to remove.

    A key is a name of our own format or a dotted path (``creators.0.orcid``). A value is JSON where the field
    is no text and the value can be read so; everything else is text: ``version=1.10`` is the text ``1.10``.

    Raises:
        UsageError: A setting has no ``=``, or names no field.
    """
    values: dict[Steps, Any] = {}
    for setting in settings:
        key, equals, text = setting.partition("=")
        if not equals:
            raise UsageError(f"{setting!r} sets nothing.", hint="Write key=value, such as version=1.2.0.")
        path = _path(key.strip())
        values[path] = _value(path, text)
    return Changes(values, tuple(_path(key.strip()) for key in unset))


def changed(metadata: Metadata, changes: Changes) -> Metadata:
    """Return the metadata with the changes.

    Raises:
        UsageError: A path leads nowhere, or a value is not of the type of its field.
    """
    document = metadata.as_document()
    for path in changes.removed:
        _remove(document, path)
    for path, value in changes.values.items():
        _set(document, path, deepcopy(value))
    _end_embargo(document, changes)
    return Metadata.from_document(document)


def _end_embargo(document: dict[str, Any], changes: Changes) -> None:
    """Drop the dates of an embargo that is lifted, which the server refuses; refuse to open files unasked."""
    if ("access_right",) in changes.removed and ("access_right",) not in changes.values:
        raise UsageError("Access cannot be removed.", hint="Set it: access_right=open, or restricted.")
    is_embargoed = document.get("access_right") == "embargoed"
    if is_embargoed and not document.get("embargo_date"):
        raise UsageError(
            "An embargo needs its end.", hint="Set embargo_date=YYYY-MM-DD, or access_right=open."
        )
    if ("access_right",) in changes.values and not is_embargoed:
        for name in ("embargo_date", "embargo_reason"):
            if (name,) not in changes.values:
                document.pop(name, None)


def _path(key: str) -> Steps:
    """Read a dotted path; a name with a colon is one step, dots and all."""
    steps: Steps = tuple(int(part) if part.isascii() and part.isdigit() else part for part in key.split("."))
    if not key or steps[0] not in _NAMES:
        meant = OTHER_NAMES.get(key) or nearest(str(steps[0]) if key else "", _NAMES)
        hint = f"Did you mean {meant}?" if meant else "The names are in docs/metadata.md."
        raise UsageError(f"{key!r} names no field of the metadata.", hint=hint)
    if _NAMES[str(steps[0])].kind == "ignored":
        raise UsageError(f"Zenodo ignores {steps[0]} today.", hint="Leave it out.")
    return steps


def _value(path: Steps, text: str) -> Any:
    if _kind(path) in _TEXTS:
        return text
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value


def _kind(path: Steps) -> str:
    """Return the kind of the values at a path; empty where the table does not reach."""
    kind = _NAMES[str(path[0])].kind
    for step in path[1:]:
        if isinstance(step, int):
            if kind in ("keywords", "texts", "references", "languages"):
                kind = "text"
            continue
        inner = {name.name: name.kind for name in ITEMS.get(kind, ())}
        kind = inner.get(step, "")
    return kind


def _set(document: dict[str, Any], path: Steps, value: Any) -> None:
    _refuse_inside_short_name(document, path)
    target: Any = document
    for step, following in pairwise(path):
        target = _step_into(target, step, following, path)
    last = path[-1]
    if isinstance(target, dict) and isinstance(last, str):
        target[last] = value
        _forget_halves(target, last)
    elif isinstance(target, list) and isinstance(last, int) and last <= len(target):
        target[last : last + 1] = [value]
    else:
        raise _nowhere(path)


def _step_into(target: Any, step: str | int, following: str | int, path: Steps) -> Any:
    empty: Any = [] if isinstance(following, int) else {}
    if isinstance(target, dict) and isinstance(step, str):
        return target.setdefault(step, empty)
    if isinstance(target, list) and isinstance(step, int) and step <= len(target):
        if step == len(target):
            target.append(empty)
        elif isinstance(following, str) and isinstance(target[step], str):
            # a text in a list stands for an object with this one member: a reference, say
            target[step] = {"reference" if path[0] == "references" else "id": target[step]}
        return target[step]
    raise _nowhere(path)


def _forget_halves(person: dict[str, Any], key: str) -> None:
    """A new name replaces its halves, which would win otherwise."""
    if key == "name":
        person.pop("family_name", None)
        person.pop("given_name", None)


def _remove(document: dict[str, Any], path: Steps) -> None:
    """Remove a field, also one of another name that stands for it."""
    name = _NAMES[str(path[0])]
    if len(path) == 1 and name.name in _DESCRIBED:
        others = document.get("additional_descriptions", [])
        document["additional_descriptions"] = [
            each for each in others if each.get("type") != _DESCRIBED[name.name]
        ]
        return
    if len(path) == 1 and name.name == "thesis_supervisors":
        others = document.get("contributors", [])
        document["contributors"] = [each for each in others if each.get("type") != "Supervisor"]
        return
    if name.stands_for:
        path = (name.stands_for, *path[1:])
    if path[-1] == "affiliation":
        path = (*path[:-1], "affiliations", 0)
    if path[-1] in ("start", "end"):
        path = (*path[:-1], "date")
    target: Any = document
    for step in path[:-1]:
        try:
            target = target[step]
        except (KeyError, IndexError, TypeError):
            return
    try:
        del target[path[-1]]
    except (KeyError, IndexError, TypeError):
        return
    if path[0] == "upload_type" and len(path) == 1:
        for kind in ("publication_type", "image_type", "software_type"):
            document.pop(kind, None)


def _refuse_inside_short_name(document: Mapping[str, Any], path: Steps) -> None:
    name = _NAMES[str(path[0])]
    if name.stands_for and len(path) > 1 and name.name not in document and name.stands_for != "custom_fields":
        raise UsageError(
            f"{'.'.join(map(str, path))} cannot be set alone.",
            hint=f"Set {name.name} as a whole, or a part of {name.stands_for}.",
        )


def _nowhere(path: Steps) -> UsageError:
    return UsageError(
        f"{'.'.join(map(str, path))} leads nowhere in the metadata.",
        hint="Positions count from 0, and a list grows by one at its end.",
    )
