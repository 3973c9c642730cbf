"""Rules about values: each field takes values of its own kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches

from luqum.tree import Fuzzy, Regex

from zenodo_harvest.query.findings import Notes
from zenodo_harvest.query.parser import Leaf, ParsedQuery
from zenodo_harvest.query.quoting import quote
from zenodo_harvest.vocabularies.fields import ACCESS_STATUSES, LOWER_CASE
from zenodo_harvest.vocabularies.languages import language_code
from zenodo_harvest.vocabularies.types import (
    RESOURCE_TYPES,
    TOP_TYPES,
    subtype_ids,
    type_ids,
)

_INTEGER = re.compile(r"-?[0-9]{1,19}")
_ORCID = re.compile(r"(?i)(?:https?://(?:www\.)?orcid\.org/)([0-9]{4}(?:-[0-9]{3}[0-9X]){3})")
_PERSON_ID = "person_or_org.identifiers.identifier"
_WHOLE_VALUES = frozenset(
    {
        "custom_fields.thesis:thesis.university",
        "custom_fields.thesis:thesis.department",
        "custom_fields.imprint:imprint.place",
        "metadata.funding.award.acronym",
    }
)


def check_values(query: ParsedQuery, notes: Notes) -> None:
    """Note values that the field they are asked of cannot have."""
    for leaf in query.leaves:
        if leaf.use is None or leaf.use.field is None or leaf.use.name == "_exists_":
            continue
        if leaf.use.field.is_searchable and (rule := _KINDS.get(leaf.use.field.kind)):
            rule(leaf, notes)


def is_integer(text: str) -> bool:
    """Tell whether a value is a whole number that the engine takes, or ``*``."""
    return text == "*" or bool(_INTEGER.fullmatch(text))


def _integer(leaf: Leaf, notes: Notes) -> None:
    if all(is_integer(bound.value) for bound in leaf.bounds) and not isinstance(leaf.node, (Fuzzy, Regex)):
        return
    name = _name(leaf, notes)
    unit = ", in bytes" if _in_bytes(leaf) else ""
    fix = f"write {name}:3, {name}:>2 or {name}:[2 TO 9]"
    notes.error(
        leaf.start, leaf.end, f"{name} takes whole numbers{unit}, the server refuses anything else", fix
    )


def _in_bytes(leaf: Leaf) -> bool:
    return leaf.use is not None and leaf.use.native.endswith((".size", ".totalbytes", ".data_volume"))


def _double(leaf: Leaf, notes: Notes) -> None:
    if isinstance(leaf.node, (Fuzzy, Regex)) or any(not _is_decimal(bound.value) for bound in leaf.bounds):
        name = _name(leaf, notes)
        fix = f"write {name}:[46.5 TO 47]"
        notes.error(leaf.start, leaf.end, f"{name} takes numbers, the server refuses anything else", fix)


def _is_decimal(text: str) -> bool:
    return text == "*" or bool(re.fullmatch(r"-?[0-9]+(?:\.[0-9]+)?", text))


def _boolean(leaf: Leaf, notes: Notes) -> None:
    if (leaf.is_word or leaf.is_phrase) and leaf.value in ("true", "false", "*"):
        return
    name = _name(leaf, notes)
    if leaf.is_word and (plain := _BOOLEANS.get(leaf.value.lower())):
        notes.edit(leaf.start, leaf.end, plain, f"{name} is true or false")
    else:
        notes.error(leaf.start, leaf.end, f"{name} is either true or false", f"write {name}:true")


_BOOLEANS = {"yes": "true", "no": "false", "1": "true", "0": "false", "true": "true", "false": "false"}


def _keyword(leaf: Leaf, notes: Notes) -> None:
    if not (leaf.is_word or leaf.is_phrase):
        return
    native = leaf.use.native if leaf.use else ""
    value, new = leaf.value, ""
    reason = f"the values of {_name(leaf, notes)} are in lower case"
    if native.endswith(_PERSON_ID) and (found := _ORCID.fullmatch(value)):
        new, reason = found[1].upper(), "the index holds the bare ORCID"
    elif native in LOWER_CASE and value != value.lower():
        new = value.lower()
    elif native == "metadata.languages.id" and not leaf.has_wildcard:
        new, reason = _language(leaf, notes), "languages are codes of three letters"
    elif native in ("files.types", "files.entries.ext") and re.fullmatch(r"(?:\*?\.)[a-z0-9]+", value):
        new, reason = value.lstrip("*."), "the index holds extensions without a dot"
    elif native.startswith("metadata.resource_type.") and not leaf.has_wildcard:
        new, reason = _resource_type(leaf, notes, native), "the index holds the whole id of the type"
    elif native == "access.status" and not leaf.has_wildcard and value not in ACCESS_STATUSES:
        fix = f"write one of {', '.join(ACCESS_STATUSES)}"
        notes.error(leaf.start, leaf.end, f"{value} is no access status", fix)
    elif native in _WHOLE_VALUES and leaf.is_word and not leaf.has_wildcard:
        name = _name(leaf, notes)
        fix = f"write it in full and in quotes, or {name}:*{leaf.raw}*"
        notes.warn(leaf.start, leaf.end, f"{name} is compared as a whole, case and all", fix)
    if new and new != value:
        quoted = leaf.is_phrase or re.search(r"[^\w.*?-]", new)
        notes.edit(leaf.start, leaf.end, quote(new) if quoted else new, reason)


def _language(leaf: Leaf, notes: Notes) -> str:
    code = language_code(leaf.value)
    if code is None:
        reason = f"{leaf.value} is no code of a language"
        notes.error(
            leaf.start, leaf.end, reason, "write the three letters of ISO 639-3, such as language:eng"
        )
        return ""
    return code


def _resource_type(leaf: Leaf, notes: Notes, native: str) -> str:
    value = leaf.value
    known = TOP_TYPES if native.endswith("props.type") else RESOURCE_TYPES
    if value in known or value == "publication-thesis":
        return ""
    ids = type_ids(value) if native.endswith(".id") else subtype_ids(value)
    if len(ids) == 1 and not native.endswith("props.type"):
        return ids[0]
    near = type_ids(value) or tuple(get_close_matches(value, RESOURCE_TYPES, 2, 0.6)) or ("dataset",)
    fix = f"did you mean metadata.resource_type.id:{' or '.join(near)}?"
    notes.warn(leaf.start, leaf.end, f"{value} is no resource type that we know of", fix)
    return ""


def _name(leaf: Leaf, notes: Notes) -> str:
    return notes.text[leaf.use.start : leaf.use.end] if leaf.use else ""


_KINDS: Mapping[str, Callable[[Leaf, Notes], None]] = {
    "integer": _integer,
    "double": _double,
    "boolean": _boolean,
    "keyword": _keyword,
}
