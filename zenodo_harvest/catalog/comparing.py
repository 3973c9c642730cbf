"""What became of records between two states of a catalogue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, get_args

from zenodo_harvest import json_values
from zenodo_harvest.catalog.change import Change, ChangeKind, FieldChange
from zenodo_harvest.catalog.columns import CATALOG_COLUMNS, MEMBERSHIPS, CatalogRow
from zenodo_harvest.harvest import Gone
from zenodo_harvest.vocabularies.code_hosts import code_repository

NO_CHANGE = frozenset(
    # what the server or this package counts and names, not what a record says
    "id url updated revision is_latest version_index problems site dialect source schema_version "
    # what follows from another column
    "resource_type_general description_text publication_year publication_start publication_end "
    "community_ids file_count total_bytes file_types".split()
)
"""Columns that are no change of a record where they differ."""
ORDERED = frozenset({"creators"})
"""Lists whose order means something; of all others it means nothing."""
_METADATA = tuple(name for name in CATALOG_COLUMNS if name not in NO_CHANGE and name != "files")
_WITH_COLUMN = frozenset(
    "title creators contributors resource_type rights languages subjects description publisher version "
    "publication_date related_identifiers identifiers references funding dates locations additional_titles "
    "additional_descriptions".split()
)
"""Of these `extra` holds the labels of vocabularies, which the server changes."""
_PARTS_DEEP = 3
_KINDS = get_args(ChangeKind)


def compare(
    before: Mapping[str, CatalogRow],
    after: Mapping[str, CatalogRow],
    *,
    gone: Mapping[str, Gone],
    communities: Sequence[str],
    found_at: datetime,
    known_concepts: Mapping[str, str],
    is_same_schema: bool = True,
) -> tuple[Change, ...]:
    """Return what became of the records whose rows differ, by kind, title and id.

    Args:
        before: The rows that differ or went, by id, as they were.
        after: The rows that differ or are new, by id, as they are.
        gone: What is known of the records that went.
        communities: The slugs of the catalogue's communities. Where there are several, what a record joins
            or leaves as a whole is a change for each.
        found_at: When this was seen.
        known_concepts: The id of the latest record that was held before, by concept, of all rows.
        is_same_schema: Whether both were written by one version of the schema. If not, columns that only
            one of them has are no change, nor is anything in a record that the server calls the same.
    """
    changes = chain(
        _came(before, after, communities, found_at, known_concepts),
        _went(before, after, gone, communities, found_at),
        chain.from_iterable(
            _differences(id_, before[id_], after[id_], communities, found_at, is_same_schema)
            for id_ in before.keys() & after.keys()
        ),
    )
    return in_order(changes)


def in_order(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return changes by kind, title and id."""
    return tuple(sorted(changes, key=_place))


def _place(change: Change) -> tuple[int, bool, str, int, str, str]:
    title = (change.title or "").casefold()
    return _KINDS.index(change.kind), not title, title, len(change.id), change.id, change.community or ""


def _change(kind: ChangeKind, id_: str, row: CatalogRow, found_at: datetime, **facts: Any) -> Change:
    return Change(kind, id_, row.get("title"), row.get("url"), row.get("doi"), found_at, **facts)


def _came(
    before: Mapping[str, CatalogRow],
    after: Mapping[str, CatalogRow],
    communities: Sequence[str],
    found_at: datetime,
    known_concepts: Mapping[str, str],
) -> Iterator[Change]:
    held = sorted(before.items(), key=_version)
    latest = {concept: id_ for id_, row in held if (concept := row.get("concept_id"))} | dict(known_concepts)
    for id_, row in sorted(((id_, after[id_]) for id_ in after.keys() - before.keys()), key=_version):
        concept = row.get("concept_id")
        previous = latest.get(concept) if concept else None
        if concept and previous and _follows((id_, row), (previous, before.get(previous, {}))):
            latest[concept] = id_
            yield _change("new-version", id_, row, found_at, previous_id=previous)
        else:
            for slug in _shown_slugs(row, communities):
                yield _change("added", id_, row, found_at, community=slug)


def _version(item: tuple[str, CatalogRow]) -> tuple[int, int, str]:
    id_, row = item
    return row.get("version_index") or 0, len(id_), id_


def _follows(newer: tuple[str, CatalogRow], older: tuple[str, CatalogRow]) -> bool:
    """Tell whether a record is the later version: one that comes back when a later one was deleted is not."""
    index, older_index = newer[1].get("version_index"), older[1].get("version_index")
    if index is not None and older_index is not None:
        return bool(index > older_index)
    return not (newer[0].isdecimal() and older[0].isdecimal()) or int(newer[0]) > int(older[0])


def _went(
    before: Mapping[str, CatalogRow],
    after: Mapping[str, CatalogRow],
    gone: Mapping[str, Gone],
    communities: Sequence[str],
    found_at: datetime,
) -> Iterator[Change]:
    versions = defaultdict(list)
    for id_ in after.keys() - before.keys():
        versions[after[id_].get("concept_id")].append((id_, after[id_]))
    for id_ in before.keys() - after.keys():
        row = before[id_]
        status = gone.get(id_, Gone(id_, "left"))
        concept = row.get("concept_id")
        newer = versions[concept] if concept else ()
        if status.status == "deleted":
            yield _change("deleted", id_, row, found_at, reason=status.reason)
        elif status.status == "removed" or not any(_follows(each, (id_, row)) for each in newer):
            for slug in _shown_slugs(row, communities):
                yield _change("left", id_, row, found_at, community=slug)


def _shown_slugs(row: CatalogRow, communities: Sequence[str]) -> Sequence[str | None]:
    return (row.get(MEMBERSHIPS) or [None]) if len(communities) > 1 else [None]


def _differences(
    id_: str,
    before: CatalogRow,
    after: CatalogRow,
    communities: Sequence[str],
    found_at: datetime,
    is_same_schema: bool,
) -> Iterator[Change]:
    # a row that was carried over is of the version that it was read by
    is_same_schema = is_same_schema and before.get("schema_version") == after.get("schema_version")
    if before == after or (not is_same_schema and _mark(before) == _mark(after)):
        return
    slugs = [set(row.get(MEMBERSHIPS) or ()) for row in (before, after)]
    # one that is no community of the catalogue any more, while another came, has got another name
    is_renamed = bool(slugs[1] - slugs[0]) and not (slugs[0] - slugs[1]) & set(communities)
    if not (is_renamed and slugs[0] - slugs[1]):
        for slug in sorted(slugs[1] - slugs[0]):
            yield _change("added", id_, after, found_at, community=slug)
        for slug in sorted(slugs[0] - slugs[1]):
            yield _change("left", id_, after, found_at, community=slug)
    names = [name for name in _METADATA if is_same_schema or (name in before and name in after)]
    if fields := tuple(_metadata(before, after, names, slugs[0] | slugs[1])):
        yield _change("metadata", id_, after, found_at, fields=fields)
    if (is_same_schema or "files" in before) and (files := tuple(_files(before, after))):
        yield _change("files", id_, after, found_at, fields=files)


def _mark(row: CatalogRow) -> tuple[Any, ...]:
    """Return what moves with every change of a record, in each version of the schema."""
    checksums = sorted((file.get("key") or "", file.get("checksum") or "") for file in row.get("files") or ())
    return row.get("updated"), row.get("revision"), sorted(row.get(MEMBERSHIPS) or ()), checksums


def _metadata(
    before: CatalogRow, after: CatalogRow, names: Iterable[str], own_slugs: Collection[str]
) -> Iterator[FieldChange]:
    for name in names:
        old, new = before.get(name) or None, after.get(name) or None
        if name == "communities":
            old, new = ([slug for slug in slugs or () if slug not in own_slugs] for slugs in (old, new))
        if old != new and not _follows_from_other(name, before, after):
            yield from _field(name, old, new)


def _follows_from_other(name: str, before: CatalogRow, after: CatalogRow) -> bool:
    """Tell whether the column differs because another one does, which is reported."""
    if name == "license_urls":
        return set(before.get("licenses") or ()) != set(after.get("licenses") or ())
    return name == "code_repository" and _typed_repository(before) == _typed_repository(after)


def _typed_repository(row: CatalogRow) -> str | None:
    """Return the repository of a record unless it is that of a related work."""
    related = row.get("related") or ()
    linked = {code_repository(each.get("relation"), each.get("identifier")) for each in related}
    return repository if (repository := row.get("code_repository")) not in linked else None


def _field(name: str, before: Any, after: Any) -> Iterator[FieldChange]:
    if name in ("custom_fields", "extra"):
        before, after = (json_values.decode(text, []) if text else {} for text in (before, after))
    if name == "extra":
        name = "extra.metadata"
        before, after = map(_without_column, (before, after))
    yield from _parts(name, before, after, _PARTS_DEEP)


def _without_column(extra: Any) -> Any:
    metadata = extra.get("metadata") if isinstance(extra, dict) else None
    if not isinstance(metadata, dict):
        return {}
    return {name: value for name, value in metadata.items() if name not in _WITH_COLUMN}


def _parts(name: str, before: Any, after: Any, deep: int) -> Iterator[FieldChange]:
    """Yield what differs in a value: items of lists, parts of mappings."""
    before, after = (None if value in ("", [], {}) else value for value in (before, after))
    kinds = {type(value) for value in (before, after) if value is not None}
    if deep and kinds == {dict}:
        old, new = before or {}, after or {}
        for part in dict.fromkeys((*old, *new)):
            yield from _parts(f"{name}.{part}", old.get(part), new.get(part), deep - 1)
    elif kinds == {list}:
        yield from _list_field(name, before or [], after or [])
    elif before != after:
        yield FieldChange(name, before, after)


def _list_field(name: str, before: list[Any], after: list[Any]) -> Iterator[FieldChange]:
    old, new = ([(json_values.encode(item), item) for item in items] for items in (before, after))
    held, come = {key for key, _ in old}, {key for key, _ in new}
    if name in ORDERED and [key for key, _ in old if key in come] != [key for key, _ in new if key in held]:
        yield FieldChange(name, before or None, after or None)
    elif held != come:
        went, came = {key: item for key, item in old if key not in come}, dict(new)
        added = [item for key, item in came.items() if key not in held]
        yield FieldChange(name, list(went.values()) or None, added or None)


def _are_hidden(row: CatalogRow) -> bool:
    """Tell whether files are not shown, which says nothing about them."""
    return not row.get("files") and row.get("access_status") in ("restricted", "embargoed")


def _files(before: CatalogRow, after: CatalogRow) -> Iterator[FieldChange]:
    if _are_hidden(before) or _are_hidden(after):
        return
    old, new = ({file.get("key") or "": file for file in row.get("files") or ()} for row in (before, after))
    for key in sorted(old.keys() | new.keys()):
        was, is_ = old.get(key), new.get(key)
        if was is None or is_ is None or not _is_same_file(was, is_):
            yield FieldChange(key, _content(was), _content(is_))


def _is_same_file(was: Mapping[str, Any], is_: Mapping[str, Any]) -> bool:
    if was.get("checksum") and is_.get("checksum"):
        return bool(was["checksum"] == is_["checksum"])
    return was.get("size_bytes") == is_.get("size_bytes") or None in (
        was.get("size_bytes"),
        is_.get("size_bytes"),
    )


def _content(file: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return what tells the content of a file from another, without its name."""
    return None if file is None else {"checksum": file.get("checksum"), "size_bytes": file.get("size_bytes")}
