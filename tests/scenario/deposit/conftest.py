"""One's own deposits on an emulator: as Python, as a command line, and as the server sees them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from depositing import CLASSIC, FIRST, NATIVE, SECOND, Asked, Begin, Make, Ran, Write, Zh
from doubles import Notes, StillClock
from zenodo_harvest.cli import World, build_app
from zenodo_harvest.client import Client
from zenodo_harvest.deposit import Deposits
from zenodo_harvest.emulator import Emulator


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep caches and settings of this machine's user out of it, and files in a folder of the test."""
    for name in ("CACHE", "CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / "home" / name.lower()))
    for name in ("ZENODO_TOKEN", "ZENODO_EMULATOR_TOKEN", "ZENODO_HARVEST_SITE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


@pytest.fixture(scope="module")
def running() -> Iterator[Emulator]:
    with Emulator(limits="off") as emulator:
        yield emulator


@pytest.fixture
def emulator(running: Emulator) -> Emulator:
    """The emulator with an empty log and without faults."""
    running.faults.clear()
    running.log.clear()
    return running


@pytest.fixture
def asked(emulator: Emulator) -> Asked:
    return Asked(emulator)


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def make(emulator: Emulator, notes: Notes) -> Iterator[Make]:
    """Make clients that nobody waits for."""
    made: list[Client] = []

    def go(token: str = FIRST, **settings: Any) -> Client:
        settings = {"clock": StillClock(time.time()), "progress": notes} | settings
        made.append(Client(emulator, token, **settings))
        return made[-1]

    yield go
    for client in made:
        client.close()


@pytest.fixture
def deposits(make: Make) -> Deposits:
    return make().deposits


@pytest.fixture
def others(make: Make) -> Deposits:
    """Those of the second user."""
    return make(SECOND).deposits


@pytest.fixture
def zh(emulator: Emulator) -> Zh:
    """Run a deposit command inside this process against the emulator."""

    def go(*arguments: Any, token: str = FIRST, terminal: bool = False, stdin: Any = None) -> Ran:
        def make_client(site: str, **settings: Any) -> Client:
            where = emulator if site == "zenodo" else site
            return Client(where, token, clock=StillClock(time.time()), **settings)

        world = World(make_client=make_client, is_terminal=lambda _stream: terminal, environ={})
        runner = CliRunner(env={"COLUMNS": "120", "TERM": "dumb", "NO_COLOR": "1"})
        given = ["deposit", *map(str, arguments)]
        done = runner.invoke(build_app(world), given, prog_name="zenodo-harvest", input=stdin)
        return Ran(done.exit_code, done.stdout, done.stderr)

    return go


@pytest.fixture
def write() -> Write:
    """Write a file of this name into the current folder."""

    def go(name: str = "frost.csv", content: bytes = b"day,frost\n1,0\n") -> Path:
        path = Path(name)
        path.write_bytes(content)
        return path

    return go


@pytest.fixture
def begin(asked: Asked) -> Begin:
    """Begin a deposit without our own code: ``classic`` or ``native``, with a file; return its number."""

    def go(kind: str = "classic", *, keys: tuple[str, ...] = ("frost.csv",), **more: Any) -> str:
        if kind == "classic":
            body = {"metadata": {**CLASSIC, **more}}
            id_ = str(asked("POST", "/api/deposit/depositions", body)["id"])
        else:
            metadata = {**NATIVE["metadata"], **more}
            id_ = str(asked("POST", "/api/records", {**NATIVE, "metadata": metadata})["id"])
        files = f"/api/records/{id_}/draft/files"
        for key in keys:
            asked("POST", files, [{"key": key}])
            asked("PUT", f"{files}/{key}/content", f"content of {key}\n".encode())
            asked("POST", f"{files}/{key}/commit")
        return id_

    return go


@pytest.fixture
def release(asked: Asked, begin: Begin) -> Begin:
    """Publish a deposit without our own code; return its number."""

    def go(kind: str = "classic", **more: Any) -> str:
        id_ = begin(kind, **more)
        status, said = asked.status("POST", f"/api/deposit/depositions/{id_}/actions/publish")
        assert status == 202, said
        return id_

    return go
