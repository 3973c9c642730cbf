"""What people paste to name a record: badges, links into it, its latest version, links that are secret."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from typer.testing import CliRunner

from zenodo_harvest.cli import Outside, build_app
from zenodo_harvest.client import Client
from zenodo_harvest.emulator import Emulator
from zenodo_harvest.engine import read_refs
from zenodo_harvest.errors import MissingWarning, UsageError
from zenodo_harvest.ids import RecordRef, parse_record_ref

OLD, NEW, CONCEPT, OTHER = "123", "150", "122", "200"
SECRET = "eyJhbGciOiJIUzUxMiJ9.c2VjcmV0"
BADGE = "https://zenodo.org/badge/DOI/10.5281/zenodo.123.svg"

LATEST = [
    "https://zenodo.org/record/123/latest",
    "https://zenodo.org/records/123/latest",
    "https://zenodo.org/records/123/latest/",
    "https://zenodo.org/records/123/latest?q=x#y",
    "https://zenodo.org/records/123/versions/latest",
    "https://zenodo.org/api/records/123/versions/latest",
    "/api/records/123/versions/latest",
    "zenodo.org/records/123/latest",
    "<https://zenodo.org/records/123/latest>.",
    "[newest](https://zenodo.org/records/123/latest)",
]
SPELLINGS = [
    "doi:10.5281/zenodo.123",
    "info:doi/10.5281/zenodo.123",
    "urn:doi:10.5281/zenodo.123",
    "DOI 10.5281/zenodo.123",
    "DOI: 10.5281/zenodo.123",
    "doi: https://doi.org/10.5281/zenodo.123",
    "https://doi.org/doi:10.5281/zenodo.123",
    "doi.org/10.5281/zenodo.123",
    "//doi.org/10.5281/zenodo.123",
    "https://dx.doi.org/10.5281/zenodo.123",
    "oai:zenodo.org:123",
    "OAI:ZENODO.ORG:123",
    "10.5281%2Fzenodo.123",
    "https://doi.org/10.5281%2Fzenodo.123",
    "https%3A%2F%2Fdoi.org%2F10.5281%2Fzenodo.123",
    "https%3A%2F%2Fzenodo.org%2Frecords%2F123",
    "https://zenodo.org/doi/10.5281%2Fzenodo.123",
    "https://zenodo.org/doi/10.5281/zenodo.123",
    BADGE,
    "https://zenodo.org/badge/doi/10.5281/zenodo.123.png",
    "https://zenodo.org/badge/DOI/10.5281%2Fzenodo.123.svg?style=flat",
    f"![DOI]({BADGE})",
    f"[![DOI]({BADGE})](https://doi.org/10.5281/zenodo.123)",
    f"[![DOI]({BADGE})](https://zenodo.org/records/123).",
    f'<a href="https://doi.org/10.5281/zenodo.123"><img src="{BADGE}" alt="DOI"></a>',
    f".. image:: {BADGE}\n  :target: https://doi.org/10.5281/zenodo.123",
    '[the data](https://doi.org/10.5281/zenodo.123 "DOI")',
    "<https://doi.org/10.5281/zenodo.123>",
    "(https://doi.org/10.5281/zenodo.123).",
    "\u201chttps://zenodo.org/records/123\u201d,",
    "https://zenodo.org/records/123.",
    "10.5281/zenodo.123;",
    "\u200b10.5281/zenodo.123\ufeff",
    "https://zenodo.org/records/123/files/x.pdf?download=1",
    "https://zenodo.org/records/123?download=1",
    "https://zenodo.org/records/123#anchor",
    "/records/123#anchor",
    "https://zenodo.org/record/123/export/json",
    "https://zenodo.org/record/123/export/csl?style=apa",
    "https://zenodo.org/records/123/preview/x.pdf?include_deleted=0",
    "https://zenodo.org/api/records/123/files/x.pdf/content",
]
SECRETS = [
    f"https://zenodo.org/records/123?token={SECRET}",
    f"https://zenodo.org/records/123?preview=1&token={SECRET}",
    f"https://zenodo.org/records/123/files/x.pdf?download=1&token={SECRET}",
    f"https://zenodo.org/records/123/latest?token={SECRET}",
    f"https://zenodo.org/api/records/123?access_token={SECRET}",
    f"https://zenodo.org/records/123?resource-token={SECRET}",
    f"https%3A%2F%2Fzenodo.org%2Frecords%2F123%3Ftoken%3D{SECRET}",
    f'<a href="https://zenodo.org/records/123?preview=1&amp;token={SECRET}">draft</a>',
    f"[draft](https://zenodo.org/records/123?token={SECRET})",
    f"https://zenodo.org/records/123?x=1;token={SECRET}",
    f"https://zenodo.org/records/123?t%6Fken={SECRET}",
    f"https://zenodo.org/records/123?preview=1&t%6f%4Ben={SECRET}",
    f"https://zenodo.org/records/123#token={SECRET}",
]
REPOSITORIES = [
    "https://zenodo.org/badge/latestdoi/123456",
    "https://zenodo.org/badge/123456.svg",
    "[![DOI](https://zenodo.org/badge/123456.svg)](https://zenodo.org/badge/latestdoi/123456)",
]


def record(number: str, index: int, concept: str, *, is_latest: bool) -> dict[str, Any]:
    return {
        "id": number,
        "parent": {"id": concept},
        "versions": {"index": index, "is_latest": is_latest},
        "created": f"2026-01-0{index}T00:00:00+00:00",
        "updated": f"2026-01-0{index}T00:00:00+00:00",
        "pids": {"doi": {"identifier": f"10.5281/zenodo.{number}", "provider": "datacite"}},
        "metadata": {"title": f"Record {number}", "resource_type": {"id": "dataset"}},
    }


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """A server with a record in two versions and one in a single version."""
    seed = tmp_path_factory.mktemp("seed") / "seed.jsonl"
    rows = [
        record(OLD, 1, CONCEPT, is_latest=False),
        record(NEW, 2, CONCEPT, is_latest=True),
        record(OTHER, 1, "199", is_latest=True),
    ]
    seed.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    with Emulator(seed=seed, limits="off") as running:
        yield running


@pytest.fixture
def client(emulator: Emulator) -> Iterator[Client]:
    emulator.log.clear()
    with Client(emulator, "") as made:
        yield made


@pytest.fixture
def here(emulator: Emulator) -> Callable[[str], str]:
    """Write addresses of Zenodo as those of the emulator."""
    return lambda text: text.replace("zenodo.org", str(urlsplit(emulator.url).hostname))


@pytest.fixture
def zh(emulator: Emulator, tmp_path: Path) -> Callable[..., Any]:
    """Run a command line against the emulator."""

    def make_client(site: str, **settings: Any) -> Client:
        return Client(emulator, "", **settings)

    def go(*arguments: str) -> Any:
        emulator.log.clear()
        outside = Outside(make_client=make_client, is_terminal=lambda _stream: False, environ={})
        runner = CliRunner(env={"TERM": "dumb", "COLUMNS": "120"})
        return runner.invoke(build_app(outside), list(arguments), prog_name="zenodo-harvest")

    return go


@pytest.mark.parametrize("text", LATEST)
def test_the_latest_version_is_asked_for_where_an_address_says_so(text: str) -> None:
    assert parse_record_ref(text) == RecordRef("id", OLD, latest=True)


@pytest.mark.parametrize("text", SPELLINGS)
def test_every_spelling_that_is_pasted_names_the_record(text: str) -> None:
    assert parse_record_ref(text) == RecordRef("id", OLD)


@pytest.mark.parametrize("text", LATEST)
def test_python_gets_the_latest_version(client: Client, here: Any, text: str) -> None:
    assert client.record(here(text)).id == NEW


@pytest.mark.parametrize(
    ("text", "id_"), [("/records/150/latest", NEW), ("/records/122/latest", NEW), ("/record/123", OLD)]
)
def test_the_latest_version_of_a_version_or_a_concept_is_found(client: Client, text: str, id_: str) -> None:
    assert client.record(text).id == id_
    assert [found.id for found in client.records([text, OTHER])] == [id_, OTHER]


def test_a_list_tells_a_version_from_its_latest(client: Client, emulator: Emulator) -> None:
    found = client.records([OTHER, "/records/123/latest", OLD, "/records/200/latest", "/records/404/latest"])
    with pytest.warns(MissingWarning, match="1 of 5 references"):
        assert [row.id for row in found] == [OTHER, NEW, OLD, OTHER]
    assert [miss.ref for miss in found.missing] == ["/records/404/latest"]
    assert sum("/api/records?" in entry.target for entry in emulator.log) <= 3


def test_the_command_line_gets_the_latest_version(zh: Any, here: Any, tmp_path: Path) -> None:
    done = zh("record", here(LATEST[0]))
    assert (done.exit_code, json.loads(done.stdout)["id"]) == (0, NEW)
    assert "150 is the latest version of 123." in done.stderr
    (tmp_path / "list.txt").write_text("\n".join(map(here, LATEST)) + "\n200\n")
    done = zh("record", "--from", str(tmp_path / "list.txt"))
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [NEW, OTHER]


@pytest.mark.parametrize("text", [text for text in SPELLINGS if not set("\n,;") & {*text}])
def test_every_spelling_is_read_from_a_list(text: str) -> None:
    assert read_refs(f"{text}\n10.5281/zenodo.9\n").refs == (text, "10.5281/zenodo.9")
    assert read_refs(f"year\tlink\n2020\t{text}\n2021\t{text}\n").refs == (text, text)


def test_the_host_of_an_oai_identifier_is_read_in_any_case() -> None:
    assert parse_record_ref("OAI:ZENODO.ORG:123").host == parse_record_ref("oai:zenodo.org:123").host


@pytest.mark.parametrize("text", SECRETS)
def test_a_secret_link_is_refused_in_words_that_hold_no_secret(client: Client, here: Any, text: str) -> None:
    for ask in (client.record, lambda ref: client.records([ref])):
        with pytest.raises(UsageError, match="secret link to 123 is not used") as refused:
            ask(here(text))
        assert "account that has access" in refused.value.hint
        assert SECRET not in f"{refused.value!r} {refused.value}"


@pytest.mark.parametrize("text", SECRETS)
def test_a_secret_link_on_the_command_line_asks_nothing_and_shows_nothing(
    zh: Any, emulator: Emulator, here: Any, tmp_path: Path, text: str
) -> None:
    (tmp_path / "list.txt").write_text(f"{OTHER}\n{here(text)}\n")
    for arguments in (("record", here(text)), ("record", "--from", str(tmp_path / "list.txt"))):
        done = zh(*arguments)
        assert (done.exit_code, done.stdout) == (2, "")
        assert "secret link" in done.stderr
        assert SECRET not in done.stderr
    assert list(emulator.log) == []


def test_a_token_is_not_shown_in_what_names_no_record(zh: Any, tmp_path: Path) -> None:
    names = ("token", "resource-token", "a=1&amp;token", "a=1;token", "t%6fken", "a#token")
    links = [f"https://x.example/?{name}={SECRET}" for name in names]
    for link in [*links, f"https%3A%2F%2Fx.example%2F%3Ftoken%3D{SECRET}"]:
        assert SECRET not in zh("record", link).stderr
        (tmp_path / "list.txt").write_text(f"{OTHER}\n{link}\n")
        done = zh("record", "--from", str(tmp_path / "list.txt"))
        assert done.exit_code == 3
        assert "Passed over 1 value" in done.stderr
        assert SECRET not in done.stderr


@pytest.mark.parametrize("text", REPOSITORIES)
def test_the_badge_of_a_repository_is_refused_in_words(zh: Any, tmp_path: Path, text: str) -> None:
    (tmp_path / "list.txt").write_text(f"{text}\n")
    for arguments in (("record", text), ("record", "--from", str(tmp_path / "list.txt"))):
        done = zh(*arguments)
        assert done.exit_code == 2
        assert "the number of a GitHub repository and names no record" in " ".join(done.stderr.split())


def test_a_column_of_repositories_does_not_stand_in_for_the_dois_beside_it() -> None:
    listed = read_refs(f"badge,doi\n{REPOSITORIES[0]},10.5281/zenodo.1\n{REPOSITORIES[0]},10.5281/zenodo.2\n")
    assert listed.refs == ("10.5281/zenodo.1", "10.5281/zenodo.2")


@pytest.mark.parametrize(
    "text",
    [
        "see https://sandbox.zenodo.org/records/123",
        "//sandbox.zenodo.org/records/123",
        "ftp://zenodo.org/records/123",
        "<https://sandbox.zenodo.org/records/123/latest>",
        "[x](https://sandbox.zenodo.org/records/123)",
        "https://zenodo.org/doi/10.5072/zenodo.123",
    ],
)
def test_the_server_that_an_address_names_is_never_lost(
    client: Client, emulator: Emulator, text: str
) -> None:
    with pytest.raises(UsageError):
        client.record(text)
    assert list(emulator.log) == []


@pytest.mark.parametrize("text", ["10.1000/\udc80", "10.1000/a%00b", "10.1000/a%20b", "10.1000/\x1b[31m"])
def test_a_doi_with_characters_that_no_doi_has_is_refused(client: Client, text: str) -> None:
    with pytest.raises(UsageError, match="is not a record id"):
        client.record(text)


def test_an_endless_text_is_not_repeated_in_full() -> None:
    with pytest.raises(UsageError) as refused:
        parse_record_ref("frost" * 10_000)
    assert len(refused.value.message) < 300


MISTYPED = ["https://zenodo.org/records/12O45", "10.5281 /zenodo.123", "zenodo.123"]


@pytest.mark.parametrize("options", [[], ["-q"]])
@pytest.mark.parametrize("outputs", [[], ["-o", "all.csv"]])
def test_a_value_of_a_list_that_names_no_record_is_no_success(
    zh: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], outputs: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.csv").write_text("\n".join(["doi", OTHER, OLD, *MISTYPED, "n/a"]))
    done = zh(*options, "record", "--from", "list.csv", *outputs)
    assert done.exit_code == 3
    said = " ".join(done.stderr.split())
    assert f"Error: Passed over 3 values that name no record: {', '.join(MISTYPED)}." in said
    rows = (tmp_path / "all.csv").read_text() if outputs else done.stdout
    assert "Record 200" in rows
    assert "Record 123" in rows
    if outputs:
        receipt = json.loads((tmp_path / "all.csv.receipt.json").read_text())
        assert receipt["missed"] == MISTYPED
        assert (receipt["complete"], receipt["rows"]) == (False, 2)
        assert receipt["reason"] == "3 values of the list named none."


@pytest.mark.parametrize("place", ["127.0.0.1:1", "localhost:1", "127.0.0.1:65535", "zenodo.org:8443"])
def test_an_address_with_another_port_is_of_another_site(zh: Any, place: str) -> None:
    done = zh("record", f"http://{place}/records/{OTHER}")
    assert done.exit_code == 2
    assert f"names a record of {place}" in " ".join(done.stderr.split())


@pytest.mark.parametrize("address", ["{url}", "https://zenodo.org:443", "http://zenodo.org:80"])
def test_an_address_with_the_port_of_the_site_or_the_usual_one_is_its_own(
    zh: Any, emulator: Emulator, address: str
) -> None:
    done = zh("record", f"{address.format(url=emulator.url)}/records/{OTHER}")
    assert (done.exit_code, done.stderr) == (0, "")


def test_what_is_passed_over_is_said_beside_what_is_not_there(zh: Any, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("\n".join(["doi", OTHER, "10.5281/zenodo.99999", *MISTYPED]))
    done = zh("-q", "record", "--from", str(tmp_path / "list.csv"))
    assert done.exit_code == 3
    assert "Passed over 3 values" in " ".join(done.stderr.split())


@pytest.mark.parametrize("empty", ["", "n/a", "NA", "-", "None", "\u2013"])
def test_a_cell_that_is_empty_names_nothing_and_is_no_failure(zh: Any, tmp_path: Path, empty: str) -> None:
    (tmp_path / "list.csv").write_text(
        f"doi,n\n10.5281/zenodo.{OTHER},1\n{empty},2\n10.5281/zenodo.{OLD},3\n"
    )
    done = zh("record", "--from", str(tmp_path / "list.csv"))
    assert (done.exit_code, len(done.stdout.splitlines())) == (0, 2)
