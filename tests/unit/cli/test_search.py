from __future__ import annotations

import json
from typing import Any

import pytest

from zenodo_harvest.query import Search
from zenodo_harvest.records import Record

FROST = Record(id="7078768", doi="10.5281/zenodo.7078768", title="Frost days", publication_date="2022-09-14")
HOSTILE = Record(
    id="12", title="[red]alarm[/red] \x1b]0;evil\x07\x1b[31mred\x1b[0m\nnext [/] \udcff \u202eabc"
)


def test_every_filter_reaches_the_client_under_its_own_name(run: Any, client: Any) -> None:
    singles = "type subtype access license created updated published creator orcid affiliation".split()
    singles += "keyword funder grant doi related language filetype journal custom community".split()
    words = [word for name in singles for word in (f"--{name}", f"{name}-1", f"--{name}", f"{name}-2")]
    run("search", "frost", *words, "--sort", "newest", "--all-versions", "--limit", "7", "--no-lint")
    query, options = client.asked[0]
    assert query == "frost"
    assert {name: options[name] for name in singles} == {name: (f"{name}-1", f"{name}-2") for name in singles}
    assert (options["sort"], options["limit"]) == ("newest", 7)
    assert (options["all_versions"], options["lint"]) == (True, False)
    assert Search.of(q=query, **options).limit == 7


def test_without_options_nothing_is_narrowed(run: Any, client: Any) -> None:
    run("search", "frost")
    _, options = client.asked[0]
    assert Search.of(q="frost", **options) == Search(q="frost")


def test_a_query_is_optional(run: Any, client: Any) -> None:
    run("search", "--type", "dataset")
    assert client.asked[0][0] == ""


@pytest.mark.parametrize("words", [[""], ["  "], ["", ""]])
def test_a_blank_query_is_no_search_for_everything(run: Any, client: Any, words: list[str]) -> None:
    refused = run("search", *words)
    assert (refused.code, client.asked) == (2, [])
    assert "unset variable" in refused.err


@pytest.mark.parametrize(
    "words", [["climate", "model"], ["climate model"], ["climate", "--type", "dataset", "model"]]
)
def test_words_need_no_quotes(run: Any, client: Any, words: list[str]) -> None:
    assert run("search", *words).code == 0
    assert client.asked[0][0] == "climate model"


def test_a_pipe_gets_json_and_a_terminal_a_table(run: Any, client: Any) -> None:
    client.results.records, client.results.total = (FROST,), 1
    assert json.loads(run("search").out)["title"] == "Frost days"
    shown = run("search", terminal=True).out
    assert shown.splitlines()[0].split() == ["DOI", "Title", "Date"]
    assert "Frost days" in shown


def test_hostile_titles_are_shown_as_text_and_kept_as_data(run: Any, client: Any) -> None:
    client.results.records, client.results.total = (HOSTILE,), 1
    shown = run("search", terminal=True, width=120).out
    assert "[red]alarm[/red] red next [/] \ufffd abc" in shown
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)
    assert "\x1b[31mred" in json.loads(run("search").out)["title"]


def test_a_look_names_the_total_and_the_cost_of_everything(run: Any, client: Any) -> None:
    client.results.records, client.results.total = (FROST,) * 25, 9876
    said = run("search", terminal=True, width=160).err
    assert (
        "The first 25 of 9,876 records. All of them take 396 requests, about 13 min; with a token 99" in said
    )
    client.results.total = 25
    assert run("search", terminal=True).err == "25 records.\n"


def test_a_pipe_gets_every_record(run: Any, client: Any) -> None:
    client.results.records, client.results.total = (FROST,) * 60, 60
    ran = run("search")
    assert len(ran.out.splitlines()) == 60
    assert ran.err == "60 records.\n"
    assert run("search", "--quiet").out == ran.out


def test_a_limit_says_of_how_many(run: Any, client: Any) -> None:
    client.results.records, client.results.total = (FROST,), 9876
    assert run("search", "--limit", "1").err == "The first 1 of 9,876 records.\n"


def test_what_the_linter_did_is_said_before_the_rows(run: Any, client: Any) -> None:
    client.results.findings = ("a was changed to b: reason.",)
    assert run("search").err.startswith("a was changed to b: reason.\n")
    assert run("search", "--quiet").err == ""


def test_the_servers_json_is_asked_for_only_with_raw(run: Any, client: Any) -> None:
    run("search", "--all")
    assert not client.results.kept_raw
    run("search", "--all", "--raw")
    assert client.results.kept_raw


@pytest.mark.parametrize("words", [["--limit", "0"], ["--limit", "many"]])
def test_a_limit_that_is_none_is_a_usage_error(run: Any, client: Any, words: list[str]) -> None:
    assert run("search", *words).code == 2
    assert client.asked == []


def test_one_record_on_a_terminal_is_a_card_without_what_is_for_programs(run: Any, client: Any) -> None:
    record = Record(id="1", title="Frost days", description_html="<p>x</p>", extra="{}", keywords=("a", "b"))
    client.results.records = (record,)
    lines = [line.split() for line in run("record", "1", terminal=True).out.splitlines()]
    assert lines == [["id", "1"], ["title", "Frost", "days"], ["keywords", "a"], ["b"]]
