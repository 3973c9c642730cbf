from __future__ import annotations

import pytest

from zenodo_harvest.cli.findings import caret_at


@pytest.mark.parametrize(
    ("text", "place", "lines"),
    [
        ("foo AND (", 8, ("foo AND (", "        ^")),
        ("foo", 0, ("foo", "^")),
        ("foo AND (", 9, ("foo AND (", "         ^")),
        ("a\tb\n)", 4, ("a b )", "    ^")),
        ("霜 AND (", 6, ("霜 AND (", "       ^")),
    ],
)
def test_the_caret_stands_below_the_character_meant(text: str, place: int, lines: tuple[str, str]) -> None:
    assert caret_at(text, place) == lines


def test_on_a_narrow_terminal_the_caret_stands_below_the_character_meant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    query = "frost OR " * 5 + "( AND snow"
    shown, caret = caret_at(query, 45)
    assert shown[caret.index("^")] == "("


def test_of_a_long_query_the_part_around_the_place_is_shown() -> None:
    query = "frost OR " * 40 + "( AND snow OR ice OR rain OR hail"
    shown, caret = caret_at(query, 360)
    assert shown[caret.index("^")] == "("
    assert len(shown) <= 72
    assert (shown[0], shown[-1]) == ("…", "…")
