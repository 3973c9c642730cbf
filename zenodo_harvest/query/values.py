"""Rules about values: each field takes values of its own kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from zenodo_harvest.query.edits import Notes
from zenodo_harvest.query.quoting import quote
from zenodo_harvest.query.tree import (
    From,
    Fuzzy,
    Leaf,
    Prohibit,
    Range,
    Regex,
    SearchField,
    To,
    fields,
    leaves,
    use_of,
)
from zenodo_harvest.vocabularies.fields import ACCESS_STATUSES, LOWER_CASE
from zenodo_harvest.vocabularies.languages import language_code
from zenodo_harvest.vocabularies.types import (
    RESOURCE_TYPES,
    TOP_TYPES,
    WITH_SUBTYPES,
    subtype_ids,
    type_ids,
)

_INTEGER = re.compile(r"-?[0-9]{1,19}")
_UUID = re.compile(r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ORCID = re.compile(r"(?i)(?:https?://(?:www\.)?orcid\.org/)([0-9]{4}(?:-[0-9]{3}[0-9X]){3})")
_VERSION = "metadata.version"
_PERSON_ID = "person_or_org.identifiers.identifier"
_WHOLE_VALUES = frozenset(
    {
        "custom_fields.thesis:thesis.university",
        "custom_fields.thesis:thesis.department",
        "custom_fields.imprint:imprint.place",
        "metadata.funding.award.acronym",
    }
)
_WILD_DOIS: Mapping[str, str] = {
    "pids.doi.identifier": "pids.doi.identifier.keyword",
    "parent.pids.doi.identifier": "parent.pids.doi.identifier.keyword",
    "metadata.funding.funder.identifiers.identifier": "metadata.funding.funder.identifiers.identifier",
}


def check_renames(tree: Any, notes: Notes) -> None:
    """Note fields that another field has to stand in for, given the values they are asked for."""
    for node in fields(tree):
        if isinstance(node.expr, SearchField):
            continue
        use = use_of(node, notes.text)
        inside = [leaf for leaf in leaves(node.expr, notes.text, use) if leaf.use == use]
        for rule in (_version, _communities, _wild_doi, _type):
            if new := rule(use.name, use.native, inside):
                notes.edit(use.start, use.end, new[0], new[1])
                break


def _version(name: str, native: str, inside: list[Leaf]) -> tuple[str, str] | None:
    if native != "versions.index" or name != "version":
        return None
    if all(_is_number(text) for leaf in inside for text, _ in bounds(leaf)):
        return None
    return _VERSION, "version: counts the versions of a record, the label of a version is another field"


def _communities(name: str, native: str, inside: list[Leaf]) -> tuple[str, str] | None:
    if name != "communities":
        return None
    if any(_UUID.fullmatch(leaf.value) for leaf in inside if leaf.is_word or leaf.is_phrase):
        return native, "communities: takes slugs, the UUID of a community is in another field"
    if any(
        not (leaf.is_word or leaf.is_phrase) or (leaf.has_wildcard and leaf.raw != "*") for leaf in inside
    ):
        return (
            "parent.communities.entries.slug",
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


def check_values(tree: Any, notes: Notes) -> None:
    """Note values that the field they are asked of cannot have."""
    for leaf in leaves(tree, notes.text):
        if leaf.use is None or leaf.use.field is None or leaf.use.name == "_exists_":
            continue
        if leaf.use.field.is_searchable and (rule := _KINDS.get(leaf.use.field.kind)):
            rule(leaf, notes)


def bounds(leaf: Leaf) -> list[tuple[str, Any]]:
    """Return the values of a leaf with their nodes: one, or the two bounds of a range."""
    node = leaf.node
    if isinstance(node, Range):
        return [(_plain(node.low), node.low), (_plain(node.high), node.high)]
    if isinstance(node, (From, To)):
        return [(_plain(node.children[0]), node.children[0])]
    if leaf.is_word or leaf.is_phrase:
        return [(leaf.value, node)]
    return []


def _plain(node: Any) -> str:
    if isinstance(node, Prohibit):
        return f"-{_plain(node.children[0])}"
    text = str(node.value)
    return re.sub(r"\\(.)", r"\1", text[1:-1] if text.startswith('"') else text)


def _is_number(text: str) -> bool:
    return text == "*" or bool(_INTEGER.fullmatch(text))


def _integer(leaf: Leaf, notes: Notes) -> None:
    if all(_is_number(text) for text, _ in bounds(leaf)) and not isinstance(leaf.node, (Fuzzy, Regex)):
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
    if isinstance(leaf.node, (Fuzzy, Regex)) or any(not _is_decimal(text) for text, _ in bounds(leaf)):
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
