from __future__ import annotations

import io
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from zenodo_harvest.cli.table import RECORD_COLUMNS, Column, card_of, cell, record_columns, table_of


def record(**values: Any) -> Any:
    plain = {
        "id": "7078768",
        "doi": "10.5281/zenodo.7078768",
        "title": "Frost days over Europe",
        "publication_date": "2022-09-14",
        "resource_type": "dataset",
        "creators": (SimpleNamespace(name="Garcia, Ana"), SimpleNamespace(name="Okafor, Ben")),
    }
    return SimpleNamespace(**(plain | values))


def shown(rows: list[Any], columns: tuple[Column, ...] = RECORD_COLUMNS, *, width: int = 80) -> str:
    stream = io.StringIO()
    console = Console(file=stream, width=width, highlight=False, color_system=None)
    console.print(table_of(rows, columns, console))
    return stream.getvalue()


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 120, 200])
def test_a_table_never_is_wider_than_the_terminal(width: int) -> None:
    text = shown([record(title="word " * 100)] * 3, width=width)
    assert max(map(len, text.splitlines())) <= width
    assert len(text.splitlines()) == 5


def test_at_80_columns_the_doi_is_whole_and_the_title_is_cut_with_an_ellipsis() -> None:
    text = shown([record(title="Frost " * 40)])
    assert "10.5281/zenodo.7078768" in text
    assert "2022-09-14" in text
    assert "…" in text


def test_a_wide_terminal_shows_type_and_first_creator_as_well() -> None:
    assert "Garcia" not in shown([record()], width=80)
    text = shown([record()], width=140)
    assert "Garcia, Ana" in text
    assert "Okafor" not in text
    assert "dataset" in text


def test_a_record_without_doi_or_anything_else_is_named_by_its_id() -> None:
    bare = record(doi=None, title=None, publication_date=None, resource_type=None, creators=())
    assert "7078768" in shown([bare], width=140)


def test_titles_are_text_and_neither_markup_nor_escape_sequences() -> None:
    text = shown([record(title="[red]alarm[/red] \x1b[31mred\x1b[0m\nnext [/] :smile:")], width=120)
    assert "[red]alarm[/red] red next [/] :smile:" in text
    assert "\x1b" not in text


def test_the_columns_asked_for_are_shown_in_their_order() -> None:
    lines = shown([record()], record_columns(("title", "id"))).splitlines()
    assert lines[0].split() == ["title", "id"]
    assert "7078768" in lines[2]


def test_the_doi_is_whole_on_a_narrow_terminal_too() -> None:
    columns = record_columns(("title", "doi", "resource_type", "publication_date"))
    assert "10.5281/zenodo.7078768" in shown([record(title="Frost " * 40)], columns, width=60)


def test_values_become_text() -> None:
    person = SimpleNamespace(__struct_fields__=("name", "orcid"), name="Garcia, Ana", orcid=None)
    assert cell(None) == ""
    assert cell(True) == "yes"
    assert cell(0) == "0"
    assert cell(("a", "b")) == "a; b"
    assert cell((person, person)) == "Garcia, Ana; Garcia, Ana"
    assert cell(datetime(2024, 5, 1, 12, 30, tzinfo=UTC)) == "2024-05-01 12:30:00+00:00"


def test_a_card_leaves_out_what_is_not_known() -> None:
    stream = io.StringIO()
    Console(file=stream, width=60, color_system=None).print(
        card_of({"slug": "a", "title": None, "id": "[b]"})
    )
    assert [line.split() for line in stream.getvalue().splitlines()] == [["slug", "a"], ["id", "[b]"]]
