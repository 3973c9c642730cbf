"""What tests of deposits use: metadata of two kinds, the server asked without our own code, its log."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request as Sent
from urllib.request import urlopen

from werkzeug.wrappers import Request, Response

from zenodo_harvest.client import Client
from zenodo_harvest.emulator import Emulator

FIRST, SECOND = "emulator-token", "emulator-token-2"
OWN, CLOSED, OPEN = "enes-data-space", "cold-data-workshop", "alpine-hydrology"
CLASSIC = {
    "title": "Frost days at the harbour",
    "upload_type": "dataset",
    "description": "<p>Days of frost.</p>",
    "creators": [{"name": "Moreau, Ada", "affiliation": "Institute of Cold Regions"}],
    "keywords": ["frost"],
    "license": "cc-by-4.0",
}
NATIVE: dict[str, Any] = {
    "metadata": {
        "title": "Frost days of two seas",
        "resource_type": {"id": "dataset"},
        "publication_date": "2024-03",
        "publisher": "Zenodo",
        "creators": [
            {
                "person_or_org": {"type": "organizational", "name": "The Snow Group"},
                "role": {"id": "researchgroup"},
                "affiliations": [{"name": "Institute of Cold Regions"}, {"name": "School of Ice"}],
            }
        ],
        "additional_titles": [
            {"title": "Jours de gel", "type": {"id": "translated-title"}, "lang": {"id": "fra"}}
        ],
        "languages": [{"id": "eng"}, {"id": "fra"}],
        "rights": [{"id": "cc-by-4.0"}, {"id": "cc0-1.0"}],
        "sizes": ["3 tables"],
        "formats": ["text/csv"],
        "dates": [{"date": "2019/2020", "type": {"id": "collected"}, "description": "two winters"}],
        "copyright": "The Snow Group 2024",
    },
    "custom_fields": {"journal:journal": {"title": "Frost", "issn": "2049-3630"}},
    "access": {"record": "public", "files": "public"},
    "files": {"enabled": True},
}
"""A draft that the classic names cannot say without loss."""


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def only(self) -> dict[str, Any]:
        (row,) = self.rows
        return row


class Asked:
    """The server, asked without our own code."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    def __call__(self, method: str, path: str, body: Any = None, *, token: str = FIRST) -> Any:
        """Return the JSON of an answer of success."""
        status, said = self.status(method, path, body, token=token)
        assert status < 300, (method, path, status, said)
        return said

    def status(self, method: str, path: str, body: Any = None, *, token: str = FIRST) -> tuple[int, Any]:
        """Return the status and the JSON; what is asked is not in the log."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        is_record = re.fullmatch(r"/api/records(/\d+(/draft|/versions)?)?", path)
        accept = "application/vnd.inveniordm.v1+json" if is_record else "application/json"
        headers = {"Authorization": f"Bearer {token}", "Accept": accept}
        headers |= {} if data is None else {"Content-Type": kind}
        before = len(self._emulator.log)
        try:
            with urlopen(Sent(f"{self._emulator.url}{path}", data, headers, method=method)) as answer:
                status, said = answer.status, answer.read()
        except HTTPError as error:
            status, said = error.code, error.read()
        del self._emulator.log[before:]
        return status, json.loads(said) if said else None

    def draft(self, id_: str) -> Any:
        return self("GET", f"/api/records/{id_}/draft")

    def record(self, id_: str) -> Any:
        return self("GET", f"/api/records/{id_}")

    def own(self) -> list[Any]:
        """Return all deposits, all versions, in classic form."""
        found: list[Any] = []
        page = 1
        while rows := self("GET", f"/api/deposit/depositions?all_versions=true&size=100&page={page}"):
            found += rows
            page += 1
        return found

    def keys(self, id_: str, *, of: str = "/draft") -> list[str]:
        return [entry["key"] for entry in self("GET", f"/api/records/{id_}{of}/files")["entries"]]


def md5_of(content: bytes) -> str:
    return md5(content, usedforsecurity=False).hexdigest()


def writes(emulator: Emulator) -> list[tuple[str, str, int]]:
    """Return what was sent to change something: method, path and status."""
    return [
        (request.method, request.target.partition("?")[0], request.status)
        for request in emulator.log
        if request.method != "GET"
    ]


class Meddling:
    """A fault of a test's own; as it is, it lets everything go well."""

    def before(self, _request: Request) -> Response | None:
        """Return an answer in place of the work, or let it be done."""
        return None

    def after(self, _request: Request, answer: Response) -> Response:
        """Return the answer to send."""
        return answer


Make = Callable[..., Client]
Begin = Callable[..., str]
Write = Callable[..., Path]
Zh = Callable[..., Ran]
