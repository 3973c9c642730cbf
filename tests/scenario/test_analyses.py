"""The page of analyses: each is short, runs, and the three libraries agree."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest

from zenodo_harvest.client import Client

PAGE = (Path(__file__).parents[2] / "docs" / "ten-analyses.md").read_text()
SETUP, *SECTIONS = re.split(r"^## ", PAGE, flags=re.MULTILINE)
LIBRARIES = ("pandas", "polars", "duckdb")


def blocks(text: str) -> list[str]:
    return re.findall(r"```py\n(.*?)```", text, re.DOTALL)


def last_value(code: str, names: dict[str, Any]) -> Any:
    """Run `code` and return the value of its last line, as a notebook shows it."""
    tree = ast.parse(code)
    last = tree.body.pop()
    assert isinstance(last, ast.Expr)
    exec(compile(tree, "example", "exec"), names)  # noqa: S102 - our own page
    return eval(compile(ast.Expression(last.value), "example", "eval"), names)  # noqa: S307


def rows(value: Any) -> list[tuple[Any, ...]]:
    """Return the rows of any library's table, missing values as None, sorted."""
    if isinstance(value, pd.Series):
        value = value.to_frame() if value.index.names == [None] else value.reset_index()
    if isinstance(value, pd.DataFrame):
        value = value if value.index.name is None else value.reset_index()
        table = [tuple(None if pd.isna(cell) else cell for cell in row) for row in value.values.tolist()]
    elif isinstance(value, pl.DataFrame):
        table = value.rows()
    else:
        table = value.fetchall()
    return sorted(table, key=str)


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the page's beginning leaves behind."""
    folder = tmp_path_factory.mktemp("analyses")
    with Client(site="emulator") as client, pytest.MonkeyPatch.context() as patch:
        client.search(all_versions=True).to_parquet(folder / "records.parquet")
        patch.chdir(folder)
        found: dict[str, Any] = {"folder": folder}
        exec(blocks(SETUP)[0], found)  # noqa: S102 - our own page
    return found


@pytest.mark.parametrize("section", SECTIONS, ids=[section.split("\n")[0] for section in SECTIONS])
def test_three_libraries_answer_alike_in_six_lines(
    section: str, names: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = blocks(section)
    assert len(codes) == len(LIBRARIES)
    assert max(len(code.splitlines()) for code in codes) <= 6
    monkeypatch.chdir(names["folder"])
    pandas_rows, polars_rows, duckdb_rows = (rows(last_value(code, dict(names))) for code in codes)
    assert pandas_rows
    assert pandas_rows == polars_rows == duckdb_rows
