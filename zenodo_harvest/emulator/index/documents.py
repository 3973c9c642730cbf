"""Records and communities as the engine indexes them: the fields, and values that answers lack."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from zenodo_harvest.vocabularies.fields import LEGACY, index_field, index_fields

Json = Mapping[str, Any]

_MULTI_FIELD = re.compile(r"(.+)\.(keyword|original|text)")
_UNCUT = re.compile(r".*(subject|number|:imprint\.title|:journal\.title|:meeting\.title)\.keyword")
_RECORD_DEFAULTS = (
    "id metadata.title metadata.title.original metadata.contact "
    "metadata.creators.affiliations.name metadata.creators.person_or_org.name "
    "metadata.creators.person_or_org.family_name metadata.creators.person_or_org.given_name "
    "metadata.contributors.affiliations.name metadata.contributors.person_or_org.name "
    "metadata.contributors.person_or_org.family_name metadata.contributors.person_or_org.given_name "
    "metadata.description metadata.formats metadata.funding.award.identifiers.identifier "
    "metadata.funding.award.acronym.text metadata.funding.award.number metadata.funding.funder.name "
    "metadata.identifiers.identifier metadata.locations.features.place metadata.publication_date "
    "metadata.locations.features.description metadata.publisher metadata.subjects.subject metadata.version "
    "metadata.dates.description metadata.additional_descriptions.description "
    "metadata.references.reference metadata.additional_titles.title"
)
_COMMUNITY_FIELDS = {
    "keyword": "id slug access.visibility access.record_submission_policy access.review_policy "
    "access.member_policy access.members_visibility metadata.type.id metadata.website "
    "metadata.organizations.id metadata.funding.award.id metadata.funding.award.program "
    "metadata.funding.award.acronym metadata.funding.funder.id parent.id parent.slug",
    "text": "metadata.description metadata.curation_policy metadata.page metadata.organizations.name "
    "metadata.type.title.en metadata.funding.award.number metadata.funding.funder.name parent.metadata.title",
    "edges": "metadata.title",
    "date": "created updated",
    "boolean": "children.allow is_deleted",
}
_ITEM_FIELDS = {
    "keyword": "id tags label funder.id",
    "text": "title.en name acronym number words",
    "date": "created updated",
}


@dataclass(frozen=True, slots=True)
class Schema:
    """The fields of an index: their kinds by name, and those that words without a field are searched in."""

    kinds: Mapping[str, str]
    defaults: tuple[str, ...]

    def kind(self, name: str) -> str | None:
        """Return how the field compares (see `vocabularies.fields.Field`), None for an unknown one."""
        return self.kinds.get(name)

    def source(self, name: str) -> str:
        """Return the field whose values this one holds: ``title`` for ``title.keyword``."""
        found = _MULTI_FIELD.fullmatch(name)
        return found[1] if found and self.kind(found[1]) else name

    def longest(self, name: str) -> int:
        """Return the length from which a value is not indexed (``ignore_above``)."""
        is_cut = name.endswith(".keyword") and not _UNCUT.fullmatch(name)
        return 256 if is_cut else 32_766


# fields that only drafts have (zenodo-api.md §13 Deposits, run 2026-11-23)
_DRAFT_FIELDS = {"expires_at": "date", "parent.review.id": "keyword", "parent.review.status": "keyword"}


class _RecordSchema(Schema):
    def kind(self, name: str) -> str | None:
        if name in _DRAFT_FIELDS:
            return _DRAFT_FIELDS[name]
        if LEGACY.get(name, name) != name:
            return None
        found = index_field(name)
        return found.kind if found else None


def record_schema() -> Schema:
    """Return the fields of the records index, with its default fields (zenodo-api.md §2.2)."""
    return _RecordSchema(
        {name: field.kind for name, field in index_fields().items()} | _DRAFT_FIELDS,
        tuple(_RECORD_DEFAULTS.split()),
    )


def community_schema() -> Schema:
    """Return the fields of the communities index; words are searched in all that hold text."""
    kinds = _by_name(_COMMUNITY_FIELDS)
    kinds.update((name, "hidden") for name in ("metadata.type.title.*",))
    defaults = tuple(name for name, kind in kinds.items() if kind in ("keyword", "text", "edges"))
    return Schema(kinds, defaults)


def item_schema() -> Schema:
    """Return the fields of the reference lists; words are searched in everything an item says."""
    return Schema(_by_name(_ITEM_FIELDS), ("id", "name", "words"))


def item_document(item: Json) -> Json:
    """Return an item with all its texts in one field; the words of a name are found by their beginnings."""
    name = [word[:end] for word in str(item.get("name", "")).split() for end in range(2, len(word) + 1)]
    return {**item, "name": name, "words": list(_texts(list(item.values())))}


def record_document(record: Json, *, is_verified: bool) -> Json:
    """Return a native record with the fields that only the index has."""
    metadata, files, parent = record["metadata"], record.get("files") or {}, record.get("parent") or {}
    type_id = (metadata.get("resource_type") or {}).get("id", "")
    props = {"type": type_id.partition("-")[0], "subtype": type_id if "-" in type_id else None}
    dates = [{**item, "date_range": item.get("date")} for item in metadata.get("dates") or ()]
    is_open = (record.get("access") or {}).get("files") != "restricted"
    subjects = [item.get("subject") for item in metadata.get("subjects") or ()]
    return {
        **record,
        "deletion_status": "P",
        "is_deleted": False,
        "has_draft": False,
        "version_id": record.get("revision_id"),
        "parent": {**parent, "is_verified": is_verified},
        "files": _files(files, is_open=is_open),
        "media_files": _files(record.get("media_files") or {}, is_open=is_open),
        "metadata": {
            **metadata,
            "resource_type": {**(metadata.get("resource_type") or {}), "props": props},
            "publication_date_range": metadata.get("publication_date"),
            "dates": dates,
            "combined_subjects": subjects,
        },
    }


def _files(files: Json, *, is_open: bool) -> Json:
    """Return files as indexed: nothing of closed ones, not even how many (zenodo-api.md §13 Records)."""
    if not is_open:
        return {"enabled": files.get("enabled")}
    entries = list((files.get("entries") or {}).values())
    return {
        "enabled": files.get("enabled"),
        "count": files.get("count"),
        "totalbytes": files.get("total_bytes"),
        "default_preview": files.get("default_preview"),
        "types": _distinct(entries, "ext"),
        "mimetypes": _distinct(entries, "mimetype"),
        "entries": entries,
    }


def _by_name(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: kind for kind, names in fields.items() for name in names.split()}


def _texts(value: Any) -> Iterator[str]:
    """Yield every text in the value, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for part in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(part)


def _distinct(entries: Iterable[Json], name: str) -> list[str]:
    return list(dict.fromkeys(entry[name] for entry in entries if entry.get(name)))
