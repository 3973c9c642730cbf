from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from doubles import Ran
from zenodo_harvest.cli import Outside, build_app

if TYPE_CHECKING:
    from zenodo_harvest.records import Record


@dataclass
class FakeResults:
    """Stands for what `Client.search` returns, without a server."""

    records: tuple[Record, ...] = ()
    total: int = 0
    most: int = 10_000
    cost: str = "396 requests, about 13 min; with a token 99"
    findings: tuple[str, ...] = ()
    missing: tuple[Any, ...] = ()
    error: BaseException | None = None
    kept_raw: bool = False

    def preview(self, rows: int) -> tuple[Record, ...]:
        return tuple(self.walk())[:rows]

    def walk(self, *, keep_raw: bool = False) -> Iterator[Record]:
        self.kept_raw = keep_raw
        if self.error:
            raise self.error
        yield from self.records


@dataclass
class FakeClient:
    """Stands for `Client`; remembers how it was made and what it was asked."""

    results: FakeResults = field(default_factory=FakeResults)
    settings: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    is_closed: bool = False

    def search(self, q: str, **options: Any) -> FakeResults:
        self.asked.append((q, options))
        for finding in self.results.findings:
            self.settings["progress"].note(finding)
        return self.results

    def record(self, ref: str) -> Record:
        self.asked.append(("", {"ref": ref}))
        return self.results.records[0]

    def records(self, refs: list[str]) -> FakeResults:
        self.asked.append(("", {"refs": tuple(refs)}))
        return self.results

    def close(self) -> None:
        self.is_closed = True


Run = Callable[..., Ran]


@pytest.fixture
def client() -> FakeClient:
    return FakeClient()


@pytest.fixture
def run(client: FakeClient) -> Run:
    """Run a command line against the fake client; `terminal` is what it takes stdout and stderr for."""

    def go(
        *arguments: str, terminal: bool = False, width: int = 80, env: dict[str, str] | None = None
    ) -> Ran:
        def make_client(**settings: Any) -> Any:
            client.settings = settings
            return client

        outside = Outside(make_client=make_client, is_terminal=lambda _stream: terminal, environ=env or {})
        columns = {"COLUMNS": str(width), "TERM": "dumb", "NO_COLOR": "1"}
        done = CliRunner(env=columns).invoke(build_app(outside), list(arguments), prog_name="zenodo-harvest")
        return Ran(done.exit_code, done.stdout, done.stderr)

    return go
