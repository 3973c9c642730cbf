"""Reads native InvenioRDM JSON (zenodo-api.md §3.4, read 2026-08-20).

Each reader returns columns, and leaves in the object what no column holds. A part of a record is a tuple of
the fields of its class, in order (see `rows`).
"""

from __future__ import annotations

from operator import itemgetter
from typing import Any

from msgspec import Raw, Struct
from msgspec.structs import astuple

from zenodo_harvest.records.decoding import encode
from zenodo_harvest.records.fitting import merged
from zenodo_harvest.records.metadata import read_metadata
from zenodo_harvest.records.metadata_shapes import Metadata
from zenodo_harvest.records.parts import (
    as_json,
    check_id,
    day_of,
    file_types,
    file_url,
    filled,
    first_text,
    json_of,
    page_url,
    record_url,
    time_of,
)
from zenodo_harvest.records.provenance import Provenance
from zenodo_harvest.records.record import Imprint, Journal, Meeting
from zenodo_harvest.records.remains import placed
from zenodo_harvest.records.repeats import Repeated
from zenodo_harvest.records.rows import Row
from zenodo_harvest.records.schema import SCHEMA_VERSION
from zenodo_harvest.records.shapes import (
    Access,
    Community,
    Counts,
    DeletionStatus,
    Files,
    Links,
    NativeRecord,
    Parent,
    Pid,
    Versions,
)
from zenodo_harvest.records.taking import BEYOND, Taker, left_over

_NO_LINKS = Links()
_KEY = itemgetter(0)
_NO_USE: Row = (None, None, None, None, None)


def native_row(
    record: NativeRecord, rest: Any, provenance: Provenance, raw: str | None, problems: list[str]
) -> Row:
    """Return the row of a native record, which is used up.

    Args:
        record: The record.
        rest: What did not fit into its types, in the layout of the record.
        provenance: Where it was read.
        raw: Its JSON, where that is kept.
        problems: What was odd so far; takes what is found in addition.
    """
    links, id_ = record.links or _NO_LINKS, record.id
    record.links = record.ui = record.expanded = record.id = None
    check_id(None if id_ is None else str(id_), problems)
    revision, record.revision_id = record.revision_id, None
    created, record.created = time_of(record.created, "created", problems)
    updated, record.updated = time_of(record.updated, "updated", problems)
    swhid, record.swh = record.swh.swhid if record.swh is not None else None, None
    doi, oai_id = (_pid(record.pids.doi), _pid(record.pids.oai)) if record.pids is not None else (None, None)
    concept_id, concept_doi, owner_id = _parent(record.parent)
    communities, community_ids = _communities(record.parent)
    (version_index, is_latest), record.versions = VERSIONS[bytes(record.versions)]
    (
        title,
        resource_type,
        resource_type_general,
        html,
        text,
        languages,
        publisher,
        keywords,
        subjects,
        version_label,
        (publication_date, publication_year, publication_start, publication_end),
        creators,
        contributors,
        licenses,
        license_urls,
        related,
        alternate,
        references,
        funding,
        dates,
        additional_titles,
        additional_descriptions,
        locations,
    ) = read_metadata(record.metadata or Metadata(), problems)
    if title is None or title == record.title:
        title, record.title = record.title, None
    journal = meeting = imprint = university = custom_fields = None
    if record.custom_fields:
        journal, meeting, imprint, university, custom_fields = _custom(record.custom_fields, problems)
        record.custom_fields = {}
    files, file_count, total_bytes, types = _files(record.files, record_url(links, provenance, id_))
    (status, access_record, access_files, embargo_until, odd), record.access = ACCESS[bytes(record.access)]
    problems += odd
    (views, unique_views, downloads, unique_downloads, volume), all_versions = _stats(record, problems)
    all_views, all_unique_views, all_downloads, all_unique_downloads, all_volume = all_versions
    _, record.media_files = MEDIA_FILES[bytes(record.media_files)]
    _, record.deletion_status = DELETION_STATUS[bytes(record.deletion_status)]
    return (
        None if id_ is None else str(id_),
        concept_id,
        doi,
        concept_doi,
        oai_id,
        page_url(links, provenance, id_),
        version_index,
        is_latest,
        version_label,
        revision,
        title,
        resource_type,
        resource_type_general,
        html,
        text,
        languages,
        publisher,
        keywords,
        subjects,
        created,
        updated,
        publication_date,
        publication_year,
        publication_start,
        publication_end,
        embargo_until,
        creators,
        contributors,
        owner_id,
        status,
        access_record,
        access_files,
        licenses,
        license_urls,
        communities,
        community_ids,
        journal,
        meeting,
        imprint,
        university,
        related,
        alternate,
        references,
        funding,
        swhid,
        files,
        file_count,
        total_bytes,
        types,
        views,
        unique_views,
        downloads,
        unique_downloads,
        volume,
        all_views,
        all_unique_views,
        all_downloads,
        all_unique_downloads,
        all_volume,
        dates,
        additional_titles,
        additional_descriptions,
        locations,
        custom_fields,
        json_of(record) if rest is None else as_json(merged(left_over(record), rest)),
        tuple(problems),
        provenance.site,
        "native",
        provenance.source,
        provenance.retrieved_at,
        SCHEMA_VERSION,
        raw,
    )


def _parent(parent: Parent | None) -> tuple[str | None, str | None, str | None]:
    """Return the id and the DOI of the concept, and its owner."""
    if parent is None:
        return None, None, None
    id_, parent.id = parent.id, None
    doi = _pid(parent.pids.doi) if parent.pids is not None else None
    owner = None
    if (access := parent.access) is not None:
        access.links = []
        if access.owned_by is not None:
            owner, access.owned_by = access.owned_by.user, None
    return None if id_ is None else str(id_), doi, None if owner is None else str(owner)


def _pid(pid: Pid | None) -> str | None:
    if pid is None:
        return None
    identifier, pid.identifier = pid.identifier, None
    return identifier


def _version(versions: Versions) -> tuple[int | None, bool | None]:
    read = versions.index, versions.is_latest
    versions.index = versions.is_latest = None
    return read


def _communities(parent: Parent | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the slugs and the ids."""
    if parent is None or (communities := parent.communities) is None:
        return (), ()
    ids, communities.ids = [id_ for id_ in communities.ids if id_ is not None], []
    slugs: list[str] = []
    rests = []
    for entry in communities.entries:
        (slug, id_), rest = COMMUNITY[bytes(entry)]
        if slug is not None:
            slugs.append(slug)
        rests.append(rest if id_ is None or id_ in ids else _with_id(rest, id_))
    communities.entries = placed(rests)
    if communities.default is None and not communities.entries:
        parent.communities = None
    return tuple(sorted(slugs)), tuple(sorted(ids))


def _community(entry: Community) -> tuple[str | None, str | None]:
    read = entry.slug, entry.id
    entry.slug = entry.id = entry.links = None
    return read


def _with_id(rest: Raw, id_: str) -> Raw:
    """Return what remains of a community that is not among the ids of the record."""
    return Raw(encode({"id": id_, **(left_over(rest) or {})}))


def _custom(fields: dict[str, Any], problems: list[str]) -> Row:
    """Return journal, meeting, imprint and university, and the rest as JSON; the fields are used up."""
    journal = _page(Journal, "journal:journal", fields, problems)
    meeting = _page(Meeting, "meeting:meeting", fields, problems)
    imprint = _page(Imprint, "imprint:imprint", fields, problems)
    university = None
    if "thesis:thesis" in fields or "thesis:university" in fields:
        custom = _taker(fields, problems)
        university = first_text((custom.inside("thesis:thesis"), "university"), (custom, "thesis:university"))
    return journal, meeting, imprint, university, as_json(fields) if fields else None


def _page(kind: type[Struct], key: str, fields: dict[str, Any], problems: list[str]) -> Row | None:
    """Take an object of texts."""
    value = fields.get(key)
    if value is None:
        return None
    names = kind.__struct_fields__
    if type(value) is dict and all(type(text) is str and name in names for name, text in value.items()):
        del fields[key]
        return tuple(map(value.get, names)) if value else None
    part = filled(kind, (_taker(fields, problems).inside(key), ""))
    return None if part is None else astuple(part)


def _taker(fields: dict[str, Any], problems: list[str]) -> Taker:
    return Taker({"custom_fields": fields}, problems).inside("custom_fields")


def _files(files: Files | None, record_url: str | None) -> Row:
    """Take the files; the server counts 0 to those who may not see them (recordings of 2026-11-23)."""
    if files is None:
        return (), None, None, ()
    found = []
    extensions = set()
    for name, entry in files.entries.items():
        key = entry.key or name
        url = file_url(record_url, key)
        found.append((key, entry.size, entry.checksum, entry.mimetype, entry.id, url))
        entry.key = entry.checksum = entry.mimetype = entry.id = entry.size = entry.links = None
        if entry.ext is not None:
            extension = entry.ext.lower()
            extensions.add(extension)
            if extension == entry.ext:
                entry.ext = None
    if len(found) > 1:
        found.sort(key=_KEY)
    if files.order and all(name is None for name in files.order):
        files.order = []
    count = total_bytes = None
    if found or files.enabled is not True:
        count, total_bytes = files.count, files.total_bytes
        files.count = files.total_bytes = None
    return tuple(found), count, total_bytes, file_types(extensions)


def _access(access: Access) -> Row:
    """Return access to the files, to the record, to the files as set, the end of the embargo, problems."""
    problems: list[str] = []
    status, record, files = access.status, access.record, access.files
    access.status = access.record = access.files = until = None
    if (embargo := access.embargo) is not None:
        until, embargo.until = day_of(embargo.until, "access.embargo.until", problems)
    return status, record, files, until, problems


def _stats(record: NativeRecord, problems: list[str]) -> tuple[Row, Row]:
    """Return the use of this version and that of all versions."""
    if (stats := record.stats) is None:
        return _NO_USE, _NO_USE
    this, stats.this_version = _counts(stats.this_version, "this_version", problems)
    every, stats.all_versions = _counts(stats.all_versions, "all_versions", problems)
    if stats.this_version is None and stats.all_versions is None:
        record.stats = None
    return this, every


def _counts(counts: Counts | None, part: str, problems: list[str]) -> tuple[Row, Counts | None]:
    """Return views, unique views, downloads, unique downloads and bytes, and what remains.

    The server writes the bytes as a float; a part of a byte is no number of bytes.
    """
    if counts is None:
        return _NO_USE, None
    uses = counts.views, counts.unique_views, counts.downloads, counts.unique_downloads
    volume = counts.data_volume
    if volume is None:
        return (*uses, None), None
    if (isinstance(volume, int) or volume.is_integer()) and -BEYOND <= volume < BEYOND:
        return (*uses, int(volume)), None
    problems.append(f"stats.{part}.data_volume: no whole number of 64 bits")
    return (*uses, None), Counts(data_volume=volume)


def _nothing(_part: Struct) -> None:
    """Take nothing."""


ACCESS: Repeated[Row] = Repeated(Access, _access, (None, None, None, None, []))
VERSIONS: Repeated[tuple[int | None, bool | None]] = Repeated(Versions, _version, (None, None))
COMMUNITY: Repeated[tuple[str | None, str | None]] = Repeated(Community, _community, (None, None))
MEDIA_FILES = Repeated(Files, _nothing, None)
DELETION_STATUS = Repeated(DeletionStatus, _nothing, None)
