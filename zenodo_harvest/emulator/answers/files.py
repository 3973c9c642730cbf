"""The files endpoints: the list, one entry, the bytes and the archive."""

from __future__ import annotations

import shutil
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

from werkzeug.http import dump_options_header

from zenodo_harvest.emulator.answers.links import draft_file_links, file_links
from zenodo_harvest.emulator.contents import Opener
from zenodo_harvest.emulator.defaults import Json

_PIECE_BYTES: Final = 1 << 20
_SHOWN_INLINE = {"text/csv", "text/plain", "application/json", "image/gif", "image/png", "image/jpeg"}


def entry(key: str, stored: Mapping[str, Any], bucket_id: str, links: Mapping[str, str]) -> Json:
    """Return one file of a bucket, in the shape of the files endpoints (zenodo-api.md §4.3, §10).

    One that was declared and not committed has neither type nor size.
    """
    written: Json = {"created": stored["created"], "updated": stored["updated"]}
    if is_completed := stored["status"] == "completed":
        written |= {name: stored[name] for name in ("mimetype", "version_id", "file_id")}
        written["bucket_id"] = bucket_id
    written |= {
        "metadata": stored["metadata"],
        "access": {"hidden": False},
        "links": dict(links),
        "key": key,
        "transfer": {"type": "L"},
        "status": stored["status"],
    }
    if is_completed:
        written |= {"checksum": stored["checksum"], "size": stored["size"], "storage_class": "L"}
    return written


def record_listing(record: Mapping[str, Any], bucket: Mapping[str, Any], base: str) -> Json:
    """Return the files of a record; ``entries`` is a list here, an object in the record."""
    url = f"{base}/api/records/{record['id']}"
    entries = [record_entry(record["id"], key, bucket, base) for key in bucket["files"]]
    return _listing(record["files"], url, entries)


def record_entry(record_id: str, key: str, bucket: Mapping[str, Any], base: str) -> Json:
    """Return one file of a record."""
    return entry(key, bucket["files"][key], bucket["id"], file_links(base, record_id, key))


def draft_listing(draft: Mapping[str, Any], bucket: Mapping[str, Any], base: str) -> Json:
    """Return the files of a draft."""
    url = f"{base}/api/records/{draft['id']}/draft"
    entries = [draft_entry(draft["id"], key, bucket, base) for key in bucket["files"]]
    return _listing(draft["files"], url, entries)


def draft_entry(record_id: str, key: str, bucket: Mapping[str, Any], base: str) -> Json:
    """Return one file of a draft."""
    return entry(key, bucket["files"][key], bucket["id"], draft_file_links(base, record_id, key))


def _listing(files: Mapping[str, Any], url: str, entries: list[Json]) -> Json:
    return {
        "enabled": files["enabled"],
        "links": {"self": f"{url}/files", "archive": f"{url}/files-archive"},
        "entries": entries,
        "default_preview": files.get("default_preview"),
        "order": files.get("order", []),
    }


def content_headers(entry: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers of a download: text and pictures inline, the rest as an attachment (§13)."""
    mimetype = entry.get("mimetype", "application/octet-stream")
    headers = {"Cache-Control": "no-cache", "X-Download-Options": "noopen"}
    if mimetype in _SHOWN_INLINE:
        shown = "text/plain; charset=utf-8" if mimetype.startswith("text/") else mimetype
        return headers | {"Content-Type": shown, "Content-Disposition": "inline"}
    disposition = dump_options_header("attachment", _file_names(entry["key"]))
    return headers | {"Content-Type": "application/octet-stream", "Content-Disposition": disposition}


def _file_names(key: str) -> dict[str, str]:
    """Return the name of a download, spelt in ASCII and in full if it is not plain (RFC 6266)."""
    if key.isascii() and key.isprintable():
        return {"filename": key}
    simple = unicodedata.normalize("NFKD", key).encode("ascii", "ignore").decode()
    spelt = "".join(filter(str.isprintable, simple))
    return {"filename": spelt, "filename*": f"UTF-8''{quote(key, safe='')}"}


def pieces(open_file: Opener) -> Iterator[bytes]:
    """Yield what a file holds; it is opened when the first piece is wanted."""
    with open_file() as opened:
        while piece := opened.read(_PIECE_BYTES):
            yield piece


def archive(openers: Mapping[str, Opener]) -> Iterator[bytes]:
    """Yield files as one uncompressed ZIP."""
    with tempfile.TemporaryFile() as bundle:
        with zipfile.ZipFile(bundle, "w", zipfile.ZIP_STORED) as written:
            for key, open_file in openers.items():
                with (
                    open_file() as source,
                    written.open(zipfile.ZipInfo(key), "w", force_zip64=True) as member,
                ):
                    shutil.copyfileobj(source, member, _PIECE_BYTES)
        bundle.seek(0)
        while piece := bundle.read(_PIECE_BYTES):
            yield piece
