"""`read_record`: JSON or XML of any dialect becomes one `Record`; nothing is lost and nothing raised."""

from __future__ import annotations

import codecs
import gc
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal

import msgspec

from zenodo_harvest.json_values import as_text, decode
from zenodo_harvest.records.derived import addresses, check_id, derive, site_of
from zenodo_harvest.records.fields import Fill
from zenodo_harvest.records.head import read_head
from zenodo_harvest.records.leftover import as_json
from zenodo_harvest.records.legacy import read_flat, read_pre2023, read_todays
from zenodo_harvest.records.native import read_native
from zenodo_harvest.records.record import Provenance, Record
from zenodo_harvest.records.schema import SCHEMA_VERSION

Json = bytes | str | Mapping[str, Any]
Dialect = Literal["native", "legacy", "legacy-pre2023"]

_COLUMNS = frozenset(Record.__struct_fields__)
_TELLING = ("id", "recid", "record_id", "metadata")
_OURS = ("parent", "pids", "conceptrecid", "swh")
"""Members that no object but a record of InvenioRDM has, so that one may hold no more than these."""
_ANYTHING_HAS = ("id", "created", "updated", "revision", "owner_id")
_NATIVE = ("parent", "pids", "versions", "access", "revision_id")
_LEGACY = ("conceptrecid", "recid", "record_id", "owners", "owner", "doi_url", "submitted")
_LEGACY_METADATA = ("access_right", "upload_type", "relations", "license", "doi", "keywords")
_FLAT = ("recid", "access_right", "conceptrecid", "_deposit")
WHAT_TELLS = tuple(dict.fromkeys((*_TELLING, *_OURS, *_FLAT, "creators", "title", "slug")))
"""The members that `what_lacks` looks at."""
_TODAYS = ("recid", "record_id", "submitted")
_READERS: dict[Dialect, Fill] = {"native": read_native, "legacy": read_todays, "legacy-pre2023": read_pre2023}


def read_record(raw: Json, provenance: Provenance) -> Record:
    """Return the record that a JSON object or DataCite XML holds, in whichever dialect.

    What has no column is kept in `Record.extra`, what is not as it should be is named in
    `Record.problems`. Text that is neither becomes a record of nothing but its text. A mapping is left as
    it is. A row that was saved as JSON Lines becomes the record that it was, with the provenance it had.
    """
    problems: list[str] = []
    found = _xml(raw, provenance, problems) if _is_xml(raw) else _json(raw, provenance, problems)
    if isinstance(found, Record):
        return msgspec.structs.replace(found, problems=tuple(dict.fromkeys((*found.problems, *problems))))
    return Record(
        **{"site": provenance.site, **found},
        problems=tuple(problems),
        source=provenance.source,
        retrieved_at=provenance.retrieved_at,
        schema_version=SCHEMA_VERSION,
        raw=as_text(raw) if provenance.keep_raw else None,
    )


def read_records(documents: Iterable[Json], provenance: Provenance) -> list[Record]:
    """Return the records that documents hold, each as `read_record` would read it."""
    with no_collection():
        return [read_record(raw, provenance) for raw in documents]


@contextmanager
def no_collection() -> Iterator[None]:
    """Let the garbage collector rest: it would look for cycles in every record, and records have none."""
    is_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if is_enabled:
            gc.enable()


def _is_xml(raw: Json) -> bool:
    """Return whether text starts as XML does."""
    if not isinstance(raw, bytes | str) or raw[:1] in ("{", b"{"):
        return False
    start = raw[:64] if isinstance(raw, bytes) else raw[:64].encode("utf-8", "replace")
    return start.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<")


def _xml(raw: Any, provenance: Provenance, problems: list[str]) -> dict[str, Any]:
    """Return the columns of a record in XML; lxml is imported when the first one is read."""
    from zenodo_harvest.records.datacite import read_datacite

    return read_datacite(raw, provenance.base_url, problems)


def _json(raw: Json, provenance: Provenance, problems: list[str]) -> dict[str, Any] | Record:
    """Return the columns of a record in JSON, or of text that is none."""
    try:
        value = decode(raw, problems)
        if isinstance(value, dict) and "schema_version" in value:
            return _row(value, problems)
        if isinstance(value, dict):
            return _columns(value, provenance, problems)
        problems.append("the record is no JSON object")
        extra = as_json({"value": value})
    except RecursionError:
        problems[:] = ["the record is nested too deeply to be read"]
        extra = as_json({"text": as_text(raw)})
    except ValueError:
        problems[:] = ["the record is no JSON"]
        extra = as_json({"text": as_text(raw)})
    return {"id": read_head(raw).id if isinstance(raw, bytes) else None, "extra": extra}


def _row(value: dict[str, Any], problems: list[str]) -> dict[str, Any] | Record:
    """Return the record that a saved row was; what is no row of this schema is kept as it is."""
    try:
        if value["schema_version"] == SCHEMA_VERSION and value.keys() <= _COLUMNS:
            row = msgspec.convert(value, Record)
            if all(time is None or time.tzinfo for time in (row.created, row.updated, row.retrieved_at)):
                check_id(row.id, problems)
                return row
            problems.append("the row is not as it was saved: a time has no zone")
        else:
            problems.append(f"the row is not of version {SCHEMA_VERSION} of the schema")
    except msgspec.ValidationError as error:
        problems.append(f"the row is not as it was saved: {error}")
    id_ = value.get("id")
    return {"id": id_ if isinstance(id_, str) else None, "extra": as_json(value)}


def _columns(value: dict[str, Any], provenance: Provenance, problems: list[str]) -> dict[str, Any]:
    """Return the columns of a JSON object, which is used up."""
    if lacking := what_lacks(value):
        problems.append(lacking)
    if isinstance(value.get("tombstone"), dict):
        problems.append("the record is deleted")
    is_ours = any(name in value for name in _OURS)
    found, dialect = addresses(value, provenance.base_url), dialect_of(value)
    columns: dict[str, Any] = {}
    if is_flat(value):
        dialect = "legacy-pre2023"
        read_flat(value, (problems, ""), columns)
    else:
        _READERS[dialect](value, (problems, ""), columns)
    if provenance.source == "file" and not provenance.base_url and (site := site_of(found)):
        columns["site"] = site
    if not (lacking or is_ours or any(item for name, item in columns.items() if name not in _ANYTHING_HAS)):
        problems.append("the metadata holds nothing that a record has")
    if isinstance(value.get("title"), str) and columns.get("title") in (None, value["title"]):
        columns["title"] = value.pop("title")
    derive(columns, found, problems)
    return {**columns, "dialect": dialect, "extra": as_json(value)}


def is_flat(names: Container[str]) -> bool:
    """Tell from the members of an object whether it is a record that has its metadata not apart."""
    has_flat = "creators" in names and "title" in names and "metadata" not in names
    return has_flat and any(name in names for name in _FLAT)


def what_lacks(value: Mapping[str, Any]) -> str | None:
    """Return why an object is no record of any dialect, None if it may be one."""
    if all(value.get(name) is None for name in _TELLING):
        return "the record has neither an id nor metadata"
    if "slug" in value and "pids" not in value:
        return "this is a community and no record"
    has_metadata = isinstance(value.get("metadata"), dict) or is_flat(value)
    if not has_metadata and not any(name in value for name in _OURS):
        return "the record has no metadata"
    return None


def dialect_of(value: Mapping[str, Any]) -> Dialect:
    """Return which dialect a JSON object speaks (zenodo-api.md §3; corpus of both eras)."""
    metadata = value.get("metadata")
    is_legacy = any(key in value for key in _LEGACY) or (
        isinstance(metadata, dict)
        and not any(key in value for key in _NATIVE)
        and any(key in metadata for key in _LEGACY_METADATA)
    )
    if not is_legacy:
        return "native"
    return "legacy" if any(key in value for key in _TODAYS) else "legacy-pre2023"
