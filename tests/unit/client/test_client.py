from __future__ import annotations

import subprocess
import sys
import threading
from inspect import signature
from pathlib import Path
from typing import Any

import pytest

from doubles import Notes
from zenodo_harvest.client import Client, search
from zenodo_harvest.errors import QueryRefused, QueryWarning, UsageError
from zenodo_harvest.query import FILTERS
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


OPTIONS = ("community", "sort", "all_versions", "limit", "lint", *FILTERS)


@pytest.mark.parametrize(
    ("function", "unknown"),
    [
        (Client("zenodo").search, ()),
        (Client("zenodo").explain, ()),
        (search, ()),
        (Client("zenodo").count, ("sort", "limit")),
        (Client("zenodo").plan, ("sort", "limit")),
        (Client("zenodo").harvest, ("sort", "limit")),
        (Client("zenodo").communities.records, ("community",)),
    ],
)
def test_options_are_named_in_signature_and_docstring_from_the_one_list(
    function: Any, unknown: tuple[str, ...]
) -> None:
    known = [name for name in OPTIONS if name not in unknown]
    shown = signature(function).parameters
    assert [name for name in shown if name in OPTIONS] == known
    assert "options" not in shown
    assert shown["type"].annotation == "str | Sequence[str] | None"
    assert (shown["type"].default, shown["lint"].default) == (None, True)
    for name in known:
        assert f"\n    {name}: " in function.__doc__
    for name in unknown:
        assert f"\n    {name}: " not in function.__doc__


def test_without_a_site_the_environment_counts_then_zenodo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZENODO_HARVEST_SITE", raising=False)
    assert Client().site.name == "zenodo"
    monkeypatch.setenv("ZENODO_HARVEST_SITE", "sandbox")
    assert Client().site.name == "sandbox"
    assert search("frost")._context.site.name == "sandbox"
    assert Client("zenodo").site.name == "zenodo"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda _: Client(5), "5 is not a site"),  # type: ignore[arg-type]
        (lambda client: client.search(limit="5"), "'limit' is '5', a text"),
        (lambda client: client.plan(route="ferry"), "no route 'ferry'"),
        (lambda client: client.harvest("frost", "x.parquet", route="ferry"), "no route 'ferry'"),
        (lambda client: client.harvest("frost"), "No file is named"),
        (lambda client: client.search("frost").save(), "No file is named"),
        (lambda client: client.harvest("frost", ["q.parquet"]), r"\['q.parquet'\] is no path"),
        (lambda client: client.search("frost").to_parquet(3), "3 is no path"),
        (
            lambda client: client.harvest("frost", "q.csv", columns=["id"]),
            "'columns' is no option of a search",
        ),
        (lambda client: client.communities.find("frost", limit="5"), "The limit is '5'"),
        (lambda client: client.communities.show(5), "5 names no community"),
        (lambda client: client.search("frost").save("x.csv", colums=["id"]), "no option 'colums'"),
        (lambda _: Client(token=5), "The token is not a text"),  # type: ignore[arg-type]
        (lambda client: client.records([1, float("nan")]), "'nan' is not a record id"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words_before_anything_is_asked(call: Any, said: str) -> None:
    with Client(Running(), token="") as client, pytest.raises(UsageError, match=said) as caught:
        call(client)
    assert caught.value.hint


def test_one_reference_is_one_and_a_number_is_an_id() -> None:
    with Client(Running(), token="") as client:
        assert client.records("10.5281/zenodo.7078768").total == 1
        assert client.records([7078768, "7078768"]).total == 1
        assert client.records(7078768).total == 1


def test_a_client_and_what_it_offers_show_themselves_without_a_request_and_without_a_token() -> None:
    with Client(Running(), token="secret-token") as client:
        shown = [client, client.communities, client.dumps, client.deposits, client.search("frost")]
        text = " ".join([*map(repr, shown), client._repr_html_()])
        assert " at 0x" not in text
        assert "http://127.0.0.1:9" in text
        assert "secret" not in text
        assert client.usage.requests == 0


def test_what_the_linter_finds_is_a_warning_at_the_callers_line_unless_progress_takes_it() -> None:
    with Client(Running(), token="") as client, pytest.warns(QueryWarning, match="ANY") as caught:
        client.search("climate model")
    assert [warning.filename for warning in caught] == [__file__]
    notes = Notes()
    with Client(Running(), token="", progress=notes) as client:
        client.search("climate model")
    assert any("ANY" in note for note in notes.notes)
    with Client(Running(), token="", progress=False) as client:
        client.search("climate model")


def test_progress_that_is_true_is_progress_as_usual() -> None:
    with Client(Running(), token="", progress=True) as client, pytest.warns(QueryWarning, match="ANY"):
        client.search("climate model")


def test_an_explanation_says_it_itself_and_does_not_warn() -> None:
    with Client(Running(), token="") as client:
        assert client.explain("climate model").findings


def test_a_site_without_a_name_is_not_taken_for_zenodo() -> None:
    with pytest.raises(UsageError, match="'' is not a site"):
        search("frost", site="")


def test_a_token_that_is_no_text_is_refused_before_a_server_is_started() -> None:
    before = threading.active_count()
    with pytest.raises(UsageError, match="token is not a text"):
        Client("emulator", 3)  # type: ignore[arg-type]
    assert threading.active_count() == before


def test_an_unknown_option_of_the_files_of_a_harvest_is_refused(tmp_path: Path) -> None:
    with Client(Running(), token="") as client, pytest.raises(UsageError, match="no option 'colums'"):
        client.harvest("frost", tmp_path / "x.csv", save={"colums": ["id"]})  # type: ignore[typeddict-unknown-key]
    assert list(tmp_path.iterdir()) == []
