from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
GOOD = {
    "title": "Snow depth",
    "upload_type": "dataset",
    "description": "Daily.",
    "creators": [{"name": "Okoro, Nkem"}],
}


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def go(name: str, **fields: Any) -> Path:
        path = tmp_path / name
        path.write_text(json.dumps({**GOOD, **fields}, indent=1), "utf-8")
        return path

    return go


def test_a_file_without_fault_is_said_to_be_so(run: Run, write: Callable[..., Path]) -> None:
    path = write(".zenodo.json")
    done = run("deposit", "validate", str(path))
    assert (done.code, done.out) == (0, "")
    assert "nothing to say against it" in done.err


def test_warnings_leave_the_exit_code_0(run: Run, write: Callable[..., Path]) -> None:
    done = run("deposit", "validate", str(write(".zenodo.json", license="GPL-3.0")))
    assert done.code == 0
    assert "warning: license: GPL-3.0 is a deprecated SPDX id" in done.err
    assert done.err.splitlines()[-1].endswith("1 warning")


def test_an_error_in_any_file_is_exit_code_2_and_every_file_is_checked(
    run: Run, write: Callable[..., Path]
) -> None:
    wrong, right = write("a.zenodo.json", licence="MIT"), write("zenodo.json")
    done = run("deposit", "validate", str(wrong), str(right))
    assert done.code == 2
    assert f"{wrong}:10:2: error: licence:" in done.err
    assert f"{right}: nothing" in done.err


def test_findings_go_to_stdout_as_json_lines(run: Run, write: Callable[..., Path]) -> None:
    path = write(".zenodo.json", keywords="snow")
    done = run("deposit", "validate", "--json", str(path))
    (row,) = done.rows
    assert {key: row[key] for key in ("file", "level", "path", "line", "column")} == {
        "file": str(path),
        "level": "error",
        "path": "keywords",
        "line": 10,
        "column": 2,
    }
    assert row["message"]
    assert "keywords" not in done.err


def test_a_folder_means_the_files_that_it_holds(run: Run, write: Callable[..., Path], tmp_path: Path) -> None:
    ours, classic = write("zenodo.json"), write(".zenodo.json", title="Another title")
    done = run("deposit", "validate", str(tmp_path))
    assert done.code == 0
    assert done.err.splitlines() == [
        f"{ours}: nothing to say against it",
        f"{classic}: nothing to say against it",
        f"title: {ours} wins over {classic}, which says otherwise.",
    ]


def test_an_embargo_is_held_against_the_day_that_is_said(run: Run, write: Callable[..., Path]) -> None:
    path = write(".zenodo.json", access_right="embargoed", embargo_date="2030-01-01")
    assert run("deposit", "validate", "--today", "2029-12-31", str(path)).code == 0
    assert run("deposit", "validate", "--today", "2030-01-01", str(path)).code == 2
    assert run("deposit", "validate", "--today", "tomorrow", str(path)).code == 2


@pytest.mark.parametrize(("name", "code"), [("README.md", 2), ("missing.zenodo.json", 8), ("", 2)])
def test_what_is_no_metadata_file_is_one_sentence(run: Run, tmp_path: Path, name: str, code: int) -> None:
    done = run("deposit", "validate", str(tmp_path / name))
    assert done.code == code
    assert done.err.startswith("Error: ")


def test_quiet_says_errors_alone(run: Run, write: Callable[..., Path]) -> None:
    assert run("deposit", "validate", "-q", str(write(".zenodo.json", license="GPL-3.0"))).err == ""
    assert "error: license" in run("deposit", "validate", "-q", str(write(".zenodo.json", license="?"))).err


def test_a_title_cannot_steer_the_terminal(run: Run, write: Callable[..., Path]) -> None:
    done = run("deposit", "validate", str(write(".zenodo.json", upload_type="\x1b[31mred\x1b[0m")))
    assert "\x1b" not in done.err


HOOK = (Path(__file__).parents[3] / ".pre-commit-hooks.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "is_checked"),
    [
        (".zenodo.json", True),
        ("CITATION.cff", True),
        ("codemeta.json", True),
        ("zenodo.yaml", True),
        ("zenodo.yml", True),
        ("package.json", False),
        ("sub/CITATION.cff", False),
    ],
)
def test_the_hook_runs_the_command_on_the_files_of_known_names(name: str, is_checked: bool) -> None:
    pattern = re.search(r"files: (.+)", HOOK)
    assert pattern
    assert bool(re.search(pattern[1], name)) == is_checked
    assert "entry: zenodo-harvest deposit validate" in HOOK
