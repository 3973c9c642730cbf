"""Rules about the fields a query names: each must be one that the server searches, and the one meant."""

from __future__ import annotations

import re
from collections.abc import Mapping

from luqum.tree import SearchField

from zenodo_harvest.query.findings import Notes
from zenodo_harvest.query.lint_values import is_integer
from zenodo_harvest.query.parser import FieldUse, Leaf, ParsedQuery, use_of
from zenodo_harvest.query.quoting import escape_field, quote, unescape
from zenodo_harvest.vocabularies.fields import (
    LEGACY,
    UNREACHABLE,
    expected,
    index_field,
    is_known,
    is_listed,
    is_object,
    nearest,
    parts,
)
from zenodo_harvest.vocabularies.types import TOP_TYPES, WITH_SUBTYPES, type_ids

_NO_HITS = "records have no field of this name, and the server would answer with no hits"
_CHECKSUM = "files.entries.checksum"
_VERSION = "metadata.version"
_SLUGS, _UUIDS = "parent.communities.entries.slug", "parent.communities.ids"
_UUID = re.compile(r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_WILD_DOIS: Mapping[str, str] = {
    "pids.doi.identifier": "pids.doi.identifier.keyword",
    "parent.pids.doi.identifier": "parent.pids.doi.identifier.keyword",
    "metadata.funding.funder.identifiers.identifier": "metadata.funding.funder.identifiers.identifier",
}


def check_names(query: ParsedQuery, notes: Notes) -> None:
    """Note every field name that the server does not search, and what to write instead."""
    for use in query.uses:
        is_glued = isinstance(use.node.expr, SearchField)
        if use.name == "_exists_" and is_glued:
            _check_glued_existing(use, notes)
        elif use.name == "_exists_":
            for leaf in query.leaves:
                if use.end < leaf.start and leaf.end <= use.value_end:
                    _check_existing(leaf, notes)
        elif is_glued:
            _check_glued(use, notes)
        else:
            _check_name(use, notes)


def _check_name(use: FieldUse, notes: Notes) -> None:
    is_own = notes.flavour.is_own(use.name)
    if is_own or is_known(use.name):
        if "*" not in use.name and (is_own or not is_listed(use.name)):
            near = "" if is_own else " or ".join(escape_field(name) for name in nearest(use.name))
            reason = f"{notes.text[use.start : use.end]} is in no list of custom fields"
            notes.warn(use.start, use.end, reason, f"did you mean {near}?" if near else "check its spelling")
        return
    if meant := expected(use.name):
        new = escape_field(notes.flavour.field(meant))
        if index_field(meant) == index_field(use.name.lower()) and meant == use.name.lower():
            notes.edit(use.start, use.end, new, "names of fields are in lower case")
        else:
            notes.edit(use.start, use.end, new, f"records have no field {use.name}")
        return
    name = notes.text[use.start : use.end]
    if advice := UNREACHABLE.get(use.name):
        notes.error(use.start, use.end, f"{name} is no field a query can use", advice)
    elif use.field is not None:
        notes.error(use.start, use.end, f"{name} cannot be searched", "leave it out")
    elif is_object(use.name):
        below = ", ".join(escape_field(part) for part in sorted(parts(use.name), key=len)[:4])
        notes.error(use.start, use.end, f"{name} only holds other fields", f"write one of them: {below}")
    else:
        _refuse_unknown(use, notes)


def _refuse_unknown(use: FieldUse, notes: Notes) -> None:
    words = quote(unescape(notes.text[use.start : use.value_end]))
    near = tuple(map(notes.flavour.field, nearest(use.name)))
    if near:
        meant = " or ".join(escape_field(name) for name in near)
        fix = f"did you mean {meant}, or {words} (the words, not a field)?"
    else:
        fix = f"write {words} to search the words"
    reason = f"there is no field {notes.text[use.start : use.end]}, and the server would answer with no hits"
    notes.error(use.start, use.end, reason, fix)


def _check_existing(leaf: Leaf, notes: Notes) -> None:
    if not (leaf.is_word or leaf.is_phrase):
        return
    name = leaf.value
    if name in LEGACY and LEGACY[name] != name:
        reason = "the server does not translate old names after _exists_"
        notes.edit(leaf.start, leaf.end, escape_field(LEGACY[name]), reason)
    elif is_object(name) or notes.flavour.is_own(name) or (is_known(name) and index_field(name) is not None):
        if leaf.is_word and ":" in name and "\\:" not in leaf.raw:
            notes.edit(leaf.start, leaf.end, escape_field(name), "a colon in a field's name must be escaped")
    elif "*" in name and is_known(name):
        return
    elif meant := expected(name):
        notes.edit(
            leaf.start, leaf.end, escape_field(LEGACY.get(meant, meant)), f"records have no field {name}"
        )
    else:
        near = " or ".join(escape_field(LEGACY.get(found, found)) for found in nearest(name))
        fix = f"did you mean {near}?" if near else "write the full name of a field of the index"
        notes.error(leaf.start, leaf.end, f"there is no field {leaf.raw} that could exist", fix)


def _check_glued_existing(use: FieldUse, notes: Notes) -> None:
    start, end = notes.text.index(":", use.end) + 1, use.value_end
    name = unescape(notes.text[start:end].strip())
    if is_known(name) or is_object(name):
        notes.edit(start, end, escape_field(name), "a colon in a field's name must be escaped")
    else:
        reason = f"there is no field {name} that could exist"
        notes.error(start, end, reason, "write the full name of a field of the index")


def _check_glued(use: FieldUse, notes: Notes) -> None:
    """Note ``a:b:c``: a colon of the name or of the value that is not escaped (400, zenodo-api.md §13)."""
    names, inner, last = [use.name], use.node.expr, use
    while isinstance(inner, SearchField):
        last = use_of(inner, notes.text)
        names.append(last.name)
        name = ":".join(names)
        meant = (
            name
            if is_known(name) or notes.flavour.is_own(name)
            else expected(name)
            if ":" in (expected(name) or "")
            else None
        )
        if meant:
            reason = "a colon in a field's name must be escaped"
            notes.edit(use.start, last.end, escape_field(meant), reason)
            return
        inner = inner.expr
    start, end = use.start, use.value_end
    value_start = notes.text.index(":", use.end) + 1
    value = notes.text[value_start:end].strip()
    if use.native == _CHECKSUM:
        notes.edit(value_start, end, quote(unescape(value)), "a colon in a value must be quoted")
        return
    words = f"{notes.text[use.start : use.end]}:{quote(unescape(value))}"
    if not is_known(use.name):
        words = quote(unescape(notes.text[start:end]))
    reason = "a second colon is not allowed, the server refuses it"
    colon = notes.text.index(":", last.end)
    notes.error(colon, end, reason, f"write {words}, or \\: for the character")


def check_renames(query: ParsedQuery, notes: Notes) -> None:
    """Note fields that another field has to stand in for, given the values they are asked for."""
    for use in query.uses:
        if isinstance(use.node.expr, SearchField):
            continue
        inside = [leaf for leaf in query.leaves if leaf.use is use]
        for rule in (_version, _communities, _wild_doi, _type):
            if new := rule(use.name, use.native, inside):
                notes.edit(use.start, use.end, new[0], new[1])
                break


def check_old_names(query: ParsedQuery, notes: Notes) -> None:
    """Note the names of old Zenodo where the server has only those of its index."""
    for use in query.uses:
        if (new := notes.flavour.field(use.name)) != use.name:
            notes.edit(use.start, use.end, escape_field(new), f"only Zenodo has the field {use.name}")


def _version(name: str, native: str, inside: list[Leaf]) -> tuple[str, str] | None:
    if native != "versions.index" or name != "version":
        return None
    if all(is_integer(bound.value) for leaf in inside for bound in leaf.bounds):
        return None
    return _VERSION, "version: counts the versions of a record, the label of a version is another field"


def _communities(name: str, _: str, inside: list[Leaf]) -> tuple[str, str] | None:
    if name not in ("communities", _SLUGS):
        return None
    if any(_UUID.fullmatch(leaf.value) for leaf in inside if leaf.is_word or leaf.is_phrase):
        return _UUIDS, f"{name}: takes slugs, the UUID of a community is in another field"
    if any(
        not (leaf.is_word or leaf.is_phrase) or (leaf.has_wildcard and leaf.raw != "*") for leaf in inside
    ):
        return (
            _SLUGS,
            "communities: takes whole slugs, a pattern finds nothing in it",
        )
    return None


def _wild_doi(name: str, native: str, inside: list[Leaf]) -> tuple[str, str] | None:
    new = _WILD_DOIS.get(native)
    if new is None or new == name or name == native:
        return None
    if any(leaf.has_wildcard and leaf.raw.startswith("10.") for leaf in inside):
        return new, f"in {name}: the server quotes what begins with 10., and the wildcard becomes a character"
    return None


def _type(_: str, native: str, inside: list[Leaf]) -> tuple[str, str] | None:
    if native != "metadata.resource_type.props.type" or not all(
        leaf.is_word or leaf.is_phrase for leaf in inside
    ):
        return None
    values = [leaf.value.lower() for leaf in inside if not leaf.has_wildcard]
    unknown = [value for value in values if value not in TOP_TYPES]
    if not unknown or len(values) < len(inside) or WITH_SUBTYPES & set(values):
        return None
    if any(len(type_ids(value)) != 1 for value in unknown):
        return None
    return "metadata.resource_type.id", f"{unknown[0]} is a subtype, and type: takes types"
