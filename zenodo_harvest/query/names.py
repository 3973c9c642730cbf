"""Rules about field names: each must be one that the server searches."""

from __future__ import annotations

from typing import Any

from zenodo_harvest.query.edits import Notes
from zenodo_harvest.query.quoting import escape_field, quote, unescape
from zenodo_harvest.query.tree import Leaf, SearchField, Use, fields, leaves, span, use_of
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

_NO_HITS = "records have no field of this name, and the server would answer with no hits"
_CHECKSUM = "files.entries.checksum"


def check_names(tree: Any, notes: Notes) -> None:
    """Note every field name that the server does not search, and what to write instead."""
    for node in fields(tree):
        use = use_of(node, notes.text)
        if use.name == "_exists_" and isinstance(node.expr, SearchField):
            _check_glued_existing(node, use, notes)
        elif use.name == "_exists_":
            for leaf in leaves(node.expr, notes.text):
                _check_existing(leaf, notes)
        elif isinstance(node.expr, SearchField):
            _check_glued(node, use, notes)
        else:
            _check_name(node, use, notes)


def _check_name(node: SearchField, use: Use, notes: Notes) -> None:
    if is_known(use.name):
        if "*" not in use.name and not is_listed(use.name):
            near = " or ".join(escape_field(name) for name in nearest(use.name))
            reason = f"{notes.text[use.start : use.end]} is in no list of custom fields"
            notes.warn(use.start, use.end, reason, f"did you mean {near}?" if near else "check its spelling")
        return
    if meant := expected(use.name):
        new = escape_field(meant)
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
        _refuse_unknown(node, use, notes)


def _refuse_unknown(node: SearchField, use: Use, notes: Notes) -> None:
    start, end = span(node, notes.text)
    words = quote(unescape(notes.text[start:end]))
    near = nearest(use.name)
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
    elif is_object(name) or (is_known(name) and index_field(name) is not None):
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


def _check_glued_existing(node: SearchField, use: Use, notes: Notes) -> None:
    start, end = notes.text.index(":", use.end) + 1, span(node, notes.text)[1]
    name = unescape(notes.text[start:end].strip())
    if is_known(name) or is_object(name):
        notes.edit(start, end, escape_field(name), "a colon in a field's name must be escaped")
    else:
        reason = f"there is no field {name} that could exist"
        notes.error(start, end, reason, "write the full name of a field of the index")


def _check_glued(node: SearchField, use: Use, notes: Notes) -> None:
    """Note ``a:b:c``: a colon of the name or of the value that is not escaped (400, zenodo-api.md §13)."""
    names, inner, last = [use.name], node.expr, use
    while isinstance(inner, SearchField):
        last = use_of(inner, notes.text)
        names.append(last.name)
        name = ":".join(names)
        meant = name if is_known(name) else expected(name) if ":" in (expected(name) or "") else None
        if meant:
            reason = "a colon in a field's name must be escaped"
            notes.edit(use.start, last.end, escape_field(meant), reason)
            return
        inner = inner.expr
    start, end = span(node, notes.text)
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
