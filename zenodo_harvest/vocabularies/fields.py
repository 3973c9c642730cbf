"""The fields a query may name: those of the index, those of old Zenodo, and those people expect in vain."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Literal, cast

Kind = Literal[
    "keyword",
    "text",
    "folded",
    "date",
    "date_range",
    "integer",
    "double",
    "boolean",
    "geo",
    "nested",
    "hidden",
]


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
    kind: Kind

    @property
    def is_text(self) -> bool:
        """Whether it compares words and not whole values."""
        return self.kind in ("text", "folded")

    @property
    def is_searchable(self) -> bool:
        """Whether a query can find anything in it."""
        return self.kind not in ("geo", "nested", "hidden")


LEGACY: Mapping[str, str] = {
    "recid": "id",
    "conceptrecid": "parent.id",
    "doi": "pids.doi.identifier",
    "conceptdoi": "parent.pids.doi.identifier",
    "communities": "parent.communities.ids",
    "created": "created",
    "publicationdate": "metadata.publication_date",
    "publication_date": "metadata.publication_date",
    "version": "versions.index",
    "type": "metadata.resource_type.props.type",
    "resource_type.type": "metadata.resource_type.props.type",
    "resource_type.subtype": "metadata.resource_type.props.subtype",
    "metadata.resource_type.id": "metadata.resource_type.id",
    "metadata.resource_type.props.subtype": "metadata.resource_type.props.subtype",
    "metadata.related_identifiers.resource_type.id": "metadata.related_identifiers.resource_type.id",
    "access_right": "access.status",
    "embargodate": "access.embargo.until",
    "creators.name": "metadata.creators.person_or_org.name",
    "creators.affiliation": "metadata.creators.affiliations.name",
    "creators.orcid": "metadata.creators.person_or_org.identifiers.identifier",
    "creators.gnd": "metadata.creators.person_or_org.identifiers.identifier",
    "contributors.name": "metadata.contributors.person_or_org.name",
    "contributors.affiliation": "metadata.contributors.affiliations.name",
    "contributors.orcid": "metadata.contributors.person_or_org.identifiers.identifier",
    "contributors.gnd": "metadata.contributors.person_or_org.identifiers.identifier",
    "contributors.type": "metadata.contributors.role.id",
    "journal.title": "custom_fields.journal:journal.title",
    "journal.volume": "custom_fields.journal:journal.volume",
    "journal.pages": "custom_fields.journal:journal.pages",
    "journal.issn": "custom_fields.journal:journal.issn",
    "meeting.title": "custom_fields.meeting:meeting.title",
    "meeting.acronym": "custom_fields.meeting:meeting.acronym",
    "meeting.dates": "custom_fields.meeting:meeting.dates",
    "meeting.place": "custom_fields.meeting:meeting.place",
    "meeting.url": "custom_fields.meeting:meeting.url",
    "meeting.session": "custom_fields.meeting:meeting.session",
    "meeting.session_part": "custom_fields.meeting:meeting.session_part",
    "part_of.title": "custom_fields.imprint:imprint.title",
    "part_of.pages": "custom_fields.imprint:imprint.pages",
    "imprint.isbn": "custom_fields.imprint:imprint.isbn",
    "imprint.place": "custom_fields.imprint:imprint.place",
    "imprint.publisher": "custom_fields.imprint:imprint.publisher",
    "thesis.university": "custom_fields.thesis:thesis.university",
    "title": "metadata.title",
    "description": "metadata.description",
    "notes": "metadata.additional_descriptions.description",
    "keywords": "metadata.subjects.subject",
    "language": "metadata.languages.id",
    "license.identifier": "metadata.rights.id",
    "license.url": "metadata.rights.props.url",
    "related.identifier": "metadata.related_identifiers.identifier",
    "related.scheme": "metadata.related_identifiers.scheme",
    "related.relation": "metadata.related_identifiers.relation_type.id",
    "alternate.identifier": "metadata.identifiers.identifier",
    "alternate.scheme": "metadata.identifiers.scheme",
    "grants.code": "metadata.funding.award.number",
    "grants.acronym": "metadata.funding.award.acronym",
    "grants.program": "metadata.funding.award.program",
    "grants.title": "metadata.funding.award.title.en",
    "grants.funder.doi": "metadata.funding.funder.identifiers.identifier",
    "grants.funder.name": "metadata.funding.funder.name",
    "owners": "parent.access.owned_by.user",
    "user": "parent.access.owned_by.user",
    "filecount": "files.count",
    "filename": "files.entries.key",
    "filetype": "files.types",
    "filesize": "files.totalbytes",
    "size": "files.totalbytes",
    "_files.checksum": "files.entries.checksum",
    "_files.size": "files.entries.size",
}
"""All names of old Zenodo that the server still translates (zenodo-api.md §2.3, read 2026-08-20)."""

EXPECTED: Mapping[str, str] = {
    "abstract": "description",
    "access": "access_right",
    "access_status": "access_right",
    "affiliation": "creators.affiliation",
    "affiliations": "creators.affiliation",
    "author": "creators.name",
    "authors": "creators.name",
    "award": "grants.code",
    "checksum": "_files.checksum",
    "community": "communities",
    "contributor": "contributors.name",
    "contributors": "contributors.name",
    "created_at": "created",
    "creationdate": "created",
    "creator": "creators.name",
    "creators": "creators.name",
    "date": "metadata.publication_date_range",
    "embargo_date": "embargodate",
    "extension": "filetype",
    "file_type": "filetype",
    "files": "filename",
    "files.checksum": "_files.checksum",
    "files.key": "filename",
    "files.size": "_files.size",
    "files.type": "filetype",
    "funder": "grants.funder.name",
    "funding": "grants.funder.name",
    "gnd": "creators.gnd",
    "grant": "grants.code",
    "grants": "grants.code",
    "imprint.publisher": "metadata.publisher",
    "isbn": "imprint.isbn",
    "issn": "journal.issn",
    "journal": "journal.title",
    "journal.issue": "custom_fields.journal:journal.issue",
    "keyword": "keywords",
    "lang": "language",
    "languages": "language",
    "license": "license.identifier",
    "license.id": "license.identifier",
    "licence": "license.identifier",
    "meeting": "meeting.title",
    "metadata.access_right": "access_right",
    "metadata.alternate_identifiers.identifier": "alternate.identifier",
    "metadata.communities.id": "communities",
    "metadata.communities.identifier": "communities",
    "metadata.contributors.affiliation": "contributors.affiliation",
    "metadata.contributors.name": "contributors.name",
    "metadata.contributors.orcid": "contributors.orcid",
    "metadata.contributors.type": "contributors.type",
    "metadata.creators.affiliation": "creators.affiliation",
    "metadata.creators.name": "creators.name",
    "metadata.creators.orcid": "creators.orcid",
    "metadata.doi": "doi",
    "metadata.embargo_date": "embargodate",
    "metadata.grants.code": "grants.code",
    "metadata.journal.issue": "custom_fields.journal:journal.issue",
    "metadata.journal.title": "journal.title",
    "metadata.keywords": "keywords",
    "metadata.language": "language",
    "metadata.license": "license.identifier",
    "metadata.license.id": "license.identifier",
    "metadata.meeting.title": "meeting.title",
    "metadata.notes": "notes",
    "metadata.related_identifiers.relation": "related.relation",
    "metadata.resource_type.subtype": "resource_type.subtype",
    "metadata.resource_type.type": "type",
    "metadata.subjects.term": "keywords",
    "metadata.thesis.university": "thesis.university",
    "modified": "updated",
    "orcid": "creators.orcid",
    "owner": "owners",
    "publication_type": "resource_type.subtype",
    "publication_year": "metadata.publication_date_range",
    "published": "metadata.publication_date_range",
    "publisher": "metadata.publisher",
    "record_id": "recid",
    "references": "metadata.references.reference",
    "related": "related.identifier",
    "related_identifiers.identifier": "related.identifier",
    "relation": "related.relation",
    "resource_type": "type",
    "rights": "license.identifier",
    "subject": "keywords",
    "subjects": "keywords",
    "subtype": "resource_type.subtype",
    "tag": "keywords",
    "tags": "keywords",
    "thesis": "thesis.university",
    "upload_type": "type",
    "updated_at": "updated",
    "views": "stats.all_versions.views",
    "downloads": "stats.all_versions.downloads",
    "year": "metadata.publication_date_range",
}
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

LOWER_CASE: frozenset[str] = frozenset(
    {
        "access.files",
        "access.record",
        "access.status",
        "files.entries.ext",
        "files.types",
        "metadata.additional_descriptions.type.id",
        "metadata.additional_titles.type.id",
        "metadata.contributors.role.id",
        "metadata.creators.role.id",
        "metadata.dates.type.id",
        "metadata.identifiers.scheme",
        "metadata.languages.id",
        "metadata.related_identifiers.relation_type.id",
        "metadata.related_identifiers.resource_type.id",
        "metadata.related_identifiers.scheme",
        "metadata.resource_type.id",
        "metadata.resource_type.props.subtype",
        "metadata.resource_type.props.type",
        "metadata.rights.id",
        "parent.communities.entries.slug",
        "parent.communities.ids",
    }
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
    fields: dict[str, Field] = {}
    text = Path(__file__).with_name("fields.csv").read_text(encoding="utf-8")
    for line in text.splitlines()[1:]:
        name, _, kind = line.rpartition(",")
        fields[name] = Field(name, cast("Kind", kind))
    return fields


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
