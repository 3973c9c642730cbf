"""`read_record`: one JSON object of any dialect becomes one `Record`; nothing is lost and nothing raised."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Literal

import msgspec

from zenodo_harvest.records.legacy import read_legacy
from zenodo_harvest.records.native import read_native
from zenodo_harvest.records.parts import NOT_DATA, as_json
from zenodo_harvest.records.provenance import Provenance
from zenodo_harvest.records.record import Record
from zenodo_harvest.records.schema import SCHEMA_VERSION
from zenodo_harvest.records.taking import Taker

Dialect = Literal["native", "legacy", "legacy-pre2023"]


def read_record(raw: bytes | str | Mapping[str, Any], provenance: Provenance) -> Record:
    """Return the record that a JSON object holds, in whichever dialect.

    What has no column is kept in `Record.extra`, what is not as it should be is named in
    `Record.problems`. Text that is no JSON object becomes a record of nothing but its text.
    """
    text = raw if isinstance(raw, bytes | str) else None
    source: dict[str, Any] = {
        "site": provenance.site,
        "source": provenance.source,
        "retrieved_at": provenance.retrieved_at,
        "schema_version": SCHEMA_VERSION,
        "raw": _as_text(raw) if provenance.keep_raw else None,
    }
    try:
        value = msgspec.json.decode(text) if text is not None else deepcopy(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        problem = "the record is no JSON"
        return Record(extra=as_json({"text": _as_text(raw)}), problems=(problem,), **source)
    if not isinstance(value, dict):
        problem = "the record is no JSON object"
        return Record(extra=as_json({"value": value}), problems=(problem,), **source)
    return Record(**_columns(value, provenance), **source)


def dialect_of(value: Mapping[str, Any]) -> Dialect:
    """Return which dialect a JSON object speaks (zenodo-api.md §3; corpus of both eras)."""
    if "conceptrecid" in value or "recid" in value or "owners" in value:
        is_todays = "recid" in value or "record_id" in value or "submitted" in value
        return "legacy" if is_todays else "legacy-pre2023"
    return "native"


def _columns(value: dict[str, Any], provenance: Provenance) -> dict[str, Any]:
    problems: list[str] = []
    dialect = dialect_of(value)
    links = value.get("links")
    links = links if isinstance(links, dict) else {}
    id_ = value.get("id")
    record_url = links.get("self") if isinstance(links.get("self"), str) else None
    if provenance.base_url and id_ is not None:
        record_url = f"{provenance.base_url}/api/records/{id_}"
    record = Taker(value, "", problems)
    if dialect == "native":
        columns = read_native(record, record_url)
    else:
        columns = read_legacy(record, record_url, is_todays=dialect == "legacy")
    title = value.get("title")
    if title is not None and columns["title"] in (None, title):
        columns["title"] = record.text("title") or columns["title"]
    return {
        **columns,
        "url": _page(links, provenance, id_),
        "dialect": dialect,
        "extra": as_json(_without_links(value)),
        "problems": tuple(problems),
    }


def _page(links: Mapping[str, Any], provenance: Provenance, id_: Any) -> str | None:
    """Return the address of the record's web page."""
    for name in ("self_html", "html", "record_html"):
        if isinstance(links.get(name), str):
            return str(links[name])
    return f"{provenance.base_url}/records/{id_}" if provenance.base_url and id_ is not None else None


def _without_links(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_links(item) for key, item in value.items() if key not in NOT_DATA}
    return [_without_links(item) for item in value] if isinstance(value, list) else value


def _as_text(raw: bytes | str | Mapping[str, Any]) -> str:
    if isinstance(raw, bytes):
        return raw.decode("utf-8", "replace")
    return raw if isinstance(raw, str) else msgspec.json.encode(raw).decode()
