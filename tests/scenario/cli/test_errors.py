"""What a person meets when something goes wrong: one sentence, the right exit code, no half file."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest


def sentences(text: str) -> str:
    assert "Traceback" not in text
    return text


def test_an_unknown_community_is_refused_with_the_nearest_slugs(zh: Any) -> None:
    done = zh("search", "frost", "--community", "no-such")
    assert (done.code, done.out) == (3, "")
    assert len(done.err.splitlines()) == 1
    assert "'no-such'" in done.err
    assert "nearest" in done.err


def test_a_typo_in_a_slug_is_met_with_the_right_one(zh: Any) -> None:
    assert "enes-data-space" in zh("search", "frost", "-c", "enes-dataspace").err


@pytest.mark.parametrize("command", ["search", "count", "explain"])
def test_a_broken_query_is_refused_with_the_position(zh: Any, emulator: Any, command: str) -> None:
    done = zh(command, "foo AND (")
    assert (done.code, done.out) == (2, "")
    lines = done.err.splitlines()
    assert lines[0] == "  foo AND ("
    assert lines[1].strip() == "^"
    assert "character 9" in done.err
    assert emulator.log == []


def test_an_unknown_order_is_refused_with_the_nearest(zh: Any, emulator: Any) -> None:
    done = zh("search", "frost", "--sort", "newset")
    assert (done.code, done.out) == (2, "")
    assert "newest" in done.err
    assert emulator.log == []


def test_an_unknown_column_is_refused_with_the_nearest(zh: Any, emulator: Any) -> None:
    done = zh("search", "frost", "--columns", "doi,titel")
    assert (done.code, done.out) == (2, "")
    assert "title" in done.err
    assert emulator.log == []


def test_a_token_the_server_does_not_know_is_said(zh: Any) -> None:
    done = zh("search", "frost", token="not-a-token")
    assert (done.code, done.out) == (4, "")
    assert "token" in done.err
    assert "not-a-token" not in done.err


@pytest.mark.parametrize("name", ["folder.csv", "file.txt/records.csv"])
def test_an_output_that_cannot_be_written_is_noticed_before_the_search(
    zh: Any, emulator: Any, tmp_path: Path, name: str
) -> None:
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "file.txt").write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    done = zh("search", "frost", "-o", str(tmp_path / name))
    assert done.code == 8
    assert name.partition("/")[0] in done.err
    assert emulator.log == []
    assert [path for path in sorted(tmp_path.rglob("*")) if "home" not in path.parts] == before


def test_an_output_of_unknown_format_is_refused_before_the_search(
    zh: Any, emulator: Any, tmp_path: Path
) -> None:
    done = zh("search", "frost", "-o", str(tmp_path / "records.xlsx"))
    assert done.code == 2
    assert ".parquet" in done.err
    assert emulator.log == []


@pytest.mark.parametrize(
    "words",
    [
        ["--tables"],
        ["--table-format", "csv"],
        ["--raw-csv"],
        ["--spreadsheet"],
        ["-o", "x.csv", "--raw-csv", "--spreadsheet"],
        ["-o", "x.csv", "--table-format", "csv"],
        ["--all", "-n", "3"],
    ],
)
def test_options_that_would_do_nothing_are_refused(zh: Any, words: list[str]) -> None:
    assert zh("search", "frost", *words).code == 2


def test_the_servers_json_has_no_place_in_a_table_on_a_terminal(zh: Any, emulator: Any) -> None:
    done = zh("search", "frost", "--raw", terminal=True)
    assert done.code == 2
    assert "-o FILE" in done.err
    assert emulator.log == []


def test_in_a_pipe_each_row_holds_the_servers_json_where_it_is_asked_for(zh: Any) -> None:
    done = zh("search", "frost", "-n", "2", "--raw")
    rows = [json.loads(line) for line in done.out.splitlines()]
    assert [json.loads(row["raw"])["id"] for row in rows] == [row["id"] for row in rows]
    assert rows


@pytest.fixture
def html_server() -> Iterator[str]:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = b"<!doctype html><html><body>Down for maintenance</body></html>"
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_words: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_server_that_answers_html_is_named_as_such(zh: Any, html_server: str, tmp_path: Path) -> None:
    done = zh("search", "frost", "--site", html_server, "-o", str(tmp_path / "records.csv"))
    assert done.code == 6
    assert "web page" in done.err
    assert list(tmp_path.glob("*.csv*")) == []


def test_a_site_that_is_none_is_a_usage_error(zh: Any) -> None:
    assert zh("search", "frost", "--site", "zendo").code == 2


def test_a_full_disk_leaves_no_half_file(process: Any, tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    done = process(
        *("--site", "emulator", "search", "frost", "-o", "records.jsonl", "--quiet"),
        env={"PYTHONDONTWRITEBYTECODE": "1"},  # what Python compiles would be cut as well
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
    )
    assert done.returncode == 8
    assert "records.jsonl" in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_below_stdout_is_said(process: Any) -> None:
    with Path("/dev/full").open("w") as full:
        done = process(
            "--site", "emulator", "search", "frost", "--quiet", capture_output=False, stdout=full, stderr=-1
        )
    assert done.returncode == 8
    assert "No space left" in done.stderr
    assert "Exception ignored" not in done.stderr
