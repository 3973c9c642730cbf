from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from zenodo_harvest.client import Client
from zenodo_harvest.errors import QueryRefused, UsageError
from zenodo_harvest.sites import SANDBOX, Site


class Running:
    """A server that was started elsewhere."""

    url = "http://127.0.0.1:9/"

    def __init__(self) -> None:
        self.closed = 0

    def close(self) -> None:
        self.closed += 1


def test_opening_the_front_door_loads_no_heavy_library() -> None:
    code = (
        "import sys, zenodo_harvest.client\n"
        "heavy = {'requests', 'pandas', 'pyarrow', 'msgspec', 'luqum', 'lxml'} & set(sys.modules)\n"
        "sys.exit(', '.join(sorted(heavy)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("site", "url"),
    [
        ("zenodo", "https://zenodo.org"),
        ("sandbox", "https://sandbox.zenodo.org"),
        ("https://repo.example.org/api", "https://repo.example.org"),
        (SANDBOX, "https://sandbox.zenodo.org"),
        (Site("mine", "https://mine.example.org"), "https://mine.example.org"),
        (Running(), "http://127.0.0.1:9"),
    ],
)
def test_a_site_is_a_name_an_address_a_site_or_a_running_server(site: str | Site | Running, url: str) -> None:
    assert Client(site).site.url == url


def test_an_unknown_site_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(UsageError, match="'zendo' is not a site") as caught:
        Client("zendo")
    assert "zenodo, sandbox, emulator" in caught.value.hint


def test_a_server_that_was_started_elsewhere_is_left_running() -> None:
    server = Running()
    with Client(server):
        pass
    assert server.closed == 0


def test_closing_twice_does_no_harm() -> None:
    client = Client("zenodo")
    client.close()
    client.close()


def test_a_refused_query_is_refused_without_a_server(tmp_path: Path) -> None:
    with Client(Running(), token="") as client, pytest.raises(QueryRefused):
        client.search("foo AND (")


def test_an_unknown_option_is_refused() -> None:
    with Client(Running(), token="") as client, pytest.raises(UsageError, match="comunity"):
        client.search("frost", comunity="enes")


@pytest.mark.parametrize(
    ("method", "name"), [("to_parquet", "x.csv"), ("to_csv", "x.parquet"), ("to_jsonl", "x.json")]
)
def test_a_method_writes_the_format_it_promises_or_nothing(tmp_path: Path, method: str, name: str) -> None:
    with Client(Running(), token="") as client, pytest.raises(UsageError, match="does not end in"):
        getattr(client.search("frost"), method)(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_column_that_does_not_exist_is_refused_before_anything_is_fetched(tmp_path: Path) -> None:
    with Client(Running(), token="") as client, pytest.raises(UsageError, match="titel"):
        client.search("frost").to_csv(tmp_path / "x.csv", columns=["titel"])
    assert list(tmp_path.iterdir()) == []
