"""The fields a query may name: those of the index, those of old Zenodo, and those people expect in vain."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cache

from zenodo_harvest.vocabularies.pairs import read_pairs


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the records index.

    Attributes:
        name: Its full name, unescaped.
        kind: How values match. ``keyword`` compares whole values, case and all; ``text`` compares words;
            ``folded`` is text without accents whose punctuation is removed before words are cut, so that
            ``frost-days`` is the one word ``frostdays``; ``geo`` and ``nested`` cannot be reached from a
            query, ``hidden`` is not indexed.
    """

    name: str
    kind: str

    @property
    def is_text(self) -> bool:
        """Whether it compares words and not whole values."""
        return self.kind in ("text", "folded")

    @property
    def is_searchable(self) -> bool:
        """Whether a query can find anything in it."""
        return self.kind not in ("geo", "nested", "hidden")


LEGACY = read_pairs("legacy_fields.csv")
"""All names of old Zenodo that the server still translates (zenodo-api.md §2.3, read 2026-08-20)."""

EXPECTED = read_pairs("expected_fields.csv")
"""Names people write that no field has, and what to write (zenodo-api.md §2.3 and §3.3, read 2026-08-20)."""

UNREACHABLE: Mapping[str, str] = {
    "bounds": "the server does not search by place",
    "custom": "write custom_fields.<namespace>\\:<name>, such as custom_fields.dwc\\:genus:Apis",
    "q": "write the query itself",
    "sort": "give the order as an option of its own",
    "status": "only published records are searched",
    "all_versions": "ask for all versions with an option of its own",
}
"""Names that no query can hold, and why or what to do."""

LOWER_CASE = frozenset(
    "access.files access.record access.status files.entries.ext files.types "
    "metadata.additional_descriptions.type.id metadata.additional_titles.type.id "
    "metadata.contributors.role.id metadata.creators.role.id metadata.dates.type.id "
    "metadata.identifiers.scheme metadata.languages.id metadata.related_identifiers.relation_type.id "
    "metadata.related_identifiers.resource_type.id metadata.related_identifiers.scheme "
    "metadata.resource_type.id metadata.resource_type.props.subtype metadata.resource_type.props.type "
    "metadata.rights.id parent.communities.entries.slug parent.communities.ids".split()
)
"""Keyword fields whose values are all lower-case; ``MIT`` finds nothing in them (zenodo-api.md §13)."""

ACCESS_STATUSES: tuple[str, ...] = ("open", "embargoed", "restricted", "metadata-only")
"""The values of ``access.status`` (zenodo-api.md §1.2, read 2026-08-20)."""

_CUSTOM = "custom_fields."
_LANGUAGE = re.compile(r"\.(title|description)\.[a-z]{2,3}(?=$|\.)")


@cache
def index_fields() -> Mapping[str, Field]:
    """Return the fields of the index by name; ``*`` in a name stands for any language.

    They are those that the running engine reports (recorded from zenodo-rdm 63864033 on 2026-11-23).
    """
    return {name: Field(name, kind) for name, kind in read_pairs("fields.csv").items()}


def index_field(name: str) -> Field | None:
    """Return the field that the server searches for `name`: its own or old Zenodo's, unescaped.

    A field of a known domain vocabulary that is not listed is taken for a keyword, as most of them are.
    """
    fields = index_fields()
    native = LEGACY.get(name, name)
    found = fields.get(native) or fields.get(_LANGUAGE.sub(r".\1.*", native))
    if found is not None:
        return found if found.name == native else Field(native, found.kind)
    if native.startswith(_CUSTOM) and not is_object(native):
        vocabulary, colon, rest = native.removeprefix(_CUSTOM).partition(":")
        if colon and rest and "." not in rest and vocabulary in vocabularies():
            return Field(native, "keyword")
    return None


def is_known(name: str) -> bool:
    """Tell whether a query can find anything in `name`; patterns such as ``metadata.title.*`` count."""
    if "*" in name:
        return any(fnmatchcase(known, name) for known in index_fields())
    field = index_field(name)
    return field is not None and field.is_searchable


def is_listed(name: str) -> bool:
    """Tell whether the recorded index has `name`; custom fields of a known vocabulary are known unlisted."""
    native = LEGACY.get(name, name)
    return native in index_fields() or _LANGUAGE.sub(r".\1.*", native) in index_fields()


def is_object(name: str) -> bool:
    """Tell whether `name` only holds other fields; ``_exists_`` takes such names, nothing else does."""
    return any(known.startswith(f"{name}.") for known in index_fields()) and name not in index_fields()


def parts(name: str) -> tuple[str, ...]:
    """Return the fields directly below `name`."""
    return tuple(known for known in index_fields() if known.startswith(f"{name}.") and "@" not in known)


@cache
def vocabularies() -> frozenset[str]:
    """Return the prefixes of custom fields, such as ``dwc``."""
    return frozenset(
        name.removeprefix(_CUSTOM).split(":")[0] for name in index_fields() if name.startswith(_CUSTOM)
    )


def custom_fields() -> Iterator[str]:
    """Yield the custom fields without their common prefix, such as ``dwc:genus``."""
    return (name.removeprefix(_CUSTOM) for name in index_fields() if name.startswith(_CUSTOM))


def custom_name(typed: str) -> str:
    """Return the name of a custom field without the common prefix, however it was escaped."""
    return typed.strip().replace("\\", "").removeprefix(_CUSTOM)


def nearest_custom(name: str) -> list[str]:
    """Return up to two custom fields that look most like `name`, without their common prefix."""
    return get_close_matches(name, list(custom_fields()), 2, 0.6)


def expected(name: str) -> str | None:
    """Return the name to write for one that people expect, or None if there is nothing to offer.

    Besides the listed names: another case, old names with ``.keyword`` behind them, custom fields without
    their prefix, and what fits after the last part of a longer name.
    """
    if meant := EXPECTED.get(name.lower()):
        return meant
    lowered = name.lower()
    if lowered != name and (lowered in LEGACY or is_known(lowered)):
        return lowered
    stem = name.removesuffix(".keyword")
    if stem in LEGACY and is_known(f"{LEGACY[stem]}.keyword"):
        return f"{LEGACY[stem]}.keyword"
    for prefix in ("metadata.", _CUSTOM):
        if is_known(prefix + name):
            return prefix + name
    return None


def nearest(name: str) -> tuple[str, ...]:
    """Return up to three field names that look most like `name`, best first."""
    names = [*LEGACY, *EXPECTED, *(known for known, field in index_fields().items() if field.is_searchable)]
    short = {
        known.lower().removeprefix("metadata."): known
        for known in reversed(names)
        if "@" not in known and "*" not in known
    }
    close = get_close_matches(name.lower().removeprefix("metadata."), short, 6, 0.6)
    meant = (short[found] for found in close)
    return tuple(dict.fromkeys(EXPECTED.get(found, found) for found in meant))[:3]
