"""`read_record`: JSON or XML of any dialect becomes one `Record`; nothing is lost and nothing raised."""

from __future__ import annotations

import codecs
import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal

import msgspec

from zenodo_harvest.records.decoding import as_text, decode
from zenodo_harvest.records.fitting import fit
from zenodo_harvest.records.head import read_head
from zenodo_harvest.records.legacy import read_legacy
from zenodo_harvest.records.native import native_row
from zenodo_harvest.records.parts import as_json, page_url, record_url
from zenodo_harvest.records.provenance import Provenance
from zenodo_harvest.records.record import Record
from zenodo_harvest.records.rows import Records, Row, record_of, row_of
from zenodo_harvest.records.schema import SCHEMA_VERSION
from zenodo_harvest.records.shapes import Links, NativeRecord
from zenodo_harvest.records.taking import NOT_DATA, Taker

Json = bytes | str | Mapping[str, Any]
Dialect = Literal["native", "legacy", "legacy-pre2023"]

_FAST = msgspec.json.Decoder(NativeRecord)
_TELLING = ("id", "recid", "record_id", "metadata")
_NATIVE = ("parent", "pids", "versions", "access", "revision_id")
_LEGACY = ("conceptrecid", "recid", "record_id", "owners", "owner", "doi_url", "submitted")
_LEGACY_METADATA = ("access_right", "upload_type", "relations", "license", "doi", "keywords")
_TODAYS = ("recid", "record_id", "submitted")


def read_record(raw: Json, provenance: Provenance) -> Record:
    """Return the record that a JSON object or DataCite XML holds, in whichever dialect.

    What has no column is kept in `Record.extra`, what is not as it should be is named in
    `Record.problems`. Text that is neither becomes a record of nothing but its text. A mapping is left as
    it is.
    """
    row = _native_row(raw, provenance)
    return record_of(row) if row is not None else _read_with_care(raw, provenance)


def read_records(documents: Iterable[Json], provenance: Provenance) -> Records:
    """Return the records that documents hold, each as `read_record` would read it.

    Native JSON stays in rows, which is what tables are made of: a table of many records is made fastest so.
    """
    rows = []
    with _no_collection():
        for raw in documents:
            row = _native_row(raw, provenance)
            rows.append(row_of(_read_with_care(raw, provenance)) if row is None else row)
    return Records(rows=rows)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Let the garbage collector rest: it would look for cycles in every row again, and rows have none."""
    is_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if is_enabled:
            gc.enable()


def _native_row(raw: Json, provenance: Provenance) -> Row | None:
    """Return the row of a native record, None for everything that is not exactly as foreseen."""
    try:
        record = _FAST.decode(raw if isinstance(raw, bytes | str) else msgspec.json.encode(raw))
        if record.id is None and record.metadata is None:
            return None
        return native_row(record, None, provenance, as_text(raw) if provenance.keep_raw else None, [])
    except (msgspec.MsgspecError, ValueError, TypeError, OverflowError, RecursionError):
        return None


def _read_with_care(raw: Json, provenance: Provenance) -> Record:
    """Return the record that any text holds."""
    kept = as_text(raw) if provenance.keep_raw else None
    problems: list[str] = []
    if isinstance(raw, bytes | str) and is_xml(raw):
        columns = _xml(raw, provenance, problems)
        return Record(**columns, problems=tuple(problems), raw=kept, **_source(provenance))
    try:
        value = decode(raw, problems)
        if isinstance(value, dict):
            if all(value.get(name) is None for name in _TELLING):
                problems.append("the record has neither an id nor metadata")
            if (dialect := dialect_of(value)) != "native":
                return _legacy_record(value, dialect, provenance, kept, problems)
            return record_of(native_row(*fit(value, NativeRecord, problems), provenance, kept, problems))
        problems.append("the record is no JSON object")
        extra = as_json({"value": value})
    except RecursionError:
        problems = ["the record is nested too deeply to be read"]
        extra = as_json({"text": as_text(raw)})
    except ValueError:
        problems = ["the record is no JSON"]
        extra = as_json({"text": as_text(raw)})
    id_ = read_head(raw).id if isinstance(raw, bytes) else None
    return Record(id=id_, extra=extra, problems=tuple(problems), raw=kept, **_source(provenance))


def is_xml(raw: bytes | str) -> bool:
    """Return whether text starts as XML does."""
    if raw[:1] in ("<", b"<"):
        return True
    if raw[:1] in ("{", b"{"):
        return False
    start = raw[:64] if isinstance(raw, bytes) else raw[:64].encode("utf-8", "replace")
    return start.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<")


def _xml(raw: bytes | str, provenance: Provenance, problems: list[str]) -> dict[str, Any]:
    """Return the columns of a record in XML; lxml is imported when the first one is read."""
    from zenodo_harvest.records.datacite import read_datacite

    return read_datacite(raw, provenance.base_url, problems)


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


def _legacy_record(
    value: dict[str, Any], dialect: Dialect, provenance: Provenance, raw: str | None, problems: list[str]
) -> Record:
    found = value.pop("links", None)
    links, _ = fit(found if isinstance(found, dict) else {}, Links, [])
    id_ = value.get("id")
    record = Taker(value, problems)
    columns = read_legacy(record, record_url(links, provenance, id_), is_todays=dialect == "legacy")
    if columns["title"] in (None, value.get("title")):
        columns["title"] = record.text("title")
    return Record(
        **columns,
        url=page_url(links, provenance, id_),
        dialect=dialect,
        extra=as_json(value, without=NOT_DATA),
        problems=tuple(problems),
        raw=raw,
        **_source(provenance),
    )


def _source(provenance: Provenance) -> dict[str, Any]:
    return {
        "site": provenance.site,
        "source": provenance.source,
        "retrieved_at": provenance.retrieved_at,
        "schema_version": SCHEMA_VERSION,
    }
