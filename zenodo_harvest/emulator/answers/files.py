"""The files endpoints: the list, one entry, the bytes and the archive."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from werkzeug.http import dump_options_header

from zenodo_harvest.emulator.answers.links import file_links
from zenodo_harvest.emulator.shape import Json

_SHOWN_INLINE = {"text/csv", "text/plain", "application/json", "image/gif", "image/png", "image/jpeg"}


def entry(record: Mapping[str, Any], key: str, base: str) -> Json:
    """Return one file of a record, in the shape of the files endpoints (zenodo-api.md §4.3)."""
    stored = record["files"]["entries"][key]

    def made_up(kind: str, name: str) -> str:
        return str(uuid5(NAMESPACE_URL, f"{kind}:{record['id']}:{name}"))

    return {
        "created": record["created"],
        "updated": record["updated"],
        "mimetype": stored.get("mimetype", "application/octet-stream"),
        "version_id": made_up("version", key),
        "file_id": stored.get("id") or made_up("file", key),
        "bucket_id": made_up("bucket", ""),
        "metadata": stored.get("metadata", {}),
        "access": stored.get("access", {"hidden": False}),
        "links": file_links(base, record["id"], key),
        "key": key,
        "transfer": {"type": "L"},
        "status": "completed",
        "checksum": stored["checksum"],
        "size": stored["size"],
        "storage_class": "L",
    }


def listing(record: Mapping[str, Any], base: str) -> Json:
    """Return the files of a record; ``entries`` is a list here, an object in the record."""
    files, url = record["files"], f"{base}/api/records/{record['id']}"
    return {
        "enabled": files["enabled"],
        "links": {"self": f"{url}/files", "archive": f"{url}/files-archive"},
        "entries": [entry(record, key, base) for key in files["entries"]],
        "default_preview": files.get("default_preview"),
        "order": files.get("order", []),
    }


def content_headers(record: Mapping[str, Any], key: str) -> dict[str, str]:
    """Return the headers of a download: text and pictures inline, the rest as an attachment (§13)."""
    mimetype = record["files"]["entries"][key].get("mimetype", "application/octet-stream")
    headers = {"Cache-Control": "no-cache", "X-Download-Options": "noopen"}
    if mimetype in _SHOWN_INLINE:
        shown = "text/plain; charset=utf-8" if mimetype.startswith("text/") else mimetype
        return headers | {"Content-Type": shown, "Content-Disposition": "inline"}
    disposition = dump_options_header("attachment", {"filename": key})
    return headers | {"Content-Type": "application/octet-stream", "Content-Disposition": disposition}


def archive(contents: Mapping[str, bytes]) -> bytes:
    """Return the files as one uncompressed ZIP."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as bundle:
        for key, data in contents.items():
            bundle.writestr(zipfile.ZipInfo(key), data)
    return buffer.getvalue()
