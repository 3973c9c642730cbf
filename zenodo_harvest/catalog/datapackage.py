"""The Data Package of a catalogue: a description of its tables that other programs read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC
from functools import cache
from typing import Any

from zenodo_harvest.catalog.about import About
from zenodo_harvest.catalog.dictionary import Entry, change_entries, check_entries, record_entries
from zenodo_harvest.catalog.license import metadata_license
from zenodo_harvest.export import Output

_PROFILES = "https://datapackage.org/profiles/2.0"
_TYPES = {
    "string": "string",
    "int64": "integer",
    "float64": "number",
    "bool": "boolean",
    "timestamp": "datetime",
    "date": "date",
}
_FORMATS = {
    ".parquet": ("parquet", "application/vnd.apache.parquet"),
    ".csv": ("csv", "text/csv"),
    ".jsonl": ("jsonl", "application/jsonl"),
}


def data_package(about: About, files: Iterable[Output]) -> str:
    """Return the text of ``datapackage.json`` (Data Package 2.0) for these tables.

    It is the same text as long as nothing in the catalogue changes.

    Args:
        about: The catalogue.
        files: Its tables: ``records.parquet``, ``.csv``, ``.jsonl``, ``changes.csv`` and ``checks.csv``, or
            some of them.
    """
    license_ = metadata_license(about)
    package = {
        "$schema": f"{_PROFILES}/datapackage.json",
        "name": _name(about),
        "title": about.title,
        "created": about.changed_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "licenses": [asdict(license_)] if license_ else None,
        "sources": [{"title": each.title, "path": each.url} for each in about.communities]
        or [{"title": about.site, "path": about.site_url}],
        "resources": [_resource(file) for file in files],
    }
    return json.dumps({key: value for key, value in package.items() if value}, indent=2, ensure_ascii=False)


def _name(about: About) -> str:
    words = "-".join(each.slug for each in about.communities) or about.title
    return re.sub(r"[^a-z0-9._-]+", "-", words.lower()).strip("-")[:200] or "catalogue"


def _resource(file: Output) -> dict[str, Any]:
    kind, mediatype = _FORMATS[file.path.suffix]
    return (
        {
            "$schema": f"{_PROFILES}/dataresource.json",
            "name": f"{file.path.stem}-{kind}",
            "type": "table",
            "path": file.path.name,
            "format": kind,
            "mediatype": mediatype,
            "bytes": file.size_bytes,
            "hash": f"sha256:{file.sha256}",
        }
        | ({"encoding": "utf-8"} if kind != "parquet" else {})
        | {"schema": _schema(file.path.name)}
    )


@cache
def _schema(name: str) -> Mapping[str, Any]:
    entries = {"changes.csv": change_entries, "checks.csv": check_entries}.get(name, record_entries)()
    is_csv = name.endswith(".csv")
    schema: dict[str, Any] = {
        "$schema": f"{_PROFILES}/tableschema.json",
        "fields": [field for entry in entries for field in _fields(entry, is_csv)],
    }
    return schema | ({"primaryKey": ["id"]} if entries == record_entries() else {})


def _fields(entry: Entry, is_csv: bool) -> Iterable[dict[str, str]]:
    """Describe a column; in CSV a struct is a column for each of its parts, and a list one text."""
    kind, about = entry["type"], entry["description"]
    if is_csv and kind.startswith("struct"):
        for part in entry["fields"]:
            yield {"name": part["name"], "type": _TYPES[part["type"]], "description": about}
        return
    nested = "string" if is_csv else "array" if kind.startswith("list") else "object"
    yield {"name": entry["name"], "type": _TYPES.get(kind, nested), "description": about}
