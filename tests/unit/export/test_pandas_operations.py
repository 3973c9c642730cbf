from __future__ import annotations

import io
import json
import sqlite3
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from pandas_operations import (
    ARROW,
    DEFAULT,
    FRAMES,
    OPERATIONS,
    PARQUET,
    PITFALLS,
    RECORDS,
    Operation,
    markdown,
)
from zenodo_harvest.export import open_sink, to_frame, to_table

PAGE = Path(__file__).parents[3] / "docs" / "pandas.md"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    plt.switch_backend("agg")
    monkeypatch.chdir(tmp_path)
    yield
    plt.close("all")


def frame(name: str) -> pd.DataFrame:
    if name == PARQUET:
        with open_sink("in.parquet") as sink:
            sink.write(RECORDS)
        return pd.read_parquet("in.parquet")
    return to_frame(to_table(RECORDS), "pyarrow" if name == ARROW else "numpy_nullable")


def _connect(opened: ExitStack) -> Callable[[str], sqlite3.Connection]:
    """Return a `sqlite3.connect` whose connections are closed with `opened`."""
    return lambda path: opened.enter_context(closing(sqlite3.connect(path)))


def seen(code: str, operation: Operation, frame_name: str) -> Any:
    """Return what is to be seen once `code` has run, with plain None for what is missing."""
    import seaborn as sns

    names = {
        "io": io,
        "json": json,
        "np": np,
        "Path": Path,
        "pd": pd,
        "plt": plt,
        "pq": pq,
        "sns": sns,
    }
    with warnings.catch_warnings(), ExitStack() as opened:
        names |= {"df": frame(frame_name), "sqlite3": SimpleNamespace(connect=_connect(opened))}
        warnings.simplefilter("ignore")  # pandas and seaborn tell of changes to come
        names["out"] = eval(code, names)  # noqa: S307 - our own page
        value = eval(operation.seen, names)  # noqa: S307
    if isinstance(value, pd.Series):
        return [None if pd.isna(item) else item for item in value.tolist()]
    return value


@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.parametrize("operation", OPERATIONS + PITFALLS, ids=lambda operation: operation.code)
def test_everyday_pandas_gives_the_right_value(operation: Operation, name: str) -> None:
    assert seen(operation.instead.get(name, operation.code), operation, name) == operation.right


@pytest.mark.parametrize(
    ("operation", "name"),
    [(operation, name) for operation in OPERATIONS + PITFALLS for name in operation.instead],
    ids=lambda part: getattr(part, "code", part),
)
@pytest.mark.skipif(int(pd.__version__.split(".")[0]) < 3, reason="the page speaks of the latest pandas")
def test_what_the_page_says_does_not_work_does_not(operation: Operation, name: str) -> None:
    try:
        value = seen(operation.code, operation, name)
    except Exception:  # noqa: BLE001 - each fails in a way of its own
        return
    assert value != operation.right


def test_the_page_shows_these_operations() -> None:
    page = PAGE.read_text()
    assert markdown(OPERATIONS) in page, "run: python tests/pandas_operations.py"
    assert markdown(PITFALLS) in page, "run: python tests/pandas_operations.py"


def test_at_least_38_of_40_work_as_they_are() -> None:
    assert len(OPERATIONS) == 40
    assert sum(DEFAULT not in operation.instead for operation in OPERATIONS) >= 38
