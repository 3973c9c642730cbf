"""The exporter: which dumps there are, and their bytes."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from werkzeug.http import dump_options_header, http_date
from werkzeug.wrappers import Response

from zenodo_harvest.emulator.dumps import Dump, Dumps
from zenodo_harvest.emulator.endpoints.call import Call
from zenodo_harvest.emulator.negotiation import PLAIN
from zenodo_harvest.emulator.problems import PlainProblem

_VERSIONED = re.compile(r"(?P<key>.+)/(?P<version>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


class Exporter:
    """Dumps by key and by version (zenodo-api.md §8, §13, read 2026-08-20)."""

    def __init__(self, dumps: Dumps) -> None:
        self._dumps = dumps

    def listing(self, call: Call) -> Response:
        """List the versions of every dump by key."""
        versions = self._dumps.listing(call.base)
        if not versions:
            raise PlainProblem(404, "Bucket not found")
        body = {key: [_entry(call, key, one, made[0]) for one in made] for key, made in versions.items()}
        return Response(msgspec.json.encode(body) + b"\n", content_type=PLAIN)

    def content(self, call: Call, key: str) -> Response:
        """Answer the bytes of the newest version or, with its id behind the key, of another; never a part."""
        versioned = _VERSIONED.fullmatch(key)
        name, version_id = (versioned["key"], versioned["version"]) if versioned else (key, None)
        dump = self._dumps.find(name, version_id, call.base)
        if dump is None:
            raise PlainProblem(404, "ObjectVersion not found")
        return Response(dump.data, headers=_headers(name, dump))


def _entry(call: Call, key: str, dump: Dump, head: Dump) -> dict[str, Any]:
    url = f"{call.base}/api/exporter/{key}"
    links = {"self": f"{url}/{dump.version_id}"}
    return {
        "checksum": f"md5:{dump.md5}",
        "created": dump.created.isoformat(timespec="microseconds"),
        "is_head": dump is head,
        "links": {**links, "self_head": url} if dump is head else links,
        "size": len(dump.data),
        "version_id": dump.version_id,
    }


def _headers(key: str, dump: Dump) -> dict[str, str]:
    headers = {
        "Cache-Control": "no-cache",
        "Last-Modified": http_date(dump.created),
        "X-Download-Options": "noopen",
    }
    if key.endswith(".csv.gz"):
        return headers | {"Content-Disposition": "inline", "Content-Type": "text/plain; charset=utf-8"}
    disposition = dump_options_header("attachment", {"filename": key.rpartition("/")[2]})
    return headers | {"Content-Disposition": disposition, "Content-Type": "application/octet-stream"}
