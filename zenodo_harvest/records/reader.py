"""`read_record`: one JSON object of any dialect becomes one `Record`; nothing is lost and nothing raised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from zenodo_harvest.records.decoding import as_text, decode
from zenodo_harvest.records.fitting import fit, merged
from zenodo_harvest.records.legacy import read_legacy
from zenodo_harvest.records.native import read_native
from zenodo_harvest.records.parts import as_json, json_of
from zenodo_harvest.records.provenance import Provenance
from zenodo_harvest.records.record import Record
from zenodo_harvest.records.schema import SCHEMA_VERSION
from zenodo_harvest.records.shapes import Links, NativeRecord
from zenodo_harvest.records.taking import NOT_DATA, Taker, left_over

Dialect = Literal["native", "legacy", "legacy-pre2023"]

_FAST = msgspec.json.Decoder(NativeRecord)
_NATIVE = ("parent", "pids", "versions", "access", "revision_id")
_LEGACY = ("conceptrecid", "recid", "record_id", "owners", "owner", "doi_url", "submitted")
_LEGACY_METADATA = ("access_right", "upload_type", "relations", "license", "doi", "keywords")
_TODAYS = ("recid", "record_id", "submitted")


def read_record(raw: bytes | str | Mapping[str, Any], provenance: Provenance) -> Record:
    """Return the record that a JSON object holds, in whichever dialect.

    What has no column is kept in `Record.extra`, what is not as it should be is named in
    `Record.problems`. Text that is no JSON object becomes a record of nothing but its text. A mapping is
    left as it is.
    """
    source: dict[str, Any] = {
        "site": provenance.site,
        "source": provenance.source,
        "retrieved_at": provenance.retrieved_at,
        "schema_version": SCHEMA_VERSION,
        "raw": as_text(raw) if provenance.keep_raw else None,
    }
    problems: list[str] = []
    try:
        if (native := _native(raw)) is not None:
            return Record(**_native_columns(native, None, provenance, problems), **source)
        value = decode(raw, problems)
        if isinstance(value, dict):
            return Record(**_columns(value, provenance, problems), **source)
        problems.append("the record is no JSON object")
        extra = as_json({"value": value})
    except RecursionError:
        problems = ["the record is nested too deeply to be read"]
        extra = as_json({"text": as_text(raw)})
    except ValueError:
        problems = ["the record is no JSON"]
        extra = as_json({"text": as_text(raw)})
    return Record(extra=extra, problems=tuple(problems), **source)


def _native(raw: bytes | str | Mapping[str, Any]) -> NativeRecord | None:
    """Return a native record fast, None for everything that is not exactly as foreseen."""
    try:
        return _FAST.decode(raw if isinstance(raw, bytes | str) else msgspec.json.encode(raw))
    except (msgspec.MsgspecError, ValueError, TypeError, OverflowError):
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


def _columns(value: dict[str, Any], provenance: Provenance, problems: list[str]) -> dict[str, Any]:
    dialect = dialect_of(value)
    if dialect == "native":
        return _native_columns(*fit(value, NativeRecord, problems), provenance, problems)
    found = value.pop("links", None)
    links, _ = fit(found if isinstance(found, dict) else {}, Links, [])
    id_ = value.get("id")
    record = Taker(value, problems)
    columns = read_legacy(record, _record_url(links, provenance, id_), is_todays=dialect == "legacy")
    if columns["title"] in (None, value.get("title")):
        columns["title"] = record.text("title")
    columns["url"] = _page(links, provenance, id_)
    columns["dialect"] = dialect
    columns["extra"] = as_json(value, without=NOT_DATA)
    columns["problems"] = tuple(problems)
    return columns


def _native_columns(
    record: NativeRecord, rest: Any, provenance: Provenance, problems: list[str]
) -> dict[str, Any]:
    """Return the columns of a native record; `rest` is what did not fit into its types."""
    links, id_ = record.links or Links(), record.id
    columns = read_native(record, _record_url(links, provenance, id_), problems)
    columns["url"] = _page(links, provenance, id_)
    columns["dialect"] = "native"
    columns["extra"] = json_of(record) if rest is None else as_json(merged(left_over(record), rest))
    columns["problems"] = tuple(problems)
    return columns


def _record_url(links: Links, provenance: Provenance, id_: Any) -> str | None:
    if provenance.base_url and id_ is not None:
        return f"{provenance.base_url}/api/records/{id_}"
    return links.self_


def _page(links: Links, provenance: Provenance, id_: Any) -> str | None:
    """Return the address of the record's web page."""
    if page := links.self_html or links.html or links.record_html:
        return page
    return f"{provenance.base_url}/records/{id_}" if provenance.base_url and id_ is not None else None
