"""A server that is an InvenioRDM and not Zenodo: the right records, or a refusal; never a silent nothing."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from zenodo_harvest import Client
from zenodo_harvest.errors import UsageError
from zenodo_harvest.progress import NoProgress

CASE = Path(__file__).parents[4] / "shared" / "cases" / "plain_inveniordm.py"
pytestmark = pytest.mark.skipif(not CASE.exists(), reason="the cases are kept beside the project")


@pytest.fixture
def garden() -> Iterator[Client]:
    spec = importlib.util.spec_from_file_location("plain_inveniordm", CASE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with module.http.server.ThreadingHTTPServer(("127.0.0.1", 0), module.H) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        with Client(f"http://127.0.0.1:{server.server_port}", token="", progress=NoProgress()) as client:
            yield client
        server.shutdown()


def test_a_doi_finds_its_record(garden: Client) -> None:
    (record,) = garden.search("10.9999/abcd0-12340")
    assert record.id == "abcd0-12340"
    assert garden.record("10.9999/abcd0-12340").id == "abcd0-12340"


def test_a_field_of_old_zenodo_is_written_as_the_index_has_it(garden: Client) -> None:
    results = garden.search("creators.name:Novak")
    assert [record.id for record in results] == ["abcd0-12340", "abcd1-12341", "abcd2-12342"]
    assert "creators.name was changed to metadata.creators.person_or_org.name" in str(results.findings[0])


@pytest.mark.parametrize("route", ["search", "oai"])
def test_a_community_is_harvested_whole(garden: Client, tmp_path: Path, route: str) -> None:
    path = tmp_path / "garden.jsonl"
    receipt = garden.harvest("", path, route=route, community="garden", all_versions=True)  # type: ignore[arg-type]
    assert receipt.complete
    assert receipt.rows == len(path.read_text("utf-8").splitlines()) == 2


def test_an_order_that_it_does_not_have_is_refused(garden: Client) -> None:
    with pytest.raises(UsageError, match="no such order"):
        garden.search("frost", sort="publication-desc")
