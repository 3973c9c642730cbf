from __future__ import annotations

import io
import json
import tarfile
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import md5
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from zenodo_harvest.cli import Outside, build_app
from zenodo_harvest.client import Client
from zenodo_harvest.dumps import Conversion, convert
from zenodo_harvest.http import LocalBudget
from zenodo_harvest.records import Provenance
from zenodo_harvest.sites import Site

RECORDED = Path(__file__).parents[2] / "data" / "recordings" / "dumps"
NOW = datetime(2026, 11, 23, 4, 1, 43, tzinfo=UTC)
FROM = Provenance("zenodo", "dump", NOW, "http://127.0.0.1:5000")


def pack(path: Path, members: Iterable[tuple[str, bytes]]) -> Path:
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        for name, content in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


def unpack(path: Path) -> list[tuple[str, bytes]]:
    with tarfile.open(path) as archive:
        return [(entry.name, archive.extractfile(entry).read()) for entry in archive]


Convert = Callable[..., Conversion]


@pytest.fixture(name="pack")
def _pack() -> Callable[..., Path]:
    return pack


@pytest.fixture(name="unpack")
def _unpack() -> Callable[..., list[tuple[str, bytes]]]:
    return unpack


@pytest.fixture
def recorded() -> dict[str, Path]:
    """The dumps of the real server software: the same records as JSON and as XML."""
    return {kind: RECORDED / f"records-{kind}.tar.gz" for kind in ("json", "xml")}


@pytest.fixture
def provenance() -> Provenance:
    return FROM


@pytest.fixture
def to_table() -> Convert:
    """Convert a dump; the source is ours, the time stands still."""

    def go(source: Path, *outputs: Path, **options: Any) -> Conversion:
        return convert(source, list(outputs), **{"provenance": FROM, **options})

    return go


@pytest.fixture(scope="session")
def several(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dump of some thousand records, for several processes and row groups."""
    recorded = unpack(RECORDED / "records-json.tar.gz")
    members = []
    for number in range(2_100):
        name, content = recorded[number % len(recorded)]
        id_ = str(70_000_000 + number)
        content = content.replace(name.removesuffix(".json").encode(), id_.encode())
        content = content.replace(b'"created": "2026-', b'"created": "%d-' % (2018 + number % 5))
        members.append((f"{id_}.json", content))
    return pack(tmp_path_factory.mktemp("dump") / "records-json.tar.gz", members)


@dataclass
class Exporter:
    """Offers dumps as the server does: by key and version, without ranges (zenodo-api.md §8)."""

    dumps: dict[str, list[bytes]] = field(default_factory=dict)
    url: str = ""
    asked: list[str] = field(default_factory=list)

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        self.asked.append(request.path)
        key = request.path.removeprefix("/api/exporter").strip("/")
        return self.answer(key)(environ, start_response)

    def answer(self, key: str) -> Response:
        if not key:
            listed = {key: [*self.versions(key)] for key in self.dumps}
            return Response(json.dumps(listed), mimetype="application/json")
        name, _, number = key.rpartition("/")
        if name in self.dumps and number.isdecimal():
            return Response(self.dumps[name][int(number)], mimetype="application/octet-stream")
        return Response('{"message": "ObjectVersion not found", "status": 404}', 404)

    def versions(self, key: str) -> Iterator[dict[str, Any]]:
        newest = len(self.dumps[key]) - 1
        for number, content in enumerate(self.dumps[key]):
            yield {
                "version_id": str(number),
                "created": f"2026-1{number}-01T03:00:00+00:00",
                "is_head": number == newest,
                "size": len(content),
                "checksum": f"md5:{md5(content, usedforsecurity=False).hexdigest()}",
                "links": {"self": f"{self.url}/api/exporter/{key}/{number}"},
            }


@pytest.fixture
def exporter(recorded: dict[str, Path]) -> Iterator[Exporter]:
    """A server with the recorded dumps, one of them in two versions."""
    app = Exporter()
    newest = recorded["json"].read_bytes()
    app.dumps = {
        "records-json.tar.gz": [b"of last month", newest],
        "biosyslit/records-xml.tar.gz": [recorded["xml"].read_bytes()],
    }
    server = make_server("127.0.0.1", 0, app, threaded=True)
    app.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield app
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def client(exporter: Exporter) -> Iterator[Client]:
    with LocalBudget() as budget, Client(Site("exporter", exporter.url), "", budget=budget) as made:
        yield made


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


@pytest.fixture
def zh(exporter: Exporter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Run a command line against the server, `tmp_path` being the current folder."""
    monkeypatch.chdir(tmp_path)

    def go(*arguments: str, terminal: bool = False) -> Ran:
        def make_client(site: str, **settings: Any) -> Client:
            del site
            return Client(Site("exporter", exporter.url), "", budget=budget, **settings)

        outside = Outside(make_client=make_client, is_terminal=lambda _stream: terminal, environ={})
        env = {"COLUMNS": "120", "TERM": "dumb", "NO_COLOR": "1"}
        with LocalBudget() as budget:
            done = CliRunner(env=env).invoke(build_app(outside), list(arguments), prog_name="zenodo-harvest")
        return Ran(done.exit_code, done.stdout, done.stderr)

    return go
