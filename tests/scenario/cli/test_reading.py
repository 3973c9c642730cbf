"""The reading commands against the emulator."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from zenodo_harvest.cli import Outside, build_app
from zenodo_harvest.client import Client
from zenodo_harvest.sites import Site


def test_in_a_pipe_search_gives_every_full_row_as_json_lines(zh: Any, frosty: int) -> None:
    done = zh("search", "frost")
    assert done.code == 0
    assert len(done.rows) == frosty
    assert f"{frosty} records." in done.err
    assert len(done.rows[0]) > 60
    assert all("frost" in json.dumps(row).lower() for row in done.rows)


def test_a_pipe_gets_no_part_of_more_than_can_be_paged_through(emulator: Any, frosty: int) -> None:
    site = Site("emulator", emulator.url, flavour="zenodo", window=frosty - 1)

    def run(*words: str) -> Any:
        outside = Outside(lambda **_: Client(site, ""), is_terminal=lambda _: False, environ={})
        return CliRunner().invoke(build_app(outside), ["search", "frost", *words])

    for words in ([], ["-q"]):
        refused = run(*words)
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert "`harvest`" in refused.stderr
        assert "--limit" in refused.stderr
    assert len(run("--limit", "3").stdout.splitlines()) == 3


def test_a_look_says_how_many_there_are_and_what_all_would_cost(zh: Any, frosty: int) -> None:
    done = zh("search", "frost", terminal=True, width=160)
    assert f"The first 25 of {frosty} records." in done.err
    assert "2 requests" in done.err
    assert "with a token 1" in done.err


def test_a_look_takes_one_request(zh: Any, emulator: Any) -> None:
    zh("search", "frost", terminal=True)
    assert len(emulator.log) == 1


def test_all_and_limit_fetch_that_many(zh: Any, frosty: int) -> None:
    assert len(zh("search", "frost", "--all").rows) == frosty
    assert len(zh("search", "frost", "--limit", "30").rows) == 30
    assert len(zh("search", "frost", "-n", "3", "--columns", "doi,title").rows[0]) == 2


def test_nothing_found_is_no_error_and_said(zh: Any) -> None:
    done = zh("search", "qqqqzzzz")
    assert (done.code, done.out) == (0, "")
    assert "No record matches." in done.err


def test_quiet_leaves_stderr_empty(zh: Any, tmp_path: Path) -> None:
    assert zh("search", "frost", "-q").err == ""
    done = zh("search", "frost", "-q", "-o", str(tmp_path / "a.csv"))
    assert (done.code, done.out, done.err) == (0, "", "")


def test_on_a_terminal_search_shows_a_table_that_fits(zh: Any) -> None:
    done = zh("search", "frost", terminal=True, width=80)
    lines = done.out.splitlines()
    assert lines[0].split()[:2] == ["DOI", "Title"]
    assert len(lines) == 27
    assert max(map(len, lines)) <= 80


def test_several_formats_are_written_in_one_walk_with_a_receipt(
    zh: Any, emulator: Any, tmp_path: Path
) -> None:
    parquet, text = tmp_path / "out" / "records.parquet", tmp_path / "out" / "records.csv"
    done = zh("search", "frost OR index", "-c", "enes-data-space", "-o", str(parquet), "-o", str(text))
    assert (done.code, done.out) == (0, "")
    with text.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    receipt = json.loads((tmp_path / "out" / "records.parquet.receipt.json").read_text())
    assert len(rows) == receipt["rows"] > 0
    assert receipt["complete"]
    assert f"{parquet}: {len(rows)} rows, " in done.err
    assert f"{text}: {len(rows)} rows, " in done.err
    pages = [entry for entry in emulator.log if "/records" in str(entry)]
    assert len(pages) == 1 + -(-len(rows) // 25)


def test_csv_for_a_spreadsheet_goes_by_an_option(zh: Any, tmp_path: Path) -> None:
    file = tmp_path / "records.csv"
    assert zh("search", "frost", "-o", str(file), "--spreadsheet", "--columns", "id,version_label").code == 0
    text = file.read_text()
    assert text.startswith("\ufeffid,")
    assert ",'1.1\n" in text


def test_people_see_the_first_rows_and_the_cost_before_files_are_written(
    zh: Any, frosty: int, tmp_path: Path
) -> None:
    done = zh("search", "frost", "-o", str(tmp_path / "a.jsonl"))
    assert "DOI" in done.err
    assert done.err.count("10.5281/zenodo.") == 10
    assert f"{frosty} records. The first 10 are shown. Fetching takes 2 requests" in done.err


def test_nothing_that_matches_costs_nothing_to_fetch(zh: Any, tmp_path: Path) -> None:
    done = zh("search", "qwzx", "-o", str(tmp_path / "none.csv"))
    assert done.err.splitlines()[0] == "No record matches."


def test_child_tables_go_into_a_folder(zh: Any, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    done = zh("search", "frost", "-o", str(folder), "--tables", "--table-format", "csv")
    assert done.code == 0
    assert {"records.csv", "creators.csv", "files.csv", "records.csv.receipt.json"} <= {
        path.name for path in folder.iterdir()
    }
    assert f"{folder / 'creators.csv'}: " in done.err


def test_raw_keeps_the_servers_json(zh: Any) -> None:
    row = zh("search", "frost", "--limit", "1", "--raw", "--columns", "id").rows[0]
    assert list(row) == ["id", "raw"]
    assert json.loads(row["raw"])["id"] == row["id"]


def test_a_doi_is_found_and_the_rewriting_said(zh: Any) -> None:
    doi = zh("search", "frost", "-n", "1").rows[0]["doi"]
    done = zh("search", doi)
    assert [row["doi"] for row in done.rows] == [doi]
    assert f'doi:"{doi}"' in done.err


def test_the_classic_walkthrough_takes_two_commands(zh: Any) -> None:
    community = zh("communities", "find", "enes").rows[0]
    assert community["slug"] == "enes-data-space"
    assert len(community["id"]) == 36
    done = zh("communities", "records", community["slug"], "index", "--columns", "doi,title")
    assert done.code == 0
    assert done.rows
    assert all(row["doi"] and row["title"] for row in done.rows)


def test_a_community_is_shown_with_its_id(zh: Any) -> None:
    assert zh("communities", "show", "enes-data-space").rows[0]["slug"] == "enes-data-space"
    shown = zh("communities", "show", "enes-data-space", terminal=True)
    assert "ENES Data Space" in shown.out


def test_no_community_found_is_said(zh: Any) -> None:
    done = zh("communities", "find", "qqqqzzzz")
    assert (done.code, done.out) == (0, "")
    assert "No community" in done.err


def test_counts_begin_with_the_total(zh: Any, frosty: int) -> None:
    rows = zh("count", "frost", "--by", "type", "--by", "access").rows
    assert rows[0] == {"by": "total", "key": None, "label": "all records", "count": frosty, "within": None}
    kinds = [row for row in rows if row["by"] == "type" and row["within"] is None]
    assert sum(row["count"] for row in kinds) == frosty
    assert {row["by"] for row in rows} == {"total", "type", "access"}


def test_on_a_terminal_counts_are_an_aligned_table(zh: Any, frosty: int) -> None:
    lines = zh("count", "frost", "--by", "year", terminal=True).out.splitlines()
    assert lines[0].split() == ["By", "Value", "Records"]
    assert lines[2].endswith(str(frosty))
    assert len({len(line) for line in lines[2:]}) == 1


def test_an_unknown_facet_is_refused_with_the_nearest(zh: Any) -> None:
    done = zh("count", "frost", "--by", "yaer")
    assert done.code == 2
    assert "year" in done.err


def test_explain_shows_what_is_sent_and_what_it_costs(zh: Any) -> None:
    done = zh("explain", "frost AND created:2024", "--type", "dataset", "-c", "enes-data-space")
    assert done.code == 0
    (told,) = done.rows
    assert told["typed"] == "frost AND created:2024" != told["sent"]
    assert "/records?q=" in told["requests"][0]
    assert told["communities"][0]["slug"] == "enes-data-space"
    assert told["cost"]["requests"] >= 1
    shown = zh("explain", "frost AND created:2024", terminal=True).out
    assert "+ " in shown
    assert "cost" in shown


def test_a_query_can_be_sent_as_typed(zh: Any) -> None:
    assert zh("explain", "no.such.field:1").code == 2
    assert zh("explain", "no.such.field:1", "--no-lint").code == 0


def test_filters_narrow_and_repeat(zh: Any) -> None:
    def found(*words: str) -> int:
        return zh("count", *words).rows[0]["count"]

    datasets, software = found("--type", "dataset"), found("--type", "software")
    assert found("--type", "dataset", "--type", "software") == datasets + software
    assert 0 < datasets < found()


def test_a_single_record_is_shown_by_id_and_doi(zh: Any) -> None:
    first = zh("search", "frost", "-n", "1").rows[0]
    assert zh("record", first["doi"]).rows[0]["id"] == first["id"]
    card = zh("record", first["id"], terminal=True).out
    assert "publication_date" in card
    assert first["doi"] in card


def test_records_that_do_not_exist_are_named_and_the_others_given(zh: Any) -> None:
    first, second = zh("search", "frost", "-n", "2").rows
    done = zh("record", first["id"], "12", second["doi"])
    assert done.code == 3
    assert [row["id"] for row in done.rows] == [first["id"], second["id"]]
    assert "1 of 3 references" in done.err
    assert "12" in done.err


def test_one_record_that_does_not_exist_is_not_found(zh: Any) -> None:
    done = zh("record", "12")
    assert (done.code, done.out) == (3, "")


def test_a_list_of_dois_becomes_a_table(zh: Any, tmp_path: Path) -> None:
    found = zh("search", "frost", "-n", "30").rows
    listed = tmp_path / "dois.csv"
    listed.write_text("title,doi\n" + "".join(f'"x, y",{row["doi"]}\n' for row in found))
    done = zh("record", "--from", str(listed), "-o", str(tmp_path / "records.jsonl"))
    assert done.code == 0
    written = [json.loads(line) for line in (tmp_path / "records.jsonl").read_text().splitlines()]
    assert [row["doi"] for row in written] == [row["doi"] for row in found]


def test_a_list_that_is_not_there_is_a_local_error(zh: Any, tmp_path: Path) -> None:
    done = zh("record", "--from", str(tmp_path / "none.csv"))
    assert done.code == 8
    assert "none.csv" in done.err


def test_naming_no_record_is_a_usage_error(zh: Any) -> None:
    assert zh("record").code == 2


@pytest.mark.parametrize("form", ["table", "markdown", "json"])
def test_the_schema_is_printed_in_each_form(zh: Any, form: str) -> None:
    done = zh("schema", "--format", form)
    assert done.code == 0
    assert "publication_date" in done.out


def test_a_pipe_gets_the_schema_as_json_lines(zh: Any) -> None:
    rows = zh("schema").rows
    assert rows[0]["name"] == "id"
    assert zh("schema", terminal=True).out == zh("schema", "--format", "table").out


def test_a_meaning_in_the_schema_goes_on_below_itself(zh: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("LINES", "40")
    lines = zh("schema", terminal=True, width=100).out.splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("  id "))
    begin = lines[first].index("Id of this version of the")
    assert lines[first + 1] == f"{' ' * begin}record."


def test_an_unknown_form_of_the_schema_is_refused(zh: Any) -> None:
    assert zh("schema", "--format", "yaml").code == 2


def test_sizes_and_times_of_dumps_are_whole_on_a_narrow_terminal(zh: Any) -> None:
    lines = zh("dump", "list", terminal=True, width=60).out.splitlines()
    assert len(lines) > 2
    for line in lines[2:]:
        assert re.search(r" \d{4}-\d\d-\d\d \d\d:\d\d +\d[\d.]* (bytes|[kM]B)$", line)
